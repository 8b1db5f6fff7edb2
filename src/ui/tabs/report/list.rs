//! The list of earlier tests, the newest on top.

use eframe::egui::{
    CornerRadius, Frame, Margin, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use crate::engine::RecordRow;

use super::{
    super::super::{
        command::{Commands, ReportCommand},
        report_text,
        state::State,
        tokens::{Palette, Tone, Type, size, space},
        widgets::{Mark, heading_ui, helper_ui, link_button_ui, look, mark_ui, note_ui},
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
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::STEP), Sense::click());
    let corner = CornerRadius::same(size::CORNER);
    if chosen {
        ui.painter().rect_filled(rect, corner, palette.surface);
        ui.painter().rect_stroke(rect, corner, Stroke::new(size::LINE, palette.line), StrokeKind::Inside);
        let bar = Rect::from_min_max(rect.left_top() + vec2(5.0, 12.0), pos2(rect.left() + 8.0, rect.bottom() - 12.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), palette.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, corner, palette.button_hover);
    }
    if response.has_focus() {
        let focus = Stroke::new(size::FOCUS_LINE, palette.accent);
        ui.painter().rect_stroke(rect, corner, focus, StrokeKind::Inside);
    }
    let (mark, tone) = report_text::row_verdict(row).map_or((Mark::Dash, Tone::Neutral), look);
    let side = size::MARK + 2.0;
    let place = Rect::from_center_size(pos2(rect.left() + 28.0, rect.center().y), vec2(side, side));
    mark_ui(&mut ui.new_child(UiBuilder::new().max_rect(place)), mark, tone, side);
    lines_ui(ui, rect, row, chosen);
    let name = report_text::row_name(row);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(chosen));
    response
}

fn lines_ui(ui: &Ui, rect: Rect, row: &RecordRow, chosen: bool) {
    let palette = Palette::of(ui);
    let left = rect.left() + 48.0;
    let painter = ui.painter_at(rect);
    let kind = if chosen { Type::Strong } else { Type::Body };
    let title = painter.layout_no_wrap(report_text::row_title(row), kind.font(), palette.ink);
    let words = painter.layout_no_wrap(report_text::row_words(row), Type::Small.font(), palette.muted);
    let top = rect.center().y - f32::midpoint(title.rect.height(), words.rect.height());
    let below = top + title.rect.height();
    painter.galley(pos2(left, top), title, palette.ink);
    painter.galley(pos2(left, below), words, palette.muted);
}
