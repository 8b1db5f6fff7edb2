//! What a record can hold, in the program's own types; the format itself is `wire`.

use std::sync::Arc;

use crate::{
    base::Timestamp,
    m365::Cloud,
    verify::{App, Event, Mechanism, Plan, RunResult, SenderResult, TestId, Verdict, Watch},
};

/// The first line: what is going to be asked, where and by what. It has no place for a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name of this record, part of its file's name.
    pub record_id: String,
    /// Version of the program that began it.
    pub program_version: String,
    /// The client id that was typed.
    pub client_id: String,
    /// The tenant, as it was typed or found.
    pub tenant_id: Option<String>,
    /// The cloud.
    pub cloud: Cloud,
    /// The address of Graph that answers, so that nobody takes a rehearsal for the real thing.
    pub service_url: Option<String>,
    /// Who is asked, who gets the mails, what they say.
    pub plan: Plan,
    /// Set when the plan is asked again until the answer is stable.
    pub watch: Option<Watch>,
}

impl Header {
    /// A header with a new name and this program's version.
    pub fn new(client_id: String, cloud: Cloud, plan: Plan) -> Self {
        Self {
            record_id: uuid::Uuid::new_v4().simple().to_string(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            client_id,
            tenant_id: None,
            cloud,
            service_url: None,
            plan,
            watch: None,
        }
    }
}

/// One line after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A token was issued and a run begins.
    Begun {
        /// The application, as the token shows it.
        app: Box<App>,
        /// The tenant's GUID, when known.
        tenant_id: Option<String>,
    },
    /// A mail is about to be handed over. Written before it is.
    Asking {
        /// Position in the plan.
        index: usize,
        /// The mail's id.
        test_id: TestId,
    },
    /// An answer came.
    Answered {
        /// Position in the plan.
        index: usize,
        /// The line, with its provisional verdict.
        line: Arc<SenderResult>,
    },
    /// A run is done and judged.
    Concluded(Box<Concluded>),
    /// A run could not begin.
    NotBegun {
        /// Somebody has to change something first; else the world was in the way.
        set_up: bool,
        /// Why, the most important first.
        obstacles: Vec<Obstacle>,
    },
    /// Nothing is asked until then.
    Waiting {
        /// When the next run is due.
        until: Timestamp,
        /// Why then, in words.
        why: String,
    },
    /// The program was started again and goes on with this record.
    Resumed {
        /// Version of the program that goes on.
        program_version: String,
        /// Bytes of a half-written line that were dropped.
        torn_bytes: u64,
    },
    /// The watch is over.
    Ended {
        /// Why, in words.
        why: String,
    },
    /// Something that a later version of this program writes; it changes nothing here.
    Unknown,
}

impl From<&Event> for Entry {
    fn from(event: &Event) -> Self {
        match event {
            Event::Asking { index, test_id } => Self::Asking { index: *index, test_id: test_id.clone() },
            Event::Answered { index, line } => Self::Answered { index: *index, line: line.clone() },
        }
    }
}

/// The end of one run; the answers stand in their own lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concluded {
    /// The run's verdict.
    pub verdict: Verdict,
    /// What holds the fence.
    pub mechanism: Mechanism,
    /// The final verdict on every sender that was tried, in the plan's order.
    pub senders: Vec<Verdict>,
    /// The tenant's GUID, when known.
    pub tenant_id: Option<String>,
    /// Whether somebody cancelled it.
    pub cancelled: bool,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

impl From<&RunResult> for Concluded {
    fn from(run: &RunResult) -> Self {
        Self {
            verdict: run.verdict,
            mechanism: run.mechanism,
            senders: run.senders.iter().map(|line| line.verdict).collect(),
            tenant_id: run.tenant_id.clone(),
            cancelled: run.cancelled,
            started: run.started,
            finished: run.finished,
        }
    }
}

/// Why a run could not begin: what a problem says, without this module knowing problems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Obstacle {
    /// Stable name, such as `client_secret_expired`.
    pub code: String,
    /// Where on the way, as in the JSON contract.
    pub stage: String,
    /// Who can put it right, as in the JSON contract.
    pub who: String,
    /// What happened.
    pub summary: String,
    /// Why, probably.
    pub cause: String,
    /// What to do.
    pub advice: Vec<String>,
    /// Names and values for a support case.
    pub evidence: Vec<(String, String)>,
}

/// An entry with the moment it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// When.
    pub time: Timestamp,
    /// What.
    pub entry: Entry,
}
