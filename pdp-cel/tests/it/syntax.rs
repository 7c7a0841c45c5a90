//! From text to tree: forms, places, and what is no expression.

use pdp_cel::{
    DEPTH_MAX, Expression, ExpressionKind, Item, Literal, ParseOptions, parse, parse_with,
};

/// The tree of an expression, one node a line, each with what was written.
fn tree(text: &str) -> String {
    let mut lines = format!("{text}\n");
    match parse(text) {
        Ok(expression) => add(&mut lines, text, &expression, 1),
        Err(error) => lines.push_str(&format!("  {error}")),
    }
    lines
}

fn add(lines: &mut String, text: &str, expression: &Expression, level: usize) {
    let span = expression.span;
    let written = &text[span.start as usize..span.end as usize];
    lines.push_str(&format!("{}{} `{written}`\n", "  ".repeat(level), label(expression)));
    expression.parts(&mut |part| add(lines, text, part, level + 1));
}

/// What an expression is beside its parts.
fn label(expression: &Expression) -> String {
    match &expression.kind {
        ExpressionKind::Literal(literal) => format!("{literal:?}"),
        ExpressionKind::Name { name, absolute } => dotted("name", name, *absolute),
        ExpressionKind::Field { field, optional, .. } => asked("field", field, *optional),
        ExpressionKind::Index { optional, .. } => asked("index", "", *optional),
        ExpressionKind::Has { field, .. } => format!("has {field}"),
        ExpressionKind::Call { target, function, .. } => {
            format!("{} {function}", if target.is_some() { "method" } else { "function" })
        }
        ExpressionKind::Unary { operator, .. } => format!("{operator:?}"),
        ExpressionKind::Binary { operator, .. } => operator.as_str().to_owned(),
        ExpressionKind::All(_) => "&&".to_owned(),
        ExpressionKind::Any(_) => "||".to_owned(),
        ExpressionKind::Conditional { .. } => "?:".to_owned(),
        ExpressionKind::List(items) => format!("list{}", optionals(items)),
        ExpressionKind::Map(entries) => {
            let optional = entries.iter().filter(|entry| entry.optional).count();
            format!("map, {} entries, {optional} optional", entries.len())
        }
        ExpressionKind::Message { name } => format!("message {name}"),
        ExpressionKind::Loop(inner) => {
            let second = inner.second.as_deref().unwrap_or("-");
            let filter = inner.filter.is_some();
            format!("{} {} {second}, filter {filter}", inner.kind.as_str(), inner.first)
        }
        ExpressionKind::Bind { name, .. } => format!("bind {name}"),
        ExpressionKind::OptionalMap { name, flat, .. } => format!("optMap {name}, flat {flat}"),
    }
}

fn dotted(what: &str, name: &str, absolute: bool) -> String {
    format!("{what} {}{name}", if absolute { "." } else { "" })
}

fn asked(what: &str, name: &str, optional: bool) -> String {
    format!("{what} {}{name}", if optional { "?" } else { "" })
}

fn optionals(items: &[Item]) -> String {
    items.iter().map(|item| if item.optional { " ?" } else { " _" }).collect()
}

/// The trees of expressions, one a line.
fn trees(expressions: &str) -> String {
    let lines = expressions.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(tree).collect()
}

#[test]
fn trees_of_expressions() {
    insta::assert_snapshot!(trees(TREES));
}

#[test]
fn trees_of_macros() {
    insta::assert_snapshot!(trees(MACROS));
}

/// The mistake of a text and where it stands.
fn mistake(text: &str) -> String {
    match parse(text) {
        Ok(_) => format!("{text:?} is one"),
        Err(error) => {
            format!("{text:?} {}..{}: {error}", error.span.start, error.span.end)
        }
    }
}

#[test]
fn what_is_no_expression() {
    let rows: String = MISTAKES.iter().map(|text| mistake(text) + "\n").collect();
    insta::assert_snapshot!(rows);
}

/// The literal that a text is.
fn literal(text: &str) -> Literal {
    match parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).kind {
        ExpressionKind::Literal(literal) => literal,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn numbers_at_their_bounds() {
    for (text, value) in [
        ("0", 0),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("0x7fffffffffffffff", i64::MAX),
        ("-0x8000000000000000", i64::MIN),
        ("0XfF", 255),
        ("007", 7),
        ("-1", -1),
    ] {
        assert_eq!(literal(text), Literal::Int(value), "{text}");
    }
    for (text, value) in [
        ("0u", 0),
        ("18446744073709551615u", u64::MAX),
        ("0xffffffffffffffffU", u64::MAX),
        ("12U", 12),
    ] {
        assert_eq!(literal(text), Literal::Uint(value), "{text}");
    }
    for (text, value) in [
        ("1.5", 1.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("15e-1", 1.5),
        ("1.25e2", 125.0),
        ("-1.5", -1.5),
        ("1.7976931348623157e308", f64::MAX),
        ("1e-400", 0.0),
    ] {
        assert_eq!(literal(text), Literal::Double(value), "{text}");
    }
    // A point that no digit follows is none of the number's.
    assert_eq!(label(&parse("1.size()").expect("a method")), "method size");
}

#[test]
fn escapes_and_quotes() {
    for (text, value) in [
        (r"''", ""),
        (r#""""#, ""),
        (r"''''''", ""),
        (r"'a'", "a"),
        (r#""it's""#, "it's"),
        (r"'''it's'''", "it's"),
        ("'''two\nlines'''", "two\nlines"),
        ("\"\"\"two\r\nlines\"\"\"", "two\r\nlines"),
        (r#""""say "" twice""""#, "say \"\" twice"),
        (r"'\a\b\f\n\r\t\v'", "\u{7}\u{8}\u{c}\n\r\t\u{b}"),
        (r#"'\\\?\"\'\`'"#, "\\?\"'`"),
        (r"'\x41\X4a\xff'", "AJ\u{ff}"),
        (r"'\u00e9\u20AC'", "é€"),
        (r"'\U0001F600'", "\u{1F600}"),
        (r"'\101\377\000'", "A\u{ff}\0"),
        (r"r'\n\'", "\\n\\"),
        (r"R'\d'", "\\d"),
        ("r'''\\'''", "\\"),
        ("'é€😀'", "é€😀"),
    ] {
        assert_eq!(literal(text), Literal::String(value.to_owned()), "{text}");
    }
    for (text, value) in [
        (r"b'\xff\101\377'", &[0xff, b'A', 0xff][..]),
        (r"b'é'", "é".as_bytes()),
        (r"B'a'", b"a"),
        (r"rb'\x'", b"\\x"),
        (r"bR'\x'", b"\\x"),
        (r"b'\n\\'", b"\n\\"),
        (r"b''''''", b""),
    ] {
        assert_eq!(literal(text), Literal::Bytes(value.to_vec()), "{text}");
    }
}

#[test]
fn blanks_and_comments_are_passed_over() {
    for text in
        [" 1", "1 ", "\t\n\r\u{c}1", "// first\n1", "1 // last", "1 // last\n // more", "//\n1"]
    {
        assert_eq!(literal(text), Literal::Int(1), "{text:?}");
    }
    let text = "1 // one\n + // plus\n 2";
    let span = parse(text).expect("a sum").span;
    assert_eq!((span.start as usize, span.end as usize), (0, text.len()));
    assert_eq!(tree("1 // one\n/ 2").lines().filter(|line| line.contains("Int")).count(), 2);
}

#[test]
fn each_form_nests_so_deep_and_no_deeper() {
    // A form around another, and how deep the innermost may stand in it: a bracket or sign before
    // its operand opens a level.
    for (before, inner, after) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("-", "a", ""),
        ("!", "a", ""),
        ("f(", "1", ")"),
        ("a.f(", "1", ")"),
        ("a[", "1", "]"),
        ("{1: ", "1", "}"),
        ("{", "1", ": 1}"),
        ("a ? 1 : ", "1", ""),
        ("Name{a: ", "1", "}"),
        ("a.map(x, ", "1", ")"),
    ] {
        let nested =
            |count: usize| format!("{}{inner}{}", before.repeat(count), after.repeat(count));
        let deepest = (1..200).take_while(|count| parse(&nested(*count)).is_ok()).last();
        let bracket = usize::from(before == "(");
        assert_eq!(deepest, Some(DEPTH_MAX - 1 + bracket), "{before}");
        let error = parse(&nested(DEPTH_MAX + 1)).expect_err("too deep");
        assert_eq!(error.message, "nested more than 64 deep", "{before}");
    }
}

#[test]
fn operators_one_after_another_nest_too() {
    for (sign, nests) in
        [("+", true), ("*", true), ("==", true), ("??", true), ("&&", false), ("||", false)]
    {
        let chain = |count: usize| vec!["a"; count].join(sign);
        assert!(parse(&chain(DEPTH_MAX)).is_ok(), "{sign}");
        assert_eq!(parse(&chain(DEPTH_MAX + 1)).is_err(), nests, "{sign}");
    }
    for step in [".b", ".?b", "[0]", ".f()", ".f(b)"] {
        let chain = |count: usize| format!("a{}", step.repeat(count));
        assert!(parse(&chain(DEPTH_MAX - 1)).is_ok(), "{step}");
        let error = parse(&chain(DEPTH_MAX)).expect_err(step);
        assert_eq!((error.span.start, error.span.end as usize), (0, chain(DEPTH_MAX).len()));
    }
    // The deeper of several parts counts, wherever it stands.
    let deep = format!("{}1{}", "[".repeat(DEPTH_MAX - 1), "]".repeat(DEPTH_MAX - 1));
    assert!(parse(&deep).is_ok());
    for text in [
        format!("{deep} + 1"),
        format!("1 + {deep}"),
        format!("a && {deep}"),
        format!("{deep} || a"),
        format!("{deep} ? 1 : 2"),
        format!("{deep}.a"),
        format!("{deep}[0]"),
        format!("{deep}.f()"),
        format!("{deep}.map(x, x)"),
    ] {
        assert_eq!(parse(&text).expect_err(&text).message, "nested more than 64 deep");
    }
}

#[test]
fn a_text_has_64_kib_at_most() {
    let spaces = |count: usize| format!("1{}", " ".repeat(count - 1));
    assert!(parse(&spaces(64 * 1024)).is_ok());
    let error = parse(&spaces(64 * 1024 + 1)).expect_err("too long");
    assert_eq!(error.message, "an expression of more than 64 KiB");
    assert_eq!((error.span.start, error.span.end), (0, 64 * 1024));
}

#[test]
fn macros_and_our_operator_can_be_left_out() {
    let plain = ParseOptions { macros: false, default_operator: false };
    for text in ["a.map(x, x)", "has(a.b)", "cel.bind(x, 1, x)", "a.optMap(x, x)", "a.all()"] {
        let expression = parse_with(text, plain).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(matches!(expression.kind, ExpressionKind::Call { .. }), "{text}");
    }
    let error = parse_with("a + 1 ?? b", plain).expect_err("no operator");
    assert_eq!(error.message, "`??` is no operator of CEL");
    assert_eq!((error.span.start, error.span.end), (6, 8));
    assert_eq!(ParseOptions::default(), ParseOptions { macros: true, default_operator: true });
}

#[test]
fn names_texts_and_paths_are_told_apart() {
    let path = |text: &str| {
        let expression = parse(text).expect(text);
        expression.path().map(|(names, absolute)| (names.join("/"), absolute))
    };
    assert_eq!(path("a.b.c"), Some(("a/b/c".to_owned(), false)));
    assert_eq!(path(".a.b"), Some(("a/b".to_owned(), true)));
    assert_eq!(path("a.`b-c`"), Some(("a/b-c".to_owned(), false)));
    for text in ["a.?b", "a[0].b", "f().b", "1", "a.f()"] {
        assert_eq!(path(text), None, "{text}");
    }
    let name = |text: &str| parse(text).expect(text).as_name().map(str::to_owned);
    assert_eq!(name("(a)").as_deref(), Some("a"));
    assert_eq!(name(".a").as_deref(), Some("a"));
    assert_eq!(name("'a'"), None);
    assert_eq!(name("a.b"), None);
    let text = |text: &str| parse(text).expect(text).as_text().map(str::to_owned);
    assert_eq!(text("'a'").as_deref(), Some("a"));
    assert_eq!(text("b'a'"), None);
    assert_eq!(text("a"), None);
}

const TREES: &str = r#"
    null
    true
    false
    -1
    - 1
    -a
    --a
    !!a
    !-a
    a.b.c
    .a.b
    a.?b
    a.`b-c`
    a.`b/c d._e`
    a[0]
    a[?0]
    a.b[1].c
    f()
    f(1, 2)
    f(1,)
    a.f()
    a.f(1)
    .f(1)
    a.b.f(c)
    [1, 2,]
    [?a, b]
    []
    {}
    {1: 2, ?'a': b,}
    {'a': {'b': 1}}
    Name{}
    a.Name{b: 1, ?c: 2, `d`: 3,}
    1 + 2 * 3
    (1 + 2) * 3
    1 - 2 - 3
    a * b / c % d
    a < b
    a <= b
    a > b
    a >= b
    a == b != c
    a in b
    a in b in c
    index in inner
    a && b || c && d
    a && (b && c)
    a || b || c
    a ? b : c
    a ? b : c ? d : e
    a || b ? c && d : e
    a ?? b
    a ?? b ?? c
    (a + b) ?? c
    a ?? (b + c)
    (a ?? b) + c
    a ?? b == c
    a ?? -b
    a ?? b.c[d]
    a == b ?? c
    (a)
    ( a + b )
    ((a))
    a.map
    has
    x.has(a)
    _a1
    ina
    true.a
    "a" + 'b'
    b'a' + rb'\d'
    a.b.c(d)[e].?f
    1.0.f()
    2u+3u
    1-1
    1 -1
    a.if
    a.while()
    [a, b].size() + {c: d}[e]
"#;

const MACROS: &str = "
    has(a.b)
    has(a.b.c)
    has(a[0].b)
    has(a, b)
    has()
    a.all(x, p)
    a.all(x, y, p)
    a.exists(x, p)
    a.exists(x, y, p)
    a.exists_one(x, p)
    a.exists_one(x, y, p)
    a.existsOne(x, p)
    a.existsOne(x, y, p)
    a.filter(x, p)
    a.map(x, t)
    a.map(x, p, t)
    a.transformList(x, y, t)
    a.transformList(x, y, p, t)
    a.transformMap(x, y, t)
    a.transformMap(x, y, p, t)
    a.transformMapEntry(x, y, t)
    a.transformMapEntry(x, y, p, t)
    cel.bind(x, a, t)
    other.bind(x, a, t)
    cel.bind(x, a)
    a.optMap(x, t)
    a.optFlatMap(x, t)
    a.all(x)
    a.all(x, y, z, p)
    a.filter(x)
    a.filter(x, y, p)
    a.map(x)
    a.map(x, y, z, t)
    a.exists()
    a.transformList(x, t)
    a.transformMap(x, y, p, t, u)
    a.optMap(x)
    a.optFlatMap(x, y, t)
    map(x, t)
    all(a, x, p)
    bind(x, a, t)
    a.map(x, x.map(y, y))
";

const MISTAKES: &[&str] = &[
    "",
    "  ",
    "// nothing",
    "1 2",
    "a b",
    "a 'b'",
    "a b'c'",
    "a )",
    "1 +",
    "+ 1",
    "* 1",
    "a &&",
    "a & b",
    "a | b",
    "a = b",
    "a && && b",
    "(1",
    "(1]",
    "()",
    "[1, 2",
    "[1 2]",
    "[,]",
    "[?]",
    "{1}",
    "{1: 2",
    "{1: }",
    "{: 1}",
    "{1: 2 3: 4}",
    "f(1",
    "f(,)",
    "f(1 2)",
    "a.",
    "a.1",
    "a.'b'",
    "a.in",
    "a.true",
    "a.null",
    "a.?",
    "a.?f(1)",
    "a.`b`(1)",
    "a[",
    "a[1",
    "a[]",
    "a ? b",
    "a ? b :",
    "a ? : c",
    "a ?",
    "a ?? ",
    "a ?? b + c",
    "a + b ?? c",
    "a * b ?? c",
    "x || a ?? b - c",
    "(a) + (b) ?? c",
    "a ?? b ?? c % d",
    "a ?? (b) + (c)",
    "in",
    "a in",
    ".",
    ".1a",
    ".true",
    ".(a)",
    "if",
    "a + for",
    "f(let)",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "function",
    "import",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "1x",
    "1_0",
    "1ux",
    "1uu",
    "0x",
    "0xg",
    "0x1g",
    "x + 0X",
    "1.5u",
    "1.5x",
    "1e",
    "1e+",
    "x + 1e-",
    "1ex",
    "1.2.3",
    "1..2",
    "1e400",
    "-1e400",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616u",
    "0x8000000000000000",
    "0x10000000000000000u",
    "'a",
    "\"a",
    "'''a''",
    "'a\nb'",
    "'a\rb'",
    "r'a",
    "b'a",
    "1 + 'é",
    "'a\\",
    "'\\q'",
    "'é\\q'",
    "'\\é'",
    "'\\x4'",
    "'\\x4g'",
    "'\\u12'",
    "'\\ud800'",
    "'\\U00110000'",
    "'\\U0001F60'",
    "'\\12'",
    "'\\400'",
    "'\\181'",
    "b'\\u0041'",
    "b'\\U00000041'",
    "u'a'",
    "x'a'",
    "rr'a'",
    "brr'a'",
    "`a`",
    "a.`",
    "a.``",
    "a.`b",
    "a.`b\"`",
    "a.`é`",
    "a.`b.c-d/e f",
    "é",
    "a + é",
    "a # b",
    "a ; b",
    "a $ b",
    "\u{7}",
    "@",
    "a ~ b",
    "Name{a}",
    "Name{a: 1",
    "Name{1: 2}",
    "Name{a: 1 b: 2}",
    "f(){a: 1}",
    "1{a: 1}",
    "has(a)",
    "has(a.?b)",
    "has(a[0])",
    "has(1)",
    "x + has(f(a))",
    "a.map(1, x)",
    "a.map(x.y, x)",
    "a.map(.x, x)",
    "a.all(x, x, p)",
    "a.all(x, 1, p)",
    "a.transformMap(x, x, t)",
    "a.transformList(1, x, t)",
    "cel.bind(1, a, t)",
    "cel.bind(x.y, a, t)",
    "a.optMap(1, t)",
    "a.optFlatMap('x', t)",
];
