//! Pasted, opened and wrapped output in every shape PowerShell gives it, in several languages.

use exchange365::{
    base::{ClientId, Field, MailAddress},
    policy::{
        Access, AccessRight, AssignmentScope, LARGEST_INPUT, PolicyApp, RESULT_BEGIN, RESULT_END, ReadBack,
        ReadContext, ReadError, RecipientKind, Recognised, ScopeFilter, StepId, StepOutcome, Truth, read_bytes,
        read_text,
    },
};

const APP: &str = "11111111-2222-3333-4444-555555555555";
const BLOCK: &str = include_str!("../fixtures/policy-result.txt");

fn address(text: &str) -> MailAddress {
    MailAddress::parse(Field::Recipient, text).unwrap().value
}

fn context() -> ReadContext {
    ReadContext { client_id: Some(ClientId::parse(APP).unwrap().value), ..ReadContext::default() }
}

fn read(text: &str) -> ReadBack {
    read_text(text, &context()).unwrap_or_else(|err| panic!("{err}: {text}"))
}

fn test_answer(word: &str) -> String {
    format!(
        "PS C:\\> Test-ApplicationAccessPolicy -Identity ceo@contoso.com -AppId {APP}\r\n\r\n\r\n\
         AppId             : {APP}\r\nMailbox           : Chief\r\n\
         MailboxId         : 75283b3b-609a-4c1c-b8b8-baa1342fdfa6\r\n\
         MailboxSid        : S-1-5-21-1-2-3-4\r\nAccessCheckResult : {word}\r\n\r\n\r\n\r\nPS C:\\> "
    )
}

#[test]
fn answers_are_read_in_every_language_that_is_known() {
    for (word, access) in [
        ("Granted", Access::Granted),
        ("Denied", Access::Denied),
        ("Accordé", Access::Granted),
        ("Refusé", Access::Denied),
        ("Gewährt", Access::Granted),
        ("Verweigert", Access::Denied),
        ("Givet", Access::Granted),
        ("Nægtet", Access::Denied),
        ("許可", Access::Unknown),
        ("Accord?", Access::Unknown),
        ("Gran\u{2026}", Access::Unknown),
        ("", Access::Unknown),
        ("NotDenied", Access::Unknown),
    ] {
        let back = read(&test_answer(word));
        let test = &back.found.policy_tests[0];
        assert_eq!(test.access, access, "{word}");
        assert_eq!(test.mailbox, Some(address("ceo@contoso.com")));
        assert_eq!(test.app_id.as_deref(), Some(APP));
        assert_eq!(back.notes.is_empty(), access != Access::Unknown, "{word}: {:?}", back.notes);
    }
}

#[test]
fn files_are_read_in_every_encoding() {
    let text = test_answer("Accordé");
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
    let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
    let marked = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
    let western: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    for bytes in [little, big, marked, text.into_bytes(), western] {
        let back = read_bytes(&bytes, &context()).unwrap();
        assert_eq!(back.found.policy_tests[0].access, Access::Granted);
    }
}

#[test]
fn a_mailbox_that_the_answer_does_not_name_is_never_guessed() {
    let answer = format!("AppId : {APP}\nMailbox : Chief\nAccessCheckResult : Denied\n");
    let back = read(&answer);
    assert_eq!(back.found.policy_tests[0].mailbox, None);
    assert_eq!(back.notes.len(), 1);
    let told = ReadContext { mailbox: Some(address("ceo@contoso.com")), ..context() };
    let back = read_text(&answer, &told).unwrap();
    assert_eq!(back.found.policy_tests[0].mailbox, told.mailbox);
    // Told once, the mailbox cannot be meant for two answers.
    let back = read_text(&format!("{answer}\n{answer}"), &told).unwrap();
    assert!(back.found.policy_tests.iter().all(|test| test.mailbox.is_none()));
    // A variable in the command names nobody.
    let back = read(&test_answer("Denied").replace("ceo@contoso.com", "$_"));
    assert_eq!(back.found.policy_tests[0].mailbox, None);
}

#[test]
fn answers_as_table_and_json_are_read() {
    let table = format!(
        "PS> Test-ApplicationAccessPolicy -Identity \"ceo@contoso.com\" -AppId {APP} | ft AppId,AccessCheckResult\n\n\
         AppId                                AccessCheckResult\n-----                                -----------------\n\
         {APP}            Denied\n"
    );
    let test = &read(&table).found.policy_tests[0];
    // A right-aligned or shifted cell is still cut at its column.
    assert_eq!(test.app_id.as_deref(), Some(APP));
    let json = format!(
        "[\r\n  {{\r\n    \"Asked\":  \"ceo@contoso.com\",\r\n    \"AppId\":  \"{APP}\",\r\n    \
         \"AccessCheckResult\":  \"Denied\"\r\n  }},\r\n  {{\"Asked\": \"a@contoso.com\", \"AppId\": \"{APP}\", \
         \"AccessCheckResult\": \"Accord\\u00e9\"}},\r\n  {{\"Asked\": \"b@contoso.com\", \"AppId\": \"{APP}\", \
         \"AccessCheckResult\": 0}}\r\n]"
    );
    let found = read(&json).found;
    let answers: Vec<_> =
        found.policy_tests.iter().map(|test| (test.mailbox.clone().unwrap().to_string(), test.access)).collect();
    assert_eq!(
        answers,
        [
            ("ceo@contoso.com".to_owned(), Access::Denied),
            ("a@contoso.com".to_owned(), Access::Granted),
            ("b@contoso.com".to_owned(), Access::Unknown)
        ]
    );
}

#[test]
fn policies_are_read_as_list_and_as_cut_table() {
    let group = "75283b3b-609a-4c1c-b8b8-baa1342fdfa6";
    let list = format!(
        "ScopeName        : Totalview senders\nScopeIdentity    : Totalview senders20260101\n\
         Identity         : 33333333-2222-3333-4444-555555555555\\{APP}:S-1-5-21-1\n                   ;{group}\n\
         AppId            : {APP}\nScopeIdentityRaw : S-1-5-21-1;{group}\nDescription      : \n\
         AccessRight      : RestrictAccess\nShardType        : All\nIsValid          : True\n\n\
         Identity         : x\nAppId            : *\nAccessRight      : DenyAccess\n"
    );
    let back = read(&list);
    let listed = &back.found.policies;
    assert!(!listed.complete);
    assert_eq!(listed.items[0].app, PolicyApp::Id(APP.to_owned()));
    assert_eq!(listed.items[0].right, AccessRight::Restrict);
    assert_eq!(listed.items[0].group_id.unwrap().to_string(), group);
    assert_eq!(listed.items[0].valid, Truth::Yes);
    assert_eq!((&listed.items[1].app, listed.items[1].right), (&PolicyApp::All, AccessRight::Deny));
    assert_eq!(back.recognised[&Recognised::Policy], 2);
    let whole = ReadContext { whole_output: true, ..context() };
    assert!(read_text(&list, &whole).unwrap().found.policies.complete);

    let table = format!(
        "ScopeName   AccessRight    IsValid AppId                 Description\n\
         ---------   -----------    ------- -----                 -----------\n\
         Totalview … RestrictAccess    True 11111111-2222-3333-4… Restrict\n\
         All         RestrictAcc...   False {APP} x\n"
    );
    let cut = read(&table).found.policies.items;
    assert_eq!((&cut[0].app, cut[0].right), (&PolicyApp::Unknown, AccessRight::Restrict));
    assert_eq!(cut[1].right, AccessRight::Unknown);
    assert_eq!(cut[1].app, PolicyApp::Unknown);
}

#[test]
fn lines_of_the_role_test_are_read() {
    let printed = "PS> Test-ServicePrincipalAuthorization -Identity 99999999-2222-3333-4444-555555555555 -Resource ceo@contoso.com\n\n\
        RoleName                      GrantedPermissions   AllowedResourceScope ScopeType            InScope\n\
        --------                      ------------------   -------------------- ---------            -------\n\
        Application Mail.Send         Mail.Send            Senders              CustomRecipientScope False\n\
        Application Mail.Read         Mail.Read            Organization         Organization         True\n\
        Application Mail Full Access  Mail.ReadWrite, Mai… Senders              CustomRecipientScope Not Run\n\n";
    let back = read(printed);
    let test = &back.found.rbac_tests[0];
    assert_eq!(test.mailbox, Some(address("ceo@contoso.com")));
    assert_eq!(test.principal.as_deref(), Some("99999999-2222-3333-4444-555555555555"));
    let rows: Vec<_> = test.rows.items.iter().map(|row| (row.role.as_str(), row.in_scope)).collect();
    assert_eq!(
        rows,
        [
            ("Application Mail.Send", Truth::No),
            ("Application Mail.Read", Truth::Yes),
            ("Application Mail Full Access", Truth::Unknown)
        ]
    );
    assert_eq!(test.rows.items[2].permissions, None);
    assert!(!test.rows.complete);
    let json = r#"{"RoleName":"Application Mail.Send","GrantedPermissions":["Mail.Send"],"InScope":true}"#;
    let told_a = ReadContext { mailbox: Some(address("a@contoso.com")), ..context() };
    let row = &read_text(json, &told_a).unwrap().found.rbac_tests[0].rows.items[0];
    assert_eq!((row.in_scope, row.permissions.as_deref()), (Truth::Yes, Some("Mail.Send")));
}

#[test]
fn assignments_scopes_and_entries_are_read() {
    let text = "PS> Get-ManagementRoleAssignment -RoleAssignee x | fl\n\n\
        Name                : Mail.Send x\nRole                : Application Mail.Send\n\
        RoleAssignee        : 99999999-2222-3333-4444-555555555555\nCustomResourceScope : Senders\n\
        RecipientWriteScope : CustomRecipientScope\nEnabled             : True\n\n\
        Name                : y\nRole                : Application Mail.Send\nRoleAssigneeName    : App\n\
        RecipientWriteScope : Organization\nCustomResourceScope : \nEnabled             : Oui\n\n\
        Name                : z\nRole                : Application Mail.Send\nRoleAssigneeName    : App\n\n\
        PS> Get-ManagementScope\n\n\
        Name    ScopeRestrictionType Exclusive RecipientRoot RecipientFilter             ServerFilter\n\
        ----    -------------------- --------- ------------- ---------------             ------------\n\
        Senders RecipientScope       False                   MemberOfGroup -eq 'CN=a'    \n\
        Other   RecipientScope       False                   Alias -like 'x*' -or Alias… \n\n\
        PS> Get-ServicePrincipal\n\n\
        DisplayName ObjectId                             AppId\n\
        ----------- --------                             -----\n\
        Totalview   99999999-2222-3333-4444-555555555555 11111111-2222-3333-4444-555555555555\n";
    let found = read(text).found;
    let held = &found.assignments.items;
    assert_eq!((&held[0].scope, held[0].enabled), (&AssignmentScope::Scope("Senders".into()), Truth::Yes));
    assert_eq!((&held[1].scope, held[1].enabled), (&AssignmentScope::Organization, Truth::Unknown));
    assert_eq!(held[2].scope, AssignmentScope::Unknown);
    assert_eq!(found.scopes.items[0].filter, ScopeFilter::MemberOf("CN=a".into()));
    assert_eq!(found.scopes.items[1].filter, ScopeFilter::Unknown);
    assert_eq!(found.service_principals.items[0].app_id, APP);
}

#[test]
fn groups_and_members_are_read() {
    let text = "PS> Get-DistributionGroup -Identity senders@contoso.com\n\n\
        Name    DisplayName GroupType                  PrimarySmtpAddress\n\
        ----    ----------- ---------                  ------------------\n\
        senders Senders     Universal, SecurityEnabled senders@contoso.com\n\n\
        PS> Get-DistributionGroupMember -Identity senders@contoso.com | fl Name,PrimarySmtpAddress,RecipientTypeDetails\n\n\
        Name                 : noreply\nPrimarySmtpAddress   : noreply@contoso.com\nRecipientTypeDetails : SharedMailbox\n\n\
        Name                 : inner\nPrimarySmtpAddress   : inner@contoso.com\nRecipientTypeDetails : MailUniversalSecurityGroup\n";
    let back = read(text);
    let mut found = exchange365::policy::Found::default();
    found.absorb(back.found);
    assert_eq!(found.groups.len(), 1);
    let group = &found.groups[0];
    assert_eq!((group.kind, group.exists), (RecipientKind::SecurityGroup, Truth::Yes));
    assert_eq!(group.members.items.len(), 2);
    assert_eq!(group.members.items[0].kind, RecipientKind::SharedMailbox);
    assert!(!group.members.complete);
    // Without the command, only a context can say of which group these are members.
    let bare = "Name               : noreply\nRecipientType      : UserMailbox\nPrimarySmtpAddress : a@contoso.com\n";
    assert_eq!(read_text(bare, &context()).unwrap_err(), ReadError::NothingRecognised);
    let told = ReadContext { group: Some(address("senders@contoso.com")), ..context() };
    assert_eq!(read_text(bare, &told).unwrap().found.groups[0].members.items.len(), 1);
}

#[test]
fn the_result_block_is_read_out_of_a_transcript() {
    let back = read(BLOCK);
    let run = back.run.as_ref().unwrap();
    assert_eq!((run.script.as_str(), run.what_if), ("verify", false));
    assert_eq!(run.finished.unwrap().to_string(), "2026-11-23T10:20:30Z");
    assert_eq!(run.steps[0].step, Some(StepId::Connect));
    assert_eq!(run.steps[2].outcome, StepOutcome::Failed);
    let found = &back.found;
    assert!(found.policies.complete && found.service_principals.complete && found.assignments.complete);
    assert_eq!(found.groups[0].members.items.len(), 2);
    assert!(found.groups[0].members.complete);
    assert_eq!(found.groups[0].name, "Føroya sendarar");
    let answers: Vec<_> = found.policy_tests.iter().map(|test| test.access).collect();
    assert_eq!(answers, [Access::Granted, Access::Denied, Access::Unknown]);
    assert_eq!(found.rbac_tests[0].rows.items[0].in_scope, Truth::Yes);
    assert!(found.rbac_tests[1].rows.complete && !found.rbac_tests[2].rows.complete);
    assert_eq!(found.mailboxes[2].exists, Truth::No);
}

#[test]
fn a_block_that_a_window_has_wrapped_is_the_same_block() {
    let (before, rest) = BLOCK.split_once(RESULT_BEGIN).unwrap();
    let (inside, after) = rest.split_once(RESULT_END).unwrap();
    let plain = read(BLOCK);
    for width in [40, 79, 80, 120] {
        let mut wrapped = String::new();
        for line in inside.lines() {
            let characters: Vec<char> = line.chars().collect();
            for part in characters.chunks(width) {
                wrapped.extend(part);
                wrapped.push_str("\r\n");
            }
        }
        let back = read(&format!("{before}{RESULT_BEGIN}\r\n{wrapped}{RESULT_END}{after}"));
        assert_eq!(back, plain, "{width}");
    }
    let (found, again) = (read(&format!("{BLOCK}\n{BLOCK}")).found, plain.found);
    assert_eq!(found.policy_tests, again.policy_tests);
}

#[test]
fn lists_that_windows_powershell_wraps_are_lists() {
    let wrapped = BLOCK.replace("\"scopes\":  [\n\n    ]", "\"scopes\":  {\"value\": [], \"Count\": 0}");
    assert_ne!(wrapped, BLOCK);
    assert_eq!(read(&wrapped), read(BLOCK));
}

#[test]
fn what_cannot_be_read_is_said_with_place_and_remedy() {
    let cut = BLOCK.split_once(RESULT_END).unwrap().0;
    let other = ReadContext {
        client_id: Some(ClientId::parse("22222222-2222-3333-4444-555555555555").unwrap().value),
        ..ReadContext::default()
    };
    let errors = [
        read_text(cut, &context()).unwrap_err(),
        read_text(&format!("{cut}\n{BLOCK}"), &context()).unwrap_err(),
        read_text(&BLOCK.replace("\"schema\":  \"exchange365/policy/1\",", ""), &context()).unwrap_err(),
        read_text(&BLOCK.replace("policy/1", "policy/9"), &context()).unwrap_err(),
        read_text(&BLOCK.replacen("\"steps\":  [", "\"steps\":  [ {", 1), &context()).unwrap_err(),
        read_text(BLOCK, &other).unwrap_err(),
        read_text(" \r\n\u{feff}", &context()).unwrap_err(),
        read_text("{\"AppId\": \"x\"", &context()).unwrap_err(),
        read_text("hello", &context()).unwrap_err(),
        read_text("{\"a\": 1}", &context()).unwrap_err(),
        read_text(&"x".repeat(LARGEST_INPUT + 1), &context()).unwrap_err(),
        read_bytes(&vec![b'x'; LARGEST_INPUT + 1], &context()).unwrap_err(),
    ];
    assert!(matches!(errors[0], ReadError::BlockCutOff { line: 6 }), "{:?}", errors[0]);
    assert!(matches!(errors[1], ReadError::BlockCutOff { .. }));
    assert!(errors[2..5].iter().all(|err| matches!(err, ReadError::BlockUnreadable { .. })));
    assert!(matches!(errors[5], ReadError::OtherApp(_)));
    assert!(errors.iter().all(|err| !err.next().is_empty() && !err.to_string().is_empty()));
}

/// Property names behind `before` in a script.
fn names_behind(script: &str, before: &str) -> Vec<String> {
    let is_name = |character: &char| character.is_ascii_lowercase() || *character == '_';
    let rests = script.split(before).skip(1);
    let named = rests.map(|rest| (rest.chars().take_while(is_name).collect::<String>(), rest));
    named
        .filter(|(name, rest)| !name.is_empty() && rest[name.len()..].starts_with(" ="))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_fact_a_script_writes_is_read() {
    let script = include_str!("../../src/policy/script/parts/facts.ps1");
    let reader = include_str!("../../src/policy/read/wire.rs");
    // Shown to people alone, or told by something else as well.
    let unread = ["assignee", "description", "scope_kind", "raw", "in_scope"];
    let places = ["$facts.", "$entry.", "@{ ", "; ", "                "];
    let names: Vec<String> = places.iter().flat_map(|before| names_behind(script, before)).collect();
    assert!(names.len() > 50, "{names:?}");
    for name in names {
        let field = format!("    pub(super) {name}: ");
        assert!(reader.contains(&field) || unread.contains(&name.as_str()), "{name} is written and never read");
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is pasted: no panic, and an answer is granted or denied only by a known word.
        #[test]
        fn anything_may_be_pasted(text in "(?s).{0,400}", word in "[A-Za-zé…. ]{0,12}") {
            let _unused = read_text(&text, &context());
            let _unused = read_bytes(text.as_bytes(), &context());
            let back = read(&test_answer(&word));
            let known = ["granted", "denied", "givet", "veitt", "erteilt"];
            if !known.contains(&word.trim().to_lowercase().as_str()) && word.chars().count() < 5 {
                prop_assert_eq!(back.found.policy_tests[0].access, Access::Unknown);
            }
        }

        /// Cutting a table anywhere never turns a denial into a grant.
        #[test]
        fn a_cut_table_never_changes_an_answer(cut in 0_usize..200) {
            let table = format!("AppId                                AccessCheckResult\n-----                                -----------------\n{APP} Denied\n");
            let part: String = table.chars().take(cut).collect();
            if let Ok(back) = read_text(&part, &context()) {
                prop_assert!(back.found.policy_tests.iter().all(|test| test.access != Access::Granted));
            }
        }
    }
}
