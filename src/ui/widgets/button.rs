//! Buttons: the one that matters, ordinary ones, quiet ones, tabs.

use eframe::egui::{
    Button, CornerRadius, Response, RichText, Sense, Stroke, StrokeKind, Ui, accesskit::Role, style::WidgetVisuals,
    vec2,
};

use super::super::{
    text,
    tokens::{Palette, Type, size, space},
};

/// The button that matters.
pub(in super::super) fn action_button_ui(ui: &mut Ui, text: &str, enabled: bool) -> Response {
    let palette = Palette::of(ui);
    let response = ui
        .scope(|ui| {
            let widgets = &mut ui.visuals_mut().widgets;
            let paint = |visuals: &mut WidgetVisuals, fill| {
                visuals.weak_bg_fill = fill;
                visuals.bg_stroke = Stroke::new(size::LINE, fill);
                visuals.fg_stroke.color = palette.on_action;
            };
            paint(&mut widgets.inactive, palette.action);
            paint(&mut widgets.hovered, palette.action_hover);
            paint(&mut widgets.active, palette.action_hover);
            let label = RichText::new(text).text_style(Type::Strong.style());
            ui.spacing_mut().button_padding = vec2(space::L, space::S);
            ui.add_enabled(enabled, Button::new(label).min_size(vec2(0.0, size::ACTION)))
        })
        .inner;
    focus_ring(ui, &response);
    response
}

/// An ordinary button.
pub(in super::super) fn button_ui(ui: &mut Ui, text: &str, enabled: bool) -> Response {
    ui.add_enabled(enabled, Button::new(text).min_size(vec2(0.0, size::CONTROL)))
}

/// An ordinary button, as high as the one that matters.
pub(in super::super) fn wide_button_ui(ui: &mut Ui, text: &str, enabled: bool) -> Response {
    ui.add_enabled(enabled, Button::new(text).min_size(vec2(0.0, size::ACTION)))
}

/// A quiet button without a frame.
pub(in super::super) fn link_button_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).accent;
    let response = ui.add(Button::new(RichText::new(text).color(color)).frame(false));
    focus_ring(ui, &response);
    response
}

/// A quiet button that opens and closes what stands below it. `name` says what that is.
pub(in super::super) fn disclosure_ui(ui: &mut Ui, open: bool, name: &str) -> bool {
    let word = if open { text::HIDE_DETAILS } else { text::SHOW_DETAILS };
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().interact_size.y = size::TEXT_LINE;
            link_button_ui(ui, word)
        })
        .inner;
    let response = response.accessible_name(name);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::DisclosureTriangle);
        node.set_expanded(open);
    });
    response.clicked()
}

/// A tab: underlined when it is the one in view.
pub(in super::super) fn tab_ui(ui: &mut Ui, text: &str, selected: bool) -> Response {
    let palette = Palette::of(ui);
    let color = if selected { palette.ink } else { palette.muted };
    let kind = if selected { Type::Strong } else { Type::Body };
    // The room of the semi-bold label, so that nothing moves when another tab is chosen.
    let galley = ui.painter().layout_no_wrap(text.to_owned(), Type::Strong.font(), color);
    let room = galley.size() + vec2(space::M * 2.0, 0.0);
    let (rect, response) = ui.allocate_exact_size(vec2(room.x, ui.available_height()), Sense::click());
    let shown = ui.painter().layout_no_wrap(text.to_owned(), kind.font(), color);
    ui.painter().galley(rect.center() - shown.size() / 2.0, shown, color);
    if selected || response.hovered() {
        let line = if selected { palette.accent } else { palette.line };
        let y = rect.bottom() - 1.5;
        ui.painter().hline(rect.x_range(), y, Stroke::new(3.0, line));
    }
    response.widget_info(|| eframe::egui::WidgetInfo::selected(Role::Tab, true, selected, text));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(selected));
    focus_ring(ui, &response);
    response
}

/// Buttons whose frame does not show it get a ring when they have the keyboard.
fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(size::FOCUS_LINE, Palette::of(ui).accent);
        let rect = response.rect.expand(2.0);
        ui.painter().rect_stroke(rect, CornerRadius::same(size::CORNER), stroke, StrokeKind::Outside);
    }
}
