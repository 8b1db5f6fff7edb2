//! One step: why, what to do, its values and script, what came of it.

use eframe::egui::{CollapsingHeader, Ui, vec2};

use crate::engine::{GuideStep, KnownError, Method, StepText, known_errors, rollback, waiting};

use super::{
    super::super::{
        command::{Command, Commands, PolicyCommand},
        policy_text,
        state::{State, Tab},
        text,
        tokens::{Palette, Tone, Type, size, space},
        widgets::{
            Mark, action_button_ui, body_ui, button_ui, card_ui, chip_ui, code_ui, heading_ui, helper_ui,
            link_button_ui, note_ui, strong_ui,
        },
    },
    fence::{directory_ui, fence_ui},
    methods::{grant_ui, methods_ui, migration_ui},
    script::script_ui,
    steps::look,
    values::{admin_ui, group_ui, lists_ui, object_ui},
    wish,
};

/// Draws the chosen step.
pub(super) fn step_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    let step = state.policy.step;
    let texts = state.policy.step_text();
    head_ui(ui, state, texts.as_ref());
    ui.add_space(space::M);
    body_of_ui(ui, state, step, out);
    if state.policy.kind().is_some() {
        script_ui(ui, state, out);
        ui.add_space(space::M);
    }
    if matches!(step, GuideStep::Fence | GuideStep::Verification1 | GuideStep::Verification2) {
        fence_ui(ui, state);
        ui.add_space(space::M);
    }
    if step == GuideStep::Group {
        directory_ui(ui, state, out);
        ui.add_space(space::M);
    }
    if let Some(texts) = &texts {
        todo_ui(ui, state, texts, out);
    }
    if step == GuideStep::Fence {
        ui.add_space(space::M);
        migration_ui(ui, state, out);
    }
    errors_ui(ui, known_errors(step), out);
    ui.add_space(space::M);
    foot_ui(ui, state, out);
}

fn head_ui(ui: &mut Ui, state: &State, texts: Option<&StepText>) {
    let step = state.policy.step;
    let progress = state.policy.progress(step);
    ui.horizontal(|ui| {
        helper_ui(ui, &policy_text::step_of(step.number()));
        let (mark, tone) = look(progress.state);
        chip_ui(ui, mark, tone, policy_text::step_state(progress.state));
    });
    let title = texts.map_or(policy_text::short_title(step), |texts| texts.title);
    heading_ui(ui, title);
    if let Some(texts) = texts {
        body_ui(ui, texts.why);
    }
    if !progress.detail.is_empty() {
        helper_ui(ui, &text::sentence(&progress.detail));
    }
}

fn body_of_ui(ui: &mut Ui, state: &mut State, step: GuideStep, out: &mut Commands) {
    match step {
        GuideStep::Group => {
            card_ui(ui, |ui| {
                strong_title_ui(ui, policy_text::VALUES);
                group_ui(ui, state);
                lists_ui(ui, state);
            });
        }
        GuideStep::Module | GuideStep::Verification1 => return,
        GuideStep::Connect => {
            card_ui(ui, |ui| admin_ui(ui, state));
        }
        GuideStep::Fence => {
            methods_ui(ui, state, out);
            if state.policy.form.method == Method::RbacForApplications {
                ui.add_space(space::M);
                card_ui(ui, |ui| object_ui(ui, state, out));
                ui.add_space(space::M);
                grant_ui(ui, state, out);
            }
        }
        GuideStep::Verification2 => test_ui(ui, state, out),
    }
    ui.add_space(space::M);
}

fn strong_title_ui(ui: &mut Ui, title: &str) {
    strong_ui(ui, title);
    ui.add_space(space::S);
}

/// The way to the test mails, with the lists filled in.
fn test_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    card_ui(ui, |ui| {
        note_ui(ui, Mark::Exclamation, Tone::Info, waiting(state.policy.form.method));
        if state.demo.active.is_some() {
            helper_ui(ui, policy_text::DEMO_WAIT);
        }
        ui.add_space(space::S);
        if action_button_ui(ui, policy_text::GO_TEST, true).clicked() {
            out.push(Command::Show(Tab::SendMail));
        }
    });
}

fn todo_ui(ui: &mut Ui, state: &State, texts: &StepText, out: &mut Commands) {
    card_ui(ui, |ui| {
        strong_title_ui(ui, policy_text::WHAT_TO_DO);
        numbered_ui(ui, &texts.what_to_do);
        if state.policy.step == GuideStep::Fence {
            ui.add_space(space::S);
            note_ui(ui, Mark::Exclamation, Tone::Info, waiting(state.policy.form.method));
            if state.demo.active.is_some() {
                helper_ui(ui, policy_text::DEMO_WAIT);
            }
        }
        if !texts.links.is_empty() {
            ui.add_space(space::S);
            helper_ui(ui, policy_text::PAGES);
            ui.horizontal_wrapped(|ui| {
                for (label, url) in &texts.links {
                    if link_button_ui(ui, label).on_hover_text(url).clicked() {
                        out.push(wish(PolicyCommand::OpenPage(url.clone())));
                    }
                }
            });
        }
    });
}

/// Things to do, one after the other.
pub(super) fn numbered_ui(ui: &mut Ui, items: &[&str]) {
    for (number, item) in (1..).zip(items) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let muted = Palette::of(ui).muted;
            ui.allocate_ui(vec2(size::NUMBER, size::TEXT_LINE), |ui| {
                ui.set_width(size::NUMBER);
                ui.label(eframe::egui::RichText::new(format!("{number}.")).text_style(Type::Body.style()).color(muted));
            });
            ui.vertical(|ui| body_ui(ui, item));
        });
    }
}

/// How it is taken back, in the order that never leaves the app open.
pub(super) fn rollback_ui(ui: &mut Ui, method: Method) {
    strong_title_ui(ui, policy_text::ROLLBACK);
    numbered_ui(ui, rollback(method));
}

fn errors_ui(ui: &mut Ui, errors: &[KnownError], out: &mut Commands) {
    if errors.is_empty() {
        return;
    }
    ui.add_space(space::M);
    card_ui(ui, |ui| {
        CollapsingHeader::new(policy_text::KNOWN_ERRORS).show(ui, |ui| {
            for (number, known) in errors.iter().enumerate() {
                if number > 0 {
                    ui.separator();
                }
                error_ui(ui, known, out);
            }
        });
    });
}

/// An error that is known: its words, its cause, its cure.
pub(super) fn error_ui(ui: &mut Ui, known: &KnownError, out: &mut Commands) {
    strong_ui(ui, &format!("“{}”", known.patterns.join(" … ")));
    body_ui(ui, known.cause);
    helper_ui(ui, &format!("{}{}", policy_text::NEXT, known.cure));
    if !known.command.is_empty() {
        code_ui(ui, known.command);
        if link_button_ui(ui, policy_text::COPY).clicked() {
            out.push(wish(PolicyCommand::Copy(known.command.to_owned(), "Command")));
        }
    }
}

fn foot_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let step = state.policy.step;
    let next = GuideStep::ALL.into_iter().find(|other| other.number() == step.number() + 1);
    ui.horizontal(|ui| {
        if let Some(next) = next
            && button_ui(ui, policy_text::NEXT_STEP, true).clicked()
        {
            out.push(wish(PolicyCommand::Select(next)));
        }
        let done = state.policy.progress(step).state != crate::engine::StepState::ToDo;
        let by_hand = matches!(step, GuideStep::Group | GuideStep::Module | GuideStep::Connect | GuideStep::Fence);
        if by_hand && !done && link_button_ui(ui, policy_text::DONE_BY_HAND).clicked() {
            out.push(wish(PolicyCommand::Mark(step, true)));
        }
        if done && link_button_ui(ui, policy_text::NOT_DONE).clicked() {
            out.push(wish(PolicyCommand::Mark(step, false)));
        }
    });
}
