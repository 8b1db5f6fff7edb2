//! The half of the Send E-Mail tab that sweeps over everybody: which mailboxes, and beside it what was found.

mod card;
mod form;
mod table;

use eframe::egui::{ScrollArea, Ui};

use super::super::{
    command::{Command, Commands, SweepCommand},
    state::{SendView, State},
    sweep_text, text,
    tokens::{Tone, space},
    widgets::{self, Mark, bring_into_view_ui, button_ui, card_ui, heading_ui, helper_ui, note_ui, problems_ui},
};

/// The switch between a few senders and everybody.
pub(super) fn view_switch_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    ui.horizontal(|ui| {
        for view in [SendView::Samples, SendView::Everybody] {
            if ui.selectable_label(state.sweep.view == view, sweep_text::view(view)).clicked() {
                out.push(wish(SweepCommand::View(view)));
            }
        }
    });
    ui.add_space(space::M);
}

/// Draws the half.
pub(super) fn sweep_ui(ui: &mut Ui, state: &mut State, two_columns: bool, out: &mut Commands) {
    let mut both = (state, out);
    widgets::split_ui(
        ui,
        two_columns,
        &mut both,
        |ui, both| {
            widgets::with_actions_ui(
                ui,
                two_columns,
                both,
                |ui, (state, out)| form::form_ui(ui, state, out),
                |ui, (state, out)| form::actions_ui(ui, state, out),
            );
        },
        |ui, (state, out)| result_ui(ui, state, out),
    );
}

fn result_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    bring_into_view_ui(ui, state);
    unfinished_ui(ui, state, out);
    if state.sweep.is_stale(&state.credentials.form.setup()) {
        note_ui(ui, Mark::Exclamation, Tone::Caution, text::STALE);
        ui.add_space(space::M);
    }
    let Some(run) = &state.sweep.run else {
        card::idle_ui(ui);
        return;
    };
    match &run.report {
        Some(report) => card::verdict_ui(ui, report, out),
        None => card::running_ui(ui, run),
    }
    ui.add_space(space::L);
    card_ui(ui, |ui| card::probe_ui(ui, run));
    if let Some(report) = run.report.as_ref().filter(|report| !report.coverage.sources.is_empty()) {
        ui.add_space(space::L);
        card::coverage_ui(ui, report);
    }
    let has_lines = !run.lines().is_empty();
    if has_lines {
        ui.add_space(space::L);
        card_ui(ui, |ui| table::table_card_ui(ui, &mut state.sweep, out));
    }
    if let Some(report) = state.sweep.report() {
        problems_ui(ui, &report.problems, card::tone(report), out);
    }
}

/// Sweeps that can go on.
fn unfinished_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    if state.sweep.unfinished.is_empty() || state.sweep.is_running() {
        return;
    }
    card_ui(ui, |ui| {
        heading_ui(ui, sweep_text::UNFINISHED);
        helper_ui(ui, sweep_text::UNFINISHED_HINT);
        ScrollArea::vertical().id_salt("unfinished").max_height(180.0).show(ui, |ui| {
            for sweep in &state.sweep.unfinished {
                ui.add_space(space::S);
                widgets::body_ui(ui, &sweep_text::unfinished(sweep));
                ui.horizontal(|ui| {
                    if button_ui(ui, sweep_text::GO_ON, true).clicked() {
                        out.push(wish(SweepCommand::GoOn(sweep.path.clone())));
                    }
                    if button_ui(ui, sweep_text::FORGET, true).clicked() {
                        out.push(wish(SweepCommand::Forget(sweep.path.clone())));
                    }
                });
            }
        });
    });
    ui.add_space(space::L);
}

fn wish(command: SweepCommand) -> Command {
    Command::Sweep(command)
}
