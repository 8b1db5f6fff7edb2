//! When a change takes effect on the tenant's clock: the directory knows it at once, Exchange's caches later.

use std::time::Duration;

use crate::base::Timestamp;

/// A new application access policy, or a changed one.
pub(super) const POLICY_MADE: Duration = Duration::from_hours(1);
/// A removed application access policy lives on in the caches.
pub(super) const POLICY_REMOVED: Duration = Duration::from_mins(30);
/// A group, or a member of one, as seen by the policies and scopes that point at it.
pub(super) const MEMBERSHIP: Duration = Duration::from_mins(30);
/// An application that stays silent this long finds its new role assignments in force.
pub(super) const ROLE_WHEN_SILENT: Duration = Duration::from_mins(30);
/// An application that keeps calling waits this long at most.
pub(super) const ROLE_AT_MOST: Duration = Duration::from_hours(2);
/// The sign-in service hands out the old roles a little longer.
pub(super) const GRANT: Duration = Duration::from_mins(5);

/// Which truth is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// What mail flow obeys at this moment, caches included.
    InForce(Timestamp),
    /// What is written down; the `Test-…` cmdlets look here.
    Written,
}

/// From when to when a setting is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    made: Timestamp,
    takes_effect_at: Timestamp,
    removal: Option<Removal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Removal {
    made: Timestamp,
    takes_effect_at: Timestamp,
}

impl Lifetime {
    /// Something that has always been there.
    pub(super) const fn settled() -> Self {
        Self { made: Timestamp::MIN, takes_effect_at: Timestamp::MIN, removal: None }
    }

    /// Made at `made`, followed `delay` later.
    pub(super) fn made(made: Timestamp, delay: Duration) -> Self {
        Self { made, takes_effect_at: later(made, delay), removal: None }
    }

    /// Something whose target was deleted before anybody can remember.
    pub(super) const fn gone() -> Self {
        let removal = Removal { made: Timestamp::MIN, takes_effect_at: Timestamp::MIN };
        Self { made: Timestamp::MIN, takes_effect_at: Timestamp::MIN, removal: Some(removal) }
    }

    /// Does the setting count in this view?
    pub(super) fn holds(&self, view: View) -> bool {
        match view {
            View::Written => self.removal.is_none(),
            View::InForce(at) => {
                self.takes_effect_at <= at && self.removal.is_none_or(|removal| at < removal.takes_effect_at)
            }
        }
    }

    /// Takes the setting away at `at`; it is followed `delay` longer. Returns when it ends.
    pub(super) fn remove(&mut self, at: Timestamp, delay: Duration) -> Timestamp {
        let ends = later(at, delay);
        self.removal = Some(Removal { made: at, takes_effect_at: ends });
        ends
    }

    /// The application called at `at`: its cached roles are kept alive, so what is still pending is put off.
    pub(super) fn put_off(&mut self, at: Timestamp) {
        put_off(self.made, &mut self.takes_effect_at, at);
        if let Some(removal) = &mut self.removal {
            put_off(removal.made, &mut removal.takes_effect_at, at);
        }
    }

    /// The next moment at which this setting begins or ceases to be followed.
    pub(super) fn pending(&self, at: Timestamp) -> Option<Timestamp> {
        let ends = self.removal.map(|removal| removal.takes_effect_at);
        [Some(self.takes_effect_at), ends].into_iter().flatten().find(|moment| *moment > at)
    }

    /// When the setting takes effect.
    pub(super) fn takes_effect_at(&self) -> Timestamp {
        self.takes_effect_at
    }
}

fn put_off(made: Timestamp, takes_effect_at: &mut Timestamp, at: Timestamp) {
    if made <= at && at < *takes_effect_at {
        *takes_effect_at = later(at, ROLE_WHEN_SILENT).min(later(made, ROLE_AT_MOST)).max(*takes_effect_at);
    }
}

/// `at` moved on, or the end of time.
pub(super) fn later(at: Timestamp, delay: Duration) -> Timestamp {
    at.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn a_change_is_written_at_once_and_followed_later() {
        let mut lifetime = Lifetime::made(at(0), Duration::from_hours(1));
        assert!(lifetime.holds(View::Written));
        assert!(!lifetime.holds(View::InForce(at(59))));
        assert!(lifetime.holds(View::InForce(at(60))));
        assert_eq!(lifetime.pending(at(10)), Some(at(60)));
        assert_eq!(lifetime.pending(at(60)), None);

        assert_eq!(lifetime.remove(at(100), Duration::from_mins(30)), at(130));
        assert!(!lifetime.holds(View::Written));
        assert!(lifetime.holds(View::InForce(at(129))));
        assert!(!lifetime.holds(View::InForce(at(130))));
    }

    #[test]
    fn calling_again_and_again_prolongs_the_wait_up_to_two_hours() {
        let mut silent = Lifetime::made(at(0), ROLE_WHEN_SILENT);
        assert!(silent.holds(View::InForce(at(30))));
        for minute in [10, 35, 60, 80, 100, 115] {
            silent.put_off(at(minute));
            assert!(!silent.holds(View::InForce(at(minute))), "{minute}");
        }
        assert_eq!(silent.takes_effect_at(), at(120));
        silent.put_off(at(125));
        assert!(silent.holds(View::InForce(at(125))));
    }
}
