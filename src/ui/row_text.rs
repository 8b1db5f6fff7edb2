//! Rows as one line of cells with tabs between them, as a spreadsheet takes them from the clipboard.

use crate::engine::{LogLine, SenderReport, outcome_label, verdict_label};

use super::{
    state::{Row, RowState},
    support_text, text,
};

/// A sender's row: who, expected, observed, verdict, when, how often, how long, ids, the service's own code.
pub(super) fn sender(row: &Row) -> String {
    let mut cells = vec![row.address.to_string(), text::expected(row.expected).to_owned()];
    match &row.state {
        RowState::Waiting => cells.push(text::WAITING.to_owned()),
        RowState::Sending(test_id) => cells.extend([text::SENDING.to_owned(), test_id.clone()]),
        RowState::Skipped => cells.push(text::NOT_TRIED.to_owned()),
        RowState::Answered(sender) => cells.extend(answer(sender)),
    }
    line(&cells)
}

fn answer(sender: &SenderReport) -> [String; 9] {
    let result = &sender.result;
    [
        outcome_label(result.outcome).to_owned(),
        verdict_label(result.verdict).to_owned(),
        support_text::time_with_offset(result.finished),
        result.attempts.to_string(),
        text::elapsed(result.elapsed),
        result.test_id.to_string(),
        result.ids.request_id.clone().unwrap_or_default(),
        result.ids.client_request_id.clone().unwrap_or_default(),
        result.service.as_ref().map(|service| service.code.clone()).unwrap_or_default(),
    ]
}

/// A call: when, what, status, how long, ids, what went wrong.
pub(super) fn call(call: &LogLine) -> String {
    line(&[
        support_text::time_with_offset(call.time),
        call.operation.to_owned(),
        call.status.map_or_else(|| text::NO_ANSWER.to_owned(), |status| status.to_string()),
        text::elapsed(call.elapsed),
        call.request_id.clone().unwrap_or_default(),
        call.client_request_id.clone().unwrap_or_default(),
        call.failure.clone().unwrap_or_default(),
    ])
}

/// One line of these cells, whatever is in them.
pub(super) fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| cell_text(cell)).collect::<Vec<_>>().join("\t")
}

/// A cell ends at a tab or a line end, and a spreadsheet takes one that begins like a formula for a formula.
fn cell_text(cell: &str) -> String {
    let text = cell.replace(|letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'), " ");
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '%', '|']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_breaks_the_line_or_is_a_formula() {
        let cells = ["a\tb\r\nc", "=1+1", " @x", "plain"].map(str::to_owned);
        assert_eq!(line(&cells), "a b  c\t'=1+1\t' @x\tplain");
    }
}
