/// A function. Methods of the same name and a function of the same name are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    Size,
    Type,
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Year,
    Month,
    DayOfYear,
    DayOfMonth,
    Date,
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Matches,
    CharAt,
    IndexOf,
    LastIndexOf,
    Join,
    LowerAscii,
    UpperAscii,
    Replace,
    Split,
    Substring,
    Trim,
    Reverse,
    Quote,
    Format,
    Greatest,
    Least,
    Ceil,
    Floor,
    Round,
    Trunc,
    Abs,
    Sign,
    IsNan,
    IsInf,
    IsFinite,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    ShiftLeft,
    ShiftRight,
    Sqrt,
    Base64Encode,
    Base64Decode,
    SetsContains,
    SetsIntersects,
    SetsEquivalent,
    Ip,
    Cidr,
    IsIp,
    IsCidr,
    IsCanonical,
    Family,
    IsUnspecified,
    IsLoopback,
    IsGlobalUnicast,
    IsLinkLocalMulticast,
    IsLinkLocalUnicast,
    IsMask,
    ContainsIp,
    ContainsCidr,
    Address,
    Masked,
    PrefixLength,
    OptionalOf,
    OptionalNone,
    OptionalOfNonZero,
    HasValue,
    Value,
    Or,
    OrValue,
    Unwrap,
    First,
    Last,
}

impl Function {
    /// Whether it gives a part of a time.
    pub(crate) fn is_of_time(self) -> bool {
        use Function as F;
        matches!(
            self,
            F::Year
                | F::Month
                | F::DayOfYear
                | F::DayOfMonth
                | F::Date
                | F::DayOfWeek
                | F::Hours
                | F::Minutes
                | F::Seconds
                | F::Milliseconds
        )
    }
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `name(a, b)`
    Function,
    /// `a.name(b)`
    Method,
}

/// A name, how it is called, with how many arguments (the target among them), and what it is.
pub(crate) type Entry = (&'static str, Style, std::ops::RangeInclusive<usize>, Function);

/// No function takes more arguments.
pub(crate) const ARGUMENTS_MAX: usize = 64;

const FUNCTION: Style = Style::Function;
const METHOD: Style = Style::Method;

/// All that can be called, `startsWith`, `endsWith` and `contains` apart, which are operators here.
static FUNCTIONS: [Entry; 88] = [
    ("size", FUNCTION, 1..=1, Function::Size),
    ("size", METHOD, 1..=1, Function::Size),
    ("type", FUNCTION, 1..=1, Function::Type),
    ("dyn", FUNCTION, 1..=1, Function::Dyn),
    ("bool", FUNCTION, 1..=1, Function::Bool),
    ("int", FUNCTION, 1..=1, Function::Int),
    ("uint", FUNCTION, 1..=1, Function::Uint),
    ("double", FUNCTION, 1..=1, Function::Double),
    ("string", FUNCTION, 1..=1, Function::String),
    ("bytes", FUNCTION, 1..=1, Function::Bytes),
    ("timestamp", FUNCTION, 1..=1, Function::Timestamp),
    ("duration", FUNCTION, 1..=1, Function::Duration),
    ("getFullYear", METHOD, 1..=2, Function::Year),
    ("getMonth", METHOD, 1..=2, Function::Month),
    ("getDayOfYear", METHOD, 1..=2, Function::DayOfYear),
    ("getDayOfMonth", METHOD, 1..=2, Function::DayOfMonth),
    ("getDate", METHOD, 1..=2, Function::Date),
    ("getDayOfWeek", METHOD, 1..=2, Function::DayOfWeek),
    ("getHours", METHOD, 1..=2, Function::Hours),
    ("getMinutes", METHOD, 1..=2, Function::Minutes),
    ("getSeconds", METHOD, 1..=2, Function::Seconds),
    ("getMilliseconds", METHOD, 1..=2, Function::Milliseconds),
    ("matches", FUNCTION, 2..=2, Function::Matches),
    ("matches", METHOD, 2..=2, Function::Matches),
    ("charAt", METHOD, 2..=2, Function::CharAt),
    ("indexOf", METHOD, 2..=3, Function::IndexOf),
    ("lastIndexOf", METHOD, 2..=3, Function::LastIndexOf),
    ("join", METHOD, 1..=2, Function::Join),
    ("lowerAscii", METHOD, 1..=1, Function::LowerAscii),
    ("upperAscii", METHOD, 1..=1, Function::UpperAscii),
    ("replace", METHOD, 3..=4, Function::Replace),
    ("split", METHOD, 2..=3, Function::Split),
    ("substring", METHOD, 2..=3, Function::Substring),
    ("trim", METHOD, 1..=1, Function::Trim),
    ("reverse", METHOD, 1..=1, Function::Reverse),
    ("strings.quote", FUNCTION, 1..=1, Function::Quote),
    ("format", METHOD, 2..=2, Function::Format),
    ("math.greatest", FUNCTION, 1..=ARGUMENTS_MAX, Function::Greatest),
    ("math.least", FUNCTION, 1..=ARGUMENTS_MAX, Function::Least),
    ("math.ceil", FUNCTION, 1..=1, Function::Ceil),
    ("math.floor", FUNCTION, 1..=1, Function::Floor),
    ("math.round", FUNCTION, 1..=1, Function::Round),
    ("math.trunc", FUNCTION, 1..=1, Function::Trunc),
    ("math.abs", FUNCTION, 1..=1, Function::Abs),
    ("math.sign", FUNCTION, 1..=1, Function::Sign),
    ("math.isNaN", FUNCTION, 1..=1, Function::IsNan),
    ("math.isInf", FUNCTION, 1..=1, Function::IsInf),
    ("math.isFinite", FUNCTION, 1..=1, Function::IsFinite),
    ("math.bitAnd", FUNCTION, 2..=2, Function::BitAnd),
    ("math.bitOr", FUNCTION, 2..=2, Function::BitOr),
    ("math.bitXor", FUNCTION, 2..=2, Function::BitXor),
    ("math.bitNot", FUNCTION, 1..=1, Function::BitNot),
    ("math.bitShiftLeft", FUNCTION, 2..=2, Function::ShiftLeft),
    ("math.bitShiftRight", FUNCTION, 2..=2, Function::ShiftRight),
    ("math.sqrt", FUNCTION, 1..=1, Function::Sqrt),
    ("base64.encode", FUNCTION, 1..=1, Function::Base64Encode),
    ("base64.decode", FUNCTION, 1..=1, Function::Base64Decode),
    ("sets.contains", FUNCTION, 2..=2, Function::SetsContains),
    ("sets.intersects", FUNCTION, 2..=2, Function::SetsIntersects),
    ("sets.equivalent", FUNCTION, 2..=2, Function::SetsEquivalent),
    ("ip", FUNCTION, 1..=1, Function::Ip),
    ("cidr", FUNCTION, 1..=1, Function::Cidr),
    ("isIP", FUNCTION, 1..=1, Function::IsIp),
    ("isCIDR", FUNCTION, 1..=1, Function::IsCidr),
    ("ip.isCanonical", FUNCTION, 1..=1, Function::IsCanonical),
    ("family", METHOD, 1..=1, Function::Family),
    ("isUnspecified", METHOD, 1..=1, Function::IsUnspecified),
    ("isLoopback", METHOD, 1..=1, Function::IsLoopback),
    ("isGlobalUnicast", METHOD, 1..=1, Function::IsGlobalUnicast),
    ("isLinkLocalMulticast", METHOD, 1..=1, Function::IsLinkLocalMulticast),
    ("isLinkLocalUnicast", METHOD, 1..=1, Function::IsLinkLocalUnicast),
    ("isMask", METHOD, 1..=1, Function::IsMask),
    ("containsIP", METHOD, 2..=2, Function::ContainsIp),
    ("containsCIDR", METHOD, 2..=2, Function::ContainsCidr),
    ("ip", METHOD, 1..=1, Function::Address),
    ("masked", METHOD, 1..=1, Function::Masked),
    ("prefixLength", METHOD, 1..=1, Function::PrefixLength),
    ("optional.of", FUNCTION, 1..=1, Function::OptionalOf),
    ("optional.none", FUNCTION, 0..=0, Function::OptionalNone),
    ("optional.ofNonZeroValue", FUNCTION, 1..=1, Function::OptionalOfNonZero),
    ("hasValue", METHOD, 1..=1, Function::HasValue),
    ("value", METHOD, 1..=1, Function::Value),
    ("or", METHOD, 2..=2, Function::Or),
    ("orValue", METHOD, 2..=2, Function::OrValue),
    ("optional.unwrap", FUNCTION, 1..=1, Function::Unwrap),
    ("unwrapOpt", METHOD, 1..=1, Function::Unwrap),
    ("first", METHOD, 1..=1, Function::First),
    ("last", METHOD, 1..=1, Function::Last),
];

/// All that can be called.
pub(crate) fn functions() -> &'static [Entry] {
    &FUNCTIONS
}

/// The function of a name with so many arguments, the target of a method among them.
pub(crate) fn find(name: &str, style: Style, arguments: usize) -> Option<Function> {
    let fits = |(known, known_style, counts, _): &&Entry| {
        *known == name && *known_style == style && counts.contains(&arguments)
    };
    FUNCTIONS.iter().find(fits).map(|(.., function)| *function)
}
