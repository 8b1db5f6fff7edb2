//! Watches, lists of records and what is said of them, as text and as JSON (pure).

use std::{path::Path, time::Duration};

use serde::Serialize;

use crate::{
    base::Timestamp,
    engine::{Compared, RecordCheck, RecordRow, Standing, TimelineRound, Trail, Verdict, WatchProgress, verdict_label},
};

use super::lines::{Lines, blank, line};

/// Lines below a result: the runs of a watch, and the record behind it.
pub(super) fn trail(trail: &Trail) -> Lines {
    let mut out = Lines::default();
    let timeline = trail.timeline.as_ref().filter(|timeline| timeline.deadline.is_some());
    let has_timeline = timeline.is_some();
    if let Some(timeline) = timeline {
        blank(&mut out);
        line(&mut out, "Timeline of the watch");
        if let Some(changed) = timeline.changed {
            line(&mut out, &format!("  {}  the change was made", moment(changed)));
        }
        for round in &timeline.rounds {
            line(&mut out, &format!("  {}  {}", moment(round.asked), round_words(round)));
        }
        if let Some(ended) = &timeline.ended {
            line(&mut out, &format!("  {ended}"));
        }
    }
    if let Some(record) = &trail.record {
        if !has_timeline {
            blank(&mut out);
        }
        line(&mut out, &format!("Record: {} (SHA-256 {})", record.file, record.head));
    }
    out
}

fn round_words(round: &TimelineRound) -> String {
    let verdict = verdict_label(round.verdict);
    match &round.obstacle {
        Some(obstacle) if round.senders.is_empty() => format!("{verdict:<9} {obstacle}"),
        Some(_) | None => {
            let count = |verdict: Verdict| round.senders.iter().filter(|sender| sender.verdict == verdict).count();
            let asked = round.senders.len();
            format!("{verdict:<9} {} of {asked} senders as wanted", count(Verdict::Pass))
        }
    }
}

/// The first line of a watch: what is announced is kept.
pub(super) fn watch_begun(progress: &WatchProgress) -> String {
    format!(
        "Watching until {} at the latest ({}). At most {} tests and {} mails will be sent.",
        moment(progress.watch.deadline),
        WatchProgress::fence_label(progress.watch.fence),
        progress.announced.runs,
        progress.announced.mails
    )
}

/// When the next test is due.
pub(super) fn waiting(progress: &WatchProgress, until: Timestamp, why: &str) -> String {
    format!(
        "Next test at {} (in {}), because {why}. {} of at most {} mails sent so far.",
        moment(until),
        length(progress.left().unwrap_or_default()),
        progress.mails,
        progress.announced.mails
    )
}

/// A test begins.
pub(super) fn asking(progress: &WatchProgress) -> String {
    format!("{}  Test {} of at most {}", moment(progress.now), progress.rounds.len() + 1, progress.announced.runs)
}

/// How to go on with an interrupted watch.
pub(super) fn how_to_go_on(id: &str) -> String {
    format!("  Go on with it: exchange365-cli verify --resume {id}   Leave it: exchange365-cli history close {id}")
}

/// The list of records.
pub(super) fn rows(rows: &[RecordRow]) -> Lines {
    if rows.is_empty() {
        return Lines::of("No test has left a record yet");
    }
    let mut out = Lines::default();
    line(&mut out, &format!("{:<9} {:<23} {:<9} {:<6} {:<37} State", "Id", "Begun", "Verdict", "Kind", "Client ID"));
    for row in rows {
        let Some(summary) = &row.summary else {
            line(&mut out, &format!("{:<9} {}: {}", row.id, row.path.display(), row.state.words()));
            continue;
        };
        let kind = if summary.is_watch { "watch" } else { "test" };
        let rehearsal = if summary.is_rehearsal { ", no answer of Microsoft 365" } else { "" };
        let verdict = summary.verdict.map_or("-", verdict_label);
        line(
            &mut out,
            &format!(
                "{:<9} {:<23} {verdict:<9} {kind:<6} {:<37} {}{rehearsal}",
                row.id,
                moment(summary.begun),
                summary.client_id,
                row.state.words()
            ),
        );
    }
    out
}

#[derive(Serialize)]
struct RowWire<'a> {
    id: &'a str,
    file: String,
    state: String,
    pending: bool,
    kind: Option<&'static str>,
    verdict: Option<&'static str>,
    begun: Option<String>,
    last: Option<String>,
    tests: Option<usize>,
    senders: Option<usize>,
    tenant_id: Option<&'a str>,
    client_id: Option<&'a str>,
    recipient: Option<&'a str>,
    rehearsal: Option<bool>,
}

/// The list of records for programs.
pub(super) fn rows_json(rows: &[RecordRow]) -> String {
    let wire = |row: &'_ RecordRow| {
        let summary = row.summary.as_ref();
        serde_json::to_value(RowWire {
            id: &row.id,
            file: row.path.display().to_string(),
            state: row.state.words(),
            pending: row.state.is_pending(),
            kind: summary.map(|summary| if summary.is_watch { "watch" } else { "test" }),
            verdict: summary.and_then(|summary| summary.verdict).map(Verdict::as_str),
            begun: summary.map(|summary| summary.begun.to_string()),
            last: summary.map(|summary| summary.last.to_string()),
            tests: summary.map(|summary| summary.rounds),
            senders: summary.map(|summary| summary.senders),
            tenant_id: summary.and_then(|summary| summary.tenant_id.as_deref()),
            client_id: summary.map(|summary| summary.client_id.as_str()),
            recipient: summary.map(|summary| summary.recipient.as_str()),
            rehearsal: summary.map(|summary| summary.is_rehearsal),
        })
        .unwrap_or_default()
    };
    let records: Vec<serde_json::Value> = rows.iter().map(wire).collect();
    json(&serde_json::json!({ "schema": "exchange365/history/1", "records": records }))
}

/// Two tests side by side.
pub(super) fn compared(compared: &Compared) -> Lines {
    let mut out = Lines::default();
    let comparison = &compared.comparison;
    line(&mut out, &comparison.summary);
    for (name, row) in [("Before", &compared.before), ("After", &compared.after)] {
        let begun = row.summary.as_ref().map_or_else(String::new, |summary| moment(summary.begun));
        line(&mut out, &format!("{name}: record {} of {begun}", row.id));
    }
    for remark in &comparison.remarks {
        line(&mut out, remark);
    }
    for sender in &comparison.senders {
        let mark = if sender.is_changed() { "*" } else { " " };
        line(&mut out, &format!("{mark} {}: {}", sender.address, sender.words()));
    }
    out
}

/// The same for programs.
pub(super) fn compared_json(compared: &Compared) -> String {
    let comparison = &compared.comparison;
    let senders: Vec<serde_json::Value> = comparison
        .senders
        .iter()
        .map(|sender| {
            let seen = |seen: Option<crate::engine::Seen>| {
                seen.map(|seen| {
                    serde_json::json!({ "expected": seen.expected.as_str(), "verdict": seen.verdict.as_str(),
                        "outcome": seen.outcome.map(crate::engine::Outcome::as_str) })
                })
            };
            serde_json::json!({ "address": sender.address.as_str(), "changed": sender.is_changed(),
                "before": seen(sender.before), "after": seen(sender.after) })
        })
        .collect();
    json(&serde_json::json!({ "schema": "exchange365/compare/1", "before": compared.before.id,
        "after": compared.after.id, "summary": comparison.summary, "remarks": comparison.remarks, "senders": senders }))
}

/// What checking a record showed.
pub(super) fn check(path: &Path, check: &RecordCheck) -> Lines {
    let word = match check.standing {
        Standing::Intact if check.last_line_covered => "INTACT",
        Standing::Intact => "INTACT UP TO THE LAST LINE",
        Standing::Unfinished => "UNFINISHED",
        Standing::Altered(_) | Standing::OtherHead | Standing::Disagrees | Standing::OtherReport => "NOT INTACT",
    };
    let mut out = Lines::of(&format!("{word}  {}", check.words()));
    line(&mut out, &format!("Record: {}", path.display()));
    line(&mut out, &format!("Begun: {} by version {}", moment(check.begun), check.program_version));
    line(&mut out, &format!("Lines: {}", check.lines));
    line(&mut out, &format!("SHA-256: {}", check.head));
    if check.torn_bytes > 0 {
        line(&mut out, &format!("Bytes of a last line that was not written to its end: {}", check.torn_bytes));
    }
    if check.resumed > 0 {
        line(&mut out, &format!("Gone on with after an interruption: {}", times(check.resumed)));
    }
    line(&mut out, &format!("Verdict that the answers give: {}", check.verdict.map_or("none", verdict_label)));
    out
}

/// Lines that were cut off right before the program went on look like lines that it never wrote.
fn times(number: usize) -> String {
    let times = if number == 1 { "once".to_owned() } else { format!("{number} times") };
    format!("{times}; nothing shows whether lines are missing right before that")
}

fn json(value: &serde_json::Value) -> String {
    // Texts, numbers and flags alone: serialising cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn length(length: Duration) -> String {
    let minutes = length.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "a moment".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
