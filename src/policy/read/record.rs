//! One object as PowerShell printed it: names and values, each value whole or cut.

use std::collections::BTreeMap;

use super::command::CommandLine;

/// A printed value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// The text, joined where it was wrapped.
    pub(super) text: String,
    /// True when it was cut, may have been, or is a number standing for a word.
    pub(super) doubtful: bool,
}

impl Cell {
    /// A value that may end in PowerShell's mark for "cut here".
    pub(super) fn printed(text: &str) -> Self {
        let text = text.trim();
        // A list is cut inside its braces.
        let doubtful = text.contains('\u{2026}') || text.contains("...");
        Self { text: text.to_owned(), doubtful }
    }

    pub(super) fn doubtful(text: &str) -> Self {
        Self { text: text.trim().to_owned(), doubtful: true }
    }
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Record {
    /// The line it begins in.
    pub(super) line: usize,
    /// Its values by property name in lower case.
    pub(super) cells: BTreeMap<String, Cell>,
    /// The command that printed it, when that stands above it; one without a cmdlet is a command nobody knows.
    pub(super) command: Option<CommandLine>,
    /// Which command that is, counted; 0 where none stands above it.
    pub(super) run: usize,
    /// Which list, table or JSON value it stands in, counted: several objects of one answer stand in one.
    pub(super) output: usize,
    /// True when the text itself says that something of what the command printed is missing here.
    pub(super) torn: bool,
}

impl Record {
    /// True when it has the property, whole or cut.
    pub(super) fn has(&self, name: &str) -> bool {
        self.cells.contains_key(name)
    }

    /// A value that is there and whole; an empty one counts.
    pub(super) fn whole(&self, name: &str) -> Option<&str> {
        self.cells.get(name).filter(|cell| !cell.doubtful).map(|cell| cell.text.as_str())
    }

    /// A value that is there, whole and not empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.whole(name).filter(|text| !text.is_empty())
    }

    /// The text of a value, even of a cut one, for showing it.
    pub(super) fn shown(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", |cell| cell.text.as_str())
    }
}
