//! The list of steps with their states, and below it what is known of the fence.

use eframe::egui::{
    CornerRadius, Frame, Margin, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use crate::engine::{FenceState, GuideStep, StepState};

use super::{
    super::super::{
        command::{Commands, PolicyCommand},
        policy_text,
        state::State,
        tokens::{Palette, Tone, Type, size, space},
        widgets::{Mark, chip_ui, heading_ui, helper_ui, link_button_ui, mark_ui},
    },
    wish,
};

/// Draws the list.
pub(super) fn steps_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    ScrollArea::vertical().id_salt("steps").auto_shrink([false, true]).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 20, right: 6, top: 18, bottom: 12 }).show(ui, |ui| {
            heading_ui(ui, policy_text::TITLE);
            ui.add_space(space::S);
            ui.spacing_mut().item_spacing.y = 2.0;
            for step in GuideStep::ALL {
                let progress = state.policy.progress(step);
                if row_ui(ui, step, progress.state, state.policy.step == step).clicked() {
                    out.push(wish(PolicyCommand::Select(step)));
                }
            }
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.add_space(space::L);
            fence_ui(ui, state, out);
        });
    });
}

/// The mark and the tone of a step's state.
pub(super) fn look(state: StepState) -> (Mark, Tone) {
    match state {
        StepState::ToDo => (Mark::Ring, Tone::Neutral),
        StepState::Done => (Mark::Tick, Tone::Good),
        StepState::Failed => (Mark::Cross, Tone::Bad),
        StepState::NotChecked => (Mark::Question, Tone::Caution),
    }
}

/// The mark and the tone of what is known of the fence.
pub(super) fn fence_look(fence: Option<FenceState>) -> (Mark, Tone, &'static str) {
    match fence {
        None => (Mark::Ring, Tone::Neutral, policy_text::NOTHING_READ),
        Some(FenceState::Fenced) => (Mark::Tick, Tone::Good, policy_text::fence(FenceState::Fenced)),
        Some(FenceState::NotProven) => (Mark::Question, Tone::Caution, policy_text::fence(FenceState::NotProven)),
        Some(fence @ (FenceState::Open | FenceState::TooTight)) => (Mark::Cross, Tone::Bad, policy_text::fence(fence)),
    }
}

fn row_ui(ui: &mut Ui, step: GuideStep, state: StepState, selected: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::STEP), Sense::click());
    let corner = CornerRadius::same(size::CORNER);
    if selected {
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
    let (mark, tone) = look(state);
    let side = size::MARK + 2.0;
    let place = Rect::from_center_size(pos2(rect.left() + 28.0, rect.center().y), vec2(side, side));
    // A child of its own: the list goes on below the row, not below the mark.
    mark_ui(&mut ui.new_child(UiBuilder::new().max_rect(place)), mark, tone, side);
    let name = policy_text::step_name(step.number(), policy_text::short_title(step));
    let kind = if selected { Type::Strong } else { Type::Body };
    let left = rect.left() + 48.0;
    let title = ui.painter().layout_no_wrap(name.clone(), kind.font(), palette.ink);
    let word = policy_text::step_state(state);
    let word_shown = ui.painter().layout_no_wrap(word.to_owned(), Type::Small.font(), palette.tone(tone).ink);
    let top = rect.center().y - f32::midpoint(title.rect.height(), word_shown.rect.height());
    let below = top + title.rect.height();
    ui.painter().galley(pos2(left, top), title, palette.ink);
    ui.painter().galley(pos2(left, below), word_shown, palette.ink);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(selected);
        node.set_description(word);
    });
    response
}

fn fence_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let (mark, tone, word) = fence_look(state.policy.fence());
    helper_ui(ui, policy_text::FENCE);
    chip_ui(ui, mark, tone, word);
    let Some(known) = state.policy.known.as_ref().filter(|known| known.has_answers()) else { return };
    helper_ui(ui, &known.evaluation.summary);
    if link_button_ui(ui, policy_text::FORGET).clicked() {
        out.push(wish(PolicyCommand::Forget));
    }
}
