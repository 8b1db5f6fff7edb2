//! The demo tenant on the wire, spoken to by a client of a few lines that nobody else uses.

use std::{net::SocketAddr, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{
    base::{Clock, ManualClock},
    demo::{
        AccessRight, Applied, Change, ChangeError, Expected, ExpectedSender, GroupKind, PolicyCheck, RoleScope,
        Scenario, Server,
    },
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const GRAPH_SCOPE: &str = "https%3A%2F%2Fgraph.microsoft.com%2F.default";

struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|err| panic!("{err}: {}", self.text))
    }

    fn error(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        (self.status, text("/error/code"), text("/error/message"))
    }

    fn aadsts(&self) -> (u16, u64, String) {
        let body = self.json();
        let code = body.pointer("/error_codes/0").and_then(Value::as_u64).unwrap_or_default();
        (self.status, code, body.get("error").and_then(Value::as_str).unwrap_or_default().to_owned())
    }
}

/// A request without a body stands alone; `None` when the server hangs up without a word.
async fn ask(address: &str, head: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.extend([*name, ": ", *value, "\r\n"]);
    }
    request.extend(["Content-Length: ", &body.len().to_string(), "\r\n\r\n"]);
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut bytes = Vec::new();
    if stream.read_to_end(&mut bytes).await.is_err() && bytes.is_empty() {
        return None;
    }
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into()));
    Some(Reply { status, headers: headers.collect(), text: body.to_owned() })
}

struct Tenant {
    server: Server,
    address: String,
}

impl Tenant {
    async fn start(name: &str) -> Self {
        Self::play(Scenario::named(name).unwrap(), Clock::system()).await
    }

    async fn play(scenario: Scenario, clock: Clock) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(scenario, clock, listen).await.unwrap();
        let address = server.access().base_url.strip_prefix("http://").unwrap().to_owned();
        Self { server, address }
    }

    async fn get(&self, path: &str) -> Reply {
        ask(&self.address, &format!("GET {path}"), &[], b"").await.unwrap()
    }

    async fn read(&self, token: &str, path: &str) -> Reply {
        let bearer = format!("Bearer {token}");
        let path = path.strip_prefix(&self.server.access().base_url).unwrap_or(path).replace(' ', "%20");
        ask(&self.address, &format!("GET {path}"), &[("Authorization", &bearer)], b"").await.unwrap()
    }

    fn apply(&self, change: &Change) -> Applied {
        self.server.apply(change).unwrap_or_else(|err| panic!("{change:?}: {err}"))
    }

    fn policy_says(&self, mailbox: &str) -> PolicyCheck {
        let client_id = &self.server.access().client_id;
        self.server.test_application_access_policy(client_id, mailbox).unwrap().access_check_result
    }

    async fn token_with(&self, tenant: &str, form: &str) -> Reply {
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("client-request-id", CLIENT_REQUEST_ID)];
        let head = format!("POST /{tenant}/oauth2/v2.0/token");
        ask(&self.address, &head, &headers, form.as_bytes()).await.unwrap()
    }

    async fn sign_in(&self, scope: &str) -> Reply {
        let access = self.server.access();
        let form = form(&access.client_id, access.client_secret.expose(), scope);
        self.token_with(&access.tenant_id, &form).await
    }

    async fn token(&self) -> String {
        let reply = self.sign_in(GRAPH_SCOPE).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json().get("access_token").unwrap().as_str().unwrap().to_owned()
    }

    async fn post(&self, token: &str, path: &str, content_type: &str, body: &[u8]) -> Option<Reply> {
        let bearer = format!("Bearer {token}");
        let headers =
            [("Authorization", bearer.as_str()), ("Content-Type", content_type), ("client-request-id", "my-own-id")];
        ask(&self.address, &format!("POST {path}"), &headers, body).await
    }

    async fn send_body(&self, token: &str, user: &str, body: &Value) -> Reply {
        let path = format!("/v1.0/users/{user}/sendMail");
        self.post(token, &path, "application/json", body.to_string().as_bytes()).await.unwrap()
    }

    async fn send(&self, token: &str, user: &str) -> Reply {
        self.send_body(token, user, &mail(&self.server.access().recipient)).await
    }
}

const CLIENT_REQUEST_ID: &str = "0d1c2b3a-4f5e-4a6b-8c7d-9e0f1a2b3c4d";

fn form(client_id: &str, secret: &str, scope: &str) -> String {
    let secret = secret.replace('~', "%7E");
    format!("client_id={client_id}&client_secret={secret}&scope={scope}&grant_type=client_credentials")
}

fn mail(to: &str) -> Value {
    json!({
        "message": {
            "subject": "Test t-1",
            "body": { "contentType": "Text", "content": "A test." },
            "toRecipients": [{ "emailAddress": { "address": to } }],
            "internetMessageHeaders": [{ "name": "x-exchange365-test-id", "value": "t-1" }],
        },
        "saveToSentItems": false,
    })
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// What the wire says, in the words of the report.
fn outcome(reply: &Reply) -> &'static str {
    if !reply.header("content-type").unwrap_or("application/json").starts_with("application/json") {
        return "interfered";
    }
    if reply.status == 202 {
        return "accepted";
    }
    let (status, code, message) = reply.error();
    match (status, code.as_str()) {
        (403, "ErrorAccessDenied") if message.contains("[RAOP]") => "blocked_by_policy",
        (403, "ErrorAccessDenied") => "access_denied",
        (404, "ErrorInvalidUser") => "mailbox_unknown",
        (404, "MailboxNotEnabledForRESTAPI") => "mailbox_unavailable",
        (429, _) => "throttled",
        other => panic!("{other:?}"),
    }
}

/// Sends once as every sender, repeating only what was throttled for a second.
async fn observe(tenant: &Tenant) -> Vec<(String, String)> {
    let token = tenant.token().await;
    let access = tenant.server.access();
    let mut seen = Vec::new();
    for address in access.permitted.iter().chain(&access.forbidden) {
        let mut reply = tenant.send(&token, address).await;
        while reply.status == 429 && reply.header("retry-after") == Some("1") {
            reply = tenant.send(&token, address).await;
        }
        seen.push((address.clone(), outcome(&reply).to_owned()));
    }
    seen
}

fn outcomes(expected: &Expected) -> Vec<(String, String)> {
    expected.senders.iter().map(|ExpectedSender { address, outcome, .. }| (address.clone(), outcome.clone())).collect()
}

#[tokio::test]
async fn every_scenario_answers_as_its_file_expects() {
    for summary in Scenario::all() {
        let clock = ManualClock::new("2026-10-05T08:00:00Z".parse().unwrap());
        let scenario = Scenario::named(&summary.name).unwrap();
        let later = scenario.expected_later();
        let tenant = Tenant::play(scenario, Clock::manual(&clock)).await;
        let expected = tenant.server.access().expected.clone();
        if let Some(code) = expected.aadsts {
            assert_eq!(tenant.sign_in(GRAPH_SCOPE).await.aadsts().1, u64::from(code), "{}", summary.name);
            continue;
        }
        assert_eq!(observe(&tenant).await, outcomes(&expected), "{}", summary.name);
        let has_role = claims(&tenant.token().await).get("roles").is_some();
        assert_eq!(has_role, !matches!(summary.name.as_str(), "restricted-rbac" | "no-consent"), "{}", summary.name);
        if let Some(later) = later {
            tenant.server.advance(later.after);
            assert_eq!(observe(&tenant).await, outcomes(&later.expected), "{} later", summary.name);
        }
    }
}

#[tokio::test]
async fn discovery_names_tenant_and_cloud() {
    let tenant = Tenant::start("restricted-aap").await;
    let access = tenant.server.access();
    for name in [access.tenant_id.as_str(), "Fjordlys.Example"] {
        let body = tenant.get(&format!("/{name}/v2.0/.well-known/openid-configuration")).await.json();
        let issuer = body.get("issuer").unwrap().as_str().unwrap();
        assert_eq!(issuer, format!("{}/{}/v2.0", access.base_url, access.tenant_id));
        assert_eq!(body.get("tenant_region_scope").unwrap(), "EU");
        assert_eq!(body.get("cloud_instance_name").unwrap(), "microsoftonline.com");
        assert_eq!(body.get("msgraph_host").unwrap(), "graph.microsoft.com");
        assert!(body.get("token_endpoint").unwrap().as_str().unwrap().starts_with(&access.base_url));
    }
    let path = "GET /fjordlys.example/v2.0/.well-known/openid-configuration";
    let front = ask(&tenant.address, path, &[("X-Forwarded-Proto", "https")], b"").await.unwrap().json();
    let endpoint = front.get("token_endpoint").unwrap().as_str().unwrap();
    assert!(endpoint.starts_with(&format!("https://{}/", tenant.address)), "{endpoint}");
    let unknown = tenant.get("/fabrikam.example/v2.0/.well-known/openid-configuration").await;
    assert_eq!(unknown.aadsts(), (400, 90002, "invalid_tenant".to_owned()));
    let broken = tenant.get("/fabrikam/v2.0/.well-known/openid-configuration").await;
    assert_eq!(broken.aadsts().1, 900_023);
}

#[tokio::test]
async fn a_token_says_who_may_do_what() {
    let tenant = Tenant::start("restricted-aap").await;
    let access = tenant.server.access();
    let reply = tenant.sign_in(GRAPH_SCOPE).await;
    assert_eq!(reply.json().get("expires_in").unwrap(), 3599);
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
    let claims = claims(&tenant.token().await);
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    assert_eq!(text("appid"), access.client_id);
    assert_eq!(text("tid"), access.tenant_id);
    assert_eq!(text("aud"), "https://graph.microsoft.com");
    assert_eq!(text("oid"), text("sub"));
    assert_eq!((text("ver"), text("idtyp"), text("appidacr")), ("1.0".into(), "app".into(), "1".into()));
    assert_eq!(claims.get("roles").unwrap(), &json!(["Mail.Send"]));

    let basic = BASE64_STANDARD.encode(format!("{}:{}", access.client_id, access.client_secret.expose()));
    let authorization = format!("Basic {basic}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", authorization.as_str())];
    let body = format!("grant_type=client_credentials&scope={GRAPH_SCOPE}");
    let head = format!("POST /{}/oauth2/v2.0/token", access.tenant_id);
    let reply = ask(&tenant.address, &head, &headers, body.as_bytes()).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn refused_sign_ins_carry_their_code_and_ids() {
    let tenant = Tenant::start("restricted-aap").await;
    let access = tenant.server.access();
    let (id, secret) = (access.client_id.as_str(), access.client_secret.expose());
    let good = form(id, secret, GRAPH_SCOPE);
    for (asked, body, expected) in [
        ("fabrikam.example", good.clone(), (400, 90002, "invalid_request")),
        ("common", good.clone(), (400, 9_001_023, "invalid_request")),
        (&access.tenant_id, form(id, "wrong", GRAPH_SCOPE), (401, 7_000_215, "invalid_client")),
        (
            &access.tenant_id,
            form("11111111-2222-3333-4444-555555555555", secret, GRAPH_SCOPE),
            (400, 700_016, "unauthorized_client"),
        ),
        (&access.tenant_id, form(id, "", GRAPH_SCOPE), (401, 7_000_216, "invalid_client")),
        (&access.tenant_id, form(id, secret, "Mail.Send"), (400, 1_002_012, "invalid_scope")),
        (
            &access.tenant_id,
            form(id, secret, "https%3A%2F%2Fgraph.microsoft.us%2F.default"),
            (400, 500_011, "invalid_resource"),
        ),
        (&access.tenant_id, good.replace("client_credentials", "password"), (400, 70003, "unsupported_grant_type")),
        (&access.tenant_id, String::new(), (400, 900_144, "invalid_request")),
    ] {
        let reply = tenant.token_with(asked, &body).await;
        let (status, code, error) = reply.aadsts();
        assert_eq!((status, code, error.as_str()), expected, "{body}");
        let body = reply.json();
        let text = |name: &str| body.get(name).unwrap().as_str().unwrap().to_owned();
        let description = text("error_description");
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(description.contains(&format!("Trace ID: {}", text("trace_id"))), "{description}");
        assert!(description.contains(&format!("Timestamp: {}", text("timestamp"))), "{description}");
        assert_eq!(text("correlation_id"), CLIENT_REQUEST_ID);
        assert!(text("error_uri").ends_with(&code.to_string()));
        assert!(!reply.text.contains(secret));
    }
    let reply = tenant.get(&format!("/{}/oauth2/v2.0/token", access.tenant_id)).await;
    assert_eq!(reply.aadsts().1, 900_561);
}

#[tokio::test]
async fn an_accepted_mail_is_kept_and_the_ids_come_back() {
    let tenant = Tenant::start("restricted-aap").await;
    let token = tenant.token().await;
    let reply = tenant.send(&token, "TOTALVIEW%40fjordlys.example").await;
    assert_eq!((reply.status, reply.text.as_str(), reply.header("content-length")), (202, "", Some("0")));
    assert_eq!(reply.header("client-request-id"), Some("my-own-id"));
    assert!(reply.header("x-ms-ags-diagnostic").unwrap().contains("ServerInfo"));
    assert!(reply.header("date").unwrap().ends_with(" GMT"));
    let sent = tenant.server.sent();
    let [mail] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(mail.from, "totalview@fjordlys.example");
    assert_eq!(mail.to, [tenant.server.access().recipient.clone()]);
    assert_eq!((mail.subject.as_str(), mail.test_id.as_deref()), ("Test t-1", Some("t-1")));
    assert_eq!(Some(mail.request_id.as_str()), reply.header("request-id"));
    assert!(!mail.save_to_sent_items);

    let refused = tenant.send(&token, "ingrid.solberg@fjordlys.example").await;
    assert_eq!(tenant.server.sent().len(), 1);
    let text = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.";
    assert_eq!(refused.json(), json!({ "error": { "code": "ErrorAccessDenied", "message": text } }));
    assert!(refused.header("content-type").unwrap().starts_with("application/json; odata.metadata=minimal"));

    let state = tenant.get("/demo/state").await;
    assert!(!state.text.contains(tenant.server.access().client_secret.expose()) && !state.text.contains(&token));
    let state = state.json();
    assert_eq!(state.pointer("/requests/graph.send_mail").unwrap(), 2);
    assert_eq!(state.pointer("/sent/0/test_id").unwrap(), "t-1");
}

#[tokio::test]
async fn tokens_are_looked_at_first() {
    let tenant = Tenant::start("restricted-aap").await;
    let token = tenant.token().await;
    let exchange = tenant.sign_in("https%3A%2F%2Foutlook.office365.com%2F.default").await.json();
    let exchange = exchange.get("access_token").unwrap().as_str().unwrap().to_owned();
    let forged = format!("{token}x");
    for (bearer, message) in [
        ("", "Access token is empty."),
        ("garbage", "CompactToken parsing failed with error code: 80049217"),
        (forged.as_str(), "Access token validation failure. Signature is invalid."),
        (exchange.as_str(), "Access token validation failure. Invalid audience."),
    ] {
        let reply = tenant.send_body(bearer, "nobody@fjordlys.example", &json!("not a mail")).await;
        assert_eq!(reply.error(), (401, "InvalidAuthenticationToken".to_owned(), message.to_owned()));
        let request_id = reply.header("request-id").unwrap().to_owned();
        assert_eq!(reply.json().pointer("/error/innerError/request-id").unwrap(), &json!(request_id));
    }
    assert_eq!(tenant.get("/v1.0/anything").await.status, 401);

    tenant.server.advance(Duration::from_hours(1));
    let reply = tenant.send(&token, "totalview@fjordlys.example").await;
    assert_eq!(reply.error().2, "Access token has expired or is not yet valid.");
    assert_eq!(tenant.send(&tenant.token().await, "totalview@fjordlys.example").await.status, 202);
}

#[tokio::test]
async fn bodies_are_judged_before_the_mailbox_and_recipients_after_access() {
    let tenant = Tenant::start("restricted-aap").await;
    let token = tenant.token().await;
    let (own, ceo, nobody) =
        ("totalview@fjordlys.example", "ingrid.solberg@fjordlys.example", "nobody@fjordlys.example");
    let to = tenant.server.access().recipient.clone();
    let with = |pointer: &str, value: Value| {
        let mut body = mail(&to);
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        body
    };
    for (user, body, status, code) in [
        (nobody, with("/message/subjekt", json!("x")), 400, "RequestBodyRead"),
        (nobody, with("/message/subject", json!(7)), 400, "RequestBodyRead"),
        (nobody, with("/message/toRecipients", json!({})), 400, "RequestBodyRead"),
        (nobody, with("/message/toRecipients", json!(["a@x.example"])), 400, "RequestBodyRead"),
        (nobody, with("/message/body", json!({ "contentType": "Markdown" })), 400, "RequestBodyRead"),
        (nobody, with("/saveToSentItems", json!(7)), 400, "RequestBodyRead"),
        (nobody, with("/priority", json!(7)), 400, "RequestBodyRead"),
        (nobody, json!({}), 400, "RequestBodyRead"),
        (nobody, json!([1]), 400, "BadRequest"),
        (nobody, mail(&to), 404, "ErrorInvalidUser"),
        (ceo, with("/message/toRecipients", json!([])), 403, "ErrorAccessDenied"),
        (own, with("/message/toRecipients", json!([])), 400, "ErrorInvalidRecipients"),
        (own, mail("a.@b"), 400, "ErrorInvalidRecipients"),
        (
            own,
            with("/message/internetMessageHeaders", json!([{ "name": "Id", "value": "1" }])),
            400,
            "InvalidInternetMessageHeader",
        ),
        (own, with("/message/from", json!({ "emailAddress": { "address": ceo } })), 403, "ErrorSendAsDenied"),
        (own, with("/message/from", json!({ "emailAddress": { "address": own } })), 202, ""),
        (own, with("/saveToSentItems", json!("false")), 202, ""),
    ] {
        let reply = tenant.send_body(&token, user, &body).await;
        assert_eq!(reply.status, status, "{body} {}", reply.text);
        if status != 202 {
            assert_eq!(reply.error().1, code, "{body} {}", reply.text);
        }
    }
}

#[tokio::test]
async fn mime_is_taken_and_other_requests_are_turned_away() {
    let tenant = Tenant::start("restricted-aap").await;
    let token = tenant.token().await;
    let path = "/v1.0/users/totalview@fjordlys.example/sendMail";
    let mime =
        BASE64_STANDARD.encode("To: it-drift@fjordlys.example\r\nSubject: Mime\r\nX-Test-Id: m-1\r\n\r\nHello\r\n");
    assert_eq!(tenant.post(&token, path, "text/plain", mime.as_bytes()).await.unwrap().status, 202);
    assert_eq!(tenant.server.sent().first().unwrap().test_id.as_deref(), Some("m-1"));
    let error = |reply: Option<Reply>| reply.unwrap().error();
    let (status, code, _) = error(tenant.post(&token, path, "text/plain", b"not base64!").await);
    assert_eq!((status, code.as_str()), (400, "ErrorMimeContentInvalidBase64String"));
    assert_eq!(error(tenant.post(&token, path, "application/xml", b"<a/>").await).0, 415);
    assert_eq!(
        error(tenant.post(&token, path, "application/json", b"").await).2,
        "Empty Payload. JSON content expected."
    );
    assert_eq!(error(tenant.post(&token, path, "application/json", b"{\"message\":").await).1, "BadRequest");
    assert_eq!(error(tenant.post(&token, "/v1.0/users//sendMail", "application/json", b"{}").await).0, 405);
    assert_eq!(error(tenant.post(&token, "/v1.0/me/sendMail", "application/json", b"{}").await).0, 400);
    assert_eq!(error(tenant.post(&token, "/v1.0/nothing", "application/json", b"{}").await).0, 404);
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_eq!(tenant.post(&token, path, "application/json", &large).await.map(|reply| reply.status), Some(413));
    assert_eq!(tenant.get("/").await.status, 404);
}

fn disturbed(fault: &str) -> Scenario {
    let text = include_str!("../../resources/demo/open.toml");
    Scenario::from_toml(&text.replacen("[try]", &format!("{fault}\n[try]"), 1)).unwrap()
}

#[tokio::test]
async fn five_mails_at_a_time_are_one_too_many() {
    let scenario = disturbed("[[faults]]\nstage = \"send_mail\"\nthen = { delay = { milliseconds = 300 } }");
    let tenant = Tenant::play(scenario, Clock::system()).await;
    let token = tenant.token().await;
    let send = || tenant.send(&token, "totalview@bryggen.example");
    let other = tenant.send(&token, "helpdesk@bryggen.example");
    let (first, second, third, fourth, fifth, other) = tokio::join!(send(), send(), send(), send(), send(), other);
    let mut replies = [&first, &second, &third, &fourth, &fifth].map(|reply| reply.status);
    replies.sort_unstable();
    assert_eq!(replies, [202, 202, 202, 202, 429]);
    assert_eq!(other.status, 202);
    let refused = [&first, &second, &third, &fourth, &fifth].into_iter().find(|reply| reply.status == 429).unwrap();
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.error().1, "ApplicationThrottled");
    assert_eq!(send().await.status, 202);
}

#[tokio::test]
async fn connections_are_cut_before_or_after_the_mail_went_out() {
    for (processed, sent) in [(false, 0), (true, 1)] {
        let fault =
            format!("[[faults]]\nstage = \"send_mail\"\ntimes = 1\nthen = {{ cut = {{ processed = {processed} }} }}");
        let tenant = Tenant::play(disturbed(&fault), Clock::system()).await;
        let token = tenant.token().await;
        let body = mail("helpdesk@bryggen.example").to_string();
        let path = "/v1.0/users/totalview@bryggen.example/sendMail";
        assert!(tenant.post(&token, path, "application/json", body.as_bytes()).await.is_none());
        assert_eq!(tenant.server.sent().len(), sent);
        assert_eq!(tenant.server.requests().last().unwrap().status, None);
        assert_eq!(tenant.send(&token, "totalview@bryggen.example").await.status, 202);
    }
}

#[tokio::test]
async fn it_stays_on_this_computer_and_ends_when_dropped() {
    let open = || Scenario::named("open").unwrap();
    let err = Server::start(open(), Clock::system(), SocketAddr::from(([0, 0, 0, 0], 0))).await.unwrap_err();
    assert_eq!(err.kind(), std::io::ErrorKind::InvalidInput);

    let tenant = Tenant::start("open").await;
    let mut idle = TcpStream::connect(&tenant.address).await.unwrap();
    idle.write_all(b"GET /demo/state HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 16];
    assert!(idle.read(&mut buffer).await.unwrap() > 0);
    let Tenant { server, address } = tenant;
    drop(server);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), idle.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection stayed open");
    let refused = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), refused).await.is_ok(), "it still listens");
}

#[tokio::test]
async fn a_trainee_can_move_the_clock_with_curl() {
    let tenant = Tenant::start("restricted-aap").await;
    let before = tenant.get("/demo/state").await.json();
    let reply = ask(&tenant.address, "POST /demo/advance?minutes=90", &[], b"").await.unwrap();
    assert_eq!(reply.status, 200);
    let moment =
        |state: &Value| state.get("now").unwrap().as_str().unwrap().parse::<exchange365::base::Timestamp>().unwrap();
    assert!(moment(&reply.json()).as_second() - moment(&before).as_second() >= 5400);
    assert_eq!(ask(&tenant.address, "POST /demo/advance", &[], b"").await.unwrap().status, 400);
}

const SENDERS: &str = "totalview-senders@vesterhavet.example";
const OWN: &str = "totalview@vesterhavet.example";
const CEO: &str = "camilla.sondergaard@vesterhavet.example";

fn new_group(kind: GroupKind) -> Change {
    Change::NewGroup {
        name: "Totalview senders".to_owned(),
        address: SENDERS.to_owned(),
        kind,
        members: vec![OWN.to_owned(), "omstilling@vesterhavet.example".to_owned()],
    }
}

fn restrict(app_id: &str) -> Change {
    Change::NewAccessPolicy { right: AccessRight::RestrictAccess, app_id: app_id.to_owned(), scope: SENDERS.to_owned() }
}

#[tokio::test]
async fn a_trainee_fences_the_app_with_a_policy_and_waits() {
    let tenant = Tenant::start("unfenced-trainee").await;
    let client_id = tenant.server.access().client_id.clone();
    let token = tenant.token().await;
    assert_eq!(tenant.policy_says(CEO), PolicyCheck::Granted);
    tenant.apply(&new_group(GroupKind::MailEnabledSecurity));
    let applied = tenant.apply(&restrict(&client_id));
    assert!(applied.takes_effect_at > tenant.server.now());
    assert_eq!((tenant.policy_says(OWN), tenant.policy_says(CEO)), (PolicyCheck::Granted, PolicyCheck::Denied));
    assert_eq!(tenant.send(&token, CEO).await.status, 202, "the caches are not there yet");
    let pending = tenant.get("/demo/state").await.json();
    assert!(!pending.get("pending").unwrap().as_array().unwrap().is_empty());

    tenant.server.advance(Duration::from_hours(1));
    let token = tenant.token().await;
    assert_eq!(outcome(&tenant.send(&token, OWN).await), "accepted");
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "blocked_by_policy");

    tenant.apply(&Change::RemoveAccessPolicy { app_id: client_id, scope: SENDERS.to_owned() });
    assert_eq!(tenant.policy_says(CEO), PolicyCheck::Granted);
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "blocked_by_policy");
    tenant.server.advance(Duration::from_mins(31));
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "accepted");
}

#[tokio::test]
async fn a_trainee_fences_the_app_with_roles_and_takes_the_old_permission_away() {
    let tenant = Tenant::start("unfenced-trainee").await;
    let app_id = tenant.server.access().client_id.clone();
    let token = tenant.token().await;
    let object_id = claims(&token).get("oid").unwrap().as_str().unwrap().to_owned();
    let scope = "Totalview senders only".to_owned();
    let name = "Totalview mail".to_owned();
    tenant.apply(&new_group(GroupKind::MailEnabledSecurity));
    let missing = tenant.server.test_service_principal_authorization(&app_id, None).unwrap_err();
    assert!(missing.to_string().contains("couldn't be found"));
    tenant.apply(&Change::NewServicePrincipal { app_id: app_id.clone(), object_id, name: name.clone() });
    tenant.apply(&Change::NewManagementScope { name: scope.clone(), group: SENDERS.to_owned() });
    let role = "Application Mail.Send".to_owned();
    let scoped = RoleScope::Custom(scope.clone());
    tenant.apply(&Change::NewRoleAssignment { name: "t".to_owned(), app: name.clone(), role, scope: scoped });

    let rows = tenant.server.test_service_principal_authorization(&name, Some(OWN)).unwrap();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(
        (row.allowed_resource_scope.as_str(), row.scope_type.as_str()),
        (scope.as_str(), "CustomRecipientScope")
    );
    assert_eq!((row.granted_permissions.as_slice(), row.in_scope), (["Mail.Send".to_owned()].as_slice(), Some(true)));
    let rows = tenant.server.test_service_principal_authorization(&name, Some(CEO)).unwrap();
    assert_eq!(rows.first().unwrap().in_scope, Some(false));
    assert_eq!(
        tenant.server.test_service_principal_authorization(&name, None).unwrap().first().unwrap().in_scope,
        None
    );

    tenant.server.advance(Duration::from_mins(45));
    let token = tenant.token().await;
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "accepted", "the old permission still adds up");
    tenant.apply(&Change::RemoveGrant { app_id, role: "Mail.Send".to_owned() });
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "accepted", "the old token still carries it");
    tenant.server.advance(Duration::from_mins(10));
    let token = tenant.token().await;
    assert_eq!(outcome(&tenant.send(&token, OWN).await), "accepted");
    assert_eq!(outcome(&tenant.send(&token, CEO).await), "access_denied");
}

#[tokio::test]
async fn asking_again_and_again_keeps_the_old_roles_alive() {
    let tenant = Tenant::start("restricted-rbac").await;
    let name = "Application Mail.Send-Totalview mail".to_owned();
    let own = tenant.server.access().permitted.first().unwrap().clone();
    let removed = tenant.apply(&Change::RemoveRoleAssignment { name });
    assert_eq!(removed.takes_effect_at.as_second() - tenant.server.now().as_second(), 1800);
    for _ in 0..5 {
        tenant.server.advance(Duration::from_mins(20));
        assert_eq!(outcome(&tenant.send(&tenant.token().await, &own).await), "accepted");
    }
    tenant.server.advance(Duration::from_mins(20));
    assert_eq!(outcome(&tenant.send(&tenant.token().await, &own).await), "access_denied", "two hours at most");
}

#[tokio::test]
async fn mistakes_are_refused_as_the_cmdlets_do() {
    let tenant = Tenant::start("unfenced-trainee").await;
    let server = &tenant.server;
    let app_id = server.access().client_id.clone();
    let not_found = |what, name: &str| ChangeError::NotFound { what, name: name.to_owned() };
    assert_eq!(server.apply(&restrict(&app_id)).unwrap_err(), not_found("recipient", SENDERS));
    tenant.apply(&new_group(GroupKind::Distribution));
    assert_eq!(server.apply(&restrict(&app_id)).unwrap_err(), ChangeError::NotASecurityPrincipal(SENDERS.to_owned()));
    assert_eq!(server.apply(&restrict("app")).unwrap_err(), ChangeError::NotAnId("app".to_owned()));
    let again = server.apply(&new_group(GroupKind::MailEnabledSecurity)).unwrap_err();
    assert!(matches!(again, ChangeError::AlreadyExists { .. }), "{again}");
    let add = Change::AddMember { group: SENDERS.to_owned(), member: OWN.to_owned() };
    assert!(matches!(server.apply(&add).unwrap_err(), ChangeError::AlreadyMember { .. }));
    let remove = Change::RemoveMember { group: SENDERS.to_owned(), member: OWN.to_owned() };
    tenant.apply(&remove);
    assert_eq!(server.apply(&remove).unwrap_err(), not_found("member", OWN));
    tenant.apply(&add);
    let assign = Change::NewRoleAssignment {
        name: "x".to_owned(),
        app: app_id.clone(),
        role: "Application Mail.Send".to_owned(),
        scope: RoleScope::Organization,
    };
    assert_eq!(server.apply(&assign).unwrap_err(), not_found("service principal", &app_id));
    let policy = Change::RemoveAccessPolicy { app_id, scope: SENDERS.to_owned() };
    assert_eq!(server.apply(&policy).unwrap_err(), not_found("policy", SENDERS));
}

#[tokio::test]
async fn the_directory_is_read_with_the_roles_for_it() {
    let fenced = Tenant::start("restricted-aap").await;
    let token = fenced.token().await;
    for path in [
        "/v1.0/users/totalview@fjordlys.example",
        "/v1.0/groups?$filter=mail eq 'totalview-senders@fjordlys.example'",
        "/v1.0/groups/1/members",
        "/v1.0/servicePrincipals(appId='1')",
        "/v1.0/servicePrincipals/1/appRoleAssignments",
    ] {
        let (status, code, _) = fenced.read(&token, path).await.error();
        assert_eq!((status, code.as_str()), (403, "Authorization_RequestDenied"), "{path}");
    }

    let tenant = Tenant::start("unfenced-trainee").await;
    let token = tenant.token().await;
    let client_id = tenant.server.access().client_id.clone();
    let filter = format!("/v1.0/groups?$filter=mail eq '{SENDERS}'&$select=id,mailEnabled,securityEnabled,groupTypes");
    assert_eq!(tenant.read(&token, &filter).await.json().get("value").unwrap(), &json!([]));
    tenant.apply(&new_group(GroupKind::MailEnabledSecurity));
    let found = tenant.read(&token, &filter).await.json();
    let group = found.pointer("/value/0").unwrap();
    let id = group.get("id").unwrap().as_str().unwrap();
    assert_eq!(group, &json!({ "id": id, "mailEnabled": true, "securityEnabled": true, "groupTypes": [] }));

    let first = tenant.read(&token, &format!("/v1.0/groups/{id}/members?$top=1")).await.json();
    assert_eq!(first.pointer("/value/0/userPrincipalName").unwrap(), OWN);
    assert_eq!(first.pointer("/value/0/@odata.type").unwrap(), "#microsoft.graph.user");
    let next = first.get("@odata.nextLink").unwrap().as_str().unwrap();
    let second = tenant.read(&token, next).await.json();
    assert_eq!(second.pointer("/value/0/mail").unwrap(), "omstilling@vesterhavet.example");
    assert!(second.get("@odata.nextLink").is_none());

    let principal = tenant.read(&token, &format!("/v1.0/servicePrincipals(appId='{client_id}')")).await.json();
    let object_id = principal.get("id").unwrap();
    assert_eq!(Some(object_id), claims(&token).get("oid"));
    let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignments", object_id.as_str().unwrap());
    let held = tenant.read(&token, &path).await.json();
    assert_eq!(held.pointer("/value/0/appRoleId").unwrap(), "b633e1c5-b582-4048-a93e-9f11b44c7e96");
    assert_eq!(held.get("value").unwrap().as_array().unwrap().len(), 4);
    let graph = tenant.read(&token, "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')").await;
    assert_eq!(Some(graph.json().get("id").unwrap()), held.pointer("/value/0/resourceId"));

    let user = tenant.read(&token, &format!("/v1.0/users/{CEO}?$select=displayName")).await.json();
    assert_eq!(user.get("displayName").unwrap(), "Camilla Søndergaard, CEO");
    assert!(user.get("id").is_none());
    for (path, status, code) in [
        ("/v1.0/users/nobody@vesterhavet.example", 404, "Request_ResourceNotFound"),
        ("/v1.0/groups/11111111-2222-4333-8444-555555555555", 404, "Request_ResourceNotFound"),
        ("/v1.0/groups?$filter=startswith(mail,'a')", 400, "Request_UnsupportedQuery"),
        ("/v1.0/groups?$filter=mail eq 'o'neill'", 400, "Request_UnsupportedQuery"),
        ("/v1.0/teams", 404, "ResourceNotFound"),
    ] {
        let (found, text, _) = tenant.read(&token, path).await.error();
        assert_eq!((found, text.as_str()), (status, code), "{path}");
    }
}

/// Found by Microsoft's own Graph SDKs, which insist on https: a client that came through a TLS front was led past it by
/// the address of the next page.
#[tokio::test]
async fn further_pages_lie_behind_the_same_front() {
    let tenant = Tenant::start("unfenced-trainee").await;
    let token = tenant.token().await;
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("X-Forwarded-Proto", "https")];
    let page = ask(&tenant.address, "GET /v1.0/users?$top=2", &headers, b"").await.unwrap().json();
    let front = format!("https://{}/v1.0/", tenant.address);
    for name in ["@odata.nextLink", "@odata.context"] {
        let link = page[name].as_str().unwrap();
        assert!(link.starts_with(&front), "{name}: {link}");
    }
    // A token for the address that the client knows is a token for Graph.
    let access = tenant.server.access();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2F{}%2F.default",
        access.client_id,
        access.client_secret.expose().replace('~', "%7E"),
        tenant.address.replace(':', "%3A"),
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Forwarded-Proto", "https")];
    let head = format!("POST /{}/oauth2/v2.0/token", access.tenant_id);
    let reply = ask(&tenant.address, &head, &headers, form.as_bytes()).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text);
}
