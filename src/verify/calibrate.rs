//! May the probe be trusted in this run? Only if it says the same as real sends of this run did (pure).

use std::sync::Arc;

use crate::{
    base::MailAddress,
    m365::{Outcome, Refusal, graph::ProbeAnswer},
};

use super::SenderResult;

/// What a real send in this run has shown of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A real mail was accepted.
    Accepted,
    /// A real mail was refused, in these words.
    Refused(Refusal),
}

/// A sender that the probe is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Who.
    pub address: MailAddress,
    /// What a real send has shown.
    pub known: Known,
}

/// Whether the probe may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Calibration {
    /// It said of every control what a real send said.
    Agrees,
    /// It may not be used.
    Off(Disagreement),
}

/// Why the probe may not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disagreement {
    /// No real mail was accepted, so nothing shows how the probe looks where access is granted.
    NoAcceptedSender,
    /// No real mail was provably refused, so nothing shows how the probe looks where it is not.
    NoRefusedSender,
    /// The probe says otherwise than the real send.
    Contradicts(Control, ProbeAnswer),
    /// The probe got no answer that says anything.
    Silent(Control, ProbeAnswer),
}

/// How one answer about a control compares with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Agrees,
    /// The opposite, or another refusal.
    Contradicts,
    /// It says nothing either way.
    Silent,
}

/// The senders of which real sends have shown something.
///
/// A refusal without the policy's mark counts only beside a mail that was accepted with the same token, as in the
/// verdict: an application that may send as nobody is refused alike everywhere.
pub fn controls_of(senders: &[Arc<SenderResult>]) -> Vec<Control> {
    let accepted_with =
        |serial| senders.iter().any(|sender| sender.outcome == Outcome::Accepted && sender.token_serial == serial);
    let known = |sender: &SenderResult| match (sender.outcome, sender.refusal) {
        (Outcome::Accepted, _) => Some(Known::Accepted),
        (Outcome::BlockedByPolicy, Some(refusal)) => Some(Known::Refused(refusal)),
        (Outcome::AccessDenied, Some(refusal)) if accepted_with(sender.token_serial) => Some(Known::Refused(refusal)),
        _ => None,
    };
    senders
        .iter()
        .filter_map(|sender| Some(Control { address: sender.address.clone(), known: known(sender)? }))
        .collect()
}

/// The first control of each kind; `Err` when one kind is missing.
pub fn both_kinds(controls: &[Control]) -> Result<(&Control, &Control), Disagreement> {
    let accepted = controls.iter().find(|control| control.known == Known::Accepted);
    let refused = controls.iter().find(|control| matches!(control.known, Known::Refused(_)));
    match (accepted, refused) {
        (Some(accepted), Some(refused)) => Ok((accepted, refused)),
        (None, _) => Err(Disagreement::NoAcceptedSender),
        (_, None) => Err(Disagreement::NoRefusedSender),
    }
}

/// Holds one answer of the probe against what is known.
pub fn compare(known: Known, answer: ProbeAnswer) -> Comparison {
    match (known, answer) {
        (_, ProbeAnswer::Other(_)) => Comparison::Silent,
        (Known::Accepted, ProbeAnswer::Reached) => Comparison::Agrees,
        (Known::Refused(real), ProbeAnswer::Refused(probed)) if real == probed => Comparison::Agrees,
        (Known::Accepted | Known::Refused(_), ProbeAnswer::Reached | ProbeAnswer::Refused(_)) => {
            Comparison::Contradicts
        }
    }
}

/// Judges the probe by all controls and what it said of each.
pub fn calibrate(probed: &[(Control, ProbeAnswer)]) -> Calibration {
    let controls: Vec<Control> = probed.iter().map(|(control, _)| control.clone()).collect();
    if let Err(missing) = both_kinds(&controls) {
        return Calibration::Off(missing);
    }
    let fault = |wanted| probed.iter().find(|(control, answer)| compare(control.known, *answer) == wanted);
    if let Some((control, answer)) = fault(Comparison::Contradicts) {
        return Calibration::Off(Disagreement::Contradicts(control.clone(), *answer));
    }
    match fault(Comparison::Silent) {
        Some((control, answer)) => Calibration::Off(Disagreement::Silent(control.clone(), *answer)),
        None => Calibration::Agrees,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(address: &str, known: Known) -> Control {
        Control { address: address.parse().unwrap(), known }
    }

    const RAOP: Known = Known::Refused(Refusal::Raop);

    #[test]
    fn the_probe_is_on_only_when_it_agrees_everywhere() {
        let (yes, no) = (control("a@x.com", Known::Accepted), control("b@x.com", RAOP));
        let reached = ProbeAnswer::Reached;
        let raop = ProbeAnswer::Refused(Refusal::Raop);
        let judge = |answers: &[(&Control, ProbeAnswer)]| {
            calibrate(&answers.iter().map(|(control, answer)| ((*control).clone(), *answer)).collect::<Vec<_>>())
        };
        assert_eq!(judge(&[(&yes, reached), (&no, raop)]), Calibration::Agrees);
        for wrong in [
            vec![],
            vec![(&yes, reached)],
            vec![(&no, raop)],
            vec![(&yes, raop), (&no, raop)],
            vec![(&yes, reached), (&no, reached)],
            vec![(&yes, raop), (&no, reached)],
            vec![(&yes, reached), (&no, ProbeAnswer::Refused(Refusal::Plain))],
            vec![(&yes, ProbeAnswer::Other(Outcome::BadRequest)), (&no, raop)],
            vec![(&yes, reached), (&no, ProbeAnswer::Other(Outcome::Throttled))],
        ] {
            assert_ne!(judge(&wrong), Calibration::Agrees, "{wrong:?}");
        }
    }
}
