//! Graph's error body: `{"error":{"code","message","innerError":{"request-id",…}}}`.

use std::borrow::Cow;

use serde::Deserialize;

use crate::m365::{RequestIds, ServiceError};

#[derive(Deserialize)]
struct Envelope {
    error: Inner,
}

#[derive(Deserialize)]
struct Inner {
    code: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default, rename = "innerError", alias = "innererror")]
    ids: Option<InnerError>,
}

#[derive(Deserialize)]
struct InnerError {
    #[serde(rename = "request-id", default)]
    request_id: Option<String>,
    #[serde(rename = "client-request-id", default)]
    client_request_id: Option<String>,
}

/// Code and text, when `body` is in Graph's form and names a code.
pub(in crate::m365) fn parse(body: &str) -> Option<ServiceError> {
    let envelope = read(body)?;
    let code = envelope.error.code.trim();
    (!code.is_empty()).then(|| ServiceError {
        code: code.to_owned(),
        message: envelope.error.message.unwrap_or_default().trim().to_owned(),
    })
}

/// The ids inside the body; Exchange's own errors often come without them.
pub(in crate::m365) fn ids(body: &str) -> RequestIds {
    let inner = read(body).and_then(|envelope| envelope.error.ids);
    inner.map_or_else(RequestIds::default, |inner| RequestIds {
        request_id: inner.request_id,
        client_request_id: inner.client_request_id,
    })
}

fn read(body: &str) -> Option<Envelope> {
    let text = one_line(body);
    // Every part of it must be readable, those we do not look at as well: half a body is nobody's word.
    serde_json::from_str::<serde_json::Value>(&text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Some gateways wrap long texts with raw line ends, which JSON forbids inside a text and ignores outside of one.
fn one_line(body: &str) -> Cow<'_, str> {
    let body = body.trim_start_matches('\u{feff}');
    // All of it without stopping early: many bytes at a time.
    if body.bytes().fold(false, |found, byte| found | byte.is_ascii_control()) {
        Cow::Owned(body.replace(|character: char| character.is_ascii_control(), " "))
    } else {
        Cow::Borrowed(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_looked_at_must_be_readable_as_well() {
        for rest in [
            "",
            r#","a":[1,-2,2.5e3,true,null,{"b":"\u00e9\ud83d\ude00"},[]]"#,
            r#","a":1e999"#,
            r#","a":"\ud800""#,
            r#","a":"\q""#,
            r#","a":01"#,
            r#","a":[1,]"#,
            r#","a":nul"#,
            r#","a":{"b"}"#,
            r#","a":{1:2}"#,
        ] {
            let body = format!(r#"{{"error":{{"code":"ErrorAccessDenied","message":"x"{rest}}}}}"#);
            let is_json = serde_json::from_str::<serde_json::Value>(&body).is_ok();
            assert_eq!(parse(&body).is_some(), is_json, "{body}");
            assert!(parse(&body[..body.len() - 1]).is_none(), "{body}");
        }
    }

    #[test]
    fn raw_line_ends_in_a_text_are_blanks() {
        for (ends, blanks) in [("\n", " "), ("\r\n", "  "), ("\n\t\n", "   ")] {
            let body = format!(r#"{{"error":{{"code":"ErrorAccessDenied","message":"long{ends}text"}}}}"#);
            assert_eq!(parse(&body).map(|error| error.message), Some(format!("long{blanks}text")), "{ends:?}");
        }
    }
}
