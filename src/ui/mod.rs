//! The window. It sends the engine commands, folds its events, and draws what it knows; it never waits.
//!
//! Drawing functions end in `_ui`, take state and return [`Command`]s; [`App`] acts on them in one place.

mod app;
mod arguments;
mod clipboard;
mod command;
mod dialogs;
mod files;
mod fonts;
mod frame;
mod glossary;
mod help;
mod kept;
mod logo;
mod names;
mod open;
mod policy_actions;
mod policy_text;
mod profile_actions;
mod profile_text;
mod report_actions;
mod report_text;
mod row_text;
pub mod state;
mod style;
mod support_text;
mod sweep_actions;
mod sweep_text;
mod tabs;
mod text;
pub mod tokens;
mod widgets;
pub mod window;

pub use app::{App, Options, Records, Secrets};
pub use arguments::{Arguments, ArgumentsError, HELP, VERSION};
pub use command::Command;
pub use open::run;
