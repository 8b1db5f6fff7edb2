//! The report as Markdown, for a ticket or a wiki. Values from outside stand in code spans, where nothing has a meaning;
//! sentences are escaped.

use crate::{
    explain::{expected_label, outcome_label, verdict_label},
    verify::Verdict,
};

use super::{
    SenderReport, Trail, VerifyReport,
    inert::{shown_text, shown_value},
    sheet::{
        self, CHAIN_LIMIT, Finding, Tone, evidence_label, facts, how_to_check, moment, not_proven, proven, support,
        tasks, warnings,
    },
};

/// The report as Markdown (`CommonMark` with tables).
pub fn markdown(report: &VerifyReport, trail: &Trail) -> String {
    let mut text = Text(String::new());
    text.line(&["# Who may this application send mail as?"]);
    for warning in warnings(report, trail) {
        text.line(&["> **", &words(warning), "**"]);
    }
    text.line(&["**", verdict_label(report.verdict), "** – ", &words(&report.summary)]);
    if !report.next_step.is_empty() {
        text.line(&["Next: ", &words(&report.next_step)]);
    }
    text.0.push_str("| | |\n|---|---|\n");
    for fact in facts(report, trail).into_iter().flatten() {
        text.row(&[fact.label.to_owned(), cell(&fact.value)]);
    }
    text.0.push('\n');
    findings(&mut text, "What was proven", &proven(report));
    findings(&mut text, "What was not proven", &not_proven(report, trail));
    next_steps(&mut text, report);
    senders(&mut text, report);
    timeline(&mut text, trail);
    support_cases(&mut text, report);
    evidence(&mut text, trail);
    text.line(&["---"]);
    let begun = moment(report.started);
    text.line(&["Written by exchange365-tester ", sheet::PROGRAM_VERSION, ". Test begun ", &begun, ". Times are UTC."]);
    text.0
}

struct Text(String);

impl Text {
    /// A paragraph.
    fn line(&mut self, parts: &[&str]) {
        self.0.push_str(&parts.concat());
        self.0.push_str("\n\n");
    }

    /// An item of a list.
    fn item(&mut self, parts: &[&str]) {
        self.0.push_str("- ");
        self.0.push_str(&parts.concat());
        self.0.push('\n');
    }

    /// A row of a table; the cells are escaped already.
    fn row(&mut self, cells: &[String]) {
        self.0.push_str("| ");
        self.0.push_str(&cells.join(" | "));
        self.0.push_str(" |\n");
    }
}

fn findings(text: &mut Text, title: &str, findings: &[Finding]) {
    text.line(&["## ", title]);
    for finding in findings {
        let sign = match finding.tone {
            Tone::Good => "✔ ",
            Tone::Bad => "✘ ",
            Tone::Open => "",
        };
        let values: Vec<String> = finding.values.iter().map(|value| code(value)).collect();
        let colon = if values.is_empty() { "" } else { ": " };
        text.item(&[sign, &words(&finding.words), colon, &values.join(", ")]);
    }
    if findings.is_empty() {
        text.item(&["Nothing"]);
    }
    text.0.push('\n');
}

fn next_steps(text: &mut Text, report: &VerifyReport) {
    let tasks = tasks(report);
    if tasks.is_empty() {
        return;
    }
    text.line(&["## Who must do what next"]);
    for task in tasks {
        text.line(&["### ", &words(task.who.label())]);
        for problem in task.problems {
            text.line(&["**", &words(&problem.summary), "**"]);
            if !problem.cause.is_empty() {
                text.line(&[&words(&problem.cause)]);
            }
            for item in &problem.advice {
                text.item(&[&words(item)]);
            }
            text.0.push('\n');
        }
    }
}

fn senders(text: &mut Text, report: &VerifyReport) {
    if report.senders.is_empty() && report.skipped.is_empty() {
        return;
    }
    text.line(&["## Every sender"]);
    text.0.push_str("| Verdict | Sender | Should be | What came back | Test id |\n|---|---|---|---|---|\n");
    for line in &report.senders {
        text.row(&sender_row(line));
    }
    for (address, expected) in &report.skipped {
        let verdict = verdict_label(Verdict::Unproven).to_owned();
        let expected = expected_label(*expected).to_owned();
        text.row(&[verdict, cell(address.as_str()), expected, "Not tried".to_owned(), String::new()]);
    }
    text.0.push('\n');
}

fn sender_row(line: &SenderReport) -> [String; 5] {
    let result = &line.result;
    let status = result.http_status.map_or_else(String::new, |status| format!(" ({status})"));
    [
        verdict_label(result.verdict).to_owned(),
        cell(result.address.as_str()),
        expected_label(result.expected).to_owned(),
        format!("{}{status}", outcome_label(result.outcome)),
        cell(result.test_id.as_str()),
    ]
}

fn timeline(text: &mut Text, trail: &Trail) {
    let Some(timeline) = trail.timeline.as_ref().filter(|timeline| timeline.rounds.len() > 1) else { return };
    text.line(&["## What happened when"]);
    if let Some(changed) = timeline.changed {
        text.item(&[&moment(changed), " – the change was made"]);
    }
    for round in &timeline.rounds {
        let passed = round.senders.iter().filter(|sender| sender.verdict == Verdict::Pass).count();
        let tally = format!(" – {passed} of {} senders as wanted", round.senders.len());
        text.item(&[&moment(round.asked), " – ", verdict_label(round.verdict), &tally]);
    }
    text.0.push('\n');
    if let Some(ended) = &timeline.ended {
        text.line(&[&words(ended)]);
    }
}

fn support_cases(text: &mut Text, report: &VerifyReport) {
    let cases = support(report);
    if cases.is_empty() {
        return;
    }
    text.line(&["## For a support case with Microsoft"]);
    for case in cases {
        text.line(&["**", &words(&case.what), "**"]);
        for (name, value) in &case.values {
            text.item(&[evidence_label(name), ": ", &code(value)]);
        }
        text.0.push('\n');
    }
}

fn evidence(text: &mut Text, trail: &Trail) {
    text.line(&["## How to check this evidence"]);
    if let Some(record) = &trail.record {
        text.line(&["SHA-256 of the record's last line: ", &code(&record.head)]);
    }
    for step in how_to_check(trail) {
        text.item(&[&words(&step)]);
    }
    text.0.push('\n');
    if trail.record.is_some() {
        text.line(&[CHAIN_LIMIT]);
    }
}

/// A value in a code span that it cannot leave.
fn code(value: &str) -> String {
    let shown = shown_value(value);
    let fence = "`".repeat(longest_run(&shown, '`') + 1);
    // Spaces keep back ticks at the ends apart from the fence; Markdown takes one off each side.
    let pad = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) || shown.is_empty() { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// The same in a table, where a bar would end the cell even inside code.
fn cell(value: &str) -> String {
    code(value).replace('|', "\\|")
}

/// A sentence in which nothing has a meaning for Markdown.
fn words(text: &str) -> String {
    const SPECIAL: &str = "\\`*_[]<>|~&#!${}^";
    let shown = shown_text(text);
    let mut escaped = String::with_capacity(shown.len());
    let mut rest = shown.trim().chars().peekable();
    let mut before = None;
    let mut only_digits = true;
    while let Some(character) = rest.next() {
        // A list, a rule or a numbered list begins only at the start of a line.
        let starts_a_block = match before {
            None => matches!(character, '-' | '+' | '=' | ':'),
            Some(_) => only_digits && matches!(character, '.' | ')'),
        };
        let starts_a_link = match character {
            ':' => rest.peek() == Some(&'/'),
            '.' => matches!(before, Some('w' | 'W')),
            _ => false,
        };
        if starts_a_block || starts_a_link || SPECIAL.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
        only_digits &= character.is_ascii_digit();
        before = Some(character);
    }
    escaped
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|character| character != wanted).map(str::len).max().unwrap_or(0)
}
