//! What a person has typed, as a message may repeat it: a secret gets into wrong boxes, lists and arguments.

use std::borrow::Cow;

/// Longest piece of what was typed that is repeated.
const LIMIT: usize = 60;
/// No part of an ordinary address is longer and has digits among its letters, but for a GUID.
const LONGEST_PART: usize = 24;
const NOT_REPEATED: &str = "the text entered (it looks like a secret and is not repeated)";

/// What was typed, in quotes and short enough for a sentence, never a secret.
pub fn echo(text: &str) -> String {
    if holds_a_secret(text) {
        return NOT_REPEATED.to_owned();
    }
    let mut shown: String = text.chars().filter(|character| !character.is_control()).take(LIMIT).collect();
    if text.chars().count() > LIMIT {
        shown.push('…');
    }
    format!("'{shown}'")
}

/// The same for the address of a service or a proxy, parts of which come in small letters whatever was typed.
pub fn echo_address(text: &str) -> String {
    let is_odd = |part: &str| {
        let is_long = part.chars().count() > LONGEST_PART && part.split('-').count() != 5;
        is_long && part.contains(|character: char| character.is_ascii_digit()) && part.contains(char::is_alphabetic)
    };
    if parts(text).flat_map(|part| part.split('.')).any(is_odd) { NOT_REPEATED.to_owned() } else { echo(text) }
}

/// What was typed as it is, a path for instance, unless it holds what looks like a secret.
pub fn unless_secret(text: &str) -> Cow<'_, str> {
    if holds_a_secret(text) { Cow::Borrowed("(not repeated, it looks like a secret)") } else { Cow::Borrowed(text) }
}

/// Secrets of Entra are some 40 characters of all kinds without a space; addresses and ids are not.
pub fn looks_like_a_secret(text: &str) -> bool {
    // As it would be shown: what is left out then must not hide it now.
    let text: String = text.chars().filter(|character| character.is_whitespace() || !character.is_control()).collect();
    let has = |kind: fn(char) -> bool| text.contains(kind);
    let long = (30..=60).contains(&text.chars().count());
    let mixed = has(|character| character.is_ascii_uppercase())
        && has(|character| character.is_ascii_lowercase())
        && has(|character| character.is_ascii_digit());
    let plain = text.contains(['@', '/', ' ', '\t', '\n']) || text.split('-').count() == 5;
    text.contains("Q~") || long && mixed && !plain
}

fn holds_a_secret(text: &str) -> bool {
    // Controls that count as white space are not shown either, so both readings are looked at.
    let joined: String = text.chars().filter(|character| !character.is_control()).collect();
    let words = text.split(char::is_whitespace).chain(joined.split(char::is_whitespace));
    words.chain(parts(&joined)).any(looks_like_a_secret)
}

/// The parts of a path or an address.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let separators = ['/', '\\', ':', '@', '?', '&', '=', '#', ',', ';', '\'', '"', '(', ')', '<', '>'];
    text.split(move |character: char| separators.contains(&character) || character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_values_are_repeated() {
        for text in [
            "11111111-2222-3333-4444-55555555555",
            "contoso",
            "Føroya Tele P/F",
            "anna.maria.with.a.long.name.1@contoso.onmicrosoft.com",
        ] {
            assert!(echo(text).contains(text), "{text}");
        }
        for text in [
            "https://login.example/11111111-2222-3333-4444-555555555555",
            "socks5://proxy2.contoso.com:1080",
            "http://graph.contoso.com/v1.0",
        ] {
            assert!(echo_address(text).contains(text), "{text}");
        }
        let path =
            "/home/anna/Evidence of 2026/exchange365-2026-11-23/a-name-that-is-longer-than-a-message-repeats.html";
        assert_eq!(unless_secret(path), path);
    }

    #[test]
    fn a_secret_inside_a_path_or_an_address_is_not_repeated() {
        let secret = "Xy78QaBcDeFgHiJkLmNoPqRsTuVwXyZ01234aaaa";
        for text in [
            format!("/etc/{secret}"),
            format!("C:\\secrets\\{secret}"),
            format!("http://{secret}:x"),
            format!("socks5://{secret}:1"),
            format!("ftp://x.example/{secret}?a=b"),
        ] {
            assert!(!echo(&text).contains("XyZ0") && !unless_secret(&text).contains("XyZ0"), "{text}");
            assert!(!echo_address(&text.to_lowercase()).contains("xyz0"), "{text}");
        }
    }
}
