//! The boxes: group, administrator, senders, object id.

use eframe::egui::Ui;

use crate::engine::{Cloud, DesiredField, ExchangeCloud};

use super::super::super::{
    command::{Command, Commands},
    policy_text,
    state::State,
    text,
    tokens::{Tone, size, space},
    widgets::{FieldSpec, Mark, button_ui, field_ui, list_ui, note_ui},
};

/// Name, alias and address of the group.
pub(super) fn group_ui(ui: &mut Ui, state: &mut State) {
    let errors = [DesiredField::GroupName, DesiredField::GroupAlias, DesiredField::GroupAddress]
        .map(|field| state.policy.error(field));
    let [name_error, alias_error, address_error] = errors.each_ref().map(Option::as_deref);
    let form = &mut state.policy.form;
    let name = FieldSpec { label: policy_text::GROUP_NAME, error: name_error, ..FieldSpec::default() };
    let alias = FieldSpec { label: policy_text::GROUP_ALIAS, error: alias_error, ..FieldSpec::default() };
    if ui.available_width() >= size::WIDE {
        ui.columns_const(|[left, right]| {
            field_ui(left, name, &mut form.group_name);
            field_ui(right, alias, &mut form.group_alias);
        });
    } else {
        field_ui(ui, name, &mut form.group_name);
        ui.add_space(space::S);
        field_ui(ui, alias, &mut form.group_alias);
    }
    ui.add_space(space::S);
    let address = FieldSpec {
        label: policy_text::GROUP_ADDRESS,
        help: policy_text::GROUP_ADDRESS_HELP,
        hint: "totalviewtimesendemail@contoso.com",
        error: address_error,
        ..FieldSpec::default()
    };
    field_ui(ui, address, &mut form.group_address);
    ui.add_space(space::S);
}

/// The lists that Send E-Mail uses, too.
pub(super) fn lists_ui(ui: &mut Ui, state: &mut State) {
    let errors = state.send_mail.errors();
    let error = |field| errors.get(&field).map(String::as_str);
    let permitted = FieldSpec {
        label: text::PERMITTED,
        help: policy_text::PERMITTED_HELP,
        error: error(crate::base::Field::PermittedSender),
        ..FieldSpec::default()
    };
    let forbidden = FieldSpec {
        label: text::FORBIDDEN,
        help: policy_text::FORBIDDEN_HELP,
        error: error(crate::base::Field::ForbiddenSender),
        ..FieldSpec::default()
    };
    let form = &mut state.send_mail.form;
    if ui.available_width() >= size::WIDE {
        ui.columns_const(|[left, right]| {
            list_ui(left, permitted, &mut form.permitted, 3);
            list_ui(right, forbidden, &mut form.forbidden, 3);
        });
    } else {
        list_ui(ui, permitted, &mut form.permitted, 2);
        ui.add_space(space::S);
        list_ui(ui, forbidden, &mut form.forbidden, 2);
    }
}

/// Who signs in to Exchange Online.
pub(super) fn admin_ui(ui: &mut Ui, state: &mut State) {
    let error = state.policy.error(DesiredField::Admin);
    let spec = FieldSpec {
        label: policy_text::ADMIN,
        help: policy_text::ADMIN_HELP,
        hint: "admin@contoso.com",
        error: error.as_deref(),
        ..FieldSpec::default()
    };
    field_ui(ui, spec, &mut state.policy.form.admin);
    let cloud: Cloud = state.credentials.form.cloud;
    if ExchangeCloud::from_name(cloud.name()).is_none() {
        note_ui(ui, Mark::Exclamation, Tone::Caution, policy_text::NO_EXCHANGE_CLOUD);
    }
}

/// The object id that RBAC for Applications needs.
pub(super) fn object_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    let error = state.policy.error(DesiredField::EnterpriseObjectId);
    let spec = FieldSpec {
        label: policy_text::OBJECT_ID,
        help: policy_text::OBJECT_ID_HELP,
        tip: text::OBJECT_ID_TIP,
        error: error.as_deref(),
        ..FieldSpec::default()
    };
    field_ui(ui, spec, &mut state.policy.form.object_id);
    if state.policy.form.object_id.trim().is_empty() {
        ui.add_space(space::XS);
        let running = state.credentials.is_running();
        if button_ui(ui, policy_text::SIGN_IN_FOR_ID, !running).clicked() {
            out.push(Command::Check);
        }
    }
}
