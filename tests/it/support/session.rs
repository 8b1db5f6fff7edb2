//! The ordinary client in front of a scripted counterpart, with time that is moved by hand.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use exchange365::{
    base::{ClientId, ClientSecret, Clock, ManualClock, Secret, TenantId, Timestamp},
    m365::{
        Call, Cloud, Endpoints, Overrides, ProxyChoice, RetryLimits, Trace, Transport, TransportOptions,
        auth::{AccessToken, Credentials, Discovery, SignInError, TokenSource, discover},
        graph::{DirectoryClient, MailClient, PeopleClient, Sent, TestMail},
    },
};

use super::wire::{Script, Wire, json};

/// Must never be seen in anything that is shown; with all that form encoding, JSON and HTML change.
pub(crate) const SECRET: &str = "canary~secret+/=&%s\"<>";
/// The first token, in no form that could be recognised by its looks.
pub(crate) const FIRST_TOKEN: &str = "canary-token-1";
/// When the manual clock begins.
pub(crate) const START: &str = "2026-11-23T08:00:00Z";

pub(crate) const RAOP: &str = r#"{"error":{"code":"ErrorAccessDenied","message":"Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."}}"#;
pub(crate) const PLAIN: &str =
    r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}"#;
pub(crate) const REJECTED: &str =
    r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired."}}"#;

/// The way to a counterpart on this machine: no proxy, patient enough for a machine that stands still for a while.
pub(crate) fn options() -> TransportOptions {
    TransportOptions {
        proxy: ProxyChoice::Off,
        connect_timeout: Duration::from_mins(2),
        total_timeout: Duration::from_mins(2),
        retry: RetryLimits::default(),
    }
}

/// The same, giving up on a stalled answer soon.
pub(crate) fn hasty() -> TransportOptions {
    TransportOptions { total_timeout: Duration::from_millis(250), ..options() }
}

/// Token number `number`, as Entra grants it.
pub(crate) fn grant(number: usize) -> Script {
    json(200, &format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"canary-token-{number}"}}"#))
}

/// A client with everything it was told.
pub(crate) struct Session {
    pub(crate) manual: ManualClock,
    pub(crate) tokens: TokenSource,
    pub(crate) mail: MailClient,
    pub(crate) token: AccessToken,
    pub(crate) directory: DirectoryClient,
    pub(crate) people: PeopleClient,
    transport: Transport,
    endpoints: Endpoints,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Session {
    /// A client of whoever listens at `login` and `graph`.
    pub(crate) fn at(manual: &ManualClock, login: &str, graph: &str, options: TransportOptions) -> Self {
        let overrides = Overrides { login: Some(login.to_owned()), graph: Some(graph.to_owned()), exchange: None };
        let endpoints = Endpoints::new(Cloud::Global, &overrides).unwrap();
        let secret = ClientSecret::parse(SECRET).unwrap().value;
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let kept = Arc::clone(&calls);
        let transport = Transport::new(options, endpoints.is_loopback_http(), Clock::manual(manual))
            .unwrap()
            .masking(secret.secret())
            .traced(Trace::new(move |call| kept.lock().unwrap().push(call)));
        let credentials = Credentials {
            tenant: TenantId::parse("contoso.onmicrosoft.com").unwrap().value,
            client: ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
            secret,
        };
        let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials);
        let mail = MailClient::new(transport.clone(), endpoints.clone(), tokens.clone());
        let directory = DirectoryClient::new(transport.clone(), endpoints.clone());
        let people = PeopleClient::new(transport.clone(), endpoints.clone(), tokens.clone());
        let token = AccessToken {
            secret: Secret::new(FIRST_TOKEN.to_owned()),
            serial: 0,
            expires: Timestamp::MAX,
            claims: None,
        };
        Self { manual: manual.clone(), tokens, mail, token, directory, people, transport, endpoints, calls }
    }

    /// Hands one mail over.
    pub(crate) async fn send(&self, sender: &str) -> Sent {
        turning(&self.manual, self.mail.send(&mail(sender), &self.token)).await
    }

    /// Asks for a new token.
    pub(crate) async fn sign_in(&self) -> Result<AccessToken, SignInError> {
        turning(&self.manual, self.tokens.fresh()).await
    }

    /// Asks what is known of the tenant.
    pub(crate) async fn discover(&self) -> Result<Discovery, exchange365::m365::Error> {
        let tenant = TenantId::parse("contoso.onmicrosoft.com").unwrap().value;
        turning(&self.manual, discover(&self.transport, &self.endpoints, &tenant)).await
    }

    /// The log.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

/// A harmless mail; its id tells whose it is.
pub(crate) fn mail(sender: &str) -> TestMail {
    TestMail {
        sender: sender.parse().unwrap(),
        recipient: "inbox@contoso.com".parse().unwrap(),
        subject: format!("Test [{sender}]"),
        text: "A test".to_owned(),
        test_id: format!("id-{sender}"),
    }
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::new(START.parse().unwrap())
}

/// A counterpart that grants numbered tokens and answers mails with `answers`, of which the last repeats.
pub(crate) async fn graph(manual: &ManualClock, answers: Vec<Script>) -> Wire {
    Wire::start(manual, move |seen, number| if seen.is_send() { pick(&answers, number) } else { grant(number + 2) })
        .await
}

/// A counterpart that answers whatever comes with `answers`, of which the last repeats.
pub(crate) async fn answering(manual: &ManualClock, answers: Vec<Script>) -> Wire {
    Wire::start(manual, move |_, number| pick(&answers, number)).await
}

fn pick(answers: &[Script], number: usize) -> Script {
    answers.get(number).or(answers.last()).cloned().unwrap()
}

/// Drives `work` and lets the manual clock run meanwhile: whoever waits on it waits a thousandth of the time.
pub(crate) async fn turning<T>(manual: &ManualClock, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            _ = tick.tick() => manual.advance(Duration::from_secs(1)),
        }
    }
}
