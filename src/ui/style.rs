//! The tokens as egui's style, one per theme.

use eframe::egui::{
    Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals,
    style::{ScrollAnimation, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets},
    vec2,
};

use super::{
    fonts,
    names::Names,
    tokens::{Palette, Tone, Type, size, space},
};

/// Puts fonts and both themes into place.
pub(super) fn install(ctx: &Context) {
    fonts::install(ctx);
    ctx.add_plugin(Names);
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
    // Linux rarely says which theme it wants.
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
}

/// egui's style for a theme.
fn style(theme: Theme) -> Style {
    let palette = Palette::of_theme(theme);
    let base = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    Style {
        text_styles: Type::ALL
            .into_iter()
            .map(|kind| (kind.style(), kind.font()))
            .chain([(TextStyle::Button, Type::Body.font())])
            .collect(),
        spacing: spacing(),
        visuals: visuals(&palette, &base),
        // No motion: remote desktops draw every frame over the wire.
        animation_time: 0.0,
        scroll_animation: ScrollAnimation::none(),
        ..Style::default()
    }
}

fn spacing() -> Spacing {
    let mut spacing = Spacing {
        item_spacing: vec2(space::S, space::XS),
        button_padding: vec2(space::M, 6.0),
        interact_size: vec2(size::CONTROL, size::CONTROL),
        menu_margin: Margin::same(6),
        combo_height: 320.0,
        icon_width: 18.0,
        icon_width_inner: 10.0,
        icon_spacing: space::S,
        indent: space::L,
        tooltip_width: 420.0,
        ..Spacing::default()
    };
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating_allocated_width = 0.0;
    spacing
}

fn visuals(palette: &Palette, base: &Visuals) -> Visuals {
    let corner = CornerRadius::same(size::CORNER);
    let widget = |fill: Color32, line: Stroke, ink: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: line,
        corner_radius: corner,
        fg_stroke: Stroke::new(1.5, ink),
        expansion: 0.0,
    };
    let rest = Stroke::new(size::LINE, palette.control_line);
    let focus = Stroke::new(size::FOCUS_LINE, palette.accent);
    let mut noninteractive = widget(palette.surface, Stroke::new(size::LINE, palette.line), palette.ink);
    noninteractive.fg_stroke.width = 1.0;
    Visuals {
        override_text_color: None,
        weak_text_color: Some(palette.muted),
        widgets: Widgets {
            noninteractive,
            inactive: widget(palette.button, rest, palette.ink),
            hovered: widget(palette.button_hover, Stroke::new(size::LINE, palette.accent), palette.ink),
            active: widget(palette.button_hover, focus, palette.ink),
            open: widget(palette.button_hover, Stroke::new(size::LINE, palette.accent), palette.ink),
        },
        selection: Selection { bg_fill: palette.selection, stroke: Stroke::new(size::FOCUS_LINE, palette.accent) },
        hyperlink_color: palette.accent,
        faint_bg_color: palette.page,
        extreme_bg_color: palette.field,
        text_edit_bg_color: Some(palette.field),
        code_bg_color: palette.page,
        warn_fg_color: palette.tone(Tone::Caution).ink,
        error_fg_color: palette.tone(Tone::Bad).ink,
        window_corner_radius: CornerRadius::same(size::CARD_CORNER),
        window_shadow: shadow(palette),
        window_fill: palette.surface,
        window_stroke: Stroke::new(size::LINE, palette.line),
        menu_corner_radius: CornerRadius::same(size::CORNER),
        panel_fill: palette.page,
        popup_shadow: shadow(palette),
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(2.0, palette.accent),
            blink: false,
            ..TextCursorStyle::default()
        },
        indent_has_left_vline: false,
        ..base.clone()
    }
}

fn shadow(palette: &Palette) -> Shadow {
    Shadow { offset: [0, 6], blur: 20, spread: 0, color: palette.shadow }
}
