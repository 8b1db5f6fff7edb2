//! Makes text from outside harmless to read: nothing hidden, nothing that turns the text around, no endless names.

use std::borrow::Cow;

pub(super) use crate::base::{escaped_json, visible};

/// Longest sentence shown to people; JSON and CSV keep texts whole.
const LONGEST_TEXT: usize = 2000;
/// Longest name, address or id shown to people.
const LONGEST_VALUE: usize = 260;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_say_so() {
        assert_eq!(shown_value(&"x".repeat(260)).len(), 260);
        assert!(shown_text(&"é".repeat(10_000)).ends_with("é… (10000 characters)"));
    }
}
