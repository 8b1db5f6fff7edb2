//! When the next frame is due (pure): as soon as asked for, but not more often than the screen can show.

use std::time::Duration;

/// On the machine itself.
const LOCAL: u32 = 60;

/// Over a network.
const REMOTE: u32 = 30;

/// When frames were drawn and are wanted. Times are those of one clock that never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    interval: Duration,
    last: Option<Duration>,
    wanted: Option<Duration>,
}

impl Pace {
    pub(super) fn new(frame_rate: Option<u32>, remote: bool) -> Self {
        Self { interval: interval(frame_rate, remote), last: None, wanted: None }
    }

    /// The session was taken over from elsewhere, or came home.
    pub(super) fn set_rate(&mut self, frame_rate: Option<u32>, remote: bool) {
        self.interval = interval(frame_rate, remote);
    }

    /// A frame is wanted at that time, or earlier.
    pub(super) fn want(&mut self, at: Duration) {
        self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
    }

    /// When the next frame is to be drawn; `None` when nobody wants one.
    pub(super) fn due(&self) -> Option<Duration> {
        let earliest = self.last.map_or(Duration::ZERO, |last| last + self.interval);
        self.wanted.map(|wanted| wanted.max(earliest))
    }

    /// No frame before that time.
    pub(super) fn hold(&mut self, until: Duration) {
        self.last = Some(until.saturating_sub(self.interval));
    }

    /// A frame is drawn now.
    pub(super) fn draw(&mut self, now: Duration) {
        self.last = Some(now);
        self.wanted = None;
    }
}

fn interval(frame_rate: Option<u32>, remote: bool) -> Duration {
    Duration::from_secs(1) / frame_rate.unwrap_or(if remote { REMOTE } else { LOCAL }).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn nothing_wanted_nothing_drawn() {
        let mut pace = Pace::new(None, false);
        assert_eq!(pace.due(), None);
        pace.want(ms(5));
        pace.draw(ms(6));
        assert_eq!(pace.due(), None);
    }

    #[test]
    fn the_earliest_wish_counts_and_the_rate_holds_it_back() {
        let mut pace = Pace::new(Some(50), false);
        pace.want(ms(300));
        pace.want(ms(100));
        pace.want(ms(200));
        assert_eq!(pace.due(), Some(ms(100)));
        pace.draw(ms(100));
        pace.want(ms(105));
        assert_eq!(pace.due(), Some(ms(120)));
        pace.want(ms(90));
        assert_eq!(pace.due(), Some(ms(120)));
    }

    #[test]
    fn a_hidden_window_is_held_back() {
        let mut pace = Pace::new(Some(50), false);
        pace.draw(ms(100));
        pace.hold(ms(200));
        assert_eq!(pace.due(), None);
        pace.want(ms(110));
        assert_eq!(pace.due(), Some(ms(200)));
    }

    #[test]
    fn remote_sessions_get_half_the_frames() {
        assert_eq!(interval(None, true), Duration::from_secs(1) / 30);
        assert_eq!(interval(None, false), Duration::from_secs(1) / 60);
        assert_eq!(interval(Some(0), true), Duration::from_secs(1));
    }
}
