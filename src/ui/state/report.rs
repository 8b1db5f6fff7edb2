//! The Report tab: the records of earlier tests, the one in view, and what an earlier start left unfinished.

use std::path::{Path, PathBuf};

use crate::engine::{Compared, JobId, OpenedRecord, Problem, RecordEvent, RecordRow, SavedReport};

/// The Report tab.
#[derive(Default)]
pub struct ReportTab {
    /// Whether records are kept at all.
    pub is_kept: bool,
    /// The list, the newest first.
    pub rows: Vec<RecordRow>,
    /// The record in view.
    pub chosen: Option<PathBuf>,
    /// Its contents.
    pub opened: Option<Box<OpenedRecord>>,
    /// The next record that is chosen is compared with the one in view.
    pub comparing: bool,
    /// Two records side by side.
    pub compared: Option<Box<Compared>>,
    /// Why nothing came of the last wish.
    pub problem: Option<Box<Problem>>,
    /// What an earlier start of the program left unfinished; told once.
    pub unfinished: Vec<RecordRow>,
    list: List,
    job: Option<JobId>,
}

/// How far the list is to be trusted.
#[derive(Default, PartialEq, Eq)]
enum List {
    /// It was never read.
    #[default]
    Unread,
    /// As it stands on the disk.
    Current,
    /// Something was changed since it was read.
    Stale,
}

impl ReportTab {
    /// Whether the list has to be read again; asked once.
    pub fn takes_stale(&mut self) -> bool {
        let is_stale = self.list == List::Stale;
        if is_stale {
            self.list = List::Current;
        }
        is_stale
    }

    /// Something new stands on the disk.
    pub(super) fn changed(&mut self) {
        self.list = List::Stale;
    }

    /// Something is asked of the engine; older answers do not count any more.
    pub fn start(&mut self, job: JobId) {
        self.job = Some(job);
        self.problem = None;
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Brings a record into view; what it holds comes later.
    pub fn choose(&mut self, path: &Path) {
        if self.chosen.as_deref() != Some(path) {
            self.opened = None;
        }
        self.chosen = Some(path.to_owned());
        self.comparing = false;
        self.compared = None;
    }

    /// The row of the record in view.
    pub fn chosen_row(&self) -> Option<&RecordRow> {
        self.rows.iter().find(|row| Some(&row.path) == self.chosen.as_ref())
    }

    /// The watch that was left unfinished last.
    pub fn unfinished_watch(&self) -> Option<&RecordRow> {
        self.unfinished.iter().find(|row| row.summary.as_ref().is_some_and(|summary| summary.is_watch))
    }

    pub(super) fn finished(&mut self, job: JobId) {
        if self.job == Some(job) {
            self.job = None;
        }
    }

    /// Takes an answer in; gives the files that were written or could not be.
    pub(super) fn answered(&mut self, job: JobId, event: RecordEvent) -> Option<Vec<SavedReport>> {
        match event {
            RecordEvent::Listed(rows) => self.listed(rows),
            RecordEvent::Deleted(path) => self.deleted(&path),
            RecordEvent::Closed(_) => self.changed(),
            RecordEvent::Saved(files) => return Some(files),
            RecordEvent::Opened(opened) if self.chosen.as_ref() == Some(&opened.row.path) => self.opened = Some(opened),
            RecordEvent::Compared(compared) if self.job == Some(job) => self.compared = Some(compared),
            RecordEvent::Failed(problem) if self.job == Some(job) => self.problem = Some(problem),
            RecordEvent::Checked(..) | RecordEvent::Opened(_) | RecordEvent::Compared(_) | RecordEvent::Failed(_) => (),
        }
        None
    }

    fn listed(&mut self, rows: Vec<RecordRow>) {
        if self.list == List::Unread {
            self.unfinished = rows.iter().filter(|row| row.state.is_pending()).cloned().collect();
        }
        self.list = List::Current;
        self.rows = rows;
    }

    fn deleted(&mut self, path: &Path) {
        if self.chosen.as_deref() == Some(path) {
            self.chosen = None;
            self.opened = None;
            self.compared = None;
        }
        self.changed();
    }
}
