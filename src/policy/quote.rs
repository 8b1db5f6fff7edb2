//! Text as PowerShell reads it back: the only way a value gets into a script.

/// The characters that PowerShell takes as a single quote, each of which can end a single-quoted string.
const SINGLE_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}'];

/// `value` as a single-quoted literal: nothing in it is expanded, and every quote in it is doubled.
pub fn powershell_literal(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('\'');
    for character in value.chars() {
        literal.push(character);
        if SINGLE_QUOTES.contains(&character) {
            literal.push(character);
        }
    }
    literal.push('\'');
    literal
}

/// A comma-separated list of literals, as a parameter of type `String[]` takes it.
pub(super) fn literal_list<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    values.into_iter().map(powershell_literal).collect::<Vec<_>>().join(",")
}

/// True when `text` holds a curved quote, which both PowerShell and Exchange's filters take for a straight one.
pub(super) fn has_curved_quote(text: &str) -> bool {
    text.contains(['\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}', '\u{201C}', '\u{201D}', '\u{201E}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quote_is_doubled_and_nothing_else_is_touched() {
        assert_eq!(powershell_literal(""), "''");
        assert_eq!(powershell_literal("O'Brien"), "'O''Brien'");
        assert_eq!(powershell_literal("\u{2018}\u{2019}\u{201a}\u{201b}").chars().count(), 10);
        assert_eq!(powershell_literal("$(x) `n \"y\" \u{201c}"), "'$(x) `n \"y\" \u{201c}'");
        assert_eq!(literal_list(["a", "b'"]), "'a','b'''");
    }
}
