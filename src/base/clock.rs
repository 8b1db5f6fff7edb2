//! The only place that asks what time it is or waits; tests and the demo tenant bring their own time.

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

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(clock) => clock.now(),
        }
    }

    /// Time since some fixed moment; never goes back, unlike `now`.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System => process_start().elapsed(),
            Source::Manual(clock) => clock.elapsed(),
        }
    }

    /// Waits. On a manual clock until somebody has moved it that far.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System => real_sleep(duration).await,
            Source::Manual(clock) => clock.sleep(duration).await,
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
}
