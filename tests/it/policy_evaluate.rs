//! The judgement of the fence: Microsoft's own examples, the documented order of evaluation, and properties that hold
//! for every world and every part of it that may be known.
#![expect(clippy::indexing_slicing, reason = "tests")]

use exchange365::{
    base::{ClientId, Field, MailAddress, ObjectId, TenantId},
    policy::{
        Access, AccessRight, AssignmentScope, Desired, Evaluation, ExchangeCloud, Expectation, FenceState, FindingCode,
        Found, FoundAssignment, FoundGroup, FoundMailbox, FoundMember, FoundPolicy, FoundScope, FoundServicePrincipal,
        GroupWanted, Known, LiveAnswer, LiveObservation, MailboxAccess, Method, Migration, PolicyApp, PolicyTest,
        RbacRow, RbacTest, ReadContext, RecipientKind, ScopeFilter, Truth, evaluate, next_migration_step, read_text,
    },
};

pub(super) const APP: &str = "11111111-2222-3333-4444-555555555555";
pub(super) const OBJECT: &str = "99999999-2222-3333-4444-555555555555";
pub(super) const GROUP: &str = "75283b3b-609a-4c1c-b8b8-baa1342fdfa6";
pub(super) const INNER: &str = "75283b3b-609a-4c1c-b8b8-baa1342fdfa7";

pub(super) fn address(name: &str) -> MailAddress {
    MailAddress::parse(Field::Recipient, &format!("{name}@contoso.com")).unwrap().value
}

pub(super) fn desired(method: Method, permitted: &[&str], forbidden: &[&str]) -> Desired {
    Desired {
        tenant: TenantId::parse("contoso.com").unwrap().value,
        client_id: ClientId::parse(APP).unwrap().value,
        app_display_name: "Totalview".into(),
        enterprise_object_id: ObjectId::parse(OBJECT),
        admin: address("admin"),
        group: GroupWanted { name: "Senders".into(), alias: "senders".into(), address: address("senders") },
        members: permitted.iter().map(|name| address(name)).collect(),
        forbidden: forbidden.iter().map(|name| address(name)).collect(),
        method,
        cloud: ExchangeCloud::Global,
        description: String::new(),
    }
}

pub(super) fn mailbox(name: &str) -> FoundMailbox {
    FoundMailbox {
        asked: address(name),
        exists: Truth::Yes,
        primary: Some(address(name)),
        guid: Some(format!("guid-{name}")),
        kind: RecipientKind::UserMailbox,
    }
}

pub(super) fn member(name: &str) -> FoundMember {
    FoundMember {
        name: name.into(),
        address: Some(address(name)),
        guid: Some(format!("guid-{name}")),
        kind: RecipientKind::UserMailbox,
        ..FoundMember::default()
    }
}

pub(super) fn group(name: &str, id: &str, members: Vec<FoundMember>) -> FoundGroup {
    FoundGroup {
        exists: Truth::Yes,
        name: name.into(),
        address: Some(address(name)),
        object_id: ObjectId::parse(id),
        distinguished_name: Some(format!("CN={name}")),
        kind: RecipientKind::SecurityGroup,
        members: Known::complete(members),
    }
}

pub(super) fn policy(app: PolicyApp, right: AccessRight, id: &str) -> FoundPolicy {
    FoundPolicy {
        identity: format!("t\\a:s;{id}"),
        app,
        right,
        group_id: ObjectId::parse(id),
        group_name: "Senders".into(),
        valid: Truth::Yes,
    }
}

pub(super) fn mine() -> PolicyApp {
    PolicyApp::Id(APP.into())
}

pub(super) fn assignment(role: &str, scope: AssignmentScope) -> FoundAssignment {
    FoundAssignment { name: "n".into(), role: role.into(), assignee: OBJECT.into(), enabled: Truth::Yes, scope }
}

pub(super) fn registered() -> Known<FoundServicePrincipal> {
    Known::complete(vec![FoundServicePrincipal {
        app_id: APP.into(),
        object_id: OBJECT.into(),
        display_name: "Totalview".into(),
    }])
}

/// Mailboxes a and b, the group with a in it, everything else read and empty, Mail.Send granted in Entra.
pub(super) fn found() -> Found {
    Found {
        groups: vec![group("senders", GROUP, vec![member("a")])],
        mailboxes: vec![mailbox("a"), mailbox("b")],
        policies: Known::complete(vec![]),
        service_principals: Known::complete(vec![]),
        assignments: Known::complete(vec![]),
        scopes: Known::complete(vec![]),
        entra: exchange365::policy::EntraGrants { mail_send: Truth::Yes, others: vec![] },
        ..Found::default()
    }
}

pub(super) fn fenced() -> Found {
    Found { policies: Known::complete(vec![policy(mine(), AccessRight::Restrict, GROUP)]), ..found() }
}

pub(super) fn fenced_by_role() -> Found {
    let mut found = found();
    found.service_principals = registered();
    found.assignments =
        Known::complete(vec![assignment("Application Mail.Send", AssignmentScope::Scope("Senders".into()))]);
    let filter = ScopeFilter::MemberOf("CN=senders".into());
    found.scopes = Known::complete(vec![FoundScope { name: "senders".into(), filter }]);
    found.entra.mail_send = Truth::No;
    found
}

pub(super) fn judge(found: &Found) -> Evaluation {
    evaluate(&desired(Method::ApplicationAccessPolicy, &["a"], &["b"]), found, &[])
}

pub(super) fn judge_role(found: &Found) -> Evaluation {
    evaluate(&desired(Method::RbacForApplications, &["a"], &["b"]), found, &[])
}

pub(super) fn of<'a>(evaluation: &'a Evaluation, name: &str) -> &'a MailboxAccess {
    evaluation.mailboxes.iter().find(|mailbox| mailbox.address == address(name)).unwrap()
}

fn has(evaluation: &Evaluation, code: FindingCode) -> bool {
    evaluation.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn the_guides_fence_and_the_scoped_role_hold() {
    let evaluation = judge(&fenced());
    assert_eq!(evaluation.fence, FenceState::Fenced, "{evaluation:#?}");
    let evaluation = judge_role(&fenced_by_role());
    assert_eq!(evaluation.fence, FenceState::Fenced, "{evaluation:#?}");
    assert!(!has(&evaluation, FindingCode::NoPolicy));
}

/// Example One: a permission for everybody in Entra beside a scoped role gives everybody.
#[test]
fn microsofts_example_one_a_surviving_entra_permission_is_everybody() {
    let mut found = fenced_by_role();
    found.entra.mail_send = Truth::Yes;
    let evaluation = judge_role(&found);
    assert_eq!(of(&evaluation, "b").rbac, Access::Denied);
    assert_eq!(of(&evaluation, "b").union, Access::Granted);
    assert_eq!(evaluation.fence, FenceState::Open);
    assert!(has(&evaluation, FindingCode::EntraGrantSurvives));
}

/// Example Two: a policy that lets only A through and a role for everybody but A give everybody.
#[test]
fn microsofts_example_two_policy_and_opposite_scope_are_everybody() {
    let mut found = fenced();
    found.service_principals = registered();
    found.assignments =
        Known::complete(vec![assignment("Application Mail.Send", AssignmentScope::Scope("But A".into()))]);
    let filter = ScopeFilter::NotMemberOf("CN=senders".into());
    found.scopes = Known::complete(vec![FoundScope { name: "But A".into(), filter }]);
    let evaluation = judge(&found);
    let (a, b) = (of(&evaluation, "a"), of(&evaluation, "b"));
    assert_eq!((a.entra, a.rbac, a.union), (Access::Granted, Access::Denied, Access::Granted));
    assert_eq!((b.entra, b.rbac, b.union), (Access::Denied, Access::Granted, Access::Granted));
    assert_eq!(evaluation.fence, FenceState::Open);
}

#[test]
fn policies_are_evaluated_in_the_documented_order() {
    use AccessRight::{Deny, Restrict};
    let everybody = group("all", INNER, vec![member("a"), member("b")]);
    for (policies, a, b) in [
        (vec![], Access::Granted, Access::Granted),
        (vec![policy(mine(), Restrict, GROUP)], Access::Granted, Access::Denied),
        (vec![policy(mine(), Deny, GROUP)], Access::Denied, Access::Granted),
        (vec![policy(mine(), Restrict, GROUP), policy(mine(), Deny, GROUP)], Access::Denied, Access::Denied),
        (vec![policy(mine(), Restrict, GROUP), policy(mine(), Restrict, INNER)], Access::Granted, Access::Granted),
        (vec![policy(mine(), Restrict, INNER), policy(PolicyApp::All, Deny, GROUP)], Access::Denied, Access::Granted),
        (vec![policy(PolicyApp::All, Restrict, GROUP)], Access::Granted, Access::Denied),
        (vec![policy(PolicyApp::Id(OBJECT.into()), Restrict, GROUP)], Access::Granted, Access::Granted),
        (vec![policy(PolicyApp::Unknown, Restrict, GROUP)], Access::Unknown, Access::Unknown),
        (vec![policy(mine(), AccessRight::Unknown, GROUP)], Access::Unknown, Access::Unknown),
    ] {
        let mut found = found();
        found.groups.push(everybody.clone());
        found.policies = Known::complete(policies.clone());
        let evaluation = judge(&found);
        assert_eq!((of(&evaluation, "a").policy, of(&evaluation, "b").policy), (a, b), "{policies:?}");
    }
}

#[test]
fn a_denying_policy_alone_is_no_fence() {
    let mut found = found();
    found.policies = Known::complete(vec![policy(mine(), AccessRight::Deny, INNER)]);
    found.groups.push(group("bosses", INNER, vec![member("c")]));
    let evaluation = judge(&found);
    assert_eq!(evaluation.fence, FenceState::Open);
    assert!(has(&evaluation, FindingCode::DenyAlone));
}

#[test]
fn a_policy_with_the_object_id_is_no_policy() {
    let mut found = found();
    found.policies = Known::complete(vec![policy(PolicyApp::Id(OBJECT.into()), AccessRight::Restrict, GROUP)]);
    let evaluation = judge(&found);
    assert_eq!(evaluation.fence, FenceState::Open);
    assert!(has(&evaluation, FindingCode::WrongAppId));
    // Nor does a test with the object id count.
    let mut found = self::found();
    found.policies = Known::default();
    found.policy_tests = vec![PolicyTest {
        mailbox: Some(address("b")),
        app_id: Some(OBJECT.into()),
        access: Access::Denied,
        raw: String::new(),
    }];
    let evaluation = judge(&found);
    assert_eq!(of(&evaluation, "b").policy, Access::Unknown);
    assert!(has(&evaluation, FindingCode::WrongAppId));
}

#[test]
fn a_policy_whose_group_was_deleted_lets_nobody_through() {
    let mut found = fenced();
    found.policies.items[0].valid = Truth::No;
    let evaluation = judge(&found);
    assert_eq!(of(&evaluation, "a").union, Access::Denied);
    assert_eq!(evaluation.fence, FenceState::TooTight);
    assert!(has(&evaluation, FindingCode::DeletedTarget));
}

#[test]
fn groups_in_groups_count_for_policies_and_not_for_roles() {
    let inner = FoundMember { kind: RecipientKind::SecurityGroup, ..member("inner") };
    let nest = |found: &mut Found| {
        found.groups[0].members = Known::complete(vec![inner.clone()]);
        found.groups.push(group("inner", INNER, vec![member("a")]));
    };
    let mut by_policy = fenced();
    nest(&mut by_policy);
    assert_eq!(judge(&by_policy).fence, FenceState::Fenced);
    // Who is in the inner group has to be known.
    by_policy.groups.pop();
    assert_eq!(judge(&by_policy).fence, FenceState::NotProven);
    let mut by_role = fenced_by_role();
    nest(&mut by_role);
    let evaluation = judge_role(&by_role);
    assert_eq!(of(&evaluation, "a").rbac, Access::Denied);
    assert!(has(&evaluation, FindingCode::NestedGroup));
    // A group that contains itself ends.
    let mut around = fenced();
    around.groups[0].members.items.push(FoundMember { kind: RecipientKind::SecurityGroup, ..member("senders") });
    assert_ne!(judge(&around).fence, FenceState::Open);
}

#[test]
fn roles_that_reach_everybody_are_found_whatever_they_are_called() {
    for role in [
        "Application Mail.Send",
        "Application Mail Full Access",
        "Application Exchange Full Access",
        "Application EWS.AccessAsApp",
        "Application SMTP.SendAsApp",
    ] {
        let mut found = fenced_by_role();
        found.assignments.items.push(assignment(role, AssignmentScope::Organization));
        let evaluation = judge_role(&found);
        assert_eq!(evaluation.fence, FenceState::Open, "{role}");
        assert!(has(&evaluation, FindingCode::UnscopedRole));
        // Switched off, it gives nothing; not known whether it is, it may.
        found.assignments.items[1].enabled = Truth::No;
        assert_eq!(judge_role(&found).fence, FenceState::Fenced);
        found.assignments.items[1].enabled = Truth::Unknown;
        assert_eq!(judge_role(&found).fence, FenceState::NotProven);
    }
    let mut found = fenced_by_role();
    found.assignments.items.push(assignment("Application Mail.Read", AssignmentScope::Organization));
    assert_eq!(judge_role(&found).fence, FenceState::Fenced);
    found.assignments.items[1].role = "Application Newly Invented".into();
    let evaluation = judge_role(&found);
    assert_eq!(evaluation.fence, FenceState::NotProven);
    assert!(has(&evaluation, FindingCode::UnknownRole));
}

#[test]
fn a_wrong_object_id_in_exchange_is_found_and_proves_nothing() {
    let mut found = fenced_by_role();
    found.service_principals.items[0].object_id = GROUP.into();
    let evaluation = judge_role(&found);
    assert_eq!(of(&evaluation, "a").rbac, Access::Unknown);
    assert_eq!(evaluation.fence, FenceState::NotProven);
    assert!(has(&evaluation, FindingCode::WrongObjectId));
}

#[test]
fn the_wrong_kind_of_group_and_a_missing_one_are_named() {
    for (kind, by_policy, by_role) in [
        (RecipientKind::SecurityGroup, false, false),
        (RecipientKind::DistributionList, true, false),
        (RecipientKind::Microsoft365Group, true, false),
        (RecipientKind::DynamicList, true, true),
        (RecipientKind::PlainSecurityGroup, true, true),
    ] {
        let mut found = found();
        found.groups[0].kind = kind;
        assert_eq!(has(&judge(&found), FindingCode::WrongGroupKind), by_policy, "{kind:?}");
        assert_eq!(has(&judge_role(&found), FindingCode::WrongGroupKind), by_role, "{kind:?}");
    }
    let mut found = found();
    found.groups[0].exists = Truth::No;
    assert!(has(&judge(&found), FindingCode::GroupMissing));
}

#[test]
fn what_is_not_known_stays_unknown() {
    assert_eq!(judge(&Found::default()).fence, FenceState::NotProven);
    assert!(has(&judge(&Found::default()), FindingCode::NothingRead));
    // One thing less known each time, and it is not proven any more.
    let takes: [fn(&mut Found); 8] = [
        |found| found.policies.complete = false,
        |found| found.groups[0].members.complete = false,
        |found| found.groups.clear(),
        |found| found.mailboxes.clear(),
        |found| found.mailboxes[1].exists = Truth::No,
        |found| {
            found.service_principals.complete = false;
            found.assignments.complete = false;
        },
        |found| found.entra.mail_send = Truth::Unknown,
        |found| found.entra.others.push("SMTP.SendAsApp".into()),
    ];
    for (index, take) in takes.iter().enumerate() {
        let mut found = fenced();
        take(&mut found);
        assert_eq!(judge(&found).fence, FenceState::NotProven, "{index}");
    }
    let nobody = desired(Method::ApplicationAccessPolicy, &["a"], &[]);
    assert_eq!(evaluate(&nobody, &fenced(), &[]).fence, FenceState::NotProven);
}

#[test]
fn an_alias_is_not_taken_for_somebody_else() {
    let mut found = fenced();
    found.mailboxes[1] = FoundMailbox { primary: Some(address("a")), guid: Some("guid-a".into()), ..mailbox("b") };
    let evaluation = judge(&found);
    assert_eq!(evaluation.fence, FenceState::Open);
    assert!(has(&evaluation, FindingCode::AliasAsked));
}

#[test]
fn exchanges_own_answers_count_and_contradictions_do_not() {
    let answer = |name: &str, access| PolicyTest {
        mailbox: Some(address(name)),
        app_id: Some(APP.to_uppercase()),
        access,
        raw: String::new(),
    };
    let mut found = found();
    found.policies = Known::default();
    found.policy_tests = vec![answer("a", Access::Granted), answer("b", Access::Denied)];
    assert_eq!(judge(&found).fence, FenceState::Fenced);
    found.policy_tests.push(answer("b", Access::Granted));
    assert_eq!(judge(&found).fence, FenceState::NotProven);
    let mut found = fenced();
    found.policy_tests = vec![answer("b", Access::Granted)];
    let evaluation = judge(&found);
    assert_eq!(of(&evaluation, "b").policy, Access::Unknown);
    assert!(has(&evaluation, FindingCode::AnswersDisagree));
    let row = |in_scope| RbacRow {
        role: "Application Mail.Send".into(),
        permissions: Some("Mail.Send".into()),
        scope: "Senders".into(),
        in_scope,
    };
    let asked = |name: &str, in_scope| RbacTest {
        mailbox: Some(address(name)),
        principal: Some(OBJECT.into()),
        rows: Known::complete(vec![row(in_scope)]),
    };
    let mut found = fenced_by_role();
    (found.assignments, found.scopes) = (Known::default(), Known::default());
    found.rbac_tests = vec![asked("a", Truth::Yes), asked("b", Truth::No)];
    assert_eq!(judge_role(&found).fence, FenceState::Fenced);
    found.rbac_tests[1].principal = Some("Another app".into());
    assert_eq!(judge_role(&found).fence, FenceState::NotProven);
    found.rbac_tests[1] = asked("b", Truth::Unknown);
    assert_eq!(judge_role(&found).fence, FenceState::NotProven);
    found.rbac_tests[1] = asked("b", Truth::No);
    found.rbac_tests[1].rows.complete = false;
    assert_eq!(judge_role(&found).fence, FenceState::NotProven);
}

#[test]
fn test_mails_that_differ_are_explained_and_end_the_proof() {
    use LiveObservation::{Accepted, NotProven, RefusedByPolicy, RefusedPlain};
    let wanted = desired(Method::ApplicationAccessPolicy, &["a"], &["b"]);
    for (a, b, fence, code) in [
        (Accepted, RefusedByPolicy, FenceState::Fenced, None),
        (NotProven, NotProven, FenceState::Fenced, None),
        (Accepted, Accepted, FenceState::Open, Some(FindingCode::AcceptedThoughDenied)),
        (RefusedByPolicy, RefusedByPolicy, FenceState::NotProven, Some(FindingCode::RefusedThoughGranted)),
        (RefusedPlain, RefusedByPolicy, FenceState::NotProven, Some(FindingCode::RefusedThoughGranted)),
        (Accepted, RefusedPlain, FenceState::Fenced, Some(FindingCode::OtherMechanism)),
    ] {
        let live = [("a", a), ("b", b)];
        let live = live.map(|(name, observation)| LiveAnswer { mailbox: address(name), observation });
        let evaluation = evaluate(&wanted, &fenced(), &live);
        assert_eq!(evaluation.fence, fence, "{a:?} {b:?}");
        let codes = [FindingCode::AcceptedThoughDenied, FindingCode::RefusedThoughGranted, FindingCode::OtherMechanism];
        for known in codes {
            assert_eq!(has(&evaluation, known), code == Some(known), "{a:?} {b:?} {known:?}");
        }
    }
    let live = [LiveAnswer { mailbox: address("b"), observation: Accepted }];
    let evaluation = evaluate(&wanted, &Found::default(), &live);
    assert_eq!(evaluation.fence, FenceState::Open);
}

#[test]
fn findings_say_what_why_and_what_next() {
    let mut found = fenced_by_role();
    found.entra.mail_send = Truth::Yes;
    found.entra.others = vec!["SMTP.SendAsApp".into(), "Application.ReadWrite.All".into()];
    found.assignments.items.push(assignment("Application Mail Full Access", AssignmentScope::Organization));
    found.policies.items.push(policy(PolicyApp::All, AccessRight::Deny, GROUP));
    let evaluation = judge_role(&found);
    assert!(evaluation.findings.len() >= 7, "{:#?}", evaluation.findings);
    for finding in &evaluation.findings {
        assert!(!finding.what.is_empty() && !finding.why.is_empty() && !finding.next.is_empty());
        assert!(!finding.what.ends_with('.') && !finding.next.ends_with('.'), "{finding:?}");
    }
    assert!(evaluation.findings.is_sorted_by_key(|finding| finding.severity));
}

#[test]
fn the_way_to_a_role_has_one_order() {
    let wanted = desired(Method::ApplicationAccessPolicy, &["a"], &["b"]);
    let next = |found: &Found| next_migration_step(&wanted, found);
    assert_eq!(next(&Found::default()), Migration::ReadFirst);
    assert_eq!(next(&fenced()), Migration::AddRole);
    let mut both = fenced_by_role();
    both.policies = fenced().policies;
    both.entra.mail_send = Truth::Yes;
    assert_eq!(next(&both), Migration::RemoveEntraGrant);
    both.entra.mail_send = Truth::Unknown;
    assert_eq!(next(&both), Migration::CheckEntraGrant);
    both.entra.mail_send = Truth::No;
    assert_eq!(next(&both), Migration::RemovePolicy);
    assert_eq!(next(&fenced_by_role()), Migration::Done);
    both.policies.items.push(policy(mine(), AccessRight::Deny, INNER));
    assert!(matches!(next(&both), Migration::Blocked(_)));
    // Another app's policy is none of this one's; one whose app could not be read may be.
    let beside = |app: PolicyApp, right| {
        next(&Found { policies: Known::complete(vec![policy(app, right, GROUP)]), ..fenced_by_role() })
    };
    assert_eq!(beside(PolicyApp::Id(OBJECT.into()), AccessRight::Deny), Migration::Done);
    assert_eq!(beside(PolicyApp::Unknown, AccessRight::Restrict), Migration::RemovePolicy);
    assert!(matches!(beside(PolicyApp::Unknown, AccessRight::Deny), Migration::Blocked(_)));
    let mut wide = fenced_by_role();
    wide.assignments.items.push(assignment("Application Mail.Send", AssignmentScope::Organization));
    assert!(matches!(next(&wide), Migration::Blocked(_)));
}

#[test]
fn a_scripts_result_is_judged_as_it_stands() {
    let context = ReadContext { client_id: Some(ClientId::parse(APP).unwrap().value), ..ReadContext::default() };
    let mut found = read_text(include_str!("../fixtures/policy-result.txt"), &context).unwrap().found;
    found.entra.mail_send = Truth::Yes;
    let wanted = desired(Method::ApplicationAccessPolicy, &["noreply"], &["ceo"]);
    assert_eq!(evaluate(&wanted, &found, &[]).fence, FenceState::Fenced);
    let wanted = desired(Method::ApplicationAccessPolicy, &["noreply"], &["ceo", "nobody"]);
    let evaluation = evaluate(&wanted, &found, &[]);
    assert_eq!(evaluation.fence, FenceState::NotProven);
    assert!(has(&evaluation, FindingCode::MailboxMissing));
}

/// Random worlds whose truth is known, and random parts of what may be known of them.
mod properties {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const NAMES: [&str; 3] = ["a", "b", "c"];

    /// What is really so, in plain yes and no.
    #[derive(Debug, Clone)]
    struct World {
        /// Members of the two groups; the second group may be in the first.
        outer: [bool; 3],
        inner: [bool; 3],
        nested: bool,
        /// About this app or not, Restrict or Deny, for the outer or the inner group.
        policies: Vec<(bool, bool, bool)>,
        /// Can send or not, switched on or not, and for whom.
        roles: Vec<(bool, bool, Reach)>,
        entra: bool,
    }

    #[derive(Debug, Clone, Copy)]
    enum Reach {
        Everybody,
        Outer,
        ButOuter,
        InnerGroup,
        Nobody,
    }

    impl World {
        fn in_policy_group(&self, outer: bool, who: usize) -> bool {
            if outer { self.outer[who] || (self.nested && self.inner[who]) } else { self.inner[who] }
        }

        fn policy_allows(&self, who: usize) -> bool {
            let mine = || self.policies.iter().filter(|(mine, _, _)| *mine);
            let hit =
                |restrict: bool| mine().any(|(_, kind, outer)| *kind == restrict && self.in_policy_group(*outer, who));
            let restricted = mine().any(|(_, restrict, _)| *restrict);
            !hit(false) && (hit(true) || !restricted)
        }

        fn role_allows(&self, who: usize) -> bool {
            self.roles.iter().any(|(sends, enabled, reach)| {
                *sends
                    && *enabled
                    && match reach {
                        Reach::Everybody => true,
                        Reach::Outer => self.outer[who],
                        Reach::ButOuter => !self.outer[who],
                        Reach::InnerGroup => self.inner[who],
                        Reach::Nobody => false,
                    }
            })
        }

        fn allows(&self, who: usize) -> bool {
            (self.entra && self.policy_allows(who)) || self.role_allows(who)
        }

        /// Everything, as it would be found if all of it were read.
        fn found(&self) -> Found {
            let members = |set: &[bool; 3]| {
                NAMES.iter().zip(set).filter(|(_, is)| **is).map(|(name, _)| member(name)).collect::<Vec<_>>()
            };
            let mut outer = members(&self.outer);
            if self.nested {
                outer.push(FoundMember { kind: RecipientKind::SecurityGroup, ..member("inner") });
            }
            let policies = self.policies.iter().map(|(mine, restrict, outer)| {
                let app = PolicyApp::Id(if *mine { APP } else { GROUP }.into());
                let right = if *restrict { AccessRight::Restrict } else { AccessRight::Deny };
                policy(app, right, if *outer { GROUP } else { INNER })
            });
            let roles = self.roles.iter().map(|(sends, enabled, reach)| {
                let role = if *sends { "Application Mail.Send" } else { "Application Mail.Read" };
                let scope = match reach {
                    Reach::Everybody => AssignmentScope::Organization,
                    Reach::Outer => AssignmentScope::Scope("outer".into()),
                    Reach::ButOuter => AssignmentScope::Scope("but outer".into()),
                    Reach::InnerGroup => AssignmentScope::Group("inner@contoso.com".into()),
                    Reach::Nobody => AssignmentScope::Scope("nobody".into()),
                };
                FoundAssignment { enabled: Truth::of(*enabled), ..assignment(role, scope) }
            });
            let scope = |name: &str, filter| FoundScope { name: name.into(), filter };
            let scopes = vec![
                scope("outer", ScopeFilter::MemberOf("CN=senders".into())),
                scope("but outer", ScopeFilter::NotMemberOf("CN=senders".into())),
                scope("nobody", ScopeFilter::AddressIs("nobody@contoso.com".into())),
            ];
            let tests = NAMES.iter().enumerate();
            let answer = |who| if self.policy_allows(who) { Access::Granted } else { Access::Denied };
            Found {
                groups: vec![group("senders", GROUP, outer), group("inner", INNER, members(&self.inner))],
                mailboxes: NAMES.map(mailbox).to_vec(),
                policies: Known::complete(policies.collect()),
                service_principals: registered(),
                assignments: Known::complete(roles.collect()),
                scopes: Known::complete(scopes),
                policy_tests: tests
                    .clone()
                    .map(|(who, name)| PolicyTest {
                        mailbox: Some(address(name)),
                        app_id: Some(APP.into()),
                        access: answer(who),
                        raw: String::new(),
                    })
                    .collect(),
                rbac_tests: tests
                    .map(|(who, name)| RbacTest {
                        mailbox: Some(address(name)),
                        principal: Some(APP.into()),
                        rows: Known::complete(vec![RbacRow {
                            role: "Application Mail.Send".into(),
                            permissions: None,
                            scope: String::new(),
                            in_scope: Truth::of(self.role_allows(who)),
                        }]),
                    })
                    .collect(),
                entra: exchange365::policy::EntraGrants { mail_send: Truth::of(self.entra), others: vec![] },
            }
        }
    }

    fn world() -> impl Strategy<Value = World> {
        let reach = prop_oneof![
            Just(Reach::Everybody),
            Just(Reach::Outer),
            Just(Reach::ButOuter),
            Just(Reach::InnerGroup),
            Just(Reach::Nobody)
        ];
        let policies = vec((prop::bool::weighted(0.8), any::<bool>(), any::<bool>()), 0..4);
        let roles = vec((any::<bool>(), any::<bool>(), reach), 0..3);
        (any::<[bool; 3]>(), any::<[bool; 3]>(), any::<bool>(), policies, roles, any::<bool>()).prop_map(
            |(outer, inner, nested, policies, roles, entra)| World { outer, inner, nested, policies, roles, entra },
        )
    }

    fn thin<T>(list: &mut Known<T>, forgotten: &mut impl FnMut() -> bool) {
        if forgotten() {
            list.complete = false;
            list.items.retain(|_| !forgotten());
        }
    }

    /// Forgets a part, chosen by `bits`: lists get shorter, words unreadable, answers go missing.
    fn forget(found: &mut Found, bits: &[bool]) {
        let mut bits = bits.iter().copied().cycle();
        let mut forgotten = move || bits.next().unwrap();
        thin(&mut found.policies, &mut forgotten);
        thin(&mut found.service_principals, &mut forgotten);
        thin(&mut found.assignments, &mut forgotten);
        thin(&mut found.scopes, &mut forgotten);
        for policy in &mut found.policies.items {
            if forgotten() {
                policy.right = AccessRight::Unknown;
            }
            if forgotten() {
                policy.app = PolicyApp::Unknown;
            }
            if forgotten() {
                policy.group_id = None;
            }
        }
        for assignment in &mut found.assignments.items {
            if forgotten() {
                assignment.enabled = Truth::Unknown;
            }
            if forgotten() {
                assignment.role = String::new();
            }
            if forgotten() {
                assignment.scope = AssignmentScope::Unknown;
            }
            if forgotten() {
                assignment.assignee = "some name".into();
            }
        }
        for group in &mut found.groups {
            thin(&mut group.members, &mut forgotten);
            for member in &mut group.members.items {
                if forgotten() {
                    member.guid = None;
                }
                if forgotten() {
                    member.kind = RecipientKind::Unknown;
                }
                if forgotten() {
                    member.address = None;
                }
            }
        }
        found.groups.retain(|_| !forgotten());
        found.mailboxes.retain(|_| !forgotten());
        for mailbox in &mut found.mailboxes {
            if forgotten() {
                mailbox.guid = None;
            }
            if forgotten() {
                mailbox.primary = None;
            }
        }
        found.policy_tests.retain(|_| !forgotten());
        for test in &mut found.policy_tests {
            if forgotten() {
                test.access = Access::Unknown;
            }
            if forgotten() {
                test.app_id = None;
            }
        }
        found.rbac_tests.retain(|_| !forgotten());
        for test in &mut found.rbac_tests {
            thin(&mut test.rows, &mut forgotten);
            if forgotten() {
                test.principal = None;
            }
        }
        if forgotten() {
            found.entra.mail_send = Truth::Unknown;
        }
    }

    fn wanted() -> Desired {
        desired(Method::ApplicationAccessPolicy, &["a"], &["b", "c"])
    }

    fn check(known: Access, truth: bool) -> bool {
        known == Access::Unknown || known == if truth { Access::Granted } else { Access::Denied }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Knowing everything gives the truth; knowing a part of it gives the truth or nothing.
        #[test]
        fn a_part_of_the_truth_is_never_turned_into_its_opposite(world in world(), bits in vec(any::<bool>(), 97)) {
            let mut found = world.found();
            let whole = evaluate(&wanted(), &found, &[]);
            for (who, mailbox) in whole.mailboxes.iter().enumerate() {
                prop_assert_eq!(mailbox.union.truth(), Truth::of(world.allows(who)), "{:?}", mailbox);
            }
            forget(&mut found, &bits);
            let part = evaluate(&wanted(), &found, &[]);
            for (who, mailbox) in part.mailboxes.iter().enumerate() {
                prop_assert!(check(mailbox.policy, world.policy_allows(who)), "{mailbox:?}");
                prop_assert!(check(mailbox.entra, world.entra && world.policy_allows(who)), "{mailbox:?}");
                prop_assert!(check(mailbox.rbac, world.role_allows(who)), "{mailbox:?}");
                prop_assert!(check(mailbox.union, world.allows(who)), "{mailbox:?}");
            }
            if part.fence == FenceState::Fenced {
                prop_assert_eq!(whole.fence, FenceState::Fenced);
            }
        }

        /// The fence is never said to hold when any mechanism grants a forbidden mailbox or leaves it unknown.
        #[test]
        fn fenced_means_that_every_mechanism_denies_every_forbidden_mailbox(
            world in world(),
            bits in vec(prop::bool::weighted(0.1), 89),
            live in vec(prop::option::of(0_usize..4), 3),
        ) {
            let mut found = world.found();
            forget(&mut found, &bits);
            let kinds = [
                LiveObservation::Accepted,
                LiveObservation::RefusedByPolicy,
                LiveObservation::RefusedPlain,
                LiveObservation::NotProven,
            ];
            let live: Vec<LiveAnswer> = NAMES
                .iter()
                .zip(live)
                .filter_map(|(name, kind)| Some(LiveAnswer { mailbox: address(name), observation: kinds[kind?] }))
                .collect();
            let evaluation = evaluate(&wanted(), &found, &live);
            if evaluation.fence == FenceState::Fenced {
                for mailbox in evaluation.mailboxes.iter().filter(|m| m.expected == Expectation::Forbidden) {
                    for access in [mailbox.entra, mailbox.rbac, mailbox.other, mailbox.union] {
                        prop_assert_eq!(access, Access::Denied);
                    }
                    prop_assert_ne!(mailbox.live, Some(LiveObservation::Accepted));
                }
                prop_assert!(!world.allows(1) && !world.allows(2) && world.allows(0));
            }
        }

        /// The policy is never to be removed while the app may still hold its permission in Entra, nor before the role
        /// is right.
        #[test]
        fn the_policy_is_the_last_to_go(world in world(), bits in vec(prop::bool::weighted(0.05), 83)) {
            let mut found = world.found();
            forget(&mut found, &bits);
            if matches!(next_migration_step(&wanted(), &found), Migration::RemovePolicy | Migration::Done) {
                prop_assert!(!world.entra);
                prop_assert!(world.role_allows(0) && !world.role_allows(1) && !world.role_allows(2));
            }
        }

        /// Deny beats Restrict, whatever else there is.
        #[test]
        fn a_matching_deny_policy_beats_everything(world in world(), outer in any::<bool>()) {
            let mut world = world;
            world.policies.push((true, false, outer));
            let evaluation = evaluate(&wanted(), &world.found(), &[]);
            for (who, mailbox) in evaluation.mailboxes.iter().enumerate() {
                if world.in_policy_group(outer, who) {
                    prop_assert_eq!(mailbox.policy, Access::Denied);
                }
            }
        }
    }
}
