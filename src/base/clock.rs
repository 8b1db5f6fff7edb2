//! The only place that asks what time it is or waits; tests bring their own time, and the demo tenant's can hurry.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

/// A moment, printed as RFC 3339 in UTC.
pub type Timestamp = jiff::Timestamp;

/// Source of time: the machine's, or one that a test moves by hand.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(ManualClock),
    Hurried(Arc<Hurried>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(clock: &ManualClock) -> Self {
        Self(Source::Manual(clock.clone()))
    }

    /// A clock of its own, which runs like this one until it is told to hurry.
    #[must_use]
    pub fn apart(&self) -> Self {
        let pace = Pace { origin: self.monotonic(), elapsed: Duration::ZERO, times: 1 };
        let hurried =
            Hurried { inner: self.clone(), start: self.now(), pace: Mutex::new(pace), changed: Notify::new() };
        Self(Source::Hurried(Arc::new(hurried)))
    }

    /// Runs so many times faster from now on, 1 is real time. Clocks that do not stand apart go on as before.
    pub fn hurry(&self, times: u32) {
        match &self.0 {
            Source::System | Source::Manual(_) => {}
            Source::Hurried(clock) => clock.hurry(times),
        }
    }

    /// How many times faster it runs.
    pub fn pace(&self) -> u32 {
        match &self.0 {
            Source::System | Source::Manual(_) => 1,
            Source::Hurried(clock) => clock.pace().times,
        }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(clock) => clock.now(),
            Source::Hurried(clock) => clock.start.checked_add(clock.elapsed()).unwrap_or(clock.start),
        }
    }

    /// Time since some fixed moment; never goes back, unlike `now`.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System => process_start().elapsed(),
            Source::Manual(clock) => clock.elapsed(),
            Source::Hurried(clock) => clock.elapsed(),
        }
    }

    /// Waits. On a manual clock until somebody has moved it that far.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System => real_sleep(duration).await,
            Source::Manual(clock) => clock.sleep(duration).await,
            Source::Hurried(clock) => Box::pin(clock.sleep(duration)).await,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that may wait")]
async fn real_sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

#[expect(clippy::disallowed_methods, reason = "the one place that may read the monotonic clock")]
fn process_start() -> std::time::Instant {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    *START.get_or_init(std::time::Instant::now)
}

/// Another clock's time, at a pace that can be changed.
#[derive(Debug)]
struct Hurried {
    inner: Clock,
    start: Timestamp,
    pace: Mutex<Pace>,
    changed: Notify,
}

/// Since when it runs how fast.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// On the inner clock.
    origin: Duration,
    /// On this clock, at that moment.
    elapsed: Duration,
    times: u32,
}

impl Hurried {
    fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        let pace = self.pace();
        let since = self.inner.monotonic().saturating_sub(pace.origin);
        pace.elapsed.saturating_add(since.saturating_mul(pace.times))
    }

    fn hurry(&self, times: u32) {
        let pace = Pace { origin: self.inner.monotonic(), elapsed: self.elapsed(), times: times.max(1) };
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner) = pace;
        self.changed.notify_waiters();
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.elapsed().saturating_add(duration);
        loop {
            let changed = self.changed.notified();
            let left = until.saturating_sub(self.elapsed());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = self.inner.sleep(left.div_f64(f64::from(self.pace().times))) => {}
                () = changed => {}
            }
        }
    }
}

/// Time moved by hand.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<ManualState>);

#[derive(Debug)]
struct ManualState {
    start: Timestamp,
    elapsed: Mutex<Duration>,
    moved: Notify,
}

impl ManualClock {
    /// Stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(ManualState { start, elapsed: Mutex::new(Duration::ZERO), moved: Notify::new() }))
    }

    /// Moves on and wakes whoever has waited long enough.
    pub fn advance(&self, duration: Duration) {
        *self.0.elapsed.lock().unwrap_or_else(PoisonError::into_inner) += duration;
        self.0.moved.notify_waiters();
    }

    /// How far it was moved since it was made.
    pub fn elapsed(&self) -> Duration {
        *self.0.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.0.start.checked_add(self.elapsed()).unwrap_or(self.0.start)
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.elapsed().saturating_add(duration);
        loop {
            let moved = self.0.moved.notified();
            if self.elapsed() >= until {
                return;
            }
            moved.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let manual = ManualClock::new("2026-11-23T08:00:00Z".parse().unwrap());
        let clock = Clock::manual(&manual);
        manual.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-11-23T08:01:30Z");
        assert_eq!(clock.monotonic(), Duration::from_secs(90));
    }

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_come() {
        let manual = ManualClock::new(Timestamp::UNIX_EPOCH);
        let clock = Clock::manual(&manual);
        let sleeper = tokio::spawn(async move { clock.sleep(Duration::from_secs(2)).await });
        tokio::task::yield_now().await;
        manual.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        manual.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
    }

    #[tokio::test]
    async fn a_clock_apart_hurries_and_slows_down_again() {
        let manual = ManualClock::new("2026-11-23T08:00:00Z".parse().unwrap());
        manual.advance(Duration::from_secs(10));
        let ordinary = Clock::manual(&manual);
        let clock = ordinary.apart();
        ordinary.hurry(240);
        assert_eq!((ordinary.pace(), clock.now()), (1, ordinary.now()));
        manual.advance(Duration::from_secs(5));
        clock.hurry(60);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_mins(3)).await }
        });
        tokio::task::yield_now().await;
        manual.advance(Duration::from_secs(2));
        tokio::task::yield_now().await;
        assert_eq!((clock.monotonic(), sleeper.is_finished()), (Duration::from_secs(125), false));
        clock.hurry(1);
        tokio::task::yield_now().await;
        manual.advance(Duration::from_secs(59));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        manual.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
        assert_eq!(clock.now().to_string(), "2026-11-23T08:03:15Z");
    }
}
