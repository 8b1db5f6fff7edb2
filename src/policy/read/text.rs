//! What `Format-List` and `Format-Table` print, with the prompts, wraps and cuts of a window.

use std::collections::BTreeMap;

use super::{
    command::{self, CommandLine},
    record::{Cell, Record},
};

/// More objects than anybody pastes.
const MOST_RECORDS: usize = 20_000;

/// All objects in `text`.
pub(super) fn read(text: &str) -> Vec<Record> {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(['\r', ' ', '\u{feff}'])).collect();
    let mut reader = Reader::default();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        if reader.records.len() >= MOST_RECORDS {
            break;
        }
        let header = lines.get(index.wrapping_sub(1)).copied().unwrap_or_default();
        if let Some(columns) = columns(header, line) {
            reader.close();
            index = reader.table(&lines, index + 1, &columns);
            continue;
        }
        reader.line(index + 1, line);
        index += 1;
    }
    reader.close();
    reader.records
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    open: Record,
    last: Option<(String, usize)>,
    command: Option<CommandLine>,
}

impl Reader {
    fn close(&mut self) {
        self.last = None;
        let record = std::mem::take(&mut self.open);
        if !record.cells.is_empty() {
            self.records.push(record);
        }
    }

    fn line(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() {
            self.close();
        } else if let Some(command) = command::in_line(line) {
            self.close();
            self.command = Some(command);
        } else if let Some((name, value, column)) = pair(line) {
            if self.open.has(&name) {
                self.close();
            }
            if self.open.cells.is_empty() {
                self.open.line = number;
                self.open.command = self.command.clone();
            }
            self.open.cells.insert(name.clone(), Cell::printed(value));
            self.last = Some((name, column));
        } else {
            self.continue_value(line);
        }
    }

    /// A wrapped value goes on below its own column; anything else ends the object.
    fn continue_value(&mut self, line: &str) {
        let indent = line.chars().take_while(|character| *character == ' ').count();
        let Some((name, column)) = self.last.clone() else { return };
        if indent + 1 < column {
            self.close();
            return;
        }
        if let Some(cell) = self.open.cells.get_mut(&name) {
            let joined = format!("{}{}", cell.text, line.trim());
            *cell = Cell::printed(&joined);
        }
    }

    /// Reads rows until an empty line; gives the index behind them.
    fn table(&mut self, lines: &[&str], from: usize, columns: &[Column]) -> usize {
        let mut index = from;
        let first = self.records.len();
        while let Some(line) = lines.get(index) {
            if line.trim().is_empty() || command::in_line(line).is_some() {
                break;
            }
            let cells = row(line, columns);
            let wrapped =
                columns.first().is_some_and(|column| cells.get(&column.name).is_none_or(|c| c.text.is_empty()));
            if wrapped && self.records.len() > first {
                if let Some(last) = self.records.last_mut() {
                    extend_row(last, cells);
                }
            } else {
                self.records.push(Record { line: index + 1, cells, command: self.command.clone() });
            }
            index += 1;
        }
        index
    }
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
        assert_eq!(read(text)[0].command.as_ref().unwrap().identity.as_deref(), Some("a@b.com"));
    }

    #[test]
    fn prompts_and_addresses_are_no_pairs() {
        assert_eq!(pair("PS C:\\> x"), None);
        assert_eq!(pair("https://x"), None);
        assert_eq!(pair("Some words : x"), None);
        assert_eq!(pair("A :"), Some(("a".to_owned(), "", 4)));
    }
}
