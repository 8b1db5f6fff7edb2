//! The sweep in one card: before, while it runs, and its verdict; and what the answers rest on.

use eframe::egui::{Align, Layout, ProgressBar, Ui, vec2};

use crate::engine::{Calibration, Ending, Expected, SenderReport, SweepReport, Verdict, sweep_counts, verdict_label};

use super::super::super::{
    command::{Command, Commands},
    state::SweepRun,
    sweep_text, text,
    tokens::{Palette, Tone, Type, size, space},
    widgets::{
        self, Mark, body_ui, card_ui, chip_ui, helper_ui, label_ui, link_button_ui, mark_ui, status_ui, strong_ui,
        tone_card_ui,
    },
};

/// Nothing was asked yet.
pub(super) fn idle_ui(ui: &mut Ui) {
    quiet_ui(ui, Mark::Ring, sweep_text::IDLE, |ui| drop(helper_ui(ui, sweep_text::IDLE_HINT)));
}

fn quiet_ui(ui: &mut Ui, mark: Mark, title: &str, below: impl FnOnce(&mut Ui)) {
    card_ui(ui, |ui| {
        ui.set_min_height(size::VERDICT_HEIGHT);
        ui.horizontal_top(|ui| {
            mark_ui(ui, mark, Tone::Neutral, size::MARK_BIG);
            ui.add_space(space::S);
            ui.vertical(|ui| {
                let ink = Palette::of(ui).ink;
                status_ui(ui, title, Type::Heading, ink);
                below(ui);
            });
        });
    });
}

/// How far it is.
pub(super) fn running_ui(ui: &mut Ui, run: &SweepRun) {
    quiet_ui(ui, Mark::Dots, stage(run), |ui| {
        let Some(progress) = &run.progress else {
            let hint = match (run.listed, run.reading) {
                (None, Some(number)) => sweep_text::reading(number),
                _ => text::PREPARING.to_owned(),
            };
            helper_ui(ui, &hint);
            return;
        };
        ui.add_space(space::XS);
        let bar = ProgressBar::new(share(progress.counts.asked(), progress.counts.total));
        ui.add(bar.fill(Palette::of(ui).action).desired_height(size::MARK_SMALL));
        ui.add_space(space::XS);
        strong_ui(ui, &sweep_text::done(progress));
        body_ui(ui, &sweep_text::so_far(progress));
        helper_ui(ui, &sweep_text::pace(progress));
    });
}

fn stage(run: &SweepRun) -> &'static str {
    if run.cancelling {
        return text::CANCELLING;
    }
    match (&run.listed, &run.calibration, &run.progress) {
        _ if run.held => sweep_text::PAUSED,
        (None, ..) => text::WORKING,
        (Some(_), None, _) if run.controls.iter().all(|control| control.2.is_some()) => sweep_text::CALIBRATING,
        (Some(_), None, _) => sweep_text::SENDING,
        (_, _, Some(progress)) if progress.counts.not_asked == 0 => sweep_text::ENDING,
        _ => text::WORKING,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no bar is so wide that it would show")]
fn share(done: usize, all: usize) -> f32 {
    done as f32 / all.max(1) as f32
}

/// The colours of a result. A leak that was seen is a leak, however the sweep ended.
pub(super) fn tone(report: &SweepReport) -> Tone {
    match (report.verdict, report.ending) {
        (Verdict::Fail, _) => Tone::Bad,
        (_, Ending::Cancelled) => Tone::Neutral,
        (Verdict::Pass, _) => Tone::Good,
        (Verdict::Unproven, _) => Tone::Caution,
    }
}

fn mark(report: &SweepReport) -> Mark {
    match (report.verdict, report.ending) {
        (Verdict::Fail, _) => Mark::Cross,
        (_, Ending::Cancelled) => Mark::Dash,
        (Verdict::Pass, _) => Mark::Tick,
        (Verdict::Unproven, _) => Mark::Question,
    }
}

/// What was found.
pub(super) fn verdict_ui(ui: &mut Ui, report: &SweepReport, out: &mut Commands) {
    let tone = tone(report);
    tone_card_ui(ui, tone, |ui| {
        ui.set_min_height(size::VERDICT_HEIGHT);
        ui.horizontal_top(|ui| {
            mark_ui(ui, mark(report), tone, size::MARK_BIG);
            ui.add_space(space::S);
            ui.vertical(|ui| {
                let word = sweep_text::word(report);
                ui.horizontal(|ui| {
                    let ink = Palette::of(ui).tone(tone).ink;
                    widgets::verdict_ui(ui, word, ink, &format!("{word}: {}", report.summary));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if link_button_ui(ui, sweep_text::COPY).clicked() {
                            out.push(Command::Copy { text: sweep_text::whole(report), what: "Result" });
                        }
                    });
                });
                if report.counts.total > 0 {
                    strong_ui(ui, &text::sentence(&sweep_counts(&report.counts)));
                }
                body_ui(ui, &text::sentence(tail(report)));
                if let Some(who) = sweep_text::not_as_expected(report) {
                    strong_ui(ui, &who);
                }
                if !report.next_step.is_empty() {
                    ui.add_space(space::S);
                    label_ui(ui, text::NEXT_STEP);
                    body_ui(ui, &report.next_step);
                }
            });
        });
    });
}

/// The summary without the counts, which stand above it.
fn tail(report: &SweepReport) -> &str {
    let counts = sweep_counts(&report.counts);
    let without = report
        .summary
        .get(counts.len()..)
        .filter(|_| report.counts.total > 0 && report.summary.to_lowercase().starts_with(&counts.to_lowercase()));
    without.map_or(report.summary.as_str(), |rest| rest.trim_start_matches("; "))
}

/// What the probe is, whether it may be used, and the real mails it is held against.
pub(super) fn probe_ui(ui: &mut Ui, run: &SweepRun) {
    ui.horizontal_wrapped(|ui| {
        strong_ui(ui, sweep_text::PROBE);
        for label in sweep_text::LABELS {
            chip_ui(ui, Mark::Exclamation, Tone::Info, label);
        }
    });
    ui.add_space(space::XS);
    ui.horizontal_top(|ui| {
        let (mark, tone) = match &run.calibration {
            None => (Mark::Ring, Tone::Neutral),
            Some(Calibration::Agrees) => (Mark::Tick, Tone::Good),
            Some(Calibration::Off(_)) => (Mark::Cross, Tone::Caution),
        };
        mark_ui(ui, mark, tone, size::MARK);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            let words = sweep_text::calibration(run.calibration.as_ref());
            let ink = Palette::of(ui).ink;
            status_ui(ui, &format!("{}: {words}", sweep_text::CALIBRATION), Type::Body, ink);
            if let Some(report) = &run.report {
                helper_ui(ui, report.probe_note());
            }
        });
    });
    ui.add_space(space::XS);
    for (address, expected, answer) in &run.controls {
        control_ui(ui, address.as_str(), *expected, answer.as_deref());
    }
}

/// A known sender's real mail: who, what came out, and the verdict at the end of the line, as in the rows of a test.
fn control_ui(ui: &mut Ui, address: &str, expected: Expected, answer: Option<&SenderReport>) {
    let (mark, tone, word) = match answer {
        None => (Mark::Ring, Tone::Neutral, text::WAITING),
        Some(sender) => {
            let (mark, tone) = match sender.result.verdict {
                Verdict::Pass => (Mark::Tick, Tone::Good),
                Verdict::Fail => (Mark::Cross, Tone::Bad),
                Verdict::Unproven => (Mark::Question, Tone::Caution),
            };
            (mark, tone, verdict_label(sender.result.verdict))
        }
    };
    ui.separator();
    let room = vec2(ui.available_width(), size::CHIP);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Min), |ui| {
        chip_ui(ui, mark, tone, word);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            body_ui(ui, address);
            helper_ui(ui, &sweep_text::control(expected, answer.map(|sender| sender.result.outcome)));
        });
    });
}

/// Whom it covers, and what it leaves out.
pub(super) fn coverage_ui(ui: &mut Ui, report: &SweepReport) {
    let (is_whole, lines) = sweep_text::coverage(&report.coverage, report);
    let (tone, mark) = if is_whole { (Tone::Neutral, Mark::Tick) } else { (Tone::Caution, Mark::Exclamation) };
    tone_card_ui(ui, tone, |ui| {
        ui.horizontal_top(|ui| {
            mark_ui(ui, mark, tone, size::MARK);
            ui.add_space(space::XS);
            ui.vertical(|ui| {
                let word = if is_whole { sweep_text::COVERAGE_WHOLE } else { sweep_text::COVERAGE_PART };
                strong_ui(ui, &format!("{}: {word}", sweep_text::COVERAGE));
                for line in &lines {
                    helper_ui(ui, line);
                }
            });
        });
    });
}
