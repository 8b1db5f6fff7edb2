//! What front ends ask for.

use std::{net::SocketAddr, path::PathBuf};

use crate::policy::{DesiredInput, GuideStep, ScriptKind};

use crate::settings::Settings;

use super::{
    FleetRequest, ReadHints, RecordCommand, Senders, Setup, SweepFilesCommand, SweepRequest, VaultCommand, WatchWish,
};

/// The number of one job. Events of an older job change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub(super) u64);

/// One request to the engine.
#[derive(Debug)]
pub enum Command {
    /// Sign in and say what the token allows.
    Check(JobId, Box<Setup>),
    /// Send as everybody on the lists and judge.
    Verify(JobId, Box<Setup>, Box<Senders>),
    /// Send as everybody again and again, when the schedule says so, until the answer is stable.
    Watch(JobId, Box<Setup>, Box<WatchWish>),
    /// Something about records of earlier tests.
    Records(JobId, Box<RecordCommand>),
    /// Write the settings.
    SaveSettings(JobId, Box<Settings>),
    /// Something about the operating system's key store.
    Vault(JobId, Box<VaultCommand>),
    /// Start the demo tenant, instead of one that is running.
    StartDemo(JobId, String, SocketAddr),
    /// Stop the demo tenant.
    StopDemo,
    /// Move the demo tenant's clock.
    AdvanceDemo(std::time::Duration),
    /// Read a `GraphOptions` block from a text.
    ImportText(JobId, crate::base::Secret),
    /// Read a `GraphOptions` block from a file.
    ImportFile(JobId, PathBuf),
    /// Make a script of the policy setup.
    MakeScript(JobId, ScriptKind, Box<DesiredInput>),
    /// Make a script and save it as `.ps1`.
    SaveScript(JobId, ScriptKind, Box<DesiredInput>, PathBuf),
    /// Make a script and run it in PowerShell, where the person sees it.
    RunScript(JobId, ScriptKind, Box<DesiredInput>),
    /// Carry a script out in the demo tenant.
    RunInDemo(JobId, ScriptKind, Box<DesiredInput>),
    /// Take `Mail.Send` from the app in the demo tenant's Entra.
    RemoveDemoGrant(JobId, Box<DesiredInput>),
    /// Read what cmdlets printed, from a text.
    ReadPolicyText(JobId, Box<DesiredInput>, ReadHints, String),
    /// Read what cmdlets printed, from a file.
    ReadPolicyFile(JobId, Box<DesiredInput>, ReadHints, PathBuf),
    /// Read the directory with the app's own token.
    ReadDirectory(JobId, Box<Setup>, Box<DesiredInput>),
    /// Judge what is known of the fence.
    JudgePolicy(JobId, Box<DesiredInput>),
    /// The person says that a step is done (`true`), or is to be done again.
    MarkStep(JobId, Box<DesiredInput>, GuideStep, bool),
    /// Forget what was read about the app's fence.
    ForgetPolicy(JobId, Box<DesiredInput>),
    /// Probe many mailboxes without sending, held against real sends of known senders.
    Sweep(JobId, Box<Setup>, Box<SweepRequest>),
    /// Look for unfinished sweeps, or write a result to a file.
    SweepFiles(JobId, Box<SweepFilesCommand>),
    /// Test many customers.
    Fleet(JobId, Box<FleetRequest>),
    /// Hold a sweep (`true`) or let it go on.
    Pause(JobId, bool),
    /// Cancel a job.
    Cancel(JobId),
}
