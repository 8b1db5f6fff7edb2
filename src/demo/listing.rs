//! What the `Get-…` cmdlets show of one app's fence: what is written down, whether or not it is in force yet.

use uuid::Uuid;

use super::{
    propagation::View,
    tenant::{
        AccessRight, AppMatch, AssignmentScope, Group, GroupKind, Mailbox, Pointer, Resource, ScopeFilter, Tenant, User,
    },
};

/// Whose fence is looked at.
#[derive(Debug, Clone, Copy)]
pub struct ListingOf<'a> {
    /// The client id.
    pub app_id: &'a str,
    /// The group's address.
    pub group: &'a str,
    /// The mailboxes that are asked about.
    pub mailboxes: &'a [String],
}

/// Everything the `Get-…` cmdlets show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The tenant's GUID.
    pub tenant_id: String,
    /// The group, when there is one with this address.
    pub group: Option<ListedRecipient>,
    /// Its direct members.
    pub members: Vec<ListedRecipient>,
    /// Each mailbox as asked, with what answers to it.
    pub mailboxes: Vec<(String, Option<ListedRecipient>)>,
    /// Policies for the app, for every app, or for the group.
    pub policies: Vec<ListedPolicy>,
    /// The app's entries in Exchange.
    pub pointers: Vec<ListedPointer>,
    /// Their roles.
    pub assignments: Vec<ListedAssignment>,
    /// All scopes.
    pub scopes: Vec<ListedScope>,
    /// Permissions for Graph that are granted in Entra.
    pub grants: Vec<String>,
}

/// `Get-Recipient`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecipient {
    /// Its name.
    pub name: String,
    /// Its primary address.
    pub address: String,
    /// `RecipientTypeDetails`
    pub kind: &'static str,
    /// Its object id.
    pub id: String,
    /// `DistinguishedName`
    pub distinguished_name: String,
}

/// `Get-ApplicationAccessPolicy`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPolicy {
    /// `Identity`, which ends in the target's object id.
    pub identity: String,
    /// `AppId`: a client id or `*`.
    pub app_id: String,
    /// `AccessRight`
    pub access_right: &'static str,
    /// `ScopeName`
    pub scope_name: String,
    /// The object id of what it points at.
    pub scope_id: String,
    /// `IsValid`: its target still exists.
    pub is_valid: bool,
}

/// `Get-ServicePrincipal`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPointer {
    /// `AppId`
    pub app_id: String,
    /// `ObjectId`
    pub object_id: String,
    /// `DisplayName`
    pub name: String,
}

/// `Get-ManagementRoleAssignment`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAssignment {
    /// `Name`
    pub name: String,
    /// `Role`
    pub role: String,
    /// `RoleAssignee`
    pub assignee: String,
    /// `RecipientWriteScope`
    pub scope_kind: &'static str,
    /// `CustomResourceScope`
    pub custom_scope: String,
    /// `RecipientGroupScope`
    pub group_scope: String,
}

/// `Get-ManagementScope`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedScope {
    /// `Name`
    pub name: String,
    /// `RecipientFilter`
    pub filter: String,
}

/// What is written down about one app's fence.
pub(super) fn listing(tenant: &Tenant, of: ListingOf<'_>) -> Listing {
    let client_id = Uuid::try_parse(of.app_id).ok();
    let group = tenant.group(of.group).filter(|group| group.mail.is_some());
    let pointers: Vec<&Pointer> = tenant
        .pointers
        .iter()
        .filter(|pointer| pointer.lifetime.holds(View::Written) && Some(pointer.client_id) == client_id)
        .collect();
    Listing {
        tenant_id: tenant.id.to_string(),
        group: group.map(|group| of_group(tenant, group)),
        members: group.map(|group| members(tenant, group)).unwrap_or_default(),
        mailboxes: of.mailboxes.iter().map(|asked| (asked.clone(), recipient(tenant, asked))).collect(),
        policies: policies(tenant, client_id, group),
        assignments: assignments(tenant, &pointers),
        pointers: pointers
            .into_iter()
            .map(|pointer| ListedPointer {
                app_id: pointer.client_id.to_string(),
                object_id: pointer.object_id.to_string(),
                name: pointer.name.clone(),
            })
            .collect(),
        scopes: scopes(tenant),
        grants: client_id.map(|client_id| grants(tenant, client_id)).unwrap_or_default(),
    }
}

fn recipient(tenant: &Tenant, text: &str) -> Option<ListedRecipient> {
    match tenant.user(text) {
        Some(user) => of_user(tenant, user),
        None => tenant.group(text).filter(|group| group.mail.is_some()).map(|group| of_group(tenant, group)),
    }
}

fn of_user(tenant: &Tenant, user: &User) -> Option<ListedRecipient> {
    let kind = match user.mailbox {
        Mailbox::Licensed => "UserMailbox",
        Mailbox::Shared => "SharedMailbox",
        Mailbox::OnPremises => "MailUser",
        Mailbox::None | Mailbox::SoftDeleted => return None,
    };
    Some(ListedRecipient {
        name: user.name.clone(),
        address: user.address().to_owned(),
        kind,
        id: user.id.to_string(),
        distinguished_name: distinguished_name(tenant, &user.name),
    })
}

fn of_group(tenant: &Tenant, group: &Group) -> ListedRecipient {
    let kind = match group.kind {
        GroupKind::MailEnabledSecurity => "MailUniversalSecurityGroup",
        GroupKind::Distribution => "MailUniversalDistributionGroup",
        GroupKind::Microsoft365 => "GroupMailbox",
        GroupKind::Security => "UniversalSecurityGroup",
    };
    ListedRecipient {
        name: group.name.clone(),
        address: group.mail.clone().unwrap_or_default(),
        kind,
        id: group.id.to_string(),
        distinguished_name: distinguished_name(tenant, &group.name),
    }
}

fn distinguished_name(tenant: &Tenant, name: &str) -> String {
    let domain = tenant.domains.last().map(String::as_str).unwrap_or_default();
    format!("CN={name},OU={domain},OU=Microsoft Exchange Hosted Organizations,DC=DEMO,DC=LOCAL")
}

fn members(tenant: &Tenant, group: &Group) -> Vec<ListedRecipient> {
    let held = group.members.iter().filter(|entry| entry.lifetime.holds(View::Written));
    held.filter_map(|entry| recipient(tenant, &entry.id.to_string())).collect()
}

fn policies(tenant: &Tenant, client_id: Option<Uuid>, group: Option<&Group>) -> Vec<ListedPolicy> {
    let mut listed = Vec::new();
    for policy in tenant.policies.iter().filter(|policy| policy.lifetime.holds(View::Written)) {
        let app_id = match &policy.apps {
            AppMatch::Every => "*".to_owned(),
            AppMatch::One(id) => id.to_string(),
        };
        let concerns = policy.apps == AppMatch::Every
            || client_id.is_some_and(|id| policy.apps == AppMatch::One(id))
            || group.is_some_and(|group| group.id == policy.scope);
        if concerns {
            let target = recipient(tenant, &policy.scope.to_string());
            listed.push(ListedPolicy {
                identity: format!("{}\\{app_id}:S-1-5-21-0-0-0-0;{}", tenant.id, policy.scope),
                app_id,
                access_right: match policy.right {
                    AccessRight::RestrictAccess => "RestrictAccess",
                    AccessRight::DenyAccess => "DenyAccess",
                },
                is_valid: target.is_some(),
                scope_name: target.map(|target| target.name).unwrap_or_default(),
                scope_id: policy.scope.to_string(),
            });
        }
    }
    listed
}

fn assignments(tenant: &Tenant, pointers: &[&Pointer]) -> Vec<ListedAssignment> {
    let held = tenant.assignments.iter().filter(|entry| {
        entry.lifetime.holds(View::Written) && pointers.iter().any(|pointer| pointer.object_id == entry.assignee)
    });
    held.map(|entry| {
        let (scope_kind, custom_scope, group_scope) = match &entry.scope {
            AssignmentScope::Organization => ("Organization", String::new(), String::new()),
            AssignmentScope::Custom(name) => ("CustomRecipientScope", name.clone(), String::new()),
            AssignmentScope::Group(id) => ("Group", String::new(), group_name(tenant, *id)),
        };
        ListedAssignment {
            name: entry.name.clone(),
            role: entry.role.clone(),
            assignee: entry.assignee.to_string(),
            scope_kind,
            custom_scope,
            group_scope,
        }
    })
    .collect()
}

fn group_name(tenant: &Tenant, id: Uuid) -> String {
    tenant.group(&id.to_string()).map_or_else(|| id.to_string(), |group| group.name.clone())
}

fn scopes(tenant: &Tenant) -> Vec<ListedScope> {
    let member_of = |id: Uuid| {
        let name = tenant.group(&id.to_string()).map(|group| distinguished_name(tenant, &group.name));
        format!("MemberOfGroup -eq '{}'", name.unwrap_or_else(|| id.to_string()).replace('\'', "''"))
    };
    let written = tenant.scopes.iter().filter(|scope| scope.lifetime.holds(View::Written));
    written
        .map(|scope| ListedScope {
            name: scope.name.clone(),
            filter: match &scope.filter {
                ScopeFilter::MemberOfGroup(id) => member_of(*id),
                ScopeFilter::NotMemberOfGroup(id) => format!("-not({})", member_of(*id)),
                ScopeFilter::PrimarySmtpAddress(address) => format!("PrimarySmtpAddress -eq '{address}'"),
            },
        })
        .collect()
}

fn grants(tenant: &Tenant, client_id: Uuid) -> Vec<String> {
    let Some(app) = tenant.app(client_id) else { return Vec::new() };
    let held =
        app.grants.iter().filter(|grant| grant.resource == Resource::Graph && grant.lifetime.holds(View::Written));
    held.map(|grant| grant.role.clone()).collect()
}
