//! Who may send as whom: the Entra grant as the policies leave it, together with the scoped roles. Pure.

use uuid::Uuid;

use super::{
    propagation::View,
    tenant::{
        AccessPolicy, AccessRight, AppMatch, AssignmentScope, RoleAssignment, ScopeFilter, Tenant, User, same_text,
    },
};

/// The application permission all of this is about.
pub(super) const MAIL_SEND: &str = "Mail.Send";

/// What Exchange does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Accepted,
    /// Refused by an application access policy; Exchange says so with its `[RAOP]` mark.
    BlockedByPolicy,
    /// Refused because nothing grants it.
    AccessDenied,
}

/// An application as its token shows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) client_id: Uuid,
    pub(super) object_id: Uuid,
    /// Permissions as written into the token when it was issued.
    pub(super) roles: &'a [String],
}

/// May the application send as this mailbox?
pub(super) fn decide(tenant: &Tenant, caller: Caller<'_>, mailbox: &User, view: View) -> Decision {
    let granted = caller.roles.iter().any(|role| role == MAIL_SEND);
    let policy = check_policies(tenant, caller.client_id, mailbox, view);
    let by_grant = granted && policy == PolicyCheck::Granted;
    if by_grant || may_send_by_role(tenant, caller, mailbox, view) {
        Decision::Accepted
    } else if granted {
        Decision::BlockedByPolicy
    } else {
        Decision::AccessDenied
    }
}

/// `AccessCheckResult` of `Test-ApplicationAccessPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyCheck {
    /// No policy stands in the way.
    Granted,
    /// A policy refuses the mailbox to the application.
    Denied,
}

/// What the application access policies alone say: a matching Deny beats all, a matching Restrict allows,
/// a Restrict elsewhere denies, and no policy at all allows.
pub(super) fn check_policies(tenant: &Tenant, client_id: Uuid, mailbox: &User, view: View) -> PolicyCheck {
    let applies = |policy: &&AccessPolicy| policy.lifetime.holds(view) && policy.apps.includes(client_id);
    let mut restricted = false;
    let mut allowed = false;
    for policy in tenant.policies.iter().filter(applies) {
        let inside = policy.scope == mailbox.id || is_member(tenant, policy.scope, mailbox.id, view, Depth::Nested);
        match policy.right {
            AccessRight::DenyAccess if inside => return PolicyCheck::Denied,
            AccessRight::DenyAccess => {}
            AccessRight::RestrictAccess => {
                restricted = true;
                allowed |= inside;
            }
        }
    }
    if restricted && !allowed { PolicyCheck::Denied } else { PolicyCheck::Granted }
}

fn may_send_by_role(tenant: &Tenant, caller: Caller<'_>, mailbox: &User, view: View) -> bool {
    let points_at_caller = tenant.pointers.iter().any(|pointer| {
        pointer.lifetime.holds(view) && pointer.object_id == caller.object_id && pointer.client_id == caller.client_id
    });
    points_at_caller
        && tenant.assignments.iter().any(|assignment| {
            assignment.lifetime.holds(view)
                && assignment.assignee == caller.object_id
                && permissions(&assignment.role).contains(&MAIL_SEND)
                && in_scope(tenant, assignment, mailbox, view)
        })
}

/// The Graph permissions an Exchange application role carries; composite roles carry several.
pub(super) fn permissions(role: &str) -> Vec<&str> {
    match role.strip_prefix("Application ") {
        Some("Mail Full Access") => vec!["Mail.ReadWrite", MAIL_SEND],
        Some("Exchange Full Access") => {
            vec!["Mail.ReadWrite", MAIL_SEND, "MailboxSettings.ReadWrite", "Calendars.ReadWrite", "Contacts.ReadWrite"]
        }
        Some(permission) => vec![permission],
        None => Vec::new(),
    }
}

/// Does the assignment reach this mailbox? A scope that is gone reaches nobody.
pub(super) fn in_scope(tenant: &Tenant, assignment: &RoleAssignment, mailbox: &User, view: View) -> bool {
    match &assignment.scope {
        AssignmentScope::Organization => true,
        AssignmentScope::Group(group) => is_member(tenant, *group, mailbox.id, view, Depth::Direct),
        AssignmentScope::Custom(name) => tenant
            .scopes
            .iter()
            .find(|scope| scope.lifetime.holds(view) && same_text(&scope.name, name))
            .is_some_and(|scope| matches_filter(tenant, &scope.filter, mailbox, view)),
    }
}

fn matches_filter(tenant: &Tenant, filter: &ScopeFilter, mailbox: &User, view: View) -> bool {
    match filter {
        ScopeFilter::MemberOfGroup(group) => is_member(tenant, *group, mailbox.id, view, Depth::Direct),
        ScopeFilter::NotMemberOfGroup(group) => !is_member(tenant, *group, mailbox.id, view, Depth::Direct),
        ScopeFilter::PrimarySmtpAddress(address) => same_text(mailbox.address(), address),
    }
}

/// Policies look into nested groups, scopes of roles do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Direct,
    Nested,
}

fn is_member(tenant: &Tenant, group: Uuid, member: Uuid, view: View, depth: Depth) -> bool {
    let mut seen = Vec::new();
    let mut open = vec![group];
    while let Some(id) = open.pop() {
        let Some(group) = tenant.groups.iter().find(|group| group.id == id && group.lifetime.holds(view)) else {
            continue;
        };
        seen.push(id);
        for entry in group.members.iter().filter(|entry| entry.lifetime.holds(view)) {
            if entry.id == member {
                return true;
            }
            if depth == Depth::Nested && !seen.contains(&entry.id) {
                open.push(entry.id);
            }
        }
    }
    false
}

impl AppMatch {
    fn includes(&self, client_id: Uuid) -> bool {
        match self {
            Self::Every => true,
            Self::One(id) => *id == client_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::Timestamp,
        demo::{propagation::Lifetime, scenario_file::ScenarioFile},
    };

    const APP: &str = "11111111-1111-4111-8111-111111111111";
    const OTHER_APP: &str = "22222222-2222-4222-8222-222222222222";

    /// Mailboxes a, b and c; group `outer` holds a and the group `inner`, which holds b; `empty` holds nobody.
    fn tenant(rules: &str) -> Tenant {
        let text = format!(
            r#"
            title = "t"
            about = "t."
            tenant = {{ id = "33333333-3333-4333-8333-333333333333", name = "T", domains = ["x.example"] }}
            try = {{ permitted = [], forbidden = [], recipient = "" }}
            expect = {{ verdict = "pass", mechanism = "none", exit_code = 0 }}
            app = {{ client_id = "{APP}", object_id = "44444444-4444-4444-8444-444444444444", name = "app",
                     secret = "x", exchange_pointer = true }}
            users = [
                {{ name = "a", upn = "a@x.example", mailbox = "licensed" }},
                {{ name = "b", upn = "b@x.example", mailbox = "licensed" }},
                {{ name = "c", upn = "c@x.example", mailbox = "licensed" }},
            ]
            [[groups]]
            name = "outer"
            kind = "mail-enabled-security"
            members = ["a@x.example", "inner"]
            [[groups]]
            name = "inner"
            kind = "mail-enabled-security"
            members = ["b@x.example", "outer"]
            [[groups]]
            name = "empty"
            kind = "mail-enabled-security"
            [[groups]]
            name = "deleted"
            kind = "mail-enabled-security"
            members = ["a@x.example"]
            deleted = true
            {rules}"#
        );
        toml::from_str::<ScenarioFile>(&text).unwrap().tenant(Timestamp::UNIX_EPOCH).unwrap()
    }

    /// What the three mailboxes get: `+` accepted, `R` blocked by policy, `-` denied.
    fn decisions(tenant: &Tenant, roles: &[&str]) -> String {
        let app = tenant.apps.first().unwrap();
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        let caller = Caller { client_id: app.client_id, object_id: app.object_id, roles: &roles };
        let view = View::InForce(Timestamp::UNIX_EPOCH);
        let sign = |user: &User| match decide(tenant, caller, user, view) {
            Decision::Accepted => '+',
            Decision::BlockedByPolicy => 'R',
            Decision::AccessDenied => '-',
        };
        tenant.users.iter().map(sign).collect()
    }

    fn policy(right: &str, app: &str, scope: &str) -> String {
        format!("[[policies]]\nright = \"{right}-access\"\napp = \"{app}\"\nscope = \"{scope}\"\n")
    }

    fn check(rules: &str, held: &[&str], expected: &str) {
        assert_eq!(decisions(&tenant(rules), held), expected, "{rules}");
    }

    #[test]
    fn policies_are_weighed_as_documented() {
        let send = &[MAIL_SEND];
        check("", send, "+++");
        check("", &[], "---");
        check("", &["Mail.Read"], "---");
        check(&policy("restrict", "app", "outer"), send, "++R");
        check(&policy("restrict", "app", "inner"), send, "++R");
        check(&policy("restrict", "app", "c@x.example"), send, "RR+");
        check(&policy("restrict", "app", "empty"), send, "RRR");
        check(&policy("restrict", "app", "deleted"), send, "RRR");
        check(&policy("restrict", "*", "outer"), send, "++R");
        check(&policy("restrict", OTHER_APP, "outer"), send, "+++");
        check(&policy("deny", "app", "outer"), send, "RR+");
        check(&policy("deny", "app", "deleted"), send, "+++");
        let union = policy("restrict", "app", "a@x.example") + &policy("restrict", "*", "c@x.example");
        check(&union, send, "+R+");
        let deny_wins = policy("restrict", "app", "outer") + &policy("deny", "app", "b@x.example");
        check(&deny_wins, send, "+RR");
    }

    #[test]
    fn the_object_id_in_a_policy_restricts_nobody() {
        check(&policy("restrict", "44444444-4444-4444-8444-444444444444", "outer"), &[MAIL_SEND], "+++");
    }

    #[test]
    fn roles_reach_direct_members_alone() {
        let role = |role: &str, scope: &str| format!("[[role_assignments]]\nrole = \"{role}\"\n{scope}\n");
        let send = "Application Mail.Send";
        check(&role(send, "group_scope = \"outer\""), &[], "+--");
        check(&role(send, ""), &[], "+++");
        check(&role("Application Mail Full Access", "group_scope = \"inner\""), &[], "-+-");
        check(&role("Application Exchange Full Access", "group_scope = \"inner\""), &[], "-+-");
        check(&role("Application Mail.ReadWrite", ""), &[], "---");
        check(&role("Application SMTP.SendAsApp", ""), &[], "---");
        check(&role("Mail Recipients", ""), &[], "---");
        let scope = |filter: &str| format!("[[scopes]]\nname = \"s\"\n{filter}\n");
        let scoped = role(send, "custom_scope = \"S\"");
        check(&(scope("member_of_group = \"outer\"") + &scoped), &[], "+--");
        check(&(scope("primary_smtp_address = \"C@x.example\"") + &scoped), &[], "--+");
        check(&(scope("member_of_group = \"deleted\"") + &scoped), &[], "---");
    }

    #[test]
    fn grant_and_role_add_up() {
        let scoped = "[[role_assignments]]\nrole = \"Application Mail.Send\"\ngroup_scope = \"inner\"\n";
        check(scoped, &[MAIL_SEND], "+++");
        check(&(policy("restrict", "app", "a@x.example") + scoped), &[MAIL_SEND], "++R");
        check(&(policy("deny", "app", "b@x.example") + scoped), &[], "-+-");
        // An unscoped role lifts every policy.
        let unscoped = policy("restrict", "app", "empty") + "[[role_assignments]]\nrole = \"Application Mail.Send\"\n";
        check(&unscoped, &[MAIL_SEND], "+++");
    }

    #[test]
    fn the_documented_example_a_policy_for_one_and_a_role_for_the_rest_is_everybody() {
        let rules = policy("restrict", "app", "a@x.example")
            + "[[scopes]]\nname = \"all but a\"\nnot_member_of_group = \"outer\"\n\
               [[role_assignments]]\nrole = \"Application Mail.Send\"\ncustom_scope = \"all but a\"\n";
        check(&rules, &[MAIL_SEND], "+++");
        check(&rules, &[], "-++");
    }

    #[test]
    fn a_pointer_with_the_wrong_object_id_gives_nothing() {
        let mut tenant = tenant("[[role_assignments]]\nrole = \"Application Mail.Send\"\n");
        assert_eq!(decisions(&tenant, &[]), "+++");
        let pointer = tenant.pointers.first_mut().unwrap();
        pointer.object_id = pointer.client_id;
        assert_eq!(decisions(&tenant, &[]), "---");
    }

    #[test]
    fn what_is_made_later_does_not_count_now() {
        let mut tenant = tenant(&policy("restrict", "app", "a@x.example"));
        let hour = Lifetime::made(Timestamp::UNIX_EPOCH, std::time::Duration::from_hours(1));
        tenant.policies.first_mut().unwrap().lifetime = hour;
        assert_eq!(decisions(&tenant, &[MAIL_SEND]), "+++");
        let mailbox = tenant.user("b@x.example").unwrap();
        let client_id = tenant.apps.first().unwrap().client_id;
        assert_eq!(check_policies(&tenant, client_id, mailbox, View::Written), PolicyCheck::Denied);
    }
}
