//! One row per sender: expected, observed, verdict; below it time, attempts and ids; opened, the explanation.

use std::collections::BTreeSet;

use eframe::egui::{Align, CollapsingHeader, Layout, Ui, vec2};

use crate::engine::{Expected, Outcome, SenderReport, Verdict, outcome_label, verdict_label};

use super::super::{
    command::{Command, Commands},
    state::{Row, RowState, Run},
    text,
    tokens::{Tone, size, space},
    widgets::{
        Mark, body_ui, chip_ui, explanation_ui, heading_ui, helper_ui, label_ui, link_button_ui, pairs_ui, strong_ui,
    },
};

/// Draws all rows.
pub(super) fn sender_rows_ui(ui: &mut Ui, run: &Run, arrived: &BTreeSet<String>, out: &mut Commands) {
    heading_ui(ui, text::SENDERS);
    for (number, row) in run.rows.iter().enumerate() {
        ui.add_space(space::XS);
        ui.separator();
        ui.push_id(("row", number), |ui| row_ui(ui, row, arrived, out));
    }
}

fn row_ui(ui: &mut Ui, row: &Row, arrived: &BTreeSet<String>, out: &mut Commands) {
    ui.vertical(|ui| {
        // The room of an answered row from the start, so that nothing moves when the answer comes.
        ui.set_min_height(match row.expected {
            Expected::Permitted => size::ROW_PERMITTED,
            Expected::Forbidden => size::ROW_FORBIDDEN,
        });
        let (mark, tone, word, observed) = look(row);
        head_ui(ui, row.address.as_str(), mark, tone, word);
        ui.horizontal_wrapped(|ui| {
            label_ui(ui, text::COLUMN_EXPECTED);
            body_ui(ui, text::expected(row.expected));
            ui.add_space(space::S);
            label_ui(ui, text::COLUMN_OBSERVED);
            body_ui(ui, observed);
        });
        match &row.state {
            RowState::Waiting | RowState::Skipped => (),
            RowState::Sending(test_id) => drop(helper_ui(ui, &text::test_id(test_id))),
            RowState::Answered(sender) => answer_ui(ui, sender, arrived, out),
        }
    });
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

fn answer_ui(ui: &mut Ui, sender: &SenderReport, arrived: &BTreeSet<String>, out: &mut Commands) {
    let result = &sender.result;
    helper_ui(ui, &text::sender_facts(sender));
    if result.outcome == Outcome::Accepted {
        let test_id = result.test_id.as_str();
        let mut ticked = arrived.contains(test_id);
        if ui.checkbox(&mut ticked, text::arrived(test_id)).changed() {
            out.push(Command::SetArrived(test_id.to_owned(), ticked));
        }
    }
    let shown = CollapsingHeader::new(text::SHOW_DETAILS).show(ui, |ui| {
        body_ui(ui, &sender.words.observed);
        explanation_ui(ui, &sender.words.cause, &sender.words.advice, sender.words.who.label());
        ui.add_space(space::S);
        pairs_ui(ui, &text::sender_ids(sender));
        ui.add_space(space::XS);
        if link_button_ui(ui, text::COPY_ROW).clicked() {
            out.push(Command::Copy { text: text::sender(sender), what: "Row" });
        }
    });
    shown.header_response.accessible_name(text::details_of(result.address.as_str()));
}
