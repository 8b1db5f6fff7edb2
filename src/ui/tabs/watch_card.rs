//! The watch: what is asked before it begins, and how far it is.

use eframe::egui::{Align, Layout, Ui};

use crate::engine::{Verdict, WatchPhase, WatchProgress};

use super::super::{
    command::{Command, Commands, ReportCommand},
    report_text,
    state::{FenceChoice, State},
    text,
    tokens::{Palette, Tone, Type, size, space},
    widgets::{
        FieldSpec, Mark, action_button_ui, body_ui, card_ui, choice_ui, field_ui, heading_ui, helper_ui, label_ui,
        look, mark_ui, note_ui, status_ui, timeline_ui, wide_button_ui,
    },
};

/// Draws the watch that runs, or that ran last; nothing when there is none.
pub(super) fn watch_card_ui(ui: &mut Ui, state: &State) {
    let watching = &state.watch;
    let Some(progress) = &watching.progress else {
        if watching.is_running() {
            card_ui(ui, |ui| heading_ui(ui, report_text::WATCH_BEGINNING));
            ui.add_space(space::L);
        }
        return;
    };
    card_ui(ui, |ui| {
        let report = state.send_mail.run.as_ref().and_then(|run| run.report.as_ref());
        head_ui(ui, progress, report.map(|report| report.verdict));
        ui.add_space(space::S);
        timeline_ui(ui, &progress.rounds, progress.watch.changed);
        helper_ui(ui, &report_text::watch_facts(progress));
        if watching.is_waiting() && state.report.is_kept {
            helper_ui(ui, report_text::WATCH_KEPT);
        }
    });
    ui.add_space(space::L);
}

fn head_ui(ui: &mut Ui, progress: &WatchProgress, verdict: Option<Verdict>) {
    let (mark, tone) = match progress.phase {
        WatchPhase::Waiting { .. } => (Mark::Ring, Tone::Neutral),
        WatchPhase::Asking => (Mark::Dots, Tone::Info),
        // One test that passed is not enough: the watch's own verdict counts.
        WatchPhase::Ended { .. } => verdict.map_or((Mark::Dash, Tone::Neutral), look),
    };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, tone, size::MARK_HEAD);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            let ink = Palette::of(ui).ink;
            status_ui(ui, &report_text::watch_state(progress), Type::Heading, ink);
            body_ui(ui, &report_text::watch_reason(progress));
        });
    });
}

/// Asks how to watch; it warns as the first forbidden test does.
pub(in super::super) fn watch_dialog_ui(ui: &mut Ui, state: &mut State, first: bool, out: &mut Commands) {
    heading_ui(ui, report_text::WATCH_TITLE);
    helper_ui(ui, report_text::WATCH_HINT);
    ui.add_space(space::S);
    let senders = state.send_mail.planned_senders();
    let roles = state.credentials.roles().map(<[String]>::to_vec);
    let form = &mut state.watch.form;
    choice_ui(ui, report_text::WATCH_METHOD, &mut form.fence, &FenceChoice::ALL, |choice| {
        report_text::fence_choice(choice).to_owned()
    });
    ui.add_space(space::S);
    let spec = |label, help, fine: bool| FieldSpec {
        label,
        help,
        error: (!fine).then_some(report_text::WATCH_NUMBER),
        insist: true,
        ..FieldSpec::default()
    };
    let minutes = spec(report_text::WATCH_MINUTES, report_text::WATCH_MINUTES_HELP, form.minutes().is_some());
    field_ui(ui, minutes, &mut form.minutes_ago);
    ui.add_space(space::S);
    let hours = spec(report_text::WATCH_HOURS, report_text::WATCH_HOURS_HELP, form.length().is_some());
    field_ui(ui, hours, &mut form.hours);
    ui.add_space(space::S);
    let announced = form.announced(senders, roles.as_deref());
    if let Some((fence, most, length)) = announced {
        note_ui(ui, Mark::Exclamation, Tone::Caution, &report_text::announced(fence, most.runs, most.mails, length));
        label_ui(ui, text::WARNING_TEXT);
    }
    ui.add_space(space::M);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        // The harmless button has the keyboard, as where a single test warns.
        let back = wide_button_ui(ui, text::WARNING_BACK, true);
        if first {
            back.request_focus();
        }
        if back.clicked() {
            out.push(Command::CloseDialog);
        }
        if action_button_ui(ui, report_text::WATCH_GO, announced.is_some()).clicked() {
            out.push(Command::Report(ReportCommand::StartWatch));
        }
    });
}
