//! Outcome × expectation → verdict. Pure; the only place that can say PASS.

use crate::m365::{Outcome, Refusal};

use super::{Expected, Mechanism, Verdict};

/// What is judged of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What was expected.
    pub expected: Expected,
    /// What was observed.
    pub outcome: Outcome,
    /// How a refusal was worded.
    pub refusal: Option<Refusal>,
    /// Number of the token it was observed with.
    pub token_serial: u64,
}

/// The verdict on each line, in order.
///
/// A refusal without Exchange's policy mark counts only beside a permitted sender that was accepted with the same
/// token in the same run: nothing else tells a fence from an application that may send as nobody.
pub fn judge(lines: &[Line]) -> Vec<Verdict> {
    lines.iter().map(|line| judge_line(*line, lines)).collect()
}

fn judge_line(line: Line, run: &[Line]) -> Verdict {
    match line.expected {
        Expected::Permitted => judge_permitted(line.outcome),
        Expected::Forbidden => judge_forbidden(line, run),
    }
}

fn judge_permitted(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Accepted => Verdict::Pass,
        Outcome::BlockedByPolicy
        | Outcome::AccessDenied
        | Outcome::MailboxUnknown
        | Outcome::MailboxUnavailable
        | Outcome::SendAsDenied
        | Outcome::SenderSuspended => Verdict::Fail,
        Outcome::QuotaExceeded
        | Outcome::Throttled
        | Outcome::TokenRejected
        | Outcome::BadRequest
        | Outcome::ServerError
        | Outcome::NetworkError
        | Outcome::NoAnswer
        | Outcome::Interfered
        | Outcome::Unexpected => Verdict::Unproven,
    }
}

fn judge_forbidden(line: Line, run: &[Line]) -> Verdict {
    match line.outcome {
        Outcome::Accepted => Verdict::Fail,
        Outcome::BlockedByPolicy => Verdict::Pass,
        Outcome::AccessDenied if has_accepted_control(run, line.token_serial) => Verdict::Pass,
        Outcome::AccessDenied
        | Outcome::MailboxUnknown
        | Outcome::MailboxUnavailable
        | Outcome::SendAsDenied
        | Outcome::SenderSuspended
        | Outcome::QuotaExceeded
        | Outcome::Throttled
        | Outcome::TokenRejected
        | Outcome::BadRequest
        | Outcome::ServerError
        | Outcome::NetworkError
        | Outcome::NoAnswer
        | Outcome::Interfered
        | Outcome::Unexpected => Verdict::Unproven,
    }
}

fn has_accepted_control(run: &[Line], token_serial: u64) -> bool {
    run.iter().any(|line| {
        line.expected == Expected::Permitted && line.outcome == Outcome::Accepted && line.token_serial == token_serial
    })
}

/// The verdict on the run: **fail** if any line fails; **pass** only with a proven permitted and a proven forbidden
/// line and nothing unproven beside them; else **unproven**.
pub fn overall(lines: &[(Expected, Verdict)]) -> Verdict {
    let any = |verdict| lines.iter().any(|line| line.1 == verdict);
    let proven = |expected| lines.contains(&(expected, Verdict::Pass));
    if any(Verdict::Fail) {
        Verdict::Fail
    } else if proven(Expected::Permitted) && proven(Expected::Forbidden) && !any(Verdict::Unproven) {
        Verdict::Pass
    } else {
        Verdict::Unproven
    }
}

/// What the refusals show of the mechanism. `roles` are the token's application permissions, `None` when the token
/// cannot be read.
pub fn mechanism(lines: &[Line], roles: Option<&[String]>) -> Mechanism {
    let refused = |wanted: Refusal| lines.iter().any(|line| line.refusal == Some(wanted));
    let accepted = lines.iter().any(|line| line.expected == Expected::Permitted && line.outcome == Outcome::Accepted);
    let marked = refused(Refusal::Raop);
    let policy = marked || refused(Refusal::ODataDisabled);
    let plain = refused(Refusal::Plain);
    let without_mail_send = roles.is_some_and(|roles| !roles.iter().any(|role| role == "Mail.Send"));
    match (policy, plain) {
        (false, false) => Mechanism::None,
        // Without the mark and without an accepted sender, REST may be switched off for everybody.
        (true, false) if marked || accepted => Mechanism::ApplicationAccessPolicy,
        (false, true) if accepted && without_mail_send => Mechanism::RbacForApplications,
        (true, _) | (false, true) => Mechanism::Unidentified,
    }
}
