//! The command line: the same commands as the window, for a terminal or a script.
//!
//! `args` is what was typed, `settle` holds it against what variables say, `refused` says what cannot be used, `misuse`
//! without repeating a secret, `config` is what it means (the only reader of the environment), `run` asks the engine,
//! `printer` writes what `lines` keeps harmless, `exit` holds the table of exit codes.

mod args;
mod config;
mod exit;
mod fleet;
mod lines;
mod misuse;
mod policy;
mod policy_args;
mod policy_text;
mod printer;
mod record_args;
mod record_text;
mod records;
mod refused;
mod run;
mod secret;
mod settle;
mod sweep;
mod sweep_text;
mod text;
mod verify;

pub use exit::ExitStatus;
pub use run::{main, report_bug};
