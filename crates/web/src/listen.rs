//! Serving connections: bounded in number (in all and per address), first bytes and headers bounded in time, ended politely.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

use crate::crowd::Crowd;
use crate::opening::Opening;
use crate::peer::TrustedProxies;

/// How long the listener rests when the system has no connection to give (out of file handles, say).
const REST: Duration = Duration::from_millis(100);
/// How often a quiet HTTP/2 connection is asked whether it is still there.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
/// How long it has to answer that.
const ALIVE_WITHIN: Duration = Duration::from_secs(20);

/// The bounds of a listener.
#[derive(Clone, Debug)]
pub struct ListenSettings {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Connections at once of an address (IPv6: its /64), beyond which they are closed; 0 means no limit.
    pub connections_per_address: usize,
    /// Proxies, whose connections are many people's and are not counted by address.
    pub proxies: TrustedProxies,
    /// Seconds for the first bytes of a connection, and for the headers of a request.
    pub header_seconds: u64,
    /// Seconds for running requests to end at shutdown.
    pub shutdown_seconds: u64,
}

/// Serves until `stop` ends, then lets running requests end.
pub async fn listen(listener: TcpListener, router: Router, settings: ListenSettings, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(settings.connections));
    let crowd = Crowd::new(settings.connections_per_address);
    let graceful = GracefulShutdown::new();
    let patience = Duration::from_secs(settings.header_seconds);
    let builder = builder(patience);
    tokio::pin!(stop);
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = &mut stop => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (place, stream, peer) = match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => (place, stream, peer),
            (_, Err(error)) if is_of_the_connection(&error) => continue,
            (_, outcome) => {
                // Trying again at once would fail again at once.
                tracing::warn!(error = ?outcome.err(), "no connection could be accepted");
                drop(tokio::time::timeout(REST, std::future::pending::<()>()).await);
                continue;
            }
        };
        let Some(seat) = crowd.seat(peer.ip(), &settings.proxies) else {
            tracing::debug!(%peer, "an address has too many connections");
            continue;
        };
        let stream = TokioIo::new(Opening::new(prepared(stream), patience));
        let connection = builder.serve_connection(stream, service(router.clone(), peer)).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended early");
            }
            drop((place, seat));
        });
    }
    drop(listener);
    let patience = Duration::from_secs(settings.shutdown_seconds);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running at shutdown");
    }
}

fn builder(patience: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ALIVE_EVERY)
        .keep_alive_timeout(ALIVE_WITHIN)
        .max_concurrent_streams(256)
        .max_header_list_size(32 * 1024);
    builder
}

/// Whether an error of accepting is about the one connection, which its client has given up already.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn prepared(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    stream
}

fn service(
    router: Router,
    peer: SocketAddr,
) -> impl hyper::service::Service<
    hyper::Request<hyper::body::Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future = impl Future<Output = Result<axum::response::Response, std::convert::Infallible>> + Send,
> + Send {
    hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer);
        router.clone().call(request)
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "these clients knock at a listener of their own")]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn listening(proxies: &[&str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let proxies: Vec<String> = proxies.iter().map(|&proxy| proxy.to_owned()).collect();
        let bounds = ListenSettings {
            connections: 8,
            connections_per_address: 2,
            proxies: TrustedProxies::parse(&proxies).unwrap(),
            header_seconds: 1,
            shutdown_seconds: 1,
        };
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        tokio::spawn(listen(listener, router, bounds, std::future::pending()));
        address
    }

    async fn said(address: SocketAddr, words: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words).await.unwrap();
        stream
    }

    /// Whether the other end closes the connection before long.
    async fn is_closed(stream: &mut TcpStream) -> bool {
        let mut bytes = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.is_ok()
    }

    async fn is_served(address: SocketAddr) -> bool {
        let mut stream = said(address, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        let mut text = String::new();
        drop(tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut text)).await);
        text.ends_with("here")
    }

    #[tokio::test]
    async fn who_says_nothing_or_half_a_word_is_shown_out() {
        let address = listening(&["127.0.0.1"]).await;
        for words in ["", "P", "PRI * HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nhost"] {
            let mut silent = said(address, words.as_bytes()).await;
            assert!(is_closed(&mut silent).await, "{words:?}");
        }
        assert!(is_served(address).await);
    }

    #[tokio::test]
    async fn an_address_has_so_many_connections_and_no_more() {
        let address = listening(&[]).await;
        let held = [said(address, b"").await, said(address, b"").await];
        assert!(!is_served(address).await);
        drop(held);
        let mut rounds = 0..50;
        while rounds.next().is_some() && !is_served(address).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(rounds.next().is_some());
    }

    #[tokio::test]
    async fn the_connections_of_a_proxy_are_not_counted() {
        let address = listening(&["127.0.0.0/8"]).await;
        let _held = [said(address, b"").await, said(address, b"").await, said(address, b"").await];
        assert!(is_served(address).await);
    }
}
