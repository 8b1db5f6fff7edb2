//! From typed text to something that can be used (pure): every mistake is found at once, before any call.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::{
    base::{
        ClientId, ClientSecret, Field, InputError, InputFault, MailAddress, Parsed, Redactor, Secret, TenantId, clean,
        parse_address_list,
    },
    m365::{Cloud, Endpoints, Overrides, ProxyChoice, TransportOptions, auth::Credentials},
    verify::{Message, Plan},
};

/// No client secret is shorter.
const SHORTEST_MASKED: usize = 10;

/// Credentials and ways, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// *Tenant ID*
    pub tenant_id: String,
    /// *Client ID*
    pub client_id: String,
    /// *Client Secret*
    pub client_secret: Secret,
    /// The cloud's name; empty is global.
    pub cloud: String,
    /// Instead of the cloud's login authority; empty for none.
    pub login_url: String,
    /// Instead of the cloud's Graph; empty for none.
    pub graph_url: String,
    /// Instead of the cloud's Exchange; empty for none.
    pub exchange_url: String,
    /// `system`, `none` or an address; empty is system.
    pub proxy: String,
    /// Seconds for one whole call; `None` for the standard.
    pub timeout_secs: Option<u64>,
}

/// Senders and mail, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Senders {
    /// Addresses, separated by line ends, commas or semicolons.
    pub permitted: String,
    /// The same.
    pub forbidden: String,
    /// One address.
    pub recipient: String,
    /// Empty for the standard one.
    pub subject: String,
    /// Empty for the standard one.
    pub text: String,
}

/// A set-up that can be used.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub(super) credentials: Credentials,
    pub(super) endpoints: Endpoints,
    pub(super) options: TransportOptions,
    /// What was taken off the typed values, in words.
    pub(super) notes: Vec<String>,
}

impl Setup {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self {
            tenant_id: String::new(),
            client_id: String::new(),
            client_secret: Secret::new(String::new()),
            cloud: String::new(),
            login_url: String::new(),
            graph_url: String::new(),
            exchange_url: String::new(),
            proxy: String::new(),
            timeout_secs: None,
        }
    }

    /// The cloud, as far as it can be read.
    pub fn cloud_or_global(&self) -> Cloud {
        if self.cloud.trim().is_empty() { Cloud::Global } else { Cloud::parse(&self.cloud).unwrap_or_default() }
    }

    /// Takes the secret that was typed out of what is said about the other boxes. Shorter texts are ordinary words.
    pub(super) fn redactor(&self) -> Redactor {
        let typed = Zeroizing::new(clean(self.client_secret.expose()).value);
        let is_long = typed.chars().count() >= SHORTEST_MASKED;
        if is_long { Redactor::default().with(&Secret::new(typed.to_string())) } else { Redactor::default() }
    }

    /// Everything that is wrong with what was typed.
    pub fn faults(&self) -> Vec<InputError> {
        self.resolve().err().unwrap_or_default()
    }

    pub(super) fn resolve(&self) -> Result<Resolved, Vec<InputError>> {
        let mut errors = Vec::new();
        let mut notes = Vec::new();
        let tenant = keep(TenantId::parse(&self.tenant_id), Field::TenantId, &mut notes, &mut errors);
        let client = keep(ClientId::parse(&self.client_id), Field::ClientId, &mut notes, &mut errors);
        let secret =
            keep(ClientSecret::parse(self.client_secret.expose()), Field::ClientSecret, &mut notes, &mut errors);
        let cloud = if self.cloud.trim().is_empty() { Ok(Cloud::Global) } else { Cloud::parse(&self.cloud) };
        let endpoints =
            cloud.and_then(|cloud| Endpoints::new(cloud, &self.overrides())).map_err(|err| errors.push(err)).ok();
        let options = self.options().map_err(|err| errors.push(err)).ok();
        if let (Some(tenant), Some(client), Some(secret)) = (&tenant, &client, &secret)
            && let Err(err) = secret.check_against(tenant, *client)
        {
            errors.push(err);
        }
        match (tenant, client, secret, endpoints, options) {
            (Some(tenant), Some(client), Some(secret), Some(endpoints), Some(options)) if errors.is_empty() => {
                Ok(Resolved { credentials: Credentials { tenant, client, secret }, endpoints, options, notes })
            }
            _ => Err(errors),
        }
    }

    fn overrides(&self) -> Overrides {
        let typed = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        Overrides { login: typed(&self.login_url), graph: typed(&self.graph_url), exchange: typed(&self.exchange_url) }
    }

    fn options(&self) -> Result<TransportOptions, InputError> {
        let standard = TransportOptions::default();
        let total_timeout =
            self.timeout_secs.map_or(standard.total_timeout, |secs| Duration::from_secs(secs.clamp(1, 600)));
        Ok(TransportOptions {
            proxy: ProxyChoice::parse(&self.proxy)?,
            connect_timeout: standard.connect_timeout.min(total_timeout),
            total_timeout,
            retry: standard.retry,
        })
    }
}

impl Senders {
    /// Everything that is wrong with what was typed.
    pub fn faults(&self) -> Vec<InputError> {
        self.plan().err().unwrap_or_default()
    }

    pub(super) fn plan(&self) -> Result<Plan, Vec<InputError>> {
        let mut errors = Vec::new();
        let mut list = |field, text: &str| parse_address_list(field, text).map_err(|err| errors.push(err)).ok();
        let permitted = list(Field::PermittedSender, &self.permitted);
        let forbidden = list(Field::ForbiddenSender, &self.forbidden);
        let recipient = MailAddress::parse(Field::Recipient, &self.recipient).map_err(|err| errors.push(err)).ok();
        let (Some(permitted), Some(forbidden), Some(recipient)) = (permitted, forbidden, recipient) else {
            return Err(errors);
        };
        let message = Message::new(&self.subject, &self.text);
        Plan::new(&permitted, &forbidden, recipient.value, message).map_err(|err| vec![err])
    }
}

/// Takes the value out of a parse, or its error; what pasting had left around it goes to the notes.
fn keep<T>(
    parsed: Result<Parsed<T>, InputError>,
    field: Field,
    notes: &mut Vec<String>,
    errors: &mut Vec<InputError>,
) -> Option<T> {
    match parsed {
        Ok(parsed) => {
            if let Some(trimmed) = parsed.trimmed {
                notes.push(format!("{} removed from {}", trimmed.describe(), field.label()));
            }
            Some(parsed.value)
        }
        Err(err) => {
            errors.push(err);
            None
        }
    }
}

/// What is wrong with one typed value, while it is being typed; nothing for an empty one.
pub fn check_field(field: Field, text: &str) -> Option<InputError> {
    let found = match field {
        Field::TenantId => TenantId::parse(text).err(),
        Field::ClientId => ClientId::parse(text).err(),
        Field::ClientSecret => ClientSecret::parse(text).err(),
        Field::PermittedSender | Field::ForbiddenSender => parse_address_list(field, text).err(),
        Field::Recipient => MailAddress::parse(field, text).err(),
        Field::Proxy => ProxyChoice::parse(text).err(),
        Field::Cloud
        | Field::ServiceUrl
        | Field::GraphOptions
        | Field::Scenario
        | Field::ReportFile
        | Field::Record => None,
    };
    found.filter(|err| err.fault != InputFault::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        Setup {
            tenant_id: " contoso.onmicrosoft.com".to_owned(),
            client_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            client_secret: Secret::new("abc~8Q".to_owned()),
            ..Setup::empty()
        }
    }

    #[test]
    fn trimmed_values_are_used_and_said() {
        assert_eq!(setup().resolve().unwrap().notes, ["1 space removed from Tenant ID"]);
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let bad = Setup {
            tenant_id: "x".to_owned(),
            client_id: String::new(),
            proxy: "socks5://x".to_owned(),
            cloud: "mars".to_owned(),
            ..setup()
        };
        let fields: Vec<Field> = bad.resolve().unwrap_err().into_iter().map(|err| err.field).collect();
        assert_eq!(fields, [Field::TenantId, Field::ClientId, Field::Cloud, Field::Proxy]);
        let senders = Senders { permitted: "x".to_owned(), forbidden: "y".to_owned(), ..Senders::default() };
        assert_eq!(senders.plan().unwrap_err().len(), 3);
    }

    #[test]
    fn a_field_is_judged_while_it_is_typed() {
        assert_eq!(check_field(Field::TenantId, ""), None);
        assert!(check_field(Field::ClientSecret, "11111111-2222-3333-4444-555555555555").is_some());
    }
}
