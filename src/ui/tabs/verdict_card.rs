//! The verdict: one word, why, what holds, what next. Before that: what is being done.

use eframe::egui::{Align, Layout, Ui};

use crate::engine::{Ending, Verdict, VerifyReport, verdict_label};

use super::super::{
    command::{Command, Commands, ReportCommand},
    report_text,
    state::{Run, RunKind},
    support_text, text,
    tokens::{Palette, Tone, Type, size, space},
    widgets::{
        Mark, body_ui, card_ui, helper_ui, label_ui, link_button_ui, mark_ui, status_ui, tone_card_ui, verdict_ui,
    },
};

/// Draws the verdict of a run, or what stands in its place.
pub(super) fn verdict_card_ui(ui: &mut Ui, run: Option<&Run>, out: &mut Commands) {
    let Some(run) = run else {
        quiet_ui(ui, Mark::Ring, text::RESULT_IDLE, text::RESULT_IDLE_HINT);
        return;
    };
    match (&run.report, run.kind) {
        (None, _) => running_ui(ui, run),
        (Some(report), RunKind::One) if !report.senders.is_empty() => {
            quiet_ui(ui, Mark::Dash, text::ONE_RESULT, text::ONE_NO_VERDICT);
        }
        (Some(report), _) => {
            tone_card_ui(ui, tone(report), |ui| done_ui(ui, report, run.record.as_deref(), out));
        }
    }
}

/// Draws the verdict of a report.
pub(super) fn report_card_ui(ui: &mut Ui, report: &VerifyReport, out: &mut Commands) {
    tone_card_ui(ui, tone(report), |ui| done_ui(ui, report, None, out));
}

/// The same whatever stands in it, so that nothing below moves.
fn set_height(ui: &mut Ui) {
    let narrow = ui.available_width() < size::VERDICT_NARROW;
    ui.set_min_height(if narrow { size::VERDICT_HEIGHT_NARROW } else { size::VERDICT_HEIGHT });
}

fn quiet_ui(ui: &mut Ui, mark: Mark, title: &str, hint: &str) {
    card_ui(ui, |ui| {
        set_height(ui);
        ui.horizontal_top(|ui| {
            mark_ui(ui, mark, Tone::Neutral, size::MARK_BIG);
            ui.add_space(space::S);
            ui.vertical(|ui| {
                let ink = Palette::of(ui).ink;
                status_ui(ui, title, Type::Heading, ink);
                helper_ui(ui, hint);
            });
        });
    });
}

fn running_ui(ui: &mut Ui, run: &Run) {
    let title = if run.cancelling { text::CANCELLING } else { text::WORKING };
    let hint =
        if run.rows.is_empty() { text::PREPARING.to_owned() } else { text::progress(run.answered(), run.rows.len()) };
    quiet_ui(ui, Mark::Dots, title, &hint);
}

/// A leak that was seen is a leak, however the run ended.
fn is_cancelled(report: &VerifyReport) -> bool {
    report.ending == Ending::Cancelled
}

/// The colour of a report's verdict.
pub(super) fn tone(report: &VerifyReport) -> Tone {
    match report.verdict {
        _ if is_cancelled(report) => Tone::Neutral,
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Unproven => Tone::Caution,
    }
}

fn mark(report: &VerifyReport) -> Mark {
    match report.verdict {
        _ if is_cancelled(report) => Mark::Dash,
        Verdict::Pass => Mark::Tick,
        Verdict::Fail => Mark::Cross,
        Verdict::Unproven => Mark::Question,
    }
}

fn done_ui(ui: &mut Ui, report: &VerifyReport, record: Option<&str>, out: &mut Commands) {
    set_height(ui);
    let tone = tone(report);
    let word = if is_cancelled(report) { text::CANCELLED } else { verdict_label(report.verdict) };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark(report), tone, size::MARK_BIG);
        ui.add_space(space::S);
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                let ink = Palette::of(ui).tone(tone).ink;
                verdict_ui(ui, word, ink, &format!("{word}: {}", report.summary));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if link_button_ui(ui, text::COPY_RESULT).clicked() {
                        out.push(Command::Copy { text: support_text::result(report), what: "Result" });
                    }
                    if let Some(file) = record
                        && link_button_ui(ui, report_text::OPEN_REPORT)
                            .on_hover_text(report_text::OPEN_REPORT_TIP)
                            .clicked()
                    {
                        out.push(Command::Report(ReportCommand::Show(file.to_owned())));
                    }
                });
            });
            body_ui(ui, &report.summary);
            if let Some(mechanism) = text::mechanism(report.mechanism, report.verdict) {
                ui.add_space(space::XS);
                helper_ui(ui, mechanism);
            }
            if !report.next_step.is_empty() {
                ui.add_space(space::S);
                label_ui(ui, text::NEXT_STEP);
                body_ui(ui, &report.next_step);
            }
        });
    });
}
