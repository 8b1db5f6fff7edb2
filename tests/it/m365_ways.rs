//! The way to Microsoft: an HTTP proxy in between, and TLS with somebody who cannot prove who they are.

use std::{
    io::{ErrorKind, Read as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use exchange365::m365::{
    Error, Kind, Outcome, ProxyChoice, TransportOptions,
    auth::{AccessToken, SignInError},
};
use rustls::{
    AlertDescription, ServerConfig, ServerConnection,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::support::{
    session::{FIRST_TOKEN, RAOP, SECRET, Session, answering, clock, graph, options},
    wire::{Script, Step, Wire, json, raw, raw_then_close, refusing_port, reply},
};

const CEO: &str = "ceo@contoso.com";

fn through(proxy: &str) -> TransportOptions {
    TransportOptions { proxy: ProxyChoice::parse(proxy).unwrap(), ..options() }
}

fn failure(result: Result<AccessToken, SignInError>) -> Error {
    match result {
        Err(SignInError::Failed(err)) => *err,
        other => panic!("not a failed call: {other:?}"),
    }
}

#[tokio::test]
async fn plain_calls_go_through_the_proxy() {
    let manual = clock();
    let target = format!("http://127.0.0.1:{}", refusing_port().await);
    let proxy = graph(&manual, vec![reply(202, &[], ""), json(403, RAOP)]).await;
    let session = Session::at(&manual, &target, &target, through(&proxy.url()));
    session.sign_in().await.unwrap();
    assert_eq!(session.send(CEO).await.outcome, Outcome::Accepted);
    assert_eq!(session.send(CEO).await.outcome, Outcome::BlockedByPolicy);
    let targets: Vec<String> =
        proxy.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect();
    let mail = format!("POST {target}/v1.0/users/{CEO}/sendMail");
    assert_eq!(targets, [format!("POST {target}/contoso.onmicrosoft.com/oauth2/v2.0/token"), mail.clone(), mail]);
}

/// What is sent without TLS can be read on the way, the client secret first of all: it does not leave this machine.
#[tokio::test]
async fn plain_calls_go_through_no_proxy_on_another_machine() {
    let manual = clock();
    let here = graph(&manual, vec![reply(202, &[], "")]).await;
    // Nobody answers there: addresses for documentation (RFC 5737, RFC 3849).
    for elsewhere in ["http://192.0.2.1:3128", "http://[2001:db8::1]:3128", "https://proxy.invalid"] {
        let session = Session::at(&manual, &here.url(), &here.url(), through(elsewhere));
        session.sign_in().await.unwrap();
        assert_eq!(session.send(CEO).await.outcome, Outcome::Accepted, "{elsewhere}");
        // Where one of the two is Microsoft's, the other is on this machine all the same.
        let mixed = Session::at(&manual, &here.url(), "https://graph.invalid", through(elsewhere));
        mixed.sign_in().await.unwrap();
    }
}

#[tokio::test]
async fn a_proxy_that_answers_itself_is_told_from_the_service() {
    let manual = clock();
    let page = |status| reply(status, &[("content-type", "text/html")], "<html>Blocked by category</html>");
    let cases = [
        (page(403), Outcome::Interfered, Kind::Interfered),
        (page(407), Outcome::Interfered, Kind::Interfered),
        (reply(407, &[("proxy-authenticate", "NTLM")], ""), Outcome::Interfered, Kind::Interfered),
        (
            raw_then_close("HTTP/1.1 302 x\r\nlocation: http://login.proxy/\r\n\r\n"),
            Outcome::Interfered,
            Kind::Interfered,
        ),
    ];
    for (script, outcome, kind) in cases {
        let target = format!("http://127.0.0.1:{}", refusing_port().await);
        let proxy = answering(&manual, vec![script]).await;
        let session = Session::at(&manual, &target, &target, through(&proxy.url()));
        assert_eq!(session.send(CEO).await.outcome, outcome);
        assert_eq!(failure(session.sign_in().await).kind, kind);
        assert_eq!(proxy.seen().len(), 2, "nothing is repeated");
    }
}

/// A tunnel is asked for and not given: what follows, and how often it was asked for.
async fn check_tunnel(name: &str, script: Script, options: TransportOptions, (kind, tries): (Kind, usize)) {
    let manual = clock();
    let proxy = answering(&manual, vec![script]).await;
    let options = TransportOptions { proxy: ProxyChoice::parse(&proxy.url()).unwrap(), ..options };
    let session = Session::at(&manual, "https://login.invalid", "https://graph.invalid", options);
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.http_status), (Outcome::NetworkError, None), "{name}: {sent:?}");
    assert_eq!((sent.attempts as usize, proxy.connections()), (tries, tries), "{name}");
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts as usize), (kind, tries), "{name}: {err}");
    let seen = proxy.seen();
    assert_eq!(seen[0].target, "graph.invalid:443", "{name}");
    assert!(seen.iter().all(|seen| seen.method == "CONNECT"), "{name}");
    let told = format!("{seen:?}");
    assert!(!told.contains(FIRST_TOKEN) && !told.contains(SECRET) && !told.contains(CEO), "{name}: {told}");
}

#[tokio::test]
async fn a_tunnel_that_is_not_given_is_a_network_error() {
    let asks = reply(407, &[("proxy-authenticate", "Negotiate")], "<html>Who are you?</html>");
    check_tunnel("407", asks, options(), (Kind::Proxy, 1)).await;
    check_tunnel("403", reply(403, &[], "<html>Not allowed</html>"), options(), (Kind::Proxy, 1)).await;
    check_tunnel("403 quoting the policy", json(403, RAOP), options(), (Kind::Proxy, 1)).await;
    check_tunnel("502", reply(502, &[], ""), options(), (Kind::Proxy, 1)).await;
    check_tunnel("302", reply(302, &[("location", "http://x/")], ""), options(), (Kind::Proxy, 1)).await;
    check_tunnel("closed", vec![Step::Close], options(), (Kind::Proxy, 1)).await;
    check_tunnel("no HTTP", raw_then_close("SSH-2.0-x\r\n\r\n"), options(), (Kind::Proxy, 1)).await;
}

#[tokio::test]
async fn a_tunnel_that_leads_nowhere_is_a_network_error() {
    let given = |then: Step| [raw("HTTP/1.1 200 Connection established\r\n\r\n"), vec![then]].concat();
    let hasty = || TransportOptions { connect_timeout: Duration::from_millis(60), ..options() };
    check_tunnel("no answer to CONNECT", vec![Step::Stall], hasty(), (Kind::Connect, 4)).await;
    check_tunnel("no handshake", given(Step::Stall), hasty(), (Kind::Connect, 4)).await;
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_a_network_error() {
    let manual = clock();
    let nobody = format!("http://127.0.0.1:{}", refusing_port().await);
    // A plain call's only connection is the one to the proxy, so the failure looks like any other.
    for (target, kind) in [("https://graph.invalid", Kind::Proxy), ("http://127.0.0.1:9", Kind::Connect)] {
        let session = Session::at(&manual, target, target, through(&nobody));
        assert_eq!(session.send(CEO).await.outcome, Outcome::NetworkError, "{target}");
        assert_eq!(failure(session.sign_in().await).kind, kind, "{target}");
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_a_network_error() {
    let manual = clock();
    let session = Session::at(&manual, "https://login.invalid", "https://graph.invalid", options());
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.attempts), (Outcome::NetworkError, 4));
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.host.as_str()), (Kind::Dns, "login.invalid"));
}

/// Accepts `connections` with a certificate of its own making; gives back what the client said to each.
fn untrusted(connections: usize) -> (u16, thread::JoinHandle<Vec<String>>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || (0..connections).map(|_| handshake(&listener, &config)).collect();
    (port, thread::Builder::new().name("untrusted".to_owned()).spawn(serve).unwrap())
}

/// What the client said, once the server has ended; the tunnel in between goes on meanwhile.
async fn told(server: thread::JoinHandle<Vec<String>>) -> Vec<String> {
    tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap()
}

fn handshake(listener: &TcpListener, config: &Arc<ServerConfig>) -> String {
    let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut plain = Vec::new();
    let fault = loop {
        match connection.complete_io(&mut stream) {
            Ok(_) if connection.is_handshaking() => {}
            Ok(_) => {
                break connection
                    .reader()
                    .read_to_end(&mut plain)
                    .map_or_else(|err| err.to_string(), |_| String::new());
            }
            Err(err) if err.kind() == ErrorKind::Interrupted => {}
            Err(err) => {
                let alert = err.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned();
                break match alert {
                    Some(rustls::Error::AlertReceived(AlertDescription::UnknownCA)) => "unknown authority".to_owned(),
                    other => format!("{other:?} {err}"),
                };
            }
        }
    };
    assert!(plain.is_empty(), "something was sent to somebody untrusted");
    fault
}

#[tokio::test]
async fn an_untrusted_certificate_ends_the_call() {
    let manual = clock();
    let (port, server) = untrusted(2);
    let url = format!("https://localhost:{port}");
    let session = Session::at(&manual, &url, &url, options());
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.http_status, sent.attempts), (Outcome::NetworkError, None, 1), "{sent:?}");
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts), (Kind::Certificate, 1), "{err}");
    assert_eq!(told(server).await, ["unknown authority", "unknown authority"]);
}

#[tokio::test]
async fn an_inspecting_proxy_s_certificate_ends_the_call() {
    let manual = clock();
    // Speaks TLS itself whatever it is asked for, as an inspecting proxy does behind a tunnel.
    let (port, server) = untrusted(1);
    let proxy = tunnelling_to(port).await;
    let session = Session::at(&manual, "https://localhost:1", "https://localhost:1", through(&proxy));
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts), (Kind::Certificate, 1), "{err}");
    assert_eq!(told(server).await, ["unknown authority"]);
}

/// A proxy that opens every tunnel to `port`.
async fn tunnelling_to(port: u16) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut server = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let ended = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            drop(ended);
        }
    });
    format!("http://{address}")
}

/// A server that answers a TLS greeting with `bytes`.
async fn check_handshake(name: &str, bytes: &'static [u8], (kind, tries): (Kind, u32)) {
    let manual = clock();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut client, _)) = listener.accept().await {
            let greeting = client.read(&mut [0; 4096]).await;
            drop(greeting);
            client.write_all(bytes).await.unwrap();
            client.shutdown().await.unwrap();
        }
    });
    let session = Session::at(&manual, &url, &url, options());
    let sent = session.send(CEO).await;
    assert_eq!((sent.outcome, sent.attempts), (Outcome::NetworkError, tries), "{name}: {sent:?}");
    let err = failure(session.sign_in().await);
    assert_eq!((err.kind, err.attempts), (kind, tries), "{name}: {err}");
}

#[tokio::test]
async fn a_broken_handshake_is_a_network_error() {
    check_handshake("plain HTTP", b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", (Kind::Tls, 1)).await;
    check_handshake("handshake failure", &[21, 3, 3, 0, 2, 2, 40], (Kind::Tls, 1)).await;
    check_handshake("protocol version", &[21, 3, 1, 0, 2, 2, 70], (Kind::Tls, 1)).await;
    check_handshake("closed", b"", (Kind::Connect, 4)).await;
}

#[tokio::test]
async fn the_wire_s_own_port_is_not_a_proxy_by_itself() {
    let manual = clock();
    let wire: Wire = graph(&manual, vec![reply(202, &[], "")]).await;
    let session = Session::at(&manual, &wire.url(), &wire.url(), options());
    assert_eq!(session.send(CEO).await.outcome, Outcome::Accepted);
    assert_eq!(wire.seen()[0].target, format!("/v1.0/users/{CEO}/sendMail"));
    assert_eq!(wire.seen()[0].header("host"), format!("127.0.0.1:{}", wire.port()));
}
