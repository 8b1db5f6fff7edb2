//! Takes secrets out of text that came from outside, before it is kept, shown or logged.
//!
//! A server, proxy or library may echo a secret in any spelling, so a secret is not searched for as a text: each of its
//! characters is recognised in every way it can be written. `spelling` knows the ways.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use std::sync::Arc;

use super::{
    Secret,
    spelling::{Beginnings, spelled_length},
};

/// RFC 3986: these stay as they are.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const MASK: &str = "[removed]";
/// Shorter texts would mask ordinary words.
const SHORTEST_SECRET: usize = 4;
/// A secret cut off behind so many characters is still taken out.
const SHORTEST_START: usize = 10;
/// Shorter pieces of base64 would mask ordinary words.
const SHORTEST_CORE: usize = 6;

/// Knows the secrets of one session and takes them out of any text, in the encodings a server may echo.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Known>);

/// What a redactor knows; shared by its clones.
#[derive(Clone, Default)]
struct Known {
    needles: Vec<Needle>,
    beginnings: Beginnings,
}

/// One text to be taken out.
#[derive(Clone)]
struct Needle {
    text: Secret,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The secret itself.
    Whole,
    /// What remains the same of it in base64, whatever stands before it; it goes with the run it stands in.
    Core,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Redactor({} forms)", self.0.needles.len())
    }
}

impl Redactor {
    /// A redactor that also takes out `secret`: as it is, escaped for addresses, forms, JSON and HTML, once or more
    /// often, in hexadecimal, and in base64, also in the middle of something longer.
    #[must_use]
    pub fn with(mut self, secret: &Secret) -> Self {
        let text = secret.expose();
        if text.len() < SHORTEST_SECRET {
            return self;
        }
        let form: Zeroizing<String> = Zeroizing::new(url::form_urlencoded::byte_serialize(text.as_bytes()).collect());
        let percent = Zeroizing::new(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
        let json = Zeroizing::new(serde_json::to_string(text).unwrap_or_default());
        let quoted = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
        let hex: String = text
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect();
        let unreserved = Zeroizing::new(utf8_percent_encode(text, UNRESERVED).to_string());
        let inner = [text, &form, &percent, &unreserved, quoted];
        let mut cores: Vec<String> = inner.into_iter().flat_map(base64_cores).collect();
        cores.retain(|core| core.len() >= SHORTEST_CORE);
        cores.sort();
        cores.dedup();
        let needle = |kind| move |text: String| Needle { text: Secret::new(text), kind };
        let known = Arc::make_mut(&mut self.0);
        known.needles.extend([text.to_owned(), hex].map(needle(Kind::Whole)));
        known.needles.extend(cores.into_iter().map(needle(Kind::Core)));
        known.beginnings = Beginnings::of(known.needles.iter().map(|needle| needle.text.expose()));
        self
    }

    /// Whether `secret` is taken out already.
    pub fn knows(&self, secret: &Secret) -> bool {
        self.0.needles.iter().any(|needle| needle.kind == Kind::Whole && needle.text == *secret)
    }

    /// `text` without secrets, without anything that looks like a token, and without control characters
    /// other than line end and tab.
    pub fn scrub(&self, text: &str) -> String {
        let is_printable = text.bytes().fold(true, |is_printable, byte| is_printable & matches!(byte, b' '..=b'~'));
        let is_plain = (is_printable || !text.contains(char::is_control)) && !text.contains("eyJ");
        if is_plain && !self.0.stands_in(text) {
            return text.to_owned();
        }
        let clean: String =
            text.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t')).collect();
        let without = self.0.needles.iter().fold(clean, |text, needle| mask(text, needle, usize::MAX));
        let without = mask_tokens(&without);
        // Last, so that the start that one token shares with all others does not spoil the search for tokens.
        let whole = self.0.needles.iter().filter(|needle| needle.kind == Kind::Whole);
        whole.fold(without, |text, needle| mask(text, needle, SHORTEST_START))
    }
}

impl Known {
    /// Whether any needle, or the start of a secret, stands anywhere in `text`: hardly ever, and quickly told.
    fn stands_in(&self, text: &str) -> bool {
        self.beginnings.places(text).any(|at| {
            let rest = text.get(at..).unwrap_or_default();
            self.needles.iter().any(|needle| {
                let at_least = if needle.kind == Kind::Whole { SHORTEST_START } else { usize::MAX };
                spelled_length(rest, needle.text.expose(), at_least).is_some()
            })
        })
    }
}

/// Masks every place where `needle` stands, or at least so many characters of its start.
fn mask(text: String, needle: &Needle, at_least: usize) -> String {
    let mut out = String::new();
    let mut rest = text.as_str();
    let mut copied = rest;
    while let Some(character) = rest.chars().next() {
        match spelled_length(rest, needle.text.expose(), at_least) {
            Some(length) => {
                let before = copied.get(..copied.len() - rest.len()).unwrap_or_default();
                let behind = rest.get(length..).unwrap_or_default();
                let (before, behind) = match needle.kind {
                    Kind::Whole => (before, behind),
                    Kind::Core => {
                        (before.trim_end_matches(is_base64_character), behind.trim_start_matches(is_base64_character))
                    }
                };
                out.push_str(before);
                out.push_str(MASK);
                copied = behind;
                rest = behind;
            }
            None => rest = rest.get(character.len_utf8()..).unwrap_or_default(),
        }
    }
    if out.is_empty() && copied.len() == text.len() {
        return text;
    }
    out.push_str(copied);
    out
}

/// The part of a text's base64 that does not depend on what stands before and behind it: one for each of the three
/// places a byte can have in a group, in both alphabets.
fn base64_cores(text: &str) -> Vec<String> {
    let mut cores = Vec::new();
    for before in 0..3usize {
        let mut bytes = Zeroizing::new(Vec::with_capacity(before + text.len()));
        bytes.extend(std::iter::repeat_n(0, before).chain(text.bytes()));
        let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
            let encoded = Zeroizing::new(engine.encode(&*bytes));
            cores.extend(encoded.get(from..to).map(str::to_owned));
        }
    }
    cores
}

fn is_base64_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | '=')
}

/// Masks every run of token characters that is a JSON Web Token (`eyJ….….…`, signature or not).
fn mask_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|character: char| !is_token_character(character)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        if run.matches('.').count() >= 1 && run.len() >= 20 {
            out.push_str(MASK);
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '=')
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    #[test]
    fn every_form_of_the_secret_is_taken_out() {
        let text = "p~Q8Q+/=&%s\"<canary";
        let redactor = Redactor::default().with(&Secret::new(text.to_owned()));
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for echoed in [text.to_owned(), form, BASE64_STANDARD.encode(text), serde_json::to_string(text).unwrap()] {
            let shown = redactor.scrub(&format!("you sent client_secret={echoed}&x=1"));
            assert!(!shown.contains("canary") && !shown.contains(&echoed), "{shown}");
            assert!(shown.contains("&x=1"), "{shown}");
        }
    }

    #[test]
    fn a_secret_inside_something_encoded_is_taken_out() {
        let redactor = Redactor::default().with(&Secret::new("p~Q8Q+canary".to_owned()));
        for before in ["", "a", "id:", "client_secret="] {
            for inner in ["p~Q8Q+canary", "p~Q8Q%2Bcanary", "p%7EQ8Q%2Bcanary"] {
                let echoed = BASE64_STANDARD.encode(format!("{before}{inner}&more"));
                assert_eq!(redactor.scrub(&format!("got '{echoed}'")), "got '[removed]'", "{before}{inner}");
            }
        }
    }

    #[test]
    fn a_secret_cut_off_is_taken_out() {
        let redactor = Redactor::default().with(&Secret::new("p~Q8Q+canary~of~the~mine".to_owned()));
        assert_eq!(redactor.scrub("wrong: p~Q8Q%2Bcanary~…"), "wrong: [removed]…");
        assert_eq!(redactor.scrub("wrong: p~Q8Q…"), "wrong: p~Q8Q…");
    }

    #[test]
    fn the_quick_look_sees_whatever_would_be_taken_out() {
        let secrets =
            ["p~Q8Q+canary~of~the~mine", "Kelvin~secret~with~K", "%25&=\\escapes~first", "é~begins~otherwise"];
        let redactor = secrets
            .iter()
            .fold(Redactor::default(), |redactor, secret| redactor.with(&Secret::new((*secret).to_owned())));
        let slowly = |text: &str| {
            let clean = redactor.0.needles.iter().fold(text.to_owned(), |text, needle| mask(text, needle, usize::MAX));
            let whole = redactor.0.needles.iter().filter(|needle| needle.kind == Kind::Whole);
            whole.fold(clean, |text, needle| mask(text, needle, SHORTEST_START))
        };
        let mut texts: Vec<String> =
            ["d17a5b84-8a51-45ce-866b-cc8ee58a3659", "application/json", "k", "", "%41", "Access is denied."]
                .map(str::to_owned)
                .to_vec();
        for secret in secrets {
            let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            let start: String = secret.chars().take(12).collect();
            for form in [secret.to_owned(), percent, BASE64_STANDARD.encode(secret), secret.to_uppercase(), start] {
                texts.push(form.clone());
                texts.push(format!("id {form} end"));
                texts.push(form.replace('K', "\u{212a}"));
            }
        }
        for text in texts {
            assert_eq!(redactor.scrub(&text), slowly(&text), "{text}");
            assert_eq!(redactor.0.stands_in(&text), slowly(&text) != text, "{text}");
        }
    }

    #[test]
    fn tokens_and_control_characters_go_too() {
        let shown = Redactor::default().scrub("Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig-_1 end\u{7}\n");
        assert_eq!(shown, "Bearer [removed] end\n");
        assert_eq!(Redactor::default().scrub("eyJ is a prefix"), "eyJ is a prefix");
        let token = Secret::new("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.of-this-session".to_owned());
        let shown = Redactor::default().with(&token).scrub("eyJhbGciOiJub25lIn0.eyJiIjoxfQ.of-another");
        assert_eq!(shown, "[removed]");
    }
}
