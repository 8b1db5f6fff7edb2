//! The client against everything that can go wrong on the wire. Two things are held throughout: a mail is handed over
//! again only when it surely was not processed, and no fault is ever taken for a refusal.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{
    base::Timestamp,
    m365::{Kind, Outcome, TransportOptions, auth::SignInError, graph::Sent},
    verify::{Expected, Line, Verdict, judge},
};
use tokio::sync::Semaphore;

use crate::support::{
    session::{
        FIRST_TOKEN, PLAIN, RAOP, REJECTED, START, Session, answering, clock, grant, graph, hasty, mail, options,
        turning,
    },
    wire::{Script, Step, Wire, json, raw, raw_then_close, refusing_port, reply},
};

const CEO: &str = "ceo@contoso.com";

/// What a forbidden line with this answer would prove, beside a permitted sender accepted with the same token.
fn as_forbidden(sent: &Sent) -> Verdict {
    let line = |expected, outcome, refusal| Line { expected, outcome, refusal, token_serial: sent.token_serial };
    let lines =
        [line(Expected::Permitted, Outcome::Accepted, None), line(Expected::Forbidden, sent.outcome, sent.refusal)];
    judge(&lines)[1]
}

/// One mail, answered with `script` however often it comes: exactly one request, `outcome`, and nothing is proven.
async fn check_once(name: &str, script: Script, options: TransportOptions, (outcome, status): (Outcome, Option<u16>)) {
    let manual = clock();
    let wire = graph(&manual, vec![script]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options);
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.http_status), (outcome, status), "{name}: {sent:?}");
    assert_eq!((wire.sends().len(), sent.attempts), (1, 1), "{name}: handed over more than once");
    assert_eq!(sent.refusal, None, "{name}");
    assert_eq!(as_forbidden(&sent), Verdict::Unproven, "{name}");
}

fn failure(result: Result<exchange365::m365::auth::AccessToken, SignInError>) -> exchange365::m365::Error {
    match result {
        Err(SignInError::Failed(err)) => *err,
        other => panic!("not a failed call: {other:?}"),
    }
}

#[tokio::test]
async fn a_connection_that_never_opens_is_tried_again() {
    let manual = clock();
    let nobody = format!("http://127.0.0.1:{}", refusing_port().await);
    let session = Session::at(&manual, &nobody, &nobody, options());
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.http_status, sent.attempts), (Outcome::NetworkError, None, 4));
    assert!(sent.elapsed >= Duration::from_millis(3500), "{:?}", sent.elapsed);
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts, err.host.as_str()), (Kind::Connect, 4, "127.0.0.1"));
    assert_eq!(session.calls().len(), 8);
}

#[tokio::test]
async fn a_cut_connection_leaves_the_outcome_open() {
    let cuts = [
        ("closed at once", vec![Step::Close], None),
        ("reset at once", vec![Step::Reset], None),
        ("cut in the status line", raw_then_close("HTTP/1.1 20"), None),
        ("cut in a header", raw_then_close("HTTP/1.1 403 Forbidden\r\ncontent-ty"), None),
        ("cut before the empty line", raw_then_close("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n"), None),
        ("202 cut in its body", raw_then_close("HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\n"), Some(202)),
        (
            "202 cut in a chunk",
            raw_then_close("HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n"),
            Some(202),
        ),
        ("refusal cut in its body", cut_refusal(RAOP.len() - 2), Some(403)),
        ("refusal cut before its body", cut_refusal(0), Some(403)),
        ("refusal reset in its body", reset_refusal(), Some(403)),
        ("refusal without its last chunk", unended_chunks(), Some(403)),
    ];
    for (name, script, status) in cuts {
        check_once(name, script, options(), (Outcome::NoAnswer, status)).await;
    }
}

fn cut_refusal(kept: usize) -> Script {
    raw_then_close(format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{}", RAOP.len(), &RAOP[..kept]))
}

fn reset_refusal() -> Script {
    let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{}", RAOP.len() + 1, RAOP);
    vec![Step::Write(head.into_bytes()), Step::Reset]
}

/// The whole refusal, but the end of the answer is missing: it may have been going on.
fn unended_chunks() -> Script {
    let chunk = format!("{:x}\r\n{RAOP}\r\n", RAOP.len());
    raw_then_close(format!("HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"))
}

/// Whoever answered with a page may have handed the mail on before.
#[tokio::test]
async fn a_page_that_asks_to_slow_down_is_not_the_service() {
    for (content_type, body) in [
        ("text/html", "<html>Too many requests</html>"),
        ("application/json", "<!doctype html><title>429</title>"),
        ("application/json", r#"{"fault":"rate limit"}"#),
    ] {
        let script = reply(429, &[("content-type", content_type), ("retry-after", "1")], body);
        let manual = clock();
        let wire = graph(&manual, vec![script]).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        let sent = session.send(CEO).await;
        let is_throttled = sent.outcome == Outcome::Throttled;
        assert_eq!((wire.sends().len(), sent.attempts), if is_throttled { (4, 4) } else { (1, 1) }, "{body}");
        assert_eq!(is_throttled, !body.starts_with('<'), "{body}: {sent:?}");
    }
}

/// What such a token may do is true of somebody else.
#[tokio::test]
async fn a_token_for_another_application_is_not_used() {
    let manual = clock();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"appid":"99999999-2222-3333-4444-555555555555"}"#);
    let granted = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"e30.{claims}.x"}}"#);
    let wire = answering(&manual, vec![json(200, &granted)]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts), (Kind::Interfered, 1));
    assert!(err.detail.is_some_and(|detail| detail.contains("another application")));
    assert!(turning(&manual, session.tokens.token()).await.is_err(), "it is not kept either");
}

#[tokio::test]
async fn a_stalled_answer_ends_with_the_time_limit() {
    let stalled = |bytes: &str| vec![Step::Write(bytes.as_bytes().to_vec()), Step::Stall];
    let refusal = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{RAOP}", RAOP.len() + 1);
    let stalls = [
        ("nothing comes", vec![Step::Stall], None),
        ("half a header", stalled("HTTP/1.1 202 Acc"), None),
        ("no body", stalled("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n"), Some(202)),
        ("no last byte", stalled(&refusal), Some(403)),
    ];
    for (name, script, status) in stalls {
        check_once(name, script, hasty(), (Outcome::NoAnswer, status)).await;
    }
}

#[tokio::test]
async fn a_connection_kept_open_is_used_again_or_replaced() {
    let manual = clock();
    let accepted = reply(202, &[], "");
    let accepted_then_closed = [accepted.clone(), vec![Step::Close]].concat();
    let wire = graph(&manual, vec![accepted.clone(), accepted_then_closed, accepted]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    for _ in 0..3 {
        let sent = session.send(CEO).await;
        assert_eq!((sent.outcome, sent.attempts), (Outcome::Accepted, 1));
    }
    let connections: Vec<usize> = wire.sends().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn a_kept_connection_that_is_cut_gets_no_second_mail() {
    let manual = clock();
    for (name, cut) in [("closed", Step::Close), ("reset", Step::Reset)] {
        let wire = graph(&manual, vec![reply(202, &[], ""), vec![cut]]).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        assert_eq!(session.send(CEO).await.outcome, Outcome::Accepted);
        let sent = session.send(CEO).await;
        assert_eq!((sent.outcome, wire.sends().len(), wire.connections()), (Outcome::NoAnswer, 2, 1), "{name}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let manual = clock();
    let target = answering(&manual, vec![reply(202, &[], "")]).await;
    let location = format!("{}/v1.0/users/x/sendMail", target.url());
    for status in [301, 302, 303, 307, 308] {
        for body in ["", RAOP] {
            let script = reply(status, &[("location", &location)], body);
            check_once("mail", script.clone(), options(), (Outcome::Interfered, Some(status))).await;
            let wire = answering(&manual, vec![script]).await;
            let session = Session::at(&manual, &wire.url(), &wire.url(), options());
            let err = failure(session.sign_in().await);
            assert_eq!((err.kind, err.status, wire.seen().len()), (Kind::Interfered, Some(status), 1), "{body}");
        }
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn an_answer_is_read_up_to_one_mebibyte() {
    const LIMIT: usize = 1024 * 1024;
    let padded = |size: usize| format!("{RAOP}{}", " ".repeat(size - RAOP.len()));
    let too_long = padded(LIMIT + 1);
    check_once("with a length", json(403, &too_long), options(), (Outcome::Interfered, Some(403))).await;
    let chunk = format!("{:x}\r\n{too_long}\r\n0\r\n\r\n", too_long.len());
    let chunked = raw(format!("HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"));
    check_once("in chunks", chunked, options(), (Outcome::Interfered, Some(403))).await;
    let endless = raw_then_close(format!("HTTP/1.1 202 Accepted\r\n\r\n{}", "x".repeat(3 * LIMIT)));
    check_once("until the end", endless, options(), (Outcome::Interfered, Some(202))).await;

    let manual = clock();
    let wire = graph(&manual, vec![json(403, &padded(LIMIT))]).await;
    let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
    assert_eq!((sent.outcome, as_forbidden(&sent)), (Outcome::BlockedByPolicy, Verdict::Pass));
}

/// A throttled mail: how long `retry_after` makes the client wait at least, in seconds on its clock.
async fn check_throttled(retry_after: Option<&str>, at_least: f64) {
    let manual = clock();
    let headers: Vec<(&str, &str)> = retry_after.iter().map(|text| ("retry-after", *text)).collect();
    let busy = reply(429, &headers, r#"{"error":{"code":"ApplicationThrottled","message":"Wait"}}"#);
    let wire = graph(&manual, vec![busy.clone(), busy, reply(202, &[], "")]).await;
    let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
    assert_eq!((sent.outcome, sent.attempts), (Outcome::Accepted, 3), "{retry_after:?}");
    let sends = wire.sends();
    assert!(sends[1].at.as_secs_f64() - sends[0].at.as_secs_f64() >= at_least, "{retry_after:?}");
    assert_eq!(sends[0].body, sends[2].body);
    assert_ne!(sends[0].header("client-request-id"), sends[2].header("client-request-id"));
    assert_eq!(sent.ids.client_request_id.as_deref(), Some(sends[2].header("client-request-id")));
}

#[tokio::test]
async fn a_throttled_mail_waits_as_asked() {
    check_throttled(Some("7"), 7.0).await;
    check_throttled(Some("2.5"), 2.5).await;
    check_throttled(Some("0"), 0.0).await;
    check_throttled(None, 2.0).await;
    check_throttled(Some("soon"), 2.0).await;
}

#[tokio::test]
async fn a_throttled_mail_waits_until_a_date() {
    let manual = clock();
    let busy = reply(429, &[("retry-after", "Mon, 23 Nov 2026 08:01:00 GMT")], "");
    let wire = graph(&manual, vec![busy, reply(202, &[], "")]).await;
    let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
    assert_eq!(sent.outcome, Outcome::Accepted);
    let start: Timestamp = START.parse().unwrap();
    let again = start.checked_add(wire.sends()[1].at).unwrap();
    assert!(again >= "2026-11-23T08:01:00Z".parse().unwrap(), "{again}");
}

#[tokio::test]
async fn throttling_without_end_ends() {
    for (retry_after, attempts) in [("1", 4), ("40", 3), ("91", 1), ("86400", 1)] {
        let manual = clock();
        let wire = graph(&manual, vec![reply(429, &[("retry-after", retry_after)], "")]).await;
        let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
        assert_eq!((sent.outcome, sent.http_status), (Outcome::Throttled, Some(429)));
        assert_eq!((sent.attempts, wire.sends().len()), (attempts, attempts as usize), "{retry_after}");
        assert_eq!(sent.retry_after.map(|wait| wait.as_secs().to_string()).as_deref(), Some(retry_after));
        assert_eq!(as_forbidden(&sent), Verdict::Unproven);
    }
}

#[tokio::test]
async fn an_outage_repeats_a_sign_in_but_never_a_mail() {
    for status in [500, 502, 503, 504] {
        let body = r#"{"error":{"code":"serviceNotAvailable","message":"Later"}}"#;
        check_once("Graph's words", json(status, body), options(), (Outcome::ServerError, Some(status))).await;
        let asked = reply(status, &[("retry-after", "1")], "");
        check_once("nothing said", asked.clone(), options(), (Outcome::ServerError, Some(status))).await;
        let page = reply(status, &[("content-type", "text/html")], "<html>Bad gateway</html>");
        check_once("a page", page.clone(), options(), (Outcome::Interfered, Some(status))).await;

        let manual = clock();
        let wire = answering(&manual, vec![asked, page, vec![Step::Close], grant(1)]).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        assert_eq!(session.sign_in().await.unwrap().secret.expose(), FIRST_TOKEN);
        assert_eq!(wire.seen().len(), 4);
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let manual = clock();
    let wire = graph(&manual, vec![json(401, REJECTED), json(202, "")]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.attempts, sent.token_serial), (Outcome::Accepted, 2, 1));
    let bearers: Vec<String> = wire.sends().iter().map(|seen| seen.bearer().to_owned()).collect();
    assert_eq!(bearers, ["canary-token-1", "canary-token-2"]);
    assert_eq!(wire.sends()[0].body, wire.sends()[1].body);

    let wire = graph(&manual, vec![json(401, REJECTED)]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let signed_in = session.sign_in().await.unwrap();
    let sent = turning(&manual, session.mail.send(&mail(CEO), &signed_in)).await;
    assert_eq!((sent.outcome, sent.http_status, sent.attempts), (Outcome::TokenRejected, Some(401), 2));
    assert_eq!((wire.sends().len(), wire.seen().len()), (2, 4), "two mails, two sign-ins");
    assert_eq!(as_forbidden(&sent), Verdict::Unproven);
}

#[tokio::test]
async fn a_rejected_token_stands_when_no_other_is_to_be_had() {
    let manual = clock();
    let wire = Wire::start(&manual, |seen, _| {
        if seen.is_send() { json(401, REJECTED) } else { json(401, r#"{"error":"invalid_client"}"#) }
    })
    .await;
    let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
    assert_eq!((sent.outcome, sent.http_status, wire.sends().len()), (Outcome::TokenRejected, Some(401), 1));
    assert!(sent.detail.unwrap().contains("invalid_client"));
}

#[tokio::test]
async fn many_rejected_mails_share_one_fresh_token() {
    let manual = clock();
    let wire = Wire::start(&manual, |seen, number| match (seen.is_send(), seen.bearer()) {
        (false, _) => grant(number + 2),
        (true, FIRST_TOKEN) => json(401, REJECTED),
        (true, _) => json(403, PLAIN),
    })
    .await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let names = ["a@contoso.com", "b@contoso.com", "c@contoso.com"];
    let (first, second, third) = tokio::join!(session.send(names[0]), session.send(names[1]), session.send(names[2]));
    for sent in [first, second, third] {
        assert_eq!((sent.outcome, sent.attempts, sent.token_serial), (Outcome::AccessDenied, 2, 1));
    }
    assert_eq!(wire.seen().len() - wire.sends().len(), 1);
}

#[tokio::test]
async fn odd_answers_prove_nothing() {
    let gzip = raw([
        b"HTTP/1.1 403 x\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n"
            .as_slice(),
        &[0x1f, 0x8b, 8, 0, 0xff, 0xfe, 0, 3, 0xaa, 0x56, 0x4a, 0x2d, 0x2a, 0xca, 2, 0xc3, 0x28, 0, 0, 1],
    ]
    .concat());
    let packed = raw(b"HTTP/1.1 202 x\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00".to_vec());
    let twice =
        raw_then_close(format!("HTTP/1.1 403 x\r\ncontent-length: 2\r\ncontent-length: {}\r\n\r\n{RAOP}", RAOP.len()));
    let interfered = |status| (Outcome::Interfered, Some(status));
    let unexpected = |status| (Outcome::Unexpected, Some(status));
    let cases = [
        ("202 with a text", reply(202, &[("content-type", "text/plain")], "queued"), interfered(202)),
        ("202 with a page", reply(202, &[("content-type", "text/html")], "<p>queued"), interfered(202)),
        ("202 with a refusal", json(202, RAOP), unexpected(202)),
        ("200 with a refusal", json(200, RAOP), unexpected(200)),
        ("200 with a page", reply(200, &[("content-type", "text/html")], "<html>Log in</html>"), interfered(200)),
        ("200", reply(200, &[], ""), unexpected(200)),
        ("204", raw("HTTP/1.1 204 No Content\r\n\r\n"), unexpected(204)),
        ("304", raw("HTTP/1.1 304 Not Modified\r\n\r\n"), interfered(304)),
        ("401 with a page", reply(401, &[("content-type", "text/html")], "<html>Log in</html>"), interfered(401)),
        ("403", reply(403, &[], ""), unexpected(403)),
        (
            "403 quoting the policy in a page",
            reply(403, &[("content-type", "text/html")], &format!("<p>{RAOP}")),
            interfered(403),
        ),
        ("403 with half a body", json(403, &RAOP[..RAOP.len() - 1]), interfered(403)),
        ("403 with two bodies", json(403, &format!("{RAOP}{RAOP}")), interfered(403)),
        (
            "403 with Entra's form",
            json(403, r#"{"error":"ErrorAccessDenied","error_description":"[RAOP]"}"#),
            interfered(403),
        ),
        ("403 with another code", json(403, &RAOP.replace("ErrorAccessDenied", "Forbidden")), unexpected(403)),
        ("407", reply(407, &[("proxy-authenticate", "Basic realm=x")], ""), interfered(407)),
        ("407 with a refusal", json(407, RAOP), interfered(407)),
        ("511", reply(511, &[], "<html>Log in to the network</html>"), interfered(511)),
        ("packed 403", gzip, interfered(403)),
        ("packed 202", packed, interfered(202)),
        ("HTTP/1.0 page", raw_then_close(format!("HTTP/1.0 403 Forbidden\r\n\r\n<html>{RAOP}")), interfered(403)),
        (
            "HTTP/1.0 refusal cut short",
            raw_then_close(format!("HTTP/1.0 403 Forbidden\r\n\r\n{}", &RAOP[..40])),
            interfered(403),
        ),
        ("no HTTP at all", raw_then_close("220 mail.contoso.com ESMTP ready\r\n"), (Outcome::NoAnswer, None)),
        ("two lengths", twice, (Outcome::NoAnswer, None)),
    ];
    for (name, script, expected) in cases {
        check_once(name, script, options(), expected).await;
    }
}

#[tokio::test]
async fn unusual_forms_of_a_good_answer_count() {
    let manual = clock();
    let refusal = |head: &str| raw(format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{RAOP}", RAOP.len()));
    let after_interim =
        |first: &str| raw(format!("HTTP/1.1 {first}\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"));
    let cases = [
        ("HTTP/1.0 202", raw_then_close("HTTP/1.0 202 Accepted\r\n\r\n"), Outcome::Accepted),
        ("HTTP/1.0 refusal", raw_then_close(format!("HTTP/1.0 403 Forbidden\r\n\r\n{RAOP}")), Outcome::BlockedByPolicy),
        ("after 100", after_interim("100 Continue"), Outcome::Accepted),
        ("after 103", after_interim("103 Early Hints\r\nlink: </x>"), Outcome::Accepted),
        ("text/plain", refusal("403 Forbidden\r\ncontent-type: text/plain"), Outcome::BlockedByPolicy),
        ("no content type", refusal("403 Forbidden"), Outcome::BlockedByPolicy),
        ("no reason", refusal("403"), Outcome::BlockedByPolicy),
        ("byte order mark", json(403, &format!("\u{feff}{RAOP}")), Outcome::BlockedByPolicy),
    ];
    for (name, script, outcome) in cases {
        let wire = graph(&manual, vec![script]).await;
        let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send(CEO).await;
        assert_eq!((sent.outcome, sent.attempts), (outcome, 1), "{name}: {sent:?}");
    }
}

#[tokio::test]
async fn one_mailbox_is_asked_one_thing_at_a_time() {
    let manual = clock();
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let wire =
        Wire::start(&manual, move |_, _| [vec![Step::Gate(Arc::clone(&held))], reply(202, &[], "")].concat()).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let (busy, other) = ("busy@contoso.com", "other@contoso.com");
    let watching = async {
        // The other mailbox does not wait for the busy one; the second and third mail to the busy one do.
        wire.arrived(2).await;
        let mut mailboxes: Vec<String> = wire.sends().iter().map(|seen| seen.mailbox().to_owned()).collect();
        mailboxes.sort();
        assert_eq!(mailboxes, [busy, other]);
        gate.add_permits(4);
    };
    let (first, second, third, fourth, ()) = tokio::join!(
        session.send(busy),
        session.send("BUSY@contoso.com"),
        session.send(busy),
        session.send(other),
        watching
    );
    for sent in [first, second, third, fourth] {
        assert_eq!((sent.outcome, sent.attempts), (Outcome::Accepted, 1));
    }
    assert_eq!((wire.sends().len(), wire.most_at_once(busy), wire.most_at_once(other)), (4, 1, 1));
}

#[tokio::test]
async fn a_throttled_mail_goes_before_the_next_one() {
    let manual = clock();
    let busy = reply(429, &[("retry-after", "5")], "");
    let wire = graph(&manual, vec![busy, reply(202, &[], "")]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let named = |id: &str| exchange365::m365::graph::TestMail { test_id: id.to_owned(), ..mail(CEO) };
    let (one, two) = (named("one"), named("two"));
    let both = async { tokio::join!(session.mail.send(&one, &session.token), session.mail.send(&two, &session.token)) };
    let (first, second) = turning(&manual, both).await;
    assert_eq!((first.attempts, second.attempts), (2, 1));
    let order: Vec<bool> = wire.sends().iter().map(|seen| seen.body.contains("\"one\"")).collect();
    assert_eq!(order, [true, true, false]);
    assert_eq!(wire.most_at_once(CEO), 1);
}

#[tokio::test]
async fn a_token_s_answer_is_checked() {
    let manual = clock();
    let refused = r#"{"error":"invalid_client","error_description":"AADSTS7000215: no","error_codes":[7000215]}"#;
    let page = reply(200, &[("content-type", "text/html")], "<html>Log in</html>");
    let cases = [
        ("page", page, Kind::Interfered),
        ("nothing", reply(200, &[], ""), Kind::Unexpected),
        ("half a token", json(200, r#"{"token_type":"Bearer","access_token":"abc"#), Kind::Interfered),
        ("empty token", json(200, r#"{"token_type":"Bearer","access_token":""}"#), Kind::Interfered),
        ("token of another kind", json(200, r#"{"token_type":"pop","access_token":"abc"}"#), Kind::Interfered),
        ("token with a line end", json(200, r#"{"token_type":"Bearer","access_token":"a\r\nb"}"#), Kind::Interfered),
        ("refusal as success", json(200, refused), Kind::Interfered),
        ("refusal by a proxy", json(407, refused), Kind::Interfered),
        ("proxy", reply(407, &[], ""), Kind::Interfered),
        ("cut", raw_then_close("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), Kind::Cut),
        ("throttled", reply(429, &[("retry-after", "100")], ""), Kind::Throttled),
    ];
    for (name, script, kind) in cases {
        let wire = answering(&manual, vec![script]).await;
        let err = failure(Session::at(&manual, &wire.url(), &wire.url(), options()).sign_in().await);
        assert_eq!(err.kind, kind, "{name}: {err:?}");
        let tries = if kind == Kind::Cut { 4 } else { 1 };
        assert_eq!((err.attempts, wire.seen().len()), (tries, tries as usize), "{name}");
    }
    let wire = answering(&manual, vec![json(401, refused)]).await;
    let result = Session::at(&manual, &wire.url(), &wire.url(), options()).sign_in().await;
    let Err(SignInError::Refused(refusal, _)) = result else { panic!("{result:?}") };
    assert_eq!((refusal.aadsts, wire.seen().len()), (Some(7_000_215), 1));
}
