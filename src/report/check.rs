//! Checks a record's evidence: the chain, the head that a report shows, and whether the answers give the verdict.

use std::path::Path;

use serde::Serialize;

use crate::{
    base::Timestamp,
    verify::{
        Verdict,
        record::{ABANDONED, Completeness, Entry, ReadError, Record, Round, Stamped},
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
    /// How often the program was started again and went on with it.
    pub resumed: usize,
    /// A change of the last line would show: the line carries a hash over itself, or the head is the wanted one.
    pub last_line_covered: bool,
    /// The head is the one that the report shows.
    pub head_fits: bool,
}

impl RecordCheck {
    /// What checking it showed, in a sentence that claims no more than was covered.
    pub fn words(&self) -> String {
        match self.standing {
            Standing::Intact if !self.last_line_covered => "The chain holds up to the last line, which an older version of this program wrote without a hash: it agrees with the lines before it, and what it says besides is not covered".to_owned(),
            Standing::Unfinished if self.head_fits => {
                "The chain holds, and it is the record of that report, but it is not finished: the program ended before the test did".to_owned()
            }
            Standing::Intact
            | Standing::Unfinished
            | Standing::Altered(_)
            | Standing::OtherHead
            | Standing::Disagrees
            | Standing::OtherReport => self.standing.words(),
        }
    }
}

/// What to make of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The chain holds, the head is the wanted one (if one was given), the record is finished.
    Intact,
    /// The chain holds, but the end of the test is missing: the program ended before it, or somebody has cut it off.
    Unfinished,
    /// A line (counted from 1) was changed, moved, cut out or put in.
    Altered(u64),
    /// The chain holds, but its head is not the one the report shows: another record, or lines are missing at the end.
    OtherHead,
    /// The chain holds, but what was written down at the end is not what the lines before it give.
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

    /// Whether the record is the evidence it claims to be. One whose end is missing may lack a fail there.
    pub fn is_trustworthy(self) -> bool {
        self == Self::Intact
    }

    /// Whether something was found that should not be; a missing end is none, for a program may be killed.
    pub fn is_changed(self) -> bool {
        match self {
            Self::Intact | Self::Unfinished => false,
            Self::Altered(_) | Self::OtherHead | Self::Disagrees | Self::OtherReport => true,
        }
    }

    /// The standing in a sentence.
    fn words(self) -> String {
        match self {
            Self::Intact => "The chain holds: nothing was changed after it was written".to_owned(),
            Self::Unfinished => {
                "The chain holds, but the end is missing: the program ended before the test did, or lines were cut off, and nothing shows which".to_owned()
            }
            Self::Altered(line) => {
                format!("The chain is broken in line {line}: the record was changed after it was written")
            }
            Self::OtherHead => {
                "The chain holds, but it is not the record of that report, or lines are missing at its end".to_owned()
            }
            Self::Disagrees => {
                "The chain holds, but the end that was written down is not what the lines before it give".to_owned()
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
    let head_fits = head.is_some_and(|head| head.trim().eq_ignore_ascii_case(&record.integrity.head));
    // A record that was closed later has an end, but not that of its test.
    let is_abandoned = replayed.as_ref().is_some_and(|replayed| replayed.ended.as_deref() == Some(ABANDONED));
    let is_cut_short = is_abandoned || rounds.last().is_some_and(Round::is_cut_short);
    let standing = match record.completeness() {
        Completeness::Altered { line } => Standing::Altered(line),
        _ if head.is_some() && !head_fits => Standing::OtherHead,
        _ if rounds.iter().any(Round::disagrees) => Standing::Disagrees,
        Completeness::Finished if !is_cut_short => Standing::Intact,
        Completeness::Finished | Completeness::Waiting { .. } | Completeness::Interrupted { .. } => {
            Standing::Unfinished
        }
    };
    let is_resumed = |stamped: &&Stamped| matches!(stamped.entry, Entry::Resumed { .. });
    RecordCheck {
        standing,
        lines: record.integrity.lines,
        head: record.integrity.head.clone(),
        begun: record.begun,
        program_version: record.header.program_version.clone(),
        verdict: replayed.as_ref().and_then(|replayed| replayed.verdict(&record.header)),
        torn_bytes: record.integrity.torn_bytes,
        resumed: record.entries.iter().filter(is_resumed).count(),
        last_line_covered: head_fits || record.integrity.sealed,
        head_fits,
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
    resumed: usize,
    last_line_covered: bool,
}

/// The JSON of `report check`.
pub fn record_check_json(check: &RecordCheck) -> String {
    let wire = CheckWire {
        schema: "exchange365/report-check/1",
        standing: check.standing.as_str(),
        trustworthy: check.standing.is_trustworthy(),
        words: check.words(),
        broken_at: if let Standing::Altered(line) = check.standing { Some(line) } else { None },
        lines: check.lines,
        sha256: &check.head,
        begun: check.begun.to_string(),
        program_version: &check.program_version,
        verdict: check.verdict.map(Verdict::as_str),
        torn_bytes: check.torn_bytes,
        resumed: check.resumed,
        last_line_covered: check.last_line_covered,
    };
    // Texts, numbers and flags alone: serialising cannot fail.
    escaped_json(&serde_json::to_string_pretty(&wire).unwrap_or_default())
}
