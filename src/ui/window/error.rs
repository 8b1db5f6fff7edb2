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
