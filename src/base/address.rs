//! Mail addresses and user principal names, as Graph takes them in a path.

use std::{collections::BTreeSet, fmt};

use email_address::{EmailAddress, Options};

use super::{Field, InputError, InputFault, Parsed, id::cleaned};

/// A mail address or user principal name (RFC 5321, internationalised by RFC 6531).
///
/// Guests' names with `#EXT#` are among them. Compared without regard to case, as Exchange does.
#[derive(Debug, Clone)]
pub struct MailAddress(String);

impl MailAddress {
    /// Reads one address typed into `field`.
    pub fn parse(field: Field, text: &str) -> Result<Parsed<Self>, InputError> {
        let cleaned = cleaned(field, text)?;
        check(&cleaned.value).map_err(|reason| {
            InputError::new(field, InputFault::NotAnAddress { text: cleaned.value.clone(), reason })
        })?;
        Ok(cleaned.map(Self))
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_lowercase())
    }

    fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

fn check(text: &str) -> Result<(), String> {
    if text.contains(|character: char| character.is_whitespace()) {
        return Err("it contains a space".to_owned());
    }
    let is_around = |byte| {
        matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'(' | b')' | b'[' | b']' | b',' | b';' | b':' | b'/' | b'?')
    };
    if text.bytes().any(is_around) {
        return Err("enter the bare address, without name, brackets or quotes".to_owned());
    }
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    EmailAddress::parse_with_options(text, options).map_err(|err| err.to_string().to_lowercase())?;
    let domain = text.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
        return Err("its domain has a hyphen at the wrong place".to_owned());
    }
    Ok(())
}

impl PartialEq for MailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for MailAddress {}

impl PartialOrd for MailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MailAddress {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for MailAddress {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(Field::Recipient, text).map(|parsed| parsed.value)
    }
}

/// The entries of a list, as they were typed; empty ones are passed over.
pub fn address_entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', ',', ';']).filter(|entry| !super::clean(entry).value.is_empty())
}

/// Reads a list: one address per line, or separated by commas or semicolons; empty entries are passed over,
/// an address given twice is kept once.
pub fn parse_address_list(field: Field, text: &str) -> Result<Vec<MailAddress>, InputError> {
    let mut addresses: Vec<MailAddress> = Vec::new();
    let mut known = BTreeSet::new();
    for entry in address_entries(text) {
        let address = MailAddress::parse(field, entry)?.value;
        if known.insert(address.clone()) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, InputError> {
        MailAddress::parse(Field::Recipient, text).map(|parsed| parsed.value.to_string())
    }

    #[test]
    fn addresses_that_microsoft_365_uses_are_taken() {
        for text in [
            "ceo@contoso.com",
            "jón+próf@føroyar.fo",
            "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com",
            "o'neill@contoso.co.uk",
            "用户@例子.公司",
        ] {
            assert_eq!(parse(text).unwrap(), text);
        }
        assert_eq!(parse(" ceo@contoso.com\u{200b}").unwrap(), "ceo@contoso.com");
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "ceo",
            "ceo@",
            "@contoso.com",
            "ceo@contoso",
            "a b@contoso.com",
            "CEO <ceo@contoso.com>",
            "a@@b.com",
            "a..b@contoso.com",
            "a@b@c.com",
            "ceo@-contoso.com",
            "ceo@contoso..com",
            "ceo@contoso.com/messages",
            "ceo@contoso.com?x=1",
            "\"x\"@contoso.com",
            "ceo@[127.0.0.1]",
            "a,b@contoso.com",
            ".a@contoso.com",
        ] {
            assert!(parse(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        assert_eq!("Å@Contoso.com".parse::<MailAddress>().unwrap(), "å@contoso.COM".parse::<MailAddress>().unwrap());
    }

    #[test]
    fn lists_keep_order_and_drop_repeats() {
        let list = parse_address_list(Field::PermittedSender, "b@x.com, a@x.com;\r\n B@x.com\n\n").unwrap();
        assert_eq!(list.iter().map(MailAddress::as_str).collect::<Vec<_>>(), ["b@x.com", "a@x.com"]);
        assert!(parse_address_list(Field::PermittedSender, "a@x.com nobody").is_err());
    }
}
