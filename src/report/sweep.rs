//! A sweep as people and programs read it: JSON `exchange365/sweep/1`, CSV. Both say what the probe is.

use std::{
    fmt::{Display, Write as _},
    io,
    sync::Arc,
};

use serde::Serialize;

use crate::{
    base::Timestamp,
    explain::{self, PROBE_NOTE, PROBE_OFF_NOTE, PROBE_RESUMED_NOTE, PROBE_UNTRIED_NOTE, Problem, SweepContext},
    m365::Cloud,
    verify::{
        App, Calibration, Counts, Finding, Stop, SweepEvidence, SweepLine, SweepResult, Swept, Unreadable, Verdict,
        judge_sweep,
    },
};

use super::{
    Ending, VerifyReport,
    json::{AppWire, ProblemWire, SenderWire, TenantWire, app, print, problem, sender, tenant, time},
};

/// Whom a sweep was meant to cover, and whom it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Where the mailboxes came from, in words.
    pub sources: Vec<String>,
    /// Repeats that were left out.
    pub repeats: usize,
    /// Entries that could not be read.
    pub unreadable: usize,
    /// The first of them.
    pub unreadable_entries: Vec<Unreadable>,
    /// Answers taken over from a journal, and when the oldest part began.
    pub resumed: Option<(usize, String)>,
}

/// A whole sweep, finished, stopped or never begun.
#[derive(Debug, Clone)]
pub struct SweepReport {
    /// The verdict.
    pub verdict: Verdict,
    /// How it ended.
    pub ending: Ending,
    /// One sentence.
    pub summary: String,
    /// What to do next, one sentence.
    pub next_step: String,
    /// The cloud.
    pub cloud: Cloud,
    /// The real sends the probe is held against; `None` when it never came to that.
    pub controls: Option<VerifyReport>,
    /// Whether the probe agreed with them.
    pub calibration: Option<Calibration>,
    /// Who is covered.
    pub coverage: Coverage,
    /// How many of what.
    pub counts: Counts,
    /// One line per mailbox, in the list's order.
    pub lines: Vec<Arc<SweepLine>>,
    /// Why it ended early.
    pub stop: Option<Stop>,
    /// How often the known senders were looked at.
    pub checks: usize,
    /// Probes that were sent.
    pub probes: usize,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

impl SweepReport {
    /// The report of a sweep that came to its probes.
    pub fn of_sweep(swept: Swept, controls: VerifyReport, coverage: Coverage, times: (Timestamp, Timestamp)) -> Self {
        let counts = Counts::of(swept.lines.iter().map(Arc::as_ref));
        let is_complete = coverage.unreadable == 0 && counts.not_asked == 0 && swept.stop.is_none();
        let evidence =
            SweepEvidence { controls: controls.verdict, calibration: &swept.calibration, counts: &counts, is_complete };
        let verdict = judge_sweep(evidence);
        let names = |wanted| {
            let failed = swept.lines.iter().filter(|line| line.finding() == Finding::Fail && line.result() == wanted);
            failed.take(20).map(|line| line.mailbox.to_string()).collect::<Vec<String>>()
        };
        let (open, shut) = (names(SweepResult::Reachable), names(SweepResult::Refused));
        let context = SweepContext {
            verdict,
            controls: controls.verdict,
            calibration: Some(&swept.calibration),
            counts: &counts,
            stop: swept.stop.as_ref(),
            unreadable: coverage.unreadable,
            open: &open,
            shut: &shut,
        };
        let own = explain::sweep_problems(context);
        let problems: Vec<Problem> = own.into_iter().chain(controls.problems.iter().cloned()).collect();
        Self {
            verdict,
            ending: ending(verdict, swept.stop.as_ref()),
            summary: explain::sweep_summary(context),
            next_step: explain::sweep_next_step(&problems),
            cloud: controls.cloud,
            calibration: Some(swept.calibration),
            controls: Some(controls),
            coverage,
            counts,
            lines: swept.lines,
            stop: swept.stop,
            checks: swept.checks,
            probes: swept.probes,
            problems,
            started: times.0,
            finished: times.1,
        }
    }

    /// The report of a sweep that could not begin. `problems` is never empty.
    pub fn not_begun(
        problems: Vec<Problem>,
        ending: Ending,
        controls: Option<VerifyReport>,
        cloud: Cloud,
        times: (Timestamp, Timestamp),
    ) -> Self {
        let summary =
            problems.first().map_or_else(|| "No mailbox was asked".to_owned(), |problem| problem.summary.clone());
        Self {
            verdict: Verdict::Unproven,
            ending,
            summary,
            next_step: explain::sweep_next_step(&problems),
            cloud,
            controls,
            calibration: None,
            coverage: Coverage::default(),
            counts: Counts::default(),
            lines: Vec::new(),
            stop: None,
            checks: 0,
            probes: 0,
            problems,
            started: times.0,
            finished: times.1,
        }
    }

    /// Whether going on with it could tell no more: everybody was asked, or the probe is off.
    pub fn is_over(&self) -> bool {
        matches!(self.stop, None | Some(Stop::ProbeOff))
    }

    /// What the probe is, or why it was not used. Stands in every output.
    pub fn probe_note(&self) -> &'static str {
        match self.calibration {
            Some(Calibration::Agrees) if self.coverage.resumed.as_ref().is_some_and(|resumed| resumed.0 > 0) => {
                PROBE_RESUMED_NOTE
            }
            Some(Calibration::Agrees) => PROBE_NOTE,
            Some(Calibration::Off(_)) => PROBE_OFF_NOTE,
            None => PROBE_UNTRIED_NOTE,
        }
    }

    fn app(&self) -> Option<&App> {
        self.controls.as_ref().and_then(|controls| controls.app.as_ref())
    }
}

fn ending(verdict: Verdict, stop: Option<&Stop>) -> Ending {
    Ending::of_run(verdict, stop == Some(&Stop::Cancelled))
}

#[derive(Serialize)]
struct SweepWire<'a> {
    schema: &'static str,
    verdict: &'static str,
    summary: &'a str,
    next_step: &'a str,
    method: MethodWire,
    controls: ControlsWire<'a>,
    tenant: TenantWire<'a>,
    app: AppWire<'a>,
    counts: CountsWire<'a>,
    coverage: CoverageWire<'a>,
    mailboxes: Vec<LineWire<'a>>,
    problems: Vec<ProblemWire<'a>>,
    cancelled: bool,
    stopped: Option<&'static str>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
struct MethodWire {
    name: &'static str,
    documented: bool,
    sends_mail: bool,
    calibrated_in_this_run: bool,
    note: &'static str,
    control_checks: usize,
    probes: usize,
}

#[derive(Serialize)]
struct ControlsWire<'a> {
    verdict: &'static str,
    mechanism: Option<&'static str>,
    senders: Vec<SenderWire<'a>>,
}

#[derive(Serialize)]
struct CountsWire<'a> {
    total: usize,
    reachable: usize,
    reachable_not_permitted: usize,
    refused: usize,
    refused_but_permitted: usize,
    not_provable: usize,
    not_asked: usize,
    by_outcome: &'a std::collections::BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct CoverageWire<'a> {
    complete: bool,
    sources: &'a [String],
    repeats: usize,
    unreadable: usize,
    unreadable_entries: Vec<UnreadableWire<'a>>,
    resumed_answers: usize,
    resumed_from: Option<&'a str>,
}

#[derive(Serialize)]
struct UnreadableWire<'a> {
    source: &'a str,
    line: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct LineWire<'a> {
    address: &'a str,
    expected: &'static str,
    result: &'static str,
    finding: &'static str,
    outcome: &'static str,
    http_status: Option<u16>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    request_id: Option<&'a str>,
    client_request_id: Option<&'a str>,
    attempts: u32,
    elapsed_ms: u64,
    finished: Option<String>,
}

/// The JSON of `sweep`.
pub fn sweep_json(report: &SweepReport) -> String {
    let (counts, coverage, controls) = (&report.counts, &report.coverage, report.controls.as_ref());
    print(&SweepWire {
        schema: "exchange365/sweep/1",
        verdict: report.verdict.as_str(),
        summary: &report.summary,
        next_step: &report.next_step,
        method: MethodWire {
            name: "probe_without_sending",
            documented: false,
            sends_mail: false,
            calibrated_in_this_run: matches!(report.calibration, Some(Calibration::Agrees)),
            note: report.probe_note(),
            control_checks: report.checks,
            probes: report.probes,
        },
        controls: ControlsWire {
            verdict: controls.map_or(Verdict::Unproven, |controls| controls.verdict).as_str(),
            mechanism: controls.map(|controls| controls.mechanism.as_str()),
            senders: controls.iter().flat_map(|controls| &controls.senders).map(|line| sender(line)).collect(),
        },
        tenant: tenant(controls.and_then(|controls| controls.tenant_id.as_deref()), report.cloud),
        app: app(controls.and_then(|controls| controls.client_id.as_deref()), report.app()),
        counts: CountsWire {
            total: counts.total,
            reachable: counts.reachable,
            reachable_not_permitted: counts.reachable_not_permitted,
            refused: counts.refused,
            refused_but_permitted: counts.refused_but_permitted,
            not_provable: counts.not_provable,
            not_asked: counts.not_asked,
            by_outcome: &counts.by_outcome,
        },
        coverage: CoverageWire {
            complete: is_complete(report),
            sources: &coverage.sources,
            repeats: coverage.repeats,
            unreadable: coverage.unreadable,
            unreadable_entries: coverage
                .unreadable_entries
                .iter()
                .map(|entry| UnreadableWire { source: &entry.source, line: entry.line, text: &entry.text })
                .collect(),
            resumed_answers: coverage.resumed.as_ref().map_or(0, |resumed| resumed.0),
            resumed_from: coverage.resumed.as_ref().map(|resumed| resumed.1.as_str()),
        },
        mailboxes: report.lines.iter().map(|answered| line(answered)).collect(),
        problems: report.problems.iter().map(problem).collect(),
        cancelled: report.ending == Ending::Cancelled || report.stop == Some(Stop::Cancelled),
        stopped: report.stop.as_ref().map(Stop::as_str),
        started: time(report.started),
        finished: time(report.finished),
    })
}

/// Whether everybody on the list was read and asked.
fn is_complete(report: &SweepReport) -> bool {
    report.coverage.unreadable == 0 && report.counts.not_asked == 0 && report.stop.is_none() && report.counts.total > 0
}

fn line(line: &SweepLine) -> LineWire<'_> {
    LineWire {
        address: line.mailbox.as_str(),
        expected: line.expected.as_str(),
        result: line.result().as_str(),
        finding: line.finding().as_str(),
        outcome: line.shown.as_str(),
        http_status: line.http_status,
        error_code: line.error_code.as_deref(),
        error_message: line.error_message.as_deref(),
        request_id: line.request_id.as_deref(),
        client_request_id: line.client_request_id.as_deref(),
        attempts: line.attempts,
        elapsed_ms: line.elapsed_ms,
        finished: line.finished.map(time),
    }
}

const COLUMNS: &str = "address,expected,result,finding,outcome,http_status,error_code,error_message,request_id,\
client_request_id,attempts,elapsed_ms,finished,method";
const METHOD: &str = "probe without sending (undocumented; calibrated by real mails in this run)";
const NO_METHOD: &str = "none (the probe without sending could not be calibrated by real mails in this run)";

/// The CSV of `sweep` (RFC 4180), one row per mailbox. No cell can be taken for a formula.
pub fn sweep_csv(report: &SweepReport, out: &mut impl io::Write) -> io::Result<()> {
    write!(out, "{COLUMNS}\r\n")?;
    let method = if matches!(report.calibration, Some(Calibration::Agrees)) { METHOD } else { NO_METHOD };
    let mut row = String::new();
    let mut number = String::new();
    for line in &report.lines {
        row.clear();
        cell(&mut row, line.mailbox.as_str());
        // Names of this program's own need no look at their characters.
        for word in [line.expected.as_str(), line.result().as_str(), line.finding().as_str(), line.shown.as_str()] {
            row.push_str(",\"");
            row.push_str(word);
            row.push('"');
        }
        cell(&mut row, line.http_status.map_or("", |status| written(&mut number, status)));
        cell(&mut row, line.error_code.as_deref().unwrap_or_default());
        cell(&mut row, line.error_message.as_deref().unwrap_or_default());
        cell(&mut row, line.request_id.as_deref().unwrap_or_default());
        cell(&mut row, line.client_request_id.as_deref().unwrap_or_default());
        cell(&mut row, written(&mut number, line.attempts));
        cell(&mut row, written(&mut number, line.elapsed_ms));
        cell(&mut row, &line.finished.map(time).unwrap_or_default());
        cell(&mut row, method);
        row.push_str("\r\n");
        out.write_all(row.as_bytes())?;
    }
    Ok(())
}

/// `value` in `place`, which is used again and again.
fn written(place: &mut String, value: impl Display) -> &str {
    place.clear();
    let _never_fails = write!(place, "{value}").is_err();
    place
}

/// A cell in quotes. A spreadsheet takes a text that begins with one of these signs for a formula, so such a text
/// gets an apostrophe in front; controls and line ends become spaces.
fn cell(row: &mut String, text: &str) {
    if !row.is_empty() {
        row.push(',');
    }
    row.push('"');
    let first = text.chars().find(|character| !character.is_whitespace() && !character.is_control());
    if matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠')) {
        row.push('\'');
    }
    let is_plain = text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'!' | b'#'..=b'~'));
    if !is_plain && text.contains(|character: char| character == '"' || character.is_control()) {
        for character in text.chars() {
            match character {
                '"' => row.push_str("\"\""),
                other if other.is_control() => row.push(' '),
                other => row.push(other),
            }
        }
    } else {
        row.push_str(text);
    }
    row.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let alone = |text: &str| {
            let mut row = String::new();
            cell(&mut row, text);
            row
        };
        for text in ["=1+1", "+a@x.com", "-2", "@x", " =cmd|' /C calc'!A0", "\t=1", "＝1"] {
            assert!(alone(text).starts_with("\"'"), "{text}");
        }
        assert_eq!(alone("a \"b\"\r\nc"), "\"a \"\"b\"\"  c\"");
        assert_eq!(alone("403"), "\"403\"");
    }
}
