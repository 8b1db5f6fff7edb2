//! What is there, as far as it is known: every "no" and every "complete" has been read, nothing is taken for granted.

use super::{Known, Truth, truth::Access};
use crate::base::{MailAddress, ObjectId};

/// What kind of recipient something is, by Exchange's own word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum RecipientKind {
    /// A person's mailbox.
    UserMailbox,
    /// A shared mailbox.
    SharedMailbox,
    /// A room or equipment.
    ResourceMailbox,
    /// A mail-enabled security group: the kind that is needed.
    SecurityGroup,
    /// A distribution list.
    DistributionList,
    /// A dynamic distribution list.
    DynamicList,
    /// A Microsoft 365 group.
    Microsoft365Group,
    /// A security group without mail.
    PlainSecurityGroup,
    /// Something else, such as a contact or a mail user.
    Other,
    /// Not known.
    #[default]
    Unknown,
}

impl RecipientKind {
    /// From `RecipientTypeDetails`, or from `GroupType` or `RecipientType` where that is all there is.
    pub fn from_word(word: &str) -> Self {
        let word = word.trim().to_ascii_lowercase().replace(' ', "");
        match word.as_str() {
            "usermailbox" | "linkedmailbox" | "legacymailbox" => Self::UserMailbox,
            "sharedmailbox" => Self::SharedMailbox,
            "roommailbox" | "equipmentmailbox" | "schedulingmailbox" => Self::ResourceMailbox,
            "mailuniversalsecuritygroup" | "universal,securityenabled" => Self::SecurityGroup,
            "mailuniversaldistributiongroup" | "universal" | "roomlist" => Self::DistributionList,
            "dynamicdistributiongroup" => Self::DynamicList,
            "groupmailbox" => Self::Microsoft365Group,
            "universalsecuritygroup" | "global,securityenabled" => Self::PlainSecurityGroup,
            "mailuser" | "mailcontact" | "guestmailuser" | "publicfolder" | "discoverymailbox" => Self::Other,
            _ => Self::Unknown,
        }
    }

    /// From what Microsoft Graph says of a group.
    pub fn of_graph_group(group: GraphGroup) -> Self {
        match group {
            GraphGroup { unified: true, .. } => Self::Microsoft365Group,
            GraphGroup { mail_enabled: true, security_enabled: true, .. } => Self::SecurityGroup,
            GraphGroup { mail_enabled: true, security_enabled: false, .. } => Self::DistributionList,
            GraphGroup { mail_enabled: false, .. } => Self::PlainSecurityGroup,
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::UserMailbox => "mailbox",
            Self::SharedMailbox => "shared mailbox",
            Self::ResourceMailbox => "room or equipment mailbox",
            Self::SecurityGroup => "mail-enabled security group",
            Self::DistributionList => "distribution list",
            Self::DynamicList => "dynamic distribution list",
            Self::Microsoft365Group => "Microsoft 365 group",
            Self::PlainSecurityGroup => "security group without mail",
            Self::Other => "recipient of another kind",
            Self::Unknown => "recipient of unknown kind",
        }
    }

    /// Whether it is a group that may hold members of its own.
    pub fn is_group(self) -> Truth {
        match self {
            Self::SecurityGroup
            | Self::DistributionList
            | Self::DynamicList
            | Self::Microsoft365Group
            | Self::PlainSecurityGroup => Truth::Yes,
            Self::UserMailbox | Self::SharedMailbox | Self::ResourceMailbox | Self::Other => Truth::No,
            Self::Unknown => Truth::Unknown,
        }
    }
}

/// What Microsoft Graph says of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphGroup {
    /// `mailEnabled`
    pub mail_enabled: bool,
    /// `securityEnabled`
    pub security_enabled: bool,
    /// `groupTypes` contains `Unified`.
    pub unified: bool,
}

/// A mailbox as Exchange knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMailbox {
    /// The address that was asked about, which may be an alias.
    pub asked: MailAddress,
    /// Whether anybody has that address.
    pub exists: Truth,
    /// Its primary address.
    pub primary: Option<MailAddress>,
    /// Its GUID in Exchange.
    pub guid: Option<String>,
    /// What it is.
    pub kind: RecipientKind,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundMember {
    /// Its name.
    pub name: String,
    /// Its primary address.
    pub address: Option<MailAddress>,
    /// The name it signs in with, where that is all that may be read: often the address, but not always.
    pub sign_in_name: Option<MailAddress>,
    /// Its GUID in Exchange.
    pub guid: Option<String>,
    /// What it is.
    pub kind: RecipientKind,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundGroup {
    /// Whether there is such a group.
    pub exists: Truth,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<MailAddress>,
    /// Its object id in Entra, which policies end in.
    pub object_id: Option<ObjectId>,
    /// Its distinguished name, which scopes are made of.
    pub distinguished_name: Option<String>,
    /// What it is.
    pub kind: RecipientKind,
    /// Its direct members.
    pub members: Known<FoundMember>,
}

/// Whom a policy is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PolicyApp {
    /// The app, or whatever, with this id.
    Id(String),
    /// All apps: `*`.
    All,
    /// Not readable.
    #[default]
    Unknown,
}

/// What a policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum AccessRight {
    /// The app may send as members alone.
    Restrict,
    /// The app may not send as members.
    Deny,
    /// Not readable.
    #[default]
    Unknown,
}

/// An Application Access Policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundPolicy {
    /// Its identity as printed.
    pub identity: String,
    /// Whom it is about.
    pub app: PolicyApp,
    /// What it does.
    pub right: AccessRight,
    /// The object id of its group, from the end of the identity.
    pub group_id: Option<ObjectId>,
    /// The name of its group.
    pub group_name: String,
    /// Whether Exchange calls it valid; a policy whose group was deleted is not.
    pub valid: Truth,
}

/// The entry by which Exchange knows an app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundServicePrincipal {
    /// The client id.
    pub app_id: String,
    /// The enterprise application's object id, if it was given right.
    pub object_id: String,
    /// Its name.
    pub display_name: String,
}

/// The mailboxes a role assignment is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AssignmentScope {
    /// Everybody.
    Organization,
    /// Those of a management scope, by its name.
    Scope(String),
    /// The members of a group.
    Group(String),
    /// Those of an administrative unit.
    Unit(String),
    /// Not readable.
    #[default]
    Unknown,
}

/// An Exchange role that an app holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundAssignment {
    /// Its name.
    pub name: String,
    /// The role, as printed; empty when it is not readable.
    pub role: String,
    /// Who holds it, by any of its ids or names; empty when it is not readable.
    pub assignee: String,
    /// Whether it is switched on.
    pub enabled: Truth,
    /// For whom.
    pub scope: AssignmentScope,
}

/// What a management scope selects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ScopeFilter {
    /// Direct members of the group with this distinguished name.
    MemberOf(String),
    /// Everybody but those.
    NotMemberOf(String),
    /// One address.
    AddressIs(String),
    /// Everybody but one address.
    AddressIsNot(String),
    /// Something this program does not evaluate.
    Other(String),
    /// Not readable.
    #[default]
    Unknown,
}

/// A management scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundScope {
    /// Its name.
    pub name: String,
    /// What it selects.
    pub filter: ScopeFilter,
}

/// One answer of `Test-ApplicationAccessPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyTest {
    /// The mailbox that was asked about; the answer itself does not name it.
    pub mailbox: Option<MailAddress>,
    /// The app that was asked about, as printed.
    pub app_id: Option<String>,
    /// The answer.
    pub access: Access,
    /// The answer as printed.
    pub raw: String,
}

impl PolicyTest {
    fn is_about(&self, known: &Self) -> bool {
        self.mailbox.is_some() && self.mailbox == known.mailbox && self.app_id == known.app_id
    }
}

/// One line of an answer of `Test-ServicePrincipalAuthorization`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RbacRow {
    /// The role; empty when it is not readable.
    pub role: String,
    /// What it permits; `None` when it is not readable.
    pub permissions: Option<String>,
    /// The scope as printed.
    pub scope: String,
    /// Whether the mailbox is within it.
    pub in_scope: Truth,
}

/// An answer of `Test-ServicePrincipalAuthorization` about one mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RbacTest {
    /// The mailbox that was asked about.
    pub mailbox: Option<MailAddress>,
    /// Who was asked about, by any id or name; `None` when the output does not say.
    pub principal: Option<String>,
    /// Its lines; complete only when a script read all of them.
    pub rows: Known<RbacRow>,
}

impl RbacTest {
    fn is_about(&self, known: &Self) -> bool {
        self.mailbox.is_some() && self.mailbox == known.mailbox && self.principal == known.principal
    }
}

/// What is granted in Entra, from the token or from the directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntraGrants {
    /// Whether the app holds `Mail.Send` for the whole organisation.
    pub mail_send: Truth,
    /// Other application permissions that were seen, by name.
    pub others: Vec<String>,
}

impl EntraGrants {
    /// From the `roles` of a fresh token for Graph, which name every permission the app holds there.
    pub fn from_token_roles(roles: &[String]) -> Self {
        let (sending, others): (Vec<_>, Vec<_>) =
            roles.iter().cloned().partition(|role| role.eq_ignore_ascii_case("Mail.Send"));
        Self { mail_send: Truth::of(!sending.is_empty()), others }
    }
}

/// Everything that was found out so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Groups.
    pub groups: Vec<FoundGroup>,
    /// Mailboxes.
    pub mailboxes: Vec<FoundMailbox>,
    /// Application Access Policies that concern the app, `*` included.
    pub policies: Known<FoundPolicy>,
    /// The app's entries in Exchange.
    pub service_principals: Known<FoundServicePrincipal>,
    /// The app's roles in Exchange.
    pub assignments: Known<FoundAssignment>,
    /// Management scopes.
    pub scopes: Known<FoundScope>,
    /// Answers about the policies.
    pub policy_tests: Vec<PolicyTest>,
    /// Answers about the roles.
    pub rbac_tests: Vec<RbacTest>,
    /// What is granted in Entra.
    pub entra: EntraGrants,
}

impl Found {
    /// Takes a newer reading in. What it says of the same mailbox or group replaces what was known.
    pub fn absorb(&mut self, newer: Self) {
        for group in newer.groups {
            self.absorb_group(group);
        }
        for mailbox in newer.mailboxes {
            self.mailboxes.retain(|known| known.asked != mailbox.asked);
            self.mailboxes.push(mailbox);
        }
        self.policies.absorb(newer.policies);
        self.service_principals.absorb(newer.service_principals);
        self.assignments.absorb(newer.assignments);
        self.scopes.absorb(newer.scopes);
        self.policy_tests.retain(|known| !newer.policy_tests.iter().any(|test| test.is_about(known)));
        self.policy_tests.extend(newer.policy_tests);
        self.rbac_tests.retain(|known| !newer.rbac_tests.iter().any(|test| test.is_about(known)));
        self.rbac_tests.extend(newer.rbac_tests);
        if newer.entra.mail_send != Truth::Unknown {
            self.entra = newer.entra;
        }
    }

    fn absorb_group(&mut self, newer: FoundGroup) {
        let same = |known: &FoundGroup| match (&known.address, &newer.address) {
            (Some(known), Some(newer)) => known == newer,
            _ => known.object_id.is_some() && known.object_id == newer.object_id,
        };
        let Some(known) = self.groups.iter_mut().find(|known| same(known)) else {
            self.groups.push(newer);
            return;
        };
        if newer.exists != Truth::Unknown {
            known.exists = newer.exists;
        }
        if newer.kind != RecipientKind::Unknown {
            known.kind = newer.kind;
        }
        if !newer.name.is_empty() {
            known.name = newer.name;
        }
        known.object_id = newer.object_id.or(known.object_id);
        known.distinguished_name = newer.distinguished_name.or_else(|| known.distinguished_name.take());
        known.members.absorb(newer.members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_exact_words_alone() {
        assert_eq!(RecipientKind::from_word("MailUniversalSecurityGroup"), RecipientKind::SecurityGroup);
        assert_eq!(RecipientKind::from_word("Universal, SecurityEnabled"), RecipientKind::SecurityGroup);
        assert_eq!(RecipientKind::from_word("MailUniversalSecurityGro\u{2026}"), RecipientKind::Unknown);
    }
}
