//! Checks a record's evidence: the chain, the head that a report shows, and whether the answers give the verdict.

use std::path::Path;

use serde::Serialize;

use crate::{
    base::Timestamp,
    verify::{
        Verdict,
        record::{Completeness, ReadError, Record, Round},
    },
};

use super::inert::escaped_json;

/// What checking a record showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCheck {
    /// What to make of it.
    pub standing: Standing,
    /// Lines whose chain holds.
    pub lines: u64,
    /// SHA-256 of the last of them.
    pub head: String,
    /// When the record was begun.
    pub begun: Timestamp,
    /// The version of the program that began it.
    pub program_version: String,
    /// The verdict that the answers give; `None` when nothing was asked or the record was altered.
    pub verdict: Option<Verdict>,
    /// Bytes of a last line that was not written to its end.
    pub torn_bytes: u64,
}

/// What to make of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The chain holds, the head is the wanted one (if one was given), the record is finished.
    Intact,
    /// The chain holds, but the program ended before the test did.
    Unfinished,
    /// A line (counted from 1) was changed, moved, cut out or put in.
    Altered(u64),
    /// The chain holds, but its head is not the one the report shows: another record, or lines are missing at the end.
    OtherHead,
    /// The chain holds, but the answers do not give the verdict that was written down.
    Disagrees,
    /// The record is what it should be, but the report is not what this version of the program writes from it.
    OtherReport,
}

impl Standing {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Unfinished => "unfinished",
            Self::Altered(_) => "altered",
            Self::OtherHead => "other_head",
            Self::Disagrees => "disagrees",
            Self::OtherReport => "other_report",
        }
    }

    /// Whether the record is the evidence it claims to be.
    pub fn is_trustworthy(self) -> bool {
        match self {
            Self::Intact | Self::Unfinished => true,
            Self::Altered(_) | Self::OtherHead | Self::Disagrees | Self::OtherReport => false,
        }
    }

    /// The standing in a sentence.
    pub fn words(self) -> String {
        match self {
            Self::Intact => "The chain holds: nothing was changed after it was written".to_owned(),
            Self::Unfinished => {
                "The chain holds, but the record is not finished: the program ended before the test did".to_owned()
            }
            Self::Altered(line) => {
                format!("The chain is broken in line {line}: the record was changed after it was written")
            }
            Self::OtherHead => {
                "The chain holds, but it is not the record of that report, or lines are missing at its end".to_owned()
            }
            Self::Disagrees => {
                "The chain holds, but the verdict written down is not the one that the answers give".to_owned()
            }
            Self::OtherReport => {
                "The record was not changed, but this report was, or another version of the program wrote it: write it anew from the record".to_owned()
            }
        }
    }
}

/// Checks the record in a file. `head` is the SHA-256 that a report shows, when somebody has it at hand.
///
/// # Errors
/// The file is no record or cannot be read.
pub fn check_record(path: &Path, head: Option<&str>) -> Result<RecordCheck, ReadError> {
    Ok(checked(&Record::read(path)?, head))
}

pub(super) fn checked(record: &Record, head: Option<&str>) -> RecordCheck {
    let replayed = record.replay().ok();
    let rounds = replayed.as_ref().map_or(&[][..], |replayed| replayed.rounds.as_slice());
    let is_other = head.is_some_and(|head| !head.trim().eq_ignore_ascii_case(&record.integrity.head));
    let standing = match record.completeness() {
        Completeness::Altered { line } => Standing::Altered(line),
        _ if is_other => Standing::OtherHead,
        _ if rounds.iter().any(Round::disagrees) => Standing::Disagrees,
        Completeness::Finished => Standing::Intact,
        Completeness::Waiting { .. } | Completeness::Interrupted { .. } => Standing::Unfinished,
    };
    RecordCheck {
        standing,
        lines: record.integrity.lines,
        head: record.integrity.head.clone(),
        begun: record.begun,
        program_version: record.header.program_version.clone(),
        verdict: replayed.as_ref().and_then(|replayed| replayed.verdict(&record.header)),
        torn_bytes: record.integrity.torn_bytes,
    }
}

#[derive(Serialize)]
struct CheckWire<'a> {
    schema: &'static str,
    standing: &'static str,
    trustworthy: bool,
    words: String,
    broken_at: Option<u64>,
    lines: u64,
    sha256: &'a str,
    begun: String,
    program_version: &'a str,
    verdict: Option<&'static str>,
    torn_bytes: u64,
}

/// The JSON of `report check`.
pub fn record_check_json(check: &RecordCheck) -> String {
    let wire = CheckWire {
        schema: "exchange365/report-check/1",
        standing: check.standing.as_str(),
        trustworthy: check.standing.is_trustworthy(),
        words: check.standing.words(),
        broken_at: if let Standing::Altered(line) = check.standing { Some(line) } else { None },
        lines: check.lines,
        sha256: &check.head,
        begun: check.begun.to_string(),
        program_version: &check.program_version,
        verdict: check.verdict.map(Verdict::as_str),
        torn_bytes: check.torn_bytes,
    };
    // Texts, numbers and flags alone: serialising cannot fail.
    escaped_json(&serde_json::to_string_pretty(&wire).unwrap_or_default())
}
