//! The Credentials tab: the three boxes, ways to fill them, and beside them the staged result.

use eframe::egui::{CollapsingHeader, Ui};

use crate::{base::Field, engine::Cloud};

use super::{
    super::{
        command::{Command, Commands},
        state::{Dialog, FieldErrors, State},
        text,
        tokens::{Tone, space},
        widgets::{
            self, FieldSpec, Mark, action_button_ui, button_ui, choice_ui, field_ui, heading_ui, helper_ui, note_ui,
            secret_ui, strong_ui, wide_button_ui,
        },
    },
    check_result::check_result_ui,
    demo_card::demo_card_ui,
    profiles::customer_ui,
};

/// Draws the tab.
pub(in super::super) fn credentials_ui(ui: &mut Ui, state: &mut State) -> Commands {
    let mut out = Commands::new();
    widgets::page_ui(ui, |ui, two_columns| {
        let mut both = (state, &mut out);
        widgets::split_ui(
            ui,
            two_columns,
            &mut both,
            |ui, both| widgets::with_actions_ui(ui, two_columns, both, form_ui, actions_ui),
            |ui, (state, out)| {
                check_result_ui(ui, state, out);
                demo_card_ui(ui, state, out);
            },
        );
    });
    out
}

fn form_ui(ui: &mut Ui, (state, out): &mut (&mut State, &mut Commands)) {
    let errors = state.credentials.errors();
    heading_ui(ui, text::CREDENTIALS_TITLE);
    ui.add_space(space::S);
    customer_ui(ui, state, out);
    if boxes_ui(ui, state, &errors) {
        out.push(Command::Check);
    }
    ui.add_space(space::S);
    choice_ui(ui, text::CLOUD, &mut state.credentials.form.cloud, &Cloud::ALL, |cloud| cloud.label().to_owned());
    ui.add_space(space::M);
    if advanced_ui(ui, state, &errors) {
        out.push(Command::Check);
    }
    ui.add_space(space::M);
    import_ui(ui, state, out);
}

fn boxes_ui(ui: &mut Ui, state: &mut State, errors: &FieldErrors) -> bool {
    let first = state.credentials.form.is_empty() && ui.memory(|memory| memory.focused().is_none());
    let insist = state.credentials.attempted;
    let form = &mut state.credentials.form;
    let error = |field: Field| errors.get(&field).map(String::as_str);
    let tenant = FieldSpec {
        label: text::TENANT_ID,
        help: text::TENANT_ID_HELP,
        tip: text::TENANT_ID_TIP,
        error: error(Field::TenantId),
        insist,
        ..FieldSpec::default()
    };
    let client = FieldSpec {
        label: text::CLIENT_ID,
        help: text::CLIENT_ID_HELP,
        tip: text::CLIENT_ID_TIP,
        error: error(Field::ClientId),
        insist,
        ..FieldSpec::default()
    };
    let secret = FieldSpec {
        label: text::CLIENT_SECRET,
        help: text::CLIENT_SECRET_HELP,
        tip: text::CLIENT_SECRET_TIP,
        error: error(Field::ClientSecret),
        insist,
        ..FieldSpec::default()
    };
    let tenant = field_ui(ui, tenant, &mut form.tenant_id);
    if first && ui.ctx().cumulative_pass_nr() < 2 {
        tenant.response.request_focus();
    }
    ui.add_space(space::S);
    let client = field_ui(ui, client, &mut form.client_id);
    ui.add_space(space::S);
    let secret = secret_ui(ui, secret, &mut form.client_secret, &mut state.credentials.reveal);
    for note in &state.credentials.notes {
        note_ui(ui, Mark::Exclamation, Tone::Caution, note);
    }
    tenant.submitted || client.submitted || secret.submitted
}

fn advanced_ui(ui: &mut Ui, state: &mut State, errors: &FieldErrors) -> bool {
    let insist = state.credentials.attempted;
    let form = &mut state.credentials.form;
    let error = |field: Field| errors.get(&field).map(String::as_str);
    let wrong = error(Field::ServiceUrl).or_else(|| error(Field::Proxy)).is_some();
    let open = (wrong && state.credentials.attempted).then_some(true);
    let shown = CollapsingHeader::new(text::ADVANCED).open(open).show(ui, |ui| {
        let url = FieldSpec { label: text::LOGIN_URL, error: error(Field::ServiceUrl), insist, ..FieldSpec::default() };
        let login = field_ui(ui, url, &mut form.login_url);
        let help = FieldSpec { label: text::GRAPH_URL, help: text::URL_HELP, ..FieldSpec::default() };
        let graph = field_ui(ui, help, &mut form.graph_url);
        let proxy = FieldSpec {
            label: text::PROXY,
            help: text::PROXY_HELP,
            error: error(Field::Proxy),
            insist,
            ..FieldSpec::default()
        };
        let proxy = field_ui(ui, proxy, &mut form.proxy);
        login.submitted || graph.submitted || proxy.submitted
    });
    shown.body_returned.unwrap_or(false)
}

fn import_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    strong_ui(ui, text::IMPORT_LABEL);
    ui.horizontal_wrapped(|ui| {
        if button_ui(ui, text::PASTE, true).clicked() {
            out.push(Command::Open(Dialog::Paste));
        }
        if button_ui(ui, text::OPEN_FILE, true).clicked() {
            out.push(Command::ChooseFile);
        }
    });
    if state.dialog.is_none()
        && let Some(problem) = &state.import_problem
    {
        note_ui(ui, Mark::Cross, Tone::Bad, &problem.summary);
    }
}

fn actions_ui(ui: &mut Ui, (state, out): &mut (&mut State, &mut Commands)) {
    ui.horizontal(|ui| {
        let running = state.credentials.is_running();
        if action_button_ui(ui, text::TEST, !running).on_hover_text(text::TEST_TIP).clicked() {
            out.push(Command::Check);
        }
        if running {
            if wide_button_ui(ui, text::CANCEL, true).clicked() {
                out.push(Command::CancelCheck);
            }
            helper_ui(ui, text::WORKING);
        }
    });
}
