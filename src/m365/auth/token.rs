//! The client-credentials grant (RFC 6749 section 4.4) at Entra's v2 endpoint, with a cache for one session.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use tokio::sync::Mutex;
use url::form_urlencoded;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    base::{ClientId, ClientSecret, Secret, TenantId, Timestamp},
    m365::{Body, Endpoints, Error, Kind, Operation, Reply, Request, RequestIds, Transport},
};

use super::{Claims, EntraError};

/// A token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_mins(5);

/// Who signs in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The tenant.
    pub tenant: TenantId,
    /// The app registration.
    pub client: ClientId,
    /// Its secret.
    pub secret: ClientSecret,
}

/// An access token for Microsoft Graph.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// Its number among the tokens of this session, from 1.
    pub serial: u64,
    /// When it ends.
    pub expires: Timestamp,
    /// What it says, when it can be read.
    pub claims: Option<Claims>,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Entra answered and refused.
    #[error("Entra refused to sign the application in: {}", .0.error)]
    Refused(Box<EntraError>, RequestIds),
    /// No usable answer.
    #[error(transparent)]
    Failed(Box<Error>),
}

/// Gets tokens and keeps the last one. Cheap to clone; clones share the cache.
#[derive(Debug, Clone)]
pub struct TokenSource {
    transport: Transport,
    endpoints: Endpoints,
    credentials: Credentials,
    cache: Arc<Mutex<Cache>>,
}

#[derive(Debug, Default)]
struct Cache {
    token: Option<AccessToken>,
    issued: u64,
}

impl TokenSource {
    /// Tokens for `credentials`.
    pub fn new(transport: Transport, endpoints: Endpoints, credentials: Credentials) -> Self {
        Self { transport, endpoints, credentials, cache: Arc::default() }
    }

    /// A token that still holds for a while: the cached one, or a new one.
    pub async fn token(&self) -> Result<AccessToken, SignInError> {
        let mut cache = self.cache.lock().await;
        let soon = self.transport.clock().now().checked_add(MARGIN).unwrap_or(Timestamp::MAX);
        match &cache.token {
            Some(token) if token.expires > soon => Ok(token.clone()),
            _ => self.renew(&mut cache).await,
        }
    }

    /// A token newer than number `serial`: somebody else's renewal, or one of its own.
    pub async fn newer_than(&self, serial: u64) -> Result<AccessToken, SignInError> {
        let mut cache = self.cache.lock().await;
        match &cache.token {
            Some(token) if token.serial > serial => Ok(token.clone()),
            _ => self.renew(&mut cache).await,
        }
    }

    /// A new token, whatever is cached: permissions are baked in when a token is issued.
    pub async fn fresh(&self) -> Result<AccessToken, SignInError> {
        self.renew(&mut *self.cache.lock().await).await
    }

    async fn renew(&self, cache: &mut Cache) -> Result<AccessToken, SignInError> {
        cache.token = None;
        let attempted = self.transport.call(|| self.request()).await;
        let reply = attempted.result.map_err(|err| SignInError::Failed(Box::new(err)))?;
        let grant = self.read(&reply, attempted.attempts)?;
        cache.issued += 1;
        let now = self.transport.clock().now();
        let secret = Secret::new(grant.access_token.to_string());
        let token = AccessToken {
            claims: Claims::decode(&secret).map(|claims| claims.scrubbed(&self.transport.redactor())),
            secret,
            serial: cache.issued,
            expires: now.checked_add(Duration::from_secs(grant.expires_in)).unwrap_or(now),
        };
        if let Some(other) = token.claims.as_ref().and_then(|claims| self.whose(claims)) {
            let detail = format!("the token that came was issued {other}");
            let url = self.credentials.tenant.to_string();
            let err = Error::of_reply(Operation::AcquireToken, &self.endpoints.token(&url), &reply, attempted.attempts);
            return Err(SignInError::Failed(Box::new(Error { kind: Kind::Interfered, detail: Some(detail), ..err })));
        }
        cache.token = Some(token.clone());
        Ok(token)
    }

    /// Whose token it is, when it says so and it is not the one that was asked for: what it may do proves nothing of ours.
    fn whose(&self, claims: &Claims) -> Option<&'static str> {
        let is_other = |said: &Option<String>, asked: Option<Uuid>| {
            let said = said.as_deref().and_then(|text| Uuid::try_parse(text).ok());
            said.zip(asked).is_some_and(|(said, asked)| said != asked)
        };
        if is_other(&claims.app_id, Some(self.credentials.client.guid())) {
            return Some("to another application");
        }
        is_other(&claims.tenant_id, self.credentials.tenant.guid()).then_some("by another tenant")
    }

    fn request(&self) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &self.credentials.client.to_string())
            .append_pair("scope", &self.endpoints.graph_scope())
            .append_pair("client_secret", self.credentials.secret.secret().expose())
            .append_pair("grant_type", "client_credentials");
        Request {
            operation: Operation::AcquireToken,
            url: self.endpoints.token(&self.credentials.tenant.to_string()),
            bearer: None,
            body: Body::Form(Zeroizing::new(form.finish())),
        }
    }

    fn read(&self, reply: &Reply, attempts: u32) -> Result<Grant, SignInError> {
        if reply.status == 200
            && let Some(grant) = Grant::parse(&reply.body)
        {
            return Ok(grant);
        }
        if let Some(refusal) = EntraError::parse(reply.status, &reply.body)
            && refusal.is_of_the_service()
        {
            let refusal = refusal.scrubbed(&self.transport.redactor());
            return Err(SignInError::Refused(Box::new(refusal), reply.ids.clone()));
        }
        Err(SignInError::Failed(Box::new(Error::of_reply(
            Operation::AcquireToken,
            &self.request().url,
            reply,
            attempts,
        ))))
    }
}

struct Grant {
    access_token: Zeroizing<String>,
    expires_in: u64,
}

#[derive(Deserialize)]
struct GrantWire {
    token_type: String,
    access_token: String,
    expires_in: Option<serde_json::Value>,
}

impl Grant {
    /// RFC 6749 section 5.1; older front ends write `expires_in` as a text.
    fn parse(body: &str) -> Option<Self> {
        let wire: GrantWire = serde_json::from_str(body.trim_start_matches('\u{feff}')).ok()?;
        let usable = !wire.access_token.is_empty()
            && wire.access_token.bytes().all(|byte| byte.is_ascii_graphic())
            && wire.token_type.eq_ignore_ascii_case("bearer");
        let seconds = match wire.expires_in {
            Some(serde_json::Value::Number(number)) => number.as_u64(),
            Some(serde_json::Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        usable.then_some(Self {
            access_token: Zeroizing::new(wire.access_token),
            expires_in: seconds.unwrap_or(3599).min(7 * 86_400),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::Clock,
        m365::{Cloud, Overrides, TransportOptions},
    };

    #[test]
    fn a_token_of_somebody_else_is_told_and_one_that_says_nothing_is_ours() {
        const OURS: &str = "11111111-2222-3333-4444-555555555555";
        const OTHER: &str = "99999999-2222-3333-4444-555555555555";
        let source = |tenant: &str| {
            let credentials = Credentials {
                tenant: TenantId::parse(tenant).unwrap().value,
                client: ClientId::parse(OURS).unwrap().value,
                secret: ClientSecret::parse("canary~secret").unwrap().value,
            };
            let transport = Transport::new(TransportOptions::default(), false, Clock::system()).unwrap();
            TokenSource::new(transport, Endpoints::new(Cloud::Global, &Overrides::default()).unwrap(), credentials)
        };
        let claims = |app: Option<&str>, tenant: Option<&str>| Claims {
            app_id: app.map(str::to_owned),
            tenant_id: tenant.map(str::to_owned),
            ..Claims::default()
        };
        let upper = OURS.to_uppercase();
        for (tenant, app, issuer, expected) in [
            (OURS, Some(OURS), Some(OURS), None),
            (OURS, Some(upper.as_str()), Some(upper.as_str()), None),
            (OURS, None, None, None),
            (OURS, Some("an app"), Some("a tenant"), None),
            (OURS, Some(OTHER), Some(OURS), Some("to another application")),
            (OURS, Some(OURS), Some(OTHER), Some("by another tenant")),
            (OURS, None, Some(OTHER), Some("by another tenant")),
            // The tenant was named by its domain: whose id it is, nobody has said.
            ("contoso.com", Some(OURS), Some(OTHER), None),
            ("contoso.com", Some(OTHER), Some(OURS), Some("to another application")),
        ] {
            assert_eq!(source(tenant).whose(&claims(app, issuer)), expected, "{tenant} {app:?} {issuer:?}");
        }
    }
}
