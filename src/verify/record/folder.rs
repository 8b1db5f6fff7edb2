//! The folder of records: what is there, what was left unfinished.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{base::Timestamp, verify::Verdict};

use super::{Completeness, Header, ReadError, Record, WriteError, write::Lock};

/// The ending of a record's file.
pub(super) const ENDING: &str = "jsonl";

/// One file of the folder.
#[derive(Debug)]
pub struct Listed {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds, or why it cannot be read.
    pub summary: Result<Summary, ReadError>,
    /// A running program writes it right now.
    pub running: bool,
}

/// A record in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The first line.
    pub header: Header,
    /// When it was begun.
    pub begun: Timestamp,
    /// The last line's time.
    pub last: Timestamp,
    /// The last run's verdict; `None` when nothing can be said.
    pub verdict: Option<Verdict>,
    /// Runs in it.
    pub rounds: usize,
    /// How far it got.
    pub completeness: Completeness,
    /// SHA-256 of the last whole line.
    pub head: String,
}

/// A record that was left unfinished and that no running program is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub summary: Summary,
}

/// Every record of a folder, the newest first. A folder that does not exist has none.
///
/// # Errors
/// The folder cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<Listed>> {
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(err),
    };
    let mut all = Vec::new();
    for file in files {
        let path = file?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) && path.is_file() {
            all.push(listed(&path));
        }
    }
    all.sort_by(|one, other| begun(other).cmp(&begun(one)).then_with(|| other.path.cmp(&one.path)));
    Ok(all)
}

/// One file.
pub fn listed(path: &Path) -> Listed {
    let running = Lock::is_held(path);
    let summary = Record::read(path).map(|record| summarise(&record));
    Listed { path: path.to_owned(), summary, running }
}

/// What an earlier start of the program left unfinished, the newest first.
///
/// # Errors
/// The folder cannot be read.
pub fn pending(folder: &Path) -> io::Result<Vec<Pending>> {
    let unfinished = |listed: Listed| match listed {
        Listed { path, summary: Ok(summary), running: false } => match summary.completeness {
            Completeness::Waiting { .. } | Completeness::Interrupted { .. } => Some(Pending { path, summary }),
            Completeness::Finished | Completeness::Altered { .. } => None,
        },
        Listed { .. } => None,
    };
    Ok(list(folder)?.into_iter().filter_map(unfinished).collect())
}

/// Deletes a record.
///
/// # Errors
/// It is being written, is no record by its name, or cannot be deleted.
pub fn remove(path: &Path) -> Result<(), WriteError> {
    if path.extension().is_none_or(|ending| ending != ENDING) {
        return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
    }
    Ok(Lock::take(path)?.remove(path)?)
}

fn begun(listed: &Listed) -> Option<Timestamp> {
    listed.summary.as_ref().ok().map(|summary| summary.begun)
}

fn summarise(record: &Record) -> Summary {
    let replayed = record.replay().ok();
    Summary {
        header: record.header.clone(),
        begun: record.begun,
        last: record.entries.last().map_or(record.begun, |stamped| stamped.time),
        verdict: replayed.as_ref().and_then(|replayed| replayed.verdict(&record.header)),
        rounds: replayed.map_or(0, |replayed| replayed.rounds.len()),
        completeness: record.completeness(),
        head: record.integrity.head.clone(),
    }
}
