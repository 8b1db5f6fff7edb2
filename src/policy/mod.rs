//! How the app's access should be limited: what is wanted, PowerShell that does it, what is there, and whether it holds.

mod cloud;
mod desired;
mod evaluate;
mod found;
mod guide;
mod migration;
mod quote;
mod read;
mod script;
mod truth;

pub use cloud::{AdminPage, ExchangeCloud};
pub use desired::{DEFAULT_DESCRIPTION, Desired, DesiredError, DesiredField, DesiredInput, GroupWanted, Method};
pub use evaluate::{
    Doubt, Evaluation, Expectation, FenceState, Finding, FindingCode, LiveAnswer, LiveObservation, MailboxAccess,
    Severity, Who, evaluate,
};
pub use found::{
    AccessRight, AssignmentScope, EntraGrants, Found, FoundAssignment, FoundGroup, FoundMailbox, FoundMember,
    FoundPolicy, FoundScope, FoundServicePrincipal, GraphGroup, PolicyApp, PolicyTest, RbacRow, RbacTest,
    RecipientKind, ScopeFilter,
};
pub use guide::{
    Guide, GuideEvent, GuideStep, KnownError, LiveResult, MethodText, StepProgress, StepState, StepText, known_errors,
    method_text, recognise, rollback, step_text, waiting,
};
pub use migration::{Migration, next_migration_step};
pub use quote::powershell_literal;
pub use read::{
    LARGEST_INPUT, LONGEST_AGE, ReadBack, ReadContext, ReadError, ReadNote, Recognised, ScriptRun, StepOutcome,
    StepRun, read_bytes, read_text,
};
pub use script::{
    RESULT_BEGIN, RESULT_END, RESULT_SCHEMA, Script, ScriptError, ScriptKind, Step, StepId, to_ps1_bytes,
};
pub use truth::{Access, Known, Truth};
