//! Short names of outcomes, verdicts and mechanisms, for people.

use crate::{
    m365::Outcome,
    verify::{Expected, Mechanism, Verdict},
};

/// `PASS`, `FAIL` or `UNPROVEN`.
pub fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Unproven => "UNPROVEN",
    }
}

/// An outcome in two or three words.
pub fn outcome_label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "Accepted",
        Outcome::BlockedByPolicy => "Blocked by policy",
        Outcome::AccessDenied => "Access denied",
        Outcome::MailboxUnknown => "Mailbox unknown",
        Outcome::MailboxUnavailable => "Mailbox not usable",
        Outcome::SendAsDenied => "Send-as denied",
        Outcome::SenderSuspended => "Sender suspended",
        Outcome::QuotaExceeded => "Quota used up",
        Outcome::Throttled => "Throttled",
        Outcome::TokenRejected => "Token rejected",
        Outcome::BadRequest => "Bad request",
        Outcome::ServerError => "Server error",
        Outcome::NetworkError => "Network error",
        Outcome::NoAnswer => "No answer",
        Outcome::Interfered => "Answered by something else",
        Outcome::Unexpected => "Unexpected answer",
    }
}

/// What was expected of a sender.
pub fn expected_label(expected: Expected) -> &'static str {
    match expected {
        Expected::Permitted => "Permitted",
        Expected::Forbidden => "Forbidden",
    }
}

/// What holds the fence.
pub fn mechanism_label(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::ApplicationAccessPolicy => "Application access policy",
        Mechanism::RbacForApplications => "RBAC for Applications",
        Mechanism::Unidentified => "Not identified",
        Mechanism::None => "No refusal seen",
    }
}

/// `1 sender`, `2 senders`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `was` or `were`.
pub(super) fn was(number: usize) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [front @ .., last] => {
            let front: Vec<&str> = front.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", front.join(", "), last.as_ref())
        }
    }
}
