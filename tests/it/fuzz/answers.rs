//! What services and everybody in between send back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{
    base::{Clock, Secret},
    m365::{
        Answer, Classified, Outcome, Refusal, RetryAfter,
        auth::{Claims, Discovery, EntraError},
        classify,
        graph::Read,
    },
};

use crate::support::{
    fuzz::{bodies, fuzz, fuzz_slowly, texts},
    session::{PLAIN, RAOP, REJECTED, Session, clock, grant, mail, options, turning},
    wire::{Script, Seen, Step, Wire, json},
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
    let seeds = bodies(
        &["graph", "proxy", "gateway", "token", "exchange-admin", "smtp"],
        &[RAOP, PLAIN, REJECTED, "", " \r\n"],
    );
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

/// What another reader makes of a body, in which raw line ends inside a text are no fault.
fn read_otherwise(body: &str) -> serde_json::Value {
    let plain = body.trim_start_matches('\u{feff}').replace(|character: char| character.is_ascii_control(), " ");
    serde_json::from_str(&plain).unwrap_or_default()
}

const GRANTS: [&str; 4] = [
    r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"eyJ0.eyJyb2xlcyI6WyJNYWlsLlNlbmQiXX0.c2ln"}"#,
    r#"{"token_type":"Bearer","expires_in":"3599","access_token":"opaque~1"}"#,
    r#"{"token_type":"pop","expires_in":-1,"access_token":"a b"}"#,
    r#"{"issuer":"https://login.microsoftonline.com/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/v2.0","tenant_region_scope":"EU","msgraph_host":"graph.microsoft.com"}"#,
];

/// Replies of the sign-in service that are no refusals: a token is what stands there, whole and as it is.
#[test]
fn replies_with_a_token_or_a_tenant() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let manual = clock();
    fuzz_slowly("token replies", &texts(&GRANTS), |input| {
        runtime.block_on(async {
            let body = String::from_utf8_lossy(input).into_owned();
            let script = json(200, &body);
            let wire = Wire::start(&manual, move |_, _| script.clone()).await;
            let session = Session::at(&manual, &wire.url(), &wire.url(), options());
            let truth = read_otherwise(&body);
            if let Ok(token) = session.sign_in().await {
                assert_eq!(truth["access_token"].as_str(), Some(token.secret.expose()), "{body}");
                assert!(truth["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")), "{body}");
                assert!(!token.secret.expose().is_empty() && !token.secret.expose().contains(char::is_whitespace));
                assert!(!format!("{token:?}").contains(&format!("\"{}\"", token.secret.expose())), "{token:?}");
            }
            if let Ok(Discovery::Found(_)) = session.discover().await {
                assert!(truth["issuer"].is_string(), "{body}");
            }
        });
    });
}

/// Lists and objects of a directory: never more than what stands there, and never half of it.
#[test]
fn lists_of_a_directory() {
    let page = r##"{"@odata.context":"x","value":[{"@odata.type":"#microsoft.graph.user","id":"75283b3b-609a-4c1c-b8b8-baa1342fdfa6","displayName":"A","mail":"a@x.com","userPrincipalName":"a@x.com"},{"@odata.type":"#microsoft.graph.group","id":"75283b3b-609a-4c1c-b8b8-baa1342fdfa7","displayName":"B","mail":null,"mailEnabled":true,"securityEnabled":true,"groupTypes":["Unified"],"appRoleId":"r"}],"@odata.nextLink":null}"##;
    let app = r#"{"id":"o","appId":"11111111-2222-3333-4444-555555555555","displayName":"App","accountEnabled":true,"appRoles":[{"id":"r","value":"Mail.Send"}]}"#;
    let next = page.replace("Link\":null", "Link\":\"https://graph.microsoft.com/v1.0/x?$skiptoken=1\"");
    let seeds = bodies(&["graph"], &[page, app, &next]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let manual = clock();
    let client = exchange365::base::ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value;
    fuzz_slowly("directories", &seeds, |input| {
        runtime.block_on(async {
            let body = String::from_utf8_lossy(input).into_owned();
            for status in [200, 403] {
                // The first page of each list is damaged, and wherever it goes on there is nothing.
                let (first, fresh) = (body.clone(), Arc::new(AtomicBool::new(true)));
                let asked = Arc::clone(&fresh);
                let answer = move |seen: &Seen, _| {
                    if seen.target.contains("/oauth2/") {
                        return grant(1);
                    }
                    let here = format!("http://{}", seen.header("host"));
                    let first = first.replace("https://graph.microsoft.com", &here);
                    json(status, if asked.swap(false, Ordering::Relaxed) { &first } else { r#"{"value":[]}"# })
                };
                let wire = Wire::start(&manual, answer).await;
                let session = Session::at(&manual, &wire.url(), &wire.url(), options());
                let (directory, token) = (&session.directory, &session.token);
                let truth = read_otherwise(&body);
                let there = truth["value"].as_array().map_or(0, Vec::len);
                let ends = matches!(&truth["@odata.nextLink"], serde_json::Value::Null);
                let members = turning(&manual, directory.members(token, "g")).await;
                match &members {
                    Ok(Read::Got(members)) => {
                        assert!(status == 200 && members.len() == there, "{body}: {members:?}");
                        assert!(ends || wire.seen().len() > 1, "{body}: {members:?}");
                    }
                    Ok(Read::NotAllowed) => assert!(status == 403 && truth["error"]["code"].is_string(), "{body}"),
                    Ok(Read::NotFound) => panic!("{body}"),
                    Err(_) => {}
                }
                fresh.store(true, Ordering::Relaxed);
                let group = turning(&manual, directory.group(token, "g@x.com")).await;
                assert!(status == 200 || !matches!(group, Ok(Read::Got(_))), "{body}: {group:?}");
                fresh.store(true, Ordering::Relaxed);
                let read = turning(&manual, directory.application(token, client)).await;
                if let Ok(Read::Got(read)) = read {
                    assert!(status == 200 && truth["id"].is_string() && !read.app_id.is_empty(), "{body}: {read:?}");
                }
                fresh.store(true, Ordering::Relaxed);
                drop(turning(&manual, directory.grants(token, "o")).await);
                fresh.store(true, Ordering::Relaxed);
                if let Ok(people) = turning(&manual, session.people.everybody(|_| {})).await {
                    assert!(people.people.len() + people.unreadable <= there, "{body}: {people:?}");
                }
            }
        });
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
