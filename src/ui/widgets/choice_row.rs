//! One row of a list on the left of which one is in view: a mark, a title, and a quieter line below it.

use eframe::egui::{Color32, CornerRadius, Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::{
    super::tokens::{Palette, Tone, Type, size},
    mark::{Mark, mark_ui},
};

/// What stands in a row.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct ChoiceRow<'a> {
    /// Whether it is in view.
    pub(in super::super) chosen: bool,
    /// On the left.
    pub(in super::super) mark: (Mark, Tone),
    /// Above.
    pub(in super::super) title: &'a str,
    /// Below.
    pub(in super::super) words: &'a str,
    /// The colour of the line below.
    pub(in super::super) ink: Color32,
}

/// Draws a row that can be chosen. How it is called is the caller's to say.
pub(in super::super) fn choice_row_ui(ui: &mut Ui, row: ChoiceRow<'_>) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::STEP), Sense::click());
    let corner = CornerRadius::same(size::CORNER);
    if row.chosen {
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
    let side = size::MARK + 2.0;
    let place = Rect::from_center_size(pos2(rect.left() + 28.0, rect.center().y), vec2(side, side));
    // A child of its own: the list goes on below the row, not below the mark.
    mark_ui(&mut ui.new_child(UiBuilder::new().max_rect(place)), row.mark.0, row.mark.1, side);
    let painter = ui.painter_at(rect);
    let kind = if row.chosen { Type::Strong } else { Type::Body };
    let title = painter.layout_no_wrap(row.title.to_owned(), kind.font(), palette.ink);
    let words = painter.layout_no_wrap(row.words.to_owned(), Type::Small.font(), row.ink);
    let left = rect.left() + 48.0;
    let top = rect.center().y - f32::midpoint(title.rect.height(), words.rect.height());
    let below = top + title.rect.height();
    painter.galley(pos2(left, top), title, palette.ink);
    painter.galley(pos2(left, below), words, palette.ink);
    response
}
