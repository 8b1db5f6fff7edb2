//! The frame around the tabs: the bar on top, the demo's banner, the log and the line at the bottom.

use eframe::egui::{
    Align, ComboBox, Frame, Image, Layout, Margin, Panel, Rect, ScrollArea, Stroke, TextureHandle, ThemePreference, Ui,
    UiBuilder, pos2,
};

use crate::engine::LogLine;

use super::{
    command::{Command, Commands},
    policy_text, row_text,
    state::{Dialog, Log, State, Tab},
    support_text,
    tabs::scenario_choice_ui,
    text,
    tokens::{Palette, Tone, Type, size, space, square},
    widgets::{
        self, Asked, Mark, Rows, body_ui, button_ui, chip_ui, helper_ui, link_button_ui, notice_ui, rows_ui, tab_ui,
    },
};

/// The bar: name, tabs, theme.
pub(super) fn bar_ui(ui: &mut Ui, state: &State, logo: &TextureHandle, out: &mut Commands) {
    let palette = Palette::of(ui);
    let frame = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(20, 0));
    Panel::top("bar").exact_size(size::BAR).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.add(Image::new((logo.id(), square(size::LOGO))));
            // The tabs need the room more; the window's own title says the name too.
            if ui.available_width() >= size::BAR_WITH_NAME {
                widgets::title_ui(ui, text::PROGRAM);
            }
            ui.add_space(space::L);
            for tab in Tab::ALL {
                if tab_ui(ui, text::tab(tab), state.tab == tab).clicked() {
                    out.push(Command::Show(tab));
                }
            }
            if has_room_for_theme(ui) {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| theme_ui(ui, out));
            }
        });
    });
}

/// In a narrow window the choice of a theme stands in the line at the bottom: the tabs need the bar.
fn has_room_for_theme(ui: &Ui) -> bool {
    ui.ctx().content_rect().width() >= size::BAR_WITH_THEME
}

fn theme_ui(ui: &mut Ui, out: &mut Commands) {
    let now = ui.ctx().options(|options| options.theme_preference);
    let name = |theme| match theme {
        ThemePreference::System => text::THEME_SYSTEM,
        ThemePreference::Light => text::THEME_LIGHT,
        ThemePreference::Dark => text::THEME_DARK,
    };
    let combo = ComboBox::from_id_salt("theme").selected_text(name(now)).width(124.0).show_ui(ui, |ui| {
        for theme in [ThemePreference::System, ThemePreference::Light, ThemePreference::Dark] {
            if ui.selectable_label(theme == now, name(theme)).clicked() {
                out.push(Command::SetTheme(theme));
            }
        }
    });
    let label = helper_ui(ui, text::THEME);
    combo.response.labelled_by(label.id);
}

/// Says that all this is the demo, which scenario, and how to leave.
pub(super) fn banner_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    let Some(tenant) = &state.demo.active else { return };
    let about = tenant.about.clone();
    let free = !state.is_busy();
    let colors = Palette::of(ui).tone(Tone::Info);
    let frame = Frame::new().fill(colors.fill).inner_margin(Margin::symmetric(20, 6));
    Panel::top("banner").frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button_ui(ui, text::DEMO_LEAVE, free).clicked() {
                out.push(Command::LeaveDemo);
            }
            if button_ui(ui, policy_text::LET_TIME_PASS, true).on_hover_text(policy_text::LET_TIME_PASS_TIP).clicked() {
                out.push(Command::LetTimePass);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                chip_ui(ui, Mark::Exclamation, Tone::Info, text::DEMO_BANNER);
                if ui.add_enabled_ui(free, |ui| scenario_choice_ui(ui, &mut state.demo)).inner {
                    out.push(Command::StartDemo);
                }
                // A few letters of it say nothing.
                if ui.available_width() > size::BANNER_ABOUT {
                    widgets::clipped_ui(ui, &about);
                }
            });
        });
    });
}

/// The room left for the tab above the log and the line at the bottom.
pub(super) fn split_bottom(ui: &Ui, state: &State) -> (Rect, Rect) {
    let all = ui.available_rect_before_wrap();
    let log = if state.log_open { size::LOG.min(all.height() * 0.5) } else { 0.0 };
    let middle = (all.bottom() - size::STATUS - log).max(all.top());
    let page = Rect::from_min_max(all.min, pos2(all.right(), middle));
    (page, Rect::from_min_max(pos2(all.left(), middle), all.max))
}

/// The line at the bottom and, above it, the log.
pub(super) fn bottom_ui(ui: &mut Ui, rect: Rect, state: &State, out: &mut Commands) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.surface);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(size::LINE, palette.line));
    ui.scope_builder(UiBuilder::new().max_rect(rect.shrink2(eframe::egui::vec2(20.0, 1.0))), |ui| {
        ui.set_clip_rect(rect);
        let line = eframe::egui::vec2(ui.available_width(), size::STATUS - 2.0);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| status_line_ui(ui, state, out));
        if state.log_open {
            log_ui(ui, state, out);
        }
    });
}

fn status_line_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let arrow = if state.log_open { text::LOG_HIDE } else { text::LOG_SHOW };
    if link_button_ui(ui, arrow).clicked() {
        out.push(Command::ToggleLog);
    }
    helper_ui(ui, &text::log_count(state.log.len()));
    if state.log_open && !state.log.is_empty() {
        ui.add_space(space::S);
        if link_button_ui(ui, text::COPY_LOG).clicked() {
            out.push(Command::Copy { text: support_text::log(state.log.iter()), what: text::LOG });
        }
        if link_button_ui(ui, text::CLEAR_LOG).clicked() {
            out.push(Command::ClearLog);
        }
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if link_button_ui(ui, text::HELP).on_hover_text(text::HELP_TIP).clicked() {
            out.push(Command::Open(Dialog::Help));
        }
        if !has_room_for_theme(ui) {
            theme_ui(ui, out);
        }
        notice_ui(ui, &state.notice);
    });
}

fn log_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    if state.log.is_empty() {
        body_ui(ui, text::LOG_EMPTY);
        return;
    }
    let height = ui.text_style_height(&Type::Mono.style()) + 2.0;
    ui.spacing_mut().item_spacing.y = 2.0;
    let area = ScrollArea::both().id_salt("log").auto_shrink(false).stick_to_bottom(true);
    let asked = area.show(ui, |ui| rows_ui(ui, text::LOG, &mut LogRows { log: &state.log, height })).inner;
    if let Some(Asked::Copy(number)) = asked {
        let call = state.log.range(number..number + 1).next().map(row_text::call);
        out.extend(call.map(|text| Command::Copy { text, what: "Row" }));
    }
}

struct LogRows<'a> {
    log: &'a Log,
    height: f32,
}

impl Rows for LogRows<'_> {
    fn count(&self) -> usize {
        self.log.len()
    }

    fn height(&self, _: usize) -> f32 {
        self.height
    }

    fn name(&self, number: usize) -> String {
        self.log.range(number..number + 1).next().map(text::log_row).unwrap_or_default()
    }

    fn row_ui(&mut self, ui: &mut Ui, number: usize) {
        self.log.range(number..number + 1).for_each(|line| log_line_ui(ui, line));
    }
}

fn log_line_ui(ui: &mut Ui, line: &LogLine) {
    let palette = Palette::of(ui);
    let color = if line.failure.is_some() || line.status.is_none_or(|status| status >= 400) {
        palette.tone(Tone::Bad).ink
    } else {
        palette.ink
    };
    widgets::log_text_ui(ui, &text::log_row(line), color).on_hover_text(support_text::log_line(line));
}
