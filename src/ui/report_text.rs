//! The words of the Report tab and of watches.

use std::time::Duration;

use crate::{
    base::Timestamp,
    engine::{Fence, RecordRow, RecordState, TimelineRound, Verdict, WatchPhase, WatchProgress, verdict_label},
};

use super::{state::FenceChoice, text};

// The list.
pub(super) const HISTORY: &str = "Earlier tests";
pub(super) const NO_RECORDS: &str = "No test has left a record yet";
pub(super) const NO_RECORDS_HINT: &str =
    "Every test is written down while it runs, without any secret. It is listed here afterwards.";
pub(super) const NOT_KEPT: &str = "No records are kept: there is no folder for them";
pub(super) const REFRESH: &str = "Refresh";
pub(super) const CHOOSE: &str = "Choose a test in the list";
pub(super) const CHOOSE_HINT: &str = "Its result, its evidence and its timeline are shown here.";
pub(super) const OPENING: &str = "Reading…";
pub(super) const REHEARSAL: &str = "Rehearsal";
pub(super) const REHEARSAL_NOTE: &str =
    "These answers did not come from Microsoft 365. This is a rehearsal, and no evidence about a tenant.";

// The record in view.
pub(super) const OPEN_REPORT: &str = "Open report";
pub(super) const OPEN_REPORT_TIP: &str = "The evidence of this test: its record, its timeline, and the report to save";
pub(super) const SAVE: &str = "Save report…";
pub(super) const SAVE_TIP: &str = "The ending of the name decides: html, md, json, csv, xml or svg";
pub(super) const COMPARE: &str = "Compare…";
pub(super) const COMPARE_TIP: &str = "Then choose the other test in the list";
pub(super) const COMPARE_HINT: &str = "Choose the other test in the list";
pub(super) const COMPARE_STOP: &str = "Do not compare";
pub(super) const DELETE: &str = "Delete…";
pub(super) const BACK: &str = "Back to the test";
pub(super) const BEFORE: &str = "Before";
pub(super) const AFTER: &str = "After";
pub(super) const GO_ON: &str = "Go on";
pub(super) const LEAVE: &str = "Leave it";
pub(super) const SENDERS: &str = "Senders";
pub(super) const EVIDENCE: &str = "Evidence";
pub(super) const RECORD: &str = "Record";
pub(super) const LINES: &str = "Lines";
pub(super) const HEAD: &str = "SHA-256";
pub(super) const BEGUN: &str = "Begun";
pub(super) const RECIPIENT: &str = "Recipient";
pub(super) const ANSWERED_BY: &str = "Answered by";
pub(super) const TIMELINE: &str = "Timeline";
pub(super) const TIMELINE_ALL: &str = "The whole test";
pub(super) const CHANGED_SENDER: &str = "Changed";
pub(super) const UNCHANGED_SENDER: &str = "Unchanged";
pub(super) const CHANGED: &str = "change made";

// Dialogs.
pub(super) const DELETE_TITLE: &str = "Delete this record?";
pub(super) const DELETE_TEXT: &str =
    "The record is the evidence of this test. It cannot be brought back. Reports that were saved stay.";
pub(super) const DELETE_GO: &str = "Delete the record";
pub(super) const DELETE_BACK: &str = "Keep it";
pub(super) const UNFINISHED_TITLE: &str = "The program ended before a test did";
pub(super) const UNFINISHED_WATCH: &str = "A watch can be gone on with: what it has found so far stands in its record.";
pub(super) const LATER: &str = "Later";
pub(super) const UNDERSTOOD: &str = "Understood";
pub(super) const SECRET_FIRST: &str = "Enter the Client Secret, then press Go on in the tab Report";

// The watch.
pub(super) const WATCH: &str = "Watch…";
pub(super) const WATCH_TIP: &str = "Tests again and again, as rarely as it helps, until two tests agree";
pub(super) const WATCH_TITLE: &str = "Watch until it is in force";
pub(super) const WATCH_HINT: &str = "A change needs minutes to hours. Asking often does not help: with RBAC for Applications it even prolongs the wait. The program waits, tests when it makes sense, and stops when two tests in a row agree.";
pub(super) const WATCH_METHOD: &str = "What was changed";
pub(super) const WATCH_MINUTES: &str = "Minutes since the change";
pub(super) const WATCH_MINUTES_HELP: &str = "Empty if nobody knows";
pub(super) const WATCH_HOURS: &str = "Hours to watch";
pub(super) const WATCH_HOURS_HELP: &str = "Empty for as long as this mechanism can need";
pub(super) const WATCH_NUMBER: &str = "Enter a whole number, or nothing";
pub(super) const WATCH_GO: &str = "Start watching";
pub(super) const WATCH_BEGINNING: &str = "The watch begins…";
pub(super) const WATCH_TESTING: &str = "Testing now…";
pub(super) const WATCH_OVER: &str = "The watch is over";
pub(super) const WATCH_KEPT: &str =
    "The window may be closed while it waits: the watch is kept, and offered at the next start.";

/// What was changed.
pub(super) fn fence_choice(choice: FenceChoice) -> &'static str {
    match choice {
        FenceChoice::FromToken => "As the token shows",
        FenceChoice::Policy => WatchProgress::fence_label(Fence::Policy),
        FenceChoice::Rbac => WatchProgress::fence_label(Fence::Rbac),
    }
}

/// The most that a watch will send.
pub(super) fn announced(fence: Fence, runs: u32, mails: u64, length: Duration) -> String {
    format!(
        "At most {runs} tests and {mails} mails in {} ({})",
        text_of_length(length),
        WatchProgress::fence_label(fence)
    )
}

/// A length in words, to the minute.
pub(super) fn text_of_length(length: Duration) -> String {
    let minutes = length.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// What a watch does, as the title of its card.
pub(super) fn watch_state(progress: &WatchProgress) -> String {
    match (&progress.phase, progress.left()) {
        (WatchPhase::Waiting { until, .. }, Some(left)) => {
            format!("Next test in {}, at {}", text_of_length(left), text::local_time(*until))
        }
        (WatchPhase::Waiting { .. } | WatchPhase::Asking, _) => WATCH_TESTING.to_owned(),
        (WatchPhase::Ended { .. }, _) => WATCH_OVER.to_owned(),
    }
}

/// Why it does that.
pub(super) fn watch_reason(progress: &WatchProgress) -> String {
    match &progress.phase {
        WatchPhase::Waiting { why, .. } => text::sentence(&format!("because {why}")),
        WatchPhase::Asking => format!("Test {} of at most {}", progress.rounds.len() + 1, progress.announced.runs),
        WatchPhase::Ended { why } => why.clone(),
    }
}

/// What was sent of what was announced, and when it ends.
pub(super) fn watch_facts(progress: &WatchProgress) -> String {
    format!(
        "{} of at most {} mails sent. Ends by {}. Mechanism: {}",
        progress.mails,
        progress.announced.mails,
        text::local_date_time(progress.watch.deadline),
        WatchProgress::fence_label(progress.watch.fence)
    )
}

/// The window's title while a watch runs, and after it.
pub(super) fn window_title(progress: &WatchProgress) -> String {
    let state = match (&progress.phase, progress.left()) {
        (WatchPhase::Waiting { .. }, Some(left)) => format!("Next test in {}", text_of_length(left)),
        (WatchPhase::Waiting { .. } | WatchPhase::Asking, _) => WATCH_TESTING.to_owned(),
        (WatchPhase::Ended { .. }, _) => WATCH_OVER.to_owned(),
    };
    format!("{state} - {}", text::PROGRAM)
}

/// What a timeline shows, for whoever cannot see it.
pub(super) fn timeline_spoken(rounds: &[TimelineRound]) -> String {
    let one = |round: &TimelineRound| format!("{} {}", text::local_time(round.asked), verdict_label(round.verdict));
    format!("{TIMELINE}: {}", rounds.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// The verdict of a row of the list; a dash where there is none.
pub(super) fn row_verdict(row: &RecordRow) -> Option<Verdict> {
    row.summary.as_ref().and_then(|summary| summary.verdict)
}

/// The first line of a row: when.
pub(super) fn row_title(row: &RecordRow) -> String {
    row.summary.as_ref().map_or_else(|| row.id.clone(), |summary| text::local_date_time(summary.begun))
}

/// The second line of a row: what, and how far it got.
pub(super) fn row_words(row: &RecordRow) -> String {
    let Some(summary) = &row.summary else { return row.state.words() };
    let what = match (summary.is_watch, summary.senders) {
        (true, _) => format!("Watch, {}", count(summary.rounds, "test", "tests")),
        (false, senders) => format!("Test, {}", count(senders, "sender", "senders")),
    };
    let rehearsal = if summary.is_rehearsal { format!(", {}", REHEARSAL.to_lowercase()) } else { String::new() };
    match &row.state {
        RecordState::Finished => what + &rehearsal,
        other @ (RecordState::Running
        | RecordState::Waiting { .. }
        | RecordState::Interrupted { .. }
        | RecordState::Altered { .. }
        | RecordState::Unreadable(_)) => format!("{what}{rehearsal}, {}", other.words()),
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The name that is offered for a report.
pub(super) fn report_name(id: &str, begun: Option<Timestamp>) -> String {
    let day = begun.map(|begun| format!("-{}", begun.strftime("%Y-%m-%d"))).unwrap_or_default();
    format!("exchange365-report{day}-{id}.html")
}

/// A report was written.
pub(super) fn saved(path: &str) -> String {
    format!("Report written: {path}")
}

/// A report was not written.
pub(super) fn not_saved(path: &str, why: &str) -> String {
    format!("The report {path} could not be written: {why}")
}

/// The test goes on without a record.
pub(super) fn not_recorded(why: &str) -> String {
    format!("The test goes on, but no record of it can be kept: {why}")
}

/// The record with this id was chosen.
pub(super) fn row_name(row: &RecordRow) -> String {
    let verdict = row_verdict(row).map_or("no verdict", verdict_label);
    format!("{}, {verdict}, {}", row_title(row), row_words(row))
}

/// Senders that are not drawn.
pub(super) fn more_senders(count: usize) -> String {
    format!("and {count} more senders")
}
