//! The loop of a sweep: start what may start, take what was answered, look at the controls, tell how far it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::mpsc;

use crate::{
    base::Timestamp,
    m365::{
        Outcome,
        auth::{AccessToken, SignInError},
        graph::{ProbeAnswer, Probed, Prober},
    },
};

use super::{
    Calibration, Counts, Meter, Pace, Shown, Steering, Stop, Sweep, SweepEvent, SweepLine, SweepProgress, Swept,
    ask_again,
    pace::{Go, Signal},
    sweep_check::{Check, Checked, check, signal},
};

/// The controls are looked at again after so many answers.
const CHECK_ANSWERS: usize = 500;
/// Or after this long.
const CHECK_TIME: Duration = Duration::from_mins(5);
/// After a look that told nothing, not before this time has passed.
const SILENT_TIME: Duration = Duration::from_secs(10);
/// A token this close to its end is not used for new probes.
const TOKEN_MARGIN: Duration = Duration::from_mins(5);
/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// After so many answers the rest of the loop has its turn.
const AT_ONCE: usize = 64;
/// So many failed calls in a row, and the line is lost.
const LOST_AFTER: usize = 60;

/// An answered probe.
struct Done {
    index: usize,
    started: Duration,
    token_serial: u64,
    probed: Probed,
}

pub(super) struct State {
    input: Sweep,
    prober: Prober,
    events: mpsc::Sender<SweepEvent>,
    pace: Pace,
    meter: Meter,
    /// Shared with whoever was told of them.
    lines: Vec<Option<Arc<SweepLine>>>,
    counts: Counts,
    answered: usize,
    probes: usize,
    checks: usize,
    resumed: usize,
    /// Next of the list that was never asked.
    cursor: usize,
    /// When which mailbox is asked again.
    waiting: BTreeSet<(Duration, usize)>,
    /// How often those that wait were asked.
    tries: BTreeMap<usize, u32>,
    flight: FuturesUnordered<BoxFuture<'static, Done>>,
    check: Option<BoxFuture<'static, Checked>>,
    /// Answers no look at the controls has covered yet.
    unconfirmed: Vec<usize>,
    checked: Duration,
    /// The last look told nothing, so the next one is not hurried.
    was_silent: bool,
    token_changed: bool,
    troubled_in_a_row: usize,
    texts: BTreeSet<Arc<str>>,
    stop: Option<Stop>,
}

impl State {
    pub(super) fn new(input: Sweep, prober: Prober, events: mpsc::Sender<SweepEvent>) -> Self {
        let mut lines: Vec<Option<Arc<SweepLine>>> = input.targets.iter().map(|_| None).collect();
        for (index, line) in input.done.iter().chain(&input.unconfirmed) {
            if let Some(slot) = lines.get_mut(*index) {
                *slot = Some(Arc::new(line.clone()));
            }
        }
        let resumed = lines.iter().flatten().count();
        let mut counts = Counts::default();
        for (target, line) in input.targets.iter().zip(&lines) {
            counts.add(target.expected, line.as_ref().map_or(Shown::NotAsked, |line| line.shown));
        }
        Self {
            pace: Pace::new(input.concurrency),
            meter: Meter::default(),
            lines,
            counts,
            answered: resumed,
            probes: 0,
            checks: 0,
            resumed,
            cursor: 0,
            waiting: BTreeSet::new(),
            tries: BTreeMap::new(),
            flight: FuturesUnordered::new(),
            check: None,
            unconfirmed: input.unconfirmed.keys().copied().collect(),
            checked: input.clock.monotonic(),
            was_silent: false,
            token_changed: false,
            troubled_in_a_row: 0,
            texts: BTreeSet::new(),
            stop: None,
            input,
            prober,
            events,
        }
    }

    pub(super) async fn tell(&mut self, event: SweepEvent) {
        // A front end that is gone needs no events.
        let _gone = self.events.send(event).await.is_err();
    }

    fn now(&self) -> Duration {
        self.input.clock.monotonic()
    }

    /// The calibration of this run is the look at the controls that an earlier part was waiting for.
    pub(super) async fn take_over(&mut self) {
        self.checks += 1;
        self.probes += self.input.controls.len();
        if self.resumed > 0 {
            self.unconfirmed.clear();
            self.tell(SweepEvent::Looking(self.input.clock.now())).await;
            self.tell(SweepEvent::Confirmed(self.input.clock.now())).await;
        }
    }

    /// Until all are answered and the last answers are confirmed.
    pub(super) async fn run(&mut self, steering: &Steering) -> Option<Stop> {
        let mut pause = steering.pause.clone();
        let mut told = None;
        loop {
            let is_paused = *pause.borrow();
            if told.is_none_or(|told| self.now().saturating_sub(told) >= TOLD_EVERY) {
                told = Some(self.now());
                self.progress(is_paused).await;
            }
            if !is_paused && self.stop.is_none() {
                self.renew_token().await;
                self.start_probes();
            }
            let is_asked = self.stop.is_some() || (self.cursor >= self.lines.len() && self.waiting.is_empty());
            if self.flight.is_empty() && is_asked && self.check.is_none() && self.unconfirmed.is_empty() {
                break;
            }
            self.start_check(self.flight.is_empty() && is_asked).await;
            let wake = self.wake_in(is_paused);
            tokio::select! {
                Some(done) = self.flight.next(), if !self.flight.is_empty() => self.take_all(done, is_paused).await,
                checked = next(&mut self.check), if self.check.is_some() => self.confirm(checked).await,
                () = self.input.clock.sleep(wake) => {}
                () = steering.cancel.cancelled(), if self.stop != Some(Stop::Cancelled) => self.cancel(),
                Ok(()) = pause.changed() => self.meter.reset(),
            }
        }
        self.progress(false).await;
        self.stop.clone()
    }

    /// What is under way is dropped: a probe sends nothing, so nothing is left unknown.
    fn cancel(&mut self) {
        self.stop = Some(Stop::Cancelled);
        self.flight = FuturesUnordered::new();
    }

    /// Starts as many probes as may run.
    fn start_probes(&mut self) {
        let now = self.now();
        while self.pace.next(now) == Go::Now {
            let Some(index) = self.take_next(now) else { return };
            let Some(target) = self.input.targets.get(index) else { return };
            let (prober, mailbox) = (self.prober.clone(), target.mailbox.clone());
            self.pace.started();
            self.probes += 1;
            let token_serial = prober.token_serial();
            let asked = async move { Done { index, started: now, token_serial, probed: prober.probe(&mailbox).await } };
            self.flight.push(asked.boxed());
        }
    }

    /// One that has waited long enough, or the next of the list.
    fn take_next(&mut self, now: Duration) -> Option<usize> {
        if let Some((at, index)) = self.waiting.first().copied()
            && at <= now
        {
            self.waiting.remove(&(at, index));
            return Some(index);
        }
        while self.lines.get(self.cursor)?.is_some() {
            self.cursor += 1;
        }
        self.cursor += 1;
        Some(self.cursor - 1)
    }

    fn wake_in(&self, is_paused: bool) -> Duration {
        let now = self.now();
        // Whoever waits cannot be asked while everybody is held.
        let due = self.pace.held_until(now).or_else(|| self.waiting.first().map(|(at, _)| *at));
        wake_after(now, due, is_paused, self.stop.is_some())
    }

    /// Takes this answer and others that are there already, starting others in their place.
    async fn take_all(&mut self, first: Done, is_paused: bool) {
        self.take_one(first, is_paused).await;
        for _ in 1..AT_ONCE {
            let Some(done) = self.flight.next().now_or_never().flatten() else { return };
            self.take_one(done, is_paused).await;
        }
    }

    async fn take_one(&mut self, done: Done, is_paused: bool) {
        self.take(done).await;
        if !is_paused && self.stop.is_none() {
            self.start_probes();
        }
    }

    async fn take(&mut self, done: Done) {
        let Done { index, started, token_serial, probed } = done;
        let now = self.now();
        let signal = signal(&probed);
        self.pace.answered(now, started, signal);
        self.troubled_in_a_row = if signal == Signal::Troubled { self.troubled_in_a_row + 1 } else { 0 };
        let tries = self.tries.remove(&index).unwrap_or_default() + 1;
        if self.troubled_in_a_row >= LOST_AFTER && self.stop.is_none() {
            self.stop = Some(Stop::LineLost);
        }
        let is_rejected = probed.answer == ProbeAnswer::Other(Outcome::TokenRejected);
        let again = if is_rejected && tries < 3 && self.replace_token(token_serial).await {
            Some(Duration::ZERO)
        } else {
            ask_again(signal, tries)
        };
        match again {
            // When the sweep is stopped before that, it counts as not asked, and is asked when the sweep goes on.
            Some(wait) => {
                self.tries.insert(index, tries);
                self.waiting.insert((now.saturating_add(wait), index));
            }
            None => self.keep(index, tries, probed).await,
        }
    }

    async fn keep(&mut self, index: usize, tries: u32, probed: Probed) {
        let Some(target) = self.input.targets.get(index) else { return };
        let blank = SweepLine::not_asked(index, target);
        let code = probed.service.as_ref().map(|service| self.shared(&service.code));
        let words = probed.service.map(|service| service.message).or(probed.detail);
        let line = SweepLine {
            shown: probed.answer.into(),
            http_status: probed.http_status,
            error_code: code,
            error_message: words.map(|text| self.shared(&text)),
            request_id: probed.ids.request_id.map(String::into_boxed_str),
            client_request_id: probed.ids.client_request_id.map(String::into_boxed_str),
            attempts: tries,
            elapsed_ms: u64::try_from(probed.elapsed.as_millis()).unwrap_or(u64::MAX),
            finished: Some(probed.finished),
            ..blank
        };
        self.answered += 1;
        self.unconfirmed.push(index);
        self.recount(index, line.shown);
        let line = Arc::new(line);
        if let Some(slot) = self.lines.get_mut(index) {
            *slot = Some(Arc::clone(&line));
        }
        self.tell(SweepEvent::Answered(line)).await;
    }

    /// Texts of the service repeat thousands of times; each is kept once.
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        if self.texts.len() < 1000 {
            self.texts.insert(Arc::clone(&text));
        }
        text
    }

    fn recount(&mut self, index: usize, shown: Shown) {
        let Some(target) = self.input.targets.get(index) else { return };
        let before = self.lines.get(index).and_then(Option::as_ref).map_or(Shown::NotAsked, |line| line.shown);
        self.counts.replace(target.expected, before, shown);
    }

    /// A new token in good time; the controls are looked at again with it.
    async fn renew_token(&mut self) {
        let soon = self.input.clock.now().checked_add(TOKEN_MARGIN).unwrap_or(Timestamp::MAX);
        if self.prober.token_expires() <= soon {
            let token = self.input.tokens.token().await;
            self.use_token(token);
        }
    }

    /// After a 401: whether there is a newer token now.
    async fn replace_token(&mut self, rejected: u64) -> bool {
        if self.prober.token_serial() <= rejected {
            let token = self.input.tokens.newer_than(rejected).await;
            self.use_token(token);
        }
        self.stop.is_none()
    }

    fn use_token(&mut self, token: Result<AccessToken, SignInError>) {
        match token {
            Ok(token) if token.serial != self.prober.token_serial() => {
                self.prober = self.input.mail.prober(&token);
                self.token_changed = true;
            }
            Ok(_) => {}
            Err(err) => self.stop = Some(Stop::SignIn(err)),
        }
    }

    /// Looks at the controls when it is time, or when everybody was asked.
    async fn start_check(&mut self, is_last: bool) {
        let since = self.now().saturating_sub(self.checked);
        let due = Due { unconfirmed: self.unconfirmed.len(), since, was_silent: self.was_silent };
        if self.check.is_some() || self.unconfirmed.is_empty() || !(is_last || self.token_changed || due.is_now()) {
            return;
        }
        self.token_changed = false;
        let covers = std::mem::take(&mut self.unconfirmed);
        // Nobody who has cancelled wants to wait for repeats.
        let tries = if self.stop == Some(Stop::Cancelled) { 1 } else { 6 };
        let (prober, clock, controls) = (self.prober.clone(), self.input.clock.clone(), self.input.controls.clone());
        self.check = Some(async move { check(&prober, &clock, &controls, covers, tries, is_last).await }.boxed());
        self.tell(SweepEvent::Looking(self.input.clock.now())).await;
    }

    async fn confirm(&mut self, checked: Checked) {
        self.check = None;
        self.checks += 1;
        self.probes += checked.probes;
        self.checked = self.now();
        self.was_silent = checked.outcome == Check::Silent;
        match checked.outcome {
            Check::Agrees => self.tell(SweepEvent::Confirmed(self.input.clock.now())).await,
            // The next look may cover them; after the last one there is none.
            Check::Silent if !checked.is_last => {
                let later = std::mem::replace(&mut self.unconfirmed, checked.covers);
                self.unconfirmed.extend(later);
            }
            Check::Silent => self.void(checked.covers),
            Check::Contradicts => {
                let since = std::mem::take(&mut self.unconfirmed);
                self.void(checked.covers);
                self.void(since);
                self.flight = FuturesUnordered::new();
                self.stop = Some(Stop::ControlsChanged);
                self.tell(SweepEvent::Void(self.input.clock.now())).await;
            }
        }
    }

    fn void(&mut self, indexes: Vec<usize>) {
        for index in indexes {
            self.recount(index, Shown::Unconfirmed);
            if let Some(Some(line)) = self.lines.get_mut(index) {
                Arc::make_mut(line).shown = Shown::Unconfirmed;
            }
        }
    }

    async fn progress(&mut self, is_paused: bool) {
        let now = self.now();
        if !is_paused {
            self.meter.note(now, self.answered);
        }
        let progress = SweepProgress {
            counts: self.counts.clone(),
            rate: self.meter.rate(),
            remaining: self.meter.remaining(self.lines.len().saturating_sub(self.answered)),
            in_flight: self.pace.in_flight(),
            limit: self.pace.limit(),
            held_for: self.pace.held_until(now).map(|until| until.saturating_sub(now)),
            waiting: self.waiting.len(),
            is_paused,
        };
        self.tell(SweepEvent::Progress(progress)).await;
    }

    pub(super) fn finish(self, calibration: Calibration, stop: Option<Stop>) -> Swept {
        let Self { input, lines, checks, resumed, probes, .. } = self;
        // Without an agreeing probe, answers that waited for one do not stand.
        let is_void = |index: &usize| calibration != Calibration::Agrees && input.unconfirmed.contains_key(index);
        let lines = input.targets.iter().zip(lines).enumerate().map(|(index, (target, line))| match line {
            Some(mut line) if is_void(&index) => {
                Arc::make_mut(&mut line).shown = Shown::Unconfirmed;
                line
            }
            Some(line) => line,
            None => Arc::new(SweepLine::not_asked(index, target)),
        });
        Swept { lines: lines.collect(), calibration, stop, checks, resumed, probes }
    }
}

/// What says whether it is time for a look at the controls.
#[derive(Debug, Clone, Copy)]
struct Due {
    /// Answers that no look has covered.
    unconfirmed: usize,
    /// Since the last look.
    since: Duration,
    /// The last look told nothing.
    was_silent: bool,
}

impl Due {
    /// After many answers, but not soon after a look that told nothing; and after a long time.
    fn is_now(self) -> bool {
        let is_rested = !self.was_silent || self.since >= SILENT_TIME;
        (self.unconfirmed >= CHECK_ANSWERS && is_rested) || self.since >= CHECK_TIME
    }
}

/// How long nothing can happen by itself. What is due does not matter where nothing is started anyway.
fn wake_after(now: Duration, due: Option<Duration>, is_paused: bool, is_stopped: bool) -> Duration {
    match due {
        Some(at) if !is_paused && !is_stopped => at.saturating_sub(now).clamp(Duration::from_millis(1), TOLD_EVERY),
        _ => TOLD_EVERY,
    }
}

/// The check under way.
async fn next(check: &mut Option<BoxFuture<'static, Checked>>) -> Checked {
    match check {
        Some(check) => check.await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_wakes_when_something_is_due_or_to_tell_how_far_it_is() {
        let at = Duration::from_millis;
        for (due, is_paused, is_stopped, expected) in [
            (None, false, false, 500),
            (Some(1200), false, false, 200),
            (Some(1500), false, false, 500),
            (Some(60_000), false, false, 500),
            // Due already: soon, and never at once, which would be a loop without a pause.
            (Some(1000), false, false, 1),
            (Some(0), false, false, 1),
            // Nothing is started: whatever is due waits.
            (Some(1200), true, false, 500),
            (Some(0), false, true, 500),
            (Some(0), true, true, 500),
        ] {
            let wake = wake_after(at(1000), due.map(at), is_paused, is_stopped);
            assert_eq!(wake, at(expected), "{due:?} {is_paused} {is_stopped}");
        }
    }

    #[test]
    fn a_look_is_due_after_many_answers_or_a_long_time() {
        for (unconfirmed, seconds, was_silent, expected) in [
            (0, 0, false, false),
            (499, 299, false, false),
            (500, 0, false, true),
            (501, 0, false, true),
            (1, 299, false, false),
            (1, 300, false, true),
            (1, 301, true, true),
            // The last look told nothing.
            (500, 9, true, false),
            (500, 10, true, true),
            (499, 10, true, false),
        ] {
            let due = Due { unconfirmed, since: Duration::from_secs(seconds), was_silent };
            assert_eq!(due.is_now(), expected, "{due:?}");
        }
    }
}
