//! How the app's access should be limited: what is wanted, PowerShell that does it, what is there, and whether it holds.

mod cloud;
mod desired;
mod quote;
mod script;

pub use cloud::{AdminPage, ExchangeCloud};
pub use desired::{DEFAULT_DESCRIPTION, Desired, DesiredError, DesiredField, DesiredInput, GroupWanted, Method};
pub use quote::powershell_literal;
pub use script::{
    RESULT_BEGIN, RESULT_END, RESULT_SCHEMA, Script, ScriptError, ScriptKind, Step, StepId, to_ps1_bytes,
};
