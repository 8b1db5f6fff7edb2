//! A problem as people read it: what happened, why probably, what to do, who can do it, evidence.

use eframe::egui::{Align, CollapsingHeader, Layout, Ui, vec2};

use crate::engine::Problem;

use super::{
    super::{
        command::{Command, Commands},
        support_text, text,
        tokens::{Palette, Tone, Type, size, space},
    },
    button::link_button_ui,
    card::card_ui,
    mark::{Mark, mark_ui},
    words::{body_ui, heading_ui, label_ui, mono_ui, strong_ui, text_ui},
};

/// What stands in the way, in a card of its own; nothing when nothing does.
pub(in super::super) fn problems_ui(ui: &mut Ui, problems: &[Problem], tone: Tone, out: &mut Commands) {
    if problems.is_empty() {
        return;
    }
    ui.add_space(space::L);
    card_ui(ui, |ui| {
        heading_ui(ui, text::PROBLEMS);
        for problem in problems {
            ui.add_space(space::S);
            ui.separator();
            ui.add_space(space::XS);
            problem_ui(ui, problem, tone, out);
        }
    });
}

/// The whole problem, with its summary on top.
pub(in super::super) fn problem_ui(ui: &mut Ui, problem: &Problem, tone: Tone, out: &mut Commands) {
    ui.horizontal_top(|ui| {
        mark_ui(ui, Mark::Exclamation, tone, size::MARK);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            strong_ui(ui, &problem.summary);
            ui.add_space(space::XS);
            details_ui(ui, problem, out);
        });
    });
}

/// Everything but the summary.
fn details_ui(ui: &mut Ui, problem: &Problem, out: &mut Commands) {
    ui.spacing_mut().interact_size.y = size::QUIET;
    explanation_ui(ui, &problem.cause, &problem.advice, problem.who.label());
    let pairs = text::evidence(&problem.evidence);
    if !pairs.is_empty() {
        ui.add_space(space::XS);
        CollapsingHeader::new(text::EVIDENCE).id_salt(&problem.code).show(ui, |ui| pairs_ui(ui, &pairs));
    }
    ui.add_space(space::XS);
    if link_button_ui(ui, text::COPY_PROBLEM).clicked() {
        out.push(Command::Copy { text: support_text::problem(problem), what: "Problem" });
    }
}

/// Cause, numbered advice, who can do it.
pub(in super::super) fn explanation_ui(ui: &mut Ui, cause: &str, advice: &[String], who: &str) {
    if !cause.is_empty() {
        body_ui(ui, cause);
    }
    if advice.is_empty() {
        return;
    }
    ui.add_space(space::S);
    label_ui(ui, text::ADVICE);
    for (number, item) in (1..).zip(advice) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let color = Palette::of(ui).muted;
            let number = format!("{number}.");
            let room = vec2(size::NUMBER, size::TEXT_LINE);
            ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
                ui.set_width(size::NUMBER);
                text_ui(ui, &number, Type::Body, color);
            });
            ui.vertical(|ui| body_ui(ui, item));
        });
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        label_ui(ui, text::WHO);
        body_ui(ui, who);
    });
}

/// Names and values, the values in the fixed-width face.
pub(in super::super) fn pairs_ui(ui: &mut Ui, pairs: &[(&'static str, String)]) {
    for (name, value) in pairs {
        pair_ui(ui, name, |ui| drop(mono_ui(ui, value)));
    }
}

/// A name in its own column, and what belongs to it.
pub(in super::super) fn pair_ui(ui: &mut Ui, name: &str, value: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let room = vec2(size::PAIR_NAME, 0.0);
        ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
            ui.set_width(size::PAIR_NAME);
            label_ui(ui, name);
        });
        ui.vertical(value);
    });
}
