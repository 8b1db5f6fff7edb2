//! What the engine tells front ends.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use crate::{
    base::{MailAddress, Secret, Timestamp},
    explain::Problem,
    m365::Call,
    policy::{DesiredError, ReadNote, Recognised, ScriptKind},
    report::{CheckReport, SenderReport, Trail, VerifyReport},
    verify::{Expected, TestId},
};

use super::{
    FleetUpdate, GraphOptions, JobId, PolicyState, RecordEvent, ScriptEnd, ScriptText, Setup, SweepFiles, SweepUpdate,
    VaultEvent, WatchProgress,
};

/// One thing that happened. Every job ends with `Finished`.
#[derive(Debug, Clone)]
pub enum Event {
    /// What had to be taken off the typed values, in words.
    Notes(JobId, Vec<String>),
    /// A call was made.
    Log(Box<LogLine>),
    /// The sign-in check is done.
    Checked(JobId, Box<CheckReport>),
    /// Who is going to be asked, in order.
    Planned(JobId, Vec<(MailAddress, Expected)>),
    /// A mail is about to be handed over.
    Asking(JobId, usize, TestId),
    /// An answer came; its verdict is provisional until `Concluded`.
    Answered(JobId, usize, SenderReport),
    /// One test of a watch is done; the watch goes on or ends with `Concluded`.
    Round(JobId, Box<VerifyReport>),
    /// How far a watch is. While it waits, about once a second.
    Watched(JobId, Box<WatchProgress>),
    /// Where the report that follows comes from.
    Trail(JobId, Box<Trail>),
    /// The test goes on, but leaves no record; why.
    NotRecorded(JobId, String),
    /// The run is done.
    Concluded(JobId, Box<VerifyReport>),
    /// What was asked about records.
    Records(JobId, Box<RecordEvent>),
    /// The settings could not be written; why.
    SettingsNotSaved(String),
    /// What was asked of the key store.
    Vault(JobId, Box<VaultEvent>),
    /// The demo tenant answers.
    DemoReady(JobId, Box<DemoTenant>),
    /// The demo tenant could not be started.
    DemoFailed(JobId, Box<Problem>),
    /// A `GraphOptions` block was read, or could not be.
    Imported(JobId, Box<Imported>),
    /// A script was made.
    ScriptReady(JobId, Box<ScriptText>),
    /// A script was saved.
    ScriptSaved(JobId, PathBuf),
    /// A script runs in the PowerShell of this name.
    ScriptStarted(JobId, ScriptKind, &'static str),
    /// A script has ended and left its result.
    ScriptEnded(JobId, Box<ScriptEnd>),
    /// Output was read: how many records of which cmdlet, and what could not be taken at its word.
    PolicyRead(JobId, BTreeMap<Recognised, usize>, Vec<ReadNote>),
    /// The directory was asked; whether it could read anything.
    DirectoryRead(JobId, bool),
    /// `Mail.Send` was taken from the app in the demo tenant's Entra.
    DemoGrantRemoved(JobId),
    /// All that is known of the fence, judged.
    PolicyState(JobId, Box<PolicyState>),
    /// Values of the policy setup that cannot be used.
    PolicyRefused(JobId, Vec<DesiredError>),
    /// A job of the policy setup came to nothing.
    PolicyFailed(JobId, Box<Problem>),
    /// A sweep goes on.
    Sweep(JobId, Box<SweepUpdate>),
    /// Unfinished sweeps were looked for, or a result was written to a file.
    SweepFiles(JobId, Box<SweepFiles>),
    /// A fleet goes on.
    Fleet(JobId, Box<FleetUpdate>),
    /// The job is over.
    Finished(JobId),
    /// The terminal's interrupt key was pressed.
    Interrupted,
}

/// The outcome of reading a `GraphOptions` block.
pub type Imported = Result<GraphOptions, Box<Problem>>;

/// A running demo tenant: addresses and credentials, as of any tenant.
#[derive(Debug, Clone)]
pub struct DemoTenant {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's title.
    pub title: String,
    /// One sentence about it.
    pub about: String,
    /// Login, Graph and Exchange answer below this address.
    pub base_url: String,
    /// The tenant's GUID.
    pub tenant_id: String,
    /// The app registration.
    pub client_id: String,
    /// Its secret, good for this tenant on this machine alone.
    pub client_secret: Secret,
    /// Senders to try as permitted.
    pub permitted: Vec<String>,
    /// Senders to try as forbidden.
    pub forbidden: Vec<String>,
    /// Who may get the mails.
    pub recipient: String,
    /// The verdict a test of this scenario ends with.
    pub expected_verdict: String,
}

impl DemoTenant {
    /// What one would type to use it: addresses and credentials, as for any tenant. No proxy leads to this machine.
    pub fn setup(&self) -> Setup {
        Setup {
            tenant_id: self.tenant_id.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            login_url: self.base_url.clone(),
            graph_url: self.base_url.clone(),
            exchange_url: self.base_url.clone(),
            proxy: "none".to_owned(),
            ..Setup::empty()
        }
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When the answer came.
    pub time: Timestamp,
    /// What was done, such as `graph.send_mail`.
    pub operation: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where.
    pub url: String,
    /// HTTP status, when an answer came.
    pub status: Option<u16>,
    /// The service's id of the call.
    pub request_id: Option<String>,
    /// This program's id of the call.
    pub client_request_id: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// What went wrong, without secrets.
    pub failure: Option<String>,
}

impl LogLine {
    pub(super) fn of_call(call: Call) -> Self {
        Self {
            time: call.time,
            operation: call.operation.name(),
            method: call.method,
            url: call.url,
            status: call.status,
            request_id: call.ids.request_id,
            client_request_id: call.ids.client_request_id,
            elapsed: call.elapsed,
            failure: call.failure,
        }
    }

    /// The line as text, with every id, for copying into a support case.
    pub fn to_text(&self) -> String {
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let mut text = format!(
            "{:.3} {} {} {} -> {status} in {} ms",
            self.time,
            self.operation,
            self.method,
            self.url,
            self.elapsed.as_millis()
        );
        for (name, value) in
            [("request-id", &self.request_id), ("client-request-id", &self.client_request_id), ("error", &self.failure)]
        {
            if let Some(value) = value {
                text.extend([" ", name, "=", value]);
            }
        }
        text
    }
}
