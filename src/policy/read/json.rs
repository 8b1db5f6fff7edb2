//! What `ConvertTo-Json` prints: one object, a list, or several in a row, perhaps broken by the window's width.

use serde_json::{Map, Value};

use super::{
    ReadError,
    record::{Cell, Record},
};

/// The objects in `text`, or `None` when it is no JSON.
pub(super) fn read(text: &str) -> Result<Option<Vec<Record>>, ReadError> {
    let Some((line, from)) = beginning(text) else { return Ok(None) };
    let values = match values(from) {
        Ok(values) => values,
        // A window breaks long lines; within JSON a line break never means anything.
        // Where it is broken is said of the text as it was pasted.
        Err(reason) => values(&joined(from)).or(Err(ReadError::BadJson { line, reason }))?,
    };
    let mut records = Vec::new();
    for value in values {
        collect(value, line, &mut records);
    }
    Ok(Some(records))
}

/// `text` without line breaks.
pub(super) fn joined(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect()
}

/// Where JSON begins: at the start of a line, above which only prompts and the like may stand.
fn beginning(text: &str) -> Option<(usize, &str)> {
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let trimmed = line.trim_start_matches(['\u{feff}', ' ', '\t']);
        let rest = trimmed.get(1..).unwrap_or_default().trim_start();
        let is_object = trimmed.starts_with('{') && (rest.is_empty() || rest.starts_with(['"', '}']));
        let is_list = trimmed.starts_with('[') && (rest.is_empty() || rest.starts_with(['{', ']']));
        if is_object || is_list {
            return text.get(offset + line.len() - trimmed.len()..).map(|from| (index + 1, from));
        }
        offset += line.len();
    }
    None
}

/// All values from here on; prompts behind the last one are passed over.
fn values(text: &str) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => found.push(value),
            Some(Err(err)) => return Err(err.to_string()),
            None => return Ok(found),
        }
        let end = stream.byte_offset();
        rest = rest.get(end..).unwrap_or_default();
        match beginning(rest) {
            Some((_, from)) => rest = from,
            None => return Ok(found),
        }
    }
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
    Record { line, cells, command: None }
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
        read(text).unwrap().unwrap()
    }

    #[test]
    fn one_object_a_list_and_several_are_read() {
        assert_eq!(read_ok("{\"A\":\"x\",\"B\":true,\"C\":null,\"D\":1}")[0].value("a"), Some("x"));
        let record = &read_ok("PS> x\n[\n{\"A\":\"x\",\"B\":true,\"D\":1,\"E\":[\"p\",\"q\"]}]\nPS>")[0];
        assert_eq!(record.value("b"), Some("True"));
        assert_eq!(record.value("d"), None);
        assert_eq!(record.value("e"), Some("p, q"));
        assert_eq!(read_ok("{\"A\":\"x\"}\nPS C:\\> again\n{\"A\":\"y\"}").len(), 2);
        assert_eq!(read_ok("{\"value\":[{\"A\":\"x\"},{\"A\":\"y\"}],\"Count\":2}").len(), 2);
        assert_eq!(read_ok("[{\"A\":\"x\"},{\"A\":\"y\"}]").len(), 2);
        let lines = |text: &str| read_ok(text).iter().map(|record| record.line).collect::<Vec<_>>();
        assert_eq!(lines("PS> x\n[\n{\"A\":\"x\"},\n{\"A\":\"y\"}\n]"), [2, 2], "a list begins at its bracket");
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
        assert_eq!(read("x\n{\n\"A\":"), Err(ReadError::BadJson { line: 2, reason }));
        assert_eq!(read("AppId : 1"), Ok(None));
        assert_eq!(read("{x} [y]"), Ok(None));
    }
}
