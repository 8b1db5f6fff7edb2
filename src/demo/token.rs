//! Access tokens: written as Entra writes them for Graph (version 1.0, application only), and recognised again.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use uuid::Uuid;

use crate::base::{Secret, Timestamp};

use super::tenant::{App, Resource, Tenant};

/// Seconds a token is good for.
pub(super) const LIFETIME_SECONDS: i64 = 3599;

/// A token that was handed out.
#[derive(Debug, Clone)]
pub(super) struct Issued {
    token: Secret,
    pub(super) client_id: Uuid,
    pub(super) object_id: Uuid,
    pub(super) resource: Resource,
    pub(super) roles: Vec<String>,
    pub(super) expires: Timestamp,
}

/// What is wrong with a bearer token, in Graph's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFault {
    Empty,
    Malformed,
    Forged,
    Expired,
    Audience,
}

impl TokenFault {
    /// The literal text.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Empty => "Access token is empty.",
            Self::Malformed => "CompactToken parsing failed with error code: 80049217",
            Self::Forged => "Access token validation failure. Signature is invalid.",
            Self::Expired => "Access token has expired or is not yet valid.",
            Self::Audience => "Access token validation failure. Invalid audience.",
        }
    }
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    nonce: String,
    alg: &'a str,
    x5t: &'a str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    aio: String,
    app_displayname: &'a str,
    appid: String,
    appidacr: &'a str,
    idp: String,
    idtyp: &'a str,
    oid: String,
    rh: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
    sub: String,
    tenant_region_scope: &'a str,
    tid: String,
    uti: String,
    ver: &'a str,
    wids: [&'a str; 1],
    xms_tcdt: i64,
    xms_tdbr: &'a str,
}

/// Writes a token for the application; its roles are those of this moment.
pub(super) fn issue(tenant: &Tenant, app: &App, resource: Resource, audience: &str, at: Timestamp) -> Issued {
    let roles = app.roles(resource, at);
    let issuer = format!("https://sts.windows.net/{}/", tenant.id);
    let from = at.as_second() - 300;
    let header = Header {
        typ: "JWT",
        nonce: random(2),
        alg: "RS256",
        x5t: "ZGVtby10ZW5hbnQtc2lnbmluZ2s",
        kid: "ZGVtby10ZW5hbnQtc2lnbmluZ2s",
    };
    let claims = Claims {
        aud: audience,
        iss: issuer.clone(),
        iat: from,
        nbf: from,
        exp: at.as_second() + LIFETIME_SECONDS,
        aio: random(2),
        app_displayname: &app.name,
        appid: app.client_id.to_string(),
        appidacr: "1",
        idp: issuer,
        idtyp: "app",
        oid: app.object_id.to_string(),
        rh: "1.AAAAdGVtb3RlbmFudA",
        roles: &roles,
        sub: app.object_id.to_string(),
        tenant_region_scope: "EU",
        tid: tenant.id.to_string(),
        uti: random(1),
        ver: "1.0",
        wids: ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"],
        xms_tcdt: 1_577_836_800,
        xms_tdbr: "EU",
    };
    let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
    let token =
        format!("{}.{}.{}", part(super::reply::to_json(&header)), part(super::reply::to_json(&claims)), random(16));
    Issued {
        token: Secret::new(token),
        client_id: app.client_id,
        object_id: app.object_id,
        resource,
        roles,
        expires: at.checked_add(std::time::Duration::from_secs(LIFETIME_SECONDS.unsigned_abs())).unwrap_or(at),
    }
}

impl Issued {
    /// The token itself.
    pub(super) fn token(&self) -> &Secret {
        &self.token
    }
}

/// Looks at an `Authorization` header as Graph does.
pub(super) fn recognise<'a>(
    issued: &'a [Issued],
    authorization: Option<&str>,
    at: Timestamp,
) -> Result<&'a Issued, TokenFault> {
    let header = authorization.unwrap_or_default().trim();
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    let token = token.trim();
    if token.is_empty() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(TokenFault::Empty);
    }
    if token.split('.').count() != 3 || !token.starts_with("eyJ") {
        return Err(TokenFault::Malformed);
    }
    let found = issued.iter().find(|issued| issued.token.expose() == token).ok_or(TokenFault::Forged)?;
    if found.resource != Resource::Graph {
        return Err(TokenFault::Audience);
    }
    if found.expires <= at {
        return Err(TokenFault::Expired);
    }
    Ok(found)
}

fn random(blocks: usize) -> String {
    let bytes: Vec<u8> = std::iter::repeat_with(Uuid::new_v4).take(blocks).flat_map(Uuid::into_bytes).collect();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
