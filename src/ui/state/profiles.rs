//! Customers that are kept by name, and what stood in the boxes last. Secrets stand in the key store or nowhere.

use zeroize::Zeroizing;

use crate::{
    base::{ClientId, Field, MailAddress, Secret, TenantId, address_entries},
    engine::{Cloud, CloudName, JobId, KeptProxy, Problem, Profile, Settings, VaultEvent},
};

use super::{CredentialsForm, SendForm};

/// The operating system's key store, as far as the window knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KeyStore {
    /// Nobody has asked.
    #[default]
    Unknown,
    /// It was asked for.
    Asked,
    /// It is there.
    Ready,
    /// It is not; why.
    Missing(String),
}

/// Settings, customers, and what is typed to keep one.
#[derive(Default)]
pub struct Profiles {
    /// Whether anything is kept between two starts.
    pub is_kept: bool,
    /// What is kept.
    pub settings: Settings,
    /// The customer in the boxes.
    pub chosen: Option<String>,
    /// What is typed as a name.
    pub name: String,
    /// Whether the secret is to be kept, too.
    pub keep_secret: bool,
    /// Where it would be kept.
    pub key_store: KeyStore,
    /// The customer whose secret is on its way out of the key store.
    fetching: Option<(JobId, String)>,
}

impl Profiles {
    /// The names, in order.
    pub fn names(&self) -> Vec<String> {
        self.settings.profiles.iter().map(|profile| profile.name.clone()).collect()
    }

    /// The customer in the boxes, as it is kept.
    pub fn chosen_profile(&self) -> Option<&Profile> {
        self.chosen.as_deref().and_then(|name| self.settings.profile(name))
    }

    /// What stands in the way of keeping a customer under the typed name.
    pub fn name_fault(&self) -> Option<&'static str> {
        let name = self.name.trim();
        if name.is_empty() {
            Some("Enter a name")
        } else if name.chars().count() > 80 || name.chars().any(char::is_control) {
            Some("Enter a shorter name")
        } else {
            None
        }
    }

    /// A secret is asked for.
    pub fn fetch(&mut self, job: JobId, name: String) {
        self.fetching = Some((job, name));
    }

    /// Takes the key store's answer in; gives a secret that is still wanted, or what went wrong.
    pub(super) fn answered(&mut self, job: JobId, event: VaultEvent) -> Option<Result<Secret, Box<Problem>>> {
        let fetched = self.fetching.take_if(|(fetching, _)| *fetching == job);
        let wanted = fetched.is_some_and(|(_, name)| self.chosen.as_ref() == Some(&name));
        match event {
            VaultEvent::Ready | VaultEvent::Kept => self.key_store = KeyStore::Ready,
            VaultEvent::Fetched(Some(secret)) if wanted => return Some(Ok(secret)),
            VaultEvent::Fetched(_) | VaultEvent::Forgotten => (),
            VaultEvent::Failed(problem) if self.key_store == KeyStore::Asked => {
                self.key_store = KeyStore::Missing(problem.evidence.detail.clone().unwrap_or_default());
                self.keep_secret = false;
            }
            VaultEvent::Failed(problem) => return Some(Err(problem)),
        }
        None
    }
}

/// What is typed, as a customer of that name. What cannot be read is left out: see [`left_out`].
pub fn profile_of(name: &str, credentials: &CredentialsForm, send: &SendForm) -> Profile {
    Profile {
        name: name.trim().to_owned(),
        tenant_id: tenant(credentials),
        client_id: client(credentials),
        cloud: (credentials.cloud != Cloud::Global).then(|| CloudName::parse(credentials.cloud.name())).flatten(),
        proxy: KeptProxy::parse(&credentials.proxy).unwrap_or_default(),
        permitted: addresses(Field::PermittedSender, &send.permitted),
        forbidden: addresses(Field::ForbiddenSender, &send.forbidden),
        recipient: addresses(Field::Recipient, &send.recipient).into_iter().next(),
        secret_in_vault: false,
    }
}

/// The boxes whose text cannot be kept, by their labels.
pub fn left_out(credentials: &CredentialsForm, send: &SendForm) -> Vec<&'static str> {
    let unread = |text: &str, read: bool| !text.trim().is_empty() && !read;
    let all = |field, text: &str| addresses(field, text).len() == address_entries(text).count();
    let boxes = [
        ("Tenant ID", unread(&credentials.tenant_id, tenant(credentials).is_some())),
        ("Client ID", unread(&credentials.client_id, client(credentials).is_some())),
        ("proxy", unread(&credentials.proxy, KeptProxy::parse(&credentials.proxy).is_some())),
        ("login and Graph addresses", !credentials.login_url.is_empty() || !credentials.graph_url.is_empty()),
        ("permitted senders", !all(Field::PermittedSender, &send.permitted)),
        ("forbidden senders", !all(Field::ForbiddenSender, &send.forbidden)),
        ("recipient", !all(Field::Recipient, &send.recipient)),
    ];
    boxes.into_iter().filter_map(|(name, is_left_out)| is_left_out.then_some(name)).collect()
}

/// The boxes as a customer fills them; the secret comes by itself, if at all.
pub fn forms_of(profile: &Profile) -> (CredentialsForm, SendForm) {
    let lines = |list: &[MailAddress]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let named = |cloud: &CloudName| Cloud::ALL.into_iter().find(|known| known.name() == cloud.as_str());
    let proxy = if profile.proxy == KeptProxy::System { "" } else { profile.proxy.as_str() };
    let credentials = CredentialsForm {
        tenant_id: profile.tenant_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_id: profile.client_id.map(|client| client.to_string()).unwrap_or_default(),
        client_secret: Zeroizing::default(),
        cloud: profile.cloud.as_ref().and_then(named).unwrap_or_default(),
        proxy: proxy.to_owned(),
        ..CredentialsForm::default()
    };
    let send = SendForm {
        permitted: lines(&profile.permitted),
        forbidden: lines(&profile.forbidden),
        recipient: profile.recipient.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..SendForm::default()
    };
    (credentials, send)
}

/// The tenant that is typed.
pub fn tenant(credentials: &CredentialsForm) -> Option<TenantId> {
    TenantId::parse(&credentials.tenant_id).ok().map(|parsed| parsed.value)
}

/// The app registration that is typed.
pub fn client(credentials: &CredentialsForm) -> Option<ClientId> {
    ClientId::parse(&credentials.client_id).ok().map(|parsed| parsed.value)
}

fn addresses(field: Field, text: &str) -> Vec<MailAddress> {
    address_entries(text).filter_map(|entry| MailAddress::parse(field, entry).ok()).map(|parsed| parsed.value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> (CredentialsForm, SendForm) {
        let credentials = CredentialsForm {
            tenant_id: "contoso.onmicrosoft.com".to_owned(),
            client_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            client_secret: Zeroizing::new("canary~secret".to_owned()),
            cloud: Cloud::ALL[1],
            proxy: "none".to_owned(),
            ..CredentialsForm::default()
        };
        let send = SendForm {
            permitted: "a@contoso.com\nb@contoso.com".to_owned(),
            forbidden: "ceo@contoso.com".to_owned(),
            recipient: "it@contoso.com".to_owned(),
            ..SendForm::default()
        };
        (credentials, send)
    }

    #[test]
    fn a_customer_fills_the_boxes_as_they_were_without_the_secret() {
        let (credentials, send) = typed();
        let profile = profile_of(" Contoso ", &credentials, &send);
        assert_eq!(profile.name, "Contoso");
        let (back, senders) = forms_of(&profile);
        assert_eq!(senders, send);
        assert!(back.client_secret.is_empty());
        assert_eq!(
            (back.tenant_id, back.cloud, back.proxy),
            (credentials.tenant_id.clone(), credentials.cloud, credentials.proxy.clone())
        );
        assert!(left_out(&credentials, &send).is_empty());
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let (mut credentials, mut send) = typed();
        credentials.client_id = "none of these".to_owned();
        credentials.proxy = "http://user:canary@proxy:8080".to_owned();
        send.permitted.push_str("\nnot an address");
        let profile = profile_of("x", &credentials, &send);
        assert_eq!((profile.client_id, profile.permitted.len()), (None, 2));
        assert_eq!(profile.proxy, KeptProxy::System);
        assert_eq!(left_out(&credentials, &send), ["Client ID", "proxy", "permitted senders"]);
    }
}
