//! The body of `sendMail`, judged as strictly as Graph judges it: unknown names and wrong types are refused.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::reply::GraphError;

/// What a mail says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) subject: String,
    /// To, Cc and Bcc together.
    pub(super) recipients: Vec<String>,
    /// The address given as sender, where one is given.
    pub(super) from: Option<String>,
    /// The sender's own header fields.
    pub(super) headers: Vec<(String, String)>,
    pub(super) save_to_sent_items: bool,
}

/// The type a property must have.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Texts,
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
    Object(&'static Shape),
    Objects(&'static Shape),
    /// Objects whose properties depend on their declared type.
    OpenObjects,
    OpenObject,
}

/// A type and the properties it knows.
#[derive(Debug)]
struct Shape {
    name: &'static str,
    properties: &'static [(&'static str, Kind)],
}

const EMAIL_ADDRESS: Shape =
    Shape { name: "microsoft.graph.emailAddress", properties: &[("address", Kind::Text), ("name", Kind::Text)] };
const RECIPIENT: Shape =
    Shape { name: "microsoft.graph.recipient", properties: &[("emailAddress", Kind::Object(&EMAIL_ADDRESS))] };
const BODY: Shape = Shape {
    name: "microsoft.graph.itemBody",
    properties: &[("contentType", Kind::Choice(&["text", "html"])), ("content", Kind::Text)],
};
const HEADER: Shape =
    Shape { name: "microsoft.graph.internetMessageHeader", properties: &[("name", Kind::Text), ("value", Kind::Text)] };
const MESSAGE: Shape = Shape {
    name: "microsoft.graph.message",
    properties: &[
        ("attachments", Kind::OpenObjects),
        ("bccRecipients", Kind::Objects(&RECIPIENT)),
        ("body", Kind::Object(&BODY)),
        ("bodyPreview", Kind::Text),
        ("categories", Kind::Texts),
        ("ccRecipients", Kind::Objects(&RECIPIENT)),
        ("changeKey", Kind::Text),
        ("conversationId", Kind::Text),
        ("conversationIndex", Kind::Text),
        ("createdDateTime", Kind::Text),
        ("extensions", Kind::OpenObjects),
        ("flag", Kind::OpenObject),
        ("from", Kind::Object(&RECIPIENT)),
        ("hasAttachments", Kind::Flag),
        ("id", Kind::Text),
        ("importance", Kind::Choice(&["low", "normal", "high"])),
        ("inferenceClassification", Kind::Choice(&["focused", "other"])),
        ("internetMessageHeaders", Kind::Objects(&HEADER)),
        ("internetMessageId", Kind::Text),
        ("isDeliveryReceiptRequested", Kind::Flag),
        ("isDraft", Kind::Flag),
        ("isRead", Kind::Flag),
        ("isReadReceiptRequested", Kind::Flag),
        ("lastModifiedDateTime", Kind::Text),
        ("multiValueExtendedProperties", Kind::OpenObjects),
        ("parentFolderId", Kind::Text),
        ("receivedDateTime", Kind::Text),
        ("replyTo", Kind::Objects(&RECIPIENT)),
        ("sender", Kind::Object(&RECIPIENT)),
        ("sentDateTime", Kind::Text),
        ("singleValueExtendedProperties", Kind::OpenObjects),
        ("subject", Kind::Text),
        ("toRecipients", Kind::Objects(&RECIPIENT)),
        ("uniqueBody", Kind::Object(&BODY)),
        ("webLink", Kind::Text),
    ],
};

/// Reads the JSON form. Only syntax is judged here; recipients and headers are Exchange's business.
pub(super) fn read(body: &[u8]) -> Result<Message, GraphError> {
    if body.is_empty() {
        return Err(bad_request("BadRequest", "Empty Payload. JSON content expected."));
    }
    let Ok(Value::Object(parameters)) = serde_json::from_slice(body) else {
        let text = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of \
                    valid JSON format.";
        return Err(bad_request("BadRequest", text));
    };
    let mut message = None;
    let mut save = true;
    for (name, value) in &parameters {
        match name.to_ascii_lowercase().as_str() {
            "message" => message = Some(value),
            "savetosentitems" => save = read_flag(value)?,
            _ if name.contains('@') => {}
            _ => {
                let text = format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation 'sendMail'."
                );
                return Err(unreadable(text));
            }
        }
    }
    let Some(Value::Object(message)) = message else {
        return Err(unreadable(
            "The parameter 'Message' is required by the operation 'sendMail' and must be an object.",
        ));
    };
    check_object(&MESSAGE, message)?;
    Ok(Message { save_to_sent_items: save, ..collect(message) })
}

/// Refuses what Exchange refuses once access is granted: headers of the wrong name, recipients missing or unusable.
pub(super) fn check_content(message: &Message) -> Result<(), GraphError> {
    if let Some((name, _)) = message.headers.iter().find(|(name, _)| !name.to_ascii_lowercase().starts_with("x-")) {
        let text = format!("The internet message header name '{name}' should start with 'x-' or 'X-'.");
        return Err(GraphError::exchange(StatusCode::BAD_REQUEST, "InvalidInternetMessageHeader", text));
    }
    let invalid = |detail: &str| {
        let text = format!("At least one recipient is not valid., {detail}");
        Err(GraphError::exchange(StatusCode::BAD_REQUEST, "ErrorInvalidRecipients", text))
    };
    if message.recipients.is_empty() {
        return invalid("A message can't be sent because it contains no recipients.");
    }
    match message.recipients.iter().find(|address| !is_address(address)) {
        Some(address) => invalid(&format!(
            "Recipient '{address}' is not resolved. All recipients must be resolved before a message can be submitted."
        )),
        None => Ok(()),
    }
}

fn is_address(text: &str) -> bool {
    crate::base::MailAddress::parse(crate::base::Field::Recipient, text).is_ok_and(|parsed| parsed.trimmed.is_none())
}

fn bad_request(code: &'static str, text: impl Into<String>) -> GraphError {
    GraphError::gateway(StatusCode::BAD_REQUEST, code, text)
}

fn unreadable(text: impl Into<String>) -> GraphError {
    bad_request("RequestBodyRead", text)
}

/// Microsoft's own samples send the words as strings.
fn read_flag(value: &Value) -> Result<bool, GraphError> {
    match value {
        Value::Null => Ok(true),
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        other @ (Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(wrong_literal(other, "Edm.Boolean"))
        }
    }
}

fn check_object(shape: &Shape, object: &Map<String, Value>) -> Result<(), GraphError> {
    for (name, value) in object.iter().filter(|(name, _)| !name.contains('@')) {
        let Some((_, kind)) = shape.properties.iter().find(|(known, _)| known == name) else {
            let text = format!(
                "The property '{name}' does not exist on type '{}'. Make sure to only use property names that are \
                 defined by the type or mark the type as open type.",
                shape.name
            );
            return Err(unreadable(text));
        };
        check_value(*kind, value)?;
    }
    Ok(())
}

fn check_value(kind: Kind, value: &Value) -> Result<(), GraphError> {
    match (kind, value) {
        (Kind::Objects(_) | Kind::OpenObjects | Kind::Texts, Value::Null) => Err(unexpected(value, "StartArray")),
        (_, Value::Null)
        | (Kind::Text, Value::String(_))
        | (Kind::Flag, Value::Bool(_))
        | (Kind::OpenObject, Value::Object(_)) => Ok(()),
        (Kind::Choice(words), Value::String(text)) => {
            if words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
                Ok(())
            } else {
                Err(unreadable(format!("Requested value '{text}' was not found.")))
            }
        }
        (Kind::Object(shape), Value::Object(object)) => check_object(shape, object),
        (Kind::Objects(shape), Value::Array(items)) => {
            items.iter().try_for_each(|item| check_value(Kind::Object(shape), item))
        }
        (Kind::OpenObjects, Value::Array(items)) => {
            items.iter().try_for_each(|item| check_value(Kind::OpenObject, item))
        }
        (Kind::Texts, Value::Array(items)) => items.iter().try_for_each(|item| check_value(Kind::Text, item)),
        (Kind::Text | Kind::Choice(_), other) => Err(wrong_literal(other, "Edm.String")),
        (Kind::Flag, other) => Err(wrong_literal(other, "Edm.Boolean")),
        (Kind::Object(_) | Kind::OpenObject, other) => Err(unexpected(other, "StartObject")),
        (Kind::Objects(_) | Kind::OpenObjects | Kind::Texts, other) => Err(unexpected(other, "StartArray")),
    }
}

fn wrong_literal(value: &Value, wanted: &str) -> GraphError {
    match value {
        Value::Array(_) | Value::Object(_) => unexpected(value, "PrimitiveValue"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let literal = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            unreadable(format!("Cannot convert the literal '{literal}' to the expected type '{wanted}'."))
        }
    }
}

fn unexpected(value: &Value, wanted: &str) -> GraphError {
    let found = match value {
        Value::Array(_) => "StartArray",
        Value::Object(_) => "StartObject",
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => "PrimitiveValue",
    };
    unreadable(format!(
        "An unexpected '{found}' node was found when reading from the JSON reader. A '{wanted}' node was expected."
    ))
}

fn collect(message: &Map<String, Value>) -> Message {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let items = |name: &str| message.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let address = |recipient: &Value| text(recipient.pointer("/emailAddress/address"));
    let lists = ["toRecipients", "ccRecipients", "bccRecipients"];
    Message {
        subject: text(message.get("subject")),
        recipients: lists.iter().flat_map(|list| items(list)).map(|recipient| address(&recipient)).collect(),
        from: message.get("from").map(address).filter(|from| !from.is_empty()),
        headers: items("internetMessageHeaders")
            .iter()
            .map(|header| (text(header.get("name")), text(header.get("value"))))
            .collect(),
        save_to_sent_items: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Microsoft's own model of the request, where the shared data is at hand.
    fn schema() -> Option<Value> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let name = "shared/data/sendmail-body.schema.json";
        let text = [root.join("..").join(name), root.join("../..").join(name)]
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok())?;
        serde_json::from_str(&text).ok()
    }

    #[test]
    fn the_properties_are_those_of_the_published_model() {
        let Some(schema) = schema() else {
            println!("skipped: the published model is not at hand");
            return;
        };
        for shape in [&MESSAGE, &RECIPIENT, &BODY, &HEADER, &EMAIL_ADDRESS] {
            let definition = schema.get("$defs").unwrap().get(format!("{}-create", shape.name)).unwrap();
            let published = definition.get("properties").unwrap().as_object().unwrap().keys();
            let published: Vec<&str> = published.map(String::as_str).filter(|name| !name.contains('@')).collect();
            // The model leaves navigation properties out; the service takes them.
            let navigation = ["extensions", "multiValueExtendedProperties", "singleValueExtendedProperties"];
            let known = shape.properties.iter().map(|(name, _)| *name);
            let mut known: Vec<&str> = known.filter(|name| !navigation.contains(name)).collect();
            known.sort_unstable();
            assert_eq!(known, published, "{}", shape.name);
        }
    }

    #[test]
    fn the_texts_name_what_is_wrong() {
        for (body, text) in [
            ("", "Empty Payload"),
            ("[]", "Unable to read JSON request payload"),
            (r#"{"message":{"colour":1}}"#, "The property 'colour' does not exist on type 'microsoft.graph.message'"),
            (r#"{"message":{"isRead":"x"}}"#, "literal 'x' to the expected type 'Edm.Boolean'"),
            (r#"{"message":{"toRecipients":null}}"#, "A 'StartArray' node was expected"),
            (r#"{"message":{},"mail":1}"#, "The parameter 'mail' in the request payload"),
            (r#"{"message":{"importance":"urgent"}}"#, "Requested value 'urgent' was not found"),
        ] {
            let err = read(body.as_bytes()).unwrap_err();
            assert!(err.message.contains(text), "{body}: {}", err.message);
        }
        let body = br#"{"Message":{"subject":"s","@odata.type":"x","from":null},"SaveToSentItems":"false"}"#;
        assert_eq!(read(body).unwrap(), Message { subject: "s".to_owned(), ..Message::default() });
    }
}
