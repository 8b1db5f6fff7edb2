//! Graph's directory: users, groups with their members, service principals with their permissions; read only.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    propagation::View,
    reply::GraphError,
    roles::{self, ROLES},
    scenario_file::object_id,
    tenant::{App, Grant, Group, GroupKind, Resource, Tenant, User, same_text},
    wire::field,
};

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    Users,
    User(String),
    Groups,
    Group(String),
    Members { group: String, nested: bool },
    Principals,
    Principal(Key),
    RoleAssignments(Key),
}

/// How a service principal is named in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    ObjectId(String),
    AppId(String),
}

/// A request with its query.
pub(super) struct Query<'a> {
    pub(super) read: &'a Read,
    pub(super) fields: &'a [(String, String)],
    /// The roles in the caller's token.
    pub(super) roles: &'a [String],
    pub(super) base_url: &'a str,
}

const USERS: &[&str] = &["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"];
const GROUPS: &[&str] = &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"];
const APPLICATIONS: &[&str] = &["Application.Read.All", "Directory.Read.All"];

/// Answers as JSON text, if the token's roles allow the question.
pub(super) fn read(tenant: &Tenant, query: &Query<'_>) -> Result<String, GraphError> {
    let needed = match query.read {
        Read::Users | Read::User(_) => USERS,
        Read::Groups | Read::Group(_) | Read::Members { .. } => GROUPS,
        Read::Principals | Read::Principal(_) | Read::RoleAssignments(_) => APPLICATIONS,
    };
    if !query.has_one_of(needed) {
        let text = "Insufficient privileges to complete the operation.";
        return Err(GraphError::gateway(StatusCode::FORBIDDEN, "Authorization_RequestDenied", text));
    }
    let body = match query.read {
        Read::Users => query.list("users", users(tenant, query)?)?,
        Read::User(user) => query.entity("users", user_json(tenant.user(user).ok_or_else(|| no_resource(user))?)),
        Read::Group(group) => query.entity("groups", group_json(find_group(tenant, group)?)),
        Read::Groups => query.list("groups", groups(tenant, query)?)?,
        Read::Members { group, nested } => query.list("directoryObjects", members(tenant, group, *nested, query)?)?,
        Read::Principals => query.list("servicePrincipals", principals(tenant, query)?)?,
        Read::Principal(key) => query.entity("servicePrincipals", find_principal(tenant, key)?.1),
        Read::RoleAssignments(key) => query.list("appRoleAssignments", role_assignments(tenant, key)?)?,
    };
    Ok(body.to_string())
}

impl Query<'_> {
    fn has_one_of(&self, roles: &[&str]) -> bool {
        self.roles.iter().any(|held| roles.contains(&held.as_str()))
    }

    /// Only what `$select` names.
    fn selected(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        if let Some(select) = field(self.fields, "$select") {
            let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
            object.retain(|name, _| name.starts_with('@') || wanted.contains(&name.as_str()));
        }
        object
    }

    fn context(&self, set: &str) -> String {
        format!("{}/v1.0/$metadata#{set}", self.base_url)
    }

    fn entity(&self, set: &str, object: Map<String, Value>) -> Value {
        let mut object = self.selected(object);
        object.insert("@odata.context".to_owned(), json!(self.context(&format!("{set}/$entity"))));
        Value::Object(object)
    }

    /// One page, with the address of the next.
    fn list(&self, set: &str, objects: Vec<Map<String, Value>>) -> Result<Value, GraphError> {
        let number = |name: &str, missing: usize| match field(self.fields, name) {
            None => Ok(missing),
            Some(text) => text.parse().map_err(|_err| bad_query(&format!("Invalid value '{text}' for {name}."))),
        };
        let size = number("$top", 100)?.clamp(1, 999);
        let from = number("$skiptoken", 0)?;
        let more = objects.len() > from.saturating_add(size);
        let page: Vec<Value> =
            objects.into_iter().skip(from).take(size).map(|object| Value::Object(self.selected(object))).collect();
        let mut body = json!({ "@odata.context": self.context(set), "value": page });
        if let (true, Some(body)) = (more, body.as_object_mut()) {
            body.insert("@odata.nextLink".to_owned(), json!(self.next_link(size, from + size)));
        }
        Ok(body)
    }

    fn next_link(&self, size: usize, from: usize) -> String {
        let path = match self.read {
            Read::Members { group, nested: true } => format!("groups/{group}/transitiveMembers"),
            Read::Members { group, nested: false } => format!("groups/{group}/members"),
            Read::Users => "users".to_owned(),
            Read::Groups => "groups".to_owned(),
            Read::User(_) | Read::Group(_) | Read::Principals | Read::Principal(_) | Read::RoleAssignments(_) => {
                "servicePrincipals".to_owned()
            }
        };
        let select = field(self.fields, "$select").map_or_else(String::new, |select| format!("&$select={select}"));
        format!("{}/v1.0/{path}?$top={size}{select}&$skiptoken={from}", self.base_url)
    }

    /// `property eq 'value'`, the only filter that is understood.
    fn filter(&self) -> Result<Option<(String, String)>, GraphError> {
        let Some(text) = field(self.fields, "$filter") else { return Ok(None) };
        let unsupported = || bad_query(&format!("Unsupported or invalid query filter clause '{text}'."));
        let (property, value) = text.trim().split_once(" eq ").ok_or_else(unsupported)?;
        let value = value.trim().strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let value = value.filter(|value| !value.replace("''", "").contains('\'')).ok_or_else(unsupported)?;
        Ok(Some((property.trim().to_owned(), value.replace("''", "'"))))
    }
}

fn bad_query(text: &str) -> GraphError {
    GraphError::gateway(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", text)
}

fn no_resource(id: &str) -> GraphError {
    let text =
        format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
    GraphError::gateway(StatusCode::NOT_FOUND, "Request_ResourceNotFound", text)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// Those of `objects` whose property has the value of the filter.
fn filtered(
    objects: Vec<Map<String, Value>>,
    query: &Query<'_>,
    known: &[&str],
) -> Result<Vec<Map<String, Value>>, GraphError> {
    let Some((property, value)) = query.filter()? else { return Ok(objects) };
    if !known.contains(&property.as_str()) {
        return Err(bad_query(&format!(
            "Unsupported or invalid query filter clause specified for property '{property}'."
        )));
    }
    let matches = |object: &Map<String, Value>| {
        object.get(&property).and_then(Value::as_str).is_some_and(|found| same_text(found, &value))
    };
    Ok(objects.into_iter().filter(matches).collect())
}

fn user_json(user: &User) -> Map<String, Value> {
    object(json!({
        "id": user.id.to_string(),
        "displayName": user.name,
        "userPrincipalName": user.upn,
        "mail": user.mail.clone().or_else(|| user.has_mailbox().then(|| user.upn.clone())),
        "businessPhones": [],
        "givenName": null,
        "surname": null,
        "jobTitle": null,
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
    }))
}

fn group_json(group: &Group) -> Map<String, Value> {
    let (mail_enabled, security_enabled, unified) = match group.kind {
        GroupKind::MailEnabledSecurity => (true, true, false),
        GroupKind::Distribution => (true, false, false),
        GroupKind::Microsoft365 => (true, false, true),
        GroupKind::Security => (false, true, false),
    };
    let nickname = group.mail.as_deref().and_then(|mail| mail.split('@').next()).unwrap_or(&group.name);
    object(json!({
        "id": group.id.to_string(),
        "displayName": group.name,
        "mail": group.mail,
        "mailNickname": nickname,
        "mailEnabled": mail_enabled,
        "securityEnabled": security_enabled,
        "groupTypes": if unified { vec!["Unified"] } else { Vec::new() },
        "description": null,
        "onPremisesSyncEnabled": null,
        "visibility": null,
    }))
}

fn users(tenant: &Tenant, query: &Query<'_>) -> Result<Vec<Map<String, Value>>, GraphError> {
    filtered(tenant.users.iter().map(user_json).collect(), query, &["userPrincipalName", "mail", "displayName", "id"])
}

fn groups(tenant: &Tenant, query: &Query<'_>) -> Result<Vec<Map<String, Value>>, GraphError> {
    let written = tenant.groups.iter().filter(|group| group.lifetime.holds(View::Written));
    filtered(written.map(group_json).collect(), query, &["mail", "displayName", "mailNickname", "id"])
}

/// Groups are read by object id alone.
fn find_group<'a>(tenant: &'a Tenant, text: &str) -> Result<&'a Group, GraphError> {
    Uuid::try_parse(text).ok().and_then(|_| tenant.group(text)).ok_or_else(|| no_resource(text))
}

fn members(
    tenant: &Tenant,
    group: &str,
    nested: bool,
    query: &Query<'_>,
) -> Result<Vec<Map<String, Value>>, GraphError> {
    let mut open = vec![find_group(tenant, group)?];
    let mut seen: Vec<Uuid> = open.iter().map(|group| group.id).collect();
    let mut found = Vec::new();
    while let Some(group) = open.pop() {
        for member in group.members.iter().filter(|member| member.lifetime.holds(View::Written)) {
            if seen.contains(&member.id) {
                continue;
            }
            seen.push(member.id);
            let inner = tenant.group(&member.id.to_string());
            let user = tenant.users.iter().find(|user| user.id == member.id);
            if let Some(user) = user {
                found.push(member_json("user", user_json(user), query.has_one_of(USERS)));
            } else if let Some(inner) = inner {
                found.push(member_json("group", group_json(inner), true));
                if nested {
                    open.push(inner);
                }
            }
        }
    }
    Ok(found)
}

/// Without the right to read users, their properties come as null: only type and id are told.
fn member_json(kind: &str, mut member: Map<String, Value>, readable: bool) -> Map<String, Value> {
    if !readable {
        for (_, value) in member.iter_mut().filter(|(name, _)| *name != "id") {
            *value = Value::Null;
        }
    }
    member.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{kind}")));
    member
}

/// The two resources as service principals: name, client id, resource.
const RESOURCES: &[(&str, &str, Resource)] = &[
    ("Microsoft Graph", "00000003-0000-0000-c000-000000000000", Resource::Graph),
    ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000", Resource::Exchange),
];

fn principals(tenant: &Tenant, query: &Query<'_>) -> Result<Vec<Map<String, Value>>, GraphError> {
    let own = tenant.apps.iter().filter(|app| app.present).map(|app| principal_json(tenant, app));
    let resources = RESOURCES.iter().map(|(name, app_id, resource)| resource_json(tenant, name, app_id, *resource));
    filtered(own.chain(resources).collect(), query, &["appId", "displayName", "id"])
}

/// A service principal; the application behind it unless it is one of the resources.
fn find_principal<'a>(tenant: &'a Tenant, key: &Key) -> Result<(Option<&'a App>, Map<String, Value>), GraphError> {
    let (Key::ObjectId(text) | Key::AppId(text)) = key;
    let is_named = |client_id: &str, object_id: &str| match key {
        Key::AppId(text) => text.eq_ignore_ascii_case(client_id),
        Key::ObjectId(text) => text.eq_ignore_ascii_case(object_id),
    };
    let own = |app: &&App| app.present && is_named(&app.client_id.to_string(), &app.object_id.to_string());
    if let Some(app) = tenant.apps.iter().find(own) {
        return Ok((Some(app), principal_json(tenant, app)));
    }
    let found = RESOURCES.iter().find(|(name, app_id, _)| is_named(app_id, &object_id(tenant.id, name).to_string()));
    let (name, app_id, resource) = found.ok_or_else(|| no_resource(text))?;
    Ok((None, resource_json(tenant, name, app_id, *resource)))
}

fn principal_json(tenant: &Tenant, app: &App) -> Map<String, Value> {
    object(json!({
        "id": app.object_id.to_string(),
        "appId": app.client_id.to_string(),
        "displayName": app.name,
        "appDisplayName": app.name,
        "accountEnabled": app.enabled,
        "appOwnerOrganizationId": tenant.id.to_string(),
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "disabledByMicrosoftStatus": null,
        "passwordCredentials": [],
        "keyCredentials": [],
        "appRoles": [],
    }))
}

fn resource_json(tenant: &Tenant, name: &str, app_id: &str, resource: Resource) -> Map<String, Value> {
    let offered = ROLES.iter().filter(|role| role.resource == resource);
    let app_roles: Vec<Value> = offered
        .map(|role| {
            json!({
                "id": role.id.to_string(),
                "value": role.value,
                "displayName": role.value,
                "allowedMemberTypes": ["Application"],
                "isEnabled": true,
            })
        })
        .collect();
    object(json!({
        "id": object_id(tenant.id, name).to_string(),
        "appId": app_id,
        "displayName": name,
        "appDisplayName": name,
        "accountEnabled": true,
        "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "servicePrincipalType": "Application",
        "appRoles": app_roles,
    }))
}

fn role_assignments(tenant: &Tenant, key: &Key) -> Result<Vec<Map<String, Value>>, GraphError> {
    let (app, _) = find_principal(tenant, key)?;
    let entry = |app: &App, grant: &Grant| {
        let resource = RESOURCES.iter().find(|(_, _, resource)| *resource == grant.resource);
        let name = resource.map_or("", |(name, _, _)| *name);
        object(json!({
            "id": grant.id.simple().to_string(),
            "deletedDateTime": null,
            "appRoleId": roles::find(grant.resource, &grant.role).map(|role| role.id.to_string()),
            "createdDateTime": "2025-02-03T09:12:44Z",
            "principalDisplayName": app.name,
            "principalId": app.object_id.to_string(),
            "principalType": "ServicePrincipal",
            "resourceDisplayName": name,
            "resourceId": object_id(tenant.id, name).to_string(),
        }))
    };
    let held = |app: &App| {
        let written = app.grants.iter().filter(|grant| grant.lifetime.holds(View::Written));
        written.map(|grant| entry(app, grant)).collect()
    };
    Ok(app.map(held).unwrap_or_default())
}
