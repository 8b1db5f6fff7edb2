//! The boxes of the Send E-Mail tab, one row per sender, and the verdict.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    base::{Field, MailAddress, parse_address_list},
    engine::{
        DemoTenant, Expected, GraphOptions, JobId, SenderReport, Senders, Setup, SharedWords, TestId, VerifyReport,
        check_field,
    },
};

use super::{FieldErrors, by_field, memo::Memo};

/// What is typed for the whole test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendForm {
    /// Addresses, one per line.
    pub permitted: String,
    /// The same.
    pub forbidden: String,
    /// One address.
    pub recipient: String,
    /// Empty for the standard one.
    pub subject: String,
    /// Empty for the standard one.
    pub text: String,
}

impl SendForm {
    /// The demo tenant's people.
    pub fn of_demo(tenant: &DemoTenant) -> Self {
        Self {
            permitted: tenant.permitted.join("\n"),
            forbidden: tenant.forbidden.join("\n"),
            recipient: tenant.recipient.clone(),
            ..Self::default()
        }
    }

    fn senders(&self) -> Senders {
        Senders {
            permitted: self.permitted.clone(),
            forbidden: self.forbidden.clone(),
            recipient: self.recipient.clone(),
            subject: self.subject.clone(),
            text: self.text.clone(),
        }
    }
}

/// What one sender is tried as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Expect {
    /// It must be able to send.
    #[default]
    Permitted,
    /// It must be refused.
    Forbidden,
}

/// What is typed for one sender alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneForm {
    /// One address.
    pub address: String,
    /// What is expected of it.
    pub expect: Expect,
}

/// Everybody on the lists, or one sender alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// Everybody.
    Whole,
    /// One.
    One,
}

/// How far a sender is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowState {
    /// Its turn has not come.
    Waiting,
    /// Its mail is on the way, with this test id.
    Sending(String),
    /// The answer came.
    Answered(Arc<SenderReport>),
    /// It was not tried.
    Skipped,
}

/// One sender's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The sender.
    pub address: MailAddress,
    /// What is expected of it.
    pub expected: Expected,
    /// How far it is.
    pub state: RowState,
}

/// A run, under way or done.
pub struct Run {
    /// Its job.
    pub job: JobId,
    /// Everybody or one.
    pub kind: RunKind,
    /// With these values.
    pub setup: Setup,
    /// And these senders.
    pub senders: Senders,
    /// One row per sender; empty until it is known who is asked.
    pub rows: Vec<Row>,
    /// Somebody has pressed *Cancel*.
    pub cancelling: bool,
    /// The result; `None` while it is under way.
    pub report: Option<Box<VerifyReport>>,
    /// The name of its record's file, if one is kept.
    pub record: Option<String>,
    /// Why none is kept, although it should be.
    pub not_recorded: Option<String>,
    words: SharedWords,
}

impl Run {
    /// How many senders have their answer.
    pub fn answered(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.state, RowState::Answered(_))).count()
    }

    fn set(&mut self, index: usize, state: RowState) {
        if let Some(row) = self.rows.get_mut(index) {
            row.state = state;
        }
    }

    fn conclude(&mut self, report: Box<VerifyReport>) {
        self.judge(&report);
        self.report = Some(report);
    }

    /// Final verdicts into the rows.
    fn judge(&mut self, report: &VerifyReport) {
        let answers = report.senders.iter().map(|sender| Row {
            address: sender.result.address.clone(),
            expected: sender.result.expected,
            state: RowState::Answered(Arc::clone(sender)),
        });
        let known: Vec<Row> = answers.collect();
        let places: BTreeMap<String, usize> =
            (0..).zip(&known).map(|(place, row)| (row.address.as_str().to_lowercase(), place)).collect();
        for row in &mut self.rows {
            let answer = places.get(&row.address.as_str().to_lowercase()).and_then(|place| known.get(*place));
            row.state = answer.map_or(RowState::Skipped, |answer| answer.state.clone());
        }
        if self.rows.is_empty() {
            self.rows = known;
        }
    }
}

/// The Send E-Mail tab.
#[derive(Default)]
pub struct SendMail {
    /// What is typed.
    pub form: SendForm,
    /// What is typed for one sender alone.
    pub one: OneForm,
    /// The button that was pressed last: its empty boxes are complained about, too.
    pub attempted: Option<RunKind>,
    /// The warning that a forbidden test may really send was read in this session.
    pub warned: bool,
    /// Test ids of mails that have arrived.
    pub arrived: BTreeSet<String>,
    /// Rows that are opened.
    pub open_rows: BTreeSet<usize>,
    /// The run.
    pub run: Option<Run>,
    faults: Memo<Senders, FieldErrors>,
    typed: Memo<SendForm, FieldErrors>,
}

impl SendMail {
    /// What the engine is given.
    pub fn senders(&self, kind: RunKind) -> Senders {
        let whole = self.form.senders();
        match (kind, self.one.expect) {
            (RunKind::Whole, _) => whole,
            (RunKind::One, Expect::Permitted) => {
                Senders { permitted: self.one.address.clone(), forbidden: String::new(), ..whole }
            }
            (RunKind::One, Expect::Forbidden) => {
                Senders { permitted: String::new(), forbidden: self.one.address.clone(), ..whole }
            }
        }
    }

    /// How many senders the whole test would ask.
    pub fn planned_senders(&self) -> usize {
        let list = |field, text: &str| parse_address_list(field, text).map_or(0, |list| list.len());
        list(Field::PermittedSender, &self.form.permitted) + list(Field::ForbiddenSender, &self.form.forbidden)
    }

    /// Whether a forbidden sender is among those to be tried.
    pub fn has_forbidden(&self, kind: RunKind) -> bool {
        !self.senders(kind).forbidden.trim().is_empty()
    }

    /// What stands in the way of pressing this button.
    pub fn faults(&self, kind: RunKind) -> FieldErrors {
        self.faults.of(&self.senders(kind), |senders| by_field(&senders.faults()))
    }

    /// What is wrong with the lists, the recipient.
    pub fn errors(&self) -> FieldErrors {
        let mut errors = match self.attempted {
            Some(kind) => self.faults(kind),
            None => FieldErrors::new(),
        };
        if self.attempted == Some(RunKind::One) {
            errors.remove(&Field::PermittedSender);
            errors.remove(&Field::ForbiddenSender);
        }
        let mut shown = self.typed.of(&self.form, |form| {
            let typed = [
                (Field::PermittedSender, &form.permitted),
                (Field::ForbiddenSender, &form.forbidden),
                (Field::Recipient, &form.recipient),
            ];
            let found: Vec<_> = typed.into_iter().filter_map(|(field, text)| check_field(field, text)).collect();
            by_field(&found)
        });
        shown.append(&mut errors);
        shown
    }

    /// What is wrong with the one sender.
    pub fn one_error(&self) -> Option<String> {
        let faults = match self.attempted {
            Some(RunKind::One) => self.faults(RunKind::One),
            Some(RunKind::Whole) | None => {
                by_field(&check_field(Field::PermittedSender, &self.one.address).into_iter().collect::<Vec<_>>())
            }
        };
        faults.get(&Field::PermittedSender).or_else(|| faults.get(&Field::ForbiddenSender)).cloned()
    }

    /// Other people from elsewhere: results of the earlier ones go, the warning stays read.
    pub fn refill(&mut self, form: SendForm) {
        *self = Self { form, warned: self.warned, ..Self::default() };
    }

    /// Takes over the sender of a `GraphOptions` block, where none was typed.
    pub fn import(&mut self, options: &GraphOptions) {
        if self.form.permitted.trim().is_empty() {
            self.form.permitted.clone_from(&options.sender);
        }
    }

    /// A run is under way.
    pub fn start(&mut self, job: JobId, kind: RunKind, setup: Setup) {
        let senders = self.senders(kind);
        self.attempted = None;
        self.open_rows.clear();
        self.run = Some(Run {
            job,
            kind,
            setup,
            senders,
            rows: Vec::new(),
            cancelling: false,
            report: None,
            record: None,
            not_recorded: None,
            words: SharedWords::default(),
        });
    }

    /// Whether a run is under way.
    pub fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// The run that is under way.
    pub fn running(&self) -> Option<JobId> {
        self.run.as_ref().filter(|run| run.report.is_none()).map(|run| run.job)
    }

    /// Somebody has pressed *Cancel*.
    pub fn cancelling(&mut self) {
        if let Some(run) = &mut self.run {
            run.cancelling = true;
        }
    }

    /// Opens or closes a row.
    pub fn toggle_row(&mut self, number: usize) {
        if !self.open_rows.remove(&number) {
            self.open_rows.insert(number);
        }
    }

    /// Whether the values were changed since the result was made.
    pub fn is_stale(&self, setup: &Setup) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| run.report.is_some() && (run.setup != *setup || run.senders != self.senders(run.kind)))
    }

    pub(super) fn planned(&mut self, job: JobId, senders: &[(MailAddress, Expected)]) {
        if let Some(run) = self.current(job) {
            run.rows = senders
                .iter()
                .map(|(address, expected)| Row {
                    address: address.clone(),
                    expected: *expected,
                    state: RowState::Waiting,
                })
                .collect();
        }
    }

    pub(super) fn asking(&mut self, job: JobId, index: usize, test_id: &TestId) {
        if let Some(run) = self.current(job) {
            run.set(index, RowState::Sending(test_id.to_string()));
        }
    }

    pub(super) fn answered(&mut self, job: JobId, index: usize, line: SenderReport) {
        if let Some(run) = self.current(job) {
            let SenderReport { result, words } = line;
            let words = run.words.share(words);
            run.set(index, RowState::Answered(Arc::new(SenderReport { result, words })));
        }
    }

    pub(super) fn concluded(&mut self, job: JobId, report: Box<VerifyReport>) {
        if let Some(run) = self.current(job) {
            run.conclude(report);
        }
    }

    /// Its record is complete.
    pub(super) fn recorded(&mut self, job: JobId, record: Option<String>) {
        if let Some(run) = self.run.as_mut().filter(|run| run.job == job) {
            run.record = record;
        }
    }

    /// No record is kept any more.
    pub(super) fn not_recorded(&mut self, job: JobId, why: String) {
        if let Some(run) = self.run.as_mut().filter(|run| run.job == job) {
            run.not_recorded = Some(why);
        }
    }

    /// One test of a watch is done.
    pub(super) fn round_done(&mut self, job: JobId, report: &VerifyReport) {
        if let Some(run) = self.current(job) {
            run.judge(report);
        }
    }

    /// A job that ends without a result leaves nothing running.
    pub(super) fn finished(&mut self, job: JobId) {
        if self.running() == Some(job) {
            self.run = None;
        }
    }

    fn current(&mut self, job: JobId) -> Option<&mut Run> {
        self.run.as_mut().filter(|run| run.job == job && run.report.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Secret, Wake},
        engine::{self, Cloud, Ending, Handle, Mechanism, Outcome, SenderResult, SenderWords, Stage, Verdict, Who},
    };

    fn jobs() -> (JobId, JobId) {
        let mut engine = Handle::start(engine::Options::default(), Wake::none()).unwrap();
        let mut next = || engine.import_text(Secret::new(String::new()));
        (next(), next())
    }

    fn tab() -> SendMail {
        let form = SendForm {
            permitted: "a@x.com".to_owned(),
            forbidden: "b@x.com".to_owned(),
            recipient: "r@x.com".to_owned(),
            ..SendForm::default()
        };
        SendMail { form, ..SendMail::default() }
    }

    fn plan() -> Vec<(MailAddress, Expected)> {
        vec![("a@x.com".parse().unwrap(), Expected::Permitted), ("b@x.com".parse().unwrap(), Expected::Forbidden)]
    }

    fn cancelled() -> Box<VerifyReport> {
        Box::new(VerifyReport {
            verdict: Verdict::Unproven,
            ending: Ending::Cancelled,
            cancelled: true,
            summary: String::new(),
            next_step: String::new(),
            mechanism: Mechanism::None,
            cloud: Cloud::Global,
            tenant_id: None,
            client_id: None,
            app: None,
            senders: Vec::new(),
            skipped: plan(),
            problems: Vec::new(),
            started: crate::base::Timestamp::UNIX_EPOCH,
            finished: crate::base::Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn events_of_an_older_job_change_nothing() {
        let (old, new) = jobs();
        let mut tab = tab();
        tab.start(old, RunKind::Whole, Setup::empty());
        tab.start(new, RunKind::Whole, Setup::empty());
        tab.planned(old, &plan());
        tab.concluded(old, cancelled());
        tab.finished(old);
        assert!(tab.is_running() && tab.run.as_ref().unwrap().rows.is_empty());
    }

    #[test]
    fn rows_wait_are_sent_and_are_left_out_when_cancelled() {
        let (job, _) = jobs();
        let mut tab = tab();
        tab.start(job, RunKind::Whole, Setup::empty());
        tab.planned(job, &plan());
        tab.asking(job, 1, &TestId::new());
        tab.asking(job, 9, &TestId::new());
        let states: Vec<bool> =
            tab.run.as_ref().unwrap().rows.iter().map(|row| matches!(row.state, RowState::Sending(_))).collect();
        assert_eq!(states, [false, true]);
        tab.concluded(job, cancelled());
        let run = tab.run.as_ref().unwrap();
        assert!(run.rows.iter().all(|row| row.state == RowState::Skipped));
        assert!(!tab.is_running());
    }

    /// Ten thousand rows that each kept their own copy would take more memory than the rest of the program.
    #[test]
    fn rows_and_report_share_what_is_known_of_a_sender() {
        let (job, _) = jobs();
        let mut tab = tab();
        tab.start(job, RunKind::Whole, Setup::empty());
        tab.planned(job, &plan());
        for (index, line) in plan().into_iter().map(answer).enumerate() {
            tab.answered(job, index, line);
        }
        let shown = |tab: &SendMail, row: usize| match &tab.run.as_ref().unwrap().rows[row].state {
            RowState::Answered(shown) => Arc::clone(shown),
            RowState::Waiting | RowState::Sending(_) | RowState::Skipped => panic!("row {row} has no answer"),
        };
        assert!(Arc::ptr_eq(&shown(&tab, 0).words, &shown(&tab, 1).words), "the same words are kept once");
        let senders: Vec<_> = plan().into_iter().map(|sender| Arc::new(answer(sender))).collect();
        tab.concluded(job, Box::new(VerifyReport { senders, skipped: Vec::new(), ..*cancelled() }));
        let kept = tab.run.as_ref().unwrap().report.as_ref().unwrap();
        assert!(kept.senders.iter().enumerate().all(|(row, sender)| Arc::ptr_eq(&shown(&tab, row), sender)));
    }

    #[expect(clippy::default_trait_access, reason = "the ids' type is no business of the window")]
    fn answer((address, expected): (MailAddress, Expected)) -> SenderReport {
        let result = SenderResult {
            address,
            expected,
            outcome: Outcome::Accepted,
            refusal: None,
            verdict: Verdict::Pass,
            http_status: Some(202),
            service: None,
            detail: None,
            ids: Default::default(),
            test_id: TestId::new(),
            attempts: 1,
            elapsed: std::time::Duration::ZERO,
            finished: crate::base::Timestamp::UNIX_EPOCH,
            retry_after: None,
            token_serial: 1,
        };
        let words = SenderWords {
            observed: "Accepted".to_owned(),
            cause: "As it should be.".to_owned(),
            advice: Vec::new(),
            who: Who::You,
            stage: Stage::Send,
        };
        SenderReport { result: Arc::new(result), words: Arc::new(words) }
    }

    #[test]
    fn a_job_without_a_result_leaves_nothing_running() {
        let (job, _) = jobs();
        let mut tab = tab();
        tab.start(job, RunKind::Whole, Setup::empty());
        tab.finished(job);
        assert!(tab.run.is_none());
    }

    #[test]
    fn changed_values_make_a_result_stale() {
        let (job, _) = jobs();
        let mut tab = tab();
        tab.start(job, RunKind::Whole, Setup::empty());
        assert!(!tab.is_stale(&Setup::empty()));
        tab.concluded(job, cancelled());
        assert!(!tab.is_stale(&Setup::empty()));
        tab.form.recipient = "s@x.com".to_owned();
        assert!(tab.is_stale(&Setup::empty()));
    }

    #[test]
    fn one_sender_stands_on_the_list_it_is_tried_as() {
        let mut tab = tab();
        tab.one = OneForm { address: "c@x.com".to_owned(), expect: Expect::Forbidden };
        let senders = tab.senders(RunKind::One);
        assert_eq!((senders.permitted.as_str(), senders.forbidden.as_str()), ("", "c@x.com"));
        assert!(tab.has_forbidden(RunKind::One));
        tab.one.expect = Expect::Permitted;
        assert!(!tab.has_forbidden(RunKind::One));
        assert!(tab.faults(RunKind::One).is_empty());
    }

    #[test]
    fn other_people_drop_results_but_not_the_warning_that_was_read() {
        let (job, _) = jobs();
        let mut tab = tab();
        tab.warned = true;
        tab.start(job, RunKind::Whole, Setup::empty());
        tab.refill(SendForm::default());
        assert!(tab.warned && tab.run.is_none());
    }
}
