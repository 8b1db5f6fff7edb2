//! The report as CSV (RFC 4180, with a byte order mark for spreadsheets). No cell can be taken for a formula, in
//! whatever way a spreadsheet splits the line.

use crate::{explain::Problem, verify::Verdict};

use super::{SenderReport, Trail, VerifyReport, inert::visible, sheet::moment};

/// One row; what does not apply stays empty.
#[derive(Default)]
struct Row {
    kind: &'static str,
    name: String,
    expected: &'static str,
    outcome: &'static str,
    verdict: &'static str,
    http_status: Option<u16>,
    error_code: String,
    error_message: String,
    request_id: String,
    client_request_id: String,
    test_id: String,
    attempts: Option<u32>,
    elapsed_ms: Option<u128>,
    finished: String,
    summary: String,
    cause: String,
    advice: String,
    who: &'static str,
    source: String,
}

impl Row {
    /// The columns, in order, with their names.
    fn cells(self) -> [(&'static str, String); 19] {
        [
            ("kind", self.kind.to_owned()),
            ("name", self.name),
            ("expected", self.expected.to_owned()),
            ("outcome", self.outcome.to_owned()),
            ("verdict", self.verdict.to_owned()),
            ("http_status", self.http_status.map_or_else(String::new, |status| status.to_string())),
            ("error_code", self.error_code),
            ("error_message", self.error_message),
            ("request_id", self.request_id),
            ("client_request_id", self.client_request_id),
            ("test_id", self.test_id),
            ("attempts", self.attempts.map_or_else(String::new, |attempts| attempts.to_string())),
            ("elapsed_ms", self.elapsed_ms.map_or_else(String::new, |elapsed| elapsed.to_string())),
            ("finished", self.finished),
            ("summary", self.summary),
            ("cause", self.cause),
            ("advice", self.advice),
            ("who", self.who.to_owned()),
            ("source", self.source),
        ]
    }
}

/// The report as CSV: one row for the run, one for every sender, one for every problem.
pub fn csv(report: &VerifyReport, trail: &Trail) -> String {
    let run = Row {
        kind: "run",
        name: report.tenant_id.clone().unwrap_or_default(),
        outcome: report.mechanism.as_str(),
        verdict: report.verdict.as_str(),
        finished: moment(report.finished),
        summary: report.summary.clone(),
        advice: report.next_step.clone(),
        source: source(trail),
        ..Row::default()
    };
    let skipped = report.skipped.iter().map(|(address, expected)| Row {
        kind: "sender",
        name: address.to_string(),
        expected: expected.as_str(),
        outcome: "not_tried",
        verdict: Verdict::Unproven.as_str(),
        ..Row::default()
    });
    let senders = report.senders.iter().map(|line| sender(line));
    let rows = std::iter::once(run).chain(senders).chain(skipped).chain(report.problems.iter().map(problem));
    let mut text = String::from("\u{feff}");
    push_line(&mut text, &Row::default().cells().map(|(name, _)| name.to_owned()));
    for row in rows {
        push_line(&mut text, &row.cells().map(|(_, value)| value));
    }
    text
}

fn sender(line: &SenderReport) -> Row {
    let result = &line.result;
    let said = |part: fn(&crate::m365::ServiceError) -> &String| {
        result.service.as_ref().map(part).cloned().unwrap_or_default()
    };
    Row {
        kind: "sender",
        name: result.address.to_string(),
        expected: result.expected.as_str(),
        outcome: result.outcome.as_str(),
        verdict: result.verdict.as_str(),
        http_status: result.http_status,
        error_code: said(|service| &service.code),
        error_message: said(|service| &service.message),
        request_id: result.ids.request_id.clone().unwrap_or_default(),
        client_request_id: result.ids.client_request_id.clone().unwrap_or_default(),
        test_id: result.test_id.to_string(),
        attempts: Some(result.attempts),
        elapsed_ms: Some(result.elapsed.as_millis()),
        finished: moment(result.finished),
        summary: line.words.observed.clone(),
        cause: line.words.cause.clone(),
        advice: line.words.advice.join(" / "),
        who: line.words.who.as_str(),
        source: result.detail.clone().unwrap_or_default(),
    }
}

fn problem(problem: &Problem) -> Row {
    let evidence = &problem.evidence;
    Row {
        kind: "problem",
        name: problem.code.clone(),
        http_status: evidence.http_status,
        error_code: evidence.aadsts.map_or_else(String::new, |code| format!("AADSTS{code}")),
        error_message: evidence.message.clone().unwrap_or_default(),
        request_id: evidence.trace_id.clone().or_else(|| evidence.request_id.clone()).unwrap_or_default(),
        client_request_id: evidence.correlation_id.clone().unwrap_or_default(),
        summary: problem.summary.clone(),
        cause: problem.cause.clone(),
        advice: problem.advice.join(" / "),
        who: problem.who.as_str(),
        ..Row::default()
    }
}

/// Where the run's answers and its record are.
fn source(trail: &Trail) -> String {
    let url = trail.service_url.clone().unwrap_or_default();
    match &trail.record {
        Some(record) => format!("{url} {} sha256:{}", record.file, record.head).trim_start().to_owned(),
        None => url,
    }
}

fn push_line(text: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        text.push_str(if index > 0 { ",\"" } else { "\"" });
        text.push_str(&harmless(cell).replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

/// The text on one line, visible, and with an apostrophe wherever a spreadsheet could see the start of a formula: at
/// the beginning, and after everything that some spreadsheet takes for the border of a cell.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for character in visible(text).chars() {
        if at_start && is_trigger(character) {
            out.push('\'');
        }
        out.push(character);
        let is_border = matches!(character, ',' | ';' | '|' | '\t');
        let keeps_start = at_start && (character.is_whitespace() || matches!(character, '"' | '\''));
        at_start = is_border || keeps_start;
    }
    out
}

fn is_trigger(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '−' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_taken_apart() {
        for (text, cell) in [
            ("ceo@contoso.com", "ceo@contoso.com"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            (" \"=1+1", " \"'=1+1"),
            ("a;=1+1", "a;'=1+1"),
            ("a\n=1", "a =1"),
            ("-1", "'-1"),
            ("\t@SUM(A1)", " '@SUM(A1)"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(harmless(text), cell);
        }
    }
}
