//! Takes secrets out of text that came from outside, before it is kept, shown or logged.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Secret;

const MASK: &str = "[removed]";
/// Shorter texts would mask ordinary words.
const SHORTEST_SECRET: usize = 4;

/// Knows the secrets of one session and takes them out of any text, in the encodings a server may echo.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Vec<Secret>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Redactor({} forms)", self.needles.len())
    }
}

impl Redactor {
    /// A redactor that also takes out `secret`: as it is, form-encoded, percent-encoded, JSON-escaped and in base64.
    #[must_use]
    pub fn with(mut self, secret: &Secret) -> Self {
        let text = secret.expose();
        if text.len() < SHORTEST_SECRET {
            return self;
        }
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let json = serde_json::to_string(text).unwrap_or_default();
        let quoted = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
        let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let mut forms = vec![text.to_owned(), form.to_lowercase(), form, percent.to_lowercase(), percent, quoted, html];
        for engine in [&BASE64_STANDARD, &BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE, &BASE64_URL_SAFE_NO_PAD] {
            forms.push(engine.encode(text));
        }
        forms.retain(|form| form.len() >= SHORTEST_SECRET);
        forms.sort();
        forms.dedup();
        // Longest first, so that no encoded form is cut by a shorter one.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        self.needles.extend(forms.into_iter().map(Secret::new));
        self
    }

    /// Whether `secret` is taken out already.
    pub fn knows(&self, secret: &Secret) -> bool {
        self.needles.contains(secret)
    }

    /// `text` without secrets, without anything that looks like a token, and without control characters
    /// other than line end and tab.
    pub fn scrub(&self, text: &str) -> String {
        let mut clean: String =
            text.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t')).collect();
        for needle in &self.needles {
            if clean.contains(needle.expose()) {
                clean = clean.replace(needle.expose(), MASK);
            }
        }
        mask_tokens(&clean)
    }
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
    fn tokens_and_control_characters_go_too() {
        let shown = Redactor::default().scrub("Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig-_1 end\u{7}\n");
        assert_eq!(shown, "Bearer [removed] end\n");
        assert_eq!(Redactor::default().scrub("eyJ is a prefix"), "eyJ is a prefix");
    }
}
