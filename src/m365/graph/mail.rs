//! `POST /v1.0/users/{id}/sendMail` with a JSON body, and what came of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::sync::Mutex;

use crate::{
    base::{Clock, MailAddress, Timestamp},
    m365::{
        Answer, Body, Endpoints, Error, Kind, Operation, Outcome, Refusal, Reply, Request, RequestIds, ServiceError,
        Transport,
        auth::{AccessToken, TokenSource},
        classify,
        throttle::RetryAfter,
    },
};

use super::error_body;

/// The header that carries a test mail's id.
const TEST_ID_HEADER: &str = "x-exchange365-test-id";

/// A mail to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMail {
    /// Whose mailbox sends.
    pub sender: MailAddress,
    /// Who gets it.
    pub recipient: MailAddress,
    /// The subject; the caller has put the test id into it.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The id, also sent as a header.
    pub test_id: String,
}

/// What came of handing a mail over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it means.
    pub outcome: Outcome,
    /// How a refusal was worded.
    pub refusal: Option<Refusal>,
    /// HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// The service's own words, redacted.
    pub service: Option<ServiceError>,
    /// Technical detail of a failed call, redacted.
    pub detail: Option<String>,
    /// Ids of the last try.
    pub ids: RequestIds,
    /// Tries.
    pub attempts: u32,
    /// From the first try to the last answer.
    pub elapsed: Duration,
    /// When the last answer came.
    pub finished: Timestamp,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// The token that was used last.
    pub token_serial: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SendMail<'a> {
    message: Message<'a>,
    save_to_sent_items: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    subject: &'a str,
    body: ItemBody<'a>,
    to_recipients: [Recipient<'a>; 1],
    internet_message_headers: [InternetMessageHeader<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody<'a> {
    content_type: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    email_address: EmailAddress<'a>,
}

#[derive(Serialize)]
struct EmailAddress<'a> {
    address: &'a str,
}

#[derive(Serialize)]
struct InternetMessageHeader<'a> {
    name: &'static str,
    value: &'a str,
}

/// One request at a time to one mailbox.
pub(super) type Turn = Arc<Mutex<()>>;

/// Sends mail as the application. Cheap to clone; clones share tokens and the one-per-mailbox rule.
#[derive(Debug, Clone)]
pub struct MailClient {
    pub(super) transport: Transport,
    pub(super) endpoints: Endpoints,
    tokens: TokenSource,
    /// By name in lower case: whoever holds the inner lock is the only one to ask that mailbox.
    mailboxes: Arc<std::sync::Mutex<BTreeMap<String, Turn>>>,
}

impl MailClient {
    /// A client over one session's transport and tokens.
    pub fn new(transport: Transport, endpoints: Endpoints, tokens: TokenSource) -> Self {
        Self { transport, endpoints, tokens, mailboxes: Arc::default() }
    }

    /// The turn at a mailbox; whoever holds it is the only one to ask.
    pub(super) fn turn(&self, name: &str) -> Turn {
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = mailboxes.get(name) {
            return Arc::clone(turn);
        }
        Arc::clone(mailboxes.entry(name.to_owned()).or_default())
    }

    /// Where nobody waits, the entry goes: thousands of mailboxes take no room.
    pub(super) fn leave(&self, name: &str, turn: &Turn) {
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours and the map's.
        if Arc::strong_count(turn) == 2 {
            mailboxes.remove(name);
        }
    }

    /// The session's clock.
    pub fn clock(&self) -> &Clock {
        self.transport.clock()
    }

    /// Hands `mail` over with `token`, waiting for an earlier request to the same mailbox to end.
    ///
    /// Repeated only when it surely was not processed: a 429 that is no page, a connection that never opened, a 401 of
    /// Graph's own form or without a body once with a fresh token. After anything else the outcome is what was seen, unknown included.
    pub async fn send(&self, mail: &TestMail, token: &AccessToken) -> Sent {
        let turn = self.turn(&mail.sender.as_str().to_lowercase());
        let _one_at_a_time = turn.lock().await;
        let begin = self.transport.clock().monotonic();
        let first = self.try_with(mail, token).await;
        let sent = if first.outcome == Outcome::TokenRejected && first.http_status == Some(401) {
            self.once_more(mail, token, first).await
        } else {
            first
        };
        Sent { elapsed: self.transport.clock().monotonic().saturating_sub(begin), ..sent }
    }

    /// After a 401: the same mail with a fresh token. When there is none to be had, the 401 stands.
    async fn once_more(&self, mail: &TestMail, rejected: &AccessToken, first: Sent) -> Sent {
        match self.tokens.newer_than(rejected.serial).await {
            Ok(fresh) => {
                let second = self.try_with(mail, &fresh).await;
                Sent { attempts: first.attempts + second.attempts, ..second }
            }
            Err(err) => Sent { detail: Some(format!("no fresh token was to be had: {err}")), ..first },
        }
    }

    async fn try_with(&self, mail: &TestMail, token: &AccessToken) -> Sent {
        let url = self.endpoints.send_mail(mail.sender.as_str());
        let json = body(mail);
        let build = || Request {
            operation: Operation::SendMail,
            url: url.clone(),
            bearer: Some(token.secret.clone()),
            body: Body::Json(json.clone().into()),
        };
        let attempted = self.transport.call(build).await;
        let sent = match attempted.result {
            Ok(reply) => self.observed(&reply, token),
            Err(err) => self.not_observed(err, token),
        };
        Sent { attempts: attempted.attempts, ..sent }
    }

    fn observed(&self, reply: &Reply, token: &AccessToken) -> Sent {
        let answer = Answer { status: reply.status, content_type: &reply.content_type, body: &reply.body };
        let mut classified = classify(answer);
        // A 401 that wants another log-in is a proxy's, and the mail may be on its way behind it.
        if classified.outcome == Outcome::TokenRejected && reply.wants_other_log_in {
            classified.outcome = Outcome::Interfered;
        }
        let redactor = self.transport.redactor();
        let body_ids = error_body::ids(&reply.body);
        let service = classified.service.map(|service| service.shown(&redactor));
        let detail =
            service.is_none().then(|| format!("HTTP {} {}", reply.status, reply.content_type).trim().to_owned());
        Sent {
            outcome: classified.outcome,
            refusal: classified.refusal,
            http_status: Some(reply.status),
            service,
            detail: detail.filter(|_| classified.outcome != Outcome::Accepted),
            ids: RequestIds {
                request_id: reply.ids.request_id.clone().or(body_ids.request_id.map(|id| redactor.excerpt(&id))),
                client_request_id: reply.ids.client_request_id.clone(),
            },
            attempts: 1,
            elapsed: Duration::ZERO,
            finished: self.transport.clock().now(),
            retry_after: reply.retry_after.map(|RetryAfter(wait)| wait),
            token_serial: token.serial,
        }
    }

    fn not_observed(&self, err: Error, token: &AccessToken) -> Sent {
        Sent {
            outcome: outcome_of(err.kind),
            refusal: None,
            http_status: err.status,
            service: None,
            detail: err.detail,
            ids: err.ids,
            attempts: err.attempts,
            elapsed: err.elapsed,
            finished: self.transport.clock().now(),
            retry_after: None,
            token_serial: token.serial,
        }
    }
}

pub(super) fn outcome_of(kind: Kind) -> Outcome {
    match kind {
        Kind::Dns | Kind::Connect | Kind::Proxy | Kind::Certificate | Kind::Tls => Outcome::NetworkError,
        Kind::Timeout | Kind::Cut | Kind::Cancelled => Outcome::NoAnswer,
        Kind::Interfered => Outcome::Interfered,
        Kind::Throttled => Outcome::Throttled,
        Kind::ServerError => Outcome::ServerError,
        Kind::Unexpected => Outcome::Unexpected,
    }
}

fn body(mail: &TestMail) -> String {
    let body = SendMail {
        message: Message {
            subject: &mail.subject,
            body: ItemBody { content_type: "Text", content: &mail.text },
            to_recipients: [Recipient { email_address: EmailAddress { address: mail.recipient.as_str() } }],
            internet_message_headers: [InternetMessageHeader { name: TEST_ID_HEADER, value: &mail.test_id }],
        },
        save_to_sent_items: false,
    };
    // Only texts and a flag: serialising cannot fail.
    serde_json::to_string(&body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{ClientId, ClientSecret, TenantId},
        m365::{Cloud, Overrides, TransportOptions, auth::Credentials},
    };

    fn client() -> MailClient {
        let transport = Transport::new(TransportOptions::default(), false, Clock::system()).unwrap();
        let endpoints = Endpoints::new(Cloud::Global, &Overrides::default()).unwrap();
        let credentials = Credentials {
            tenant: TenantId::parse("contoso.com").unwrap().value,
            client: ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
            secret: ClientSecret::parse("canary~secret").unwrap().value,
        };
        let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials);
        MailClient::new(transport, endpoints, tokens)
    }

    #[test]
    fn a_mailbox_that_is_waited_for_stays_taken_and_one_that_is_not_takes_no_room() {
        let client = client();
        let [first, second] = ["ceo@x.com"; 2].map(|name| client.turn(name));
        client.leave("ceo@x.com", &first);
        drop(first);
        // The second asks now. Whoever comes third has to wait for it.
        let third = client.turn("ceo@x.com");
        assert!(Arc::ptr_eq(&second, &third), "two requests to one mailbox would overlap");
        client.leave("ceo@x.com", &second);
        drop(second);
        client.leave("ceo@x.com", &third);
        assert!(client.mailboxes.lock().unwrap().is_empty());
    }
}
