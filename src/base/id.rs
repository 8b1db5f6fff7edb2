//! Ids of tenants, applications and directory objects: parsed once, never checked later.

use std::fmt;

use uuid::Uuid;

use super::{Field, InputError, InputFault, Parsed, clean};

/// A tenant: its GUID or one of its domains. Microsoft accepts either in every token address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TenantId(TenantName);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum TenantName {
    Guid(Uuid),
    Domain(String),
}

impl TenantId {
    /// Reads what was typed as *Tenant ID*.
    pub fn parse(text: &str) -> Result<Parsed<Self>, InputError> {
        let cleaned = cleaned(Field::TenantId, text)?;
        if let Some(guid) = parse_guid(&cleaned.value) {
            return Ok(cleaned.map(|_| Self(TenantName::Guid(guid))));
        }
        let lower = cleaned.value.to_ascii_lowercase();
        let fault = match lower.as_str() {
            "common" | "organizations" | "consumers" => Some(InputFault::TenantAlias(lower.clone())),
            _ if is_domain(&lower) => None,
            _ => Some(InputFault::NotATenant(cleaned.value.clone())),
        };
        match fault {
            Some(fault) => Err(InputError::new(Field::TenantId, fault)),
            None => Ok(cleaned.map(|_| Self(TenantName::Domain(lower)))),
        }
    }

    /// A tenant known by its GUID.
    pub fn from_guid(guid: Uuid) -> Self {
        Self(TenantName::Guid(guid))
    }

    /// The GUID, when the tenant is known by it.
    pub fn guid(&self) -> Option<Uuid> {
        match &self.0 {
            TenantName::Guid(guid) => Some(*guid),
            TenantName::Domain(_) => None,
        }
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            TenantName::Guid(guid) => guid.fmt(formatter),
            TenantName::Domain(domain) => formatter.write_str(domain),
        }
    }
}

/// The application (client) id of an app registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(Uuid);

impl ClientId {
    /// Reads what was typed as *Client ID*.
    pub fn parse(text: &str) -> Result<Parsed<Self>, InputError> {
        let cleaned = cleaned(Field::ClientId, text)?;
        match parse_guid(&cleaned.value) {
            Some(guid) => Ok(cleaned.map(|_| Self(guid))),
            None => Err(InputError::new(Field::ClientId, InputFault::NotAGuid(cleaned.value))),
        }
    }

    /// The GUID.
    pub fn guid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The object id of a directory object, such as the enterprise application behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId(Uuid);

impl ObjectId {
    /// Reads a GUID; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        parse_guid(text.trim()).map(Self)
    }

    /// The GUID.
    pub fn guid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Cleans `text` and refuses what is empty afterwards.
pub(super) fn cleaned(field: Field, text: &str) -> Result<Parsed<String>, InputError> {
    let cleaned = clean(text);
    if !cleaned.value.is_empty() {
        return Ok(cleaned);
    }
    let fault = cleaned.trimmed.map_or(InputFault::Empty, InputFault::OnlyBlank);
    Err(InputError::new(field, fault))
}

/// A GUID as portals write it: with hyphens, braces allowed.
pub(super) fn parse_guid(text: &str) -> Option<Uuid> {
    let bare = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
    (bare.len() == 36).then(|| Uuid::try_parse(bare).ok()).flatten()
}

/// A host name of at least two labels, as a verified domain has (RFC 1123; punycode included).
fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last_is_name = labels.last().is_some_and(|label| label.bytes().any(|byte| byte.is_ascii_alphabetic()));
    labels.len() >= 2 && text.len() <= 253 && labels.iter().all(is_label) && last_is_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_guids_or_domains() {
        for (text, shown) in [
            (" 11111111-2222-3333-4444-555555555555\n", "11111111-2222-3333-4444-555555555555"),
            ("{11111111-2222-3333-4444-55555555555A}", "11111111-2222-3333-4444-55555555555a"),
            ("Contoso.OnMicrosoft.com", "contoso.onmicrosoft.com"),
        ] {
            assert_eq!(TenantId::parse(text).unwrap().value.to_string(), shown);
        }
        for text in [
            "contoso",
            "10.0.0.1",
            "https://contoso.com",
            "a b.com",
            "-a.com",
            "x@contoso.com",
            "11111111222233334444555555555555",
        ] {
            assert!(matches!(TenantId::parse(text).unwrap_err().fault, InputFault::NotATenant(_)), "{text}");
        }
        assert!(matches!(TenantId::parse("Common").unwrap_err().fault, InputFault::TenantAlias(_)));
        assert_eq!(TenantId::parse("").unwrap_err().fault, InputFault::Empty);
        assert!(matches!(TenantId::parse(" \u{200b}").unwrap_err().fault, InputFault::OnlyBlank(_)));
    }

    #[test]
    fn client_ids_are_guids_alone() {
        assert!(ClientId::parse("contoso.com").is_err());
        let parsed = ClientId::parse("\u{200b}11111111-2222-3333-4444-555555555555").unwrap();
        assert_eq!(parsed.trimmed.unwrap().invisible, 1);
    }
}
