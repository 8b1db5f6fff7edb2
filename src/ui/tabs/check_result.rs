//! The staged result of signing in, and what the token says.

use eframe::egui::{Align, Frame, Layout, Margin, Ui, vec2};

use crate::engine::{App, CheckReport, CheckStage, Ending, StageRow, StageState, role_warning};

use super::super::{
    command::{Command, Commands},
    state::{Check, State, Tab},
    text,
    tokens::{Palette, Tone, Type, size, space},
    widgets::{
        self, Mark, action_button_ui, body_ui, bring_into_view_ui, card_ui, chip_ui, heading_ui, helper_ui, label_ui,
        mark_ui, mono_ui, note_ui, pair_ui, problem_ui, status_ui, strong_ui, tone_ui,
    },
};

/// Draws the result, or what will stand there.
pub(super) fn check_result_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    bring_into_view_ui(ui, state);
    match &state.credentials.check {
        Check::Idle => waiting_ui(ui, Mark::Ring, text::CHECK_IDLE, text::CHECK_IDLE_HINT),
        Check::Running { .. } => waiting_ui(ui, Mark::Dots, text::CHECK_RUNNING, text::CHECK_IDLE_HINT),
        Check::Done { report, .. } => {
            if state.credentials.is_stale() {
                note_ui(ui, Mark::Exclamation, Tone::Caution, text::STALE);
                ui.add_space(space::M);
            }
            done_ui(ui, report, out);
        }
    }
}

/// The same card before there is a result: seven rows that wait, so that nothing moves later.
fn waiting_ui(ui: &mut Ui, mark: Mark, title: &str, hint: &str) {
    card_ui(ui, |ui| {
        head_ui(ui, mark, Tone::Neutral, title, hint);
        for stage in CheckStage::ALL {
            row_frame_ui(ui, (Mark::Ring, Tone::Neutral), stage.label(), "", |_ui| ());
        }
    });
}

fn done_ui(ui: &mut Ui, report: &CheckReport, out: &mut Commands) {
    card_ui(ui, |ui| {
        let (mark, tone, title, hint) = headline(report);
        head_ui(ui, mark, tone, title, hint);
        for row in &report.stages {
            stage_ui(ui, row, out);
        }
        if report.ending == Ending::Pass {
            ui.add_space(space::M);
            if action_button_ui(ui, text::NEXT, true).clicked() {
                out.push(Command::Show(Tab::SendMail));
            }
        }
    });
    if let Some(app) = &report.app {
        ui.add_space(space::L);
        card_ui(ui, |ui| token_ui(ui, app, report.tenant_id.as_deref()));
    }
}

fn headline(report: &CheckReport) -> (Mark, Tone, &'static str, &'static str) {
    // Nobody was asked, so nothing is known of the app registration.
    let is_input = report.stages.iter().any(|row| row.stage == CheckStage::Input && row.state == StageState::Failed);
    match report.ending {
        Ending::SetUp if is_input => (Mark::Exclamation, Tone::Bad, text::CHECK_INPUT, text::CHECK_INPUT_HINT),
        Ending::Pass => (Mark::Tick, Tone::Good, text::CHECK_PASSED, text::CHECK_PASSED_HINT),
        Ending::Fail | Ending::SetUp => (Mark::Cross, Tone::Bad, text::CHECK_FAILED, text::CHECK_FAILED_HINT),
        Ending::Unproven => (Mark::Question, Tone::Caution, text::CHECK_UNPROVEN, text::CHECK_UNPROVEN_HINT),
        Ending::Cancelled => (Mark::Dash, Tone::Neutral, text::CHECK_CANCELLED, text::CHECK_CANCELLED_HINT),
    }
}

fn head_ui(ui: &mut Ui, mark: Mark, tone: Tone, title: &str, hint: &str) {
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, tone, size::MARK_HEAD);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            let ink = Palette::of(ui).ink;
            status_ui(ui, title, Type::Heading, ink);
            let top = ui.cursor().top();
            helper_ui(ui, hint);
            // The room of the longest hint, whichever is shown, so that nothing below moves.
            let longest = text::CHECK_IDLE_HINT.to_owned();
            let room = ui.painter().layout(longest, Type::Small.font(), ink, ui.available_width()).size().y;
            ui.add_space((room - (ui.cursor().top() - top - ui.spacing().item_spacing.y)).max(0.0));
        });
    });
    ui.add_space(space::S);
}

fn stage_ui(ui: &mut Ui, row: &StageRow, out: &mut Commands) {
    let (mark, tone) = match row.state {
        StageState::Ok => (Mark::Tick, Tone::Good),
        StageState::Warning => (Mark::Exclamation, Tone::Caution),
        StageState::Failed => (Mark::Cross, Tone::Bad),
        StageState::NotChecked => (Mark::Dash, Tone::Neutral),
    };
    row_frame_ui(ui, (mark, tone), row.stage.label(), text::stage_state(row.state), |ui| words_ui(ui, row));
    if let Some(problem) = &row.problem {
        Frame::new().inner_margin(Margin { left: 26, right: 0, top: 2, bottom: 8 }).show(ui, |ui| {
            widgets::tone_card_ui(ui, tone, |ui| problem_ui(ui, problem, tone, out));
        });
    }
}

/// What is known, where that is more than the state itself.
fn words_ui(ui: &mut Ui, row: &StageRow) {
    if row.stage == CheckStage::Input {
        // Each fault on a line of its own.
        row.words.split("; ").for_each(|words| drop(body_ui(ui, words)));
    } else if row.words != text::stage_state(row.state) {
        body_ui(ui, &row.words);
    }
}

/// One row: mark, name and state in their own column, and what is known.
fn row_frame_ui(ui: &mut Ui, look: (Mark, Tone), name: &str, state: &str, contents: impl FnOnce(&mut Ui)) {
    ui.separator();
    ui.horizontal_top(|ui| {
        ui.set_min_height(size::ROW);
        let (mark, tone) = look;
        mark_ui(ui, mark, tone, size::MARK);
        ui.add_space(space::XS);
        let room = vec2(size::STAGE_NAME, size::ROW);
        ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
            ui.set_width(size::STAGE_NAME);
            ui.spacing_mut().item_spacing.y = 1.0;
            strong_ui(ui, name);
            tone_ui(ui, state, tone);
        });
        ui.vertical(contents);
    });
}

fn token_ui(ui: &mut Ui, app: &App, tenant_id: Option<&str>) {
    heading_ui(ui, text::TOKEN_TITLE);
    ui.add_space(space::S);
    let Some(claims) = &app.claims else {
        body_ui(ui, text::TOKEN_OPAQUE);
        return;
    };
    if let Some(name) = &claims.display_name {
        pair_ui(ui, text::APP_NAME, |ui| drop(strong_ui(ui, name)));
    }
    pair_ui(ui, text::CLIENT_ID, |ui| drop(mono_ui(ui, &app.client_id)));
    if let Some(id) = &claims.object_id {
        pair_ui(ui, text::OBJECT_ID, |ui| drop(mono_ui(ui, id).on_hover_text(text::OBJECT_ID_TIP)));
    }
    if let Some(id) = claims.tenant_id.as_deref().or(tenant_id) {
        pair_ui(ui, text::TENANT, |ui| drop(mono_ui(ui, id)));
    }
    pair_ui(ui, text::ROLES, |ui| roles_ui(ui, &claims.roles));
    if let Some(expires) = app.token_expires {
        pair_ui(ui, text::EXPIRES, |ui| drop(body_ui(ui, &text::local_date_time(expires))));
    }
}

fn roles_ui(ui: &mut Ui, roles: &[String]) {
    if roles.is_empty() {
        label_ui(ui, text::NO_ROLES);
    }
    for role in roles {
        mono_ui(ui, role);
        if let Some(warning) = role_warning(role) {
            chip_ui(ui, Mark::Exclamation, Tone::Caution, text::WIDER);
            helper_ui(ui, warning);
        }
    }
}
