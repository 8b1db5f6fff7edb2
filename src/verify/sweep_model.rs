//! What a sweep is made of. Names of enum values are those of the JSON contract `exchange365/sweep/1`.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    base::Timestamp,
    m365::{
        Outcome, Refusal,
        auth::SignInError,
        graph::{MailboxName, ProbeAnswer},
    },
};

use super::{Calibration, Expected, Verdict};

/// What the probe says of a mailbox. Never `pass`: a probe alone proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SweepResult {
    /// The app would be let in.
    Reachable,
    /// The app is refused.
    Refused,
    /// Neither can be told.
    NotProvable,
}

impl SweepResult {
    /// `reachable`, `refused` or `not_provable`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Refused => "refused",
            Self::NotProvable => "not_provable",
        }
    }
}

/// What a result rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// The probe was let in.
    Reached,
    /// The probe was refused, in these words.
    Refused(Refusal),
    /// The probe got another answer, or none.
    Other(Outcome),
    /// Answered, but the controls were not seen to be the same before and after.
    Unconfirmed,
    /// Not asked.
    NotAsked,
}

impl Shown {
    /// The name in the JSON contract; those of `verify` where they mean the same.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Refused(Refusal::Raop) => Outcome::BlockedByPolicy.as_str(),
            Self::Refused(Refusal::ODataDisabled | Refusal::Plain) => Outcome::AccessDenied.as_str(),
            Self::Other(outcome) => outcome.as_str(),
            Self::Unconfirmed => "unconfirmed",
            Self::NotAsked => "not_asked",
        }
    }

    /// What may be said on that ground.
    pub fn result(self) -> SweepResult {
        match self {
            Self::Reached => SweepResult::Reachable,
            Self::Refused(_) => SweepResult::Refused,
            Self::Other(_) | Self::Unconfirmed | Self::NotAsked => SweepResult::NotProvable,
        }
    }
}

impl From<ProbeAnswer> for Shown {
    fn from(answer: ProbeAnswer) -> Self {
        match answer {
            ProbeAnswer::Reached => Self::Reached,
            ProbeAnswer::Refused(refusal) => Self::Refused(refusal),
            ProbeAnswer::Other(outcome) => Self::Other(outcome),
        }
    }
}

/// How a result compares with the list of permitted mailboxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// As expected: permitted and reachable, or not permitted and refused.
    AsExpected,
    /// Reachable and not permitted, or permitted and refused.
    Fail,
    /// Not provable.
    Unproven,
}

impl Finding {
    /// `as_expected`, `fail` or `unproven`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsExpected => "as_expected",
            Self::Fail => "fail",
            Self::Unproven => "unproven",
        }
    }
}

/// Compares (pure).
pub fn find(expected: Expected, result: SweepResult) -> Finding {
    match (expected, result) {
        (_, SweepResult::NotProvable) => Finding::Unproven,
        (Expected::Permitted, SweepResult::Reachable) | (Expected::Forbidden, SweepResult::Refused) => {
            Finding::AsExpected
        }
        (Expected::Permitted, SweepResult::Refused) | (Expected::Forbidden, SweepResult::Reachable) => Finding::Fail,
    }
}

/// A mailbox to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How it is named in the request.
    pub mailbox: MailboxName,
    /// Whether it is on the list of permitted ones.
    pub expected: Expected,
}

/// One mailbox of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepLine {
    /// Its place in the list.
    pub index: usize,
    /// The mailbox.
    pub mailbox: MailboxName,
    /// Whether it is on the list of permitted ones.
    pub expected: Expected,
    /// What the result rests on.
    pub shown: Shown,
    /// HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// The service's code, redacted.
    pub error_code: Option<Arc<str>>,
    /// The service's words, or the technical detail of a failed call, redacted.
    pub error_message: Option<Arc<str>>,
    /// The service's id of the last call.
    pub request_id: Option<Box<str>>,
    /// This program's id of the last call.
    pub client_request_id: Option<Box<str>>,
    /// How often it was asked.
    pub attempts: u32,
    /// How long the last call took.
    pub elapsed_ms: u64,
    /// When the last answer came; `None` when it was not asked.
    pub finished: Option<Timestamp>,
}

impl SweepLine {
    /// The line of a mailbox nobody asked.
    pub fn not_asked(index: usize, target: &Target) -> Self {
        Self {
            index,
            mailbox: target.mailbox.clone(),
            expected: target.expected,
            shown: Shown::NotAsked,
            http_status: None,
            error_code: None,
            error_message: None,
            request_id: None,
            client_request_id: None,
            attempts: 0,
            elapsed_ms: 0,
            finished: None,
        }
    }

    /// Reachable, refused or not provable.
    pub fn result(&self) -> SweepResult {
        self.shown.result()
    }

    /// Compared with the list of permitted mailboxes.
    pub fn finding(&self) -> Finding {
        find(self.expected, self.result())
    }
}

/// How many of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Mailboxes on the list.
    pub total: usize,
    /// Reachable ones.
    pub reachable: usize,
    /// Reachable ones that are not permitted.
    pub reachable_not_permitted: usize,
    /// Refused ones.
    pub refused: usize,
    /// Refused ones that are permitted.
    pub refused_but_permitted: usize,
    /// The rest.
    pub not_provable: usize,
    /// Of the rest, those that nobody asked.
    pub not_asked: usize,
    /// By what they rest on.
    pub by_outcome: BTreeMap<&'static str, usize>,
}

impl Counts {
    /// Counts one line.
    pub fn add(&mut self, expected: Expected, shown: Shown) {
        self.total += 1;
        *self.by_outcome.entry(shown.as_str()).or_default() += 1;
        self.of_line(expected, shown).into_iter().flatten().for_each(|number| *number += 1);
    }

    /// One line is found to be something else.
    pub fn replace(&mut self, expected: Expected, before: Shown, after: Shown) {
        self.total -= 1;
        if let Some(number) = self.by_outcome.get_mut(before.as_str()) {
            *number -= 1;
            if *number == 0 {
                self.by_outcome.remove(before.as_str());
            }
        }
        self.of_line(expected, before).into_iter().flatten().for_each(|number| *number -= 1);
        self.add(expected, after);
    }

    /// The numbers that a line counts in.
    fn of_line(&mut self, expected: Expected, shown: Shown) -> [Option<&mut usize>; 2] {
        let is_fail = find(expected, shown.result()) == Finding::Fail;
        match shown.result() {
            SweepResult::Reachable => [Some(&mut self.reachable), is_fail.then_some(&mut self.reachable_not_permitted)],
            SweepResult::Refused => [Some(&mut self.refused), is_fail.then_some(&mut self.refused_but_permitted)],
            SweepResult::NotProvable => {
                [Some(&mut self.not_provable), (shown == Shown::NotAsked).then_some(&mut self.not_asked)]
            }
        }
    }

    /// Counts all lines.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a SweepLine>) -> Self {
        let mut counts = Self::default();
        for line in lines {
            counts.add(line.expected, line.shown);
        }
        counts
    }

    /// How many were answered.
    pub fn asked(&self) -> usize {
        self.total - self.not_asked
    }
}

/// Why a sweep ended before its last mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// The probe is off.
    ProbeOff,
    /// The controls were answered otherwise than at the beginning.
    ControlsChanged,
    /// No token could be had any more.
    SignIn(SignInError),
    /// Nothing but failed calls for a long while.
    LineLost,
}

impl Stop {
    /// The name in the JSON contract.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::ProbeOff => "probe_off",
            Self::ControlsChanged => "controls_changed",
            Self::SignIn(_) => "sign_in_failed",
            Self::LineLost => "line_lost",
        }
    }
}

/// What is judged of a whole sweep.
#[derive(Debug, Clone, Copy)]
pub struct SweepEvidence<'a> {
    /// The verdict of the real sends.
    pub controls: Verdict,
    /// Whether the probe agreed with them.
    pub calibration: &'a Calibration,
    /// What was counted.
    pub counts: &'a Counts,
    /// Whether everybody who was meant is on the list and was asked.
    pub is_complete: bool,
}

/// The verdict on a sweep (pure): **fail** when a real send failed or a mailbox is otherwise than expected; **pass**
/// only when the real sends pass, the probe agreed with them, everybody was asked and nothing is left unproven; else
/// **unproven**. The probe alone never passes.
pub fn judge_sweep(evidence: SweepEvidence<'_>) -> Verdict {
    let SweepEvidence { controls, calibration, counts, is_complete } = evidence;
    let is_on = *calibration == Calibration::Agrees;
    let any_fail = counts.reachable_not_permitted + counts.refused_but_permitted > 0;
    if controls == Verdict::Fail || any_fail {
        Verdict::Fail
    } else if controls == Verdict::Pass
        && is_on
        && is_complete
        && counts.total > 0
        && counts.not_provable == 0
        && !any_fail
    {
        Verdict::Pass
    } else {
        Verdict::Unproven
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Disagreement;

    #[test]
    fn a_sweep_passes_on_one_ground_alone() {
        let calibrations = [Calibration::Agrees, Calibration::Off(Disagreement::NoRefusedSender)];
        let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::Unproven];
        let kinds = [
            (Expected::Permitted, Shown::Reached),
            (Expected::Forbidden, Shown::Refused(Refusal::Raop)),
            (Expected::Forbidden, Shown::Reached),
            (Expected::Permitted, Shown::Refused(Refusal::Plain)),
            (Expected::Forbidden, Shown::Other(Outcome::MailboxUnknown)),
            (Expected::Forbidden, Shown::Unconfirmed),
            (Expected::Forbidden, Shown::NotAsked),
        ];
        let mut passes = 0;
        // Every set of kinds of lines, with every state of everything else.
        for set in 0..1_u32 << kinds.len() {
            let mut counts = Counts::default();
            for (place, (expected, shown)) in kinds.iter().enumerate() {
                if set >> place & 1 == 1 {
                    counts.add(*expected, *shown);
                }
            }
            for calibration in &calibrations {
                for controls in verdicts {
                    for is_complete in [true, false] {
                        let evidence = SweepEvidence { controls, calibration, counts: &counts, is_complete };
                        let is_clean = set > 0 && set <= 0b11;
                        let may_pass =
                            controls == Verdict::Pass && *calibration == Calibration::Agrees && is_complete && is_clean;
                        let verdict = judge_sweep(evidence);
                        assert_eq!(verdict == Verdict::Pass, may_pass, "{evidence:?}");
                        let fails = controls == Verdict::Fail || set & 0b1100 != 0;
                        assert_eq!(verdict == Verdict::Fail, fails, "{evidence:?}");
                        passes += usize::from(may_pass);
                    }
                }
            }
        }
        assert_eq!(passes, 3);
    }
}
