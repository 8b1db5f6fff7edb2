//! What is wrong with a whole run: known traps first, then every cause once, however many senders it hit.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    m365::{Outcome, Refusal},
    verify::{Expected, Mechanism, RunResult, SenderResult, Verdict},
};

use super::{
    Evidence, Problem, RunContext, Stage, Who,
    roles::{is_name, wide_roles_problem},
    sender::{MEMBERS, WAIT_ONCE, obstacle, sender},
    words::{count, list, was},
};

/// Addresses named in one sentence.
const NAMED: usize = 5;

/// Everything worth saying about a run, the most important first, each once.
pub fn run_problems(run: &RunResult) -> Vec<Problem> {
    let context = RunContext::of(run);
    // What is proven comes first; where nothing is, that it was cancelled says why.
    let cancelled = cancelled(run);
    let is_proven = run.verdict == Verdict::Fail;
    let traps = [
        cancelled.clone().filter(|_| !is_proven),
        forbidden_accepted(run, context),
        consent_survives(run, context),
        nothing_granted(run, context),
        policy_blocks_all(run),
        no_permitted_sender(run),
        no_forbidden_sender(run),
    ];
    let mut problems: Vec<Problem> = traps.into_iter().flatten().collect();
    let explained: BTreeSet<&str> = problems.iter().flat_map(|problem| covers(&problem.code)).copied().collect();
    problems.extend(causes(run, context).into_iter().filter(|problem| !explained.contains(problem.code.as_str())));
    problems.extend(cancelled.filter(|_| is_proven));
    problems.extend(unidentified(run, context));
    problems.extend(run.app.roles().and_then(wide_roles_problem));
    problems.into_iter().map(|problem| with_client_id(problem, &run.app.client_id)).collect()
}

/// Commands can be copied as they stand.
fn with_client_id(problem: Problem, client_id: &str) -> Problem {
    if !is_name(client_id) || client_id.is_empty() {
        return problem;
    }
    let advice = problem.advice.iter().map(|item| item.replace("<Client ID>", client_id)).collect();
    Problem { advice, ..problem }
}

/// Causes a trap explains better.
fn covers(trap: &str) -> &'static [&'static str] {
    match trap {
        "no_effective_permission" => &["permitted_sender_denied", "refusal_without_control"],
        "policy_blocks_everybody" => &["permitted_sender_blocked"],
        "no_permitted_sender" => &["refusal_without_control"],
        _ => &[],
    }
}

fn lines(run: &RunResult, expected: Expected) -> Vec<&SenderResult> {
    run.senders.iter().map(Arc::as_ref).filter(|line| line.expected == expected).collect()
}

fn is_planned(run: &RunResult, expected: Expected) -> bool {
    run.senders.iter().any(|line| line.expected == expected) || run.skipped.iter().any(|skipped| skipped.1 == expected)
}

fn cancelled(run: &RunResult) -> Option<Problem> {
    if !run.cancelled {
        return None;
    }
    let left = run.skipped.len();
    let summary = if left == 0 {
        "The run was cancelled".to_owned()
    } else {
        format!("The run was cancelled before {} {} tried", count(left, "sender"), was(left))
    };
    let problem = Problem::new("run_cancelled", Stage::Send, Who::You, summary)
        .because("Somebody stopped it. A mail that was under way at that moment may have been sent.")
        .advise("Run the test again and let it finish.");
    Some(problem)
}

fn forbidden_accepted(run: &RunResult, context: RunContext) -> Option<Problem> {
    let open: Vec<&SenderResult> =
        lines(run, Expected::Forbidden).into_iter().filter(|line| line.outcome == Outcome::Accepted).collect();
    let first = *open.first()?;
    let words = sender(first, context);
    let summary = format!("The app was able to send as {}, who must be forbidden", names(&open));
    let problem = Problem {
        advice: words.advice,
        ..Problem::new("forbidden_sender_accepted", Stage::Policy, Who::CustomerAdmin, summary).because(words.cause)
    };
    Some(problem.with(evidence(first)))
}

/// The union of two grants: RBAC for Applications restricts nothing while the consent in Entra survives.
fn consent_survives(run: &RunResult, context: RunContext) -> Option<Problem> {
    let open = lines(run, Expected::Forbidden).iter().any(|line| line.outcome == Outcome::Accepted);
    if !open || context.mail_send_in_token != Some(true) || context.mechanism == Mechanism::ApplicationAccessPolicy {
        return None;
    }
    let problem = Problem::new(
        "entra_consent_survives",
        Stage::Policy,
        Who::CustomerAdmin,
        "If RBAC for Applications was set up: the consent to Mail.Send in Entra is still there and outweighs it",
    )
    .because("The token has Mail.Send. A grant in Entra and one by RBAC for Applications add up, and the one in Entra covers every mailbox unless an application access policy narrows it.")
    .advise("Take the consent to Mail.Send back once RBAC for Applications is in place: Entra admin center > Enterprise applications > your app > Permissions.")
    .advise("Keep the consent if the fence is an application access policy, and check that policy in Exchange Online PowerShell instead: Get-ApplicationAccessPolicy.")
    .advise(WAIT_ONCE);
    Some(problem)
}

/// Everybody is refused alike: the app may send as nobody.
fn nothing_granted(run: &RunResult, context: RunContext) -> Option<Problem> {
    let permitted = lines(run, Expected::Permitted);
    let first = *permitted.first()?;
    let alike = permitted.iter().all(|line| line.outcome == Outcome::AccessDenied)
        && !run.senders.iter().any(|line| matches!(line.outcome, Outcome::Accepted | Outcome::BlockedByPolicy));
    if !alike {
        return None;
    }
    let words = sender(first, context);
    let problem = Problem::new(
        "no_effective_permission",
        Stage::Policy,
        Who::CustomerAdmin,
        "Every sender was refused alike, the permitted ones too: the app seems to have no permission to send at all",
    )
    .because(format!(
        "{} Refusals of forbidden senders prove nothing as long as no permitted one is accepted.",
        words.cause
    ));
    Some(Problem { advice: words.advice, ..problem }.with(evidence(first)))
}

/// The policy refuses everybody: its group is empty, the wrong one, or new.
fn policy_blocks_all(run: &RunResult) -> Option<Problem> {
    let permitted = lines(run, Expected::Permitted);
    let first = *permitted.first()?;
    let all = permitted.iter().all(|line| line.outcome == Outcome::BlockedByPolicy)
        && !run.senders.iter().any(|line| line.outcome == Outcome::Accepted);
    if !all {
        return None;
    }
    let problem = Problem::new(
        "policy_blocks_everybody",
        Stage::Policy,
        Who::CustomerAdmin,
        "The application access policy refuses every sender, the permitted ones too",
    )
    .because("The policy is there and works, but nobody is inside: its group is empty, it is another group than you think, it was deleted, or it was created or filled only lately.")
    .advise(format!("Check that the permitted senders are in the group: {MEMBERS}."))
    .advise("Check which group the policy points at in Exchange Online PowerShell: Get-ApplicationAccessPolicy | fl ScopeName,ScopeIdentity,AccessRight,AppId.")
    .advise(format!("Ask Exchange in Exchange Online PowerShell: Test-ApplicationAccessPolicy -Identity {} -AppId <Client ID>. If it says Granted, you only have to wait.", first.address))
    .advise(WAIT_ONCE);
    Some(problem.with(evidence(first)))
}

fn no_permitted_sender(run: &RunResult) -> Option<Problem> {
    if run.senders.is_empty() || is_planned(run, Expected::Permitted) {
        return None;
    }
    let problem = Problem::new(
        "no_permitted_sender",
        Stage::Input,
        Who::You,
        "No permitted sender was tested, so there is nothing to compare the refusals with",
    )
    .because("An app that may send as nobody is refused everywhere. Only a permitted sender that is accepted in the same run tells it from a fence.")
    .advise("Enter a permitted sender that is in the group on the tab Send E-Mail, and run the test again.");
    Some(problem)
}

fn no_forbidden_sender(run: &RunResult) -> Option<Problem> {
    if run.senders.is_empty() || is_planned(run, Expected::Forbidden) {
        return None;
    }
    let problem = Problem::new(
        "no_forbidden_sender",
        Stage::Input,
        Who::You,
        "No forbidden sender was tested, so nothing is known about a fence",
    )
    .because("That the app may send as the right people does not show whether it may send as everybody else.")
    .advise("Enter a forbidden sender with a licensed mailbox outside the group on the tab Send E-Mail, and run the test again.");
    Some(problem)
}

/// One problem for every cause that kept a line from passing, named after all senders it hit.
fn causes(run: &RunResult, context: RunContext) -> Vec<Problem> {
    let mut groups: Vec<(&'static str, Vec<&SenderResult>)> = Vec::new();
    for line in run.senders.iter().filter(|line| line.verdict != Verdict::Pass) {
        let Some(code) = code(line, context) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == code) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((code, vec![line])),
        }
    }
    groups.iter().filter_map(|(code, lines)| cause(code, lines, context)).collect()
}

/// What the lines with the same cause have in common; `None` for lines that need no problem of this kind.
fn code(line: &SenderResult, context: RunContext) -> Option<&'static str> {
    let by = |permitted, forbidden| match line.expected {
        Expected::Permitted => Some(permitted),
        Expected::Forbidden => Some(forbidden),
    };
    match line.outcome {
        Outcome::Accepted => None,
        Outcome::BlockedByPolicy => by("permitted_sender_blocked", "policy_refusal_not_judged"),
        Outcome::AccessDenied if context.any_permitted_accepted => {
            by("permitted_sender_denied", "token_changed_in_run")
        }
        Outcome::AccessDenied => by("permitted_sender_denied", "refusal_without_control"),
        Outcome::MailboxUnknown => by("permitted_mailbox_unknown", "forbidden_mailbox_unknown"),
        Outcome::MailboxUnavailable => by("permitted_mailbox_unavailable", "forbidden_mailbox_unavailable"),
        Outcome::SendAsDenied => by("permitted_send_as_denied", "forbidden_send_as_denied"),
        Outcome::SenderSuspended => by("permitted_sender_suspended", "forbidden_sender_suspended"),
        Outcome::QuotaExceeded => Some("send_quota_exceeded"),
        Outcome::Throttled => Some("send_throttled"),
        Outcome::TokenRejected => Some("send_token_rejected"),
        Outcome::BadRequest => Some("send_bad_request"),
        Outcome::ServerError => Some("send_server_error"),
        Outcome::NetworkError => Some("send_network_error"),
        Outcome::NoAnswer => Some("send_no_answer"),
        Outcome::Interfered => Some("send_interfered"),
        Outcome::Unexpected => Some("send_unexpected_answer"),
    }
}

fn cause(code: &str, lines: &[&SenderResult], context: RunContext) -> Option<Problem> {
    let first = *lines.first()?;
    let words = sender(first, context);
    // An obstacle hits permitted and forbidden senders alike, so its words must not speak of one kind.
    let cause = if code.starts_with("send_") { obstacle(first).cause } else { words.cause };
    let summary = format!("{}: {}", head(first), names(lines));
    let problem =
        Problem { advice: words.advice, ..Problem::new(code, words.stage, words.who, summary).because(cause) };
    Some(problem.with(evidence(first)))
}

/// What happened to the senders that are named after it.
fn head(line: &SenderResult) -> &'static str {
    let by = |permitted, forbidden| match line.expected {
        Expected::Permitted => permitted,
        Expected::Forbidden => forbidden,
    };
    match line.outcome {
        Outcome::Accepted => "Accepted",
        Outcome::BlockedByPolicy => by(
            "Permitted, but refused by an application access policy",
            "Refused by an application access policy, but not judged",
        ),
        Outcome::AccessDenied => by(
            "Permitted, but refused without naming a policy",
            "Refused without naming a policy, which proves nothing by itself",
        ),
        Outcome::MailboxUnknown => by(
            "Permitted, but not known in the organisation",
            "Not known in the organisation, so its refusal proves nothing",
        ),
        Outcome::MailboxUnavailable => {
            by("Permitted, but without a usable mailbox", "Without a usable mailbox, so its refusal proves nothing")
        }
        Outcome::SendAsDenied => by(
            "Permitted, but the mailbox may not use the address",
            "The mailbox may not use the address, which proves nothing",
        ),
        Outcome::SenderSuspended => by(
            "Permitted, but blocked from sending by Microsoft",
            "Blocked from sending by Microsoft, so its refusal proves nothing",
        ),
        Outcome::QuotaExceeded => "Undecided because a limit of the mailbox is used up",
        Outcome::Throttled => "Undecided because Microsoft asks to wait",
        Outcome::TokenRejected => "Undecided because the token was not accepted",
        Outcome::BadRequest => "Undecided because the mail itself was refused",
        Outcome::ServerError => "Undecided because the service had a fault",
        Outcome::NetworkError => "Undecided because Microsoft was not reached",
        Outcome::NoAnswer => "Undecided because no answer came",
        Outcome::Interfered => "Undecided because something other than Microsoft answered",
        Outcome::Unexpected => "Undecided because the answer was not understood",
    }
}

/// Refusals beside an accepted sender that fit no single mechanism.
fn unidentified(run: &RunResult, context: RunContext) -> Option<Problem> {
    if run.mechanism != Mechanism::Unidentified || !context.any_permitted_accepted {
        return None;
    }
    let seen = |refusal| run.senders.iter().any(|line| line.refusal == Some(refusal));
    let cause = match (seen(Refusal::Raop) || seen(Refusal::ODataDisabled), context.mail_send_in_token) {
        (true, _) => {
            "Some refusals name an application access policy, others do not. There may be a policy and RBAC for Applications side by side."
        }
        (false, Some(true)) => {
            "The refusals name no policy, which fits RBAC for Applications, but the token has Mail.Send, which does not. A consent that was just taken back can look like this for an hour."
        }
        (false, Some(false) | None) => {
            "The refusals name no policy, and the token does not show what the app was granted in Entra."
        }
    };
    let problem = Problem::new(
        "mechanism_unidentified",
        Stage::Policy,
        Who::CustomerAdmin,
        "What refuses the forbidden senders could not be identified",
    )
    .because(cause)
    .advise("Look for a policy in Exchange Online PowerShell: Get-ApplicationAccessPolicy.")
    .advise("Look for RBAC for Applications in Exchange Online PowerShell: Get-ManagementRoleAssignment -RoleAssignee <Client ID>.")
    .advise("Compare with what was granted in Entra: Entra admin center > Enterprise applications > your app > Permissions.");
    Some(problem)
}

fn names(lines: &[&SenderResult]) -> String {
    let mut named: Vec<String> = lines.iter().take(NAMED).map(|line| line.address.to_string()).collect();
    let more = lines.len().saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    list(&named)
}

fn evidence(line: &SenderResult) -> Evidence {
    Evidence { http_status: line.http_status, detail: line.detail.clone(), ..Evidence::of_ids(&line.ids) }
        .said(line.service.as_ref())
}
