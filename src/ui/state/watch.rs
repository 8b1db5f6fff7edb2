//! What is typed for a watch, and how far it is.

use std::time::Duration;

use crate::{
    base::Timestamp,
    engine::{
        Announced, Fence, JobId, Mechanism, Senders, Until, Watch, WatchPhase, WatchPlan, WatchProgress, announced,
    },
};

/// What is going to hold the fence, as far as somebody knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FenceChoice {
    /// To be concluded from the token.
    #[default]
    FromToken,
    /// An application access policy.
    Policy,
    /// RBAC for Applications.
    Rbac,
}

impl FenceChoice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FromToken, Self::Policy, Self::Rbac];

    fn fence(self) -> Option<Fence> {
        match self {
            Self::FromToken => None,
            Self::Policy => Some(Fence::Policy),
            Self::Rbac => Some(Fence::Rbac),
        }
    }
}

/// What is typed for a watch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchForm {
    /// What is going to hold the fence.
    pub fence: FenceChoice,
    /// Minutes since the change; empty: nobody knows.
    pub minutes_ago: String,
    /// Hours until it ends; empty: as long as the mechanism needs.
    pub hours: String,
}

impl WatchForm {
    /// Minutes since the change, `None` for a number that makes no sense.
    #[expect(clippy::option_option, reason = "nothing typed and something wrong typed are two things")]
    pub fn minutes(&self) -> Option<Option<u64>> {
        number(&self.minutes_ago, 7 * 24 * 60)
    }

    /// Hours until the end, `None` for a number that makes no sense.
    #[expect(clippy::option_option, reason = "nothing typed and something wrong typed are two things")]
    pub fn length(&self) -> Option<Option<Duration>> {
        number(&self.hours, 7 * 24).map(|hours| hours.map(Duration::from_hours))
    }

    /// What the engine is given; `None` while something makes no sense.
    pub fn plan(&self, senders: Senders, now: Timestamp) -> Option<WatchPlan> {
        let ago = self.minutes()?.map(Duration::from_mins);
        Some(WatchPlan {
            senders,
            fence: self.fence.fence(),
            changed: ago.and_then(|ago| now.checked_sub(ago).ok()),
            until: self.length()?.map(Until::After),
        })
    }

    /// The most that would be sent to so many senders. `roles` are those of the token, when it is known. What is found
    /// out only when the watch begins (another token, the last call of the app) can make it less, never more.
    pub fn announced(&self, senders: usize, roles: Option<&[String]>) -> Option<(Fence, Announced, Duration)> {
        let shown = self.fence.fence().unwrap_or_else(|| Fence::expected(Mechanism::None, roles));
        let possible = self.fence.fence().map_or_else(|| Fence::ALL.to_vec(), |fence| vec![fence]);
        let started = Timestamp::UNIX_EPOCH;
        let ago = self.minutes()?.map(Duration::from_mins);
        let typed = self.length()?;
        let mut most = Announced { runs: 0, mails: 0 };
        let mut longest = Duration::ZERO;
        for fence in possible {
            let length = typed.unwrap_or_else(|| fence.usual_length());
            let deadline = started.checked_add(length).ok()?;
            let changed = ago.and_then(|ago| started.checked_sub(ago).ok());
            for last_call in [None, Some(Timestamp::MIN)] {
                let found = announced(&Watch { fence, changed, last_call, started, deadline }, senders);
                if found.mails >= most.mails {
                    most = found;
                }
            }
            longest = longest.max(length);
        }
        Some((shown, most, longest))
    }
}

/// A whole number up to `most`; nothing typed is nothing.
#[expect(clippy::option_option, reason = "nothing typed and something wrong typed are two things")]
fn number(text: &str, most: u64) -> Option<Option<u64>> {
    match text.trim() {
        "" => Some(None),
        text => text.parse().ok().filter(|number| *number <= most).map(Some),
    }
}

/// A watch, as the window knows it.
#[derive(Default)]
pub struct Watching {
    /// What is typed.
    pub form: WatchForm,
    /// How far it is; stays when it is over.
    pub progress: Option<Box<WatchProgress>>,
    /// It has ended and nobody was told yet.
    pub has_ended: bool,
    job: Option<JobId>,
}

impl Watching {
    /// A watch is begun.
    pub fn start(&mut self, job: JobId) {
        *self = Self { form: self.form.clone(), job: Some(job), ..Self::default() };
    }

    /// Something else was started: the last watch goes out of view.
    pub fn clear(&mut self) {
        *self = Self { form: self.form.clone(), ..Self::default() };
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// Whether it does nothing but wait.
    pub fn is_waiting(&self) -> bool {
        let waits = |progress: &WatchProgress| matches!(progress.phase, WatchPhase::Waiting { .. });
        self.is_running() && self.progress.as_deref().is_some_and(waits)
    }

    pub(super) fn watched(&mut self, job: JobId, progress: Box<WatchProgress>) {
        if self.job == Some(job) {
            self.has_ended = matches!(progress.phase, WatchPhase::Ended { .. });
            self.progress = Some(progress);
        }
    }

    pub(super) fn finished(&mut self, job: JobId) {
        if self.job == Some(job) {
            self.job = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced_mails(watch: &Watch) -> u64 {
        announced(watch, 2).mails
    }

    #[test]
    fn what_is_typed_is_a_number_or_nothing() {
        let form = |minutes: &str, hours: &str| WatchForm {
            minutes_ago: minutes.to_owned(),
            hours: hours.to_owned(),
            ..WatchForm::default()
        };
        let now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let plan = form(" 10 ", "").plan(Senders::default(), now).unwrap();
        assert_eq!((plan.changed, plan.until), (Some("2026-11-23T07:50:00Z".parse().unwrap()), None));
        assert_eq!(
            form("", "3").plan(Senders::default(), now).unwrap().until,
            Some(Until::After(Duration::from_hours(3)))
        );
        for (minutes, hours) in [("x", ""), ("-1", ""), ("", "1e9"), ("99999999", ""), ("", "1.5")] {
            assert!(form(minutes, hours).plan(Senders::default(), now).is_none(), "{minutes} {hours}");
        }
    }

    #[test]
    fn what_will_be_sent_is_announced_before_it_begins() {
        let form = WatchForm { fence: FenceChoice::Policy, ..WatchForm::default() };
        let (fence, announced, length) = form.announced(2, None).unwrap();
        assert_eq!(
            (fence, announced.mails, length),
            (Fence::Policy, u64::from(announced.runs) * 2, Duration::from_hours(4))
        );
        for ago in ["", "1", "90", "400"] {
            let form = WatchForm { minutes_ago: ago.to_owned(), ..WatchForm::default() };
            let most = form.announced(2, None).unwrap().1.mails;
            for fence in Fence::ALL {
                for call in [None, Some(-7200), Some(-600), Some(0)] {
                    let moment = |second| Timestamp::from_second(second).unwrap();
                    let watch = Watch {
                        fence,
                        changed: ago.parse().ok().map(|minutes: i64| moment(-60 * minutes)),
                        last_call: call.map(moment),
                        started: moment(0),
                        deadline: moment(0).checked_add(fence.usual_length()).unwrap(),
                    };
                    let real = announced_mails(&watch);
                    assert!(real <= most, "{fence:?} {ago} {call:?}: {real} mails, {most} announced");
                }
            }
        }
        let from_token = WatchForm::default();
        assert_eq!(from_token.announced(2, Some(&[])).unwrap().0, Fence::Rbac);
        assert_eq!(from_token.announced(2, Some(&["Mail.Send".to_owned()])).unwrap().0, Fence::Policy);
    }
}
