//! Where a call may go: the form of the address, its port, and every network address its name stands for.
//! Rule: a name is resolved once per hop and all it stands for is checked; one bad address refuses the whole.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use base::Result;
use base::config::BAD_SETTING;
use futures_util::future::BoxFuture;
use reqwest::Url;

use super::networks::{Reach, reach};
use crate::codes::{OUTBOUND_FAILED, OUTBOUND_REFUSED};

/// Turns a name into network addresses; tests bring their own.
pub(super) trait Resolver: Send + Sync {
    /// The addresses of a name, with the port to call.
    fn addresses<'a>(&'a self, name: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// The operating system's resolver.
pub(super) struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses<'a>(&'a self, name: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
    }
}

/// The check in front of every hop.
#[derive(Clone)]
pub(super) struct Guard {
    allowed: Vec<Allowed>,
    resolver: Arc<dyn Resolver>,
}

impl Guard {
    /// A guard that lets through what is public, and the hosts of the allow-list.
    pub(super) fn new(allow: &[String], resolver: Arc<dyn Resolver>) -> Result<Guard> {
        let allowed = allow.iter().map(|text| Allowed::parse(text)).collect::<Result<_>>()?;
        Ok(Guard { allowed, resolver })
    }

    /// The checked addresses of a URL; the connection goes to one of these and to nothing else.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>> {
        let (host, port) = self.door(url)?;
        let found = match &host {
            Host::Address(address) => vec![SocketAddr::new(*address, port)],
            Host::Name(_) => self.resolve(url.host_str().unwrap_or_default(), port).await?,
        };
        if found.iter().all(|address| self.may_reach(&host, *address)) {
            Ok(found)
        } else {
            Err(OUTBOUND_REFUSED.because("The address leads into a network this server does not call."))
        }
    }

    /// Host and port, when the form of the URL is one we call.
    fn door(&self, url: &Url) -> Result<(Host, u16)> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OUTBOUND_REFUSED.because("Only http and https are called."));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OUTBOUND_REFUSED.because("An address with a user name or password is not called."));
        }
        let (Some(host), Some(port)) = (Host::of(url), url.port_or_known_default()) else {
            return Err(OUTBOUND_REFUSED.because("The address has no host."));
        };
        let is_usual = matches!(port, 80 | 443 | 1024..);
        if !is_usual && !self.allowed.iter().any(|one| one.host == host && one.port == Some(port)) {
            return Err(OUTBOUND_REFUSED.because("Of the ports below 1024 only 80 and 443 are called."));
        }
        Ok((host, port))
    }

    async fn resolve(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>> {
        let nowhere = || OUTBOUND_FAILED.because("The name of the address cannot be resolved.");
        let found = self.resolver.addresses(name, port).await.map_err(|error| nowhere().caused_by(error))?;
        if found.is_empty() { Err(nowhere()) } else { Ok(found) }
    }

    fn may_reach(&self, host: &Host, address: SocketAddr) -> bool {
        let mut open = self.allowed.iter().filter(|one| one.port.is_none_or(|port| port == address.port()));
        let itself = Host::Address(address.ip().to_canonical());
        match reach(address.ip()) {
            Reach::Public => true,
            Reach::Internal => open.any(|one| one.host == *host || one.host == itself),
            Reach::Never => open.any(|one| one.host == itself),
        }
    }
}

/// A host as an address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Name(String),
}

impl Host {
    /// The host of a URL; its parser has already turned decimal, octal and hexadecimal forms into plain IPv4.
    fn of(url: &Url) -> Option<Host> {
        let text = url.host_str().filter(|text| !text.is_empty())?;
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        Some(match bare.parse::<IpAddr>() {
            Ok(address) => Host::Address(address.to_canonical()),
            Err(_) => Host::Name(text.trim_end_matches('.').to_owned()),
        })
    }
}

/// An entry of the allow-list: a host, and the one port it is open on.
#[derive(Clone, Debug)]
struct Allowed {
    host: Host,
    port: Option<u16>,
}

impl Allowed {
    /// Reads `host`, `host:port`, an IPv4 or IPv6 address, or `[IPv6]:port`.
    fn parse(text: &str) -> Result<Allowed> {
        let text = text.trim();
        let read = || match text.parse::<IpAddr>() {
            Ok(address) => Some(Allowed { host: Host::Address(address.to_canonical()), port: None }),
            Err(_) => Allowed::with_port(text),
        };
        read().ok_or_else(|| {
            BAD_SETTING.because("`outbound.allow` takes hosts such as \"10.0.0.5\" or \"hooks.internal:8443\".")
        })
    }

    fn with_port(text: &str) -> Option<Allowed> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text, None),
        };
        if name.is_empty() || name.contains(['/', '@', '?', '#', '\\', '*']) {
            return None;
        }
        let url = Url::parse(&format!("http://{name}/")).ok()?;
        let host = Host::of(&url).filter(|_| url.port().is_none())?;
        Some(Allowed { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> (Host, Option<u16>) {
        let one = Allowed::parse(text).unwrap();
        (one.host, one.port)
    }

    #[test]
    fn the_allow_list_takes_hosts_with_and_without_a_port() {
        let address = |text: &str| Host::Address(text.parse().unwrap());
        assert_eq!(allowed("10.0.0.5"), (address("10.0.0.5"), None));
        assert_eq!(allowed("10.0.0.5:25"), (address("10.0.0.5"), Some(25)));
        assert_eq!(allowed("fd12::1"), (address("fd12::1"), None));
        assert_eq!(allowed("[fd12::1]:8443"), (address("fd12::1"), Some(8443)));
        assert_eq!(allowed("Hooks.Internal:8443"), (Host::Name("hooks.internal".into()), Some(8443)));
    }

    #[test]
    fn an_entry_that_is_no_host_is_a_wrong_setting() {
        for text in ["", "http://a", "a/b", "a:b", "a:70000", "*.internal", "user@a", "a:1:2", "10.0.0.0/8"] {
            let refused = Allowed::parse(text).unwrap_err();
            assert_eq!(refused.name(), "bad_setting", "{text}");
        }
    }
}
