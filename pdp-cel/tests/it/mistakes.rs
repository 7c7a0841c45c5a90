//! Expressions that are refused: what is wrong, and where.

use pdp_cel::{COST_MAX, Checked, DEPTH_MAX, MistakeKind, TOTAL_DEPTH_MAX};

use crate::support::{Declared, rows};

/// The rows of a table of expressions, one a line.
fn table(expressions: &str) -> String {
    rows(expressions, row)
}

fn row(declared: &mut Declared, text: &str) -> String {
    let checked = declared.check(text);
    assert_eq!(checked.known, None, "{text}");
    format!("{text}{}", shown(text, &checked))
}

fn shown(text: &str, checked: &Checked) -> String {
    let mut shown = String::new();
    for mistake in &checked.mistakes {
        let part = &text[mistake.span.start as usize..mistake.span.end as usize];
        let kind = match mistake.kind {
            MistakeKind::UnknownName => "name",
            MistakeKind::Type => "type",
            MistakeKind::Limit => "limit",
        };
        shown.push_str(&format!("\n    {kind}, `{part}`: {}", mistake.message));
        if let Some(hint) = &mistake.hint {
            shown.push_str(&format!(" -- {hint}"));
        }
    }
    shown
}

#[test]
fn names_and_fields() {
    insta::assert_snapshot!(table(NAMES));
}

#[test]
fn operators() {
    insta::assert_snapshot!(table(OPERATORS));
}

#[test]
fn macros() {
    insta::assert_snapshot!(table(MACROS));
}

#[test]
fn functions() {
    insta::assert_snapshot!(table(FUNCTIONS));
}

#[test]
fn a_name_that_has_a_mistake_of_its_own_is_none_here() {
    let checked = Declared::new().check("mistaken && i == 1");
    assert_eq!((checked.known, checked.mistakes), (None, vec![]));
}

/// A condition that costs exactly what one may cost, and one that costs a step more.
#[test]
fn the_cost_of_a_condition_has_a_limit() {
    let checked = |text: &str| Declared::new().check(text);
    let cost = |text: &str| checked(text).known.map(|known| known.cost);
    assert_eq!(cost("own(1000000)"), Some(COST_MAX));
    assert_eq!(cost("own(999998) && yes"), Some(COST_MAX));
    assert_eq!(cost("own(999998) && !yes"), None);
    let dear = checked("yes || (own(999999) && yes)");
    let [mistake] = &dear.mistakes[..] else { panic!("{:?}", dear.mistakes) };
    let message = "this may take 1000001 steps, more than the 1000000 that an evaluation may take";
    assert_eq!((mistake.kind, mistake.message.as_str()), (MistakeKind::Limit, message));
    assert_eq!((mistake.span.start, mistake.span.end), (7, 27));
}

/// The examples of `docs/cel.md`, section 8, with values as large as they may be stated.
#[test]
fn examples_of_what_is_too_dear() {
    let cost = |text: &str| Declared::new().check(text).known.map(|known| known.cost);
    assert_eq!(cost("many_words.exists(v, long.contains(v))"), None);
    assert!(cost("many_words.exists(v, page.contains(v))").is_some());
    assert_eq!(cost("many_words.map(v, v.replace('a', v))"), None);
    // Two loops inside of each other are dear, and what does the same takes a fraction.
    assert_eq!(cost("many.exists(a, many.exists(b, a == b))"), None);
    assert!(cost("sets.intersects(many, many)").is_some_and(|cost| cost < COST_MAX / 20));
}

/// What names stand for counts with its own depth.
#[test]
fn an_expression_nests_so_deep_and_no_deeper() {
    let deep = |count: usize| format!("{}i{}", "-(".repeat(count), ")".repeat(count));
    let text = deep(DEPTH_MAX / 2 - 1);
    let expression = pdp_cel::parse(&text).expect("not too deep");
    let checked = |level: usize| {
        let mut declared = Declared::new();
        let checked = pdp_cel::check(&expression, &text, &mut declared, &[], level);
        (checked.known.map(|known| known.depth), checked.mistakes, declared.levels)
    };
    let (depth, mistakes, levels) = checked(1);
    assert_eq!((depth, mistakes), (Some(DEPTH_MAX / 2), vec![]));
    assert_eq!(levels, [("i".to_owned(), DEPTH_MAX / 2 + 1)]);
    let last = TOTAL_DEPTH_MAX - DEPTH_MAX / 2 - 1;
    assert_eq!(checked(last).0, Some(DEPTH_MAX / 2));
    // The name is one deep itself: there is no room for it.
    for (level, part) in [(last + 1, "(i)"), (last + 2, "(i)"), (TOTAL_DEPTH_MAX, text.as_str())] {
        let (depth, mistakes, _) = checked(level);
        assert_eq!((depth, mistakes.len()), (None, 1), "{level}");
        assert_eq!(mistakes[0].kind, MistakeKind::Limit);
        let span = mistakes[0].span;
        assert_eq!(&text[span.start as usize..span.end as usize], part);
        assert_eq!(
            mistakes[0].message,
            "nested more than 128 deep with all that its names stand for"
        );
    }
}

/// How deep it stands is known again behind each part.
#[test]
fn parts_beside_each_other_are_not_deeper() {
    let mut declared = Declared::new();
    let text = format!("[{}-i]", "-i, ".repeat(200));
    assert!(declared.check(&text).known.is_some());
    assert_eq!(declared.levels.len(), 201);
    assert!(declared.levels.iter().all(|(_, level)| *level == 4), "{:?}", declared.levels);
}

const NAMES: &str = "
    nobody
    nobody.at.all
    nobody && nothing
    words.exists(Item, item == 'a')
    absent + 1
    [absent]
    -absent
    !ctx.level
    size(absent_text)
    counts.a + 1
    counts.a.b
    ctx.map.a ?? 'x'
    has(ctx.map.a)
    ctx.map.?a
    has(ctx.map) && ctx.map.a == 'x'
    has(ctx.map) && has(ctx.map.a) && ctx.map.b == 'x'
    has(ctx.map) || ctx.map.?a == optional.none()
    !has(ctx.level) && ctx.level > 1
    has(ctx.level) || ctx.level > 1
    has(ctx.level) ? 1 : ctx.level
    !has(ctx.level) ? ctx.level : 1
    (has(ctx.level) || yes) ? ctx.level : 1
    (!has(ctx.level) && yes) ? 1 : ctx.level
    (has(ctx.level) && yes) ? 1 : ctx.level
    (!has(ctx.level) || yes) ? ctx.level : 1
    !(i == 1) || ctx.level > 1
    (has(ctx.level) && yes) || ctx.level > 1
    (has(ctx.level) ? yes : no) && ctx.level > 1
    has(counts.a) && cel.bind(counts, counts, counts.a == 1)
    words.exists(counts, has(counts.a))
    has(own.wrong)
    words.exists(own, has(own.asked))
    own()
    i.field
    has(i.field)
    i.?field
    s.length
    words.a
    words.first.a
    maybe.field
    (i + 1).field
    (absent).field
    i[0]
    s[0]
    words['a']
    words[yes]
    words[time]
    counts[0]
    counts[1.5]
    labels['a']
    labels[yes]
    maps[0]['a'] + maps['a'][0]
    maybe[0]
    maybe_map[0]
    {1: 'a'}[null]
    {opens[1]: 1}[null]
    {opens[1]: 1}[time]
    {}[words]
    absent[0]
    ints[absent]
    i ?? 1
    ctx.user ?? 'x'
    has(ctx.level) && (ctx.level ?? 1) > 0
    absent ?? 'text'
    absent ?? absent_text
    (absent ?? ctx.level) + 1
    counts.a ?? 'x'
    maybe ?? 'x'
    (i + 1) ?? 2
    cel.bind(v, counts['z'], v ?? 1)
    cel.bind(v, absent, 1)
    Type{a: 1}
";

const OPERATORS: &str = "
    !i
    !null
    -s
    -u
    -yes
    -time
    i && yes
    yes || s
    yes && nobody && i
    i ? 1 : 2
    yes ? 1 : 'a'
    yes ? 1 : 1u
    yes ? ints : words
    yes ? maybe : maybe_text
    yes ? counts : labels
    i == s
    i != yes
    time == span
    ints == words
    counts == labels
    ip4 == net4
    null == i
    kind == i
    maybe == maybe_text
    x == s
    i < s
    words < words
    counts < counts
    null < null
    ip4 < ip4
    net4 <= net4
    kind > kind
    maybe >= maybe
    x < s
    i in words
    s in counts.b
    s in s
    s in i
    i in counts
    s in labels
    i in [1, i, u]
    i + u
    i + d
    s + i
    s + x
    yes + yes
    ints + words
    ints + 1
    time + time
    time + 1
    null + null
    counts + counts
    s - s
    span - time
    time - i
    words - words
    i - u
    i * d
    span * i
    s * i
    i / u
    d % d
    d % open
    open % d
    open - s
    words - open
    open * s
    time * open
    open / yes
    i % d
    u % i
    nobody + nothing
    s.startsWith(i)
    i.startsWith(s)
    s.endsWith(x)
    s.contains(words)
    s.contains()
    s.contains(s, s)
    contains(s, s)
    [1, 'a']
    [i, u]
    [ints, words]
    [[1], ['a']]
    [?i]
    [?maybe, ?maybe_text]
    [?absent]
    {'a': 1, 'b': 'c'}
    {'a': 1, 2: 3}
    {1.5: 1}
    {null: 1}
    {words: 1}
    {?'a': 1}
    {?'a': maybe, 'b': 'c'}
    {absent: 1, 'a': absent}
";

const MACROS: &str = "
    i.all(n, n)
    s.exists(c, c == 'a')
    maybe.map(n, n)
    yes.exists_one(n, n)
    x.filter(n, n)
    span.transformMap(k, n, n)
    null.transformMapEntry(k, n, n)
    absent.map(n, n)
    ints.all(n, n)
    ints.exists(n, n + 1)
    ints.exists_one(n, s)
    ints.filter(n, n)
    ints.map(n, n, n)
    ints.map(n, nobody)
    ints.map(n, absent)
    ints.transformList(k, n, k + s)
    ints.transformMapEntry(k, n, n)
    ints.transformMapEntry(k, n, [n])
    words.map(v, v + 1)
    words.map(v, v > 'a', v + 1)
    words.all(k, v, k)
    counts.all(k, k > 1)
    counts.all(k, v, v == k)
    rows.map(r, r + 1)
    rows.map(r, r.map(c, c + 1))
    rows.map(r, r.map(c, nobody))
    cel.bind(v, nobody, v)
    cel.bind(v, i, v + s)
    i.optMap(v, v)
    maybe.optMap(v, v + s)
    maybe.optFlatMap(v, v)
    maybe.optFlatMap(v, words)
    words.optFlatMap(v, v)
    absent.optMap(v, v)
    words.exists(a, words.exists(b, words.exists(c, a == b)))
    words.map(v, words.map(o, o.replace(v, s)))
    rows.map(a, rows.map(b, rows.map(c, rows)))
";

const FUNCTIONS: &str = "
    unknown(i)
    i.unknown()
    SIZE(s)
    s.Size()
    Has(s)
    HOST.SAME(i)
    hasValue(maybe)
    charAt(s, 1)
    s.string()
    s.int()
    size(s, s)
    s.size(s)
    s.charAt()
    s.charAt(1, 2)
    s.matches()
    math.abs()
    math.abs(i, i)
    math.nothing(i)
    math.greatest()
    optional.of()
    optional.none(i)
    all(ints)
    ints.all(n)
    startsWith(s, w)
    size(i)
    size(maybe)
    size(time)
    bool(i)
    int(yes)
    int(span)
    int(ints)
    uint(time)
    double(time)
    string(null)
    string(ints)
    string(counts)
    string(maybe)
    string(kind)
    bytes(i)
    timestamp(u)
    timestamp(d)
    duration(i)
    time.getHours(i)
    span.getHours('UTC')
    span.getFullYear()
    i.getHours()
    s.matches(t)
    s.matches(w + t)
    s.matches(1)
    matches(s, s)
    i.matches('a')
    s.charAt(u)
    s.charAt(d)
    s.indexOf(i)
    s.indexOf(w, u)
    i.lastIndexOf(w)
    ints.join()
    words.join(i)
    s.join()
    maybe.join()
    i.lowerAscii()
    x.upperAscii()
    s.replace(w)
    s.replace(w, i)
    s.replace(w, t, d)
    s.split(i)
    s.split(w, u)
    s.substring(u)
    s.substring(1, w)
    ints.trim()
    ints.reverse()
    strings.quote(i)
    i.format([])
    s.format(i)
    s.format(counts)
    s.format([maybe])
    s.format([[maybe]])
    s.format([{'a': maybe}])
    math.greatest(s)
    math.greatest(i, s)
    math.greatest(words)
    math.greatest([])
    math.least(ints, ints)
    math.least(i, ints)
    math.ceil(i)
    math.round(u)
    math.abs(s)
    math.sign(yes)
    math.isNaN(i)
    math.sqrt(s)
    math.bitAnd(i, u)
    math.bitOr(d, d)
    math.bitNot(d)
    math.bitShiftLeft(i, u)
    math.bitShiftRight(d, i)
    base64.encode(s)
    base64.decode(x)
    sets.contains(ints, words)
    sets.contains(doubles, few)
    sets.intersects(ints, i)
    sets.equivalent(counts, counts)
    ip(i)
    cidr(ip4)
    ip(net4)
    isIP(ip4)
    isCIDR(net4)
    ip.isCanonical(ip4)
    net4.family()
    s.isLoopback()
    ip4.containsIP(ip4)
    net4.containsIP(net4)
    net4.containsCIDR(ip4)
    ip4.ip()
    ip4.masked()
    ip4.prefixLength()
    i.hasValue()
    i.value()
    maybe.or(i)
    maybe.or(maybe_text)
    maybe.orValue(s)
    i.orValue(i)
    ints.unwrapOpt()
    optional.unwrap(i)
    optional.unwrap([1])
    i.first()
    counts.last()
    host.same(s)
    host.same(u)
    host.text(s, ints)
    host.text(words, s)
    size(nobody)
    unknown(nobody)
    s.replace(nobody, nothing)
    cel.bind(size, i, size(size))
    cel.bind(math, s, math.abs(i))
";
