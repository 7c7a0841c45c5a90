use core::net::IpAddr;
use std::fmt;

/// A range of IP addresses: an address, and how many of its leading bits all of the range share.
///
/// The bits behind the prefix are kept as they were written: `10.0.0.1/8` is not `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`.
    ///
    /// Addresses with a zone, IPv4 addresses mapped into IPv6 and prefixes with a leading zero are
    /// none.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address = parse_ip(address)?;
        let is_number = (1..=3).contains(&prefix.len())
            && prefix.bytes().all(|byte| byte.is_ascii_digit())
            && (prefix.len() == 1 || !prefix.starts_with('0'));
        let prefix = prefix.parse().ok().filter(|_| is_number)?;
        (prefix <= bits(address)).then_some(Cidr { address, prefix })
    }

    /// The address, as it was written.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// How many leading bits all addresses share.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// The range with all bits behind the prefix cleared.
    #[must_use]
    pub fn masked(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V4((address.to_bits() & mask).into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V6((address.to_bits() & mask).into())
            }
        };
        Cidr { address, ..self }
    }

    /// Whether an address lies in the range.
    pub fn contains_ip(self, address: IpAddr) -> bool {
        self.contains(Cidr { address, prefix: bits(address) })
    }

    /// Whether all of another range lies in this one.
    pub fn contains(self, other: Cidr) -> bool {
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.prefix <= other.prefix
            && Cidr { prefix: self.prefix, ..other }.masked().address == self.masked().address
    }
}

/// Reads an IP address; `None` for one with a zone and for an IPv4 address mapped into IPv6, which
/// would be a second way of writing the same host.
pub fn parse_ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    match address {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => None,
        address => Some(address),
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).expect(text)
    }

    #[test]
    fn ranges_hold_what_shares_their_prefix() {
        let ip = |text| parse_ip(text).expect(text);
        assert!(cidr("10.0.0.0/8").contains_ip(ip("10.255.0.1")));
        assert!(!cidr("10.0.0.0/8").contains_ip(ip("11.0.0.1")));
        assert!(cidr("0.0.0.0/0").contains_ip(ip("11.0.0.1")));
        assert!(!cidr("0.0.0.0/0").contains_ip(ip("::1")));
        assert!(cidr("2001:db8::/32").contains(cidr("2001:db8:1::/48")));
        assert!(!cidr("10.0.0.0/16").contains(cidr("10.0.0.0/8")));
        assert_eq!(cidr("192.168.7.9/24").masked().to_string(), "192.168.7.0/24");
        assert_eq!(cidr("::1/0").masked().to_string(), "::/0");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/08", "::/129"]
        {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
        for text in ["10.0.0", "::ffff:10.0.0.1", "fe80::1%eth0", "010.0.0.1", " 10.0.0.1", ""] {
            assert_eq!(parse_ip(text), None, "{text}");
        }
    }
}
