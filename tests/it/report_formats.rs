//! Every format of a report: complete, and inert whatever the names are.

use std::{
    fs,
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use exchange365::{
    base::{MailAddress, Redactor, Timestamp},
    m365::{Cloud, Outcome, Refusal, RequestIds, ServiceError, auth::Claims},
    report::{
        ComparedSender, Ending, Format, Standing, Timeline, Trail, VerifyReport, check_record, compare, obstacle_of,
        record_check_json, render, report_format, report_of_record, timeline_svg, write_report_with,
    },
    verify::{
        App, Event, Expected, Fence, Line, Message, Plan, RunResult, SenderResult, TestId, Verdict, Watch, judge,
        mechanism, overall,
        record::{Concluded, Entry, Header, Obstacle, Record, Writer},
    },
};

use proptest::prelude::*;

use crate::support::Folder;

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_420_800 + second).unwrap()
}

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

fn app() -> App {
    let claims = Claims {
        display_name: Some("Totalview mail".to_owned()),
        object_id: Some("9b1ad228-6b52-49d3-b2cb-55e1329ed53b".to_owned()),
        roles: vec!["Mail.Send".to_owned()],
        ..Claims::default()
    };
    App { client_id: "44cc7fcf-781d-42c9-b613-9fbf9a1673e1".to_owned(), claims: Some(claims), token_expires: None }
}

const RAOP: &str = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.";

fn line(who: &str, expected: Expected, outcome: Outcome, at: i64) -> SenderResult {
    let refused = matches!(outcome, Outcome::BlockedByPolicy | Outcome::AccessDenied);
    let refusal = match outcome {
        Outcome::BlockedByPolicy => Some(Refusal::Raop),
        Outcome::AccessDenied => Some(Refusal::Plain),
        _ => None,
    };
    SenderResult {
        address: address(who),
        expected,
        outcome,
        refusal,
        verdict: Verdict::Unproven,
        http_status: match outcome {
            Outcome::Accepted => Some(202),
            Outcome::NoAnswer | Outcome::NetworkError => None,
            _ => Some(403),
        },
        service: refused.then(|| ServiceError { code: "ErrorAccessDenied".to_owned(), message: RAOP.to_owned() }),
        detail: (outcome == Outcome::NoAnswer).then(|| "the answer did not come within 60 seconds".to_owned()),
        ids: RequestIds {
            request_id: (outcome != Outcome::NoAnswer).then(|| "a4f1c1b2-0a63-4f0e-9a9e-1f6c0a8a1c11".to_owned()),
            client_request_id: Some("0f1f2c2d-51d8-4a0c-8d38-2a3c4e5f6071".to_owned()),
        },
        test_id: TestId::new(),
        attempts: 1,
        elapsed: Duration::from_millis(312),
        finished: time(at + 2),
        retry_after: None,
        token_serial: 1,
    }
}

/// Judged as a run judges.
fn run(senders: Vec<SenderResult>, at: i64) -> RunResult {
    let lines: Vec<Line> = senders
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
    let app = app();
    RunResult {
        verdict: overall(&judged),
        mechanism: mechanism(&lines, app.roles()),
        senders: senders
            .into_iter()
            .zip(verdicts)
            .map(|(line, verdict)| Arc::new(SenderResult { verdict, ..line }))
            .collect(),
        skipped: Vec::new(),
        tenant_id: Some("37df6c3a-872f-400d-ade0-0efd5dbbda11".to_owned()),
        app,
        started: time(at),
        finished: time(at + 3),
        cancelled: false,
    }
}

const PERMITTED: [&str; 2] = ["totalview@midtbank.example", "noreply@midtbank.example"];
const FORBIDDEN: [&str; 3] = ["direktor@midtbank.example", "hr-løn@midtbank.example", "it-support@midtbank.example"];

fn lines(permitted: Outcome, forbidden: Outcome, at: i64) -> Vec<SenderResult> {
    let permitted = PERMITTED.map(|who| line(who, Expected::Permitted, permitted, at));
    let forbidden = FORBIDDEN.map(|who| line(who, Expected::Forbidden, forbidden, at));
    permitted.into_iter().chain(forbidden).collect()
}

fn plan() -> Plan {
    let list = |names: &[&str]| names.iter().map(|who| address(who)).collect::<Vec<_>>();
    Plan::new(&list(&PERMITTED), &list(&FORBIDDEN), address("it-support@midtbank.example"), Message::default()).unwrap()
}

fn header() -> Header {
    Header {
        tenant_id: Some("37df6c3a-872f-400d-ade0-0efd5dbbda11".to_owned()),
        service_url: Some("https://graph.microsoft.com/".to_owned()),
        ..Header::new(app().client_id, Cloud::Global, plan())
    }
}

fn entries(run: &RunResult) -> Vec<(Timestamp, Entry)> {
    let mut entries =
        vec![(run.started, Entry::Begun { app: Box::new(run.app.clone()), tenant_id: run.tenant_id.clone() })];
    for (index, line) in run.senders.iter().enumerate() {
        let events =
            [Event::Asking { index, test_id: line.test_id.clone() }, Event::Answered { index, line: Arc::clone(line) }];
        entries.extend(events.iter().map(|event| (line.finished, Entry::from(event))));
    }
    entries.push((run.finished, Entry::Concluded(Box::new(Concluded::from(run)))));
    entries
}

fn written(header: &Header, entries: &[(Timestamp, Entry)]) -> (VerifyReport, Trail) {
    let folder = Folder::new();
    let mut writer = Writer::create(folder.path(), header, Redactor::default(), time(0)).unwrap();
    for (time, entry) in entries {
        writer.append(*time, entry).unwrap();
    }
    let record = Record::read(writer.path()).unwrap();
    report_of_record(&record, writer.path().file_name().unwrap().to_str().unwrap()).unwrap()
}

fn passed() -> (VerifyReport, Trail) {
    written(&header(), &entries(&run(lines(Outcome::Accepted, Outcome::BlockedByPolicy, 0), 0)))
}

fn failed() -> (VerifyReport, Trail) {
    let mut senders = lines(Outcome::Accepted, Outcome::BlockedByPolicy, 0);
    senders[1] = line(PERMITTED[1], Expected::Permitted, Outcome::BlockedByPolicy, 0);
    senders[2] = line(FORBIDDEN[0], Expected::Forbidden, Outcome::Accepted, 0);
    senders[4] = line(FORBIDDEN[2], Expected::Forbidden, Outcome::NoAnswer, 0);
    written(&header(), &entries(&run(senders, 0)))
}

fn watched() -> (VerifyReport, Trail) {
    let watch = Watch {
        fence: Fence::Policy,
        changed: Some(time(-300)),
        last_call: None,
        started: time(0),
        deadline: time(4 * 3600),
    };
    let header = Header { watch: Some(watch), ..header() };
    let mut all = Vec::new();
    for (at, outcome) in [
        (0, Outcome::Accepted),
        (660, Outcome::NoAnswer),
        (1600, Outcome::Accepted),
        (3460, Outcome::BlockedByPolicy),
        (3800, Outcome::BlockedByPolicy),
    ] {
        all.extend(entries(&run(lines(Outcome::Accepted, outcome, at), at)));
        all.push((time(at + 4), Entry::Waiting { until: time(at + 600), why: "it is early".to_owned() }));
    }
    all.push((time(3900), Entry::Ended { why: "Two tests in a row passed".to_owned() }));
    written(&header, &all)
}

fn refused_sign_in() -> (VerifyReport, Trail) {
    let obstacle = Obstacle {
        code: "client_secret_expired".to_owned(),
        stage: "secret".to_owned(),
        who: "customer_admin".to_owned(),
        summary: "The client secret has expired".to_owned(),
        cause: "Secrets end on the day that was chosen when they were made".to_owned(),
        advice: vec!["Make a new secret in Entra and copy its Value".to_owned()],
        evidence: vec![("aadsts".to_owned(), "7000222".to_owned()), ("trace_id".to_owned(), "t-1".to_owned())],
    };
    written(&header(), &[(time(1), Entry::NotBegun { set_up: true, obstacles: vec![obstacle] })])
}

#[test]
fn samples_to_look_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    fs::create_dir_all(&folder).unwrap();
    let rehearsal = Trail { service_url: Some("http://127.0.0.1:4711/".to_owned()), ..Trail::default() };
    let samples = [
        ("pass", passed()),
        ("fail", failed()),
        ("watch", watched()),
        ("sign-in", refused_sign_in()),
        ("hostile", with_text(&NASTY.concat().repeat(20))),
        ("rehearsal", (failed().0, rehearsal)),
    ];
    for (name, (report, trail)) in samples {
        for format in Format::ALL {
            let path = folder.join(format!("{name}.{}", format.ending()));
            write_report_with(&report, &trail, &path).unwrap();
            assert_eq!(report_format(&path).unwrap(), format);
            assert_eq!(fs::read_to_string(&path).unwrap(), render(&report, &trail, format));
        }
    }
    assert_eq!(report_format(Path::new("x.HTM")).unwrap(), Format::Html);
    assert!(report_format(Path::new("x.exe")).is_err());
}

#[test]
fn the_page_says_what_was_proven_what_was_not_and_who_does_what() {
    let (report, trail) = failed();
    for format in [Format::Html, Format::Markdown] {
        let text = plain(&render(&report, &trail, format), format);
        for wanted in [
            "FAIL",
            "The application can send as people it must not send as",
            "The application cannot send as people it has to send as",
            "direktor@midtbank.example",
            "their test mails may have been sent all the same",
            "Anything about other mailboxes: 5 senders were asked",
            "The customer's Microsoft 365 administrator",
            "a4f1c1b2-0a63-4f0e-9a9e-1f6c0a8a1c11",
            "0f1f2c2d-51d8-4a0c-8d38-2a3c4e5f6071",
            "exchange365-cli report check run-",
            trail.record.as_ref().unwrap().head.as_str(),
            env!("CARGO_PKG_VERSION"),
        ] {
            assert!(text.contains(wanted), "{format:?} does not say: {wanted}");
        }
    }
    let text = plain(&render(&passed().0, &passed().1, Format::Html), Format::Html);
    assert!(text.contains("PASS") && text.contains("Exchange itself named an application access policy"));
    assert!(!text.contains("FAIL") && !text.contains("Who must do what"));
}

#[test]
fn a_rehearsal_cannot_be_taken_for_the_real_thing() {
    let report = passed().0;
    for (url, foreign) in [
        ("https://graph.microsoft.com/", false),
        ("https://graph.microsoft.com", false),
        ("http://127.0.0.1:4711/", true),
        ("https://graph.microsoft.com.evil.example/", true),
        ("http://graph.microsoft.com/", true),
        ("https://graph.microsoft.us/", true),
    ] {
        let trail = Trail { service_url: Some(url.to_owned()), ..Trail::default() };
        for format in [Format::Html, Format::Markdown] {
            let text = plain(&render(&report, &trail, format), format);
            assert_eq!(text.contains("did not come from Microsoft 365"), foreign, "{url}");
        }
    }
}

#[test]
fn an_interrupted_run_says_so_and_is_no_pass() {
    let mut all = entries(&run(lines(Outcome::Accepted, Outcome::BlockedByPolicy, 0), 0));
    all.truncate(all.len() - 3);
    let (report, trail) = written(&header(), &all);
    assert_eq!(report.verdict, Verdict::Unproven);
    let text = plain(&render(&report, &trail, Format::Html), Format::Html);
    assert!(text.contains("The program ended before this test did"));
}

#[test]
fn a_refused_sign_in_comes_back_from_its_record() {
    let (report, _) = refused_sign_in();
    assert_eq!(report.ending, Ending::SetUp);
    let again = obstacle_of(&report.problems[0]);
    assert_eq!(
        (again.code.as_str(), again.stage.as_str(), again.who.as_str()),
        ("client_secret_expired", "secret", "customer_admin")
    );
    assert_eq!(
        again.evidence,
        [("aadsts".to_owned(), "7000222".to_owned()), ("trace_id".to_owned(), "t-1".to_owned())]
    );
}

#[test]
fn build_servers_see_every_doubt_as_an_error() {
    let (report, trail) = failed();
    let xml = render(&report, &trail, Format::JUnit);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((count("testcase"), count("failure"), count("error"), count("skipped")), (6, 3, 1, 0));
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    assert_eq!(
        (suite.attribute("tests"), suite.attribute("failures"), suite.attribute("errors")),
        (Some("6"), Some("3"), Some("1"))
    );
    // All senders pass, but nobody forbidden was asked: green would be a lie.
    let only_permitted = run(vec![line(PERMITTED[0], Expected::Permitted, Outcome::Accepted, 0)], 0);
    let xml = render(&VerifyReport::of_run(only_permitted, Cloud::Global), &Trail::default(), Format::JUnit);
    assert_eq!(
        roxmltree::Document::parse(&xml).unwrap().descendants().filter(|node| node.has_tag_name("error")).count(),
        1
    );
}

#[test]
fn csv_is_read_back_as_it_was() {
    let (report, trail) = failed();
    let text = render(&report, &trail, Format::Csv);
    let rows = read_csv(text.strip_prefix('\u{feff}').unwrap(), ',');
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    let senders: Vec<&Vec<String>> = rows.iter().filter(|row| row[0] == "sender").collect();
    assert_eq!(senders.len(), 5);
    for (row, line) in senders.iter().zip(&report.senders) {
        assert_eq!(row[column("name")], line.result.address.as_str());
        assert_eq!(row[column("verdict")], line.result.verdict.as_str());
        assert_eq!(row[column("test_id")], line.result.test_id.as_str());
    }
    assert_eq!(rows.iter().filter(|row| row[0] == "problem").count(), report.problems.len());
}

#[test]
fn the_picture_has_a_mark_for_every_sender_and_run() {
    let (report, trail) = watched();
    let text = render(&report, &trail, Format::Svg);
    let document = roxmltree::Document::parse(&text).unwrap();
    let marks = document.descendants().filter(|node| node.has_tag_name("g")).count();
    assert_eq!(marks, 5 * (5 + 1));
    assert!(text.contains("change made 07:55") && text.contains("08:26 FAIL") && text.contains("09:03 PASS"));
    let mut many = trail.timeline.unwrap();
    many.rounds = vec![many.rounds; 20].concat();
    assert!(roxmltree::Document::parse(&timeline_svg(&many)).is_ok());
    let none = Timeline { changed: None, deadline: None, ended: None, rounds: Vec::new() };
    assert!(roxmltree::Document::parse(&timeline_svg(&none)).is_ok());
}

#[test]
fn two_runs_are_compared_sender_by_sender() {
    let (before, _) = failed();
    let (mut after, _) = passed();
    let comparison = compare(&before, &after);
    assert_eq!(comparison.summary, "From FAIL to PASS, 3 senders changed");
    assert_eq!(comparison.remarks, Vec::<String>::new());
    assert_eq!(comparison.senders.len(), 5);
    let changes: Vec<String> = comparison.senders.iter().take(3).map(ComparedSender::words).collect();
    assert!(changes.contains(&"Accepted (FAIL) → Blocked by policy (PASS)".to_owned()), "{changes:?}");
    assert!(comparison.senders[4].words().ends_with("unchanged"));
    after.senders.pop();
    after.client_id = None;
    let comparison = compare(&before, &after);
    assert!(comparison.remarks[0].contains("different app registrations"));
    assert!(
        comparison.senders.iter().any(|sender| sender.after.is_none() && sender.words().ends_with("not in this test"))
    );
    assert_eq!(compare(&before, &before).summary, "FAIL both times, no sender changed");
}

#[test]
fn evidence_is_checked_against_its_head() {
    let folder = Folder::new();
    let mut writer = Writer::create(folder.path(), &header(), Redactor::default(), time(0)).unwrap();
    for (time, entry) in entries(&run(lines(Outcome::Accepted, Outcome::BlockedByPolicy, 0), 0)) {
        writer.append(time, &entry).unwrap();
    }
    let (path, head) = (writer.path().to_owned(), writer.head().to_owned());
    drop(writer);
    let standing = |head: Option<&str>| check_record(&path, head).unwrap().standing;
    assert_eq!((standing(None), standing(Some(&head.to_uppercase()))), (Standing::Intact, Standing::Intact));
    assert_eq!(standing(Some("00")), Standing::OtherHead);
    let check = check_record(&path, None).unwrap();
    assert_eq!((check.head.as_str(), check.verdict), (head.as_str(), Some(Verdict::Pass)));
    let json: serde_json::Value = serde_json::from_str(&record_check_json(&check)).unwrap();
    assert_eq!((json["standing"].as_str(), json["sha256"].as_str()), (Some("intact"), Some(head.as_str())));
    // The last line cut off: the chain holds, the head tells.
    let text = fs::read_to_string(&path).unwrap();
    let shorter = text.trim_end().rsplit_once('\n').unwrap().0;
    fs::write(&path, format!("{shorter}\n")).unwrap();
    assert_eq!((standing(None), standing(Some(&head))), (Standing::Unfinished, Standing::OtherHead));
    fs::write(&path, text.replace("blocked_by_policy", "accepted")).unwrap();
    let altered = check_record(&path, Some(&head)).unwrap();
    assert!(matches!(altered.standing, Standing::Altered(_)) && !altered.standing.is_trustworthy());
    assert_eq!(altered.verdict, None);
}

/// Texts that would do something if they were let.
const NASTY: [&str; 16] = [
    "</style></title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    ";=1+1,@SUM(A1)\t-2",
    "\u{202e}gnp.exe\u{2066}",
    "שלום עולם",
    "]]><!--",
    "&lt;b&gt;&amp;#60;",
    "|\n\n# head\n\n- item\n\n```\n",
    "[x](javascript:alert(1)) ![y](http://a.example/b)",
    "`` ` ``` **b** _i_ ~~s~~ $x$ <https://a.example> https://b.example www.c.example",
    "\0\u{1}\u{7f}\u{9b}31m\u{1b}[31m",
    "'\"\\\r\n",
    "{{7*7}} ${x} %s",
    "\u{feff}\u{200b}\u{e0041}\u{fffe}\u{ffff}",
    "\u{2028}1. a\u{2029}---",
];

static WATCHED: LazyLock<Trail> = LazyLock::new(|| watched().1);

/// A report in which every text from outside is `text`.
fn with_text(text: &str) -> (VerifyReport, Trail) {
    let own = || text.to_owned();
    let said = || Some(own());
    let mut senders = lines(Outcome::Accepted, Outcome::AccessDenied, 0);
    senders.push(line("=cmd|'-a1'!b+x@midtbank.example", Expected::Forbidden, Outcome::NoAnswer, 0));
    senders.push(line("שלום@midtbank.example", Expected::Forbidden, Outcome::Accepted, 0));
    for line in &mut senders {
        line.service = Some(ServiceError { code: own(), message: own() });
        line.detail = said();
        line.ids = RequestIds { request_id: said(), client_request_id: said() };
    }
    let mut run = run(senders, 0);
    run.tenant_id = said();
    run.app.client_id = own();
    if let Some(claims) = &mut run.app.claims {
        claims.display_name = said();
        claims.object_id = said();
        claims.roles.push(own());
    }
    let mut report = VerifyReport::of_run(run, Cloud::Global);
    report.summary = own();
    report.next_step = own();
    report.problems.truncate(1);
    if let Some(problem) = report.problems.first_mut() {
        problem.code = own();
        problem.summary = own();
        problem.cause = own();
        problem.advice = vec![own(), own()];
        problem.evidence.trace_id = said();
        problem.evidence.correlation_id = said();
        problem.evidence.message = said();
    }
    for line in &mut report.senders {
        let words = Arc::make_mut(&mut Arc::make_mut(line).words);
        words.cause = own();
        words.observed = own();
        words.advice = vec![own()];
    }
    let mut trail = WATCHED.clone();
    trail.service_url = said();
    trail.recipient = said();
    trail.subject = said();
    if let Some(record) = &mut trail.record {
        record.file = own();
        record.head = own();
    }
    if let Some(timeline) = &mut trail.timeline {
        timeline.ended = said();
        for round in &mut timeline.rounds {
            round.obstacle = said();
            if let Some(sender) = round.senders.last_mut() {
                sender.address = own();
            }
        }
    }
    (report, trail)
}

/// Elements and attributes, without any text.
fn skeleton(markup: &str) -> Vec<String> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document =
        roxmltree::Document::parse_with_options(markup, options).unwrap_or_else(|err| panic!("{err}\n{markup}"));
    let mut seen = Vec::new();
    for node in document.descendants() {
        assert!(!node.is_comment() && !node.is_pi());
        if !node.is_element() {
            continue;
        }
        let name = node.tag_name().name();
        assert!(!["script", "iframe", "object", "img", "a", "link", "form"].contains(&name), "{name}");
        let attributes: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
        for attribute in &attributes {
            assert!(
                !attribute.starts_with("on") && !["href", "src", "style", "action"].contains(attribute),
                "{attribute}"
            );
        }
        let attributes: Vec<&str> = attributes.into_iter().filter(|attribute| *attribute != "class").collect();
        seen.push(format!("{name} {attributes:?}"));
    }
    seen
}

/// Everything in Markdown that is more than text.
fn markdown_skeleton(text: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser};
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    let mut seen = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Text(_) => {}
            Event::Code(_) => seen.push("code".to_owned()),
            Event::Start(tag) => seen.push(format!("{:?}", tag.to_end())),
            Event::End(_) => {}
            other => seen.push(format!("{other:?}")),
        }
    }
    assert!(
        !seen.iter().any(|tag| ["Link", "Image", "HtmlBlock", "Html(", "InlineHtml", "Math"]
            .iter()
            .any(|bad| tag.contains(bad))),
        "{seen:?}"
    );
    seen
}

fn read_csv(text: &str, border: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other if !quoted && other == border => row.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    rows
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches(|character: char| character.is_whitespace() || character == '"')
        .starts_with(['=', '+', '-', '@'])
}

/// The text of a page without its markup.
fn plain(text: &str, format: Format) -> String {
    if format == Format::Html {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let document = roxmltree::Document::parse_with_options(text, options).unwrap();
        document.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect()
    } else {
        text.replace('\\', "")
    }
}

/// No format shows what nobody can see.
fn has_hidden(text: &str) -> bool {
    text.chars().any(|character| {
        let is_format = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e0fff}' | '\u{fffe}' | '\u{ffff}');
        is_format || (character.is_control() && !matches!(character, '\n' | '\r'))
    })
}

/// Nothing that stands in `text` changes what a format is made of.
fn check_inert(text: &str) {
    let (report, trail) = with_text(text);
    let (calm, calm_trail) = with_text("xxxxxxxxxx");
    for format in Format::ALL {
        let shown = render(&report, &trail, format);
        let wanted = render(&calm, &calm_trail, format);
        assert!(!has_hidden(shown.trim_start_matches('\u{feff}')), "{format:?} shows hidden characters of {text:?}");
        match format {
            Format::Html | Format::JUnit | Format::Svg => {
                assert_eq!(skeleton(&shown), skeleton(&wanted), "{format:?} {text:?}");
            }
            Format::Markdown => assert_eq!(markdown_skeleton(&shown), markdown_skeleton(&wanted), "{text:?}\n{shown}"),
            Format::Json => {
                let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
                assert_eq!(json["app"]["client_id"], text);
            }
            Format::Csv => {
                let shape = |text: &str| read_csv(text, ',').iter().map(Vec::len).collect::<Vec<_>>();
                assert_eq!(shape(&shown), shape(&wanted));
                for border in [',', ';', '\t', '|'] {
                    for cell in read_csv(shown.trim_start_matches('\u{feff}'), border).concat() {
                        assert!(!is_formula(&cell), "split at {border:?}: {cell:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn nasty_names_come_out_inert() {
    for text in NASTY {
        check_inert(text);
    }
    check_inert(&NASTY.concat());
    check_inert(&"<script>=".repeat(1200));
    check_inert(&"ש".repeat(10_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_breaks_out_of_any_format(
        parts in proptest::collection::vec(prop_oneof![
            proptest::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
            "[\\PC\\pC]{1,6}",
            "[-=+@<>&'\"`*_\\[\\]()|;,#!~$^{}:/. \n\r\tw0-9]{1,12}",
        ], 1..6)
    ) {
        let text = parts.concat();
        // An empty or blank value is left out or shown as nothing, which is another shape.
        prop_assume!(!text.trim().is_empty());
        check_inert(&text);
    }
}
