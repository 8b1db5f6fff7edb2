//! The client-credentials grant (RFC 6749 section 4.4) at Entra's v2 endpoint, with a cache for one session.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use tokio::sync::Mutex;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::{
    base::{ClientId, ClientSecret, Secret, TenantId, Timestamp},
    m365::{Body, Endpoints, Error, Operation, Reply, Request, RequestIds, Transport},
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
        cache.token = Some(token.clone());
        Ok(token)
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
