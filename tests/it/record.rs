//! Records: written as it happens, cut at any byte, altered anywhere, gone on with, replayed.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use exchange365::{
    base::{MailAddress, Redactor, Secret, Timestamp},
    m365::{Cloud, Outcome, Refusal, RequestIds, ServiceError, auth::Claims},
    verify::{
        App, Event, Expected, Fence, Line, Mechanism, Message, Plan, RunResult, SenderResult, TestId, Verdict, Watch,
        judge, mechanism, overall,
        record::{
            Completeness, Concluded, Entry, Header, Obstacle, ReadError, Record, ReplayError, SCHEMA, WriteError,
            Writer, list, pending, remove,
        },
    },
};
use proptest::prelude::*;

use crate::support::Folder;

const CANARY: &str = "canary~Q8Q.secret/value";

pub(super) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_420_800 + second).unwrap()
}

pub(super) fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

pub(super) fn plan() -> Plan {
    let permitted = [address("noreply@contoso.com"), address("jón+próf@føroyar.fo")];
    Plan::new(&permitted, &[address("ceo@contoso.com")], address("admin@contoso.com"), Message::default()).unwrap()
}

pub(super) fn header() -> Header {
    Header::new("11111111-2222-3333-4444-555555555555".to_owned(), Cloud::Global, plan())
}

pub(super) fn watch_header() -> Header {
    let watch = Watch {
        fence: Fence::Rbac,
        changed: Some(time(-60)),
        last_call: None,
        started: time(0),
        deadline: time(4 * 3600),
    };
    Header { watch: Some(watch), ..header() }
}

pub(super) fn app() -> App {
    let claims = Claims {
        app_id: Some("a".to_owned()),
        display_name: Some("Mailer <b>".to_owned()),
        roles: vec!["Mail.Send".to_owned()],
        expires: Some(time(3600)),
        ..Claims::default()
    };
    App { client_id: header().client_id, claims: Some(claims), token_expires: Some(time(3599)) }
}

pub(super) fn answer(index: usize, outcome: Outcome, refusal: Option<Refusal>) -> SenderResult {
    let (address, expected) = plan().senders[index].clone();
    SenderResult {
        address,
        expected,
        outcome,
        refusal,
        verdict: Verdict::Unproven,
        http_status: Some(403),
        service: refusal.map(|_| ServiceError { code: "ErrorAccessDenied".to_owned(), message: "no\nway".to_owned() }),
        detail: Some("détail".to_owned()),
        ids: RequestIds { request_id: Some("r".to_owned()), client_request_id: None },
        test_id: TestId::new(),
        attempts: 2,
        elapsed: Duration::from_nanos(123_456_789),
        finished: time(5),
        retry_after: Some(Duration::from_secs(7)),
        token_serial: 3,
    }
}

pub(super) fn answers() -> Vec<SenderResult> {
    vec![
        answer(0, Outcome::Accepted, None),
        answer(1, Outcome::Accepted, None),
        answer(2, Outcome::BlockedByPolicy, Some(Refusal::Raop)),
    ]
}

/// What the run itself would have said.
pub(super) fn result(answers: &[SenderResult]) -> RunResult {
    let lines: Vec<Line> = answers
        .iter()
        .map(|line| Line {
            expected: line.expected,
            outcome: line.outcome,
            refusal: line.refusal,
            token_serial: line.token_serial,
        })
        .collect();
    let verdicts = judge(&lines);
    let judged: Vec<(Expected, Verdict)> = lines.iter().map(|line| line.expected).zip(verdicts.clone()).collect();
    RunResult {
        verdict: overall(&judged),
        mechanism: mechanism(&lines, app().roles()),
        senders: answers
            .iter()
            .cloned()
            .zip(verdicts)
            .map(|(line, verdict)| Arc::new(SenderResult { verdict, ..line }))
            .collect(),
        skipped: Vec::new(),
        app: app(),
        tenant_id: Some("tenant".to_owned()),
        started: time(0),
        finished: time(9),
        cancelled: false,
    }
}

fn events(answers: &[SenderResult]) -> Vec<Event> {
    // All are asked before the first answer comes, as mailboxes are asked in parallel.
    let asking = answers.iter().enumerate().map(|(index, line)| Event::Asking { index, test_id: line.test_id.clone() });
    let answered =
        answers.iter().enumerate().rev().map(|(index, line)| Event::Answered { index, line: Arc::new(line.clone()) });
    asking.chain(answered).collect()
}

pub(super) fn begun() -> Entry {
    Entry::Begun { app: Box::new(app()), tenant_id: None }
}

pub(super) fn run_entries(answers: &[SenderResult]) -> Vec<Entry> {
    let mut entries = vec![begun()];
    entries.extend(events(answers).iter().map(Entry::from));
    entries.push(Entry::Concluded(Box::new(Concluded::from(&result(answers)))));
    entries
}

pub(super) fn write(folder: &Folder, header: &Header, entries: &[Entry]) -> PathBuf {
    let mut writer = Writer::create(folder.path(), header, Redactor::default(), time(0)).unwrap();
    for (second, entry) in (1..).zip(entries) {
        writer.append(time(second), entry).unwrap();
    }
    writer.path().to_owned()
}

/// The same record as an older version wrote it: no line carries a hash over itself.
pub(crate) fn unsealed(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let mut before = "0".repeat(64);
    let mut out = String::new();
    for line in text.lines() {
        let (open, _) = line.split_once(",\"sha256\":\"").unwrap();
        let sealed: serde_json::Value = serde_json::from_str(line).unwrap();
        let line = format!("{open}}}").replacen(sealed["prev"].as_str().unwrap(), &before, 1);
        before = Sha256::digest(line.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[test]
fn a_finished_run_replays_into_the_same_events_and_result() {
    let folder = Folder::new();
    let answers = answers();
    let path = write(&folder, &header(), &run_entries(&answers));
    let record = Record::read(&path).unwrap();
    assert_eq!(record.completeness(), Completeness::Finished);
    assert_eq!(record.header.plan, plan());
    let replayed = record.replay().unwrap();
    let round = replayed.last().unwrap();
    assert_eq!(round.result, result(&answers));
    assert_eq!(round.result.verdict, Verdict::Pass);
    assert_eq!(round.result.mechanism, Mechanism::ApplicationAccessPolicy);
    assert_eq!(format!("{:?}", round.events), format!("{:?}", events(&answers)));
    assert!(!round.disagrees() && round.in_flight.is_empty());
    assert!(pending(folder.path()).unwrap().is_empty());
}

#[test]
fn the_chain_can_be_checked_with_ordinary_tools() {
    use sha2::{Digest as _, Sha256};
    let folder = Folder::new();
    let path = write(&folder, &header(), &run_entries(&answers()));
    let text = fs::read_to_string(&path).unwrap();
    let mut before = "0".repeat(64);
    for (number, line) in text.lines().enumerate() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((json["n"].as_u64().unwrap(), json["prev"].as_str().unwrap()), (number as u64, before.as_str()));
        before = Sha256::digest(line.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    }
    assert_eq!(Record::read(&path).unwrap().integrity.head, before);
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["entry"]["schema"], SCHEMA);
}

#[test]
fn killed_at_any_byte_it_loses_at_most_the_question_in_flight() {
    let folder = Folder::new();
    let path = write(&folder, &header(), &run_entries(&answers()));
    let whole = Record::read(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let first_line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in 0..bytes.len() {
        match Record::parse(&bytes[..cut]) {
            Err(err) => assert!(matches!(err, ReadError::NotARecord) && cut < first_line, "{cut}: {err}"),
            Ok(record) => {
                assert_eq!(record.integrity.broken_at, None, "{cut}");
                assert_eq!(record.entries, whole.entries[..record.entries.len()]);
                let lines = bytes[..cut].split(|byte| *byte == b'\n').count() - 1;
                assert!(record.entries.len() + 1 >= lines);
                let replayed = record.replay().unwrap();
                let verdict = replayed.last().map_or(Verdict::Unproven, |round| round.result.verdict);
                assert!(verdict == Verdict::Unproven || cut + 1 >= bytes.len() || record.entries.len() >= 7, "{cut}");
            }
        }
    }
}

#[test]
fn what_was_in_flight_is_named_and_unproven() {
    let folder = Folder::new();
    let answers = answers();
    let entries = run_entries(&answers);
    let path = write(&folder, &header(), &entries[..5]);
    let Completeness::Interrupted { in_flight } = Record::read(&path).unwrap().completeness() else { panic!() };
    assert_eq!(in_flight.iter().map(|question| question.index).collect::<Vec<_>>(), [0, 1]);
    let replayed = Record::read(&path).unwrap().replay().unwrap();
    let round = replayed.last().unwrap();
    assert_eq!(round.recorded, None);
    assert!(round.result.cancelled);
    assert_eq!(round.result.verdict, Verdict::Unproven);
    assert_eq!(round.result.senders[0].outcome, Outcome::NoAnswer);
    assert!(round.result.senders[0].outcome.may_have_been_sent());
    assert_eq!(pending(folder.path()).unwrap().len(), 1);
}

#[test]
fn any_change_is_found_at_its_line() {
    let folder = Folder::new();
    let path = write(&folder, &header(), &run_entries(&answers()));
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let broken = |lines: &[&str]| Record::parse(lines.concat().as_bytes()).unwrap().integrity.broken_at;
    assert_eq!(broken(&lines), None);
    for line in 1..lines.len() - 1 {
        let mut without = lines.clone();
        without.remove(line);
        assert_eq!(broken(&without), Some(line as u64 + 1), "line {line} was cut out");
        let mut swapped = lines.clone();
        swapped.swap(line, line + 1);
        assert_eq!(broken(&swapped), Some(line as u64 + 1), "line {line} was moved");
        let mut doubled = lines.clone();
        doubled.insert(line, lines[line]);
        assert_eq!(broken(&doubled), Some(line as u64 + 2), "line {line} was put in");
    }
    let friendlier = text.replace("blocked_by_policy", "accepted");
    let record = Record::parse(friendlier.as_bytes()).unwrap();
    let line = record.integrity.broken_at.unwrap();
    assert_eq!(record.replay().unwrap_err(), ReplayError::Altered(line));
    assert_eq!(record.completeness(), Completeness::Altered { line });
    // Another subject in the first line shows there; an older record shows it in the second, which holds its hash.
    assert_eq!(
        Record::parse(text.replacen("Test mail", "Best mail", 1).as_bytes()).unwrap().integrity.broken_at,
        Some(1)
    );
    assert_eq!(
        Record::parse(unsealed(&text).replacen("Test mail", "Best mail", 1).as_bytes()).unwrap().integrity.broken_at,
        Some(2)
    );
}

#[test]
fn a_verdict_that_the_answers_do_not_give_is_not_believed() {
    let folder = Folder::new();
    let answers = vec![
        answer(0, Outcome::Accepted, None),
        answer(1, Outcome::Accepted, None),
        answer(2, Outcome::Accepted, None),
    ];
    let mut entries = run_entries(&answers);
    let Some(Entry::Concluded(end)) = entries.last_mut() else { panic!() };
    end.verdict = Verdict::Pass;
    let record = Record::read(&write(&folder, &header(), &entries)).unwrap();
    let replayed = record.replay().unwrap();
    let round = replayed.last().unwrap();
    assert!(round.disagrees());
    assert_eq!(round.result.verdict, Verdict::Unproven);
}

#[test]
fn answers_without_questions_and_lines_after_the_end_are_refused() {
    let folder = Folder::new();
    let answers = answers();
    let entries = run_entries(&answers);
    let asked = |index: usize| Entry::Asking { index, test_id: answers[index].test_id.clone() };
    let answered = |index: usize, of: usize| Entry::Answered { index, line: Arc::new(answers[of].clone()) };
    for wrong in [
        vec![answered(0, 0)],
        vec![asked(0)],
        vec![begun(), answered(0, 0)],
        vec![begun(), asked(0), asked(0)],
        vec![begun(), asked(0), answered(0, 0), asked(0)],
        vec![begun(), asked(0), answered(0, 1)],
        vec![Entry::Concluded(Box::new(Concluded::from(&result(&answers))))],
        [entries.clone(), vec![begun()]].concat(),
    ] {
        let record = Record::read(&write(&folder, &header(), &wrong)).unwrap();
        assert_eq!(record.integrity.broken_at, Some(wrong.len() as u64 + 1), "{wrong:?}");
    }
}

#[test]
fn a_watch_goes_on_where_it_was_killed() {
    let folder = Folder::new();
    let answers = answers();
    let mut entries = run_entries(&answers);
    entries.push(Entry::Waiting { until: time(2100), why: "the app has to be silent".to_owned() });
    let path = write(&folder, &watch_header(), &entries);
    // Half a line, as a machine without power leaves it.
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"n\":9,\"time\":\"2026");
    fs::write(&path, &bytes).unwrap();

    let left = pending(folder.path()).unwrap();
    assert_eq!(
        left[0].summary.completeness,
        Completeness::Waiting { until: time(2100), why: "the app has to be silent".to_owned() }
    );
    let (mut writer, record) = Writer::resume(&left[0].path, Redactor::default(), time(50)).unwrap();
    assert_eq!((record.header.watch, record.integrity.torn_bytes), (watch_header().watch, 19));
    assert!(pending(folder.path()).unwrap().is_empty(), "a running watch is not offered");
    assert!(list(folder.path()).unwrap()[0].running);
    assert!(matches!(Writer::resume(&path, Redactor::default(), time(51)), Err(WriteError::InUse)));
    assert!(matches!(remove(&path), Err(WriteError::InUse)));
    for entry in run_entries(&answers) {
        writer.append(time(60), &entry).unwrap();
    }
    writer.append(time(61), &Entry::Ended { why: "Two tests in a row passed".to_owned() }).unwrap();
    let head = writer.head().to_owned();
    drop(writer);

    let record = Record::read(&path).unwrap();
    assert_eq!((record.completeness(), record.integrity.head.as_str()), (Completeness::Finished, head.as_str()));
    let replayed = record.replay().unwrap();
    assert_eq!(replayed.past().iter().map(|past| past.verdict).collect::<Vec<_>>(), [Verdict::Pass, Verdict::Pass]);
    assert_eq!(replayed.ended.as_deref(), Some("Two tests in a row passed"));
    assert!(record.entries.iter().any(|stamped| matches!(stamped.entry, Entry::Resumed { torn_bytes: 19, .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no lock is left behind");
    remove(&path).unwrap();
    assert!(list(folder.path()).unwrap().is_empty());
}

#[test]
fn a_line_whose_end_is_missing_is_kept_and_ended() {
    let folder = Folder::new();
    let path = write(&folder, &watch_header(), &[begun()]);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let (writer, _) = Writer::resume(&path, Redactor::default(), time(5)).unwrap();
    drop(writer);
    let record = Record::read(&path).unwrap();
    assert_eq!((record.integrity.broken_at, record.entries.len()), (None, 2));
}

#[test]
fn a_run_that_could_not_begin_says_why() {
    let folder = Folder::new();
    let obstacle = Obstacle {
        code: "client_secret_expired".to_owned(),
        summary: "The secret has expired".to_owned(),
        evidence: vec![("aadsts".to_owned(), "7000222".to_owned())],
        ..Obstacle::default()
    };
    let path = write(&folder, &header(), &[Entry::NotBegun { set_up: true, obstacles: vec![obstacle.clone()] }]);
    let replayed = Record::read(&path).unwrap().replay().unwrap();
    assert_eq!(replayed.last().unwrap().obstacles, [obstacle]);
    assert_eq!(replayed.last().unwrap().result.verdict, Verdict::Unproven);
}

#[test]
fn no_secret_reaches_the_file() {
    let folder = Folder::new();
    let redactor = Redactor::default().with(&Secret::new(CANARY.to_owned()));
    let said = |text: &str| format!("{text} {CANARY} eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig");
    let mut header = header();
    header.plan.message = Message { subject: said("s"), text: said("t") };
    header.tenant_id = Some(said("t"));
    header.service_url = Some(said("u"));
    let mut line = answer(0, Outcome::AccessDenied, Some(Refusal::Plain));
    line.service = Some(ServiceError { code: said("c"), message: said("m") });
    line.detail = Some(said("d"));
    line.ids = RequestIds { request_id: Some(said("r")), client_request_id: Some(said("c")) };
    let mut app = app();
    app.claims.as_mut().unwrap().display_name = Some(said("n"));
    let mut writer = Writer::create(folder.path(), &header, redactor, time(0)).unwrap();
    writer.append(time(1), &Entry::Begun { app: Box::new(app), tenant_id: Some(said("t")) }).unwrap();
    writer.append(time(2), &Entry::Asking { index: 0, test_id: line.test_id.clone() }).unwrap();
    writer.append(time(3), &Entry::Answered { index: 0, line: Arc::new(line) }).unwrap();
    let obstacle = Obstacle {
        cause: said("c"),
        advice: vec![said("a")],
        evidence: vec![(said("n"), said("v"))],
        ..Obstacle::default()
    };
    writer.append(time(4), &Entry::NotBegun { set_up: false, obstacles: vec![obstacle] }).unwrap();
    let text = fs::read_to_string(writer.path()).unwrap();
    assert!(!text.contains("canary") && !text.contains("eyJ"), "{text}");
    assert!(Record::read(writer.path()).unwrap().integrity.holds());
}

#[test]
fn newer_and_foreign_files_are_told_apart() {
    let folder = Folder::new();
    let text = fs::read_to_string(write(&folder, &header(), &[])).unwrap();
    let newer = text.replace("exchange365/record/1", "exchange365/record/2");
    assert!(matches!(Record::parse(newer.as_bytes()), Err(ReadError::NewerSchema(_))));
    for foreign in ["", "{}", "\0\0\0", "hello\n", &text.replace("exchange365/record/1", "x"), "\u{feff}{}"] {
        assert!(matches!(Record::parse(foreign.as_bytes()), Err(ReadError::NotARecord)), "{foreign}");
    }
    fs::write(folder.path().join("broken.jsonl"), "hello").unwrap();
    let listed = list(folder.path()).unwrap();
    assert_eq!(listed.iter().filter(|listed| listed.summary.is_err()).count(), 1);
}

#[test]
fn kinds_of_a_later_version_change_nothing() {
    let folder = Folder::new();
    let path = write(&folder, &header(), &[Entry::Unknown, begun()]);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(r#""kind":"unknown""#));
    let record = Record::read(&path).unwrap();
    assert_eq!(record.entries[0].entry, Entry::Unknown);
    assert!(record.integrity.holds());
}

#[test]
fn sizes_have_their_limits() {
    let folder = Folder::new();
    let mut writer = Writer::create(folder.path(), &header(), Redactor::default(), time(0)).unwrap();
    let mut line = answer(0, Outcome::ServerError, None);
    line.detail = Some("x".repeat(3 * 1024 * 1024));
    writer.append(time(1), &begun()).unwrap();
    writer.append(time(1), &Entry::Asking { index: 0, test_id: line.test_id.clone() }).unwrap();
    writer.append(time(2), &Entry::Answered { index: 0, line: Arc::new(line) }).unwrap();
    let record = Record::read(writer.path()).unwrap();
    let replayed = record.replay().unwrap();
    let detail = replayed.rounds[0].result.senders[0].detail.clone().unwrap();
    assert!(detail.ends_with("[cut]") && detail.len() < 20_000);
    let many: Vec<MailAddress> =
        (0..20_000).map(|number| address(&format!("{number}@a-rather-long-domain-name.example.com"))).collect();
    let plan = Plan { senders: many.into_iter().map(|address| (address, Expected::Permitted)).collect(), ..plan() };
    let result = Writer::create(folder.path(), &Header { plan, ..header() }, Redactor::default(), time(9));
    assert!(matches!(result, Err(WriteError::TooLarge)));
    let long =
        format!("{}\n{}", fs::read_to_string(writer.path()).unwrap().lines().next().unwrap(), "x".repeat(2 << 20));
    assert_eq!(Record::parse(long.as_bytes()).unwrap().integrity.torn_bytes, 2 << 20);
}

/// Where the child below writes; absent when it runs as an ordinary test.
const CHILD: &str = "EXCHANGE365_TEST_RECORD_CHILD";

/// Plays a run that never ends, in a process of its own: each mail is "handed over" (printed) after its question was
/// written.
#[test]
fn child_that_asks_until_it_is_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let senders = (0..5000).map(|number| (address(&format!("{number}@x.example")), Expected::Forbidden)).collect();
    let plan = Plan { senders, ..plan() };
    let header = Header { plan: plan.clone(), ..header() };
    let mut writer = Writer::create(std::path::Path::new(&folder), &header, Redactor::default(), time(0)).unwrap();
    writer.append(time(0), &begun()).unwrap();
    for (index, (address, expected)) in plan.senders.into_iter().enumerate() {
        let line = SenderResult { address, expected, ..answer(2, Outcome::BlockedByPolicy, Some(Refusal::Raop)) };
        writer.append(time(1), &Entry::Asking { index, test_id: line.test_id.clone() }).unwrap();
        println!("\nhanded over {}", line.test_id);
        writer.append(time(2), &Entry::Answered { index, line: Arc::new(line) }).unwrap();
    }
}

#[test]
fn killed_hard_nothing_that_was_handed_over_is_missing() {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };
    for wanted in [1, 7, 40] {
        let folder = Folder::new();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["record::child_that_asks_until_it_is_killed", "--exact", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut handed_over = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(id) = line.unwrap().strip_prefix("handed over ") {
                handed_over.push(id.to_owned());
            }
            if handed_over.len() == wanted {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let left = pending(folder.path()).unwrap();
        assert_eq!(left.len(), 1, "the next start sees it");
        let (mut writer, record) = Writer::resume(&left[0].path, Redactor::default(), time(99)).unwrap();
        let asked: Vec<String> = record
            .entries
            .iter()
            .filter_map(|stamped| match &stamped.entry {
                Entry::Asking { test_id, .. } => Some(test_id.to_string()),
                _ => None,
            })
            .collect();
        assert!(handed_over.len() >= wanted);
        assert_eq!(asked[..handed_over.len()], handed_over);
        let Completeness::Interrupted { in_flight } = record.completeness() else { panic!() };
        assert!(in_flight.len() <= 1, "more than the question in flight was lost");
        writer.append(time(99), &Entry::Ended { why: "not gone on with".to_owned() }).unwrap();
        drop(writer);
        assert!(pending(folder.path()).unwrap().is_empty());
    }
}

#[test]
#[cfg(unix)]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = write(&folder, &header(), &[]);
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let folder = Folder::new();
    let header = header();
    drop(Writer::create(folder.path(), &header, Redactor::default(), time(0)).unwrap());
    assert!(matches!(Writer::create(folder.path(), &header, Redactor::default(), time(0)), Err(WriteError::Io(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..4000, flip in any::<u8>()) {
        let _refused = Record::parse(&bytes).is_err();
        let folder = Folder::new();
        let mut text = fs::read(write(&folder, &header(), &run_entries(&answers()))).unwrap();
        let at = at % text.len();
        text[at] ^= flip | 1;
        // A changed byte is found, unless it only breaks the last line or the first line's white space.
        if let Ok(record) = Record::parse(&text) {
            let whole = record.integrity.holds() && record.integrity.torn_bytes == 0;
            let last_line = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| text[..end].iter().rposition(|byte| *byte == b'\n').unwrap_or(0));
            prop_assert!(!whole || at > last_line, "byte {at} was changed unseen");
        }
    }
}
