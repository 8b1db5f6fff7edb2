//! What Graph and whoever stands in between may answer to a mail: nothing but Graph's own refusal is a refusal.
#![no_main]

use exchange365::m365::{Answer, Outcome, Refusal, classify};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 14] = [200, 202, 204, 302, 400, 401, 403, 404, 407, 429, 500, 502, 503, 511];
const TYPES: [&str; 4] = ["", "application/json", "text/html", "text/plain; charset=utf-16"];

fuzz_target!(|input: &[u8]| {
    let [which, body @ ..] = input else { return };
    let (status, content_type) = (STATUSES[usize::from(*which) % 14], TYPES[usize::from(*which) / 14 % 4]);
    let body = String::from_utf8_lossy(body);
    let seen = classify(Answer { status, content_type, body: &body });
    // Read once more by another reader.
    let plain: String = body
        .trim_start_matches('\u{feff}')
        .chars()
        .map(|character| if character.is_ascii_control() { ' ' } else { character })
        .collect();
    let error = serde_json::from_str::<serde_json::Value>(&plain).ok().and_then(|value| value.get("error").cloned());
    let text = |name: &str| error.as_ref().and_then(|error| error.get(name)?.as_str()).unwrap_or_default().to_lowercase();
    let refused = status == 403 && text("code").trim() == "erroraccessdenied";
    let marked = refused && text("message").contains("[raop]");
    match seen.outcome {
        Outcome::Accepted => assert!(status == 202 && body.trim().is_empty()),
        Outcome::BlockedByPolicy => assert!(marked),
        Outcome::AccessDenied => assert!(refused && !marked),
        _ => {}
    }
    assert_eq!(seen.refusal == Some(Refusal::Raop), seen.outcome == Outcome::BlockedByPolicy);
});
