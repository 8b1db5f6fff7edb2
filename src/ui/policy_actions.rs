//! What the app does when something was asked for on the Policy setup tab.

use std::{path::PathBuf, time::Duration};

use eframe::egui::{Context, OpenUrl};

use crate::engine::{ReadHints, ScriptKind};

use super::{
    App,
    command::PolicyCommand,
    files::{FileFor, FileQuestion},
    policy_text,
    state::{Busy, Dialog, Runner},
    text,
};

/// A little more than an hour: what Exchange says takes an hour has then happened.
const AN_HOUR: Duration = Duration::from_mins(65);

impl App {
    pub(super) fn act_policy(&mut self, ctx: &Context, command: PolicyCommand) {
        match command {
            PolicyCommand::Select(step) => self.state.policy.select(step),
            PolicyCommand::Other(kind) => self.state.policy.other = kind,
            PolicyCommand::Choose(method) => self.state.policy.form.method = method,
            PolicyCommand::Run(kind, runner) => self.run_or_ask(kind, runner),
            PolicyCommand::RunNow(kind, runner) => self.run_script(kind, runner),
            PolicyCommand::Cancel => self.cancel_policy(),
            PolicyCommand::Save(kind) => self.ask_where_to_save(ctx, kind),
            PolicyCommand::SaveTo(kind, path) => self.save_script(kind, path),
            PolicyCommand::ReadPasted => self.read_pasted(),
            PolicyCommand::ChooseResult => self.ask_for_file(ctx, FileFor::Result),
            PolicyCommand::ReadFile(path) => self.read_policy_file(path),
            PolicyCommand::ReadDirectory => self.read_directory(),
            PolicyCommand::RemoveDemoGrant => self.remove_demo_grant(),
            PolicyCommand::Mark(step, done) => {
                let input = self.state.policy_input();
                self.engine.mark_step(input, step, done);
            }
            PolicyCommand::Forget => self.forget(),
            PolicyCommand::Copy(text, what) => self.copy_powershell(ctx, &text, what),
            PolicyCommand::OpenPage(url) => ctx.open_url(OpenUrl::new_tab(url)),
        }
    }

    /// Brings scripts in line with what is typed, and asks for a new judgement when anything is new.
    pub(super) fn follow_policy(&mut self) {
        let state = &mut self.state;
        state.policy.refresh(&state.credentials, &state.send_mail);
        if let Some(input) = state.policy.due_for_judging(&state.credentials, &state.send_mail) {
            self.engine.judge_policy(input);
        }
    }

    pub(super) fn let_time_pass(&mut self) {
        self.engine.advance_demo(AN_HOUR);
        policy_text::TIME_HAS_PASSED.clone_into(&mut self.state.notice);
    }

    /// In the demo it says so in a comment, so that it can be neither mistaken for a customer's nor broken by it.
    fn copy_powershell(&mut self, ctx: &Context, powershell: &str, what: &'static str) {
        let label = self.state.demo.active.as_ref().map(|tenant| text::demo_label(&tenant.title));
        let comment = label.map(|label| format!("# {}\n", label.trim())).unwrap_or_default();
        ctx.copy_text(comment + powershell);
        self.state.notice = text::copied(what);
    }

    fn run_or_ask(&mut self, kind: ScriptKind, runner: Runner) {
        if kind.reads_only() || kind == ScriptKind::Module && runner == Runner::Demo {
            self.run_script(kind, runner);
        } else {
            self.open(Dialog::ConfirmScript(kind, runner));
        }
    }

    fn run_script(&mut self, kind: ScriptKind, runner: Runner) {
        if self.state.dialog == Some(Dialog::ConfirmScript(kind, runner)) {
            self.close_dialog();
        }
        let state = &mut self.state;
        if state.policy.is_busy() {
            return;
        }
        let input = state.policy.input_for(kind, &state.credentials, &state.send_mail);
        let job = match runner {
            Runner::PowerShell => self.engine.run_script(kind, input),
            Runner::Demo => self.engine.run_in_demo(kind, input),
        };
        state.policy.start(job, Busy::Script(kind, runner));
    }

    fn cancel_policy(&self) {
        if let Some((job, _)) = self.state.policy.busy {
            self.engine.cancel(job);
        }
    }

    fn ask_where_to_save(&mut self, ctx: &Context, kind: ScriptKind) {
        let name = self.state.policy.script.as_ref().map(crate::engine::Script::file_name).unwrap_or_default();
        self.ask_for_file(ctx, FileFor::Script(kind, name));
    }

    fn ask_for_file(&mut self, ctx: &Context, wanted: FileFor) {
        if self.question.is_none() {
            self.question = FileQuestion::ask(ctx, wanted);
        }
    }

    fn save_script(&mut self, kind: ScriptKind, path: PathBuf) {
        let state = &mut self.state;
        let input = state.policy.input_for(kind, &state.credentials, &state.send_mail);
        let job = self.engine.save_script(kind, input, path);
        state.policy.start(job, Busy::Saving);
    }

    fn read_pasted(&mut self) {
        let text = std::mem::take(&mut self.state.policy.pasted);
        let hints = std::mem::take(&mut self.state.policy.hints);
        self.close_dialog();
        let input = self.state.policy_input();
        let job = self.engine.read_policy_text(input, hints, text);
        self.state.policy.start(job, Busy::Reading);
    }

    fn read_policy_file(&mut self, path: PathBuf) {
        let input = self.state.policy_input();
        let job = self.engine.read_policy_file(input, ReadHints::default(), path);
        self.state.policy.start(job, Busy::Reading);
    }

    fn read_directory(&mut self) {
        let setup = self.state.credentials.form.setup();
        let input = self.state.policy_input();
        let job = self.engine.read_directory(setup, input);
        self.state.policy.start(job, Busy::Directory);
    }

    fn remove_demo_grant(&mut self) {
        let input = self.state.policy_input();
        let job = self.engine.remove_demo_grant(input);
        self.state.policy.start(job, Busy::Reading);
    }

    fn forget(&mut self) {
        self.state.policy.ended = None;
        self.state.policy.last_read.clear();
        let input = self.state.policy_input();
        self.engine.forget_policy(input);
    }
}
