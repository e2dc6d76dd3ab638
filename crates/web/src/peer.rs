//! Who is at the other end of the connection: the socket's address, or what a trusted proxy says of it.
//! Rule: a header counts only when the socket belongs to a proxy that the settings name.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use base::{Code, Kind, Result};
use http::HeaderMap;

static BAD_PROXY: Code = Code::new(
    Kind::Unprocessable,
    "bad_setting",
    "`http.trusted_proxies` takes addresses or networks.",
    "Write them as in \"10.0.0.0/8\" or \"::1\".",
);

/// The address a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The key of volume limits: an IPv4 address, or the /64 of an IPv6 one.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// The networks whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<(IpAddr, u8)>);

impl TrustedProxies {
    /// Reads addresses and CIDR networks.
    pub fn parse(texts: &[String]) -> Result<TrustedProxies> {
        texts
            .iter()
            .map(|text| network(text).ok_or_else(|| BAD_PROXY.error()))
            .collect::<Result<_>>()
            .map(TrustedProxies)
    }

    /// The peer of a request: the last address of the chain that is not a trusted proxy.
    pub fn peer(&self, socket: SocketAddr, headers: &HeaderMap) -> Peer {
        let mut peer = socket.ip().to_canonical();
        let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
        for hop in hops.iter().rev() {
            if !self.holds(peer) {
                break;
            }
            match hop.parse::<IpAddr>() {
                Ok(address) => peer = address.to_canonical(),
                Err(_) => break,
            }
        }
        Peer(peer)
    }

    /// Whether an address belongs to a trusted proxy.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(network, bits)| shares_prefix(*network, address, *bits))
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address.parse::<IpAddr>().ok()?, bits.parse().ok()?),
        None => {
            let address = text.parse::<IpAddr>().ok()?;
            (address, if address.is_ipv4() { 32 } else { 128 })
        }
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some((address, bits))
}

/// Whether both addresses are of one family and begin with the same bits.
pub(crate) fn shares_prefix(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (u32::from(a) ^ u32::from(b)).checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (u128::from(a) ^ u128::from(b)).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(chain: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", chain.parse().unwrap());
        headers
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        let none = TrustedProxies::default();
        let socket = "203.0.113.9:1".parse().unwrap();
        assert_eq!(none.peer(socket, &headers("1.2.3.4")), Peer("203.0.113.9".parse().unwrap()));
    }

    #[test]
    fn behind_a_trusted_proxy_the_last_untrusted_hop_counts() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".to_owned()]).unwrap();
        let socket = "10.1.1.1:1".parse().unwrap();
        let peer = proxies.peer(socket, &headers("6.6.6.6, 198.51.100.7, 10.2.2.2"));
        assert_eq!(peer, Peer("198.51.100.7".parse().unwrap()));
    }

    #[test]
    fn ipv6_is_counted_by_its_network() {
        let one = Peer("2001:db8:1:2:aaaa::1".parse().unwrap());
        let other = Peer("2001:db8:1:2:bbbb::9".parse().unwrap());
        assert_eq!(one.network(), other.network());
    }
}
