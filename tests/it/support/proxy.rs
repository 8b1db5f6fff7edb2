//! A proxy between the client and the demo tenant that understands just enough HTTP to spoil one exchange on purpose.
//! Both sides are served: the tenant sees real requests, the client sees what the proxy makes of the answers.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the proxy does to one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// Nothing.
    Nothing,
    /// The request does not go on: the connection is closed before, or after so many bytes of it.
    DropRequest(usize),
    /// The request goes on, the answer does not come back.
    DropAnswer,
    /// The answer is cut after so many thousandths, closed or reset.
    Cut { permille: usize, reset: bool },
    /// After so many thousandths of the answer nothing comes any more.
    Stall { permille: usize },
    /// Byte after byte, too slowly to end.
    Drip,
    /// Late, but in time.
    Late,
    /// Some bytes are others: position in thousandths and what they are combined with.
    Flip(Vec<(usize, u8)>),
    /// The byte at this place in thousandths is there twice, or is missing.
    Stutter { permille: usize, missing: bool },
    /// The answer twice in a row.
    Twice,
    /// The answer of the exchange before on this proxy, in place of its own.
    Stale,
    /// Another content type.
    ContentType(&'static str),
    /// Another status.
    Status(u16),
    /// Another body, with its length.
    Body(&'static str),
    /// The answer's own head with a length that is too large or too small.
    Length(i64),
    /// No length: it ends with the connection.
    Unmeasured,
    /// In chunks, with or without the last one.
    Chunked { ended: bool },
    /// The answer with something before it.
    Before(&'static str),
    /// Not HTTP.
    Noise(&'static [u8]),
    /// The proxy's own answer; the tenant never sees the request.
    Own(&'static str),
    /// The proxy's own answer, although the tenant has done what it was asked.
    OwnAfter(&'static str),
}

/// Which exchange is spoilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Where {
    Token,
    /// The mail of this sender.
    Mail(&'static str),
}

impl Where {
    fn meets(&self, target: &str) -> bool {
        match self {
            Self::Token => target.ends_with("/oauth2/v2.0/token"),
            Self::Mail(sender) => target.ends_with(&format!("/{sender}/sendMail")),
        }
    }
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    place: Where,
    spoil: Spoil,
    /// How often it is still done.
    times: Mutex<usize>,
    /// The last answer that was not spoilt.
    last: Mutex<Option<Vec<u8>>>,
    /// Requests by target.
    seen: Mutex<BTreeMap<String, usize>>,
}

/// A running proxy; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// Listens on loopback in front of `upstream` and spoils the first `times` exchanges at `place`.
    pub(crate) async fn start(upstream: &str, place: Where, spoil: Spoil, times: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = upstream.trim_start_matches("http://").parse().unwrap();
        let shared = Arc::new(Shared {
            upstream,
            place,
            spoil,
            times: Mutex::new(times),
            last: Mutex::default(),
            seen: Mutex::default(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { address, shared, listening }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests went to this mailbox's `sendMail`, spoilt ones included.
    pub(crate) fn mails(&self, sender: &str) -> usize {
        self.count(|target| target.ends_with(&format!("/{sender}/sendMail")))
    }

    /// How often a token was asked for.
    pub(crate) fn tokens(&self) -> usize {
        self.count(|target| Where::Token.meets(target))
    }

    fn count(&self, wanted: impl Fn(&str) -> bool) -> usize {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|(target, _)| wanted(target)).map(|(_, count)| count).sum()
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { serve(stream, &shared).await });
    }
}

/// One message as it came: head with the empty line, and body.
struct Message {
    head: String,
    body: Vec<u8>,
}

impl Message {
    fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }

    fn target(&self) -> String {
        self.head.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// Head lines without those of this name, and without the empty line.
    fn lines_without(&self, name: &str) -> Vec<String> {
        let keeps = |line: &&str| !line.to_ascii_lowercase().starts_with(&format!("{name}:")) && !line.is_empty();
        self.head.lines().filter(keeps).map(str::to_owned).collect()
    }

    fn with(mut lines: Vec<String>, extra: &[String], body: &[u8]) -> Vec<u8> {
        lines.extend_from_slice(extra);
        [format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes(), body].concat()
    }
}

async fn serve(mut client: TcpStream, shared: &Shared) {
    let mut tenant: Option<TcpStream> = None;
    let (mut from_client, mut from_tenant) = (Vec::new(), Vec::new());
    while let Some(request) = read_message(&mut client, &mut from_client).await {
        let spoil = shared.take(&request.target());
        match &spoil {
            Spoil::Own(answer) => {
                if client.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
                continue;
            }
            Spoil::DropRequest(0) => return,
            _ => {}
        }
        let mut to_tenant = match tenant.take() {
            Some(open) => open,
            None => match TcpStream::connect(shared.upstream).await {
                Ok(open) => open,
                // The tenant has been stopped: the client that waited has gone away before.
                Err(_) => return,
            },
        };
        if let Spoil::DropRequest(bytes) = spoil {
            let all = request.bytes();
            drop(to_tenant.write_all(&all[..bytes.min(all.len() - 1)]).await);
            return;
        }
        if to_tenant.write_all(&request.bytes()).await.is_err() {
            return;
        }
        let Some(answer) = read_message(&mut to_tenant, &mut from_tenant).await else { return };
        tenant = Some(to_tenant);
        if !give_back(&mut client, shared, &spoil, &answer).await {
            return;
        }
    }
}

/// Writes the answer, spoilt or not; whether the connection goes on.
async fn give_back(client: &mut TcpStream, shared: &Shared, spoil: &Spoil, answer: &Message) -> bool {
    let whole = answer.bytes();
    let part = |permille: usize| whole[..(whole.len() - 1).min(whole.len() * permille / 1000)].to_vec();
    let (bytes, after) = match spoil {
        Spoil::Nothing | Spoil::Late => {
            shared.last.lock().unwrap().replace(whole.clone());
            if *spoil == Spoil::Late {
                pause(40).await;
            }
            (whole, After::GoOn)
        }
        Spoil::DropAnswer | Spoil::DropRequest(_) | Spoil::Own(_) => (Vec::new(), After::Close),
        Spoil::Cut { permille, reset } => (part(*permille), if *reset { After::Reset } else { After::Close }),
        Spoil::Stall { permille } => (part(*permille), After::Stall),
        Spoil::Drip => {
            for byte in whole {
                if client.write_all(&[byte]).await.is_err() {
                    return false;
                }
                pause(25).await;
            }
            return true;
        }
        Spoil::Twice => ([whole.clone(), whole].concat(), After::GoOn),
        Spoil::Stale => (shared.last.lock().unwrap().clone().unwrap_or(whole), After::GoOn),
        Spoil::Unmeasured | Spoil::Chunked { ended: false } => (rewritten(spoil, answer), After::Close),
        Spoil::Noise(noise) => (noise.to_vec(), After::Close),
        Spoil::OwnAfter(own) => (own.as_bytes().to_vec(), After::GoOn),
        Spoil::Flip(_)
        | Spoil::Stutter { .. }
        | Spoil::ContentType(_)
        | Spoil::Status(_)
        | Spoil::Body(_)
        | Spoil::Length(_)
        | Spoil::Chunked { ended: true }
        | Spoil::Before(_) => (rewritten(spoil, answer), After::GoOn),
    };
    if client.write_all(&bytes).await.is_err() {
        return false;
    }
    match after {
        After::GoOn => true,
        After::Close => {
            drop(client.shutdown().await);
            false
        }
        After::Reset => {
            client.set_zero_linger().unwrap();
            false
        }
        After::Stall => {
            drop(client.read(&mut [0; 16]).await);
            false
        }
    }
}

enum After {
    GoOn,
    Close,
    Reset,
    Stall,
}

/// The answer in other words.
fn rewritten(spoil: &Spoil, answer: &Message) -> Vec<u8> {
    let mut whole = answer.bytes();
    let at = |permille: usize| (whole.len() * permille / 1000).min(whole.len() - 1);
    match spoil {
        Spoil::Flip(places) => {
            for (permille, mask) in places {
                let place = (whole.len() * permille / 1000).min(whole.len() - 1);
                whole[place] ^= mask;
            }
            whole
        }
        Spoil::Stutter { permille, missing } => {
            let place = at(*permille);
            if *missing {
                whole.remove(place);
            } else {
                whole.insert(place, whole[place]);
            }
            whole
        }
        Spoil::ContentType(other) => {
            Message::with(answer.lines_without("content-type"), &[format!("content-type: {other}")], &answer.body)
        }
        Spoil::Status(status) => {
            let mut lines = answer.lines_without("");
            lines[0] = format!("HTTP/1.1 {status} x");
            Message::with(lines, &[], &answer.body)
        }
        Spoil::Body(body) => {
            let length = format!("content-length: {}", body.len());
            Message::with(answer.lines_without("content-length"), &[length], body.as_bytes())
        }
        Spoil::Length(more) => {
            let length = (i64::try_from(answer.body.len()).unwrap() + more).max(0);
            Message::with(answer.lines_without("content-length"), &[format!("content-length: {length}")], &answer.body)
        }
        Spoil::Unmeasured => {
            Message::with(answer.lines_without("content-length"), &["connection: close".to_owned()], &answer.body)
        }
        Spoil::Chunked { ended } => {
            let mut body = Vec::new();
            for chunk in answer.body.chunks(7) {
                body.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
            }
            if *ended {
                body.extend(b"0\r\n\r\n");
            }
            Message::with(answer.lines_without("content-length"), &["transfer-encoding: chunked".to_owned()], &body)
        }
        Spoil::Before(text) => [text.as_bytes(), &whole].concat(),
        _ => whole,
    }
}

impl Shared {
    fn take(&self, target: &str) -> Spoil {
        *self.seen.lock().unwrap().entry(target.to_owned()).or_default() += 1;
        let mut times = self.times.lock().unwrap();
        if *times == 0 || !self.place.meets(target) {
            return Spoil::Nothing;
        }
        *times -= 1;
        self.spoil.clone()
    }
}

async fn read_message(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Message> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer.drain(..end).collect()).unwrap();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let length: usize = length.unwrap_or(0);
    while buffer.len() < length {
        read_more(stream, buffer).await?;
    }
    Some(Message { head, body: buffer.drain(..length).collect() })
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(buffer).await.ok()?;
    (count > 0).then_some(())
}

async fn pause(milliseconds: u64) {
    exchange365::base::Clock::system().sleep(Duration::from_millis(milliseconds)).await;
}
