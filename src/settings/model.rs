//! What is kept. Ids and addresses are parsed types and the proxy has no password: a secret typed into a wrong box does
//! not fit in and is left out.

use url::Url;

use crate::base::{ClientId, MailAddress, TenantId, clean};

/// Everything that is kept between two starts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// The window.
    pub window: Window,
    /// Light or dark.
    pub theme: Theme,
    /// Who draws the window, as the command line names it; empty when nobody ever chose.
    pub renderer: String,
    /// What stood in the boxes last, without the secret.
    pub last: Profile,
    /// One per customer, by name.
    pub profiles: Vec<Profile>,
}

impl Settings {
    /// Keeps `profile` under its name, in place of an older one of that name.
    pub fn keep(&mut self, profile: Profile) {
        match self.profiles.iter_mut().find(|known| known.name == profile.name) {
            Some(known) => *known = profile,
            None => self.profiles.push(profile),
        }
        self.profiles.sort_by_key(|profile| profile.name.to_lowercase());
    }

    /// Forgets the profile of that name.
    pub fn forget(&mut self, name: &str) {
        self.profiles.retain(|profile| profile.name != name);
    }

    /// The profile of that name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }
}

/// Where the window was and how large.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// Width and height in points; `None` until it was shown once.
    pub size: Option<(f32, f32)>,
    /// Top left corner in pixels; `None` where the system does not tell.
    pub position: Option<(i32, i32)>,
    /// Whether it filled the screen.
    pub maximised: bool,
    /// How much larger than usual everything is drawn; `None` for as usual.
    pub zoom: Option<f32>,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// One customer's set-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The customer's name; empty for what was typed last.
    pub name: String,
    /// *Tenant ID*
    pub tenant_id: Option<TenantId>,
    /// *Client ID*
    pub client_id: Option<ClientId>,
    /// The cloud; `None` is global.
    pub cloud: Option<CloudName>,
    /// The way out.
    pub proxy: Proxy,
    /// Permitted senders.
    pub permitted: Vec<MailAddress>,
    /// Forbidden senders.
    pub forbidden: Vec<MailAddress>,
    /// Who gets the mails.
    pub recipient: Option<MailAddress>,
    /// Whether somebody asked that the secret be kept in the system's key store.
    pub secret_in_vault: bool,
}

/// A cloud's name: letters and hyphens, and short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudName(String);

impl CloudName {
    /// Reads a name such as `us-gov`.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= 16;
        let letters = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        (fits && letters).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The way out; an address has neither user name nor password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system has it.
    #[default]
    System,
    /// None.
    Off,
    /// This one.
    Address(ProxyAddress),
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyAddress(String);

impl Proxy {
    /// Reads what was typed; `None` for what cannot be kept.
    pub fn parse(text: &str) -> Option<Self> {
        let text = clean(text).value;
        match text.to_ascii_lowercase().as_str() {
            "" | "system" => return Some(Self::System),
            "none" | "off" | "direct" => return Some(Self::Off),
            _ => {}
        }
        let with_scheme = if text.contains("://") { text } else { format!("http://{text}") };
        let url = Url::parse(&with_scheme).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && matches!(url.scheme(), "http" | "https");
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        (plain && bare && url.host_str().is_some()).then(|| Self::Address(ProxyAddress(url.to_string())))
    }

    /// As it is typed: `system`, `none` or an address.
    pub fn as_str(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Off => "none",
            Self::Address(address) => &address.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_with_a_password_is_not_kept() {
        for (text, kept) in [
            ("", Some("system")),
            ("Direct", Some("none")),
            ("proxy.contoso.com:8080", Some("http://proxy.contoso.com:8080/")),
            ("http://user:canary@proxy:8080", None),
            ("user:canary@proxy:8080", None),
            ("http://proxy/?password=canary", None),
            ("http://proxy/canary", None),
            ("socks5://proxy", None),
        ] {
            assert_eq!(Proxy::parse(text).as_ref().map(Proxy::as_str), kept, "{text}");
        }
    }

    #[test]
    fn profiles_are_kept_by_name() {
        let mut settings = Settings::default();
        for (name, cloud) in [("b", None), ("A", None), ("b", CloudName::parse("china"))] {
            settings.keep(Profile { name: name.to_owned(), cloud, ..Profile::default() });
        }
        assert_eq!(settings.profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>(), ["A", "b"]);
        assert_eq!(settings.profile("b").unwrap().cloud, CloudName::parse("china"));
        settings.forget("b");
        assert_eq!(settings.profile("b"), None);
    }
}
