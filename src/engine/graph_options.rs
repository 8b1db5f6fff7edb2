//! Reads the `GraphOptions` block of Totalview Authentication's `appsettings.json`, or the block alone.
//!
//! Such files are edited by hand: byte order marks, comments and trailing commas are taken, as .NET takes them.

use std::{fs::File, io::Read as _, path::Path};

use zeroize::{Zeroize as _, Zeroizing};

use crate::base::{Field, InputError, InputFault, Secret};

/// Larger files are no settings file.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The four values of the block; what is missing is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphOptions {
    /// `SenderEmailAddress`
    pub sender: String,
    /// `TenantId`
    pub tenant_id: String,
    /// `ClientId`
    pub client_id: String,
    /// `ClientSecret`
    pub client_secret: Secret,
}

/// Reads a file.
pub(super) fn from_file(path: &Path) -> Result<GraphOptions, InputError> {
    let read = || {
        // Room for all of it at once: a buffer that grows leaves its beginnings behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(SIZE_LIMIT + 2));
        File::open(path)?.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|err: std::io::Error| {
        let fault = InputFault::FileUnreadable { path: path.display().to_string(), reason: err.to_string() };
        InputError::new(Field::GraphOptions, fault)
    })?;
    from_bytes(&bytes)
}

/// Reads a file's bytes: UTF-8, or UTF-16 with a byte order mark.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<GraphOptions, InputError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(unreadable("the file is larger than 1 MiB, choose appsettings.json"));
    }
    let wide = |from: fn([u8; 2]) -> u16, rest: &[u8]| {
        let mut units = Zeroizing::new(Vec::with_capacity(rest.len() / 2));
        units.extend(rest.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok().map(from)));
        // At most three bytes for each unit: so the text never grows either.
        let mut text = Zeroizing::new(String::with_capacity(units.len() * 3));
        for character in char::decode_utf16(units.iter().copied()) {
            text.push(character.ok()?);
        }
        Some(text)
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => wide(u16::from_be_bytes, rest),
        other => std::str::from_utf8(other).ok().map(|text| Zeroizing::new(text.to_owned())),
    };
    match text {
        Some(text) => from_text(&text),
        None => Err(unreadable("the file is not a text file, choose appsettings.json")),
    }
}

/// Reads a text: a whole settings file, `{"GraphOptions": {…}}`, `"GraphOptions": {…}` or the block alone.
pub(super) fn from_text(text: &str) -> Result<GraphOptions, InputError> {
    if text.len() > SIZE_LIMIT {
        return Err(unreadable("the text is larger than 1 MiB, paste the GraphOptions block alone"));
    }
    let plain = Zeroizing::new(without_comments(text.trim_start_matches('\u{feff}')));
    let mut braced = Zeroizing::new(String::with_capacity(plain.len() + 2));
    braced.extend(["{", plain.trim().trim_end_matches(','), "}"]);
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).map(Wiped);
    // Where the text itself is at fault is what helps; the braces around it are ours.
    let value = read(&plain).or_else(|first| read(&braced).or(Err(first))).map_err(|err| {
        let place = format!("line {}, column {}", err.line(), err.column());
        unreadable(&format!("this is not JSON ({place}), copy the whole GraphOptions block with its braces"))
    })?;
    let Some(block) = find_block(&value.0) else {
        return Err(unreadable("there is no GraphOptions block with TenantId, ClientId and ClientSecret in it"));
    };
    let read = |name: &str| entry(block, name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Ok(GraphOptions {
        sender: read("SenderEmailAddress"),
        tenant_id: read("TenantId"),
        client_id: read("ClientId"),
        client_secret: Secret::new(read("ClientSecret")),
    })
}

/// A whole settings file: all its texts are wiped when it goes, since any of them may be a secret.
struct Wiped(serde_json::Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => text.zeroize(),
        serde_json::Value::Array(values) => values.iter_mut().for_each(wipe),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(wipe),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// The object called `GraphOptions`, wherever it is, else the first object with a `TenantId` or `ClientId`.
fn find_block(value: &serde_json::Value) -> Option<&serde_json::Value> {
    let named = |name: &str, value: &serde_json::Value| name.eq_ignore_ascii_case("GraphOptions") && has_ids(value);
    find(value, "", &named, 0).or_else(|| find(value, "", &|_, value| has_ids(value), 0))
}

fn has_ids(value: &serde_json::Value) -> bool {
    entry(value, "TenantId").is_some() || entry(value, "ClientId").is_some()
}

/// The first object that is wanted, outer ones first.
fn find<'a>(
    value: &'a serde_json::Value,
    name: &str,
    is_wanted: &dyn Fn(&str, &serde_json::Value) -> bool,
    depth: usize,
) -> Option<&'a serde_json::Value> {
    let object = value.as_object().filter(|_| depth < 16)?;
    if is_wanted(name, value) {
        return Some(value);
    }
    object.iter().find_map(|(name, inner)| find(inner, name, is_wanted, depth + 1))
}

fn entry<'a>(value: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// JSON without `//` and `/* */` comments and without commas before a closing bracket; texts stay as they are.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut in_text = false;
    while let Some(character) = rest.next() {
        match (in_text, character, rest.peek()) {
            (true, '\\', Some(_)) => {
                out.push(character);
                out.extend(rest.next());
            }
            (_, '"', _) => {
                in_text = !in_text;
                out.push(character);
            }
            (false, '/', Some('/')) => {
                // The line end stays, so that error positions stay true.
                while rest.peek().is_some_and(|next| *next != '\n') {
                    rest.next();
                }
            }
            (false, '/', Some('*')) => skip_block_comment(&mut rest),
            (false, ']' | '}', _) => {
                let kept = out.trim_end().strip_suffix(',').map(str::len);
                if let Some(kept) = kept {
                    out.truncate(kept);
                }
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

fn skip_block_comment(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    rest.next();
    let mut last = ' ';
    for character in rest.by_ref() {
        if last == '*' && character == '/' {
            return;
        }
        last = character;
    }
}

fn unreadable(reason: &str) -> InputError {
    InputError::new(Field::GraphOptions, InputFault::Unreadable(reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = r#"{"SenderEmailAddress":"a@b.co","TenantId":"t","ClientId":"c","ClientSecret":"s//,}x"}"#;

    #[test]
    fn the_block_is_found_wherever_it_is() {
        for text in [
            BLOCK.to_owned(),
            format!("\u{feff}{{\"MailOptions\":{{\"GraphOptions\":{BLOCK},}}, /* x */ \"Language\":\"da\", // y\n}}"),
            format!("\"GraphOptions\": {BLOCK},"),
            format!("{{\"graphoptions\":{}}}", BLOCK.replace("TenantId", "tenantid")),
            format!("{{\"AzureAd\":{{\"TenantId\":\"other\"}},\"MailOptions\":{{\"GraphOptions\":{BLOCK}}}}}"),
        ] {
            let read = from_text(&text).unwrap();
            assert_eq!(
                (read.tenant_id.as_str(), read.client_id.as_str(), read.sender.as_str()),
                ("t", "c", "a@b.co"),
                "{text}"
            );
            assert_eq!(read.client_secret.expose(), "s//,}x");
        }
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(BLOCK.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(from_bytes(&wide).unwrap().tenant_id, "t");
    }

    #[test]
    fn what_cannot_be_read_is_said_without_the_secret() {
        for text in ["", "{", "[1]", "null", "{\"ClientSecret\":\"canary\"", "{\"ClientSecret\":\"canary\"}"] {
            let err = from_text(text).unwrap_err();
            assert!(!err.to_string().contains("canary"), "{err}");
        }
        assert!(from_bytes(&[0x00, 0xD8, 0xFF]).is_err());
    }
}
