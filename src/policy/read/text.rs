//! What `Format-List` and `Format-Table` print, with the prompts, wraps and cuts of a window.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ReadError,
    command::{self, CommandLine},
    json, line,
    record::{Cell, Record},
};

/// More objects than anybody pastes.
const MOST_RECORDS: usize = 20_000;

/// All objects in `text`, each with the command above it.
pub(super) fn read(text: &str) -> Result<Vec<Record>, ReadError> {
    let mut source = Source { rest: text, number: 1 };
    let mut reader = Reader::default();
    while let Some(line) = source.line() {
        if reader.records.len() >= MOST_RECORDS {
            reader.is_cut = true;
            break;
        }
        if json::begins(line) {
            let (records, length) = json::read(source.rest, source.number)?;
            reader.json(records);
            source.skip(length);
        } else if let Some(columns) = source.below().and_then(|below| columns(line, below)) {
            source.skip_line();
            source.skip_line();
            reader.table(&mut source, &columns);
        } else {
            reader.line(source.number, line);
            source.skip_line();
        }
    }
    Ok(reader.finish())
}

/// What is left of a text.
struct Source<'a> {
    rest: &'a str,
    /// The number of the line it begins in.
    number: usize,
}

impl<'a> Source<'a> {
    fn line(&self) -> Option<&'a str> {
        (!self.rest.is_empty()).then(|| cleaned(self.rest.lines().next().unwrap_or_default()))
    }

    fn below(&self) -> Option<&'a str> {
        self.rest.lines().nth(1).map(cleaned)
    }

    fn skip_line(&mut self) {
        self.skip(self.rest.find('\n').map_or(self.rest.len(), |end| end + 1));
    }

    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.number += skipped.matches('\n').count();
        self.rest = rest;
    }
}

fn cleaned(line: &str) -> &str {
    line.trim_start_matches('\u{feff}').trim_end_matches(['\r', ' ', '\u{feff}'])
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    open: Record,
    last: Option<(String, usize)>,
    /// A command that may go on in the next line.
    typed: Option<String>,
    /// The command whose output is read.
    command: Option<CommandLine>,
    runs: usize,
    outputs: usize,
    /// In a warning, which may have several lines.
    is_aside: bool,
    /// Commands of whose output something is missing.
    torn: BTreeSet<usize>,
    /// True when something was left out, and it cannot be told of which output.
    is_cut: bool,
}

impl Reader {
    fn finish(mut self) -> Vec<Record> {
        self.close();
        for record in &mut self.records {
            record.torn = self.is_cut || self.torn.contains(&record.run);
        }
        self.records
    }

    fn close(&mut self) {
        self.last = None;
        let record = std::mem::take(&mut self.open);
        if !record.cells.is_empty() {
            self.records.push(record);
        }
    }

    /// Another command begins, or one of which nothing is known.
    fn begin(&mut self, typed: Option<&str>) {
        self.settle();
        self.runs += 1;
        self.outputs += 1;
        self.command = Some(CommandLine::default());
        self.typed = typed.map(as_typed);
        self.is_aside = false;
    }

    /// What was typed is complete.
    fn settle(&mut self) {
        self.close();
        if let Some(typed) = self.typed.take() {
            self.command = Some(command::parse(&typed));
        }
    }

    /// The command went wrong: what follows is not its answer, and what stands above may be a part of it.
    fn fail(&mut self) {
        self.settle();
        self.torn.insert(self.runs);
        self.begin(None);
    }

    fn place(&self, record: Record) -> Record {
        Record { command: self.command.clone(), run: self.runs, output: self.outputs, ..record }
    }

    fn json(&mut self, records: Vec<Record>) {
        self.settle();
        self.is_aside = false;
        self.outputs += 1;
        let placed: Vec<Record> = records.into_iter().map(|record| self.place(record)).collect();
        self.records.extend(placed);
        self.outputs += 1;
    }

    fn line(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() {
            self.settle();
            self.is_aside = false;
        } else if let Some((typed, rest)) = self.typed.as_mut().zip(line::behind_continuation(line)) {
            typed.push('\n');
            typed.push_str(&as_typed(rest));
        } else if let Some(typed) = self.typed.as_mut().filter(|_| line.trim_start().starts_with('|')) {
            typed.push_str(&as_typed(line));
        } else if let Some(typed) = line::behind_prompt(line) {
            self.begin(Some(typed));
        } else if self.goes_on(line) {
            self.continue_value(line);
        } else if line::is_error(line) {
            self.fail();
        } else if line::is_aside(line) {
            self.settle();
            self.is_aside = true;
            self.look_for_more(line);
        } else if line::is_gap(line) {
            self.settle();
            self.is_cut = true;
        } else if let Some((name, value, column)) = pair(line) {
            self.pair(number, name, value, column);
        } else {
            self.words(line);
        }
    }

    fn pair(&mut self, number: usize, name: String, value: &str, column: usize) {
        if self.typed.is_some() || self.open.has(&name) {
            self.settle();
        }
        self.is_aside = false;
        if self.open.cells.is_empty() {
            self.open = self.place(Record { line: number, ..Record::default() });
        }
        self.open.cells.insert(name.clone(), Cell::printed(value));
        self.last = Some((name, column));
    }

    /// Words that are no output of a cmdlet.
    fn words(&mut self, line: &str) {
        if self.is_aside {
            self.look_for_more(line);
        } else if let Some(typed) = &mut self.typed {
            // A window that is not wide enough breaks what was typed anywhere.
            if typed.ends_with('`') {
                typed.push('\n');
            }
            typed.push_str(&as_typed(line));
        } else if command::is_in(line) {
            self.begin(Some(line));
        } else {
            self.close();
            // Behind a command this is something else's output: another prompt, an error in another language.
            if self.command.is_some() {
                self.begin(None);
            }
        }
    }

    fn look_for_more(&mut self, line: &str) {
        if line::tells_of_more(line) {
            self.torn.insert(self.runs);
        }
    }

    /// True when a line stands below the value above it, where a wrapped one goes on.
    fn goes_on(&self, line: &str) -> bool {
        let indent = line.chars().take_while(|character| *character == ' ').count();
        self.last.as_ref().is_some_and(|(_, column)| indent + 1 >= *column)
    }

    fn continue_value(&mut self, line: &str) {
        let Some((name, _)) = &self.last else { return };
        if let Some(cell) = self.open.cells.get_mut(name) {
            let joined = format!("{}{}", cell.text, line.trim());
            *cell = Cell::printed(&joined);
        }
    }

    /// Reads rows until an empty line.
    fn table(&mut self, source: &mut Source<'_>, columns: &[Column]) {
        self.settle();
        self.is_aside = false;
        self.outputs += 1;
        let first = self.records.len();
        while let Some(line) = source.line() {
            let ends = line.trim().is_empty()
                || line::behind_prompt(line).is_some()
                || line::is_error(line)
                || line::is_aside(line)
                || command::begins(line);
            if ends || self.records.len() >= MOST_RECORDS {
                break;
            }
            if line::is_gap(line) {
                self.is_cut = true;
            } else {
                self.row(source.number, row(line, columns), columns, first);
            }
            source.skip_line();
        }
        self.outputs += 1;
    }

    fn row(&mut self, number: usize, cells: BTreeMap<String, Cell>, columns: &[Column], first: usize) {
        let wrapped = columns.first().is_some_and(|column| cells.get(&column.name).is_none_or(|c| c.text.is_empty()));
        if wrapped && self.records.len() > first {
            if let Some(last) = self.records.last_mut() {
                extend_row(last, cells);
            }
        } else {
            self.records.push(self.place(Record { line: number, cells, ..Record::default() }));
        }
    }
}

/// A line of what was typed. A remark ends with its line, so that it hides nothing of what the next line does.
fn as_typed(line: &str) -> String {
    if line.contains('#') { format!("{line}\n") } else { line.to_owned() }
}

/// `Name : value`; PowerShell puts a space before the colon. The last part is the value's column.
fn pair(line: &str) -> Option<(String, &str, usize)> {
    let (left, value) = line.split_once(" :")?;
    if !(value.is_empty() || value.starts_with(' ')) {
        return None;
    }
    let name = left.trim();
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    is_name.then(|| (name.to_ascii_lowercase(), value, left.chars().count() + 3))
}

struct Column {
    name: String,
    start: usize,
}

/// The columns of a table whose second line is `line`: runs of dashes below the names.
fn columns(header: &str, line: &str) -> Option<Vec<Column>> {
    if !line.contains('-') || line.chars().any(|character| !matches!(character, '-' | ' ')) {
        return None;
    }
    let dashes: Vec<char> = line.chars().collect();
    let starts_run = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| dashes.get(before));
        dashes.get(*at) == Some(&'-') && before != Some(&'-')
    };
    let starts: Vec<usize> = (0..dashes.len()).filter(starts_run).collect();
    let names = slices(header, &starts);
    let columns = names.into_iter().zip(&starts).map(|(name, start)| {
        let name = name.text.trim().to_ascii_lowercase();
        let whole = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric());
        whole.then_some(Column { name, start: *start })
    });
    columns.collect()
}

/// `line` cut at the columns; a text that reaches across a border makes both its neighbours doubtful.
fn slices(line: &str, starts: &[usize]) -> Vec<Cell> {
    let characters: Vec<char> = line.chars().collect();
    let crosses = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        before.is_some_and(|before| *before != ' ')
    };
    let mut cells = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(characters.len()).min(characters.len());
        let text: String = characters.get(*start..end).unwrap_or_default().iter().collect();
        let next_crosses = starts.get(index + 1).is_some_and(|next| crosses(*next));
        // Before the first column nothing should stand.
        let doubtful = crosses(*start) || next_crosses;
        cells.push(if doubtful { Cell::doubtful(&text) } else { Cell::printed(&text) });
    }
    cells
}

fn row(line: &str, columns: &[Column]) -> BTreeMap<String, Cell> {
    let starts: Vec<usize> = columns.iter().map(|column| column.start).collect();
    let names = columns.iter().map(|column| column.name.clone());
    names.zip(slices(line, &starts)).collect()
}

/// A row that goes on in the next line; where it was broken is not known, so what was added to is doubtful.
fn extend_row(record: &mut Record, more: BTreeMap<String, Cell>) {
    for (name, cell) in more {
        if cell.text.is_empty() {
            continue;
        }
        let known = record.cells.entry(name).or_default();
        *known = Cell::doubtful(&format!("{}{}", known.text, cell.text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Record> {
        super::read(text).unwrap()
    }

    #[test]
    fn lists_are_read_with_wraps() {
        let text =
            "\nAppId             : 1\nDescription       : a long\n                    text\nX : y\n\nAppId : 2\n";
        let records = read(text);
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].value("description"), Some("a longtext"));
        assert_eq!(records[0].value("x"), Some("y"));
        assert_eq!(records[1].line, 7);
    }

    #[test]
    fn what_stands_left_of_a_value_does_not_go_on_with_it() {
        let below = |indent: usize| {
            let records = read(&format!("Name : long\n{}er\nX : y\n", " ".repeat(indent)));
            (records.len(), records[0].shown("name").to_owned())
        };
        assert_eq!(below(7), (1, "longer".to_owned()));
        assert_eq!(below(6), (1, "longer".to_owned()), "a window may take one blank away");
        assert_eq!(below(5), (2, "long".to_owned()));
    }

    #[test]
    fn a_row_that_goes_on_is_added_to_the_row_above_it() {
        let table = "Name  Kind\n----  ----\n";
        let records = read(&format!("{table}abcd  Long\n      er\nx     y\n"));
        assert_eq!(records.iter().map(|record| record.line).collect::<Vec<_>>(), [3, 5]);
        assert_eq!((records[0].value("name"), records[0].value("kind")), (Some("abcd"), None));
        assert_eq!((records[0].shown("kind"), records[1].value("kind")), ("Longer", Some("y")));
        // The row above it has to be of the same table.
        let records = read(&format!("A : 1\n\n{table}      er\n"));
        assert_eq!(records.iter().map(|record| record.shown("kind")).collect::<Vec<_>>(), ["", "er"]);
    }

    #[test]
    fn dashes_below_words_that_are_no_names_make_no_table() {
        for header in ["Na-me  Kind", "Name   ", "", "Some words"] {
            assert_eq!(read(&format!("{header}\n-----  ----\na      b\n")), [], "{header}");
        }
    }

    #[test]
    fn tables_are_read_by_their_columns() {
        let text = "Name  Kind   Ok\n----  ----   --\na b   Long   True\nc     Lon…   False\nd e f Lo     No\nabcdefgh x   y\n";
        let records = read(text);
        assert_eq!(records[0].value("name"), Some("a b"));
        assert_eq!(records[0].value("ok"), Some("True"));
        assert_eq!(records[1].value("kind"), None);
        assert_eq!(records[1].shown("kind"), "Lon…");
        assert_eq!(records[2].value("name"), Some("d e f"));
        assert_eq!(records[3].value("name"), None);
    }

    #[test]
    fn commands_above_an_output_belong_to_it() {
        let text = "PS C:\\> Test-ApplicationAccessPolicy -Identity a@b.com -AppId 1\n\nAppId : 1\n";
        assert_eq!(read(text)[0].command.as_ref().unwrap().identity.text(), Some("a@b.com"));
    }

    #[test]
    fn prompts_and_addresses_are_no_pairs() {
        assert_eq!(pair("PS C:\\> x"), None);
        assert_eq!(pair("https://x"), None);
        assert_eq!(pair("Some words : x"), None);
        assert_eq!(pair("A :"), Some(("a".to_owned(), "", 4)));
    }
}
