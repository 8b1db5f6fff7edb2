//! Results as text for people (pure). Understandable without colour.

use crate::engine::{
    CheckReport, Ending, Evidence, Expected, Mechanism, Problem, SenderReport, VerifyReport, verdict_label,
};

use super::lines::{Lines, blank, line};

/// The text of `verify`.
pub(super) fn verify(report: &VerifyReport) -> Lines {
    let mut out = Lines::default();
    let verdict = if report.ending == Ending::Cancelled { "CANCELLED" } else { verdict_label(report.verdict) };
    line(&mut out, &format!("{verdict}  {}", report.summary));
    if !report.next_step.is_empty() {
        line(&mut out, &format!("Next: {}", report.next_step));
    }
    line(&mut out, &format!("Fence: {}", fence(report.mechanism)));
    for sender in &report.senders {
        blank(&mut out);
        sender_lines(&mut out, sender);
    }
    for (address, expected) in &report.skipped {
        blank(&mut out);
        line(&mut out, &format!("NOT TRIED  {address} ({})", expected.as_str()));
    }
    problems(&mut out, &report.problems);
    out
}

/// The text of `send`.
pub(super) fn send(report: &VerifyReport) -> Lines {
    let mut out = Lines::default();
    match report.senders.first() {
        Some(sender) => {
            let result = &sender.result;
            line(
                &mut out,
                &format!("{}  {}", result.outcome.as_str().replace('_', " ").to_uppercase(), sender.words.observed),
            );
            sender_details(&mut out, sender);
        }
        None => line(&mut out, &format!("NOT SENT  {}", report.summary)),
    }
    problems(&mut out, &report.problems);
    out
}

/// The text of `token`.
pub(super) fn check(report: &CheckReport) -> Lines {
    let mut out = Lines::default();
    let title = match report.ending {
        Ending::Pass => "SIGNED IN  Entra issued a token. This does not show who the app may send as: use verify",
        Ending::Cancelled => "CANCELLED",
        Ending::Fail | Ending::SetUp | Ending::Unproven => "NOT SIGNED IN",
    };
    line(&mut out, title);
    for row in &report.stages {
        line(&mut out, &format!("  {:<17} {:<12} {}", row.stage.label(), row.state.label(), row.words));
    }
    if let Some(claims) = report.app.as_ref().and_then(|app| app.claims.as_ref()) {
        blank(&mut out);
        line(&mut out, "What the token says");
        let known = [
            ("App name", claims.display_name.clone()),
            ("Client ID", claims.app_id.clone()),
            ("Object ID (enterprise application)", claims.object_id.clone()),
            ("Tenant", claims.tenant_id.clone()),
            ("Roles", Some(if claims.roles.is_empty() { "none".to_owned() } else { claims.roles.join(", ") })),
            ("Expires", claims.expires.map(|time| time.to_string())),
        ];
        for (name, value) in known {
            line(&mut out, &format!("  {name}: {}", value.as_deref().unwrap_or("not in the token")));
        }
    }
    problems(&mut out, &report.problems);
    out
}

/// The mechanism in plain words.
pub(super) fn fence(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::ApplicationAccessPolicy => "an application access policy refuses",
        Mechanism::RbacForApplications => "RBAC for Applications refuses (no Mail.Send in the token)",
        Mechanism::Unidentified => "something refuses, but the answers do not show what",
        Mechanism::None => "no refusal was seen",
    }
}

fn sender_lines(out: &mut Lines, sender: &SenderReport) {
    let result = &sender.result;
    let expected = match result.expected {
        Expected::Permitted => "permitted",
        Expected::Forbidden => "forbidden",
    };
    line(
        out,
        &format!("{:<9} {} ({expected}): {}", verdict_label(result.verdict), result.address, sender.words.observed),
    );
    sender_details(out, sender);
}

fn sender_details(out: &mut Lines, sender: &SenderReport) {
    let result = &sender.result;
    let status = result.http_status.map_or_else(|| "no HTTP status".to_owned(), |status| format!("HTTP {status}"));
    line(
        out,
        &format!(
            "  {status}, test id {}, attempts {}, {} ms",
            result.test_id,
            result.attempts,
            result.elapsed.as_millis()
        ),
    );
    if let Some(service) = &result.service {
        line(out, &format!("  Answer: {}: {}", service.code, one_line(&service.message)));
    }
    if let Some(detail) = &result.detail {
        line(out, &format!("  Detail: {}", one_line(detail)));
    }
    for (name, id) in [("request-id", &result.ids.request_id), ("client-request-id", &result.ids.client_request_id)] {
        if let Some(id) = id {
            line(out, &format!("  {name}: {id}"));
        }
    }
    if !sender.words.cause.is_empty() {
        line(out, &format!("  Why: {}", sender.words.cause));
    }
    for (number, advice) in sender.words.advice.iter().enumerate() {
        line(out, &format!("  {}. {advice}", number + 1));
    }
}

pub(super) fn problems(out: &mut Lines, problems: &[Problem]) {
    for problem in problems {
        blank(out);
        line(out, &format!("! {} [{}]", problem.summary, problem.code));
        line(out, &format!("  Why: {}", problem.cause));
        for (number, advice) in problem.advice.iter().enumerate() {
            line(out, &format!("  {}. {advice}", number + 1));
        }
        line(out, &format!("  Who can do it: {}", problem.who.label()));
        evidence(out, &problem.evidence);
    }
}

fn evidence(out: &mut Lines, evidence: &Evidence) {
    let known = [
        ("AADSTS code", evidence.aadsts.map(|code| code.to_string())),
        ("error", evidence.error.clone()),
        ("message", evidence.message.as_deref().map(one_line)),
        ("HTTP status", evidence.http_status.map(|status| status.to_string())),
        ("trace id", evidence.trace_id.clone()),
        ("correlation id", evidence.correlation_id.clone()),
        ("time", evidence.timestamp.clone()),
        ("request-id", evidence.request_id.clone()),
        ("client-request-id", evidence.client_request_id.clone()),
        ("host", evidence.host.clone()),
        ("look-up", evidence.lookup_url.clone()),
        ("detail", evidence.detail.as_deref().map(one_line)),
    ];
    for (name, value) in known {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            line(out, &format!("  {name}: {value}"));
        }
    }
    if !evidence.policy_ids.is_empty() {
        line(out, &format!("  Conditional Access policy: {}", evidence.policy_ids.join(", ")));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
