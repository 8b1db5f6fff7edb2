//! How fast a sweep may ask (pure): concurrency that gives way to throttling, when a mailbox is asked again, and
//! the rate for the progress line.
//!
//! Exchange throttles per mailbox and Graph per application. So one `429` makes its own mailbox wait; many of them
//! together halve the concurrency and make everybody wait as long as the service asks.

use std::{collections::VecDeque, time::Duration};

/// Tries per mailbox while the service asks to wait.
const THROTTLED_TRIES: u32 = 8;
/// Tries per mailbox while calls fail.
const TROUBLED_TRIES: u32 = 3;
/// A service that asks one mailbox to wait longer than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// Nobody is held back longer than this at a time.
const LONGEST_HOLD: Duration = Duration::from_hours(1);
/// Answers that are looked back upon.
const WINDOW: u32 = 32;
/// So many troubled answers among those mean more than single mailboxes.
const MANY: u32 = 12;
/// Or so many in a row.
const IN_A_ROW: u32 = 6;

/// What an answer says about the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// An ordinary answer.
    Fine,
    /// 429, with the wait the service asks for.
    Throttled(Option<Duration>),
    /// No answer, or a fault of the service.
    Troubled,
}

/// Whether another request may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// Now.
    Now,
    /// Not before this moment.
    At(Duration),
    /// When one that is under way has been answered.
    WhenAnswered,
}

/// The concurrency of one sweep. Moments are those of `Clock::monotonic`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    most: usize,
    limit: usize,
    in_flight: usize,
    held_until: Duration,
    /// When the limit was last lowered: answers to older requests say nothing new.
    lowered: Option<Duration>,
    fine_since: usize,
    /// The last answers, a set bit for each troubled one.
    recent: u32,
    holds: u32,
}

impl Pace {
    /// At most `most` requests at a time, at least one.
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            limit: most,
            in_flight: 0,
            held_until: Duration::ZERO,
            lowered: None,
            fine_since: 0,
            recent: 0,
            holds: 0,
        }
    }

    /// May another request start?
    pub fn next(&self, now: Duration) -> Go {
        if now < self.held_until {
            Go::At(self.held_until)
        } else if self.in_flight < self.limit {
            Go::Now
        } else {
            Go::WhenAnswered
        }
    }

    /// A request went out.
    pub fn started(&mut self) {
        self.in_flight += 1;
    }

    /// A request that went out at `started` was answered, or given up.
    pub fn answered(&mut self, now: Duration, started: Duration, signal: Signal) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.recent = (self.recent << 1) | u32::from(signal != Signal::Fine);
        match signal {
            Signal::Fine => self.raise(),
            Signal::Throttled(asked) => self.give_way(now, started, asked),
            Signal::Troubled => self.give_way(now, started, None),
        }
    }

    /// One more at a time after as many ordinary answers as run at a time.
    fn raise(&mut self) {
        self.fine_since += 1;
        if self.fine_since >= self.limit.saturating_mul(2) {
            self.fine_since = 0;
            self.limit = (self.limit + 1).min(self.most);
            self.holds = self.holds.saturating_sub(1);
        }
    }

    fn give_way(&mut self, now: Duration, started: Duration, asked: Option<Duration>) {
        self.fine_since = 0;
        let in_a_row = self.recent.trailing_ones() >= IN_A_ROW;
        if self.recent.count_ones() < MANY && !in_a_row {
            return;
        }
        let hold = asked.unwrap_or_else(|| Duration::from_secs(1 << self.holds.min(5))).min(LONGEST_HOLD);
        self.held_until = self.held_until.max(now.saturating_add(hold));
        if self.lowered.is_none_or(|lowered| started >= lowered) {
            self.limit = (self.limit / 2).max(1);
            self.lowered = Some(now);
            self.holds = self.holds.saturating_add(1);
            self.recent = 0;
        }
    }

    /// How many may be under way at a time now.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many are under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Until when nothing may start; `None` when nothing is held back.
    pub fn held_until(&self, now: Duration) -> Option<Duration> {
        (now < self.held_until).then_some(self.held_until)
    }
}

/// How long a mailbox waits before it is asked again; `None` when this answer has to stand.
pub fn ask_again(signal: Signal, tries: u32) -> Option<Duration> {
    match signal {
        Signal::Fine => None,
        Signal::Throttled(asked) => {
            let wait = asked.unwrap_or_else(|| Duration::from_secs(2u64.saturating_pow(tries.min(6))));
            (tries < THROTTLED_TRIES && wait <= LONGEST_WAIT).then_some(wait)
        }
        Signal::Troubled => {
            (tries < TROUBLED_TRIES).then(|| Duration::from_secs(4u64.saturating_pow(tries - tries.min(1))))
        }
    }
}

/// Answers per second over the last moments, and what that means for the rest.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    samples: VecDeque<(Duration, usize)>,
}

impl Meter {
    /// Looks back so far.
    const SPAN: Duration = Duration::from_secs(20);

    /// So many were done at this moment.
    pub fn note(&mut self, now: Duration, done: usize) {
        while self.samples.len() > 1 && self.samples.front().is_some_and(|(at, _)| now.saturating_sub(*at) > Self::SPAN)
        {
            self.samples.pop_front();
        }
        self.samples.push_back((now, done));
    }

    /// Forgets what was: after a pause the old rate means nothing.
    pub fn reset(&mut self) {
        self.samples.clear();
    }

    /// Answers per second.
    pub fn rate(&self) -> Option<f64> {
        let ((from, before), (to, after)) = (self.samples.front()?, self.samples.back()?);
        let span = to.saturating_sub(*from).as_secs_f64();
        (span > 0.2).then(|| count(after.saturating_sub(*before)) / span)
    }

    /// How long `left` more will take at that rate.
    pub fn remaining(&self, left: usize) -> Option<Duration> {
        // At a rate of nothing it takes for ever, which is no duration.
        Duration::try_from_secs_f64(count(left) / self.rate()?).ok()
    }
}

#[expect(clippy::cast_precision_loss, reason = "no sweep is so large that a rate would suffer")]
fn count(number: usize) -> f64 {
    number as f64
}

const _: () = assert!(WINDOW == u32::BITS, "the window is the bits of one number");
