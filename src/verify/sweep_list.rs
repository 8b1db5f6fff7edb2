//! From a pasted or opened list to mailboxes (pure): plain lines, or a CSV with a column of addresses.
//!
//! What cannot be read is kept and said: a mailbox that was left out of a sweep is not covered by it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
};

use crate::m365::graph::{MailboxName, Person};

use super::{Expected, Target};

/// Columns that hold the name to send with, the most telling first. Compared in lower case, without blanks.
const COLUMNS: [&str; 12] = [
    "userprincipalname",
    "upn",
    "primarysmtpaddress",
    "windowsemailaddress",
    "emailaddress",
    "mail",
    "email",
    "e-mail",
    "address",
    "mailbox",
    "externaldirectoryobjectid",
    "objectid",
];

/// What stands between the entries of a plain list.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// An entry that is no mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The list it stood in.
    pub source: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its text, shortened.
    pub text: String,
}

/// A mailbox as a list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMailbox {
    /// The name to ask with.
    pub mailbox: MailboxName,
    /// Its other names in the same row: the primary address beside the user principal name.
    pub also: Vec<MailboxName>,
}

/// A list as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The mailboxes in order, repeats included.
    pub mailboxes: Vec<ListedMailbox>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Remarks that hold a mailbox: somebody has left it out by putting a `#` before it.
    pub left_out: usize,
}

/// Text from a file: UTF-8, or UTF-16 with its mark as Windows PowerShell writes it.
pub fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Reads a list. `source` is how it is called when something in it cannot be read.
///
/// A line that begins with `#` and a blank, or with `#` and holds no address, is a remark. In a CSV of several columns
/// it must not hold a separator either: there a row may begin like that.
pub fn read_list(source: &str, text: &str) -> Listed {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim().is_empty())
        .peekable();
    let mut listed = Listed::default();
    while let Some((_, line)) = lines.next_if(|(_, line)| is_remark(line, None)) {
        listed.left_out += usize::from(names_a_mailbox(line));
    }
    let header = lines.peek().and_then(|(_, first)| Header::of(first));
    if header.is_some() {
        lines.next();
    }
    let separator = header.as_ref().and_then(|header| (header.width > 1).then_some(header.separator));
    for (number, line) in lines {
        if is_remark(line, separator) {
            listed.left_out += usize::from(names_a_mailbox(line));
        } else if let Some(header) = &header {
            header.take(&mut listed, source, number, line);
        } else {
            for entry in line.split(SEPARATORS).map(unquoted).filter(|entry| !entry.is_empty()) {
                take(&mut listed, source, number, &entry);
            }
        }
    }
    listed
}

fn is_remark(line: &str, separator: Option<char>) -> bool {
    let line = line.trim_start();
    let rest = line.trim_start_matches('#');
    if rest.len() == line.len() {
        return false;
    }
    let is_row = separator.is_some_and(|separator| rest.contains(separator));
    !is_row && (rest.starts_with(char::is_whitespace) || !rest.contains('@'))
}

fn names_a_mailbox(remark: &str) -> bool {
    let rest = remark.trim_start().trim_start_matches('#');
    rest.split(SEPARATORS).any(|entry| MailboxName::parse(&unquoted(entry)).is_ok())
}

fn take(listed: &mut Listed, source: &str, line: usize, entry: &str) {
    if let Ok(mailbox) = MailboxName::parse(entry) {
        listed.mailboxes.push(ListedMailbox { mailbox, also: Vec::new() });
    } else {
        listed.refuse(source, line, entry);
    }
}

impl Listed {
    fn refuse(&mut self, source: &str, line: usize, entry: &str) {
        let text = entry.chars().filter(|character| !character.is_control()).take(80).collect();
        self.unreadable.push(Unreadable { source: source.to_owned(), line, text });
    }
}

/// The first line of a CSV.
struct Header {
    separator: char,
    /// How many columns there are.
    width: usize,
    /// Those of the name to ask with: one, or several of the same name.
    columns: Vec<usize>,
    /// Those that hold other names of the same mailbox.
    others: Vec<usize>,
}

impl Header {
    /// `None` when the line holds an address itself, or names no known column.
    fn of(line: &str) -> Option<Self> {
        let separator = [';', '\t', ','].into_iter().find(|separator| line.contains(*separator)).unwrap_or(',');
        let names: Vec<String> =
            csv_fields(line, separator).iter().map(|name| name.to_lowercase().replace([' ', '_'], "")).collect();
        if names.iter().any(|name| name.contains('@')) {
            return None;
        }
        let main = COLUMNS.into_iter().find(|known| names.iter().any(|name| name == known))?;
        let places = |is_wanted: &dyn Fn(&str) -> bool| {
            names.iter().enumerate().filter(|(_, name)| is_wanted(name)).map(|(place, _)| place).collect()
        };
        let columns = places(&|name| name == main);
        let others = places(&|name| name != main && COLUMNS.contains(&name));
        Some(Self { separator, width: names.len(), columns, others })
    }

    fn take(&self, listed: &mut Listed, source: &str, number: usize, line: &str) {
        // A cell too many has moved the others: whoever stands in the column is somebody else's address.
        let Some(fields) = csv_row(line, self.separator).filter(|fields| fits(fields, self.width)) else {
            return listed.refuse(source, number, line);
        };
        let at = |places: &[usize]| -> Vec<&String> {
            places.iter().filter_map(|place| fields.get(*place)).filter(|field| !field.is_empty()).collect()
        };
        let entries = at(&self.columns);
        // An empty field is a person without that address: not covered, and said so.
        if entries.is_empty() {
            return listed.refuse(source, number, line);
        }
        let also: Vec<MailboxName> =
            at(&self.others).into_iter().filter_map(|other| MailboxName::parse(other).ok()).collect();
        for entry in entries {
            match MailboxName::parse(entry) {
                Ok(mailbox) => listed.mailboxes.push(ListedMailbox { mailbox, also: also.clone() }),
                Err(_) => listed.refuse(source, number, entry),
            }
        }
    }
}

/// Whether a row has no more cells than there are columns; empty ones at its end do not count.
pub fn fits(fields: &[String], width: usize) -> bool {
    fields.iter().skip(width).all(String::is_empty)
}

/// The fields of one line (RFC 4180 but for line ends inside quotes, which no list of mailboxes has).
pub fn csv_fields(line: &str, separator: char) -> Vec<String> {
    fields_of(line, separator).0
}

/// The same; `None` when a quote is left open, so that nobody can tell where its field ends.
pub fn csv_row(line: &str, separator: char) -> Option<Vec<String>> {
    let (fields, is_open) = fields_of(line, separator);
    (!is_open).then_some(fields)
}

fn fields_of(line: &str, separator: char) -> (Vec<String>, bool) {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                field.push('"');
                characters.next();
            }
            '"' => is_quoted = !is_quoted,
            other if other == separator && !is_quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    (fields.iter().map(|field| field.trim().to_owned()).collect(), is_quoted)
}

fn unquoted(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Cow::Borrowed(text.trim_matches('"'))
    } else {
        Cow::Owned(crate::base::clean(text).value.trim_matches('"').trim().to_owned())
    }
}

/// The list of everybody to be asked, each once.
#[derive(Debug, Clone, Default)]
pub struct TargetList {
    targets: Vec<Target>,
    /// Where it stands in the list.
    seen: BTreeMap<String, usize>,
    permitted: BTreeSet<String>,
    /// Those of the permitted that were on the list, by whichever name.
    met: BTreeSet<String>,
    repeats: usize,
}

impl TargetList {
    /// A list that knows who is permitted.
    pub fn new<'a>(permitted: impl IntoIterator<Item = &'a MailboxName>) -> Self {
        Self { permitted: permitted.into_iter().map(MailboxName::key).collect(), ..Self::default() }
    }

    /// One more mailbox; a repeat is counted and left out.
    pub fn add(&mut self, mailbox: MailboxName) {
        self.add_named(mailbox, &[]);
    }

    /// A mailbox of a list, permitted by any of its names.
    pub fn add_listed(&mut self, listed: ListedMailbox) {
        self.add_named(listed.mailbox, &listed.also);
    }

    /// A person of the directory, permitted by either name.
    pub fn add_person(&mut self, person: Person) {
        self.add_named(person.mailbox, person.mail.as_slice());
    }

    /// Those of `mailboxes` that no source has named: whoever has to be reachable is asked. How many were added.
    pub fn add_missing(&mut self, mailboxes: impl IntoIterator<Item = MailboxName>) -> usize {
        let before = self.targets.len();
        for mailbox in mailboxes {
            if !self.met.contains(&mailbox.key()) {
                self.add(mailbox);
            }
        }
        self.targets.len() - before
    }

    fn add_named(&mut self, mailbox: MailboxName, others: &[MailboxName]) {
        let key = mailbox.key();
        let mut is_permitted = self.meet(&key);
        for other in others {
            is_permitted |= self.meet(&other.key());
        }
        let expected = if is_permitted { Expected::Permitted } else { Expected::Forbidden };
        match self.seen.entry(key) {
            Entry::Vacant(place) => {
                place.insert(self.targets.len());
                self.targets.push(Target { mailbox, expected });
            }
            Entry::Occupied(place) => {
                self.repeats += 1;
                // Another source knows it by the name that is permitted.
                if let Some(target) = self.targets.get_mut(*place.get()).filter(|_| is_permitted) {
                    target.expected = expected;
                }
            }
        }
    }

    fn meet(&mut self, name: &str) -> bool {
        let is_permitted = self.permitted.contains(name);
        if is_permitted {
            self.met.insert(name.to_owned());
        }
        is_permitted
    }

    /// The mailboxes, and how many repeats were left out.
    pub fn finish(self) -> (Vec<Target>, usize) {
        (self.targets, self.repeats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        read_list("list", text).mailboxes.iter().map(|listed| listed.mailbox.to_string()).collect()
    }

    #[test]
    fn lists_come_in_many_forms() {
        let expected = ["a@x.com", "b@x.com"];
        for text in [
            "a@x.com\nb@x.com\n",
            "\u{feff}a@x.com\r\n\r\n# a remark\r\nb@x.com",
            "a@x.com, b@x.com",
            "a@x.com;b@x.com;",
            "UserPrincipalName\na@x.com\nb@x.com",
            "\"DisplayName\",\"UserPrincipalName\"\n\"Åse, B.\",\"a@x.com\"\n\"B \"\"b\"\"\",\"b@x.com\"",
            "Name;Primary Smtp Address;Alias\nA;a@x.com;a\nB;b@x.com;b",
            "#TYPE Selected.User\n\"Mail\",\"Id\"\n\"a@x.com\",\"1\"\n\"b@x.com\",\"2\"",
            "mail\tuser_principal_name\nother@y.com\ta@x.com\nother@y.com\tb@x.com",
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let listed = read_list("people.csv", "upn,name\na@x.com,A\n,No address\nnobody,C\n");
        assert_eq!(listed.mailboxes.len(), 1);
        let told: Vec<(usize, &str)> = listed.unreadable.iter().map(|it| (it.line, it.text.as_str())).collect();
        assert_eq!(told, [(3, ",No address"), (4, "nobody")]);
    }

    #[test]
    fn files_of_windows_powershell_are_read() {
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("å@x.com".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(names(&decode(&wide)), ["å@x.com"]);
        assert_eq!(decode("\u{feff}x".as_bytes()), "x");
    }

    #[test]
    fn everybody_is_asked_once() {
        let name = |text: &str| MailboxName::parse(text).unwrap();
        let permitted = [name("A@x.com"), name("alias@x.com")];
        let mut list = TargetList::new(&permitted);
        list.add(name("a@x.com"));
        list.add(name("A@X.com"));
        list.add_person(Person { mailbox: name("b@x.onmicrosoft.com"), mail: Some(name("Alias@x.com")) });
        list.add(name("c@x.com"));
        let (targets, repeats) = list.finish();
        let expected: Vec<Expected> = targets.iter().map(|target| target.expected).collect();
        assert_eq!(expected, [Expected::Permitted, Expected::Permitted, Expected::Forbidden]);
        assert_eq!(repeats, 1);
    }
}
