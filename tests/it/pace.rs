//! The pace of a sweep against modelled services: it gives way, obeys, recovers and never stops for good.

use std::{collections::BTreeMap, time::Duration};

use exchange365::verify::{Go, Meter, Pace, Signal, ask_again};
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);

/// A service with a limit for the application as a whole: so many requests a second, 429 with a wait beyond that.
struct Service {
    per_second: usize,
    asks: Duration,
    taken: BTreeMap<u64, usize>,
    closed_until: Duration,
    broken_waits: usize,
}

impl Service {
    fn new(per_second: usize, asks: Duration) -> Self {
        Self { per_second, asks, taken: BTreeMap::new(), closed_until: Duration::ZERO, broken_waits: 0 }
    }

    fn answer(&mut self, now: Duration) -> Signal {
        if now < self.closed_until {
            self.broken_waits += 1;
            return Signal::Throttled(Some(self.closed_until.saturating_sub(now)));
        }
        let taken = self.taken.entry(now.as_secs()).or_default();
        *taken += 1;
        if *taken > self.per_second {
            self.closed_until = now + self.asks;
            return Signal::Throttled(Some(self.asks));
        }
        Signal::Fine
    }
}

/// Runs `jobs` requests of 50 ms each; returns the time it took, and the lowest limit that was seen.
fn run(pace: &mut Pace, service: &mut Service, jobs: usize) -> (Duration, usize) {
    let (mut now, mut left, mut lowest) = (Duration::ZERO, jobs, usize::MAX);
    let mut open: Vec<(Duration, Signal)> = Vec::new();
    let mut ready: Vec<Duration> = Vec::new();
    while left > 0 || !open.is_empty() {
        let due: Vec<(Duration, Signal)> = open.iter().copied().filter(|(start, _)| *start + 50 * MS <= now).collect();
        open.retain(|(start, _)| *start + 50 * MS > now);
        for (start, signal) in due {
            pace.answered(now, start, signal);
            if signal != Signal::Fine {
                left += 1;
                ready.push(now + ask_again(signal, 1).unwrap());
            }
        }
        lowest = lowest.min(pace.limit());
        while left > 0 && pace.next(now) == Go::Now {
            let waiting = ready.iter().filter(|at| **at > now).count();
            if waiting >= left {
                break;
            }
            if let Some(at) = ready.iter().position(|at| *at <= now) {
                ready.swap_remove(at);
            }
            left -= 1;
            pace.started();
            open.push((now, service.answer(now)));
        }
        assert!(open.len() <= pace.in_flight() && pace.in_flight() <= 64);
        now += MS;
        assert!(now < Duration::from_mins(15), "it never ends");
    }
    (now, lowest)
}

#[test]
fn without_throttling_the_limit_stays_at_its_most() {
    let mut pace = Pace::new(16);
    let (time, lowest) = run(&mut pace, &mut Service::new(1_000_000, MS), 1600);
    assert_eq!(lowest, 16);
    assert!(time < Duration::from_secs(6), "{time:?}");
}

#[test]
fn an_application_limit_is_given_way_to_and_its_waits_are_obeyed() {
    let mut pace = Pace::new(32);
    let mut service = Service::new(60, Duration::from_secs(5));
    let (time, lowest) = run(&mut pace, &mut service, 3000);
    assert!(lowest < 16, "it was not given way: {lowest}");
    // Requests that were under way when the service closed are answered alike; hardly any is started after that.
    assert!(service.broken_waits < 400, "{} requests ignored the wait", service.broken_waits);
    assert!(time < Duration::from_mins(12), "{time:?}");
}

#[test]
fn single_throttled_mailboxes_slow_nobody_else() {
    let mut pace = Pace::new(16);
    for number in 0..10_000_u32 {
        pace.started();
        let signal = if number % 10 == 3 { Signal::Throttled(Some(Duration::from_secs(30))) } else { Signal::Fine };
        pace.answered(MS * number, MS * number, signal);
        assert_eq!(pace.next(MS * number), Go::Now);
    }
    assert_eq!(pace.limit(), 16);
}

#[test]
fn everybody_waits_when_everybody_is_throttled() {
    let mut pace = Pace::new(16);
    for _ in 0..16 {
        pace.started();
    }
    let now = Duration::from_secs(1);
    for _ in 0..16 {
        pace.answered(now, Duration::ZERO, Signal::Throttled(Some(Duration::from_secs(7))));
    }
    assert_eq!(pace.limit(), 8, "one burst halves once");
    assert_eq!(pace.next(now), Go::At(Duration::from_secs(8)));
    assert_eq!(pace.next(Duration::from_secs(8)), Go::Now);
    // The progress line says until when.
    let told = |secs| pace.held_until(Duration::from_secs(secs));
    assert_eq!(
        [told(1), told(7), told(8), told(9)],
        [Some(8), Some(8), None, None].map(|at| at.map(Duration::from_secs))
    );
}

#[test]
fn many_throttled_mailboxes_are_everybody_even_when_not_in_a_row() {
    let mut pace = Pace::new(16);
    let mut limits = Vec::new();
    // Every other answer is a 429: the twelfth of them makes it everybody's business.
    for number in 1..=12_u32 {
        for signal in [Signal::Fine, Signal::Throttled(None)] {
            pace.started();
            pace.answered(MS * number, MS * number, signal);
        }
        limits.push(pace.limit());
    }
    assert_eq!(limits, [16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 8]);
}

#[test]
fn after_giving_way_the_limit_rises_by_one_at_a_time() {
    let mut pace = Pace::new(6);
    for _ in 0..6 {
        pace.started();
        pace.answered(MS, Duration::ZERO, Signal::Troubled);
    }
    assert_eq!(pace.limit(), 3);
    // Twice as many ordinary answers as may run at a time, each time: 6, 8, 10; never beyond the most.
    let mut risen = Vec::new();
    for answers in 1..=60 {
        let before = pace.limit();
        pace.started();
        pace.answered(MS, MS, Signal::Fine);
        if pace.limit() != before {
            risen.push((answers, pace.limit()));
        }
    }
    assert_eq!(risen, [(6, 4), (14, 5), (24, 6)]);
}

#[test]
fn a_dead_line_is_tried_ever_more_rarely() {
    let mut pace = Pace::new(4);
    let mut now = Duration::ZERO;
    let mut tries = 0;
    while now < Duration::from_mins(10) {
        match pace.next(now) {
            Go::Now => {
                pace.started();
                pace.answered(now, now, Signal::Troubled);
                tries += 1;
                now += MS;
            }
            Go::At(at) => {
                assert!(at > now, "nothing is ever asked again");
                now = at;
            }
            Go::WhenAnswered => unreachable!(),
        }
    }
    assert!(tries < 200, "{tries} tries in ten minutes");
    assert_eq!(pace.limit(), 1);
}

#[test]
fn a_mailbox_is_asked_again_within_reason() {
    let throttled = |secs| Signal::Throttled(Some(Duration::from_secs(secs)));
    assert_eq!(ask_again(Signal::Fine, 1), None);
    assert_eq!(ask_again(throttled(9), 1), Some(Duration::from_secs(9)));
    assert_eq!(ask_again(throttled(9), 8), None);
    assert_eq!(ask_again(throttled(3600), 1), None);
    let waits = |signal, tries: &[u32]| -> Vec<Option<u64>> {
        tries.iter().map(|tries| ask_again(signal, *tries).map(|wait| wait.as_secs())).collect()
    };
    // Ten minutes are waited for, more is not.
    assert_eq!([600, 601].map(|secs| ask_again(throttled(secs), 1).is_some()), [true, false]);
    // Without a wait from the service it doubles; after a fault it is a second, then four.
    let tries = [1, 2, 3, 6, 7, 8];
    assert_eq!(waits(Signal::Throttled(None), &tries), [Some(2), Some(4), Some(8), Some(64), Some(64), None]);
    assert_eq!(waits(Signal::Troubled, &[1, 2, 3]), [Some(1), Some(4), None]);
}

#[test]
fn the_rate_is_that_of_the_last_moments() {
    let mut meter = Meter::default();
    for second in 0..60_u32 {
        // Slow first, then ten a second.
        let done = if second < 30 { second } else { 30 + (second - 30) * 10 };
        meter.note(Duration::from_secs(second.into()), usize::try_from(done).unwrap());
    }
    assert!((meter.rate().unwrap() - 10.0).abs() < 0.6, "{:?}", meter.rate());
    assert_eq!(meter.remaining(100).map(|left| left.as_secs_f64().round()), Some(10.0));
    assert_eq!(Meter::default().remaining(5), None);
}

/// What was done at which moments, in milliseconds, and how many a second that is in the end.
#[test]
fn the_rate_looks_back_twenty_seconds_and_no_further_than_the_last_pause() {
    let meter = |notes: &[(u64, usize)]| {
        let mut meter = Meter::default();
        for (at, done) in notes {
            meter.note(Duration::from_millis(*at), *done);
        }
        meter
    };
    for (notes, expected) in [
        (&[][..], None),
        (&[(1_000, 5)], None),
        // A fifth of a second says nothing yet.
        (&[(1_000, 5), (1_200, 9)], None),
        (&[(1_000, 5), (1_500, 9)], Some(8.0)),
        (&[(0, 0), (10_000, 10), (11_000, 33)], Some(3.0)),
        // What is just twenty seconds old still counts, what is older does not.
        (&[(0, 0), (10_000, 10), (20_000, 30)], Some(1.5)),
        (&[(0, 0), (10_000, 10), (20_001, 30), (30_000, 50)], Some(2.0)),
        // There is nothing younger to go by.
        (&[(0, 0), (100_000, 50)], Some(0.5)),
        (&[(0, 7), (10_000, 7)], Some(0.0)),
    ] {
        let rate = meter(notes).rate();
        let same = match (rate, expected) {
            (Some(rate), Some(expected)) => (rate - expected).abs() < 1e-9,
            (rate, expected) => rate == expected,
        };
        assert!(same, "{notes:?}: {rate:?}");
    }
    // At a rate of nothing nobody knows how long the rest takes.
    assert_eq!(meter(&[(0, 7), (10_000, 7)]).remaining(3), None);
    let mut paused = meter(&[(0, 0), (10_000, 100)]);
    paused.reset();
    assert_eq!(paused.rate(), None);
    paused.note(Duration::from_secs(15), 100);
    paused.note(Duration::from_secs(16), 102);
    assert_eq!(paused.rate().map(f64::round), Some(2.0));
}

proptest! {
    /// Whatever comes back: never more under way than the limit allows to start, never beyond the most, never zero,
    /// and after some ordinary answers it goes on.
    #[test]
    fn the_limits_hold(most in 1_usize..64, steps in proptest::collection::vec((0_u8..4, 0_u64..40), 1..400)) {
        let mut pace = Pace::new(most);
        let mut now = Duration::ZERO;
        let mut open = Vec::new();
        for (kind, wait) in steps {
            now += Duration::from_millis(wait * 50);
            if pace.next(now) == Go::Now {
                prop_assert!(pace.in_flight() < pace.limit());
                pace.started();
                open.push(now);
            }
            if kind > 0 && let Some(start) = open.pop() {
                let signal = match kind {
                    1 => Signal::Fine,
                    2 => Signal::Throttled(Some(Duration::from_secs(wait))),
                    _ => Signal::Troubled,
                };
                pace.answered(now, start, signal);
            }
            prop_assert!((1..=most).contains(&pace.limit()));
            prop_assert_eq!(pace.in_flight(), open.len());
        }
        for start in open.drain(..) {
            pace.answered(now, start, Signal::Fine);
        }
        prop_assert_eq!(pace.next(now + Duration::from_hours(2)), Go::Now);
    }
}
