//! One request in, one reply out: ids, timing, size and time limits, a trace without secrets.
//!
//! The only file that names the HTTP client. No redirect is followed, nothing is repeated here, TLS is 1.2 or newer
//! and trusts what the operating system trusts.

use std::{
    borrow::Cow,
    collections::VecDeque,
    error::Error as _,
    fmt, mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use reqwest::{
    Method,
    header::{
        ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, RETRY_AFTER,
        WWW_AUTHENTICATE,
    },
};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::base::{Clock, Field, InputError, Redactor, Secret, Timestamp};

use super::{
    Answer, Error, Kind, Operation, Outcome, RequestIds, classify,
    endpoints::{bad_url, is_loopback, parse_url},
    throttle::{Cause, RetryAfter, RetryLimits, next_wait},
};

/// Replies are read up to this many bytes.
const REPLY_LIMIT: usize = 1024 * 1024;
const USER_AGENT: &str = concat!("exchange365-tester/", env!("CARGO_PKG_VERSION"));

/// Which proxy to use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The operating system's settings and the usual variables.
    #[default]
    System,
    /// No proxy at all.
    Off,
    /// This HTTP proxy, for everything.
    Explicit(Url),
}

impl ProxyChoice {
    /// Reads what was typed: `system`, `none`, or the address of an HTTP proxy.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "system" => return Ok(Self::System),
            "none" | "off" | "direct" => return Ok(Self::Off),
            _ => {}
        }
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{}", text.trim()) };
        let url = parse_url(Field::Proxy, &with_scheme)?;
        match url.scheme() {
            "http" | "https" => Ok(Self::Explicit(url)),
            _ => Err(bad_url(Field::Proxy, &url, "only HTTP proxies can be used")),
        }
    }
}

/// Limits and ways of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportOptions {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// For opening a connection, TLS included.
    pub connect_timeout: Duration,
    /// For one whole call.
    pub total_timeout: Duration,
    /// How often and how long calls are repeated.
    pub retry: RetryLimits,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            proxy: ProxyChoice::System,
            connect_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_mins(1),
            retry: RetryLimits::default(),
        }
    }
}

/// What is sent along.
pub enum Body {
    /// Nothing: the call is a GET.
    Empty,
    /// `application/x-www-form-urlencoded`; may hold the client secret.
    Form(Zeroizing<String>),
    /// `application/json`.
    Json(Cow<'static, str>),
}

/// One call, before it is made.
pub struct Request {
    /// What is being done.
    pub operation: Operation,
    /// Where.
    pub url: Url,
    /// The access token, if the call needs one.
    pub bearer: Option<Secret>,
    /// What is sent along.
    pub body: Body,
}

/// An answer, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, empty when missing.
    pub content_type: String,
    /// The body; bytes that are no UTF-8 are replaced. Not redacted: it may be the token.
    pub body: Zeroizing<String>,
    /// Ids from the headers.
    pub ids: RequestIds,
    /// `Retry-After`, when it can be read.
    pub retry_after: Option<RetryAfter>,
    /// Whether it asks for another log-in than a bearer token, as a proxy does and Graph never does.
    pub wants_other_log_in: bool,
}

/// A reply or a failure, with how often it was tried.
#[derive(Debug)]
pub(super) struct Attempted {
    pub(super) result: Result<Reply, Error>,
    pub(super) attempts: u32,
}

/// One line of the log: what was asked and answered, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When the answer came.
    pub time: Timestamp,
    /// What was done.
    pub operation: Operation,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where.
    pub url: String,
    /// The HTTP status, `None` when no answer came.
    pub status: Option<u16>,
    /// Ids.
    pub ids: RequestIds,
    /// How long it took.
    pub elapsed: Duration,
    /// What went wrong, redacted.
    pub failure: Option<String>,
}

/// Where log lines go.
#[derive(Clone)]
pub struct Trace(Option<Arc<dyn Fn(Call) + Send + Sync>>);

impl Trace {
    /// Calls `sink` after every call, from the thread that made it; it must not wait.
    pub fn new(sink: impl Fn(Call) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(sink)))
    }

    /// Keeps nothing.
    pub fn none() -> Self {
        Self(None)
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Trace")
    }
}

/// The way to Microsoft of one session. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Transport {
    client: reqwest::Client,
    /// For `http`, whose secrets are readable on the way: to this machine alone, and through no proxy on another one.
    local: reqwest::Client,
    clock: Clock,
    /// Shared by all clones: it learns every token that is sent.
    redactor: Arc<Mutex<Redactor>>,
    /// Shared by all clones: an answer may come to the wrong one.
    sent_ids: SentIds,
    bearer: BearerHeader,
    trace: Trace,
    options: TransportOptions,
}

/// The `Authorization` header of the token that was used last: made once, wiped with its last copy.
#[derive(Debug, Clone, Default)]
struct BearerHeader(Arc<Mutex<Option<(Secret, HeaderValue)>>>);

impl BearerHeader {
    /// The header that carries `token`; fails when the token has characters that no header may have. `is_new` is called
    /// when it is another token than the last time.
    fn of(&self, token: &Secret, is_new: impl FnOnce()) -> Result<HeaderValue, Failure> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, header)) = last.as_ref()
            && known == token
        {
            return Ok(header.clone());
        }
        is_new();
        let mut text = Zeroizing::new(Vec::with_capacity(7 + token.expose().len()));
        text.extend_from_slice(b"Bearer ");
        text.extend_from_slice(token.expose().as_bytes());
        let mut header = sendable(HeaderValue::from_maybe_shared(Bytes::from_owner(text)))?;
        header.set_sensitive(true);
        *last = Some((token.clone(), header.clone()));
        Ok(header)
    }
}

/// Says of a header that cannot be sent that it cannot: its text stays untold.
fn sendable(header: Result<HeaderValue, InvalidHeaderValue>) -> Result<HeaderValue, Failure> {
    header.map_err(|err| Failure {
        kind: Kind::Unexpected,
        status: None,
        ids: RequestIds::default(),
        detail: err.to_string(),
    })
}

/// More than any request has.
const HEADERS: usize = 8;
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const OLDER_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const RETURN_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("return-client-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// The latest ids that were sent along, to know an answer to another request when it comes.
#[derive(Debug, Clone)]
struct SentIds(Arc<Mutex<VecDeque<Uuid>>>, Arc<IdSource>);

/// Ids of one session: half of each is the session's own random number, the other half is never the same twice.
#[derive(Debug)]
struct IdSource {
    random: u128,
    number: AtomicU64,
}

impl Default for SentIds {
    fn default() -> Self {
        let source = IdSource { random: Uuid::new_v4().as_u128(), number: AtomicU64::new(0) };
        Self(Arc::default(), Arc::new(source))
    }
}

impl SentIds {
    /// More than can be on their way at once.
    const KEPT: usize = 1024;

    /// The next id, in the form of a random UUID. Asking the operating system for each took longer than all else of it.
    fn next(&self) -> Uuid {
        let number = self.1.number.fetch_add(1, Ordering::Relaxed);
        let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        uuid::Builder::from_random_bytes((self.1.random ^ u128::from(mixed)).to_be_bytes()).into_uuid()
    }

    fn remember(&self, id: Uuid) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.len() >= Self::KEPT {
            ids.pop_front();
        }
        ids.push_back(id);
    }

    fn contains(&self, echo: &str) -> bool {
        let Ok(echo) = Uuid::try_parse(echo) else { return false };
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.contains(&echo)
    }
}

/// Whether it is the service itself that asks to slow down.
fn is_throttled(reply: &Reply) -> bool {
    let Reply { status, content_type, body, .. } = reply;
    classify(Answer { status: *status, content_type, body }).outcome == Outcome::Throttled
}

fn client_builder(options: &TransportOptions) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .connect_timeout(options.connect_timeout)
        .timeout(options.total_timeout)
        .pool_idle_timeout(Duration::from_secs(20))
}

impl Transport {
    /// Prepares a client. `loopback_only` says that all addresses are `http` on this machine, which needs neither TLS
    /// roots nor a proxy on another one.
    ///
    /// # Errors
    /// The operating system's certificates or the proxy cannot be used.
    pub fn new(options: TransportOptions, loopback_only: bool, clock: Clock) -> Result<Self, Box<Error>> {
        // Chosen once per process; a second call finds it chosen already.
        let already_chosen = rustls::crypto::ring::default_provider().install_default().is_err();
        let with_proxy = |proxy: &ProxyChoice| match proxy {
            ProxyChoice::System => Ok(client_builder(&options)),
            ProxyChoice::Off => Ok(client_builder(&options).no_proxy()),
            ProxyChoice::Explicit(url) => {
                reqwest::Proxy::all(url.clone()).map(|proxy| client_builder(&options).no_proxy().proxy(proxy))
            }
        };
        let build = |builder: reqwest::Result<reqwest::ClientBuilder>| {
            builder.and_then(reqwest::ClientBuilder::build).map_err(|err| unusable(&err))
        };
        let at_home = match &options.proxy {
            ProxyChoice::Explicit(url) if is_loopback(url) => &options.proxy,
            ProxyChoice::Explicit(_) | ProxyChoice::System | ProxyChoice::Off => &ProxyChoice::Off,
        };
        let local = build(with_proxy(at_home).map(|builder| builder.tls_certs_only(std::iter::empty())))?;
        let client = if loopback_only { local.clone() } else { build(with_proxy(&options.proxy))? };
        debug_assert!(already_chosen || rustls::crypto::CryptoProvider::get_default().is_some());
        Ok(Self {
            client,
            local,
            clock,
            redactor: Arc::default(),
            sent_ids: SentIds::default(),
            bearer: BearerHeader::default(),
            trace: Trace::none(),
            options,
        })
    }

    /// The same way, masking `secret` in whatever comes back. Tokens are masked from the call on that sends them.
    #[must_use]
    pub fn masking(self, secret: &Secret) -> Self {
        self.mask(secret);
        self
    }

    /// The same way, telling `trace` about every call.
    #[must_use]
    pub fn traced(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    /// Takes this session's secrets out of text that came from outside.
    pub fn redactor(&self) -> Redactor {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mask(&self, secret: &Secret) {
        let mut redactor = self.redactor.lock().unwrap_or_else(PoisonError::into_inner);
        if !redactor.knows(secret) {
            *redactor = mem::take(&mut *redactor).with(secret);
        }
    }

    /// The session's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Makes a call, and again as `throttle` allows. `build` makes each try's request.
    pub(super) async fn call(&self, build: impl Fn() -> Request) -> Attempted {
        let begin = self.clock.monotonic();
        let mut waited = Duration::ZERO;
        let mut attempts = 0;
        loop {
            let request = build();
            let operation = request.operation;
            attempts += 1;
            let result = self.send(request).await;
            let cause = match &result {
                // A page that says 429 is not the service's word: nobody knows what became of a mail behind it.
                Ok(reply) if reply.status == 429 && (operation.is_idempotent() || is_throttled(reply)) => {
                    Some(Cause::Throttled(reply.retry_after))
                }
                Ok(reply) if reply.status >= 500 => Some(Cause::Failed(Kind::ServerError)),
                Ok(_) => None,
                Err(err) => Some(Cause::Failed(err.kind)),
            };
            let wait = cause
                .and_then(|cause| next_wait(cause, operation.is_idempotent(), attempts, waited, self.options.retry));
            let Some(wait) = wait else {
                let elapsed = self.clock.monotonic().saturating_sub(begin);
                let result = result.map_err(|err| Error { attempts, elapsed, ..err });
                return Attempted { result, attempts };
            };
            self.clock.sleep(wait).await;
            waited = waited.saturating_add(wait);
        }
    }

    /// Makes a call once: whoever paces many calls decides on repeating them too.
    pub(super) async fn call_once(&self, request: Request) -> Result<Reply, Error> {
        self.send(request).await
    }

    /// One try.
    async fn send(&self, request: Request) -> Result<Reply, Error> {
        let begin = self.clock.monotonic();
        let id = self.sent_ids.next();
        self.sent_ids.remember(id);
        let client_request_id = id.to_string();
        let operation = request.operation;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let traced = self.trace.0.as_ref().map(|sink| (sink, request.url.to_string()));
        let method = if matches!(request.body, Body::Empty) { "GET" } else { "POST" };
        let exchanged = self.exchange(request, &client_request_id).await;
        let elapsed = self.clock.monotonic().saturating_sub(begin);
        let with_own_id = |ids| RequestIds { client_request_id: Some(client_request_id), ..ids };
        let result = match exchanged {
            Ok(reply) => Ok(Reply { ids: with_own_id(reply.ids), ..reply }),
            Err(failure) => Err(Error {
                operation,
                kind: failure.kind,
                host,
                status: failure.status,
                service: None,
                ids: with_own_id(failure.ids),
                attempts: 1,
                elapsed,
                detail: Some(self.redactor().excerpt(&failure.detail)),
            }),
        };
        if let Some((sink, url)) = traced {
            let (status, ids) = match &result {
                Ok(reply) => (Some(reply.status), reply.ids.clone()),
                Err(err) => (err.status, err.ids.clone()),
            };
            let failure = result.as_ref().err().map(ToString::to_string);
            let url = self.redactor().scrub(&url);
            sink(Call { time: self.clock.now(), operation, method, url, status, ids, elapsed, failure });
        }
        result
    }

    async fn exchange(&self, request: Request, client_request_id: &str) -> Result<Reply, Failure> {
        let method = if matches!(request.body, Body::Empty) { Method::GET } else { Method::POST };
        let client = if request.url.scheme() == "http" { &self.local } else { &self.client };
        let mut call = reqwest::Request::new(method, request.url);
        let mut headers = HeaderMap::with_capacity(HEADERS);
        let body: Option<reqwest::Body> = match request.body {
            Body::Empty => None,
            Body::Form(form) => {
                headers.insert(CONTENT_TYPE, FORM);
                Some(form.to_string().into())
            }
            Body::Json(json) => {
                headers.insert(CONTENT_TYPE, JSON);
                Some(match json {
                    Cow::Borrowed(json) => json.into(),
                    Cow::Owned(json) => json.into(),
                })
            }
        };
        headers.insert(ACCEPT, JSON);
        headers.insert(CLIENT_REQUEST_ID, sendable(HeaderValue::from_str(client_request_id))?);
        headers.insert(RETURN_CLIENT_REQUEST_ID, TRUE);
        if let Some(token) = &request.bearer {
            headers.insert(AUTHORIZATION, self.bearer.of(token, || self.mask(token))?);
        }
        *call.headers_mut() = headers;
        *call.body_mut() = body;
        let response = client.execute(call).await.map_err(|err| Failure::from_client(&err))?;
        self.read(response, client_request_id).await
    }

    async fn read(&self, mut response: reqwest::Response, client_request_id: &str) -> Result<Reply, Failure> {
        let status = response.status().as_u16();
        let redactor = self.redactor();
        let header = |name: HeaderName| {
            let value = response.headers().get(&name)?;
            let text = utf8(value.as_bytes());
            // What nearly every answer says, and what this program made up itself, is nobody's secret.
            let is_harmless = text == client_request_id || *value == JSON;
            Some(if is_harmless { text.into_owned() } else { redactor.excerpt(&text) })
        };
        let ids = RequestIds {
            request_id: header(REQUEST_ID).or_else(|| header(OLDER_REQUEST_ID)),
            client_request_id: header(CLIENT_REQUEST_ID),
        };
        // A proxy that has lost count would hand out another request's answer, and a refusal with it.
        let echo = ids.client_request_id.as_deref().map(str::trim).unwrap_or_default();
        if !echo.is_empty() && !echo.eq_ignore_ascii_case(client_request_id) && self.sent_ids.contains(echo) {
            return Err(Failure {
                kind: Kind::Interfered,
                status: Some(status),
                ids,
                detail: "the answer belongs to another request".to_owned(),
            });
        }
        let challenge = header(WWW_AUTHENTICATE).unwrap_or_default().trim_start().to_ascii_lowercase();
        let wants_other_log_in = !challenge.is_empty() && !challenge.starts_with("bearer");
        let content_type = header(CONTENT_TYPE).unwrap_or_default();
        let retry_after = header(RETRY_AFTER).and_then(|text| RetryAfter::parse(&text, self.clock.now()));
        let mut bytes = Zeroizing::new(Vec::new());
        loop {
            let chunk = response.chunk().await.map_err(|err| Failure {
                status: Some(status),
                ids: ids.clone(),
                ..Failure::from_client(&err)
            })?;
            let Some(chunk) = chunk else { break };
            if bytes.len() + chunk.len() > REPLY_LIMIT {
                return Err(Failure {
                    kind: Kind::Interfered,
                    status: Some(status),
                    ids,
                    detail: "the reply is larger than 1 MiB".to_owned(),
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = Zeroizing::new(match String::from_utf8(mem::take(&mut *bytes)) {
            Ok(body) => body,
            Err(err) => {
                let bytes = Zeroizing::new(err.into_bytes());
                String::from_utf8_lossy(&bytes).into_owned()
            }
        });
        Ok(Reply { status, content_type, body, ids, retry_after, wants_other_log_in })
    }
}

/// Text as it is, and what is no text replaced: quicker for what is one.
fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// A try without a usable answer.
struct Failure {
    kind: Kind,
    status: Option<u16>,
    ids: RequestIds,
    detail: String,
}

impl Failure {
    fn from_client(err: &reqwest::Error) -> Self {
        let causes = causes(err);
        Self { kind: kind(err, &causes), status: None, ids: RequestIds::default(), detail: causes.join(": ") }
    }
}

/// The error's causes from the outermost on, without the address, which may name a mailbox.
fn causes(err: &reqwest::Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut cause = err.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
        cause = inner.source();
    }
    if texts.is_empty() { vec!["no detail".to_owned()] } else { texts }
}

fn kind(err: &reqwest::Error, causes: &[String]) -> Kind {
    if !err.is_connect() {
        return if err.is_timeout() { Kind::Timeout } else { Kind::Cut };
    }
    let text = causes.join(" ").to_lowercase();
    let has = |word: &str| text.contains(word);
    if let Some(kind) = tls_fault(err) {
        kind
    } else if has("tunnel") || has("proxy") {
        Kind::Proxy
    } else if has("dns error") || has("failed to lookup") {
        Kind::Dns
    } else {
        Kind::Connect
    }
}

/// A fault of the TLS handshake, found by type in the causes.
fn tls_fault(err: &reqwest::Error) -> Option<Kind> {
    let mut cause = err.source();
    while let Some(inner) = cause {
        if let Some(tls) = unwrapped(inner).downcast_ref::<rustls::Error>() {
            let certificate =
                matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
            return Some(if certificate { Kind::Certificate } else { Kind::Tls });
        }
        cause = inner.source();
    }
    None
}

/// What an I/O error stands for. It hides what it wraps from `source`, and the TLS layer wraps twice.
fn unwrapped<'a>(err: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut err = err;
    while let Some(inner) = err.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        err = inner;
    }
    err
}

fn unusable(err: &reqwest::Error) -> Box<Error> {
    Box::new(Error {
        operation: Operation::DiscoverTenant,
        kind: Kind::Tls,
        host: String::new(),
        status: None,
        service: None,
        ids: RequestIds::default(),
        attempts: 0,
        elapsed: Duration::ZERO,
        detail: Some(causes(err).join(": ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_without_a_password() {
        assert_eq!(ProxyChoice::parse("").unwrap(), ProxyChoice::System);
        assert_eq!(ProxyChoice::parse("None").unwrap(), ProxyChoice::Off);
        let ProxyChoice::Explicit(url) = ProxyChoice::parse("proxy.contoso.com:8080").unwrap() else { panic!() };
        assert_eq!(url.as_str(), "http://proxy.contoso.com:8080/");
        for text in ["http://u:canary@proxy:80", "socks5://proxy:1080", "http://"] {
            assert!(!ProxyChoice::parse(text).unwrap_err().to_string().contains("canary"));
        }
    }
}
