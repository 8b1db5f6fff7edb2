//! The Send E-Mail tab: who may send and who must not, and beside it the verdict with a row per sender.

use eframe::egui::{CollapsingHeader, Ui};

use crate::base::Field;

use super::{
    super::{
        command::{Command, Commands, ReportCommand},
        report_text,
        state::{Expect, FieldErrors, RunKind, SendView, State},
        text,
        tokens::{Tone, space},
        widgets::{
            self, FieldSpec, Mark, action_button_ui, bring_into_view_ui, button_ui, card_ui, field_ui, heading_ui,
            helper_ui, lines_ui, list_ui, note_ui, strong_ui, wide_button_ui,
        },
    },
    sender_rows::sender_rows_ui,
    sweep::{sweep_ui, view_switch_ui},
    verdict_card::{tone, verdict_card_ui},
    watch_card::watch_card_ui,
};

/// Draws the tab.
pub(in super::super) fn send_mail_ui(ui: &mut Ui, state: &mut State) -> Commands {
    let mut out = Commands::new();
    widgets::page_ui(ui, |ui, two_columns| {
        if state.sweep.view == SendView::Everybody {
            sweep_ui(ui, state, two_columns, &mut out);
            return;
        }
        let mut both = (state, &mut out);
        widgets::split_ui(
            ui,
            two_columns,
            &mut both,
            |ui, both| widgets::with_actions_ui(ui, two_columns, both, form_ui, actions_ui),
            |ui, (state, out)| result_ui(ui, state, out),
        );
    });
    out
}

fn form_ui(ui: &mut Ui, (state, out): &mut (&mut State, &mut Commands)) {
    view_switch_ui(ui, state, out);
    let errors = state.send_mail.errors();
    heading_ui(ui, text::SEND_TITLE);
    ui.add_space(space::S);
    if lists_ui(ui, state, &errors) {
        out.push(Command::RunTest);
    }
    ui.add_space(space::S);
    if mail_ui(ui, state) {
        out.push(Command::RunTest);
    }
    ui.add_space(space::M);
    one_ui(ui, state, out);
}

fn lists_ui(ui: &mut Ui, state: &mut State, errors: &FieldErrors) -> bool {
    let insist = state.send_mail.attempted.is_some();
    let form = &mut state.send_mail.form;
    let error = |field: Field| errors.get(&field).map(String::as_str);
    let spec = |label, help, field| FieldSpec { label, help, error: error(field), insist, ..FieldSpec::default() };
    let permitted = spec(text::PERMITTED, text::PERMITTED_HELP, Field::PermittedSender);
    let permitted = list_ui(ui, permitted, &mut form.permitted, 3);
    ui.add_space(space::S);
    let forbidden = spec(text::FORBIDDEN, text::FORBIDDEN_HELP, Field::ForbiddenSender);
    let forbidden = list_ui(ui, forbidden, &mut form.forbidden, 3);
    ui.add_space(space::S);
    let recipient = spec(text::RECIPIENT, text::RECIPIENT_HELP, Field::Recipient);
    let recipient = field_ui(ui, recipient, &mut form.recipient);
    permitted.submitted || forbidden.submitted || recipient.submitted
}

fn mail_ui(ui: &mut Ui, state: &mut State) -> bool {
    let form = &mut state.send_mail.form;
    let shown = CollapsingHeader::new(text::MAIL_WORDS).show(ui, |ui| {
        let subject = FieldSpec { label: text::SUBJECT, hint: text::SUBJECT_HINT, ..FieldSpec::default() };
        let subject = field_ui(ui, subject, &mut form.subject);
        let body =
            FieldSpec { label: text::TEXT, hint: text::TEXT_HINT, help: text::MAIL_WORDS_HELP, ..FieldSpec::default() };
        let body = lines_ui(ui, body, &mut form.text, 4);
        subject.submitted || body.submitted
    });
    shown.body_returned.unwrap_or(false)
}

fn one_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    let error = state.send_mail.one_error();
    let insist = state.send_mail.attempted.is_some();
    let running = state.send_mail.is_running();
    card_ui(ui, |ui| {
        strong_ui(ui, text::ONE_TITLE);
        ui.add_space(space::XS);
        let one = &mut state.send_mail.one;
        let spec = FieldSpec { label: text::ONE_ADDRESS, error: error.as_deref(), insist, ..FieldSpec::default() };
        let submitted = field_ui(ui, spec, &mut one.address).submitted;
        ui.add_space(space::XS);
        let clicked = ui
            .horizontal_wrapped(|ui| {
                for expect in [Expect::Permitted, Expect::Forbidden] {
                    ui.radio_value(&mut one.expect, expect, text::expect(expect));
                }
                button_ui(ui, text::SEND_ONE, !running).on_hover_text(text::SEND_ONE_TIP).clicked()
            })
            .inner;
        if (clicked || submitted) && !running {
            out.push(Command::SendOne);
        }
    });
}

fn actions_ui(ui: &mut Ui, (state, out): &mut (&mut State, &mut Commands)) {
    let running = state.send_mail.is_running();
    let cancelling = state.send_mail.run.as_ref().is_some_and(|run| run.cancelling);
    ui.horizontal(|ui| {
        if action_button_ui(ui, text::RUN, !running).on_hover_text(text::RUN_TIP).clicked() {
            out.push(Command::RunTest);
        }
        if running {
            if wide_button_ui(ui, text::CANCEL, !cancelling).clicked() {
                out.push(Command::CancelRun);
            }
            helper_ui(ui, if cancelling { text::CANCELLING } else { text::WORKING });
            return;
        }
        if wide_button_ui(ui, report_text::WATCH, true).on_hover_text(report_text::WATCH_TIP).clicked() {
            out.push(Command::Report(ReportCommand::AskWatch));
        }
        if state.send_mail.attempted.is_some_and(|kind| !state.send_mail.faults(kind).is_empty()) {
            widgets::mark_ui(ui, Mark::Exclamation, Tone::Bad, 14.0);
            helper_ui(ui, text::FIX_FIELDS);
        }
    });
}

fn result_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    bring_into_view_ui(ui, state);
    watch_card_ui(ui, state);
    if state.send_mail.is_stale(&state.credentials.form.setup()) {
        note_ui(ui, Mark::Exclamation, Tone::Caution, text::STALE);
        ui.add_space(space::M);
    }
    if !state.watch.is_running() {
        verdict_card_ui(ui, state.send_mail.run.as_ref(), out);
    }
    let Some(run) = &state.send_mail.run else { return };
    if let Some(why) = &run.not_recorded {
        ui.add_space(space::M);
        note_ui(ui, Mark::Exclamation, Tone::Caution, &report_text::not_recorded(why));
    }
    if !run.rows.is_empty() {
        ui.add_space(space::L);
        card_ui(ui, |ui| sender_rows_ui(ui, run, &state.send_mail, out));
    }
    if let Some(report) = &run.report
        && run.kind == RunKind::Whole
    {
        widgets::problems_ui(ui, &report.problems, tone(report), out);
    }
}
