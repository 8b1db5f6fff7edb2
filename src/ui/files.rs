//! The native open dialog, on a thread of its own: the window goes on drawing meanwhile.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    thread,
};

use eframe::egui::Context;

use crate::engine::{ReportFormat, ScriptKind};

use super::command::{Command, PolicyCommand, ReportCommand, SweepCommand};

/// What a file is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileFor {
    /// `appsettings.json`
    Import,
    /// What a script or cmdlets printed.
    Result,
    /// A report is to be saved; with the name that is offered.
    Report(String),
    /// A list of mailboxes.
    Mailboxes,
    /// The result of a sweep is to be saved; with the name that is offered.
    Sweep(String),
    /// A script is to be saved; with the name that is offered.
    Script(ScriptKind, String),
}

impl FileFor {
    /// What to do with the file.
    pub(super) fn then(self, path: PathBuf) -> Command {
        match self {
            Self::Import => Command::ImportFile(path),
            Self::Result => Command::Policy(PolicyCommand::ReadFile(path)),
            Self::Report(_) => Command::Report(ReportCommand::SaveTo(path)),
            Self::Mailboxes => Command::Sweep(SweepCommand::AddList(path)),
            Self::Sweep(_) => Command::Sweep(SweepCommand::SaveTo(path)),
            Self::Script(kind, _) => Command::Policy(PolicyCommand::SaveTo(kind, path)),
        }
    }
}

/// How far a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The dialog is open.
    Open,
    /// It was closed without a choice.
    Nothing,
    /// A file was chosen.
    Chosen(PathBuf),
}

/// A question for a file.
#[derive(Debug)]
pub(super) struct FileQuestion {
    pub(super) wanted: FileFor,
    answer: Receiver<Option<PathBuf>>,
}

impl FileQuestion {
    /// Opens the dialog; `None` when the operating system gives no thread.
    pub(super) fn ask(ctx: &Context, wanted: FileFor) -> Option<Self> {
        let (sender, answer) = sync_channel(1);
        let (ctx, asked) = (ctx.clone(), wanted.clone());
        let ask = move || {
            let path = choose(&asked);
            // A window that was closed meanwhile wants no answer.
            if sender.send(path).is_ok() {
                ctx.request_repaint();
            }
        };
        thread::Builder::new().name("open file".to_owned()).spawn(ask).ok().map(|_| Self { wanted, answer })
    }

    /// How far the person is. Never waits.
    pub(super) fn poll(&self) -> Answer {
        match self.answer.try_recv() {
            Ok(Some(path)) => Answer::Chosen(path),
            Err(TryRecvError::Empty) => Answer::Open,
            Ok(None) | Err(TryRecvError::Disconnected) => Answer::Nothing,
        }
    }
}

fn choose(wanted: &FileFor) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match wanted {
        FileFor::Import => dialog.add_filter("appsettings.json", &["json"]).pick_file(),
        FileFor::Result => {
            dialog.add_filter("Text", &["txt", "json", "log", "csv"]).add_filter("All", &["*"]).pick_file()
        }
        FileFor::Report(name) => {
            let dialog = ReportFormat::ALL
                .into_iter()
                .fold(dialog, |dialog, format| dialog.add_filter(format.label(), &[format.ending()]));
            dialog.set_file_name(name).save_file()
        }
        FileFor::Mailboxes => {
            dialog.add_filter("CSV or text", &["csv", "txt", "tsv"]).add_filter("All", &["*"]).pick_file()
        }
        FileFor::Sweep(name) => {
            dialog.add_filter("CSV", &["csv"]).add_filter("JSON", &["json"]).set_file_name(name).save_file()
        }
        FileFor::Script(_, name) => dialog.add_filter("PowerShell", &["ps1"]).set_file_name(name).save_file(),
    }
}
