//! Results as plain text for a support case: a problem, a row, a whole result, the log. Never a secret.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::{
    base::Timestamp,
    engine::{LogLine, Problem, SenderReport, VerifyReport, outcome_label, verdict_label},
};

use super::text::{CAUSE, CLIENT_ID, NEXT_STEP, NOT_TRIED, PROGRAM, TENANT_ID, WHO, evidence, mechanism, sender_ids};

/// One call as text, with local time and its distance to UTC.
pub(super) fn log_line(line: &LogLine) -> String {
    let local = time_with_offset(line.time);
    let text = line.to_text();
    let rest = text.split_once(' ').map_or(text.as_str(), |(_utc, rest)| rest);
    format!("{local} {rest}")
}

/// Local time and its distance to UTC.
pub(super) fn time_with_offset(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S%.3f %:z").to_string()
}

/// The whole log as text.
pub(super) fn log<'a>(lines: impl Iterator<Item = &'a LogLine>) -> String {
    let mut out = format!("{PROGRAM} {}\n", env!("CARGO_PKG_VERSION"));
    lines.for_each(|line| push_line(&mut out, &log_line(line)));
    out
}

/// A problem as text for a support case.
pub(super) fn problem(problem: &Problem) -> String {
    let mut out = format!("{}\n", problem.summary);
    push_explanation(&mut out, &problem.cause, &problem.advice, problem.who.label());
    for (name, value) in evidence(&problem.evidence) {
        push_line(&mut out, &format!("{name}: {value}"));
    }
    push_line(&mut out, &format!("Code: {}", problem.code));
    out
}

/// A sender's row as text for a support case.
pub(super) fn sender(sender: &SenderReport) -> String {
    let result = &sender.result;
    let mut out = format!(
        "{}: expected {}, observed {}, {}\n",
        result.address,
        result.expected.as_str(),
        outcome_label(result.outcome),
        verdict_label(result.verdict)
    );
    push_line(&mut out, &time_with_offset(result.finished));
    push_line(&mut out, &sender.words.observed);
    push_explanation(&mut out, &sender.words.cause, &sender.words.advice, sender.words.who.label());
    for (name, value) in sender_ids(sender) {
        push_line(&mut out, &format!("{name}: {value}"));
    }
    out
}

/// A whole result as text for a support case.
pub(super) fn result(report: &VerifyReport) -> String {
    let mut out = format!("{}: {}\n", verdict_label(report.verdict), report.summary);
    out.extend(mechanism(report.mechanism, report.verdict).map(|words| format!("{words}\n")));
    if !report.next_step.is_empty() {
        push_line(&mut out, &format!("{NEXT_STEP}: {}", report.next_step));
    }
    let ids = [(TENANT_ID, &report.tenant_id), (CLIENT_ID, &report.client_id)];
    for (name, value) in ids.into_iter().filter_map(|(name, id)| id.as_ref().map(|id| (name, id))) {
        push_line(&mut out, &format!("{name}: {value}"));
    }
    for row in &report.senders {
        push_line(&mut out, &format!("\n{}", sender(row)));
    }
    for (address, _expected) in &report.skipped {
        push_line(&mut out, &format!("{address}: {NOT_TRIED}"));
    }
    for found in &report.problems {
        push_line(&mut out, &format!("\n{}", problem(found)));
    }
    out
}

fn push_explanation(out: &mut String, cause: &str, advice: &[String], who: &str) {
    if !cause.is_empty() {
        push_line(out, &format!("{CAUSE}: {cause}"));
    }
    for (number, item) in (1..).zip(advice) {
        push_line(out, &format!("{number}. {item}"));
    }
    if !advice.is_empty() {
        push_line(out, &format!("{WHO}: {who}"));
    }
}

fn push_line(out: &mut String, line: &str) {
    // Writing into a string cannot fail.
    writeln!(out, "{line}").unwrap_or_default();
}
