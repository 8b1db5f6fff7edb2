//! A server that sends secrets back, wherever it can: none of it may reach a result, an error or the log.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use exchange365::{
    base::{ClientId, MailAddress, Secret},
    m365::{
        Outcome,
        auth::{AccessToken, Discovery},
        graph::Read,
    },
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{
    session::{FIRST_TOKEN, SECRET, Session, answering, clock, grant, options, turning},
    wire::{Script, Seen, Wire, json, raw_then_close, reply},
};

const SENDER: &str = "ceo@contoso.com";

/// The forms in which a server may echo `secret`.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        json[1..json.len() - 1].to_owned(),
        BASE64_STANDARD.encode(secret),
    ]
}

fn check_clean(name: &str, shown: &str) {
    for secret in [SECRET, FIRST_TOKEN, "canary-token-2"] {
        for form in forms(secret) {
            // Debug output escapes once more.
            let escaped = format!("{form:?}");
            assert!(!shown.contains(&form) && !shown.contains(escaped.trim_matches('"')), "{name}: {form} in {shown}");
        }
    }
    assert!(!shown.to_lowercase().contains("canary"), "{name}: {shown}");
}

/// Everything in `secrets`, as JSON text that a service's message could hold.
fn echoed(secrets: &[&str]) -> String {
    let all: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
    let quoted = serde_json::to_string(&all.join(" ")).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Headers in which the client looks for something.
fn echoing_headers(secret: &str) -> Vec<(&'static str, String)> {
    ["request-id", "x-ms-request-id", "client-request-id", "retry-after"]
        .into_iter()
        .map(|name| (name, secret.to_owned()))
        .chain([("content-type", format!("application/json; was={secret}"))])
        .collect()
}

fn answer(status: u16, secret: &str, body: &str) -> Script {
    let headers = echoing_headers(secret);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    reply(status, &headers, body)
}

#[tokio::test]
async fn a_mail_s_answer_shows_no_secret() {
    let text = echoed(&[SECRET, FIRST_TOKEN]);
    let graph_error = |code: &str| {
        format!(r#"{{"error":{{"code":"{code}","message":"You sent {text}","innerError":{{"request-id":"{text}"}}}}}}"#)
    };
    let cases = [
        ("refusal", 403, graph_error("ErrorAccessDenied"), Outcome::AccessDenied),
        ("code", 400, graph_error(&text), Outcome::BadRequest),
        ("throttled", 429, graph_error("TooManyRequests"), Outcome::Throttled),
        ("outage", 503, graph_error("serviceNotAvailable"), Outcome::ServerError),
        ("page", 403, format!("<html>{text}</html>"), Outcome::Interfered),
        ("empty", 403, String::new(), Outcome::Unexpected),
        ("accepted", 202, String::new(), Outcome::Accepted),
        ("rejected", 401, graph_error("InvalidAuthenticationToken"), Outcome::TokenRejected),
    ];
    for secret in [SECRET, FIRST_TOKEN] {
        for (name, status, body, outcome) in &cases {
            let manual = clock();
            let script = answer(*status, secret, body);
            let wire =
                Wire::start(&manual, move |seen, _| if seen.is_send() { script.clone() } else { grant(1) }).await;
            let session = Session::at(&manual, &wire.url(), &wire.url(), options());
            let sent = session.send(SENDER).await;
            assert_eq!(sent.outcome, *outcome, "{name}");
            check_clean(name, &format!("{sent:?}"));
            check_clean(name, &format!("{:?}", session.calls()));
        }
    }
}

#[tokio::test]
async fn an_answer_to_the_second_token_shows_neither() {
    let manual = clock();
    let text = echoed(&[FIRST_TOKEN, "canary-token-2"]);
    let body = format!(r#"{{"error":{{"code":"InvalidAuthenticationToken","message":"{text}"}}}}"#);
    let wire = Wire::start(&manual, move |seen: &Seen, number| {
        if seen.is_send() {
            answer(401, if number == 0 { FIRST_TOKEN } else { "canary-token-2" }, &body)
        } else {
            grant(2)
        }
    })
    .await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let sent = session.send(SENDER).await;
    assert_eq!((sent.outcome, sent.attempts), (Outcome::TokenRejected, 2));
    check_clean("second token", &format!("{sent:?} {:?}", session.calls()));
}

#[tokio::test]
async fn a_cut_answer_shows_no_secret() {
    let manual = clock();
    for secret in [SECRET, FIRST_TOKEN] {
        let head = format!("HTTP/1.1 403 {secret}\r\nrequest-id: {secret}\r\ncontent-length: 99\r\n\r\n{secret}");
        let nonsense = format!("{secret}\r\n\r\n");
        for script in [raw_then_close(head), raw_then_close(nonsense)] {
            let wire = answering(&manual, vec![script]).await;
            let session = Session::at(&manual, &wire.url(), &wire.url(), options());
            let sent = session.send(SENDER).await;
            assert_eq!(sent.outcome, Outcome::NoAnswer);
            check_clean("cut", &format!("{sent:?} {:?}", session.calls()));
        }
    }
}

#[tokio::test]
async fn a_sign_in_shows_no_secret() {
    let text = echoed(&[SECRET]);
    let policy = serde_json::json!({"access_token": {"capolids": {"values": [SECRET]}}}).to_string();
    let text_itself: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
    let oauth = |error: &str| {
        serde_json::json!({
            "error": error, "error_description": format!("AADSTS7000215: {text_itself}"), "trace_id": text_itself,
            "correlation_id": text_itself, "timestamp": text_itself, "claims": policy,
        })
        .to_string()
    };
    let cases = [
        ("refusal", 401, oauth("invalid_client")),
        ("error", 400, oauth(&text_itself)),
        ("outage", 503, oauth("temporarily_unavailable")),
        ("page", 403, format!("<html>{text}</html>")),
        ("half a grant", 200, format!(r#"{{"token_type":"{text}","access_token":"{text}""#)),
        ("grant of another kind", 200, r#"{"token_type":"pop","access_token":"canary-token-1"}"#.to_owned()),
    ];
    for (name, status, body) in cases {
        let manual = clock();
        let wire = answering(&manual, vec![answer(status, SECRET, &body)]).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        let err = session.sign_in().await.unwrap_err();
        check_clean(name, &format!("{err} {err:?} {:?}", session.calls()));
    }
}

#[tokio::test]
async fn a_grant_and_its_log_show_no_token() {
    let manual = clock();
    let body = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{FIRST_TOKEN}"}}"#);
    let wire = answering(&manual, vec![answer(200, SECRET, &body)]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let token = session.sign_in().await.unwrap();
    assert_eq!(token.secret.expose(), FIRST_TOKEN);
    let shown = format!("{token:?} {:?} {:?} {:?}", session.tokens, session.mail, session.calls());
    check_clean("grant", &shown);
}

#[tokio::test]
async fn secrets_travel_only_where_they_belong() {
    let manual = clock();
    let wire = Wire::start(&manual, |seen, _| if seen.is_send() { reply(202, &[], "") } else { grant(1) }).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let token: AccessToken = session.sign_in().await.unwrap();
    let address: MailAddress = SENDER.parse().unwrap();
    assert_eq!(token.secret, Secret::new(FIRST_TOKEN.to_owned()));
    session.send(address.as_str()).await;
    let seen = wire.seen();
    let form: Vec<(String, String)> = url::form_urlencoded::parse(seen[0].body.as_bytes()).into_owned().collect();
    assert!(form.contains(&("client_secret".to_owned(), SECRET.to_owned())), "the form keeps every character");
    check_clean("sign-in's head", &format!("{:?} {}", seen[0].headers, seen[0].target));
    assert_eq!(seen[1].bearer(), FIRST_TOKEN);
    check_clean("mail's body and path", &format!("{} {}", seen[1].body, seen[1].target));
}

/// What is known of a tenant and what a token says of itself is shown and written into reports like everything else.
#[tokio::test]
async fn a_tenant_and_a_token_tell_no_secret() {
    let manual = clock();
    let told = forms(SECRET).join(" ");
    let configuration = serde_json::json!({
        "issuer": format!("https://x/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/{told}"),
        "tenant_region_scope": told, "msgraph_host": told,
    });
    let wire = answering(&manual, vec![json(200, &configuration.to_string())]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let found = session.discover().await.unwrap();
    assert!(matches!(&found, Discovery::Found(info) if info.id.is_some() && info.region.is_some()), "{found:?}");
    check_clean("configuration", &format!("{found:?} {:?}", session.calls()));

    let claims = serde_json::json!({
        "appid": told, "app_displayname": told, "oid": told, "tid": told, "roles": [told], "aud": told, "appidacr": told,
        "exp": 1_795_420_800,
    });
    let token = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
    let body = serde_json::json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token});
    let wire = answering(&manual, vec![json(200, &body.to_string())]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let token = session.sign_in().await.unwrap();
    assert_eq!(token.claims.as_ref().map(|claims| claims.roles.len()), Some(1), "{token:?}");
    check_clean("claims", &format!("{token:?}"));
}

/// Names of groups, members, people and permissions, and the addresses at which lists go on.
#[tokio::test]
async fn a_directory_tells_no_secret() {
    let manual = clock();
    for secret in [SECRET, FIRST_TOKEN] {
        let told = forms(secret).join(" ");
        let wire = Wire::start(&manual, move |seen: &Seen, number| {
            let entry = serde_json::json!({
                "id": told, "displayName": told, "mail": format!("{FIRST_TOKEN}@contoso.com"), "appId": told,
                "userPrincipalName": format!("{FIRST_TOKEN}@contoso.com"), "@odata.type": told, "groupTypes": [told],
                "appRoleId": "r", "resourceDisplayName": told, "appRoles": [{"id": "r", "value": told}],
            });
            let mut page = serde_json::json!({"value": [entry.clone()]});
            if number == 0 && !seen.target.contains("skiptoken") {
                let encoded: String = url::form_urlencoded::byte_serialize(told.as_bytes()).collect();
                page["@odata.nextLink"] = format!(
                    "http://{}{}?$skiptoken={encoded}",
                    seen.header("host"),
                    seen.target.split('?').next().unwrap()
                )
                .into();
            }
            match seen.target.as_str() {
                target if target.contains("/oauth2/") => grant(1),
                target if target.contains("servicePrincipals(") => json(200, &entry.to_string()),
                _ => json(200, &page.to_string()),
            }
        })
        .await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        let (directory, token) = (&session.directory, &session.token);
        let group = turning(&manual, directory.group(token, "g@contoso.com")).await.unwrap();
        let members = turning(&manual, directory.members(token, "g")).await.unwrap();
        let app = turning(
            &manual,
            directory.application(token, ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value),
        );
        let app = app.await.unwrap();
        let grants = turning(&manual, directory.grants(token, "o")).await.unwrap();
        assert!(matches!(&members, Read::Got(members) if members.len() == 2), "{members:?}");
        assert!(matches!(&grants, Read::Got(grants) if grants.len() == 2), "{grants:?}");
        let people = turning(&manual, session.people.everybody(|_| {})).await.unwrap();
        check_clean("directory", &format!("{group:?} {members:?} {app:?} {grants:?} {people:?}"));
        assert!(wire.seen().iter().any(|seen| seen.target.contains("skiptoken")));
        check_clean("log", &format!("{:?}", session.calls()));
    }
}

/// Some gateways wrap a long text with raw line ends, the token in it as well.
#[tokio::test]
async fn a_secret_that_is_wrapped_in_a_mail_s_answer_is_not_shown() {
    let token =
        format!("eyJ0eXAi{}.eyJhdWQi{}.{}", "AbCdEfGh01".repeat(9), "aBcDeFgH23".repeat(40), "xY-z_9876".repeat(38));
    for (columns, end) in
        [(76, "\r\n"), (76, "\n"), (9, "\n"), (30, "\\n"), (64, "\r\n    "), (5, "\\u200b"), (20, "=\r\n")]
    {
        let wrapped = |text: &str| {
            let pieces = text.as_bytes().chunks(columns).map(String::from_utf8_lossy);
            pieces.map(|piece| piece.replace('"', "\\u0022")).collect::<Vec<_>>().join(end)
        };
        let message = format!("Authorization: Bearer {} of {}", wrapped(&token), wrapped(SECRET));
        let body = format!(r#"{{"error":{{"code":"ErrorAccessDenied","message":"{message}"}}}}"#);
        let manual = clock();
        let wire = answering(&manual, vec![json(403, &body)]).await;
        let mut session = Session::at(&manual, &wire.url(), &wire.url(), options());
        session.token.secret = Secret::new(token.clone());
        let sent = session.send(SENDER).await;
        assert_eq!(sent.outcome, Outcome::AccessDenied, "{columns} {end:?}");
        let message = sent.service.unwrap().message;
        assert_eq!(message, "Authorization: Bearer [removed] of [removed]", "{columns} {end:?}");
    }
}

/// Whoever answers with nothing but escapes, or of anything else, neither holds the program up nor fills the screen.
#[tokio::test]
async fn an_answer_without_end_is_cut_and_costs_no_time() {
    for unit in ["\\\\", "&amp;", "é", "V1ZkR2FB"] {
        let text = unit.repeat(200_000 / unit.len());
        let manual = clock();
        let header = unit.repeat(60_000 / unit.len()).replace('é', "e");
        let graph = format!(
            r#"{{"error":{{"code":"ErrorAccessDenied","message":"{text}","innerError":{{"request-id":"{header}"}}}}}}"#
        );
        let entra =
            format!(r#"{{"error":"invalid_client","error_description":"AADSTS7000215: {text}","trace_id":"t"}}"#);
        let graph = reply(403, &[("content-type", &header)], &graph);
        let entra = reply(401, &[("request-id", &header), ("content-type", "application/json")], &entra);
        let wire =
            Wire::start(&manual, move |seen, _| if seen.is_send() { graph.clone() } else { entra.clone() }).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        let sent = session.send(SENDER).await;
        assert_eq!(sent.outcome, Outcome::AccessDenied, "{unit}");
        let shown = format!("{sent:?}");
        assert!(shown.contains('…') && shown.len() < 20_000, "{unit}: {} bytes", shown.len());
        let err = session.sign_in().await.unwrap_err();
        let shown = format!("{err} {err:?} {:?}", session.calls());
        assert!(shown.contains('…') && shown.len() < 60_000, "{unit}: {} bytes", shown.len());
    }
}
