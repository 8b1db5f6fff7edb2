//! A call that brought no usable answer: what kind of failure, with the ids a support case needs.

use std::time::Duration;

use super::{Operation, Reply};
use crate::base::Redactor;

/// A failed call. An answer that the service meant, such as a refused sender, is an outcome and not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not {}: {}{}", .operation.verb(), .kind.describe(), .detail.as_deref().map(|text| format!(" ({text})")).unwrap_or_default())]
pub struct Error {
    /// What was being done.
    pub operation: Operation,
    /// What went wrong.
    pub kind: Kind,
    /// The host that was called.
    pub host: String,
    /// The HTTP status, when an answer began to arrive.
    pub status: Option<u16>,
    /// The service's own words, when there are any.
    pub service: Option<ServiceError>,
    /// Ids of the call.
    pub ids: RequestIds,
    /// How often it was tried.
    pub attempts: u32,
    /// From the first try to the end.
    pub elapsed: Duration,
    /// Technical detail, redacted.
    pub detail: Option<String>,
}

impl Error {
    /// The error of a reply that is in no form the service has.
    pub(super) fn of_reply(operation: Operation, url: &url::Url, reply: &Reply, attempts: u32) -> Self {
        let is_empty = reply.body.trim().is_empty();
        let kind = match reply.status {
            429 => Kind::Throttled,
            // The services called here neither redirect nor ask for a proxy log-in, whatever the body says.
            300..=399 | 407 => Kind::Interfered,
            500..=599 if is_empty => Kind::ServerError,
            _ if is_empty => Kind::Unexpected,
            _ => Kind::Interfered,
        };
        Self {
            operation,
            kind,
            host: url.host_str().unwrap_or_default().to_owned(),
            status: Some(reply.status),
            service: None,
            ids: reply.ids.clone(),
            attempts,
            elapsed: Duration::ZERO,
            detail: Some(format!("HTTP {} {}", reply.status, reply.content_type).trim().to_owned()),
        }
    }
}

/// What went wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The host name has no address.
    Dns,
    /// No connection to the host.
    Connect,
    /// The proxy cannot be reached, wants a log-in or refuses the destination.
    Proxy,
    /// TLS: the certificate is not trusted (an inspecting proxy, a wrong clock, a missing root).
    Certificate,
    /// TLS: no common version or another handshake failure.
    Tls,
    /// The request went out and no answer came in time.
    Timeout,
    /// The request went out and the connection was cut.
    Cut,
    /// Something between us and Microsoft answered: a web page, a redirect, a log-in page.
    Interfered,
    /// Too many calls; the service asks to wait.
    Throttled,
    /// The service has trouble of its own.
    ServerError,
    /// An answer in the service's form that does not fit what was asked.
    Unexpected,
    /// The job was cancelled.
    Cancelled,
}

impl Kind {
    /// All kinds, for tests that every one is explained.
    pub const ALL: [Self; 12] = [
        Self::Dns,
        Self::Connect,
        Self::Proxy,
        Self::Certificate,
        Self::Tls,
        Self::Timeout,
        Self::Cut,
        Self::Interfered,
        Self::Throttled,
        Self::ServerError,
        Self::Unexpected,
        Self::Cancelled,
    ];

    /// Whether the request surely did not reach the service, so that sending it again cannot send twice.
    pub fn never_arrived(self) -> bool {
        match self {
            Self::Dns | Self::Connect | Self::Proxy | Self::Certificate | Self::Tls => true,
            Self::Timeout
            | Self::Cut
            | Self::Interfered
            | Self::Throttled
            | Self::ServerError
            | Self::Unexpected
            | Self::Cancelled => false,
        }
    }

    /// A fragment that reads after "could not …: ".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Dns => "the host name was not found",
            Self::Connect => "no connection could be opened",
            Self::Proxy => "the proxy did not let the connection through",
            Self::Certificate => "the server's certificate is not trusted",
            Self::Tls => "the secure connection could not be set up",
            Self::Timeout => "no answer came in time",
            Self::Cut => "the connection was cut before the answer was complete",
            Self::Interfered => "something other than Microsoft answered",
            Self::Throttled => "the service asks to wait",
            Self::ServerError => "the service has a fault of its own",
            Self::Unexpected => "the answer is not one the service is known to give",
            Self::Cancelled => "it was cancelled",
        }
    }
}

/// A service's own words for a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceError {
    /// The service's code, such as `ErrorAccessDenied`.
    pub code: String,
    /// The service's text, redacted.
    pub message: String,
}

impl ServiceError {
    /// The same as it is shown: without secrets, and not longer than anybody reads.
    pub(super) fn shown(&self, redactor: &Redactor) -> Self {
        Self { code: redactor.excerpt(&self.code), message: redactor.excerpt(&self.message) }
    }
}

/// Ids by which Microsoft's support finds a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestIds {
    /// `request-id` (Graph) or `x-ms-request-id` (Entra), from the header, else from the body.
    pub request_id: Option<String>,
    /// The id this program sent along.
    pub client_request_id: Option<String>,
}
