//! Addresses and networks.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::engine::failure::Failure;

/// An address as text has it; one of version 4 within version 6 is of version 4.
///
/// # Errors
/// `illegal_argument_exception` for other text.
pub(in super::super) fn parse(text: &str) -> Result<IpAddr, Failure> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(address.to_canonical()),
        Err(_) => Err(Failure::illegal_argument(format!(
            "'{text}' is not an IP string literal."
        ))),
    }
}

/// A network that addresses may lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    Loopback,
    Unicast,
    LinkLocalUnicast,
    InterfaceLocalMulticast,
    LinkLocalMulticast,
    Multicast,
    Unspecified,
    Private,
    Public,
    /// An address and how many bits of it count.
    Range(IpAddr, u8),
}

impl Network {
    /// A network by its name or in CIDR notation.
    ///
    /// # Errors
    /// `illegal_argument_exception` for other text.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        Ok(match text {
            "loopback" => Self::Loopback,
            "global_unicast" | "unicast" => Self::Unicast,
            "link_local_unicast" => Self::LinkLocalUnicast,
            "interface_local_multicast" => Self::InterfaceLocalMulticast,
            "link_local_multicast" => Self::LinkLocalMulticast,
            "multicast" => Self::Multicast,
            "unspecified" => Self::Unspecified,
            "private" => Self::Private,
            "public" => Self::Public,
            _ => return range(text),
        })
    }

    /// Whether an address lies in it.
    pub(super) fn holds(self, address: IpAddr) -> bool {
        let broadcast = address == IpAddr::V4(Ipv4Addr::BROADCAST);
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Unicast => {
                let others = [
                    Self::Unspecified,
                    Self::Loopback,
                    Self::Multicast,
                    Self::LinkLocalUnicast,
                ];
                !broadcast && !others.iter().any(|other| other.holds(address))
            }
            Self::LinkLocalUnicast => match address {
                IpAddr::V4(address) => address.is_link_local(),
                IpAddr::V6(address) => address.segments()[0] & 0xffc0 == 0xfe80,
            },
            Self::InterfaceLocalMulticast => multicast_scope(address) == Some(1),
            Self::LinkLocalMulticast => match address {
                IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
                IpAddr::V6(_) => multicast_scope(address) == Some(2),
            },
            Self::Multicast => address.is_multicast(),
            Self::Unspecified => address.is_unspecified(),
            Self::Private => match address {
                IpAddr::V4(address) => address.is_private(),
                IpAddr::V6(address) => address.octets()[0] == 0xfd,
            },
            Self::Public => {
                let others = [
                    Self::Private,
                    Self::Loopback,
                    Self::Unspecified,
                    Self::LinkLocalUnicast,
                    Self::LinkLocalMulticast,
                    Self::InterfaceLocalMulticast,
                ];
                !broadcast && !others.iter().any(|other| other.holds(address))
            }
            Self::Range(start, bits) => match (start, address) {
                (IpAddr::V4(start), IpAddr::V4(address)) => {
                    let shift = 32 - u32::from(bits);
                    u32::from(start).checked_shr(shift) == u32::from(address).checked_shr(shift)
                }
                (IpAddr::V6(start), IpAddr::V6(address)) => {
                    let shift = 128 - u32::from(bits);
                    u128::from(start).checked_shr(shift) == u128::from(address).checked_shr(shift)
                }
                _ => false,
            },
        }
    }
}

/// How far a multicast address of version 6 reaches.
fn multicast_scope(address: IpAddr) -> Option<u8> {
    match address {
        IpAddr::V6(address) if address.is_multicast() => Some(address.octets()[1] & 15),
        _ => None,
    }
}

fn range(text: &str) -> Result<Network, Failure> {
    let Some((start, bits)) = text.split_once('/') else {
        return Err(Failure::illegal_argument(format!(
            "Expected [ip/prefix] but was [{text}]"
        )));
    };
    let start = parse(start)?;
    let most = match start {
        IpAddr::V4(_) => Ipv4Addr::BITS,
        IpAddr::V6(_) => Ipv6Addr::BITS,
    };
    match bits.parse::<u8>() {
        Ok(bits) if u32::from(bits) <= most => Ok(Network::Range(start, bits)),
        Ok(bits) => Err(Failure::illegal_argument(format!(
            "Illegal prefix length [{bits}] in [{text}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges"
        ))),
        Err(_) => Err(Failure::illegal_argument(format!(
            "For input string: \"{bits}\""
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Network, parse};

    #[test]
    fn networks_by_name_and_by_range() {
        for (network, inside, outside) in [
            ("loopback", "127.1.2.3", "128.0.0.1"),
            ("loopback", "::1", "::2"),
            ("unicast", "8.8.8.8", "224.0.0.1"),
            ("global_unicast", "2001:db8::1", "ff02::1"),
            ("unicast", "10.0.0.1", "255.255.255.255"),
            ("link_local_unicast", "169.254.1.1", "169.255.1.1"),
            ("link_local_unicast", "fe80::1", "fec0::1"),
            ("interface_local_multicast", "ff01::1", "ff02::1"),
            ("link_local_multicast", "224.0.0.9", "224.0.1.9"),
            ("link_local_multicast", "ff02::1", "ff05::1"),
            ("multicast", "239.1.1.1", "1.1.1.1"),
            ("unspecified", "0.0.0.0", "0.0.0.1"),
            ("private", "172.16.5.4", "172.32.0.1"),
            ("private", "fd00::1", "fc00::1"),
            ("private", "::ffff:192.168.1.1", "::ffff:193.168.1.1"),
            ("public", "9.9.9.9", "10.9.9.9"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
        ] {
            let network = Network::parse(network).unwrap();
            assert!(
                network.holds(parse(inside).unwrap()),
                "{network:?} {inside}"
            );
            assert!(
                !network.holds(parse(outside).unwrap()),
                "{network:?} {outside}"
            );
        }
        for text in ["", "lan", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/x", "::/129"] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }
}
