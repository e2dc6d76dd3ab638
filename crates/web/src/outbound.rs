//! The one outbound client: every call to an address that somebody else chose goes through here, and only from jobs.
//! Rule: an address is resolved once, checked, and the connection goes to what was checked; each redirect starts
//! over. Deliberately absent: proxies of the environment, cookies, decompression, connections kept for later.

mod hop;
mod networks;
mod target;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::config::BAD_SETTING;
use base::{Error, Result};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;

use crate::codes::{OUTBOUND_FAILED, OUTBOUND_TOO_SLOW};
use hop::Hop;
pub use hop::OutboundRequest;
use target::{Guard, Resolver, SystemResolver};

/// Redirects of one call.
const MOST_REDIRECTS: usize = 3;
/// Bytes of a body, sent or read.
const MOST_BYTES: usize = 1024 * 1024;
/// Seconds a setting may ask for; a job holds a worker as long.
const MOST_SECONDS: u64 = 60;

/// The bounds of calls, and what they may reach beside the public internet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// Hosts on internal networks that may be called: names or addresses, each with or without a port.
    pub allow: Vec<String>,
    /// Seconds for a whole call, redirects included; 1 to 60.
    pub total_seconds: u64,
    /// Seconds to reach an address, TLS included; 1 to 60.
    pub connect_seconds: u64,
}

impl OutboundSettings {
    /// Refuses settings no client can be made of.
    pub fn check(&self) -> Result<()> {
        Outbound::new(self).map(drop)
    }
}

/// What came back at the end of the redirects, whatever its status.
pub struct OutboundAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it was sent, up to 1 MiB.
    pub body: Bytes,
    /// Whether there was more of the body than was read.
    pub is_cut: bool,
}

/// The client. Cheap to clone; holds no connection between calls.
#[derive(Clone)]
pub struct Outbound {
    guard: Guard,
    tls: ClientConfig,
    total: Duration,
    connect: Duration,
}

impl Outbound {
    /// A client with these bounds; fails on a wrong setting.
    pub fn new(settings: &OutboundSettings) -> Result<Outbound> {
        Outbound::with_resolver(settings, Arc::new(SystemResolver))
    }

    fn with_resolver(settings: &OutboundSettings, resolver: Arc<dyn Resolver>) -> Result<Outbound> {
        Ok(Outbound {
            guard: Guard::new(&settings.allow, resolver)?,
            tls: tls()?,
            total: seconds(settings.total_seconds)?,
            connect: seconds(settings.connect_seconds)?,
        })
    }

    /// Sends a request and reads the answer; any status is an answer, also 4xx and 5xx.
    ///
    /// # Errors
    /// `outbound_refused`, `outbound_failed`, `outbound_too_slow`, `outbound_too_large`.
    pub async fn send(&self, request: OutboundRequest) -> Result<OutboundAnswer> {
        let first = Hop::first(request, MOST_BYTES)?;
        let answer = tokio::time::timeout(self.total, self.follow(first)).await;
        answer.unwrap_or_else(|_| Err(OUTBOUND_TOO_SLOW.error()))
    }

    async fn follow(&self, mut hop: Hop) -> Result<OutboundAnswer> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self.call(&hop).await?;
            match hop.next(response.status(), response.headers())? {
                Some(next) => hop = next,
                None => return read(response).await,
            }
        }
        Err(OUTBOUND_FAILED.because(format!("The address redirected more than {MOST_REDIRECTS} times.")))
    }

    async fn call(&self, hop: &Hop) -> Result<reqwest::Response> {
        let addresses = self.guard.addresses(&hop.url).await?;
        let client = self.pinned(hop.url.host_str().unwrap_or_default(), &addresses)?;
        let request = client.request(hop.method.clone(), hop.url.clone()).headers(hop.headers.clone());
        request.body(hop.body.clone()).send().await.map_err(failed)
    }

    /// A client for one hop, which knows this host and cannot look up another.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes a client; the addresses are checked")]
    fn pinned(&self, host: &str, addresses: &[SocketAddr]) -> Result<reqwest::Client> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .resolve_to_addrs(host, addresses)
            .dns_resolver(NoLookup)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .pool_max_idle_per_host(0)
            .connect_timeout(self.connect);
        client.build().map_err(failed)
    }
}

/// Refuses every name: the checked one is pinned and is never looked up again.
struct NoLookup;

impl Resolve for NoLookup {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::ready(Err("only the checked name is called".into())))
    }
}

/// TLS with the public roots, from nothing the process or the machine sets.
fn tls() -> Result<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| OUTBOUND_FAILED.error().caused_by(error))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

fn seconds(number: u64) -> Result<Duration> {
    if (1..=MOST_SECONDS).contains(&number) {
        Ok(Duration::from_secs(number))
    } else {
        Err(BAD_SETTING.because(format!("The seconds of `outbound` are 1 to {MOST_SECONDS}.")))
    }
}

/// Reads an answer as it comes and stops at the bound, whatever length it claims.
async fn read(mut response: reqwest::Response) -> Result<OutboundAnswer> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    let mut is_cut = false;
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let part = chunk.get(..MOST_BYTES.saturating_sub(body.len())).unwrap_or(&chunk);
        body.extend_from_slice(part);
        is_cut = part.len() < chunk.len();
        if is_cut {
            break;
        }
    }
    Ok(OutboundAnswer { status, headers, body: body.into(), is_cut })
}

/// The error for people, with its causes for the logs; the URL stays out, it may hold a secret.
fn failed(error: reqwest::Error) -> Error {
    let code = if error.is_timeout() { &OUTBOUND_TOO_SLOW } else { &OUTBOUND_FAILED };
    let error = error.without_url();
    let mut causes = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        causes = format!("{causes}: {cause}");
        next = cause.source();
    }
    code.error().caused_by(causes)
}
