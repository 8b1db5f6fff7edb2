//! What is read back from files and from a PowerShell window.

use std::{sync::Arc, time::Duration};

use exchange365::{
    base::{ClientId, MailAddress, Redactor, Timestamp},
    m365::{Cloud, Outcome, Refusal, RequestIds},
    policy::{ReadContext, read_bytes, recognise},
    report::report_of_record,
    verify::{
        App, Event, Line, Message, Plan, SenderResult, TestId, Verdict, judge, overall,
        record::{Concluded, Entry, Header, Record, Writer},
    },
};

use crate::record::unsealed;
use crate::support::{
    Folder,
    fuzz::{bodies, fuzz, fuzz_slowly, texts},
    worked,
};

const APP: &str = "11111111-2222-3333-4444-555555555555";

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_420_800 + second).unwrap()
}

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

/// The bytes of a record of one run, in which the permitted and the forbidden sender were answered like this.
fn record(permitted: Outcome, forbidden: (Outcome, Option<Refusal>)) -> Vec<u8> {
    let plan =
        Plan::new(&[address("in@x.com")], &[address("out@x.com")], address("to@x.com"), Message::default()).unwrap();
    let answers: Vec<SenderResult> = plan
        .senders
        .iter()
        .zip([(permitted, None), forbidden])
        .map(|((address, expected), (outcome, refusal))| SenderResult {
            address: address.clone(),
            expected: *expected,
            outcome,
            refusal,
            verdict: Verdict::Unproven,
            http_status: Some(403),
            service: None,
            detail: None,
            ids: RequestIds::default(),
            test_id: TestId::new(),
            attempts: 1,
            elapsed: Duration::from_millis(5),
            finished: time(5),
            retry_after: None,
            token_serial: 1,
        })
        .collect();
    let lines: Vec<Line> = answers
        .iter()
        .map(|line| Line {
            expected: line.expected,
            outcome: line.outcome,
            refusal: line.refusal,
            token_serial: line.token_serial,
        })
        .collect();
    let judged: Vec<_> = lines.iter().map(|line| line.expected).zip(judge(&lines)).collect();
    let app = App { client_id: APP.to_owned(), claims: None, token_expires: None };
    let folder = Folder::new();
    let header = Header::new(APP.to_owned(), Cloud::Global, plan);
    let mut writer = Writer::create(folder.path(), &header, Redactor::default(), time(0)).unwrap();
    let mut append = |entry: &Entry| writer.append(time(1), entry).unwrap();
    append(&Entry::Begun { app: Box::new(app.clone()), tenant_id: None });
    for (index, line) in answers.iter().enumerate() {
        append(&Entry::from(&Event::Asking { index, test_id: line.test_id.clone() }));
        append(&Entry::from(&Event::Answered { index, line: Arc::new(line.clone()) }));
    }
    let result = exchange365::verify::RunResult {
        verdict: overall(&judged),
        mechanism: exchange365::verify::mechanism(&lines, None),
        senders: answers
            .into_iter()
            .zip(judge(&lines))
            .map(|(line, verdict)| Arc::new(SenderResult { verdict, ..line }))
            .collect(),
        skipped: Vec::new(),
        app,
        tenant_id: None,
        started: time(1),
        finished: time(1),
        cancelled: false,
    };
    append(&Entry::Concluded(Box::new(Concluded::from(&result))));
    std::fs::read(writer.path()).unwrap()
}

/// A damaged record never proves more than the record did.
#[test]
fn records() {
    let denied = (Outcome::AccessDenied, Some(Refusal::Plain));
    let marked = (Outcome::BlockedByPolicy, Some(Refusal::Raop));
    for (name, seed, best) in [
        ("records of a pass", record(Outcome::Accepted, marked), Verdict::Pass),
        ("records of a leak", record(Outcome::Accepted, (Outcome::Accepted, None)), Verdict::Fail),
        ("records of nothing proven", record(Outcome::NoAnswer, denied), Verdict::Unproven),
    ] {
        let (report, _) = report_of_record(&Record::parse(&seed).unwrap(), "file").unwrap();
        assert_eq!(report.verdict, best, "{name}");
        // Most damage to a record shows by its hashes; one of an older version has fewer of them.
        let old = unsealed(std::str::from_utf8(&seed).unwrap()).into_bytes();
        let (report, _) = report_of_record(&Record::parse(&old).unwrap(), "file").unwrap();
        assert_eq!(report.verdict, best, "{name} of an older version");
        fuzz(name, &[seed, old], |input| {
            let Ok(record) = Record::parse(input) else { return };
            drop(record.completeness());
            let Ok(replayed) = record.replay() else {
                assert!(!record.integrity.holds());
                return;
            };
            for round in &replayed.rounds {
                let judged = round.result.verdict;
                assert!(judged == best || judged == Verdict::Unproven, "{judged:?} from a record of {best:?}");
            }
            if let Ok((report, _)) = report_of_record(&record, "file") {
                assert!(report.verdict == best || report.verdict == Verdict::Unproven, "{:?}", report.verdict);
            }
        });
    }
}

const LIST: &str = "AppId             : 11111111-2222-3333-4444-555555555555\r\nMailbox           : Chief\r\n\
     MailboxId         : 75283b3b-609a-4c1c-b8b8-baa1342fdfa6\r\nAccessCheckResult : Denied\r\n\r\n";
const TABLE: &str = "RoleName               GrantedPermissions AllowedResourceScope ScopeType            InScope\n\
     --------               ------------------ -------------------- ---------            -------\n\
     Application Mail.Send  Mail.Send          Senders only         CustomRecipientScope True\n";
const JSON: &str =
    r#"[{"Asked":"a@x.com","AppId":"11111111-2222-3333-4444-555555555555","AccessCheckResult":"Granted"}]"#;
const GROUP: &str = "Name : Senders\nPrimarySmtpAddress : s@x.com\nRecipientTypeDetails : MailUniversalSecurityGroup\n\
     Guid : 75283b3b-609a-4c1c-b8b8-baa1342fdfa6\n";

#[test]
fn pasted_command_output() {
    let block = include_str!("../../fixtures/policy-result.txt");
    let mut seeds = texts(&[LIST, TABLE, JSON, GROUP, block]);
    // An error of Exchange is pasted as often as a result.
    seeds.extend(bodies(&["exchange-admin"], &[]));
    let context = ReadContext { client_id: Some(ClientId::parse(APP).unwrap().value), ..ReadContext::default() };
    fuzz_slowly("pasted output", &seeds, |input| {
        let begin = worked();
        match read_bytes(input, &context) {
            Ok(back) => assert!(!back.recognised.is_empty()),
            Err(err) => assert!(!err.next().is_empty()),
        }
        for step in exchange365::policy::GuideStep::ALL {
            drop(recognise(step, &String::from_utf8_lossy(input)));
        }
        assert!(worked().saturating_sub(begin) < Duration::from_secs(5), "too slow");
    });
}

/// Texts that are long in the one way that parsers mind.
#[test]
fn long_command_output_is_read_in_time() {
    let context = ReadContext::default();
    for piece in [
        "AppId : x\n",
        "[",
        "{\"a\":",
        " : ",
        "----- ",
        "\r\n\r\n",
        "a b c d e\n",
        "AccessCheckResult : Denied\n",
        "\u{2026}",
        "\t",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        for text in [text.clone(), format!("{LIST}{text}"), format!("{TABLE}{text}")] {
            let begin = worked();
            drop(read_bytes(text.as_bytes(), &context));
            let took = worked().saturating_sub(begin);
            assert!(took < Duration::from_secs(10), "{piece:?} took {took:?}");
        }
    }
}
