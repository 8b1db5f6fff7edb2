//! Whatever comes back on the wire, byte by byte, in place of each answer that the program asks for: what is known of a
//! tenant, a token, what follows a mail or a probe, lists of a directory. Nothing but a 202 is an accepted mail, no half
//! list is a list, and the secret that was sent is never repeated.
#![no_main]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    pin::pin,
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::Duration,
};

use exchange365::{
    base::{ClientId, ClientSecret, Clock, ManualClock, Secret, TenantId, Timestamp},
    m365::{
        Cloud, Endpoints, Outcome, Overrides, ProxyChoice, RetryLimits, Transport, TransportOptions,
        auth::{AccessToken, Credentials, TokenSource, discover},
        graph::{DirectoryClient, MailClient, PeopleClient, Read, TestMail},
    },
};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "canary~8Q+secret/42=";
const TOKEN: &str = "opaque-canary-token-0042";

/// Listens once and answers every request with what stands in the shared place.
fn served() -> &'static (u16, Arc<Mutex<Vec<u8>>>) {
    static PLACE: OnceLock<(u16, Arc<Mutex<Vec<u8>>>)> = OnceLock::new();
    PLACE.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answer: Arc<Mutex<Vec<u8>>> = Arc::default();
        let shared = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let bytes = shared.lock().expect("the answer").clone();
                serve(stream, &bytes);
            }
        });
        (port, answer)
    })
}

fn serve(mut stream: TcpStream, answer: &[u8]) {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let head = seen.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&seen[..head]).to_lowercase();
            let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            if seen.len() >= head + 4 + length.unwrap_or(0) {
                break;
            }
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => seen.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    drop(stream.write_all(answer));
}

/// Lets time run while the program works, so that nobody waits for a `Retry-After`.
async fn turning<T>(manual: &ManualClock, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(Duration::from_millis(1)) => manual.advance(Duration::from_secs(5)),
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let [which, rest @ ..] = input else { return };
    // Whole answers as they are, or a body in an answer that is well formed.
    let bytes = match which % 4 {
        0 => rest.to_vec(),
        kind => {
            let status = [200, 202, 403, 404, 429, 401, 500][usize::from(*which / 4) % 7];
            let content_type = ["application/json", "text/html", "application/json; charset=utf-8"][usize::from(kind) - 1];
            let length = rest.len();
            let head = format!("HTTP/1.1 {status} x\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            [head.as_bytes(), rest].concat()
        }
    };
    let (port, answer) = served();
    answer.lock().expect("the answer").clone_from(&bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let url = format!("http://127.0.0.1:{port}");
    let overrides = Overrides { login: Some(url.clone()), graph: Some(url), exchange: None };
    let endpoints = Endpoints::new(Cloud::Global, &overrides).expect("addresses");
    let secret = ClientSecret::parse(SECRET).expect("a secret").value;
    let manual = ManualClock::new("2026-11-23T08:00:00Z".parse().expect("a time"));
    let options = TransportOptions {
        proxy: ProxyChoice::Off,
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(5),
        retry: RetryLimits::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(turning(&manual, async {
        let transport = Transport::new(options, true, Clock::manual(&manual)).expect("a client").masking(secret.secret());
        let credentials = Credentials {
            tenant: TenantId::parse("contoso.example").expect("a tenant").value,
            client: ClientId::parse("11111111-2222-3333-4444-555555555555").expect("an id").value,
            secret,
        };
        let token = AccessToken { secret: Secret::new(TOKEN.to_owned()), serial: 0, expires: Timestamp::MAX, claims: None };
        let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials.clone());
        let hidden = |shown: String| assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
        let directory = DirectoryClient::new(transport.clone(), endpoints.clone());
        match *which / 28 % 6 {
            0 => hidden(format!("{:?}", discover(&transport, &endpoints, &credentials.tenant).await)),
            1 => {
                let signed_in = tokens.fresh().await;
                assert!(signed_in.is_err() || text.contains("200"), "{text}");
                hidden(format!("{signed_in:?}"));
            }
            2 => {
                let members = directory.members(&token, "g").await;
                assert!(!matches!(members, Ok(Read::Got(_))) || text.contains("200"), "{text}");
                hidden(format!("{members:?}"));
            }
            3 => {
                hidden(format!("{:?}", directory.group(&token, "g@contoso.example").await));
                hidden(format!("{:?}", directory.grants(&token, "o").await));
            }
            4 => {
                let people = PeopleClient::new(transport.clone(), endpoints.clone(), tokens.clone());
                hidden(format!("{:?}", people.everybody(|_| {}).await.map(|people| people.people.len())));
            }
            _ => {
                let mail = MailClient::new(transport.clone(), endpoints.clone(), tokens.clone());
                let test = TestMail {
                    sender: "a@contoso.example".parse().expect("an address"),
                    recipient: "b@contoso.example".parse().expect("an address"),
                    subject: "Test".to_owned(),
                    text: "A test".to_owned(),
                    test_id: "id".to_owned(),
                };
                let sent = mail.send(&test, &token).await;
                assert!(sent.outcome != Outcome::Accepted || text.contains("202"), "{text}");
                assert!(sent.refusal.is_none() || text.contains("403"), "{text}");
                hidden(format!("{sent:?}"));
            }
        }
    }));
});
