//! What the app does when something about the sweep was asked for.

use std::{path::PathBuf, sync::Arc};

use eframe::egui::Context;

use crate::engine::SweepFilesCommand;

use super::{
    App,
    command::SweepCommand,
    files::{FileFor, FileQuestion},
    state::{Dialog, Expect, RunKind, SendView, SweepForm},
    sweep_text, text,
};

impl App {
    pub(super) fn act_sweep(&mut self, ctx: &Context, command: SweepCommand) {
        let sweep = &mut self.state.sweep;
        match command {
            SweepCommand::View(view) => sweep.view = view,
            SweepCommand::AskList => self.ask_for_sweep_file(ctx, FileFor::Mailboxes),
            SweepCommand::AddList(path) => sweep.add_file(path),
            SweepCommand::RemoveList(path) => sweep.form.files.retain(|file| *file != path),
            SweepCommand::Start => self.start_sweep(ctx),
            SweepCommand::Hold(held) => self.hold_sweep(held),
            SweepCommand::Cancel => self.cancel_sweep(),
            SweepCommand::GoOn(journal) => {
                sweep.resuming = sweep.unfinished.iter().find(|sweep| sweep.path == journal).cloned();
                self.sweep_or_warn(ctx);
            }
            SweepCommand::Forget(journal) => {
                sweep.forget(&journal);
                self.engine.sweep_files(SweepFilesCommand::Forget(journal));
            }
            SweepCommand::Filter(filter) => sweep.table.filter = filter,
            SweepCommand::Sort(column) => sweep.table.sort_by(column),
            SweepCommand::Select(row) => sweep.table.select(row),
            SweepCommand::AskSave => {
                let name = sweep_text::file_name(self.state.demo.active.is_some());
                self.ask_for_sweep_file(ctx, FileFor::Sweep(name));
            }
            SweepCommand::SaveTo(path) => self.save_sweep(path),
            SweepCommand::TryForReal(address) => self.try_for_real(address),
        }
    }

    /// Keeps the table in line with what happened, and looks for sweeps that can go on.
    pub(super) fn follow_sweep(&mut self) {
        self.state.sweep.refresh();
        let setup = self.state.credentials.form.setup();
        if let Some(setup) = self.state.sweep.due_for_looking(setup) {
            let job = self.engine.sweep_files(SweepFilesCommand::Find(Box::new(setup)));
            self.state.sweep.look(job);
        }
    }

    fn ask_for_sweep_file(&mut self, ctx: &Context, wanted: FileFor) {
        if self.question.is_none() {
            self.question = FileQuestion::ask(ctx, wanted);
        }
    }

    fn start_sweep(&mut self, ctx: &Context) {
        if self.state.sweep.is_running() {
            return;
        }
        self.state.sweep.attempted = true;
        let is_ready = self.state.send_mail.faults(RunKind::Whole).is_empty() && self.state.sweep.form.has_source();
        if is_ready {
            self.state.sweep.resuming = None;
            self.sweep_or_warn(ctx);
        } else {
            text::FIX_FIELDS.clone_into(&mut self.state.notice);
        }
    }

    fn sweep_or_warn(&mut self, ctx: &Context) {
        if self.state.send_mail.warned {
            self.sweep_now(ctx);
        } else {
            self.open(Dialog::SweepWarning);
        }
    }

    pub(super) fn sweep_now(&mut self, ctx: &Context) {
        let senders = self.state.send_mail.senders(RunKind::Whole);
        let sweep = &self.state.sweep;
        let request = match &sweep.resuming {
            Some(unfinished) => sweep.resumption(unfinished.path.clone()),
            None => sweep.request(senders),
        };
        if self.state.sweep.is_running() {
            return;
        }
        let setup = self.state.credentials.form.setup();
        let job = self.engine.sweep(setup.clone(), request.clone());
        self.state.sweep.start(job, setup, request);
        self.state.result_wanted = true;
        self.state.notice.clear();
        self.remember(ctx);
    }

    fn hold_sweep(&mut self, held: bool) {
        let Some(job) = self.state.sweep.running() else { return };
        if held {
            self.engine.pause(job);
        } else {
            self.engine.go_on(job);
        }
        self.state.sweep.hold(held);
    }

    fn cancel_sweep(&mut self) {
        if let Some(job) = self.state.sweep.running() {
            self.engine.cancel(job);
            self.state.sweep.cancelling();
        }
    }

    /// Another customer: nobody's mailboxes are asked with somebody else's credentials.
    pub(super) fn leave_sweep(&mut self) {
        self.cancel_sweep();
        self.state.sweep.refill(SweepForm::default());
    }

    fn save_sweep(&mut self, path: PathBuf) {
        if let Some(report) = self.state.sweep.report() {
            let report = Arc::clone(report);
            self.engine.sweep_files(SweepFilesCommand::Save(report, path));
        }
    }

    /// A probe shows, a real mail proves: the address stands ready, the person sends.
    fn try_for_real(&mut self, address: String) {
        let one = &mut self.state.send_mail.one;
        one.address = address;
        one.expect = Expect::Forbidden;
        self.state.sweep.view = SendView::Samples;
        sweep_text::READY_FOR_REAL.clone_into(&mut self.state.notice);
    }
}
