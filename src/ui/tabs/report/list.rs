//! The list of earlier tests, the newest on top.

use eframe::egui::{Frame, Margin, Response, ScrollArea, Ui, WidgetInfo, accesskit::Role};

use crate::engine::RecordRow;

use super::{
    super::super::{
        command::{Commands, ReportCommand},
        report_text,
        state::State,
        tokens::{Palette, Tone, space},
        widgets::{ChoiceRow, Mark, choice_row_ui, heading_ui, helper_ui, link_button_ui, look, note_ui},
    },
    wish,
};

/// Draws the list.
pub(super) fn list_ui(ui: &mut Ui, state: &State, scrolls: bool, out: &mut Commands) {
    let contents = |ui: &mut Ui| {
        Frame::new()
            .inner_margin(Margin { left: 20, right: 6, top: 18, bottom: 12 })
            .show(ui, |ui| contents_ui(ui, state, out));
    };
    if scrolls {
        ScrollArea::vertical().id_salt("history").auto_shrink([false, true]).show(ui, contents);
    } else {
        contents_ui(ui, state, out);
    }
}

fn contents_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    ui.horizontal(|ui| {
        heading_ui(ui, report_text::HISTORY);
        if state.report.is_kept && link_button_ui(ui, report_text::REFRESH).clicked() {
            out.push(wish(ReportCommand::Refresh));
        }
    });
    ui.add_space(space::S);
    if !state.report.is_kept {
        note_ui(ui, Mark::Exclamation, Tone::Caution, report_text::NOT_KEPT);
    } else if state.report.rows.is_empty() {
        helper_ui(ui, report_text::NO_RECORDS);
        helper_ui(ui, report_text::NO_RECORDS_HINT);
    }
    if state.report.comparing {
        note_ui(ui, Mark::Exclamation, Tone::Info, report_text::COMPARE_HINT);
        ui.add_space(space::XS);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    for row in &state.report.rows {
        let chosen = state.report.chosen.as_ref() == Some(&row.path);
        if row_ui(ui, row, chosen).clicked() {
            out.push(wish(ReportCommand::Choose(row.path.clone())));
        }
    }
}

fn row_ui(ui: &mut Ui, row: &RecordRow, chosen: bool) -> Response {
    let mark = report_text::row_verdict(row).map_or((Mark::Dash, Tone::Neutral), look);
    let (title, words) = (report_text::row_title(row), report_text::row_words(row));
    let ink = Palette::of(ui).muted;
    let response = choice_row_ui(ui, ChoiceRow { chosen, mark, title: &title, words: &words, ink });
    let name = report_text::row_name(row);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(chosen));
    response
}
