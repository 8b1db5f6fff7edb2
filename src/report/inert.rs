//! Makes text from outside harmless to read: nothing hidden, nothing that turns the text around, no endless names.

use std::{borrow::Cow, fmt::Write as _};

/// Longest sentence shown to people; JSON and CSV keep texts whole.
const LONGEST_TEXT: usize = 2000;
/// Longest name, address or id shown to people.
const LONGEST_VALUE: usize = 260;

/// The text with every control, direction mark and invisible character written out as `⟨U+202E⟩`; a line end
/// becomes a space.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| is_hidden(character) || is_line_end(character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_line_end(character) {
            shown.push(' ');
        } else if is_hidden(character) {
            // Writing to a text cannot fail.
            let _infallible = write!(shown, "⟨U+{:04X}⟩", u32::from(character)).is_err();
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A sentence, visible, cut to what a page can bear.
pub(super) fn shown_text(text: &str) -> Cow<'_, str> {
    shown(text, LONGEST_TEXT)
}

/// A name, an address or an id, visible, cut to what a table can bear.
pub(super) fn shown_value(text: &str) -> Cow<'_, str> {
    shown(text, LONGEST_VALUE)
}

/// Visible, and cut.
pub(super) fn shown(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        Some((at, _)) => {
            let all = text.chars().count();
            Cow::Owned(format!("{}… ({all} characters)", visible(text.get(..at).unwrap_or_default())))
        }
        None => visible(text),
    }
}

/// JSON as it was, with hidden characters as escapes. They can stand in strings alone.
pub(super) fn escaped_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) {
            let mut units = [0_u16; 2];
            for unit in character.encode_utf16(&mut units) {
                let _infallible = write!(text, "\\u{unit:04x}").is_err();
            }
        } else {
            text.push(character);
        }
    }
    text
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

/// Controls, direction marks, zero-width and other invisible characters, and what XML does not allow.
fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FFFE}'..='\u{FFFF}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{E0000}'..='\u{10FFFF}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("føroyar 用户 שלום"), "føroyar 用户 שלום");
        assert_eq!(visible("a\u{202e}b\u{0}c\nd\u{feff}"), "a⟨U+202E⟩b⟨U+0000⟩c d⟨U+FEFF⟩");
    }

    #[test]
    fn long_texts_are_cut_and_say_so() {
        assert_eq!(shown_value(&"x".repeat(260)).len(), 260);
        assert!(shown_text(&"é".repeat(10_000)).ends_with("é… (10000 characters)"));
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a": "x\u{202e}y\u{e0041}z\u{7f}"});
        let text = escaped_json(&value.to_string());
        assert!(text.contains("\\u202e") && !text.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
