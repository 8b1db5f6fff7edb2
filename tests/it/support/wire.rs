//! A scripted HTTP/1.1 counterpart on raw sockets: it answers with exactly the bytes a test wrote down, cuts, stalls,
//! and keeps what arrived. It shares no code with the client or the demo tenant, so it cannot share their mistakes.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use exchange365::base::ManualClock;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
    task::JoinHandle,
};

/// One thing the counterpart does after a request has arrived.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Waits until the test opens the gate.
    Gate(Arc<Semaphore>),
    /// Says nothing more and keeps the connection open until the client goes away.
    Stall,
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

/// What happens after one request; afterwards the connection waits for the next one.
pub(crate) type Script = Vec<Step>;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Number of the connection it came on, from 0.
    pub(crate) connection: usize,
    /// What the manual clock showed.
    pub(crate) at: Duration,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn bearer(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }

    /// The mailbox in the path, still encoded.
    pub(crate) fn mailbox(&self) -> &str {
        self.target.rsplit('/').nth(1).unwrap_or_default()
    }

    pub(crate) fn is_send(&self) -> bool {
        self.target.ends_with("/sendMail")
    }
}

type Answer = dyn Fn(&Seen, usize) -> Script + Send + Sync;

struct Shared {
    answer: Box<Answer>,
    clock: ManualClock,
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
    /// Requests to each target that are not answered yet, and the most there ever were at once.
    open: Mutex<BTreeMap<String, (usize, usize)>>,
    changed: Notify,
}

/// A running counterpart; it stops when dropped.
pub(crate) struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Wire {
    /// Listens on loopback. `answer` is given each request and its number among those to the same target.
    pub(crate) async fn start(
        clock: &ManualClock,
        answer: impl Fn(&Seen, usize) -> Script + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            clock: clock.clone(),
            seen: Mutex::default(),
            connections: Mutex::default(),
            open: Mutex::default(),
            changed: Notify::new(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { address, shared, listening }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Everything that arrived so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The mails that arrived so far.
    pub(crate) fn sends(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_send).collect()
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }

    /// The most requests to `mailbox` that were ever open at once.
    pub(crate) fn most_at_once(&self, mailbox: &str) -> usize {
        let open = self.shared.open.lock().unwrap();
        let ends = format!("/{mailbox}/sendMail");
        open.iter().filter(|(target, _)| target.ends_with(&ends)).map(|(_, (_, most))| *most).max().unwrap_or(0)
    }

    /// Waits until `count` requests have arrived.
    pub(crate) async fn arrived(&self, count: usize) {
        loop {
            let changed = self.shared.changed.notified();
            if self.shared.seen.lock().unwrap().len() >= count {
                return;
            }
            changed.await;
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut connections = shared.connections.lock().unwrap();
            *connections += 1;
            *connections - 1
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { serve(stream, number, &shared).await });
    }
}

async fn serve(mut stream: TcpStream, connection: usize, shared: &Shared) {
    let mut buffer = Vec::new();
    while let Some(mut seen) = read_request(&mut stream, &mut buffer).await {
        seen.connection = connection;
        seen.at = shared.clock.elapsed();
        let script = shared.take(&seen);
        let last = script.len().saturating_sub(1);
        for (number, step) in script.into_iter().enumerate() {
            if number == last {
                shared.answered(&seen.target);
            }
            match step {
                Step::Write(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Step::Gate(gate) => gate.acquire().await.unwrap().forget(),
                Step::Stall => {
                    let gone = stream.read(&mut [0; 16]).await;
                    drop(gone);
                    return;
                }
                Step::Close => {
                    let closed = stream.shutdown().await;
                    drop(closed);
                    return;
                }
                Step::Reset => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
            }
        }
    }
}

impl Shared {
    /// Keeps a request and says what is to happen.
    fn take(&self, seen: &Seen) -> Script {
        let number = {
            let mut all = self.seen.lock().unwrap();
            let number = all.iter().filter(|other| other.target == seen.target).count();
            all.push(seen.clone());
            number
        };
        {
            let mut open = self.open.lock().unwrap();
            let (now, most) = open.entry(seen.target.clone()).or_default();
            *now += 1;
            *most = (*most).max(*now);
        }
        self.changed.notify_waiters();
        (self.answer)(seen, number)
    }

    fn answered(&self, target: &str) {
        if let Some((now, _)) = self.open.lock().unwrap().get_mut(target) {
            *now -= 1;
        }
    }
}

/// Head and body (by `Content-Length`); `None` when the client has gone.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer.drain(..head_end).collect()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    while buffer.len() < length {
        read_more(stream, buffer).await?;
    }
    let body = String::from_utf8(buffer.drain(..length).collect()).unwrap();
    Some(Seen { method, target, headers, body, connection: 0, at: Duration::ZERO })
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(buffer).await.ok()?;
    (count > 0).then_some(())
}

/// An answer with its length, after which the connection stays open.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Script {
    let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    raw(format!("HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Script {
    reply(status, &[("content-type", "application/json")], body)
}

/// These bytes and nothing else.
pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Step::Write(bytes.into())]
}

/// These bytes, then the connection is closed.
pub(crate) fn raw_then_close(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Step::Write(bytes.into()), Step::Close]
}

/// A port on loopback where nobody listens.
pub(crate) async fn refusing_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}
