//! Customers: the choice above the boxes, and the dialogs that keep and forget one.

use eframe::egui::{ComboBox, Ui};

use super::super::{
    command::{Command, Commands, ProfileCommand},
    profile_text,
    state::{Dialog, KeyStore, State, left_out, profile_client, profile_tenant},
    tokens::{Tone, space},
    widgets::{
        FieldSpec, Mark, action_button_ui, body_ui, button_ui, field_ui, heading_ui, helper_ui, note_ui, strong_ui,
        wide_button_ui,
    },
};

/// Draws the choice of a customer; nothing where nothing is kept.
pub(super) fn customer_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let profiles = &state.profiles;
    if !profiles.is_kept {
        return;
    }
    let is_demo = state.demo.active.is_some();
    let free = !state.is_busy() && !is_demo;
    let label = strong_ui(ui, profile_text::CUSTOMER).on_hover_text(profile_text::CUSTOMER_TIP);
    ui.add_enabled_ui(free, |ui| {
        ui.horizontal_wrapped(|ui| {
            let chosen = profiles.chosen.as_deref().unwrap_or(profile_text::NOBODY);
            let combo = ComboBox::from_id_salt("customer").selected_text(chosen).width(150.0).truncate();
            let combo = combo.show_ui(ui, |ui| {
                if ui.selectable_label(profiles.chosen.is_none(), profile_text::NOBODY).clicked() {
                    out.push(wish(ProfileCommand::Choose(None)));
                }
                for name in profiles.names() {
                    if ui.selectable_label(profiles.chosen.as_ref() == Some(&name), &name).clicked() {
                        out.push(wish(ProfileCommand::Choose(Some(name))));
                    }
                }
            });
            combo.response.labelled_by(label.id);
            if button_ui(ui, profile_text::SAVE, free).clicked() {
                out.push(wish(ProfileCommand::AskSave));
            }
            if profiles.chosen_profile().is_some() && button_ui(ui, profile_text::DELETE, free).clicked() {
                out.push(Command::Open(Dialog::DeleteProfile));
            }
        });
    });
    if is_demo {
        helper_ui(ui, profile_text::LEAVE_DEMO_FIRST);
    }
    ui.add_space(space::M);
}

/// Asks for a name, and whether the secret is to be kept.
pub(in super::super) fn save_profile_ui(ui: &mut Ui, state: &mut State, first: bool, out: &mut Commands) {
    heading_ui(ui, profile_text::SAVE_TITLE);
    helper_ui(ui, profile_text::SAVE_HINT);
    ui.add_space(space::S);
    let missing = left_out(&state.credentials.form, &state.send_mail.form);
    let form = &state.credentials.form;
    let has_secret =
        profile_tenant(form).is_some() && profile_client(form).is_some() && !form.client_secret.trim().is_empty();
    let profiles = &mut state.profiles;
    let known = profiles.settings.profile(profiles.name.trim()).is_some();
    let spec = FieldSpec {
        label: profile_text::NAME,
        help: if known { profile_text::REPLACES } else { "" },
        error: profiles.name_fault().filter(|_| !first),
        ..FieldSpec::default()
    };
    let name = field_ui(ui, spec, &mut profiles.name);
    if first {
        name.response.request_focus();
    }
    ui.add_space(space::S);
    let is_ready = profiles.key_store == KeyStore::Ready;
    ui.add_enabled_ui(is_ready && has_secret, |ui| {
        ui.checkbox(&mut profiles.keep_secret, profile_text::KEEP_SECRET);
    });
    match &profiles.key_store {
        KeyStore::Unknown | KeyStore::Asked => drop(helper_ui(ui, profile_text::KEY_STORE_ASKED)),
        KeyStore::Missing(why) => {
            note_ui(ui, Mark::Exclamation, Tone::Caution, &profile_text::no_key_store(why));
        }
        KeyStore::Ready if !has_secret => drop(helper_ui(ui, profile_text::SECRET_NOT_TYPED)),
        KeyStore::Ready => (),
    }
    if !missing.is_empty() {
        note_ui(ui, Mark::Exclamation, Tone::Caution, &profile_text::left_out(&missing));
    }
    ui.add_space(space::M);
    let fine = profiles.name_fault().is_none();
    ui.horizontal(|ui| {
        let save = action_button_ui(ui, profile_text::SAVE_GO, fine).clicked();
        if fine && (save || name.submitted) {
            out.push(wish(ProfileCommand::Save));
        }
        if wide_button_ui(ui, profile_text::BACK, true).clicked() {
            out.push(Command::CloseDialog);
        }
    });
}

/// Asks before a customer is forgotten.
pub(in super::super) fn delete_profile_ui(ui: &mut Ui, state: &State, first: bool, out: &mut Commands) {
    heading_ui(ui, profile_text::DELETE_TITLE);
    if let Some(name) = &state.profiles.chosen {
        strong_ui(ui, name);
    }
    body_ui(ui, profile_text::DELETE_TEXT);
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let back = wide_button_ui(ui, profile_text::DELETE_BACK, true);
        if first {
            back.request_focus();
        }
        if back.clicked() {
            out.push(Command::CloseDialog);
        }
        if action_button_ui(ui, profile_text::DELETE_GO, true).clicked() {
            out.push(wish(ProfileCommand::Delete));
        }
    });
}

fn wish(command: ProfileCommand) -> Command {
    Command::Profile(command)
}
