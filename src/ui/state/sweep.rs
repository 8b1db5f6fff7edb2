//! The sweep on the Send E-Mail tab: which mailboxes, how far it is, and what was found, as the table shows it.

use std::{path::PathBuf, sync::Arc};

use crate::{
    base::MailAddress,
    engine::{
        Calibration, Coverage, DemoTenant, Expected, JobId, SenderReport, Senders, Setup, SweepFiles, SweepLine,
        SweepProgress, SweepReport, SweepRequest, SweepSource, SweepUpdate, UnfinishedSweep,
    },
};

use super::{SweepTable, sweep_table::Lines};

/// How a list that was pasted is called in reports.
const PASTED: &str = "pasted list";

/// What the Send E-Mail tab shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SendView {
    /// Real mails of a few senders.
    #[default]
    Samples,
    /// The sweep over everybody else.
    Everybody,
}

/// Which mailboxes are swept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepForm {
    /// Addresses or a CSV, pasted.
    pub pasted: String,
    /// Lists.
    pub files: Vec<PathBuf>,
    /// Object id, address or name of a group; empty for none.
    pub group: String,
    /// Everybody in the directory.
    pub directory: bool,
    /// Further mailboxes that may be reachable.
    pub expected: String,
    /// Mailboxes asked at a time.
    pub at_once: usize,
    /// Whether an interrupted sweep can go on.
    pub keep: bool,
}

impl SweepForm {
    /// How many can be asked at a time.
    pub const AT_ONCE: [usize; 6] = [1, 4, 8, 16, 32, 64];

    /// The demo tenant's whole directory.
    pub fn of_demo(_tenant: &DemoTenant) -> Self {
        Self { directory: true, ..Self::default() }
    }

    /// Whether any mailbox is named.
    pub fn has_source(&self) -> bool {
        self.directory || !self.files.is_empty() || !self.pasted.trim().is_empty() || !self.group.trim().is_empty()
    }
}

impl Default for SweepForm {
    fn default() -> Self {
        Self {
            pasted: String::new(),
            files: Vec::new(),
            group: String::new(),
            directory: false,
            expected: String::new(),
            at_once: 16,
            keep: true,
        }
    }
}

/// A sweep, under way or done.
pub struct SweepRun {
    /// Its job.
    pub job: JobId,
    /// With these values.
    pub setup: Setup,
    /// As it was asked for.
    pub request: SweepRequest,
    /// So many mailboxes of a directory were read.
    pub reading: Option<usize>,
    /// Mailboxes on the list, and of these the ones answered in an earlier part.
    pub listed: Option<(usize, usize)>,
    /// Where they came from.
    pub coverage: Option<Coverage>,
    /// The known senders, and their real mails as far as they are answered.
    pub controls: Vec<(MailAddress, Expected, Option<Box<SenderReport>>)>,
    /// Whether the probe agreed with them; `None` before that.
    pub calibration: Option<Calibration>,
    /// How far it is.
    pub progress: Option<SweepProgress>,
    /// Somebody holds it.
    pub held: bool,
    /// Somebody has pressed *Cancel*.
    pub cancelling: bool,
    /// The result; `None` while it is under way.
    pub report: Option<Arc<SweepReport>>,
    live: Vec<Arc<SweepLine>>,
}

impl SweepRun {
    /// The answered mailboxes so far; once it is done, all of them.
    pub fn lines(&self) -> Lines<'_> {
        match &self.report {
            Some(report) => Lines::Done(&report.lines),
            None => Lines::Live(&self.live),
        }
    }

    fn take(&mut self, update: SweepUpdate) {
        match update {
            SweepUpdate::Reading(number) => self.reading = Some(number),
            SweepUpdate::Listed { total, resumed, coverage } => {
                self.listed = Some((total, resumed));
                self.coverage = Some(coverage);
            }
            SweepUpdate::Calibrated(calibration) => self.calibration = Some(calibration),
            SweepUpdate::Lines(lines) => self.live.extend(lines),
            SweepUpdate::Progress(progress) => self.progress = Some(progress),
            SweepUpdate::Concluded(report) => {
                self.calibration.clone_from(&report.calibration);
                self.live = Vec::new();
                self.report = Some(Arc::from(report));
            }
        }
    }
}

/// The sweep on the Send E-Mail tab.
#[derive(Default)]
pub struct SweepTab {
    /// What the tab shows.
    pub view: SendView,
    /// Which mailboxes.
    pub form: SweepForm,
    /// *Start* was pressed: what is missing is complained about.
    pub attempted: bool,
    /// Sweeps with the same credentials that can go on.
    pub unfinished: Vec<UnfinishedSweep>,
    /// Whether such sweeps can be kept at all.
    pub can_keep: bool,
    /// The one that is to go on when the warning was read.
    pub resuming: Option<UnfinishedSweep>,
    /// The sweep.
    pub run: Option<SweepRun>,
    /// How its lines are shown.
    pub table: SweepTable,
    looked_for: Option<Setup>,
    looking: Option<JobId>,
}

impl SweepTab {
    /// What the engine is given.
    pub fn request(&self, senders: Senders) -> SweepRequest {
        let form = &self.form;
        let mut sources: Vec<SweepSource> = form.files.iter().cloned().map(SweepSource::File).collect();
        if !form.pasted.trim().is_empty() {
            sources.push(SweepSource::Text { name: PASTED.to_owned(), text: form.pasted.clone() });
        }
        if !form.group.trim().is_empty() {
            sources.push(SweepSource::Group(form.group.trim().to_owned()));
        }
        if form.directory {
            sources.push(SweepSource::Directory);
        }
        SweepRequest {
            senders,
            expected: form.expected.clone(),
            sources,
            concurrency: form.at_once,
            keep: form.keep,
            journal: None,
            resume: None,
        }
    }

    /// What going on with an earlier sweep takes.
    pub fn resumption(&self, journal: PathBuf) -> SweepRequest {
        SweepRequest { concurrency: self.form.at_once, resume: Some(journal), ..SweepRequest::default() }
    }

    /// Who is really sent as once the warning was read: those who are typed, or those of the sweep that goes on.
    pub fn warned_of(&self, typed: Senders) -> Senders {
        match &self.resuming {
            None => typed,
            Some(sweep) => Senders {
                forbidden: sweep.forbidden.join("\n"),
                recipient: sweep.recipient.clone(),
                ..Senders::default()
            },
        }
    }

    /// A list is added, once.
    pub fn add_file(&mut self, path: PathBuf) {
        if !self.form.files.contains(&path) {
            self.form.files.push(path);
        }
    }

    /// Other mailboxes from elsewhere: results of the earlier ones go.
    pub fn refill(&mut self, form: SweepForm) {
        *self = Self { form, view: self.view, can_keep: self.can_keep, ..Self::default() };
    }

    /// A sweep is under way.
    pub fn start(&mut self, job: JobId, setup: Setup, request: SweepRequest) {
        self.attempted = false;
        self.unfinished.clear();
        self.resuming = None;
        self.table = SweepTable::sorted(self.table.sort);
        self.run = Some(SweepRun {
            job,
            setup,
            request,
            reading: None,
            listed: None,
            coverage: None,
            controls: Vec::new(),
            calibration: None,
            progress: None,
            held: false,
            cancelling: false,
            report: None,
            live: Vec::new(),
        });
    }

    /// Whether a sweep is under way.
    pub fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// The sweep that is under way.
    pub fn running(&self) -> Option<JobId> {
        self.run.as_ref().filter(|run| run.report.is_none()).map(|run| run.job)
    }

    /// Somebody has pressed *Pause* or *Go on*.
    pub fn hold(&mut self, held: bool) {
        if let Some(run) = &mut self.run {
            run.held = held;
        }
    }

    /// Somebody has pressed *Cancel*.
    pub fn cancelling(&mut self) {
        if let Some(run) = &mut self.run {
            run.cancelling = true;
        }
    }

    /// The result, once there is one.
    pub fn report(&self) -> Option<&Arc<SweepReport>> {
        self.run.as_ref().and_then(|run| run.report.as_ref())
    }

    /// Whether the values were changed since the result was made.
    pub fn is_stale(&self, setup: &Setup) -> bool {
        self.run.as_ref().is_some_and(|run| run.report.is_some() && run.setup != *setup)
    }

    /// Credentials with which unfinished sweeps have not been looked for yet.
    pub fn due_for_looking(&mut self, setup: Setup) -> Option<Setup> {
        let is_wanted = self.can_keep && self.view == SendView::Everybody && !self.is_running();
        if !is_wanted || self.looked_for.as_ref() == Some(&setup) {
            return None;
        }
        self.unfinished.clear();
        self.looked_for = Some(setup.clone());
        Some(setup)
    }

    /// Unfinished sweeps are looked for.
    pub fn look(&mut self, job: JobId) {
        self.looking = Some(job);
    }

    /// One of them is no more.
    pub fn forget(&mut self, path: &std::path::Path) {
        self.unfinished.retain(|sweep| sweep.path != path);
    }

    /// Brings the table in line with its lines, filter and order.
    pub fn refresh(&mut self) {
        match &self.run {
            Some(run) => self.table.refresh(&run.lines()),
            None => self.table.clear(),
        }
    }

    pub(super) fn planned(&mut self, job: JobId, senders: &[(MailAddress, Expected)]) {
        if let Some(run) = self.current(job) {
            run.controls = senders.iter().map(|(address, expected)| (address.clone(), *expected, None)).collect();
        }
    }

    pub(super) fn answered(&mut self, job: JobId, index: usize, line: &SenderReport) {
        if let Some(place) = self.current(job).and_then(|run| run.controls.get_mut(index)) {
            place.2 = Some(Box::new(line.clone()));
        }
    }

    pub(super) fn updated(&mut self, job: JobId, update: SweepUpdate) {
        let Some(run) = self.current(job) else { return };
        run.take(update);
        if run.report.is_some() {
            // What it left unfinished can be gone on with.
            self.looked_for = None;
        }
    }

    /// Unfinished sweeps were found, or a file was written: its name, and why it was not.
    pub(super) fn files(&mut self, job: JobId, files: SweepFiles) -> Option<(PathBuf, Option<String>)> {
        match files {
            SweepFiles::Unfinished(found) if self.looking == Some(job) => self.unfinished = found,
            SweepFiles::Unfinished(_) => {}
            SweepFiles::Saved { path, failure } => return Some((path, failure)),
        }
        None
    }

    fn current(&mut self, job: JobId) -> Option<&mut SweepRun> {
        self.run.as_mut().filter(|run| run.job == job && run.report.is_none())
    }
}
