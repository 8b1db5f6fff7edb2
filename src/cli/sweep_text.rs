//! A sweep as text for people (pure). Understandable without colour.

use std::{collections::BTreeMap, sync::Arc};

use crate::engine::{Calibration, Ending, SweepFinding, SweepLine, SweepReport, SweepResult, verdict_label};

use super::{
    lines::{Lines, blank, line},
    text::problems,
};

/// Reachable mailboxes that are named.
const REACHABLE_NAMED: usize = 100;
/// Mailboxes named per reason for not being provable.
const OTHERS_NAMED: usize = 20;

/// The text of `sweep`.
pub(super) fn sweep(report: &SweepReport) -> Lines {
    let mut out = Lines::default();
    let verdict = if report.ending == Ending::Cancelled { "CANCELLED" } else { verdict_label(report.verdict) };
    line(&mut out, &format!("{verdict}  {}", report.summary));
    if !report.next_step.is_empty() {
        line(&mut out, &format!("Next: {}", report.next_step));
    }
    blank(&mut out);
    line(&mut out, &format!("Probe: {}", report.probe_note()));
    controls(&mut out, report);
    coverage(&mut out, report);
    reachable(&mut out, &report.lines);
    refused(&mut out, report);
    not_provable(&mut out, &report.lines);
    problems(&mut out, &report.problems);
    out
}

fn controls(out: &mut Lines, report: &SweepReport) {
    let Some(controls) = &report.controls else { return };
    blank(out);
    line(out, &format!("Real mails of known senders: {}", verdict_label(controls.verdict)));
    for sender in &controls.senders {
        let result = &sender.result;
        let words = &sender.words.observed;
        let expected = result.expected.as_str();
        line(out, &format!("  {:<9} {} ({expected}): {words}", verdict_label(result.verdict), result.address));
    }
    let agreed = match &report.calibration {
        Some(Calibration::Agrees) => format!("agreed with them, and was held against them {} times", report.checks),
        Some(Calibration::Off(_)) => "did not agree with them, and was not used".to_owned(),
        None => "was not tried".to_owned(),
    };
    line(out, &format!("  The probe {agreed}"));
}

fn coverage(out: &mut Lines, report: &SweepReport) {
    let coverage = &report.coverage;
    if coverage.sources.is_empty() {
        return;
    }
    let asked = report.counts.asked();
    let total = report.counts.total;
    let is_whole = asked == total && coverage.unreadable == 0;
    let head = if is_whole { "Coverage: everybody on the list" } else { "Coverage: PARTIAL" };
    blank(out);
    line(out, &format!("{head}, {asked} of {total} mailboxes asked ({})", coverage.sources.join("; ")));
    if coverage.repeats > 0 {
        line(out, &format!("  left out as repeats: {}", coverage.repeats));
    }
    if coverage.unreadable > 0 {
        line(out, &format!("  not readable as mailboxes, and not covered: {}", coverage.unreadable));
        for entry in coverage.unreadable_entries.iter().take(OTHERS_NAMED) {
            line(out, &format!("    {} line {}: {}", entry.source, entry.line, entry.text));
        }
    }
    if let Some((answers, since)) = &coverage.resumed {
        line(out, &format!("  taken over from the sweep begun {since}: {answers}"));
    }
}

fn reachable(out: &mut Lines, lines: &[Arc<SweepLine>]) {
    let mut found: Vec<&SweepLine> =
        lines.iter().map(Arc::as_ref).filter(|line| line.result() == SweepResult::Reachable).collect();
    found.sort_by_key(|line| line.finding() != SweepFinding::Fail);
    if found.is_empty() {
        return;
    }
    blank(out);
    line(out, "Reachable");
    for found in found.iter().take(REACHABLE_NAMED) {
        let mark =
            if found.finding() == SweepFinding::Fail { "FAIL      not permitted" } else { "expected  permitted" };
        let id = found.request_id.as_deref().map_or_else(String::new, |id| format!(", request-id {id}"));
        line(out, &format!("  {mark:<24} {}{id}", found.mailbox));
    }
    more(out, found.len(), REACHABLE_NAMED);
}

fn refused(out: &mut Lines, report: &SweepReport) {
    let counts = &report.counts;
    let by = |name| counts.by_outcome.get(name).copied().unwrap_or_default();
    let (policy, plain) = (by("blocked_by_policy"), by("access_denied"));
    blank(out);
    line(out, &format!("Refused: {} ({policy} by a policy, {plain} without naming one)", counts.refused));
    let failed = |line: &&Arc<SweepLine>| line.result() == SweepResult::Refused && line.finding() == SweepFinding::Fail;
    for found in report.lines.iter().filter(failed).take(OTHERS_NAMED) {
        line(out, &format!("  FAIL      permitted      {}", found.mailbox));
    }
}

fn not_provable(out: &mut Lines, lines: &[Arc<SweepLine>]) {
    let mut reasons: BTreeMap<&str, Vec<&SweepLine>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.result() == SweepResult::NotProvable) {
        reasons.entry(line.shown.as_str()).or_default().push(line);
    }
    if !reasons.is_empty() {
        blank(out);
        line(out, "Not provable");
    }
    for (reason, found) in reasons {
        line(out, &format!("  {}: {}", reason.replace('_', " "), found.len()));
        for found in found.iter().take(OTHERS_NAMED) {
            let said = found.error_message.as_deref().map_or_else(String::new, |text| {
                format!(": {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
            });
            line(out, &format!("    {}{said}", found.mailbox));
        }
        more(out, found.len(), OTHERS_NAMED);
    }
}

fn more(out: &mut Lines, number: usize, named: usize) {
    if number > named {
        line(out, &format!("    and {} more (see the CSV or JSON)", number - named));
    }
}
