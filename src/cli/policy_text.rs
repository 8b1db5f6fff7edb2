//! The policy setup as text for people and as JSON for programs (pure).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::engine::{
    Access, Expectation, FenceState, GuideStep, LiveObservation, PolicyState, Problem, ReadNote, Recognised, ScriptEnd,
    Severity, StepText,
};

use super::lines::{Lines, blank, line};

/// The steps.
pub(super) fn guide(steps: &[(GuideStep, StepText)]) -> Lines {
    let mut out = Lines::default();
    for (step, text) in steps {
        line(&mut out, &format!("{}. {}", step.number(), text.title));
        line(&mut out, &format!("   {}", text.why));
        for what in &text.what_to_do {
            line(&mut out, &format!("   - {what}"));
        }
        for (label, link) in &text.links {
            line(&mut out, &format!("   {label}: {link}"));
        }
        if let Some(kind) = step.script() {
            line(&mut out, &format!("   Script: exchange365-cli policy script {} …", kind.name()));
        }
        blank(&mut out);
    }
    out
}

/// How a script ended.
pub(super) fn ended(end: &ScriptEnd) -> Lines {
    let mut out = match end.exit_code {
        Some(code) => Lines::of(&format!("The script ended with code {code}")),
        None => Lines::of("The script was stopped"),
    };
    for step in end.run.iter().flat_map(|run| &run.steps) {
        let name = step.step.map_or("unknown step", |step| step.title());
        let word = outcome(step.outcome);
        let said = step.error.as_deref().unwrap_or(&step.detail);
        line(&mut out, &format!("  {word:<8} {name}: {said}"));
    }
    for known in &end.known_errors {
        line(&mut out, &format!("  Known error: {}. {}", known.cause, known.cure));
    }
    out
}

fn outcome(outcome: crate::engine::StepOutcome) -> &'static str {
    use crate::engine::StepOutcome as O;
    match outcome {
        O::Done => "done",
        O::Skipped => "skipped",
        O::Failed => "failed",
        O::NotRun => "not run",
        O::Unknown => "unknown",
    }
}

/// What was read.
pub(super) fn was_read(what: &BTreeMap<Recognised, usize>, notes: &[ReadNote]) -> Lines {
    let list: Vec<String> = what.iter().map(|(what, count)| format!("{} × {count}", what.cmdlet())).collect();
    let mut out = Lines::of(&format!("Read: {}", if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }));
    for note in notes {
        line(&mut out, &format!("  Note: {}", note.text));
    }
    out
}

/// The judgement for people.
pub(super) fn state(state: &PolicyState) -> Lines {
    let evaluation = &state.evaluation;
    let word = match evaluation.fence {
        FenceState::Fenced => "FENCED",
        FenceState::TooTight => "TOO TIGHT",
        FenceState::Open => "OPEN",
        FenceState::NotProven => "NOT PROVEN",
    };
    let mut out = Lines::of(&format!("{word}  {}", evaluation.summary));
    blank(&mut out);
    let head = ["Mailbox", "Wanted", "Policy", "Entra", "RBAC", "Together"];
    line(&mut out, &row(head));
    for mailbox in &evaluation.mailboxes {
        let wanted = expectation(mailbox.expected);
        let (policy, entra) = (mailbox.policy.word(), mailbox.entra.word());
        let (rbac, union) = (mailbox.rbac.word(), mailbox.union.word());
        line(&mut out, &row([mailbox.address.as_str(), wanted, policy, entra, rbac, union]));
    }
    for finding in &evaluation.findings {
        blank(&mut out);
        line(&mut out, &format!("{}: {}", severity(finding.severity), finding.what));
        line(&mut out, &format!("  {}", finding.why));
        line(&mut out, &format!("  {} ({})", finding.next, finding.who.name()));
    }
    out
}

fn row([mailbox, wanted, policy, entra, rbac, union]: [&str; 6]) -> String {
    format!("{mailbox:<44} {wanted:<10} {policy:<8} {entra:<8} {rbac:<8} {union:<8}")
}

fn expectation(expected: Expectation) -> &'static str {
    match expected {
        Expectation::Permitted => "permitted",
        Expectation::Forbidden => "forbidden",
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Danger => "danger",
        Severity::Fault => "fault",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn fence(fence: FenceState) -> &'static str {
    match fence {
        FenceState::Fenced => "fenced",
        FenceState::TooTight => "too_tight",
        FenceState::Open => "open",
        FenceState::NotProven => "not_proven",
    }
}

fn live(seen: LiveObservation) -> &'static str {
    match seen {
        LiveObservation::Accepted => "accepted",
        LiveObservation::RefusedByPolicy => "refused_by_policy",
        LiveObservation::RefusedPlain => "refused",
        LiveObservation::NotProven => "not_proven",
    }
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The judgement for programs. Fields may be added, never renamed.
pub(super) fn json(state: Option<&PolicyState>, problems: &[Problem]) -> String {
    let problems: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({"code": problem.code, "stage": problem.stage.as_str(), "summary": problem.summary,
                   "cause": problem.cause, "advice": problem.advice, "who": problem.who.as_str()})
        })
        .collect();
    let evaluation = state.map(|state| &state.evaluation);
    let word = |access: Access| access.word();
    let mailboxes: Vec<Value> = evaluation
        .iter()
        .flat_map(|evaluation| &evaluation.mailboxes)
        .map(|mailbox| {
            json!({"address": mailbox.address.as_str(), "expected": expectation(mailbox.expected),
                   "policy": word(mailbox.policy), "entra": word(mailbox.entra), "rbac": word(mailbox.rbac),
                   "other": word(mailbox.other), "together": word(mailbox.union), "live": mailbox.live.map(live)})
        })
        .collect();
    let findings: Vec<Value> = evaluation
        .iter()
        .flat_map(|evaluation| &evaluation.findings)
        .map(|finding| {
            json!({"code": snake_case(&format!("{:?}", finding.code)), "severity": severity(finding.severity), "what": finding.what,
                   "why": finding.why, "next": finding.next, "who": finding.who.name()})
        })
        .collect();
    let recognised: serde_json::Map<String, Value> = state
        .iter()
        .flat_map(|state| &state.recognised)
        .map(|(what, count)| (what.cmdlet().to_owned(), json!(count)))
        .collect();
    let notes: Vec<Value> =
        state.iter().flat_map(|state| &state.notes).map(|note| json!({"line": note.line, "text": note.text})).collect();
    let steps: Vec<Value> = state
        .iter()
        .flat_map(|state| GuideStep::ALL.map(|step| (step, state.guide.progress(step))))
        .map(|(step, progress)| {
            json!({"number": step.number(), "state": progress.state.word().replace(' ', "_"), "detail": progress.detail})
        })
        .collect();
    let all = json!({
        "schema": "exchange365/policy/1",
        "fence": evaluation.map_or("not_proven", |evaluation| fence(evaluation.fence)),
        "summary": evaluation.map(|evaluation| evaluation.summary.clone()),
        "mailboxes": mailboxes,
        "findings": findings,
        "steps": steps,
        "recognised": recognised,
        "notes": notes,
        "problems": problems,
    });
    // Texts, lists and numbers alone: serialising cannot fail.
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
