//! The format of a record's lines. Fields and kinds may be added, never renamed.

use serde::{Deserialize, Serialize};

use crate::{m365::Refusal, verify::Mechanism};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LineWire {
    /// Number of the line, from 0.
    pub(super) n: u64,
    pub(super) time: String,
    /// SHA-256 of the line before.
    pub(super) prev: String,
    pub(super) entry: EntryWire,
    /// SHA-256 of this line as it is without this field, which is the last one. Older versions did not write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum EntryWire {
    Header(Box<HeaderWire>),
    Begun {
        app: Box<AppWire>,
        tenant_id: Option<String>,
    },
    Asking {
        index: usize,
        test_id: String,
    },
    Answered {
        index: usize,
        line: Box<AnswerWire>,
    },
    Concluded(Box<ConcludedWire>),
    NotBegun {
        set_up: bool,
        problems: Vec<ObstacleWire>,
    },
    Waiting {
        until: String,
        why: String,
    },
    Resumed {
        program_version: String,
        torn_bytes: u64,
    },
    Ended {
        why: String,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeaderWire {
    pub(super) schema: String,
    pub(super) record_id: String,
    pub(super) program_version: String,
    pub(super) client_id: String,
    pub(super) tenant_id: Option<String>,
    pub(super) cloud: String,
    pub(super) service_url: Option<String>,
    pub(super) senders: Vec<SenderWire>,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) watch: Option<WatchWire>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SenderWire {
    pub(super) address: String,
    pub(super) expected: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WatchWire {
    pub(super) fence: String,
    pub(super) changed: Option<String>,
    pub(super) last_call: Option<String>,
    pub(super) started: String,
    pub(super) deadline: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AppWire {
    pub(super) client_id: String,
    pub(super) token_expires: Option<String>,
    pub(super) claims: Option<ClaimsWire>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ClaimsWire {
    pub(super) app_id: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) object_id: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) expires: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) credential_kind: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerWire {
    pub(super) address: String,
    pub(super) expected: String,
    pub(super) outcome: String,
    pub(super) refusal: Option<String>,
    pub(super) verdict: String,
    pub(super) http_status: Option<u16>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) client_request_id: Option<String>,
    pub(super) test_id: String,
    pub(super) attempts: u32,
    pub(super) elapsed_ns: u64,
    pub(super) finished: String,
    pub(super) retry_after_secs: Option<u64>,
    pub(super) token_serial: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConcludedWire {
    pub(super) verdict: String,
    pub(super) mechanism: String,
    pub(super) senders: Vec<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) cancelled: bool,
    pub(super) started: String,
    pub(super) finished: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ObstacleWire {
    pub(super) code: String,
    pub(super) stage: String,
    pub(super) who: String,
    pub(super) summary: String,
    pub(super) cause: String,
    pub(super) advice: Vec<String>,
    pub(super) evidence: Vec<(String, String)>,
}

pub(super) const REFUSALS: [Refusal; 3] = [Refusal::Raop, Refusal::ODataDisabled, Refusal::Plain];
pub(super) const MECHANISMS: [Mechanism; 4] =
    [Mechanism::ApplicationAccessPolicy, Mechanism::RbacForApplications, Mechanism::Unidentified, Mechanism::None];

/// How a refusal was worded.
pub(super) fn refusal_name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Raop => "raop",
        Refusal::ODataDisabled => "odata_disabled",
        Refusal::Plain => "plain",
    }
}
