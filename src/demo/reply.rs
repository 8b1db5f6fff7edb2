//! Answers on the wire: the headers, envelopes and literal texts of the two services.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde::Serialize;
use uuid::Uuid;

use crate::base::Timestamp;

/// What the exchange is known by: ids and time, the same in headers and body.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) at: Timestamp,
    pub(super) request_id: Uuid,
    /// The caller's own id, as it spelt it.
    pub(super) client_request_id: Option<String>,
}

/// An answer that is still being put together.
pub(super) type Reply = Response<Body>;

impl Trace {
    /// A new request id beside the caller's own.
    pub(super) fn new(at: Timestamp, headers: &HeaderMap) -> Self {
        let client_request_id =
            headers.get("client-request-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { at, request_id: Uuid::new_v4(), client_request_id }
    }

    fn correlation_id(&self) -> String {
        self.client_request_id.clone().unwrap_or_else(|| self.request_id.to_string())
    }
}

/// `code` and `message` of a refusal by Graph or Exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GraphError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) origin: Origin,
}

/// Who refuses: the gateway adds its ids to the body, Exchange does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Gateway,
    Exchange,
}

impl GraphError {
    pub(super) fn gateway(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), origin: Origin::Gateway }
    }

    pub(super) fn exchange(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), origin: Origin::Exchange }
    }

    /// The refusal as it goes out.
    pub(super) fn reply(&self, trace: &Trace) -> Reply {
        let inner = InnerError {
            date: trace.at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            request_id: trace.request_id.to_string(),
            client_request_id: trace.correlation_id(),
        };
        let inner_error = (self.origin == Origin::Gateway).then_some(inner);
        let body = Envelope { error: ErrorBody { code: self.code, message: &self.message, inner_error } };
        let content_type = match self.origin {
            Origin::Gateway => "application/json",
            Origin::Exchange => ODATA,
        };
        let mut reply = graph(trace, self.status, content_type, to_json(&body));
        if self.status == StatusCode::UNAUTHORIZED {
            set(&mut reply, header::WWW_AUTHENTICATE, CHALLENGE);
        }
        reply
    }
}

/// Content type of what Exchange and the directory answer through Graph.
pub(super) const ODATA: &str =
    "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8";

const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
     client_id=\"00000003-0000-0000-c000-000000000000\"";
const DIAGNOSTIC: &str = "{\"ServerInfo\":{\"DataCenter\":\"North Europe\",\"Slice\":\"E\",\"Ring\":\"5\",\
     \"ScaleUnit\":\"003\",\"RoleInstance\":\"DB1PEPF0000DEMO\"}}";

#[derive(Serialize)]
struct Envelope<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(rename = "innerError", skip_serializing_if = "Option::is_none")]
    inner_error: Option<InnerError>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct InnerError {
    date: String,
    request_id: String,
    client_request_id: String,
}

/// An answer of Graph with the headers that support asks for.
pub(super) fn graph(trace: &Trace, status: StatusCode, content_type: &str, body: String) -> Reply {
    let mut reply = plain(trace.at, status, content_type, body);
    set(&mut reply, header::CACHE_CONTROL, "private");
    set(&mut reply, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    set(&mut reply, HeaderName::from_static("request-id"), &trace.request_id.to_string());
    set(&mut reply, HeaderName::from_static("client-request-id"), &trace.correlation_id());
    set(&mut reply, HeaderName::from_static("x-ms-ags-diagnostic"), DIAGNOSTIC);
    reply
}

/// An answer of the sign-in service.
pub(super) fn entra(trace: &Trace, status: StatusCode, body: String) -> Reply {
    let mut reply = plain(trace.at, status, "application/json; charset=utf-8", body);
    set(&mut reply, header::CACHE_CONTROL, "no-store, no-cache");
    set(&mut reply, header::PRAGMA, "no-cache");
    set(&mut reply, header::EXPIRES, "-1");
    set(&mut reply, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    set(&mut reply, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut reply, HeaderName::from_static("p3p"), "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"");
    set(&mut reply, HeaderName::from_static("x-ms-request-id"), &trace.request_id.to_string());
    set(&mut reply, HeaderName::from_static("x-ms-ests-server"), "2.1.22000.4 - NEULR1 ProdSlices");
    if let Some(id) = &trace.client_request_id {
        set(&mut reply, HeaderName::from_static("client-request-id"), id);
    }
    reply
}

/// A bare answer, as of something that is neither Entra nor Graph.
pub(super) fn plain(at: Timestamp, status: StatusCode, content_type: &str, body: String) -> Reply {
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = status;
    set(&mut reply, header::DATE, &at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if !content_type.is_empty() {
        set(&mut reply, header::CONTENT_TYPE, content_type);
    }
    reply
}

/// Sets a header; a value that no header can hold is left out.
pub(super) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// JSON text of what can always be written as JSON.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
