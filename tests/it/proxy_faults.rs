//! Faults between the client and a tenant that is really there: at every stage something is delayed, cut, corrupted,
//! doubled, held back or replaced. No fault may end in a verdict that is not the truth, send a second mail, or last
//! longer than the time limit.

use std::{net::SocketAddr, time::Duration};

use exchange365::{
    base::{ClientId, ClientSecret, Clock, TenantId},
    demo::{Scenario, Server},
    m365::{
        Cloud, Endpoints, Outcome, Overrides, Transport, TransportOptions,
        auth::{Credentials, TokenSource},
        graph::MailClient,
    },
    verify::{Expected, Message, Plan, Run, Verdict, run},
};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{
    dice::Dice,
    proxy::{Proxy, Spoil, Where},
    session::{clock, options, turning},
    setting,
};

const INSIDE: &str = "inside@fence.example";
const OUTSIDE: &str = "outside@fence.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "right~secret-of-the-application";
/// Random faults in a short run; `EXCHANGE365_FAULTS` asks for more.
const RANDOM: u64 = 300;

/// What is true of the tenant behind the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fence {
    Policy,
    Role,
    Missing,
}

const FENCES: [Fence; 3] = [Fence::Policy, Fence::Role, Fence::Missing];
const PLACES: [Where; 3] = [Where::Token, Where::Mail(INSIDE), Where::Mail(OUTSIDE)];

fn scenario(fence: Fence) -> Scenario {
    let (app, rules) = match fence {
        Fence::Policy => (
            "grants = [\"Mail.Send\"]",
            "[[policies]]\nright = \"restrict-access\"\napp = \"app\"\nscope = \"group@fence.example\"\n",
        ),
        Fence::Role => (
            "exchange_pointer = true",
            "[[role_assignments]]\nrole = \"Application Mail.Send\"\ngroup_scope = \"group@fence.example\"\n",
        ),
        Fence::Missing => ("grants = [\"Mail.Send\"]", ""),
    };
    let text = format!(
        r#"
        title = "Behind a proxy"
        about = "For the faults between."
        tenant = {{ id = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", name = "Fence", domains = ["fence.example"] }}
        try = {{ permitted = ["{INSIDE}"], forbidden = ["{OUTSIDE}"], recipient = "inbox@fence.example" }}
        expect = {{ verdict = "unproven", mechanism = "none", exit_code = 3 }}
        users = [
            {{ name = "in", upn = "{INSIDE}", mailbox = "licensed" }},
            {{ name = "out", upn = "{OUTSIDE}", mailbox = "licensed" }},
        ]
        [app]
        client_id = "{CLIENT}"
        object_id = "77777777-2222-3333-4444-555555555555"
        name = "App"
        secret = "{SECRET}"
        {app}
        [[groups]]
        name = "group"
        mail = "group@fence.example"
        kind = "mail-enabled-security"
        members = ["{INSIDE}"]
        {rules}"#
    );
    Scenario::from_toml(&text).unwrap()
}

/// What came of one run.
#[derive(Debug)]
struct Seen {
    /// `None` when nobody could sign in.
    verdict: Option<Verdict>,
    inside: Option<Outcome>,
    outside: Option<Outcome>,
    /// The most mails with one test id.
    mails: usize,
    /// The most requests for one sender.
    requests: usize,
    tokens: usize,
    took: Duration,
}

async fn play(fence: Fence, place: &Where, spoil: &Spoil, limit: Duration) -> Seen {
    let server = Server::start(scenario(fence), Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let proxy = Proxy::start(&server.access().base_url, place.clone(), spoil.clone(), 1).await;
    let overrides = Overrides { login: Some(proxy.url()), graph: Some(proxy.url()), exchange: None };
    let endpoints = Endpoints::new(Cloud::Global, &overrides).unwrap();
    let secret = ClientSecret::parse(SECRET).unwrap().value;
    let manual = clock();
    let options = TransportOptions { total_timeout: limit, ..options() };
    let transport = Transport::new(options, true, Clock::manual(&manual)).unwrap().masking(secret.secret());
    let credentials = Credentials {
        tenant: TenantId::parse("fence.example").unwrap().value,
        client: ClientId::parse(CLIENT).unwrap().value,
        secret,
    };
    let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials);
    let mail = MailClient::new(transport, endpoints, tokens.clone());
    let begin = Clock::system().monotonic();
    let token = turning(&manual, tokens.fresh()).await;
    let mut seen =
        Seen { verdict: None, inside: None, outside: None, mails: 0, requests: 0, tokens: 0, took: Duration::ZERO };
    if let Ok(token) = token {
        let inside = [INSIDE.parse().unwrap()];
        let plan = Plan::new(&inside, &[OUTSIDE.parse().unwrap()], inside[0].clone(), Message::default()).unwrap();
        let context = Run {
            mail: mail.clone(),
            token,
            clock: mail.clock().clone(),
            client_id: CLIENT.to_owned(),
            tenant_id: None,
            witness: exchange365::verify::Witness::default(),
        };
        let (events, received) = mpsc::channel(1);
        drop(received);
        let result = turning(&manual, run(&context, &plan, &CancellationToken::new(), &events)).await;
        let outcome = |wanted| {
            let line = result.senders.iter().find(|line| line.expected == wanted);
            line.map(|line| line.outcome)
        };
        seen.verdict = Some(result.verdict);
        seen.inside = outcome(Expected::Permitted);
        seen.outside = outcome(Expected::Forbidden);
        let with = |id: &str| server.sent().iter().filter(|mail| mail.test_id.as_deref() == Some(id)).count();
        for line in &result.senders {
            let arrived = with(line.test_id.as_str());
            match line.outcome {
                Outcome::Accepted => assert_eq!(arrived, 1, "{place:?} {spoil:?}: {line:?}"),
                Outcome::BlockedByPolicy | Outcome::AccessDenied => {
                    assert_eq!(arrived, 0, "{place:?} {spoil:?}: {line:?}");
                }
                _ => {}
            }
            seen.mails = seen.mails.max(arrived);
        }
    }
    seen.took = Clock::system().monotonic().saturating_sub(begin);
    seen.requests = proxy.mails(INSIDE).max(proxy.mails(OUTSIDE));
    seen.tokens = proxy.tokens();
    seen
}

/// What holds whatever happens.
fn check(fence: Fence, place: &Where, spoil: &Spoil, seen: &Seen) {
    let case = || format!("{fence:?}, {place:?}, {spoil:?}: {seen:?}");
    let truth = if fence == Fence::Missing { Verdict::Fail } else { Verdict::Pass };
    assert!(seen.verdict.is_none_or(|verdict| verdict == truth || verdict == Verdict::Unproven), "{}", case());
    assert!(seen.mails <= 1, "more than one mail: {}", case());
    assert!(seen.took < Duration::from_secs(20), "{}", case());
    if fence == Fence::Missing && *spoil == Spoil::Nothing {
        assert_eq!(seen.verdict, Some(Verdict::Fail), "{}", case());
    }
}

const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 25\r\n\r\n<html>Please log in</html>";
const PAGE_403: &str = "HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 41\r\n\r\n<html>ErrorAccessDenied [RAOP] blocked...";
const GATEWAY: &str = "HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\n\r\n";
const LOG_IN: &str =
    "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: NTLM\r\ncontent-length: 0\r\n\r\n";
const EMPTY_401: &str = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Negotiate\r\ncontent-length: 0\r\n\r\n";
const EMPTY_403: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
const AWAY: &str = "HTTP/1.1 307 x\r\nlocation: https://portal.example/\r\ncontent-length: 0\r\n\r\n";

/// Faults after which nothing is proven.
fn destructive() -> Vec<Spoil> {
    let mut all = vec![
        Spoil::DropRequest(0),
        Spoil::DropRequest(1),
        Spoil::DropRequest(60),
        Spoil::DropRequest(usize::MAX),
        Spoil::DropAnswer,
        Spoil::Drip,
        Spoil::Noise(b""),
        Spoil::Noise(b"\0\0\0\0"),
        Spoil::Noise(b"220 mail.example ESMTP\r\n"),
        Spoil::Noise(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"),
        Spoil::Noise(b"HTTP/2 202 \r\n\r\n"),
        Spoil::Noise(b"HTTP/1.1 2O2 Accepted\r\ncontent-length: 0\r\n\r\n"),
        Spoil::Noise(b"<html>"),
        Spoil::Chunked { ended: false },
        Spoil::Before("junk"),
        Spoil::Length(9),
        Spoil::Body("<html>Please log in</html>"),
        Spoil::Body("null"),
        Spoil::Body("{}"),
        Spoil::Body("[RAOP]"),
        Spoil::Body("{\"error\":\"ErrorAccessDenied\"}"),
        Spoil::Own(PAGE),
        Spoil::Own(PAGE_403),
        Spoil::Own(GATEWAY),
        Spoil::Own(LOG_IN),
        Spoil::Own(EMPTY_403),
        Spoil::Own(AWAY),
        Spoil::OwnAfter(PAGE),
        Spoil::OwnAfter(PAGE_403),
        Spoil::OwnAfter(GATEWAY),
        Spoil::OwnAfter(LOG_IN),
        Spoil::OwnAfter(EMPTY_401),
        Spoil::OwnAfter(EMPTY_403),
        Spoil::OwnAfter(AWAY),
        Spoil::Stale,
    ];
    for permille in [0, 5, 100, 300, 500, 800, 999] {
        all.extend([
            Spoil::Cut { permille, reset: false },
            Spoil::Cut { permille, reset: true },
            Spoil::Stall { permille },
        ]);
    }
    for status in [100, 200, 204, 206, 301, 400, 402, 404, 409, 418, 500, 502, 503, 511, 599] {
        all.push(Spoil::Status(status));
    }
    all
}

/// Faults that leave the answer's sense alone.
fn harmless() -> Vec<Spoil> {
    vec![
        Spoil::Nothing,
        Spoil::Late,
        Spoil::Unmeasured,
        Spoil::Chunked { ended: true },
        Spoil::ContentType("application/json"),
        Spoil::ContentType("text/plain; charset=utf-8"),
        Spoil::ContentType("application/octet-stream"),
        Spoil::ContentType("application/problem+json"),
        Spoil::Before("HTTP/1.1 100 Continue\r\n\r\n"),
        Spoil::Before("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
        Spoil::Twice,
    ]
}

/// A fault that makes the client wait is given up on soon.
fn limit(spoil: &Spoil) -> Duration {
    let waits = matches!(spoil, Spoil::Stall { .. } | Spoil::Drip | Spoil::Length(_) | Spoil::Status(100));
    Duration::from_millis(if waits { 400 } else { 15_000 })
}

async fn every(spoils: Vec<Spoil>) -> Vec<(Fence, Where, Spoil, Seen)> {
    let mut cases = Vec::new();
    for spoil in spoils {
        for place in PLACES {
            cases.extend(FENCES.map(|fence| (fence, place.clone(), spoil.clone())));
        }
    }
    let playing = stream::iter(cases).map(|(fence, place, spoil)| async move {
        let seen = play(fence, &place, &spoil, limit(&spoil)).await;
        check(fence, &place, &spoil, &seen);
        (fence, place, spoil, seen)
    });
    playing.buffer_unordered(6).collect().await
}

#[tokio::test]
async fn no_fault_on_the_way_proves_anything() {
    let played = every(destructive()).await;
    let began = played.iter().filter(|(_, _, _, seen)| seen.verdict.is_some()).count();
    assert!(began > played.len() / 2, "only {began} of {} runs began", played.len());
    for (fence, place, spoil, seen) in &played {
        if seen.verdict.is_none() {
            // The sign-in of a busy machine may miss the short time limit of these tests: nothing was asked.
            assert_eq!((seen.mails, seen.requests), (0, 0));
            continue;
        }
        let case = format!("{fence:?}, {place:?}, {spoil:?}: {seen:?}");
        let spoilt = match place {
            // A sign-in may be tried again, so it may succeed all the same.
            Where::Token => continue,
            Where::Mail(INSIDE) => seen.inside,
            Where::Mail(_) => seen.outside,
        };
        let open = matches!(
            spoilt,
            Some(
                Outcome::NoAnswer
                    | Outcome::Interfered
                    | Outcome::Unexpected
                    | Outcome::ServerError
                    | Outcome::TokenRejected
                    | Outcome::BadRequest
            )
        );
        // The body of a 202 is empty as it is: what replaces or follows nothing is what it was.
        assert!(open, "{case}");
        assert_eq!(seen.requests, 1, "handed over again: {case}");
        assert_ne!(seen.verdict, Some(Verdict::Pass), "{case}");
    }
    println!("{} destructive faults, at every stage and before every fence: none proved anything", played.len());
}

#[tokio::test]
async fn a_harmless_detour_changes_nothing() {
    let played = every(harmless()).await;
    for (fence, place, spoil, seen) in &played {
        let truth = if *fence == Fence::Missing { Verdict::Fail } else { Verdict::Pass };
        assert_eq!(seen.verdict, Some(truth), "{fence:?}, {place:?}, {spoil:?}: {seen:?}");
        assert_eq!((seen.requests, seen.tokens), (1, 1), "{fence:?}, {place:?}, {spoil:?}");
    }
    println!("{} harmless detours: none changed the verdict", played.len());
}

#[tokio::test]
async fn random_damage_never_makes_a_verdict() {
    let count = setting("EXCHANGE365_FAULTS").unwrap_or(RANDOM);
    let seed = setting("EXCHANGE365_SEED").unwrap_or(1);
    let mut dice = Dice::new(seed);
    let mut cases = Vec::new();
    for _ in 0..count {
        let spoil = match dice.below(6) {
            0..=2 => Spoil::Flip((0..=dice.below(3)).map(|_| (dice.below(1000), dice.byte().max(1))).collect()),
            3 => Spoil::Stutter { permille: dice.below(1000), missing: dice.one_in(2) },
            4 => Spoil::Cut { permille: dice.below(1000), reset: dice.one_in(2) },
            _ => Spoil::Length(i64::try_from(dice.below(40)).unwrap() - 20),
        };
        cases.push((*dice.of(&FENCES), dice.of(&PLACES).clone(), spoil));
    }
    let playing = stream::iter(cases).map(|(fence, place, spoil)| async move {
        let result = play(fence, &place, &spoil, Duration::from_millis(600)).await;
        check(fence, &place, &spoil, &result);
        result.verdict
    });
    let verdicts: Vec<Option<Verdict>> = playing.buffer_unordered(6).collect().await;
    let truths = verdicts.iter().filter(|verdict| verdict.is_some_and(|verdict| verdict != Verdict::Unproven)).count();
    println!("{count} random faults, seed {seed}: {truths} runs still found the truth, none a falsehood");
}
