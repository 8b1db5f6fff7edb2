//! Who was tested: the app registration, its object in the tenant, the tenant. Two tests belong together only when
//! nothing shows that they were about two.

use super::{App, RunResult};

/// The application as a sign-in shows it, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Principal {
    /// The tenant's GUID.
    pub tenant: Option<String>,
    /// The app registration's client id.
    pub app: Option<String>,
    /// The object id of the enterprise application. A new one is another object to every policy and role.
    pub object: Option<String>,
}

/// What two tests differ in, so that they cannot be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The tenant.
    Tenant,
    /// The app registration.
    App,
    /// The enterprise application: it was made anew.
    Object,
}

impl Difference {
    /// What it is, to stand behind "another".
    pub fn words(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::App => "app registration",
            Self::Object => "enterprise application",
        }
    }
}

impl Principal {
    /// As the token shows it; what cannot be read in it, as it was typed.
    pub fn of(app: &App, tenant_id: Option<&str>) -> Self {
        let claims = app.claims.as_ref();
        let client = Some(app.client_id.clone()).filter(|id| !id.is_empty());
        Self {
            tenant: claims.and_then(|claims| claims.tenant_id.clone()).or_else(|| tenant_id.map(str::to_owned)),
            app: claims.and_then(|claims| claims.app_id.clone()).or(client),
            object: claims.and_then(|claims| claims.object_id.clone()),
        }
    }

    /// Of a run.
    pub fn of_run(run: &RunResult) -> Self {
        Self::of(&run.app, run.tenant_id.as_deref())
    }

    /// What is known to be another one. What is not known differs from nothing.
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let all = [
            (Difference::Tenant, &self.tenant, &other.tenant),
            (Difference::App, &self.app, &other.app),
            (Difference::Object, &self.object, &other.object),
        ];
        let differs = |one: &Option<String>, two: &Option<String>| {
            one.as_deref().zip(two.as_deref()).is_some_and(|(one, two)| !one.eq_ignore_ascii_case(two))
        };
        all.into_iter().find(|(_, one, two)| differs(one, two)).map(|(difference, ..)| difference)
    }

    /// With what `other` knows besides.
    #[must_use]
    pub fn completed(self, other: &Self) -> Self {
        Self {
            tenant: self.tenant.or_else(|| other.tenant.clone()),
            app: self.app.or_else(|| other.app.clone()),
            object: self.object.or_else(|| other.object.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::m365::auth::Claims;

    #[test]
    fn who_was_tested_is_what_the_token_says_or_else_what_was_typed() {
        let typed = |client: &str, claims| App { client_id: client.to_owned(), claims, token_expires: None };
        let of = |app: &App, tenant| {
            let Principal { tenant, app, object } = Principal::of(app, tenant);
            [tenant, app, object].map(Option::unwrap_or_default)
        };
        let said = Claims {
            app_id: Some("said".to_owned()),
            object_id: Some("object".to_owned()),
            tenant_id: Some("tenant".to_owned()),
            ..Claims::default()
        };
        assert_eq!(of(&typed("typed", Some(said)), Some("looked up")), ["tenant", "said", "object"]);
        assert_eq!(of(&typed("typed", Some(Claims::default())), Some("looked up")), ["looked up", "typed", ""]);
        assert_eq!(of(&typed("typed", None), None), ["", "typed", ""]);
        assert_eq!(Principal::of(&typed("", None), None), Principal::default(), "an empty id is none");
    }

    #[test]
    fn a_difference_is_named() {
        let words = [Difference::Tenant, Difference::App, Difference::Object].map(Difference::words);
        assert_eq!(words, ["tenant", "app registration", "enterprise application"]);
    }
}
