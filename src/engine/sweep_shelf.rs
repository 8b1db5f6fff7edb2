//! Sweeps that were left unfinished, in the program's own folder, and results of sweeps as files.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use uuid::Uuid;

use crate::{
    base::{Clock, Timestamp},
    report::{SweepReport, write_sweep},
    verify::{JOURNAL_HOURS, Journal, JournalFault, JournalHead, read_journal},
};

use super::{
    Event, JobId, Setup,
    actor::{Actor, finish},
    setup::Resolved,
    sweep_input::read_file,
};

/// The ending of a journal's file.
const ENDING: &str = "jsonl";
/// More of a journal's beginning than its first line can be.
const HEAD_BYTES: u64 = 256 * 1024;

/// A wish about files of sweeps.
#[derive(Debug)]
pub enum SweepFilesCommand {
    /// Look for unfinished sweeps with these credentials.
    Find(Box<Setup>),
    /// Forget one of them.
    Forget(PathBuf),
    /// Write a result to a file, `.csv` or `.json`.
    Save(Arc<SweepReport>, PathBuf),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum SweepFiles {
    /// Unfinished sweeps, the newest first.
    Unfinished(Vec<UnfinishedSweep>),
    /// A result was written to a file, or could not be, and why.
    Saved {
        /// The file.
        path: PathBuf,
        /// Why it was not written.
        failure: Option<String>,
    },
}

/// A sweep that was stopped before its end and can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedSweep {
    /// Its journal.
    pub path: PathBuf,
    /// When it began.
    pub started: Timestamp,
    /// Mailboxes on its list.
    pub total: usize,
    /// Those that were answered.
    pub answered: usize,
    /// Its known senders that must be refused: they are really sent as again.
    pub forbidden: Vec<String>,
    /// Who gets these mails.
    pub recipient: String,
}

impl Actor {
    /// Files are not read and written on the engine's own thread.
    pub(super) fn handle_sweep_files(&mut self, job: JobId, command: SweepFilesCommand) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            let (records, clock) = (context.records.clone(), context.clock.clone());
            let done = tokio::task::spawn_blocking(move || answer(records.as_deref(), &clock, command)).await;
            if let Ok(Some(files)) = done {
                context.emitter.emit(Event::SweepFiles(job, Box::new(files))).await;
            }
            finish(&context).await
        });
    }
}

fn answer(records: Option<&Path>, clock: &Clock, command: SweepFilesCommand) -> Option<SweepFiles> {
    match command {
        SweepFilesCommand::Find(setup) => {
            let found = match (records, setup.resolve()) {
                (Some(records), Ok(resolved)) => unfinished(&folder(records), &resolved, clock.now()),
                _ => Vec::new(),
            };
            Some(SweepFiles::Unfinished(found))
        }
        SweepFilesCommand::Forget(path) => {
            forget(&path);
            None
        }
        SweepFilesCommand::Save(report, path) => {
            let failure = write_sweep(&report, &path).err().map(|err| err.to_string());
            Some(SweepFiles::Saved { path, failure })
        }
    }
}

/// The program's own folder of journals, beside that of records.
fn folder(records: &Path) -> PathBuf {
    records.with_file_name("sweeps")
}

/// Where a new journal goes.
pub(super) fn new_journal(records: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let folder = folder(records);
    fs::create_dir_all(&folder)?;
    let id = Uuid::new_v4().simple().to_string();
    let short = id.get(..8).unwrap_or_default();
    Ok(folder.join(format!("{}-{short}.{ENDING}", now.strftime("%Y%m%dT%H%M%S"))))
}

/// A sweep that has asked everybody leaves no journal behind in the program's own folder.
pub(super) fn tidy(records: Option<&Path>, journal: &Path) {
    if records.is_some_and(|records| journal.parent() == Some(folder(records).as_path())) {
        forget(journal);
    }
}

fn forget(journal: &Path) {
    if journal.extension().is_some_and(|ending| ending == ENDING) && head(journal).is_some() {
        // One that cannot be removed is too old tomorrow.
        let _left = fs::remove_file(journal).is_err();
    }
}

/// The first line, if the file is a journal.
fn head(path: &Path) -> Option<JournalHead> {
    let mut first = Vec::new();
    fs::File::open(path).ok()?.take(HEAD_BYTES).read_to_end(&mut first).ok()?;
    let line = first.split(|byte| *byte == b'\n').next()?;
    serde_json::from_slice(line).ok()
}

fn unfinished(folder: &Path, resolved: &Resolved, now: Timestamp) -> Vec<UnfinishedSweep> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let mut found: Vec<UnfinishedSweep> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter_map(|path| look(path, resolved, now))
        .collect();
    found.sort_by_key(|sweep| std::cmp::Reverse(sweep.started));
    found
}

/// What can go on with these credentials; what nothing can go on with any more is removed.
fn look(path: PathBuf, resolved: &Resolved, now: Timestamp) -> Option<UnfinishedSweep> {
    let head = head(&path)?;
    let file = fs::File::open(&path).ok()?;
    // Another window is writing it.
    file.try_lock().ok()?;
    drop(file);
    let journal = match usable(&read_file(&path).ok()?, resolved, now) {
        Ok(journal) => journal,
        Err(JournalFault::Old | JournalFault::Incomplete) => {
            forget(&path);
            return None;
        }
        Err(_of_somebody_else) => {
            let begun: Option<Timestamp> = head.started.parse().ok();
            if begun.is_none_or(|begun| begun < oldest(now)) && modified_before(&path, now) {
                forget(&path);
            }
            return None;
        }
    };
    Some(UnfinishedSweep {
        started: journal.head.started.parse().ok()?,
        total: journal.targets.len(),
        answered: journal.answered(),
        forbidden: journal.head.forbidden,
        recipient: journal.head.recipient,
        path,
    })
}

fn modified_before(path: &Path, now: Timestamp) -> bool {
    let modified = fs::metadata(path).and_then(|about| about.modified()).ok();
    modified.and_then(|at| Timestamp::try_from(at).ok()).is_some_and(|at| at < oldest(now))
}

/// Answers before this moment say nothing any more.
fn oldest(now: Timestamp) -> Timestamp {
    now.checked_sub(Duration::from_hours(JOURNAL_HOURS)).unwrap_or(Timestamp::MIN)
}

/// Reads a journal that a sweep with these credentials may go on with, without the answers that are too old to count.
pub(super) fn usable(bytes: &[u8], resolved: &Resolved, now: Timestamp) -> Result<Journal, JournalFault> {
    let credentials = &resolved.credentials;
    let mut journal = read_journal(&String::from_utf8_lossy(bytes))?;
    let graph = resolved.endpoints.graph_path(&[]).to_string();
    journal.head.check(
        &credentials.tenant.to_string(),
        &credentials.client.to_string(),
        &graph,
        credentials.secret.secret(),
    )?;
    let last = journal.last_answer().or_else(|| journal.head.started.parse().ok());
    match last {
        Some(last) if last >= oldest(now) => {
            // The newest is young enough; whatever is not is asked again.
            journal.keep_between(oldest(now), now);
            Ok(journal)
        }
        _ => Err(JournalFault::Old),
    }
}
