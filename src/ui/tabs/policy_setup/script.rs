//! The script of a step: what it does, ways to use it, its commands one by one, and what came of it.

use eframe::egui::{Align, CollapsingHeader, CornerRadius, Frame, Layout, Margin, Stroke, Ui};

use crate::engine::{DesiredField, GuideStep, Script, ScriptEnd, ScriptKind, StepOutcome, StepRun};

use super::{
    super::super::{
        command::{Command, Commands, PolicyCommand},
        policy_text,
        state::{Busy, Dialog, Runner, State, Tab},
        text,
        tokens::{Palette, Tone, size, space},
        widgets::{
            Mark, action_button_ui, body_ui, button_ui, card_ui, chip_ui, code_ui, helper_ui, link_button_ui, mark_ui,
            note_ui, problem_ui, strong_ui, wide_button_ui,
        },
    },
    step::error_ui,
    wish,
};

/// Draws the script's card.
pub(super) fn script_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    let came = std::mem::take(&mut state.policy.something_came);
    let state = &*state;
    let Some(kind) = state.policy.kind() else { return };
    card_ui(ui, |ui| {
        head_ui(ui, state, kind, out);
        ui.add_space(space::S);
        match &state.policy.script {
            Some(script) => ready_ui(ui, state, script, out),
            None => missing_ui(ui, state, out),
        }
        if came {
            ui.scroll_to_cursor(Some(Align::Center));
        }
        came_of_it_ui(ui, state, out);
        if let Some(script) = &state.policy.script {
            ui.add_space(space::S);
            commands_ui(ui, state.policy.step, script, out);
        }
    });
}

fn head_ui(ui: &mut Ui, state: &State, kind: ScriptKind, out: &mut Commands) {
    let takes_away =
        state.policy.script.as_ref().is_some_and(|script| script.steps.iter().any(|step| step.needs_confirmation));
    let (mark, tone) = match (kind.reads_only(), takes_away) {
        (true, _) => (Mark::Tick, Tone::Neutral),
        (false, false) => (Mark::Exclamation, Tone::Info),
        (false, true) => (Mark::Exclamation, Tone::Caution),
    };
    helper_ui(ui, policy_text::SCRIPT);
    ui.horizontal_wrapped(|ui| {
        strong_ui(ui, kind.title());
        chip_ui(ui, mark, tone, policy_text::nature(kind, takes_away));
    });
    if state.policy.other.is_some() && link_button_ui(ui, policy_text::OWN_SCRIPT).clicked() {
        out.push(wish(PolicyCommand::Other(None)));
    }
    helper_ui(ui, policy_text::NO_SECRET);
}

fn ready_ui(ui: &mut Ui, state: &State, script: &Script, out: &mut Commands) {
    let free = !state.policy.is_busy();
    let runner =
        if state.demo.active.is_some() { Some(Runner::Demo) } else { state.policy.shell.map(|_| Runner::PowerShell) };
    ui.horizontal_wrapped(|ui| {
        if let Some(runner) = runner {
            let tip = if runner == Runner::Demo { policy_text::RUN_IN_DEMO_TIP } else { policy_text::RUN_TIP };
            if action_button_ui(ui, policy_text::runner(runner), free).on_hover_text(tip).clicked() {
                out.push(wish(PolicyCommand::Run(script.kind, runner)));
            }
        }
        if wide_button_ui(ui, policy_text::COPY_SCRIPT, true).clicked() {
            out.push(wish(PolicyCommand::Copy(script.to_paste(), policy_text::SCRIPT)));
        }
        if wide_button_ui(ui, policy_text::SAVE_AS, free).clicked() {
            out.push(wish(PolicyCommand::Save(script.kind)));
        }
        if wide_button_ui(ui, policy_text::PASTE_RESULT, free).clicked() {
            out.push(Command::Open(Dialog::PasteResult));
        }
        if wide_button_ui(ui, policy_text::OPEN_RESULT, free).clicked() {
            out.push(wish(PolicyCommand::ChooseResult));
        }
    });
}

fn missing_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let missing = state.policy.missing();
    Frame::new().show(ui, |ui| {
        strong_ui(ui, policy_text::MISSING);
        for (field, reason) in &missing {
            ui.horizontal_top(|ui| {
                mark_ui(ui, Mark::Exclamation, Tone::Caution, 14.0);
                ui.vertical(|ui| helper_ui(ui, &format!("{}: {reason}", field.label())));
            });
        }
    });
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        let elsewhere = [DesiredField::Tenant, DesiredField::ClientId];
        if elsewhere.iter().any(|field| missing.contains_key(field))
            && button_ui(ui, policy_text::TO_CREDENTIALS, true).clicked()
        {
            out.push(Command::Show(Tab::Credentials));
        }
        for (field, step) in [
            (DesiredField::GroupAddress, GuideStep::Group),
            (DesiredField::Permitted, GuideStep::Group),
            (DesiredField::Admin, GuideStep::Connect),
        ] {
            if missing.contains_key(&field) && step != state.policy.step {
                let name = policy_text::step_name(step.number(), policy_text::short_title(step));
                if button_ui(ui, &format!("Go to {name}"), true).clicked() {
                    out.push(wish(PolicyCommand::Select(step)));
                }
                break;
            }
        }
    });
}

fn came_of_it_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    let policy = &state.policy;
    if let Some((_, busy)) = policy.busy {
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            helper_ui(ui, policy_text::WORKING);
            if matches!(busy, Busy::Script(_, Runner::PowerShell) | Busy::Directory)
                && button_ui(ui, policy_text::CANCEL, true).clicked()
            {
                out.push(wish(PolicyCommand::Cancel));
            }
        });
    }
    if let Some(problem) = &policy.problem {
        ui.add_space(space::S);
        problem_ui(ui, problem, Tone::Bad, out);
    }
    if let Some(end) = policy.ended.as_ref().filter(|end| Some(end.kind) == policy.kind()) {
        ui.add_space(space::S);
        ended_ui(ui, end, out);
    }
    if !policy.last_read.is_empty() {
        ui.add_space(space::S);
        note_ui(ui, Mark::Tick, Tone::Neutral, &policy.last_read);
    }
    let notes = policy.known.as_ref().map(|known| known.notes.as_slice()).unwrap_or_default();
    for note in notes.iter().rev().take(6) {
        note_ui(ui, Mark::Question, Tone::Caution, &text::sentence(&note.text));
    }
}

fn ended_ui(ui: &mut Ui, end: &ScriptEnd, out: &mut Commands) {
    let (mark, tone) = if end.is_done() { (Mark::Tick, Tone::Good) } else { (Mark::Cross, Tone::Bad) };
    note_ui(ui, mark, tone, &policy_text::ended(policy_text::RESULT, end.exit_code));
    ui.add_space(space::XS);
    for part in end.run.iter().flat_map(|run| &run.steps) {
        part_ui(ui, part);
    }
    for known in &end.known_errors {
        ui.add_space(space::XS);
        error_ui(ui, known, out);
    }
}

fn part_ui(ui: &mut Ui, part: &StepRun) {
    let (mark, tone) = match part.outcome {
        StepOutcome::Done => (Mark::Tick, Tone::Good),
        StepOutcome::Failed => (Mark::Cross, Tone::Bad),
        StepOutcome::Skipped | StepOutcome::NotRun => (Mark::Dash, Tone::Neutral),
        StepOutcome::Unknown => (Mark::Question, Tone::Caution),
    };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, tone, size::MARK - 2.0);
        ui.vertical(|ui| {
            let title = part.step.map_or("Unknown step", |step| step.title());
            body_ui(ui, &format!("{title}: {}", policy_text::outcome(part.outcome).to_lowercase()));
            let said = part.error.as_deref().unwrap_or(&part.detail);
            if !said.is_empty() {
                helper_ui(ui, &text::sentence(said));
            }
        });
    });
}

fn commands_ui(ui: &mut Ui, step: GuideStep, script: &Script, out: &mut Commands) {
    let open = matches!(step, GuideStep::Module | GuideStep::Connect);
    CollapsingHeader::new(policy_text::COMMANDS).id_salt(script.kind.name()).default_open(open).show(ui, |ui| {
        if link_button_ui(ui, policy_text::COPY_ALL).clicked() {
            out.push(wish(PolicyCommand::Copy(script.commands().join("\n"), "Commands")));
        }
        for step in &script.steps {
            ui.add_space(space::XS);
            strong_ui(ui, step.title);
            helper_ui(ui, step.why);
            for command in &step.commands {
                command_ui(ui, command, out);
            }
        }
    });
}

fn command_ui(ui: &mut Ui, command: &str, out: &mut Commands) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.field)
        .stroke(Stroke::new(size::LINE, palette.line))
        .corner_radius(CornerRadius::same(size::CORNER))
        .inner_margin(Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.spacing_mut().interact_size.y = size::TEXT_LINE;
                let copy = link_button_ui(ui, policy_text::COPY);
                let name = command.split(' ').next().unwrap_or_default();
                let copy = copy.accessible_name(format!("{} {name}", policy_text::COPY));
                if copy.clicked() {
                    out.push(wish(PolicyCommand::Copy(command.to_owned(), "Command")));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| code_ui(ui, command));
            });
        });
}
