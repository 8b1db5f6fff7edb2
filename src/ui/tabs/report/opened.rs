//! The test in view: what can be done with it, its verdict, its senders, its timeline, its evidence.

use eframe::egui::{Align, Layout, Ui};

use crate::engine::{
    Compared, ComparedSender, OpenedRecord, RecordRow, SenderReport, Standing, VerifyReport, outcome_label,
    verdict_label,
};

use super::{
    super::{
        super::{
            command::{Command, Commands, ReportCommand},
            report_text,
            state::{Dialog, State},
            text,
            tokens::{Tone, size, space},
            widgets::{
                Mark, action_button_ui, body_ui, button_ui, card_ui, chip_ui, heading_ui, helper_ui, label_ui, look,
                mark_ui, mono_ui, note_ui, pair_ui, problems_ui, strong_ui, timeline_ui,
            },
        },
        verdict_card::{report_card_ui, tone},
    },
    wish,
};

/// Draws the right half.
pub(super) fn opened_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    if let Some(problem) = &state.report.problem {
        note_ui(ui, Mark::Cross, Tone::Bad, &problem.summary);
        if let Some(detail) = &problem.evidence.detail {
            helper_ui(ui, detail);
        }
        ui.add_space(space::M);
    }
    let Some(row) = state.report.chosen_row() else {
        quiet_ui(ui, report_text::CHOOSE, report_text::CHOOSE_HINT);
        return;
    };
    if let Some(compared) = &state.report.compared {
        compared_ui(ui, compared, out);
        return;
    }
    actions_ui(ui, state, row, out);
    ui.add_space(space::M);
    match &state.report.opened {
        Some(opened) => record_ui(ui, opened, out),
        None => quiet_ui(ui, report_text::OPENING, ""),
    }
}

fn quiet_ui(ui: &mut Ui, title: &str, hint: &str) {
    card_ui(ui, |ui| {
        ui.set_min_height(size::VERDICT_HEIGHT);
        heading_ui(ui, title);
        helper_ui(ui, hint);
    });
}

fn actions_ui(ui: &mut Ui, state: &State, row: &RecordRow, out: &mut Commands) {
    let is_watch = row.summary.as_ref().is_some_and(|summary| summary.is_watch);
    let readable = state.report.opened.as_ref().is_some_and(|opened| opened.report.is_some());
    ui.horizontal_wrapped(|ui| {
        if row.state.is_pending() {
            let free = !state.send_mail.is_running();
            if is_watch && action_button_ui(ui, report_text::GO_ON, free).clicked() {
                out.push(wish(ReportCommand::GoOn(row.path.clone())));
            }
            if button_ui(ui, report_text::LEAVE, true).clicked() {
                out.push(wish(ReportCommand::Leave(vec![row.path.clone()])));
            }
        }
        if button_ui(ui, report_text::SAVE, readable).on_hover_text(report_text::SAVE_TIP).clicked() {
            out.push(wish(ReportCommand::AskSave));
        }
        let (word, start) =
            if state.report.comparing { (report_text::COMPARE_STOP, false) } else { (report_text::COMPARE, true) };
        if button_ui(ui, word, readable).on_hover_text(report_text::COMPARE_TIP).clicked() {
            out.push(wish(ReportCommand::SetComparing(start)));
        }
        if button_ui(ui, report_text::DELETE, true).clicked() {
            out.push(Command::Open(Dialog::DeleteRecord));
        }
    });
}

fn record_ui(ui: &mut Ui, opened: &OpenedRecord, out: &mut Commands) {
    if opened.row.summary.as_ref().is_some_and(|summary| summary.is_rehearsal) {
        note_ui(ui, Mark::Exclamation, Tone::Info, report_text::REHEARSAL_NOTE);
        ui.add_space(space::M);
    }
    if let Some(report) = &opened.report {
        report_card_ui(ui, report, out);
        if let Some(timeline) = &opened.trail.timeline {
            ui.add_space(space::L);
            card_ui(ui, |ui| {
                heading_ui(ui, report_text::TIMELINE);
                timeline_ui(ui, &timeline.rounds, timeline.changed);
                if let Some(ended) = &timeline.ended {
                    helper_ui(ui, ended);
                }
            });
        }
        senders_ui(ui, report);
        problems_ui(ui, &report.problems, tone(report), out);
    }
    ui.add_space(space::L);
    card_ui(ui, |ui| evidence_ui(ui, opened));
}

fn senders_ui(ui: &mut Ui, report: &VerifyReport) {
    if report.senders.is_empty() {
        return;
    }
    ui.add_space(space::L);
    card_ui(ui, |ui| {
        heading_ui(ui, report_text::SENDERS);
        report.senders.iter().for_each(|sender| sender_ui(ui, sender));
        for (address, expected) in &report.skipped {
            ui.separator();
            head_ui(ui, address.as_str(), (Mark::Dash, Tone::Neutral), text::NOT_TRIED);
            helper_ui(ui, text::expected(*expected));
        }
    });
}

fn sender_ui(ui: &mut Ui, sender: &SenderReport) {
    let result = &sender.result;
    ui.separator();
    head_ui(ui, result.address.as_str(), look(result.verdict), verdict_label(result.verdict));
    ui.horizontal_wrapped(|ui| {
        label_ui(ui, text::COLUMN_EXPECTED);
        body_ui(ui, text::expected(result.expected));
        ui.add_space(space::S);
        label_ui(ui, text::COLUMN_OBSERVED);
        body_ui(ui, outcome_label(result.outcome));
    });
    helper_ui(ui, &text::sender_facts(sender));
}

fn head_ui(ui: &mut Ui, address: &str, (mark, tone): (Mark, Tone), word: &str) {
    let room = eframe::egui::vec2(ui.available_width(), size::CHIP);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
        chip_ui(ui, mark, tone, word);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| strong_ui(ui, address));
    });
}

fn evidence_ui(ui: &mut Ui, opened: &OpenedRecord) {
    heading_ui(ui, report_text::EVIDENCE);
    ui.add_space(space::XS);
    let check = &opened.check;
    let (mark, tone) = match check.standing {
        Standing::Intact if check.last_line_covered => (Mark::Tick, Tone::Good),
        Standing::Intact | Standing::Unfinished => (Mark::Question, Tone::Caution),
        Standing::Altered(_) | Standing::OtherHead | Standing::Disagrees | Standing::OtherReport => {
            (Mark::Cross, Tone::Bad)
        }
    };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, tone, size::MARK);
        ui.add_space(space::XS);
        ui.vertical(|ui| body_ui(ui, &check.words()));
    });
    ui.add_space(space::S);
    let name = opened.row.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let values = [
        (report_text::RECORD, Some(name)),
        (report_text::LINES, Some(check.lines.to_string())),
        (report_text::HEAD, Some(check.head.clone())),
        (report_text::BEGUN, Some(check.begun.to_string())),
        (text::TENANT_ID, opened.row.summary.as_ref().and_then(|summary| summary.tenant_id.clone())),
        (text::CLIENT_ID, opened.row.summary.as_ref().map(|summary| summary.client_id.clone())),
        (report_text::RECIPIENT, opened.trail.recipient.clone()),
        (report_text::ANSWERED_BY, opened.trail.service_url.clone()),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            pair_ui(ui, name, |ui| drop(mono_ui(ui, &value)));
        }
    }
}

fn compared_ui(ui: &mut Ui, compared: &Compared, out: &mut Commands) {
    if button_ui(ui, report_text::BACK, true).clicked() {
        out.push(wish(ReportCommand::SetComparing(false)));
    }
    ui.add_space(space::M);
    card_ui(ui, |ui| {
        heading_ui(ui, &compared.comparison.summary);
        for (name, row) in [(report_text::BEFORE, &compared.before), (report_text::AFTER, &compared.after)] {
            pair_ui(ui, name, |ui| drop(body_ui(ui, &report_text::row_title(row))));
        }
        for remark in &compared.comparison.remarks {
            body_ui(ui, remark);
        }
        for sender in &compared.comparison.senders {
            ui.separator();
            compared_sender_ui(ui, sender);
        }
    });
}

fn compared_sender_ui(ui: &mut Ui, sender: &ComparedSender) {
    let tone = if sender.is_changed() { Tone::Info } else { Tone::Neutral };
    let (mark, word) = if sender.is_changed() {
        (Mark::Exclamation, report_text::CHANGED_SENDER)
    } else {
        (Mark::Dash, report_text::UNCHANGED_SENDER)
    };
    head_ui(ui, sender.address.as_str(), (mark, tone), word);
    helper_ui(ui, &sender.words());
}
