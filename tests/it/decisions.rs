//! Small decisions that everything above them rests on, one by one. Each of these tests is here because spoiling the
//! decision was once noticed by nobody (`.ci/mutants`).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use exchange365::{
    base::{MailAddress, Timestamp},
    m365::{
        Answer, Outcome, Refusal, RequestIds,
        auth::Claims,
        classify,
        graph::{MailboxName, ProbeAnswer},
    },
    verify::{
        App, Event, Expected, Known, Mechanism, Message, Plan, Run, SenderResult, TestId, Verdict, Witness,
        controls_of, run,
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{
    session::{PLAIN, RAOP, START, Session, clock, graph, options, turning},
    wire::{Seen, Wire, reply},
};

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

fn outcome(status: u16, content_type: &str, body: &str) -> Outcome {
    classify(Answer { status, content_type, body }).outcome
}

fn error(code: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"words"}}}}"#)
}

/// Every code the classifier knows, with the statuses it is known with and one it is not.
#[test]
fn every_known_code_says_what_it_means() {
    use Outcome::{
        BadRequest, MailboxUnavailable, MailboxUnknown, QuotaExceeded, SendAsDenied, SenderSuspended, ServerError,
        Throttled, TokenRejected, Unexpected,
    };
    for (code, statuses, wanted) in [
        ("ErrorInvalidUser", &[404][..], MailboxUnknown),
        ("ErrorNonExistentMailbox", &[404], MailboxUnknown),
        ("ResourceNotFound", &[404], MailboxUnknown),
        ("Request_ResourceNotFound", &[404], MailboxUnknown),
        ("NotFound", &[404], MailboxUnknown),
        ("Directory_ObjectNotFound", &[404], MailboxUnknown),
        ("MailboxNotEnabledForRESTAPI", &[404], MailboxUnavailable),
        ("MailboxNotSupportedForRESTAPI", &[404], MailboxUnavailable),
        ("ErrorMailboxMoveInProgress", &[400, 404, 499], MailboxUnavailable),
        ("ErrorMailboxStoreUnavailable", &[400, 403], MailboxUnavailable),
        ("ErrorSendAsDenied", &[400, 403], SendAsDenied),
        ("ErrorAccountSuspend", &[403], SenderSuspended),
        ("ErrorAccountSuspended", &[403], SenderSuspended),
        ("ErrorMessageSubmissionBlocked", &[400, 403], SenderSuspended),
        ("ErrorQuotaExceeded", &[400, 507], QuotaExceeded),
        ("ErrorExceededMessageLimit", &[400, 500], QuotaExceeded),
        ("ErrorSendQuotaExceeded", &[400], QuotaExceeded),
        ("ErrorMessageLimitExceeded", &[400], QuotaExceeded),
        ("AnythingElse", &[400, 405, 411, 413, 414, 415, 422], BadRequest),
        ("AnythingElse", &[500, 503, 599], ServerError),
        ("AnythingElse", &[401], TokenRejected),
        ("AnythingElse", &[429], Throttled),
        ("AnythingElse", &[403, 404, 409, 410, 416, 499, 600], Unexpected),
        // The code without its status is not the code.
        ("ErrorInvalidUser", &[403, 410], Unexpected),
        ("ErrorAccessDenied", &[404], Unexpected),
        ("ErrorAccessDenied", &[400], BadRequest),
        ("ErrorSendAsDenied", &[500], ServerError),
    ] {
        for status in statuses {
            assert_eq!(outcome(*status, "application/json", &error(code)), wanted, "{status} {code}");
        }
    }
}

/// A page is a page by its type or by its beginning; each sign alone is enough.
#[test]
fn a_page_is_known_by_any_of_its_signs() {
    // A page that asks to slow down is somebody's in between; anything else with that status is Graph's throttling.
    let is_page = |content_type: &str, body: &str| outcome(429, content_type, body) == Outcome::Interfered;
    for (content_type, body) in [
        ("text/html", "blocked"),
        ("TEXT/HTML; charset=utf-8", "blocked"),
        ("application/json", "<p>blocked"),
        ("application/json", "\u{feff} \r\n<p>blocked"),
        ("", "blocked <html>"),
        ("application/json", "// <!DOCTYPE html>"),
    ] {
        assert!(is_page(content_type, body), "{content_type} {body}");
    }
    for (content_type, body) in
        [("application/json", "slow down"), ("text/plain", ""), ("text/html", " \r\n"), ("", "{}")]
    {
        assert_eq!(outcome(429, content_type, body), Outcome::Throttled, "{content_type} {body}");
    }
    // No words are no page, whatever the type says: 202 is accepted with an empty body only.
    assert_eq!(outcome(202, "text/html", " \r\n"), Outcome::Accepted);
    assert_eq!(outcome(202, "text/html", "x"), Outcome::Interfered);
    assert_eq!(outcome(202, "", "<"), Outcome::Interfered);
}

#[test]
fn only_what_nobody_answered_for_may_have_gone_out() {
    let unclear: Vec<&str> =
        Outcome::ALL.into_iter().filter(|outcome| outcome.may_have_been_sent()).map(Outcome::as_str).collect();
    assert_eq!(unclear, ["server_error", "no_answer", "interfered", "unexpected"]);
}

#[test]
fn names_in_the_contract_are_these() {
    assert_eq!([Expected::Permitted, Expected::Forbidden].map(Expected::as_str), ["permitted", "forbidden"]);
    assert_eq!([Verdict::Pass, Verdict::Fail, Verdict::Unproven].map(Verdict::as_str), ["pass", "fail", "unproven"]);
    let mechanisms =
        [Mechanism::ApplicationAccessPolicy, Mechanism::RbacForApplications, Mechanism::Unidentified, Mechanism::None];
    let names = ["application_access_policy", "rbac_for_applications", "unidentified", "none"];
    assert_eq!(mechanisms.map(Mechanism::as_str), names);
}

#[test]
fn an_app_knows_its_roles_from_its_token_alone() {
    let mut app = App { client_id: "x".to_owned(), claims: None, token_expires: None };
    assert_eq!(app.roles(), None);
    app.claims = Some(Claims { roles: vec!["Mail.Send".to_owned()], ..Claims::default() });
    assert_eq!(app.roles(), Some(&["Mail.Send".to_owned()][..]));
}

fn result(mailbox: &str, outcome: Outcome, refusal: Option<Refusal>, token_serial: u64) -> SenderResult {
    SenderResult {
        address: address(mailbox),
        expected: Expected::Forbidden,
        outcome,
        refusal,
        verdict: Verdict::Unproven,
        http_status: None,
        service: None,
        detail: None,
        ids: RequestIds::default(),
        test_id: TestId::new(),
        attempts: 1,
        elapsed: Duration::ZERO,
        finished: "2026-11-23T08:00:00Z".parse().unwrap(),
        retry_after: None,
        token_serial,
    }
}

/// A plain refusal is a control only beside a mail that the same token got through.
#[test]
fn only_what_was_shown_becomes_a_control() {
    let denied = |serial| result("denied@x.com", Outcome::AccessDenied, Some(Refusal::Plain), serial);
    let accepted = |serial| result("accepted@x.com", Outcome::Accepted, None, serial);
    let marked = result("marked@x.com", Outcome::BlockedByPolicy, Some(Refusal::Raop), 9);
    let lost = result("lost@x.com", Outcome::NoAnswer, None, 1);
    let shown = |senders: &[SenderResult]| -> Vec<(String, Known)> {
        let senders: Vec<Arc<SenderResult>> = senders.iter().cloned().map(Arc::new).collect();
        controls_of(&senders).into_iter().map(|control| (control.address.to_string(), control.known)).collect()
    };
    let is = |mailbox: &str, known| (mailbox.to_owned(), known);
    assert_eq!(
        shown(&[accepted(1), denied(1), marked, lost]),
        [
            is("accepted@x.com", Known::Accepted),
            is("denied@x.com", Known::Refused(Refusal::Plain)),
            is("marked@x.com", Known::Refused(Refusal::Raop)),
        ]
    );
    assert_eq!(shown(&[denied(1)]), []);
    assert_eq!(shown(&[accepted(1), denied(2)]), [is("accepted@x.com", Known::Accepted)], "another token");
}

fn context(session: &Session) -> Run {
    Run {
        mail: session.mail.clone(),
        token: session.token.clone(),
        clock: session.mail.clock().clone(),
        client_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        tenant_id: None,
        witness: Witness::default(),
    }
}

/// What is told while it happens is what stands in the result, sender by sender.
#[tokio::test]
async fn a_run_tells_of_every_sender_once_and_by_its_own_answer() {
    let manual = clock();
    let wire = Wire::start(&manual, |seen: &Seen, _| {
        if seen.mailbox().starts_with("in") {
            reply(202, &[], "")
        } else {
            // A refusal in plain words is proven by a permitted sender alone, which may be answered later.
            let body = if seen.mailbox().starts_with("out1") { RAOP } else { PLAIN };
            reply(403, &[("content-type", "application/json")], body)
        }
    })
    .await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let plan = Plan::new(
        &[address("in1@x.com"), address("in2@x.com")],
        &[address("out1@x.com"), address("out2@x.com")],
        address("to@x.com"),
        Message::default(),
    )
    .unwrap();
    let (events, mut received) = mpsc::channel(64);
    // The witness, who writes things down, is told the same.
    let witnessed: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&witnessed);
    let witness = Witness::new(move |event| kept.lock().unwrap().push(format!("{event:?}")));
    assert_eq!(format!("{witness:?} {:?}", Witness::default()), "Witness(…) Witness");
    let context = Run { witness, ..context(&session) };
    let result = turning(&manual, run(&context, &plan, &CancellationToken::new(), &events)).await;
    drop(events);
    assert!(!result.cancelled);
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let mut told = Vec::new();
    while let Some(event) = received.recv().await {
        told.push(format!("{event:?}"));
        match event {
            Event::Asking { index, test_id } => {
                assert_eq!(result.senders[index].test_id, test_id);
                assert!(asked.insert(index));
            }
            Event::Answered { index, line } => {
                let told = (&line.address, line.outcome, &line.test_id);
                let kept = &result.senders[index];
                assert_eq!(told, (&kept.address, kept.outcome, &kept.test_id));
                assert_eq!(kept.verdict, Verdict::Pass, "{kept:?}");
                let is_told_at_once = line.verdict == Verdict::Pass;
                assert!(is_told_at_once || kept.address.as_str().starts_with("out2"), "{line:?}");
                // It is kept once, and whoever was told something else keeps that.
                assert_eq!(Arc::ptr_eq(&line, kept), is_told_at_once);
                assert!(answered.insert(index), "{index} was told twice");
            }
        }
    }
    assert_eq!((asked.len(), answered.len()), (4, 4));
    let mut witnessed = witnessed.lock().unwrap().clone();
    witnessed.sort();
    told.sort();
    assert_eq!(witnessed, told);
}

#[tokio::test]
async fn a_run_that_was_cancelled_says_so() {
    let manual = clock();
    let wire = graph(&manual, vec![reply(202, &[], "")]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let plan =
        Plan::new(&[address("a@x.com")], &[address("b@x.com")], address("to@x.com"), Message::default()).unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let (events, received) = mpsc::channel(1);
    drop(received);
    let result = run(&context(&session), &plan, &cancel, &events).await;
    assert!(result.cancelled);
    assert_eq!((result.senders.len(), result.skipped.len(), wire.sends().len()), (0, 2, 0));
}

/// The request id is taken from the headers, and from the body where those have none; details only where something went
/// another way than planned; and the time is the whole time.
#[tokio::test]
async fn what_is_kept_of_an_answer() {
    let manual = clock();
    let body = PLAIN.replace("\"message\"", "\"innerError\":{\"request-id\":\"from-the-body\"},\"message\"");
    let json = ("content-type", "application/json");
    for (script, id, has_detail) in [
        (reply(403, &[json, ("request-id", "from-the-header")], &body), Some("from-the-header"), false),
        (reply(403, &[json], &body), Some("from-the-body"), false),
        (reply(403, &[json], PLAIN), None, false),
        (reply(202, &[], ""), None, false),
        (reply(403, &[json], "{}"), None, true),
    ] {
        let wire = graph(&manual, vec![script]).await;
        let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send("a@x.com").await;
        assert_eq!(sent.ids.request_id.as_deref(), id, "{sent:?}");
        assert_eq!(sent.detail.is_some(), has_detail, "{sent:?}");
    }
    let busy = reply(429, &[json, ("retry-after", "7")], &error("ApplicationThrottled"));
    let wire = graph(&manual, vec![busy, reply(202, &[], "")]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let before = session.mail.clock().now();
    let sent = session.send("a@x.com").await;
    assert_eq!((sent.outcome, sent.attempts), (Outcome::Accepted, 2));
    assert!(sent.elapsed >= Duration::from_secs(7), "{:?}", sent.elapsed);
    let begin: Timestamp = START.parse().unwrap();
    assert!((0..3_600).contains(&(before.as_second() - begin.as_second())), "the session's own clock says {before}");
}

/// A probe's answer that is like the last one is not read anew. It must be like it in every respect.
#[tokio::test]
async fn an_answer_that_differs_in_anything_is_read_anew() {
    let manual = clock();
    let json = ("content-type", "application/json");
    let answers = [
        (reply(403, &[json], RAOP), ProbeAnswer::Refused(Refusal::Raop)),
        (reply(403, &[json], RAOP), ProbeAnswer::Refused(Refusal::Raop)),
        (reply(403, &[json], PLAIN), ProbeAnswer::Refused(Refusal::Plain)),
        (reply(200, &[json], PLAIN), ProbeAnswer::Other(Outcome::Unexpected)),
        (reply(403, &[json], PLAIN), ProbeAnswer::Refused(Refusal::Plain)),
        (reply(403, &[("content-type", "text/html")], "<html>"), ProbeAnswer::Other(Outcome::Interfered)),
        (reply(403, &[json], PLAIN), ProbeAnswer::Refused(Refusal::Plain)),
    ];
    let (script, wanted): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let wire = graph(&manual, script).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let prober = session.mail.prober(&session.token);
    let mut seen = Vec::new();
    let mailbox = MailboxName::parse("a@x.com").unwrap();
    for _ in &wanted {
        seen.push(prober.probe(&mailbox).await.answer);
    }
    assert_eq!(seen, wanted);
}
