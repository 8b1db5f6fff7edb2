//! Turns a record into the run's own events and result again. The answers are judged anew: a record is evidence of
//! what was answered, and only `verdict` says what that proves.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    base::{MailAddress, Timestamp},
    m365::{Outcome, RequestIds},
    verify::{
        App, Event, Expected, Line, Past, Principal, RunResult, SenderResult, TestId, Verdict, judge, mechanism,
        overall,
    },
};

use super::{
    Concluded, Entry, Header, InFlight, Obstacle, Record, Stamped,
    agree::{Before, agrees},
};

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
    /// Its end, which no hash covers, repeats something else than the lines before it say.
    pub contradicted: bool,
}

impl Round {
    /// Whether what was written down at the end is not what the answers and the lines before it give.
    pub fn disagrees(&self) -> bool {
        let judged = judged(&self.result);
        self.contradicted || self.recorded.is_some_and(|recorded| recorded != judged)
    }

    /// Whether it was begun and its end is missing.
    pub fn is_cut_short(&self) -> bool {
        self.recorded.is_none() && self.obstacles.is_empty()
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
        header.watch.is_some()
            && self.last().is_some_and(|round| round.result.verdict == Verdict::Pass)
            && !self.is_confirmed()
    }

    /// Whether the last two runs passed, and both are about the same app in the same tenant.
    fn is_confirmed(&self) -> bool {
        let [.., before, last] = self.rounds.as_slice() else { return false };
        let is_same = Principal::of_run(&before.result).difference(&Principal::of_run(&last.result)).is_none();
        is_same && (before.result.verdict, last.result.verdict) == (Verdict::Pass, Verdict::Pass)
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
        let last = self.entries.len().saturating_sub(1);
        for (place, stamped) in self.entries.iter().enumerate() {
            match &stamped.entry {
                Entry::Begun { app, tenant_id } => {
                    rounds.extend(open.take().map(|open| open.close(self, None)));
                    open = Some(Open::new((**app).clone(), tenant_id.clone(), stamped.time));
                }
                Entry::Concluded(concluded) => {
                    let is_covered = place < last || self.integrity.sealed;
                    let end = End { concluded, written: stamped.time, is_covered };
                    rounds.extend(open.take().map(|open| open.close(self, Some(end))));
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

/// How a run ended, as it was written down.
#[derive(Clone, Copy)]
struct End<'a> {
    concluded: &'a Concluded,
    written: Timestamp,
    /// A hash would show a change of it.
    is_covered: bool,
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

    /// The tenant that the token was issued for, or the one that was typed.
    fn tenant_id(&self) -> Option<String> {
        self.app.claims.as_ref().and_then(|claims| claims.tenant_id.clone()).or_else(|| self.tenant_id.clone())
    }

    fn close(self, record: &Record, end: Option<End<'_>>) -> Round {
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
            tenant_id: self.tenant_id(),
            app: self.app,
            started: self.begun,
            finished: self.last,
            cancelled: end.is_none_or(|end| end.concluded.cancelled),
        };
        let verdicts = judge(&lines(&result.senders));
        for (line, verdict) in result.senders.iter_mut().zip(verdicts) {
            SenderResult::give(line, verdict);
        }
        let before = Before {
            run: &result,
            begun: self.begun,
            first_asked: self.asked.values().map(|(_, asked)| *asked).min(),
            last: self.last,
            unanswered: in_flight.len(),
        };
        let believed = end.filter(|end| end.is_covered || agrees(end.concluded, end.written, &before));
        let contradicted = end.is_some() && believed.is_none();
        if let Some(End { concluded, .. }) = believed {
            result.tenant_id.clone_from(&concluded.tenant_id);
            (result.started, result.finished) = (concluded.started, concluded.finished);
        }
        let recorded = end.map(|end| end.concluded.verdict);
        let verdict = judged(&result);
        // Two verdicts on the same answers: one of them is wrong, so neither is proven.
        let is_proven = !contradicted && recorded.is_none_or(|recorded| recorded == verdict);
        result.verdict = if is_proven { verdict } else { Verdict::Unproven };
        Round { events: self.events, result, recorded, in_flight, obstacles: Vec::new(), set_up: false, contradicted }
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
