//! What a run is made of. Names of enum values are those of the JSON contract.

use std::{sync::Arc, time::Duration};

use crate::{
    base::{MailAddress, Timestamp},
    m365::{Outcome, Refusal, RequestIds, ServiceError, auth::Claims},
};

use super::{Line, TestId};

/// What is expected of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// The app must be able to send as this person.
    Permitted,
    /// The app must be refused.
    Forbidden,
}

impl Expected {
    /// `permitted` or `forbidden`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Forbidden => "forbidden",
        }
    }
}

/// What has been proven. `Unproven` never counts as pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Proven to be as expected.
    Pass,
    /// Proven to be otherwise.
    Fail,
    /// Neither.
    Unproven,
}

impl Verdict {
    /// `pass`, `fail` or `unproven`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unproven => "unproven",
        }
    }
}

/// What holds the fence, as far as the answers show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// Exchange names the policy in its refusals.
    ApplicationAccessPolicy,
    /// Plain refusals while the token has no `Mail.Send` and a permitted sender was accepted.
    RbacForApplications,
    /// Refusals that show no single mechanism.
    Unidentified,
    /// No refusal was seen.
    None,
}

impl Mechanism {
    /// The name in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationAccessPolicy => "application_access_policy",
            Self::RbacForApplications => "rbac_for_applications",
            Self::Unidentified => "unidentified",
            Self::None => "none",
        }
    }
}

/// What the sign-in told about the application. For display; nothing is decided by it but the mechanism's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The client id that was typed.
    pub client_id: String,
    /// What the token says; `None` when the token cannot be read (it is Microsoft's to change).
    pub claims: Option<Claims>,
    /// When the token ends.
    pub token_expires: Option<Timestamp>,
}

impl App {
    /// The application permissions in the token; `None` when it cannot be read.
    pub fn roles(&self) -> Option<&[String]> {
        self.claims.as_ref().map(|claims| claims.roles.as_slice())
    }
}

/// One sender's line in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderResult {
    /// Who was to send.
    pub address: MailAddress,
    /// What was expected.
    pub expected: Expected,
    /// What was observed.
    pub outcome: Outcome,
    /// How a refusal was worded.
    pub refusal: Option<Refusal>,
    /// What that proves.
    pub verdict: Verdict,
    /// HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// The service's own words, redacted.
    pub service: Option<ServiceError>,
    /// Technical detail of a failed call, redacted.
    pub detail: Option<String>,
    /// Ids for Microsoft's support.
    pub ids: RequestIds,
    /// The id in the mail's subject and header.
    pub test_id: TestId,
    /// How often the mail was handed over.
    pub attempts: u32,
    /// From the first try to the last answer.
    pub elapsed: Duration,
    /// When the last answer came.
    pub finished: Timestamp,
    /// How long the service asks to wait, when it throttles.
    pub retry_after: Option<Duration>,
    /// Which token was used: tokens of one run are numbered.
    pub token_serial: u64,
}

impl SenderResult {
    /// What of it is judged.
    pub fn line(&self) -> Line {
        Line { expected: self.expected, outcome: self.outcome, refusal: self.refusal, token_serial: self.token_serial }
    }

    /// Another verdict. Whoever shares the answer keeps the one it was told; an answer that keeps its own stays shared.
    pub(super) fn give(answer: &mut Arc<Self>, verdict: Verdict) {
        if answer.verdict != verdict {
            Arc::make_mut(answer).verdict = verdict;
        }
    }
}

/// A finished (or cancelled) run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunResult {
    /// The whole run's verdict.
    pub verdict: Verdict,
    /// What holds the fence.
    pub mechanism: Mechanism,
    /// Every sender that was tried, in the plan's order. Shared with whoever was told of it while the run was under way.
    pub senders: Vec<Arc<SenderResult>>,
    /// Senders that were not tried because the run was cancelled.
    pub skipped: Vec<(MailAddress, Expected)>,
    /// The application, as the token shows it.
    pub app: App,
    /// The tenant's GUID, when known.
    pub tenant_id: Option<String>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
    /// Whether somebody cancelled it.
    pub cancelled: bool,
}
