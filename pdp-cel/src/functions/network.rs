//! IP addresses and ranges of them.

use core::net::{IpAddr, Ipv4Addr};

use super::{Function, Made};
use crate::operand::Operand;
use crate::{Cidr, Fault, parse_ip};

/// `ip(text)`, `cidr(text)`, `range.containsIP(address)` …
pub(super) fn call<'e>(function: Function, arguments: &[Operand<'e>]) -> Made<'e> {
    use Function as F;
    Ok(match (function, arguments) {
        (F::Ip, [Operand::Ip(_)]) | (F::Cidr, [Operand::Cidr(_)]) => arguments[0].clone(),
        (F::Ip, [Operand::Text(text)]) => Operand::Ip(address(text)?),
        (F::Cidr, [Operand::Text(text)]) => Operand::Cidr(range(text)?),
        (F::IsIp, [Operand::Text(text)]) => Operand::Bool(parse_ip(text).is_some()),
        (F::IsCidr, [Operand::Text(text)]) => Operand::Bool(Cidr::parse(text).is_some()),
        (F::IsCanonical, [Operand::Text(text)]) => {
            Operand::Bool(address(text)?.to_string() == **text)
        }
        (_, [Operand::Ip(address)]) => of_address(function, *address)?,
        (_, [Operand::Cidr(range)]) => of_range(function, *range)?,
        (F::ContainsIp, [Operand::Cidr(range), Operand::Ip(address)]) => {
            Operand::Bool(range.contains_ip(*address))
        }
        (F::ContainsIp, [Operand::Cidr(range), Operand::Text(text)]) => {
            Operand::Bool(range.contains_ip(address(text)?))
        }
        (F::ContainsCidr, [Operand::Cidr(outer), Operand::Cidr(inner)]) => {
            Operand::Bool(outer.contains(*inner))
        }
        (F::ContainsCidr, [Operand::Cidr(outer), Operand::Text(text)]) => {
            Operand::Bool(outer.contains(range(text)?))
        }
        _ => return Err(Fault::NoSuchOverload),
    })
}

fn address(text: &str) -> Result<IpAddr, Fault> {
    parse_ip(text).ok_or(Fault::InvalidArgument)
}

fn range(text: &str) -> Result<Cidr, Fault> {
    Cidr::parse(text).ok_or(Fault::InvalidArgument)
}

fn of_address<'e>(function: Function, address: IpAddr) -> Made<'e> {
    Ok(Operand::Bool(match function {
        Function::Family => return Ok(Operand::Int(if address.is_ipv4() { 4 } else { 6 })),
        Function::IsUnspecified => address.is_unspecified(),
        Function::IsLoopback => address.is_loopback(),
        Function::IsGlobalUnicast => is_global_unicast(address),
        Function::IsLinkLocalMulticast => match address {
            IpAddr::V4(address) => address.octets()[..3] == [224, 0, 0],
            IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
        },
        Function::IsLinkLocalUnicast => is_link_local_unicast(address),
        _ => return Err(Fault::NoSuchOverload),
    }))
}

fn is_link_local_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Whether an address is one host's, here or elsewhere: private networks count, too.
fn is_global_unicast(address: IpAddr) -> bool {
    address != IpAddr::V4(Ipv4Addr::BROADCAST)
        && !address.is_unspecified()
        && !address.is_loopback()
        && !address.is_multicast()
        && !is_link_local_unicast(address)
}

fn of_range<'e>(function: Function, range: Cidr) -> Made<'e> {
    Ok(match function {
        Function::Address => Operand::Ip(range.address()),
        Function::Masked => Operand::Cidr(range.masked()),
        Function::PrefixLength => Operand::Int(i64::from(range.prefix())),
        Function::IsMask => Operand::Bool(range.masked() == range),
        _ => return Err(Fault::NoSuchOverload),
    })
}
