//! A connection that one thread drives by itself: whatever is waited for, the wire is served meanwhile.
//! Rule: statements that are sent together travel together, and are answered in their order.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, Error, NoTls};

type Wire = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// The time a closing connection gets to say goodbye.
const GOODBYE: Duration = Duration::from_millis(200);

/// One connection and the small runtime that drives it.
pub(super) struct Link {
    client: Option<Client>,
    wire: Option<Wire>,
    runtime: Runtime,
}

impl Link {
    /// Connects; blocks this thread, which must not be a thread of another runtime.
    pub(super) fn connect(config: &Config) -> Result<Link, ConnectError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ConnectError::Runtime)?;
        let (client, wire) = runtime.block_on(config.connect(NoTls)).map_err(ConnectError::Server)?;
        Ok(Link { client: Some(client), wire: Some(Box::pin(wire)), runtime })
    }

    /// Whether the server is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.wire.is_none() || self.client.as_ref().is_none_or(Client::is_closed)
    }

    /// Does some work on the client while the wire is served; `None` when there is no client any more.
    pub(super) fn wait<'l, W: Future + 'l>(&'l mut self, work: impl FnOnce(&'l Client) -> W) -> Option<W::Output> {
        let Link { client, wire, runtime } = self;
        let mut work = pin!(work(client.as_ref()?));
        Some(runtime.block_on(poll_fn(move |cx| {
            // First the work, so that what it asks for is sent in this very turn.
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            if wire.as_mut().is_some_and(|wire| wire.as_mut().poll(cx).is_ready()) {
                *wire = None;
                // Nothing will be answered any more; the client says so when asked again.
                cx.waker().wake_by_ref();
            }
            Poll::Pending
        })))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.client = None;
        if let Some(wire) = self.wire.take() {
            drop(self.runtime.block_on(async { tokio::time::timeout(GOODBYE, wire).await }));
        }
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// This machine did not let a runtime start.
    Runtime(std::io::Error),
    /// The server, or the way to it.
    Server(Error),
}
