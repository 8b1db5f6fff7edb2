//! The form of a scenario file, and the tenant that is built from it.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error as _};
use uuid::Uuid;

use crate::base::{Secret, Timestamp};

use super::{
    faults::Fault,
    propagation::Lifetime,
    roles,
    scenario::{Expected, ExpectedSender},
    tenant::{
        AccessPolicy, AccessRight, App, AppMatch, AppSecret, AssignmentScope, Grant, Group, GroupKind, Mailbox,
        ManagementScope, Member, Pointer, Resource, RoleAssignment, ScopeFilter, Tenant, User, same_text,
    },
};

/// A whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioFile {
    pub(super) title: String,
    pub(super) about: String,
    tenant: TenantPart,
    pub(super) app: AppPart,
    #[serde(default)]
    users: Vec<UserPart>,
    /// Mailboxes by the hundred.
    #[serde(default)]
    many: Vec<ManyPart>,
    #[serde(default)]
    groups: Vec<GroupPart>,
    #[serde(default)]
    policies: Vec<PolicyPart>,
    #[serde(default)]
    scopes: Vec<ScopePart>,
    #[serde(default)]
    role_assignments: Vec<AssignmentPart>,
    pub(super) r#try: TryPart,
    #[serde(default)]
    pub(super) faults: Vec<Fault>,
    pub(super) expect: ExpectPart,
    pub(super) expect_later: Option<LaterPart>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantPart {
    #[serde(deserialize_with = "guid")]
    id: Uuid,
    name: String,
    domains: Vec<String>,
    /// Whether a mail is judged before the right to send it, so that a probe without recipients tells nothing.
    #[serde(default)]
    payload_first: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppPart {
    #[serde(deserialize_with = "guid")]
    client_id: Uuid,
    #[serde(deserialize_with = "guid")]
    object_id: Uuid,
    name: String,
    pub(super) secret: String,
    #[serde(default, deserialize_with = "moment")]
    secret_expires: Option<Timestamp>,
    #[serde(default = "yes")]
    enabled: bool,
    /// Whether the enterprise application exists.
    #[serde(default = "yes")]
    present: bool,
    /// Whether Exchange has a pointer to it (`New-ServicePrincipal`).
    #[serde(default)]
    exchange_pointer: bool,
    /// Microsoft Graph permissions with admin consent.
    #[serde(default)]
    grants: Vec<String>,
    /// Office 365 Exchange Online permissions with admin consent.
    #[serde(default)]
    exchange_grants: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserPart {
    name: String,
    upn: String,
    /// The primary address where it differs from the user principal name.
    mail: Option<String>,
    mailbox: Mailbox,
    #[serde(default)]
    restricted: bool,
}

/// Generated people: `prefix-0001@domain` and so on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManyPart {
    prefix: String,
    domain: String,
    count: usize,
    mailbox: Mailbox,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupPart {
    name: String,
    mail: Option<String>,
    kind: GroupKind,
    #[serde(default)]
    members: Vec<String>,
    /// The group was deleted, and left policies behind.
    #[serde(default)]
    deleted: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyPart {
    right: AccessRight,
    /// `*`, `app` for the scenario's own, or a client id.
    app: String,
    /// A group or a mailbox.
    scope: String,
    #[serde(default)]
    in_force_in_minutes: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopePart {
    name: String,
    member_of_group: Option<String>,
    not_member_of_group: Option<String>,
    primary_smtp_address: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignmentPart {
    role: String,
    custom_scope: Option<String>,
    group_scope: Option<String>,
    #[serde(default)]
    in_force_in_minutes: u64,
}

/// Whom to test with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TryPart {
    pub(super) permitted: Vec<String>,
    pub(super) forbidden: Vec<String>,
    pub(super) recipient: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectPart {
    verdict: String,
    mechanism: String,
    exit_code: u8,
    aadsts: Option<u32>,
    #[serde(default)]
    senders: Vec<SenderPart>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SenderPart {
    address: String,
    outcome: String,
    verdict: String,
}

/// What is expected after a wait.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LaterPart {
    pub(super) after_minutes: u64,
    pub(super) then: ExpectPart,
}

fn guid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    Uuid::try_parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

fn yes() -> bool {
    true
}

impl ExpectPart {
    pub(super) fn to_expected(&self, permitted: &[String]) -> Expected {
        let list = |address| if permitted.contains(address) { "permitted" } else { "forbidden" };
        Expected {
            verdict: self.verdict.clone(),
            mechanism: self.mechanism.clone(),
            exit_code: self.exit_code,
            aadsts: self.aadsts,
            senders: self
                .senders
                .iter()
                .map(|sender| ExpectedSender {
                    address: sender.address.clone(),
                    expected: list(&sender.address).to_owned(),
                    outcome: sender.outcome.clone(),
                    verdict: sender.verdict.clone(),
                })
                .collect(),
        }
    }
}

impl ScenarioFile {
    pub(super) fn tenant_id(&self) -> Uuid {
        self.tenant.id
    }

    pub(super) fn client_id(&self) -> Uuid {
        self.app.client_id
    }

    /// The tenant as it stands at `now`. Says what does not fit together.
    pub(super) fn tenant(&self, now: Timestamp) -> Result<Tenant, String> {
        self.check_roles()?;
        let mut tenant = Tenant {
            id: self.tenant.id,
            name: self.tenant.name.clone(),
            domains: self.tenant.domains.clone(),
            payload_first: self.tenant.payload_first,
            apps: vec![self.app()],
            users: self.people().map(|user| self.user(&user)).collect(),
            groups: self.groups.iter().map(|group| self.group(group)).collect(),
            policies: Vec::new(),
            pointers: Vec::new(),
            scopes: Vec::new(),
            assignments: Vec::new(),
        };
        for (part, group) in self.groups.iter().zip(0..) {
            let members = part.members.iter().map(|member| self.find(member)).collect::<Result<Vec<_>, _>>()?;
            if let Some(group) = tenant.groups.get_mut::<usize>(group) {
                group.members = members.into_iter().map(|id| Member { id, lifetime: Lifetime::settled() }).collect();
            }
        }
        tenant.policies = self.policies.iter().map(|policy| self.policy(policy, now)).collect::<Result<_, _>>()?;
        tenant.scopes = self.scopes.iter().map(|scope| self.scope(scope)).collect::<Result<_, _>>()?;
        tenant.assignments =
            self.role_assignments.iter().map(|part| self.assignment(part, now)).collect::<Result<_, _>>()?;
        if self.app.exchange_pointer {
            tenant.pointers.push(Pointer {
                client_id: self.app.client_id,
                object_id: self.app.object_id,
                name: self.app.name.clone(),
                lifetime: Lifetime::settled(),
            });
        }
        Ok(tenant)
    }

    fn check_roles(&self) -> Result<(), String> {
        let graph = self.app.grants.iter().map(|role| (Resource::Graph, role));
        let exchange = self.app.exchange_grants.iter().map(|role| (Resource::Exchange, role));
        let known = |(resource, role): &(Resource, &String)| roles::find(*resource, role).is_some();
        match graph.chain(exchange).find(|entry| !known(entry)) {
            Some((_, role)) => Err(format!("there is no permission '{role}'")),
            None => Ok(()),
        }
    }

    fn app(&self) -> App {
        let grant = |resource, role: &String| Grant {
            id: self.object_id(&format!("grant {role}")),
            resource,
            role: role.clone(),
            lifetime: Lifetime::settled(),
        };
        let graph = self.app.grants.iter().map(|role| grant(Resource::Graph, role));
        let exchange = self.app.exchange_grants.iter().map(|role| grant(Resource::Exchange, role));
        App {
            client_id: self.app.client_id,
            object_id: self.app.object_id,
            name: self.app.name.clone(),
            enabled: self.app.enabled,
            present: self.app.present,
            secrets: vec![AppSecret { value: Secret::new(self.app.secret.clone()), expires: self.app.secret_expires }],
            grants: graph.chain(exchange).collect(),
        }
    }

    /// Everybody by name, then everybody by the hundred.
    fn people(&self) -> impl Iterator<Item = UserPart> {
        let many = self.many.iter().flat_map(|many| {
            (1..=many.count).map(|number| UserPart {
                name: format!("{} {number}", many.prefix),
                upn: format!("{}-{number:04}@{}", many.prefix, many.domain),
                mail: None,
                mailbox: many.mailbox,
                restricted: false,
            })
        });
        self.users.iter().cloned().chain(many)
    }

    fn user(&self, part: &UserPart) -> User {
        User {
            id: self.object_id(&part.upn),
            upn: part.upn.clone(),
            mail: part.mail.clone(),
            name: part.name.clone(),
            mailbox: part.mailbox,
            restricted: part.restricted,
        }
    }

    fn group(&self, part: &GroupPart) -> Group {
        Group {
            id: self.object_id(&part.name),
            name: part.name.clone(),
            mail: part.mail.clone(),
            kind: part.kind,
            members: Vec::new(),
            lifetime: if part.deleted { Lifetime::gone() } else { Lifetime::settled() },
        }
    }

    fn policy(&self, part: &PolicyPart, now: Timestamp) -> Result<AccessPolicy, String> {
        let apps = match part.app.as_str() {
            "*" => AppMatch::Every,
            "app" => AppMatch::One(self.app.client_id),
            other => AppMatch::One(Uuid::try_parse(other).map_err(|err| format!("'{other}' is no client id: {err}"))?),
        };
        let lifetime = lifetime(now, part.in_force_in_minutes);
        Ok(AccessPolicy { right: part.right, apps, scope: self.find(&part.scope)?, lifetime })
    }

    fn scope(&self, part: &ScopePart) -> Result<ManagementScope, String> {
        let filter = match (&part.member_of_group, &part.not_member_of_group, &part.primary_smtp_address) {
            (Some(group), None, None) => ScopeFilter::MemberOfGroup(self.find(group)?),
            (None, Some(group), None) => ScopeFilter::NotMemberOfGroup(self.find(group)?),
            (None, None, Some(address)) => ScopeFilter::PrimarySmtpAddress(address.clone()),
            _ => return Err(format!("the scope '{}' needs one filter", part.name)),
        };
        Ok(ManagementScope { name: part.name.clone(), filter, lifetime: Lifetime::settled() })
    }

    fn assignment(&self, part: &AssignmentPart, now: Timestamp) -> Result<RoleAssignment, String> {
        let scope = match (&part.custom_scope, &part.group_scope) {
            (Some(name), _) if self.scopes.iter().any(|scope| same_text(&scope.name, name)) => {
                AssignmentScope::Custom(name.clone())
            }
            (Some(name), _) => return Err(format!("there is no scope '{name}'")),
            (None, Some(group)) => AssignmentScope::Group(self.find(group)?),
            (None, None) => AssignmentScope::Organization,
        };
        Ok(RoleAssignment {
            name: format!("{}-{}", part.role, self.app.name),
            assignee: self.app.object_id,
            role: part.role.clone(),
            scope,
            lifetime: lifetime(now, part.in_force_in_minutes),
        })
    }

    /// Object id of a user or group by address or name.
    fn find(&self, text: &str) -> Result<Uuid, String> {
        let user = self
            .people()
            .find(|user| same_text(&user.upn, text) || user.mail.as_deref().is_some_and(|mail| same_text(mail, text)));
        let group = self.groups.iter().find(|group| {
            same_text(&group.name, text) || group.mail.as_deref().is_some_and(|mail| same_text(mail, text))
        });
        user.map(|user| user.upn)
            .or_else(|| group.map(|group| group.name.clone()))
            .map(|key| self.object_id(&key))
            .ok_or_else(|| format!("there is no user or group '{text}'"))
    }

    fn object_id(&self, key: &str) -> Uuid {
        object_id(self.tenant.id, key)
    }
}

fn lifetime(now: Timestamp, in_force_in_minutes: u64) -> Lifetime {
    match in_force_in_minutes {
        0 => Lifetime::settled(),
        minutes => Lifetime::made(now, Duration::from_mins(minutes)),
    }
}

/// A GUID that is the same at every start (FNV-1a over tenant and key).
pub(super) fn object_id(tenant: Uuid, key: &str) -> Uuid {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let lower = key.to_lowercase();
    let bytes = tenant.as_bytes().iter().chain(lower.as_bytes());
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
    uuid::Builder::from_random_bytes(hash.to_be_bytes()).into_uuid()
}
