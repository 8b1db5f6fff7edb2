//! The loopback listener: every connection can be cut by the tenant, and all of them end with it.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Accepts connections that end when the tenant ends.
pub(super) struct Loopback {
    listener: TcpListener,
    stop: CancellationToken,
}

impl Loopback {
    /// Listens on a loopback address; any other is refused.
    pub(super) async fn bind(address: SocketAddr, stop: CancellationToken) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let text = format!("the demo tenant listens on this computer alone, not on {}", address.ip());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(Self { listener: TcpListener::bind(address).await?, stop })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Listener for Loopback {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // A small reply must not wait for the acknowledgement of the one before; failing to say so only costs time.
        drop(stream.set_nodelay(true));
        let line = Line(self.stop.child_token());
        let ended = Box::pin(line.0.clone().cancelled_owned());
        (Connection { stream, line, ended }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.address()
    }
}

/// One connection, as the code that answers on it knows it.
#[derive(Debug, Clone)]
pub(super) struct Line(CancellationToken);

impl Line {
    /// Cuts the connection; what was not yet written never is.
    pub(super) fn cut(&self) {
        self.0.cancel();
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Line {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().line.clone()
    }
}

/// A connection that reads its end as soon as it is cut.
pub(super) struct Connection {
    stream: TcpStream,
    line: Line,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
}

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(reset()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.line.0.is_cancelled() {
            return Poll::Ready(Err(reset()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
