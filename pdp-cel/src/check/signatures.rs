//! Which types functions take, and what they make of them.

use crate::Type;
use crate::functions::Function;

/// A type in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Time,
    Length,
    Ip,
    Cidr,
    Kind,
    /// Anything, whatever it is.
    Anything,
    /// Open, as a result.
    Open,
    /// One type throughout the signature.
    Item,
    Items,
    Texts,
    AnyList,
    AnyMap,
    Maybe,
    Maybes,
}

/// The types of the arguments, the target first, and of the result.
pub(super) type Signature = (&'static [Sort], Sort);

impl Sort {
    /// Whether a value of `found` fits; `item` is what [`Sort::Item`] was found to be.
    pub(super) fn fits(self, found: &Type, item: &mut Option<Type>) -> bool {
        let mut is_item = |found: &Type| match item {
            Some(known) => match known.joined(found) {
                Some(joined) => {
                    *known = joined;
                    true
                }
                None => false,
            },
            None => {
                *item = Some(found.clone());
                true
            }
        };
        match (self, found) {
            // What it holds may be anything, too.
            (Sort::Item | Sort::Items | Sort::Maybe | Sort::Maybes, Type::Any) => {
                is_item(&Type::Any)
            }
            (_, Type::Any)
            | (Sort::Anything, _)
            | (Sort::AnyList, Type::List(_))
            | (Sort::AnyMap, Type::Map(..)) => true,
            (Sort::Item, found) => is_item(found),
            (Sort::Items, Type::List(inner)) | (Sort::Maybe, Type::Optional(inner)) => {
                is_item(inner)
            }
            (Sort::Maybes, Type::List(inner)) => match &**inner {
                Type::Optional(inner) => is_item(inner),
                Type::Any => is_item(&Type::Any),
                Type::Nothing => true,
                _ => false,
            },
            (Sort::Texts, Type::List(inner)) => {
                matches!(**inner, Type::String | Type::Any | Type::Nothing)
            }
            (sort, found) => sort.plain().as_ref() == Some(found),
        }
    }

    /// The type of a result; `item` is what [`Sort::Item`] was found to be.
    pub(super) fn made(self, item: Option<&Type>) -> Type {
        let item = || item.cloned().unwrap_or(Type::Any);
        match self {
            Sort::Item => item(),
            Sort::Items => Type::list(item()),
            Sort::Maybe => Type::Optional(Box::new(item())),
            Sort::Texts => Type::list(Type::String),
            sort => sort.plain().unwrap_or(Type::Any),
        }
    }

    fn plain(self) -> Option<Type> {
        Some(match self {
            Sort::Bool => Type::Bool,
            Sort::Int => Type::Int,
            Sort::Uint => Type::Uint,
            Sort::Double => Type::Double,
            Sort::Text => Type::String,
            Sort::Bytes => Type::Bytes,
            Sort::Time => Type::Timestamp,
            Sort::Length => Type::Duration,
            Sort::Ip => Type::Ip,
            Sort::Cidr => Type::Cidr,
            Sort::Kind => Type::Type,
            _ => return None,
        })
    }
}

/// The signatures of a function; `greatest` and `least`, which take any number of arguments, have
/// none.
pub(super) fn signatures(function: Function) -> &'static [Signature] {
    use Function as F;
    use Sort::{
        AnyList, AnyMap, Anything, Bool, Bytes, Cidr, Double, Int, Ip, Item, Items, Kind, Length,
        Maybe, Maybes, Open, Text, Texts, Time, Uint,
    };
    match function {
        F::Size => &[(&[Text], Int), (&[Bytes], Int), (&[AnyList], Int), (&[AnyMap], Int)],
        F::Type => &[(&[Anything], Kind)],
        F::Dyn => &[(&[Anything], Open)],
        F::Bool => &[(&[Bool], Bool), (&[Text], Bool)],
        F::Int => {
            &[(&[Int], Int), (&[Uint], Int), (&[Double], Int), (&[Text], Int), (&[Time], Int)]
        }
        F::Uint => &[(&[Uint], Uint), (&[Int], Uint), (&[Double], Uint), (&[Text], Uint)],
        F::Double => &[(&[Double], Double), (&[Int], Double), (&[Uint], Double), (&[Text], Double)],
        F::String => &[
            (&[Text], Text),
            (&[Bool], Text),
            (&[Int], Text),
            (&[Uint], Text),
            (&[Double], Text),
            (&[Bytes], Text),
            (&[Time], Text),
            (&[Length], Text),
            (&[Ip], Text),
            (&[Cidr], Text),
        ],
        F::Bytes => &[(&[Bytes], Bytes), (&[Text], Bytes)],
        F::Timestamp => &[(&[Time], Time), (&[Text], Time), (&[Int], Time)],
        F::Duration => &[(&[Length], Length), (&[Text], Length)],
        F::Year | F::Month | F::DayOfYear | F::DayOfMonth | F::Date | F::DayOfWeek => {
            &[(&[Time], Int), (&[Time, Text], Int)]
        }
        F::Hours | F::Minutes | F::Seconds | F::Milliseconds => {
            &[(&[Time], Int), (&[Time, Text], Int), (&[Length], Int)]
        }
        F::Matches => &[(&[Text, Text], Bool)],
        F::CharAt => &[(&[Text, Int], Text)],
        F::IndexOf | F::LastIndexOf => &[(&[Text, Text], Int), (&[Text, Text, Int], Int)],
        F::Join => &[(&[Texts], Text), (&[Texts, Text], Text)],
        F::LowerAscii | F::UpperAscii | F::Trim | F::Reverse | F::Quote => &[(&[Text], Text)],
        F::Replace => &[(&[Text, Text, Text], Text), (&[Text, Text, Text, Int], Text)],
        F::Split => &[(&[Text, Text], Texts), (&[Text, Text, Int], Texts)],
        F::Substring => &[(&[Text, Int], Text), (&[Text, Int, Int], Text)],
        F::Format => &[(&[Text, AnyList], Text)],
        F::Greatest | F::Least => &[],
        F::Ceil | F::Floor | F::Round | F::Trunc => &[(&[Double], Double)],
        F::Abs | F::Sign => &[(&[Int], Int), (&[Uint], Uint), (&[Double], Double)],
        F::IsNan | F::IsInf | F::IsFinite => &[(&[Double], Bool)],
        F::Sqrt => &[(&[Double], Double), (&[Int], Double), (&[Uint], Double)],
        F::BitAnd | F::BitOr | F::BitXor => &[(&[Int, Int], Int), (&[Uint, Uint], Uint)],
        F::BitNot => &[(&[Int], Int), (&[Uint], Uint)],
        F::ShiftLeft | F::ShiftRight => &[(&[Int, Int], Int), (&[Uint, Int], Uint)],
        F::Base64Encode => &[(&[Bytes], Text)],
        F::Base64Decode => &[(&[Text], Bytes)],
        F::SetsContains | F::SetsIntersects | F::SetsEquivalent => &[(&[Items, Items], Bool)],
        F::Ip => &[(&[Text], Ip), (&[Ip], Ip)],
        F::Cidr => &[(&[Text], Cidr), (&[Cidr], Cidr)],
        F::IsIp | F::IsCidr | F::IsCanonical => &[(&[Text], Bool)],
        F::Family => &[(&[Ip], Int)],
        F::IsUnspecified
        | F::IsLoopback
        | F::IsGlobalUnicast
        | F::IsLinkLocalMulticast
        | F::IsLinkLocalUnicast => &[(&[Ip], Bool)],
        F::ContainsIp => &[(&[Cidr, Ip], Bool), (&[Cidr, Text], Bool)],
        F::ContainsCidr => &[(&[Cidr, Cidr], Bool), (&[Cidr, Text], Bool)],
        F::Address => &[(&[Cidr], Ip)],
        F::Masked => &[(&[Cidr], Cidr)],
        F::IsMask => &[(&[Cidr], Bool)],
        F::PrefixLength => &[(&[Cidr], Int)],
        F::OptionalOf | F::OptionalOfNonZero => &[(&[Item], Maybe)],
        F::OptionalNone => &[(&[], Maybe)],
        F::HasValue => &[(&[Maybe], Bool)],
        F::Value => &[(&[Maybe], Item)],
        F::Or => &[(&[Maybe, Maybe], Maybe)],
        F::OrValue => &[(&[Maybe, Item], Item)],
        F::Unwrap => &[(&[Maybes], Items)],
        F::First | F::Last => &[(&[Items], Maybe)],
    }
}
