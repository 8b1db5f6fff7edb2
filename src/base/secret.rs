//! Text that must never be shown: the client secret, access tokens.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use super::{
    ClientId, Field, InputError, InputFault, Parsed, TenantId,
    id::{cleaned, parse_guid},
};

/// A text that has no `Display`, a masked `Debug` and is wiped from memory with its last copy.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Arc::new(Zeroizing::new(text)))
    }

    /// The text, for the one place that puts it on the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A client secret's *Value*, checked for the mistakes people make when copying it.
#[derive(Debug, Clone)]
pub struct ClientSecret(Secret);

impl ClientSecret {
    /// Reads what was typed as *Client Secret*.
    ///
    /// A GUID is refused: it is the *Secret ID* of the portal's list, which signs nobody in.
    pub fn parse(text: &str) -> Result<Parsed<Self>, InputError> {
        let cleaned = cleaned(Field::ClientSecret, text)?;
        let value = Zeroizing::new(cleaned.value);
        let fail = |fault| Err(InputError::new(Field::ClientSecret, fault));
        if parse_guid(&value).is_some() {
            return fail(InputFault::SecretId);
        }
        if value.contains(char::is_whitespace) {
            return fail(InputFault::SecretBroken);
        }
        Ok(Parsed { value: Self(Secret::new(value.to_string())), trimmed: cleaned.trimmed })
    }

    /// Refuses a secret that is really one of the two ids typed beside it.
    pub fn check_against(&self, tenant: &TenantId, client: ClientId) -> Result<(), InputError> {
        let text = self.0.expose();
        let same = if text.eq_ignore_ascii_case(&tenant.to_string()) {
            Some("Tenant ID")
        } else {
            text.eq_ignore_ascii_case(&client.to_string()).then_some("Client ID")
        };
        match same {
            Some(label) => Err(InputError::new(Field::ClientSecret, InputFault::SecretIsId(label))),
            None => Ok(()),
        }
    }

    /// The secret itself.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("canary".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let parsed = ClientSecret::parse(" ab~c8Q\u{200b} ").unwrap();
        assert_eq!(parsed.value.secret().expose(), "ab~c8Q");
        assert!(!format!("{parsed:?}").contains("c8Q"));
    }

    #[test]
    fn copying_mistakes_are_named() {
        let fault = |text| ClientSecret::parse(text).unwrap_err().fault;
        assert_eq!(fault("11111111-2222-3333-4444-555555555555"), InputFault::SecretId);
        assert_eq!(fault(""), InputFault::Empty);
        assert_eq!(fault("abc def"), InputFault::SecretBroken);
        let tenant = TenantId::parse("contoso.com").unwrap().value;
        let client = ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value;
        let secret = ClientSecret::parse("Contoso.com").unwrap().value;
        assert_eq!(secret.check_against(&tenant, client).unwrap_err().fault, InputFault::SecretIsId("Tenant ID"));
    }
}
