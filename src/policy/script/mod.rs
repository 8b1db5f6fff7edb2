//! PowerShell that an administrator can read, run, run again and take back: steps as data, and the text made of them.

mod commands;
mod render;
mod step;

pub use render::to_ps1_bytes;
pub use step::{Script, ScriptError, ScriptKind, Step, StepId};

/// The line before the result that a script prints.
pub const RESULT_BEGIN: &str = "-----BEGIN EXCHANGE365 RESULT-----";
/// The line behind it.
pub const RESULT_END: &str = "-----END EXCHANGE365 RESULT-----";
/// The `schema` of that result.
pub const RESULT_SCHEMA: &str = "exchange365/policy/1";
