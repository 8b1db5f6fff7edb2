//! The actor behind both front ends: commands in, events out, jobs with ids and cancellation.
//!
//! It runs on its own thread and owns sessions, tokens and the demo tenant. It knows neither a window nor a terminal.

mod actor;
mod command;
mod demo_admin;
mod demo_facts;
mod directory;
mod environment;
mod event;
mod fleet;
mod fleet_file;
mod graph_options;
mod handle;
mod jobs;
mod journal_file;
mod keeping;
mod key_store;
mod policy_actor;
mod policy_event;
mod policy_jobs;
mod policy_store;
mod powershell;
mod record_event;
mod recorder;
mod records;
mod round;
mod session;
mod setup;
mod sweep;
mod sweep_input;
mod sweep_shelf;
mod watch;
mod watch_event;
mod watch_target;

pub use command::{Command, JobId};
pub use environment::Environment;
pub use event::{DemoTenant, Event, Imported, LogLine};
pub use fleet::{FleetCustomer, FleetRequest, FleetUpdate};
pub use fleet_file::{FleetEntry, FleetFormat, FleetProfile, SecretSource, Shard, parse_fleet};
pub use graph_options::GraphOptions;
pub use handle::{Handle, Options};
pub use keeping::{VaultCommand, VaultEvent};
pub use key_store::KeyStore;
pub use policy_event::{DirectoryRow, DirectoryState, PolicyState, ReadHints, ScriptEnd, ScriptText};
pub use powershell::Shell;
pub use record_event::{
    Compared, OpenedRecord, RecordCommand, RecordEvent, RecordRef, RecordRow, RecordState, RecordSummary, SavedReport,
};
pub use setup::{Senders, Setup, check_field};
pub use sweep::SweepUpdate;
pub use sweep_input::{SweepRequest, SweepSource};
pub use sweep_shelf::{SweepFiles, SweepFilesCommand, UnfinishedSweep};
pub use watch_event::{Until, WatchPhase, WatchPlan, WatchProgress, WatchWhat, WatchWish};

// What front ends show and never make themselves.
pub use crate::{
    demo::{Scenario, ScenarioSummary},
    explain::{
        CheckStage, Evidence, Problem, SenderWords, Stage, StageRow, StageState, Who, arguments as explain_arguments,
        grouped, input as explain_input, one_sender as explain_one_sender, outcome_label,
        policy_input as explain_policy_input, profile_unusable, role_warning, sweep_counts, verdict_label,
    },
    m365::{Cloud, Outcome, Refusal, auth::Claims, graph::MailboxName},
    policy::{
        Access, Desired, DesiredError, DesiredField, DesiredInput, Evaluation, ExchangeCloud, Expectation, FenceState,
        Finding, GroupWanted, Guide, GuideStep, KnownError, LiveObservation, MailboxAccess, Method, MethodText,
        Migration, ReadNote, Recognised, Script, ScriptKind, ScriptRun, Severity, Step, StepId, StepOutcome,
        StepProgress, StepRun, StepState, StepText, Truth, Who as PolicyWho, known_errors, method_text, rollback,
        step_text, waiting,
    },
    report::{
        CheckReport, ComparedSender, Comparison, Coverage, CustomerReport, Ending, FleetEnding, FleetReport,
        Format as ReportFormat, NotBegun, RecordCheck, RecordInfo, Seen, SenderReport, SharedWords, Standing,
        SweepReport, Timeline, TimelineRound, TimelineSender, Trail, VerifyReport, check_json, check_sweep_file,
        customer_line, fleet_html, fleet_junit, fleet_line, record_check_json, report_format, send_json, sweep_csv,
        sweep_json, verify_json, verify_json_with, write_report, write_report_with, write_sweep,
    },
    settings::{
        CloudName, Notice as SettingsNotice, Places, Profile, Proxy as KeptProxy, Settings, Store, Theme as KeptTheme,
        Vault, Window as KeptWindow,
    },
    verify::{
        Announced, App, Calibration, Counts, Expected, Fence, Finding as SweepFinding, Mechanism, SenderResult,
        Shown as SweepShown, Stop, SweepLine, SweepProgress, SweepResult, Target as SweepTarget, TestId, Verdict,
        Watch, announced, decode,
    },
};
