//! What is there, as far as it is known: every "no" and every "complete" has been read, nothing is taken for granted.

use crate::base::{MailAddress, ObjectId};

/// Yes, no, or not known. Not known never becomes one of the others by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Truth {
    /// Known to be so.
    Yes,
    /// Known not to be so.
    No,
    /// Not known.
    #[default]
    Unknown,
}

impl Truth {
    /// A known answer.
    pub fn of(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }

    /// True when it is known to be so.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Yes if either is, no only if both are.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    /// No if either is, yes only if both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.negated().or(other.negated()).negated()
    }
}

/// Whether the app may send as one mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Access {
    /// It may.
    Granted,
    /// It may not.
    Denied,
    /// Not known.
    #[default]
    Unknown,
}

impl Access {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// Granted by either is granted; denied needs both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self::from_truth(self.truth().or(other.truth()))
    }

    /// The answer to "may it send?".
    pub fn truth(self) -> Truth {
        match self {
            Self::Granted => Truth::Yes,
            Self::Denied => Truth::No,
            Self::Unknown => Truth::Unknown,
        }
    }

    /// From the answer to "may it send?".
    pub fn from_truth(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Granted,
            Truth::No => Self::Denied,
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// A list that may be only a part of what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<T> {
    /// What was seen.
    pub items: Vec<T>,
    /// True when this is all there is. An empty list that is not complete was simply not read.
    pub complete: bool,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { items: Vec::new(), complete: false }
    }
}

impl<T> Known<T> {
    /// All there is.
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, complete: true }
    }

    /// A part of what there is.
    pub fn partly(items: Vec<T>) -> Self {
        Self { items, complete: false }
    }

    /// True when nothing was read at all.
    pub fn is_unread(&self) -> bool {
        self.items.is_empty() && !self.complete
    }
}

impl<T: PartialEq> Known<T> {
    /// Takes a newer reading in. A complete one replaces; a part is added, and ends completeness when it is news.
    fn absorb(&mut self, newer: Self) {
        if newer.complete {
            *self = newer;
            return;
        }
        for item in newer.items {
            if !self.items.contains(&item) {
                self.items.push(item);
                self.complete = false;
            }
        }
    }
}

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
    fn unknown_gives_way_only_to_what_decides() {
        use Truth::{No, Unknown, Yes};
        assert_eq!(Unknown.or(Yes), Yes);
        assert_eq!(Unknown.or(No), Unknown);
        assert_eq!(Unknown.and(No), No);
        assert_eq!(Unknown.and(Yes), Unknown);
        assert_eq!(Access::Denied.union(Access::Unknown), Access::Unknown);
        assert_eq!(Access::Unknown.union(Access::Granted), Access::Granted);
    }

    #[test]
    fn a_newer_part_adds_and_a_newer_whole_replaces() {
        let mut known = Known::complete(vec![1]);
        known.absorb(Known::partly(vec![1]));
        assert!(known.complete);
        known.absorb(Known::partly(vec![2]));
        assert_eq!(known, Known::partly(vec![1, 2]));
        known.absorb(Known::complete(vec![]));
        assert_eq!(known, Known::complete(vec![]));
    }

    #[test]
    fn kinds_are_known_by_exact_words_alone() {
        assert_eq!(RecipientKind::from_word("MailUniversalSecurityGroup"), RecipientKind::SecurityGroup);
        assert_eq!(RecipientKind::from_word("Universal, SecurityEnabled"), RecipientKind::SecurityGroup);
        assert_eq!(RecipientKind::from_word("MailUniversalSecurityGro\u{2026}"), RecipientKind::Unknown);
    }
}
