//! The first bytes of a connection, bounded in time: a client that says nothing, or half of HTTP/2's greeting, is not waited for.
//! Rule: the bound ends as soon as the protocol is known; from there on the protocol's own time-outs hold.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// What a client of HTTP/2 says first (RFC 9113, section 3.4); anything else is HTTP/1.
const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose protocol may not be known yet.
pub(crate) struct Opening {
    stream: TcpStream,
    /// The deadline, until the protocol is known.
    deadline: Option<Pin<Box<Sleep>>>,
    /// How much of the greeting was read.
    greeted: usize,
}

impl Opening {
    /// A connection that has so long to show its protocol.
    #[expect(clippy::disallowed_methods, reason = "an edge that bounds how long a stranger may be silent")]
    pub(crate) fn new(stream: TcpStream, patience: Duration) -> Opening {
        Opening { stream, deadline: Some(Box::pin(tokio::time::sleep(patience))), greeted: 0 }
    }

    fn heard(&mut self, bytes: &[u8]) {
        let left = GREETING.get(self.greeted..).unwrap_or_default();
        let same = bytes.iter().zip(left).take_while(|(said, wanted)| said == wanted).count();
        self.greeted += same;
        // The end of the stream is for the protocol to see.
        if bytes.is_empty() || same < bytes.len() || same == left.len() {
            self.deadline = None;
        }
    }
}

impl AsyncRead for Opening {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let Some(deadline) = &mut this.deadline else {
            return Pin::new(&mut this.stream).poll_read(cx, into);
        };
        let before = into.filled().len();
        if Pin::new(&mut this.stream).poll_read(cx, into)?.is_pending() {
            ready!(deadline.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        this.heard(into.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Opening {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
