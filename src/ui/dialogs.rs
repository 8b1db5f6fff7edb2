//! What stands in front of everything else: paste, warning before sending, question before closing.

use eframe::egui::{Context, Frame, Id, Key, Margin, Modal, ScrollArea, Ui, UiKind};

use crate::{base::address_entries, engine::Senders};

use super::{
    command::{Command, Commands},
    help, policy_text, profile_text, report_text,
    state::{Dialog, RunKind, State},
    tabs, text,
    tokens::{Palette, Tone, size, space},
    widgets::{
        FieldSpec, Mark, action_button_ui, body_ui, heading_ui, helper_ui, label_ui, mark_ui, mono_ui, note_ui,
        secret_lines_ui, wide_button_ui,
    },
};

/// Draws the dialog that is open, if one is.
pub(super) fn dialog_ui(ctx: &Context, state: &mut State) -> Commands {
    let mut out = Commands::new();
    let Some(dialog) = state.dialog else { return out };
    let palette = Palette::of_theme(ctx.theme());
    let frame = Frame::window(&ctx.global_style()).inner_margin(Margin::same(22)).fill(palette.surface);
    let first = std::mem::take(&mut state.dialog_is_new);
    let title = title(dialog, state);
    let shown = Modal::new(Id::unique("dialog")).frame(frame).backdrop_color(palette.veil).show(ctx, |ui| {
        let node = ui.stack().iter().find(|around| around.kind() == Some(UiKind::Modal)).map(|around| around.unique_id);
        if let Some(node) = node {
            ctx.accesskit_node_builder(node, |node| node.set_label(title));
        }
        let width = if dialog == Dialog::Help { size::HELP } else { size::DIALOG };
        ui.set_width(width.min(ui.ctx().content_rect().width() - space::XXL * 2.0));
        match dialog {
            Dialog::Paste => paste_ui(ui, state, first, &mut out),
            Dialog::SendWarning(kind) => {
                warning_ui(ui, &state.send_mail.senders(kind), first, &mut out);
            }
            Dialog::SweepWarning => {
                let senders = state.sweep.warned_of(state.send_mail.senders(RunKind::Whole));
                warning_ui(ui, &senders, first, &mut out);
            }
            Dialog::PasteResult => tabs::paste_result_ui(ui, state, first, &mut out),
            Dialog::ConfirmScript(kind, runner) => {
                tabs::confirm_script_ui(ui, (kind, runner), state, first, &mut out);
            }
            Dialog::Watch => tabs::watch_dialog_ui(ui, state, first, &mut out),
            Dialog::SaveProfile => tabs::save_profile_ui(ui, state, first, &mut out),
            Dialog::DeleteProfile => tabs::delete_profile_ui(ui, state, first, &mut out),
            Dialog::DeleteRecord => tabs::delete_ui(ui, state, first, &mut out),
            Dialog::Unfinished => tabs::unfinished_ui(ui, state, first, &mut out),
            Dialog::Help => help::help_ui(ui, state.tab, first, &mut out),
            Dialog::Quit => quit_ui(ui, quit_words(state), first, &mut out),
        }
    });
    if shown.should_close() {
        out.push(Command::CloseDialog);
    }
    out
}

fn title(dialog: Dialog, state: &State) -> &'static str {
    match dialog {
        Dialog::Paste => text::PASTE_TITLE,
        Dialog::SendWarning(_) | Dialog::SweepWarning => text::WARNING_TITLE,
        Dialog::PasteResult => policy_text::PASTE_TITLE,
        Dialog::ConfirmScript(kind, _) => kind.title(),
        Dialog::Watch => report_text::WATCH_TITLE,
        Dialog::SaveProfile => profile_text::SAVE_TITLE,
        Dialog::DeleteProfile => profile_text::DELETE_TITLE,
        Dialog::DeleteRecord => report_text::DELETE_TITLE,
        Dialog::Unfinished => report_text::UNFINISHED_TITLE,
        Dialog::Help => text::HELP,
        Dialog::Quit => quit_words(state).0,
    }
}

fn paste_ui(ui: &mut Ui, state: &mut State, first: bool, out: &mut Commands) {
    heading_ui(ui, text::PASTE_TITLE);
    helper_ui(ui, text::PASTE_HINT);
    ui.add_space(space::S);
    let spec = FieldSpec { label: text::PASTE_LABEL, ..FieldSpec::default() };
    let edited = secret_lines_ui(ui, spec, &mut state.pasted, 5);
    if first {
        edited.response.request_focus();
    }
    if let Some(problem) = &state.import_problem {
        ui.add_space(space::S);
        note_ui(ui, Mark::Cross, Tone::Bad, &problem.summary);
        for item in problem.advice.iter().take(2) {
            helper_ui(ui, item);
        }
    }
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let filled = !state.pasted.trim().is_empty();
        if action_button_ui(ui, text::PASTE_GO, filled).clicked() || (edited.submitted && filled) {
            out.push(Command::ImportPasted);
        }
        if wide_button_ui(ui, text::CANCEL, true).clicked() {
            out.push(Command::CloseDialog);
        }
    });
}

fn warning_ui(ui: &mut Ui, senders: &Senders, first: bool, out: &mut Commands) {
    ui.horizontal_top(|ui| {
        mark_ui(ui, Mark::Exclamation, Tone::Caution, size::MARK_HEAD);
        ui.add_space(space::XS);
        ui.vertical(|ui| heading_ui(ui, text::WARNING_TITLE));
    });
    ui.add_space(space::XS);
    body_ui(ui, text::WARNING_TEXT);
    ui.add_space(space::S);
    label_ui(ui, text::WARNING_AS);
    ScrollArea::vertical().max_height(120.0).show(ui, |ui| {
        for address in address_entries(&senders.forbidden).map(str::trim) {
            mono_ui(ui, address);
        }
    });
    label_ui(ui, text::WARNING_TO);
    mono_ui(ui, senders.recipient.trim());
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        // The harmless button has the keyboard, so that a second Enter sends nothing by accident.
        let back = wide_button_ui(ui, text::WARNING_BACK, true);
        if first {
            back.request_focus();
        }
        if back.clicked() {
            out.push(Command::CloseDialog);
        }
        if action_button_ui(ui, text::WARNING_GO, true).clicked() {
            out.push(Command::SendAfterWarning);
        }
    });
}

/// What closing the window would stop, and what that means.
fn quit_words(state: &State) -> (&'static str, &'static str) {
    if state.policy.runs_script() {
        (text::QUIT_SCRIPT_TITLE, text::QUIT_SCRIPT_TEXT)
    } else {
        (text::QUIT_TITLE, text::QUIT_TEXT)
    }
}

fn quit_ui(ui: &mut Ui, (title, words): (&str, &str), first: bool, out: &mut Commands) {
    heading_ui(ui, title);
    body_ui(ui, words);
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let keep = action_button_ui(ui, text::QUIT_BACK, true);
        if first {
            keep.request_focus();
        }
        if keep.clicked() {
            out.push(Command::CloseDialog);
        }
        if wide_button_ui(ui, text::QUIT_GO, true).clicked() {
            out.push(Command::Quit);
        }
    });
}

/// Whether *Escape* was pressed with nothing in front: it cancels what is under way.
pub(super) fn escape_wanted(ctx: &Context, state: &State) -> bool {
    state.dialog.is_none() && ctx.input(|input| input.key_pressed(Key::Escape))
}
