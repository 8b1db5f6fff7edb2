//! What is read piece by piece, and the words about what cannot be read: people act on them.

use std::collections::BTreeMap;

use exchange365::{
    base::{ClientId, MailAddress},
    policy::{
        Access, AccessRight, AssignmentScope, FoundAssignment, FoundMember, FoundScope, FoundServicePrincipal,
        LARGEST_INPUT, PolicyApp, RESULT_BEGIN, RESULT_END, ReadBack, ReadContext, ReadError, RecipientKind,
        Recognised, ScopeFilter, StepOutcome, Truth, read_bytes, read_text,
    },
};

const APP: &str = "11111111-2222-3333-4444-555555555555";
const OBJECT: &str = "99999999-2222-3333-4444-555555555555";

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

fn context() -> ReadContext {
    ReadContext { client_id: Some(ClientId::parse(APP).unwrap().value), ..ReadContext::default() }
}

fn whole() -> ReadContext {
    ReadContext { whole_output: true, ..context() }
}

#[track_caller]
fn read(text: &str) -> ReadBack {
    read_text(text, &context()).unwrap_or_else(|err| panic!("{err}: {text}"))
}

/// What is noted, each with its line.
fn noted(back: &ReadBack) -> Vec<(Option<usize>, &str)> {
    back.notes.iter().map(|note| (note.line, note.text.as_str())).collect()
}

/// A result block of three lines with these fields beside what every block has.
fn block(fields: &str) -> String {
    let schema = "exchange365/policy/1";
    format!("{RESULT_BEGIN}\n{{\"schema\": \"{schema}\", \"client_id\": \"{APP}\"{fields}}}\n{RESULT_END}\n")
}

#[test]
fn what_cannot_be_read_is_said_in_these_words() {
    let cut = format!("x\n{}y\n{RESULT_BEGIN}\n{{}}", block(""));
    let twice = format!("x\n{RESULT_BEGIN}\n{}", block(""));
    let other = block("").replace(APP, OBJECT);
    let version = block("").replace("policy/1", "policy/9");
    let again = "Copy it again from the PowerShell window without changing it, or run the script with -ResultPath and open the file";
    let down = "Copy again, down to the line that says END EXCHANGE365 RESULT";
    for (text, message, next) in [
        (
            "x".repeat(LARGEST_INPUT + 1),
            "the text is larger than 4 MiB".to_owned(),
            "Copy only what the command printed, or save the script's result to a file and open that",
        ),
        (
            "\u{feff} \r\n\0".to_owned(),
            "the text is empty".to_owned(),
            "Select the output in the PowerShell window, copy it with Ctrl+C, and paste it here",
        ),
        (
            "hello".to_owned(),
            "nothing in the text looks like the output of one of the commands".to_owned(),
            "Paste the output of the commands shown in this step, as list, table or JSON, or a script's result block",
        ),
        (cut, "the result block that begins in line 6 has no end".to_owned(), down),
        (twice, "the result block that begins in line 2 has no end".to_owned(), down),
        (
            format!("x\n{version}"),
            "the result block that begins in line 2 cannot be read: it was made by another version of this program"
                .to_owned(),
            again,
        ),
        (
            other,
            format!("the result is about the app {OBJECT}, which is another one"),
            "Run the script that was made for this Client ID, or correct the Client ID",
        ),
        (
            "x\n\n{\"AppId\": \"x\"".to_owned(),
            "the JSON that begins in line 3 cannot be read: EOF while parsing an object at line 1 column 13".to_owned(),
            "Copy the whole JSON, from its first bracket to its last",
        ),
    ] {
        let err = read_text(&text, &context()).unwrap_err();
        assert_eq!((err.to_string(), err.next()), (message, next));
    }
    let garbled = read_text(&block(", {"), &context()).unwrap_err();
    assert!(garbled.to_string().starts_with("the result block that begins in line 1 cannot be read: "), "{garbled}");
    assert_eq!(garbled.next(), again);
}

#[test]
fn four_mebibytes_are_read_and_one_byte_more_is_not() {
    assert_eq!(LARGEST_INPUT, 4_194_304);
    let mut text = "x".repeat(LARGEST_INPUT);
    assert_eq!(read_text(&text, &context()), Err(ReadError::NothingRecognised));
    assert_eq!(read_bytes(text.as_bytes(), &context()), Err(ReadError::NothingRecognised));
    text.push('x');
    assert_eq!(read_text(&text, &context()), Err(ReadError::TooLarge));
    assert_eq!(read_bytes(text.as_bytes(), &context()), Err(ReadError::TooLarge));
}

#[test]
fn what_was_recognised_is_told_by_its_cmdlet() {
    use Recognised::{Assignment, Group, Member, Policy, PolicyTest, RbacTest, Scope, ServicePrincipal};
    for (recognised, cmdlet) in [
        (PolicyTest, "Test-ApplicationAccessPolicy"),
        (Policy, "Get-ApplicationAccessPolicy"),
        (RbacTest, "Test-ServicePrincipalAuthorization"),
        (Assignment, "Get-ManagementRoleAssignment"),
        (Scope, "Get-ManagementScope"),
        (ServicePrincipal, "Get-ServicePrincipal"),
        (Group, "Get-DistributionGroup"),
        (Member, "Get-DistributionGroupMember"),
    ] {
        assert_eq!(recognised.cmdlet(), cmdlet);
    }
    let fixture = include_str!("../fixtures/policy-result.txt");
    let once =
        BTreeMap::from([(PolicyTest, 3), (Policy, 1), (RbacTest, 3), (ServicePrincipal, 1), (Group, 1), (Member, 2)]);
    assert_eq!(read(fixture).recognised, once);
    let twice = read(&format!("{fixture}\n{fixture}")).recognised;
    assert_eq!(twice, once.into_iter().map(|(what, count)| (what, 2 * count)).collect());
    // A block that says nothing is a block all the same.
    assert_eq!(read(&block("")).recognised, BTreeMap::new());
}

/// Which cmdlet printed an object is told by its properties, and by the command above it where those do not tell.
#[test]
fn each_object_is_known_by_its_properties() {
    use Recognised::{Assignment, Group, Member, Policy, PolicyTest, RbacTest, Scope, ServicePrincipal};
    let kind = |text: &str, context: &ReadContext| -> Vec<Recognised> {
        read_text(text, context).map(|back| back.recognised.into_keys().collect()).unwrap_or_default()
    };
    let plain = |text: &str| kind(text, &context());
    for (text, expected) in [
        ("AccessCheckResult : Granted", Some(PolicyTest)),
        ("InScope : True", Some(RbacTest)),
        ("GrantedPermissions : Mail.Send", Some(RbacTest)),
        ("AccessRight : RestrictAccess", Some(Policy)),
        ("Role : R\nRoleAssignee : a", Some(Assignment)),
        ("Role : R\nRoleAssigneeName : a", Some(Assignment)),
        ("Role : R", None),
        ("RoleAssignee : a", None),
        ("RecipientFilter : x", Some(Scope)),
        ("RecipientFilter : x\nRecipientType : DynamicDistributionGroup", None),
        ("AppId : a\nObjectId : b", Some(ServicePrincipal)),
        ("AppId : a\nServiceId : b", Some(ServicePrincipal)),
        ("AppId : a", None),
        ("ObjectId : b", None),
        ("GroupType : Universal", Some(Group)),
        ("RecipientType : UserMailbox", None),
        ("RecipientTypeDetails : UserMailbox", None),
        ("PS> Get-DistributionGroup\n\nRecipientType : UserMailbox", Some(Group)),
        ("PS> Get-DistributionGroupMember\n\nRecipientType : UserMailbox", Some(Member)),
        ("PS> Get-DistributionGroup\n\nName : x", None),
    ] {
        assert_eq!(plain(text), expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let of_group = ReadContext { group: Some(address("senders@contoso.com")), ..context() };
    let recipient = |address: &str| format!("RecipientType : X\nPrimarySmtpAddress : {address}");
    assert_eq!(kind(&recipient("senders@contoso.com"), &of_group), [Group]);
    assert_eq!(kind(&recipient("a@contoso.com"), &of_group), [Member]);
    assert_eq!(kind("RecipientType : X", &of_group), [Member], "without an address it is not the group itself");
}

#[test]
fn what_is_not_taken_at_its_word_is_noted_with_its_line() {
    let named = format!("PS> Test-ApplicationAccessPolicy -Identity a@x.com -AppId {APP}\n\n");
    for (text, expected) in [
        (
            format!("{named}AppId : {APP}\nAccessCheckResult : Perhaps\n"),
            (3, "'Perhaps' is no answer this program knows, so it counts as unknown".to_owned()),
        ),
        (
            format!("{named}AccessCheckResult : {}\n", "y".repeat(70)),
            (3, format!("'{}' is no answer this program knows, so it counts as unknown", "y".repeat(60))),
        ),
        (
            "Mailbox : Chief\nAccessCheckResult : Granted\n".to_owned(),
            (1, "the answer about 'Chief' does not say for which address it was asked".to_owned()),
        ),
        (
            "PS> Test-ServicePrincipalAuthorization -Resource a@x.com\n\nInScope : Not Run\n".to_owned(),
            (3, "InScope 'Not Run' is neither True nor False, so it counts as unknown".to_owned()),
        ),
        (
            "InScope : True\n".to_owned(),
            (1, "the line does not say about which mailbox it is; ask with -Resource".to_owned()),
        ),
        (
            format!("AppId : {APP}\nAccessRight : Restrict…\n"),
            (1, "this policy is not fully readable, so it may be of any kind".to_owned()),
        ),
        (
            "AccessRight : RestrictAccess\n".to_owned(),
            (1, "this policy is not fully readable, so it may be of any kind".to_owned()),
        ),
        (
            "Role : R\nRoleAssignee : a\n".to_owned(),
            (
                1,
                "the scope of this role assignment is not readable; list CustomResourceScope and RecipientWriteScope"
                    .to_owned(),
            ),
        ),
        (
            "PS> Get-DistributionGroupMember -Identity $x\n\nRecipientType : UserMailbox\n".to_owned(),
            (3, "the list does not say of which group this is a member".to_owned()),
        ),
    ] {
        let back = read(&text);
        assert_eq!(noted(&back), [(Some(expected.0), expected.1.as_str())], "{text}");
    }
    for text in [
        format!("{named}AccessCheckResult : Granted\n"),
        "PS> Test-ServicePrincipalAuthorization -Resource a@x.com\n\nInScope : False\n".to_owned(),
        format!("AppId : {APP}\nAccessRight : DenyAccess\n"),
        "Role : R\nRoleAssignee : a\nRecipientWriteScope : Organization\n".to_owned(),
    ] {
        assert_eq!(noted(&read(&text)), [], "{text}");
    }
}

/// A command above an answer counts for that kind of answer alone.
#[test]
fn another_commands_arguments_are_not_borrowed() {
    let above = |command: &str, text: &str| {
        read(&format!("PS> {command} -Identity a@x.com -Resource b@x.com -AppId 1\n\n{text}\n"))
    };
    let granted = "AccessCheckResult : Granted";
    let found = |command| above(command, granted).found.policy_tests[0].clone();
    let own = found("Test-ApplicationAccessPolicy");
    assert_eq!((own.mailbox, own.app_id.as_deref()), (Some(address("a@x.com")), Some("1")));
    let other = found("Get-ServicePrincipal");
    assert_eq!((other.mailbox, other.app_id), (None, None));
    let row = |command| above(command, "InScope : True").found.rbac_tests[0].clone();
    let own = row("Test-ServicePrincipalAuthorization");
    assert_eq!((own.mailbox, own.principal.as_deref()), (Some(address("b@x.com")), Some("a@x.com")));
    let other = row("Test-ApplicationAccessPolicy");
    assert_eq!((other.mailbox, other.principal), (None, None));
    let member = "RecipientType : UserMailbox";
    assert_eq!(above("Get-DistributionGroupMember", member).found.groups[0].address, Some(address("a@x.com")));
    let told = ReadContext { group: Some(address("senders@x.com")), ..context() };
    let text = format!("PS> Get-Recipient -Identity a@x.com\n\n{member}\n");
    assert_eq!(read_text(&text, &told), Err(ReadError::NothingRecognised), "what another command shows is no member");
}

#[test]
fn answers_about_the_same_mailbox_and_principal_are_one_answer() {
    let ask = |who: &str, mailbox: &str| {
        format!("PS> Test-ServicePrincipalAuthorization -Identity {who} -Resource {mailbox}\n\nInScope : True\n\n")
    };
    let text = [ask("p", "a@x.com"), ask("p", "a@x.com"), ask("q", "a@x.com"), ask("p", "b@x.com")].concat();
    let tests = read(&text).found.rbac_tests;
    assert_eq!(tests.iter().map(|test| test.rows.items.len()).collect::<Vec<_>>(), [2, 1, 1]);
    assert!(tests.iter().all(|test| !test.rows.complete));
    assert!(read_text(&text, &whole()).unwrap().found.rbac_tests.iter().all(|test| test.rows.complete));
}

#[test]
fn members_go_to_their_own_group() {
    let list = |group: &str, name: &str| {
        format!(
            "PS> Get-DistributionGroupMember -Identity {group}\n\nName : {name}\nGuid : ABC\nRecipientType : UserMailbox\nPrimarySmtpAddress : {name}@x.com\n\n"
        )
    };
    let text = [list("g@x.com", "a"), list("h@x.com", "b"), list("g@x.com", "c")].concat();
    for context in [context(), whole()] {
        let groups = read_text(&text, &context).unwrap().found.groups;
        let seen: Vec<_> = groups
            .iter()
            .map(|group| {
                let names: Vec<&str> = group.members.items.iter().map(|member| member.name.as_str()).collect();
                (group.address.clone().unwrap().to_string(), names.join(" "), group.members.complete)
            })
            .collect();
        let complete = context.whole_output;
        assert_eq!(seen, [("g@x.com".into(), "a c".into(), complete), ("h@x.com".into(), "b".into(), complete)]);
        assert_eq!(
            groups[1].members.items,
            [FoundMember {
                name: "b".into(),
                address: Some(address("b@x.com")),
                sign_in_name: None,
                guid: Some("abc".into()),
                kind: RecipientKind::UserMailbox
            }]
        );
        assert_eq!(groups[0].exists, Truth::Yes);
    }
}

/// What a role is limited to, by the four properties that can say so.
#[test]
fn a_roles_scope_is_read_from_whichever_property_says_it() {
    use AssignmentScope::{Group, Organization, Scope, Unit, Unknown};
    for (lines, expected) in [
        ("RecipientWriteScope : Organization", Organization),
        ("RecipientWriteScope : Organization\nCustomResourceScope : ", Organization),
        ("RecipientWriteScope : Organization\nCustomResourceScope : S", Unknown),
        ("RecipientWriteScope : CustomRecipientScope\nCustomResourceScope : S", Scope("S".into())),
        ("CustomResourceScope : S", Scope("S".into())),
        ("RecipientWriteScope : CustomRecipientScope", Unknown),
        ("RecipientWriteScope : AdministrativeUnit\nCustomResourceScope : U", Unit("U".into())),
        ("RecipientWriteScope : AdministrativeUnit", Unknown),
        ("RecipientWriteScope : Self\nCustomResourceScope : S", Unknown),
        ("RecipientGroupScope : G\nCustomResourceScope : S", Group("G".into())),
        ("RecipientAdministrativeUnitScope : U\nRecipientWriteScope : Organization", Unit("U".into())),
        ("CustomResourceScope : S…", Unknown),
    ] {
        let found = read(&format!("Role : R\nRoleAssignee : a\n{lines}\n")).found;
        assert_eq!(found.assignments.items[0].scope, expected, "{lines}");
    }
}

#[test]
fn a_block_says_what_could_not_be_read() {
    let fields = r#", "group_error": "no group", "policies_error": "no policies", "service_principals_error": "no entry",
        "assignments_error": "no roles", "policy_tests": [{"mailbox": "a@x.com", "error": "not asked"}],
        "rbac_tests": [{"mailbox": "b@x.com", "error": "not run"}, {"mailbox": "c@x.com"}]"#;
    assert_eq!(
        noted(&read(&block(fields))),
        [
            (None, "the group could not be read: no group"),
            (None, "the policies could not be read: no policies"),
            (None, "the app's entry in Exchange could not be read: no entry"),
            (None, "the role assignments could not be read: no roles"),
            (None, "the answer about a@x.com could not be read: not asked"),
            (None, "the answer about b@x.com could not be read: not run"),
        ]
    );
}

#[test]
fn every_word_of_a_block_has_one_meaning() {
    use StepOutcome::{Done, Failed, NotRun, Skipped, Unknown};
    let outcome = |word: &str| {
        let fields = format!(r#", "steps": [{{"id": "connect", "outcome": "{word}", "error": ""}}]"#);
        let step = read(&block(&fields)).run.unwrap().steps[0].clone();
        assert_eq!(step.error, None, "an empty error is none");
        step.outcome
    };
    let words = ["done", "skipped", "failed", "not_run", "Done", ""];
    assert_eq!(words.map(outcome), [Done, Skipped, Failed, NotRun, Unknown, Unknown]);

    let exists = |word: &str| {
        let fields = format!(r#", "mailboxes": [{{"asked": "a@x.com", "read": "{word}"}}]"#);
        read(&block(&fields)).found.mailboxes[0].exists
    };
    assert_eq!(["ok", "absent", "failed", ""].map(exists), [Truth::Yes, Truth::No, Truth::Unknown, Truth::Unknown]);

    let app = |id: &str| {
        let fields = format!(r#", "policies": [{{"app_id": "{id}", "access_right": "DenyAccess"}}]"#);
        let policy = read(&block(&fields)).found.policies.items[0].clone();
        assert_eq!(policy.right, AccessRight::Deny);
        policy.app
    };
    assert_eq!(["", "*", "ABC"].map(app), [PolicyApp::Unknown, PolicyApp::All, PolicyApp::Id("abc".into())]);

    let access = |read_word: &str, granted: &str, raw: &str| {
        let fields = format!(
            r#", "policy_tests": [{{"mailbox": "a@x.com", "read": "{read_word}", "granted": {granted}, "raw": "{raw}"}}]"#
        );
        read(&block(&fields)).found.policy_tests[0].access
    };
    for (read_word, granted, raw, expected) in [
        ("ok", "true", "", Access::Granted),
        ("ok", "false", "", Access::Denied),
        ("ok", "null", "Verweigert", Access::Denied),
        ("ok", "null", "Perhaps", Access::Unknown),
        ("failed", "true", "Granted", Access::Unknown),
        ("failed", "null", "Granted", Access::Unknown),
    ] {
        assert_eq!(access(read_word, granted, raw), expected, "{read_word} {granted} {raw}");
    }

    let complete = |word: &str| {
        let fields = format!(r#", "rbac_tests": [{{"mailbox": "a@x.com", "read": "{word}"}}]"#);
        read(&block(&fields)).found.rbac_tests[0].rows.complete
    };
    assert_eq!(["ok", "not_registered", "failed", ""].map(complete), [true, true, false, false]);

    let lists = |word: &str| {
        let fields = ["policies", "service_principals", "assignments", "scopes"]
            .map(|list| format!(r#", "{list}_read": "{word}""#))
            .concat();
        let found = read(&block(&fields)).found;
        [found.policies.complete, found.service_principals.complete, found.assignments.complete, found.scopes.complete]
    };
    assert_eq!((lists("ok"), lists("failed")), ([true; 4], [false; 4]));
}

#[test]
fn a_block_tells_everything_about_what_was_found() {
    let fields = r#", "service_principals": [{"app_id": "ABC", "object_id": "DEF", "display_name": "Totalview"}],
        "assignments": [{"name": "N", "role": "R", "enabled": true, "scope_kind": "CustomRecipientScope", "resource_scope": "S"},
            {"enabled": false, "group_scope": "G"}, {"unit_scope": "U"}, {"scope_kind": "Organization"}],
        "scopes": [{"name": "S", "filter": "MemberOfGroup -eq 'CN=a'"}, {"name": "T", "filter": ""}],
        "policy_tests": [{"mailbox": "a@x.com", "app_id": "ABC"}, {"mailbox": "b@x.com"}]"#;
    let found = read(&block(fields)).found;
    let entry =
        FoundServicePrincipal { app_id: "abc".into(), object_id: "def".into(), display_name: "Totalview".into() };
    assert_eq!(found.service_principals.items, [entry]);
    let held = |name: &str, role: &str, enabled, scope| FoundAssignment {
        name: name.into(),
        role: role.into(),
        assignee: APP.into(),
        enabled,
        scope,
    };
    let assignments = [
        held("N", "R", Truth::Yes, AssignmentScope::Scope("S".into())),
        held("", "", Truth::No, AssignmentScope::Group("G".into())),
        held("", "", Truth::Unknown, AssignmentScope::Unit("U".into())),
        held("", "", Truth::Unknown, AssignmentScope::Organization),
    ];
    assert_eq!(found.assignments.items, assignments);
    let scope = |name: &str, filter| FoundScope { name: name.into(), filter };
    let scopes = [scope("S", ScopeFilter::MemberOf("CN=a".into())), scope("T", ScopeFilter::Unknown)];
    assert_eq!(found.scopes.items, scopes);
    let apps: Vec<_> = found.policy_tests.into_iter().map(|test| test.app_id).collect();
    assert_eq!(apps, [Some("ABC".to_owned()), None]);
}

/// Windows PowerShell writes a list of one as that one, and wraps some lists.
#[test]
fn a_list_in_a_block_may_be_one_object_or_wrapped() {
    let scopes = |list: &str| -> Vec<String> {
        read(&block(&format!(r#", "scopes": {list}"#))).found.scopes.items.into_iter().map(|scope| scope.name).collect()
    };
    assert_eq!(scopes(r#"[{"name": "S"}, {"name": "T"}]"#), ["S", "T"]);
    assert_eq!(scopes(r#"{"value": [{"name": "S"}, {"name": "T"}], "Count": 2}"#), ["S", "T"]);
    for alone in [r#"{"name": "S"}"#, r#"{"name": "S", "Count": 2}"#, r#"{"name": "S", "value": []}"#] {
        assert_eq!(scopes(alone), ["S"], "{alone}");
    }
    assert_eq!(scopes("null"), [""; 0]);
}

#[test]
fn a_block_tells_of_the_group_as_far_as_it_was_read() {
    let groups = |fields: &str| read(&block(&format!(r#", "group_address": "g@x.com"{fields}"#))).found.groups;
    let absent = groups(r#", "group_read": "absent""#);
    assert_eq!((absent[0].exists, absent[0].address.clone()), (Truth::No, Some(address("g@x.com"))));
    assert_eq!(groups(r#", "group_read": "failed""#), []);
    let there = r#", "group_read": "ok", "members_read": "ok", "group": {"name": "G", "kind": "GroupMailbox"},
        "members": {"name": "m", "address": "", "guid": "", "kind": "UserMailbox"}"#;
    let group = groups(there)[0].clone();
    assert_eq!((group.exists, group.address.clone()), (Truth::Yes, Some(address("g@x.com"))));
    assert_eq!((group.kind, group.distinguished_name), (RecipientKind::Microsoft365Group, None));
    assert!(group.members.complete);
    assert_eq!((group.members.items[0].address.clone(), group.members.items[0].guid.clone()), (None, None));
    let partly = there.replace(r#""members_read": "ok""#, r#""members_read": "failed""#);
    assert!(!groups(&partly)[0].members.complete);
}
