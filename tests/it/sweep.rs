//! Sweeps against a scripted counterpart (every fault, every turn) and the demo tenant (lists, journal, formats).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use exchange365::{
    base::{Clock, ManualClock},
    demo::{Scenario, Server},
    m365::{
        Outcome, Refusal,
        graph::{MailboxName, PeopleClient, PeopleError},
    },
    verify::{
        Calibration, Control, Disagreement, Expected, Known, Shown, Steering, Stop, Sweep, SweepEvent, SweepLine,
        Swept, Target, sweep,
    },
};
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::support::{
    bare,
    session::{FIRST_TOKEN, PLAIN, RAOP, REJECTED, SECRET, Session, clock, grant, options, turning},
    wire::{Script, Seen, Step, Wire, json, raw, reply},
};

pub(super) const NO_RECIPIENTS: &str = r#"{"error":{"code":"ErrorInvalidRecipients","message":"At least one recipient is not valid., A message can't be sent because it contains no recipients."}}"#;
pub(super) const YES: &str = "yes@contoso.com";
pub(super) const NO: &str = "no@contoso.com";

fn control(address: &str, known: Known) -> Control {
    Control { address: address.parse().unwrap(), known }
}

fn controls() -> Vec<Control> {
    vec![control(YES, Known::Accepted), control(NO, Known::Refused(Refusal::Raop))]
}

pub(super) fn targets<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<Target> {
    let target =
        |name: S| Target { mailbox: MailboxName::parse(name.as_ref()).unwrap(), expected: Expected::Forbidden };
    names.into_iter().map(target).collect()
}

pub(super) fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("user-{number:04}@contoso.com")).collect()
}

/// What the controls are answered; everybody else by `other`, which is also told how often that mailbox was asked.
pub(super) fn with_controls(
    other: impl Fn(&Seen, usize) -> Script + Send + Sync + 'static,
) -> impl Fn(&Seen, usize) -> Script {
    move |seen, number| match seen.mailbox() {
        _ if !seen.is_send() => grant(number + 2),
        YES => json(400, NO_RECIPIENTS),
        NO => json(403, RAOP),
        _ => other(seen, number),
    }
}

pub(super) struct Run {
    manual: ManualClock,
    pub(super) wire: Wire,
    pub(super) session: Session,
}

impl Run {
    pub(super) async fn with(answer: impl Fn(&Seen, usize) -> Script + Send + Sync + 'static) -> Self {
        let manual = clock();
        let wire = Wire::start(&manual, answer).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        Self { manual, wire, session }
    }

    pub(super) fn input(&self, targets: Vec<Target>) -> Sweep {
        Sweep {
            mail: self.session.mail.clone(),
            tokens: self.session.tokens.clone(),
            token: self.session.token.clone(),
            clock: Clock::manual(&self.manual),
            targets,
            done: BTreeMap::new(),
            unconfirmed: BTreeMap::new(),
            controls: controls(),
            concurrency: 16,
        }
    }

    pub(super) async fn sweep(&self, input: Sweep) -> Swept {
        self.steered(input, CancellationToken::new(), watch::channel(false).1, |_| ()).await
    }

    pub(super) async fn steered(
        &self,
        input: Sweep,
        cancel: CancellationToken,
        pause: watch::Receiver<bool>,
        mut seen: impl FnMut(SweepEvent),
    ) -> Swept {
        let (events, mut received) = mpsc::channel(64);
        let drain = async {
            while let Some(event) = received.recv().await {
                seen(event);
            }
        };
        let work = Box::pin(async { tokio::join!(sweep(input, Steering { cancel, pause }, events), drain).0 });
        turning(&self.manual, work).await
    }
}

pub(super) fn shown(swept: &Swept) -> BTreeMap<String, Shown> {
    swept.lines.iter().map(|line| (line.mailbox.to_string(), line.shown)).collect()
}

#[tokio::test]
async fn everybody_is_asked_by_one_request_at_a_time_and_throttled_ones_as_late_as_they_ask() {
    let run = Run::with(with_controls(|seen, number| {
        let user: usize = seen.mailbox()[5..9].parse().unwrap();
        match (user % 10, number) {
            (3, 0) => reply(429, &[("retry-after", "120"), ("content-type", "application/json")], "{}"),
            (7, 0) => json(503, r#"{"error":{"code":"serviceNotAvailable","message":"x"}}"#),
            _ if user == 42 => json(400, NO_RECIPIENTS),
            _ => json(403, RAOP),
        }
    }))
    .await;
    let swept = run.sweep(run.input(targets(numbered(300)))).await;
    assert_eq!((swept.calibration, swept.stop), (Calibration::Agrees, None));
    for line in &swept.lines {
        let expected = if line.index == 42 { Shown::Reached } else { Shown::Refused(Refusal::Raop) };
        assert_eq!(line.shown, expected, "{line:?}");
        assert_eq!(line.attempts, if matches!(line.index % 10, 3 | 7) { 2 } else { 1 }, "{line:?}");
        assert_eq!(run.wire.most_at_once(line.mailbox.as_str()), 1);
    }
    for user in (3..300).step_by(10) {
        let name = format!("user-{user:04}@contoso.com");
        let times: Vec<Duration> =
            run.wire.sends().iter().filter(|seen| seen.mailbox() == name).map(|seen| seen.at).collect();
        assert_eq!(times.len(), 2, "{name}");
        assert!(
            times[1].saturating_sub(times[0]) >= Duration::from_secs(119),
            "{name} was asked again after {:?}",
            times[1].saturating_sub(times[0])
        );
    }
    // Nobody can have got a mail.
    assert!(run.wire.sends().iter().all(|seen| seen.body.contains(r#""toRecipients":[]"#)));
}

#[tokio::test]
async fn what_proves_nothing_is_not_provable() {
    let page = "<html><body>Blocked [RAOP] ErrorAccessDenied</body></html>";
    let html = |status| reply(status, &[("content-type", "text/html")], page);
    let graph = |status, code: &str, text: &str| {
        json(status, &format!(r#"{{"error":{{"code":"{code}","message":"{text}"}}}}"#))
    };
    let faults: Vec<(&str, Script, Outcome)> = vec![
        ("unknown", graph(404, "ErrorInvalidUser", "x"), Outcome::MailboxUnknown),
        ("none", graph(404, "MailboxNotEnabledForRESTAPI", "x"), Outcome::MailboxUnavailable),
        ("page", html(403), Outcome::Interfered),
        ("portal", html(200), Outcome::Interfered),
        ("moved", reply(302, &[("location", "https://login.example")], ""), Outcome::Interfered),
        ("login", html(407), Outcome::Interfered),
        ("empty", reply(403, &[], ""), Outcome::Unexpected),
        ("foreign", json(403, r#"{"code":"ErrorAccessDenied","message":"[RAOP]"}"#), Outcome::Interfered),
        ("sendas", graph(403, "ErrorSendAsDenied", "x"), Outcome::SendAsDenied),
        ("payload", graph(400, "BadRequest", "contains no recipients"), Outcome::BadRequest),
        ("unresolved", graph(400, "ErrorInvalidRecipients", "Recipient 'x' is not resolved"), Outcome::BadRequest),
        ("accepted", reply(202, &[], ""), Outcome::Unexpected),
        ("always429", graph(429, "ApplicationThrottled", "x"), Outcome::Throttled),
        ("always500", graph(500, "InternalServerError", "x"), Outcome::ServerError),
        ("cut", vec![Step::Close], Outcome::NoAnswer),
        (
            "half",
            raw("HTTP/1.1 403 x\r\ncontent-length: 500\r\n\r\n{\"error\":{\"code\":\"ErrorAccessDenied\""),
            Outcome::NoAnswer,
        ),
    ];
    let scripts: BTreeMap<String, Script> = faults
        .iter()
        .map(|(name, script, _)| {
            let script = if *name == "half" { [script.clone(), vec![Step::Close]].concat() } else { script.clone() };
            (format!("{name}@contoso.com"), script)
        })
        .collect();
    let run = Run::with(with_controls(move |seen, _| scripts[seen.mailbox()].clone())).await;
    let swept = run.sweep(run.input(targets(faults.iter().map(|(name, ..)| format!("{name}@contoso.com"))))).await;
    let found = shown(&swept);
    for (name, _, outcome) in &faults {
        assert_eq!(found[&format!("{name}@contoso.com")], Shown::Other(*outcome), "{name}");
    }
}

#[tokio::test]
async fn the_probe_is_off_unless_it_says_what_real_mails_said() {
    let graph = |status, code: &str| json(status, &format!(r#"{{"error":{{"code":"{code}","message":"x"}}}}"#));
    for (yes, no, is_silent) in [
        (json(400, NO_RECIPIENTS), json(400, NO_RECIPIENTS), false),
        (json(403, RAOP), json(403, RAOP), false),
        (json(400, NO_RECIPIENTS), json(403, PLAIN), false),
        (json(403, RAOP), json(400, NO_RECIPIENTS), false),
        (reply(202, &[], ""), json(403, RAOP), true),
        (graph(400, "BadRequest"), json(403, RAOP), true),
        (json(400, NO_RECIPIENTS), graph(404, "ErrorInvalidUser"), true),
        (json(400, NO_RECIPIENTS), graph(429, "TooManyRequests"), true),
        (json(400, NO_RECIPIENTS), vec![Step::Close], true),
    ] {
        let run = Run::with(move |seen, _| if seen.mailbox() == YES { yes.clone() } else { no.clone() }).await;
        let swept = run.sweep(run.input(targets(numbered(20)))).await;
        let Calibration::Off(why) = &swept.calibration else { panic!("it was on") };
        assert_eq!(matches!(why, Disagreement::Silent(..)), is_silent, "{why:?}");
        assert_eq!(swept.stop, Some(Stop::ProbeOff));
        assert!(swept.lines.iter().all(|line| line.shown == Shown::NotAsked));
        assert!(run.wire.sends().iter().all(|seen| [YES, NO].contains(&seen.mailbox())), "nobody else was asked");
    }
    for missing in [vec![], vec![controls()[0].clone()], vec![controls()[1].clone()]] {
        let run = Run::with(with_controls(|_, _| json(403, RAOP))).await;
        let swept = run.sweep(Sweep { controls: missing, ..run.input(targets(numbered(5))) }).await;
        assert!(matches!(swept.calibration, Calibration::Off(_)));
    }
}

#[tokio::test]
async fn answers_count_only_between_two_agreeing_looks_at_the_controls() {
    // After 700 answers the tenant lets everybody in: somebody has removed the policy.
    let answered = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&answered);
    let run = Run::with(move |seen, number| {
        let others = counter.load(Ordering::SeqCst);
        match seen.mailbox() {
            _ if !seen.is_send() => grant(number + 2),
            YES => json(400, NO_RECIPIENTS),
            NO if others < 700 => json(403, RAOP),
            NO => json(400, NO_RECIPIENTS),
            _ => {
                counter.fetch_add(1, Ordering::SeqCst);
                json(403, RAOP)
            }
        }
    })
    .await;
    let mut voided = 0;
    let input = run.input(targets(numbered(3000)));
    let swept = run
        .steered(input, CancellationToken::new(), watch::channel(false).1, |event| {
            voided += usize::from(matches!(event, SweepEvent::Void(_)));
        })
        .await;
    assert_eq!(swept.stop, Some(Stop::ControlsChanged));
    assert_eq!(voided, 1);
    let standing = swept.lines.iter().filter(|line| line.shown == Shown::Refused(Refusal::Raop)).count();
    let void = swept.lines.iter().filter(|line| line.shown == Shown::Unconfirmed).count();
    assert!(standing <= 700, "{standing} stand");
    assert!(void > 0 && standing + void >= 700, "{void} are void");
    assert!(answered.load(Ordering::SeqCst) < 1400, "the sweep went on");
}

#[tokio::test]
async fn known_senders_on_the_list_are_never_asked_twice_at_a_time() {
    // The one that is refused is answered late, while the controls are due for another look.
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let run = Run::with(move |seen, number| match (seen.mailbox(), number) {
        (NO, 1) => [vec![Step::Gate(Arc::clone(&held))], json(403, RAOP)].concat(),
        _ => with_controls(|_, _| json(403, RAOP))(seen, number),
    })
    .await;
    let names = [NO.to_owned()].into_iter().chain(numbered(1500)).chain([YES.to_owned()]);
    let mut answered = 0;
    let swept = run
        .steered(run.input(targets(names)), CancellationToken::new(), watch::channel(false).1, |event| {
            answered += usize::from(matches!(event, SweepEvent::Answered(_)));
            if answered == 1000 {
                gate.add_permits(1);
            }
        })
        .await;
    assert_eq!(swept.stop, None);
    assert!(swept.checks >= 2, "{} looks", swept.checks);
    for name in [YES, NO] {
        assert_eq!(run.wire.most_at_once(name), 1, "{name}");
        assert!(run.wire.sends().iter().filter(|seen| seen.mailbox() == name).count() >= 3, "{name}");
    }
    assert!(swept.lines.iter().all(|line| line.shown.result().as_str() != "not_provable"));
}

#[tokio::test]
async fn what_an_interrupted_sweep_left_unconfirmed_falls_when_the_probe_is_off_now() {
    for (is_on, expected) in [(true, Shown::Refused(Refusal::Raop)), (false, Shown::Unconfirmed)] {
        let run = Run::with(move |seen, number| match seen.mailbox() {
            NO if !is_on => json(400, NO_RECIPIENTS),
            _ => with_controls(|_, _| json(403, RAOP))(seen, number),
        })
        .await;
        let list = targets(numbered(3));
        let left = SweepLine { shown: Shown::Refused(Refusal::Raop), ..SweepLine::not_asked(1, &list[1]) };
        let swept = run.sweep(Sweep { unconfirmed: BTreeMap::from([(1, left)]), ..run.input(list) }).await;
        assert_eq!(swept.lines[1].shown, expected);
        assert_eq!(swept.calibration == Calibration::Agrees, is_on);
        let asked = run.wire.sends().iter().filter(|seen| seen.mailbox() == "user-0001@contoso.com").count();
        assert_eq!(asked, 0, "who was answered is not asked again");
    }
}

#[tokio::test]
async fn a_new_token_is_used_when_the_old_one_is_rejected_and_the_controls_are_looked_at_again() {
    let run =
        Run::with(with_controls(
            |seen, _| {
                if seen.bearer() == FIRST_TOKEN { json(401, REJECTED) } else { json(403, RAOP) }
            },
        ))
        .await;
    let swept = run.sweep(run.input(targets(numbered(40)))).await;
    assert_eq!(swept.stop, None);
    assert!(swept.lines.iter().all(|line| line.shown == Shown::Refused(Refusal::Raop)), "{:?}", shown(&swept));
    let tokens = run.wire.seen().iter().filter(|seen| !seen.is_send()).count();
    assert_eq!(tokens, 1, "one new token for everybody");
    let controls = |bearer: fn(&str) -> bool| {
        run.wire.sends().iter().filter(|seen| [YES, NO].contains(&seen.mailbox()) && bearer(seen.bearer())).count()
    };
    assert!(controls(|bearer| bearer != FIRST_TOKEN) >= 2);
}

#[tokio::test]
async fn a_sweep_is_held_cancelled_and_gives_up_on_a_dead_line() {
    let run = Run::with(with_controls(|_, _| json(403, RAOP))).await;
    let (hold, pause) = watch::channel(false);
    let cancel = CancellationToken::new();
    let (stop, mut held_at, mut lines) = (cancel.clone(), None, 0);
    let input = Sweep { concurrency: 4, ..run.input(targets(numbered(2000))) };
    let swept = run
        .steered(input, cancel, pause, |event| match event {
            SweepEvent::Answered(_) => {
                lines += 1;
                if lines == 200 {
                    hold.send_replace(true);
                }
            }
            SweepEvent::Progress(progress) if progress.is_paused => {
                let (number, at) = held_at.get_or_insert((0, lines));
                *number += 1;
                assert!(lines <= *at + 4, "it went on while it was held");
                if *number == 5 {
                    hold.send_replace(false);
                }
            }
            SweepEvent::Progress(_) if lines > 600 => stop.cancel(),
            _ => {}
        })
        .await;
    assert_eq!(swept.stop, Some(Stop::Cancelled));
    assert!(held_at.is_some());
    let asked = swept.lines.iter().filter(|line| line.shown == Shown::Refused(Refusal::Raop)).count();
    assert!((600..2000).contains(&asked), "{asked}");
    assert!(swept.lines.iter().all(|line| matches!(line.shown, Shown::NotAsked | Shown::Refused(Refusal::Raop))));

    let is_dead = Arc::new(AtomicBool::new(false));
    let (dead, count) = (Arc::clone(&is_dead), AtomicUsize::new(0));
    let run = Run::with(move |seen, number| {
        if seen.is_send() && (dead.load(Ordering::SeqCst) || count.fetch_add(1, Ordering::SeqCst) > 100) {
            dead.store(true, Ordering::SeqCst);
            return vec![Step::Close];
        }
        with_controls(|_, _| json(403, RAOP))(seen, number)
    })
    .await;
    let (mut answered, mut confirmed) = (0, 0);
    let input = run.input(targets(numbered(1000)));
    let swept = run
        .steered(input, CancellationToken::new(), watch::channel(false).1, |event| match event {
            SweepEvent::Answered(_) => answered += 1,
            // Where the machine is slow, five minutes of the manual clock go by before the line is lost.
            SweepEvent::Confirmed(_) => confirmed = answered,
            _ => {}
        })
        .await;
    assert_eq!(swept.stop, Some(Stop::LineLost));
    assert!(run.wire.sends().len() < 400, "{} requests on a dead line", run.wire.sends().len());
    // The last look at the controls told nothing, so what was answered before it does not stand.
    let standing = swept.lines.iter().filter(|line| line.shown.result().as_str() != "not_provable").count();
    assert!(standing <= confirmed, "{standing} stand, {confirmed} were confirmed");
}

#[tokio::test]
async fn a_list_never_leads_to_another_host() {
    let own: Arc<std::sync::Mutex<String>> = Arc::default();
    for (next, works) in [
        ("http://127.0.0.1:9/v1.0/users?$skiptoken=2", false),
        ("https://graph.microsoft.com.evil.example/v1.0/users", false),
        ("OWN@evil.example/v1.0/users", false),
        ("not an address", false),
        ("OWN/v1.0/users?$skiptoken=2", true),
    ] {
        let manual = clock();
        let url = Arc::clone(&own);
        let wire = Wire::start(&manual, move |seen, number| {
            let user =
                |number: usize| format!(r#"{{"id":"x","userPrincipalName":"u{number}@contoso.com","mail":null}}"#);
            if seen.method == "POST" {
                grant(number + 2)
            } else if seen.target.contains("skiptoken") {
                json(200, &format!(r#"{{"value":[{}]}}"#, user(2)))
            } else {
                let next = next.replace("OWN", &url.lock().unwrap());
                json(200, &format!(r#"{{"@odata.nextLink":"{next}","value":[{}]}}"#, user(1)))
            }
        })
        .await;
        *own.lock().unwrap() = wire.url();
        let people = people(&manual, &wire);
        let found = turning(&manual, people.everybody(|_| ())).await;
        if works {
            assert_eq!(found.unwrap().people.len(), 2);
        } else {
            assert_eq!(found.unwrap_err(), PeopleError::ForeignLink, "{next}");
        }
    }
    // A list that leads back to itself ends, too.
    let manual = clock();
    let wire = Wire::start(&manual, |seen, number| {
        let body = r#"{"@odata.nextLink":"http://HOST/v1.0/users?$skiptoken=1","value":[]}"#;
        if seen.method == "POST" { grant(number + 2) } else { json(200, &body.replace("HOST", seen.header("host"))) }
    })
    .await;
    let found = turning(&manual, people(&manual, &wire).everybody(|_| ())).await;
    assert_eq!(found.unwrap_err(), PeopleError::ForeignLink);
}

/// Whoever is left out of a list is not covered by a sweep, so it has to be known that somebody was.
#[tokio::test]
async fn members_that_cannot_be_asked_are_counted_and_other_things_are_not() {
    const MEMBERS: &str = r##"{"value":[
        {"@odata.type":"#microsoft.graph.user","id":"75283b3b-609a-4c1c-b8b8-baa1342fdfa6","userPrincipalName":"a@x.com"},
        {"id":"b","userPrincipalName":"b@x.com","mail":"B.Mail@x.com"},
        {"@odata.type":"#Microsoft.Graph.User","id":"75283b3b-609a-4c1c-b8b8-baa1342fdfa7"},
        {"@odata.type":"#microsoft.graph.group","id":"g"},
        {"@odata.type":"#microsoft.graph.device","id":"75283b3b-609a-4c1c-b8b8-baa1342fdfa8"},
        {"@odata.type":"#microsoft.graph.user","id":"no id","userPrincipalName":"no name"},
        {"@odata.type":"microsoft.graph.user","id":"c","userPrincipalName":"c@x.com"},
        {"@odata.type":"","id":"d","userPrincipalName":"d@x.com"}
    ]}"##;
    let manual = clock();
    let answer =
        |seen: &Seen, number: usize| if seen.method == "POST" { grant(number + 2) } else { json(200, MEMBERS) };
    let wire = Wire::start(&manual, answer).await;
    let people = people(&manual, &wire);
    let group = "11111111-2222-3333-4444-555555555555";
    for found in
        [turning(&manual, people.members(group, |_| ())).await, turning(&manual, people.everybody(|_| ())).await]
    {
        let found = found.unwrap();
        let names: Vec<&str> = found.people.iter().map(|person| person.mailbox.as_str()).collect();
        assert_eq!(names, ["a@x.com", "b@x.com", "75283b3b-609a-4c1c-b8b8-baa1342fdfa7"]);
        assert_eq!(found.unreadable, 3);
    }
}

fn people(manual: &ManualClock, wire: &Wire) -> PeopleClient {
    use exchange365::{
        base::{ClientId, ClientSecret, TenantId},
        m365::{
            Cloud, Endpoints, Overrides, Transport,
            auth::{Credentials, TokenSource},
        },
    };
    let overrides = Overrides { login: Some(wire.url()), graph: Some(wire.url()), exchange: None };
    let endpoints = Endpoints::new(Cloud::Global, &overrides).unwrap();
    let transport = Transport::new(options(), true, Clock::manual(manual)).unwrap();
    let credentials = Credentials {
        tenant: TenantId::parse("contoso.com").unwrap().value,
        client: ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
        secret: ClientSecret::parse(SECRET).unwrap().value,
    };
    let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials);
    PeopleClient::new(transport, endpoints, tokens)
}

// ---- the real program against the demo tenant ----

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");

async fn play(text: &str) -> Server {
    let scenario = Scenario::from_toml(text).unwrap();
    Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
}

fn scenario_text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("resources/demo/{name}.toml"))).unwrap()
}

fn program(server: &Server, arguments: &[&str]) -> Command {
    let access = server.access();
    let mut command = bare(PROGRAM);
    command
        .arg("sweep")
        .args(["--tenant-id", &access.tenant_id, "--client-id", &access.client_id])
        .args(["--login-url", &access.base_url, "--graph-url", &access.base_url])
        .args(arguments)
        .env("EXCHANGE365_DATA_DIR", "none")
        .env("EXCHANGE365_CLIENT_SECRET", access.client_secret.expose())
        .stdin(Stdio::null());
    command
}

fn known(server: &Server) -> Vec<String> {
    let access = server.access();
    let list = [("--permitted", access.permitted.join(",")), ("--forbidden", access.forbidden.join(","))];
    let mut known: Vec<String> = list.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
    known.extend(["--to".to_owned(), access.recipient.clone()]);
    known
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|err| {
        panic!("{err}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("exchange365-sweep-{name}-{}", std::process::id()));
    let _nothing_there = fs::remove_dir_all(&folder).is_err();
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn a_sweep_finds_what_samples_do_not_and_says_what_it_is() {
    for (scenario, code, verdict, reachable, not_provable, calibrated) in [
        ("whole-company", 0, "pass", 2, 0, true),
        ("one-too-many", 1, "fail", 3, 7, true),
        ("probe-unusable", 3, "unproven", 0, 24, false),
    ] {
        let server = play(&scenario_text(scenario)).await;
        let known = known(&server);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let before = server.sent().len();
        let output = run(program(&server, &[&known[..], &["--directory", "--format", "json"]].concat())).await;
        let result = parsed(&output);
        assert_eq!(output.status.code(), Some(code), "{scenario}: {}", result["summary"]);
        assert_eq!(result["schema"], "exchange365/sweep/1");
        assert_eq!(result["verdict"], verdict, "{scenario}");
        assert_eq!(result["counts"]["reachable"], reachable, "{scenario}");
        assert_eq!(result["counts"]["not_provable"], not_provable, "{scenario}");
        assert_eq!(result["method"]["documented"], false);
        assert_eq!(result["method"]["calibrated_in_this_run"], calibrated, "{scenario}");
        assert_eq!(result["controls"]["verdict"], "pass", "{scenario}: the samples pass");
        assert_eq!(server.sent().len() - before, 2, "{scenario}: only the permitted controls sent a mail");
        for (format, label) in [("text", "no recipient"), ("csv", "probe without sending")] {
            let output = run(program(&server, &[&known[..], &["--directory", "--format", format]].concat())).await;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!calibrated || text.contains(label), "{scenario} {format}: {text}");
        }
    }
}

#[tokio::test]
async fn lists_come_from_files_groups_and_standard_input_and_gaps_are_said() {
    let server = play(&scenario_text("one-too-many")).await;
    let known = known(&server);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let place = folder("lists");
    let list = place.join("people.csv");
    fs::write(&list, "\u{feff}\"DisplayName\";\"UserPrincipalName\"\r\n\"A\";\"employee-0001@fjordbyen.example\"\r\n\"A again\";\"Employee-0001@fjordbyen.example\"\r\n\"B\";\"nobody\"\r\n").unwrap();
    let output =
        run(program(&server, &[&known[..], &["--mailboxes", list.to_str().unwrap(), "--format", "json"]].concat()))
            .await;
    let result = parsed(&output);
    assert_eq!(output.status.code(), Some(3), "a gap is never a pass: {}", result["summary"]);
    assert_eq!(result["coverage"]["complete"], false);
    assert_eq!((&result["coverage"]["repeats"], &result["coverage"]["unreadable"]), (&1.into(), &1.into()));
    assert_eq!(result["coverage"]["unreadable_entries"][0]["line"], 4);

    for group in ["totalview-senders@fjordbyen.example", "Totalview senders"] {
        let output = run(program(&server, &[&known[..], &["--group", group, "--format", "json"]].concat())).await;
        let result = parsed(&output);
        assert_eq!(result["counts"]["total"], 3, "{group}: nested members count: {}", result["summary"]);
        assert_eq!(output.status.code(), Some(1));
    }
    let expected = place.join("expected.txt");
    fs::write(&expected, "employee-0117@fjordbyen.example\n").unwrap();
    let arguments = ["--group", "Totalview senders", "--expected-file", expected.to_str().unwrap()];
    let output = run(program(&server, &[&known[..], &arguments].concat())).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));

    let mut child = program(&server, &[&known[..], &["--mailboxes", "-", "--format", "csv"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"employee-0002@fjordbyen.example").unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("\"employee-0002@fjordbyen.example\",\"forbidden\",\"refused\",\"as_expected\""), "{text}");

    for (arguments, code) in [
        (vec!["--group", "nobody here"], "group_not_found"),
        (vec!["--mailboxes", "/no/such/file"], "file_unreadable"),
        (vec![], "sweep_list_empty"),
    ] {
        let output = run(program(&server, &[&known[..], &arguments, &["--format", "json"]].concat())).await;
        let result = parsed(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {result}");
        let found = result["problems"][0]["code"].as_str().unwrap().to_owned();
        assert!(found == code || code == "file_unreadable", "{arguments:?}: {found}");
    }
    fs::remove_dir_all(place).unwrap();
    // An app that may only send cannot read the directory, and that is said with the way around it.
    let server = play(&scenario_text("restricted-aap")).await;
    let known = self::known(&server);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let output = run(program(&server, &[&known[..], &["--directory", "--format", "json"]].concat())).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(parsed(&output)["problems"][0]["code"], "directory_not_readable");
    assert!(server.sent().is_empty(), "nothing is sent before the list is there");
}

/// The company with every answer a little late, so that a sweep can be stopped in its middle.
fn slow_company() -> String {
    scenario_text("whole-company") + "\n[[faults]]\nstage = \"send_mail\"\nthen = { delay = { milliseconds = 25 } }\n"
}

#[tokio::test]
async fn a_killed_sweep_goes_on_where_it_was() {
    let server = play(&slow_company()).await;
    let known = known(&server);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let place = folder("killed");
    let journal = place.join("sweep.jsonl");
    let name = journal.to_str().unwrap();
    let start = ["--directory", "--journal", name, "--concurrency", "4"];
    let mut child =
        program(&server, &[&known[..], &start].concat()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let answers = |text: &str| text.lines().filter(|line| line.starts_with("{\"answer\"")).count();
    while answers(&fs::read_to_string(&journal).unwrap_or_default()) < 100 {
        Clock::system().sleep(Duration::from_millis(5)).await;
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let written = fs::read_to_string(&journal).unwrap();
    let whole = written.rfind('\n').unwrap() + 1;
    let left: BTreeSet<usize> = written[..whole]
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap()["answer"]["n"].as_u64())
        .map(|number| usize::try_from(number).unwrap())
        .collect();
    assert!((100..380).contains(&left.len()), "{} answers", left.len());
    let asked_before = server.requests().len();

    // A line that was cut off in the middle does no harm.
    fs::write(&journal, written[..whole].to_owned() + "{\"answer\":{\"n\":3").unwrap();
    let output = run(program(&server, &["--resume", name, "--format", "json"])).await;
    let result = parsed(&output);
    assert_eq!(output.status.code(), Some(0), "{}", result["summary"]);
    assert_eq!(result["coverage"]["resumed_answers"], left.len());
    assert_eq!(result["counts"]["total"], 404);
    assert_eq!(result["counts"]["reachable"], 2);
    // Who was answered before is not asked again.
    let again: Vec<String> = server.requests()[asked_before..]
        .iter()
        .filter(|request| request.operation == "graph.send_mail")
        .map(|request| request.path.clone())
        .collect();
    let addresses = result["mailboxes"].as_array().unwrap();
    let access = server.access();
    for number in left {
        let address = addresses[number]["address"].as_str().unwrap();
        let is_control = access.permitted.iter().chain(&access.forbidden).any(|control| control == address);
        let path = format!("/v1.0/users/{address}/sendMail");
        assert!(is_control || !again.contains(&path), "{address} was asked again");
    }
    // A whole journal can be gone on with, too: only the known senders are asked.
    let asked_before = server.requests().len();
    let output = run(program(&server, &["--resume", name, "--format", "json"])).await;
    assert_eq!(parsed(&output)["coverage"]["resumed_answers"], 404);
    let asked: Vec<_> =
        server.requests()[asked_before..].iter().filter(|it| it.operation == "graph.send_mail").cloned().collect();
    assert!(asked.len() <= 8, "{} requests", asked.len());
    fs::remove_dir_all(place).unwrap();
}

#[tokio::test]
async fn a_journal_is_for_the_same_app_and_holds_no_secret() {
    let server = play(&scenario_text("probe-unusable").replace("payload_first = true", "")).await;
    let known = known(&server);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let place = folder("journal");
    let (journal, json, csv) = (place.join("sweep.jsonl"), place.join("r.json"), place.join("r.csv"));
    let name = journal.to_str().unwrap();
    let reports = ["--report", json.to_str().unwrap(), "--report", csv.to_str().unwrap()];
    let output = run(program(&server, &[&known[..], &["--directory", "--journal", name], &reports].concat())).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let secret = server.access().client_secret.expose().to_owned();
    let mut everything =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for file in [&journal, &json, &csv] {
        everything += &fs::read_to_string(file).unwrap();
    }
    assert!(!everything.contains(&secret), "the secret is somewhere");
    assert!(!everything.contains("eyJ"), "a token is somewhere");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&journal).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let code = |output: &Output| parsed(output)["problems"][0]["code"].as_str().unwrap().to_owned();
    let again =
        run(program(&server, &[&known[..], &["--directory", "--journal", name, "--format", "json"]].concat())).await;
    assert_eq!(
        (again.status.code(), code(&again).as_str()),
        (Some(2), "sweep_journal_unusable"),
        "it is not overwritten"
    );
    let sent = server.sent().len();
    let mut other_secret = program(&server, &["--resume", name, "--format", "json"]);
    other_secret.env("EXCHANGE365_CLIENT_SECRET", "another~secret");
    let mut other_app = program(&server, &["--resume", name, "--format", "json"]);
    other_app.args(["--client-id", "99999999-2222-3333-4444-555555555555"]);
    let mut other_tenant = program(&server, &["--resume", name, "--format", "json"]);
    other_tenant.args(["--tenant-id", "contoso.com"]);
    for command in [other_secret, other_app, other_tenant] {
        let shown = format!("{command:?}");
        let refused = run(command).await;
        if code(&refused) == "arguments_not_usable" {
            // The same option twice is refused by the command line itself.
            assert_eq!(refused.status.code(), Some(2), "{shown}");
            continue;
        }
        assert_eq!((refused.status.code(), code(&refused).as_str()), (Some(2), "sweep_journal_unusable"));
        assert!(String::from_utf8_lossy(&refused.stdout).contains("belongs to another"));
    }
    assert_eq!(server.sent().len(), sent, "nothing is sent before the journal is accepted");
    fs::remove_dir_all(place).unwrap();
}
