//! What an administrator changes: each change is written down at once and obeyed when the caches say so.

use std::time::Duration;

use uuid::Uuid;

use crate::base::Timestamp;

use super::{
    propagation::{self, Lifetime, View},
    roles::EXCHANGE_ROLES,
    scenario_file::object_id,
    tenant::{
        AccessPolicy, AccessRight, AppMatch, AssignmentScope, Group, GroupKind, ManagementScope, Member, Pointer,
        RoleAssignment, ScopeFilter, Tenant, same_text,
    },
};

/// A change to the tenant. Groups and mailboxes are named by address, name or object id, as in the cmdlets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `New-DistributionGroup`
    NewGroup {
        /// Its name.
        name: String,
        /// Its primary address.
        address: String,
        /// `-Type Security` makes it mail-enabled security; without it, it is a mere distribution list.
        kind: GroupKind,
        /// `-Members`
        members: Vec<String>,
    },
    /// `Add-DistributionGroupMember`
    AddMember {
        /// The group.
        group: String,
        /// A mailbox or another group.
        member: String,
    },
    /// `Remove-DistributionGroupMember`
    RemoveMember {
        /// The group.
        group: String,
        /// A mailbox or another group.
        member: String,
    },
    /// `New-ApplicationAccessPolicy`
    NewAccessPolicy {
        /// `-AccessRight`
        right: AccessRight,
        /// `-AppId`: a client id or `*`. Any GUID is taken, the wrong one too.
        app_id: String,
        /// `-PolicyScopeGroupId`: a mail-enabled security group or a mailbox.
        scope: String,
    },
    /// `Remove-ApplicationAccessPolicy`
    RemoveAccessPolicy {
        /// The client id or `*` it was made for.
        app_id: String,
        /// The group or mailbox it points at.
        scope: String,
    },
    /// `New-ServicePrincipal`
    NewServicePrincipal {
        /// `-AppId`
        app_id: String,
        /// `-ObjectId`: should be the enterprise application's. Any GUID is taken, the wrong one too.
        object_id: String,
        /// `-DisplayName`
        name: String,
    },
    /// `New-ManagementScope -RecipientRestrictionFilter "MemberOfGroup -eq '…'"`
    NewManagementScope {
        /// `-Name`
        name: String,
        /// The group in the filter.
        group: String,
    },
    /// `New-ManagementRoleAssignment`
    NewRoleAssignment {
        /// `-Name`
        name: String,
        /// `-App`: object id, client id or name of the service principal.
        app: String,
        /// `-Role`, such as `Application Mail.Send`.
        role: String,
        /// Where the role applies.
        scope: RoleScope,
    },
    /// `Remove-ManagementRoleAssignment`
    RemoveRoleAssignment {
        /// Its name.
        name: String,
    },
    /// `Remove-ManagementScope`
    RemoveManagementScope {
        /// Its name.
        name: String,
    },
    /// `Remove-ServicePrincipal`
    RemoveServicePrincipal {
        /// Object id, client id or name of the service principal.
        app: String,
    },
    /// The consent for a Graph permission is taken back in Entra.
    RemoveGrant {
        /// The client id.
        app_id: String,
        /// Such as `Mail.Send`.
        role: String,
    },
}

/// Where a new role assignment applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleScope {
    /// No scope: the whole organisation.
    Organization,
    /// `-CustomResourceScope`
    Custom(String),
    /// `-RecipientGroupScope`
    Group(String),
}

/// A change that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// When Exchange begins to follow it, on the tenant's clock; later for role changes of an application that
    /// goes on calling.
    pub takes_effect_at: Timestamp,
}

/// A change that the cmdlet refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nothing has that name.
    #[error("the {what} '{name}' couldn't be found")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// As it was named.
        name: String,
    },
    /// Something has that name already.
    #[error("the {what} '{name}' exists already")]
    AlreadyExists {
        /// What was to be made.
        what: &'static str,
        /// As it was named.
        name: String,
    },
    /// The member belongs to the group already.
    #[error("'{member}' is already a member of the group '{group}'")]
    AlreadyMember {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
    /// The policy's scope must be a mailbox or a mail-enabled security group.
    #[error("'{0}' isn't a security principal, a mail-enabled security group is needed")]
    NotASecurityPrincipal(String),
    /// Not a GUID.
    #[error("'{0}' isn't an id")]
    NotAnId(String),
}

/// Writes the change down at `now`.
pub(super) fn apply(tenant: &mut Tenant, change: &Change, now: Timestamp) -> Result<Applied, ChangeError> {
    let takes_effect_at = match change {
        Change::NewGroup { name, address, kind, members } => new_group(tenant, (name, address, *kind), members, now),
        Change::AddMember { group, member } => add_member(tenant, group, member, now),
        Change::RemoveMember { group, member } => remove_member(tenant, group, member, now),
        Change::NewAccessPolicy { right, app_id, scope } => new_policy(tenant, *right, app_id, scope, now),
        Change::RemoveAccessPolicy { app_id, scope } => remove_policy(tenant, app_id, scope, now),
        Change::NewServicePrincipal { app_id, object_id, name } => new_pointer(tenant, app_id, object_id, name, now),
        Change::NewManagementScope { name, group } => new_scope(tenant, name, group, now),
        Change::NewRoleAssignment { name, app, role, scope } => new_assignment(tenant, (name, app, role), scope, now),
        Change::RemoveRoleAssignment { name } => remove_assignment(tenant, name, now),
        Change::RemoveManagementScope { name } => remove_scope(tenant, name, now),
        Change::RemoveServicePrincipal { app } => remove_pointer(tenant, app, now),
        Change::RemoveGrant { app_id, role } => remove_grant(tenant, app_id, role, now),
    }?;
    Ok(Applied { takes_effect_at })
}

type Effect = Result<Timestamp, ChangeError>;

pub(super) fn not_found(what: &'static str, name: &str) -> ChangeError {
    ChangeError::NotFound { what, name: name.to_owned() }
}

fn already(what: &'static str, name: &str) -> ChangeError {
    ChangeError::AlreadyExists { what, name: name.to_owned() }
}

fn guid(text: &str) -> Result<Uuid, ChangeError> {
    Uuid::try_parse(text).map_err(|_err| ChangeError::NotAnId(text.to_owned()))
}

fn recipient(tenant: &Tenant, text: &str) -> Result<Uuid, ChangeError> {
    let user = tenant.user(text).map(|user| user.id);
    user.or_else(|| tenant.group(text).map(|group| group.id)).ok_or_else(|| not_found("recipient", text))
}

fn group_id(tenant: &Tenant, text: &str) -> Result<Uuid, ChangeError> {
    tenant.group(text).map(|group| group.id).ok_or_else(|| not_found("group", text))
}

fn group_mut<'a>(tenant: &'a mut Tenant, text: &str) -> Result<&'a mut Group, ChangeError> {
    let id = group_id(tenant, text)?;
    tenant.groups.iter_mut().find(|group| group.id == id).ok_or_else(|| not_found("group", text))
}

fn new_group(tenant: &mut Tenant, new: (&str, &str, GroupKind), members: &[String], now: Timestamp) -> Effect {
    let (name, address, kind) = new;
    if tenant.group(name).is_some() || recipient(tenant, address).is_ok() {
        return Err(already("recipient", address));
    }
    let lifetime = Lifetime::made(now, propagation::MEMBERSHIP);
    let members = members.iter().map(|member| recipient(tenant, member)).collect::<Result<Vec<_>, _>>()?;
    tenant.groups.push(Group {
        // A group made anew under an old name is another group.
        id: object_id(tenant.id, &format!("{name} {now}")),
        name: name.to_owned(),
        mail: Some(address.to_owned()),
        kind,
        members: members.into_iter().map(|id| Member { id, lifetime }).collect(),
        lifetime,
    });
    Ok(lifetime.takes_effect_at())
}

fn add_member(tenant: &mut Tenant, group: &str, member: &str, now: Timestamp) -> Effect {
    let id = recipient(tenant, member)?;
    let members = &mut group_mut(tenant, group)?.members;
    if members.iter().any(|entry| entry.id == id && entry.lifetime.holds(View::Written)) {
        return Err(ChangeError::AlreadyMember { group: group.to_owned(), member: member.to_owned() });
    }
    let lifetime = Lifetime::made(now, propagation::MEMBERSHIP);
    members.push(Member { id, lifetime });
    Ok(lifetime.takes_effect_at())
}

fn remove_member(tenant: &mut Tenant, group: &str, member: &str, now: Timestamp) -> Effect {
    let id = recipient(tenant, member)?;
    let members = &mut group_mut(tenant, group)?.members;
    let entry = members.iter_mut().find(|entry| entry.id == id && entry.lifetime.holds(View::Written));
    let entry = entry.ok_or_else(|| not_found("member", member))?;
    Ok(entry.lifetime.remove(now, propagation::MEMBERSHIP))
}

fn app_match(app_id: &str) -> Result<AppMatch, ChangeError> {
    if app_id == "*" { Ok(AppMatch::Every) } else { guid(app_id).map(AppMatch::One) }
}

fn new_policy(tenant: &mut Tenant, right: AccessRight, app_id: &str, scope: &str, now: Timestamp) -> Effect {
    let apps = app_match(app_id)?;
    let scope_id = recipient(tenant, scope)?;
    if tenant.group(scope).is_some_and(|group| !group.is_security_principal())
        || tenant.user(scope).is_some_and(|user| !user.is_security_principal())
    {
        return Err(ChangeError::NotASecurityPrincipal(scope.to_owned()));
    }
    let same =
        |policy: &AccessPolicy| policy.lifetime.holds(View::Written) && policy.apps == apps && policy.scope == scope_id;
    if tenant.policies.iter().any(same) {
        return Err(already("policy", scope));
    }
    let lifetime = Lifetime::made(now, propagation::POLICY_MADE);
    tenant.policies.push(AccessPolicy { right, apps, scope: scope_id, lifetime });
    Ok(lifetime.takes_effect_at())
}

fn remove_policy(tenant: &mut Tenant, app_id: &str, scope: &str, now: Timestamp) -> Effect {
    let apps = app_match(app_id)?;
    let scope_id = recipient(tenant, scope).or_else(|_err| guid(scope))?;
    let found = tenant
        .policies
        .iter_mut()
        .find(|policy| policy.lifetime.holds(View::Written) && policy.apps == apps && policy.scope == scope_id);
    let policy = found.ok_or_else(|| not_found("policy", scope))?;
    Ok(policy.lifetime.remove(now, propagation::POLICY_REMOVED))
}

fn new_pointer(tenant: &mut Tenant, app_id: &str, object_id: &str, name: &str, now: Timestamp) -> Effect {
    let (client_id, object_id) = (guid(app_id)?, guid(object_id)?);
    if tenant.pointer(app_id).is_some() {
        return Err(already("service principal", app_id));
    }
    let lifetime = Lifetime::made(now, Duration::ZERO);
    tenant.pointers.push(Pointer { client_id, object_id, name: name.to_owned(), lifetime });
    Ok(lifetime.takes_effect_at())
}

fn new_scope(tenant: &mut Tenant, name: &str, group: &str, now: Timestamp) -> Effect {
    let filter = ScopeFilter::MemberOfGroup(group_id(tenant, group)?);
    if tenant.scope(name).is_some() {
        return Err(already("management scope", name));
    }
    let lifetime = Lifetime::made(now, Duration::ZERO);
    tenant.scopes.push(ManagementScope { name: name.to_owned(), filter, lifetime });
    Ok(lifetime.takes_effect_at())
}

fn new_assignment(tenant: &mut Tenant, new: (&str, &str, &str), scope: &RoleScope, now: Timestamp) -> Effect {
    let (name, app, role) = new;
    let assignee = tenant.pointer(app).ok_or_else(|| not_found("service principal", app))?.object_id;
    if !role.strip_prefix("Application ").is_some_and(|role| EXCHANGE_ROLES.contains(&role)) {
        return Err(not_found("role", role));
    }
    let scope = match scope {
        RoleScope::Organization => AssignmentScope::Organization,
        RoleScope::Group(group) => AssignmentScope::Group(group_id(tenant, group)?),
        RoleScope::Custom(scope) => {
            let found = tenant.scope(scope).ok_or_else(|| not_found("management scope", scope))?;
            AssignmentScope::Custom(found.name.clone())
        }
    };
    if assignment(tenant, name).is_some() {
        return Err(already("role assignment", name));
    }
    let lifetime = Lifetime::made(now, propagation::ROLE_WHEN_SILENT);
    tenant.assignments.push(RoleAssignment { name: name.to_owned(), assignee, role: role.to_owned(), scope, lifetime });
    Ok(lifetime.takes_effect_at())
}

fn assignment<'a>(tenant: &'a mut Tenant, name: &str) -> Option<&'a mut RoleAssignment> {
    let same = |entry: &&mut RoleAssignment| entry.lifetime.holds(View::Written) && same_text(&entry.name, name);
    tenant.assignments.iter_mut().find(same)
}

fn remove_assignment(tenant: &mut Tenant, name: &str, now: Timestamp) -> Effect {
    let found = assignment(tenant, name).ok_or_else(|| not_found("role assignment", name))?;
    Ok(found.lifetime.remove(now, propagation::ROLE_WHEN_SILENT))
}

fn remove_scope(tenant: &mut Tenant, name: &str, now: Timestamp) -> Effect {
    let same = |scope: &&mut ManagementScope| scope.lifetime.holds(View::Written) && same_text(&scope.name, name);
    let found = tenant.scopes.iter_mut().find(same).ok_or_else(|| not_found("management scope", name))?;
    Ok(found.lifetime.remove(now, Duration::ZERO))
}

fn remove_pointer(tenant: &mut Tenant, app: &str, now: Timestamp) -> Effect {
    let id = tenant.pointer(app).ok_or_else(|| not_found("service principal", app))?.object_id;
    let same = |pointer: &&mut Pointer| pointer.lifetime.holds(View::Written) && pointer.object_id == id;
    let found = tenant.pointers.iter_mut().find(same).ok_or_else(|| not_found("service principal", app))?;
    Ok(found.lifetime.remove(now, Duration::ZERO))
}

fn remove_grant(tenant: &mut Tenant, app_id: &str, role: &str, now: Timestamp) -> Effect {
    let client_id = guid(app_id)?;
    let app = tenant.apps.iter_mut().find(|app| app.client_id == client_id);
    let app = app.ok_or_else(|| not_found("application", app_id))?;
    let held = app.grants.iter_mut().find(|grant| grant.role == role && grant.lifetime.holds(View::Written));
    Ok(held.ok_or_else(|| not_found("permission", role))?.lifetime.remove(now, propagation::GRANT))
}
