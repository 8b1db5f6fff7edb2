//! Entra's error body, parsed without branching on its prose.

use serde::Deserialize;

use crate::base::Redactor;

/// A refusal by Entra's token or discovery endpoint. Text is redacted by whoever reads the reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntraError {
    /// HTTP status.
    pub status: u16,
    /// The OAuth 2.0 error, such as `invalid_client`.
    pub error: String,
    /// The first line of `error_description`, without the ids that follow it.
    pub description: String,
    /// The `AADSTS` number, when there is one.
    pub aadsts: Option<u32>,
    /// For Microsoft's support.
    pub trace_id: Option<String>,
    /// For Microsoft's support.
    pub correlation_id: Option<String>,
    /// Entra's own time of the error.
    pub timestamp: Option<String>,
    /// Conditional Access policies that blocked the sign-in.
    pub policy_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Wire {
    error: String,
    error_description: Option<String>,
    error_codes: Option<Vec<u32>>,
    timestamp: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
    claims: Option<String>,
}

impl EntraError {
    /// Reads an error body; `None` when it is not in OAuth 2.0's form (RFC 6749 section 5.2).
    pub fn parse(status: u16, body: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(body.trim_start_matches('\u{feff}')).ok()?;
        if wire.error.trim().is_empty() {
            return None;
        }
        let text = wire.error_description.unwrap_or_default();
        let after = |label: &str| value_after(&text, label);
        Some(Self {
            status,
            error: wire.error,
            aadsts: wire.error_codes.and_then(|codes| codes.first().copied()).or_else(|| code_in(&text)),
            trace_id: wire.trace_id.or_else(|| after("Trace ID:")),
            correlation_id: wire.correlation_id.or_else(|| after("Correlation ID:")),
            timestamp: wire.timestamp.or_else(|| after_line(&text, "Timestamp:")),
            policy_ids: wire.claims.map(|claims| policy_ids(&claims)).unwrap_or_default(),
            description: first_part(&text),
        })
    }

    /// The same refusal without secrets in any of its texts, each cut where nobody reads on.
    pub(super) fn scrubbed(self, redactor: &Redactor) -> Self {
        let scrub = |text: &str| redactor.excerpt(text);
        let scrub_some = |text: Option<String>| text.map(|text| scrub(&text));
        Self {
            status: self.status,
            error: scrub(&self.error),
            description: scrub(&self.description),
            aadsts: self.aadsts,
            trace_id: scrub_some(self.trace_id),
            correlation_id: scrub_some(self.correlation_id),
            timestamp: scrub_some(self.timestamp),
            policy_ids: self.policy_ids.iter().map(|id| scrub(id)).collect(),
        }
    }

    /// Whether a sign-in service speaks here, and not a gateway with a JSON habit of its own: an `AADSTS` code, or an
    /// error that OAuth 2.0 or Entra knows, with a status that such errors come with.
    pub fn is_of_the_service(&self) -> bool {
        const KNOWN: [&str; 13] = [
            "access_denied",
            "consent_required",
            "interaction_required",
            "invalid_client",
            "invalid_grant",
            "invalid_request",
            "invalid_resource",
            "invalid_scope",
            "invalid_target",
            "invalid_tenant",
            "temporarily_unavailable",
            "unauthorized_client",
            "unsupported_grant_type",
        ];
        let with_code = self.aadsts.is_some() && (400..=599).contains(&self.status) && self.status != 407;
        let usual = matches!(self.status, 400 | 401 | 429 | 500..=599);
        with_code || (usual && (KNOWN.contains(&self.error.as_str()) || self.error == "server_error"))
    }

    /// Whether Entra itself says that trying again may help: an outage or throttling, not the person's doing.
    pub fn is_transient(&self) -> bool {
        matches!(self.error.as_str(), "temporarily_unavailable" | "server_error")
            || self.status == 429
            || self.status >= 500
            || matches!(self.aadsts, Some(50000 | 50033 | 50196 | 90006 | 90012 | 90024 | 90033 | 90055 | 90090))
    }
}

/// The number in `AADSTS7000215: …`.
fn code_in(text: &str) -> Option<u32> {
    let (_, after) = text.split_once("AADSTS")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The text before the ids; they are separated by line ends or plain spaces.
fn first_part(text: &str) -> String {
    let end = text.find("Trace ID:").unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim().to_owned()
}

fn value_after(text: &str, label: &str) -> Option<String> {
    let (_, after) = text.split_once(label)?;
    after.split_whitespace().next().map(str::to_owned)
}

fn after_line(text: &str, label: &str) -> Option<String> {
    let (_, after) = text.split_once(label)?;
    after.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// `{"access_token":{"capolids":{"essential":true,"values":["…"]}}}`, itself inside a JSON string.
fn policy_ids(claims: &str) -> Vec<String> {
    let parsed: serde_json::Value = serde_json::from_str(claims).unwrap_or_default();
    let values = parsed.pointer("/access_token/capolids/values").and_then(|values| values.as_array());
    values
        .map(|values| values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_fields_or_from_the_text() {
        let body = r#"{"error":"invalid_client","error_description":"AADSTS7000222: keys are expired. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-11-23 08:00:00Z"}"#;
        let error = EntraError::parse(401, body).unwrap();
        assert_eq!(error.aadsts, Some(7_000_222));
        assert_eq!(error.description, "AADSTS7000222: keys are expired.");
        assert_eq!(error.trace_id.as_deref(), Some("t-1"));
        assert_eq!(error.correlation_id.as_deref(), Some("c-1"));
        assert_eq!(error.timestamp.as_deref(), Some("2026-11-23 08:00:00Z"));
    }

    #[test]
    fn a_conditional_access_block_names_its_policy() {
        let body = r#"{"error":"invalid_grant","error_description":"AADSTS53003: blocked","error_codes":[53003],"claims":"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p-1\"]}}}"}"#;
        assert_eq!(EntraError::parse(400, body).unwrap().policy_ids, ["p-1"]);
    }

    #[test]
    fn a_gateway_s_json_is_not_entra_s_refusal() {
        let speaks = |status, body| EntraError::parse(status, body).is_some_and(|error| error.is_of_the_service());
        assert!(speaks(401, r#"{"error":"invalid_client"}"#));
        assert!(speaks(403, r#"{"error":"x","error_codes":[53003]}"#));
        assert!(!speaks(403, r#"{"error":"invalid_client"}"#));
        assert!(!speaks(400, r#"{"error":"blocked by web filter"}"#));
        assert!(!speaks(200, r#"{"error":"x","error_codes":[53003]}"#));
    }

    #[test]
    fn graph_s_form_is_not_entra_s() {
        assert_eq!(EntraError::parse(400, r#"{"error":{"code":"x"}}"#), None);
        assert_eq!(EntraError::parse(400, "<html>"), None);
    }
}
