//! A command line that cannot be read, in words that repeat no secret: people type it where it does not belong (pure).

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::base::unless_secret;

use super::lines::{Lines, line};

/// What stands for a text that is not repeated.
const INSTEAD: &str = "(not repeated, it may be a secret)";

/// The message without what may be a secret; `None` when there is nothing to leave out.
pub(super) fn without_secrets(err: &Error) -> Option<Lines> {
    let is_unknown = err.kind() == ErrorKind::UnknownArgument;
    let typed: Vec<&str> =
        err.context().filter(|(kind, _)| is_typed(*kind)).flat_map(|(_, value)| texts(value)).collect();
    let looks_like_one = |text: &str| unless_secret(text) != text;
    let is_stray = |text: &str| is_unknown && !text.starts_with('-');
    if !typed.iter().any(|text| is_stray(text) || looks_like_one(text)) {
        return None;
    }
    let mut message = err.render().to_string();
    for text in typed {
        message = message.replace(&format!("'{text}'"), INSTEAD);
        if looks_like_one(text) {
            message = message.replace(text, INSTEAD);
        }
    }
    let mut out = Lines::default();
    // A hint how to pass the same text in another way repeats it once more.
    for text in message.lines().filter(|text| !text.trim_start().starts_with("tip:")) {
        line(&mut out, text);
    }
    Some(out)
}

/// What stands in the message because somebody has typed it, not because it is known.
fn is_typed(kind: ContextKind) -> bool {
    matches!(kind, ContextKind::InvalidArg | ContextKind::InvalidValue | ContextKind::InvalidSubcommand)
}

fn texts(value: &ContextValue) -> Vec<&str> {
    if let ContextValue::Strings(texts) = value {
        return texts.iter().map(String::as_str).collect();
    }
    if let ContextValue::String(text) = value { vec![text] } else { Vec::new() }
}
