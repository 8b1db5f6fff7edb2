//! One set of credentials with its transport, tokens and mailboxes; kept while the typed values stay the same.

use crate::{
    base::Clock,
    explain::{self, Problem},
    m365::{Trace, Transport, auth::TokenSource, graph::MailClient},
    report::Ending,
};

use super::{Setup, setup::Resolved};

/// An open session. Clones share tokens and the one-request-per-mailbox rule.
#[derive(Debug, Clone)]
pub(super) struct Session {
    setup: Setup,
    pub(super) resolved: Resolved,
    pub(super) transport: Transport,
    pub(super) tokens: TokenSource,
    pub(super) mail: MailClient,
}

/// Why a session could not be opened.
#[derive(Debug, Clone)]
pub(super) struct NotOpened {
    pub(super) problems: Vec<Problem>,
    pub(super) ending: Ending,
}

impl Session {
    /// Opens a session for what was typed.
    pub(super) fn open(setup: &Setup, clock: Clock, trace: Trace) -> Result<Self, NotOpened> {
        let typed = setup.redactor();
        let resolved = setup.resolve().map_err(|errors| NotOpened {
            problems: errors.iter().map(|err| explain::input(err).without_secrets(&typed)).collect(),
            ending: Ending::SetUp,
        })?;
        let loopback = resolved.endpoints.is_loopback_http();
        let transport = Transport::new(resolved.options.clone(), loopback, clock)
            .map_err(|err| NotOpened { problems: vec![explain::network(&err)], ending: Ending::Unproven })?
            .masking(resolved.credentials.secret.secret())
            .traced(trace);
        let tokens = TokenSource::new(transport.clone(), resolved.endpoints.clone(), resolved.credentials.clone());
        let mail = MailClient::new(transport.clone(), resolved.endpoints.clone(), tokens.clone());
        Ok(Self { setup: setup.clone(), resolved, transport, tokens, mail })
    }

    /// Whether this session was opened for exactly these values.
    pub(super) fn is_for(&self, setup: &Setup) -> bool {
        self.setup == *setup
    }
}
