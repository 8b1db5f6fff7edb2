//! One row per sender: expected, observed, verdict; below it time, attempts and ids; opened, the explanation.

use std::collections::BTreeSet;

use eframe::egui::{Align, Frame, Layout, Margin, Ui, vec2};

use crate::engine::{Expected, Outcome, SenderReport, Verdict, outcome_label, verdict_label};

use super::super::{
    command::{Command, Commands},
    row_text,
    state::{Row, RowState, Run, SendMail},
    support_text, text,
    tokens::{Tone, size, space},
    widgets::{
        Asked, Mark, Rows, body_ui, chip_ui, disclosure_ui, explanation_ui, heading_ui, helper_ui, label_ui,
        link_button_ui, pairs_ui, rows_ui, strong_ui,
    },
};

/// What an opened row has more than a closed one, before it is drawn for the first time.
const DETAILS: f32 = 220.0;

/// How wide time, attempts and ids of an answer are on one line.
const FACTS: f32 = 610.0;
/// How wide the tick box of an accepted mail is on one line.
const TICK: f32 = 530.0;

/// How wide expected, observed and the button for the explanation are on one line.
const OBSERVED: f32 = 420.0;

/// Draws the rows in view.
pub(super) fn sender_rows_ui(ui: &mut Ui, run: &Run, send: &SendMail, out: &mut Commands) {
    heading_ui(ui, text::SENDERS);
    let width = ui.available_width();
    match rows_ui(ui, text::SENDERS, &mut SenderRows { run, send, out, width }) {
        Some(Asked::Copy(number)) => {
            let row = run.rows.get(number).map(row_text::sender);
            out.extend(row.map(|text| Command::Copy { text, what: "Row" }));
        }
        Some(Asked::Open(number)) if run.rows.get(number).is_some_and(|row| answer(row).is_some()) => {
            out.push(Command::ToggleRow(number));
        }
        Some(Asked::Open(_)) | None => (),
    }
}

struct SenderRows<'a> {
    run: &'a Run,
    send: &'a SendMail,
    out: &'a mut Commands,
    width: f32,
}

impl Rows for SenderRows<'_> {
    fn count(&self) -> usize {
        self.run.rows.len()
    }

    fn height(&self, number: usize) -> f32 {
        // The room of an answered row from the start, so that nothing moves when the answer comes.
        let closed = match self.run.rows.get(number).map(|row| row.expected) {
            Some(Expected::Permitted) => size::ROW_PERMITTED + self.more_lines(FACTS) + self.more_lines(TICK),
            Some(Expected::Forbidden) | None => size::ROW_FORBIDDEN + self.more_lines(FACTS),
        };
        let closed = if self.width < OBSERVED { closed + size::TEXT_LINE + space::XS } else { closed };
        if self.send.open_rows.contains(&number) { closed + DETAILS } else { closed }
    }

    fn name(&self, number: usize) -> String {
        let Some(row) = self.run.rows.get(number) else { return String::new() };
        let (_, _, word, observed) = look(row);
        text::row_name(row.address.as_str(), row.expected, observed, word)
    }

    fn row_ui(&mut self, ui: &mut Ui, number: usize) {
        if let Some(row) = self.run.rows.get(number) {
            row_ui(ui, number, row, self.send, self.out);
        }
    }
}

impl SenderRows<'_> {
    /// The room of the lines that a text of this width has more than one.
    fn more_lines(&self, text_width: f32) -> f32 {
        ((text_width / self.width.max(1.0)).ceil() - 1.0).max(0.0) * size::TEXT_LINE
    }
}

fn row_ui(ui: &mut Ui, number: usize, row: &Row, send: &SendMail, out: &mut Commands) {
    ui.separator();
    let open = send.open_rows.contains(&number);
    let (mark, tone, word, observed) = look(row);
    head_ui(ui, row.address.as_str(), mark, tone, word);
    let answer = answer(row);
    let details = answer.map(|_| (open, text::details_of(row.address.as_str())));
    if observed_ui(ui, row.expected, observed, details.as_ref()) {
        out.push(Command::ToggleRow(number));
    }
    match answer {
        Some(sender) => facts_ui(ui, sender, &send.arrived, out),
        None => drop(helper_ui(ui, sending(row))),
    }
    answer.filter(|_| open).into_iter().for_each(|sender| details_ui(ui, sender, out));
}

fn answer(row: &Row) -> Option<&SenderReport> {
    match &row.state {
        RowState::Waiting | RowState::Sending(_) | RowState::Skipped => None,
        RowState::Answered(sender) => Some(sender),
    }
}

fn sending(row: &Row) -> &str {
    match &row.state {
        RowState::Sending(test_id) => test_id,
        RowState::Waiting | RowState::Skipped | RowState::Answered(_) => "",
    }
}

/// Expected and observed, and at the end of the line the button for the explanation; says whether it was pressed.
fn observed_ui(ui: &mut Ui, expected: Expected, observed: &str, details: Option<&(bool, String)>) -> bool {
    let is_narrow = ui.available_width() < OBSERVED;
    let line = |ui: &mut Ui, contents: &mut dyn FnMut(&mut Ui)| {
        let room = vec2(ui.available_width(), size::TEXT_LINE);
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().interact_size.y = size::TEXT_LINE;
            contents(ui);
        });
    };
    let observed_ui = |ui: &mut Ui| {
        label_ui(ui, text::COLUMN_OBSERVED);
        body_ui(ui, observed);
    };
    let mut pressed = false;
    line(ui, &mut |ui| {
        label_ui(ui, text::COLUMN_EXPECTED);
        body_ui(ui, text::expected(expected));
        if !is_narrow {
            ui.add_space(space::S);
            observed_ui(ui);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            pressed = details.is_some_and(|(open, name)| disclosure_ui(ui, *open, name));
        });
    });
    if is_narrow {
        line(ui, &mut |ui| observed_ui(ui));
    }
    pressed
}

/// The address on the left, the verdict on the right.
fn head_ui(ui: &mut Ui, address: &str, mark: Mark, tone: Tone, word: &str) {
    let room = vec2(ui.available_width(), size::CHIP);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
        chip_ui(ui, mark, tone, word);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| strong_ui(ui, address));
    });
}

fn look(row: &Row) -> (Mark, Tone, &'static str, &'static str) {
    match &row.state {
        RowState::Waiting => (Mark::Ring, Tone::Neutral, text::WAITING, text::NOTHING_YET),
        RowState::Sending(_) => (Mark::Dots, Tone::Info, text::SENDING, text::NOTHING_YET),
        RowState::Skipped => (Mark::Dash, Tone::Neutral, text::NOT_TRIED, text::NOTHING_YET),
        RowState::Answered(sender) => {
            let (mark, tone) = match sender.result.verdict {
                Verdict::Pass => (Mark::Tick, Tone::Good),
                Verdict::Fail => (Mark::Cross, Tone::Bad),
                Verdict::Unproven => (Mark::Question, Tone::Caution),
            };
            (mark, tone, verdict_label(sender.result.verdict), outcome_label(sender.result.outcome))
        }
    }
}

fn facts_ui(ui: &mut Ui, sender: &SenderReport, arrived: &BTreeSet<String>, out: &mut Commands) {
    helper_ui(ui, &text::sender_facts(sender));
    ui.spacing_mut().interact_size.y = size::TEXT_LINE;
    if sender.result.outcome == Outcome::Accepted {
        let test_id = sender.result.test_id.as_str();
        let mut ticked = arrived.contains(test_id);
        if ui.checkbox(&mut ticked, text::arrived(test_id)).changed() {
            out.push(Command::SetArrived(test_id.to_owned(), ticked));
        }
    }
}

fn details_ui(ui: &mut Ui, sender: &SenderReport, out: &mut Commands) {
    Frame::new().inner_margin(Margin { left: 16, right: 0, top: 8, bottom: 8 }).show(ui, |ui| {
        strong_ui(ui, &sender.words.observed);
        explanation_ui(ui, &sender.words.cause, &sender.words.advice, sender.words.who.label());
        ui.add_space(space::S);
        pairs_ui(ui, &text::sender_ids(sender));
        ui.add_space(space::XS);
        if link_button_ui(ui, text::COPY_ROW).clicked() {
            out.push(Command::Copy { text: support_text::sender(sender), what: "Row" });
        }
    });
}
