//! The other form of `sendMail`: a whole MIME message in base64.

use axum::http::StatusCode;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{message::Message, reply::GraphError};

/// Reads header fields; the content of the mail is nobody's business here.
pub(super) fn read(body: &[u8]) -> Result<Message, GraphError> {
    let encoded: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let invalid = || {
        GraphError::exchange(
            StatusCode::BAD_REQUEST,
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    };
    let decoded = BASE64_STANDARD.decode(encoded).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(invalid)?;
    let text = String::from_utf8_lossy(&decoded).replace("\r\n", "\n");
    let fields = header_fields(&text);
    let lists = ["To", "Cc", "Bcc"];
    Ok(Message {
        subject: values(&fields, "Subject").first().map_or_else(String::new, |value| (*value).to_owned()),
        recipients: lists.iter().flat_map(|list| values(&fields, list)).flat_map(addresses).collect(),
        from: values(&fields, "From").into_iter().flat_map(addresses).next(),
        headers: fields.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-")).cloned().collect(),
        save_to_sent_items: true,
    })
}

fn values<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    fields.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
}

fn header_fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (_, _, Some((name, value))) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
            (_, _, None) => {}
        }
    }
    fields
}

fn addresses(list: &str) -> Vec<String> {
    list.split(',')
        .map(|entry| match (entry.rfind('<'), entry.rfind('>')) {
            (Some(from), Some(to)) => entry.get(from + 1..to).unwrap_or_default(),
            _ => entry,
        })
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_are_unfolded() {
        let mime = "From: Kari <kari@x.example>\r\nTo: a@x.example,\r\n B <b@x.example>\r\nSubject: Test\r\nX-Test-Id: 7\r\n\r\nTo: no@x.example\r\n";
        let message = read(BASE64_STANDARD.encode(mime).as_bytes()).unwrap();
        assert_eq!(message.recipients, ["a@x.example", "b@x.example"]);
        assert_eq!(message.from.as_deref(), Some("kari@x.example"));
        assert_eq!(message.headers, [("X-Test-Id".to_owned(), "7".to_owned())]);
        assert_eq!(read(b"***").unwrap_err().code, "ErrorMimeContentInvalidBase64String");
    }
}
