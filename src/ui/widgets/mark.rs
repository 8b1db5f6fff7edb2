//! State marks, drawn rather than taken from a font, and chips: mark and word together.

use eframe::egui::{
    Align2, Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::{
    super::tokens::{Palette, Tone, Type, letter_font, size, space, square},
    words::explained,
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
    let ink = if mark == Mark::Ring { palette.control_line } else { palette.tone(tone).ink };
    paint(ui.painter(), rect, mark, ink, palette.surface);
}

/// A mark and a word on a soft background.
pub(in super::super) fn chip_ui(ui: &mut Ui, mark: Mark, tone: Tone, word: &str) {
    let colors = Palette::of(ui).tone(tone);
    let galley = ui.painter().layout_no_wrap(word.to_owned(), Type::Small.font(), colors.ink);
    let room = vec2(galley.size().x + size::MARK_SMALL + space::S * 2.0 + space::XS, size::CHIP);
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    let outline = Stroke::new(size::LINE, colors.line);
    ui.painter().rect(rect, size::CHIP / 2.0, colors.fill, outline, StrokeKind::Inside);
    let left = pos2(rect.left() + space::S, rect.center().y - size::MARK_SMALL / 2.0);
    paint(ui.painter(), Rect::from_min_size(left, square(size::MARK_SMALL)), mark, colors.ink, colors.fill);
    let text = pos2(rect.right() - space::S - galley.size().x, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(text, galley, colors.ink);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
    explained(response, word);
}

pub(super) fn paint(painter: &Painter, rect: Rect, mark: Mark, ink: Color32, paper: Color32) {
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
            painter.text(center, Align2::CENTER_CENTER, "?", letter_font(rect.width()), paper);
        }
        Mark::Ring => (),
    }
}
