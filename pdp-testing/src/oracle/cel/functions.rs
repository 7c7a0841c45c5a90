use super::fault::{Fault, Faults};
use super::value::Value;
use super::{
    conversions, encoders, format, math, network, optionals, regular, sets, strings, times,
};

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `f(a, b)`
    Function,
    /// `a.f(b)`
    Method,
}

/// What the rest of this folder may say of a call: `None` if it takes no such operands.
pub(super) type Answer = Option<Result<Value, Fault>>;

/// How many operands functions of the form `f(a, b)` take, at least and at most (sections 4 to 6).
const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("size", 1, 1),
    ("type", 1, 1),
    ("dyn", 1, 1),
    ("bool", 1, 1),
    ("int", 1, 1),
    ("uint", 1, 1),
    ("double", 1, 1),
    ("string", 1, 1),
    ("bytes", 1, 1),
    ("timestamp", 1, 1),
    ("duration", 1, 1),
    ("matches", 2, 2),
    ("strings.quote", 1, 1),
    ("ip", 1, 1),
    ("cidr", 1, 1),
    ("isIP", 1, 1),
    ("isCIDR", 1, 1),
    ("ip.isCanonical", 1, 1),
    ("math.greatest", 1, usize::MAX),
    ("math.least", 1, usize::MAX),
    ("math.ceil", 1, 1),
    ("math.floor", 1, 1),
    ("math.round", 1, 1),
    ("math.trunc", 1, 1),
    ("math.abs", 1, 1),
    ("math.sign", 1, 1),
    ("math.isNaN", 1, 1),
    ("math.isInf", 1, 1),
    ("math.isFinite", 1, 1),
    ("math.sqrt", 1, 1),
    ("math.bitAnd", 2, 2),
    ("math.bitOr", 2, 2),
    ("math.bitXor", 2, 2),
    ("math.bitNot", 1, 1),
    ("math.bitShiftLeft", 2, 2),
    ("math.bitShiftRight", 2, 2),
    ("sets.contains", 2, 2),
    ("sets.intersects", 2, 2),
    ("sets.equivalent", 2, 2),
    ("base64.encode", 1, 1),
    ("base64.decode", 1, 1),
    ("optional.of", 1, 1),
    ("optional.none", 0, 0),
    ("optional.ofNonZeroValue", 1, 1),
    ("optional.unwrap", 1, 1),
];

/// The same of the form `a.f(b)`; the one before the dot counts.
const METHODS: &[(&str, usize, usize)] = &[
    ("size", 1, 1),
    ("contains", 2, 2),
    ("startsWith", 2, 2),
    ("endsWith", 2, 2),
    ("matches", 2, 2),
    ("charAt", 2, 2),
    ("indexOf", 2, 3),
    ("lastIndexOf", 2, 3),
    ("substring", 2, 3),
    ("replace", 3, 4),
    ("split", 2, 3),
    ("join", 1, 2),
    ("trim", 1, 1),
    ("lowerAscii", 1, 1),
    ("upperAscii", 1, 1),
    ("reverse", 1, 1),
    ("format", 2, 2),
    ("getFullYear", 1, 2),
    ("getMonth", 1, 2),
    ("getDayOfYear", 1, 2),
    ("getDayOfMonth", 1, 2),
    ("getDate", 1, 2),
    ("getDayOfWeek", 1, 2),
    ("getHours", 1, 2),
    ("getMinutes", 1, 2),
    ("getSeconds", 1, 2),
    ("getMilliseconds", 1, 2),
    ("family", 1, 1),
    ("isUnspecified", 1, 1),
    ("isLoopback", 1, 1),
    ("isLinkLocalUnicast", 1, 1),
    ("isLinkLocalMulticast", 1, 1),
    ("isGlobalUnicast", 1, 1),
    ("containsIP", 2, 2),
    ("containsCIDR", 2, 2),
    ("ip", 1, 1),
    ("prefixLength", 1, 1),
    ("masked", 1, 1),
    ("isMask", 1, 1),
    ("hasValue", 1, 1),
    ("value", 1, 1),
    ("or", 2, 2),
    ("orValue", 2, 2),
    ("unwrapOpt", 1, 1),
    ("first", 1, 1),
    ("last", 1, 1),
];

/// Whether there is such a function.
pub(super) fn is_listed(form: Form, name: &str) -> bool {
    counts(form, name).is_some()
}

/// What is wrong with calling it with so many operands, whatever they are.
pub(super) fn unfit(form: Form, name: &str, operands: usize) -> Faults {
    match counts(form, name) {
        // The page knows the second; the first is the closer word.
        None => [Fault::UnknownFunction, Fault::NoSuchOverload].into(),
        Some((least, most)) if operands < least || operands > most => {
            [Fault::NoSuchOverload].into()
        }
        Some(_) => Faults::new(),
    }
}

/// What a call of a listed function gives.
pub(super) fn call(form: Form, name: &str, operands: &[Value]) -> Result<Value, Fault> {
    let answer = match form {
        Form::Function => conversions::function(name, operands)
            .or_else(|| regular::function(name, operands))
            .or_else(|| strings::function(name, operands))
            .or_else(|| network::function(name, operands))
            .or_else(|| math::function(name, operands))
            .or_else(|| sets::function(name, operands))
            .or_else(|| encoders::function(name, operands))
            .or_else(|| optionals::function(name, operands)),
        Form::Method => conversions::method(name, operands)
            .or_else(|| regular::function(name, operands))
            .or_else(|| strings::method(name, operands))
            .or_else(|| format::method(name, operands))
            .or_else(|| times::method(name, operands))
            .or_else(|| network::method(name, operands))
            .or_else(|| optionals::method(name, operands)),
    };
    answer.unwrap_or(Err(Fault::NoSuchOverload))
}

/// Roughly how large what a function makes may get, beyond what it is given.
pub(super) fn work(name: &str, operands: &[Value]) -> usize {
    let weights = operands.iter().map(Value::weight);
    match name {
        // Every letter may be replaced, every gap filled; a weight stands for 16 letters.
        "replace" | "join" => weights.fold(16, usize::saturating_mul),
        _ => weights.sum(),
    }
}

fn counts(form: Form, name: &str) -> Option<(usize, usize)> {
    let table = if form == Form::Function { FUNCTIONS } else { METHODS };
    let found = table.iter().find(|(listed, ..)| *listed == name);
    found.map(|(_, least, most)| (*least, *most))
}
