//! Questions of one value: which expressions are some, and that they are answered as evaluated.

use pdp_cel::{
    Builder, Cidr, Fault, Glob, Host, Leaf, LowerOptions, Meter, NodeId, Operand, Order, Program,
    Question, Stored, evaluate, lower, parse,
};

use crate::support::{Declared, constant};

/// A host whose leaves all have one value.
struct One<'v>(Operand<'v>, Meter);

impl<'v> Host<'v> for One<'v> {
    fn value(&mut self, _: Leaf) -> Result<Option<Operand<'v>>, Fault> {
        Ok(Some(self.0.clone()))
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::Host(0)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.1
    }
}

/// What an expression comes to where its leaves have this value, if that is a truth value.
fn evaluated(program: &Program, node: NodeId, value: Operand<'_>) -> Option<bool> {
    match evaluate(program, node, &mut One(value, Meter::default())) {
        Ok(Operand::Bool(value)) => Some(value),
        _ => None,
    }
}

fn node(builder: &mut Builder, text: &str) -> NodeId {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    lower(&expression, text, builder, &mut Declared::new(), LowerOptions::default()).expect(text)
}

/// Holds an answer for a value against what is expected, and what is evaluated if there is one.
fn assert_answer(
    (program, node): (&Program, NodeId),
    question: &Question,
    text: &str,
    expected: Option<bool>,
) {
    let stored = constant(text);
    let value = stored.value();
    assert_eq!(program.answer(question, &value), expected, "{question:?} {text}");
    assert_eq!(program.answer_for_stored(question, &stored), expected, "{question:?} {text}");
    if expected.is_some() {
        let of_value = evaluated(program, node, Operand::open(&value));
        let of_stored = evaluated(program, node, Operand::stored(&stored));
        assert_eq!((of_value, of_stored), (expected, expected), "{question:?} {text}");
    }
    // Whoever has the value itself asks without a detour.
    if *question != Question::Present {
        match &stored {
            Stored::String(text) => assert_eq!(program.answer_for_text(question, text), expected),
            Stored::Int(value) => assert_eq!(question.of_int(*value), expected),
            Stored::Ip(address) => assert_eq!(question.of_address(*address), expected),
            _ => {}
        }
    }
}

const BOOLS: &[&str] = &["true", "false"];

const INTS: &[&str] = &["-9223372036854775808", "-7", "0", "6", "7", "8", "9223372036854775807"];

const TEXTS: &[&str] =
    &["''", "'alpha'", "'Alpha'", "'alphabet'", "'an alpha'", "'beta'", "'7'", "'10.1.2.3'"];

const ADDRESSES: &[&str] = &[
    "ip('9.255.255.255')",
    "ip('10.0.0.0')",
    "ip('10.255.255.255')",
    "ip('11.0.0.0')",
    "ip('::1')",
];

/// Lists of which it is clear whether `alpha` is among them: texts up to there.
const LISTS: &[&str] = &[
    "[]",
    "['alpha']",
    "['alpha', 7]",
    "['beta', 'gamma', 'alpha']",
    "['beta', 'gamma']",
    "['alphabet', 'an alpha']",
];

/// Values of which nothing but their presence is asked.
const OTHERS: &[&str] = &[
    "null",
    "7u",
    "7.0",
    "b'alpha'",
    "timestamp(7)",
    "duration('7s')",
    "cidr('10.0.0.0/8')",
    "{'alpha': 7}",
    "[7]",
    "[7, 'alpha']",
    "['beta', null]",
    "[['alpha']]",
];

fn all() -> Vec<&'static str> {
    [BOOLS, INTS, TEXTS, ADDRESSES, LISTS, OTHERS].concat()
}

/// An expression of one variable, the question that it is, the values of which that is asked and
/// those among them for which the answer is yes.
type Row<'r> = (&'r str, &'r str, Question, &'r [&'r str], &'r [&'r str]);

fn assert_answers(rows: Vec<Row<'_>>) {
    for (text, variable, question, of, yes) in rows {
        let mut builder = Builder::default();
        let made = node(&mut builder, text);
        let variable = node(&mut builder, variable);
        let leaf = builder.as_leaf(variable).expect("a leaf");
        assert_eq!(builder.as_question(made), Some((leaf, question.clone())), "{text}");
        let program = builder.finish([made]);
        assert!(yes.iter().all(|value| of.contains(value)), "{text}");
        for value in all() {
            let expected = of.contains(&value).then(|| yes.contains(&value));
            assert_answer((&program, made), &question, value, expected);
        }
    }
}

#[test]
fn whether_it_is_there() {
    let values = &all()[..];
    assert_answers(vec![
        ("has(ctx.level)", "ctx.level", Question::Present, values, values),
        ("has(ctx.user)", "ctx.user", Question::Present, values, values),
    ]);
}

#[test]
fn truth_values() {
    let is = Question::Bool;
    assert_answers(vec![
        ("yes", "yes", is(true), BOOLS, &["true"]),
        ("i", "i", is(true), BOOLS, &["true"]),
        ("yes == true", "yes", is(true), BOOLS, &["true"]),
        ("yes == false", "yes", is(false), BOOLS, &["false"]),
        ("false == no", "no", is(false), BOOLS, &["false"]),
    ]);
}

#[test]
fn whole_numbers() {
    let order = Question::Order;
    let [first, negative, zero, six, seven, eight, last] = INTS else { panic!("other numbers") };
    assert_answers(vec![
        ("i == 7", "i", Question::Int(7), INTS, &[seven]),
        ("-7 == i", "i", Question::Int(-7), INTS, &[negative]),
        ("i < 7", "i", order(Order::Less, 7), INTS, &[first, negative, zero, six]),
        ("i <= 7", "i", order(Order::LessOrEqual, 7), INTS, &[first, negative, zero, six, seven]),
        ("i > 7", "i", order(Order::Greater, 7), INTS, &[eight, last]),
        ("i >= 7", "i", order(Order::GreaterOrEqual, 7), INTS, &[seven, eight, last]),
        ("7 < i", "i", order(Order::Greater, 7), INTS, &[eight, last]),
        ("7 <= i", "i", order(Order::GreaterOrEqual, 7), INTS, &[seven, eight, last]),
        ("7 > i", "i", order(Order::Less, 7), INTS, &[first, negative, zero, six]),
        ("7 >= i", "i", order(Order::LessOrEqual, 7), INTS, &[first, negative, zero, six, seven]),
    ]);
}

#[test]
fn texts() {
    let text = || Box::<str>::from("alpha");
    let one_of =
        |texts: &[&str]| Question::OneOf(texts.iter().map(|text| (*text).into()).collect());
    let begin = &["'alpha'", "'alphabet'"];
    assert_answers(vec![
        ("s == 'alpha'", "s", Question::Text(text()), TEXTS, &["'alpha'"]),
        ("'alpha' == s", "s", Question::Text(text()), TEXTS, &["'alpha'"]),
        ("s == ''", "s", Question::Text("".into()), TEXTS, &["''"]),
        ("s in ['beta', 'alpha']", "s", one_of(&["beta", "alpha"]), TEXTS, &["'alpha'", "'beta'"]),
        ("s in ['alpha']", "s", one_of(&["alpha"]), TEXTS, &["'alpha'"]),
        ("s in []", "s", one_of(&[]), TEXTS, &[]),
        ("s.startsWith('alpha')", "s", Question::StartsWith(text()), TEXTS, begin),
        ("s.startsWith('')", "s", Question::StartsWith("".into()), TEXTS, TEXTS),
        ("s.endsWith('alpha')", "s", Question::EndsWith(text()), TEXTS, &["'alpha'", "'an alpha'"]),
        (
            "s.contains('alpha')",
            "s",
            Question::Contains(text()),
            TEXTS,
            &["'alpha'", "'alphabet'", "'an alpha'"],
        ),
        ("s.matches('^alpha')", "s", Question::Fits(0), TEXTS, begin),
        (
            "matches(s, '(?i)^a.*a$')",
            "s",
            Question::Fits(0),
            TEXTS,
            &["'alpha'", "'Alpha'", "'an alpha'"],
        ),
    ]);
}

#[test]
fn lists_and_addresses() {
    let among = &["['alpha']", "['alpha', 7]", "['beta', 'gamma', 'alpha']"];
    let within = |range| Question::Within(Cidr::parse(range).expect("a range"));
    assert_answers(vec![
        ("'alpha' in words", "words", Question::Holds("alpha".into()), LISTS, among),
        (
            "cidr('10.0.0.0/8').containsIP(ip4)",
            "ip4",
            within("10.0.0.0/8"),
            ADDRESSES,
            &["ip('10.0.0.0')", "ip('10.255.255.255')"],
        ),
        ("cidr('::/0').containsIP(ip4)", "ip4", within("::/0"), ADDRESSES, &["ip('::1')"]),
    ]);
}

/// A type is a text where it is written, but none where it is asked.
#[test]
fn types_are_left_to_the_evaluation() {
    let program = Builder::default().finish([]);
    let kind = constant("int");
    for question in [Question::Bool(true), Question::Int(7), Question::Text("int".into())] {
        assert_eq!(program.answer_for_stored(&question, &kind), None, "{question:?}");
    }
    assert_eq!(program.answer_for_stored(&Question::Present, &kind), Some(true));
}

#[test]
fn patterns_are_told_apart() {
    let mut builder = Builder::default();
    let texts = ["s.matches('^a')", "s.matches('^b')", "s.matches('a$')"];
    let nodes = texts.map(|text| node(&mut builder, text));
    let asked = nodes.map(|node| builder.as_question(node).map(|(_, question)| question));
    assert_eq!(asked, [0, 1, 2].map(|number| Some(Question::Fits(number))));
    let program = builder.finish(nodes);
    for (text, answers) in [
        ("alpha", [true, false, true]),
        ("beta", [false, true, true]),
        ("any", [true, false, false]),
        ("", [false, false, false]),
    ] {
        let made = asked.clone().map(|it| program.answer_for_text(&it.expect("one"), text));
        assert_eq!(made, answers.map(Some), "{text}");
    }
}

/// A host that has no value.
struct Nothing(Meter);

impl<'v> Host<'v> for Nothing {
    fn value(&mut self, _: Leaf) -> Result<Option<Operand<'v>>, Fault> {
        Ok(None)
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::Host(0)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.0
    }
}

#[test]
fn a_constant_default_is_answered_beforehand() {
    for (text, variable, question, absent) in [
        ("yes ?? false", "yes", Question::Bool(true), false),
        ("yes ?? true", "yes", Question::Bool(true), true),
        ("(i ?? 3) < 7", "i", Question::Order(Order::Less, 7), true),
        ("7 == (i ?? 3)", "i", Question::Int(7), false),
        ("(s ?? 'beta') in ['alpha']", "s", Question::OneOf(["alpha".into()].into()), false),
        ("'alpha' in (words ?? ['alpha'])", "words", Question::Holds("alpha".into()), true),
        ("(s ?? 'alpha').matches('^al')", "s", Question::Fits(0), true),
    ] {
        let mut builder = Builder::default();
        let made = node(&mut builder, text);
        let variable = node(&mut builder, variable);
        let leaf = builder.as_leaf(variable).expect("a leaf");
        assert_eq!(
            builder.as_question_with_default(made),
            Some((leaf, question, absent)),
            "{text}"
        );
        let program = builder.finish([made]);
        let evaluated = evaluate(&program, made, &mut Nothing(Meter::default()));
        assert!(matches!(evaluated, Ok(Operand::Bool(value)) if value == absent), "{text}");
    }
}

#[test]
fn other_defaults_are_no_question() {
    let mut builder = Builder::default();
    for text in ["yes", "yes ?? no", "i == 7", "(i ?? 3) + 1 == 7", "(counts.a ?? 3) == 7"] {
        let made = node(&mut builder, text);
        assert_eq!(builder.as_question_with_default(made), None, "{text}");
    }
}

#[test]
fn what_is_no_question() {
    let mut builder = Builder::default();
    for text in [
        "true",
        "7",
        "1 / 0 == 1",
        "nobody",
        // Something made of the value, another value or more than one question.
        "!yes",
        "yes && no",
        "yes || no",
        "i != 7",
        "i + 1 == 8",
        "-i < 7",
        "size(s) == 5",
        "s.lowerAscii() == 'alpha'",
        "s.trim().startsWith('a')",
        "s == t",
        "i < u",
        "yes ? no : yes",
        "counts.a == 7",
        "has(counts.a)",
        "'a' in open.b",
        // Constants of other types.
        "i == 7u",
        "i == 7.0",
        "i == null",
        "words == ['alpha']",
        "i < 7u",
        "7.0 > i",
        "s < 'alpha'",
        "'alpha' <= s",
        "7 in ints",
        "i in [7, 8]",
        "s in ['alpha', 7]",
        "s in {'alpha': 7}",
        "s.startsWith(t)",
        "'alpha'.startsWith(s)",
        "s.endsWith(t)",
        "'alpha'.endsWith(s)",
        "s.contains(t)",
        "'alpha'.contains(s)",
        "s.matches(t)",
        "'alpha'.matches(s)",
        "s in words",
        "net4.containsIP(ip4)",
        "net4.containsIP('10.1.1.1')",
        "cidr('10.0.0.0/8').containsCIDR(net4)",
        "words.exists(w, w == 'alpha')",
    ] {
        let made = node(&mut builder, text);
        assert_eq!(builder.as_question(made), None, "{text}");
    }
}

#[test]
fn globs() {
    for (pattern, fitting, others) in [
        ("", &[""][..], &["a", "*"][..]),
        ("doc", &["doc"], &["", "do", "docs", "a doc", "Doc"]),
        ("*", &["", "*", "doc"], &[]),
        ("doc*", &["doc", "docs", "doc*"], &["", "do", "a doc"]),
        ("doc**", &["doc", "docs"], &["do", "a doc"]),
        ("*.pdf", &[".pdf", "a.pdf", "a.pdf.pdf"], &["", "pdf", "a.pdfs", "a.pdf.txt"]),
        ("**.pdf", &[".pdf", "a.pdf"], &["pdf", "a.pdfs"]),
        ("*doc*", &["doc", "docs", "a doc", "a docs", "dodoc"], &["", "do", "do c"]),
        ("a*b", &["ab", "axb", "abb", "aab", "a*b"], &["", "a", "b", "ba", "axbx", "xab"]),
        ("a**b", &["ab", "axb", "a*b"], &["a", "b", "ba"]),
        // No letter stands for two of the pattern.
        ("a*a", &["aa", "aba", "aaa"], &["a", "ab", "ba"]),
        ("ab*ba", &["abba", "abxba", "abbaba"], &["aba", "ab", "ba"]),
        ("*aa*aa*", &["aaaa", "aabaa", "xaaxaax", "aaaaa"], &["aa", "aaa", "aabab"]),
        ("x*ab*b", &["xabb", "xabab", "xaxabxb"], &["xab", "xb", "xba"]),
        ("a*b*c", &["abc", "axbxc", "abcbc", "abbcc"], &["ac", "acb", "abcb", "bac"]),
        // What comes first is taken, however long it is and wherever it begins.
        ("a*bc*bd", &["abcbd", "abcbcbd", "abbcxbd"], &["abcd", "abd", "abdbc"]),
        ("*cde*ab*", &["cdeab", "xxxxxcdexab", "cdcdeab"], &["abcde", "cdea", "cdeba", "xxcdexa"]),
        ("*one*two*three", &["onetwothree", "a one, two, three"], &["onethree", "twoonethree"]),
        ("*é*ü", &["éü", "aébü", "ééüü"], &["üé", "é", "ü", "e\u{301}ü"]),
    ] {
        let mut builder = Builder::default();
        let text = node(&mut builder, "s");
        let made = builder.fits_glob(text, pattern);
        let glob = Glob::new(pattern);
        let question = match glob.prefix() {
            Some(prefix) => Question::StartsWith(prefix.into()),
            None => Question::Fits(0),
        };
        let leaf = builder.as_leaf(text).expect("a leaf");
        assert_eq!(builder.as_question(made), Some((leaf, question.clone())), "{pattern}");
        let program = builder.finish([made]);
        let expected = fitting.iter().map(|text| (text, true));
        for (text, fits) in expected.chain(others.iter().map(|text| (text, false))) {
            assert_eq!(glob.fits(text), fits, "{pattern} {text}");
            assert_eq!(program.answer_for_text(&question, text), Some(fits), "{pattern} {text}");
            let made = evaluated(&program, made, Operand::text(text));
            assert_eq!(made, Some(fits), "{pattern} {text}");
        }
    }
}
