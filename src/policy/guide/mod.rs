//! The guided way through the policy setup: six steps, their state as a fold of what happened, and their texts.

mod known_errors;
mod texts;

use std::collections::BTreeMap;

use super::{
    Desired, Evaluation, FenceState, Found, Method, RecipientKind, ScriptKind, ScriptRun, StepId, StepOutcome, Truth,
    evaluate::{Counting, membership},
};

use crate::base::MailAddress;

pub use known_errors::{KnownError, known_errors, recognise};
pub use texts::{MethodText, StepText, method_text, rollback, step_text, waiting};

/// A step of the guide, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuideStep {
    /// The mail-enabled security group.
    Group,
    /// PowerShell and the module.
    Module,
    /// Signing in to Exchange Online.
    Connect,
    /// The fence itself.
    Fence,
    /// What Exchange answers about every mailbox.
    Verification1,
    /// Real test mails.
    Verification2,
}

impl GuideStep {
    /// All steps in order.
    pub const ALL: [Self; 6] =
        [Self::Group, Self::Module, Self::Connect, Self::Fence, Self::Verification1, Self::Verification2];

    /// Its number, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(0, |index| index + 1)
    }

    /// The script that does it; none for the test mails.
    pub fn script(self) -> Option<ScriptKind> {
        match self {
            Self::Group => Some(ScriptKind::Group),
            Self::Module => Some(ScriptKind::Module),
            Self::Connect => Some(ScriptKind::Connect),
            Self::Fence => Some(ScriptKind::Fence),
            Self::Verification1 => Some(ScriptKind::Verify),
            Self::Verification2 => None,
        }
    }

    /// Where a script's step belongs; reading and comparing are judged by the program itself.
    fn of(step: StepId) -> Option<Self> {
        match step {
            StepId::PowerShell | StepId::Module => Some(Self::Module),
            StepId::Connect => Some(Self::Connect),
            StepId::Group | StepId::Members => Some(Self::Group),
            StepId::PolicyFence | StepId::ServicePrincipal | StepId::Scope | StepId::Assignment => Some(Self::Fence),
            StepId::Facts
            | StepId::Verification
            | StepId::CutOver
            | StepId::FactsAfter
            | StepId::RemovePolicy
            | StepId::RemoveAssignment
            | StepId::RemoveScope
            | StepId::RemoveServicePrincipal => None,
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StepState {
    /// Not done yet.
    #[default]
    ToDo,
    /// Done, and the program has seen that it is.
    Done,
    /// Tried and failed, or seen to be wrong.
    Failed,
    /// Perhaps done, but the program has not seen it.
    NotChecked,
}

impl StepState {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::ToDo => "to do",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }
}

/// A step's state and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepProgress {
    /// How far it is.
    pub state: StepState,
    /// Why, in a sentence; empty where there is nothing to say.
    pub detail: String,
}

/// What the run of test mails came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiveResult {
    /// The fence is proven.
    Pass,
    /// It is not what it should be.
    Fail,
    /// Nothing is proven.
    Unproven,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuideEvent {
    /// What is wanted was changed, so earlier results are about something else.
    WantedChanged,
    /// A script's result was read.
    RunRead(ScriptRun),
    /// The group was looked at: is everything as wanted?
    GroupSeen(Truth, String),
    /// What was found was judged.
    Judged(FenceState, String),
    /// Test mails were sent.
    Tested(LiveResult),
    /// The person says that a step is done.
    SaidDone(GuideStep),
    /// The person says that a step is to be done again.
    SaidToDo(GuideStep),
}

impl GuideEvent {
    /// What a judgement means for the guide.
    pub fn judged(evaluation: &Evaluation) -> Self {
        Self::Judged(evaluation.fence, evaluation.summary.clone())
    }

    /// What is known of the group, from a script or from the directory.
    pub fn group_seen(desired: &Desired, found: &Found) -> Self {
        let address = &desired.group.address;
        let Some(group) = found.groups.iter().find(|group| group.address.as_ref() == Some(address)) else {
            return Self::GroupSeen(Truth::Unknown, "Nothing was read about the group".to_owned());
        };
        if group.exists == Truth::No {
            return Self::GroupSeen(Truth::No, format!("There is no group {address}"));
        }
        let known = group.kind != RecipientKind::Unknown;
        let right_kind = if known { Truth::of(group.kind == RecipientKind::SecurityGroup) } else { Truth::Unknown };
        if right_kind == Truth::No {
            let kind = group.kind.label();
            return Self::GroupSeen(
                Truth::No,
                format!("{address} is a {kind}, a mail-enabled security group is needed"),
            );
        }
        let counting = match desired.method {
            Method::ApplicationAccessPolicy => Counting::Nested,
            Method::RbacForApplications => Counting::Direct,
        };
        let member = |address: &MailAddress| membership(found, group, address, counting);
        if let Some(forbidden) = desired.forbidden.iter().find(|address| member(address).is_yes()) {
            return Self::GroupSeen(Truth::No, format!("{forbidden} must not be sent as, but is in the group"));
        }
        if let Some(missing) = desired.members.iter().find(|address| member(address) == Truth::No) {
            return Self::GroupSeen(Truth::No, format!("{missing} is not in the group"));
        }
        let all = desired.members.iter().fold(right_kind, |sum, address| sum.and(member(address)));
        let detail = match all {
            Truth::Yes => "The group is of the right kind and holds every permitted sender",
            Truth::No | Truth::Unknown => "Not everything about the group is known",
        };
        Self::GroupSeen(all, detail.to_owned())
    }
}

/// The state of all steps: a fold of events, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guide {
    steps: BTreeMap<GuideStep, StepProgress>,
}

impl Guide {
    /// How far a step is.
    pub fn progress(&self, step: GuideStep) -> StepProgress {
        self.steps.get(&step).cloned().unwrap_or_default()
    }

    /// The first step that is neither done nor said to be.
    pub fn next(&self) -> Option<GuideStep> {
        let open = |step: &GuideStep| matches!(self.progress(*step).state, StepState::ToDo | StepState::Failed);
        GuideStep::ALL.into_iter().find(open)
    }

    /// The state after `event`.
    #[must_use]
    pub fn after(mut self, event: &GuideEvent) -> Self {
        match event {
            GuideEvent::WantedChanged => {
                for step in [GuideStep::Group, GuideStep::Fence, GuideStep::Verification1, GuideStep::Verification2] {
                    self.steps.remove(&step);
                }
            }
            GuideEvent::RunRead(run) => self.read(run),
            GuideEvent::GroupSeen(truth, detail) => self.see_group(*truth, detail),
            GuideEvent::Judged(fence, summary) => self.set(GuideStep::Verification1, judged(*fence), summary),
            GuideEvent::Tested(result) => {
                let (state, detail) = tested(*result);
                self.set(GuideStep::Verification2, state, detail);
            }
            GuideEvent::SaidDone(step) => {
                self.set(*step, StepState::NotChecked, "Marked as done by hand; the program has not seen it");
            }
            GuideEvent::SaidToDo(step) => self.set(*step, StepState::ToDo, ""),
        }
        self
    }

    fn set(&mut self, step: GuideStep, state: StepState, detail: &str) {
        self.steps.insert(step, StepProgress { state, detail: detail.to_owned() });
    }

    fn see_group(&mut self, truth: Truth, detail: &str) {
        let known = self.progress(GuideStep::Group).state;
        match truth {
            Truth::Yes => self.set(GuideStep::Group, StepState::Done, detail),
            Truth::No => self.set(GuideStep::Group, StepState::Failed, detail),
            // Not being able to look is no news about a group that a script has seen.
            Truth::Unknown if known == StepState::ToDo => self.set(GuideStep::Group, StepState::NotChecked, detail),
            Truth::Unknown => {}
        }
    }

    fn read(&mut self, run: &ScriptRun) {
        for step in GuideStep::ALL {
            let parts: Vec<_> =
                run.steps.iter().filter(|part| part.step.and_then(GuideStep::of) == Some(step)).collect();
            let has = |outcome| parts.iter().find(|part| part.outcome == outcome);
            if let Some(failed) = has(StepOutcome::Failed) {
                self.set(step, StepState::Failed, failed.error.as_deref().unwrap_or(&failed.detail));
            } else if has(StepOutcome::Unknown).is_some() {
                self.set(step, StepState::NotChecked, "The script's result says something this program does not know");
            } else if !parts.is_empty() && parts.iter().all(|part| part.outcome == StepOutcome::Done) && !run.what_if {
                let details: Vec<&str> = parts.iter().map(|part| part.detail.as_str()).collect();
                self.set(step, StepState::Done, &details.join("; "));
            }
        }
        // Who is connected has the module.
        if self.progress(GuideStep::Connect).state == StepState::Done
            && self.progress(GuideStep::Module).state != StepState::Done
        {
            self.set(GuideStep::Module, StepState::Done, "The module works: it has connected");
        }
        let done = |step| run.steps.iter().any(|part| part.step == Some(step) && part.outcome == StepOutcome::Done);
        let removed = [StepId::RemovePolicy, StepId::RemoveAssignment].into_iter().any(done);
        if removed && !run.what_if {
            self.set(GuideStep::Fence, StepState::ToDo, "A part of the fence was removed");
        }
        if (removed || done(StepId::CutOver)) && !run.what_if {
            self.set(GuideStep::Verification2, StepState::ToDo, "What is set up has changed, so test again");
        }
        let failed = run
            .steps
            .iter()
            .find(|part| part.step == Some(StepId::Verification) && part.outcome == StepOutcome::Failed);
        if let Some(part) = failed {
            self.set(GuideStep::Verification1, StepState::Failed, part.error.as_deref().unwrap_or_default());
        }
    }
}

fn judged(fence: FenceState) -> StepState {
    match fence {
        FenceState::Fenced => StepState::Done,
        FenceState::Open | FenceState::TooTight => StepState::Failed,
        FenceState::NotProven => StepState::NotChecked,
    }
}

fn tested(result: LiveResult) -> (StepState, &'static str) {
    match result {
        LiveResult::Pass => (StepState::Done, "Permitted senders were accepted and forbidden ones refused"),
        LiveResult::Fail => (StepState::Failed, "A test mail was not answered as it should be"),
        LiveResult::Unproven => (StepState::NotChecked, "The test mails prove nothing yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::StepRun;
    use super::*;

    fn run(steps: &[(StepId, StepOutcome)]) -> ScriptRun {
        let steps = steps.iter().map(|(step, outcome)| StepRun {
            step: Some(*step),
            outcome: *outcome,
            detail: "said".into(),
            error: (*outcome == StepOutcome::Failed).then(|| "went wrong".into()),
        });
        ScriptRun { steps: steps.collect(), ..ScriptRun::default() }
    }

    fn after(events: &[GuideEvent]) -> Guide {
        events.iter().fold(Guide::default(), Guide::after)
    }

    fn states(guide: &Guide) -> Vec<StepState> {
        GuideStep::ALL.into_iter().map(|step| guide.progress(step).state).collect()
    }

    #[test]
    fn the_whole_way_can_be_walked() {
        use StepOutcome::Done;
        use StepState as S;
        let mut guide = Guide::default();
        assert_eq!(guide.next(), Some(GuideStep::Group));
        let fence = [
            (StepId::Connect, Done),
            (StepId::Group, Done),
            (StepId::Members, Done),
            (StepId::PolicyFence, Done),
            (StepId::Verification, Done),
        ];
        guide = guide.after(&GuideEvent::RunRead(run(&fence)));
        assert_eq!(states(&guide), [S::Done, S::Done, S::Done, S::Done, S::ToDo, S::ToDo]);
        guide = guide.after(&GuideEvent::Judged(FenceState::Fenced, String::new()));
        assert_eq!(guide.next(), Some(GuideStep::Verification2));
        guide = guide.after(&GuideEvent::Tested(LiveResult::Pass));
        assert_eq!(guide.next(), None);
        guide = guide.after(&GuideEvent::WantedChanged);
        assert_eq!(states(&guide), [S::ToDo, S::Done, S::Done, S::ToDo, S::ToDo, S::ToDo]);
    }

    #[test]
    fn nothing_is_done_that_was_not_seen() {
        use StepOutcome::{Done, Failed, NotRun, Skipped, Unknown};
        use StepState as S;
        for (outcomes, state) in [
            ([Done, Done], S::Done),
            ([Done, Skipped], S::ToDo),
            ([Done, Failed], S::Failed),
            ([Failed, NotRun], S::Failed),
            ([NotRun, NotRun], S::ToDo),
            ([Done, Unknown], S::NotChecked),
        ] {
            let guide =
                after(&[GuideEvent::RunRead(run(&[(StepId::Group, outcomes[0]), (StepId::Members, outcomes[1])]))]);
            assert_eq!(guide.progress(GuideStep::Group).state, state, "{outcomes:?}");
        }
        let mut what_if = run(&[(StepId::Group, Done), (StepId::Members, Done)]);
        what_if.what_if = true;
        assert_eq!(states(&after(&[GuideEvent::RunRead(what_if)])), [S::ToDo; 6]);
        let said = after(&[GuideEvent::SaidDone(GuideStep::Group)]);
        assert_eq!(said.progress(GuideStep::Group).state, S::NotChecked);
        for (fence, state) in [
            (FenceState::Fenced, S::Done),
            (FenceState::Open, S::Failed),
            (FenceState::TooTight, S::Failed),
            (FenceState::NotProven, S::NotChecked),
        ] {
            let guide = after(&[GuideEvent::Judged(fence, String::new())]);
            assert_eq!(guide.progress(GuideStep::Verification1).state, state);
        }
    }

    #[test]
    fn taking_the_fence_away_takes_the_proof_away() {
        let removed = run(&[(StepId::RemovePolicy, StepOutcome::Done)]);
        let guide = after(&[
            GuideEvent::SaidDone(GuideStep::Fence),
            GuideEvent::Tested(LiveResult::Pass),
            GuideEvent::RunRead(removed),
        ]);
        assert_eq!(guide.progress(GuideStep::Fence).state, StepState::ToDo);
        assert_eq!(guide.progress(GuideStep::Verification2).state, StepState::ToDo);
    }

    #[test]
    fn not_being_allowed_to_look_is_no_failure() {
        let unknown = GuideEvent::GroupSeen(Truth::Unknown, String::new());
        assert_eq!(after(std::slice::from_ref(&unknown)).progress(GuideStep::Group).state, StepState::NotChecked);
        let seen = GuideEvent::GroupSeen(Truth::Yes, String::new());
        assert_eq!(after(&[seen, unknown]).progress(GuideStep::Group).state, StepState::Done);
    }
}
