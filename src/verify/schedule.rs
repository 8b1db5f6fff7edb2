//! When to ask again while a change is taking effect (pure). Asking too often is not only useless: under RBAC for
//! Applications every call keeps the old answer in Microsoft's cache alive.

use std::time::Duration;

use crate::base::Timestamp;

use super::{Mechanism, Verdict};

const MINUTE: u64 = 60;

/// No change is known to have needed longer: RBAC for Applications is documented with up to two hours for an app
/// that makes calls; for policies more than one hour was seen, and two hours is what guides tell to wait.
pub const LONGEST_PROPAGATION: Duration = Duration::from_secs(120 * MINUTE);
/// The earliest moment after a change, or after another run, at which a policy is asked about.
const POLICY_MINIMUM: Duration = Duration::from_secs(5 * MINUTE);
/// RBAC for Applications forgets its cached answer after 30 minutes without a call; a little more is waited.
const SILENCE: Duration = Duration::from_secs(35 * MINUTE);
/// Growing intervals for a policy, and the one that repeats after them.
const POLICY_STEPS: ([u64; 3], u64) = ([10 * MINUTE, 15 * MINUTE, 30 * MINUTE], 60 * MINUTE);
/// Growing silences, and the one that repeats after them.
const SILENT_STEPS: ([u64; 1], u64) = ([70 * MINUTE], 120 * MINUTE);
/// Runs kept in reserve for confirming an answer that has just turned.
const CONFIRMATIONS: u32 = 2;
/// However far away the deadline is.
const MOST_RUNS: u32 = 24;
/// A last run is made this long before the deadline, so that it is over in time.
const BEFORE_DEADLINE: Duration = Duration::from_secs(MINUTE);

/// What is going to hold the fence, and so how its change travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fence {
    /// An application access policy: asking does no harm.
    Policy,
    /// RBAC for Applications: asking prolongs the wait.
    Rbac,
    /// Not known: treated like RBAC, which is right for both and only slower for a policy.
    Unknown,
}

impl Fence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Policy, Self::Rbac, Self::Unknown];

    /// What the token tells about it: a policy limits the grant that the token shows as `Mail.Send`; RBAC grants what
    /// the token does not show. An answer that already named the mechanism counts more.
    pub fn expected(seen: Mechanism, roles: Option<&[String]>) -> Self {
        match (seen, roles) {
            (Mechanism::ApplicationAccessPolicy, _) => Self::Policy,
            (Mechanism::RbacForApplications, _) => Self::Rbac,
            (Mechanism::Unidentified | Mechanism::None, Some(roles)) => {
                if roles.iter().any(|role| role == "Mail.Send") { Self::Policy } else { Self::Rbac }
            }
            (Mechanism::Unidentified | Mechanism::None, None) => Self::Unknown,
        }
    }

    /// The name in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "aap",
            Self::Rbac => "rbac",
            Self::Unknown => "unknown",
        }
    }

    /// Reads that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fence| fence.as_str() == text)
    }

    /// The shortest time between two runs, and between a change and the first run after it.
    pub fn minimum(self) -> Duration {
        match self {
            Self::Policy => POLICY_MINIMUM,
            Self::Rbac | Self::Unknown => SILENCE,
        }
    }

    /// How long a watch lasts when nobody says it: long enough for a stable answer either way.
    pub fn usual_length(self) -> Duration {
        match self {
            Self::Policy => Duration::from_secs(240 * MINUTE),
            Self::Rbac | Self::Unknown => Duration::from_secs(300 * MINUTE),
        }
    }

    /// How long to wait after so many runs that settled nothing.
    fn interval(self, runs: usize) -> Duration {
        let (growing, at_last): (&[u64], u64) = match self {
            Self::Policy => (&POLICY_STEPS.0, POLICY_STEPS.1),
            Self::Rbac | Self::Unknown => (&SILENT_STEPS.0, SILENT_STEPS.1),
        };
        Duration::from_secs(growing.get(runs.saturating_sub(1)).copied().unwrap_or(at_last))
    }
}

/// A watch, as it was begun; everything else follows from what came of its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// What is going to hold the fence.
    pub fence: Fence,
    /// When the change was made, when somebody has said so.
    pub changed: Option<Timestamp>,
    /// The last call that the application is known to have made to Exchange before the watch.
    pub last_call: Option<Timestamp>,
    /// When the watch began.
    pub started: Timestamp,
    /// Nothing is asked after it.
    pub deadline: Timestamp,
}

/// A run of the watch, as far as the schedule has to know it. One that was cut short or could not begin counts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// When it began.
    pub asked: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// What it proved.
    pub verdict: Verdict,
}

/// What a record says of a watch that somebody has stopped.
pub const STOPPED: &str = "Somebody has stopped it";

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask everybody at this moment, which is never before now.
    AskAt(Timestamp, Why),
    /// The watch is over.
    Stop(Reason),
}

/// Why the next run is made at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing stands against asking at once.
    FirstTest,
    /// The change needs some minutes.
    AfterChange,
    /// The application has to be silent so that Microsoft's cache forgets the old answer.
    Silence,
    /// The change is not in force yet; the wait grows.
    NotYet,
    /// Nothing was proven the last time.
    Unproven,
    /// The answer is as wanted; one more run shows whether it stays.
    Confirm,
    /// The next regular run would be after the deadline.
    LastChance,
}

impl Why {
    /// The reason in words, to stand behind "because".
    pub fn words(self) -> &'static str {
        match self {
            Self::FirstTest => "the change may be in force already",
            Self::AfterChange => "a change needs some minutes before it can be in force",
            Self::Silence => {
                "Microsoft keeps the old answer while the app makes calls, so it has to be silent for 35 minutes"
            }
            Self::NotYet => "the change was not in force yet, and asking more often does not make it faster",
            Self::Unproven => "the last test proved nothing",
            Self::Confirm => "the last test passed, and a second one has to agree",
            Self::LastChance => "the deadline comes before the next regular test",
        }
    }
}

/// Why the watch is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Two runs in a row passed.
    Passed,
    /// Two runs in a row failed, the last one after the longest time a change is known to need.
    Failed,
    /// There is no time left for another run.
    Deadline,
    /// The deadline is too near for even one run.
    NoTime,
    /// As many mails were sent as were announced.
    AnnouncedUsedUp,
}

impl Reason {
    /// The reason in words: a sentence without its full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "Two tests in a row passed",
            Self::Failed => {
                "Two tests in a row failed, and more time has passed than a change is known to need: this is no delay"
            }
            Self::Deadline => "The deadline has come",
            Self::NoTime => "The deadline is too near for a test that would mean anything",
            Self::AnnouncedUsedUp => "All announced mails have been sent",
        }
    }
}

/// The most a watch can send, known before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// Runs.
    pub runs: u32,
    /// Mails handed over, if no sender is refused.
    pub mails: u64,
}

/// What `watch` sends at most when it asks `senders` senders each time. `next` keeps to it.
pub fn announced(watch: &Watch, senders: usize) -> Announced {
    let runs = most_runs(watch);
    Announced { runs, mails: u64::from(runs).saturating_mul(u64::try_from(senders).unwrap_or(u64::MAX)) }
}

/// The regular runs that fit before the deadline, and some for confirming.
fn most_runs(watch: &Watch) -> u32 {
    let mut past: Vec<Past> = Vec::new();
    let mut now = watch.started;
    while let Some((at, _)) = due(watch, &past, now) {
        past.push(Past { asked: at, finished: at, verdict: Verdict::Unproven });
        now = at;
        if past.len() >= usize::try_from(MOST_RUNS).unwrap_or(usize::MAX) {
            break;
        }
    }
    match u32::try_from(past.len()).unwrap_or(MOST_RUNS) {
        0 => 0,
        regular => regular.saturating_add(CONFIRMATIONS).min(MOST_RUNS),
    }
}

/// What to do now. `past` are the runs of this watch, in order.
///
/// A pass stops at the second agreeing run: every sender was answered as wanted, twice, at least the shortest interval
/// apart. A fail must not stop earlier than [`LONGEST_PROPAGATION`] after the change (after the first run, if nobody
/// said when it was made): until then two agreeing fails say only that the change has not arrived. What is unproven
/// never stops a watch, for it says nothing.
pub fn next(watch: &Watch, past: &[Past], now: Timestamp) -> Next {
    if let Some(reason) = settled(watch, past) {
        return Next::Stop(reason);
    }
    if past.len() >= usize::try_from(most_runs(watch)).unwrap_or(usize::MAX) && !past.is_empty() {
        return Next::Stop(Reason::AnnouncedUsedUp);
    }
    match due(watch, past, now) {
        Some((at, why)) => Next::AskAt(at, why),
        None if past.is_empty() => Next::Stop(Reason::NoTime),
        None => Next::Stop(Reason::Deadline),
    }
}

fn settled(watch: &Watch, past: &[Past]) -> Option<Reason> {
    let [.., before, last] = past else { return None };
    match (before.verdict, last.verdict) {
        (Verdict::Pass, Verdict::Pass) => Some(Reason::Passed),
        (Verdict::Fail, Verdict::Fail) => {
            let first = past.first().map_or(watch.started, |run| run.asked);
            let since = watch.changed.unwrap_or(first);
            (last.asked >= later(since, LONGEST_PROPAGATION)).then_some(Reason::Failed)
        }
        (Verdict::Pass | Verdict::Fail | Verdict::Unproven, _) => None,
    }
}

/// The next run before the deadline.
fn due(watch: &Watch, past: &[Past], now: Timestamp) -> Option<(Timestamp, Why)> {
    let (earliest, regular, why) = match past.last() {
        None => first(watch),
        Some(last) => {
            let earliest = later(last.finished, watch.fence.minimum());
            let grown = later(last.finished, watch.fence.interval(past.len()));
            match last.verdict {
                Verdict::Pass => (earliest, earliest, Why::Confirm),
                Verdict::Fail => (earliest, grown, Why::NotYet),
                Verdict::Unproven => (earliest, grown, Why::Unproven),
            }
        }
    };
    let (earliest, regular) = (earliest.max(now), regular.max(now));
    if regular <= watch.deadline {
        return Some((regular, why));
    }
    let last_chance = earlier(watch.deadline, BEFORE_DEADLINE);
    (last_chance >= earliest).then_some((last_chance, Why::LastChance))
}

/// The first run: not before the change can be in force; for RBAC not before the application was silent long enough.
fn first(watch: &Watch) -> (Timestamp, Timestamp, Why) {
    let after_change = watch.changed.map(|changed| later(changed, watch.fence.minimum()));
    let (at, why) = match watch.fence {
        Fence::Policy => (after_change.unwrap_or(watch.started), Why::AfterChange),
        Fence::Rbac | Fence::Unknown => {
            // Nobody knows of calls or of the change: either may have been a moment ago.
            let silent_since = watch.last_call.max(watch.changed).unwrap_or(watch.started);
            (later(silent_since, SILENCE), Why::Silence)
        }
    };
    if at <= watch.started { (watch.started, watch.started, Why::FirstTest) } else { (at, at, why) }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}
