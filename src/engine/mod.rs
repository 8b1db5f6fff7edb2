//! The actor behind both front ends: commands in, events out, jobs with ids and cancellation.
//!
//! It runs on its own thread and owns sessions, tokens and the demo tenant. It knows neither a window nor a terminal.

mod actor;
mod command;
mod demo_admin;
mod directory;
mod environment;
mod event;
mod graph_options;
mod handle;
mod jobs;
mod policy_actor;
mod policy_event;
mod policy_jobs;
mod policy_store;
mod powershell;
mod session;
mod setup;

pub use command::{Command, JobId};
pub use environment::Environment;
pub use event::{DemoTenant, Event, Imported, LogLine};
pub use graph_options::GraphOptions;
pub use handle::{Handle, Options};
pub use policy_event::{DirectoryRow, DirectoryState, PolicyState, ReadHints, ScriptEnd, ScriptText};
pub use powershell::Shell;
pub use setup::{Senders, Setup, check_field};

// What front ends show and never make themselves.
pub use crate::{
    demo::{Scenario, ScenarioSummary},
    explain::{
        CheckStage, Evidence, Problem, SenderWords, Stage, StageRow, StageState, Who, input as explain_input,
        outcome_label, policy_input as explain_policy_input, role_warning, verdict_label,
    },
    m365::{Cloud, Outcome, Refusal, auth::Claims},
    policy::{
        Access, Desired, DesiredError, DesiredField, DesiredInput, Evaluation, ExchangeCloud, Expectation, FenceState,
        Finding, GroupWanted, Guide, GuideStep, KnownError, LiveObservation, MailboxAccess, Method, MethodText,
        ReadNote, Recognised, Script, ScriptKind, ScriptRun, Severity, Step, StepId, StepOutcome, StepProgress,
        StepRun, StepState, StepText, Truth, Who as PolicyWho, known_errors, method_text, rollback, step_text, waiting,
    },
    report::{
        CheckReport, Ending, NotBegun, SenderReport, VerifyReport, check_json, report_format, send_json, verify_json,
        write_report,
    },
    verify::{App, Expected, Mechanism, SenderResult, TestId, Verdict},
};
