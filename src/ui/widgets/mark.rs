//! State marks, drawn rather than taken from a font, and chips: mark and word together.

use eframe::egui::{
    Align2, Color32, CornerRadius, FontId, Margin, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2,
};

use super::{
    super::tokens::{Palette, Tone, Type, size, space, square, strong_family},
    words::text_ui,
};

/// A state as a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Mark {
    /// In order, proven.
    Tick,
    /// Not in order, refuted.
    Cross,
    /// Not proven.
    Question,
    /// Worth a look.
    Exclamation,
    /// Not checked, cancelled.
    Dash,
    /// Not its turn yet.
    Ring,
    /// Under way.
    Dots,
}

/// Draws a mark. The word that belongs to it stands beside it, so it is no node of its own for screen readers.
pub(in super::super) fn mark_ui(ui: &mut Ui, mark: Mark, tone: Tone, side: f32) {
    let (rect, _response) = ui.allocate_exact_size(square(side), Sense::hover());
    let palette = Palette::of(ui);
    paint(ui.painter(), rect, mark, palette.tone(tone).ink, palette.surface);
}

/// A mark and a word on a soft background.
pub(in super::super) fn chip_ui(ui: &mut Ui, mark: Mark, tone: Tone, word: &str) {
    let colors = Palette::of(ui).tone(tone);
    eframe::egui::Frame::new()
        .fill(colors.fill)
        .stroke(Stroke::new(size::LINE, colors.line))
        .corner_radius(CornerRadius::same(u8::MAX))
        .inner_margin(Margin::symmetric(8, 2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.horizontal(|ui| {
                ui.set_min_height(18.0);
                let (rect, _response) = ui.allocate_exact_size(square(size::MARK_SMALL), Sense::hover());
                paint(ui.painter(), rect, mark, colors.ink, colors.fill);
                text_ui(ui, word, &Type::Small, colors.ink);
            });
        });
}

fn paint(painter: &Painter, rect: Rect, mark: Mark, ink: Color32, paper: Color32) {
    let radius = rect.width() / 2.0;
    let center = rect.center();
    let line = Stroke::new((rect.width() * 0.11).max(1.4), paper);
    let at = |x: f32, y: f32| -> Pos2 { center + vec2(x, y) * radius };
    if mark == Mark::Ring {
        painter.circle_stroke(center, radius - 1.0, Stroke::new((rect.width() * 0.09).max(1.4), ink));
        return;
    }
    painter.circle_filled(center, radius, ink);
    match mark {
        Mark::Tick => {
            painter.add(Shape::line(vec![at(-0.42, 0.04), at(-0.12, 0.34), at(0.44, -0.30)], line));
        }
        Mark::Cross => {
            painter.line_segment([at(-0.32, -0.32), at(0.32, 0.32)], line);
            painter.line_segment([at(0.32, -0.32), at(-0.32, 0.32)], line);
        }
        Mark::Dash => {
            painter.line_segment([at(-0.42, 0.0), at(0.42, 0.0)], line);
        }
        Mark::Dots => {
            for x in [-0.42, 0.0, 0.42] {
                painter.circle_filled(at(x, 0.0), (radius * 0.14).max(1.0), paper);
            }
        }
        Mark::Exclamation => {
            painter.line_segment([at(0.0, -0.5), at(0.0, 0.12)], line);
            painter.circle_filled(at(0.0, 0.46), line.width * 0.62, paper);
        }
        Mark::Question => {
            let font = FontId::new(rect.width() * 0.72, strong_family());
            painter.text(pos2(center.x, center.y), Align2::CENTER_CENTER, "?", font, paper);
        }
        Mark::Ring => (),
    }
}
