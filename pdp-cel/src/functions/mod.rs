//! What can be called: the standard functions of CEL and the extensions that are offered.

mod conversions;
mod encoders;
mod format;
mod math;
mod network;
mod optionals;
pub(crate) mod sets;
mod strings;
mod table;
pub(crate) mod times;

pub use encoders::base64_text;
pub(crate) use table::{Function, Style, find, functions};

use crate::Fault;
use crate::fault::Meter;
use crate::operand::Operand;

/// What a function makes of its arguments.
type Made<'e> = Result<Operand<'e>, Fault>;

/// Calls a function; of a method, the target is the first argument.
pub(crate) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    use Function as F;
    match function {
        F::Size | F::Type | F::Dyn => conversions::about(function, arguments, meter),
        F::Bool
        | F::Int
        | F::Uint
        | F::Double
        | F::String
        | F::Bytes
        | F::Timestamp
        | F::Duration => conversions::convert(function, arguments, meter),
        F::Year
        | F::Month
        | F::DayOfYear
        | F::DayOfMonth
        | F::Date
        | F::DayOfWeek
        | F::Hours
        | F::Minutes
        | F::Seconds
        | F::Milliseconds => times::call(function, arguments),
        F::Matches
        | F::CharAt
        | F::IndexOf
        | F::LastIndexOf
        | F::Join
        | F::LowerAscii
        | F::UpperAscii
        | F::Replace
        | F::Split
        | F::Substring
        | F::Trim
        | F::Reverse
        | F::Quote => strings::call(function, arguments, meter),
        F::Format => format::call(arguments, meter),
        F::Greatest
        | F::Least
        | F::Ceil
        | F::Floor
        | F::Round
        | F::Trunc
        | F::Abs
        | F::Sign
        | F::IsNan
        | F::IsInf
        | F::IsFinite
        | F::BitAnd
        | F::BitOr
        | F::BitXor
        | F::BitNot
        | F::ShiftLeft
        | F::ShiftRight
        | F::Sqrt => math::call(function, arguments, meter),
        F::Base64Encode | F::Base64Decode => encoders::call(function, arguments, meter),
        F::SetsContains | F::SetsIntersects | F::SetsEquivalent => {
            sets::call(function, arguments, meter)
        }
        F::Ip
        | F::Cidr
        | F::IsIp
        | F::IsCidr
        | F::IsCanonical
        | F::Family
        | F::IsUnspecified
        | F::IsLoopback
        | F::IsGlobalUnicast
        | F::IsLinkLocalMulticast
        | F::IsLinkLocalUnicast
        | F::IsMask
        | F::ContainsIp
        | F::ContainsCidr
        | F::Address
        | F::Masked
        | F::PrefixLength => network::call(function, arguments),
        F::OptionalOf
        | F::OptionalNone
        | F::OptionalOfNonZero
        | F::HasValue
        | F::Value
        | F::Unwrap
        | F::First
        | F::Last => optionals::call(function, arguments, meter),
        // These look at their second argument only if they must: the evaluator has them.
        F::Or | F::OrValue => Err(Fault::NoSuchOverload),
    }
}

/// A number of items as a value.
fn count(items: usize) -> Operand<'static> {
    Operand::Int(i64::try_from(items).unwrap_or(i64::MAX))
}
