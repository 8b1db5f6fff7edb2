//! Every way in which a text may come back, by other rules than the product's, to look for secrets in what is shown.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How many ways `written` knows.
pub(crate) const WAYS: usize = 11;

/// The text, written in one way.
pub(crate) fn written(text: &str, way: usize) -> String {
    const SOME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let each = |spell: &dyn Fn(char) -> String| {
        text.chars()
            .map(|character| if character.is_ascii_alphanumeric() { character.into() } else { spell(character) })
            .collect::<String>()
    };
    match way {
        0 => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        1 => utf8_percent_encode(text, SOME).to_string().to_lowercase(),
        2 => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        3 => each(&|character| format!("&#{};", u32::from(character))),
        4 => each(&|character| format!("&#x{:X};", u32::from(character))),
        5 => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.replace('"', "&quot;").replace('\'', "&#39;")
        }
        6 => each(&|character| format!("\\u{:04x}", u32::from(character))),
        7 => text.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/"),
        8 => text.to_uppercase(),
        9 => serde_json::to_string(text).unwrap().trim_matches('"').to_owned(),
        _ => text.to_owned(),
    }
}

/// All of them in a row, with base64 and hexadecimal, as a talkative server may send them back.
pub(crate) fn every_way(text: &str) -> String {
    let mut all: Vec<String> = (0..WAYS).map(|way| written(text, way)).collect();
    all.push(BASE64_STANDARD.encode(text));
    all.push(BASE64_STANDARD.encode(format!("id:{text}")));
    all.push(BASE64_URL_SAFE_NO_PAD.encode(format!("client_secret={}&x", written(text, 2))));
    all.push(text.bytes().map(|byte| format!("{byte:02X}")).collect());
    all.join(" | ")
}

/// Whether more than half of the secret in a row can still be read from `shown`.
pub(crate) fn survives(shown: &str, secret: &str) -> bool {
    let shown = shown.to_lowercase();
    let characters: Vec<char> = secret.chars().collect();
    let pieces: Vec<String> =
        characters.windows(characters.len() / 2 + 1).map(|piece| piece.iter().collect()).collect();
    let spelt = pieces.iter().any(|piece| {
        (0..WAYS).map(|way| written(piece, way).to_lowercase()).any(|once| once.len() >= 8 && shown.contains(&once))
    });
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    spelt
        || shown.contains(&hex[..hex.len() / 2])
        || shown.contains(&BASE64_STANDARD.encode(secret)[..12].to_lowercase())
}
