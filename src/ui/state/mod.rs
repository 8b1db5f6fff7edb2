//! What the window knows: text fields, and a fold of the engine's events. Pure: no drawing, no engine, no clock.

mod credentials;
mod demo;
mod log;
mod memo;
mod policy_setup;
mod profiles;
mod report;
mod send_mail;
mod sweep;
mod sweep_table;
mod watch;

pub use credentials::{Check, Credentials, CredentialsForm, FieldErrors};
pub use demo::Demo;
pub use log::Log;
pub use policy_setup::{Busy, PolicyForm, PolicySetup, Runner};
pub use profiles::{
    KeyStore, Profiles, client as profile_client, forms_of, left_out, profile_of, tenant as profile_tenant,
};
pub use report::ReportTab;
pub use send_mail::{Expect, OneForm, Row, RowState, Run, RunKind, SendForm, SendMail};
pub use sweep::{SendView, SweepForm, SweepRun, SweepTab};
pub use sweep_table::{Lines, SweepColumn, SweepFilter, SweepTable};
pub use watch::{FenceChoice, WatchForm, Watching};

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::{
    base::Secret,
    engine::{
        CheckReport, DemoTenant, DesiredInput, Event, GraphOptions, Imported, JobId, Problem, RecordEvent,
        ScenarioSummary, ScriptKind, SweepFiles, VaultEvent, VerifyReport,
    },
};

use super::{policy_text, profile_text, report_text, sweep_text, text};

/// The tabs, in the order of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tab {
    /// Who signs in, and whether that works.
    #[default]
    Credentials,
    /// Set the fence up, step by step.
    PolicySetup,
    /// Send as permitted and forbidden senders, and judge.
    SendMail,
    /// What earlier tests have left.
    Report,
}

impl Tab {
    /// All tabs, from left to right; `Ctrl+1` is the first.
    pub const ALL: [Self; 4] = [Self::Credentials, Self::PolicySetup, Self::SendMail, Self::Report];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::PolicySetup => "policy-setup",
            Self::SendMail => "send-mail",
            Self::Report => "report",
        }
    }

    /// The tab with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name().eq_ignore_ascii_case(name.trim()))
    }
}

/// What stands in front of everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// A place to paste a `GraphOptions` block.
    Paste,
    /// A forbidden test really sends when there is no fence.
    SendWarning(RunKind),
    /// The same, before a sweep.
    SweepWarning,
    /// A place to paste what the administrator's PowerShell printed.
    PasteResult,
    /// A script that changes something is to be run.
    ConfirmScript(ScriptKind, Runner),
    /// How to watch a change.
    Watch,
    /// What is typed is to be kept under a customer's name.
    SaveProfile,
    /// The chosen customer is to be forgotten.
    DeleteProfile,
    /// The record in view is to be deleted.
    DeleteRecord,
    /// An earlier start of the program left something unfinished.
    Unfinished,
    /// What the panel in view is for.
    Help,
    /// The window is to be closed while mails are being sent.
    Quit,
}

/// Everything the window knows.
#[derive(Default)]
pub struct State {
    /// The tab in view.
    pub tab: Tab,
    /// Boxes and result of the sign-in check.
    pub credentials: Credentials,
    /// Boxes and result of the sending test.
    pub send_mail: SendMail,
    /// The sweep over everybody else.
    pub sweep: SweepTab,
    /// Boxes, scripts and findings of the policy setup.
    pub policy: PolicySetup,
    /// Customers and settings.
    pub profiles: Profiles,
    /// The watch.
    pub watch: Watching,
    /// Records of earlier tests.
    pub report: ReportTab,
    /// The demo tenant.
    pub demo: Demo,
    /// What was asked and answered.
    pub log: Log,
    /// Whether the log is open.
    pub log_open: bool,
    /// What stands in front.
    pub dialog: Option<Dialog>,
    /// It was not drawn yet, so it takes the keyboard.
    pub dialog_is_new: bool,
    /// What was pasted into the dialog; may hold a secret.
    pub pasted: Zeroizing<String>,
    /// A secret that was pasted, so it may still stand on the clipboard.
    pub on_clipboard: Option<Secret>,
    /// The import that is running.
    pub importing: Option<JobId>,
    /// Why the last import gave nothing.
    pub import_problem: Option<Box<Problem>>,
    /// Something was started: its result is to be brought into view.
    pub result_wanted: bool,
    /// What happened last, in a few words.
    pub notice: String,
}

impl State {
    /// The state at the start.
    pub fn new(scenarios: Vec<ScenarioSummary>) -> Self {
        Self { demo: Demo::new(scenarios), ..Self::default() }
    }

    /// Takes an event in. Events of an older job change nothing.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Notes(job, notes) => self.credentials.noted(job, &notes),
            Event::Log(line) => self.log.push(*line),
            Event::Checked(job, report) => self.checked(job, report),
            Event::Planned(job, senders) => {
                self.send_mail.planned(job, &senders);
                self.sweep.planned(job, &senders);
            }
            Event::Asking(job, index, test_id) => self.send_mail.asking(job, index, &test_id),
            Event::Answered(job, index, line) => {
                self.sweep.answered(job, index, &line);
                self.send_mail.answered(job, index, line);
            }
            Event::Sweep(job, update) => self.sweep.updated(job, *update),
            Event::SweepFiles(job, files) => self.sweep_files(job, *files),
            Event::Concluded(job, report) => self.concluded(job, report),
            Event::DemoReady(job, tenant) => self.demo_ready(job, tenant),
            Event::DemoFailed(job, problem) => self.demo_failed(job, problem),
            Event::Imported(job, imported) => self.imported(job, *imported),
            Event::Finished(job) => self.finished(job),
            Event::ScriptEnded(job, end) => self.policy.script_ended(job, end),
            Event::ScriptSaved(_, path) => self.notice = policy_text::saved_as(&path.display().to_string()),
            Event::PolicyRead(_, what, notes) => self.policy.was_read(policy_text::was_read(&what, notes.len())),
            Event::PolicyState(_, known) => self.policy.judged(known),
            Event::PolicyRefused(job, _) => self.policy.refused(job),
            Event::PolicyFailed(job, problem) => self.policy.failed(job, problem),
            Event::DemoGrantRemoved(_) => policy_text::GRANT_REMOVED.clone_into(&mut self.notice),
            Event::Round(job, report) => self.send_mail.round_done(job, &report),
            Event::Watched(job, progress) => self.watch.watched(job, progress),
            Event::NotRecorded(job, why) => self.send_mail.not_recorded(job, why),
            Event::Records(job, event) => self.records(job, *event),
            Event::SettingsNotSaved(why) => self.notice = profile_text::not_saved(&why),
            Event::Vault(job, event) => self.vault(job, *event),
            Event::Trail(job, trail) => self.send_mail.recorded(job, trail.record.map(|record| record.file)),
            Event::ScriptReady(..)
            | Event::ScriptStarted(..)
            | Event::DirectoryRead(..)
            | Event::Fleet(..)
            | Event::Interrupted => (),
        }
    }

    fn sweep_files(&mut self, job: JobId, files: SweepFiles) {
        if let Some((path, failure)) = self.sweep.files(job, files) {
            self.notice = sweep_text::saved(&path.display().to_string(), failure.as_deref());
        }
    }

    fn checked(&mut self, job: JobId, report: Box<CheckReport>) {
        self.credentials.checked(job, report);
        self.policy.has_news();
    }

    fn concluded(&mut self, job: JobId, report: Box<VerifyReport>) {
        self.send_mail.concluded(job, report);
        self.policy.has_news();
        self.report.changed();
    }

    /// The key store's secret goes into its box, unless somebody has typed there meanwhile.
    fn vault(&mut self, job: JobId, event: VaultEvent) {
        match self.profiles.answered(job, event) {
            Some(Ok(secret)) if self.credentials.form.client_secret.is_empty() => {
                self.credentials.form.client_secret = Zeroizing::new(secret.expose().to_owned());
            }
            Some(Err(problem)) => self.notice = problem_words(&problem),
            Some(Ok(_)) | None => (),
        }
    }

    fn records(&mut self, job: JobId, event: RecordEvent) {
        for file in self.report.answered(job, event).into_iter().flatten() {
            let path = file.path.display().to_string();
            self.notice = match file.failure {
                None => report_text::saved(&path),
                Some(why) => report_text::not_saved(&path, &why),
            };
        }
    }

    /// The ids of a record's watch, where nothing else was typed: the secret alone is then missing.
    pub fn fill_from_record(&mut self, path: &std::path::Path) {
        let row = self.report.rows.iter().find(|row| row.path == path);
        let Some(summary) = row.and_then(|row| row.summary.as_ref()) else { return };
        let form = &mut self.credentials.form;
        if form.tenant_id.trim().is_empty() && form.client_id.trim().is_empty() {
            form.tenant_id = summary.tenant_id.clone().unwrap_or_default();
            form.client_id.clone_from(&summary.client_id);
        }
    }

    /// What is wanted of the fence, from all tabs together.
    pub fn policy_input(&self) -> DesiredInput {
        self.policy.input(&self.credentials, &self.send_mail)
    }

    /// Whether anything is under way that ends with an event.
    pub fn is_busy(&self) -> bool {
        self.credentials.is_running()
            || self.send_mail.is_running()
            || self.sweep.is_running()
            || self.policy.is_busy()
            || self.demo.starting.is_some()
    }

    /// Leaves the demo tenant: what was typed before it comes back.
    pub fn leave_demo(&mut self) {
        if let Some((credentials, send, sweep)) = self.demo.leave() {
            self.credentials.refill(credentials);
            self.send_mail.refill(send);
            self.sweep.refill(sweep);
            self.policy.leave_demo();
            text::LEFT_DEMO.clone_into(&mut self.notice);
        }
    }

    fn demo_ready(&mut self, job: JobId, tenant: Box<DemoTenant>) {
        let typed = (self.credentials.form.clone(), self.send_mail.form.clone(), self.sweep.form.clone());
        let (credentials, send) = (CredentialsForm::of_demo(&tenant), SendForm::of_demo(&tenant));
        let (title, answering) = (tenant.title.clone(), tenant.clone());
        if self.demo.ready(job, tenant, typed) {
            self.credentials.refill(credentials);
            self.send_mail.refill(send);
            self.sweep.refill(SweepForm::of_demo(&answering));
            self.policy.enter_demo(&answering);
            self.notice = text::demo_ready(&title);
        }
    }

    /// The engine has no demo tenant any more, not even the one before.
    fn demo_failed(&mut self, job: JobId, problem: Box<Problem>) {
        if self.demo.starting == Some(job) {
            self.leave_demo();
            self.demo.problem = Some(problem);
        }
    }

    fn imported(&mut self, job: JobId, imported: Imported) {
        if self.importing != Some(job) {
            return;
        }
        match imported {
            Ok(options) => self.fill(&options),
            Err(problem) => self.import_problem = Some(problem),
        }
    }

    fn fill(&mut self, options: &GraphOptions) {
        self.credentials.import(options);
        self.send_mail.import(options);
        self.import_problem = None;
        self.pasted = Zeroizing::default();
        if self.dialog == Some(Dialog::Paste) {
            self.dialog = None;
            self.on_clipboard = Some(options.client_secret.clone()).filter(|secret| !secret.expose().is_empty());
        }
        text::IMPORTED.clone_into(&mut self.notice);
    }

    fn finished(&mut self, job: JobId) {
        if self.importing == Some(job) {
            self.importing = None;
        }
        self.credentials.finished(job);
        self.send_mail.finished(job);
        self.watch.finished(job);
        self.report.finished(job);
        self.policy.finished(job);
        self.demo.finished(job);
    }
}

/// Text per field, gathered from several errors.
pub(super) fn by_field(errors: &[crate::base::InputError]) -> FieldErrors {
    let mut shown = BTreeMap::new();
    for err in errors {
        shown.entry(err.field).or_insert_with(|| text::sentence(&err.fault.to_string()));
    }
    shown
}

fn problem_words(problem: &Problem) -> String {
    let detail = problem.evidence.detail.as_deref().unwrap_or_default();
    format!("{}: {detail}", problem.summary)
}
