//! What services and everybody in between send back.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{
    base::{Clock, Secret},
    m365::{Answer, Classified, Outcome, Refusal, RetryAfter, auth::Claims, auth::EntraError, classify},
};

use crate::support::{
    fuzz::{bodies, fuzz, fuzz_slowly, texts},
    session::{PLAIN, RAOP, REJECTED, Session, clock, mail, options, turning},
    wire::{Script, Step, Wire},
};

const STATUSES: [u16; 14] = [200, 202, 204, 302, 400, 401, 403, 404, 407, 429, 500, 502, 503, 511];
const TYPES: [&str; 4] = ["", "application/json", "text/html", "text/plain; charset=utf-16"];

/// What the body truly says, read by another reader than the product's: code and text, if it is Graph's form.
fn truth(body: &str) -> Option<(String, String)> {
    let plain: String = body
        .trim_start_matches('\u{feff}')
        .chars()
        .map(|character| if character.is_ascii_control() { ' ' } else { character })
        .collect();
    let value: serde_json::Value = serde_json::from_str(&plain).ok()?;
    let error = value.as_object()?.get("error")?.as_object()?;
    let code = error.get("code")?.as_str()?.trim().to_lowercase();
    let message = error.get("message").and_then(serde_json::Value::as_str).unwrap_or_default().to_lowercase();
    Some((code, message))
}

fn judge(status: u16, content_type: &str, body: &str) {
    let Classified { outcome, refusal, .. } = classify(Answer { status, content_type, body });
    let said = truth(body);
    let refused = status == 403 && said.as_ref().is_some_and(|(code, _)| code == "erroraccessdenied");
    let marked = refused && said.is_some_and(|(_, message)| message.contains("[raop]"));
    match outcome {
        Outcome::Accepted => assert!(status == 202 && body.trim().is_empty(), "accepted: {status} {body:?}"),
        Outcome::BlockedByPolicy => assert!(marked, "blocked: {status} {body:?}"),
        Outcome::AccessDenied => assert!(refused && !marked, "denied: {status} {body:?}"),
        Outcome::MailboxUnknown => assert_eq!(status, 404, "unknown: {body:?}"),
        _ => {}
    }
    assert_eq!(refusal.is_some(), matches!(outcome, Outcome::BlockedByPolicy | Outcome::AccessDenied));
    assert_eq!(refusal == Some(Refusal::Raop), outcome == Outcome::BlockedByPolicy);
}

#[test]
fn graph_bodies() {
    let seeds = bodies(&["graph", "proxy", "gateway", "token", "exchange"], &[RAOP, PLAIN, REJECTED, "", " \r\n"]);
    fuzz("graph bodies", &seeds, |input| {
        let body = String::from_utf8_lossy(input);
        for status in STATUSES {
            judge(status, TYPES[input.len() % TYPES.len()], &body);
        }
    });
}

#[test]
fn sign_in_refusals() {
    let own = r#"{"error":"invalid_grant","error_description":"AADSTS53003: x Trace ID: t Correlation ID: c Timestamp: z","error_codes":[53003],"claims":"{\"access_token\":{\"capolids\":{\"values\":[\"p\"]}}}"}"#;
    fuzz("sign-in refusals", &bodies(&["token", "graph", "proxy"], &[own]), |input| {
        let body = String::from_utf8_lossy(input);
        for status in STATUSES {
            let Some(refusal) = EntraError::parse(status, &body) else { continue };
            assert!(!refusal.error.trim().is_empty());
            assert!(!(status < 400 && refusal.is_of_the_service()), "{status} {body}");
            assert!(!(status == 407 && refusal.is_of_the_service()), "{body}");
            // What is shown must not say less than it says: an explanation for every one of them.
            let err = exchange365::m365::auth::SignInError::Refused(
                Box::new(refusal),
                exchange365::m365::RequestIds::default(),
            );
            let problem = exchange365::explain::sign_in(&err);
            assert!(!problem.summary.is_empty());
        }
    });
}

#[test]
fn claims_in_tokens() {
    let seeds = texts(&[
        r#"{"appid":"a","app_displayname":"Æ","oid":"o","tid":"t","roles":["Mail.Send"],"exp":1795420800,"aud":"https://graph.microsoft.com","appidacr":"1"}"#,
        r#"{"azp":"a","roles":null,"exp":1e11,"aud":["x"]}"#,
        r#"{"exp":-1.5e300}"#,
    ]);
    fuzz("claims", &seeds, |input| {
        let inner = Secret::new(format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(input)));
        let raw = Secret::new(String::from_utf8_lossy(input).into_owned());
        for token in [inner, raw] {
            if let Some(claims) = Claims::decode(&token) {
                assert!(claims.expires.is_none_or(|expires| expires.as_second() >= 0));
            }
        }
    });
}

#[test]
fn waiting_times() {
    let now = "2026-11-23T08:00:00Z".parse().unwrap();
    let seeds = texts(&["7", "0.5", "1e9", "Mon, 23 Nov 2026 08:02:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "inf"]);
    fuzz("retry-after", &seeds, |input| {
        if let Some(RetryAfter(wait)) = RetryAfter::parse(&String::from_utf8_lossy(input), now) {
            assert!(Clock::system().now().checked_add(wait).is_ok());
        }
    });
}

/// Whole answers as bytes on the wire, in place of a token and in place of what follows a mail.
#[test]
fn answers_as_bytes() {
    let graph = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let grant = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"abc"}"#;
    let whole = [
        graph("202 Accepted", ""),
        graph("403 Forbidden", RAOP),
        graph("403 Forbidden", PLAIN),
        graph("200 OK", grant),
        format!("HTTP/1.1 403 x\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{RAOP}\r\n0\r\n\r\n", RAOP.len()),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned(),
    ];
    let seeds: Vec<Vec<u8>> = whole.iter().map(|text| text.clone().into_bytes()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let manual = clock();
    fuzz_slowly("answers as bytes", &seeds, |bytes| {
        runtime.block_on(async {
            let script: Script = vec![Step::Write(bytes.to_vec()), Step::Close];
            let wire = Wire::start(&manual, move |_, _| script.clone()).await;
            let session = Session::at(&manual, &wire.url(), &wire.url(), options());
            let mail = mail("a@contoso.com");
            let sent = turning(&manual, session.mail.send(&mail, &session.token)).await;
            let text = String::from_utf8_lossy(bytes);
            if sent.outcome == Outcome::Accepted {
                assert!(text.contains(" 202"), "{text}");
            }
            if sent.refusal.is_some() {
                // Chunks may break words; without them the words stand there.
                assert!(text.contains(" 403"), "{text}");
                assert!(text.contains("chunked") || text.to_lowercase().contains("access"), "{text}");
            }
            let tries = wire.sends().len();
            let again = text.contains(" 429") || text.contains(" 401");
            assert!(tries == 1 || again, "{tries} mails after {text}");
            if let Ok(token) = session.sign_in().await {
                assert!(text.contains("200") && !token.secret.expose().is_empty(), "{text}");
            }
        });
    });
}
