//! What the two `Test-…` cmdlets answer: each sees its own mechanism alone, and neither looks at the caches.

use uuid::Uuid;

use super::{
    access::{PolicyCheck, check_policies, in_scope, permissions},
    change::{ChangeError, not_found},
    propagation::View,
    tenant::{AssignmentScope, RoleAssignment, Tenant, User},
};

/// The answer of `Test-ApplicationAccessPolicy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTest {
    /// As it was asked.
    pub app_id: String,
    /// The mailbox's display name.
    pub mailbox: String,
    /// Its object id.
    pub mailbox_id: String,
    /// What the policies say; roles and grants are not asked.
    pub access_check_result: PolicyCheck,
}

/// One line of `Test-ServicePrincipalAuthorization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// The application role.
    pub role_name: String,
    /// The permissions the role carries.
    pub granted_permissions: Vec<String>,
    /// The scope's name, or `Organization`.
    pub allowed_resource_scope: String,
    /// `CustomRecipientScope`, `Group` or `Organization`.
    pub scope_type: String,
    /// Whether the mailbox is in the scope; `None` when none was asked for (`Not Run`).
    pub in_scope: Option<bool>,
}

/// `Test-ApplicationAccessPolicy -AppId app_id -Identity mailbox`
pub(super) fn test_application_access_policy(
    tenant: &Tenant,
    app_id: &str,
    mailbox: &str,
) -> Result<PolicyTest, ChangeError> {
    let client_id = Uuid::try_parse(app_id).map_err(|_err| ChangeError::NotAnId(app_id.to_owned()))?;
    let user = user(tenant, mailbox)?;
    Ok(PolicyTest {
        app_id: app_id.to_owned(),
        mailbox: user.name.clone(),
        mailbox_id: user.id.to_string(),
        access_check_result: check_policies(tenant, client_id, user, View::Written),
    })
}

/// `Test-ServicePrincipalAuthorization -Identity app [-Resource mailbox]`
pub(super) fn test_service_principal_authorization(
    tenant: &Tenant,
    app: &str,
    mailbox: Option<&str>,
) -> Result<Vec<AuthorizationRow>, ChangeError> {
    let pointer = tenant.pointer(app).ok_or_else(|| not_found("service principal", app))?;
    let mailbox = mailbox.map(|text| user(tenant, text)).transpose()?;
    let row = |assignment: &RoleAssignment| {
        let (allowed_resource_scope, scope_type) = match &assignment.scope {
            AssignmentScope::Organization => ("Organization".to_owned(), "Organization"),
            AssignmentScope::Custom(name) => (name.clone(), "CustomRecipientScope"),
            AssignmentScope::Group(id) => (group_name(tenant, *id), "Group"),
        };
        AuthorizationRow {
            role_name: assignment.role.clone(),
            granted_permissions: permissions(&assignment.role).into_iter().map(str::to_owned).collect(),
            allowed_resource_scope,
            scope_type: scope_type.to_owned(),
            in_scope: mailbox.map(|mailbox| in_scope(tenant, assignment, mailbox, View::Written)),
        }
    };
    let held = |entry: &&RoleAssignment| entry.assignee == pointer.object_id && entry.lifetime.holds(View::Written);
    Ok(tenant.assignments.iter().filter(held).map(row).collect())
}

fn user<'a>(tenant: &'a Tenant, text: &str) -> Result<&'a User, ChangeError> {
    tenant.user(text).filter(|user| user.has_mailbox()).ok_or_else(|| not_found("recipient", text))
}

fn group_name(tenant: &Tenant, id: Uuid) -> String {
    tenant.groups.iter().find(|group| group.id == id).map_or_else(|| id.to_string(), |group| group.name.clone())
}
