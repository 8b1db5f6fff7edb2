//! What `ConvertTo-Json` prints: an object or a list, perhaps broken by the window's width.

use serde_json::{Map, Value};

use super::{
    ReadError,
    record::{Cell, Record},
};

/// True for a line in which JSON begins.
pub(super) fn begins(line: &str) -> bool {
    let trimmed = line.trim_start_matches(BLANK);
    let rest = trimmed.get(1..).unwrap_or_default().trim_start();
    let is_object = trimmed.starts_with('{') && (rest.is_empty() || rest.starts_with(['"', '}']));
    let is_list = trimmed.starts_with('[') && (rest.is_empty() || rest.starts_with(['{', ']']));
    is_object || is_list
}

/// The objects of the value that begins in the first line of `text`, which is line `line`, and where it ends.
pub(super) fn read(text: &str, line: usize) -> Result<(Vec<Record>, usize), ReadError> {
    let from = text.trim_start_matches(BLANK);
    let value = from.get(..extent(from)).unwrap_or(from);
    let bad = |err: serde_json::Error| ReadError::BadJson { line, reason: err.to_string() };
    // A window breaks long lines; within JSON a line break never means anything.
    // Where it is broken is said of the text as it was pasted.
    let parsed: Value = match serde_json::from_str(value) {
        Ok(parsed) => parsed,
        Err(err) => serde_json::from_str(&joined(value)).or(Err(bad(err)))?,
    };
    let mut records = Vec::new();
    collect(parsed, line, &mut records);
    Ok((records, text.len() - from.len() + value.len()))
}

/// What may stand before JSON in its line.
const BLANK: [char; 3] = ['\u{feff}', ' ', '\t'];

/// How long the object or list is that `text` begins with; all of it when it has no end.
fn extent(text: &str) -> usize {
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => within = !within,
            '{' | '[' if !within => depth += 1,
            '}' | ']' if !within => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// `text` without line breaks.
pub(super) fn joined(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect()
}

fn collect(value: Value, line: usize, records: &mut Vec<Record>) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, line, records)),
        Value::Object(mut fields) => {
            // Windows PowerShell wraps some lists: {"value": […], "Count": 2}.
            let wraps = fields.len() == 2 && fields.contains_key("Count");
            if wraps && let Some(Value::Array(list)) = fields.get_mut("value") {
                collect(Value::Array(std::mem::take(list)), line, records);
            } else {
                records.push(record(fields, line));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn record(fields: Map<String, Value>, line: usize) -> Record {
    let cells = fields.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), cell(&value))).collect();
    Record { line, cells, ..Record::default() }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::default(),
        Value::Bool(true) => Cell { text: "True".to_owned(), doubtful: false },
        Value::Bool(false) => Cell { text: "False".to_owned(), doubtful: false },
        // Words of a closed list come as their number, and which number is which is nowhere promised.
        Value::Number(number) => Cell::doubtful(&number.to_string()),
        Value::String(text) => Cell { text: text.trim().to_owned(), doubtful: false },
        Value::Array(items) => {
            let cells: Vec<Cell> = items.iter().map(cell).collect();
            let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
            Cell { text: texts.join(", "), doubtful: cells.iter().any(|cell| cell.doubtful) }
        }
        Value::Object(fields) => match fields.get("value").or_else(|| fields.get("Value")) {
            Some(inner @ Value::String(_)) => cell(inner),
            _ => Cell::doubtful(""),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_ok(text: &str) -> Vec<Record> {
        read(text, 1).unwrap().0
    }

    #[test]
    fn an_object_and_a_list_are_read_to_their_end() {
        assert_eq!(read_ok("{\"A\":\"x\",\"B\":true,\"C\":null,\"D\":1}")[0].value("a"), Some("x"));
        let text = "\u{feff} [\n{\"A\":\"[{{x}\\\"\",\"B\":true,\"D\":1,\"E\":[\"p\",\"q\"]}]\nPS>";
        let (records, end) = read(text, 5).unwrap();
        let record = &records[0];
        assert_eq!((record.value("a"), record.value("b")), (Some("[{{x}\""), Some("True")));
        assert_eq!((record.value("d"), record.value("e"), record.line), (None, Some("p, q"), 5));
        assert_eq!(text.get(end..), Some("\nPS>"));
        assert_eq!(read_ok("{\"value\":[{\"A\":\"x\"},{\"A\":\"y\"}],\"Count\":2}").len(), 2);
        assert_eq!(read_ok("[{\"A\":\"x\"},{\"A\":\"y\"}]").len(), 2);
    }

    #[test]
    fn json_begins_with_a_bracket_and_what_may_follow_it() {
        for line in ["{", "[", " {\"A\":1}", "\u{feff}[{", "[ ]", "{}"] {
            assert!(begins(line), "{line}");
        }
        for line in ["", "AppId : 1", "{x} [y]", "[x", "PS> {"] {
            assert!(!begins(line), "{line}");
        }
    }

    #[test]
    fn a_property_called_value_is_no_wrapped_list() {
        for text in ["{\"value\":[\"p\"],\"A\":\"x\"}", "{\"value\":[\"p\"],\"Count\":1,\"A\":\"x\"}"] {
            let records = read_ok(text);
            assert_eq!((records.len(), records[0].value("value"), records[0].value("a")), (1, Some("p"), Some("x")));
        }
        let record = &read_ok("{\"A\":{\"value\":\"x\"},\"B\":{\"Value\":\"y\"},\"C\":{\"value\":1}}")[0];
        assert_eq!((record.value("a"), record.value("b"), record.value("c")), (Some("x"), Some("y"), None));
    }

    #[test]
    fn broken_lines_are_mended_and_broken_json_is_said() {
        assert_eq!(read_ok("{\n\"A\":\"long\n text\"}")[0].value("a"), Some("long text"));
        let reason = "EOF while parsing a value at line 2 column 4".to_owned();
        assert_eq!(read("{\n\"A\":", 2), Err(ReadError::BadJson { line: 2, reason }));
        assert!(read("{\"A\": b}", 1).is_err());
    }
}
