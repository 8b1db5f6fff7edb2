//! From a pasted or opened list to mailboxes (pure): plain lines, or a CSV with a column of addresses.
//!
//! What cannot be read is kept and said: a mailbox that was left out of a sweep is not covered by it.

use std::{borrow::Cow, collections::BTreeSet};

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

/// A list as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The mailboxes in order, repeats included.
    pub mailboxes: Vec<MailboxName>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
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
pub fn read_list(source: &str, text: &str) -> Listed {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .peekable();
    let header = lines.peek().and_then(|(_, first)| Header::of(first));
    let mut listed = Listed::default();
    if let Some(header) = header {
        lines.next();
        lines.for_each(|(number, line)| header.take(&mut listed, source, number, line));
    } else {
        for (number, line) in lines {
            let entries = line.split([',', ';', '\t']).map(unquoted).filter(|entry| !entry.is_empty());
            entries.for_each(|entry| take(&mut listed, source, number, &entry));
        }
    }
    listed
}

fn take(listed: &mut Listed, source: &str, line: usize, entry: &str) {
    if let Ok(mailbox) = MailboxName::parse(entry) {
        listed.mailboxes.push(mailbox);
    } else {
        let text = entry.chars().filter(|character| !character.is_control()).take(80).collect();
        listed.unreadable.push(Unreadable { source: source.to_owned(), line, text });
    }
}

/// The first line of a CSV.
struct Header {
    separator: char,
    column: usize,
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
        let column = COLUMNS.iter().find_map(|known| names.iter().position(|name| name == known))?;
        Some(Self { separator, column })
    }

    fn take(&self, listed: &mut Listed, source: &str, number: usize, line: &str) {
        let fields = csv_fields(line, self.separator);
        let entry = fields.get(self.column).map_or("", String::as_str);
        // An empty field is a person without that address: not covered, and said so.
        let shown = if entry.is_empty() { line } else { entry };
        take(listed, source, number, shown);
    }
}

/// The fields of one line (RFC 4180 but for line ends inside quotes, which no list of mailboxes has).
pub fn csv_fields(line: &str, separator: char) -> Vec<String> {
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
    fields.iter().map(|field| field.trim().to_owned()).collect()
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
    seen: BTreeSet<String>,
    permitted: BTreeSet<String>,
    repeats: usize,
}

impl TargetList {
    /// A list that knows who is permitted.
    pub fn new<'a>(permitted: impl IntoIterator<Item = &'a MailboxName>) -> Self {
        Self { permitted: permitted.into_iter().map(MailboxName::key).collect(), ..Self::default() }
    }

    /// One more mailbox; a repeat is counted and left out.
    pub fn add(&mut self, mailbox: MailboxName) {
        self.add_named(mailbox, None);
    }

    /// A person of the directory, permitted by either name.
    pub fn add_person(&mut self, person: Person) {
        self.add_named(person.mailbox, person.mail.as_ref());
    }

    fn add_named(&mut self, mailbox: MailboxName, mail: Option<&MailboxName>) {
        let key = mailbox.key();
        let is_permitted =
            self.permitted.contains(&key) || mail.is_some_and(|mail| self.permitted.contains(&mail.key()));
        let expected = if is_permitted { Expected::Permitted } else { Expected::Forbidden };
        if self.seen.insert(key) {
            self.targets.push(Target { mailbox, expected });
        } else {
            self.repeats += 1;
        }
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
        read_list("list", text).mailboxes.iter().map(ToString::to_string).collect()
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
