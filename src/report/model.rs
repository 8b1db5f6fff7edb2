//! A run and a sign-in check as people read them: results with their words, problems, and how it ended.

use std::sync::Arc;

use crate::{
    base::{MailAddress, Timestamp},
    explain::{self, Problem, RunContext, SenderWords, StageRow},
    m365::Cloud,
    verify::{App, Expected, Mechanism, RunResult, SenderResult, Verdict},
};

/// How something ended; the exit code of the command line follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Proven as expected.
    Pass,
    /// Proven otherwise.
    Fail,
    /// The person has to change something first: bad input, sign-in refused.
    SetUp,
    /// Not proven.
    Unproven,
    /// Cancelled.
    Cancelled,
}

impl Ending {
    /// How a run or a sweep with this verdict ended. A fail that is proven stays one when the rest is cancelled.
    pub(super) fn of_run(verdict: Verdict, cancelled: bool) -> Self {
        match verdict {
            Verdict::Fail => Self::Fail,
            Verdict::Pass | Verdict::Unproven if cancelled => Self::Cancelled,
            Verdict::Pass => Self::Pass,
            Verdict::Unproven => Self::Unproven,
        }
    }
}

/// One sender's line with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderReport {
    /// What was observed and judged.
    pub result: Arc<SenderResult>,
    /// What that means and what to do; one copy for all lines that it is the same for.
    pub words: Arc<SenderWords>,
}

/// Explanations that are kept once: ten thousand lines share a handful of them.
#[derive(Debug, Clone, Default)]
pub struct SharedWords(Vec<Arc<SenderWords>>);

impl SharedWords {
    /// So many are looked through; words that name their sender are never found again.
    const MOST: usize = 16;

    /// The same words, from the copy that is there already if there is one.
    pub fn share(&mut self, words: Arc<SenderWords>) -> Arc<SenderWords> {
        if let Some(known) = self.0.iter().find(|known| **known == words) {
            return Arc::clone(known);
        }
        if self.0.len() < Self::MOST {
            self.0.push(Arc::clone(&words));
        }
        words
    }
}

/// A whole run, finished, cancelled or never begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// The verdict.
    pub verdict: Verdict,
    /// How it ended. What is proven to fail has failed, even if it was cancelled before everybody was asked.
    pub ending: Ending,
    /// Whether somebody cancelled it.
    pub cancelled: bool,
    /// One sentence.
    pub summary: String,
    /// What to do next, one sentence.
    pub next_step: String,
    /// What holds the fence.
    pub mechanism: Mechanism,
    /// The cloud.
    pub cloud: Cloud,
    /// The tenant's GUID, when known.
    pub tenant_id: Option<String>,
    /// The client id, when it could be read.
    pub client_id: Option<String>,
    /// The application, when a token was issued.
    pub app: Option<App>,
    /// Every sender that was tried. Shared, because a window shows them while it keeps the report.
    pub senders: Vec<Arc<SenderReport>>,
    /// Senders that were not tried.
    pub skipped: Vec<(MailAddress, Expected)>,
    /// What stands in the way, without repeats.
    pub problems: Vec<Problem>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

impl VerifyReport {
    /// The report of a run that asked at least its first question.
    pub fn of_run(run: RunResult, cloud: Cloud) -> Self {
        let context = RunContext::of(&run);
        let (summary, next_step) = (explain::summary(&run), explain::next_step(&run));
        let problems = explain::run_problems(&run);
        let mut shared = SharedWords::default();
        let with_words = |result: Arc<SenderResult>| {
            let words = shared.share(Arc::new(explain::sender(&result, context)));
            Arc::new(SenderReport { result, words })
        };
        Self {
            verdict: run.verdict,
            ending: Ending::of_run(run.verdict, run.cancelled),
            cancelled: run.cancelled,
            summary,
            next_step,
            mechanism: run.mechanism,
            cloud,
            tenant_id: run.tenant_id,
            client_id: Some(run.app.client_id.clone()),
            senders: run.senders.into_iter().map(with_words).collect(),
            problems,
            app: Some(run.app),
            skipped: run.skipped,
            started: run.started,
            finished: run.finished,
        }
    }

    /// The report of a watch whose last run passed while no second one has agreed.
    #[must_use]
    pub fn unconfirmed(self) -> Self {
        Self {
            verdict: Verdict::Unproven,
            ending: Ending::of_run(Verdict::Unproven, self.cancelled),
            summary: "The last test passed, but the watch ended before a second one agreed".to_owned(),
            next_step: "Run the test again in some minutes: a pass counts when it stays.".to_owned(),
            ..self
        }
    }

    /// The report of a watch that somebody has stopped after this test.
    #[must_use]
    pub fn stopped(self) -> Self {
        let ending = Ending::of_run(self.verdict, true);
        let summary = match ending {
            Ending::Fail => format!("{}; the watch was stopped before it was over", self.summary),
            Ending::Pass | Ending::SetUp | Ending::Unproven | Ending::Cancelled => self.summary,
        };
        Self { ending, cancelled: true, summary, ..self }
    }

    /// The report of a run that could not begin.
    pub fn not_begun(check: NotBegun) -> Self {
        let summary =
            check.problems.first().map_or_else(|| "Nothing was tested".to_owned(), |problem| problem.summary.clone());
        let next_step = check.problems.iter().find_map(|problem| problem.advice.first().cloned()).unwrap_or_default();
        Self {
            verdict: Verdict::Unproven,
            ending: check.ending,
            cancelled: check.ending == Ending::Cancelled,
            summary,
            next_step,
            mechanism: Mechanism::None,
            cloud: check.cloud,
            tenant_id: check.tenant_id,
            client_id: check.client_id,
            app: None,
            senders: Vec::new(),
            skipped: Vec::new(),
            problems: check.problems,
            started: check.started,
            finished: check.finished,
        }
    }
}

/// What is known of a run that could not begin.
#[derive(Debug, Clone)]
pub struct NotBegun {
    /// Why, never empty.
    pub problems: Vec<Problem>,
    /// Set-up, unproven or cancelled.
    pub ending: Ending,
    /// The cloud.
    pub cloud: Cloud,
    /// The tenant's GUID, when known.
    pub tenant_id: Option<String>,
    /// The client id, when it could be read.
    pub client_id: Option<String>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

/// The staged result of signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// How it ended: pass means that a token was issued, nothing more.
    pub ending: Ending,
    /// Seven rows, in order.
    pub stages: Vec<StageRow>,
    /// The cloud.
    pub cloud: Cloud,
    /// The tenant's GUID, when known.
    pub tenant_id: Option<String>,
    /// The client id, when it could be read.
    pub client_id: Option<String>,
    /// The application, when a token was issued.
    pub app: Option<App>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

impl CheckReport {
    /// The report of a check whose input cannot be used.
    pub fn not_begun(problems: Vec<Problem>, now: Timestamp) -> Self {
        Self {
            ending: Ending::SetUp,
            stages: explain::stages_for_input(&problems),
            cloud: Cloud::Global,
            tenant_id: None,
            client_id: None,
            app: None,
            problems,
            started: now,
            finished: now,
        }
    }
}
