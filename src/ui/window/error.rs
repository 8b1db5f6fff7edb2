//! Why no window could be opened.

use super::Backend;

/// One renderer that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Who should have drawn.
    pub backend: Backend,
    /// Why it did not; `None` when it did.
    pub failure: Option<String>,
}

/// No window could be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no desktop to open it on.
    #[error("find a desktop to open the window on: {0}")]
    NoDesktop(String),
    /// No renderer started.
    #[error("draw the window: {}", tried(.0))]
    NoRenderer(Vec<Attempt>),
}

fn tried(attempts: &[Attempt]) -> String {
    let one = |attempt: &Attempt| {
        let failure = attempt.failure.as_deref().unwrap_or("it ended without a reason");
        format!("{}: {failure}", attempt.backend.name())
    };
    attempts.iter().map(one).collect::<Vec<_>>().join("; ")
}
