//! Probes thousands of mailboxes: many at a time, each by one request at a time, as fast as the service allows,
//! between two looks at the controls.
//!
//! An answer stands only when the controls, whose access real sends have shown in this run, were probed before and
//! after it and said the same. The journal is written from the events, so that a killed sweep goes on where it was.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    base::{Clock, Timestamp},
    m365::{
        auth::{AccessToken, TokenSource},
        graph::{MailClient, Prober},
    },
};

use super::{Calibration, Control, Counts, Stop, SweepLine, Target, calibrate, sweep_check::ask, sweep_loop::State};

/// What a sweep needs.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The way to Graph.
    pub mail: MailClient,
    /// Tokens: a sweep may outlive one.
    pub tokens: TokenSource,
    /// The token of the real sends.
    pub token: AccessToken,
    /// Time.
    pub clock: Clock,
    /// Whom to ask.
    pub targets: Vec<Target>,
    /// Answers of an earlier part that stand.
    pub done: BTreeMap<usize, SweepLine>,
    /// Answers of an earlier part that stand if the controls are as they were.
    pub unconfirmed: BTreeMap<usize, SweepLine>,
    /// What real sends of this run have shown.
    pub controls: Vec<Control>,
    /// How many to ask at a time.
    pub concurrency: usize,
}

/// How a sweep is steered.
#[derive(Debug, Clone)]
pub struct Steering {
    /// Ends it.
    pub cancel: CancellationToken,
    /// Holds it while true.
    pub pause: watch::Receiver<bool>,
}

/// What happens in a sweep.
#[derive(Debug, Clone)]
pub enum SweepEvent {
    /// The probe was held against the real sends.
    Calibrated(Calibration),
    /// A mailbox was answered.
    Answered(Arc<SweepLine>),
    /// A look at the controls began. What it confirms are the answers so far, and none that come while it is under way.
    Looking(Timestamp),
    /// The controls were as before: every answer from before that look stands.
    Confirmed(Timestamp),
    /// They were not: answers since the last confirmation are void.
    Void(Timestamp),
    /// How far it is.
    Progress(SweepProgress),
}

/// How far a sweep is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SweepProgress {
    /// Counts of what was answered; the rest counts as not asked.
    pub counts: Counts,
    /// Answers per second.
    pub rate: Option<f64>,
    /// How long the rest will take at that rate.
    pub remaining: Option<Duration>,
    /// Under way now.
    pub in_flight: usize,
    /// How many may be under way.
    pub limit: usize,
    /// How long the service asks everybody to wait.
    pub held_for: Option<Duration>,
    /// Mailboxes that wait to be asked again.
    pub waiting: usize,
    /// Whether somebody holds it.
    pub is_paused: bool,
}

/// A sweep that has ended.
#[derive(Debug, Clone)]
pub struct Swept {
    /// Whether the probe was on.
    pub calibration: Calibration,
    /// One line per mailbox of the list, in its order. Shared with whoever was told of them.
    pub lines: Vec<Arc<SweepLine>>,
    /// Why it ended early, if it did.
    pub stop: Option<Stop>,
    /// How often the controls were looked at.
    pub checks: usize,
    /// Answers taken over from an earlier part.
    pub resumed: usize,
    /// Probes that were sent, repeats and controls included.
    pub probes: usize,
}

/// Sweeps. Events nobody receives are dropped; the sweep goes on until it is cancelled.
pub async fn sweep(input: Sweep, steering: Steering, events: mpsc::Sender<SweepEvent>) -> Swept {
    let first = input.mail.prober(&input.token);
    let calibration = tokio::select! {
        calibration = calibrated(&first, &input) => Some(calibration),
        () = steering.cancel.cancelled() => None,
    };
    let mut state = State::new(input, first, events);
    match calibration {
        None => state.finish(Calibration::Agrees, Some(Stop::Cancelled)),
        Some(Calibration::Agrees) => {
            state.tell(SweepEvent::Calibrated(Calibration::Agrees)).await;
            state.take_over().await;
            let stop = state.run(&steering).await;
            state.finish(Calibration::Agrees, stop)
        }
        Some(off) => {
            state.tell(SweepEvent::Calibrated(off.clone())).await;
            state.finish(off, Some(Stop::ProbeOff))
        }
    }
}

/// Holds the probe against every control.
async fn calibrated(first: &Prober, input: &Sweep) -> Calibration {
    let mut answers = Vec::new();
    for control in &input.controls {
        let answer = ask(first, &input.clock, control).await;
        answers.push((control.clone(), answer));
    }
    calibrate(&answers)
}
