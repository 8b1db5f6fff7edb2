//! Where Microsoft 365 answers: one set of addresses per cloud, or overridden addresses.

use url::Url;

use crate::base::{Field, InputError, InputFault};

/// A Microsoft 365 cloud. Hosts: Microsoft's national-cloud pages; the `sovcloud` ones from SDK release notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cloud {
    /// Worldwide, GCC included.
    #[default]
    Global,
    /// US Government L4 (GCC High).
    UsGov,
    /// US Government L5 (DoD).
    UsDod,
    /// China, operated by 21Vianet.
    China,
    /// France (Bleu).
    Bleu,
    /// Germany (Delos).
    Delos,
    /// Singapore government.
    GovSg,
}

impl Cloud {
    /// All clouds, the common ones first.
    pub const ALL: [Self; 7] =
        [Self::Global, Self::UsGov, Self::UsDod, Self::China, Self::Bleu, Self::Delos, Self::GovSg];

    /// The name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGov => "us-gov",
            Self::UsDod => "us-dod",
            Self::China => "china",
            Self::Bleu => "bleu",
            Self::Delos => "delos",
            Self::GovSg => "govsg",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Global => "Global (and GCC)",
            Self::UsGov => "US Government (GCC High)",
            Self::UsDod => "US Government (DoD)",
            Self::China => "China (21Vianet)",
            Self::Bleu => "France (Bleu)",
            Self::Delos => "Germany (Delos)",
            Self::GovSg => "Singapore (GovSG)",
        }
    }

    /// Reads a cloud's name.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|cloud| cloud.name() == wanted).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            InputError::new(Field::Cloud, InputFault::Unknown { text: text.trim().to_owned(), known })
        })
    }

    fn login_host(self) -> &'static str {
        match self {
            Self::Global => "login.microsoftonline.com",
            Self::UsGov | Self::UsDod => "login.microsoftonline.us",
            Self::China => "login.partner.microsoftonline.cn",
            Self::Bleu => "login.sovcloud-identity.fr",
            Self::Delos => "login.sovcloud-identity.de",
            Self::GovSg => "login.sovcloud-identity.sg",
        }
    }

    /// The host of Microsoft Graph, also the resource that tokens are asked for.
    pub fn graph_host(self) -> &'static str {
        match self {
            Self::Global => "graph.microsoft.com",
            Self::UsGov => "graph.microsoft.us",
            Self::UsDod => "dod-graph.microsoft.us",
            Self::China => "microsoftgraph.chinacloudapi.cn",
            Self::Bleu => "graph.svc.sovcloud.fr",
            Self::Delos => "graph.svc.sovcloud.de",
            Self::GovSg => "graph.svc.sovcloud.sg",
        }
    }

    /// The host of Exchange's own interfaces; `None` where it is not known.
    pub fn exchange_host(self) -> Option<&'static str> {
        match self {
            Self::Global => Some("outlook.office365.com"),
            Self::UsGov => Some("outlook.office365.us"),
            Self::UsDod => Some("outlook-dod.office365.us"),
            Self::China => Some("partner.outlook.cn"),
            Self::Bleu | Self::Delos | Self::GovSg => None,
        }
    }
}

/// Addresses typed by a person instead of the cloud's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Instead of the login authority.
    pub login: Option<String>,
    /// Instead of Graph.
    pub graph: Option<String>,
    /// Instead of Exchange.
    pub exchange: Option<String>,
}

/// The addresses that one session speaks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    cloud: Cloud,
    login: Url,
    graph: Url,
    exchange: Option<Url>,
}

impl Endpoints {
    /// The cloud's addresses, each replaced by its override.
    ///
    /// # Errors
    /// An override that is not https; http is for loopback alone.
    pub fn new(cloud: Cloud, overrides: &Overrides) -> Result<Self, InputError> {
        let choose = |typed: &Option<String>, host: &str| match typed {
            Some(text) => parse_service_url(text),
            None => parse_service_url(&format!("https://{host}")),
        };
        let exchange = match (&overrides.exchange, cloud.exchange_host()) {
            (Some(text), _) => Some(parse_service_url(text)?),
            (None, Some(host)) => Some(parse_service_url(&format!("https://{host}"))?),
            (None, None) => None,
        };
        Ok(Self {
            cloud,
            login: choose(&overrides.login, cloud.login_host())?,
            graph: choose(&overrides.graph, cloud.graph_host())?,
            exchange,
        })
    }

    /// The cloud these belong to.
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Graph's address.
    pub fn graph(&self) -> &Url {
        &self.graph
    }

    /// The token endpoint of a tenant (OAuth 2.0, v2).
    pub fn token(&self, tenant: &str) -> Url {
        join(&self.login, &[tenant, "oauth2", "v2.0", "token"])
    }

    /// The OpenID configuration of a tenant.
    pub fn openid_configuration(&self, tenant: &str) -> Url {
        join(&self.login, &[tenant, "v2.0", ".well-known", "openid-configuration"])
    }

    /// `sendMail` of one user; `user` is percent-encoded here.
    pub fn send_mail(&self, user: &str) -> Url {
        self.graph_path(&["users", user, "sendMail"])
    }

    /// A path below Graph's v1.0, each segment percent-encoded by itself.
    pub fn graph_path(&self, segments: &[&str]) -> Url {
        let has_version = self.graph.path().trim_end_matches('/').ends_with("/v1.0");
        let version: &[&str] = if has_version { &[] } else { &["v1.0"] };
        join(&self.graph, &[version, segments].concat())
    }

    /// Whether `url` leads to the same Graph, so that it may be given a token.
    pub fn is_graph(&self, url: &Url) -> bool {
        url.origin() == self.graph.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// Exchange's address, where the cloud has a known one.
    pub fn exchange(&self) -> Option<&Url> {
        self.exchange.as_ref()
    }

    /// The scope to ask for: always the cloud's own Graph, whatever host is called.
    pub fn graph_scope(&self) -> String {
        format!("https://{}/.default", self.cloud.graph_host())
    }

    /// Whether every address is plain http on this machine, so that no TLS and no proxy is wanted.
    pub fn is_loopback_http(&self) -> bool {
        let plain = |url: &Url| url.scheme() == "http";
        plain(&self.login) && plain(&self.graph)
    }
}

/// Appends path segments, each encoded by itself.
fn join(base: &Url, segments: &[&str]) -> Url {
    let mut path = String::with_capacity(base.path().len() + segments.iter().map(|text| text.len() + 9).sum::<usize>());
    path.push_str(base.path().trim_end_matches('/'));
    for segment in segments {
        path.push('/');
        path.extend(encode_segment(segment));
    }
    let mut url = base.clone();
    url.set_path(&path);
    url
}

/// RFC 3986 unreserved characters and `@` stay; `#EXT#`, `+` and everything beyond ASCII are encoded.
fn encode_segment(text: &str) -> percent_encoding::PercentEncode<'_> {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');
    percent_encoding::utf8_percent_encode(text, KEPT)
}

/// Reads the address of a service.
pub(super) fn parse_service_url(text: &str) -> Result<Url, InputError> {
    parse_url(Field::ServiceUrl, text).and_then(|url| {
        let reason = if url.query().is_some() || url.fragment().is_some() {
            Some("leave out everything from ? or # on")
        } else {
            match url.scheme() {
                "https" => None,
                "http" if is_loopback(&url) => None,
                "http" => Some("it must begin with https:// (http is for this machine alone)"),
                _ => Some("it must begin with https://"),
            }
        };
        reason.map_or(Ok(url.clone()), |reason| Err(bad_url(Field::ServiceUrl, &url, reason)))
    })
}

/// Reads an address and refuses one that carries a user name or password.
pub(super) fn parse_url(field: Field, text: &str) -> Result<Url, InputError> {
    let cleaned = crate::base::clean(text).value;
    let fault = |reason: &str| {
        // The text may hold a password: show it only when it has no '@'.
        let text = if cleaned.contains('@') { "the address".to_owned() } else { cleaned.clone() };
        InputError::new(field, InputFault::BadUrl { text, reason: reason.to_owned() })
    };
    let url = Url::parse(&cleaned).map_err(|err| fault(&err.to_string()))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(fault("it names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault("leave out user name and password"));
    }
    Ok(url)
}

pub(super) fn bad_url(field: Field, url: &Url, reason: &str) -> InputError {
    InputError::new(field, InputFault::BadUrl { text: url.to_string(), reason: reason.to_owned() })
}

/// `localhost`, `127.0.0.0/8` or `::1`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph_at(text: &str) -> Result<Endpoints, InputError> {
        Endpoints::new(Cloud::Global, &Overrides { graph: Some(text.to_owned()), ..Overrides::default() })
    }

    #[test]
    fn user_names_are_encoded_in_the_path() {
        let endpoints = Endpoints::new(Cloud::Global, &Overrides::default()).unwrap();
        for (user, path) in [
            ("ceo@contoso.com", "/v1.0/users/ceo@contoso.com/sendMail"),
            ("a_b.com#EXT#@c.com", "/v1.0/users/a_b.com%23EXT%23@c.com/sendMail"),
            ("a+b@c.com", "/v1.0/users/a%2Bb@c.com/sendMail"),
            ("jón@føroyar.fo", "/v1.0/users/j%C3%B3n@f%C3%B8royar.fo/sendMail"),
            ("a%2f..%2fme@c.com", "/v1.0/users/a%252f..%252fme@c.com/sendMail"),
        ] {
            assert_eq!(endpoints.send_mail(user).as_str(), format!("https://graph.microsoft.com{path}"));
        }
    }

    #[test]
    fn overrides_keep_their_path() {
        let with = |base: &str| graph_at(base).unwrap().send_mail("a@b.c").to_string();
        assert_eq!(with("http://127.0.0.1:9/x/"), "http://127.0.0.1:9/x/v1.0/users/a@b.c/sendMail");
        assert_eq!(with("http://localhost:9/v1.0"), "http://localhost:9/v1.0/users/a@b.c/sendMail");
        assert_eq!(graph_at("http://[::1]:9").unwrap().graph_scope(), "https://graph.microsoft.com/.default");
    }

    #[test]
    fn only_https_or_loopback() {
        for text in [
            "http://graph.microsoft.com",
            "ftp://127.0.0.1",
            "graph.microsoft.com",
            "https://u:canary@x.com",
            "http://127.0.0.1.evil.com",
            "https://x.com/?a=1",
        ] {
            let err = graph_at(text).unwrap_err();
            assert!(!err.to_string().contains("canary"), "{err}");
        }
    }

    #[test]
    fn every_cloud_has_its_own_addresses() {
        for cloud in Cloud::ALL {
            assert_eq!(Cloud::parse(cloud.name()).unwrap(), cloud);
            let endpoints = Endpoints::new(cloud, &Overrides::default()).unwrap();
            assert!(endpoints.token("t.example").path().ends_with("/t.example/oauth2/v2.0/token"));
        }
        assert!(Cloud::parse("mars").is_err());
    }
}
