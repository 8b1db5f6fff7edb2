//! What is told about a fence beside its judgement, word for word: people act on these sentences. Each test names all
//! that is told, so that a finding too many is noticed like one that is missing.

use exchange365::policy::{
    AccessRight, AssignmentScope, Evaluation, FenceState, Finding, FindingCode, Found, FoundMailbox, FoundMember,
    FoundScope, FoundServicePrincipal, GuideEvent, Known, LiveAnswer, LiveObservation, Method, PolicyApp, PolicyTest,
    RbacRow, RbacTest, RecipientKind, ScopeFilter, Truth, Who, evaluate,
};

use super::policy_evaluate::{
    GROUP, INNER, OBJECT, address, assignment, desired, fenced, fenced_by_role, found, group, judge, judge_role,
    mailbox, member, mine, of, policy, registered,
};

/// Everything that is told, the worst first.
fn told(evaluation: &Evaluation) -> Vec<String> {
    evaluation.findings.iter().map(|finding| format!("{:?}: {}", finding.severity, finding.what)).collect()
}

#[track_caller]
fn check(evaluation: &Evaluation, expected: &[&str]) {
    assert_eq!(told(evaluation), expected, "{:#?}", evaluation.findings);
}

fn finding(evaluation: &Evaluation, code: FindingCode) -> &Finding {
    evaluation.findings.iter().find(|finding| finding.code == code).unwrap()
}

const B_BY_ENTRA: &str = "Danger: b@contoso.com must not be sent as, but is granted by the permission in Entra, which no policy limits for it";
const B_BY_ROLE: &str = "Danger: b@contoso.com must not be sent as, but is granted by a role in Exchange";
const A_DENIED: &str = "Fault: a@contoso.com shall be sent as, but nothing grants it";
const A_UNKNOWN: &str = "Warning: It is not known whether the app can send as a@contoso.com";
const B_UNKNOWN: &str = "Warning: It is not known whether the app can send as b@contoso.com";
const NO_POLICY: &str = "No Application Access Policy concerns this app";

#[test]
fn a_fence_that_holds_is_not_talked_about() {
    check(&judge(&fenced()), &[]);
    check(&judge_role(&fenced_by_role()), &[]);
}

#[test]
fn a_missing_policy_is_as_bad_as_what_is_granted_in_entra() {
    let told = |method, mail_send, complete| {
        let mut found = found();
        found.entra.mail_send = mail_send;
        found.policies.complete = complete;
        let evaluation = evaluate(&desired(method, &["a"], &["b"]), &found, &[]);
        told(&evaluation).into_iter().find(|line| line.ends_with(NO_POLICY))
    };
    for (method, mail_send, severity) in [
        (Method::ApplicationAccessPolicy, Truth::Yes, Some("Danger")),
        (Method::ApplicationAccessPolicy, Truth::Unknown, Some("Fault")),
        (Method::ApplicationAccessPolicy, Truth::No, None),
        (Method::RbacForApplications, Truth::Yes, Some("Danger")),
        (Method::RbacForApplications, Truth::Unknown, Some("Note")),
        (Method::RbacForApplications, Truth::No, None),
    ] {
        let expected = severity.map(|severity| format!("{severity}: {NO_POLICY}"));
        assert_eq!(told(method, mail_send, true), expected, "{method:?} {mail_send:?}");
        assert_eq!(told(method, mail_send, false), None, "a list that was not read is no empty list");
    }
}

#[test]
fn policies_are_told_by_what_they_do() {
    use AccessRight::{Deny, Restrict, Unknown};
    let with = |policies: Known<_>| {
        let mut found = found();
        found.groups.push(group("bosses", INNER, vec![member("c")]));
        found.policies = policies;
        judge(&found)
    };
    let all = |policies| with(Known::complete(policies));
    let other = || PolicyApp::Id(INNER.into());
    check(&all(vec![]), &[&format!("Danger: {NO_POLICY}"), B_BY_ENTRA]);
    // Others' policies are no policy of this app; one for the group that is wanted was probably meant for it.
    check(&all(vec![policy(other(), Restrict, INNER)]), &[&format!("Danger: {NO_POLICY}"), B_BY_ENTRA]);
    check(
        &all(vec![policy(other(), Restrict, GROUP)]),
        &[
            &format!("Danger: {NO_POLICY}"),
            B_BY_ENTRA,
            "Warning: The policy for the group 'Senders' is about another app id than the Client ID",
        ],
    );
    check(
        &all(vec![policy(PolicyApp::Id(OBJECT.to_uppercase()), Restrict, INNER)]),
        &[
            "Danger: The policy for the group 'Senders' carries the app's object ID instead of its Client ID",
            &format!("Danger: {NO_POLICY}"),
            B_BY_ENTRA,
        ],
    );
    check(
        &all(vec![policy(mine(), Deny, INNER)]),
        &["Danger: The app's only policies are of the kind DenyAccess", B_BY_ENTRA],
    );
    // Where not all policies are known, another one may restrict.
    check(
        &with(Known::partly(vec![policy(mine(), Deny, INNER)])),
        &["Warning: A policy with DenyAccess concerns this app", A_UNKNOWN, B_UNKNOWN],
    );
    check(
        &all(vec![policy(mine(), Deny, INNER), policy(mine(), Unknown, GROUP)]),
        &["Warning: A policy with DenyAccess concerns this app", A_UNKNOWN, B_UNKNOWN],
    );
    check(
        &all(vec![policy(mine(), Restrict, GROUP), policy(mine(), Deny, INNER)]),
        &["Warning: A policy with DenyAccess concerns this app"],
    );
    check(
        &all(vec![policy(mine(), Restrict, GROUP), policy(mine(), Deny, INNER), policy(mine(), Deny, INNER)]),
        &["Warning: 2 policies with DenyAccess concern this app"],
    );
    check(&all(vec![policy(mine(), Unknown, GROUP)]), &[A_UNKNOWN, B_UNKNOWN]);
    check(
        &all(vec![policy(mine(), Restrict, GROUP), policy(mine(), Restrict, INNER)]),
        &["Warning: 2 policies with RestrictAccess concern this app"],
    );
    check(&all(vec![policy(PolicyApp::All, Restrict, GROUP)]), &["Note: There is a policy for all apps (AppId *)"]);
    let deleted = |app| exchange365::policy::FoundPolicy { valid: Truth::No, ..policy(app, Restrict, INNER) };
    check(&all(vec![policy(mine(), Restrict, GROUP), deleted(other())]), &[]);
    check(
        &all(vec![deleted(mine())]),
        &[
            "Fault: Exchange calls the policy for the group 'Senders' invalid, so its group was probably deleted",
            A_DENIED,
        ],
    );
}

/// A policy is about the wanted group only where the ids of both are known.
#[test]
fn two_groups_without_an_id_are_not_the_same_group() {
    let mut found = fenced();
    let unknown = || exchange365::policy::FoundPolicy {
        group_id: None,
        ..policy(PolicyApp::Id(INNER.into()), AccessRight::Restrict, GROUP)
    };
    found.policies.items.push(unknown());
    check(&judge(&found), &[]);
    found.groups[0].object_id = None;
    check(&judge(&found), &[A_UNKNOWN, B_UNKNOWN]);
}

#[test]
fn a_cmdlet_asked_with_the_object_id_is_told() {
    let asked = |app: Option<&str>| {
        let mut found = fenced();
        found.policy_tests = vec![PolicyTest { app_id: app.map(str::to_owned), ..PolicyTest::default() }];
        found
    };
    let expected = "Warning: Test-ApplicationAccessPolicy was asked with the object ID instead of the Client ID";
    for app in [OBJECT, &OBJECT.to_uppercase()] {
        let evaluation = judge(&asked(Some(app)));
        check(&evaluation, &[expected]);
        let next = "Run it again with the Client ID; the answers with the object ID are not used";
        assert_eq!(finding(&evaluation, FindingCode::WrongAppId).next, next);
    }
    check(&judge(&asked(None)), &[]);
    check(&judge(&asked(Some(INNER))), &[]);
}

#[test]
fn roles_are_told_by_what_they_reach() {
    use AssignmentScope::{Organization, Scope, Unit};
    let with = |role: &str, scope: AssignmentScope, enabled| {
        let mut found = fenced_by_role();
        let extra = exchange365::policy::FoundAssignment { enabled, ..assignment(role, scope) };
        found.assignments.items.push(extra);
        judge_role(&found)
    };
    let senders = || Scope("Senders".into());
    check(&with("Application Mail.Send", senders(), Truth::Yes), &[]);
    check(&with("Application Mail.Read", Organization, Truth::Yes), &[]);
    check(&with("Application Mail.Read", Organization, Truth::No), &[]);
    check(
        &with("Application Mail.Send", Organization, Truth::No),
        &["Note: The role 'Application Mail.Send' (n) is assigned but switched off"],
    );
    check(
        &with("Application Mail.Send", Organization, Truth::Yes),
        &["Danger: The role 'Application Mail.Send' (n) is assigned for the whole organisation", B_BY_ROLE],
    );
    check(
        &with("Application Mail Full Access", senders(), Truth::Yes),
        &["Warning: The app holds the role 'Application Mail Full Access' (n), which can send"],
    );
    check(
        &with("Application Newly Invented", senders(), Truth::Yes),
        &["Warning: The app holds a role this program does not know: 'Application Newly Invented' (n)"],
    );
    check(&with("Application Newly Invented", Organization, Truth::No), &[]);
    for scope in [Unit("Sales".into()), AssignmentScope::Unknown] {
        check(
            &with("Application Mail.Send", scope, Truth::Yes),
            &[B_UNKNOWN, "Note: The scope of the role 'Application Mail.Send' (n) cannot be evaluated from its text"],
        );
    }
    let mut found = fenced_by_role();
    found.scopes.items.push(FoundScope { name: "Sales".into(), filter: ScopeFilter::Other("Title -eq 'x'".into()) });
    check(&judge_role(&found), &["Note: The filter of the scope 'Sales' is not one this program evaluates"]);
}

#[test]
fn who_grants_what_must_not_be_is_named() {
    let mut found = fenced_by_role();
    found.assignments.items.push(assignment("Application Mail.Send", AssignmentScope::Organization));
    found.entra.mail_send = Truth::Yes;
    check(
        &judge_role(&found),
        &[
            &format!("Danger: {NO_POLICY}"),
            "Danger: The role 'Application Mail.Send' (n) is assigned for the whole organisation",
            "Danger: The app still holds a permission to send in Microsoft Entra beside its role in Exchange",
            "Danger: b@contoso.com must not be sent as, but is granted by the permission in Entra and by a role in Exchange",
        ],
    );
}

#[test]
fn an_entry_in_exchange_with_ids_that_do_not_match_is_told_and_an_unreadable_one_is_not() {
    const TOLD: &str = "Fault: Exchange knows the app by app id 11111111-2222-3333-4444-555555555555 and object id 75283b3b-609a-4c1c-b8b8-baa1342fdfa6, which do not belong together";
    let with = |app_id: Option<&str>, object_id: &str| {
        let mut found = fenced_by_role();
        let entry = &mut found.service_principals.items[0];
        object_id.clone_into(&mut entry.object_id);
        if let Some(app_id) = app_id {
            app_id.clone_into(&mut entry.app_id);
        }
        judge_role(&found)
    };
    check(&with(None, GROUP), &[TOLD, A_UNKNOWN]);
    check(&with(None, ""), &[]);
    check(&with(Some(""), OBJECT), &[]);
    // Nor is anything wrong with the entries of other apps.
    let mut found = fenced_by_role();
    found.service_principals.items.push(FoundServicePrincipal {
        app_id: INNER.into(),
        object_id: GROUP.into(),
        display_name: "Other".into(),
    });
    check(&judge_role(&found), &[]);
}

#[test]
fn the_group_is_told_by_its_kind_and_by_what_is_in_it() {
    let with = |kind| {
        let (mut by_policy, mut by_role) = (fenced(), fenced_by_role());
        (by_policy.groups[0].kind, by_role.groups[0].kind) = (kind, kind);
        (judge(&by_policy), judge_role(&by_role))
    };
    let list = "Fault: senders@contoso.com is a distribution list";
    let dynamic = "Fault: senders@contoso.com is a dynamic distribution list";
    for (kind, by_policy, by_role) in [
        (RecipientKind::SecurityGroup, None, None),
        (RecipientKind::Unknown, None, None),
        (RecipientKind::DistributionList, Some(list), None),
        (RecipientKind::DynamicList, Some(dynamic), Some(dynamic)),
    ] {
        let (policy, role) = with(kind);
        check(&policy, by_policy.as_slice());
        check(&role, by_role.as_slice());
    }
    let (policy, role) = with(RecipientKind::DynamicList);
    let why = |evaluation| finding(evaluation, FindingCode::WrongGroupKind).why.clone();
    assert_eq!(why(&policy), "An Application Access Policy takes nothing but a mail-enabled security group");
    assert_eq!(why(&role), "A scope can be made of groups with mail and fixed members alone");
    let (mut by_policy, mut by_role) = (fenced(), fenced_by_role());
    for found in [&mut by_policy, &mut by_role] {
        found.groups[0].members.items.push(FoundMember { kind: RecipientKind::SecurityGroup, ..member("inner") });
        found.groups.push(group("inner", INNER, vec![]));
    }
    let nested = "The group senders@contoso.com contains another group, 'inner'";
    check(&judge(&by_policy), &[&format!("Note: {nested}")]);
    check(&judge_role(&by_role), &[&format!("Fault: {nested}")]);
    let mut missing = fenced();
    missing.groups[0] = exchange365::policy::FoundGroup {
        exists: Truth::No,
        kind: RecipientKind::Unknown,
        members: Known::default(),
        ..missing.groups[0].clone()
    };
    check(&judge(&missing), &["Fault: There is no group senders@contoso.com", A_DENIED]);
}

#[test]
fn permissions_in_entra_are_told() {
    const SURVIVES: &str = "The app still holds a permission to send in Microsoft Entra beside its role in Exchange";
    let unknown = "Warning: It is not known whether the app holds Mail.Send in Microsoft Entra";
    // A role and a permission: worse where no policy limits the permission. A role is one that is wanted or one that
    // is there.
    let mut found = fenced_by_role();
    found.entra.mail_send = Truth::Yes;
    let told_first = |evaluation: &Evaluation| told(evaluation).into_iter().find(|line| line.ends_with(SURVIVES));
    assert_eq!(told_first(&judge_role(&found)), Some(format!("Danger: {SURVIVES}")));
    assert_eq!(told_first(&judge(&found)), Some(format!("Danger: {SURVIVES}")));
    found.policies = fenced().policies;
    check(&judge(&found), &[&format!("Warning: {SURVIVES}")]);
    check(&judge_role(&fenced()), &[&format!("Warning: {SURVIVES}")]);
    check(&judge(&fenced()), &[]);
    found.entra.mail_send = Truth::Unknown;
    check(&judge(&found), &[unknown]);
    let others = |names: &[&str]| {
        let mut found = fenced();
        found.entra.others = names.iter().map(|name| (*name).to_owned()).collect();
        judge(&found)
    };
    check(&others(&["User.Read.All", "Mail.Read"]), &[]);
    check(&others(&["smtp.sendasapp"]), &["Warning: The app holds SMTP.SendAsApp, another way to send", B_UNKNOWN]);
    for name in [
        "AppRoleAssignment.ReadWrite.All",
        "application.readwrite.all",
        "RoleManagement.ReadWrite.Directory",
        "Exchange.ManageAsApp",
    ] {
        check(&others(&[name]), &[&format!("Warning: The app holds {name}")]);
    }
    // The old permission sends too, whatever is said of Mail.Send.
    let mut old = found;
    old.entra.mail_send = Truth::No;
    old.entra.others = vec!["full_access_as_app".into()];
    check(&judge(&old), &[&format!("Warning: {SURVIVES}")]);
}

#[test]
fn single_mailboxes_are_told_of_when_something_is_strange_about_them() {
    let with = |change: fn(&mut FoundMailbox)| {
        let mut found = fenced();
        change(&mut found.mailboxes[1]);
        judge(&found)
    };
    check(&with(|_| ()), &[]);
    check(&with(|b| b.exists = Truth::No), &["Fault: Nobody in Exchange has the address b@contoso.com"]);
    check(
        &with(|b| b.primary = Some(address("boss"))),
        &["Warning: b@contoso.com is another address of boss@contoso.com"],
    );
    check(&with(|b| b.primary = None), &[]);
}

#[test]
fn answers_that_contradict_the_lists_are_told_with_both() {
    use exchange365::policy::Access::{self, Denied, Granted, Unknown};
    let asked = |name: &str, access: Access| PolicyTest {
        mailbox: Some(address(name)),
        app_id: Some(super::policy_evaluate::APP.into()),
        access,
        raw: String::new(),
    };
    let by_policy = |tests: Vec<PolicyTest>| judge(&Found { policy_tests: tests, ..fenced() });
    check(&by_policy(vec![asked("a", Granted), asked("b", Denied)]), &[]);
    check(&by_policy(vec![asked("a", Unknown), asked("b", Unknown)]), &[]);
    check(
        &by_policy(vec![asked("b", Granted)]),
        &[
            "Warning: Test-ApplicationAccessPolicy says granted for b@contoso.com, but by what is listed it should be denied",
            B_UNKNOWN,
        ],
    );
    // Where the list is not known, nothing is contradicted.
    let unread = Found { policies: Known::default(), policy_tests: vec![asked("b", Granted)], ..fenced() };
    check(&judge(&unread), &[B_BY_ENTRA, A_UNKNOWN]);
    let row = |in_scope| RbacRow { role: "Application Mail.Send".into(), in_scope, ..RbacRow::default() };
    let test = RbacTest {
        mailbox: Some(address("a")),
        principal: Some(OBJECT.into()),
        rows: Known::complete(vec![row(Truth::No)]),
    };
    check(
        &judge_role(&Found { rbac_tests: vec![test], ..fenced_by_role() }),
        &[
            "Warning: Test-ServicePrincipalAuthorization says denied for a@contoso.com, but by what is listed it should be granted",
            A_UNKNOWN,
        ],
    );
}

/// One mail that was sent, and what is told about it: severity, what, why.
#[track_caller]
fn check_mail(found: &Found, name: &str, observation: LiveObservation, expected: Option<(&str, &str)>) {
    const CODES: [FindingCode; 3] =
        [FindingCode::AcceptedThoughDenied, FindingCode::RefusedThoughGranted, FindingCode::OtherMechanism];
    let live = [LiveAnswer { mailbox: address(name), observation }];
    let evaluation = evaluate(&desired(Method::ApplicationAccessPolicy, &["a"], &["b"]), found, &live);
    let about_mails: Vec<(String, String)> = evaluation
        .findings
        .iter()
        .filter(|finding| CODES.contains(&finding.code) || finding.what.starts_with("A test mail"))
        .map(|finding| (format!("{:?}: {}", finding.severity, finding.what), finding.why.clone()))
        .collect();
    let expected: Vec<(String, String)> =
        expected.into_iter().map(|(what, why)| (what.to_owned(), why.to_owned())).collect();
    assert_eq!(about_mails, expected);
}

const LATE: &str = "The change is probably not in force yet: a policy takes up to an hour or more, a role up to two hours, and longer while the app keeps sending";

#[test]
fn a_mail_that_should_have_been_refused_is_explained() {
    let accepted = |found: &Found, name: &str, severity: &str, why: &str| {
        let what =
            format!("{severity}: Exchange says denied for {name}@contoso.com, but a test mail from it was accepted");
        check_mail(found, name, LiveObservation::Accepted, Some((&what, why)));
    };
    let in_entra =
        format!("{LATE}. Or Mail.Send is still granted in Microsoft Entra, which a role's scope does not limit");
    let unlisted = format!("{LATE}. Or the app holds a role in Exchange that was not listed here");
    accepted(&fenced(), "b", "Danger", &in_entra);
    accepted(&fenced_by_role(), "b", "Danger", LATE);
    // A permitted sender that got through is no danger.
    let mut empty = fenced_by_role();
    empty.groups[0].members.items.clear();
    accepted(&empty, "a", "Warning", LATE);
    // Roles that were not listed may be the cause, unless Exchange does not know the app at all.
    let row = RbacRow { role: "Application Mail.Send".into(), in_scope: Truth::No, ..RbacRow::default() };
    let mut asked = fenced_by_role();
    asked.assignments = Known::default();
    asked.rbac_tests =
        vec![RbacTest { mailbox: Some(address("b")), principal: None, rows: Known::complete(vec![row]) }];
    accepted(&asked, "b", "Danger", &unlisted);
    asked.service_principals = Known::complete(vec![]);
    accepted(&asked, "b", "Danger", LATE);
    // The cmdlet was asked about something else, in whatever letters its id was typed.
    for (app, is_object_id) in [(OBJECT.to_owned(), true), (OBJECT.to_uppercase(), true), (INNER.to_owned(), false)] {
        let mut other = fenced_by_role();
        other.policy_tests = vec![PolicyTest { app_id: Some(app), ..PolicyTest::default() }];
        let first = "The cmdlet was asked with the object ID instead of the Client ID. ";
        accepted(&other, "b", "Danger", &format!("{}{LATE}", if is_object_id { first } else { "" }));
    }
    // Nothing is known about who is denied: what was accepted counts alone.
    let why = "The app can send mail in this person's name";
    let nothing = Found::default();
    let told = Some(("Danger: A test mail from b@contoso.com was accepted", why));
    check_mail(&nothing, "b", LiveObservation::Accepted, told);
    check_mail(&nothing, "a", LiveObservation::Accepted, None);
    check_mail(&fenced(), "a", LiveObservation::Accepted, None);
}

#[test]
fn a_mail_that_should_have_got_through_is_explained() {
    let refused = |found: &Found, why: &str| {
        let what = "Fault: Exchange says granted for a@contoso.com, but a test mail from it was refused";
        check_mail(found, "a", LiveObservation::RefusedPlain, Some((what, why)));
    };
    refused(
        &fenced(),
        "The permission in Entra was probably given a short while ago; a token that is already there does not know it",
    );
    refused(
        &fenced_by_role(),
        "A role that was assigned a short while ago is in force after half an hour, or after two hours while the app keeps sending",
    );
    let mut wrong = fenced();
    wrong.service_principals = registered();
    wrong.service_principals.items[0].object_id = GROUP.into();
    refused(&wrong, "The entry in Exchange carries a wrong object ID, so its roles never reach the app");
    check_mail(
        &fenced(),
        "a",
        LiveObservation::RefusedByPolicy,
        Some((
            "Fault: Exchange says granted for a@contoso.com, but a policy refused a test mail from it",
            "A policy or a membership that was changed a short while ago is not in force yet; that takes up to an hour, sometimes longer",
        )),
    );
    // Nothing is said against an unknown.
    check_mail(&Found::default(), "a", LiveObservation::RefusedPlain, None);
    check_mail(&Found::default(), "a", LiveObservation::RefusedByPolicy, None);
    check_mail(&fenced(), "a", LiveObservation::NotProven, None);
}

#[test]
fn a_refusal_from_somewhere_else_is_told() {
    let elsewhere = "The refusal did not come from where it was expected";
    let plain = "With Mail.Send in Entra the policy's own refusal is expected; this one may come from something else";
    check_mail(&fenced(), "b", LiveObservation::RefusedByPolicy, None);
    check_mail(
        &fenced_by_role(),
        "b",
        LiveObservation::RefusedByPolicy,
        Some(("Warning: A policy refused b@contoso.com, although no policy is known that does", elsewhere)),
    );
    check_mail(&fenced_by_role(), "b", LiveObservation::RefusedPlain, None);
    check_mail(
        &fenced(),
        "b",
        LiveObservation::RefusedPlain,
        Some(("Warning: b@contoso.com was refused, but not by the policy that should refuse it", plain)),
    );
}

#[test]
fn the_summary_is_one_sentence_for_each_state() {
    use LiveObservation::{Accepted, RefusedByPolicy};
    let check = |found: &Found, live: &[(&str, LiveObservation)], fence: FenceState, expected: &str| {
        let live: Vec<LiveAnswer> = live
            .iter()
            .map(|(name, observation)| LiveAnswer { mailbox: address(name), observation: *observation })
            .collect();
        let evaluation = evaluate(&desired(Method::ApplicationAccessPolicy, &["a"], &["b"]), found, &live);
        assert_eq!((evaluation.fence, evaluation.summary.as_str()), (fence, expected));
    };
    let untested = "Exchange denies every forbidden mailbox and grants every permitted one; the test mails of verification 2 are the last proof";
    check(&fenced(), &[], FenceState::Fenced, untested);
    check(&fenced(), &[("b", RefusedByPolicy)], FenceState::Fenced, untested);
    check(
        &fenced(),
        &[("a", Accepted), ("b", RefusedByPolicy)],
        FenceState::Fenced,
        "Exchange denies every forbidden mailbox and grants every permitted one, and the test mails agree",
    );
    let mut tight = fenced();
    tight.groups[0].members.items.clear();
    check(
        &tight,
        &[],
        FenceState::TooTight,
        "Every forbidden mailbox is denied, but so is a permitted one, so mail will not go out",
    );
    check(&found(), &[], FenceState::Open, "The app can send as somebody it must not send as");
    check(
        &Found::default(),
        &[],
        FenceState::NotProven,
        "Not proven: something is not known yet or does not fit together",
    );
}

#[test]
fn who_can_do_something_has_a_name_in_reports() {
    assert_eq!([Who::You, Who::CustomerAdmin].map(Who::name), ["you", "customer_admin"]);
}

/// Without ids, addresses decide who is a member: the main one, not the one that was asked about.
#[test]
fn a_member_without_an_id_is_known_by_the_main_address() {
    use exchange365::policy::Access::{Denied, Granted, Unknown};
    let with = |primary: Option<&str>| {
        let mut found = fenced();
        found.groups[0].members.items[0].guid = None;
        found.mailboxes[1] = FoundMailbox { primary: primary.map(address), ..mailbox("b") };
        let evaluation = judge(&found);
        of(&evaluation, "b").policy
    };
    assert_eq!([with(Some("b")), with(Some("a")), with(None)], [Denied, Granted, Unknown]);
}

/// Of a mailbox that was not looked up, its address or its sign-in name in the list is enough, and nothing else is.
#[test]
fn a_member_is_known_by_the_address_or_the_sign_in_name() {
    use exchange365::policy::Access::{Granted, Unknown};
    let with = |mail: Option<&str>, sign_in_name: Option<&str>| {
        let mut found = fenced();
        let listed = &mut found.groups[0].members.items[0];
        (listed.guid, listed.address, listed.sign_in_name) = (None, mail.map(address), sign_in_name.map(address));
        found.mailboxes.retain(|mailbox| mailbox.asked != address("b"));
        of(&judge(&found), "b").policy
    };
    assert_eq!([with(Some("b"), None), with(Some("x"), Some("b")), with(None, Some("b"))], [Granted; 3]);
    assert_eq!([with(Some("x"), None), with(None, None), with(None, Some("x"))], [Unknown; 3]);
}

/// A role's group is known by its address or its distinguished name, and a mailbox by its main address, whichever of its
/// addresses was asked about.
#[test]
fn a_role_reaches_whom_its_group_or_its_filter_names() {
    use exchange365::policy::Access::{Denied, Granted, Unknown};
    let of_both = |found: &Found| {
        let evaluation = judge_role(found);
        ["a", "b"].map(|name| of(&evaluation, name).rbac)
    };
    for (name, expected) in [
        ("senders@contoso.com", [Granted, Denied]),
        ("CN=senders", [Granted, Denied]),
        ("others@contoso.com", [Unknown; 2]),
        ("CN=others", [Unknown; 2]),
    ] {
        let mut found = fenced_by_role();
        found.assignments.items[0].scope = AssignmentScope::Group(name.into());
        assert_eq!(of_both(&found), expected, "{name}");
    }
    let mut found = fenced_by_role();
    found.scopes.items[0].filter = ScopeFilter::AddressIs("A@contoso.com".into());
    assert_eq!(of_both(&found), [Granted, Denied]);
    found.mailboxes[1].primary = Some(address("a"));
    assert_eq!(of_both(&found), [Granted; 2], "b is an alias of a");
    found.mailboxes.pop();
    assert_eq!(of_both(&found), [Granted, Unknown], "b was not looked up");
    found.scopes.items[0].filter = ScopeFilter::AddressIsNot("a@contoso.com".into());
    assert_eq!(of_both(&found), [Denied, Unknown]);
}

/// An app that Exchange does not know holds no role, even where the roles themselves were not listed.
#[test]
fn an_app_that_exchange_does_not_know_holds_no_role() {
    use exchange365::policy::Access::{Denied, Unknown};
    let rbac = |service_principals| {
        let found = Found { service_principals, assignments: Known::default(), ..fenced() };
        of(&judge(&found), "b").rbac
    };
    assert_eq!(rbac(Known::complete(vec![])), Denied);
    assert_eq!(rbac(Known::default()), Unknown);
    assert_eq!(rbac(registered()), Unknown);
}

/// The guide's first step looks into groups in the group as the way that was chosen will.
#[test]
fn the_group_step_counts_members_as_the_fence_will() {
    let seen = |method, found: &Found| GuideEvent::group_seen(&desired(method, &["a"], &["b"]), found);
    let all = "The group is of the right kind and holds every permitted sender";
    for method in [Method::ApplicationAccessPolicy, Method::RbacForApplications] {
        assert_eq!(seen(method, &found()), GuideEvent::GroupSeen(Truth::Yes, all.into()));
    }
    let mut nested = found();
    nested.groups[0].members =
        Known::complete(vec![FoundMember { kind: RecipientKind::SecurityGroup, ..member("inner") }]);
    nested.groups.push(group("inner", INNER, vec![member("a")]));
    assert_eq!(seen(Method::ApplicationAccessPolicy, &nested), GuideEvent::GroupSeen(Truth::Yes, all.into()));
    let missing = GuideEvent::GroupSeen(Truth::No, "a@contoso.com is not in the group".into());
    assert_eq!(seen(Method::RbacForApplications, &nested), missing);
}
