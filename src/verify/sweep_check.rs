//! A look at the controls between two stretches of a sweep: is the probe still answered as real sends were?

use std::time::Duration;

use crate::{
    base::Clock,
    m365::{
        Outcome,
        graph::{MailboxName, ProbeAnswer, Probed, Prober},
    },
};

use super::{Comparison, Control, ask_again, both_kinds, compare, pace::Signal};

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// As before.
    Agrees,
    /// Otherwise than before.
    Contradicts,
    /// No answer that says anything.
    Silent,
}

/// A look that has ended.
pub(super) struct Checked {
    pub(super) outcome: Check,
    /// The answers it was made for.
    pub(super) covers: Vec<usize>,
    pub(super) probes: usize,
    pub(super) is_last: bool,
}

/// Probes one control of each kind.
pub(super) async fn check(
    prober: &Prober,
    clock: &Clock,
    controls: &[Control],
    covers: Vec<usize>,
    tries: u32,
    is_last: bool,
) -> Checked {
    let mut outcome = Check::Agrees;
    let mut asked = 0;
    if let Ok((accepted, refused)) = both_kinds(controls) {
        for control in [accepted, refused] {
            let answer = ask_up_to(prober, clock, control, tries).await;
            asked += 1;
            outcome = match (compare(control.known, answer), outcome) {
                (Comparison::Contradicts, _) | (_, Check::Contradicts) => Check::Contradicts,
                (Comparison::Silent, _) | (_, Check::Silent) => Check::Silent,
                (Comparison::Agrees, Check::Agrees) => Check::Agrees,
            };
        }
    } else {
        outcome = Check::Silent;
    }
    Checked { outcome, covers, probes: asked, is_last }
}

/// Probes one control, with patience.
pub(super) async fn ask(prober: &Prober, clock: &Clock, control: &Control) -> ProbeAnswer {
    ask_up_to(prober, clock, control, 6).await
}

async fn ask_up_to(prober: &Prober, clock: &Clock, control: &Control, most: u32) -> ProbeAnswer {
    let mailbox = MailboxName::from(&control.address);
    let mut tries = 0;
    loop {
        let answered = prober.probe(&mailbox).await;
        tries += 1;
        match ask_again(signal(&answered), tries) {
            Some(wait) if tries < most => clock.sleep(wait.max(Duration::from_millis(1))).await,
            _ => return answered.answer,
        }
    }
}

/// What an answer says about the pace.
pub(super) fn signal(probed: &Probed) -> Signal {
    match probed.answer {
        ProbeAnswer::Other(Outcome::Throttled) => Signal::Throttled(probed.retry_after),
        ProbeAnswer::Other(_) if probed.is_transient => Signal::Troubled,
        ProbeAnswer::Reached | ProbeAnswer::Refused(_) | ProbeAnswer::Other(_) => Signal::Fine,
    }
}
