//! From trees to nodes: names, constants, what is refused; and what a builder says of its nodes.

use pdp_cel::{
    Builder, Expression, Extent, Fault, Host, HostFunction, Leaf, LowerError, LowerOptions, Memory,
    Meter, Names, NodeId, Operand, Order, RegexError, Stored, Type, Value, evaluate, lower, parse,
};

use crate::support::{Nothing, constant, lowered, shown};

const STRICT: LowerOptions<'_> = LowerOptions { strict: true, container: "" };
const LAX: LowerOptions<'_> = LowerOptions { strict: false, container: "" };

/// Names that are leaves: `a`, `b`, `space.c` and `space.inner.d`; `known` is a constant.
struct Leaves;

const LEAVES: [&str; 6] = ["a", "b", "space.c", "space.inner.d", "c", "bare"];

impl Names for Leaves {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        if path == ["known"] {
            return Some((builder.constant(Stored::Int(1)), 1));
        }
        (1..=path.len()).rev().find_map(|taken| {
            let name = path[..taken].join(".");
            let leaf = LEAVES.iter().position(|known| *known == name)?;
            Some((builder.leaf(Leaf::try_from(leaf).ok()?, 1), taken))
        })
    }

    fn call(
        &mut self,
        builder: &mut Builder,
        function: &str,
        arguments: &[Expression],
    ) -> Option<NodeId> {
        let count = i64::try_from(arguments.len()).ok()?;
        (function == "space.count").then(|| builder.constant(Stored::Int(count)))
    }

    fn membership(&mut self, builder: &mut Builder, _: NodeId, list: NodeId) -> Option<NodeId> {
        (builder.as_leaf(list) == Some(1)).then(|| builder.bool(true))
    }
}

fn made(
    builder: &mut Builder,
    text: &str,
    options: LowerOptions<'_>,
) -> Result<NodeId, LowerError> {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    lower(&expression, text, builder, &mut Leaves, options)
}

fn node(builder: &mut Builder, text: &str) -> NodeId {
    made(builder, text, LAX).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `a` is a map, `b` a text, `c` absent, the others numbers.
struct Around(Meter);

impl<'e> Host<'e> for Around {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'e>>, Fault> {
        Ok(match leaf {
            0 => Some(crate::support::stored("{'x': 1, 'y': {'z': 2}}")),
            1 => Some(Operand::text("text")),
            2 => Some(Operand::Int(3)),
            3 => Some(Operand::Int(4)),
            _ => None,
        })
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::Host(7)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.0
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        None
    }
}

/// Names that stand for expressions, which may be put in anywhere.
struct Lets;

impl Names for Lets {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        let text = match path[0] {
            "list" => "[b].map(x, x + '!')",
            "all" => "[b].all(x, x == 'text')",
            "bound" => "cel.bind(x, b, x + x)",
            "maybe" => "space.?c.optMap(x, x + 1)",
            _ => return Leaves.resolve(builder, path),
        };
        Some((node(builder, text), 1))
    }
}

#[test]
fn what_names_stand_for_knows_no_names_of_macros() {
    for (text, made) in [
        ("[list, list]", "[[\"text!\"], [\"text!\"]]"),
        ("[1].map(y, [list, list, [[y]]][0])", "[[\"text!\"]]"),
        ("[1].map(y, [2].map(z, {'l': list, 'y': [y], 'z': [z]}))", DEEP),
        ("[1].map(y, [2].map(z, all && y == 1 && z == 2))", "[[true]]"),
        ("[1].map(y, [2].map(z, bound + string(y) + string(z)))", "[[\"texttext12\"]]"),
        ("[1].map(y, [2].map(z, maybe.value() + y + z))", "[[7]]"),
        ("[1].map(x, [bound, string(x)])", "[[\"texttext\", \"1\"]]"),
    ] {
        let mut builder = Builder::default();
        let expression = parse(text).expect(text);
        let node = lower(&expression, text, &mut builder, &mut Lets, LAX).expect(text);
        let program = builder.finish([node]);
        let value = evaluate(&program, node, &mut Around(Meter::default()));
        assert_eq!(value.map(|value| shown(&value)).as_deref(), Ok(made), "{text}");
    }
}

const DEEP: &str = "[[{\"l\": [\"text!\"], \"y\": [1], \"z\": [2]}]]";

/// What an expression comes to; a fault with the text of the part that failed.
fn value(text: &str, options: LowerOptions<'_>) -> String {
    let mut builder = Builder::default();
    let node = made(&mut builder, text, options).unwrap_or_else(|error| panic!("{text}: {error}"));
    let program = builder.finish([node]);
    match evaluate(&program, node, &mut Around(Meter::default())) {
        Ok(value) => shown(&value),
        Err(failure) => {
            let origin = program.origin(failure.node);
            format!("{:?}, {}", failure.fault, origin.unwrap_or("somewhere"))
        }
    }
}

#[test]
fn names_are_the_hosts_and_types_and_nothing() {
    for (text, made) in [
        ("a.x", "1"),
        (".a.x", "1"),
        ("a.y.z", "2"),
        ("a.?x", "some(1)"),
        ("a.?z", "none"),
        ("a.y.?z", "some(2)"),
        ("has(a.x)", "true"),
        ("has(a.z)", "false"),
        ("has(space.c)", "true"),
        ("has(space.inner.d)", "true"),
        ("space.?c", "some(3)"),
        ("space.inner.?d", "some(4)"),
        ("known", "1"),
        ("int", "int"),
        ("google.protobuf.Duration", "google.protobuf.Duration"),
        ("net.IP == type(ip('::1'))", "true"),
        ("c", "Host(7), somewhere"),
        ("c ?? 1", "1"),
        ("c + 1", "Host(7), somewhere"),
        ("space", "UnknownName, space"),
        ("nobody.x", "UnknownName, nobody.x"),
        ("'x' in b", "true"),
        ("'x' in a", "true"),
        ("space.count(nobody, 1)", "2"),
        ("count(1)", "UnknownFunction, count(1)"),
        ("b.nothing()", "UnknownFunction, b.nothing()"),
        ("b.size()", "4"),
        ("[b].map(b, b + 'x')", "[\"textx\"]"),
        ("[1].map(b, .b)", "[\"text\"]"),
        ("[1].map(int, int)", "[1]"),
        ("[1].map(x, [2].map(x, x))", "[[2]]"),
        ("[1].map(x, [2].map(y, x + y))", "[[3]]"),
        ("[math].map(x, 1)", "UnknownName, math"),
        ("['a'].map(math, math.size())", "[1]"),
        ("[1].map(math, math.abs(-1))", "UnknownFunction, math.abs(-1)"),
        ("[1].map(math, .math.abs(-1))", "[1]"),
        ("Name{a: 1}", "Message, Name{a: 1}"),
    ] {
        assert_eq!(value(text, LAX), made, "{text}");
    }
}

#[test]
fn a_name_space_is_looked_into_first() {
    let within = |container, text| value(text, LowerOptions { strict: false, container });
    assert_eq!(within("space", "c"), "3");
    assert_eq!(within("space.inner", "d"), "4");
    assert_eq!(within("space.inner", "c"), "3");
    assert_eq!(within("space", "inner.d"), "4");
    assert_eq!(within("space", "b"), "\"text\"");
    assert_eq!(within("space", ".c ?? 9"), "9");
    // The name space is no value of which `b` would be a field.
    assert_eq!(within("bare", "b"), "\"text\"");
    assert_eq!(within("", "c ?? 9"), "9");
    assert_eq!(within("google.protobuf", "Duration"), "google.protobuf.Duration");
    assert_eq!(within("google", "protobuf.Duration"), "google.protobuf.Duration");
    assert_eq!(within("google.protobuf", "int"), "int");
    assert_eq!(within("math", "abs(-1)"), "1");
    assert_eq!(within("math.inner", "abs(-1)"), "1");
    assert_eq!(within("math", "math.abs(-1)"), "1");
    assert_eq!(within("space.inner", "count()"), "0");
}

#[test]
fn what_never_has_a_value_is_refused_where_it_is_asked_for() {
    for (text, part, fault) in [
        ("1 / 0", "1 / 0", "division by zero"),
        ("a.x == 1 || 2 / 0 == 1", "2 / 0", Fault::DivisionByZero.message()),
        ("int('x') + 1", "int('x')", Fault::InvalidArgument.message()),
        ("[1, -'a']", "-'a'", Fault::NoSuchOverload.message()),
        ("nobody", "nobody", Fault::UnknownName.message()),
        ("[nobody.x]", "nobody.x", Fault::UnknownName.message()),
        ("b.nothing(1)", "b.nothing(1)", Fault::UnknownFunction.message()),
        ("Name{}", "Name{}", Fault::Message.message()),
        ("timestamp(b).getHours('Mars')", "timestamp(b).getHours('Mars')", INVALID),
    ] {
        let error = made(&mut Builder::default(), text, STRICT).expect_err(text);
        assert_eq!(error.message, format!("this never has a value: {fault}"), "{text}");
        let span = error.span;
        assert_eq!(&text[span.start as usize..span.end as usize], part, "{text}");
        assert!(made(&mut Builder::default(), text, LAX).is_ok(), "{text}");
    }
    // What decides alone outweighs it even so; the part is a mistake, the whole has a value.
    assert_eq!(value("false && 1 / 0 == 1", LAX), "false");
    assert_eq!(value("timestamp(0).getHours('Mars')", LAX), format!("InvalidArgument, {MARS}"));
    assert_eq!(value("timestamp(0).getHours('Asia/Tokyo')", STRICT), "9");
    assert_eq!(value("timestamp(space.c).getHours('Asia/Tokyo')", STRICT), "9");
    assert_eq!(
        value("timestamp(space.c).getHours(b)", STRICT),
        "InvalidArgument, \
        timestamp(space.c).getHours(b)"
    );
    assert_eq!(
        value("timestamp(space.c).getHours(1)", LAX),
        "NoSuchOverload, \
        timestamp(space.c).getHours(1)"
    );
    // What the zone is asked of is looked at first, if the zone is not known beforehand.
    assert_eq!(value("b.getHours('Mars')", LAX), "NoSuchOverload, b.getHours('Mars')");
    assert_eq!(value("b.getHours('UTC')", LAX), "NoSuchOverload, b.getHours('UTC')");
    assert_eq!(value("b.charAt(0)", STRICT), "\"t\"");
    assert_eq!(value("b.indexOf('x')", STRICT), "2");
    assert_eq!(value("b.split('e')", STRICT), "[\"t\", \"xt\"]");
}

const INVALID: &str = "an argument that the function cannot take";
const MARS: &str = "timestamp(0).getHours('Mars')";

#[test]
fn regular_expressions_are_compiled_or_refused() {
    let error = made(&mut Builder::default(), "a.x == 1 && b.matches('(')", STRICT);
    let error = error.expect_err("no regular expression");
    assert!(error.message.starts_with("no regular expression: "), "{}", error.message);
    assert_eq!((error.span.start, error.span.end), (22, 25));
    assert_eq!(value("b.matches('(')", LAX), "InvalidArgument, b.matches('(')");
    assert_eq!(value("b.matches('e.t')", STRICT), "true");
    assert_eq!(value("matches(b, '^e')", STRICT), "false");
    assert_eq!(value("b.matches(b)", LAX), "true");
    assert_eq!(value("b.matches(1)", LAX), "NoSuchOverload, b.matches(1)");
    assert_eq!(value("space.c.matches('a')", LAX), "NoSuchOverload, space.c.matches('a')");
    let mut builder = Builder::default();
    let text = node(&mut builder, "b");
    let whole = builder.fits_regex(text, "^ab+c", Extent::Whole).expect("one");
    let part = builder.fits_regex(text, "^ab+c", Extent::Part).expect("one");
    assert_ne!(whole, part);
    assert_eq!(builder.fits_regex(text, "^ab+c", Extent::Whole), Ok(whole));
    assert!(matches!(builder.fits_regex(text, "(", Extent::Whole), Err(RegexError::Syntax(_))));
    assert_eq!(builder.as_beginning_with(whole), Some((text, "a", false)));
    assert_eq!(builder.as_beginning_with(part), Some((text, "a", false)));
    let anywhere = builder.fits_regex(text, "ab+c", Extent::Part).expect("one");
    assert_eq!(builder.as_beginning_with(anywhere), Some((text, "", false)));
    for (regex, beginning) in [
        ("abc", "abc"),
        ("^abc", "abc"),
        ("ab?c", "a"),
        ("abc.*", "abc"),
        ("é+", ""),
        ("éa.", "éa"),
        ("a|b", ""),
        ("(?i)abc", ""),
        (".a", ""),
        ("^.a", ""),
        ("", ""),
    ] {
        let whole = builder.fits_regex(text, regex, Extent::Whole).expect(regex);
        assert_eq!(builder.as_beginning_with(whole), Some((text, beginning, false)), "{regex}");
    }
}

/// Each of these is a table of about 200 KB; what one takes is not there for the others.
#[test]
fn regular_expressions_share_so_much_memory() {
    let mut builder = Builder::default();
    let text = node(&mut builder, "b");
    let mut made = |number: i32| {
        let regex = format!("[ab]*a[ab]{{11}}{number}");
        builder.fits_regex(text, &regex, Extent::Whole)
    };
    let count = (0..1000).take_while(|number| made(*number).is_ok()).count();
    assert!((40..160).contains(&count), "{count}");
    assert_eq!(made(-1), Err(RegexError::Budget));
}

#[test]
fn so_many_names_of_macros_are_known_at_once_and_no_more() {
    let nested = |count: usize, body: &str| {
        let begin: String = (0..count).map(|n| format!("cel.bind(x{n}, {n}, ")).collect();
        format!("{begin}{body}{}", ")".repeat(count))
    };
    assert_eq!(value(&nested(32, "x0 + x31"), LAX), "31");
    let text = nested(33, "x0");
    let error = made(&mut Builder::default(), &text, LAX).expect_err("too many");
    assert_eq!(error.message, "more than 32 names of macros inside of each other");
    assert!(text[error.span.start as usize..].starts_with("cel.bind(x32, 32, x0)"));
    assert_eq!(value(&nested(30, "[7].transformList(k, v, k + v + x29)"), LAX), "[36]");
    let two = nested(31, "[7].transformList(k, v, k + v)");
    let error = made(&mut Builder::default(), &two, LAX).expect_err("too many");
    assert!(two[error.span.start as usize..].starts_with("[7]"));
    // Beside each other they do not add up.
    let beside = vec![nested(32, "x31"); 3].join(" + ");
    assert_eq!(value(&beside, LAX), "93");
    let beside = format!("[{}].size()", vec!["[1].map(x, x)[0]"; 40].join(", "));
    assert_eq!(value(&beside, LAX), "40");
}

#[test]
fn what_is_long_is_cut_where_it_is_named() {
    let origin = |text: &str| value(text, LAX);
    let long = |count: usize| format!("b - '{}'", "x".repeat(count));
    assert_eq!(origin(&long(94)), format!("NoSuchOverload, {}", long(94)));
    assert_eq!(long(94).len(), 100);
    let cut = long(95);
    assert_eq!(origin(&cut), format!("NoSuchOverload, {}…", &cut[..100]));
    // A letter is not cut in two.
    let wide = format!("b - '{}éé'", "x".repeat(94));
    assert_eq!(origin(&wide), format!("NoSuchOverload, {}…", &wide[..99]));
}

#[test]
fn what_asks_nobody_is_found_out_beforehand() {
    let mut builder = Builder::default();
    for (text, value) in [
        ("1 + 2", "3"),
        ("[1, 2].map(x, x * 2)", "[2, 4]"),
        ("'a' in ['a', 'b']", "true"),
        ("{'a': 1}.a", "1"),
        ("size('abc') > 2 && true", "true"),
        ("timestamp(0).getFullYear()", "1970"),
        ("true ? 1 : 2", "1"),
        ("cel.bind(x, 2, x + x)", "4"),
        ("optional.of(1).value()", "1"),
        ("[1].all(x, x == 1)", "true"),
        ("[[1].map(x, x)].map(y, y)", "[[1]]"),
    ] {
        let made = lowered(&mut builder, text);
        let stored = builder.stored(made).map(|stored| shown(&Operand::stored(stored)));
        assert_eq!(stored.as_deref(), Some(value), "{text}");
    }
    for (text, fault) in [
        ("1 / 0", Fault::DivisionByZero),
        ("[][0]", Fault::IndexOutOfRange),
        ("{'a': 1, 'a': 2}", Fault::DuplicateKey),
        ("optional.none().value()", Fault::EmptyOptional),
        ("9223372036854775807 + 1", Fault::Overflow),
    ] {
        let made = lowered(&mut builder, text);
        assert_eq!(builder.as_fault(made), Some(fault), "{text}");
    }
    // An optional is no constant, and what asks the host is none either.
    for text in ["optional.of(1)", "a.x + 1", "[1].map(x, a)", "cel.bind(x, 1, x + a.x)"] {
        let made = node(&mut builder, text);
        assert_eq!((builder.stored(made), builder.as_fault(made)), (None, None), "{text}");
    }
    // The condition is known beforehand, its outcomes are not.
    let (a, b) = (node(&mut builder, "a"), node(&mut builder, "b"));
    assert_eq!(node(&mut builder, "true ? a : b"), a);
    assert_eq!(node(&mut builder, "false ? a : b"), b);
    // A function of the host may do what it likes, but when it is asked for.
    let same = HostFunction::new("same", vec![Type::Int], Type::Int, |values| {
        values.first().cloned().map(Value::into_owned)
    });
    let mut builder = Builder::new(vec![same]);
    let made = lowered(&mut builder, "same(1) + 1");
    assert_eq!(builder.stored(made), None);
}

/// Finding out a constant takes so many steps and no more; what takes more is found out each time.
#[test]
fn finding_out_constants_has_a_limit() {
    let list = |count: usize| Stored::List(vec![Stored::String("x".into()); count].into());
    let asked = |builder: &mut Builder, list: NodeId, number: usize| {
        let text = builder.constant(Stored::String(number.to_string().into()));
        let made = builder.is_in(text, list);
        (made, builder.as_bool(made))
    };
    // One step for itself and one for each item; the value takes a few, too.
    let mut builder = Builder::default();
    let short = builder.constant(list(199_990));
    assert_eq!(asked(&mut builder, short, 1).1, Some(false));
    let long = builder.constant(list(200_000));
    let (made, known) = asked(&mut builder, long, 1);
    assert_eq!((known, builder.as_fault(made)), (None, None));
    // Even so it is right.
    let program = builder.finish([made]);
    let value = evaluate(&program, made, &mut Around(Meter::default()));
    assert!(matches!(value, Ok(Operand::Bool(false))));
    // All together take a hundred times as much: the last ones are not found out.
    let mut builder = Builder::default();
    let list = builder.constant(list(150_000));
    let known = (0..150).take_while(|number| asked(&mut builder, list, *number).1.is_some());
    assert_eq!(known.count(), 20_000_000 / 150_003);
    let known = (0..150).filter(|number| asked(&mut builder, list, *number).1.is_some());
    assert_eq!(known.count(), 20_000_000 / 150_003);
    // At last not a step is left; what is known without an evaluation is known even so.
    for length in [1000, 10, 0] {
        let list = builder.constant(Stored::List(vec![Stored::Int(0); length].into()));
        for number in 0..100 {
            asked(&mut builder, list, number);
        }
    }
    let nothing = builder.constant(Stored::List(Box::default()));
    assert_eq!(asked(&mut builder, nothing, 100).1, None);
    let (yes, no) = (builder.bool(true), builder.bool(false));
    assert_eq!((builder.all([]), builder.any([])), (yes, no));
}

#[test]
fn a_builder_says_what_its_nodes_are() {
    let mut builder = Builder::default();
    let (a, b) = (node(&mut builder, "a"), node(&mut builder, "b"));
    let (yes, no, number) = (builder.bool(true), builder.bool(false), node(&mut builder, "1"));
    assert_eq!((builder.as_bool(yes), builder.as_bool(no)), (Some(true), Some(false)));
    assert_eq!((builder.as_bool(number), builder.as_bool(a)), (None, None));
    assert_eq!((builder.as_leaf(a), builder.as_leaf(b)), (Some(0), Some(1)));
    assert_eq!(builder.as_leaf(yes), None);
    assert_eq!(builder.stored(number), Some(&Stored::Int(1)));
    let all = node(&mut builder, "a && b");
    assert_eq!(builder.parts_of_all(all), [a, b]);
    assert_eq!(builder.parts_of_any(all), [all]);
    let any = node(&mut builder, "a || b");
    assert_eq!(builder.parts_of_any(any), [a, b]);
    assert_eq!(builder.parts_of_all(any), [any]);
    let not = node(&mut builder, "!a");
    assert_eq!(builder.negated(not), Some(a));
    assert_eq!((builder.negated(a), builder.negated(all)), (None, None));
    let fault = builder.fail(Fault::Overflow);
    assert_eq!((builder.as_fault(fault), builder.as_fault(a)), (Some(Fault::Overflow), None));
}

#[test]
fn a_builder_says_which_texts_are_asked_for() {
    let mut builder = Builder::default();
    let b = node(&mut builder, "b");
    for text in ["b == 'x'", "'x' == b"] {
        let equal = node(&mut builder, text);
        assert_eq!(builder.as_equal_to_text(equal), Some((b, "x")), "{text}");
    }
    for text in ["b == 1", "b == a", "b != 'x'", "b < 'x'", "b"] {
        let other = node(&mut builder, text);
        assert_eq!(builder.as_equal_to_text(other), None, "{text}");
    }
    let one_of = node(&mut builder, "b in ['x', 'y']");
    // `b` as a list is the host's to say; here it is what is looked for.
    assert_eq!(builder.as_one_of_texts(one_of), Some((b, vec!["x", "y"])));
    for text in ["b in ['x', 1]", "b in [a]", "'x' in a", "b in {'x': 1}", "b == 'x'"] {
        let other = node(&mut builder, text);
        assert_eq!(builder.as_one_of_texts(other), None, "{text}");
    }
    let begins = node(&mut builder, "b.startsWith('x')");
    assert_eq!(builder.as_beginning_with(begins), Some((b, "x", true)));
    for text in ["b.startsWith(a)", "b.endsWith('x')", "b.contains('x')", "b == 'x'"] {
        let other = node(&mut builder, text);
        assert_eq!(builder.as_beginning_with(other), None, "{text}");
    }
    let prefix = builder.fits_glob(b, "x*");
    assert_eq!(prefix, begins);
    let glob = builder.fits_glob(b, "x*y");
    assert_eq!(builder.as_beginning_with(glob), Some((b, "x", false)));
    assert_eq!(builder.fits_glob(b, "x*y"), glob);
    assert_ne!(builder.fits_glob(b, "x*z"), glob);
}

#[test]
fn chains_leave_out_what_does_not_matter() {
    let mut builder = Builder::default();
    let (a, b, c) = (node(&mut builder, "a"), node(&mut builder, "b"), node(&mut builder, "c"));
    let (yes, no) = (builder.bool(true), builder.bool(false));
    assert_eq!((builder.all([]), builder.any([])), (yes, no));
    assert_eq!((builder.all([a]), builder.any([a])), (a, a));
    assert_eq!((builder.all([a, yes]), builder.any([a, no])), (a, a));
    assert_eq!((builder.all([a, no, b]), builder.any([a, yes, b])), (no, yes));
    assert_eq!((builder.all([a, a]), builder.any([a, a, a])), (a, a));
    let (all, any) = (builder.all([a, b]), builder.any([a, b]));
    assert_ne!(all, any);
    let more = builder.all([all, c]);
    assert_eq!(builder.parts_of_all(more), [a, b, c]);
    let more = builder.any([c, any]);
    assert_eq!(builder.parts_of_any(more), [c, a, b]);
    let mixed = builder.all([any, c]);
    assert_eq!(builder.parts_of_all(mixed).len(), 2);
    let mixed = builder.any([all, c]);
    assert_eq!(builder.parts_of_any(mixed).len(), 2);
    // Its opposite twice is itself, if it is a condition; what a number is is no such thing.
    assert_eq!((builder.not(yes), builder.not(no)), (no, yes));
    let not = builder.not(a);
    assert_eq!(builder.not(not), a);
    for text in
        ["a.x + 1", "a.x", "a.x ?? 1", "a['x']", "a.x == 1 ? b : c", "size(b)", "-a.x", "{b: a}.x"]
    {
        let number = node(&mut builder, text);
        let not = builder.not(number);
        let twice = builder.not(not);
        assert_ne!(twice, number, "{text}");
        assert_eq!(builder.negated(twice), Some(not), "{text}");
        assert_ne!(builder.all([number]), number, "{text}");
    }
    for text in [
        "a == b",
        "a < b",
        "b in [a]",
        "has(a.x)",
        "has(space.c)",
        "b.startsWith(b)",
        "b.endsWith(b)",
        "b.contains(b)",
        "b.matches('x')",
        "a && b",
        "a || b",
        "!a",
        "nobody",
    ] {
        let condition = node(&mut builder, text);
        let not = builder.not(condition);
        assert_eq!(builder.not(not), condition, "{text}");
        assert_eq!((builder.all([condition]), builder.any([condition])), (condition, condition));
    }
}

#[test]
fn the_cheapest_parts_come_first() {
    let mut builder = Builder::default();
    let dear = builder.leaf(0, 9);
    let cheap = builder.leaf(1, 2);
    let cheaper = builder.leaf(2, 1);
    let all = builder.all([dear, cheap, cheaper]);
    assert_eq!(builder.parts_of_all(all), [cheaper, cheap, dear]);
    let any = builder.any([dear, cheap, cheaper]);
    assert_eq!(builder.parts_of_any(any), [cheaper, cheap, dear]);
}

#[test]
fn what_nodes_may_take() {
    for (text, operations, depth, weight) in [
        ("1", 1, 1, 0),
        ("a", 1, 1, 1),
        ("nobody", 1, 1, 0),
        ("a == b", 3, 2, 3),
        ("a < b", 3, 2, 3),
        ("a == b && b == c", 7, 3, 7),
        ("!(a == b)", 4, 3, 4),
        ("a + 1", 3, 2, 2),
        ("-a", 2, 2, 2),
        ("a ? b : c", 4, 2, 4),
        ("a ?? b", 3, 2, 3),
        ("a.x", 2, 2, 2),
        ("a[b]", 3, 2, 6),
        ("has(a.x)", 2, 2, 2),
        ("has(space.c)", 1, 1, 1),
        ("space.?c", 1, 1, 1),
        ("[a, b]", 3, 2, 6),
        ("{'k': a}", 3, 2, 5),
        ("b in [a]", 4, 3, 10),
        ("size(b)", 2, 2, 9),
        ("b.matches('x')", 2, 2, 9),
        ("timestamp(a).getHours('UTC')", 3, 3, 17),
        ("b.startsWith('x')", 3, 2, 2),
        ("b.contains(b)", 3, 2, 3),
        ("a.map(x, x)", 3, 2, 65),
        ("a.map(x, x == b, x)", 6, 3, 67),
        ("cel.bind(x, a, x)", 3, 2, 2),
        ("a.optMap(x, x)", 3, 2, 2),
    ] {
        let mut builder = Builder::default();
        let made = node(&mut builder, text);
        let cost = builder.cost(made);
        let expected = (operations, depth, weight);
        assert_eq!((cost.operations, cost.depth, cost.weight), expected, "{text}");
    }
    let same = HostFunction::new("same", vec![Type::Int], Type::Int, |_| None);
    let mut builder = Builder::new(vec![same]);
    let made = lowered(&mut builder, "same(1)");
    assert_eq!(builder.cost(made).weight, 256);
}

#[test]
fn equal_nodes_are_one() {
    let mut builder = Builder::default();
    for text in ["a == b", "a.x + 1", "b in ['x']", "[a, b].map(x, x)", "'text'", "b.split('x')"] {
        assert_eq!(node(&mut builder, text), node(&mut builder, text), "{text}");
    }
    assert_eq!(node(&mut builder, "a == b"), node(&mut builder, "b == a"));
    assert_ne!(node(&mut builder, "a < b"), node(&mut builder, "b < a"));
    let (a, b) = (node(&mut builder, "a"), node(&mut builder, "b"));
    let orders = [Order::Less, Order::LessOrEqual, Order::Greater, Order::GreaterOrEqual];
    let nodes = orders.map(|order| builder.compare(order, a, b));
    let texts = ["a < b", "a <= b", "a > b", "a >= b"];
    assert_eq!(texts.map(|text| node(&mut builder, text)), nodes);
    let time = |zone: &str| format!("timestamp(a).getHours('{zone}')");
    let kyiv = node(&mut builder, &time("Europe/Kyiv"));
    assert_eq!(node(&mut builder, &time("Europe/Kyiv")), kyiv);
    assert_ne!(node(&mut builder, &time("Asia/Tokyo")), kyiv);
}

#[test]
fn functions_of_the_host_are_found_by_name_and_number_of_arguments() {
    let numbered = |name: &str, count: usize, number: i64| {
        HostFunction::new(name, vec![Type::Int; count], Type::Int, move |_| Some(number.into()))
    };
    let functions = vec![
        numbered("f", 0, 1),
        numbered("f", 1, 2),
        numbered("g.f", 1, 3),
        numbered("size", 1, 4),
    ];
    let value = |text: &str| {
        let mut builder = Builder::new(functions.clone());
        let expression = parse(text).expect(text);
        let made = lower(&expression, text, &mut builder, &mut Nothing, LAX).expect(text);
        let program = builder.finish([made]);
        match evaluate(&program, made, &mut Around(Meter::default())) {
            Ok(value) => shown(&value),
            Err(failure) => format!("{:?}", failure.fault),
        }
    };
    assert_eq!(value("[f(), f(7), g.f(7)]"), "[1, 2, 3]");
    // What CEL has comes first.
    assert_eq!(value("size('ab')"), "2");
    assert_eq!(value("f(1, 2)"), "UnknownFunction");
    assert_eq!(value("f('a')"), "NoSuchOverload");
    assert_eq!(value("f(1.0)"), "NoSuchOverload");
    assert_eq!(value("f(optional.of(1))"), "NoSuchOverload");
}

#[test]
fn functions_of_the_host_make_what_they_say() {
    let function = |result: Type, made: fn() -> Option<Value<'static>>| {
        HostFunction::new("f", vec![], result, move |_| made())
    };
    let value = |function: HostFunction| {
        let mut builder = Builder::new(vec![function]);
        let made = lowered(&mut builder, "f()");
        let program = builder.finish([made]);
        match evaluate(&program, made, &mut Around(Meter::default())) {
            Ok(value) => shown(&value),
            Err(failure) => format!("{:?}", failure.fault),
        }
    };
    assert_eq!(value(function(Type::Int, || Some(Value::Int(1)))), "1");
    assert_eq!(value(function(Type::Double, || Some(Value::Int(1)))), "1.0");
    assert_eq!(value(function(Type::Int, || Some(Value::Double(1.0)))), "NoSuchOverload");
    assert_eq!(value(function(Type::Int, || None)), "InvalidArgument");
    let shown = function(Type::list(Type::Int), || None);
    assert_eq!(format!("{shown:?}"), "f[] -> list(int)");
    assert_eq!(
        (shown.name(), shown.parameters(), shown.result()),
        ("f", &[][..], &Type::list(Type::Int))
    );
    for text in [
        "null",
        "true",
        "1",
        "1u",
        "1.5",
        "'a'",
        "b'a'",
        "timestamp(1)",
        "duration('1s')",
        "ip('::1')",
        "cidr('::/0')",
        "[1, 'a', [b'c']]",
        "{'a': {'b': [1]}}",
    ] {
        let stored = constant(text);
        let expected = crate::support::shown(&Operand::stored(&stored));
        let any =
            HostFunction::new("f", vec![], Type::Any, move |_| Some(stored.value().into_owned()));
        assert_eq!(value(any), expected, "{text}");
    }
}
