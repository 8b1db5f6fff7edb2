//! Asks every sender of a plan: mailboxes in parallel, each with one request in flight, until done or cancelled.

use std::{fmt, sync::Arc};

use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    base::{Clock, MailAddress, Timestamp},
    m365::{auth::AccessToken, graph::MailClient},
};

use super::{
    App, Expected, Line, Observation, Plan, Probe, RunResult, SenderResult, TestId, Verdict, judge, mechanism, overall,
};

/// Mailboxes asked at the same time.
const PARALLEL: usize = 8;

/// What a run needs besides its plan.
#[derive(Debug, Clone)]
pub struct Run {
    /// The way to Graph.
    pub mail: MailClient,
    /// A token issued for this run.
    pub token: AccessToken,
    /// Time.
    pub clock: Clock,
    /// The client id that was typed.
    pub client_id: String,
    /// The tenant's GUID, when known before.
    pub tenant_id: Option<String>,
    /// Told of everything before the run goes on.
    pub witness: Witness,
}

/// Is told what is going to be asked before it is asked, so that it can be written down first.
#[derive(Clone, Default)]
pub struct Witness(Option<Arc<Tell>>);

type Tell = dyn Fn(&Event) + Send + Sync;

impl Witness {
    /// Calls `told`, which must not take long.
    pub fn new(told: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    fn tell(&self, event: &Event) {
        if let Some(told) = &self.0 {
            told(event);
        }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Witness(…)" } else { "Witness" })
    }
}

/// Progress of a run.
#[derive(Debug, Clone)]
pub enum Event {
    /// A mail is about to be handed over.
    Asking {
        /// Position in the plan.
        index: usize,
        /// The mail's id.
        test_id: TestId,
    },
    /// An answer came. Its verdict is provisional: a later accepted sender may prove a refusal.
    Answered {
        /// Position in the plan.
        index: usize,
        /// The line so far.
        line: Arc<SenderResult>,
    },
}

/// Runs `plan` and judges it. Events nobody receives are dropped.
pub async fn run(run: &Run, plan: &Plan, cancel: &CancellationToken, events: &mpsc::Sender<Event>) -> RunResult {
    let started = run.clock.now();
    let probe = Probe {
        mail: run.mail.clone(),
        token: run.token.clone(),
        recipient: plan.recipient.clone(),
        message: plan.message.clone(),
    };
    let probe = &probe;
    let told = &Told { witness: &run.witness, events };
    // Owned questions: a closure over borrowed ones would not be general enough for a spawned task.
    let questions: Vec<Question> = plan
        .senders
        .iter()
        .enumerate()
        .map(|(index, (address, expected))| Question { index, address: address.clone(), expected: *expected })
        .collect();
    let asking = stream::iter(questions).map(|question| ask(probe, question, cancel, told));
    let mut answers = asking.buffer_unordered(PARALLEL);
    let mut observed: Vec<Option<Arc<SenderResult>>> = plan.senders.iter().map(|_| None).collect();
    while let Some((index, observation)) = answers.next().await {
        // Nothing is proven until all answers of the run are looked at together.
        let answer = observation.map(|observation| Arc::new(observation.judged(Verdict::Unproven)));
        if let Some(slot) = observed.get_mut(index) {
            *slot = answer;
        }
        tell(index, &mut observed, told).await;
    }
    let skipped =
        plan.senders.iter().zip(&observed).filter(|(_, seen)| seen.is_none()).map(|(sender, _)| sender.clone());
    let skipped: Vec<(MailAddress, Expected)> = skipped.collect();
    let observed: Vec<Arc<SenderResult>> = observed.into_iter().flatten().collect();
    RunResult { cancelled: cancel.is_cancelled(), ..conclude(run, observed, skipped, started) }
}

/// Who is told what happens.
struct Told<'a> {
    witness: &'a Witness,
    events: &'a mpsc::Sender<Event>,
}

impl Told<'_> {
    /// A front end that is gone needs no progress; the run goes on until its handle cancels it.
    async fn tell(&self, event: Event) {
        self.witness.tell(&event);
        let _gone = self.events.send(event).await.is_err();
    }
}

/// One sender of the plan.
struct Question {
    index: usize,
    address: MailAddress,
    expected: Expected,
}

async fn ask(
    probe: &Probe,
    question: Question,
    cancel: &CancellationToken,
    told: &Told<'_>,
) -> (usize, Option<Observation>) {
    let Question { index, address, expected } = question;
    if cancel.is_cancelled() {
        return (index, None);
    }
    let test_id = TestId::new();
    told.tell(Event::Asking { index, test_id: test_id.clone() }).await;
    let observation = tokio::select! {
        observation = probe.ask(&address, expected, test_id.clone()) => observation,
        () = cancel.cancelled() => probe.given_up(&address, expected, test_id),
    };
    (index, Some(observation))
}

async fn tell(index: usize, observed: &mut [Option<Arc<SenderResult>>], told: &Told<'_>) {
    let place = observed.iter().take(index).flatten().count();
    let lines: Vec<Line> = observed.iter().flatten().map(|answer| answer.line()).collect();
    let verdict = judge(&lines).get(place).copied();
    if let (Some(Some(answered)), Some(verdict)) = (observed.get_mut(index), verdict) {
        SenderResult::give(answered, verdict);
        told.tell(Event::Answered { index, line: Arc::clone(answered) }).await;
    }
}

fn conclude(
    run: &Run,
    mut observed: Vec<Arc<SenderResult>>,
    skipped: Vec<(MailAddress, Expected)>,
    started: Timestamp,
) -> RunResult {
    let lines: Vec<Line> = observed.iter().map(|answer| answer.line()).collect();
    let verdicts = judge(&lines);
    for (answer, verdict) in observed.iter_mut().zip(&verdicts) {
        SenderResult::give(answer, *verdict);
    }
    let judged: Vec<(Expected, Verdict)> = lines.iter().map(|line| line.expected).zip(verdicts).collect();
    // What was not asked is not proven.
    let not_asked = skipped.iter().map(|(_, expected)| (*expected, Verdict::Unproven));
    let all: Vec<(Expected, Verdict)> = judged.into_iter().chain(not_asked).collect();
    let claims = run.token.claims.clone();
    let app = App { client_id: run.client_id.clone(), token_expires: Some(run.token.expires), claims };
    RunResult {
        verdict: overall(&all),
        mechanism: mechanism(&lines, app.roles()),
        senders: observed,
        cancelled: false,
        skipped,
        tenant_id: app.claims.as_ref().and_then(|claims| claims.tenant_id.clone()).or_else(|| run.tenant_id.clone()),
        app,
        started,
        finished: run.clock.now(),
    }
}
