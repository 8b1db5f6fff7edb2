//! What is left after a run: one model for the window, the terminal and files, and its JSON.

mod files;
mod fleet;
mod fleet_pages;
mod json;
mod model;
mod sweep;

pub use files::{Format, report_format, write_report};
pub use fleet::{CustomerReport, FleetEnding, FleetReport, customer_line, fleet_line};
pub use fleet_pages::{fleet_html, fleet_junit};
pub use json::{check_json, send_json, verify_json};
pub use model::{CheckReport, Ending, NotBegun, SenderReport, VerifyReport, context_of};
pub use sweep::{Coverage, SweepReport, sweep_csv, sweep_json};
