//! One sentence about a whole run, and one about what comes next. Neither says more than was observed.

use std::sync::Arc;

use crate::{
    m365::{Outcome, Refusal},
    verify::{Expected, Mechanism, RunResult, SenderResult, Verdict},
};

use super::{
    run_problems,
    words::{count, list, was},
};

/// The whole run in one sentence, with its numbers.
pub fn summary(run: &RunResult) -> String {
    match run.verdict {
        Verdict::Pass => passed(run),
        Verdict::Fail => failed(run),
        Verdict::Unproven => unproven(run),
    }
}

/// What the person at the keyboard does next, in one sentence.
pub fn next_step(run: &RunResult) -> String {
    let problem = run_problems(run).into_iter().next();
    let advice = problem.and_then(|problem| problem.advice.into_iter().next());
    match (run.verdict, advice) {
        (Verdict::Pass, _) => "Tick the mails that arrived, and keep this result as evidence.".to_owned(),
        (Verdict::Fail | Verdict::Unproven, Some(advice)) => advice,
        (Verdict::Fail | Verdict::Unproven, None) => {
            "Enter at least one permitted and one forbidden sender on the tab Send E-Mail, and run the test.".to_owned()
        }
    }
}

struct Tally {
    all: usize,
    accepted: usize,
    failed: usize,
}

fn tally(run: &RunResult, expected: Expected) -> Tally {
    let lines: Vec<&SenderResult> =
        run.senders.iter().map(Arc::as_ref).filter(|line| line.expected == expected).collect();
    let number = |wanted: &dyn Fn(&SenderResult) -> bool| lines.iter().filter(|line| wanted(line)).count();
    Tally {
        all: lines.len() + run.skipped.iter().filter(|skipped| skipped.1 == expected).count(),
        accepted: number(&|line| line.outcome == Outcome::Accepted),
        failed: number(&|line| line.verdict == Verdict::Fail),
    }
}

fn passed(run: &RunResult) -> String {
    let (permitted, forbidden) = (tally(run, Expected::Permitted), tally(run, Expected::Forbidden));
    let marked = run.senders.iter().any(|line| line.refusal == Some(Refusal::Raop));
    let by = match run.mechanism {
        Mechanism::ApplicationAccessPolicy if marked => " by an application access policy",
        Mechanism::ApplicationAccessPolicy => ", which fits an application access policy",
        Mechanism::RbacForApplications => ", which fits RBAC for Applications",
        Mechanism::Unidentified | Mechanism::None => "; what refuses them could not be identified",
    };
    format!(
        "{} {} accepted and {} {} refused{by}",
        count(permitted.accepted, "permitted sender"),
        was(permitted.accepted),
        count(forbidden.all, "forbidden sender"),
        was(forbidden.all),
    )
}

fn failed(run: &RunResult) -> String {
    let (permitted, forbidden) = (tally(run, Expected::Permitted), tally(run, Expected::Forbidden));
    let mut parts = Vec::new();
    if forbidden.failed > 0 {
        parts.push(format!(
            "{} of {} {} accepted",
            forbidden.failed,
            count(forbidden.all, "forbidden sender"),
            was(forbidden.failed)
        ));
    }
    if permitted.failed > 0 {
        parts.push(format!("{} of {} could not send", permitted.failed, count(permitted.all, "permitted sender")));
    }
    let open = undecided(run);
    if open > 0 {
        parts.push(format!("{} undecided", stays(open)));
    }
    let cancelled = if run.cancelled { "; the run was cancelled before its end" } else { "" };
    list(&parts) + cancelled
}

fn unproven(run: &RunResult) -> String {
    let all = run.senders.len() + run.skipped.len();
    if run.cancelled {
        return format!(
            "The run was cancelled after {} of {}, so nothing is proven",
            run.senders.len(),
            count(all, "sender")
        );
    }
    if all == 0 {
        return "No sender was tested, so nothing is proven".to_owned();
    }
    let (permitted, forbidden) = (tally(run, Expected::Permitted), tally(run, Expected::Forbidden));
    let open = undecided(run);
    if open > 0 {
        return format!(
            "{open} of {} {} undecided ({}), so nothing is proven yet",
            count(all, "sender"),
            stay(open),
            reasons(run)
        );
    }
    match (permitted.all, forbidden.all) {
        (0, _) => "No permitted sender was tested, so the refusals prove nothing yet".to_owned(),
        (_, 0) => "No forbidden sender was tested, so nothing is known about a fence".to_owned(),
        (_, _) => "The answers do not add up to a proof".to_owned(),
    }
}

fn undecided(run: &RunResult) -> usize {
    run.senders.iter().filter(|line| line.verdict == Verdict::Unproven).count() + run.skipped.len()
}

fn stay(number: usize) -> &'static str {
    if number == 1 { "stays" } else { "stay" }
}

fn stays(number: usize) -> String {
    format!("{} {}", count(number, "sender"), stay(number))
}

/// Why lines are undecided, each reason once, in the order of the lines.
fn reasons(run: &RunResult) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for line in run.senders.iter().filter(|line| line.verdict == Verdict::Unproven) {
        let reason = reason(line.outcome);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if !run.skipped.is_empty() {
        reasons.push("not tried");
    }
    reasons.join(", ")
}

fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted, but not judged",
        Outcome::BlockedByPolicy => "refused, but not judged",
        Outcome::AccessDenied => "refused without an accepted sender beside it",
        Outcome::MailboxUnknown => "mailbox unknown",
        Outcome::MailboxUnavailable => "mailbox not usable",
        Outcome::SendAsDenied => "sender address not allowed",
        Outcome::SenderSuspended => "sender suspended",
        Outcome::QuotaExceeded => "limit used up",
        Outcome::Throttled => "Microsoft asks to wait",
        Outcome::TokenRejected => "token not accepted",
        Outcome::BadRequest => "mail not accepted",
        Outcome::ServerError => "fault of the service",
        Outcome::NetworkError => "Microsoft not reached",
        Outcome::NoAnswer => "no answer",
        Outcome::Interfered => "answered by something else",
        Outcome::Unexpected => "answer not understood",
    }
}
