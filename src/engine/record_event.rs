//! What is asked of the records of earlier tests, and what comes back.

use std::path::PathBuf;

use crate::{
    base::Timestamp,
    explain::Problem,
    report::{Comparison, RecordCheck, Trail, VerifyReport},
    verify::Verdict,
};

/// Which record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordRef {
    /// This file.
    File(PathBuf),
    /// As somebody has typed it: a file, the begin of an id, or `last`.
    Typed(String),
}

/// One request about records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordCommand {
    /// List the folder, the newest first.
    List,
    /// Open one.
    Open(RecordRef),
    /// Compare two, the earlier one first.
    Compare(RecordRef, RecordRef),
    /// Delete one.
    Delete(RecordRef),
    /// Write down that an interrupted one is not gone on with.
    Close(RecordRef),
    /// Write the report of one into files; their endings say the format.
    Save(RecordRef, Vec<PathBuf>),
    /// Check the chain of one, and that its head is this SHA-256, if somebody has it at hand.
    Check(RecordRef, Option<String>),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum RecordEvent {
    /// The folder.
    Listed(Vec<RecordRow>),
    /// One record.
    Opened(Box<OpenedRecord>),
    /// Two records.
    Compared(Box<Compared>),
    /// It is gone.
    Deleted(PathBuf),
    /// It is closed.
    Closed(PathBuf),
    /// Files that were written, or could not be.
    Saved(Vec<SavedReport>),
    /// What checking it showed.
    Checked(PathBuf, Box<RecordCheck>),
    /// Nothing came of it.
    Failed(Box<Problem>),
}

/// One record of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// What it is called: short enough to be typed.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// How far it got.
    pub state: RecordState,
    /// What it holds; `None` when that cannot be read.
    pub summary: Option<RecordSummary>,
}

/// How far a record got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordState {
    /// To its end.
    Finished,
    /// A program writes it right now.
    Running,
    /// A watch was waiting.
    Waiting {
        /// For this moment.
        until: Timestamp,
    },
    /// The program ended in the middle.
    Interrupted {
        /// Test ids whose answer is missing; their mails may have been sent.
        in_flight: Vec<String>,
    },
    /// It was changed after it was written.
    Altered {
        /// In this line, counted from 1.
        line: u64,
    },
    /// It cannot be read; why.
    Unreadable(String),
}

impl RecordState {
    /// Whether an earlier start of the program left it unfinished.
    pub fn is_pending(&self) -> bool {
        match self {
            Self::Waiting { .. } | Self::Interrupted { .. } => true,
            Self::Finished | Self::Running | Self::Altered { .. } | Self::Unreadable(_) => false,
        }
    }

    /// The state in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Finished => "finished".to_owned(),
            Self::Running => "under way".to_owned(),
            Self::Waiting { .. } => "interrupted while waiting".to_owned(),
            Self::Interrupted { in_flight } => match in_flight.len() {
                0 => "interrupted".to_owned(),
                1 => "interrupted, 1 answer is missing".to_owned(),
                missing => format!("interrupted, {missing} answers are missing"),
            },
            Self::Altered { line } => format!("changed afterwards, in line {line}"),
            Self::Unreadable(why) => format!("unreadable: {why}"),
        }
    }
}

/// A record in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSummary {
    /// When it was begun.
    pub begun: Timestamp,
    /// When its last line was written.
    pub last: Timestamp,
    /// What it proves; `None` when nothing was asked.
    pub verdict: Option<Verdict>,
    /// Tests in it.
    pub rounds: usize,
    /// It is a watch.
    pub is_watch: bool,
    /// Senders in its plan.
    pub senders: usize,
    /// The tenant.
    pub tenant_id: Option<String>,
    /// The app registration.
    pub client_id: String,
    /// Who gets the mails.
    pub recipient: String,
    /// The answers did not come from Microsoft 365.
    pub is_rehearsal: bool,
}

impl RecordRow {
    /// What has to be said about a record that an earlier start of the program left unfinished.
    pub fn pending_words(&self) -> Option<String> {
        let summary = self.summary.as_ref().filter(|_| self.state.is_pending())?;
        let kind = if summary.is_watch { "watch" } else { "test" };
        let what = format!("the {kind} of {} (record {}) was interrupted", time(summary.begun), self.id);
        let how = match &self.state {
            RecordState::Waiting { until } => format!(" while it waited for {}; nothing is lost", time(*until)),
            RecordState::Interrupted { in_flight } if in_flight.is_empty() => "; no answer is missing".to_owned(),
            RecordState::Interrupted { in_flight } => {
                format!("; the answer is missing for {}, whose mail may have been sent", in_flight.join(", "))
            }
            RecordState::Finished | RecordState::Running | RecordState::Altered { .. } | RecordState::Unreadable(_) => {
                String::new()
            }
        };
        Some(what + &how)
    }
}

fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A record that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedRecord {
    /// Its row in the list.
    pub row: RecordRow,
    /// Its last test with its words; `None` for a record that was changed afterwards.
    pub report: Option<VerifyReport>,
    /// Where that comes from.
    pub trail: Trail,
    /// What checking it showed.
    pub check: RecordCheck,
}

/// Two records side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The earlier one.
    pub before: RecordRow,
    /// The later one.
    pub after: RecordRow,
    /// What is different.
    pub comparison: Comparison,
}

/// One file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReport {
    /// Where.
    pub path: PathBuf,
    /// Why it could not be written.
    pub failure: Option<String>,
}
