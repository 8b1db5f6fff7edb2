//! How the app's access should be limited: what is wanted, PowerShell that does it, what is there, and whether it holds.

mod cloud;
mod desired;
mod evaluate;
mod found;
mod quote;
mod read;
mod script;

pub use cloud::{AdminPage, ExchangeCloud};
pub use desired::{DEFAULT_DESCRIPTION, Desired, DesiredError, DesiredField, DesiredInput, GroupWanted, Method};
pub use evaluate::{
    Evaluation, Expectation, FenceState, Finding, FindingCode, LiveAnswer, LiveObservation, MailboxAccess, Severity,
    Who, evaluate,
};
pub use found::{
    Access, AccessRight, AssignmentScope, EntraGrants, Found, FoundAssignment, FoundGroup, FoundMailbox, FoundMember,
    FoundPolicy, FoundScope, FoundServicePrincipal, Known, PolicyApp, PolicyTest, RbacRow, RbacTest, RecipientKind,
    ScopeFilter, Truth,
};
pub use quote::powershell_literal;
pub use read::{
    LARGEST_INPUT, ReadBack, ReadContext, ReadError, ReadNote, Recognised, ScriptRun, StepOutcome, StepRun, read_bytes,
    read_text,
};
pub use script::{
    RESULT_BEGIN, RESULT_END, RESULT_SCHEMA, Script, ScriptError, ScriptKind, Step, StepId, to_ps1_bytes,
};
