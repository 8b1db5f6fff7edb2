//! What people type, paste and open.

use std::cell::RefCell;

use exchange365::{
    base::{ClientId, ClientSecret, Field, MailAddress, Secret, TenantId, Wake, clean, parse_address_list},
    demo::Scenario,
    engine::{Event, Handle, Options, Senders, Setup, check_field},
    m365::{Cloud, Endpoints, Overrides, ProxyChoice},
};

use crate::support::fuzz::{fuzz, fuzz_slowly, texts};

const ADDRESSES: &[&str] = &[
    "ceo@contoso.com",
    "jón+próf@føroyar.fo",
    "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com",
    "o'neill@contoso.co.uk",
    "用户@例子.公司",
    " a@b.co\u{200b}\r\n",
    "a@b.co, c@d.co;\n e@f.co",
    "\"x\"@contoso.com",
    "CEO <ceo@contoso.com>",
];

#[test]
fn addresses() {
    let endpoints = Endpoints::new(Cloud::Global, &Overrides::default()).unwrap();
    fuzz("addresses", &texts(ADDRESSES), |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(address) = MailAddress::parse(Field::Recipient, &text).map(|parsed| parsed.value) {
            let shown = address.to_string();
            assert_eq!(shown.parse::<MailAddress>().unwrap(), address, "{shown:?}");
            assert_eq!(shown.matches('@').count(), 1, "{shown:?}");
            let odd = |character: char| character.is_control() || character.is_whitespace();
            assert!(!shown.contains(odd) && !shown.contains(['<', '>', ',', ';', '/', '?', '\\', '"']), "{shown:?}");
            assert_eq!(clean(&shown).trimmed, None, "{shown:?}");
            // In a path it stays one segment, of the same mailbox, at the same host.
            let url = endpoints.send_mail(&shown);
            assert_eq!(url.host_str(), Some("graph.microsoft.com"), "{url}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{url}");
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            assert_eq!((segments.len(), segments[3]), (4, "sendMail"), "{url}");
            let back = percent_encoding::percent_decode_str(segments[2]).decode_utf8().unwrap();
            assert_eq!(back, shown);
        }
        if let Ok(list) = parse_address_list(Field::PermittedSender, &text) {
            for (at, address) in list.iter().enumerate() {
                assert!(!list[..at].contains(address), "{text:?}");
            }
        }
    });
}

#[test]
fn ids_of_tenants_and_applications() {
    let seeds = texts(&[
        "11111111-2222-3333-4444-555555555555",
        "{11111111-2222-3333-4444-55555555555A}",
        "contoso.onmicrosoft.com",
        "xn--bcher-kva.example",
        "common",
    ]);
    let endpoints = Endpoints::new(Cloud::Global, &Overrides::default()).unwrap();
    fuzz("ids", &seeds, |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(tenant) = TenantId::parse(&text).map(|parsed| parsed.value) {
            let shown = tenant.to_string();
            assert_eq!(TenantId::parse(&shown).unwrap().value, tenant, "{shown:?}");
            let url = endpoints.token(&shown);
            assert_eq!(url.as_str(), format!("https://login.microsoftonline.com/{shown}/oauth2/v2.0/token"));
        }
        if let Ok(client) = ClientId::parse(&text).map(|parsed| parsed.value) {
            assert_eq!(ClientId::parse(&client.to_string()).unwrap().value, client);
        }
        for field in [Field::TenantId, Field::ClientId, Field::Recipient, Field::Proxy, Field::PermittedSender] {
            drop(check_field(field, &text));
        }
    });
}

#[test]
fn service_and_proxy_addresses() {
    let seeds = texts(&[
        "https://graph.microsoft.com/v1.0/",
        "http://127.0.0.1:8080/x",
        "http://localhost",
        "http://[::1]:9",
        "https://u:canary@x.com",
        "proxy.example:3128",
        "http://u:canary@proxy.example:3128",
        "socks5://127.0.0.1",
        "none",
    ]);
    fuzz("service addresses", &seeds, |input| {
        let text = String::from_utf8_lossy(input);
        let hides = url::Url::parse(&clean(&text).value)
            .map_or(text.contains("canary@"), |url| url.password() == Some("canary"));
        let typed = Overrides { login: Some(text.clone().into_owned()), ..Overrides::default() };
        match Endpoints::new(Cloud::Global, &typed) {
            Ok(endpoints) => {
                let url = endpoints.token("contoso.com");
                let local =
                    matches!(url.host_str(), Some("localhost" | "[::1]")) || url.host_str().is_some_and(is_loopback);
                assert!(url.scheme() == "https" || (url.scheme() == "http" && local), "{url}");
                assert!(url.username().is_empty() && url.password().is_none() && url.query().is_none(), "{url}");
                assert!(url.path().ends_with("/contoso.com/oauth2/v2.0/token"), "{url}");
            }
            Err(err) => assert!(!hides || !err.to_string().contains("canary"), "{err}"),
        }
        match ProxyChoice::parse(&text) {
            Ok(ProxyChoice::Explicit(url)) => {
                assert!(matches!(url.scheme(), "http" | "https") && url.username().is_empty());
            }
            Ok(ProxyChoice::System | ProxyChoice::Off) => {}
            Err(err) => assert!(!hides || !err.to_string().contains("canary"), "{err}"),
        }
    });
}

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[test]
fn client_secrets() {
    let seeds =
        texts(&["abc~8Q+/=canary", " abc~8Qcanary\u{200b} ", "11111111-2222-3333-4444-555555555555", "a b canary"]);
    fuzz("client secrets", &seeds, |input| {
        let text = String::from_utf8_lossy(input);
        match ClientSecret::parse(&text) {
            Ok(parsed) => {
                let secret = parsed.value.secret().expose().to_owned();
                assert!(!secret.is_empty() && !secret.contains(char::is_whitespace), "{secret:?}");
                assert_eq!(ClientSecret::parse(&secret).unwrap().value.secret().expose(), secret);
                // A secret that is a word of the program's own cannot be told from it.
                let masked =
                    "Parsed { value: ClientSecret(Secret(…)), trimmed: Some(Trimmed { spaces: , invisible: }) } None";
                let own = secret.len() < 6 || masked.contains(&secret);
                assert!(own || !format!("{parsed:?}").contains(&secret), "{parsed:?}");
            }
            Err(err) => assert!(!format!("{err} {err:?}").contains("canary"), "{err:?}"),
        }
    });
}

const BLOCK: &str = r#"{"SenderEmailAddress":"a@b.co","TenantId":"t","ClientId":"c","ClientSecret":"canary//,}x"}"#;

#[test]
fn graph_options() {
    let engine = RefCell::new(Handle::start(Options::default(), Wake::none()).unwrap());
    let seeds = [
        BLOCK.to_owned(),
        format!("\u{feff}{{\"MailOptions\":{{\"GraphOptions\":{BLOCK},}}, /* x */ \"Language\":\"da\", // y\n}}"),
        format!("\"GraphOptions\": {BLOCK},"),
        format!("{{\"AzureAd\":{{\"TenantId\":\"other\"}},\"MailOptions\":{{\"GraphOptions\":{BLOCK}}}}}"),
        "{".repeat(5_000),
        "[".repeat(5_000),
    ];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|text| text.clone().into_bytes()).collect();
    fuzz_slowly("graph options", &seeds, |input| {
        let mut engine = engine.borrow_mut();
        let job = engine.import_text(Secret::new(String::from_utf8_lossy(input).into_owned()));
        let imported = loop {
            match engine.wait() {
                Some(Event::Imported(of, imported)) if of == job => break imported,
                Some(_) => {}
                None => panic!("the engine is gone"),
            }
        };
        // The whole thing, as a front end would show or log it.
        assert!(!format!("{:?}", imported.as_ref().as_ref().err()).contains("canary"), "{imported:?}");
    });
}

/// Formed as Microsoft forms them.
const SECRET: &str = "abc8Q~canaryCanaryCanaryCanary.Canary-_9";

#[test]
fn whole_forms() {
    let form = format!(
        "contoso.com|11111111-2222-3333-4444-555555555555|{SECRET}|global|https://x.y|none|a@b.co|c@d.co|e@f.co"
    );
    let seeds = vec![form.into_bytes()];
    let engine = RefCell::new(Handle::start(Options::default(), Wake::none()).unwrap());
    fuzz_slowly("whole forms", &seeds, |input| {
        let text = String::from_utf8_lossy(input);
        let part = |at: usize| text.split('|').nth(at).unwrap_or_default().to_owned();
        // The last address is nobody's: what is right in the form must not lead anywhere.
        let setup = Setup {
            tenant_id: part(0),
            client_id: part(1),
            client_secret: Secret::new(part(2)),
            cloud: part(3),
            login_url: format!("{}/?never", part(4)),
            proxy: part(5),
            ..Setup::empty()
        };
        let senders = Senders { permitted: part(6), forbidden: part(7), recipient: part(8), ..Senders::default() };
        let mut engine = engine.borrow_mut();
        let job = engine.verify(setup, senders);
        loop {
            match engine.wait() {
                Some(Event::Concluded(of, report)) if of == job => {
                    assert!(report.senders.is_empty() && !report.problems.is_empty());
                    let shown = format!("{report:?}");
                    assert!(!shown.contains(SECRET), "{shown}");
                }
                Some(Event::Finished(of)) if of == job => break,
                Some(_) => {}
                None => panic!("the engine is gone"),
            }
        }
    });
}

#[test]
fn scenarios() {
    let own: Vec<Vec<u8>> = Scenario::all()
        .iter()
        .take(4)
        .map(|summary| {
            std::fs::read(format!("{}/resources/demo/{}.toml", env!("CARGO_MANIFEST_DIR"), summary.name)).unwrap()
        })
        .collect();
    fuzz("scenarios", &own, |input| drop(Scenario::from_toml(&String::from_utf8_lossy(input))));
}
