//! The actor behind both front ends: commands in, events out, jobs with ids and cancellation.
//!
//! It runs on its own thread and owns sessions, tokens and the demo tenant. It knows neither a window nor a terminal.

mod actor;
mod command;
mod event;
mod fleet;
mod fleet_file;
mod graph_options;
mod handle;
mod jobs;
mod journal_file;
mod session;
mod setup;
mod sweep;
mod sweep_input;

pub use command::{Command, JobId};
pub use event::{DemoTenant, Event, Imported, LogLine};
pub use fleet::{FleetCustomer, FleetRequest, FleetUpdate};
pub use fleet_file::{FleetEntry, FleetFormat, FleetProfile, SecretSource, Shard, parse_fleet};
pub use graph_options::GraphOptions;
pub use handle::{Handle, Options};
pub use setup::{Senders, Setup, check_field};
pub use sweep::SweepUpdate;
pub use sweep_input::{SweepRequest, SweepSource};

// What front ends show and never make themselves.
pub use crate::{
    demo::{Scenario, ScenarioSummary},
    explain::{
        CheckStage, Evidence, Problem, SenderWords, Stage, StageRow, StageState, Who, input as explain_input,
        outcome_label, profile_unusable, role_warning, sweep_counts, verdict_label,
    },
    m365::{Cloud, Outcome, Refusal},
    report::{
        CheckReport, Coverage, CustomerReport, Ending, FleetEnding, FleetReport, NotBegun, SenderReport, SweepReport,
        VerifyReport, check_json, customer_line, fleet_html, fleet_junit, fleet_line, report_format, send_json,
        sweep_csv, sweep_json, verify_json, write_report,
    },
    verify::{
        App, Calibration, Counts, Expected, Finding, Mechanism, SenderResult, Stop, SweepLine, SweepProgress,
        SweepResult, TestId, Verdict, decode,
    },
};
