//! Does the end of a run say what the lines before it say? Asked where no hash covers the end: the last line of a
//! record that an older version wrote.

use crate::{base::Timestamp, verify::RunResult};

use super::Concluded;

/// What the lines before the end say of the run.
pub(super) struct Before<'a> {
    /// The run as the answers give it, the tenant as the token shows it.
    pub(super) run: &'a RunResult,
    /// When it was begun.
    pub(super) begun: Timestamp,
    /// When the first mail was handed over.
    pub(super) first_asked: Option<Timestamp>,
    /// When the last of these lines was written.
    pub(super) last: Timestamp,
    /// Questions without an answer.
    pub(super) unanswered: usize,
}

/// Whether `end`, written at `written`, repeats nothing else than `before`.
pub(super) fn agrees(end: &Concluded, written: Timestamp, before: &Before<'_>) -> bool {
    let run = before.run;
    let is_everybody_answered = before.unanswered == 0 && (end.cancelled || run.skipped.is_empty());
    let is_in_time = before.begun <= end.started
        && before.first_asked.is_none_or(|asked| end.started <= asked)
        && end.started <= end.finished
        && before.last <= end.finished
        && end.finished <= written;
    is_everybody_answered
        && is_in_time
        && end.tenant_id == run.tenant_id
        && end.mechanism == run.mechanism
        && end.senders.iter().copied().eq(run.senders.iter().map(|line| line.verdict))
}
