//! Cards and notes: surfaces on which things stand.

use eframe::egui::{CornerRadius, Frame, InnerResponse, Margin, Stroke, Ui};

use super::{
    super::tokens::{Palette, Tone, Type, size, space},
    mark::{Mark, mark_ui},
    words::text_ui,
};

/// A surface with an outline, as wide as there is room.
pub(in super::super) fn card_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = Palette::of(ui);
    framed_ui(ui, palette.surface, palette.line, contents)
}

/// A surface in the colours of a tone.
pub(in super::super) fn tone_card_ui<R>(
    ui: &mut Ui,
    tone: Tone,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let colors = Palette::of(ui).tone(tone);
    framed_ui(ui, colors.fill, colors.line, contents)
}

fn framed_ui<R>(
    ui: &mut Ui,
    fill: eframe::egui::Color32,
    line: eframe::egui::Color32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(size::LINE, line))
        .corner_radius(CornerRadius::same(size::CARD_CORNER))
        .inner_margin(Margin::symmetric(18, 16))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            contents(ui)
        })
}

/// One sentence on a soft background, with its mark.
pub(in super::super) fn note_ui(ui: &mut Ui, mark: Mark, tone: Tone, text: &str) {
    let colors = Palette::of(ui).tone(tone);
    Frame::new()
        .fill(colors.fill)
        .stroke(Stroke::new(size::LINE, colors.line))
        .corner_radius(CornerRadius::same(size::CORNER))
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal_top(|ui| {
                mark_ui(ui, mark, tone, size::MARK - 2.0);
                ui.add_space(space::XS);
                ui.vertical(|ui| text_ui(ui, text, Type::Body, Palette::of(ui).ink));
            });
        });
}
