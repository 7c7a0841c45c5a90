//! What functions make of values, at their bounds above all.

use crate::operators::NOT_FIVE;
use crate::support::assert_values;

#[test]
fn texts() {
    assert_values(&[
        ("'aé€'.charAt(1)", "\"é\""),
        ("'abc'.charAt(3)", "\"\""),
        ("'abc'.charAt(4)", "IndexOutOfRange"),
        ("'abc'.charAt(-1)", "IndexOutOfRange"),
        ("('a' + 'é').charAt(1)", "\"é\""),
        ("'abcabc'.indexOf('c')", "2"),
        ("'abcabc'.indexOf('c', 2)", "2"),
        ("'abcabc'.indexOf('c', 3)", "5"),
        ("'abcabc'.indexOf('c', 6)", "-1"),
        ("'abcabc'.indexOf('c', 7)", "IndexOutOfRange"),
        ("'abcabc'.indexOf('c', -1)", "IndexOutOfRange"),
        ("'éé'.indexOf('é', 1)", "1"),
        ("'abc'.indexOf('')", "0"),
        ("'abc'.indexOf('', 3)", "3"),
        ("'abc'.indexOf('abcd')", "-1"),
        ("'abc'.indexOf('abc')", "0"),
        ("'abcabc'.lastIndexOf('c')", "5"),
        ("'abcabc'.lastIndexOf('c', 5)", "5"),
        ("'abcabc'.lastIndexOf('c', 4)", "2"),
        ("'abcabc'.lastIndexOf('bc', 4)", "4"),
        ("'abcabc'.lastIndexOf('bc', 3)", "1"),
        ("'abcabc'.lastIndexOf('bc', 0)", "-1"),
        ("'abcabc'.lastIndexOf('a', 0)", "0"),
        ("'abcabc'.lastIndexOf('c', 7)", "IndexOutOfRange"),
        ("'abc'.lastIndexOf('')", "3"),
        ("'abc'.lastIndexOf('', 1)", "1"),
        ("'abc'.lastIndexOf('abcd')", "-1"),
        ("'aéé'.lastIndexOf('é')", "2"),
        ("'aéé'.lastIndexOf('é', 1)", "1"),
        ("'éaé'.lastIndexOf('aé', 1)", "1"),
        ("'a€'.lastIndexOf('b', 1)", "-1"),
        ("['a', 'b', 'c'].join()", "\"abc\""),
        ("['a', 'b', 'c'].join('-')", "\"a-b-c\""),
        ("['a'].join('-')", "\"a\""),
        ("[].join('-')", "\"\""),
        ("['a', 1].join()", "NoSuchOverload"),
        ("'AbÉ'.lowerAscii()", "\"abÉ\""),
        ("'aBé'.upperAscii()", "\"ABé\""),
        ("'abab'.replace('b', 'cc')", "\"accacc\""),
        ("'abab'.replace('b', 'c', 1)", "\"acab\""),
        ("'abab'.replace('b', 'c', 0)", "\"abab\""),
        ("'abab'.replace('b', 'c', -1)", "\"acac\""),
        ("'aaa'.replace('aa', 'b')", "\"ba\""),
        ("'aé'.replace('', '-')", "\"-a-é-\""),
        ("'ab'.replace('', '-', 2)", "\"-a-b\""),
        ("'ab'.replace('abc', 'x')", "\"ab\""),
        ("'ab'.replace('ab', 'x')", "\"x\""),
        ("'a,b,c'.split(',')", "[\"a\", \"b\", \"c\"]"),
        ("'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"),
        ("'a,b,c'.split(',', 1)", "[\"a,b,c\"]"),
        ("'a,b,c'.split(',', 0)", "[]"),
        ("'a,b,c'.split(',', -1)", "[\"a\", \"b\", \"c\"]"),
        ("'a,b,c'.split(',', 3)", "[\"a\", \"b\", \"c\"]"),
        ("'a,b,c'.split(',', 4)", "[\"a\", \"b\", \"c\"]"),
        ("'abé'.split('')", "[\"a\", \"b\", \"é\"]"),
        ("'abc'.split('', 2)", "[\"a\", \"bc\"]"),
        ("''.split('')", "[]"),
        ("''.split(',')", "[\"\"]"),
        ("','.split(',')", "[\"\", \"\"]"),
        ("'a::b'.split('::')", "[\"a\", \"b\"]"),
        ("'a'.split('abc')", "[\"a\"]"),
        ("'ab'.split('ab')", "[\"\", \"\"]"),
        ("'aé€'.substring(1)", "\"é€\""),
        ("'aé€'.substring(1, 2)", "\"é\""),
        ("'abc'.substring(3)", "\"\""),
        ("'abc'.substring(4)", "IndexOutOfRange"),
        ("'abc'.substring(0, 4)", "IndexOutOfRange"),
        ("'abc'.substring(2, 1)", "InvalidArgument"),
        ("'abc'.substring(1, 1)", "\"\""),
        ("'abc'.substring(-1)", "IndexOutOfRange"),
        ("' \\t a b\\u2003\\n'.trim()", "\"a b\""),
        ("'aé€'.reverse()", "\"€éa\""),
        (r#"strings.quote('a\a\b\f\n\r\t\v\\"é')"#, r#""\"a\\a\\b\\f\\n\\r\\t\\v\\\\\\\"é\"""#),
        ("'abc'.contains('')", "true"),
        ("'abc'.contains('abc')", "true"),
        ("'abc'.contains('abcd')", "false"),
        ("'abc'.startsWith('ab')", "true"),
        ("'abc'.startsWith('bc')", "false"),
        ("'abc'.endsWith('bc')", "true"),
        ("'abc'.endsWith('ab')", "false"),
        ("1.startsWith('a')", "NoSuchOverload"),
        ("'a'.contains(1)", "NoSuchOverload"),
        ("'abc'.matches('^b')", "false"),
        ("'abc'.matches('b')", "true"),
        ("['a+'].exists(r, 'caa'.matches(r))", "true"),
        ("['('].exists(r, 'caa'.matches(r))", "InvalidArgument"),
        ("1.charAt(0)", "NoSuchOverload"),
        ("'a'.charAt('a')", "NoSuchOverload"),
        ("'a'.split(1)", "NoSuchOverload"),
    ]);
}

#[test]
fn patterns() {
    // A letter of another script is no digit, space or letter of a word, wherever a class stands.
    for (regex, ascii, other) in [
        (r"^\d$", "7", "\u{661}"),
        (r"^(\d)$", "7", "\u{661}"),
        (r"^(?:a|\d)$", "7", "\u{661}"),
        (r"^\d+$", "77", "\u{661}\u{661}"),
        (r"^[\d]$", "7", "\u{661}"),
        (r"^[a\d]$", "7", "\u{661}"),
        (r"^[[\d]]$", "7", "\u{661}"),
        (r"^[\w&&\d]$", "7", "\u{661}"),
        (r"^[\w--a]$", "b", "é"),
        (r"^\s$", " ", "\u{2003}"),
        (r"^\w$", "e", "é"),
        (r"^[^\W]$", "e", "é"),
        (r"^a\b.$", "a ", "ab"),
        (r"^a\B.$", "ab", "aé"),
        (r"^a\\p$", r"a\p", "ap"),
        (r"^\.$", ".", "a"),
        (r"^a{2}$", "aa", "a"),
        (r"^(a*)*$", "aa", "b"),
    ] {
        let of = |text: &str| format!("r'{text}'.matches(r'{regex}')");
        assert_values(&[(&of(ascii), "true"), (&of(other), "false")]);
    }
    for regex in [r"\\p{Greek}", r"\\PN", "a**", "(a+?{2}|b)", "{", "(?=a)", r"(a)\\1"] {
        assert_values(&[(&format!("'a'.matches('{regex}')"), "InvalidArgument")]);
    }
}

#[test]
fn formats() {
    assert_values(&[
        ("'%s|%s|%s'.format(['a', 1, 2u])", "\"a|1|2\""),
        ("'%s|%s|%s'.format([1.5, true, null])", "\"1.5|true|null\""),
        ("'%s|%s'.format([int, b'a'])", "\"int|a\""),
        (
            "'%s|%s'.format([[1, 'a', [2.5]], {'b': 1, 'a': [2]}])",
            "\"[1, a, [2.5]]|{a: [2], b: 1}\"",
        ),
        ("'%s'.format([{10: 1, 9: 2, true: 3}])", "\"{10: 1, 9: 2, true: 3}\""),
        ("'%s|%s'.format([[], {}])", "\"[]|{}\""),
        ("'%s|%s'.format([timestamp(0), duration('1m')])", "\"1970-01-01T00:00:00Z|60s\""),
        ("'%s|%s'.format([ip('::1'), cidr('::/0')])", "\"::1|::/0\""),
        ("'%s'.format([optional.of(1)])", "NoSuchOverload"),
        ("'%s'.format([[optional.of(1)]])", "NoSuchOverload"),
        ("'%s'.format([b'\\xff'])", "InvalidArgument"),
        (
            "'%s|%s|%s'.format([1e21, 1e-7, -1.0 / 0.0])",
            "\"1000000000000000000000|0.0000001|-Infinity\"",
        ),
        ("'%d|%d|%d'.format([1, 2u, 2.5])", "\"1|2|2.5\""),
        ("'%d'.format(['a'])", "InvalidArgument"),
        ("'%d'.format([true])", "InvalidArgument"),
        ("'%f|%f|%f'.format([1.5, 1, 2u])", "\"1.500000|1.000000|2.000000\""),
        ("'%.0f|%.3f|%.100f'.format([2.5, 1.0005, 0])", FRACTIONS),
        ("'%.101f'.format([1])", "InvalidArgument"),
        ("'%f|%e'.format([1.0 / 0.0, -1.0 / 0.0])", "\"Infinity|-Infinity\""),
        ("'%f'.format([double('NaN')])", "\"NaN\""),
        ("'%f'.format(['1'])", "InvalidArgument"),
        ("'%e|%.2e|%e'.format([1052.0329, 0.000123, 0])", "\"1.052033e+03|1.23e-04|0.000000e+00\""),
        ("'%e|%.0e'.format([1e100, 1.5])", "\"1.000000e+100|2e+00\""),
        ("'%b|%b|%b'.format([5, -5, true])", "\"101|-101|1\""),
        ("'%b'.format([false])", "\"0\""),
        ("'%b'.format(['a'])", "InvalidArgument"),
        ("'%b'.format([b'a'])", "InvalidArgument"),
        ("'%o'.format([b'a'])", "InvalidArgument"),
        ("'%b|%o|%x|%X'.format([0, 0, 0, 0])", "\"0|0|0|0\""),
        ("'%o|%o|%x|%X'.format([8, -8, 255, 255u])", "\"10|-10|ff|FF\""),
        ("'%o'.format([true])", "InvalidArgument"),
        ("'%x'.format([true])", "InvalidArgument"),
        ("'%X'.format([1.5])", "InvalidArgument"),
        ("'%o'.format(['a'])", "InvalidArgument"),
        ("'%x|%X|%x'.format(['az', 'az', b'\\xff\\x01'])", "\"617a|617A|ff01\""),
        ("'%X'.format([b'\\xff\\x01'])", "\"FF01\""),
        ("'%x'.format([-9223372036854775808])", "\"-8000000000000000\""),
        ("'100%%|%%|%%%%'.format([])", "\"100%|%|%%\""),
        ("'%%%s%%'.format([1])", "\"%1%\""),
        ("'%s'.format([])", "InvalidArgument"),
        ("'%s'.format([1, 2])", "\"1\""),
        ("'%'.format([1])", "InvalidArgument"),
        ("'%y'.format([1])", "InvalidArgument"),
        ("'%.f'.format([1])", "InvalidArgument"),
        ("'%.3s'.format(['a'])", "InvalidArgument"),
        ("'%.3d'.format([1])", "InvalidArgument"),
        ("'%.3'.format([1])", "InvalidArgument"),
        ("'%é'.format([1])", "InvalidArgument"),
        ("'é%sé'.format(['€'])", "\"é€é\""),
        ("'a'.format(1)", "NoSuchOverload"),
        ("1.format([])", "NoSuchOverload"),
    ]);
}

const FRACTIONS: &str = "\"2|1.000|0.0000000000000000000000000000000000000000000000000000000000000000000\
    000000000000000000000000000000000\"";

#[test]
fn mathematics() {
    assert_values(&[
        ("[math.greatest(1, 2.0, 3u), math.least(1, 2.0, 3u)]", "[3u, 1]"),
        ("[math.greatest(1, 1.0), math.least(1u, 1)]", "[1, 1u]"),
        ("[math.greatest([1, 3, 2]), math.least([2.5])]", "[3, 2.5]"),
        ("math.greatest(-5)", "-5"),
        ("math.greatest([])", "InvalidArgument"),
        ("math.greatest(1, double('NaN'))", "InvalidArgument"),
        ("math.greatest('a')", "NoSuchOverload"),
        ("math.greatest([1, 'a'])", "NoSuchOverload"),
        ("math.greatest(1, [2])", "NoSuchOverload"),
        (
            "[math.ceil(1.2), math.ceil(-1.2), math.floor(1.8), math.floor(-1.2)]",
            "[2.0, -1.0, 1.0, -2.0]",
        ),
        ("[math.round(1.5), math.round(-1.5), math.round(1.4)]", "[2.0, -2.0, 1.0]"),
        ("[math.trunc(1.9), math.trunc(-1.9)]", "[1.0, -1.0]"),
        ("math.ceil(1)", "NoSuchOverload"),
        ("[math.abs(-1), math.abs(-1.5), math.abs(2u)]", "[1, 1.5, 2u]"),
        ("math.abs(-9223372036854775808)", "Overflow"),
        ("math.abs(-9223372036854775807)", "9223372036854775807"),
        ("[math.sign(-7), math.sign(0), math.sign(7)]", "[-1, 0, 1]"),
        ("[math.sign(0u), math.sign(7u)]", "[0u, 1u]"),
        (
            "[math.sign(-2.5), math.sign(-0.0), math.sign(0.0), math.sign(2.5)]",
            "[-1.0, 0.0, 0.0, 1.0]",
        ),
        ("math.sign(double('NaN'))", "NaN"),
        ("math.sign('a')", "NoSuchOverload"),
        ("[math.isNaN(double('NaN')), math.isNaN(1.0)]", "[true, false]"),
        ("[math.isInf(1.0 / 0.0), math.isInf(-1.0 / 0.0), math.isInf(1.0)]", "[true, true, false]"),
        (
            "[math.isFinite(1.0), math.isFinite(1.0 / 0.0), math.isFinite(0.0 / 0.0)]",
            "[true, false, false]",
        ),
        ("[math.sqrt(9.0), math.sqrt(9), math.sqrt(9u)]", "[3.0, 3.0, 3.0]"),
        ("math.sqrt(-1)", "NaN"),
        ("[math.bitAnd(6, 3), math.bitOr(6, 3), math.bitXor(6, 3)]", "[2, 7, 5]"),
        ("[math.bitAnd(6u, 3u), math.bitOr(6u, 3u), math.bitXor(6u, 3u)]", "[2u, 7u, 5u]"),
        ("[math.bitAnd(-1, 5), math.bitNot(0), math.bitNot(0u)]", "[5, -1, 18446744073709551615u]"),
        ("math.bitAnd(1, 1u)", "NoSuchOverload"),
        ("math.bitAnd(1.0, 1.0)", "NoSuchOverload"),
        ("[math.bitShiftLeft(1, 3), math.bitShiftRight(8, 3)]", "[8, 1]"),
        (
            "[math.bitShiftLeft(1u, 63), math.bitShiftLeft(1, 63)]",
            "[9223372036854775808u, -9223372036854775808]",
        ),
        (
            "[math.bitShiftLeft(1u, 64), math.bitShiftRight(-1, 64), math.bitShiftLeft(1, 1000)]",
            "[0u, 0, 0]",
        ),
        ("math.bitShiftRight(-1, 1)", "9223372036854775807"),
        ("math.bitShiftRight(-1, 63)", "1"),
        ("math.bitShiftLeft(1, -1)", "InvalidArgument"),
        ("math.bitShiftRight(1u, -1)", "InvalidArgument"),
        ("math.bitShiftLeft(1.0, 1)", "NoSuchOverload"),
        ("math.bitShiftLeft(1, 1u)", "NoSuchOverload"),
        ("math.bitAnd(1, 2) == math.bitAnd(2, 1)", "true"),
    ]);
}

#[test]
fn sets() {
    assert_values(&[
        ("[sets.contains([1, 2], [2]), sets.contains([1, 2], [3])]", "[true, false]"),
        (
            "[sets.contains([], []), sets.contains([1], []), sets.contains([], [1])]",
            "[true, true, false]",
        ),
        ("[sets.intersects([1, 2], [3, 2]), sets.intersects([1], [2])]", "[true, false]"),
        ("[sets.intersects([], []), sets.intersects([1], [])]", "[false, false]"),
        ("[sets.equivalent([1, 2, 2], [2, 1]), sets.equivalent([1], [1, 2])]", "[true, false]"),
        ("[sets.equivalent([1, 2], [1]), sets.equivalent([], [])]", "[false, true]"),
        ("sets.contains([1, 2.0, 3u], [1u, 2, 3.0])", "true"),
        ("sets.contains([[1], {'a': 1}], [{'a': 1.0}, [1u]])", "true"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, 9], [9, 1.0, 5u])", "true"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, 9], [10])", "false"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, 9], [double('NaN')])", "false"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, 9], [null])", "false"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, null], [null])", "true"),
        ("sets.contains(['a', 'b', true, 1, 2, 3, 4, 5, 6], ['b', true])", "true"),
        ("sets.contains([1, 2, 3, 4, 5, 6, 7, 8, double('NaN')], [double('NaN')])", "false"),
        ("sets.contains([1], 1)", "NoSuchOverload"),
        ("sets.intersects({}, [1])", "NoSuchOverload"),
    ]);
}

#[test]
fn addresses() {
    assert_values(&[
        ("ip('10.0.0.1')", "10.0.0.1"),
        ("ip('10.0.0.256')", "InvalidArgument"),
        ("ip(1)", "NoSuchOverload"),
        ("cidr('10.0.0.1/8')", "10.0.0.1/8"),
        ("cidr('10.0.0.1/33')", "InvalidArgument"),
        ("cidr('10.0.0.1/32')", "10.0.0.1/32"),
        ("cidr('::1/128')", "::1/128"),
        ("cidr('::1/129')", "InvalidArgument"),
        ("cidr('::1/008')", "InvalidArgument"),
        ("cidr('::1/0')", "::1/0"),
        ("cidr('::1/')", "InvalidArgument"),
        ("cidr('::1/1000')", "InvalidArgument"),
        (
            "[isIP('::1'), isIP('1.2.3'), isIP('::ffff:1.2.3.4'), isIP('1.2.3.4/8')]",
            "[true, false, false, false]",
        ),
        ("[isCIDR('::/0'), isCIDR('::'), isCIDR('1.2.3.4/40')]", "[true, false, false]"),
        (
            "[ip.isCanonical('::1'), ip.isCanonical('0::1'), ip.isCanonical('2001:DB8::')]",
            "[true, false, false]",
        ),
        ("ip.isCanonical('x')", "InvalidArgument"),
        ("[ip('10.0.0.1').family(), ip('::1').family()]", "[4, 6]"),
        (
            "['0.0.0.0', '::', '0.0.0.1', '::1'].map(a, ip(a).isUnspecified())",
            "[true, true, false, false]",
        ),
        (
            "['127.0.0.1', '127.255.0.1', '::1', '128.0.0.1', '::2'].map(a, ip(a).isLoopback())",
            "[true, true, true, false, false]",
        ),
        (
            "['169.254.0.1', '169.255.0.1', 'fe80::1', 'febf::1', 'fec0::1'].map(a, ip(a).isLinkLocalUnicast())",
            "[true, false, true, true, false]",
        ),
        (
            "['224.0.0.255', '224.0.1.0', 'ff02::1', 'ff12::1', 'ff01::1'].map(a, ip(a).isLinkLocalMulticast())",
            "[true, false, true, true, false]",
        ),
        (
            "['fe02::1', 'ffff::1', '225.0.0.1', '224.1.0.1'].map(a, ip(a).isLinkLocalMulticast())",
            "[false, false, false, false]",
        ),
        (
            "['10.0.0.1', '8.8.8.8', '2001:db8::1', 'fd00::1'].map(a, ip(a).isGlobalUnicast())",
            "[true, true, true, true]",
        ),
        (
            "['0.0.0.0', '::', '127.0.0.1', '::1', '169.254.0.1'].map(a, ip(a).isGlobalUnicast())",
            NOT_FIVE,
        ),
        (
            "['224.0.0.1', 'ff02::1', 'ff0e::1', '255.255.255.255', 'fe80::1'].map(a, ip(a).isGlobalUnicast())",
            NOT_FIVE,
        ),
        ("cidr('10.0.0.0/8').containsIP('10.255.255.255')", "true"),
        ("cidr('10.0.0.0/8').containsIP(ip('11.0.0.0'))", "false"),
        ("cidr('10.0.0.0/8').containsIP('::1')", "false"),
        ("cidr('10.0.0.0/8').containsIP('x')", "InvalidArgument"),
        ("cidr('10.0.0.0/31').containsIP('10.0.0.1')", "true"),
        ("cidr('10.0.0.0/32').containsIP('10.0.0.1')", "false"),
        ("cidr('2001:db8::/127').containsIP('2001:db8::1')", "true"),
        ("cidr('2001:db8::/127').containsIP('2001:db8::2')", "false"),
        ("cidr('::/0').containsIP('ffff::')", "true"),
        ("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "true"),
        ("cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/8'))", "true"),
        ("cidr('10.0.0.0/8').containsCIDR('10.0.0.0/7')", "false"),
        ("cidr('10.0.0.0/8').containsCIDR('11.0.0.0/16')", "false"),
        ("cidr('10.0.0.0/8').containsCIDR('x')", "InvalidArgument"),
        ("cidr('0.0.0.0/0').containsCIDR('::/0')", "false"),
        ("cidr('192.168.7.9/24').masked()", "192.168.7.0/24"),
        ("cidr('192.168.7.9/0').masked()", "0.0.0.0/0"),
        ("cidr('192.168.7.9/32').masked()", "192.168.7.9/32"),
        ("cidr('2001:db8::1/64').masked()", "2001:db8::/64"),
        ("[cidr('10.0.0.0/8').isMask(), cidr('10.0.0.1/8').isMask()]", "[true, false]"),
        ("[cidr('10.0.0.1/8').ip(), cidr('10.0.0.1/8').prefixLength()]", "[10.0.0.1, 8]"),
        ("ip('::1').masked()", "NoSuchOverload"),
        ("cidr('::/0').family()", "NoSuchOverload"),
        ("ip('::1').containsIP('::1')", "NoSuchOverload"),
        ("cidr('::/0').containsCIDR(ip('::1'))", "NoSuchOverload"),
        ("ip(ip('::1'))", "::1"),
        ("cidr(cidr('::/0'))", "::/0"),
        ("ip(cidr('::/0'))", "NoSuchOverload"),
        ("cidr(ip('::1'))", "NoSuchOverload"),
    ]);
}

#[test]
fn optionals() {
    assert_values(&[
        (
            "[null, false, 0, 0u, 0.0].map(x, optional.ofNonZeroValue(x))",
            "[none, none, none, none, none]",
        ),
        ("['', b'', [], {}].map(x, optional.ofNonZeroValue(x))", "[none, none, none, none]"),
        ("[timestamp(0), duration('0')].map(x, optional.ofNonZeroValue(x))", "[none, none]"),
        (
            "[true, 1, 1u, -0.5].map(x, optional.ofNonZeroValue(x))",
            "[some(true), some(1), some(1u), some(-0.5)]",
        ),
        (
            "['a', b'a', [0], {0: 0}].map(x, optional.ofNonZeroValue(x))",
            "[some(\"a\"), some(b\"a\"), some([0]), some({0: 0})]",
        ),
        (
            "[timestamp(1), timestamp('1970-01-01T00:00:00.5Z')].map(x, optional.ofNonZeroValue(x).hasValue())",
            "[true, true]",
        ),
        (
            "[duration('1ns'), duration('-1s')].map(x, optional.ofNonZeroValue(x).hasValue())",
            "[true, true]",
        ),
        (
            "[ip('::'), cidr('::/0'), int].map(x, optional.ofNonZeroValue(x).hasValue())",
            "[true, true, true]",
        ),
        ("optional.ofNonZeroValue(optional.none())", "some(none)"),
        ("optional.of(1).value()", "1"),
        ("optional.none().value()", "EmptyOptional"),
        ("1.value()", "NoSuchOverload"),
        ("1.hasValue()", "NoSuchOverload"),
        ("optional.of(1).or(optional.of(2))", "some(1)"),
        ("optional.none().or(optional.of(2))", "some(2)"),
        ("optional.none().or(optional.none())", "none"),
        ("optional.of(1).or(1 / 0)", "some(1)"),
        ("optional.none().or(1)", "NoSuchOverload"),
        ("optional.none().or(optional.of(1 / 0))", "DivisionByZero"),
        ("1.or(optional.of(1))", "NoSuchOverload"),
        ("optional.of(1).orValue(2)", "1"),
        ("optional.none().orValue(2)", "2"),
        ("optional.of(1).orValue(1 / 0)", "1"),
        ("optional.none().orValue(1 / 0)", "DivisionByZero"),
        ("1.orValue(2)", "NoSuchOverload"),
        ("optional.unwrap([optional.of(1), optional.none(), optional.of(2)])", "[1, 2]"),
        ("[optional.none()].unwrapOpt()", "[]"),
        ("[1].unwrapOpt()", "NoSuchOverload"),
        ("[1, 2].first()", "some(1)"),
        ("[1, 2].last()", "some(2)"),
        ("[].first()", "none"),
        ("[].last()", "none"),
        ("'a'.first()", "NoSuchOverload"),
    ]);
}

#[test]
fn parts_of_times() {
    let time = "timestamp('2024-12-31T23:59:58.987654321Z')";
    let parts = |text: &str, made: &str| {
        let text = text.replace("TIME", time);
        assert_values(&[(&text, made)]);
    };
    parts("[TIME.getFullYear(), TIME.getMonth(), TIME.getDayOfYear()]", "[2024, 11, 365]");
    parts("[TIME.getDayOfMonth(), TIME.getDate(), TIME.getDayOfWeek()]", "[30, 31, 2]");
    parts("[TIME.getHours(), TIME.getMinutes(), TIME.getSeconds()]", "[23, 59, 58]");
    parts("TIME.getMilliseconds()", "987");
    parts("[TIME.getDate('+00:00'), TIME.getDate('+00:01')]", "[31, 1]");
    parts("[TIME.getFullYear('+00:02'), TIME.getMonth('00:02')]", "[2025, 0]");
    parts("[TIME.getHours('-02:30'), TIME.getMinutes('-02:30')]", "[21, 29]");
    parts("TIME.getHours('Europe/Kyiv')", "1");
    parts("['-23:59', '23:59'].map(z, TIME.getHours(z))", "[0, 23]");
    for zone in ["+24:00", "00:60", "+1:00", "+01:0", "", "Mars", "é", "+0100", "UTC ", "a b"] {
        let text = format!("['{zone}'].map(z, {time}.getHours(z))");
        assert_values(&[(&text, "InvalidArgument")]);
    }
    assert_values(&[
        ("duration('-3723.5s').getHours()", "-1"),
        ("duration('-3723.5s').getMinutes()", "-62"),
        ("duration('-3723.5s').getSeconds()", "-3723"),
        ("duration('-3723.5s').getMilliseconds()", "-500"),
        ("duration('1.2345s').getMilliseconds()", "234"),
        ("duration('1h').getFullYear()", "NoSuchOverload"),
        ("duration('1h').getHours('UTC')", "NoSuchOverload"),
        ("timestamp(0).getHours(1)", "NoSuchOverload"),
        ("1.getHours()", "NoSuchOverload"),
        ("timestamp(-1).getSeconds()", "59"),
        ("timestamp(-1).getDayOfWeek()", "3"),
        ("timestamp('0001-01-01T00:00:00Z').getFullYear('-00:01')", "0"),
        ("timestamp('9999-12-31T23:59:59Z').getFullYear('+00:01')", "10000"),
    ]);
}
