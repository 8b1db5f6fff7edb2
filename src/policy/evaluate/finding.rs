//! Something that was noticed, as data: what, why, what to do next, and who can do it.

/// How bad it is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The app can send as somebody it must not, or soon will.
    Danger,
    /// Something that is wanted does not work.
    Fault,
    /// Something that is not as it should be, or may mislead.
    Warning,
    /// Good to know.
    Note,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The person at the program.
    You,
    /// The customer's administrator.
    CustomerAdmin,
}

impl Who {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::CustomerAdmin => "customer_admin",
        }
    }
}

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingCode {
    /// Nothing was read yet.
    NothingRead,
    /// A forbidden mailbox is granted.
    ForbiddenGranted,
    /// A permitted mailbox is denied.
    PermittedDenied,
    /// A mailbox about which no answer is known.
    MailboxUnknown,
    /// A mailbox that does not exist.
    MailboxMissing,
    /// An address that is an alias.
    AliasAsked,
    /// A role that can send, without a scope.
    UnscopedRole,
    /// A role that can send although it is called something else.
    CompositeRole,
    /// A role this program does not know.
    UnknownRole,
    /// A scope this program does not evaluate.
    ScopeNotEvaluated,
    /// A role assignment that is switched off.
    DisabledAssignment,
    /// Mail.Send in Entra together with a role in Exchange.
    EntraGrantSurvives,
    /// Whether Mail.Send is granted in Entra is not known.
    EntraGrantUnknown,
    /// No policy limits the app.
    NoPolicy,
    /// Only Deny policies.
    DenyAlone,
    /// A Deny policy beside others.
    DenyPolicy,
    /// A policy for all apps.
    PolicyForAllApps,
    /// Several groups may be sent as.
    SeveralPolicies,
    /// A policy or test with the object id instead of the client id.
    WrongAppId,
    /// An entry in Exchange with a wrong object id.
    WrongObjectId,
    /// The group cannot be used for a policy.
    WrongGroupKind,
    /// There is no such group.
    GroupMissing,
    /// A group in the group, which a role's scope does not count.
    NestedGroup,
    /// A policy whose group was deleted.
    DeletedTarget,
    /// Cmdlet and list contradict each other.
    AnswersDisagree,
    /// Another permission that can send and that no fence covers.
    OtherRoad,
    /// A permission by which the app could widen its own rights.
    SelfEscalation,
    /// Denied, but a test mail was accepted.
    AcceptedThoughDenied,
    /// Granted, but a test mail was refused.
    RefusedThoughGranted,
    /// Refused as expected, but by another mechanism than thought.
    OtherMechanism,
    /// A script's result is too old.
    ResultOutdated,
    /// A script's result may be of another organisation.
    TenantUnknown,
}

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// How bad.
    pub severity: Severity,
    /// What was seen.
    pub what: String,
    /// Why it matters, or what probably caused it.
    pub why: String,
    /// What to do.
    pub next: String,
    /// Who can.
    pub who: Who,
}

impl Finding {
    pub(super) fn new(code: FindingCode, severity: Severity, what: impl Into<String>) -> Self {
        let (why, next, who) = texts(code);
        Self { code, severity, what: what.into(), why: why.to_owned(), next: next.to_owned(), who }
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    pub(super) fn then(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }
}

/// Why it matters and what to do, unless the place that found it knows better.
#[expect(clippy::too_many_lines, reason = "one table, one entry per finding")]
fn texts(code: FindingCode) -> (&'static str, &'static str, Who) {
    use FindingCode as F;
    match code {
        F::NothingRead => (
            "Without the administrator's output nothing can be said about the fence",
            "Run the verification script and paste what it prints",
            Who::You,
        ),
        F::ForbiddenGranted => (
            "The app can send mail in this person's name",
            "Take the mailbox out of the group, or remove the permission named here, then verify again",
            Who::CustomerAdmin,
        ),
        F::PermittedDenied => (
            "Mail from this sender will be refused",
            "Add the mailbox itself to the group, wait half an hour, then verify again",
            Who::CustomerAdmin,
        ),
        F::MailboxUnknown => (
            "A missing answer proves nothing, so the fence is not proven for this mailbox",
            "Run the verification script again and paste its whole result",
            Who::You,
        ),
        F::MailboxMissing => (
            "A mailbox that does not exist is refused by everything, fence or no fence",
            "Enter the address of a licensed mailbox",
            Who::You,
        ),
        F::AliasAsked => (
            "Asked by an alias, Exchange and Graph can give other answers than by the main address",
            "Enter the main address instead",
            Who::You,
        ),
        F::UnscopedRole => (
            "A role without a scope holds for every mailbox, whatever policies and other roles say",
            "Remove this role assignment and assign the role with the scope, or limit it with Set-ManagementRoleAssignment",
            Who::CustomerAdmin,
        ),
        F::CompositeRole => (
            "This role includes sending although its name does not say so",
            "Replace it by roles without sending, or see to it that its scope is the right one",
            Who::CustomerAdmin,
        ),
        F::UnknownRole => (
            "This program does not know whether this role can send, so it counts as unknown",
            "Look the role up in Microsoft's documentation, or remove its assignment if it is not needed",
            Who::CustomerAdmin,
        ),
        F::ScopeNotEvaluated => (
            "Whom this scope contains is not visible in its text",
            "Run the verification script: Exchange itself then answers for each mailbox",
            Who::You,
        ),
        F::DisabledAssignment => (
            "It gives nothing as long as it is switched off, and everything once it is switched on",
            "Remove it if it is not needed",
            Who::CustomerAdmin,
        ),
        F::EntraGrantSurvives => (
            "Permissions add up: the one in Entra holds for the whole organisation, so the role's scope limits nothing",
            "Remove Mail.Send under API permissions of the app and revoke the admin consent in Microsoft Entra, then sign in again",
            Who::CustomerAdmin,
        ),
        F::EntraGrantUnknown => (
            "Whether the app holds Mail.Send in Entra decides whether the policies matter at all",
            "Sign in on the Credentials tab: the token names the permissions",
            Who::You,
        ),
        F::NoPolicy => (
            "With Mail.Send in Entra and no policy the app can send as everybody",
            "Set up the fence",
            Who::CustomerAdmin,
        ),
        F::DenyAlone => (
            "A policy that denies protects its group and leaves everybody else open",
            "Set up a policy with RestrictAccess for the group of permitted senders",
            Who::CustomerAdmin,
        ),
        F::DenyPolicy => (
            "A policy that denies beats every other policy, also for permitted senders who are in its group",
            "Make sure that no permitted sender is in that group; before a migration to RBAC for Applications it needs another solution",
            Who::CustomerAdmin,
        ),
        F::PolicyForAllApps => (
            "It counts for this app as well, together with the app's own policies",
            "Nothing, if it is meant so",
            Who::CustomerAdmin,
        ),
        F::SeveralPolicies => (
            "Several policies with RestrictAccess add up: members of any of their groups can be sent as",
            "Remove the policies that are not needed",
            Who::CustomerAdmin,
        ),
        F::WrongAppId => (
            "Policies and tests go by the Client ID; with another id they are about no app at all",
            "Remove it and create it again with the Client ID",
            Who::CustomerAdmin,
        ),
        F::WrongObjectId => (
            "The entry must carry the object ID of the enterprise application; the one of the app registration looks alike and does not work",
            "It cannot be changed: remove the entry with Remove-ServicePrincipal and create it again with the object ID from Enterprise applications",
            Who::CustomerAdmin,
        ),
        F::WrongGroupKind => (
            "An Application Access Policy takes nothing but a mail-enabled security group",
            "Create a mail-enabled security group and use that",
            Who::CustomerAdmin,
        ),
        F::GroupMissing => (
            "Without the group there is nothing to draw the fence around",
            "Create it, or correct its address",
            Who::CustomerAdmin,
        ),
        F::NestedGroup => (
            "A role's scope counts the direct members of a group alone; a policy counts members of groups in it too",
            "Add the mailboxes themselves to the group",
            Who::CustomerAdmin,
        ),
        F::DeletedTarget => (
            "A policy whose group was deleted lets nobody through",
            "Remove the policy and create it again with an existing group",
            Who::CustomerAdmin,
        ),
        F::AnswersDisagree => (
            "The cmdlet's answer and the lists were probably read at different times, or one of them is about something else",
            "Run the verification script once more and paste its whole result",
            Who::You,
        ),
        F::OtherRoad => (
            "Application Access Policies do not cover sending by SMTP",
            "Remove the permission if it is not needed; otherwise check which mailboxes it may use",
            Who::CustomerAdmin,
        ),
        F::SelfEscalation => (
            "With it the app, or whoever has its secret, could give itself any other permission",
            "Remove the permission if it is not needed",
            Who::CustomerAdmin,
        ),
        F::AcceptedThoughDenied | F::RefusedThoughGranted => (
            "Changes take time: up to an hour or more for a policy, up to two hours for a role",
            "Leave the app alone for a while, then test once more",
            Who::You,
        ),
        F::OtherMechanism => (
            "The refusal did not come from where it was expected",
            "Compare with what is set up, and verify again",
            Who::You,
        ),
        F::ResultOutdated => (
            "What is set up in Exchange can be changed at any time, so a result proves something for a day",
            "Run the verification script again and read its new result",
            Who::CustomerAdmin,
        ),
        F::TenantUnknown => (
            "The same app can be set up in several organisations, and the fence of one says nothing about another",
            "Enter the Tenant ID as a GUID instead of a domain, or sign in with the client secret",
            Who::You,
        ),
    }
}
