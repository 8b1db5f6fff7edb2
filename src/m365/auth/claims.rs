//! What a token says about itself, for display only: Microsoft may change or encrypt it at any time.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::base::{Redactor, Secret, Timestamp};

/// Claims of an app-only token that help a person. Nothing but the name of the mechanism is decided by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// The application's client id (`appid`, or `azp` in v2 tokens).
    pub app_id: Option<String>,
    /// The application's name.
    pub display_name: Option<String>,
    /// The enterprise application's object id (`oid`), which RBAC for Applications wants.
    pub object_id: Option<String>,
    /// The tenant's GUID.
    pub tenant_id: Option<String>,
    /// Application permissions granted in Entra; empty when there are none, as under RBAC for Applications.
    pub roles: Vec<String>,
    /// When the token ends.
    pub expires: Option<Timestamp>,
    /// Whom the token is for.
    pub audience: Option<String>,
    /// `1` secret, `2` certificate.
    pub credential_kind: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    appid: Option<String>,
    azp: Option<String>,
    app_displayname: Option<String>,
    oid: Option<String>,
    tid: Option<String>,
    #[serde(default)]
    roles: Option<Vec<String>>,
    exp: Option<f64>,
    #[serde(default)]
    aud: serde_json::Value,
    appidacr: Option<String>,
}

impl Claims {
    /// Decodes the payload of a JSON Web Token; `None` when it is none, which stops nothing.
    pub fn decode(token: &Secret) -> Option<Self> {
        let mut parts = token.expose().split('.');
        let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let wire: Wire = serde_json::from_slice(&bytes).ok()?;
        Some(Self {
            app_id: wire.appid.or(wire.azp),
            display_name: wire.app_displayname,
            object_id: wire.oid,
            tenant_id: wire.tid,
            roles: wire.roles.unwrap_or_default(),
            expires: wire.exp.and_then(seconds).and_then(|exp| Timestamp::from_second(exp).ok()),
            audience: wire.aud.as_str().map(str::to_owned),
            credential_kind: wire.appidacr,
        })
    }

    /// The same without secrets: whoever writes a token may write into it what it was told.
    pub(super) fn scrubbed(self, redactor: &Redactor) -> Self {
        let scrub = |text: Option<String>| text.map(|text| redactor.excerpt(&text));
        Self {
            app_id: scrub(self.app_id),
            display_name: scrub(self.display_name),
            object_id: scrub(self.object_id),
            tenant_id: scrub(self.tenant_id),
            roles: self.roles.iter().map(|role| redactor.excerpt(role)).collect(),
            expires: self.expires,
            audience: scrub(self.audience),
            credential_kind: scrub(self.credential_kind),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to lie within the range of dates")]
fn seconds(exp: f64) -> Option<i64> {
    (0.0..=1.0e11).contains(&exp).then_some(exp as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> Secret {
        Secret::new(format!("e30.{}.", BASE64_URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn what_helps_is_read() {
        let claims = Claims::decode(&token(r#"{"appid":"a","app_displayname":"Æ","oid":"o","tid":"t","roles":["Mail.Send"],"exp":1795420800,"aud":"https://graph.microsoft.com"}"#)).unwrap();
        assert_eq!((claims.app_id.as_deref(), claims.display_name.as_deref()), (Some("a"), Some("Æ")));
        assert_eq!(claims.roles, ["Mail.Send"]);
        assert_eq!(claims.expires.unwrap().as_second(), 1_795_420_800);
    }

    #[test]
    fn a_token_without_roles_has_none_and_an_opaque_one_has_no_claims() {
        assert!(Claims::decode(&token("{}")).unwrap().roles.is_empty());
        for text in ["opaque", "a.b.c", "", "a.b.c.d.e"] {
            assert_eq!(Claims::decode(&Secret::new(text.to_owned())), None);
        }
    }
}
