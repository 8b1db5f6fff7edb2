//! Reads what cmdlets and our own scripts printed, pasted or opened, in any shape PowerShell prints it.

mod block;
mod classify;
mod command;
mod decode;
mod extent;
mod filter;
mod json;
mod line;
mod record;
mod text;
mod tokens;
mod wire;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use uuid::Uuid;

use super::{Found, RESULT_BEGIN, StepId};
use crate::base::{ClientId, MailAddress, ObjectId, Timestamp};

/// How old a script's result may be to prove anything. What is set up in Exchange can be changed at any time, and what
/// was changed is in force within hours; an administrator who runs the script in the evening is still read the next
/// morning. A result that ended as far in the future comes from a computer whose clock is wrong, so its age is not known.
pub const LONGEST_AGE: Duration = Duration::from_hours(24);

/// Larger texts are not cmdlet output.
pub const LARGEST_INPUT: usize = 4 * 1024 * 1024;

/// What the person knows about the text, where the text itself does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadContext {
    /// The app it should be about.
    pub client_id: Option<ClientId>,
    /// The mailbox a test was about.
    pub mailbox: Option<MailAddress>,
    /// The group whose members are listed.
    pub group: Option<MailAddress>,
    /// Other names of that group, by which a command may call it.
    pub group_names: Vec<String>,
    /// The object id of the app's enterprise application, where it is known.
    pub object_id: Option<ObjectId>,
    /// True when the person says that this is everything the command printed, so that what is missing is not there.
    /// Where the text shows a command that leaves something out, it does not count.
    pub whole_output: bool,
    /// The ids of the organisation, from wherever they are known. A result of another one is refused.
    pub tenants: Vec<Uuid>,
    /// What time it is. A result that is older than [`LONGEST_AGE`] is not used then; `None` takes results of any age.
    pub now: Option<Timestamp>,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadBack {
    /// The facts.
    pub found: Found,
    /// The result block of a script of ours, if there was one; the newest one counts.
    pub run: Option<ScriptRun>,
    /// How many records of which cmdlet were recognised.
    pub recognised: BTreeMap<Recognised, usize>,
    /// What could not be taken at its word, and why.
    pub notes: Vec<ReadNote>,
    /// The organisations that the results are of, as they say it; empty text for one that does not.
    pub tenants: BTreeSet<String>,
    /// Why a result is not used although it can be read: it is too old.
    pub outdated: Option<String>,
}

/// A cmdlet whose output was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recognised {
    /// `Test-ApplicationAccessPolicy`
    PolicyTest,
    /// `Get-ApplicationAccessPolicy`
    Policy,
    /// `Test-ServicePrincipalAuthorization`
    RbacTest,
    /// `Get-ManagementRoleAssignment`
    Assignment,
    /// `Get-ManagementScope`
    Scope,
    /// `Get-ServicePrincipal`
    ServicePrincipal,
    /// `Get-DistributionGroup`
    Group,
    /// `Get-DistributionGroupMember`
    Member,
}

impl Recognised {
    /// The cmdlet.
    pub fn cmdlet(self) -> &'static str {
        match self {
            Self::PolicyTest => "Test-ApplicationAccessPolicy",
            Self::Policy => "Get-ApplicationAccessPolicy",
            Self::RbacTest => "Test-ServicePrincipalAuthorization",
            Self::Assignment => "Get-ManagementRoleAssignment",
            Self::Scope => "Get-ManagementScope",
            Self::ServicePrincipal => "Get-ServicePrincipal",
            Self::Group => "Get-DistributionGroup",
            Self::Member => "Get-DistributionGroupMember",
        }
    }
}

/// Something in the text that could not be taken at its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadNote {
    /// The line, counted from 1; none for a result block as a whole.
    pub line: Option<usize>,
    /// What, and what it counts as.
    pub text: String,
}

/// A run of one of our scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptRun {
    /// The script's name.
    pub script: String,
    /// True when it was run with `-WhatIf` and changed nothing.
    pub what_if: bool,
    /// The app it was about.
    pub client_id: Option<ClientId>,
    /// The enterprise application's object id it was made with.
    pub object_id: Option<ObjectId>,
    /// The organisation it was connected to, when Exchange said so.
    pub tenant: String,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// The version of the module it found.
    pub module: String,
    /// Its steps.
    pub steps: Vec<StepRun>,
}

/// A step of that run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRun {
    /// The step; `None` for one this program does not know.
    pub step: Option<StepId>,
    /// How it ended.
    pub outcome: StepOutcome,
    /// What it said.
    pub detail: String,
    /// Its error.
    pub error: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StepOutcome {
    /// Done, or found done.
    Done,
    /// Left out by the person or by `-WhatIf`.
    Skipped,
    /// Failed.
    Failed,
    /// Not begun because an earlier one failed.
    NotRun,
    /// Something this program does not know.
    #[default]
    Unknown,
}

/// Why a text could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Too large.
    #[error("the text is larger than {} MiB", LARGEST_INPUT / 1024 / 1024)]
    TooLarge,
    /// Nothing in it.
    #[error("the text is empty")]
    Empty,
    /// Nothing that is known.
    #[error("nothing in the text looks like the output of one of the commands")]
    NothingRecognised,
    /// The result block has a beginning and no end.
    #[error("the result block that begins in line {line} has no end")]
    BlockCutOff {
        /// The line of its beginning.
        line: usize,
    },
    /// The result block cannot be read.
    #[error("the result block that begins in line {line} cannot be read: {reason}")]
    BlockUnreadable {
        /// The line of its beginning.
        line: usize,
        /// What the reader stumbled over.
        reason: String,
    },
    /// The result block is about another app.
    #[error("the result is about the app {0}, which is another one")]
    OtherApp(String),
    /// The result block is of another organisation.
    #[error("the result is of the organisation {found}, but the app belongs to {wanted}")]
    OtherTenant {
        /// The one it is of.
        found: Uuid,
        /// The one that is known.
        wanted: Uuid,
    },
    /// JSON that cannot be read.
    #[error("the JSON that begins in line {line} cannot be read: {reason}")]
    BadJson {
        /// The line of its beginning.
        line: usize,
        /// What the reader stumbled over.
        reason: String,
    },
}

impl ReadError {
    /// What to do about it.
    pub fn next(&self) -> &'static str {
        match self {
            Self::TooLarge => "Copy only what the command printed, or save the script's result to a file and open that",
            Self::Empty => "Select the output in the PowerShell window, copy it with Ctrl+C, and paste it here",
            Self::NothingRecognised => {
                "Paste the output of the commands shown in this step, as list, table or JSON, or a script's result block"
            }
            Self::BlockCutOff { .. } => "Copy again, down to the line that says END EXCHANGE365 RESULT",
            Self::BlockUnreadable { .. } => {
                "Copy it again from the PowerShell window without changing it, or run the script with -ResultPath and open the file"
            }
            Self::OtherApp(_) => "Run the script that was made for this Client ID, or correct the Client ID",
            Self::OtherTenant { .. } => {
                "Run the script again and sign in as an administrator of the right organisation"
            }
            Self::BadJson { .. } => "Copy the whole JSON, from its first bracket to its last",
        }
    }
}

/// Reads a file: UTF-8 or UTF-16, with or without byte order mark.
pub fn read_bytes(bytes: &[u8], context: &ReadContext) -> Result<ReadBack, ReadError> {
    if bytes.len() > LARGEST_INPUT {
        return Err(ReadError::TooLarge);
    }
    read_text(&decode::decode(bytes), context)
}

/// Reads a pasted text.
pub fn read_text(text: &str, context: &ReadContext) -> Result<ReadBack, ReadError> {
    if text.len() > LARGEST_INPUT {
        return Err(ReadError::TooLarge);
    }
    if text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0')).is_empty() {
        return Err(ReadError::Empty);
    }
    if text.contains(RESULT_BEGIN) {
        return block::read(text, context);
    }
    let mut back = ReadBack::default();
    classify::sort_into(&mut back, text::read(text)?, context);
    if back.recognised.is_empty() { Err(ReadError::NothingRecognised) } else { Ok(back) }
}
