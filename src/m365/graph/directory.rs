//! Reads of the directory that help with setting a fence up: the group, its members, the app and its grants.
//!
//! The app under test usually may read none of it. "Not allowed" is therefore an answer and never a failure.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    base::{ClientId, Redactor},
    m365::{Body, Endpoints, Error, Kind, Operation, Reply, Request, RequestIds, Transport, auth::AccessToken},
};

use super::error_body;

/// Pages of one list that are read; at up to 999 entries each, more than any group a fence is made of.
const PAGES: usize = 50;
/// Microsoft Graph's own application id, the same in every tenant.
const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// What came of reading something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// It was read.
    Got(T),
    /// The token's permissions do not reach that far.
    NotAllowed,
    /// There is no such object.
    NotFound,
}

/// A group as the directory describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupInfo {
    /// Object id.
    pub id: String,
    /// Name.
    pub display_name: Option<String>,
    /// Address.
    pub mail: Option<String>,
    /// Whether it has an address.
    #[serde(default)]
    pub mail_enabled: bool,
    /// Whether rights can be given to it.
    #[serde(default)]
    pub security_enabled: bool,
    /// `Unified` for Microsoft 365 groups, `DynamicMembership` for dynamic ones.
    #[serde(default)]
    pub group_types: Vec<String>,
    /// Whether it is kept in step with an on-premises directory, and can be changed only there.
    #[serde(default)]
    pub on_premises_sync_enabled: Option<bool>,
}

/// A direct member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberInfo {
    /// Object id.
    pub id: String,
    /// `#microsoft.graph.user`, `#microsoft.graph.group`, …
    #[serde(rename = "@odata.type")]
    pub kind: Option<String>,
    /// Name.
    pub display_name: Option<String>,
    /// Address; hidden from apps that may read memberships alone.
    pub mail: Option<String>,
    /// Sign-in name; hidden likewise.
    pub user_principal_name: Option<String>,
}

/// The enterprise application of an app registration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// Object id, which RBAC for Applications wants.
    pub id: String,
    /// Client id.
    pub app_id: String,
    /// Name.
    pub display_name: Option<String>,
    /// Whether sign-in is enabled.
    pub account_enabled: Option<bool>,
}

/// An application permission granted in Entra.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppGrant {
    /// Id of the grant, for removing it.
    pub id: String,
    /// The resource's name, such as `Microsoft Graph`.
    pub resource: String,
    /// The permission's id on that resource.
    pub role_id: String,
    /// Its name, such as `Mail.Send`; `None` when the resource's roles could not be read.
    pub role: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GrantWire {
    id: String,
    app_role_id: String,
    #[serde(default)]
    resource_display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceWire {
    #[serde(default)]
    app_roles: Vec<RoleWire>,
}

#[derive(Deserialize)]
struct RoleWire {
    id: String,
    value: Option<String>,
}

/// Reads the directory as the application. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DirectoryClient {
    transport: Transport,
    endpoints: Endpoints,
}

impl DirectoryClient {
    /// A client over one session's transport.
    pub fn new(transport: Transport, endpoints: Endpoints) -> Self {
        Self { transport, endpoints }
    }

    /// The group with this address.
    pub async fn group(&self, token: &AccessToken, address: &str) -> Result<Read<GroupInfo>, Box<Error>> {
        let mut url = self.endpoints.graph_path(&["groups"]);
        // OData doubles a single quote inside a text.
        let filter = format!("mail eq '{}'", address.replace('\'', "''"));
        url.query_pairs_mut()
            .append_pair("$filter", &filter)
            .append_pair("$select", "id,displayName,mail,mailEnabled,securityEnabled,groupTypes,onPremisesSyncEnabled");
        let page: Read<Page<GroupInfo>> = self.read(token, Operation::ReadGroup, &url).await?;
        let redactor = self.transport.redactor();
        let first = |page: Page<GroupInfo>| page.value.into_iter().next().map(|group| group.scrubbed(&redactor));
        Ok(page.and_then(|page| first(page).map_or(Read::NotFound, Read::Got)))
    }

    /// The direct members of a group.
    pub async fn members(&self, token: &AccessToken, group_id: &str) -> Result<Read<Vec<MemberInfo>>, Box<Error>> {
        let mut url = self.endpoints.graph_path(&["groups", group_id, "members"]);
        url.query_pairs_mut()
            .append_pair("$select", "id,displayName,mail,userPrincipalName")
            .append_pair("$top", "999");
        let members: Read<Vec<MemberInfo>> = self.list(token, Operation::ReadMembers, url).await?;
        let redactor = self.transport.redactor();
        let scrubbed =
            |members: Vec<MemberInfo>| members.into_iter().map(|member| member.scrubbed(&redactor)).collect();
        Ok(members.and_then(|members| Read::Got(scrubbed(members))))
    }

    /// The enterprise application of `client`.
    pub async fn application(&self, token: &AccessToken, client: ClientId) -> Result<Read<AppInfo>, Box<Error>> {
        let mut url = self.service_principal(&client.to_string());
        url.query_pairs_mut().append_pair("$select", "id,appId,displayName,accountEnabled");
        let app: Read<AppInfo> = self.read(token, Operation::ReadApplication, &url).await?;
        Ok(app.and_then(|app| Read::Got(app.scrubbed(&self.transport.redactor()))))
    }

    /// What was granted to an enterprise application in Entra.
    pub async fn grants(&self, token: &AccessToken, object_id: &str) -> Result<Read<Vec<AppGrant>>, Box<Error>> {
        let url = self.endpoints.graph_path(&["servicePrincipals", object_id, "appRoleAssignments"]);
        let wires: Vec<GrantWire> = match self.list(token, Operation::ReadGrants, url).await? {
            Read::Got(wires) => wires,
            Read::NotAllowed => return Ok(Read::NotAllowed),
            Read::NotFound => return Ok(Read::NotFound),
        };
        let mut roles = self.service_principal(GRAPH_APP_ID);
        roles.query_pairs_mut().append_pair("$select", "appRoles");
        let roles = match self.read::<ResourceWire>(token, Operation::ReadApplication, &roles).await? {
            Read::Got(resource) => resource.app_roles,
            Read::NotAllowed | Read::NotFound => Vec::new(),
        };
        let redactor = self.transport.redactor();
        let name_of = |id: &str| roles.iter().find(|role| role.id == id).and_then(|role| role.value.as_deref());
        let grant = |wire: GrantWire| AppGrant {
            role: name_of(&wire.app_role_id).map(|name| redactor.scrub(name)),
            id: redactor.scrub(&wire.id),
            resource: redactor.scrub(&wire.resource_display_name.unwrap_or_default()),
            role_id: redactor.scrub(&wire.app_role_id),
        };
        Ok(Read::Got(wires.into_iter().map(grant).collect()))
    }

    fn service_principal(&self, app_id: &str) -> Url {
        // A key in parentheses is one segment of OData: it must not be encoded as a value.
        let base = self.endpoints.graph_path(&[]);
        let mut url = base.clone();
        url.set_path(&format!("{}/servicePrincipals(appId='{app_id}')", base.path().trim_end_matches('/')));
        url
    }

    async fn list<T: DeserializeOwned>(
        &self,
        token: &AccessToken,
        operation: Operation,
        first: Url,
    ) -> Result<Read<Vec<T>>, Box<Error>> {
        let mut all = Vec::new();
        let mut next = Some(first);
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let page: Page<T> = match self.read(token, operation, &url).await? {
                Read::Got(page) => page,
                Read::NotAllowed => return Ok(Read::NotAllowed),
                Read::NotFound => return Ok(Read::NotFound),
            };
            all.extend(page.value);
            // A link that leaves Graph would take the token with it, and one that cannot be read is not the end.
            next = match page.next_link.as_deref().map(Url::parse) {
                None => None,
                Some(Ok(url)) if self.endpoints.is_graph(&url) => Some(url),
                Some(_) => return Err(incomplete(operation, "the list goes on at an address that is not followed")),
            };
        }
        // Half a list must not pass for a whole one.
        if next.is_some() {
            Err(incomplete(operation, "the list has more pages than are read"))
        } else {
            Ok(Read::Got(all))
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        token: &AccessToken,
        operation: Operation,
        url: &Url,
    ) -> Result<Read<T>, Box<Error>> {
        let build = || Request { operation, url: url.clone(), bearer: Some(token.secret.clone()), body: Body::Empty };
        let attempted = self.transport.call(build).await;
        let reply = attempted.result.map_err(Box::new)?;
        understand(&reply).ok_or_else(|| Box::new(Error::of_reply(operation, url, &reply, attempted.attempts)))
    }
}

// Names and ids are shown, written down and asked with; whoever answers may have put into them what it was sent.

impl GroupInfo {
    fn scrubbed(self, redactor: &Redactor) -> Self {
        Self {
            id: redactor.scrub(&self.id),
            display_name: scrub(redactor, self.display_name),
            mail: scrub(redactor, self.mail),
            group_types: self.group_types.iter().map(|kind| redactor.scrub(kind)).collect(),
            ..self
        }
    }
}

impl MemberInfo {
    fn scrubbed(self, redactor: &Redactor) -> Self {
        Self {
            id: redactor.scrub(&self.id),
            kind: scrub(redactor, self.kind),
            display_name: scrub(redactor, self.display_name),
            mail: scrub(redactor, self.mail),
            user_principal_name: scrub(redactor, self.user_principal_name),
        }
    }
}

impl AppInfo {
    fn scrubbed(self, redactor: &Redactor) -> Self {
        Self {
            id: redactor.scrub(&self.id),
            app_id: redactor.scrub(&self.app_id),
            display_name: scrub(redactor, self.display_name),
            account_enabled: self.account_enabled,
        }
    }
}

fn scrub(redactor: &Redactor, text: Option<String>) -> Option<String> {
    text.map(|text| redactor.scrub(&text))
}

impl<T> Read<T> {
    fn and_then<U>(self, next: impl FnOnce(T) -> Read<U>) -> Read<U> {
        match self {
            Self::Got(value) => next(value),
            Self::NotAllowed => Read::NotAllowed,
            Self::NotFound => Read::NotFound,
        }
    }
}

fn incomplete(operation: Operation, why: &str) -> Box<Error> {
    Box::new(Error {
        operation,
        kind: Kind::Unexpected,
        host: String::new(),
        status: None,
        service: None,
        ids: RequestIds::default(),
        attempts: 1,
        elapsed: Duration::ZERO,
        detail: Some(why.to_owned()),
    })
}

/// The value, or Graph's own word that it may not or cannot be read; `None` for everything else.
fn understand<T: DeserializeOwned>(reply: &Reply) -> Option<Read<T>> {
    match reply.status {
        200 => serde_json::from_str(&reply.body).ok().map(Read::Got),
        403 if error_body::parse(&reply.body).is_some() => Some(Read::NotAllowed),
        404 if error_body::parse(&reply.body).is_some() => Some(Read::NotFound),
        _ => None,
    }
}
