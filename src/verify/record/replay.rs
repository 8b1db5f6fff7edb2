//! Turns a record into the run's own events and result again. The answers are judged anew: a record is evidence of
//! what was answered, and only `verdict` says what that proves.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    base::{MailAddress, Timestamp},
    m365::{Outcome, RequestIds},
    verify::{App, Event, Expected, Line, Past, RunResult, SenderResult, TestId, Verdict, judge, mechanism, overall},
};

use super::{Concluded, Entry, Header, InFlight, Obstacle, Record, Stamped};

/// Why nothing can be made of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A line was changed, moved, cut out or put in.
    #[error("the record was changed in line {0} after it was written")]
    Altered(u64),
}

/// Every run of a record.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// In the order they were made; one for a plain test, several for a watch.
    pub rounds: Vec<Round>,
    /// Why the watch ended, in words, when it did.
    pub ended: Option<String>,
}

/// One run, whole or not.
#[derive(Debug, Clone)]
pub struct Round {
    /// What happened, as it was told while it happened.
    pub events: Vec<Event>,
    /// The result. What has no answer in the record is unproven.
    pub result: RunResult,
    /// The verdict that was written down at the end; `None` when there was no end.
    pub recorded: Option<Verdict>,
    /// Questions whose answer is missing; their mails may have been sent.
    pub in_flight: Vec<InFlight>,
    /// Why it could not begin.
    pub obstacles: Vec<Obstacle>,
    /// It could not begin because somebody has to change something first.
    pub set_up: bool,
}

impl Round {
    /// Whether the verdict written down is not the one that the answers give.
    pub fn disagrees(&self) -> bool {
        let judged = judged(&self.result);
        self.recorded.is_some_and(|recorded| recorded != judged)
    }

    /// What the schedule has to know of it.
    pub fn past(&self) -> Past {
        Past { asked: self.result.started, finished: self.result.finished, verdict: self.result.verdict }
    }
}

impl Replayed {
    /// What the schedule has to know of all runs.
    pub fn past(&self) -> Vec<Past> {
        self.rounds.iter().map(Round::past).collect()
    }

    /// Whether the last run of a watch passed, but no second one has agreed: that is no stable answer.
    pub fn is_unconfirmed(&self, header: &Header) -> bool {
        let verdicts: Vec<Verdict> = self.rounds.iter().map(|round| round.result.verdict).collect();
        header.watch.is_some()
            && self.last().is_some_and(|round| round.result.verdict == Verdict::Pass)
            && !matches!(verdicts.as_slice(), [.., Verdict::Pass, Verdict::Pass])
    }

    /// What the record proves: the last run's verdict, where a watch needs two that agree for a pass.
    pub fn verdict(&self, header: &Header) -> Option<Verdict> {
        if self.is_unconfirmed(header) {
            return Some(Verdict::Unproven);
        }
        self.last().map(|round| round.result.verdict)
    }

    /// The run that counts: the last one that was asked anything.
    pub fn last(&self) -> Option<&Round> {
        self.rounds.iter().rev().find(|round| round.obstacles.is_empty()).or(self.rounds.last())
    }
}

impl Record {
    /// The events and results again.
    ///
    /// # Errors
    /// The record was altered.
    pub fn replay(&self) -> Result<Replayed, ReplayError> {
        if let Some(line) = self.integrity.broken_at {
            return Err(ReplayError::Altered(line));
        }
        let mut rounds = Vec::new();
        let mut open: Option<Open> = None;
        let mut ended = None;
        for stamped in &self.entries {
            match &stamped.entry {
                Entry::Begun { app, tenant_id } => {
                    rounds.extend(open.take().map(|open| open.close(self, None)));
                    open = Some(Open::new((**app).clone(), tenant_id.clone(), stamped.time));
                }
                Entry::Concluded(concluded) => {
                    rounds.extend(open.take().map(|open| open.close(self, Some(concluded))));
                }
                Entry::NotBegun { set_up, obstacles } => {
                    rounds.extend(open.take().map(|open| open.close(self, None)));
                    rounds.push(self.not_begun(*set_up, obstacles, stamped.time));
                }
                Entry::Ended { why } => ended = Some(why.clone()),
                Entry::Asking { .. } | Entry::Answered { .. } => {
                    if let Some(open) = &mut open {
                        open.take(stamped);
                    }
                }
                Entry::Waiting { .. } | Entry::Resumed { .. } | Entry::Unknown => {}
            }
        }
        rounds.extend(open.take().map(|open| open.close(self, None)));
        Ok(Replayed { rounds, ended })
    }

    fn not_begun(&self, set_up: bool, obstacles: &[Obstacle], time: Timestamp) -> Round {
        let app = App { client_id: self.header.client_id.clone(), claims: None, token_expires: None };
        let mut round = Open::new(app, self.header.tenant_id.clone(), time).close(self, None);
        round.obstacles = obstacles.to_vec();
        round.set_up = set_up;
        round.result.cancelled = false;
        round
    }
}

/// A run whose end was not read yet.
struct Open {
    app: App,
    tenant_id: Option<String>,
    begun: Timestamp,
    last: Timestamp,
    events: Vec<Event>,
    asked: BTreeMap<usize, (TestId, Timestamp)>,
    answers: BTreeMap<usize, Arc<SenderResult>>,
}

impl Open {
    fn new(app: App, tenant_id: Option<String>, begun: Timestamp) -> Self {
        Self {
            app,
            tenant_id,
            begun,
            last: begun,
            events: Vec::new(),
            asked: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    fn take(&mut self, stamped: &Stamped) {
        self.last = stamped.time;
        match &stamped.entry {
            Entry::Asking { index, test_id } => {
                self.asked.insert(*index, (test_id.clone(), stamped.time));
                self.events.push(Event::Asking { index: *index, test_id: test_id.clone() });
            }
            Entry::Answered { index, line } => {
                self.answers.insert(*index, Arc::clone(line));
                self.events.push(Event::Answered { index: *index, line: Arc::clone(line) });
            }
            Entry::Begun { .. }
            | Entry::Concluded(_)
            | Entry::NotBegun { .. }
            | Entry::Waiting { .. }
            | Entry::Resumed { .. }
            | Entry::Ended { .. }
            | Entry::Unknown => {}
        }
    }

    fn close(self, record: &Record, concluded: Option<&Concluded>) -> Round {
        let mut senders = Vec::new();
        let mut skipped = Vec::new();
        let mut in_flight = Vec::new();
        for (index, (address, expected)) in record.header.plan.senders.iter().enumerate() {
            if let Some(line) = self.answers.get(&index) {
                senders.push(Arc::clone(line));
            } else if let Some((test_id, asked)) = self.asked.get(&index) {
                let question = InFlight { index, test_id: test_id.clone(), asked: *asked };
                senders.push(Arc::new(unanswered(&question, address, *expected)));
                in_flight.push(question);
            } else {
                skipped.push((address.clone(), *expected));
            }
        }
        let mut result = RunResult {
            verdict: Verdict::Unproven,
            mechanism: mechanism(&lines(&senders), self.app.roles()),
            senders,
            skipped,
            tenant_id: concluded.map_or(self.tenant_id, |end| end.tenant_id.clone()),
            app: self.app,
            started: concluded.map_or(self.begun, |end| end.started),
            finished: concluded.map_or(self.last, |end| end.finished),
            cancelled: concluded.is_none_or(|end| end.cancelled),
        };
        let verdicts = judge(&lines(&result.senders));
        for (line, verdict) in result.senders.iter_mut().zip(verdicts) {
            SenderResult::give(line, verdict);
        }
        let recorded = concluded.map(|end| end.verdict);
        let verdict = judged(&result);
        // Two verdicts on the same answers: one of them is wrong, so neither is proven.
        result.verdict = if recorded.is_none_or(|recorded| recorded == verdict) { verdict } else { Verdict::Unproven };
        Round { events: self.events, result, recorded, in_flight, obstacles: Vec::new(), set_up: false }
    }
}

/// The verdict that the answers give.
fn judged(run: &RunResult) -> Verdict {
    let asked: Vec<(Expected, Verdict)> =
        run.senders.iter().map(|line| line.expected).zip(judge(&lines(&run.senders))).collect();
    let not_asked = run.skipped.iter().map(|(_, expected)| (*expected, Verdict::Unproven));
    overall(&asked.into_iter().chain(not_asked).collect::<Vec<_>>())
}

fn lines(senders: &[Arc<SenderResult>]) -> Vec<Line> {
    senders.iter().map(|answer| answer.line()).collect()
}

/// The line of a question that the program did not live to see answered.
fn unanswered(question: &InFlight, address: &MailAddress, expected: Expected) -> SenderResult {
    SenderResult {
        address: address.clone(),
        expected,
        outcome: Outcome::NoAnswer,
        refusal: None,
        verdict: Verdict::Unproven,
        http_status: None,
        service: None,
        detail: Some("the program ended before the answer came".to_owned()),
        ids: RequestIds::default(),
        test_id: question.test_id.clone(),
        attempts: 1,
        elapsed: Duration::ZERO,
        finished: question.asked,
        retry_after: None,
        token_serial: 0,
    }
}
