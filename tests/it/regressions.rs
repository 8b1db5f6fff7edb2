//! One test per fault that an attack on the program has found, named after what it shows.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use exchange365::{
    base::{MailAddress, ObjectId, Redactor, Secret},
    m365::{
        Answer, Outcome, classify,
        graph::{Read, TestMail},
    },
    policy::{
        Access, AccessRight, Desired, DesiredInput, Found, FoundGroup, FoundMailbox, FoundMember, FoundPolicy, Known,
        PolicyApp, RecipientKind, Truth, evaluate,
    },
};

use crate::support::{
    session::{RAOP, Session, clock, graph, mail, options, turning},
    wire::{Script, Seen, Wire, json, reply},
};

/// A refusal as Graph gives it, with the echo of the client's own id.
fn refusal_for(seen: &Seen) -> Script {
    let id = seen.header("client-request-id");
    reply(403, &[("content-type", "application/json"), ("client-request-id", id)], RAOP)
}

/// An inspecting proxy that has lost count hands the first answer out again for the second question: the first sender
/// is fenced in, the second one is not.
#[tokio::test]
async fn an_answer_to_another_question_is_not_taken_for_a_refusal() {
    let manual = clock();
    let first: std::sync::Mutex<Option<Script>> = std::sync::Mutex::new(None);
    let wire = Wire::start(&manual, move |seen, _| {
        let mut first = first.lock().unwrap();
        first.get_or_insert_with(|| refusal_for(seen)).clone()
    })
    .await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    let fenced = session.send("fenced@contoso.com").await;
    let open = session.send("open@contoso.com").await;
    assert_eq!(fenced.outcome, Outcome::BlockedByPolicy);
    assert_eq!((open.outcome, open.attempts, wire.sends().len()), (Outcome::Interfered, 1, 2), "{open:?}");
    // The same id in other letters is the same id.
    let shouting = Wire::start(&manual, |seen, _| {
        let id = seen.header("client-request-id").to_uppercase();
        reply(403, &[("content-type", "application/json"), ("client-request-id", &id)], RAOP)
    })
    .await;
    let session = Session::at(&manual, &shouting.url(), &shouting.url(), options());
    let named = TestMail { test_id: "x".to_owned(), ..mail("fenced@contoso.com") };
    let sent = turning(&manual, session.mail.send(&named, &session.token)).await;
    assert_eq!(sent.outcome, Outcome::BlockedByPolicy, "{sent:?}");
}

/// A proxy wants its own log-in after the mail has gone through: a 401 that says nothing is no reason to send again.
#[tokio::test]
async fn a_401_without_words_sends_no_second_mail() {
    let manual = clock();
    let wire = graph(&manual, vec![reply(401, &[("www-authenticate", "Negotiate")], "")]).await;
    let sent = Session::at(&manual, &wire.url(), &wire.url(), options()).send("ceo@contoso.com").await;
    assert_eq!((sent.outcome, sent.attempts, wire.sends().len()), (Outcome::Interfered, 1, 1), "{sent:?}");
}

/// Web software escapes in its own ways; whoever echoes a request echoes the secret in one of them.
#[test]
fn a_secret_does_not_survive_in_an_unusual_spelling() {
    let redactor = Redactor::default().with(&Secret::new("p~Q8Q+canary/42=".to_owned()));
    for echoed in [
        "p~Q8Q\\u002Bcanary\\/42\\u003D",
        "p%257EQ8Q%252Bcanary%252F42%253D",
        "p&#126;Q8Q&#x2B;canary&#47;42&equals;",
        "P~Q8Q+CANARY/42=",
        "p~Q8Q%2bcanary%2f42%3d",
        "707e5138512b63616e6172792f34323d",
    ] {
        let shown = redactor.scrub(&format!("<p>you sent {echoed}</p>"));
        assert_eq!(shown, "<p>you sent [removed]</p>");
    }
    // Basic authentication and logged bodies: base64 with something before it.
    for before in ["id:", "a:", "ab:"] {
        let shown = redactor.scrub(&format!("Basic {}", BASE64_STANDARD.encode(format!("{before}p~Q8Q+canary/42="))));
        assert_eq!(shown, "Basic [removed]");
    }
}

/// Twenty groups that all contain each other: each is looked into once, not once for every way that leads to it.
#[test]
fn groups_that_contain_each_other_are_judged_in_time() {
    let address = |text: String| -> MailAddress { text.parse().unwrap() };
    let id = |number: usize| format!("00000000-0000-4000-8000-0000000000{number:02}");
    let member = |number: usize| FoundMember {
        name: format!("g{number}"),
        address: Some(address(format!("g{number}@x.com"))),
        guid: Some(id(number)),
        kind: RecipientKind::SecurityGroup,
        ..FoundMember::default()
    };
    let group = |number: usize| FoundGroup {
        exists: Truth::Yes,
        name: format!("g{number}"),
        address: Some(address(format!("g{number}@x.com"))),
        object_id: ObjectId::parse(&id(number)),
        kind: RecipientKind::SecurityGroup,
        members: Known::complete((0..20).map(member).collect()),
        ..FoundGroup::default()
    };
    let app = "11111111-2222-3333-4444-555555555555";
    let policy = FoundPolicy {
        app: PolicyApp::Id(app.to_owned()),
        right: AccessRight::Restrict,
        group_id: ObjectId::parse(&id(0)),
        valid: Truth::Yes,
        ..FoundPolicy::default()
    };
    let mailbox = |name: &str| FoundMailbox {
        asked: address(format!("{name}@x.com")),
        exists: Truth::Yes,
        primary: Some(address(format!("{name}@x.com"))),
        guid: Some(format!("guid {name}")),
        kind: RecipientKind::UserMailbox,
    };
    let mut found = Found {
        groups: (0..20).map(group).collect(),
        mailboxes: vec![mailbox("in"), mailbox("out")],
        policies: Known::complete(vec![policy]),
        service_principals: Known::complete(Vec::new()),
        assignments: Known::complete(Vec::new()),
        scopes: Known::complete(Vec::new()),
        ..Found::default()
    };
    found.entra.mail_send = Truth::Yes;
    found.groups[19].members.items.push(FoundMember {
        name: "in".to_owned(),
        address: Some(address("in@x.com".to_owned())),
        guid: Some("guid in".to_owned()),
        kind: RecipientKind::UserMailbox,
        ..FoundMember::default()
    });
    let desired = Desired::parse(&DesiredInput {
        tenant: "x.com".to_owned(),
        client_id: app.to_owned(),
        admin: "admin@x.com".to_owned(),
        group_name: "g0".to_owned(),
        group_alias: "g0".to_owned(),
        group_address: "g0@x.com".to_owned(),
        permitted: "in@x.com".to_owned(),
        forbidden: "out@x.com".to_owned(),
        ..DesiredInput::default()
    })
    .unwrap();
    let access: Vec<Access> = evaluate(&desired, &found, &[]).mailboxes.iter().map(|line| line.union).collect();
    assert_eq!(access, [Access::Granted, Access::Denied]);
}

/// Half a character in a part of the body that nobody looks at: such a body is not Graph's own word. Found by fuzzing.
#[test]
fn a_body_that_cannot_be_read_whole_is_no_refusal() {
    for body in [
        r#"{"error":{"code":"ErrorAccessDenied","":"\ud800"}}"#,
        r#"{"error":{"code":"ErrorAccessDenied","messag{e":"Access to OData\ud800 is disabled: [RAOP] : Blocked"}}"#,
        r#"{"error":{"code":"ErrorAccessDenied","message":"no","innerError":{"x":1e999}}}"#,
    ] {
        let seen = classify(Answer { status: 403, content_type: "application/json", body });
        assert_eq!((seen.outcome, seen.refusal), (Outcome::Interfered, None), "{body}");
    }
}

/// A list of members that goes on at an address nobody can read, or elsewhere: half of it must not pass for all of it,
/// or somebody on the second page would be called no member of the group that a role is limited to.
#[tokio::test]
async fn half_a_list_of_members_is_no_list() {
    let manual = clock();
    for link in [
        "",
        "?$skiptoken=2",
        "/v1.0/groups/g/members?$skiptoken=2",
        "http://[",
        "https://elsewhere.example/",
        "http://127.0.0.1:1/",
    ] {
        let page = serde_json::json!({"value": [{"id": "1", "mail": "in@contoso.com"}], "@odata.nextLink": link});
        let wire = Wire::start(&manual, move |_, _| json(200, &page.to_string())).await;
        let session = Session::at(&manual, &wire.url(), &wire.url(), options());
        let members = turning(&manual, session.directory.members(&session.token, "g")).await;
        assert!(members.is_err(), "{link:?}: {members:?}");
        assert_eq!(wire.seen().len(), 1, "{link:?}: the token goes nowhere else");
    }
    let whole = Wire::start(&manual, |_, _| json(200, r#"{"value":[],"@odata.nextLink":null}"#)).await;
    let session = Session::at(&manual, &whole.url(), &whole.url(), options());
    let members = turning(&manual, session.directory.members(&session.token, "g")).await;
    assert!(matches!(&members, Ok(Read::Got(members)) if members.is_empty()), "{members:?}");
}

/// The directory shows a member's sign-in name and hides its address: the two often are the same text, and where they
/// are not, the member is nobody in particular. A mailbox of another address may well be that member.
#[test]
fn a_sign_in_name_alone_rules_nobody_out() {
    let address = |text: &str| -> MailAddress { text.parse().unwrap() };
    let app = "11111111-2222-3333-4444-555555555555";
    let mailbox = |name: &str, primary: &str| FoundMailbox {
        asked: address(name),
        exists: Truth::Yes,
        primary: Some(address(primary)),
        guid: None,
        kind: RecipientKind::UserMailbox,
    };
    let named = |name: &str| FoundMember {
        sign_in_name: Some(address(name)),
        kind: RecipientKind::UserMailbox,
        ..FoundMember::default()
    };
    let group = FoundGroup {
        exists: Truth::Yes,
        address: Some(address("g@x.com")),
        object_id: ObjectId::parse("00000000-0000-4000-8000-000000000001"),
        kind: RecipientKind::SecurityGroup,
        members: Known::complete(vec![named("in@x.com"), named("j.doe@x.com")]),
        ..FoundGroup::default()
    };
    let policy = FoundPolicy {
        app: PolicyApp::Id(app.to_owned()),
        right: AccessRight::Restrict,
        group_id: group.object_id,
        valid: Truth::Yes,
        ..FoundPolicy::default()
    };
    let mut found = Found {
        groups: vec![group],
        mailboxes: vec![mailbox("in@x.com", "in@x.com"), mailbox("john.doe@x.com", "john.doe@x.com")],
        policies: Known::complete(vec![policy]),
        service_principals: Known::complete(Vec::new()),
        assignments: Known::complete(Vec::new()),
        scopes: Known::complete(Vec::new()),
        ..Found::default()
    };
    found.entra.mail_send = Truth::Yes;
    let desired = Desired::parse(&DesiredInput {
        tenant: "x.com".to_owned(),
        client_id: app.to_owned(),
        admin: "admin@x.com".to_owned(),
        group_name: "g".to_owned(),
        group_alias: "g".to_owned(),
        group_address: "g@x.com".to_owned(),
        permitted: "in@x.com".to_owned(),
        forbidden: "john.doe@x.com".to_owned(),
        ..DesiredInput::default()
    })
    .unwrap();
    let access: Vec<Access> = evaluate(&desired, &found, &[]).mailboxes.iter().map(|line| line.union).collect();
    assert_eq!(access, [Access::Granted, Access::Unknown]);
}
