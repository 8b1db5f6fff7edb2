//! What goes wrong on purpose: throttling, outages, a proxy's pages, cut and slow connections.

use std::time::Duration;

use serde::Deserialize;

use super::{route::Route, tenant::same_text};

/// One disturbance, as a scenario file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    stage: Stage,
    /// Only for this mailbox, spelt as the request spells it.
    mailbox: Option<String>,
    /// How often; without it, always.
    times: Option<u32>,
    pub(super) then: Action,
}

/// Which requests are disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Discovery,
    Token,
    SendMail,
    Directory,
    Any,
}

/// How a request is disturbed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    /// 429 as the service words it.
    Throttle {
        /// As it stands in the header; seconds or a date.
        retry_after: Option<String>,
    },
    /// Somebody else answers: a proxy, a gateway.
    Answer(Answer),
    /// The connection is cut without an answer.
    Cut {
        /// Whether the request is carried out all the same.
        processed: bool,
    },
    /// Answered as usual, but late.
    Delay {
        /// How late.
        milliseconds: u64,
    },
}

/// A ready-made answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) status: u16,
    #[serde(default)]
    pub(super) content_type: String,
    #[serde(default)]
    pub(super) location: Option<String>,
    #[serde(default)]
    pub(super) body: String,
}

impl Action {
    /// How long to hold the request back.
    pub(super) fn delay(&self) -> Option<Duration> {
        match self {
            Self::Delay { milliseconds } => Some(Duration::from_millis(*milliseconds)),
            Self::Throttle { .. } | Self::Answer(_) | Self::Cut { .. } => None,
        }
    }
}

/// Takes the first disturbance that is meant for this request, and counts it.
pub(super) fn take(faults: &mut [Fault], route: &Route) -> Option<Action> {
    let fault = faults.iter_mut().find(|fault| fault.times != Some(0) && fault.concerns(route))?;
    fault.times = fault.times.map(|times| times - 1);
    Some(fault.then.clone())
}

impl Fault {
    fn concerns(&self, route: &Route) -> bool {
        let at_stage = match self.stage {
            Stage::Discovery => matches!(route, Route::Discovery { .. }),
            Stage::Token => matches!(route, Route::Token { .. }),
            Stage::SendMail => matches!(route, Route::SendMail { .. }),
            Stage::Directory => matches!(route, Route::Directory(_)),
            Stage::Any => !route.is_demo(),
        };
        at_stage
            && self.mailbox.as_deref().is_none_or(|mailbox| route.user().is_some_and(|user| same_text(user, mailbox)))
    }
}
