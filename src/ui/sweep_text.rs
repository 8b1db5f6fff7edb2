//! The words of the sweep in the window.

use std::{fmt::Write as _, path::Path};

use crate::engine::{
    Calibration, Coverage, Ending, Expected, Outcome, SweepFinding, SweepLine, SweepProgress, SweepReport, SweepResult,
    SweepShown, UnfinishedSweep, grouped, outcome_label, sweep_counts, verdict_label,
};

use super::{
    state::{SendView, SweepColumn, SweepFilter},
    text::{CANCELLED, NEXT_STEP, local_date_time, local_time},
};

pub(super) const TITLE: &str = "Is it nobody else?";
pub(super) const WHAT_IT_IS: &str = "Asks every mailbox with a mail that has no recipient, so nothing is sent as \
     them. Microsoft does not document how that is answered: it counts only while it agrees with the real mails of \
     the known senders, and never makes a PASS alone.";
pub(super) const KNOWN: &str = "Known senders";
pub(super) const KNOWN_HINT: &str = "Really sent as, before anybody is asked: what the probe is held against";
pub(super) const KNOWN_CHANGE: &str = "Change";
pub(super) const KNOWN_MISSING: &str = "Enter a permitted sender, a forbidden one and a recipient first";
pub(super) const LISTS: &str = "Mailboxes";
pub(super) const ADD_LIST: &str = "Add a CSV or text file…";
pub(super) const REMOVE: &str = "Remove";
pub(super) const PASTE: &str = "Pasted list";
pub(super) const PASTE_HELP: &str = "Addresses, one per line, or a CSV with its header";
pub(super) const GROUP: &str = "Group";
pub(super) const GROUP_HELP: &str = "Object ID, address or name. The app must be allowed to read it";
pub(super) const DIRECTORY: &str = "Everybody in the directory";
pub(super) const DIRECTORY_HELP: &str = "Where the app may read it (User.ReadBasic.All)";
pub(super) const NO_SOURCE: &str = "Name at least one list, group or the directory";
pub(super) const MORE: &str = "More";
pub(super) const EXPECTED: &str = "Also permitted";
pub(super) const EXPECTED_HELP: &str = "Further members of the group. Nothing is sent as them";
pub(super) const AT_ONCE: &str = "Mailboxes at a time";
pub(super) const AT_ONCE_HELP: &str = "Fewer when the service asks for it. Each mailbox by one request at a time";
pub(super) const KEEP: &str = "Can go on after an interruption";
pub(super) const KEEP_HELP: &str = "Keeps addresses and answers on this computer until the sweep is complete, a day at \
     most. No secret";
pub(super) const START: &str = "Start the sweep";
pub(super) const START_TIP: &str = "Sends as the known senders, then asks all mailboxes without sending (Enter)";
pub(super) const PAUSE: &str = "Pause";
pub(super) const GO_ON: &str = "Go on";
pub(super) const PAUSED: &str = "Paused";

pub(super) const IDLE: &str = "No sweep has been made";
pub(super) const IDLE_HINT: &str = "One permitted and one forbidden sender are a sample. A sweep asks everybody, thousands \
     if need be, and says how many mailboxes the app reaches.";
pub(super) const SENDING: &str = "Sending as the known senders…";
pub(super) const CALIBRATING: &str = "Holding the probe against the real mails…";
pub(super) const ENDING: &str = "Looking at the known senders a last time…";
pub(super) const PROBE: &str = "The probe";
pub(super) const LABELS: [&str; 2] = ["Sends nothing", "Undocumented"];
pub(super) const CALIBRATION: &str = "Calibration";
pub(super) const NOT_CALIBRATED: &str = "Not yet: real mails of the known senders come first";
pub(super) const CALIBRATED: &str = "Agrees with the real mails of the known senders";
pub(super) const CALIBRATION_OFF: &str = "OFF: real mails do not bear it out, so nobody is judged by it";
pub(super) const COVERAGE: &str = "Coverage";
pub(super) const COVERAGE_WHOLE: &str = "Everybody on the list";
pub(super) const COVERAGE_PART: &str = "PARTIAL";
pub(super) const RESULTS: &str = "Mailboxes";
pub(super) const SEARCH: &str = "Search";
pub(super) const SEARCH_HINT: &str = "Address, error or request id";
pub(super) const SAVE: &str = "Save as CSV…";
pub(super) const COPY: &str = "Copy result";
pub(super) const COPY_LINE: &str = "Copy";
pub(super) const FOR_REAL: &str = "Prepare a real mail as this mailbox";
pub(super) const READY_FOR_REAL: &str =
    "The address stands under One sender alone. Send one proves what the probe shows";
pub(super) const NOTHING_SHOWN: &str = "No mailbox fits the filter";
pub(super) const TABLE: &str = "Mailboxes of the sweep";
pub(super) const UNFINISHED: &str = "An earlier sweep was interrupted";
pub(super) const UNFINISHED_HINT: &str = "What was answered is not asked again. The known senders are, by real mails: the \
     answers count only if nothing has changed.";
pub(super) const FORGET: &str = "Forget it";

/// The two halves of the tab.
pub(super) fn view(view: SendView) -> &'static str {
    match view {
        SendView::Samples => "A few senders",
        SendView::Everybody => "Everybody (sweep)",
    }
}

/// A column's name.
pub(super) fn column(column: SweepColumn) -> &'static str {
    match column {
        SweepColumn::Mailbox => "Mailbox",
        SweepColumn::Expected => "Permitted",
        SweepColumn::Result => "Result",
        SweepColumn::Why => "Answer",
        SweepColumn::Status => "HTTP",
    }
}

/// A filter with the number of its lines.
pub(super) fn filter(filter: SweepFilter, number: usize) -> String {
    let name = match filter {
        SweepFilter::All => "All",
        SweepFilter::Unexpected => "Not as expected",
        SweepFilter::Reachable => "Reachable",
        SweepFilter::Refused => "Refused",
        SweepFilter::NotProvable => "Not provable",
    };
    format!("{name} {}", grouped(number))
}

/// Reachable, refused, not provable.
pub(super) fn result(result: SweepResult) -> &'static str {
    match result {
        SweepResult::Reachable => "Reachable",
        SweepResult::Refused => "Refused",
        SweepResult::NotProvable => "Not provable",
    }
}

/// Whether it is on the permitted list.
pub(super) fn expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Permitted => "Yes",
        Expected::Forbidden => "No",
    }
}

/// What a result rests on.
pub(super) fn why(shown: SweepShown) -> &'static str {
    match shown {
        SweepShown::Reached => "Let in",
        SweepShown::Refused(crate::engine::Refusal::Raop) => "Blocked by policy",
        SweepShown::Refused(_) => "Access denied",
        SweepShown::Other(outcome) => outcome_label(outcome),
        SweepShown::Unconfirmed => "Not confirmed by the known senders",
        SweepShown::NotAsked => "Not asked",
    }
}

/// What a screen reader says of a line.
pub(super) fn row(line: &SweepLine) -> String {
    let permitted = match line.expected {
        Expected::Permitted => "permitted",
        Expected::Forbidden => "not permitted",
    };
    let fail = if line.finding() == SweepFinding::Fail { ", not as expected" } else { "" };
    format!("{}, {permitted}, {}, {}{fail}", line.mailbox, result(line.result()), why(line.shown))
}

/// Whether the probe may be used.
pub(super) fn calibration(calibration: Option<&Calibration>) -> &'static str {
    match calibration {
        None => NOT_CALIBRATED,
        Some(Calibration::Agrees) => CALIBRATED,
        Some(Calibration::Off(_)) => CALIBRATION_OFF,
    }
}

/// What a known sender's real mail came to.
pub(super) fn control(expected: Expected, observed: Option<Outcome>) -> String {
    let observed = observed.map_or_else(String::new, |outcome| format!(", {}", outcome_label(outcome).to_lowercase()));
    format!("{}{observed}", super::text::expected(expected))
}

/// The first mailboxes that a fence has wrong: nobody should have to look for them.
pub(super) fn not_as_expected(report: &SweepReport) -> Option<String> {
    const NAMED: usize = 3;
    let mut found = report.lines.iter().filter(|line| line.finding() == SweepFinding::Fail);
    let names: Vec<&str> = found.by_ref().take(NAMED).map(|line| line.mailbox.as_str()).collect();
    let more = found.count();
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")))
}

/// So many of so many.
pub(super) fn done(progress: &SweepProgress) -> String {
    format!("{} of {} mailboxes", grouped(progress.counts.asked()), grouped(progress.counts.total))
}

/// Rate, remaining time, how many at a time, and what holds it back.
pub(super) fn pace(progress: &SweepProgress) -> String {
    let mut parts = Vec::new();
    parts.extend(progress.rate.map(|rate| format!("{rate:.0} per second")));
    let is_more = progress.counts.not_asked > 0;
    parts.extend(progress.remaining.filter(|_| is_more).map(|left| format!("{} left", span(left))));
    parts.push(format!("{} at a time", progress.limit));
    parts.extend(progress.held_for.map(|wait| format!("the service asks to wait {}", span(wait))));
    parts.extend((progress.waiting > 0).then(|| format!("{} to be asked again", grouped(progress.waiting))));
    parts.join("  ·  ")
}

/// What was found so far.
pub(super) fn so_far(progress: &SweepProgress) -> String {
    let counts = &progress.counts;
    format!(
        "Reachable {}  ·  refused {}  ·  not provable {}",
        grouped(counts.reachable),
        grouped(counts.refused),
        grouped(counts.not_provable - counts.not_asked)
    )
}

/// A length of time, roughly.
pub(super) fn span(time: std::time::Duration) -> String {
    match time.as_secs() {
        secs @ 0..=90 => format!("{} s", secs.max(1)),
        secs @ 91..=5400 => format!("{} min", secs.div_ceil(60)),
        secs => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}

/// So many of a directory were read.
pub(super) fn reading(number: usize) -> String {
    format!("Reading the directory: {} so far", grouped(number))
}

/// Whom a sweep covers, and what it leaves out.
pub(super) fn coverage(coverage: &Coverage, report: &SweepReport) -> (bool, Vec<String>) {
    let counts = &report.counts;
    let whole = counts.not_asked == 0 && coverage.unreadable == 0 && counts.total > 0;
    let mut lines = vec![format!(
        "{} of {} mailboxes asked ({})",
        grouped(counts.asked()),
        grouped(counts.total),
        coverage.sources.join("; ")
    )];
    if coverage.repeats > 0 {
        lines.push(format!("Left out as repeats: {}", grouped(coverage.repeats)));
    }
    if coverage.unreadable > 0 {
        lines.push(format!("Not readable as mailboxes, and not covered: {}", grouped(coverage.unreadable)));
        let shown = coverage.unreadable_entries.iter().take(5);
        lines.extend(shown.map(|entry| format!("{} line {}: {}", entry.source, entry.line, entry.text)));
    }
    if let Some((answers, _since)) = &coverage.resumed {
        lines.push(format!("Taken over from the interrupted sweep: {}", grouped(*answers)));
    }
    (whole, lines)
}

/// The word on the card.
pub(super) fn word(report: &SweepReport) -> &'static str {
    if report.ending == Ending::Cancelled { CANCELLED } else { verdict_label(report.verdict) }
}

/// An unfinished sweep.
pub(super) fn unfinished(sweep: &UnfinishedSweep) -> String {
    let (answered, total) = (grouped(sweep.answered), grouped(sweep.total));
    format!("Begun {}: {answered} of {total} mailboxes were answered", local_date_time(sweep.started))
}

/// A file was written, or could not be.
pub(super) fn saved(path: &str, failure: Option<&str>) -> String {
    match failure {
        None => format!("Saved as {path}"),
        Some(why) => format!("{path} could not be saved: {why}"),
    }
}

/// The name that is offered for the result.
pub(super) fn file_name(is_demo: bool) -> String {
    if is_demo { "demo-sweep.csv".to_owned() } else { "sweep.csv".to_owned() }
}

/// The name of a list.
pub(super) fn list_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The button that leaves a list out.
pub(super) fn remove(path: &Path) -> String {
    format!("{REMOVE} {}", list_name(path))
}

/// What a line holds beyond its columns, as names and values.
pub(super) fn details(line: &SweepLine) -> Vec<(&'static str, String)> {
    let rows = [
        ("Answer", Some(why(line.shown).to_owned())),
        ("HTTP status", line.http_status.map(|status| status.to_string())),
        ("Error", line.error_code.as_deref().map(str::to_owned)),
        ("Message", line.error_message.as_deref().map(str::to_owned)),
        ("Request ID", line.request_id.as_deref().map(str::to_owned)),
        ("Client request ID", line.client_request_id.as_deref().map(str::to_owned)),
        ("Attempts", (line.attempts > 0).then(|| line.attempts.to_string())),
        ("Answered", line.finished.map(local_time)),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    rows.filter(|(_, value)| !value.is_empty()).collect()
}

/// A line as text for a support case.
pub(super) fn line(line: &SweepLine) -> String {
    let mut out = format!("{}\n", row(line));
    for (name, value) in details(line) {
        push(&mut out, &format!("{name}: {value}"));
    }
    out
}

/// A whole result as text for a support case.
pub(super) fn whole(report: &SweepReport) -> String {
    let mut out = format!("{}: {}\n", word(report), report.summary);
    push(&mut out, &sweep_counts(&report.counts));
    if !report.next_step.is_empty() {
        push(&mut out, &format!("{NEXT_STEP}: {}", report.next_step));
    }
    push(&mut out, &format!("{PROBE}: {}", report.probe_note()));
    let (is_whole, lines) = coverage(&report.coverage, report);
    push(&mut out, &format!("{COVERAGE}: {}", if is_whole { COVERAGE_WHOLE } else { COVERAGE_PART }));
    for line in &lines {
        push(&mut out, &format!("  {line}"));
    }
    for found in report.lines.iter().filter(|line| line.finding() == SweepFinding::Fail).take(100) {
        push(&mut out, &row(found));
    }
    out
}

fn push(out: &mut String, line: &str) {
    // Writing into a string cannot fail.
    writeln!(out, "{line}").unwrap_or_default();
}
