//! Text from outside, made harmless to read: nothing hidden, nothing that turns the text around or begins a new line.

use std::{borrow::Cow, fmt::Write as _};

use super::paste::is_invisible;

/// The text with every control, direction mark and invisible character written out as `⟨U+202E⟩`; a line end
/// becomes a space.
pub fn visible(text: &str) -> Cow<'_, str> {
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

/// JSON as it was, with hidden characters as escapes. They can stand in strings alone.
pub fn escaped_json(json: &str) -> String {
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

/// Controls, direction marks, zero-width and other invisible characters, and what XML does not allow.
fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{180B}'..='\u{180F}'
        | '\u{2028}'..='\u{2029}'
        | '\u{2800}'
        | '\u{FFF0}'..='\u{FFF8}'
        | '\u{FFFE}'..='\u{FFFF}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{E1000}'..='\u{10FFFF}' => true,
        other => other.is_control() || is_invisible(other),
    }
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("føroyar 用户 שלום"), "føroyar 用户 שלום");
        assert_eq!(visible("a\u{202e}b\u{0}c\nd\u{feff}"), "a⟨U+202E⟩b⟨U+0000⟩c d⟨U+FEFF⟩");
        assert_eq!(visible("a\u{1b}[31m\u{9b}2J\u{2028}b"), "a⟨U+001B⟩[31m⟨U+009B⟩2J b");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a": "x\u{202e}y\u{e0041}z\u{7f}"});
        let text = escaped_json(&value.to_string());
        assert!(text.contains("\\u202e") && !text.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
