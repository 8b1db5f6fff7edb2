//! The Policy setup tab: the steps on the left, the chosen one on the right.

mod fence;
mod methods;
mod paste;
mod script;
mod step;
mod steps;
mod values;

use eframe::egui::Ui;

use crate::engine::ScriptKind;

use super::super::{
    command::{Command, Commands, PolicyCommand},
    policy_text,
    state::State,
    tokens::size,
    widgets,
};

pub(in super::super) use paste::{confirm_script_ui, paste_result_ui};

/// Draws the tab.
pub(in super::super) fn policy_setup_ui(ui: &mut Ui, state: &mut State) -> Commands {
    let mut out = Commands::new();
    let page = state.policy.other.map_or_else(|| policy_text::short_title(state.policy.step), ScriptKind::title);
    widgets::page_ui(ui, |ui, two_columns| {
        let mut both = (state, &mut out);
        widgets::split_at_ui(
            ui,
            two_columns.then_some(size::STEPS),
            page,
            &mut both,
            |ui, (state, out)| steps::steps_ui(ui, state, out),
            |ui, (state, out)| step::step_ui(ui, state, out),
        );
    });
    out
}

/// A wish on this tab.
fn wish(command: PolicyCommand) -> Command {
    Command::Policy(command)
}
