//! May the application send as this mailbox? Asked with a mail that has no recipient, so that nobody can get it.
//!
//! Undocumented: `sendMail` answers "no recipients" where access is granted and refuses before that where it is not.
//! So it proves nothing by itself; `verify::calibrate` holds it against real sends in every run.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    base::{Field, InputError, MailAddress, ObjectId, Redactor, Timestamp},
    m365::{
        Answer, Body, Error, Operation, Outcome, Refusal, Reply, Request, RequestIds, ServiceError, Trace, Transport,
        auth::AccessToken, classify, throttle::RetryAfter,
    },
};

use super::{MailClient, error_body, mail::outcome_of};

/// A well-formed message with nobody to go to. Should a draft be left behind, it says what it is.
const BODY: &str = r#"{"message":{"subject":"Access probe, never sent","body":{"contentType":"Text","content":"exchange365-tester probed access to this mailbox. Nothing was sent."},"toRecipients":[]},"saveToSentItems":false}"#;

/// How a mailbox is named in a path: its address, its user principal name, or its object id.
#[derive(Debug, Clone)]
pub struct MailboxName(Arc<str>);

impl MailboxName {
    /// Reads an address, a user principal name or a GUID.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let cleaned = crate::base::clean(text).value;
        if let Some(id) = ObjectId::parse(&cleaned) {
            return Ok(Self(id.to_string().into()));
        }
        MailAddress::parse(Field::ForbiddenSender, &cleaned).map(|parsed| Self::from(&parsed.value))
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name by which it is compared: Microsoft 365 does not tell names apart by case.
    pub fn key(&self) -> String {
        if self.0.is_ascii() { self.0.to_ascii_lowercase() } else { self.0.to_lowercase() }
    }
}

impl From<&MailAddress> for MailboxName {
    fn from(address: &MailAddress) -> Self {
        Self(address.as_str().into())
    }
}

impl PartialEq for MailboxName {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.key() == other.key()
    }
}

impl Eq for MailboxName {}

impl fmt::Display for MailboxName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a probe showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// Access was granted: only the missing recipients were refused.
    Reached,
    /// Access was refused.
    Refused(Refusal),
    /// Neither: proves nothing.
    Other(Outcome),
}

/// One answered probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// What it shows.
    pub answer: ProbeAnswer,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// The service's own words, redacted.
    pub service: Option<ServiceError>,
    /// Technical detail where there are no such words, redacted.
    pub detail: Option<String>,
    /// Ids of the call.
    pub ids: RequestIds,
    /// How long it took.
    pub elapsed: Duration,
    /// When the answer came.
    pub finished: Timestamp,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether the same question may be answered otherwise a little later.
    pub is_transient: bool,
}

/// Places an answer to a probe.
pub fn classify_probe(answer: Answer<'_>) -> (ProbeAnswer, Option<ServiceError>) {
    let classified = classify(answer);
    let reached = answer.status == 400 && classified.service.as_ref().is_some_and(is_no_recipients);
    let placed = match (reached, classified.refusal) {
        (true, _) => ProbeAnswer::Reached,
        (false, Some(refusal)) => ProbeAnswer::Refused(refusal),
        // A mail without recipients cannot be accepted: whoever says so is not the service as it was calibrated.
        (false, None) if classified.outcome == Outcome::Accepted => ProbeAnswer::Other(Outcome::Unexpected),
        (false, None) => ProbeAnswer::Other(classified.outcome),
    };
    (placed, classified.service)
}

/// `ErrorInvalidRecipients` has other meanings too, such as a recipient that cannot be resolved.
fn is_no_recipients(service: &ServiceError) -> bool {
    service.code.eq_ignore_ascii_case("ErrorInvalidRecipients")
        && service.message.to_lowercase().contains("no recipients")
}

/// Probes mailboxes with one token. Shares the one-request-per-mailbox rule with the client it came from.
#[derive(Debug, Clone)]
pub struct Prober(Arc<Shared>);

/// What thousands of probes have in common.
#[derive(Debug)]
struct Shared {
    mail: MailClient,
    transport: Transport,
    token: AccessToken,
    redactor: Redactor,
    /// Words of the service in which there was nothing to redact: nearly all answers say the same.
    clean: Mutex<Option<ServiceError>>,
    /// The last answer that was read: Exchange's refusals are the same to the last letter.
    last: Mutex<Option<Arc<Placed>>>,
}

/// An answer in which there was nothing to redact, and what it shows.
#[derive(Debug)]
struct Placed {
    status: u16,
    content_type: String,
    body: String,
    answer: ProbeAnswer,
    service: Option<ServiceError>,
}

impl Shared {
    /// What an answer shows, and the service's words without secrets.
    fn placed(&self, reply: &Reply) -> (ProbeAnswer, Option<ServiceError>) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last.filter(|last| {
            last.status == reply.status && last.body == *reply.body && last.content_type == reply.content_type
        }) {
            return (last.answer, last.service.clone());
        }
        let answer = Answer { status: reply.status, content_type: &reply.content_type, body: &reply.body };
        let (answer, service) = classify_probe(answer);
        let service = service.map(|service| self.scrubbed(service));
        if self.redactor.scrub(&reply.body) == *reply.body {
            let placed = Placed {
                status: reply.status,
                content_type: reply.content_type.clone(),
                body: reply.body.to_string(),
                answer,
                service: service.clone(),
            };
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(placed));
        }
        (answer, service)
    }

    /// The service's words without secrets.
    fn scrubbed(&self, words: ServiceError) -> ServiceError {
        let mut known = self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref() == Some(&words) {
            return words;
        }
        let shown = words.shown(&self.redactor);
        if shown == words {
            *known = Some(words);
        }
        shown
    }
}

impl MailClient {
    /// Probes with `token`. Single probes are not told to the log: there are thousands of them, and each is
    /// reported with its ids.
    pub fn prober(&self, token: &AccessToken) -> Prober {
        let redactor = self.transport.redactor().with(&token.secret);
        let transport = self.transport.clone().traced(Trace::none());
        Prober(Arc::new(Shared {
            mail: self.clone(),
            transport,
            token: token.clone(),
            redactor,
            clean: Mutex::default(),
            last: Mutex::default(),
        }))
    }
}

impl Prober {
    /// The number of the token that is used.
    pub fn token_serial(&self) -> u64 {
        self.0.token.serial
    }

    /// When that token ends.
    pub fn token_expires(&self) -> Timestamp {
        self.0.token.expires
    }

    /// Asks once, after any earlier request to the same mailbox has ended. Nothing is repeated here.
    pub async fn probe(&self, mailbox: &MailboxName) -> Probed {
        let key = mailbox.key();
        let turn = self.0.mail.turn(&key);
        let one_at_a_time = turn.lock().await;
        let probed = self.ask(mailbox).await;
        drop(one_at_a_time);
        self.0.mail.leave(&key, &turn);
        probed
    }

    async fn ask(&self, mailbox: &MailboxName) -> Probed {
        let begin = self.0.transport.clock().monotonic();
        let request = Request {
            operation: Operation::ProbeMailbox,
            url: self.0.mail.endpoints.send_mail(mailbox.as_str()),
            bearer: Some(self.0.token.secret.clone()),
            body: Body::Json(BODY.into()),
        };
        let probed = match self.0.transport.call_once(request).await {
            Ok(reply) => self.answered(&reply),
            Err(err) => self.not_answered(err),
        };
        Probed { elapsed: self.0.transport.clock().monotonic().saturating_sub(begin), ..probed }
    }

    fn answered(&self, reply: &Reply) -> Probed {
        let (placed, service) = self.0.placed(reply);
        let detail =
            service.is_none().then(|| format!("HTTP {} {}", reply.status, reply.content_type).trim().to_owned());
        let from_body = || error_body::ids(&reply.body).request_id.map(|id| self.0.redactor.excerpt(&id));
        Probed {
            // A 401 that wants another log-in is a proxy's.
            answer: match placed {
                ProbeAnswer::Other(Outcome::TokenRejected) if reply.wants_other_log_in => {
                    ProbeAnswer::Other(Outcome::Interfered)
                }
                ProbeAnswer::Reached | ProbeAnswer::Refused(_) | ProbeAnswer::Other(_) => placed,
            },
            http_status: Some(reply.status),
            service,
            detail,
            ids: RequestIds {
                request_id: reply.ids.request_id.clone().or_else(from_body),
                client_request_id: reply.ids.client_request_id.clone(),
            },
            elapsed: Duration::ZERO,
            finished: self.0.transport.clock().now(),
            retry_after: reply.retry_after.map(|RetryAfter(wait)| wait),
            is_transient: reply.status == 429 || reply.status >= 500,
        }
    }

    fn not_answered(&self, err: Error) -> Probed {
        let is_transient = is_transient(&err);
        Probed {
            answer: ProbeAnswer::Other(outcome_of(err.kind)),
            http_status: err.status,
            service: None,
            detail: err.detail,
            ids: err.ids,
            elapsed: err.elapsed,
            finished: self.0.transport.clock().now(),
            retry_after: None,
            is_transient,
        }
    }
}

/// A probe sends nothing, so that asking again after a cut line does no harm.
fn is_transient(err: &Error) -> bool {
    match outcome_of(err.kind) {
        Outcome::NetworkError | Outcome::NoAnswer | Outcome::Throttled | Outcome::ServerError => true,
        Outcome::Accepted
        | Outcome::BlockedByPolicy
        | Outcome::AccessDenied
        | Outcome::MailboxUnknown
        | Outcome::MailboxUnavailable
        | Outcome::SendAsDenied
        | Outcome::SenderSuspended
        | Outcome::QuotaExceeded
        | Outcome::TokenRejected
        | Outcome::BadRequest
        | Outcome::Interfered
        | Outcome::Unexpected => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(status: u16, body: &str) -> ProbeAnswer {
        classify_probe(Answer { status, content_type: "application/json", body }).0
    }

    fn error(code: &str, message: &str) -> String {
        format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#)
    }

    #[test]
    fn reached_is_one_answer_alone() {
        let text = "At least one recipient is not valid., A message can't be sent because it contains no recipients.";
        assert_eq!(place(400, &error("ErrorInvalidRecipients", text)), ProbeAnswer::Reached);
        for (status, body) in [
            (400, error("ErrorInvalidRecipients", "Recipient 'x' is not resolved.")),
            (400, error("BadRequest", text)),
            (403, error("ErrorInvalidRecipients", text)),
            (500, error("ErrorInvalidRecipients", text)),
            (200, error("ErrorInvalidRecipients", text)),
            (202, String::new()),
            (400, text.to_owned()),
            (400, String::new()),
        ] {
            assert!(matches!(place(status, &body), ProbeAnswer::Other(_)), "{status} {body}");
        }
    }

    #[test]
    fn refused_is_what_it_is_for_a_real_mail() {
        let raop = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.";
        assert_eq!(place(403, &error("ErrorAccessDenied", raop)), ProbeAnswer::Refused(Refusal::Raop));
        assert_eq!(place(403, &error("ErrorAccessDenied", "Access is denied.")), ProbeAnswer::Refused(Refusal::Plain));
        assert_eq!(place(403, "<html>ErrorAccessDenied</html>"), ProbeAnswer::Other(Outcome::Interfered));
        assert_eq!(place(404, &error("ErrorInvalidUser", "x")), ProbeAnswer::Other(Outcome::MailboxUnknown));
        assert_eq!(place(202, ""), ProbeAnswer::Other(Outcome::Unexpected));
    }

    #[test]
    fn the_body_is_well_formed_and_goes_to_nobody() {
        let body: serde_json::Value = serde_json::from_str(BODY).unwrap();
        assert_eq!(body["message"]["toRecipients"], serde_json::json!([]));
        assert_eq!(body["saveToSentItems"], false);
    }

    #[test]
    fn mailboxes_are_named_by_address_or_id() {
        for text in [" ceo@Contoso.com ", "11111111-2222-3333-4444-555555555555", "a_b.com#EXT#@x.onmicrosoft.com"] {
            assert!(MailboxName::parse(text).is_ok(), "{text}");
        }
        for text in ["", "ceo", "a/../b@x.com", "CEO <ceo@x.com>"] {
            assert!(MailboxName::parse(text).is_err(), "{text}");
        }
        assert_eq!(MailboxName::parse("CEO@x.com").unwrap(), MailboxName::parse("ceo@X.com").unwrap());
    }
}
