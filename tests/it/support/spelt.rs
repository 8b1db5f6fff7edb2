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

/// Wrapped and torn apart as one line can be: by what logs, mail and other programs make of a long text.
pub(crate) fn every_torn_way(text: &str) -> String {
    let joined = |length: usize, between: &str| {
        let characters: Vec<char> = text.chars().collect();
        characters.chunks(length).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join(between)
    };
    let spelt = |spell: &dyn Fn(u32) -> String| -> String {
        let spell = |one: char| if one.is_ascii_alphanumeric() { one.to_string() } else { spell(one.into()) };
        text.chars().map(spell).collect()
    };
    let hexadecimal = |between: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let body = BASE64_STANDARD.encode(format!("client_id=x&scope=.default&client_secret={text}&grant_type=x"));
    let wrapped = |end: &str| body.as_bytes().chunks(24).map(String::from_utf8_lossy).collect::<Vec<_>>().join(end);
    let from = text.char_indices().nth(4).map_or(0, |(at, _)| at);
    [
        joined(1, " "),
        joined(7, "\\r\\n"),
        joined(9, "%0D%0A"),
        joined(3, "&#8203;"),
        spelt(&|code| format!("%u{code:04X}")),
        spelt(&|code| format!("\\u{{{code:x}}}")),
        spelt(&|code| format!("\\{code:03o}")),
        spelt(&|code| format!("&#{code}")),
        spelt(&|code| format!("\\u0026#{code};")),
        spelt(&|code| format!("%26%23{code}%3B")),
        hexadecimal("-"),
        hexadecimal(" "),
        hexadecimal(", 0x"),
        BASE64_STANDARD.encode(utf16),
        BASE64_STANDARD.encode(BASE64_STANDARD.encode(text)),
        wrapped("\\n"),
        wrapped(" "),
        text[from..].to_owned(),
    ]
    .join(" | ")
}

/// The same as a text of several lines, or one beyond ASCII, can be: no header holds them.
pub(crate) fn every_wrapped_way(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = characters.chunks(9).map(|piece| piece.iter().collect()).collect();
    let full = characters.iter().map(|one| char::from_u32(u32::from(*one) + 0xfee0).unwrap()).collect();
    let encoded = BASE64_STANDARD.encode(text);
    let wrapped: Vec<_> = encoded.as_bytes().chunks(19).map(String::from_utf8_lossy).collect();
    let ends = ["\n", "\r\n    ", "\t", "=\r\n", "\u{200b}", "\u{ad}", "\u{feff}", "\u{0}"];
    let torn = ends.into_iter().flat_map(|end| [lines.join(end), wrapped.join(end)]);
    torn.chain([full]).collect::<Vec<String>>().join(" | ")
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
    // However the lines of it lie.
    let letters = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let squeezed = letters(
        &["\\r", "\\n", "\\t", "%0d", "%0a", "\\u200b"].iter().fold(shown.clone(), |text, end| text.replace(end, "")),
    );
    let torn = pieces.iter().map(|piece| letters(&piece.to_lowercase()));
    spelt
        || torn.into_iter().any(|piece| piece.len() >= 8 && squeezed.contains(&piece))
        || shown.contains(&hex[..hex.len() / 2])
        || shown.contains(&BASE64_STANDARD.encode(secret)[..12].to_lowercase())
}
