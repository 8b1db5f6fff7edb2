//! Which scripts there are and of which steps each consists.

use super::{super::Desired, super::Method, commands};

/// A script that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptKind {
    /// Looks for the Exchange Online module and installs it.
    Module,
    /// Signs in to Exchange Online and says to which organisation.
    Connect,
    /// Creates the group and adds the permitted senders.
    Group,
    /// Sets the fence up, group included, by the method that is wanted.
    Fence,
    /// Reads everything and asks Exchange about every mailbox; changes nothing.
    Verify,
    /// First half of the way from a policy to RBAC: adds the role beside the policy and verifies it.
    MigrateAdd,
    /// Second half, after the Entra permission is gone: verifies again, then removes the policy.
    MigrateFinish,
    /// Takes the Application Access Policy away.
    RemovePolicy,
    /// Takes the role assignment, the scope and the app's entry in Exchange away.
    RemoveRbac,
}

impl ScriptKind {
    /// All of them, in the order of the work.
    pub const ALL: [Self; 9] = [
        Self::Module,
        Self::Connect,
        Self::Group,
        Self::Fence,
        Self::Verify,
        Self::MigrateAdd,
        Self::MigrateFinish,
        Self::RemovePolicy,
        Self::RemoveRbac,
    ];

    /// The name on the command line, in file names and in the result.
    pub fn name(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Connect => "connect",
            Self::Group => "group",
            Self::Fence => "fence",
            Self::Verify => "verify",
            Self::MigrateAdd => "migrate-add",
            Self::MigrateFinish => "migrate-finish",
            Self::RemovePolicy => "remove-policy",
            Self::RemoveRbac => "remove-rbac",
        }
    }

    /// The kind with this `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it does, in a line.
    pub fn title(self) -> &'static str {
        match self {
            Self::Module => "Check and install the Exchange Online PowerShell module",
            Self::Connect => "Connect to Exchange Online",
            Self::Group => "Create the mail-enabled security group and add the permitted senders",
            Self::Fence => "Set up the fence",
            Self::Verify => "Verification 1: ask Exchange about every mailbox",
            Self::MigrateAdd => "Migration, first half: add RBAC for Applications beside the policy",
            Self::MigrateFinish => "Migration, second half: remove the Application Access Policy",
            Self::RemovePolicy => "Remove the Application Access Policy",
            Self::RemoveRbac => "Remove the RBAC for Applications role",
        }
    }

    /// True when it only reads.
    pub fn reads_only(self) -> bool {
        matches!(self, Self::Connect | Self::Verify)
    }

    /// The method whose answers count in the script's own verification.
    pub(super) fn method(self, desired: &Desired) -> Method {
        match self {
            Self::MigrateAdd | Self::MigrateFinish | Self::RemoveRbac => Method::RbacForApplications,
            Self::RemovePolicy => Method::ApplicationAccessPolicy,
            Self::Module | Self::Connect | Self::Group | Self::Fence | Self::Verify => desired.method,
        }
    }

    fn steps(self, method: Method) -> &'static [StepId] {
        use StepId as S;
        match (self, method) {
            (Self::Module, _) => &[S::PowerShell, S::Module],
            (Self::Connect, _) => &[S::Connect],
            (Self::Group, _) => &[S::Connect, S::Group, S::Members, S::Facts],
            (Self::Fence, Method::ApplicationAccessPolicy) => {
                &[S::Connect, S::Group, S::Members, S::PolicyFence, S::Facts, S::Verification]
            }
            (Self::Fence | Self::MigrateAdd, _) => &[
                S::Connect,
                S::Group,
                S::Members,
                S::ServicePrincipal,
                S::Scope,
                S::Assignment,
                S::Facts,
                S::Verification,
            ],
            (Self::Verify, _) => &[S::Connect, S::Facts, S::Verification],
            (Self::MigrateFinish, _) => &[S::Connect, S::Facts, S::Verification, S::CutOver, S::FactsAfter],
            (Self::RemovePolicy, _) => &[S::Connect, S::RemovePolicy, S::Facts],
            (Self::RemoveRbac, _) => {
                &[S::Connect, S::RemoveAssignment, S::RemoveScope, S::RemoveServicePrincipal, S::Facts]
            }
        }
    }
}

/// A step of a script; its name stands in the script's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepId {
    /// PowerShell itself: version, execution policy, TLS.
    PowerShell,
    /// The module.
    Module,
    /// Signing in.
    Connect,
    /// The group.
    Group,
    /// Its members.
    Members,
    /// The Application Access Policy.
    PolicyFence,
    /// The app's entry in Exchange.
    ServicePrincipal,
    /// The management scope.
    Scope,
    /// The role assignment.
    Assignment,
    /// Reading what is there.
    Facts,
    /// Comparing it with what is wanted.
    Verification,
    /// Removing the policy at the end of the migration.
    CutOver,
    /// Reading once more what is there.
    FactsAfter,
    /// Removing the policy.
    RemovePolicy,
    /// Removing the role assignment.
    RemoveAssignment,
    /// Removing the scope.
    RemoveScope,
    /// Removing the app's entry in Exchange.
    RemoveServicePrincipal,
}

impl StepId {
    /// All steps.
    pub const ALL: [Self; 17] = [
        Self::PowerShell,
        Self::Module,
        Self::Connect,
        Self::Group,
        Self::Members,
        Self::PolicyFence,
        Self::ServicePrincipal,
        Self::Scope,
        Self::Assignment,
        Self::Facts,
        Self::Verification,
        Self::CutOver,
        Self::FactsAfter,
        Self::RemovePolicy,
        Self::RemoveAssignment,
        Self::RemoveScope,
        Self::RemoveServicePrincipal,
    ];

    /// The step with this name in a result.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The step's name in the result.
    pub fn name(self) -> &'static str {
        match self {
            Self::PowerShell => "powershell",
            Self::Module => "module",
            Self::Connect => "connect",
            Self::Group => "group",
            Self::Members => "members",
            Self::PolicyFence => "policy_fence",
            Self::ServicePrincipal => "service_principal",
            Self::Scope => "scope",
            Self::Assignment => "assignment",
            Self::Facts => "facts",
            Self::Verification => "verification",
            Self::CutOver => "cut_over",
            Self::FactsAfter => "facts_after",
            Self::RemovePolicy => "remove_policy",
            Self::RemoveAssignment => "remove_assignment",
            Self::RemoveScope => "remove_scope",
            Self::RemoveServicePrincipal => "remove_service_principal",
        }
    }

    /// What it does, in a line.
    pub fn title(self) -> &'static str {
        match self {
            Self::PowerShell => "Check PowerShell",
            Self::Module => "Check the ExchangeOnlineManagement module",
            Self::Connect => "Connect to Exchange Online",
            Self::Group => "Mail-enabled security group",
            Self::Members => "Permitted senders as members of the group",
            Self::PolicyFence => "Application Access Policy",
            Self::ServicePrincipal => "Make the app known to Exchange",
            Self::Scope => "Scope: the members of the group",
            Self::Assignment => "Role Application Mail.Send within the scope",
            Self::Facts | Self::FactsAfter => "Read what is set up",
            Self::Verification => "Compare with what is wanted",
            Self::CutOver => "Remove the Application Access Policy",
            Self::RemovePolicy => "Remove the policy",
            Self::RemoveAssignment => "Remove the role assignment",
            Self::RemoveScope => "Remove the scope",
            Self::RemoveServicePrincipal => "Remove the app's entry in Exchange",
        }
    }

    /// Why it is needed, in plain words.
    pub fn why(self) -> &'static str {
        match self {
            Self::PowerShell => "Old versions cannot load the module, and Windows may forbid scripts altogether",
            Self::Module => "Exchange Online is administered by this module of Microsoft's",
            Self::Connect => "Only an Exchange administrator of the right organisation may set up the fence",
            Self::Group => "The fence is drawn around the members of a group, and only this kind of group will do",
            Self::Members => "The app may send as exactly the mailboxes that are in the group",
            Self::PolicyFence => "Without it the permission Mail.Send lets the app send as everybody in the company",
            Self::ServicePrincipal => {
                "Exchange hands out roles only to apps that it knows by their enterprise application"
            }
            Self::Scope => "It limits the role to the mailboxes that are direct members of the group",
            Self::Assignment => "It replaces the permission in Microsoft Entra, which cannot be limited by itself",
            Self::Facts | Self::FactsAfter => {
                "The result tells this program what really is there, other policies included"
            }
            Self::Verification => "Every permitted sender must be granted and every forbidden one denied",
            Self::CutOver => "The policy has nothing left to limit once the permission in Microsoft Entra is gone",
            Self::RemovePolicy => {
                "Only for going back: the app may send as everybody while it holds Mail.Send in Entra"
            }
            Self::RemoveAssignment => "Only for going back: afterwards the app cannot send by this role any more",
            Self::RemoveScope => "It is of no use without the role assignment",
            Self::RemoveServicePrincipal => "It is of no use when the app holds no role in Exchange",
        }
    }

    /// True when something is taken away, so that it is asked for first.
    pub fn needs_confirmation(self) -> bool {
        match self {
            Self::CutOver
            | Self::RemovePolicy
            | Self::RemoveAssignment
            | Self::RemoveScope
            | Self::RemoveServicePrincipal => true,
            Self::PowerShell
            | Self::Module
            | Self::Connect
            | Self::Group
            | Self::Members
            | Self::PolicyFence
            | Self::ServicePrincipal
            | Self::Scope
            | Self::Assignment
            | Self::Facts
            | Self::Verification
            | Self::FactsAfter => false,
        }
    }

    pub(super) fn body(self) -> &'static str {
        match self {
            Self::PowerShell => include_str!("parts/powershell.ps1"),
            Self::Module => include_str!("parts/module.ps1"),
            Self::Connect => include_str!("parts/connect.ps1"),
            Self::Group => include_str!("parts/group.ps1"),
            Self::Members => include_str!("parts/members.ps1"),
            Self::PolicyFence => include_str!("parts/policy_fence.ps1"),
            Self::ServicePrincipal => include_str!("parts/service_principal.ps1"),
            Self::Scope => include_str!("parts/scope.ps1"),
            Self::Assignment => include_str!("parts/assignment.ps1"),
            Self::Facts | Self::FactsAfter => include_str!("parts/facts.ps1"),
            Self::Verification => include_str!("parts/verification.ps1"),
            Self::CutOver => include_str!("parts/cut_over.ps1"),
            Self::RemovePolicy => include_str!("parts/remove_policy.ps1"),
            Self::RemoveAssignment => include_str!("parts/remove_assignment.ps1"),
            Self::RemoveScope => include_str!("parts/remove_scope.ps1"),
            Self::RemoveServicePrincipal => include_str!("parts/remove_service_principal.ps1"),
        }
    }

    fn needs_enterprise_object(self) -> bool {
        matches!(
            self,
            Self::ServicePrincipal
                | Self::Scope
                | Self::Assignment
                | Self::CutOver
                | Self::RemoveAssignment
                | Self::RemoveScope
                | Self::RemoveServicePrincipal
        )
    }
}

/// One step with the commands that do the same by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which one.
    pub id: StepId,
    /// What it does.
    pub title: &'static str,
    /// Why.
    pub why: &'static str,
    /// Commands to copy one by one; each is a single line and needs nothing but a connected window.
    pub commands: Vec<String>,
    /// True when it takes something away; the script asks first.
    pub needs_confirmation: bool,
}

/// A script: what it is for and its steps. [`Script::to_ps1`] gives the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Which script.
    pub kind: ScriptKind,
    /// Its steps in order.
    pub steps: Vec<Step>,
    pub(super) desired: Desired,
}

/// Why a script cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// RBAC for Applications binds a role to the enterprise application's object id.
    #[error(
        "the object ID of the enterprise application is not known; sign in on the Credentials tab and it is filled in"
    )]
    NoEnterpriseObject,
}

impl Script {
    /// Makes the script of this `kind`.
    pub fn new(kind: ScriptKind, desired: &Desired) -> Result<Self, ScriptError> {
        let method = kind.method(desired);
        let ids = kind.steps(method);
        let uses_object = method == Method::RbacForApplications && kind == ScriptKind::Verify
            || ids.iter().any(|id| id.needs_enterprise_object());
        if uses_object && desired.enterprise_object_id.is_none() {
            return Err(ScriptError::NoEnterpriseObject);
        }
        let steps = ids.iter().map(|id| Step {
            id: *id,
            title: id.title(),
            why: id.why(),
            commands: commands::of(*id, method, desired),
            needs_confirmation: id.needs_confirmation(),
        });
        Ok(Self { kind, steps: steps.collect(), desired: desired.clone() })
    }

    /// All commands of all steps, one per line, for pasting one after the other.
    pub fn commands(&self) -> Vec<&str> {
        self.steps.iter().flat_map(|step| step.commands.iter().map(String::as_str)).collect()
    }
}
