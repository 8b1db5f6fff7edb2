//! The tenant: one state behind Entra, Graph and Exchange, as an administrator left it.

use uuid::Uuid;

use crate::base::{Secret, Timestamp};

use super::propagation::{Lifetime, View};

/// Everything the demo tenant knows.
#[derive(Debug, Clone)]
pub(super) struct Tenant {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) domains: Vec<String>,
    /// Whether a mail is judged before the right to send it.
    pub(super) payload_first: bool,
    pub(super) apps: Vec<App>,
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
    pub(super) policies: Vec<AccessPolicy>,
    pub(super) pointers: Vec<Pointer>,
    pub(super) scopes: Vec<ManagementScope>,
    pub(super) assignments: Vec<RoleAssignment>,
}

/// An app registration with its enterprise application.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) client_id: Uuid,
    /// Object id of the enterprise application (service principal), not of the registration.
    pub(super) object_id: Uuid,
    pub(super) name: String,
    pub(super) enabled: bool,
    /// Whether the enterprise application exists in this tenant.
    pub(super) present: bool,
    pub(super) secrets: Vec<AppSecret>,
    pub(super) grants: Vec<Grant>,
}

/// A client secret.
#[derive(Debug, Clone)]
pub(super) struct AppSecret {
    pub(super) value: Secret,
    pub(super) expires: Option<Timestamp>,
}

/// A consented application permission.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) id: Uuid,
    pub(super) resource: Resource,
    pub(super) role: String,
    pub(super) lifetime: Lifetime,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Graph,
    Exchange,
}

/// A person, a shared mailbox or a guest.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) upn: String,
    pub(super) mail: Option<String>,
    pub(super) name: String,
    pub(super) mailbox: Mailbox,
    /// Barred from sending, as after a spam wave.
    pub(super) restricted: bool,
}

/// Where a user's mail lives, if anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mailbox {
    Licensed,
    Shared,
    /// No licence, no mailbox.
    None,
    SoftDeleted,
    OnPremises,
}

/// A group of users and groups.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) kind: GroupKind,
    pub(super) members: Vec<Member>,
    pub(super) lifetime: Lifetime,
}

/// What kind of group it is; only some of them can bear a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    /// `New-DistributionGroup -Type Security`
    MailEnabledSecurity,
    /// `New-DistributionGroup` without `-Type`
    Distribution,
    /// A Microsoft 365 (unified) group.
    Microsoft365,
    /// A security group without an address.
    Security,
}

/// The object id of a user or group, and since when it belongs to the group.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) lifetime: Lifetime,
}

/// An application access policy.
#[derive(Debug, Clone)]
pub(super) struct AccessPolicy {
    pub(super) right: AccessRight,
    pub(super) apps: AppMatch,
    /// Object id of a group or a mailbox; it may have been deleted since.
    pub(super) scope: Uuid,
    pub(super) lifetime: Lifetime,
}

/// `-AccessRight`
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessRight {
    /// Only mailboxes in the scope may be used.
    RestrictAccess,
    /// Mailboxes in the scope may not be used.
    DenyAccess,
}

/// `-AppId`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AppMatch {
    /// `*`
    Every,
    One(Uuid),
}

/// Exchange's pointer to an enterprise application (`New-ServicePrincipal`).
#[derive(Debug, Clone)]
pub(super) struct Pointer {
    pub(super) client_id: Uuid,
    pub(super) object_id: Uuid,
    pub(super) name: String,
    pub(super) lifetime: Lifetime,
}

/// A named set of mailboxes.
#[derive(Debug, Clone)]
pub(super) struct ManagementScope {
    pub(super) name: String,
    pub(super) filter: ScopeFilter,
    pub(super) lifetime: Lifetime,
}

/// `-RecipientRestrictionFilter`, as far as the demo tenant understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScopeFilter {
    /// `MemberOfGroup -eq '…'`: direct members of the group with this object id.
    MemberOfGroup(Uuid),
    /// `-not(MemberOfGroup -eq '…')`
    NotMemberOfGroup(Uuid),
    /// `PrimarySmtpAddress -eq '…'`
    PrimarySmtpAddress(String),
}

/// An application role given to a pointer.
#[derive(Debug, Clone)]
pub(super) struct RoleAssignment {
    pub(super) name: String,
    /// Object id of the pointer.
    pub(super) assignee: Uuid,
    /// Such as `Application Mail.Send`.
    pub(super) role: String,
    pub(super) scope: AssignmentScope,
    pub(super) lifetime: Lifetime,
}

/// Where a role applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AssignmentScope {
    /// No scope was given: the whole organisation.
    Organization,
    /// `-CustomResourceScope`, by name.
    Custom(String),
    /// `-RecipientGroupScope`, by the group's object id; direct members.
    Group(Uuid),
}

impl Tenant {
    /// Is this the tenant's GUID or one of its domains?
    pub(super) fn is_named(&self, text: &str) -> bool {
        Uuid::try_parse(text).is_ok_and(|id| id == self.id)
            || self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(text))
    }

    /// An app registration by its client id.
    pub(super) fn app(&self, client_id: Uuid) -> Option<&App> {
        self.apps.iter().find(|app| app.client_id == client_id)
    }

    /// A user by object id, user principal name or primary address. Other addresses of a mailbox find nobody.
    pub(super) fn user(&self, text: &str) -> Option<&User> {
        let id = Uuid::try_parse(text).ok();
        self.users.iter().find(|user| id == Some(user.id) || user.is_named(text))
    }

    /// An existing group by object id, name or address.
    pub(super) fn group(&self, text: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.lifetime.holds(View::Written) && group.is_named(text))
    }

    /// The application called: as long as it goes on calling, Exchange goes on using the roles it remembers.
    pub(super) fn keep_roles_cached(&mut self, object_id: Uuid, at: Timestamp) {
        for assignment in self.assignments.iter_mut().filter(|entry| entry.assignee == object_id) {
            assignment.lifetime.put_off(at);
        }
    }

    /// A management scope by name.
    pub(super) fn scope(&self, name: &str) -> Option<&ManagementScope> {
        self.scopes.iter().find(|scope| scope.lifetime.holds(View::Written) && same_text(&scope.name, name))
    }

    /// A service principal as Exchange finds it: by object id, client id or name.
    pub(super) fn pointer(&self, text: &str) -> Option<&Pointer> {
        let id = Uuid::try_parse(text).ok();
        self.pointers.iter().filter(|pointer| pointer.lifetime.holds(View::Written)).find(|pointer| {
            id.is_some_and(|id| id == pointer.object_id || id == pointer.client_id) || same_text(&pointer.name, text)
        })
    }
}

impl App {
    /// The permissions that a token for `resource` carries now.
    pub(super) fn roles(&self, resource: Resource, at: Timestamp) -> Vec<String> {
        let held = |grant: &&Grant| grant.resource == resource && grant.lifetime.holds(View::InForce(at));
        self.grants.iter().filter(held).map(|grant| grant.role.clone()).collect()
    }
}

impl User {
    /// The address mail goes out with.
    pub(super) fn address(&self) -> &str {
        self.mail.as_deref().unwrap_or(&self.upn)
    }

    /// Is there a mailbox in Exchange Online?
    pub(super) fn has_mailbox(&self) -> bool {
        matches!(self.mailbox, Mailbox::Licensed | Mailbox::Shared)
    }

    /// Can an application access policy point at it? A shared mailbox it cannot.
    pub(super) fn is_security_principal(&self) -> bool {
        self.mailbox == Mailbox::Licensed
    }

    fn is_named(&self, text: &str) -> bool {
        same_text(&self.upn, text) || self.mail.as_deref().is_some_and(|mail| same_text(mail, text))
    }
}

impl Group {
    /// Can an application access policy point at it?
    pub(super) fn is_security_principal(&self) -> bool {
        self.kind == GroupKind::MailEnabledSecurity
    }

    fn is_named(&self, text: &str) -> bool {
        Uuid::try_parse(text).is_ok_and(|id| id == self.id)
            || same_text(&self.name, text)
            || self.mail.as_deref().is_some_and(|mail| same_text(mail, text))
    }
}

/// Microsoft 365 does not tell names apart by case.
pub(super) fn same_text(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || (!(left.is_ascii() && right.is_ascii()) && left.to_lowercase() == right.to_lowercase())
}
