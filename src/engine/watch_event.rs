//! What a watch is told and tells.

use std::time::Duration;

use crate::{
    base::Timestamp,
    report::TimelineRound,
    verify::{Announced, Fence, Watch},
};

use super::{RecordRef, Senders};

/// What is wished of a watch.
#[derive(Debug, Clone)]
pub struct WatchWish {
    /// A new one, or one to go on with.
    pub what: WatchWhat,
    /// How many times faster the demo tenant's time runs while nothing is asked. Real tenants know no such thing.
    pub demo_pace: u32,
}

/// A new watch, or an old one.
#[derive(Debug, Clone)]
pub enum WatchWhat {
    /// A new one.
    Begin(Box<WatchPlan>),
    /// One that was interrupted.
    Resume(RecordRef),
}

/// A new watch.
#[derive(Debug, Clone)]
pub struct WatchPlan {
    /// Who is asked, as typed.
    pub senders: Senders,
    /// What is going to hold the fence; `None` to conclude it from the token.
    pub fence: Option<Fence>,
    /// When the change was made, if somebody has said so.
    pub changed: Option<Timestamp>,
    /// How long; `None` for as long as the mechanism needs.
    pub until: Option<Until>,
}

/// The deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// So long after the begin.
    After(Duration),
    /// At this moment.
    At(Timestamp),
}

/// How far a watch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchProgress {
    /// How it was begun.
    pub watch: Watch,
    /// The most it can send.
    pub announced: Announced,
    /// Mails handed over so far.
    pub mails: u64,
    /// The runs so far.
    pub rounds: Vec<TimelineRound>,
    /// What time it is for the watch.
    pub now: Timestamp,
    /// What it does.
    pub phase: WatchPhase,
}

/// What a watch does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchPhase {
    /// Nothing is asked until then.
    Waiting {
        /// When the next test is due.
        until: Timestamp,
        /// Why then; to stand behind "because".
        why: String,
    },
    /// A test is under way.
    Asking,
    /// It is over.
    Ended {
        /// Why, a sentence without its full stop.
        why: String,
    },
}

impl WatchProgress {
    /// How long until the next test.
    pub fn left(&self) -> Option<Duration> {
        match &self.phase {
            WatchPhase::Waiting { until, .. } => {
                Some(Duration::try_from(until.duration_since(self.now)).unwrap_or_default())
            }
            WatchPhase::Asking | WatchPhase::Ended { .. } => None,
        }
    }

    /// What the mechanism is called.
    pub fn fence_label(fence: Fence) -> &'static str {
        match fence {
            Fence::Policy => "application access policy",
            Fence::Rbac => "RBAC for Applications",
            Fence::Unknown => "not known which mechanism",
        }
    }
}
