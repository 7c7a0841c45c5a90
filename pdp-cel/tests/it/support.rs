//! Variables as a host has them: declared to the checker, leaves of programs, and values.

use std::fmt::Write as _;
use std::rc::Rc;

use pdp_cel::{
    Absence, BYTES_MAX, Builder, Bulk, Checked, Entries, Expression, ExpressionKind, Fault, Host,
    HostFunction, Known, Leaf, Literal, LowerOptions, Memory, Meter, Mistake, MistakeKind, Names,
    NodeId, Operand, Resolved, STEPS_MAX, Span, Stored, Type, Value, Vocabulary, check, evaluate,
    lower, parse,
};

/// Something that expressions can name.
struct Variable {
    name: &'static str,
    value_type: Type,
    bulk: Bulk,
    absence: Absence,
    /// The value, in CEL; empty where it is absent.
    value: &'static str,
}

fn variable(name: &'static str, value_type: Type, size: [u64; 2], value: &'static str) -> Variable {
    let [items, bytes] = size;
    let absence = if value.is_empty() { Absence::Declared } else { Absence::Never };
    Variable { name, value_type, bulk: Bulk { items, bytes }, absence, value }
}

fn maybe(inner: Type) -> Type {
    Type::Optional(Box::new(inner))
}

/// All of them. Sizes are chosen so that their halves, quarters, sixteenths differ, and no two are
/// the same; values are smaller.
fn variables() -> Vec<Variable> {
    let ints = || Type::list(Type::Int);
    let texts = || Type::list(Type::String);
    vec![
        variable("yes", Type::Bool, [0, 0], "true"),
        variable("no", Type::Bool, [0, 0], "false"),
        variable("i", Type::Int, [0, 0], "7"),
        variable("u", Type::Uint, [0, 0], "7u"),
        variable("d", Type::Double, [0, 0], "2.5"),
        variable("s", Type::String, [0, 1000], SENTENCE),
        variable("t", Type::String, [0, 300], "'abcabc'"),
        variable("w", Type::String, [0, 70], "'b'"),
        variable("x", Type::Bytes, [0, 500], "b'octets, and more of them than sixteen'"),
        variable("time", Type::Timestamp, [0, 0], "timestamp('2026-11-27T09:30:15.25Z')"),
        variable("span", Type::Duration, [0, 0], "duration('90m')"),
        variable("ip4", Type::Ip, [0, 0], "ip('10.1.2.3')"),
        variable("net4", Type::Cidr, [0, 0], "cidr('10.0.0.0/8')"),
        variable("kind", Type::Type, [0, 0], "int"),
        variable("ints", ints(), [100, 0], "[3, 1, 2, 7, 5, 9, 8, 11, 10, 12]"),
        variable("few", ints(), [10, 0], "[1, 2]"),
        variable("doubles", Type::list(Type::Double), [40, 0], "[1.5, -2.0]"),
        variable("words", texts(), [50, 2000], "['alpha', 'beta', 'gamma']"),
        variable("names", texts(), [20, 700], "['beta', 'delta']"),
        variable("pair", texts(), [2, 9], "['a', 'b']"),
        variable("many", ints(), [500, 0], "[1]"),
        variable("many_words", texts(), [500, 65536], "['a']"),
        variable("long", Type::String, [0, 16384], "'a'"),
        variable("page", Type::String, [0, 4096], "'a'"),
        variable("rows", Type::list(texts()), [60, 3000], "[['a', 'b'], [], ['c']]"),
        variable("maps", Type::list(Type::map(Type::String, Type::Int)), [30, 90], "[{'a': 1}]"),
        variable("counts", Type::map(Type::String, Type::Int), [25, 400], "{'a': 1, 'b': 2}"),
        variable("labels", Type::map(Type::Int, Type::String), [15, 200], "{1: 'one', 2: 'two'}"),
        variable("open", Type::Any, [12, 160], "{'a': [1], 'b': 'text'}"),
        variable("opens", Type::list(Type::Any), [9, 130], "[1, 'a']"),
        variable("maybe", maybe(Type::Int), [0, 0], "optional 5"),
        variable("maybe_text", maybe(Type::String), [0, 120], "optional 'text'"),
        variable(
            "maybe_map",
            maybe(Type::map(Type::String, texts())),
            [33, 340],
            "optional {'a': ['b']}",
        ),
        variable("none", maybe(Type::Int), [0, 0], "none"),
        variable("absent", Type::Int, [0, 0], ""),
        variable("absent_text", Type::String, [0, 110], ""),
        variable("ctx.user", Type::String, [0, 90], "'alice'"),
        variable("ctx.level", Type::Int, [0, 0], ""),
        variable("ctx.map", Type::map(Type::String, Type::String), [7, 77], ""),
    ]
}

const SENTENCE: &str = "'alpha beta gamma delta, and so on: 64 letters and some more of them.'";

/// A host whose variables are those of [`variables`], with a meter of its own.
pub(crate) struct Declared {
    variables: Vec<Variable>,
    values: Vec<Option<Operand<'static>>>,
    functions: Vec<HostFunction>,
    pub(crate) meter: Meter,
    pub(crate) memory: Option<Memory>,
    /// Paths that were asked for, with how deep they stood.
    pub(crate) levels: Vec<(String, usize)>,
}

/// What a table of expressions says of each, one a line.
pub fn rows(expressions: &str, row: fn(&mut Declared, &str) -> String) -> String {
    let lines = expressions.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut declared = Declared::new();
    lines.map(|line| row(&mut declared, line) + "\n").collect()
}

impl Declared {
    pub(crate) fn new() -> Self {
        let variables = variables();
        let values = variables.iter().map(|variable| variable_value(variable.value)).collect();
        Declared {
            variables,
            values,
            functions: functions(),
            meter: Meter::default(),
            memory: None,
            levels: Vec::new(),
        }
    }

    fn position(&self, path: &[&str]) -> Option<(usize, usize)> {
        (1..=path.len().min(2)).find_map(|taken| {
            let name = path[..taken].join(".");
            let index = self.variables.iter().position(|known| known.name == name)?;
            Some((index, taken))
        })
    }

    pub(crate) fn check(&mut self, text: &str) -> Checked {
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let functions = self.functions.clone();
        check(&expression, text, self, &functions, 1)
    }

    /// What an expression comes to, and the steps and bytes that it took.
    pub(crate) fn evaluated(&mut self, text: &str) -> Evaluated {
        self.evaluated_within(text, STEPS_MAX, BYTES_MAX)
    }

    /// The same with so many steps and bytes left.
    pub(crate) fn evaluated_within(&mut self, text: &str, steps: u64, bytes: u64) -> Evaluated {
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut builder = Builder::new(self.functions.clone());
        let options = LowerOptions::default();
        let node = lower(&expression, text, &mut builder, self, options).expect(text);
        let program = builder.finish([node]);
        self.meter = meter(steps, bytes);
        let mut extent = Bulk::NONE;
        let value = match evaluate(&program, node, self) {
            Ok(value) => {
                extent = extent_of(&value);
                shown(&value)
            }
            Err(failure) => {
                format!("{:?} at {}", failure.fault, program.origin(failure.node).unwrap_or("?"))
            }
        };
        let (steps, bytes) = (self.meter.steps_taken(), self.meter.bytes_taken());
        Evaluated { value, extent, steps, bytes }
    }
}

/// A meter that has so much left.
pub(crate) fn meter(steps: u64, bytes: u64) -> Meter {
    let number = |left: u64| usize::try_from(left).expect("a small number");
    let mut meter = Meter::default();
    if bytes < BYTES_MAX {
        meter.allocate(number(BYTES_MAX - bytes)).expect("it may take all");
    }
    meter.step(number(STEPS_MAX - meter.steps_taken() - steps)).expect("it may take all");
    meter
}

/// What an expression came to.
pub(crate) struct Evaluated {
    pub(crate) value: String,
    pub(crate) extent: Bulk,
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
}

/// A value written in CEL, which stays.
fn variable_value(text: &str) -> Option<Operand<'static>> {
    match text {
        "" => None,
        "none" => Some(Operand::Optional(None)),
        text => Some(match text.strip_prefix("optional ") {
            Some(inner) => Operand::Optional(Some(Rc::new(stored(inner)))),
            None => stored(text),
        }),
    }
}

pub(crate) fn stored(text: &str) -> Operand<'static> {
    Operand::stored(Box::leak(Box::new(constant(text))))
}

/// The constant that an expression is.
pub(crate) fn constant(text: &str) -> Stored {
    let mut builder = Builder::default();
    let node = lowered(&mut builder, text);
    builder.stored(node).unwrap_or_else(|| panic!("{text} is no constant")).clone()
}

/// The node of an expression without names, made as `pdp cel` does it.
pub(crate) fn lowered(builder: &mut Builder, text: &str) -> NodeId {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    lower(&expression, text, builder, &mut Nothing, LowerOptions::default()).expect(text)
}

/// No names.
pub(crate) struct Nothing;

impl Names for Nothing {
    fn resolve(&mut self, _: &mut Builder, _: &[&str]) -> Option<(NodeId, usize)> {
        None
    }
}

fn functions() -> Vec<HostFunction> {
    let first = |arguments: &[Value<'_>]| arguments.first().cloned().map(Value::into_owned);
    let texts = Type::list(Type::String);
    vec![
        HostFunction::new("host.same", vec![Type::Int], Type::Int, first),
        HostFunction::new("host.text", vec![Type::String, texts], Type::String, first),
        HostFunction::new("host.wrong", vec![Type::Int], Type::String, first),
        HostFunction::new("host.nothing", vec![], Type::Int, |_| None),
    ]
}

impl Vocabulary for Declared {
    fn resolve(&mut self, path: &[&str], level: usize) -> Resolved {
        self.levels.push((path.join("."), level));
        if path[0] == "mistaken" {
            return Resolved::Mistaken;
        }
        let Some((index, taken)) = self.position(path) else {
            let message = format!("unknown name `{}`", path.join("."));
            return Resolved::Unknown { message, hint: None, kind: MistakeKind::UnknownName };
        };
        let Variable { value_type, bulk, absence, .. } = &self.variables[index];
        let known = Known { absence: *absence, ..Known::new(value_type.clone()).with(*bulk) };
        Resolved::Value { known, taken }
    }

    fn has(&mut self, path: &[&str]) -> Option<Result<Known, Mistake>> {
        let known = Known::new(Type::Bool);
        let wrong = Mistake {
            kind: MistakeKind::Type,
            message: "that is not asked".to_owned(),
            hint: None,
            span: Span::default(),
        };
        match path {
            ["own", "asked"] => Some(Ok(Known { cost: 11, ..known })),
            ["own", "wrong"] => Some(Err(wrong)),
            _ => None,
        }
    }

    fn call(
        &mut self,
        function: &str,
        arguments: &[Expression],
        span: Span,
    ) -> Option<Result<Known, Mistake>> {
        (function == "own").then(|| match arguments {
            [] => Err(Mistake {
                kind: MistakeKind::Limit,
                message: "`own` wants something".to_owned(),
                hint: Some("like this".to_owned()),
                span,
            }),
            [argument, ..] => Ok(Known { cost: cost_of(argument), ..Known::new(Type::Bool) }),
        })
    }

    fn suggestion(&self, name: &str, candidates: &mut dyn Iterator<Item = &str>) -> Option<String> {
        let mut candidates = candidates.filter(|known| known.eq_ignore_ascii_case(name));
        let near = candidates.next()?;
        Some(format!("did you mean `{near}`?"))
    }
}

impl Names for Declared {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        if path == ["own", "asked"] {
            return Some((builder.bool(true), 2));
        }
        let (index, taken) = self.position(path)?;
        Some((builder.leaf(Leaf::try_from(index).ok()?, 1), taken))
    }

    fn call(&mut self, builder: &mut Builder, function: &str, _: &[Expression]) -> Option<NodeId> {
        (function == "own").then(|| builder.bool(true))
    }
}

impl<'e> Host<'e> for Declared {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'e>>, Fault> {
        Ok(self.values[leaf as usize].clone())
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::Host(0)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        self.memory.as_mut()
    }
}

/// The number that an argument is.
fn cost_of(argument: &Expression) -> u64 {
    match argument.kind {
        ExpressionKind::Literal(Literal::Int(cost)) => cost.unsigned_abs(),
        _ => 17,
    }
}

/// A value as people would write it.
pub(crate) fn shown(value: &Operand<'_>) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Operand<'_>) {
    let done = match value {
        Operand::Null => write!(out, "null"),
        Operand::Bool(value) => write!(out, "{value}"),
        Operand::Int(value) => write!(out, "{value}"),
        Operand::Uint(value) => write!(out, "{value}u"),
        Operand::Double(value) => write!(out, "{value:?}"),
        Operand::Text(text) => write!(out, "{:?}", &**text),
        Operand::Bytes(bytes) => write!(out, "b\"{}\"", bytes.escape_ascii()),
        Operand::Timestamp(value) => write!(out, "{value}"),
        Operand::Duration(value) => write!(out, "{value}"),
        Operand::Ip(value) => write!(out, "{value}"),
        Operand::Cidr(value) => write!(out, "{value}"),
        Operand::Type(value) => write!(out, "{value}"),
        Operand::Optional(None) => write!(out, "none"),
        Operand::Optional(Some(value)) => write!(out, "some({})", shown(value)),
        Operand::List(list) => {
            let items: Vec<String> = list.iter().map(|item| shown(&item)).collect();
            write!(out, "[{}]", items.join(", "))
        }
        Operand::Map(map) => write!(out, "{{{}}}", entries(map).join(", ")),
    };
    done.expect("a text takes everything");
}

fn entries(map: &Entries<'_>) -> Vec<String> {
    map.iter().map(|(key, value)| format!("{}: {}", shown(&key), shown(&value))).collect()
}

/// Items and bytes of a value, as [`Bulk`] counts them.
fn extent_of(value: &Operand<'_>) -> Bulk {
    let both = |one: Bulk, other: Bulk| Bulk {
        items: one.items + other.items,
        bytes: one.bytes + other.bytes,
    };
    match value {
        Operand::Text(text) => Bulk::of_bytes(text.len()),
        Operand::Bytes(bytes) => Bulk::of_bytes(bytes.len()),
        Operand::List(list) => {
            let own = Bulk { items: list.len() as u64, bytes: 0 };
            list.iter().fold(own, |all, item| both(all, extent_of(&item)))
        }
        Operand::Map(map) => {
            let own = Bulk { items: map.len() as u64, bytes: 0 };
            map.iter()
                .fold(own, |all, (key, value)| both(all, both(extent_of(&key), extent_of(&value))))
        }
        Operand::Optional(Some(value)) => extent_of(value),
        _ => Bulk::NONE,
    }
}

/// What an expression without names comes to, or its fault.
fn value(host: &mut Declared, text: &str) -> String {
    let mut builder = Builder::default();
    let node = lowered(&mut builder, text);
    let program = builder.finish([node]);
    host.meter = Meter::default();
    match evaluate(&program, node, host) {
        Ok(value) => shown(&value),
        Err(failure) => format!("{:?}", failure.fault),
    }
}

/// Holds each expression against what it comes to.
pub(crate) fn assert_values(rows: &[(&str, &str)]) {
    let mut host = Declared::new();
    let wrong: Vec<String> = rows
        .iter()
        .map(|(text, made)| (text, made, value(&mut host, text)))
        .filter(|(_, expected, made)| made != **expected)
        .map(|(text, expected, made)| format!("{text}\n  is {made}\n  not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
