//! Dialogs of the policy setup: paste what PowerShell printed, and the question before a script changes something.

use eframe::egui::{ComboBox, ScrollArea, Ui};

use crate::{base::address_entries, engine::ScriptKind};

use super::{
    super::super::{
        command::{Command, Commands, PolicyCommand},
        policy_text,
        state::{Runner, State},
        text,
        tokens::{Tone, size, space},
        widgets::{
            FieldSpec, Mark, action_button_ui, body_ui, heading_ui, helper_ui, lines_ui, mark_ui, note_ui,
            wide_button_ui,
        },
    },
    wish,
};

/// A place to paste output, and what the output itself may not say.
pub(in super::super::super) fn paste_result_ui(ui: &mut Ui, state: &mut State, first: bool, out: &mut Commands) {
    heading_ui(ui, policy_text::PASTE_TITLE);
    helper_ui(ui, policy_text::PASTE_HINT);
    ui.add_space(space::S);
    let spec = FieldSpec { label: policy_text::PASTE_LABEL, ..FieldSpec::default() };
    let policy = &mut state.policy;
    let edited = lines_ui(ui, spec, &mut policy.pasted, 5);
    if first {
        edited.response.request_focus();
    }
    ui.add_space(space::S);
    let label = helper_ui(ui, policy_text::PASTE_ABOUT);
    let senders = [&state.send_mail.form.permitted, &state.send_mail.form.forbidden];
    let mailboxes: Vec<&str> = senders.into_iter().flat_map(|list| address_entries(list)).map(str::trim).collect();
    let chosen = if policy.hints.mailbox.is_empty() { policy_text::PASTE_ABOUT_TEXT } else { &policy.hints.mailbox };
    let combo = ComboBox::from_id_salt("about").selected_text(chosen).width(ui.available_width()).truncate();
    combo
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut policy.hints.mailbox, String::new(), policy_text::PASTE_ABOUT_TEXT);
            for address in mailboxes {
                ui.selectable_value(&mut policy.hints.mailbox, address.to_owned(), address);
            }
        })
        .response
        .labelled_by(label.id);
    ui.checkbox(&mut policy.hints.whole_output, policy_text::PASTE_WHOLE);
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let filled = !policy.pasted.trim().is_empty();
        if action_button_ui(ui, policy_text::PASTE_GO, filled).clicked() {
            out.push(wish(PolicyCommand::ReadPasted));
        }
        if wide_button_ui(ui, text::CANCEL, true).clicked() {
            out.push(Command::CloseDialog);
        }
    });
}

/// The question before a script changes something.
pub(in super::super::super) fn confirm_script_ui(
    ui: &mut Ui,
    (kind, runner): (ScriptKind, Runner),
    state: &State,
    first: bool,
    out: &mut Commands,
) {
    ui.horizontal_top(|ui| {
        mark_ui(ui, Mark::Exclamation, Tone::Caution, size::MARK_HEAD);
        ui.add_space(space::XS);
        ui.vertical(|ui| heading_ui(ui, kind.title()));
    });
    ui.add_space(space::XS);
    body_ui(ui, policy_text::confirm(runner));
    let steps = state.policy.script.as_ref().map(|script| script.steps.as_slice()).unwrap_or_default();
    ui.add_space(space::S);
    ScrollArea::vertical().max_height(200.0).show(ui, |ui| {
        for step in steps {
            if step.needs_confirmation {
                note_ui(ui, Mark::Exclamation, Tone::Caution, step.title);
            } else {
                helper_ui(ui, &format!("• {}", step.title));
            }
        }
    });
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let back = wide_button_ui(ui, text::WARNING_BACK, true);
        if first {
            back.request_focus();
        }
        if back.clicked() {
            out.push(Command::CloseDialog);
        }
        if action_button_ui(ui, policy_text::CONFIRM_GO, true).clicked() {
            out.push(wish(PolicyCommand::RunNow(kind, runner)));
        }
    });
}
