//! Which mailboxes are swept, and the buttons that start, hold and stop it.

use eframe::egui::{CollapsingHeader, Ui};

use crate::engine::Senders;

use super::{
    super::super::{
        command::{Commands, SweepCommand},
        state::{RunKind, SendView, State, SweepForm},
        sweep_text, text,
        tokens::{Tone, size, space},
        widgets::{
            FieldSpec, Mark, action_button_ui, button_ui, card_ui, choice_ui, clipped_ui, field_ui, heading_ui,
            helper_ui, lines_ui, link_button_ui, list_ui, mark_ui, note_ui, pair_ui, strong_ui, wide_button_ui,
        },
    },
    view_switch_ui, wish,
};

/// Draws the boxes.
pub(super) fn form_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    view_switch_ui(ui, state, out);
    heading_ui(ui, sweep_text::TITLE);
    ui.add_space(space::XS);
    note_ui(ui, Mark::Exclamation, Tone::Info, sweep_text::WHAT_IT_IS);
    ui.add_space(space::M);
    known_ui(ui, state, out);
    ui.add_space(space::M);
    lists_ui(ui, state, out);
    ui.add_space(space::S);
    more_ui(ui, state);
}

/// Who is really sent as.
fn known_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let senders = state.send_mail.senders(RunKind::Whole);
    let is_missing = !state.send_mail.faults(RunKind::Whole).is_empty();
    card_ui(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = size::TEXT_LINE;
            ui.spacing_mut().button_padding.y = 0.0;
            strong_ui(ui, sweep_text::KNOWN);
            if link_button_ui(ui, sweep_text::KNOWN_CHANGE).clicked() {
                out.push(wish(SweepCommand::View(SendView::Samples)));
            }
        });
        helper_ui(ui, sweep_text::KNOWN_HINT);
        ui.add_space(space::XS);
        for (name, value) in known(&senders) {
            pair_ui(ui, name, |ui| drop(clipped_ui(ui, &value).on_hover_text(&value)));
        }
        if is_missing {
            ui.add_space(space::XS);
            let tone = if state.sweep.attempted { Tone::Bad } else { Tone::Caution };
            note_ui(ui, Mark::Exclamation, tone, sweep_text::KNOWN_MISSING);
        }
    });
}

fn known(senders: &Senders) -> Vec<(&'static str, String)> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    [
        (text::PERMITTED, one_line(&senders.permitted)),
        (text::FORBIDDEN, one_line(&senders.forbidden)),
        (text::RECIPIENT, one_line(&senders.recipient)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

fn lists_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    strong_ui(ui, sweep_text::LISTS);
    if button_ui(ui, sweep_text::ADD_LIST, true).clicked() {
        out.push(wish(SweepCommand::AskList));
    }
    let is_missing = state.sweep.attempted && !state.sweep.form.has_source();
    let form = &mut state.sweep.form;
    for file in &form.files {
        ui.horizontal(|ui| {
            if link_button_ui(ui, sweep_text::REMOVE).accessible_name(sweep_text::remove(file)).clicked() {
                out.push(wish(SweepCommand::RemoveList(file.clone())));
            }
            clipped_ui(ui, &sweep_text::list_name(file)).on_hover_text(file.display().to_string());
        });
    }
    ui.add_space(space::XS);
    let spec = FieldSpec { label: sweep_text::PASTE, help: sweep_text::PASTE_HELP, ..FieldSpec::default() };
    list_ui(ui, spec, &mut form.pasted, 3);
    ui.add_space(space::S);
    let spec = FieldSpec { label: sweep_text::GROUP, help: sweep_text::GROUP_HELP, ..FieldSpec::default() };
    field_ui(ui, spec, &mut form.group);
    ui.add_space(space::S);
    ui.checkbox(&mut form.directory, sweep_text::DIRECTORY);
    helper_ui(ui, sweep_text::DIRECTORY_HELP);
    if is_missing {
        ui.add_space(space::XS);
        note_ui(ui, Mark::Exclamation, Tone::Bad, sweep_text::NO_SOURCE);
    }
}

fn more_ui(ui: &mut Ui, state: &mut State) {
    let can_keep = state.sweep.can_keep;
    let form = &mut state.sweep.form;
    CollapsingHeader::new(sweep_text::MORE).show(ui, |ui| {
        let spec = FieldSpec { label: sweep_text::EXPECTED, help: sweep_text::EXPECTED_HELP, ..FieldSpec::default() };
        lines_ui(ui, spec, &mut form.expected, 2);
        ui.add_space(space::S);
        choice_ui(ui, sweep_text::AT_ONCE, &mut form.at_once, &SweepForm::AT_ONCE, |number| number.to_string());
        helper_ui(ui, sweep_text::AT_ONCE_HELP);
        if can_keep {
            ui.add_space(space::S);
            ui.checkbox(&mut form.keep, sweep_text::KEEP);
            helper_ui(ui, sweep_text::KEEP_HELP);
        }
    });
}

/// Draws the buttons.
pub(super) fn actions_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let running = state.sweep.is_running();
    let run = state.sweep.run.as_ref();
    let (held, cancelling) = run.map_or((false, false), |run| (run.held, run.cancelling));
    ui.horizontal(|ui| {
        if running {
            let word = if held { sweep_text::GO_ON } else { sweep_text::PAUSE };
            if action_button_ui(ui, word, !cancelling).clicked() {
                out.push(wish(SweepCommand::Hold(!held)));
            }
            if wide_button_ui(ui, text::CANCEL, !cancelling).clicked() {
                out.push(wish(SweepCommand::Cancel));
            }
            let word = if cancelling {
                text::CANCELLING
            } else if held {
                sweep_text::PAUSED
            } else {
                text::WORKING
            };
            helper_ui(ui, word);
            return;
        }
        if action_button_ui(ui, sweep_text::START, true).on_hover_text(sweep_text::START_TIP).clicked() {
            out.push(wish(SweepCommand::Start));
        }
        let is_missing = !state.send_mail.faults(RunKind::Whole).is_empty() || !state.sweep.form.has_source();
        if state.sweep.attempted && is_missing {
            mark_ui(ui, Mark::Exclamation, Tone::Bad, size::MARK_SMALL);
            helper_ui(ui, text::FIX_FIELDS);
        }
    });
}
