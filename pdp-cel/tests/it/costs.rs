//! What the checker says of expressions, and what evaluating them takes.
//!
//! Each expression has its type, the steps that it may take, how large its value may be and how deep
//! it nests; behind the arrow stand a value, and the steps and bytes of memory that it took. That the
//! second keep within the first is asked of each, so that a snapshot cannot hold a bound that is too
//! low.

use pdp_cel::{Absence, BYTES_MAX, Checked, Known, STEPS_MAX};

use crate::support::{Declared, Evaluated, rows};

/// The rows of a table of expressions, one a line.
fn table(expressions: &str) -> String {
    rows(expressions, row)
}

fn row(declared: &mut Declared, text: &str) -> String {
    let checked = declared.check(text);
    assert_eq!(checked.mistakes, [], "{text}");
    let known = checked.known.as_ref().expect("there is no mistake");
    let evaluated = declared.evaluated(text);
    assert_within(text, &evaluated, known);
    assert_metered(declared, text, &evaluated);
    let Evaluated { value, steps, bytes, .. } = evaluated;
    let known = said(text, &checked, known);
    format!("{text}\n    {known}\n    -> {value}: {steps} steps, {bytes} bytes")
}

/// What the checker promises of every value.
fn assert_within(text: &str, evaluated: &Evaluated, known: &Known) {
    let (made, most) = (evaluated.extent, known.bulk);
    assert!(evaluated.steps <= known.cost, "{text}: {} steps, {known:?}", evaluated.steps);
    assert!(made.items <= most.items && made.bytes <= most.bytes, "{text}: {made:?}, {known:?}");
}

/// What was taken is just enough: with a step less, or a byte less, there is no value.
fn assert_metered(declared: &mut Declared, text: &str, evaluated: &Evaluated) {
    let Evaluated { value, steps, bytes, .. } = evaluated;
    let mut within = |steps: u64, bytes: u64| declared.evaluated_within(text, steps, bytes).value;
    let plenty = STEPS_MAX / 4;
    assert_eq!(within(*steps, BYTES_MAX), *value, "{text}");
    assert_eq!(within(plenty, *bytes), *value, "{text}");
    if *steps > 0 {
        let less = within(steps - 1, BYTES_MAX);
        assert!(less.starts_with("Limit at"), "{text}: {less} within {} steps", steps - 1);
    }
    if *bytes > 0 {
        let less = within(plenty, bytes - 1);
        assert!(less.starts_with("Limit at"), "{text}: {less} within {} bytes", bytes - 1);
    }
}

fn said(text: &str, checked: &Checked, known: &Known) -> String {
    let Known { value_type, absence, bulk, cost, depth } = known;
    let mut said = format!(
        "{value_type}, {cost} steps, {} items, {} bytes, {depth} deep",
        bulk.items, bulk.bytes
    );
    said.push_str(match absence {
        Absence::Never => "",
        Absence::Possible => ", may be absent",
        Absence::Declared => ", declared as absent",
    });
    for span in &checked.open {
        said.push_str(&format!(", open `{}`", &text[span.start as usize..span.end as usize]));
    }
    said
}

#[test]
fn values_names_and_fields() {
    insta::assert_snapshot!(table(NAMES));
}

#[test]
fn operators() {
    insta::assert_snapshot!(table(OPERATORS));
}

#[test]
fn lists_and_maps() {
    insta::assert_snapshot!(table(WRITTEN_OUT));
}

#[test]
fn macros() {
    insta::assert_snapshot!(table(MACROS));
}

/// Loops beside each other take what each takes by itself.
#[test]
fn loops_beside_each_other_add_up() {
    let cost = |text: &str| {
        let checked = Declared::new().check(text);
        checked.known.unwrap_or_else(|| panic!("{text}: {:?}", checked.mistakes)).cost
    };
    for inner in ["names.map(v, v + w)", "rows.map(r, r.map(c, c + w))"] {
        let list = |count: usize| format!("[{}]", vec![inner; count].join(", "));
        let each = cost(&list(2)) - cost(&list(1));
        assert_eq!(each, cost(inner) + 2);
        assert_eq!(cost(&list(20)), cost(&list(1)) + 19 * each);
    }
}

#[test]
fn conversions_and_times() {
    insta::assert_snapshot!(table(CONVERSIONS));
}

#[test]
fn texts() {
    insta::assert_snapshot!(table(TEXTS));
}

#[test]
fn numbers_sets_addresses() {
    insta::assert_snapshot!(table(NUMBERS));
}

#[test]
fn optionals() {
    insta::assert_snapshot!(table(OPTIONALS));
}

#[test]
fn functions_of_the_host() {
    insta::assert_snapshot!(table(HOST));
}

const NAMES: &str = "
    null
    true
    1
    1u
    1.5
    'text'
    b'octets'
    int
    google.protobuf.Timestamp
    i
    s
    x
    ints
    counts
    rows
    open
    absent
    absent ?? 3
    absent_text ?? s
    absent_text ?? w
    absent_text ?? 'none'
    ctx.user
    ctx.level
    ctx.level ?? 1
    has(ctx.level)
    has(ctx.user)
    ctx.?level
    ctx.?user
    has(ctx.level) && ctx.level > 3
    !has(ctx.level) || ctx.level > 3
    has(ctx.level) ? ctx.level : 0
    !has(ctx.level) ? 0 : ctx.level
    (has(ctx.level) && yes) ? ctx.level : 0
    (!has(ctx.level) || no) ? 0 : ctx.level
    has(ctx.map) && (ctx.map.a ?? 'x') == 'a'
    has(ctx.map) && has(ctx.map.a) && ctx.map.a == 'x'
    has(own.asked)
    words.exists(v, has(own.asked))
    own(i)
    counts.a
    counts.a ?? 9
    counts.z ?? 9
    has(counts.a)
    has(counts.z)
    has(counts.a) && counts.a == 1
    counts.?a
    counts.?z
    counts['a']
    counts['z'] ?? 9
    counts[?'z']
    labels[1]
    labels[1.0]
    labels[1u] ?? 'none'
    labels[9] ?? 'none'
    labels[?9]
    ints[0]
    ints[i] ?? 0
    ints[99] ?? 0
    ints[?99]
    ints[0.0]
    ints[0u]
    words[0]
    words[?0]
    rows[0]
    rows[0][1]
    (rows[0])[1]
    maps[0].a
    maps[0].a ?? 1
    maps[0].?a
    has(maps[0].a)
    (maps[0]).a ?? 1
    open.a
    open.z ?? 1
    open.?a
    open['a']
    open[i] ?? 1
    has(open.a)
    ints[opens[0]]
    counts[opens[1]]
    opens[0]
    maybe_map.a
    maybe_map.z
    maybe_map.?a
    maybe_map['a']
    maybe_map[?'a']
    has(maybe_map.a)
    maybe_map.a[0]
    {opens[1]: 1}['a']
    {opens[1]: 1}[i] ?? 2
    {opens[1]: 1}[d] ?? 2
    {opens[1]: 1}[yes] ?? 2
    [maybe_text][0]
    [maybe_map].map(m, m)
    [maybe_map].first()
    (counts.a ?? 1) + (counts.b ?? 2)
    absent ?? counts.a ?? 5
    maybe ?? 1
    none ?? 1
    maybe_text ?? s
    cel.bind(counts, labels, counts[1])
    counts.map(k, has(counts.a) && counts.a == 1)
";

const OPERATORS: &str = "
    !yes
    -i
    -d
    -span
    -open
    yes && no
    yes || no
    yes && no && i == 7
    i == 7 || yes || s == t || no
    yes && open
    yes ? i : 1
    no ? s : t
    yes ? words : names
    yes ? [] : ints
    yes ? open : i
    i == 7
    i != 7
    i == u
    i == d
    i < d
    u >= i
    s == t
    t == s
    s != w
    x == x
    x < b'x'
    s < t
    t <= s
    s > w
    w >= s
    time == time
    time < time
    span <= span
    kind == int
    ip4 == ip4
    net4 != net4
    yes < no
    null == null
    words == names
    names == words
    words != names
    rows == rows
    ints == doubles
    counts == counts
    labels == {1: 'one'}
    maybe == none
    maybe == maybe
    maybe_text == maybe_text
    open == open
    open == i
    open < i
    s == open
    few == ints
    few == []
    [] == []
    i in ints
    d in ints
    's' in words
    s in words
    words in rows
    'a' in counts
    i in labels
    i in open
    i in [1, 2, 7]
    s in ['a', t]
    open in ints
    i + 1
    i - 1
    i * 2
    i / 2
    i % 2
    u + u
    u - u
    u * u
    u / u
    u % u
    d + d
    d - d
    d * d
    d / d
    i + open
    open + open
    open + s
    open + x
    open + d
    open + time
    open + ints
    open - time
    span - open
    open - i
    open * u
    open % i
    s + t
    s + w + t
    x + x
    ints + few
    words + names
    words + []
    rows + [words]
    ints + opens
    time + span
    span + time
    span + span
    time - span
    time - time
    span - span
    s.startsWith(w)
    s.startsWith('alpha')
    w.startsWith(s)
    s.endsWith(t)
    s.endsWith('them.')
    s.contains(w)
    s.contains('beta')
    t.contains(s)
    open.contains('a')
    s.contains(t + w)
    open.b.contains(s)
    yes && (no || (yes && (no || i > 3)))
";

const WRITTEN_OUT: &str = "
    []
    [1]
    [i]
    [i, i]
    [s, t]
    [s, t, w]
    [ints, few]
    [words, []]
    [i, open]
    [[i], [i, i]]
    [?maybe]
    [?maybe, ?none, i]
    [?maybe_text, s]
    [?open]
    [maybe, none]
    {}
    {'a': 1}
    {'a': i, 'b': i}
    {s: t}
    {s: t, t: w}
    {i: s}
    {u: s}
    {yes: i}
    {opens[1]: 1}
    {'a': words}
    {'a': words, 'b': names}
    {'a': [], 'b': names}
    {?'a': maybe}
    {?'a': none, 'b': i}
    {?'a': open.?b}
    {?'a': maybe_text}
    {'a': open, 'b': i}
    {'a': {'b': {'c': s}}}
";

const MACROS: &str = "
    ints.all(n, n > 0)
    ints.exists(n, n > 11)
    ints.exists_one(n, n == 7)
    ints.existsOne(n, n == i)
    ints.filter(n, n > i)
    ints.map(n, n + 1)
    ints.map(n, n > 7, n + 1)
    ints.all(k, n, n > k)
    ints.exists(k, n, n == k)
    ints.existsOne(k, n, n == k)
    ints.transformList(k, n, n + k)
    ints.transformList(k, n, n > 7, n + k)
    ints.transformMap(k, n, n + k)
    ints.transformMap(k, n, k < 2, s)
    ints.transformMapEntry(k, n, {n: k})
    ints.transformMapEntry(k, n, k < 2, {n: s})
    few.map(n, s)
    few.map(n, n)
    few.map(n, [n, n])
    few.map(n, words)
    few.map(n, ints.map(m, m * n))
    few.map(n, ints.filter(m, m > n))
    few.all(n, ints.exists(m, m == n))
    words.all(v, v != '')
    words.exists(v, v == s)
    words.exists(v, s.contains(v))
    words.exists(v, v.contains('x'))
    words.all(v, v.startsWith(w))
    words.filter(v, v in names)
    words.filter(v, v.size() > 4)
    words.map(v, v)
    words.map(v, v + v)
    words.map(v, v + s)
    words.map(v, v != 'beta', v + '!')
    words.map(v, v.size())
    words.map(v, v.replace('a', v))
    words.transformList(k, v, v + string(k))
    words.transformMap(k, v, v)
    words.transformMap(k, v, k > 0, v + v)
    words.transformMapEntry(k, v, {v: k})
    words.transformMapEntry(k, v, {v: [v]})
    words.exists(v, names.exists(n, n == v))
    words.exists(v, names.exists(n, n + v == s))
    words.map(v, names.map(n, n + v))
    words.map(v, words.filter(o, o == v))
    rows.map(r, r)
    rows.map(r, r.size())
    rows.all(r, r.all(c, c != ''))
    rows.map(r, r.map(c, c + 'x'))
    rows.filter(r, 'a' in r)
    rows.exists(r, r == words)
    rows.exists(r, words == r)
    rows.map(r, r + words)
    counts.all(k, k != '')
    counts.exists(k, counts[k] == 2)
    counts.map(k, k)
    counts.filter(k, k == 'a')
    counts.all(k, v, v > 0)
    counts.transformList(k, v, k)
    counts.transformMap(k, v, v + 1)
    counts.transformMap(k, v, k + k)
    counts.transformMapEntry(k, v, {v: k})
    labels.transformList(k, v, v)
    labels.transformMap(k, v, v.size())
    labels.exists(k, k == 1)
    maps.map(m, m.a ?? 0)
    maps.exists(m, has(m.a) && m.a == 1)
    open.all(k, k != 'z')
    open.map(k, k)
    open.exists(k, v, k == v)
    opens.filter(o, o == 1)
    opens.exists(o, o > 0)
    opens.transformMapEntry(k, o, {k: o})
    few.transformMapEntry(k, n, open)
    [].map(n, n)
    [1, 2].map(n, n + i)
    cel.bind(v, i, v + v)
    cel.bind(v, s + t, v == v)
    cel.bind(v, s + t, v + v + v)
    cel.bind(v, ints.map(n, n + 1), v.all(n, n > 0))
    cel.bind(v, i, counts['z'])
    cel.bind(v, yes, has(ctx.level) && ctx.level > 1)
    maybe.optMap(v, v + 1)
    none.optMap(v, v + 1)
    maybe_text.optMap(v, v + v)
    maybe_text.optFlatMap(v, optional.of(v + s))
    maybe.optFlatMap(v, open)
    maybe_map.optMap(m, m.a ?? [])
    open.optMap(v, v)
    open.?a.optMap(v, v)
    few.map(a, few.map(b, few.map(c, a + b + c)))
    rows.map(a, a.map(b, words.map(c, b + c)))
    few.map(n, cel.bind(m, n * 2, m + n))
    words.map(v, cel.bind(o, v + v, o + v))
    few.exists(n, words.map(v, v + v) == words)
    rows.exists(r, r.exists(a, names.exists(b, a + b == a)))
    names.all(v, v != w) && opens.exists(o, o > 0)
    pair.all(a, pair.all(b, pair.all(c, pair.all(d, pair.all(e, pair.all(f, a + f != s))))))
    pair.all(a, pair.all(b, pair.all(c, pair.all(d, pair.all(e, pair.all(f, pair.all(g, a + g != s)))))))
";

const CONVERSIONS: &str = "
    size(s)
    s.size()
    size(x)
    size(ints)
    size(words)
    size(counts)
    size(labels)
    size(open)
    type(i)
    type(s)
    type(open)
    type(words)
    dyn(i)
    dyn(s)
    dyn(words)
    bool(yes)
    bool('true')
    bool(s)
    int(i)
    int(u)
    int(d)
    int(time)
    int('12')
    int(s)
    int(open)
    uint(i)
    uint(u)
    uint(d)
    uint('12')
    double(d)
    double(i)
    double(u)
    double('1.5')
    double(s)
    string(s)
    string(yes)
    string(i)
    string(u)
    string(d)
    string(x)
    string(time)
    string(span)
    string(ip4)
    string(net4)
    string(open.b)
    bytes(x)
    bytes(s)
    bytes(s + t)
    bytes(open)
    bytes(open.b)
    string(open)
    base64.encode(open)
    timestamp(time)
    timestamp(i)
    timestamp('2026-11-27T00:00:00Z')
    timestamp(s)
    duration(span)
    duration('1h')
    duration(t)
    time.getFullYear()
    time.getMonth()
    time.getDayOfYear()
    time.getDayOfMonth()
    time.getDate()
    time.getDayOfWeek()
    time.getHours()
    time.getMinutes()
    time.getSeconds()
    time.getMilliseconds()
    time.getHours('Europe/Kyiv')
    time.getHours('+02:30')
    time.getMinutes(t)
    time.getDate(s)
    span.getHours()
    span.getMinutes()
    span.getSeconds()
    span.getMilliseconds()
    open.getHours()
    open.getFullYear()
    base64.encode(x)
    base64.decode('aGFsbG8=')
    base64.decode(s)
    base64.decode(base64.encode(x))
";

const TEXTS: &str = "
    s.matches('[0-9]+')
    matches(s, '[0-9]+')
    s.matches('^alpha')
    (s + t).matches('z')
    open.b.matches('t')
    s.charAt(0)
    s.charAt(i)
    t.charAt(6)
    s.indexOf('beta')
    s.indexOf(w)
    s.indexOf(t)
    t.indexOf(s)
    s.indexOf(w, 20)
    s.lastIndexOf('beta')
    s.lastIndexOf(w)
    t.lastIndexOf(s)
    s.lastIndexOf(w, 20)
    words.join()
    words.join(w)
    words.join(', ')
    [s, t].join(w)
    opens.join()
    open.join('x')
    [].join()
    s.lowerAscii()
    open.lowerAscii()
    open.reverse()
    open.indexOf(w)
    open.replace(w, t)
    open.split(w)
    strings.quote(open)
    s.upperAscii()
    s.replace('a', 'b')
    s.replace(w, t)
    t.replace(w, s)
    s.replace('a', 'bc', 2)
    s.replace('', '-')
    t.replace(s, w)
    s.split(' ')
    s.split(w)
    t.split('')
    s.split(' ', 3)
    t.split(s)
    t.split('bc')
    s.split(', ')
    s.split(' beta gamma ')
    (s + t).split(' letters and some')
    s.split(' beta gamma ', 1)
    s.replace('beta gamma delta', 'epsilon, zeta, eta')
    s.contains('gamma delta, and so')
    s.startsWith('alpha beta gamma delta, and so on: 64 letters and some more of t')
    s == 'alpha beta gamma delta, and so on: 64 letters and some more of ?'
    (s + t).split('a')
    s.substring(6)
    s.substring(6, 10)
    s.trim()
    (s + t).trim()
    s.reverse()
    w.reverse()
    strings.quote(s)
    strings.quote(w)
    '%s and %d'.format([dyn(s), i])
    '%s'.format([words])
    '%s'.format([counts])
    '%d'.format([d])
    '%.3f'.format([d])
    '%e'.format([i])
    '%x'.format([x])
    '%X'.format([s])
    '%b %o %x %X'.format([i, i, i, i])
    '%b'.format([yes])
    s.format(words)
    t.format([])
    '100%%'.format(ints)
    s.format(opens)
    open.b.format([i])
    s.split(' ').map(v, v.upperAscii()).join('-')
";

const NUMBERS: &str = "
    math.greatest(i)
    math.greatest(i, 2)
    math.greatest(i, 2, 3, 4, 5)
    math.greatest(i, u)
    math.greatest(i, d, u)
    math.greatest(ints)
    math.greatest(doubles)
    math.greatest(opens)
    math.greatest(open)
    math.greatest(i, opens[0])
    math.least(i, 2)
    math.least(d, d, 1.0)
    math.least(u)
    math.least(ints)
    math.least([i, 3])
    math.ceil(d)
    math.floor(d)
    math.round(d)
    math.trunc(d)
    math.abs(i)
    math.abs(u)
    math.abs(d)
    math.abs(opens[0])
    math.sign(i)
    math.sign(u)
    math.sign(d)
    math.isNaN(d)
    math.isInf(d)
    math.isFinite(d)
    math.sqrt(d)
    math.sqrt(i)
    math.sqrt(u)
    math.bitAnd(i, 3)
    math.bitOr(u, 8u)
    math.bitXor(i, 3)
    math.bitNot(i)
    math.bitNot(u)
    math.bitShiftLeft(i, 2)
    math.bitShiftLeft(u, 2)
    math.bitShiftRight(i, 1)
    math.bitAnd(i, opens[0])
    sets.contains(ints, few)
    sets.contains(few, ints)
    sets.contains(words, names)
    sets.contains(doubles, doubles)
    sets.contains(rows, [words])
    sets.contains([], ints)
    sets.contains(ints, [])
    sets.contains(opens, few)
    sets.contains(open, ints)
    sets.contains([i, 2, 3, 4, 5, 6, 9, 8], few)
    sets.contains([i, 1, 2, 3, 4, 5, 6, 9, 8], few)
    sets.contains([d, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 8.0], doubles)
    sets.intersects(ints, few)
    sets.intersects(words, names)
    sets.intersects(names, words)
    sets.intersects(ints, [7])
    sets.intersects([yes], [no, yes])
    sets.intersects([u], [u])
    sets.equivalent(ints, ints)
    sets.equivalent(words, words)
    sets.equivalent(few, [2, 1])
    sets.equivalent(doubles, doubles)
    sets.equivalent(rows, rows)
    sets.equivalent(ints, ints + [3])
    ip(ip4)
    ip('10.0.0.1')
    ip(t)
    cidr(net4)
    cidr('10.0.0.0/8')
    isIP(t)
    isIP('::1')
    isCIDR(t)
    isCIDR('::/0')
    ip.isCanonical('::1')
    ip.isCanonical('::0:1')
    ip.isCanonical(s)
    ip4.family()
    ip4.isUnspecified()
    ip4.isLoopback()
    ip4.isGlobalUnicast()
    ip4.isLinkLocalMulticast()
    ip4.isLinkLocalUnicast()
    net4.containsIP(ip4)
    net4.containsIP('10.1.1.1')
    net4.containsIP(t)
    net4.containsCIDR(net4)
    net4.containsCIDR('10.0.0.0/16')
    net4.ip()
    net4.masked()
    net4.isMask()
    net4.prefixLength()
    open.family()
    open.containsIP('10.1.1.1')
";

const OPTIONALS: &str = "
    optional.of(i)
    optional.of(s)
    optional.of(words)
    optional.of(open)
    optional.of(maybe)
    optional.none()
    optional.ofNonZeroValue(i)
    optional.ofNonZeroValue(s)
    optional.ofNonZeroValue(counts)
    optional.ofNonZeroValue(words)
    optional.ofNonZeroValue(0)
    optional.ofNonZeroValue(open)
    maybe.hasValue()
    none.hasValue()
    open.hasValue()
    maybe.value()
    none.value()
    maybe_text.value()
    open.value()
    maybe.or(none)
    none.or(maybe)
    none.or(optional.none())
    maybe_text.or(optional.of(s))
    open.or(maybe)
    maybe.orValue(1)
    none.orValue(1)
    maybe_text.orValue(s)
    none.orValue(open)
    optional.none().orValue(i)
    open.orValue(i)
    counts.?z.orValue(0)
    optional.unwrap([maybe, none])
    [maybe, none].unwrapOpt()
    [maybe_text].unwrapOpt()
    [].unwrapOpt()
    opens.unwrapOpt()
    open.unwrapOpt()
    ints.first()
    ints.last()
    words.first()
    words.last()
    [].first()
    open.first()
    rows.last()
";

const HOST: &str = "
    host.same(i)
    host.same(i + 1)
    host.same(opens[0])
    host.text(s, words)
    host.text(s, [])
    host.text(s + t, words + names)
    host.text(w, opens.map(o, string(o)))
    host.nothing()
";
