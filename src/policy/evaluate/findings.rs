//! What stands out in what was found, whether or not it already shows in the answers.

use super::{
    super::{
        Access, AccessRight, AssignmentScope, Desired, Found, FoundGroup, FoundPolicy, Method, PolicyApp,
        RecipientKind, ScopeFilter, Truth,
    },
    Expectation, Finding, FindingCode as Code, MailboxAccess, Severity, member, policies, roles,
};

/// Permissions by which an app can give itself others.
const ESCALATING: [&str; 4] = [
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Exchange.ManageAsApp",
];

/// Whether a permission in Entra lets the app send, before any policy.
pub(in crate::policy) fn entra_grant(found: &Found) -> Truth {
    let sends = |name: &String| ["mail.send", "full_access_as_app"].contains(&name.to_lowercase().as_str());
    if found.entra.others.iter().any(sends) { Truth::Yes } else { found.entra.mail_send }
}

/// True when the app may sign in to SMTP, which policies do not cover.
pub(super) fn has_smtp(found: &Found) -> bool {
    found.entra.others.iter().any(|name| name.eq_ignore_ascii_case("SMTP.SendAsApp"))
}

/// About policies, roles, group and permissions.
pub(super) fn of_setup(desired: &Desired, found: &Found) -> Vec<Finding> {
    let mut list = Vec::new();
    if *found == Found::default() {
        list.push(Finding::new(Code::NothingRead, Severity::Note, "No output was read yet"));
        return list;
    }
    of_policies(desired, found, &mut list);
    of_roles(desired, found, &mut list);
    of_entries(desired, found, &mut list);
    of_group(desired, found, &mut list);
    of_permissions(desired, found, &mut list);
    list
}

fn of_policies(desired: &Desired, found: &Found, list: &mut Vec<Finding>) {
    let named = |policy: &FoundPolicy| format!("the policy for the group '{}'", policy.group_name);
    for policy in &found.policies.items {
        if let PolicyApp::Id(id) = &policy.app
            && is_object_id(desired, id)
        {
            let what = format!("{} carries the app's object ID instead of its Client ID", named(policy));
            list.push(Finding::new(Code::WrongAppId, Severity::Danger, capital(&what)));
        } else if is_for_wanted_group(desired, found, policy) && policies::applies(desired, policy) == Truth::No {
            let what = format!("{} is about another app id than the Client ID", named(policy));
            list.push(Finding::new(Code::WrongAppId, Severity::Warning, capital(&what)));
        }
    }
    if was_asked_with_object_id(desired, found) {
        let what = "Test-ApplicationAccessPolicy was asked with the object ID instead of the Client ID";
        let finding = Finding::new(Code::WrongAppId, Severity::Warning, what);
        list.push(finding.then("Run it again with the Client ID; the answers with the object ID are not used"));
    }
    let mine: Vec<&FoundPolicy> =
        found.policies.items.iter().filter(|policy| policies::applies(desired, policy) == Truth::Yes).collect();
    for policy in mine.iter().filter(|policy| policy.valid == Truth::No) {
        let what = format!("Exchange calls {} invalid, so its group was probably deleted", named(policy));
        list.push(Finding::new(Code::DeletedTarget, Severity::Fault, what));
    }
    if mine.iter().any(|policy| policy.app == PolicyApp::All) {
        let what = "There is a policy for all apps (AppId *)";
        list.push(Finding::new(Code::PolicyForAllApps, Severity::Note, what));
    }
    let denying = mine.iter().filter(|policy| policy.right == AccessRight::Deny).count();
    let restricting = mine.iter().filter(|policy| policy.right == AccessRight::Restrict).count();
    let unclear = mine.iter().any(|policy| policy.right == AccessRight::Unknown);
    if restricting > 1 {
        let what = format!("{restricting} policies with RestrictAccess concern this app");
        list.push(Finding::new(Code::SeveralPolicies, Severity::Warning, what));
    }
    let all_seen = found.policies.complete && !unclear;
    if denying > 0 && restricting == 0 && all_seen {
        let what = "The app's only policies are of the kind DenyAccess";
        list.push(Finding::new(Code::DenyAlone, Severity::Danger, what));
    } else if denying > 0 {
        let what = match denying {
            1 => "A policy with DenyAccess concerns this app".to_owned(),
            several => format!("{several} policies with DenyAccess concern this app"),
        };
        list.push(Finding::new(Code::DenyPolicy, Severity::Warning, what));
    } else if restricting == 0 && all_seen && entra_grant(found) != Truth::No {
        let what = "No Application Access Policy concerns this app";
        let expected = desired.method == Method::ApplicationAccessPolicy;
        let severity = if entra_grant(found).is_yes() {
            Severity::Danger
        } else if expected {
            Severity::Fault
        } else {
            Severity::Note
        };
        list.push(Finding::new(Code::NoPolicy, severity, what));
    }
}

/// True when the cmdlet was asked about the enterprise application's object id, for which no policy holds.
pub(super) fn was_asked_with_object_id(desired: &Desired, found: &Found) -> bool {
    found.policy_tests.iter().filter_map(|test| test.app_id.as_deref()).any(|app| is_object_id(desired, app))
}

fn is_object_id(desired: &Desired, app: &str) -> bool {
    desired.enterprise_object_id.is_some_and(|id| app.eq_ignore_ascii_case(&id.to_string()))
}

fn is_for_wanted_group(desired: &Desired, found: &Found, policy: &FoundPolicy) -> bool {
    let group = wanted_group(desired, found);
    group.is_some_and(|group| group.object_id.is_some() && group.object_id == policy.group_id)
}

fn wanted_group<'a>(desired: &Desired, found: &'a Found) -> Option<&'a FoundGroup> {
    found.groups.iter().find(|group| group.address.as_ref() == Some(&desired.group.address))
}

fn of_roles(desired: &Desired, found: &Found, list: &mut Vec<Finding>) {
    for assignment in &found.assignments.items {
        let name = format!("'{}' ({})", assignment.role, assignment.name);
        let sends = roles::can_send(desired, found, assignment);
        if assignment.enabled == Truth::No && roles::role_sends(&assignment.role).is_yes() {
            let what = format!("The role {name} is assigned but switched off");
            list.push(Finding::new(Code::DisabledAssignment, Severity::Note, what));
        }
        if sends == Truth::No {
            continue;
        }
        if assignment.scope == AssignmentScope::Organization {
            let what = format!("The role {name} is assigned for the whole organisation");
            list.push(Finding::new(Code::UnscopedRole, Severity::Danger, what));
        }
        if roles::is_composite(&assignment.role) {
            let what = format!("The app holds the role {name}, which can send");
            list.push(Finding::new(Code::CompositeRole, Severity::Warning, what));
        }
        if roles::role_sends(&assignment.role) == Truth::Unknown {
            let what = format!("The app holds a role this program does not know: {name}");
            list.push(Finding::new(Code::UnknownRole, Severity::Warning, what));
        }
        if matches!(assignment.scope, AssignmentScope::Unit(_) | AssignmentScope::Unknown) {
            let what = format!("The scope of the role {name} cannot be evaluated from its text");
            list.push(Finding::new(Code::ScopeNotEvaluated, Severity::Note, what));
        }
    }
    for scope in found.scopes.items.iter().filter(|scope| matches!(scope.filter, ScopeFilter::Other(_))) {
        let what = format!("The filter of the scope '{}' is not one this program evaluates", scope.name);
        list.push(Finding::new(Code::ScopeNotEvaluated, Severity::Note, what));
    }
}

fn of_entries(desired: &Desired, found: &Found, list: &mut Vec<Finding>) {
    for entry in found.service_principals.items.iter().filter(|entry| roles::is_entry(desired, entry)) {
        if roles::is_wrong_entry(desired, entry) {
            let what = format!(
                "Exchange knows the app by app id {} and object id {}, which do not belong together",
                entry.app_id, entry.object_id
            );
            list.push(Finding::new(Code::WrongObjectId, Severity::Fault, what));
        }
    }
}

fn of_group(desired: &Desired, found: &Found, list: &mut Vec<Finding>) {
    let Some(group) = wanted_group(desired, found) else { return };
    let address = &desired.group.address;
    if group.exists == Truth::No {
        let what = format!("There is no group {address}");
        list.push(Finding::new(Code::GroupMissing, Severity::Fault, what));
        return;
    }
    let by_policy = desired.method == Method::ApplicationAccessPolicy;
    let kinds_for_scopes =
        [RecipientKind::SecurityGroup, RecipientKind::DistributionList, RecipientKind::Microsoft365Group];
    if by_policy && member::fits_policy(group.kind) == Truth::No {
        let what = format!("{address} is a {}", group.kind.label());
        list.push(Finding::new(Code::WrongGroupKind, Severity::Fault, what));
    } else if group.kind != RecipientKind::Unknown && !by_policy && !kinds_for_scopes.contains(&group.kind) {
        let what = format!("{address} is a {}", group.kind.label());
        let finding = Finding::new(Code::WrongGroupKind, Severity::Fault, what);
        list.push(finding.because("A scope can be made of groups with mail and fixed members alone"));
    }
    let nested = member::groups_within(group);
    if let Some(inner) = nested.first() {
        let what = format!("The group {address} contains another group, '{}'", inner.name);
        let severity = if by_policy { Severity::Note } else { Severity::Fault };
        list.push(Finding::new(Code::NestedGroup, severity, what));
    }
}

fn of_permissions(desired: &Desired, found: &Found, list: &mut Vec<Finding>) {
    let sending_role =
        found.assignments.items.iter().any(|assignment| roles::can_send(desired, found, assignment).is_yes());
    let by_role = desired.method == Method::RbacForApplications || sending_role;
    let granted = entra_grant(found);
    if granted.is_yes() && by_role {
        let severity = if found.policies.items.iter().any(|policy| policies::applies(desired, policy).is_yes()) {
            Severity::Warning
        } else {
            Severity::Danger
        };
        let what = "The app still holds a permission to send in Microsoft Entra beside its role in Exchange";
        list.push(Finding::new(Code::EntraGrantSurvives, severity, what));
    }
    if granted == Truth::Unknown {
        let what = "It is not known whether the app holds Mail.Send in Microsoft Entra";
        list.push(Finding::new(Code::EntraGrantUnknown, Severity::Warning, what));
    }
    if has_smtp(found) {
        let what = "The app holds SMTP.SendAsApp, another way to send";
        list.push(Finding::new(Code::OtherRoad, Severity::Warning, what));
    }
    for name in found.entra.others.iter().filter(|name| ESCALATING.iter().any(|known| known.eq_ignore_ascii_case(name)))
    {
        list.push(Finding::new(Code::SelfEscalation, Severity::Warning, format!("The app holds {name}")));
    }
}

/// About single mailboxes.
pub(super) fn of_mailboxes(desired: &Desired, found: &Found, mailboxes: &[MailboxAccess]) -> Vec<Finding> {
    let mut list = Vec::new();
    for mailbox in mailboxes {
        let address = &mailbox.address;
        let known = found.mailboxes.iter().find(|known| known.asked == *address);
        if known.is_some_and(|known| known.exists == Truth::No) {
            let what = format!("Nobody in Exchange has the address {address}");
            list.push(Finding::new(Code::MailboxMissing, Severity::Fault, what));
            continue;
        }
        if let Some(primary) = known.and_then(|known| known.primary.as_ref()).filter(|primary| *primary != address) {
            let what = format!("{address} is another address of {primary}");
            list.push(Finding::new(Code::AliasAsked, Severity::Warning, what));
        }
        list.extend(contradiction(desired, found, mailbox));
        list.extend(answer(mailbox));
    }
    list
}

fn answer(mailbox: &MailboxAccess) -> Option<Finding> {
    let address = &mailbox.address;
    match (mailbox.expected, mailbox.union) {
        (Expectation::Forbidden, Access::Granted) => {
            let what = format!("{address} must not be sent as, but is granted by {}", granted_by(mailbox));
            Some(Finding::new(Code::ForbiddenGranted, Severity::Danger, what))
        }
        (Expectation::Permitted, Access::Denied) => {
            let what = format!("{address} shall be sent as, but nothing grants it");
            Some(Finding::new(Code::PermittedDenied, Severity::Fault, what))
        }
        (_, Access::Unknown) => {
            let what = format!("It is not known whether the app can send as {address}");
            Some(Finding::new(Code::MailboxUnknown, Severity::Warning, what))
        }
        (Expectation::Forbidden, Access::Denied) | (Expectation::Permitted, Access::Granted) => None,
    }
}

fn granted_by(mailbox: &MailboxAccess) -> &'static str {
    match (mailbox.entra == Access::Granted, mailbox.rbac == Access::Granted) {
        (true, true) => "the permission in Entra and by a role in Exchange",
        (false, true) => "a role in Exchange",
        _ => "the permission in Entra, which no policy limits for it",
    }
}

fn contradiction(desired: &Desired, found: &Found, mailbox: &MailboxAccess) -> Option<Finding> {
    let differ =
        |asked: Access, inferred: Access| asked != inferred && asked != Access::Unknown && inferred != Access::Unknown;
    let address = &mailbox.address;
    let (cmdlet, asked, inferred) = [
        (
            "Test-ApplicationAccessPolicy",
            policies::asked(desired, found, address),
            policies::inferred(desired, found, address),
        ),
        (
            "Test-ServicePrincipalAuthorization",
            roles::asked(desired, found, address),
            roles::inferred(desired, found, address),
        ),
    ]
    .into_iter()
    .find(|(_, asked, inferred)| differ(*asked, *inferred))?;
    let what =
        format!("{cmdlet} says {} for {address}, but by what is listed it should be {}", asked.word(), inferred.word());
    Some(Finding::new(Code::AnswersDisagree, Severity::Warning, what))
}

pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
