//! The tenant as a server on loopback: started from a scenario, gone when dropped.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::base::{Clock, Secret, Timestamp};

use super::{
    answer::answer,
    change::{self, Applied, Change, ChangeError},
    listener::{Line, Loopback},
    listing::{self, Listing, ListingOf},
    queries::{self, AuthorizationRow, PolicyTest},
    scenario::{Expected, Scenario},
    state::{SeenRequest, SentMail, Shared},
};

/// How to reach the demo tenant and what to type in.
#[derive(Debug, Clone)]
pub struct DemoAccess {
    /// The scenario's name.
    pub scenario: String,
    /// `http://127.0.0.1:PORT`; sign-in, Graph and Exchange all answer under this one root.
    pub base_url: String,
    /// Tenant ID.
    pub tenant_id: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret.
    pub client_secret: Secret,
    /// Senders that should be permitted.
    pub permitted: Vec<String>,
    /// Senders that should be forbidden.
    pub forbidden: Vec<String>,
    /// Where test mails go.
    pub recipient: String,
    /// What a correct test run reports.
    pub expected: Expected,
}

/// A running demo tenant. It stops listening and closes its connections when dropped.
#[derive(Debug)]
pub struct Server {
    access: DemoAccess,
    shared: Shared,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts to play the scenario. An address that is not loopback is refused with `InvalidInput`.
    pub async fn start(scenario: Scenario, clock: Clock, listen: SocketAddr) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let listener = Loopback::bind(listen, stop.clone()).await?;
        let base_url = format!("http://{}", listener.address()?);
        let shared = Shared::new(&scenario, clock, base_url.clone())
            .map_err(|text| io::Error::new(io::ErrorKind::InvalidData, text))?;
        let access = access(&scenario, base_url);
        let service =
            Router::new().fallback(answer).with_state(shared.clone()).into_make_service_with_connect_info::<Line>();
        let task = tokio::spawn(async move {
            // Serving ends with the task alone: accepting never fails for good.
            drop(axum::serve(listener, service).await);
        });
        Ok(Self { access, shared, stop, task })
    }

    /// How to reach it.
    pub fn access(&self) -> &DemoAccess {
        &self.access
    }

    /// The mails it accepted, oldest first.
    pub fn sent(&self) -> Vec<SentMail> {
        self.shared.state().sent.clone()
    }

    /// The requests it answered, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.state().requests.clone()
    }

    /// Moves the tenant's own clock ahead: caches refresh, tokens and secrets expire.
    pub fn advance(&self, duration: Duration) {
        self.shared.advance(duration);
    }

    /// What time it is in the tenant.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Changes the tenant as an administrator would. It is written down at once and obeyed later.
    pub fn apply(&self, change: &Change) -> Result<Applied, ChangeError> {
        let now = self.shared.now();
        change::apply(&mut self.shared.state().tenant, change, now)
    }

    /// `Test-ApplicationAccessPolicy`: the policies alone, without caches, roles and grants.
    pub fn test_application_access_policy(&self, app_id: &str, mailbox: &str) -> Result<PolicyTest, ChangeError> {
        queries::test_application_access_policy(&self.shared.state().tenant, app_id, mailbox)
    }

    /// The `Get-…` cmdlets: what is written down about one app's fence.
    pub fn listing(&self, of: ListingOf<'_>) -> Listing {
        listing::listing(&self.shared.state().tenant, of)
    }

    /// `Test-ServicePrincipalAuthorization`: the roles alone, without caches, policies and grants.
    pub fn test_service_principal_authorization(
        &self,
        app: &str,
        mailbox: Option<&str>,
    ) -> Result<Vec<AuthorizationRow>, ChangeError> {
        queries::test_service_principal_authorization(&self.shared.state().tenant, app, mailbox)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}

fn access(scenario: &Scenario, base_url: String) -> DemoAccess {
    DemoAccess {
        scenario: scenario.summary().name,
        base_url,
        tenant_id: scenario.file.tenant_id().to_string(),
        client_id: scenario.file.client_id().to_string(),
        client_secret: scenario.secret(),
        permitted: scenario.permitted().to_vec(),
        forbidden: scenario.forbidden().to_vec(),
        recipient: scenario.recipient().to_owned(),
        expected: scenario.expected(),
    }
}
