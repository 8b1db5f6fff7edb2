//! What copying from portals, mails and PDFs leaves around a value, taken off and said.

use zeroize::Zeroizing;

/// A parsed value together with what had to be taken off the typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The value itself.
    pub value: T,
    /// What pasting had added, `None` when the text was clean.
    pub trimmed: Option<Trimmed>,
}

impl<T> Parsed<T> {
    /// The same note with another value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: convert(self.value), trimmed: self.trimmed }
    }
}

/// How many characters were taken off a pasted text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// Spaces, tabs and line ends at either end.
    pub spaces: usize,
    /// Characters nobody can see: zero-width, direction marks, controls, byte order mark.
    pub invisible: usize,
}

impl Trimmed {
    /// A sentence fragment for the person who pasted, such as "2 spaces and 1 invisible character".
    pub fn describe(self) -> String {
        let mut parts = Vec::new();
        if self.spaces > 0 {
            parts.push(plural(self.spaces, "space"));
        }
        if self.invisible > 0 {
            parts.push(plural(self.invisible, "invisible character"));
        }
        parts.join(" and ")
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Takes off spaces at both ends and invisible characters everywhere.
///
/// Inner spaces stay: they are for the parser of the value to refuse, or belong to the value.
pub fn clean(text: &str) -> Parsed<String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Parsed { value: text.to_owned(), trimmed: None };
    }
    // It may be a secret: room for all of it at once, and wiped, so that no part of it stays behind.
    let mut visible = Zeroizing::new(String::with_capacity(text.len()));
    visible.extend(text.chars().filter(|character| !is_invisible(*character)));
    let invisible = text.chars().count() - visible.chars().count();
    let value = visible.trim().to_owned();
    let spaces = visible.chars().count() - value.chars().count();
    let trimmed = (spaces + invisible > 0).then_some(Trimmed { spaces, invisible });
    Parsed { value, trimmed }
}

/// Format characters and controls that have no place in an id, an address or a secret.
/// White space is not among them: `trim` counts it separately.
pub(super) fn is_invisible(character: char) -> bool {
    match character {
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' => true,
        other => other.is_control() && !other.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_left_alone() {
        assert_eq!(clean("a b"), Parsed { value: "a b".to_owned(), trimmed: None });
    }

    #[test]
    fn pasted_leftovers_are_taken_off_and_counted() {
        let parsed = clean("\u{feff}\u{a0} x\u{200b}y\r\n");
        assert_eq!(parsed.value, "xy");
        let trimmed = parsed.trimmed.unwrap();
        assert_eq!(trimmed, Trimmed { spaces: 4, invisible: 2 });
        assert_eq!(trimmed.describe(), "4 spaces and 2 invisible characters");
        assert_eq!(Trimmed { spaces: 1, invisible: 0 }.describe(), "1 space");
    }
}
