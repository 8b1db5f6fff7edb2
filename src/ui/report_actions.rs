//! What the app does when something was asked for about records and watches.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use crate::{
    base::Clock,
    engine::{RecordCommand, RecordRef, WatchWhat, WatchWish},
};

use super::{
    App,
    command::ReportCommand,
    files::{FileFor, FileQuestion},
    report_text,
    state::{Dialog, RunKind, Tab},
    text,
};

impl App {
    pub(super) fn act_report(&mut self, ctx: &Context, command: ReportCommand) {
        match command {
            ReportCommand::Refresh => self.list_records(),
            ReportCommand::Choose(path) => self.choose_record(&path),
            ReportCommand::Show(file) => self.show_record(&file),
            ReportCommand::SetComparing(on) => self.set_comparing(on),
            ReportCommand::AskSave => self.ask_where_to_save_report(ctx),
            ReportCommand::SaveTo(path) => self.save_report(path),
            ReportCommand::DeleteNow => self.delete_record(),
            ReportCommand::GoOn(path) => self.go_on(&path),
            ReportCommand::Leave(paths) => self.leave_records(paths),
            ReportCommand::LeaveTests => self.leave_tests(),
            ReportCommand::AskWatch => self.ask_watch(),
            ReportCommand::StartWatch => {
                self.start_watch();
                self.remember(ctx);
            }
        }
    }

    /// Keeps the list and the window's title in line with what happened.
    pub(super) fn follow_records(&mut self, ctx: &Context) {
        if self.state.report.takes_stale() {
            self.list_records();
        }
        if !self.state.report.unfinished.is_empty() && self.state.dialog.is_none() && !self.unfinished_told {
            self.unfinished_told = true;
            self.open(Dialog::Unfinished);
        }
        let title = match &self.state.watch.progress {
            Some(progress) => report_text::window_title(progress),
            None => text::PROGRAM.to_owned(),
        };
        if self.title != title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if std::mem::take(&mut self.state.watch.has_ended) {
            report_text::WATCH_OVER.clone_into(&mut self.state.notice);
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        }
    }

    pub(super) fn list_records(&mut self) {
        if self.state.report.is_kept {
            self.engine.records(RecordCommand::List);
        }
    }

    fn choose_record(&mut self, path: &Path) {
        let chosen = RecordRef::File(path.to_owned());
        let other = self.state.report.chosen.clone().filter(|other| other != path);
        match other {
            Some(other) if self.state.report.comparing => {
                let job = self.engine.records(RecordCommand::Compare(RecordRef::File(other), chosen));
                self.state.report.comparing = false;
                self.state.report.start(job);
            }
            _ => {
                self.state.report.choose(path);
                let job = self.engine.records(RecordCommand::Open(chosen));
                self.state.report.start(job);
            }
        }
    }

    fn show_record(&mut self, file: &str) {
        let mut paths = self.state.report.rows.iter().map(|row| &row.path);
        let path = paths.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy() == file)).cloned();
        self.state.tab = Tab::Report;
        if let Some(path) = path {
            self.set_comparing(false);
            self.choose_record(&path);
        }
    }

    fn set_comparing(&mut self, on: bool) {
        self.state.report.comparing = on;
        self.state.report.compared = None;
    }

    fn ask_where_to_save_report(&mut self, ctx: &Context) {
        let Some(row) = self.state.report.chosen_row() else { return };
        let begun = row.summary.as_ref().map(|summary| summary.begun);
        let name = report_text::report_name(&row.id, begun);
        if self.question.is_none() {
            self.question = FileQuestion::ask(ctx, FileFor::Report(name));
        }
    }

    fn save_report(&mut self, path: PathBuf) {
        let Some(chosen) = self.state.report.chosen.clone() else { return };
        // Dialogs of some systems give the name as typed, without the ending of the chosen filter.
        let path = if path.extension().is_none() { path.with_extension("html") } else { path };
        let job = self.engine.records(RecordCommand::Save(RecordRef::File(chosen), vec![path]));
        self.state.report.start(job);
    }

    fn delete_record(&mut self) {
        self.close_dialog();
        if let Some(chosen) = self.state.report.chosen.clone() {
            let job = self.engine.records(RecordCommand::Delete(RecordRef::File(chosen)));
            self.state.report.start(job);
        }
    }

    /// Goes on with a watch; what is missing for that has to be typed first.
    fn go_on(&mut self, path: &Path) {
        self.close_dialog();
        self.state.fill_from_record(path);
        let setup = self.state.credentials.form.setup();
        if !setup.faults().is_empty() {
            self.state.tab = Tab::Credentials;
            self.state.credentials.attempted = true;
            report_text::SECRET_FIRST.clone_into(&mut self.state.notice);
            return;
        }
        let what = WatchWhat::Resume(RecordRef::File(path.to_owned()));
        self.watch(what);
    }

    fn leave_records(&mut self, paths: Vec<PathBuf>) {
        self.close_dialog();
        self.state.report.unfinished.clear();
        for path in paths {
            let job = self.engine.records(RecordCommand::Close(RecordRef::File(path)));
            self.state.report.start(job);
        }
    }

    /// Single tests cannot be gone on with: once it was said, their records are closed.
    fn leave_tests(&mut self) {
        let tests = self.state.report.unfinished.iter();
        let tests = tests.filter(|row| row.summary.as_ref().is_some_and(|summary| !summary.is_watch));
        let paths = tests.map(|row| row.path.clone()).collect();
        self.leave_records(paths);
    }

    fn ask_watch(&mut self) {
        let send = &mut self.state.send_mail;
        if send.is_running() {
            return;
        }
        send.attempted = Some(RunKind::Whole);
        if send.faults(RunKind::Whole).is_empty() {
            self.open(Dialog::Watch);
        } else {
            text::FIX_FIELDS.clone_into(&mut self.state.notice);
        }
    }

    fn start_watch(&mut self) {
        let senders = self.state.send_mail.senders(RunKind::Whole);
        if let Some(plan) = self.state.watch.form.plan(senders, Clock::system().now()) {
            self.close_dialog();
            self.state.send_mail.warned = true;
            self.watch(WatchWhat::Begin(Box::new(plan)));
        }
    }

    fn watch(&mut self, what: WatchWhat) {
        let setup = self.state.credentials.form.setup();
        let job = self.engine.watch(setup.clone(), WatchWish { what, demo_pace: self.demo_pace });
        self.state.send_mail.start(job, RunKind::Whole, setup);
        self.state.watch.start(job);
        self.state.report.unfinished.clear();
        self.state.tab = Tab::SendMail;
        self.state.result_wanted = true;
        self.state.notice.clear();
    }
}
