//! The actor behind both front ends: commands in, events out, jobs with ids and cancellation.
//!
//! It runs on its own thread and owns sessions, tokens and the demo tenant. It knows neither a window nor a terminal.

mod actor;
mod command;
mod event;
mod graph_options;
mod handle;
mod jobs;
mod session;
mod setup;

pub use command::{Command, JobId};
pub use event::{DemoTenant, Event, Imported, LogLine};
pub use graph_options::GraphOptions;
pub use handle::{Handle, Options};
pub use setup::{Senders, Setup, check_field};

// What front ends show and never make themselves.
pub use crate::{
    demo::{Scenario, ScenarioSummary},
    explain::{
        CheckStage, Evidence, Problem, SenderWords, Stage, StageRow, StageState, Who, input as explain_input,
        outcome_label, role_warning, verdict_label,
    },
    m365::{Cloud, Outcome, Refusal},
    report::{
        CheckReport, Ending, NotBegun, SenderReport, VerifyReport, check_json, report_format, send_json, verify_json,
        write_report,
    },
    verify::{App, Expected, Mechanism, SenderResult, TestId, Verdict},
};
