//! Which networks an address belongs to: the public internet, an internal network, or none that is ever called.
//! Rule: IPv6 is refused unless it is known to be public (2000::/3); the ranges are IANA's special-purpose registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::peer::shares_prefix;

/// How far an address is from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// On the public internet.
    Public,
    /// On this machine or a private network; open to names on the allow-list.
    Internal,
    /// Metadata of a cloud, multicast, documentation and the like; open only when the address itself is listed.
    Never,
}

type Range<A> = (A, u8);

const INTERNAL_V4: [Range<Ipv4Addr>; 5] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),     // RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),  // carriers' shared space, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),    // loopback
    (Ipv4Addr::new(172, 16, 0, 0), 12),  // RFC 1918
    (Ipv4Addr::new(192, 168, 0, 0), 16), // RFC 1918
];

const NEVER_V4: [Range<Ipv4Addr>; 12] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8), // "this network"; many systems take it as loopback
    (Ipv4Addr::new(100, 100, 100, 200), 32), // metadata of Alibaba's cloud
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's host agent, a public address that only a guest reaches
    (Ipv4Addr::new(169, 254, 0, 0), 16), // link-local, with the metadata of most clouds
    (Ipv4Addr::new(192, 0, 0, 0), 24), // protocol assignments, with the metadata of Oracle's cloud
    (Ipv4Addr::new(192, 0, 2, 0), 24), // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24), // 6to4 relays
    (Ipv4Addr::new(198, 18, 0, 0), 15), // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24), // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4), // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4), // reserved, with broadcast
];

const INTERNAL_V6: [Range<Ipv6Addr>; 2] = [
    (Ipv6Addr::LOCALHOST, 128),                      // loopback
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7), // unique local
];

const NEVER_V6: [Range<Ipv6Addr>; 6] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, with Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which hides an IPv4 address
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32), // metadata of Amazon's cloud
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0), 32), // metadata of Google's cloud
];

/// What is given out as public; link-local, multicast, IPv4-compatible and future ranges lie outside.
const PUBLIC_V6: Range<Ipv6Addr> = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is really called.
const NAT64: Range<Ipv6Addr> = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// How far an address is; IPv4 inside IPv6 counts as that IPv4 address.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) if is_in(address, NAT64) => reach_v4(last_bits(address)),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let is_in_any = |ranges: &[Range<Ipv4Addr>]| ranges.iter().any(|range| is_in(address, *range));
    match () {
        () if is_in_any(&NEVER_V4) => Reach::Never,
        () if is_in_any(&INTERNAL_V4) => Reach::Internal,
        () => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let is_in_any = |ranges: &[Range<Ipv6Addr>]| ranges.iter().any(|range| is_in(address, *range));
    match () {
        () if is_in_any(&NEVER_V6) => Reach::Never,
        () if is_in_any(&INTERNAL_V6) => Reach::Internal,
        () if is_in(address, PUBLIC_V6) => Reach::Public,
        () => Reach::Never,
    }
}

fn is_in<A: Into<IpAddr>>(address: A, (network, bits): Range<A>) -> bool {
    shares_prefix(network.into(), address.into(), bits)
}

fn last_bits(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last address of each range that is not public.
    const TABLE: [(&str, Reach); 56] = [
        ("0.0.0.0", Reach::Never),
        ("0.255.255.255", Reach::Never),
        ("10.0.0.0", Reach::Internal),
        ("10.255.255.255", Reach::Internal),
        ("100.64.0.0", Reach::Internal),
        ("100.127.255.255", Reach::Internal),
        ("100.100.100.200", Reach::Never),
        ("127.0.0.1", Reach::Internal),
        ("127.255.255.255", Reach::Internal),
        ("168.63.129.16", Reach::Never),
        ("169.254.0.0", Reach::Never),
        ("169.254.169.254", Reach::Never),
        ("169.254.255.255", Reach::Never),
        ("172.16.0.0", Reach::Internal),
        ("172.31.255.255", Reach::Internal),
        ("192.0.0.192", Reach::Never),
        ("192.0.2.1", Reach::Never),
        ("192.88.99.1", Reach::Never),
        ("192.168.0.0", Reach::Internal),
        ("192.168.255.255", Reach::Internal),
        ("198.18.0.0", Reach::Never),
        ("198.19.255.255", Reach::Never),
        ("198.51.100.7", Reach::Never),
        ("203.0.113.7", Reach::Never),
        ("224.0.0.0", Reach::Never),
        ("239.255.255.255", Reach::Never),
        ("240.0.0.0", Reach::Never),
        ("255.255.255.255", Reach::Never),
        ("::", Reach::Never),
        ("::1", Reach::Internal),
        ("::2", Reach::Never),
        ("::127.0.0.1", Reach::Never),
        ("::8.8.8.8", Reach::Never),
        ("::ffff:127.0.0.1", Reach::Internal),
        ("::ffff:10.0.0.5", Reach::Internal),
        ("::ffff:169.254.169.254", Reach::Never),
        ("::ffff:0:10.0.0.5", Reach::Never),
        ("64:ff9b::10.0.0.5", Reach::Internal),
        ("64:ff9b::169.254.169.254", Reach::Never),
        ("64:ff9b:1::8.8.8.8", Reach::Never),
        ("100::1", Reach::Never),
        ("2001::1", Reach::Never),
        ("2001:1ff:ffff::1", Reach::Never),
        ("2001:db8::1", Reach::Never),
        ("2002:7f00:1::", Reach::Never),
        ("2002:808:808::", Reach::Never),
        ("3fff:fff::1", Reach::Never),
        ("5f00::1", Reach::Never),
        ("fc00::1", Reach::Internal),
        ("fdff:ffff::1", Reach::Internal),
        ("fd00:ec2::254", Reach::Never),
        ("fd20:ce::254", Reach::Never),
        ("fe80::1", Reach::Never),
        ("febf::1", Reach::Never),
        ("fec0::1", Reach::Never),
        ("ff02::1", Reach::Never),
    ];

    const NEIGHBOURS: [&str; 20] = [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ];

    #[test]
    fn every_special_range_is_known_at_its_edges() {
        for (address, expected) in TABLE {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn the_neighbours_of_special_ranges_are_public() {
        for address in NEIGHBOURS {
            assert_eq!(reach(address.parse().unwrap()), Reach::Public, "{address}");
        }
    }
}
