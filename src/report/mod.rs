//! What is left after a run: one model for the window, the terminal and files, and every format of it.
//!
//! `trail` says where a report comes from, `sheet` what it says, and each format escapes that in its own way.
//! `inert` and `markup` see to it that no text from outside can do anything.

mod authentic;
mod check;
mod compare;
mod csv;
mod files;
mod fleet;
mod fleet_pages;
mod html;
mod inert;
mod json;
mod junit;
mod markdown;
mod markup;
mod model;
mod sheet;
mod svg;
mod sweep;
mod sweep_file;
mod trail;

pub use authentic::{check_report, record_names};
pub use check::{RecordCheck, Standing, check_record, record_check_json};
pub use compare::{ComparedSender, Comparison, Seen, compare};
pub use csv::csv;
pub use files::{Format, render, report_format, write_report, write_report_with};
pub use fleet::{CustomerReport, FleetEnding, FleetReport, customer_line, fleet_line};
pub use fleet_pages::{fleet_html, fleet_junit};
pub use html::html;
pub use json::{check_json, send_json, verify_json, verify_json_with};
pub use junit::junit;
pub use markdown::markdown;
pub use model::{CheckReport, Ending, NotBegun, SenderReport, SharedWords, VerifyReport};
pub use sheet::is_foreign_address;
pub use svg::timeline_svg;
pub use sweep::{Coverage, SweepReport, sweep_csv, sweep_json};
pub use sweep_file::{check_sweep_file, write_sweep};
pub use trail::{RecordInfo, Timeline, TimelineRound, TimelineSender, Trail, obstacle_of, report_of_record};
