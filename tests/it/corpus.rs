//! Every recorded error body is placed, and none is taken for a proven fence unless it is one.

use std::fs;

use exchange365::m365::{Answer, Outcome, Refusal, auth::EntraError, classify};
use serde::Deserialize;

use crate::support::shared_data;

#[derive(Deserialize)]
struct Entry {
    id: String,
    area: String,
    http_status: Option<u16>,
    body: Option<String>,
    headers: Option<serde_json::Value>,
    valid_json: bool,
}

impl Entry {
    fn content_type(&self) -> String {
        let headers = self.headers.as_ref().and_then(|headers| headers.as_object());
        let found =
            headers.and_then(|headers| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")));
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned()
    }
}

fn corpus() -> Vec<Entry> {
    let Some(path) = shared_data("error-corpus.jsonl") else { return Vec::new() };
    let entries: Vec<Entry> =
        fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.len() >= 167);
    entries
}

/// The only bodies that are a refusal by Exchange, with what each proves.
const REFUSALS: &[(&str, Refusal)] = &[
    ("graph-025", Refusal::Raop),
    ("graph-027", Refusal::ODataDisabled),
    ("graph-028", Refusal::ODataDisabled),
    ("graph-029", Refusal::ODataDisabled),
    ("graph-031", Refusal::Plain),
    ("graph-032", Refusal::Plain),
];

#[test]
fn only_exchange_s_own_refusals_are_refusals() {
    for entry in corpus() {
        let body = entry.body.clone().unwrap_or_default();
        let known = REFUSALS.iter().find(|(id, _)| *id == entry.id);
        // Whatever status a body may come with: it must never become a refusal or an acceptance that it is not.
        let statuses: Vec<u16> = entry
            .http_status
            .map_or_else(|| vec![200, 202, 400, 401, 403, 404, 407, 429, 500, 503], |status| vec![status, 403]);
        for status in statuses {
            let placed = classify(Answer { status, content_type: &entry.content_type(), body: &body });
            let expected = known.filter(|_| status == 403).map(|(_, refusal)| *refusal);
            assert_eq!(placed.refusal, expected, "{} with {status}", entry.id);
            let accepted = status == 202 && body.trim().is_empty();
            assert_eq!(placed.outcome == Outcome::Accepted, accepted, "{} with {status}", entry.id);
            assert_eq!(
                placed.outcome == Outcome::BlockedByPolicy,
                expected == Some(Refusal::Raop),
                "{} with {status}",
                entry.id
            );
        }
    }
}

#[test]
fn graph_errors_are_placed_where_they_belong() {
    let expected = [
        ("graph-035", Outcome::MailboxUnknown),
        ("graph-036", Outcome::MailboxUnknown),
        ("graph-130", Outcome::MailboxUnknown),
        ("graph-101", Outcome::MailboxUnknown),
        ("graph-037", Outcome::MailboxUnavailable),
        ("graph-038", Outcome::MailboxUnavailable),
        ("graph-041", Outcome::SendAsDenied),
        ("graph-043", Outcome::QuotaExceeded),
        ("graph-044", Outcome::Throttled),
        ("graph-048", Outcome::Accepted),
        ("graph-050", Outcome::BadRequest),
        ("graph-052", Outcome::BadRequest),
        ("graph-033", Outcome::TokenRejected),
        ("graph-056", Outcome::TokenRejected),
        ("graph-061", Outcome::ServerError),
        ("graph-102", Outcome::Unexpected),
        ("graph-129", Outcome::Unexpected),
        ("graph-134", Outcome::Unexpected),
        ("gateway-148", Outcome::Interfered),
        ("gateway-146", Outcome::Interfered),
        ("proxy-068", Outcome::Interfered),
        ("proxy-142", Outcome::Interfered),
        ("proxy-144", Outcome::Interfered),
        ("proxy-163", Outcome::Interfered),
    ];
    let corpus = corpus();
    for (id, outcome) in expected {
        let Some(entry) = corpus.iter().find(|entry| entry.id == id) else { continue };
        let body = entry.body.clone().unwrap_or_default();
        let status = entry.http_status.unwrap();
        let placed = classify(Answer { status, content_type: &entry.content_type(), body: &body });
        assert_eq!(placed.outcome, outcome, "{id}: {body}");
    }
}

#[test]
fn pages_of_proxies_and_gateways_are_interference_or_outage_alone() {
    for entry in corpus().iter().filter(|entry| matches!(entry.area.as_str(), "proxy" | "gateway") && !entry.valid_json)
    {
        let body = entry.body.clone().unwrap_or_default();
        let placed = classify(Answer {
            status: entry.http_status.unwrap_or(403),
            content_type: &entry.content_type(),
            body: &body,
        });
        let harmless = matches!(placed.outcome, Outcome::Interfered | Outcome::ServerError | Outcome::Unexpected);
        assert!(harmless, "{}: {:?}", entry.id, placed.outcome);
    }
}

#[test]
fn sign_in_errors_give_their_code() {
    for entry in corpus().iter().filter(|entry| entry.area == "token" && entry.valid_json) {
        let body = entry.body.clone().unwrap_or_default();
        let code =
            body.split("AADSTS").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        let parsed = EntraError::parse(entry.http_status.unwrap_or(400), &body);
        if let (Some(code), Some(parsed)) = (code.and_then(|code| code.parse::<u32>().ok()), &parsed) {
            // One made-up fixture names another code in its list than in its text: the list counts.
            let expected = if entry.id == "token-099" { 50076 } else { code };
            assert_eq!(parsed.aadsts, Some(expected), "{}", entry.id);
            assert!(!parsed.description.contains("Trace ID"), "{}", entry.id);
        }
    }
}
