//! What is asked before a record is deleted, and at the start, when an earlier one left something unfinished.

use eframe::egui::Ui;

use super::{
    super::super::{
        command::{Command, Commands, ReportCommand},
        report_text,
        state::State,
        text,
        tokens::{Tone, size, space},
        widgets::{Mark, action_button_ui, body_ui, heading_ui, helper_ui, mark_ui, mono_ui, wide_button_ui},
    },
    wish,
};

/// Asks before a record is deleted.
pub(in super::super::super) fn delete_ui(ui: &mut Ui, state: &State, first: bool, out: &mut Commands) {
    heading_ui(ui, report_text::DELETE_TITLE);
    if let Some(row) = state.report.chosen_row() {
        mono_ui(ui, &report_text::row_name(row));
    }
    body_ui(ui, report_text::DELETE_TEXT);
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let back = wide_button_ui(ui, report_text::DELETE_BACK, true);
        if first {
            back.request_focus();
        }
        if back.clicked() {
            out.push(Command::CloseDialog);
        }
        if action_button_ui(ui, report_text::DELETE_GO, true).clicked() {
            out.push(wish(ReportCommand::DeleteNow));
        }
    });
}

/// Says what an earlier start of the program left unfinished, and offers to go on with a watch.
pub(in super::super::super) fn unfinished_ui(ui: &mut Ui, state: &State, first: bool, out: &mut Commands) {
    ui.horizontal_top(|ui| {
        mark_ui(ui, Mark::Exclamation, Tone::Caution, size::MARK_HEAD);
        ui.add_space(space::XS);
        ui.vertical(|ui| heading_ui(ui, report_text::UNFINISHED_TITLE));
    });
    ui.add_space(space::XS);
    for words in state.report.unfinished.iter().take(4).filter_map(crate::engine::RecordRow::pending_words) {
        body_ui(ui, &text::sentence(&words));
    }
    let watch = state.report.unfinished_watch();
    if watch.is_some() {
        helper_ui(ui, report_text::UNFINISHED_WATCH);
    }
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let later = if watch.is_some() { report_text::LATER } else { report_text::UNDERSTOOD };
        if let Some(watch) = watch
            && action_button_ui(ui, report_text::GO_ON, true).clicked()
        {
            out.push(wish(ReportCommand::GoOn(watch.path.clone())));
        }
        let later = wide_button_ui(ui, later, true);
        if first {
            later.request_focus();
        }
        if later.clicked() {
            out.push(wish(ReportCommand::LeaveTests));
        }
        if watch.is_some() && wide_button_ui(ui, report_text::LEAVE, true).clicked() {
            let all = state.report.unfinished.iter().map(|row| row.path.clone());
            out.push(wish(ReportCommand::Leave(all.collect())));
        }
    });
}
