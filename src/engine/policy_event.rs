//! What the engine tells front ends about the policy setup.

use std::collections::BTreeMap;

use crate::policy::{
    Evaluation, Guide, KnownError, Migration, ReadNote, Recognised, Script, ScriptKind, ScriptRun, Step, Truth,
    recognise,
};

/// A script, ready to be shown, copied, saved or run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptText {
    /// Which script.
    pub kind: ScriptKind,
    /// Its steps with their single commands.
    pub steps: Vec<Step>,
    /// The text of the `.ps1`.
    pub text: String,
    /// The same to paste into an open PowerShell window.
    pub paste: String,
    /// A name to save it under.
    pub file_name: String,
}

impl ScriptText {
    /// The texts of a script.
    pub fn of(script: &Script) -> Self {
        Self {
            kind: script.kind,
            steps: script.steps.clone(),
            text: script.to_ps1(),
            paste: script.to_paste(),
            file_name: script.file_name(),
        }
    }
}

/// A script that has ended, in a PowerShell window or in the demo tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptEnd {
    /// Which script.
    pub kind: ScriptKind,
    /// The exit code; `None` when the system gave none.
    pub exit_code: Option<i32>,
    /// What it says of itself; `None` when it left no result.
    pub run: Option<ScriptRun>,
    /// Errors in what it printed that are known, with their cure.
    pub known_errors: Vec<&'static KnownError>,
}

impl ScriptEnd {
    /// True when every step is done.
    pub fn is_done(&self) -> bool {
        self.exit_code == Some(0) && self.run.is_some()
    }

    pub(super) fn recognised(kind: ScriptKind, text: &str) -> Vec<&'static KnownError> {
        let step = crate::policy::GuideStep::ALL.into_iter().find(|step| step.script() == Some(kind));
        recognise(step.unwrap_or(crate::policy::GuideStep::Fence), text)
    }
}

/// A line of what was read from the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRow {
    /// What was looked at, such as `Group`.
    pub what: &'static str,
    /// Whether it was read, is absent, or may not be read.
    pub state: DirectoryState,
    /// What was seen, or what would be needed to see it.
    pub words: String,
}

/// What came of looking at something in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryState {
    /// It was read.
    Read,
    /// There is no such object.
    Absent,
    /// The app may not read it, or the answer did not come: not checked, never failed.
    NotChecked,
}

impl DirectoryState {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Absent => "not there",
            Self::NotChecked => "not checked",
        }
    }
}

/// Everything that is known about the fence of one app, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyState {
    /// Every mailbox, whether the fence holds, and what was noticed.
    pub evaluation: Evaluation,
    /// How far each step is.
    pub guide: Guide,
    /// How many records of which cmdlet were read so far.
    pub recognised: BTreeMap<Recognised, usize>,
    /// What could not be taken at its word.
    pub notes: Vec<ReadNote>,
    /// The last result of a script.
    pub run: Option<ScriptRun>,
    /// What was read from the directory.
    pub directory: Vec<DirectoryRow>,
    /// Whether `Mail.Send` is granted in Entra, by the token or the directory.
    pub mail_send_in_entra: Truth,
    /// What comes next on the way from a policy to a role.
    pub migration: Migration,
    /// The enterprise application's object id, from the token or the directory.
    pub object_id: Option<String>,
    /// The app's name, from the token or the directory.
    pub app_name: Option<String>,
}

impl PolicyState {
    /// Whether anything was read that says something about the fence.
    pub fn has_answers(&self) -> bool {
        !self.recognised.is_empty() || self.run.is_some()
    }
}

/// What the person knows about a text that the text itself does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadHints {
    /// The mailbox that a single test was about; empty where the text says it.
    pub mailbox: String,
    /// True when this is everything the command printed, so that what is missing is not there.
    pub whole_output: bool,
}
