use core::net::IpAddr;

use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

/// Functions that make addresses and ranges (section 5).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    let [value] = operands else {
        return None;
    };
    match (name, value) {
        ("ip", Value::Ip(_)) | ("cidr", Value::Cidr { .. }) => Some(Ok(value.clone())),
        ("ip", Value::String(text)) => Some(parse_ip(text).map(Value::Ip)),
        ("cidr", Value::String(text)) => {
            Some(parse_cidr(text).map(|(address, prefix)| Value::Cidr { address, prefix }))
        }
        ("isIP", Value::String(text)) => Some(Ok(Value::Bool(parse_ip(text).is_ok()))),
        ("isCIDR", Value::String(text)) => Some(Ok(Value::Bool(parse_cidr(text).is_ok()))),
        ("ip.isCanonical", Value::String(text)) => {
            Some(parse_ip(text).map(|address| Value::Bool(address.to_string() == *text)))
        }
        _ => None,
    }
}

/// Methods of addresses and ranges (section 5).
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    match operands {
        [Value::Ip(address)] => of_address(name, *address),
        [Value::Cidr { address, prefix }] => of_range(name, *address, *prefix),
        [Value::Cidr { address, prefix }, argument] => holds(name, (*address, *prefix), argument),
        _ => None,
    }
}

fn of_address(name: &str, address: IpAddr) -> Answer {
    Some(Ok(Value::Bool(match name {
        "family" => return Some(Ok(Value::Int(if address.is_ipv4() { 4 } else { 6 }))),
        "isUnspecified" => is_in(address, &["0.0.0.0/32", "::/128"]),
        "isLoopback" => is_in(address, &["127.0.0.0/8", "::1/128"]),
        "isLinkLocalUnicast" => is_in(address, &["169.254.0.0/16", "fe80::/10"]),
        "isLinkLocalMulticast" => is_link_local_multicast(address),
        "isGlobalUnicast" => {
            let others = ["0.0.0.0/32", "::/128", "127.0.0.0/8", "::1/128", "169.254.0.0/16"];
            let more = ["fe80::/10", "224.0.0.0/4", "ff00::/8", "255.255.255.255/32"];
            !is_in(address, &others) && !is_in(address, &more)
        }
        _ => return None,
    })))
}

fn of_range(name: &str, address: IpAddr, prefix: u8) -> Answer {
    let masked = masked(address, prefix);
    Some(Ok(match name {
        "ip" => Value::Ip(address),
        "prefixLength" => Value::Int(i64::from(prefix)),
        "masked" => Value::Cidr { address: masked, prefix },
        "isMask" => Value::Bool(masked == address),
        _ => return None,
    }))
}

fn holds(name: &str, range: (IpAddr, u8), argument: &Value) -> Answer {
    let held = match (name, argument) {
        ("containsIP", Value::Ip(address)) => Ok((*address, size(*address))),
        ("containsIP", Value::String(text)) => parse_ip(text).map(|ip| (ip, size(ip))),
        ("containsCIDR", Value::Cidr { address, prefix }) => Ok((*address, *prefix)),
        ("containsCIDR", Value::String(text)) => parse_cidr(text),
        _ => return None,
    };
    Some(held.map(|held| Value::Bool(contains(range, held))))
}

/// Whether all addresses of `other` are in `range`.
fn contains((address, prefix): (IpAddr, u8), (other, other_prefix): (IpAddr, u8)) -> bool {
    address.is_ipv4() == other.is_ipv4()
        && other_prefix >= prefix
        && masked(address, prefix) == masked(other, prefix)
}

fn is_in(address: IpAddr, ranges: &[&str]) -> bool {
    ranges.iter().any(|range| {
        let range = parse_cidr(range).expect("they are written out here");
        contains(range, (address, size(address)))
    })
}

/// `224.0.0.0/24`, and `ffX2::/16` for any X.
fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => is_in(address, &["224.0.0.0/24"]),
        IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
    }
}

/// How many bits an address has.
fn size(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address with all bits behind the prefix cleared.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    let behind = u32::from(size(address) - prefix);
    match address {
        IpAddr::V4(address) => {
            let cleared = u32::MAX.checked_shl(behind).unwrap_or(0);
            IpAddr::V4((address.to_bits() & cleared).into())
        }
        IpAddr::V6(address) => {
            let cleared = u128::MAX.checked_shl(behind).unwrap_or(0);
            IpAddr::V6((address.to_bits() & cleared).into())
        }
    }
}

pub(in crate::oracle) fn parse_ip(text: &str) -> Result<IpAddr, Fault> {
    match text.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_some() => {
            Err(Fault::InvalidArgument)
        }
        Ok(address) => Ok(address),
        Err(_) => Err(Fault::InvalidArgument),
    }
}

pub(in crate::oracle) fn parse_cidr(text: &str) -> Result<(IpAddr, u8), Fault> {
    let (address, digits) = text.split_once('/').ok_or(Fault::InvalidArgument)?;
    let address = parse_ip(address)?;
    let prefix: u8 = digits.parse().map_err(|_| Fault::InvalidArgument)?;
    // Written in one way only: no sign, no zeros before it.
    let fits = prefix <= size(address) && prefix.to_string() == digits;
    fits.then_some((address, prefix)).ok_or(Fault::InvalidArgument)
}
