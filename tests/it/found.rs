//! What was read back about a fence, taken together piece by piece: newer words replace older ones about the same thing
//! and nothing else. These tests are here because spoiling the code was once noticed by nobody (`.ci/mutants`).

use exchange365::{
    base::{MailAddress, ObjectId},
    policy::{
        Access, AssignmentScope, Desired, DesiredInput, EntraGrants, Found, FoundAssignment, FoundGroup, FoundMailbox,
        FoundServicePrincipal, GraphGroup, Known, PolicyTest, RbacTest, RecipientKind, Truth, evaluate,
    },
};

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

#[test]
fn kinds_are_known_by_every_word_for_them() {
    use RecipientKind::{
        DistributionList, DynamicList, Microsoft365Group, Other, PlainSecurityGroup, ResourceMailbox, SecurityGroup,
        SharedMailbox, Unknown, UserMailbox,
    };
    for (words, kind, label) in [
        (&["UserMailbox", " user mailbox ", "LinkedMailbox", "LegacyMailbox"][..], UserMailbox, "mailbox"),
        (&["SharedMailbox"], SharedMailbox, "shared mailbox"),
        (&["RoomMailbox", "EquipmentMailbox", "SchedulingMailbox"], ResourceMailbox, "room or equipment mailbox"),
        (&["MailUniversalSecurityGroup", "Universal, SecurityEnabled"], SecurityGroup, "mail-enabled security group"),
        (&["MailUniversalDistributionGroup", "Universal", "RoomList"], DistributionList, "distribution list"),
        (&["DynamicDistributionGroup"], DynamicList, "dynamic distribution list"),
        (&["GroupMailbox"], Microsoft365Group, "Microsoft 365 group"),
        (&["UniversalSecurityGroup", "Global, SecurityEnabled"], PlainSecurityGroup, "security group without mail"),
        (
            &["MailUser", "MailContact", "GuestMailUser", "PublicFolder", "DiscoveryMailbox"],
            Other,
            "recipient of another kind",
        ),
        (&["", "Something new"], Unknown, "recipient of unknown kind"),
    ] {
        for word in words {
            assert_eq!((RecipientKind::from_word(word), kind.label()), (kind, label), "{word}");
        }
    }
    let graph = |unified, mail_enabled, security_enabled| {
        RecipientKind::of_graph_group(GraphGroup { unified, mail_enabled, security_enabled })
    };
    assert_eq!(graph(true, true, true), Microsoft365Group);
    assert_eq!(graph(false, true, true), SecurityGroup);
    assert_eq!(graph(false, true, false), DistributionList);
    assert_eq!(graph(false, false, true), PlainSecurityGroup);
}

#[test]
fn a_token_names_every_permission() {
    let roles = |roles: &[&str]| {
        EntraGrants::from_token_roles(&roles.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>())
    };
    let both = roles(&["User.Read.All", "mail.send"]);
    assert_eq!((both.mail_send, both.others), (Truth::Yes, vec!["User.Read.All".to_owned()]));
    assert_eq!(roles(&["Mail.Read"]).mail_send, Truth::No);
}

#[test]
fn a_list_that_was_read_and_is_empty_is_not_an_unread_one() {
    assert!(Known::<u8>::default().is_unread() && Known::<u8>::partly(Vec::new()).is_unread());
    assert!(!Known::<u8>::complete(Vec::new()).is_unread() && !Known::partly(vec![1]).is_unread());
    assert_eq!([Access::Granted, Access::Denied, Access::Unknown].map(Access::word).map(str::is_empty), [false; 3]);
    assert_ne!(Access::Granted.word(), Access::Denied.word());
}

fn group(mail: Option<&str>, id: Option<&str>, name: &str) -> FoundGroup {
    FoundGroup {
        name: name.to_owned(),
        address: mail.map(address),
        object_id: id.and_then(ObjectId::parse),
        ..FoundGroup::default()
    }
}

const ONE: &str = "11111111-2222-3333-4444-555555555555";
const TWO: &str = "22222222-2222-3333-4444-555555555555";

fn absorbed(older: FoundGroup, newer: FoundGroup) -> Vec<FoundGroup> {
    let mut found = Found { groups: vec![older], ..Found::default() };
    found.absorb(Found { groups: vec![newer], ..Found::default() });
    found.groups
}

#[test]
fn groups_are_the_same_by_address_or_else_by_id() {
    let count = |older, newer| absorbed(older, newer).len();
    assert_eq!(count(group(Some("a@x.com"), None, "A"), group(Some("a@x.com"), None, "B")), 1);
    // The address decides where both have one, whatever the ids say.
    assert_eq!(count(group(Some("a@x.com"), Some(ONE), "A"), group(Some("b@x.com"), Some(ONE), "A")), 2);
    assert_eq!(count(group(Some("a@x.com"), Some(ONE), "A"), group(None, Some(ONE), "A")), 1);
    assert_eq!(count(group(Some("a@x.com"), Some(ONE), "A"), group(None, Some(TWO), "A")), 2);
    // Two that have no id do not have the same one.
    assert_eq!(count(group(Some("a@x.com"), None, "A"), group(None, None, "A")), 2);
}

#[test]
fn newer_words_about_a_group_replace_only_what_they_say() {
    let older = FoundGroup {
        exists: Truth::Yes,
        kind: RecipientKind::SecurityGroup,
        ..group(Some("a@x.com"), Some(ONE), "Old")
    };
    let silent = absorbed(older.clone(), group(Some("a@x.com"), None, ""));
    assert_eq!(silent.first(), Some(&older));
    let newer = FoundGroup {
        exists: Truth::No,
        kind: RecipientKind::DistributionList,
        ..group(Some("a@x.com"), Some(TWO), "New")
    };
    let told = &absorbed(older, newer)[0];
    assert_eq!((told.exists, told.kind, told.name.as_str()), (Truth::No, RecipientKind::DistributionList, "New"));
    assert_eq!(told.object_id, ObjectId::parse(TWO));
}

#[test]
fn newer_answers_replace_those_about_the_same_question() {
    let policy = |mailbox: Option<&str>, app: &str, access| PolicyTest {
        mailbox: mailbox.map(address),
        app_id: Some(app.to_owned()),
        access,
        raw: String::new(),
    };
    let role = |mailbox: Option<&str>, principal: &str, complete| RbacTest {
        mailbox: mailbox.map(address),
        principal: Some(principal.to_owned()),
        rows: Known { items: Vec::new(), complete },
    };
    let mailbox = |asked: &str, exists| FoundMailbox {
        asked: address(asked),
        exists,
        primary: None,
        guid: None,
        kind: RecipientKind::Unknown,
    };
    let mut found = Found {
        mailboxes: vec![mailbox("a@x.com", Truth::Unknown), mailbox("b@x.com", Truth::Yes)],
        policy_tests: vec![
            policy(Some("a@x.com"), ONE, Access::Granted),
            policy(Some("a@x.com"), TWO, Access::Granted),
            policy(Some("b@x.com"), ONE, Access::Granted),
            policy(None, ONE, Access::Granted),
        ],
        rbac_tests: vec![
            role(Some("a@x.com"), ONE, false),
            role(Some("a@x.com"), TWO, false),
            role(Some("b@x.com"), ONE, false),
            role(None, ONE, false),
        ],
        entra: EntraGrants { mail_send: Truth::Yes, others: Vec::new() },
        ..Found::default()
    };
    found.absorb(Found {
        mailboxes: vec![mailbox("a@x.com", Truth::No)],
        policy_tests: vec![policy(Some("a@x.com"), ONE, Access::Denied), policy(None, ONE, Access::Denied)],
        rbac_tests: vec![role(Some("a@x.com"), ONE, true), role(None, ONE, true)],
        ..Found::default()
    });
    // An answer that does not say whom it is about replaces nothing.
    assert_eq!(
        found.policy_tests,
        [
            policy(Some("a@x.com"), TWO, Access::Granted),
            policy(Some("b@x.com"), ONE, Access::Granted),
            policy(None, ONE, Access::Granted),
            policy(Some("a@x.com"), ONE, Access::Denied),
            policy(None, ONE, Access::Denied),
        ]
    );
    assert_eq!(
        found.rbac_tests,
        [
            role(Some("a@x.com"), TWO, false),
            role(Some("b@x.com"), ONE, false),
            role(None, ONE, false),
            role(Some("a@x.com"), ONE, true),
            role(None, ONE, true),
        ]
    );
    assert_eq!(found.mailboxes.iter().map(|mailbox| mailbox.exists).collect::<Vec<_>>(), [Truth::Yes, Truth::No]);
    assert_eq!(found.entra.mail_send, Truth::Yes, "silence takes nothing back");
    found.absorb(Found { entra: EntraGrants { mail_send: Truth::No, others: Vec::new() }, ..Found::default() });
    assert_eq!(found.entra.mail_send, Truth::No);
}

/// What the only role says of a mailbox when it is assigned to `assignee`, and these entries are all there are.
fn by_role_of(assignee: &str, entries: Known<FoundServicePrincipal>) -> Access {
    let desired = Desired::parse(&DesiredInput {
        tenant: "x.com".to_owned(),
        client_id: ONE.to_owned(),
        enterprise_object_id: TWO.to_owned(),
        admin: "admin@x.com".to_owned(),
        group_name: "g".to_owned(),
        group_alias: "g".to_owned(),
        group_address: "g@x.com".to_owned(),
        permitted: "in@x.com".to_owned(),
        forbidden: "out@x.com".to_owned(),
        ..DesiredInput::default()
    })
    .unwrap();
    let mailbox = |asked: &str| FoundMailbox {
        asked: address(asked),
        exists: Truth::Yes,
        primary: Some(address(asked)),
        guid: Some(asked.to_owned()),
        kind: RecipientKind::UserMailbox,
    };
    let assignment = FoundAssignment {
        name: "A".to_owned(),
        role: "Application Mail.Send".to_owned(),
        assignee: assignee.to_owned(),
        enabled: Truth::Yes,
        scope: AssignmentScope::Organization,
    };
    let found = Found {
        mailboxes: vec![mailbox("in@x.com"), mailbox("out@x.com")],
        policies: Known::complete(Vec::new()),
        service_principals: entries,
        assignments: Known::complete(vec![assignment]),
        scopes: Known::complete(Vec::new()),
        entra: EntraGrants { mail_send: Truth::No, others: Vec::new() },
        ..Found::default()
    };
    evaluate(&desired, &found, &[]).mailboxes[1].union
}

/// A role that is assigned to a name may be ours, whoever else has that name; another id is not ours when all entries
/// were seen.
#[test]
fn a_role_is_ours_by_id_or_by_a_name_of_ours_and_unclear_otherwise() {
    let entry = |app: &str, object: &str, name: &str| FoundServicePrincipal {
        app_id: app.to_owned(),
        object_id: object.to_owned(),
        display_name: name.to_owned(),
    };
    let other = "33333333-2222-3333-4444-555555555555";
    let all = || Known::complete(vec![entry(ONE, TWO, "Ours"), entry(other, other, "Theirs")]);
    assert_eq!([TWO, ONE, "ours"].map(|assignee| by_role_of(assignee, all())), [Access::Granted; 3]);
    assert_eq!(by_role_of(other, all()), Access::Denied);
    for name in ["Theirs", "Another name"] {
        assert_eq!(by_role_of(name, all()), Access::Unknown, "{name}");
    }
    assert_eq!(by_role_of(other, Known::partly(vec![entry(ONE, TWO, "Ours")])), Access::Unknown);
}
