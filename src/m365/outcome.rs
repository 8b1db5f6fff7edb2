//! What an answer to `sendMail` means, decided from status, content type, code and text together (pure).
//!
//! A refusal counts as one only in Graph's own form: a JSON body with `error.code`. A page, an empty body or
//! somebody else's JSON never proves a fence. Codes and texts: Microsoft Graph documentation and field captures.

use super::{ServiceError, graph::error_body};

/// What was observed when mail was sent as somebody. Names as in the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 202: Exchange took the mail; delivery is not proven.
    Accepted,
    /// Refused, and Exchange itself names the application access policy (`[RAOP]`).
    BlockedByPolicy,
    /// Refused without that mark.
    AccessDenied,
    /// The address is no user of the tenant.
    MailboxUnknown,
    /// The user has no usable Exchange Online mailbox.
    MailboxUnavailable,
    /// The From address may not be used with this mailbox.
    SendAsDenied,
    /// The mailbox is blocked from sending.
    SenderSuspended,
    /// A sending limit or the mailbox's size is used up.
    QuotaExceeded,
    /// Too many requests.
    Throttled,
    /// The access token was not accepted.
    TokenRejected,
    /// The request itself is at fault.
    BadRequest,
    /// The service has trouble; the mail may have been sent.
    ServerError,
    /// It never got there.
    NetworkError,
    /// The request went out and nothing came back; the mail may have been sent.
    NoAnswer,
    /// Something between us and Microsoft answered.
    Interfered,
    /// None of the above.
    Unexpected,
}

impl Outcome {
    /// All outcomes, for tests over the whole table.
    pub const ALL: [Self; 16] = [
        Self::Accepted,
        Self::BlockedByPolicy,
        Self::AccessDenied,
        Self::MailboxUnknown,
        Self::MailboxUnavailable,
        Self::SendAsDenied,
        Self::SenderSuspended,
        Self::QuotaExceeded,
        Self::Throttled,
        Self::TokenRejected,
        Self::BadRequest,
        Self::ServerError,
        Self::NetworkError,
        Self::NoAnswer,
        Self::Interfered,
        Self::Unexpected,
    ];

    /// The name in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::BlockedByPolicy => "blocked_by_policy",
            Self::AccessDenied => "access_denied",
            Self::MailboxUnknown => "mailbox_unknown",
            Self::MailboxUnavailable => "mailbox_unavailable",
            Self::SendAsDenied => "send_as_denied",
            Self::SenderSuspended => "sender_suspended",
            Self::QuotaExceeded => "quota_exceeded",
            Self::Throttled => "throttled",
            Self::TokenRejected => "token_rejected",
            Self::BadRequest => "bad_request",
            Self::ServerError => "server_error",
            Self::NetworkError => "network_error",
            Self::NoAnswer => "no_answer",
            Self::Interfered => "interfered",
            Self::Unexpected => "unexpected",
        }
    }

    /// Whether the mail may have gone out although nobody said so.
    pub fn may_have_been_sent(self) -> bool {
        match self {
            Self::ServerError | Self::NoAnswer | Self::Interfered | Self::Unexpected => true,
            Self::Accepted
            | Self::BlockedByPolicy
            | Self::AccessDenied
            | Self::MailboxUnknown
            | Self::MailboxUnavailable
            | Self::SendAsDenied
            | Self::SenderSuspended
            | Self::QuotaExceeded
            | Self::Throttled
            | Self::TokenRejected
            | Self::BadRequest
            | Self::NetworkError => false,
        }
    }
}

/// How a refusal was worded, which tells the mechanisms apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// `Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.`
    Raop,
    /// `Access to OData is disabled.` without the mark: an old policy text, or REST switched off.
    ODataDisabled,
    /// `Access is denied. Check credentials and try again.` and the like.
    Plain,
}

/// The parts of a reply that decide; borrowed from wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The `Content-Type` header, empty when there is none.
    pub content_type: &'a str,
    /// The whole body.
    pub body: &'a str,
}

/// An answer with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// What it means.
    pub outcome: Outcome,
    /// How a refusal was worded; `None` for every other outcome.
    pub refusal: Option<Refusal>,
    /// The service's own code and text, when the body is in the service's form.
    pub service: Option<ServiceError>,
}

/// Places an answer to `sendMail`.
pub fn classify(answer: Answer<'_>) -> Classified {
    let plain = |outcome| Classified { outcome, refusal: None, service: None };
    match answer.status {
        202 if answer.body.trim().is_empty() => return plain(Outcome::Accepted),
        // Graph neither redirects nor asks for a proxy log-in.
        300..=399 | 407 => return plain(Outcome::Interfered),
        _ => {}
    }
    let Some(service) = error_body::parse(answer.body) else {
        return plain(without_service_body(answer));
    };
    let (outcome, refusal) = from_service(answer.status, &service);
    Classified { outcome, refusal, service: Some(service) }
}

/// An answer whose body is not Graph's.
fn without_service_body(answer: Answer<'_>) -> Outcome {
    if looks_like_a_page(answer) {
        return Outcome::Interfered;
    }
    match (answer.status, answer.body.trim().is_empty()) {
        (429, _) => Outcome::Throttled,
        (413, true) => Outcome::BadRequest,
        (500..=599, true) => Outcome::ServerError,
        (401, true) => Outcome::TokenRejected,
        (_, true) => Outcome::Unexpected,
        (_, false) => Outcome::Interfered,
    }
}

fn looks_like_a_page(answer: Answer<'_>) -> bool {
    let start: String = answer.body.trim_start_matches('\u{feff}').trim_start().chars().take(512).collect();
    let start = start.to_ascii_lowercase();
    let is_html_type = answer.content_type.to_ascii_lowercase().contains("html") && !answer.body.trim().is_empty();
    is_html_type || start.starts_with('<') || start.contains("<html") || start.contains("<!doctype")
}

/// An answer in Graph's form: the code decides together with the status it is known to come with.
fn from_service(status: u16, service: &ServiceError) -> (Outcome, Option<Refusal>) {
    let message = service.message.to_lowercase();
    if let (403, "erroraccessdenied") = (status, service.code.to_lowercase().as_str()) {
        let refusal = refusal(&message);
        let outcome = if refusal == Refusal::Raop { Outcome::BlockedByPolicy } else { Outcome::AccessDenied };
        return (outcome, Some(refusal));
    }
    (by_code(status, &service.code.to_lowercase()).unwrap_or_else(|| by_status(status)), None)
}

fn refusal(message: &str) -> Refusal {
    if message.contains("[raop]") {
        Refusal::Raop
    } else if message.contains("access to odata is disabled") {
        Refusal::ODataDisabled
    } else {
        Refusal::Plain
    }
}

#[expect(clippy::match_same_arms, reason = "a table: one line per family of codes")]
fn by_code(status: u16, code: &str) -> Option<Outcome> {
    let outcome = match (status, code) {
        (404, "errorinvaliduser" | "errornonexistentmailbox") => Outcome::MailboxUnknown,
        (404, "resourcenotfound" | "request_resourcenotfound" | "notfound" | "directory_objectnotfound") => {
            Outcome::MailboxUnknown
        }
        (404, "mailboxnotenabledforrestapi" | "mailboxnotsupportedforrestapi") => Outcome::MailboxUnavailable,
        (400..=499, "errormailboxmoveinprogress" | "errormailboxstoreunavailable") => Outcome::MailboxUnavailable,
        (400..=499, "errorsendasdenied") => Outcome::SendAsDenied,
        (400..=499, "erroraccountsuspend" | "erroraccountsuspended") => Outcome::SenderSuspended,
        (400..=499, "errormessagesubmissionblocked") => Outcome::SenderSuspended,
        (400..=599, "errorquotaexceeded" | "errorexceededmessagelimit") => Outcome::QuotaExceeded,
        (400..=499, "errorsendquotaexceeded" | "errormessagelimitexceeded") => Outcome::QuotaExceeded,
        (401, _) => Outcome::TokenRejected,
        (429, _) => Outcome::Throttled,
        _ => return None,
    };
    Some(outcome)
}

fn by_status(status: u16) -> Outcome {
    match status {
        400 | 405 | 411 | 413 | 414 | 415 | 422 => Outcome::BadRequest,
        500..=599 => Outcome::ServerError,
        _ => Outcome::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(status: u16, content_type: &str, body: &str) -> Outcome {
        classify(Answer { status, content_type, body }).outcome
    }

    const RAOP: &str = r#"{"error":{"code":"ErrorAccessDenied","message":"Access to OData is disabled:    [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."}}"#;
    const PLAIN: &str =
        r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}"#;

    #[test]
    fn refusals_are_told_apart_by_their_text() {
        let refusal = |body| classify(Answer { status: 403, content_type: "application/json", body }).refusal;
        assert_eq!(refusal(RAOP), Some(Refusal::Raop));
        assert_eq!(refusal(PLAIN), Some(Refusal::Plain));
        assert_eq!(
            refusal(r#"{"error":{"code":"ErrorAccessDenied","message":"Access to OData is disabled."}}"#),
            Some(Refusal::ODataDisabled)
        );
    }

    #[test]
    fn a_refusal_needs_the_service_s_own_form_and_status() {
        for (status, content_type, body) in [
            (403, "text/html", "<html>403 Forbidden [RAOP]</html>"),
            (403, "text/plain", "ErrorAccessDenied: Access to OData is disabled: [RAOP] : Blocked"),
            (403, "application/json", r#"{"code":"ErrorAccessDenied","message":"[RAOP]"}"#),
            (403, "application/json", r#"{"error":"ErrorAccessDenied [RAOP]"}"#),
            (403, "application/json", ""),
            (403, "application/json", r#"{"error":{"code":"Forbidden","message":"[RAOP]"}}"#),
            (200, "application/json", RAOP),
            (202, "application/json", RAOP),
            (401, "application/json", RAOP),
            (503, "application/json", RAOP),
            (302, "application/json", RAOP),
        ] {
            let outcome = place(status, content_type, body);
            assert!(
                !matches!(outcome, Outcome::BlockedByPolicy | Outcome::AccessDenied | Outcome::Accepted),
                "{status} {body}: {outcome:?}"
            );
        }
    }

    #[test]
    fn accepted_is_202_with_an_empty_body_alone() {
        assert_eq!(place(202, "", ""), Outcome::Accepted);
        assert_eq!(place(202, "text/html", "<html>queued</html>"), Outcome::Interfered);
        assert_eq!(place(200, "", ""), Outcome::Unexpected);
        assert_eq!(place(204, "", ""), Outcome::Unexpected);
    }

    #[test]
    fn names_of_the_contract_are_unique() {
        let names: std::collections::BTreeSet<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        assert_eq!(names.len(), Outcome::ALL.len());
    }
}
