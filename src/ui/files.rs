//! The native open dialog, on a thread of its own: the window goes on drawing meanwhile.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    thread,
};

use eframe::egui::Context;

/// A question for a file that is open.
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

    /// The answer: `None` while the dialog is open, the path or nothing afterwards.
    pub(super) fn poll(&self) -> Option<Option<PathBuf>> {
        match self.answer.try_recv() {
            Ok(path) => Some(path),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(None),
        }
    }
}
