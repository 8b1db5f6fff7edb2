//! What a sweep is asked for, and the list of mailboxes it comes to: texts, files, groups, the directory.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    base::{Field, InputError, InputFault, MailAddress},
    explain::{self, Problem},
    m365::graph::{MailboxName, People, PeopleClient},
    report::Coverage,
    verify::{Target, TargetList, Unreadable, decode, read_list},
};

use super::Senders;

/// No list of mailboxes is larger.
const FILE_LIMIT: u64 = 64 * 1024 * 1024;
/// How the list of further mailboxes is called.
const FURTHER: &str = "further permitted mailboxes";
/// Unreadable entries that are kept word for word.
const UNREADABLE_KEPT: usize = 50;

/// Everything a sweep is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweepRequest {
    /// The known senders: really sent as, as in `verify`.
    pub senders: Senders,
    /// Further mailboxes that must be reachable, as typed; nothing is sent as them.
    pub expected: String,
    /// Where the mailboxes come from.
    pub sources: Vec<SweepSource>,
    /// Mailboxes asked at a time.
    pub concurrency: usize,
    /// Keep a journal in the program's own folder where no other place is named; it is removed when all were asked.
    pub keep: bool,
    /// Where to keep a journal, so that the sweep can go on after it was stopped.
    pub journal: Option<PathBuf>,
    /// A journal to go on with. List and known senders are those of the journal.
    pub resume: Option<PathBuf>,
}

/// Where mailboxes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepSource {
    /// A pasted text or what came over standard input.
    Text {
        /// How it is called.
        name: String,
        /// Plain lines or a CSV.
        text: String,
    },
    /// A file, plain or CSV.
    File(PathBuf),
    /// Everybody in a group: its object id, address or name.
    Group(String),
    /// Everybody in the directory, where the token allows it.
    Directory,
}

/// The list of a sweep.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    pub(super) targets: Vec<Target>,
    pub(super) coverage: Coverage,
}

/// Reads a file whole.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Box<Problem>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_LIMIT).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(err) => {
            let fault = InputFault::FileUnreadable { path: path.display().to_string(), reason: err.to_string() };
            Err(Box::new(explain::input(&InputError::new(Field::ReportFile, fault))))
        }
    }
}

/// Puts the list together; `told` hears how many were found so far.
pub(super) async fn gather(
    request: &SweepRequest,
    permitted: &[MailAddress],
    people: &PeopleClient,
    told: impl Fn(usize) + Copy,
) -> Result<Gathered, Box<Problem>> {
    let further = further(&request.expected)?;
    let mut list = TargetList::new(&permitted.iter().map(MailboxName::from).chain(further.clone()).collect::<Vec<_>>());
    let mut coverage = Coverage::default();
    for source in &request.sources {
        match source {
            SweepSource::Text { name, text } => take_text(name, text, &mut list, &mut coverage),
            SweepSource::File(path) => {
                let file = path.clone();
                let read = tokio::task::spawn_blocking(move || read_file(&file)).await;
                let bytes = read.map_err(|_ended| Box::new(explain::no_mailboxes()))??;
                take_text(&path.display().to_string(), &decode(&bytes), &mut list, &mut coverage);
            }
            SweepSource::Group(group) => {
                let found = people.members(group, told).await.map_err(|err| Box::new(explain::directory(&err)))?;
                take_people(&format!("group {group}"), found, &mut list, &mut coverage);
            }
            SweepSource::Directory => {
                let found = people.everybody(told).await.map_err(|err| Box::new(explain::directory(&err)))?;
                take_people("directory", found, &mut list, &mut coverage);
            }
        }
    }
    match list.add_missing(further) {
        0 => {}
        added => coverage.sources.push(format!("{FURTHER}: {}", explain::grouped(added))),
    }
    let (targets, repeats) = list.finish();
    if targets.is_empty() {
        return Err(Box::new(explain::no_mailboxes()));
    }
    Ok(Gathered { targets, coverage: Coverage { repeats, ..coverage } })
}

/// Mailboxes that must be reachable, by any of the names that a list may use.
fn further(text: &str) -> Result<Vec<MailboxName>, Box<Problem>> {
    let listed = read_list(FURTHER, text);
    if let Some(entry) = listed.unreadable.first() {
        let reason = format!("it stands in line {} of the {FURTHER}, which take addresses and object ids", entry.line);
        let fault = InputFault::NotAnAddress { text: entry.text.clone(), reason };
        return Err(Box::new(explain::input(&InputError::new(Field::PermittedSender, fault))));
    }
    Ok(listed.mailboxes.into_iter().map(|listed| listed.mailbox).collect())
}

fn take_text(name: &str, text: &str, list: &mut TargetList, coverage: &mut Coverage) {
    let listed = read_list(name, text);
    let left_out = match listed.left_out {
        0 => String::new(),
        number => format!(", {} left out by #", explain::grouped(number)),
    };
    coverage.sources.push(format!("{name}: {}{left_out}", explain::grouped(listed.mailboxes.len())));
    coverage.unreadable += listed.unreadable.len();
    let room = UNREADABLE_KEPT.saturating_sub(coverage.unreadable_entries.len());
    let kept: Vec<Unreadable> = listed.unreadable.into_iter().take(room).collect();
    coverage.unreadable_entries.extend(kept);
    for mailbox in listed.mailboxes {
        list.add_listed(mailbox);
    }
}

fn take_people(name: &str, found: People, list: &mut TargetList, coverage: &mut Coverage) {
    coverage.sources.push(format!("{name}: {}", explain::grouped(found.people.len())));
    coverage.unreadable += found.unreadable;
    for person in found.people {
        list.add_person(person);
    }
}
