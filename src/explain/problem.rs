//! The shape of every explanation, shown alike in the window, on the command line and in a report.

use crate::{
    base::Redactor,
    m365::{RequestIds, ServiceError, auth::EntraError},
};

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name for scripts, such as `client_secret_expired`.
    pub code: String,
    /// Where on the way it happened.
    pub stage: Stage,
    /// What happened, in one sentence.
    pub summary: String,
    /// Why, as far as it can be told.
    pub cause: String,
    /// What to do, most promising first; every item starts with a verb.
    pub advice: Vec<String>,
    /// Who can do it.
    pub who: Who,
    /// What a support case needs.
    pub evidence: Evidence,
}

impl Problem {
    /// A problem without evidence.
    pub(super) fn new(code: &str, stage: Stage, who: Who, summary: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            stage,
            summary: summary.into(),
            cause: String::new(),
            advice: Vec::new(),
            who,
            evidence: Evidence::default(),
        }
    }

    /// The same problem with its probable cause.
    #[must_use]
    pub(super) fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), ..self }
    }

    /// The same problem with one more thing to do.
    #[must_use]
    pub(super) fn advise(mut self, item: impl Into<String>) -> Self {
        self.advice.push(item.into());
        self
    }

    /// The same problem with more things to do.
    #[must_use]
    pub(super) fn advise_all(mut self, items: &[&str]) -> Self {
        self.advice.extend(items.iter().map(|item| (*item).to_owned()));
        self
    }

    /// The same problem without any secret that `redactor` knows: what was typed into one box may stand in another.
    #[must_use]
    pub fn without_secrets(mut self, redactor: &Redactor) -> Self {
        for text in [&mut self.summary, &mut self.cause].into_iter().chain(&mut self.advice) {
            *text = redactor.scrub(text);
        }
        let Evidence { error, message, host, lookup_url, detail, .. } = &mut self.evidence;
        for text in [error, message, host, lookup_url, detail].into_iter().flatten() {
            *text = redactor.scrub(text);
        }
        self
    }

    /// The same problem with its evidence.
    #[must_use]
    pub(super) fn with(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }
}

/// Where on the way something went wrong. Names as in the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What was typed.
    Input,
    /// Between this computer and Microsoft.
    Network,
    /// Which organisation.
    Tenant,
    /// The app registration.
    App,
    /// Its secret.
    Secret,
    /// The sign-in and the token.
    Token,
    /// The mailbox of a sender.
    Mailbox,
    /// Handing a mail over.
    Send,
    /// The fence, or another rule the organisation has made.
    Policy,
}

impl Stage {
    /// The name in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Network => "network",
            Self::Tenant => "tenant",
            Self::App => "app",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Mailbox => "mailbox",
            Self::Send => "send",
            Self::Policy => "policy",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Network => "Network",
            Self::Tenant => "Tenant",
            Self::App => "App registration",
            Self::Secret => "Client secret",
            Self::Token => "Sign-in",
            Self::Mailbox => "Mailbox",
            Self::Send => "Sending",
            Self::Policy => "Policy",
        }
    }
}

/// Who can put it right. Names as in the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The person at the keyboard.
    You,
    /// Whoever administers the customer's Microsoft 365.
    CustomerAdmin,
    /// Whoever runs the customer's network.
    NetworkAdmin,
    /// Whoever makes this program, or the service behind it.
    Vendor,
}

impl Who {
    /// The name in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::CustomerAdmin => "customer_admin",
            Self::NetworkAdmin => "network_admin",
            Self::Vendor => "vendor",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::You => "You",
            Self::CustomerAdmin => "The customer's Microsoft 365 administrator",
            Self::NetworkAdmin => "The customer's network administrator",
            Self::Vendor => "The maker of this program",
        }
    }
}

/// Ids, codes and raw words, kept for a support case. Nothing here is a secret; all text is redacted before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The `AADSTS` number.
    pub aadsts: Option<u32>,
    /// The OAuth error or the Graph code.
    pub error: Option<String>,
    /// The service's own words.
    pub message: Option<String>,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// Entra's trace id.
    pub trace_id: Option<String>,
    /// Entra's correlation id.
    pub correlation_id: Option<String>,
    /// The service's own time of the error.
    pub timestamp: Option<String>,
    /// The service's id of the call.
    pub request_id: Option<String>,
    /// This program's id of the call.
    pub client_request_id: Option<String>,
    /// Conditional Access policies that blocked the sign-in.
    pub policy_ids: Vec<String>,
    /// Where Microsoft explains the `AADSTS` number.
    pub lookup_url: Option<String>,
    /// Technical detail of a failed call.
    pub detail: Option<String>,
    /// The host that was called.
    pub host: Option<String>,
}

impl Evidence {
    /// What an answer by Entra shows.
    pub(super) fn of_entra(error: &EntraError, ids: &RequestIds) -> Self {
        Self {
            aadsts: error.aadsts,
            error: filled(&error.error),
            message: filled(&error.description),
            http_status: (error.status != 0).then_some(error.status),
            trace_id: error.trace_id.clone(),
            correlation_id: error.correlation_id.clone(),
            timestamp: error.timestamp.clone(),
            policy_ids: error.policy_ids.clone(),
            lookup_url: error.aadsts.map(lookup_url),
            ..Self::of_ids(ids)
        }
    }

    /// The ids of a call.
    pub(super) fn of_ids(ids: &RequestIds) -> Self {
        Self { request_id: ids.request_id.clone(), client_request_id: ids.client_request_id.clone(), ..Self::default() }
    }

    /// The same evidence with a service's code and words, when there are any.
    pub(super) fn said(self, service: Option<&ServiceError>) -> Self {
        Self {
            error: service.and_then(|service| filled(&service.code)),
            message: service.and_then(|service| filled(&service.message)),
            ..self
        }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where Microsoft explains a code.
pub(super) fn lookup_url(code: u32) -> String {
    format!("https://login.microsoftonline.com/error?code={code}")
}

fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
