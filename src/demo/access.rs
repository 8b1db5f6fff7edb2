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
