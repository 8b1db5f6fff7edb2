//! The list of steps with their states, and below it what is known of the fence.

use eframe::egui::{Frame, Margin, Response, ScrollArea, Ui, WidgetInfo, accesskit::Role};

use crate::engine::{FenceState, GuideStep, StepState};

use super::{
    super::super::{
        command::{Commands, PolicyCommand},
        policy_text,
        state::State,
        tokens::{Palette, Tone, space},
        widgets::{ChoiceRow, Mark, chip_ui, choice_row_ui, heading_ui, helper_ui, link_button_ui},
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
    let (mark, tone) = look(state);
    let name = policy_text::step_name(step.number(), policy_text::short_title(step));
    let word = policy_text::step_state(state);
    let ink = Palette::of(ui).tone(tone).ink;
    let row = ChoiceRow { chosen: selected, mark: (mark, tone), title: &name, words: word, ink };
    let response = choice_row_ui(ui, row);
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
