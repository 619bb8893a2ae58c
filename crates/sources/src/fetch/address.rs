//! Which addresses belong to the internet at large: the others are reached only when a person named the host.
//!
//! After the registries of special-purpose addresses (RFC 6890 and its successors at IANA).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the internet: not private, loopback, link-local, unique-local, of a carrier's network,
/// multicast, reserved, or one of those in the clothes of IPv6.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match (a, b, c) {
        // This network, private use, loopback, multicast, reserved and broadcast.
        (0 | 10 | 127 | 224.., ..) => true,
        // Shared by the customers of a carrier.
        (100, 64..=127, _) => true,
        (169, 254, _) => true,
        (172, 16..=31, _) => true,
        // Protocol assignments, documentation, relays of 6to4.
        (192, 0, 0 | 2) | (192, 88, 99) => true,
        (192, 168, _) => true,
        // Measurements of networks, and documentation.
        (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Mapped addresses of IPv4, and their old spelling.
        (0, 0) if (c, d, e) == (0, 0, 0) && (f == 0 || f == 0xffff) => v4(g, h),
        // Translated ones, of the internet; the other prefix is for the use inside a network.
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => v4(g, h),
        // 6to4 holds the address of its gateway.
        (0x2002, _) => v4(b, c),
        // Protocol assignments (Teredo is one of them), documentation.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, 0..=0xfff) => false,
        // The only range that is given out.
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        let check = |ip: &str, expected: bool| assert_eq!(is_public(ip.parse().unwrap()), expected, "{ip}");
        check("93.184.216.34", true);
        check("8.8.8.8", true);
        check("172.15.0.1", true);
        check("172.32.0.1", true);
        check("100.63.0.1", true);
        check("192.0.1.1", true);
        check("223.255.255.255", true);
        check("0.0.0.0", false);
        check("0.1.2.3", false);
        check("10.1.2.3", false);
        check("100.64.0.1", false);
        check("100.127.255.255", false);
        check("127.0.0.1", false);
        check("127.255.0.9", false);
        check("169.254.169.254", false);
        check("172.16.0.1", false);
        check("172.31.255.255", false);
        check("192.0.0.1", false);
        check("192.0.2.1", false);
        check("192.168.1.1", false);
        check("198.18.0.1", false);
        check("198.51.100.7", false);
        check("203.0.113.7", false);
        check("224.0.0.1", false);
        check("239.255.255.255", false);
        check("240.0.0.1", false);
        check("255.255.255.255", false);
        check("2606:2800:220:1:248:1893:25c8:1946", true);
        check("2a00:1450:4001::1", true);
        check("::", false);
        check("::1", false);
        check("::7f00:1", false);
        check("::ffff:127.0.0.1", false);
        check("::ffff:10.0.0.1", false);
        check("::ffff:8.8.8.8", true);
        check("64:ff9b::7f00:1", false);
        check("64:ff9b::808:808", true);
        check("64:ff9b:1::808:808", false);
        check("2002:7f00:1::", false);
        check("2002:808:808::", true);
        check("2001::1", false);
        check("2001:db8::1", false);
        check("3fff::1", false);
        check("fc00::1", false);
        check("fd12:3456::1", false);
        check("fe80::1", false);
        check("fec0::1", false);
        check("ff02::1", false);
        check("100::1", false);
        check("5f00::1", false);
    }

    proptest! {
        #[test]
        fn clothes_of_ipv6_do_not_make_an_address_public(bits: u32) {
            let ip = Ipv4Addr::from_bits(bits);
            let expected = is_public(IpAddr::V4(ip));
            let [a, b, c, d] = ip.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            prop_assert_eq!(is_public(IpAddr::V6(ip.to_ipv6_mapped())), expected);
            prop_assert_eq!(is_public(IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low))), expected);
            prop_assert_eq!(is_public(IpAddr::V6(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1))), expected);
        }

        #[test]
        fn what_the_standard_library_calls_special_is_not_public(bits: u32) {
            let ip = Ipv4Addr::from_bits(bits);
            let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast()
                || ip.is_broadcast() || ip.is_documentation() || ip.is_unspecified();
            prop_assert!(!(special && is_public(IpAddr::V4(ip))));
        }
    }
}
