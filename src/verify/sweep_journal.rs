//! The form of a sweep's journal: JSON lines, written as answers come in, read again when a sweep goes on.
//!
//! It holds whom the sweep asked and what was answered, and no secret: of the client secret only a salted
//! fingerprint of 16 bits, enough to notice another secret and far too little to find one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    base::{Secret, Timestamp},
    m365::{Outcome, Refusal, graph::MailboxName},
};

use super::{Control, Expected, Known, Shown, SweepLine, Target};

/// The form that is written.
pub const JOURNAL_SCHEMA: &str = "exchange365/sweep-journal/1";
/// Answers older than this say nothing of today.
pub const JOURNAL_HOURS: u64 = 24;

/// Whom and what a journal belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalHead {
    /// The form.
    pub schema: String,
    /// The tenant, as it was typed.
    pub tenant: String,
    /// The app registration.
    pub client_id: String,
    /// Graph's address.
    pub graph: String,
    /// Salt of the fingerprint.
    pub salt: String,
    /// Fingerprint of the client secret, 16 bits.
    pub credential_mark: String,
    /// Permitted senders of the controls.
    pub permitted: Vec<String>,
    /// Forbidden senders of the controls.
    pub forbidden: Vec<String>,
    /// Who gets the mails of the controls.
    pub recipient: String,
    /// Where the list came from, in words.
    pub sources: Vec<String>,
    /// Repeats that were left out.
    pub repeats: usize,
    /// Entries that could not be read.
    pub unreadable: usize,
    /// Mailboxes on the list.
    pub total: usize,
    /// When the sweep began, RFC 3339.
    pub started: String,
}

/// One line of a journal after its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Mailboxes of the list, in order; `true` for permitted ones.
    List(Vec<(String, bool)>),
    /// How real mails of the controls were answered in the part that begins here: who, and how. Answers of an earlier
    /// part stand beside them only where these are the same.
    Controls(Vec<(String, String)>),
    /// A mailbox was answered.
    Answer(Box<AnswerWire>),
    /// A look at the controls began. It can confirm the answers so far, and none that came while it was under way.
    Looking(String),
    /// The controls were seen to be as at the beginning: all answers before that look stand.
    Confirmed(String),
    /// They were not: answers since the last confirmation are void.
    Void(String),
}

/// An answer as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerWire {
    n: usize,
    o: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<Box<str>>,
    a: u32,
    ms: u64,
    at: Option<String>,
}

/// A journal as it was read.
#[derive(Debug, Clone)]
pub struct Journal {
    /// Whom it belongs to.
    pub head: JournalHead,
    /// The list.
    pub targets: Vec<Target>,
    /// Answers that stand.
    pub confirmed: BTreeMap<usize, SweepLine>,
    /// Answers that stand only if the controls are found as they were.
    pub unconfirmed: BTreeMap<usize, SweepLine>,
    /// How real mails of the controls were answered.
    pub controls: Vec<(String, String)>,
    /// Answers that the look under way covers.
    covered: BTreeSet<usize>,
    /// How much of the text is whole; a line that was cut off when the program ended is behind it.
    pub whole_bytes: usize,
}

/// Why a journal cannot be gone on with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalFault {
    /// Not a journal, or one of another version.
    #[error("the file is no journal of a sweep that this version can read (line {0})")]
    NotAJournal(usize),
    /// The list in it is not complete: the program ended before the first question.
    #[error("the journal ends before the list of mailboxes is complete; start the sweep anew")]
    Incomplete,
    /// It belongs to another tenant, app, secret or Graph.
    #[error("the journal belongs to another {0}; start the sweep anew")]
    Another(&'static str),
    /// Too old.
    #[error("the journal's last answer is older than {JOURNAL_HOURS} hours; start the sweep anew")]
    Old,
}

impl JournalHead {
    /// Whether a sweep with these credentials may go on with it.
    pub fn check(&self, tenant: &str, client_id: &str, graph: &str, secret: &Secret) -> Result<(), JournalFault> {
        let another = |what| Err(JournalFault::Another(what));
        if !self.tenant.eq_ignore_ascii_case(tenant) {
            return another("tenant");
        }
        if !self.client_id.eq_ignore_ascii_case(client_id) {
            return another("app registration");
        }
        if self.graph != graph {
            return another("address of Microsoft Graph");
        }
        if self.credential_mark != fingerprint(&self.salt, secret) {
            return another("client secret");
        }
        Ok(())
    }
}

/// A new salt.
pub fn new_salt() -> String {
    Uuid::new_v4().simple().to_string()
}

/// 16 bits of an FNV-1a hash over salt and secret.
pub fn fingerprint(salt: &str, secret: &Secret) -> String {
    let bytes = salt.bytes().chain(secret.expose().bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:04x}", (hash ^ (hash >> 32) ^ (hash >> 16)) & 0xffff)
}

/// One line, without its end.
pub fn to_line(entry: &impl Serialize) -> String {
    // Texts, numbers and lists alone: serialising cannot fail.
    serde_json::to_string(entry).unwrap_or_default()
}

/// The list in lines of a bearable length.
pub fn list_entries(targets: &[Target]) -> Vec<Entry> {
    let entry = |target: &Target| (target.mailbox.to_string(), target.expected == Expected::Permitted);
    targets.chunks(200).map(|chunk| Entry::List(chunk.iter().map(entry).collect())).collect()
}

/// How real mails of the controls were answered, in an order of its own.
pub fn known_controls(controls: &[Control]) -> Vec<(String, String)> {
    let name = |known: Known| match known {
        Known::Accepted => Outcome::Accepted.as_str(),
        Known::Refused(refusal) => refusal_name(refusal),
    };
    let mut known: Vec<(String, String)> = controls
        .iter()
        .map(|control| (control.address.to_string().to_lowercase(), name(control.known).to_owned()))
        .collect();
    known.sort();
    known
}

/// An answered mailbox.
pub fn answer_entry(line: &SweepLine) -> Entry {
    Entry::Answer(Box::new(AnswerWire {
        n: line.index,
        o: line.shown.as_str().to_owned(),
        refusal: match line.shown {
            Shown::Refused(refusal) => Some(refusal_name(refusal).to_owned()),
            Shown::Reached | Shown::Other(_) | Shown::Unconfirmed | Shown::NotAsked => None,
        },
        status: line.http_status,
        code: line.error_code.as_deref().map(str::to_owned),
        text: line.error_message.as_deref().map(str::to_owned),
        id: line.request_id.clone(),
        own: line.client_request_id.clone(),
        a: line.attempts,
        ms: line.elapsed_ms,
        at: line.finished.map(|time| time.to_string()),
    }))
}

/// Reads a journal. A last line that was cut off is left out; anything else that cannot be read is a fault.
pub fn read_journal(text: &str) -> Result<Journal, JournalFault> {
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = text.get(..whole).unwrap_or_default().lines().enumerate();
    let head = lines.next().and_then(|(_, line)| serde_json::from_str::<JournalHead>(line).ok());
    let head = head.filter(|head| head.schema == JOURNAL_SCHEMA).ok_or(JournalFault::NotAJournal(1))?;
    let mut journal = Journal {
        head,
        targets: Vec::new(),
        confirmed: BTreeMap::new(),
        unconfirmed: BTreeMap::new(),
        controls: Vec::new(),
        covered: BTreeSet::new(),
        whole_bytes: whole,
    };
    for (number, line) in lines {
        let entry = serde_json::from_str(line).ok().ok_or(JournalFault::NotAJournal(number + 1))?;
        journal.take(entry).ok_or(JournalFault::NotAJournal(number + 1))?;
    }
    if journal.targets.len() == journal.head.total { Ok(journal) } else { Err(JournalFault::Incomplete) }
}

impl Journal {
    fn take(&mut self, entry: Entry) -> Option<()> {
        match entry {
            Entry::List(entries) => {
                for (name, is_permitted) in entries {
                    let expected = if is_permitted { Expected::Permitted } else { Expected::Forbidden };
                    self.targets.push(Target { mailbox: MailboxName::parse(&name).ok()?, expected });
                }
            }
            Entry::Controls(controls) => {
                if controls != self.controls {
                    self.forget();
                }
                self.controls = controls;
            }
            Entry::Answer(answer) => {
                let line = self.line(*answer)?;
                self.confirmed.remove(&line.index);
                self.covered.remove(&line.index);
                self.unconfirmed.insert(line.index, line);
            }
            Entry::Looking(_) => self.covered = self.unconfirmed.keys().copied().collect(),
            Entry::Confirmed(_) => {
                for index in std::mem::take(&mut self.covered) {
                    self.confirmed.extend(self.unconfirmed.remove_entry(&index));
                }
            }
            Entry::Void(_) => {
                self.unconfirmed.clear();
                self.covered.clear();
            }
        }
        Some(())
    }

    /// Drops every answer.
    pub fn forget(&mut self) {
        self.confirmed.clear();
        self.unconfirmed.clear();
        self.covered.clear();
    }

    /// Drops the answers that are older than `oldest`, say no time, or claim to come from after `now`: what is asked
    /// again is better than what is only believed.
    pub fn keep_between(&mut self, oldest: Timestamp, now: Timestamp) {
        let is_good = |line: &SweepLine| line.finished.is_some_and(|time| oldest <= time && time <= now);
        self.confirmed.retain(|_, line| is_good(line));
        self.unconfirmed.retain(|_, line| is_good(line));
    }

    /// How many answers there are.
    pub fn answered(&self) -> usize {
        self.confirmed.len() + self.unconfirmed.len()
    }

    fn line(&self, answer: AnswerWire) -> Option<SweepLine> {
        let target = self.targets.get(answer.n)?;
        Some(SweepLine {
            index: answer.n,
            mailbox: target.mailbox.clone(),
            expected: target.expected,
            shown: shown(&answer.o, answer.refusal.as_deref())?,
            http_status: answer.status,
            error_code: answer.code.map(Arc::from),
            error_message: answer.text.map(Arc::from),
            request_id: answer.id,
            client_request_id: answer.own,
            attempts: answer.a,
            elapsed_ms: answer.ms,
            finished: answer.at.and_then(|time| time.parse().ok()),
        })
    }

    /// When the last answer came.
    pub fn last_answer(&self) -> Option<Timestamp> {
        self.confirmed.values().chain(self.unconfirmed.values()).filter_map(|line| line.finished).max()
    }
}

fn refusal_name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Raop => "raop",
        Refusal::ODataDisabled => "odata_disabled",
        Refusal::Plain => "plain",
    }
}

fn shown(name: &str, refusal: Option<&str>) -> Option<Shown> {
    let known = [Refusal::Raop, Refusal::ODataDisabled, Refusal::Plain];
    if let Some(refusal) = refusal {
        return known.into_iter().find(|known| refusal_name(*known) == refusal).map(Shown::Refused);
    }
    if name == Shown::Reached.as_str() {
        return Some(Shown::Reached);
    }
    Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name).map(Shown::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T08:00:00Z";

    fn head(total: usize) -> JournalHead {
        JournalHead {
            schema: JOURNAL_SCHEMA.to_owned(),
            tenant: "contoso.com".to_owned(),
            client_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            graph: "https://graph.microsoft.com/v1.0".to_owned(),
            salt: "s".to_owned(),
            credential_mark: fingerprint("s", &Secret::new("canary~secret".to_owned())),
            permitted: vec!["a@x.com".to_owned()],
            forbidden: vec!["b@x.com".to_owned()],
            recipient: "r@x.com".to_owned(),
            sources: vec!["list".to_owned()],
            repeats: 0,
            unreadable: 0,
            total,
            started: NOW.to_owned(),
        }
    }

    fn target(name: &str, expected: Expected) -> Target {
        Target { mailbox: MailboxName::parse(name).unwrap(), expected }
    }

    fn line(index: usize, shown: Shown, targets: &[Target]) -> SweepLine {
        SweepLine {
            shown,
            http_status: Some(403),
            error_message: Some("ø \"quoted\"\nline".into()),
            attempts: 2,
            finished: Some(NOW.parse().unwrap()),
            ..SweepLine::not_asked(index, &targets[index])
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_the_cut_off_end_is_not() {
        let targets = [target("a@x.com", Expected::Permitted), target("b@x.com", Expected::Forbidden)];
        let lines = [line(0, Shown::Reached, &targets), line(1, Shown::Refused(Refusal::Raop), &targets)];
        let mut text = to_line(&head(2)) + "\n";
        for entry in list_entries(&targets) {
            text += &(to_line(&entry) + "\n");
        }
        text += &(to_line(&answer_entry(&lines[0])) + "\n");
        text += &(to_line(&Entry::Looking(NOW.to_owned())) + "\n");
        text += &(to_line(&Entry::Confirmed(NOW.to_owned())) + "\n");
        text += &(to_line(&answer_entry(&lines[1])) + "\n");
        let whole = text.len();
        text += r#"{"answer":{"n":1,"o":"reach"#;
        let journal = read_journal(&text).unwrap();
        assert_eq!((journal.targets.len(), journal.whole_bytes), (2, whole));
        assert_eq!(journal.confirmed.get(&0), Some(&lines[0]));
        assert_eq!(journal.unconfirmed.get(&1), Some(&lines[1]));
        assert!(!text.contains("canary"));
    }

    #[test]
    fn void_answers_are_dropped_and_garbage_is_refused() {
        let targets = [target("a@x.com", Expected::Forbidden)];
        let start = to_line(&head(1)) + "\n" + &to_line(&list_entries(&targets)[0]) + "\n";
        let answer = to_line(&answer_entry(&line(0, Shown::Other(Outcome::NoAnswer), &targets))) + "\n";
        let void = to_line(&Entry::Void(NOW.to_owned())) + "\n";
        let journal = read_journal(&(start.clone() + &answer + &void)).unwrap();
        assert!(journal.confirmed.is_empty() && journal.unconfirmed.is_empty());
        assert_eq!(read_journal(&(start.clone() + "{}\n")).unwrap_err(), JournalFault::NotAJournal(3));
        assert_eq!(read_journal("").unwrap_err(), JournalFault::NotAJournal(1));
        assert_eq!(read_journal(&(to_line(&head(1)) + "\n")).unwrap_err(), JournalFault::Incomplete);
    }

    #[test]
    fn other_credentials_are_refused() {
        let head = head(0);
        let secret = Secret::new("canary~secret".to_owned());
        let (client, graph) = (head.client_id.clone(), head.graph.clone());
        assert_eq!(head.check("Contoso.com", &client, &graph, &secret), Ok(()));
        let other = Secret::new("another".to_owned());
        for (result, what) in [
            (head.check("x.com", &client, &graph, &secret), "tenant"),
            (head.check("contoso.com", "x", &graph, &secret), "app registration"),
            (head.check("contoso.com", &client, "x", &secret), "address of Microsoft Graph"),
            (head.check("contoso.com", &client, &graph, &other), "client secret"),
        ] {
            assert_eq!(result, Err(JournalFault::Another(what)));
        }
    }
}
