//! Records piece by piece: what is kept of everything, what is refused line by line, what a folder of them says.

use std::{fs, sync::Arc, time::Duration};

use exchange365::{
    base::{Redactor, Timestamp},
    m365::{Cloud, Outcome, Refusal, RequestIds, ServiceError, auth::Claims},
    verify::{
        App, Expected, Fence, Mechanism, Message, Plan, SenderResult, Verdict, Watch,
        record::{
            Completeness, Concluded, Entry, Header, MAX_FILE_BYTES, MAX_LINE_BYTES, Obstacle, ReadError, Record,
            WriteError, Writer, list, listed, pending, remove,
        },
    },
};

use crate::support::Folder;

use super::record::{
    address, answer, answers, begun, header, plan, result, run_entries, time, unsealed, watch_header, write,
};

/// The record of these entries.
fn recorded(header: &Header, entries: &[Entry]) -> Record {
    let folder = Folder::new();
    Record::read(&write(&folder, header, entries)).unwrap()
}

fn not_begun() -> Entry {
    Entry::NotBegun { set_up: true, obstacles: vec![Obstacle { code: "x".into(), ..Obstacle::default() }] }
}

fn waiting() -> Entry {
    Entry::Waiting { until: time(99), why: "why".into() }
}

fn ended() -> Entry {
    Entry::Ended { why: "over".into() }
}

/// A whole run in which everybody answers as `outcomes` say.
fn run_of(verdict: Verdict) -> Vec<Entry> {
    let last = match verdict {
        Verdict::Pass => answer(2, Outcome::BlockedByPolicy, Some(Refusal::Raop)),
        Verdict::Fail => answer(2, Outcome::Accepted, None),
        Verdict::Unproven => answer(2, Outcome::ServerError, None),
    };
    run_entries(&[answer(0, Outcome::Accepted, None), answer(1, Outcome::Accepted, None), last])
}

/// Everything that can be written is read back as it was.
#[test]
#[expect(clippy::too_many_lines, reason = "one list")]
fn nothing_is_lost_on_the_way_to_the_disk_and_back() {
    let everything = SenderResult {
        retry_after: Some(Duration::from_secs(9)),
        ids: RequestIds { request_id: Some("r".into()), client_request_id: Some("c".into()) },
        service: Some(ServiceError { code: "code".into(), message: "message".into() }),
        refusal: Some(Refusal::ODataDisabled),
        verdict: Verdict::Fail,
        ..answer(0, Outcome::BlockedByPolicy, None)
    };
    let nothing = SenderResult {
        http_status: None,
        service: None,
        detail: None,
        ids: RequestIds::default(),
        retry_after: None,
        verdict: Verdict::Pass,
        ..answer(1, Outcome::NoAnswer, None)
    };
    let plain = SenderResult { refusal: Some(Refusal::Plain), ..answer(2, Outcome::AccessDenied, None) };
    let claims = Claims {
        app_id: Some("app".into()),
        display_name: Some("name".into()),
        object_id: Some("object".into()),
        tenant_id: Some("tenant".into()),
        roles: vec!["Mail.Send".into(), "User.Read.All".into()],
        expires: Some(time(3600)),
        audience: Some("audience".into()),
        credential_kind: Some("kind".into()),
    };
    let app = App { client_id: "client".into(), claims: Some(claims), token_expires: Some(time(3599)) };
    let bare = App { client_id: "client".into(), claims: None, token_expires: None };
    let obstacle = Obstacle {
        code: "code".into(),
        stage: "stage".into(),
        who: "who".into(),
        summary: "summary".into(),
        cause: "cause".into(),
        advice: vec!["one".into(), "two".into()],
        evidence: vec![("name".into(), "value".into())],
    };
    let header = Header {
        tenant_id: Some("tenant".into()),
        service_url: Some("http://127.0.0.1:1/".into()),
        cloud: Cloud::China,
        plan: Plan { message: Message { subject: "subject".into(), text: "text".into() }, ..plan() },
        watch: Some(Watch {
            fence: Fence::Unknown,
            changed: Some(time(-9)),
            last_call: Some(time(-8)),
            started: time(0),
            deadline: time(9_999),
        }),
        ..header()
    };
    let mut entries = vec![
        Entry::NotBegun { set_up: false, obstacles: vec![] },
        Entry::NotBegun { set_up: true, obstacles: vec![obstacle] },
        waiting(),
        Entry::Resumed { program_version: "9.9".into(), torn_bytes: 7 },
        Entry::Unknown,
    ];
    let mechanisms =
        [Mechanism::ApplicationAccessPolicy, Mechanism::RbacForApplications, Mechanism::Unidentified, Mechanism::None];
    let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::Unproven, Verdict::Pass];
    for (mechanism, verdict) in mechanisms.into_iter().zip(verdicts) {
        entries.push(Entry::Begun { app: Box::new(app.clone()), tenant_id: Some("tenant".into()) });
        for (index, line) in [&everything, &nothing, &plain].into_iter().enumerate() {
            entries.push(Entry::Asking { index, test_id: line.test_id.clone() });
            entries.push(Entry::Answered { index, line: Arc::new(line.clone()) });
        }
        entries.push(Entry::Concluded(Box::new(Concluded {
            verdict,
            mechanism,
            senders: vec![Verdict::Pass, Verdict::Fail, Verdict::Unproven],
            tenant_id: Some("end".into()),
            cancelled: verdict == Verdict::Fail,
            started: time(3),
            finished: time(4),
        })));
    }
    entries.push(Entry::Begun { app: Box::new(bare), tenant_id: None });
    entries.push(ended());
    let record = recorded(&header, &entries);
    assert_eq!(record.header, header);
    assert_eq!(record.entries.iter().map(|stamped| stamped.entry.clone()).collect::<Vec<_>>(), entries);
    assert_eq!((record.begun, record.entries[0].time), (time(0), time(1)));
    assert_eq!((record.integrity.lines, record.integrity.torn_bytes), (entries.len() as u64 + 1, 0));
    assert!(record.integrity.holds());
}

#[test]
fn sixteen_thousand_letters_are_kept_and_what_is_beyond_is_cut() {
    let kept = |letters: usize| {
        let line = SenderResult { detail: Some("é".repeat(letters)), ..answer(0, Outcome::ServerError, None) };
        let asked = Entry::Asking { index: 0, test_id: line.test_id.clone() };
        let record = recorded(&header(), &[begun(), asked, Entry::Answered { index: 0, line: Arc::new(line) }]);
        let Entry::Answered { line, .. } = record.entries[2].entry.clone() else { panic!() };
        line.detail.clone().unwrap()
    };
    assert_eq!(kept(16_384), "é".repeat(16_384));
    assert_eq!(kept(16_385), format!("{}… [cut]", "é".repeat(16_384)));
}

#[test]
fn a_line_may_be_a_mebibyte_and_a_file_sixty_four() {
    assert_eq!((MAX_LINE_BYTES, MAX_FILE_BYTES), (1_048_576, 67_108_864));
    let folder = Folder::new();
    let mut writer = Writer::create(folder.path(), &header(), Redactor::default(), time(0)).unwrap();
    let length = || fs::metadata(list(folder.path()).unwrap()[0].path.clone()).unwrap().len();
    let resumed = |letters: usize| Entry::Resumed { program_version: "v".repeat(letters), torn_bytes: 0 };
    let before = length();
    writer.append(time(1), &resumed(0)).unwrap();
    // The line without its letters and its end.
    let rest = usize::try_from(length() - before - 1).unwrap();
    let letters = MAX_LINE_BYTES - rest;
    assert!(matches!(writer.append(time(1), &resumed(letters + 1)), Err(WriteError::TooLarge)));
    writer.append(time(1), &resumed(letters)).unwrap();
    let record = Record::read(writer.path()).unwrap();
    assert_eq!((record.integrity.broken_at, record.integrity.lines), (None, 3));

    let mut whole = vec![0; usize::try_from(MAX_FILE_BYTES).unwrap()];
    whole[0] = b'\n';
    assert!(matches!(Record::parse(&whole), Err(ReadError::NotARecord)));
    whole.push(0);
    assert!(matches!(Record::parse(&whole), Err(ReadError::TooLarge)));
    let path = folder.path().join("large");
    fs::File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
    assert!(matches!(Record::read(&path), Err(ReadError::TooLarge)));
}

/// A value in the last line that makes no sense: the chain does not show it, its meaning does.
#[test]
fn a_last_line_that_makes_no_sense_is_no_line() {
    let folder = Folder::new();
    let line = SenderResult {
        retry_after: None,
        refusal: Some(Refusal::Raop),
        service: Some(ServiceError { code: "c".into(), message: "m".into() }),
        ..answer(0, Outcome::BlockedByPolicy, None)
    };
    let asked = Entry::Asking { index: 0, test_id: line.test_id.clone() };
    let answered = [begun(), asked.clone(), Entry::Answered { index: 0, line: Arc::new(line) }];
    let concluded = Entry::Concluded(Box::new(Concluded::from(&result(&answers()))));
    for (entries, changes) in [
        (
            &answered[..],
            &[
                ("\"address\":\"noreply@contoso.com\"", "\"address\":\"ceo@contoso.com\""),
                ("\"address\":\"noreply@contoso.com\"", "\"address\":\"nobody\""),
                ("\"expected\":\"permitted\"", "\"expected\":\"forbidden\""),
                ("\"expected\":\"permitted\"", "\"expected\":\"wanted\""),
                ("\"outcome\":\"blocked_by_policy\"", "\"outcome\":\"fine\""),
                ("\"refusal\":\"raop\"", "\"refusal\":\"rude\""),
                ("\"verdict\":\"unproven\"", "\"verdict\":\"perhaps\""),
                ("\"error_code\":\"c\"", "\"error_code\":null"),
                ("\"error_message\":\"m\"", "\"error_message\":null"),
                ("\"finished\":\"2026", "\"finished\":\"late 2026"),
                ("\"index\":0", "\"index\":1"),
                ("\"index\":0", "\"index\":3"),
                ("\"time\":\"2026", "\"time\":\"late 2026"),
                ("\"n\":3", "\"n\":4"),
                ("\"kind\":\"answered\"", "\"kind\":\"header\""),
            ][..],
        ),
        (&[begun(), asked][..], &[("\"index\":0", "\"index\":3"), ("\"test_id\":\"", "\"test_id\":\"<")]),
        (
            &[begun()],
            &[("\"token_expires\":\"2026", "\"token_expires\":\"2O26"), ("\"expires\":\"2026", "\"expires\":\"2O26")],
        ),
        (
            &[begun(), concluded],
            &[
                ("\"verdict\":\"pass\"", "\"verdict\":\"great\""),
                ("\"senders\":[\"pass\"", "\"senders\":[\"great\""),
                ("\"mechanism\":\"application_access_policy\"", "\"mechanism\":\"magic\""),
                ("\"started\":\"2026", "\"started\":\"2O26"),
                ("\"finished\":\"2026", "\"finished\":\"2O26"),
            ],
        ),
        (&[waiting()], &[("\"until\":\"2026", "\"until\":\"2O26")]),
    ] {
        let path = write(&folder, &header(), entries);
        let text = unsealed(&fs::read_to_string(&path).unwrap());
        remove(&path).unwrap();
        let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
        for (from, to) in changes {
            let changed = last.replacen(from, to, 1);
            assert_ne!(changed, last, "{from}");
            let record = Record::parse(format!("{before}\n{changed}\n").as_bytes()).unwrap();
            assert_eq!(record.integrity.broken_at, Some(entries.len() as u64 + 1), "{from} {to}");
            assert_eq!(record.entries.len(), entries.len() - 1);
        }
    }
}

#[test]
fn a_first_line_that_makes_no_sense_is_no_record() {
    let folder = Folder::new();
    let text = unsealed(&fs::read_to_string(write(&folder, &watch_header(), &[])).unwrap());
    for (from, to) in [
        ("\"n\":0", "\"n\":1"),
        ("\"prev\":\"0", "\"prev\":\"1"),
        ("\"time\":\"2026", "\"time\":\"2O26"),
        ("\"kind\":\"header\"", "\"kind\":\"unknown\""),
        ("\"cloud\":\"global\"", "\"cloud\":\"elsewhere\""),
        ("\"recipient\":\"admin@contoso.com\"", "\"recipient\":\"admin\""),
        ("\"address\":\"ceo@contoso.com\"", "\"address\":\"ceo\""),
        ("\"expected\":\"forbidden\"", "\"expected\":\"wanted\""),
        ("\"fence\":\"rbac\"", "\"fence\":\"wall\""),
        ("\"changed\":\"2026", "\"changed\":\"2O26"),
        ("\"last_call\":null", "\"last_call\":\"never\""),
        ("\"started\":\"2026", "\"started\":\"2O26"),
        ("\"deadline\":\"2026", "\"deadline\":\"2O26"),
        ("exchange365/record/1", "exchange365/record/x"),
        ("exchange365/record/1", "exchange365/record/"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(matches!(Record::parse(changed.as_bytes()), Err(ReadError::NotARecord)), "{from} {to}");
    }
    let newer = text.replacen("record/1", "record/12", 1);
    let Err(ReadError::NewerSchema(schema)) = Record::parse(newer.as_bytes()) else { panic!() };
    assert_eq!(schema, "exchange365/record/12");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut nobody = value.clone();
    nobody["entry"]["senders"] = serde_json::json!([]);
    assert!(matches!(Record::parse(nobody.to_string().as_bytes()), Err(ReadError::NotARecord)), "nobody is asked");
    assert!(Record::parse(value.to_string().as_bytes()).is_ok());
}

/// How far a record got, by what stands in it; for a run and for a watch.
#[test]
fn how_far_it_got() {
    let line = answers()[0].clone();
    let asked = Entry::Asking { index: 0, test_id: line.test_id.clone() };
    let answered = Entry::Answered { index: 0, line: Arc::new(line) };
    let concluded = Entry::Concluded(Box::new(Concluded::from(&result(&answers()))));
    let resumed = Entry::Resumed { program_version: "1".into(), torn_bytes: 0 };
    let word = |header: &Header, entries: &[Entry]| match recorded(header, entries).completeness() {
        Completeness::Finished => "finished".to_owned(),
        Completeness::Waiting { until, why } => format!("waiting until {} because {why}", until.strftime("%H:%M:%S")),
        Completeness::Interrupted { in_flight } => {
            let asked =
                in_flight.iter().map(|question| (question.index, question.asked.as_second() - time(0).as_second()));
            format!("interrupted {:?}", asked.collect::<Vec<_>>())
        }
        Completeness::Altered { line } => format!("altered {line}"),
    };
    let wait = "waiting until 08:01:39 because why";
    for (entries, run, watch) in [
        (vec![], "interrupted []", "interrupted []"),
        (vec![begun()], "interrupted []", "interrupted []"),
        (vec![begun(), asked.clone()], "interrupted [(0, 2)]", "interrupted [(0, 2)]"),
        (vec![begun(), asked.clone(), answered.clone()], "interrupted []", "interrupted []"),
        (vec![begun(), asked.clone(), begun()], "interrupted []", "interrupted []"),
        (vec![begun(), concluded.clone()], "finished", "interrupted []"),
        (vec![not_begun()], "finished", "interrupted []"),
        (vec![waiting()], wait, wait),
        (vec![waiting(), resumed.clone()], wait, wait),
        (vec![waiting(), Entry::Unknown], wait, wait),
        (vec![waiting(), begun()], "interrupted []", "interrupted []"),
        (vec![begun(), asked.clone(), ended()], "finished", "finished"),
        // No answer after the program was started anew, nor while nothing is asked.
        (vec![begun(), asked.clone(), resumed, answered.clone()], "altered 5", "altered 5"),
        (vec![begun(), asked, waiting(), answered], "altered 5", "altered 5"),
        (vec![ended(), Entry::Unknown], "finished", "finished"),
        (vec![ended(), begun()], "altered 3", "altered 3"),
        (vec![begun(), concluded.clone(), not_begun()], "altered 4", "interrupted []"),
        (vec![begun(), concluded.clone(), concluded], "altered 4", "altered 4"),
    ] {
        assert_eq!(word(&header(), &entries), run, "{entries:?}");
        assert_eq!(word(&watch_header(), &entries), watch, "{entries:?}");
    }
}

/// What a record proves: a pass of a watch needs two runs in a row, and a run that could not begin counts for nothing
/// where another one could.
#[test]
fn what_a_record_proves() {
    use Verdict::{Fail, Pass, Unproven};
    let proves = |header: &Header, runs: &[Option<Verdict>]| {
        let entries: Vec<Entry> = runs.iter().flat_map(|run| run.map_or_else(|| vec![not_begun()], run_of)).collect();
        let replayed = recorded(header, &entries).replay().unwrap();
        assert_eq!(replayed.rounds.len(), runs.len());
        assert_eq!(replayed.past().len(), runs.len());
        (replayed.verdict(header), replayed.is_unconfirmed(header))
    };
    for (runs, expected) in [
        (vec![], (None, false)),
        (vec![None], (Some(Unproven), false)),
        (vec![Some(Pass)], (Some(Unproven), true)),
        (vec![Some(Fail)], (Some(Fail), false)),
        (vec![Some(Unproven)], (Some(Unproven), false)),
        (vec![Some(Pass), Some(Pass)], (Some(Pass), false)),
        (vec![Some(Fail), Some(Pass)], (Some(Unproven), true)),
        (vec![Some(Pass), Some(Fail)], (Some(Fail), false)),
        (vec![Some(Pass), Some(Fail), Some(Pass)], (Some(Unproven), true)),
        (vec![Some(Fail), None], (Some(Fail), false)),
        (vec![Some(Pass), None], (Some(Unproven), true)),
    ] {
        assert_eq!(proves(&watch_header(), &runs), expected, "{runs:?}");
    }
    assert_eq!(proves(&header(), &[Some(Pass)]), (Some(Pass), false), "a single test needs no second one");
}

/// A run that was cut off is closed where it stands: who was asked, who was not, and when the last thing happened.
#[test]
fn a_run_without_its_end_is_closed_by_what_came_last() {
    let answers = answers();
    let entries = run_entries(&answers);
    // Begun, two questions; then another run begins, is asked nothing, and nothing follows.
    let record = recorded(&header(), &[&entries[..3], &[begun()]].concat());
    let rounds = record.replay().unwrap().rounds;
    let shown: Vec<_> = rounds
        .iter()
        .map(|round| {
            let result = &round.result;
            let since = |at: Timestamp| at.as_second() - time(0).as_second();
            (
                round.in_flight.len(),
                result.senders.len(),
                result.skipped.len(),
                since(result.started),
                since(result.finished),
                result.cancelled,
            )
        })
        .collect();
    assert_eq!(shown, [(2, 2, 1, 1, 3, true), (0, 0, 3, 4, 4, true)]);
    let line = &rounds[0].result.senders[0];
    assert_eq!(line.detail.as_deref(), Some("the program ended before the answer came"));
    assert_eq!((line.outcome, line.verdict, line.finished), (Outcome::NoAnswer, Verdict::Unproven, time(2)));
    assert_eq!(rounds[0].result.skipped, [(address("ceo@contoso.com"), Expected::Forbidden)]);
    let not = recorded(&header(), &[not_begun()]).replay().unwrap().rounds[0].clone();
    assert!(not.set_up && !not.result.cancelled && not.recorded.is_none());
    assert_eq!((not.result.skipped.len(), not.result.app.client_id.as_str()), (3, header().client_id.as_str()));
}

#[test]
fn a_verdict_that_is_too_low_is_not_believed_either() {
    let mut entries = run_of(Verdict::Pass);
    let Some(Entry::Concluded(end)) = entries.last_mut() else { panic!() };
    end.verdict = Verdict::Fail;
    let round = recorded(&header(), &entries).replay().unwrap().rounds[0].clone();
    assert!(round.disagrees());
    assert_eq!((round.recorded, round.result.verdict), (Some(Verdict::Fail), Verdict::Unproven));
    let agreed = recorded(&header(), &run_of(Verdict::Fail)).replay().unwrap().rounds[0].clone();
    assert!(!agreed.disagrees());
    let past = agreed.past();
    assert_eq!((past.asked, past.finished, past.verdict), (time(0), time(9), Verdict::Fail));
}

#[test]
fn a_folder_lists_its_records_the_newest_first_and_nothing_else() {
    let folder = Folder::new();
    let inner = folder.path().join("a/b");
    assert!(list(&inner).unwrap().is_empty() && pending(&inner).unwrap().is_empty(), "a missing folder has none");
    let make = |header: Header, at: i64, entries: &[Entry]| {
        let mut writer = Writer::create(&inner, &header, Redactor::default(), time(at)).unwrap();
        for entry in entries {
            writer.append(time(at + 5), entry).unwrap();
        }
        (writer.path().to_owned(), writer.head().to_owned())
    };
    let called = |name: &str, header: Header| Header { record_id: name.into(), ..header };
    let (old, head) = make(called("abc-defgh-ijkl", header()), 10, &run_of(Verdict::Pass));
    let (watch, _) = make(called("w", watch_header()), 20, &[waiting()]);
    let (twin, _) = make(called("z", watch_header()), 20, &[begun()]);
    // Newer, although its name comes before those.
    make(called("n", header()), 30, &run_of(Verdict::Pass));
    fs::write(inner.join("note.txt"), "x").unwrap();
    fs::write(inner.join("broken.jsonl"), "x").unwrap();
    fs::create_dir(inner.join("folder.jsonl")).unwrap();
    let names: Vec<String> = list(&inner)
        .unwrap()
        .iter()
        .map(|listed| listed.path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "run-20261123T080030Z-n.jsonl",
            "watch-20261123T080020Z-z.jsonl",
            "watch-20261123T080020Z-w.jsonl",
            "run-20261123T080010Z-abcdefgh.jsonl",
            "broken.jsonl"
        ]
    );
    assert_eq!(pending(&inner).unwrap().into_iter().map(|left| left.path).collect::<Vec<_>>(), [twin, watch]);
    let one = listed(&old);
    let summary = one.summary.unwrap();
    assert!(!one.running);
    assert_eq!((summary.begun, summary.last, summary.rounds), (time(10), time(15), 1));
    assert_eq!((summary.verdict, summary.completeness), (Some(Verdict::Pass), Completeness::Finished));
    assert_eq!(summary.head, head);
    // A file where the folder should be is said, not taken for an empty folder.
    assert!(list(&inner.join("note.txt")).is_err());
    assert!(matches!(remove(&inner.join("note.txt")), Err(WriteError::Io(_))));
    assert!(inner.join("note.txt").exists());
    remove(&old).unwrap();
    assert!(!old.exists());
}

#[test]
#[cfg(unix)]
fn nobody_else_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let inner = folder.path().join("new");
    drop(Writer::create(&inner, &header(), Redactor::default(), time(0)).unwrap());
    assert_eq!(fs::metadata(inner).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_record_that_was_altered_is_not_gone_on_with() {
    let folder = Folder::new();
    let path = write(&folder, &watch_header(), &[begun(), waiting()]);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("Mailer", "Sailor", 1)).unwrap();
    let err = Writer::resume(&path, Redactor::default(), time(9)).unwrap_err();
    assert_eq!(err.to_string(), "the record was changed in line 2 after it was written");
}
