//! Takes a record apart. Nothing in it is trusted: sizes, the chain, the order of things.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use crate::{base::Timestamp, verify::TestId};

use super::{
    Entry, GENESIS, Header, MAX_FILE_BYTES, MAX_LINE_BYTES, SCHEMA, Stamped, decode, hash, seal,
    wire::{EntryWire, LineWire},
};

/// Why a file cannot be taken as a record at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("could not read the file")]
    Io(#[from] io::Error),
    /// Larger than any record.
    #[error("the file is larger than any record")]
    TooLarge,
    /// Its first line is not that of a record, or not complete.
    #[error("the file does not begin like a record")]
    NotARecord,
    /// A newer version of this program wrote it.
    #[error("a newer version of this program wrote the record ({0})")]
    NewerSchema(String),
}

/// A record as far as it can be trusted: what stands behind a break of the chain is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The first line.
    pub header: Header,
    /// When it was written.
    pub begun: Timestamp,
    /// Every line after the first, up to the end or a break.
    pub entries: Vec<Stamped>,
    /// What checking the file showed.
    pub integrity: Integrity,
}

/// What checking the lines and their chain showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    /// Lines whose chain holds, the first included.
    pub lines: u64,
    /// SHA-256 of the last of them.
    pub head: String,
    /// The line (counted from 1) that was changed, moved, cut out or put in.
    pub broken_at: Option<u64>,
    /// Bytes of a last line that was not written to its end.
    pub torn_bytes: u64,
    /// The last line carries a hash over itself, so that a change of it shows. Records of older versions have none:
    /// there nothing but its meaning speaks for the last line.
    pub sealed: bool,
    /// Bytes of the lines whose chain holds.
    pub(super) whole_bytes: u64,
    /// The last line is whole but its line end is missing.
    pub(super) unended: bool,
}

impl Integrity {
    /// Whether the chain holds from the first line to the last whole one.
    pub fn holds(&self) -> bool {
        self.broken_at.is_none()
    }
}

/// How far a record got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It was written to its end.
    Finished,
    /// A watch was waiting for its next run.
    Waiting {
        /// When that is due.
        until: Timestamp,
        /// Why then.
        why: String,
    },
    /// The program ended in the middle of a run, or between two steps of a watch.
    Interrupted {
        /// Questions whose answer is not in the record; their mails may have been sent.
        in_flight: Vec<InFlight>,
    },
    /// The chain is broken: nothing can be said.
    Altered {
        /// The line, counted from 1.
        line: u64,
    },
}

/// A question without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// Position in the plan.
    pub index: usize,
    /// The mail's id.
    pub test_id: TestId,
    /// When it was asked.
    pub asked: Timestamp,
}

impl Record {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no record. A broken chain is no error: see [`Integrity`].
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let mut bytes = Vec::new();
        File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        Self::parse(&bytes)
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// They are no record.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge);
        }
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let (header, begun, own) = parse_header(first)?;
        let mut reader = Reader::new(first, own.as_deref());
        let mut record_entries = Vec::new();
        for line in lines {
            match reader.take(line, &header) {
                Some(stamped) => record_entries.push(stamped),
                None => break,
            }
        }
        Ok(Self { header, begun, entries: record_entries, integrity: reader.integrity })
    }

    /// How far it got.
    pub fn completeness(&self) -> Completeness {
        if let Some(line) = self.integrity.broken_at {
            return Completeness::Altered { line };
        }
        let is_watch = self.header.watch.is_some();
        let mut state = Completeness::Interrupted { in_flight: Vec::new() };
        for Stamped { time, entry } in &self.entries {
            match entry {
                Entry::Begun { .. } => state = Completeness::Interrupted { in_flight: Vec::new() },
                Entry::Asking { index, test_id } => {
                    if let Completeness::Interrupted { in_flight } = &mut state {
                        in_flight.push(InFlight { index: *index, test_id: test_id.clone(), asked: *time });
                    }
                }
                Entry::Answered { index, .. } => {
                    if let Completeness::Interrupted { in_flight } = &mut state {
                        in_flight.retain(|question| question.index != *index);
                    }
                }
                Entry::Concluded(_) | Entry::NotBegun { .. } if is_watch => {
                    state = Completeness::Interrupted { in_flight: Vec::new() };
                }
                Entry::Concluded(_) | Entry::NotBegun { .. } | Entry::Ended { .. } => state = Completeness::Finished,
                Entry::Waiting { until, why } => state = Completeness::Waiting { until: *until, why: why.clone() },
                Entry::Resumed { .. } | Entry::Unknown => {}
            }
        }
        state
    }
}

/// The header, when it was written, and the line's hash over itself.
fn parse_header(line: &[u8]) -> Result<(Header, Timestamp, Option<String>), ReadError> {
    let wire = parse_line(line).ok_or(ReadError::NotARecord)?;
    let EntryWire::Header(header) = wire.entry else { return Err(ReadError::NotARecord) };
    if header.schema != SCHEMA {
        let family = SCHEMA.trim_end_matches(|character: char| character.is_ascii_digit());
        let newer = header.schema.strip_prefix(family).is_some_and(|version| version.parse::<u32>().is_ok());
        return Err(if newer { ReadError::NewerSchema(header.schema) } else { ReadError::NotARecord });
    }
    let begun = decode::moment(&wire.time).ok_or(ReadError::NotARecord)?;
    if wire.n != 0 || wire.prev != GENESIS {
        return Err(ReadError::NotARecord);
    }
    let header = decode::header(*header).ok_or(ReadError::NotARecord)?;
    Ok((header, begun, wire.sha256))
}

fn parse_line(line: &[u8]) -> Option<LineWire> {
    let text = without_end(line);
    (text.len() <= MAX_LINE_BYTES).then(|| serde_json::from_slice(text).ok()).flatten()
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Follows the chain and the order of things.
struct Reader {
    integrity: Integrity,
    /// Questions of the current run; `None` once they are answered.
    asked: BTreeMap<usize, Option<TestId>>,
    in_run: bool,
    ended: bool,
}

impl Reader {
    fn new(first: &[u8], own: Option<&str>) -> Self {
        let is_changed = own.is_some_and(|own| !seal::fits(without_end(first), own));
        let integrity = Integrity {
            lines: u64::from(!is_changed),
            head: hash(without_end(first)),
            broken_at: is_changed.then_some(1),
            torn_bytes: 0,
            sealed: own.is_some(),
            whole_bytes: size(first),
            unended: !first.ends_with(b"\n"),
        };
        Self { integrity, asked: BTreeMap::new(), in_run: false, ended: false }
    }

    /// The next line; `None` at a break or at a last line that was not written to its end.
    fn take(&mut self, line: &[u8], header: &Header) -> Option<Stamped> {
        if !self.integrity.holds() {
            return None;
        }
        let whole = line.ends_with(b"\n");
        let stamped = self.check(line, header);
        match &stamped {
            Some(_) => {
                self.integrity.lines = self.integrity.lines.saturating_add(1);
                self.integrity.head = hash(without_end(line));
                self.integrity.whole_bytes = self.integrity.whole_bytes.saturating_add(size(line));
                self.integrity.unended = !whole;
            }
            // A machine that lost its power leaves half a line, or zeros, at the very end and nowhere else.
            None if !whole && parse_line(line).is_none() => self.integrity.torn_bytes = size(line),
            None => self.integrity.broken_at = Some(self.integrity.lines.saturating_add(1)),
        }
        stamped
    }

    fn check(&mut self, line: &[u8], header: &Header) -> Option<Stamped> {
        let wire = parse_line(line)?;
        if wire.n != self.integrity.lines || wire.prev != self.integrity.head {
            return None;
        }
        // A program that hashes its lines hashes all of them: where the hash is missing, it was taken out.
        let is_whole = match &wire.sha256 {
            Some(own) => seal::fits(without_end(line), own),
            None => !self.integrity.sealed,
        };
        if !is_whole {
            return None;
        }
        let time = decode::moment(&wire.time)?;
        let entry = decode::entry(wire.entry, &header.plan)?;
        self.integrity.sealed = wire.sha256.is_some();
        self.is_in_order(&entry, header).then_some(Stamped { time, entry })
    }

    /// No answer without its question, none after the end.
    fn is_in_order(&mut self, entry: &Entry, header: &Header) -> bool {
        if self.ended {
            return matches!(entry, Entry::Unknown);
        }
        match entry {
            Entry::Begun { .. } => {
                self.in_run = true;
                self.asked.clear();
                true
            }
            Entry::Asking { index, test_id } => {
                self.in_run && self.asked.insert(*index, Some(test_id.clone())).is_none()
            }
            Entry::Answered { index, line } => {
                self.in_run && self.asked.insert(*index, None).flatten().is_some_and(|asked| asked == line.test_id)
            }
            Entry::Concluded(_) | Entry::NotBegun { .. } => {
                let was_running = std::mem::replace(&mut self.in_run, false);
                self.ended = header.watch.is_none();
                was_running || matches!(entry, Entry::NotBegun { .. })
            }
            Entry::Ended { .. } => {
                self.in_run = false;
                self.ended = true;
                true
            }
            Entry::Waiting { .. } | Entry::Resumed { .. } => {
                self.in_run = false;
                true
            }
            Entry::Unknown => true,
        }
    }
}
