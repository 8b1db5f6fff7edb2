//! The native open dialog, on a thread of its own: the window goes on drawing meanwhile.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    thread,
};

use eframe::egui::Context;

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
    answer: Receiver<Option<PathBuf>>,
}

impl FileQuestion {
    /// Opens the dialog; `None` when the operating system gives no thread.
    pub(super) fn ask(ctx: &Context) -> Option<Self> {
        let (sender, answer) = sync_channel(1);
        let ctx = ctx.clone();
        let ask = move || {
            let path = rfd::FileDialog::new().add_filter("appsettings.json", &["json"]).pick_file();
            // A window that was closed meanwhile wants no answer.
            if sender.send(path).is_ok() {
                ctx.request_repaint();
            }
        };
        thread::Builder::new().name("open file".to_owned()).spawn(ask).ok().map(|_| Self { answer })
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
