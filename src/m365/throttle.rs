//! When a call may be repeated and how long to wait before that (pure).

use std::time::Duration;

use crate::base::Timestamp;

use super::Kind;

/// How often and how long one call may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryLimits {
    /// Tries in all.
    pub attempts: u32,
    /// Waiting in all; a service that asks for more gets no further try.
    pub waiting: Duration,
}

impl Default for RetryLimits {
    fn default() -> Self {
        Self { attempts: 4, waiting: Duration::from_secs(90) }
    }
}

/// What the service asked for with `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// Reads seconds (whole, or decimal as Graph's batches give them) or an HTTP date.
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<f64>() {
            let usable = seconds.is_finite() && (0.0..=1.0e9).contains(&seconds);
            return usable.then(|| Self(Duration::from_secs_f64(seconds)));
        }
        let at = httpdate::parse_http_date(text).ok()?;
        let at = Timestamp::try_from(at).ok()?;
        let wait = at.duration_since(now);
        Some(Self(Duration::try_from(wait).unwrap_or(Duration::ZERO)))
    }
}

/// Why a call might be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The service answered 429, with or without `Retry-After`.
    Throttled(Option<RetryAfter>),
    /// The call failed.
    Failed(Kind),
}

/// How long to wait before the next try; `None` to give up.
///
/// What is not idempotent is repeated only when it surely was not processed: 429, or a connection that never opened.
pub(super) fn next_wait(
    cause: Cause,
    is_idempotent: bool,
    tries: u32,
    waited: Duration,
    limits: RetryLimits,
) -> Option<Duration> {
    let back_off = Duration::from_millis(500u64.saturating_mul(1 << tries.saturating_sub(1).min(6)));
    let wait = match cause {
        Cause::Throttled(Some(RetryAfter(asked))) => Some(asked),
        Cause::Throttled(None) => Some(back_off.saturating_mul(4)),
        Cause::Failed(kind) => may_repeat(kind, is_idempotent).then_some(back_off),
    }?;
    (tries < limits.attempts && waited.saturating_add(wait) <= limits.waiting).then_some(wait)
}

fn may_repeat(kind: Kind, is_idempotent: bool) -> bool {
    match kind {
        Kind::Dns | Kind::Connect => true,
        Kind::Cut | Kind::ServerError => is_idempotent,
        // A time-out was long already; the others do not pass by themselves.
        Kind::Timeout
        | Kind::Proxy
        | Kind::Certificate
        | Kind::Tls
        | Kind::Interfered
        | Kind::Throttled
        | Kind::Unexpected
        | Kind::Cancelled => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RetryLimits = RetryLimits { attempts: 3, waiting: Duration::from_secs(10) };

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let seconds = |text| RetryAfter::parse(text, now).map(|RetryAfter(wait)| wait.as_secs_f64());
        assert_eq!(seconds("7"), Some(7.0));
        assert_eq!(seconds(" 0.25 "), Some(0.25));
        assert_eq!(seconds("Mon, 23 Nov 2026 08:02:00 GMT"), Some(120.0));
        assert_eq!(seconds("Mon, 23 Nov 2026 07:00:00 GMT"), Some(0.0));
        for text in ["", "soon", "-1", "NaN", "inf", "1e99"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_mail_is_repeated_only_when_it_surely_was_not_sent() {
        for kind in Kind::ALL {
            let repeats = next_wait(Cause::Failed(kind), false, 1, Duration::ZERO, LIMITS).is_some();
            assert_eq!(repeats, matches!(kind, Kind::Dns | Kind::Connect), "{kind:?}");
            assert!(!repeats || kind.never_arrived());
        }
    }

    #[test]
    fn tries_and_waiting_end() {
        let asked = |secs| Cause::Throttled(Some(RetryAfter(Duration::from_secs(secs))));
        assert_eq!(next_wait(asked(2), false, 1, Duration::ZERO, LIMITS), Some(Duration::from_secs(2)));
        assert_eq!(next_wait(asked(2), false, 3, Duration::ZERO, LIMITS), None);
        assert_eq!(next_wait(asked(11), false, 1, Duration::ZERO, LIMITS), None);
        assert_eq!(next_wait(asked(5), false, 2, Duration::from_secs(6), LIMITS), None);
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_half_a_minute() {
        let limits = RetryLimits { attempts: 100, waiting: Duration::from_hours(1) };
        let waits = |cause| {
            [0, 1, 2, 3, 7, 8, 90].map(|tries| {
                next_wait(cause, true, tries, Duration::ZERO, limits).map(|wait| wait.as_millis()).unwrap_or_default()
            })
        };
        let expected = [500, 500, 1_000, 2_000, 32_000, 32_000, 32_000];
        assert_eq!(waits(Cause::Failed(Kind::Cut)), expected);
        // Asked to wait without being told how long: four times as long.
        assert_eq!(waits(Cause::Throttled(None)), expected.map(|wait| 4 * wait));
    }
}
