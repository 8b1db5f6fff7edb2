//! Why no window could be opened.

use super::{Backend, CreateScreen};

/// One renderer that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Who should have drawn.
    pub backend: Backend,
    /// Why it did not.
    pub failure: String,
}

/// No window could be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no desktop to open it on.
    #[error("there is no desktop to open it on: {0}")]
    NoDesktop(String),
    /// What should be in it could not be made.
    #[error("the program could not begin: {0}")]
    Screen(String),
    /// The desktop took it away.
    #[error("the desktop took it away: {0}")]
    Ended(String),
    /// No renderer started.
    #[error("nothing can draw it here: {}", tried(.0))]
    NoRenderer(Vec<Attempt>),
}

/// Why a renderer shows no window.
pub(super) enum NotStarted {
    /// It cannot draw here; another one may.
    Renderer { reason: String, create: CreateScreen },
    /// What should be drawn could not be made.
    Screen(String),
    /// It drew, and then could not any more.
    Ended(String),
}

fn tried(attempts: &[Attempt]) -> String {
    let one = |attempt: &Attempt| format!("{}: {}", attempt.backend.name(), attempt.failure);
    attempts.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Without the line of winit's sources that it begins with.
pub(super) fn without_place(text: &str) -> String {
    match text.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")) {
        Some((_, reason)) => reason.to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_without_the_place_in_the_sources() {
        let text = "os error at /a/b/winit-0.30.13/src/linux/mod.rs:765: neither WAYLAND_DISPLAY nor DISPLAY is set.";
        assert_eq!(without_place(text), "neither WAYLAND_DISPLAY nor DISPLAY is set.");
        assert_eq!(without_place("EventLoop can't be recreated"), "EventLoop can't be recreated");
    }
}
