//! Values of hosts: maps, JSON, declared types and sizes, and how they stand in expressions.

use std::borrow::Cow;

use pdp_cel::{
    Bulk, Cidr, Duration, Entries, Kind, List, Map, Meter, Operand, Stored, Text, Texts, Timestamp,
    Type, Value, equal, parse_ip,
};

use crate::support::{constant, shown, stored};

/// One value of each type, with the name of its type and its JSON.
fn all() -> Vec<(Value<'static>, &'static str, &'static str)> {
    let map = Map::from_entries(vec![("b".into(), 2.into()), ("a".into(), Value::Null)]);
    let duration = Duration::parse("1.5s").expect("a length");
    vec![
        (Value::Null, "null", "null"),
        (Value::Bool(true), "bool", "true"),
        (Value::Int(-3), "int", "-3"),
        (Value::Uint(u64::MAX), "uint", "18446744073709551615"),
        (Value::Double(1.5), "double", "1.5"),
        (Value::String("te\"xt".into()), "string", r#""te\"xt""#),
        (Value::Bytes(Cow::Borrowed(b"hallo")), "bytes", r#""aGFsbG8=""#),
        (Value::from(Timestamp::from_unix(1, 0).expect("a time")), "timestamp", SECOND),
        (Value::Duration(duration), "duration", r#""1.5s""#),
        (Value::Ip(parse_ip("::1").expect("an address")), "ip", r#""::1""#),
        (Value::Cidr(Cidr::parse("10.0.0.1/8").expect("a range")), "cidr", r#""10.0.0.1/8""#),
        (Value::List(vec![1.into(), "a".into()]), "list", r#"[1,"a"]"#),
        (Value::Map(map.expect("each once")), "map", r#"{"a":null,"b":2}"#),
    ]
}

const SECOND: &str = r#""1970-01-01T00:00:01Z""#;

#[test]
fn values_have_a_type_and_are_json() {
    for (value, name, json) in all() {
        assert_eq!(value.type_name(), name);
        assert_eq!(serde_json::to_string(&value).as_deref().ok(), Some(json), "{name}");
    }
}

#[test]
fn values_are_kept_as_they_are() {
    for (value, name, _) in all() {
        assert_eq!(value.clone().into_owned(), value, "{name}");
        let stored = Stored::new(&value);
        assert_eq!(stored.value(), value, "{name}");
        let operand = Operand::open(&value);
        let kept = operand.to_stored(&mut Meter::default());
        assert_eq!(kept.as_ref(), Some(&stored), "{name}");
        assert_eq!(shown(&operand), shown(&Operand::stored(&stored)), "{name}");
        assert_eq!(Operand::bound(&value, &Type::Any).map(|it| shown(&it)), Some(shown(&operand)));
        let kind = if name == "null" { "null_type" } else { name };
        let kind = match kind {
            "timestamp" => "google.protobuf.Timestamp",
            "duration" => "google.protobuf.Duration",
            "ip" => "net.IP",
            "cidr" => "net.CIDR",
            other => other,
        };
        assert_eq!(operand.kind().to_string(), kind);
        assert_eq!(Kind::from_name(kind), Some(operand.kind()));
        let meter = &mut Meter::default();
        assert_eq!(equal(&operand, &Operand::stored(&stored), meter), Ok(true), "{name}");
        for (other, other_name, _) in &all() {
            let same = equal(&operand, &Operand::open(other), meter);
            assert_eq!(same, Ok(name == *other_name), "{name} {other_name}");
        }
    }
    assert_eq!(Operand::Optional(None).kind().as_str(), "optional_type");
    assert_eq!(Operand::Type(Kind::Int).kind().as_str(), "type");
    assert_eq!(Kind::from_name("nothing"), None);
    assert!(Operand::Optional(None).to_stored(&mut Meter::default()).is_none());
}

#[test]
fn maps_hold_each_name_once() {
    let mut map = Map::new();
    assert!(map.is_empty() && Map::empty().is_empty());
    assert_eq!(map.len(), 0);
    map.insert("b", true);
    map.insert("a", "x");
    map.insert("c", 1.5);
    assert_eq!((map.len(), map.is_empty()), (3, false));
    assert_eq!(map.find("b"), Some((1, &Value::Bool(true))));
    assert_eq!(map.find("d"), None);
    assert_eq!(map.entry(0), Some(("a", &Value::from("x"))));
    assert_eq!(map.entry(2).map(|(name, _)| name), Some("c"));
    assert_eq!(map.entry(3), None);
    assert_eq!(map.iter().len(), 3);
    assert_eq!(map.remove("z"), None);
    assert_eq!(map.remove("a"), Some("x".into()));
    assert_eq!(map.clone().into_owned(), map);
    let names: Vec<String> =
        map.into_entries().into_iter().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["b", "c"]);
    let twice = ["c", "b", "a", "b", "a"];
    let entries = twice.map(|name| (Text::from(name), Value::Null));
    assert_eq!(Map::from_entries(entries.to_vec()), Err(Text::from("a")));
}

#[test]
fn stored_maps_are_in_the_order_of_their_keys() {
    let entry = |key: &str, value: &str| (constant(key), constant(value));
    let map = Stored::map(vec![
        entry("'b'", "1"),
        entry("'a'", "2"),
        entry("2u", "3"),
        entry("-1", "4"),
        entry("true", "5"),
    ]);
    let map = map.expect("each once");
    assert_eq!(shown(&Operand::stored(&map)), r#"{true: 5, -1: 4, 2u: 3, "a": 2, "b": 1}"#);
    let names = "{-1: 4, 2: 3, a: 2, b: 1, true: 5}";
    assert_eq!(map.to_string(), names);
    let Value::Map(written) = map.value() else { panic!("no map") };
    let names: Vec<&str> = written.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["-1", "2", "a", "b", "true"]);
    for keys in [["1", "1"], ["1", "1u"], ["'a'", "'a'"], ["true", "true"]] {
        assert_eq!(Stored::map(keys.map(|key| entry(key, "1")).to_vec()), None, "{keys:?}");
    }
    for key in ["1.5", "null", "b'a'", "[1]", "timestamp(0)"] {
        assert_eq!(Stored::map(vec![entry(key, "1")]), None, "{key}");
    }
    let Value::String(name) = Stored::Type(Kind::Ip).value() else { panic!("no text") };
    assert_eq!(name, "net.IP");
}

#[test]
fn stored_values_are_written_as_text() {
    for (text, written) in [
        ("null", "null"),
        ("true", "true"),
        ("1u", "1"),
        ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
        ("-0.0", "-0"),
        ("'a'", "a"),
        ("b'abc'", "abc"),
        ("[1, 'a', [2.5]]", "[1, a, [2.5]]"),
        ("{'b': [1], 'a': {}}", "{a: {}, b: [1]}"),
        ("[]", "[]"),
        ("int", "int"),
        ("timestamp(0)", "1970-01-01T00:00:00Z"),
        ("duration('1m')", "60s"),
        ("ip('::1')", "::1"),
        ("cidr('::/0')", "::/0"),
    ] {
        assert_eq!(constant(text).to_string(), written, "{text}");
    }
    assert!(constant(r"b'\xff'").to_string().starts_with("Bytes("));
    // However long it is: no meter runs out.
    let long = Stored::List(vec![Stored::Int(7); 200_000].into());
    assert_eq!(long.to_string().len(), 3 * 200_000);
}

/// `value` as a value of a declared type, by each of the ways that there are.
fn declared(word: &str, value: &Value<'_>) -> Option<String> {
    let declared = Type::from_word(word).unwrap_or_else(|| panic!("{word} is no type"));
    let bound = Operand::bound(value, &declared).map(|bound| shown(&bound));
    let admitted = declared.admit(value.clone());
    let admitted = admitted.map(|admitted| shown(&Operand::open(&admitted)));
    assert_eq!(bound, admitted, "{word} {value:?}");
    if bound.is_some() {
        let checked = Operand::checked(value, &declared).map(|checked| shown(&checked));
        assert_eq!(checked, bound, "{word} {value:?}");
    }
    bound
}

#[test]
fn stated_values_are_read_as_declared() {
    let exact = 1 << 53;
    for (word, value, made) in [
        ("bool", Value::Bool(true), Some("true")),
        ("int", Value::Int(-1), Some("-1")),
        ("int", Value::Uint(1), None),
        ("int", Value::Double(1.0), None),
        ("uint", Value::Int(0), Some("0u")),
        ("uint", Value::Int(-1), None),
        ("uint", Value::Uint(1), Some("1u")),
        ("double", Value::Int(exact), Some("9007199254740992.0")),
        ("double", Value::Int(exact + 1), None),
        ("double", Value::Int(-exact), Some("-9007199254740992.0")),
        ("double", Value::Int(-exact - 1), None),
        ("double", Value::Double(1.5), Some("1.5")),
        ("double", Value::Uint(1), None),
        ("string", "a".into(), Some("\"a\"")),
        ("string", Value::Int(1), None),
        ("timestamp", "1970-01-01T00:00:00Z".into(), Some("1970-01-01T00:00:00Z")),
        ("timestamp", "today".into(), None),
        ("duration", "1m".into(), Some("60s")),
        ("duration", "long".into(), None),
        ("ip", "::1".into(), Some("::1")),
        ("ip", "::1/8".into(), None),
        ("cidr", "::1/8".into(), Some("::1/8")),
        ("cidr", "::1".into(), None),
        ("any", Value::Null, Some("null")),
        ("any", Value::List(vec![1.into()]), Some("[1]")),
        ("bool", Value::Null, None),
        ("list(int)", Value::List(vec![1.into(), 2.into()]), Some("[1, 2]")),
        ("list(int)", Value::List(vec![1.into(), "a".into()]), None),
        ("list(double)", Value::List(vec![1.into()]), Some("[1.0]")),
        ("list(int)", Value::Int(1), None),
        ("map(int)", Value::List(vec![]), None),
        ("list(list(uint))", Value::List(vec![Value::List(vec![1.into()])]), Some("[[1u]]")),
        ("list(list(uint))", Value::List(vec![Value::List(vec![(-1).into()])]), None),
        ("list(map(int))", Value::List(vec![Value::Int(1)]), None),
    ] {
        assert_eq!(declared(word, &value).as_deref(), made, "{word} {value:?}");
    }
    let map = |value: Value<'static>| {
        Value::Map(Map::from_entries(vec![("k".into(), value)]).expect("one name"))
    };
    assert_eq!(declared("map(double)", &map(1.into())).as_deref(), Some(r#"{"k": 1.0}"#));
    assert_eq!(declared("map(double)", &map("a".into())), None);
    assert_eq!(
        declared("map(map(int))", &map(map(1.into()))).as_deref(),
        Some(r#"{"k": {"k": 1}}"#)
    );
    assert_eq!(declared("map(map(int))", &map(map("a".into()))), None);
    assert_eq!(declared("list(map(ip))", &Value::List(vec![map("x".into())])), None);
    assert_eq!(declared("map(list(int))", &map(map(1.into()))), None);
    // What was looked at before is not looked at again.
    let texts = Value::List(vec!["a".into()]);
    let ints = Type::list(Type::Int);
    assert!(Operand::bound(&texts, &ints).is_none());
    assert!(
        matches!(Operand::checked(&texts, &ints), Some(Operand::List(list)) if list.len() == 1)
    );
    let (entry, ints) = (map("a".into()), Type::map(Type::String, Type::Int));
    assert!(Operand::bound(&entry, &ints).is_none());
    assert!(matches!(Operand::checked(&entry, &ints), Some(Operand::Map(map)) if map.len() == 1));
    let bytes = Value::Bytes(Cow::Borrowed(b"a"));
    assert_eq!(
        Operand::bound(&bytes, &Type::Bytes).map(|it| shown(&it)).as_deref(),
        Some("b\"a\"")
    );
}

#[test]
fn words_of_types() {
    let nested = |count: usize| format!("{}int{}", "list(".repeat(count), ")".repeat(count));
    assert!(Type::from_word(&nested(8)).is_some());
    assert_eq!(Type::from_word(&nested(9)), None);
    let words: Vec<&str> = Type::words().collect();
    assert_eq!(words.len(), 12);
    for word in words {
        assert_eq!(Type::from_word(word).map(|it| it.to_string()).as_deref(), Some(word));
    }
    let optional = Type::Optional(Box::new(Type::Int));
    for (declared, word) in [
        (Type::list(Type::Nothing), "list"),
        (Type::map(Type::Nothing, Type::Nothing), "map"),
        (Type::map(Type::Int, Type::Bool), "map(int, bool)"),
        (Type::map(Type::String, Type::Bool), "map(bool)"),
        (Type::list(Type::map(Type::Any, Type::Null)), "list(map(any, null))"),
        (optional.clone(), "optional(int)"),
        (Type::Nothing, "nothing"),
        (Type::Null, "null"),
        (Type::Bytes, "bytes"),
        (Type::Type, "type"),
    ] {
        assert_eq!(declared.to_string(), word);
    }
    for (declared, is_open) in [
        (Type::Any, true),
        (Type::list(Type::Any), true),
        (Type::Optional(Box::new(Type::list(Type::Any))), true),
        (Type::map(Type::String, Type::Any), true),
        (Type::map(Type::Any, Type::Int), true),
        (Type::map(Type::String, Type::Int), false),
        (Type::list(Type::Int), false),
        (optional, false),
        (Type::Int, false),
    ] {
        assert_eq!(declared.is_open(), is_open, "{declared}");
    }
}

#[test]
fn values_of_types_can_be_equal_or_never_are() {
    let of = |word: &str| Type::from_word(word).unwrap_or_else(|| panic!("{word} is no type"));
    for (left, right, compares) in [
        ("int", "double", true),
        ("uint", "int", true),
        ("int", "string", false),
        ("any", "string", true),
        ("list(int)", "list(double)", true),
        ("list(int)", "list(string)", false),
        ("list(int)", "int", false),
        ("map(int)", "map(uint)", true),
        ("map(int)", "map(string)", false),
        ("map(int)", "list(int)", false),
        ("ip", "cidr", false),
        ("timestamp", "duration", false),
        ("timestamp", "timestamp", true),
    ] {
        assert_eq!(of(left).compares_with(&of(right)), compares, "{left} {right}");
        assert_eq!(of(right).compares_with(&of(left)), compares, "{right} {left}");
    }
    let (ints, texts) = (Type::map(Type::Int, Type::Int), Type::map(Type::String, Type::Int));
    assert!(!ints.compares_with(&texts) && ints.compares_with(&ints));
    let optional = |inner: Type| Type::Optional(Box::new(inner));
    assert!(optional(Type::Int).compares_with(&optional(Type::Uint)));
    assert!(!optional(Type::Int).compares_with(&optional(Type::Bool)));
    assert!(Type::Nothing.compares_with(&Type::Int) && Type::Int.compares_with(&Type::Nothing));
}

#[test]
fn stated_values_have_so_much_room() {
    let bulk = |items: u64, bytes: u64| Bulk { items, bytes };
    let of = |word: &str, max: u32| Bulk::of_stated(&Type::from_word(word).expect("a type"), max);
    assert_eq!((Bulk::STATED, Bulk::STATED_TEXT), (bulk(500, 65536), bulk(0, 16384)));
    assert_eq!((Bulk::NONE, Bulk::of_bytes(7)), (bulk(0, 0), bulk(0, 7)));
    // 64 KiB for each 500 items that have begun.
    for word in ["list(int)", "map(string)", "any"] {
        assert_eq!(of(word, 0), bulk(0, 0), "{word}");
        assert_eq!(of(word, 1), bulk(1, 65536), "{word}");
        assert_eq!(of(word, 500), bulk(500, 65536), "{word}");
        assert_eq!(of(word, 501), bulk(501, 131_072), "{word}");
        assert_eq!(of(word, 5000), bulk(5000, 655_360), "{word}");
    }
    assert_eq!(of("string", 99), bulk(0, 99));
    for word in ["int", "bool", "double", "timestamp", "ip", "cidr"] {
        assert_eq!(of(word, 99), Bulk::NONE, "{word}");
    }
}

#[test]
fn what_is_too_large_is_found() {
    let of = |text: &str| Box::leak(Box::new(constant(text))).value();
    let exceeds = |items: u64, bytes: u64, value: &Value<'_>, word: &str| {
        let declared = Type::from_word(word).expect("a type");
        Bulk { items, bytes }.is_exceeded_by(value, &declared)
    };
    // A value, and how many items and bytes it has.
    for (text, word, items, bytes) in [
        ("'four'", "string", 0, 4),
        ("'vier'", "any", 0, 4),
        ("b'octets'", "any", 0, 6),
        ("[1, 2, 3]", "list(int)", 3, 0),
        ("['a', 'bc']", "list(string)", 2, 3),
        ("[b'a', b'bc']", "any", 2, 3),
        ("[['a', 'bc'], [], ['d']]", "list(list(string))", 6, 4),
        ("{'a': 1, 'bc': 2}", "map(int)", 2, 3),
        ("{'a': ['b', 'cd'], 'e': []}", "map(list(string))", 4, 5),
        ("[{'a': {'b': 'c'}}]", "any", 3, 3),
    ] {
        let value = of(text);
        assert!(!exceeds(items, bytes, &value, word), "{text}");
        assert!(!exceeds(items + 1, bytes + 1, &value, word), "{text}");
        assert!(items == 0 || exceeds(items - 1, bytes, &value, word), "{text}");
        assert!(bytes == 0 || exceeds(items, bytes - 1, &value, word), "{text}");
    }
    // What has no size is never too large; a value of another type is for others to refuse.
    for (text, word) in [("1", "int"), ("1", "any"), ("null", "any"), ("'text'", "int")] {
        assert!(!exceeds(0, 0, &of(text), word), "{text}");
    }
}

#[derive(Debug)]
struct Alphabet;

impl Texts for Alphabet {
    fn count(&self) -> usize {
        3
    }

    fn text(&self, index: usize) -> Option<&str> {
        ["a", "b", "c"].get(index).copied()
    }
}

#[test]
fn lists_are_lists_wherever_they_stand() {
    let values = [Value::from("a"), Value::from("b"), Value::from("c")];
    let texts = [Text::from("a"), Text::from("b"), Text::from("c")];
    let slice: &[Text<'_>] = &texts;
    let of_texts = Type::String;
    let kept = constant("['a', 'b', 'c']");
    let Stored::List(items) = &kept else { panic!("no list") };
    let Operand::List(made) = stored("['a', 'b', 'c']") else { panic!("no list") };
    let made = List::Made(made.iter().collect());
    for list in [
        List::Stored(items),
        List::Values(&values, &of_texts),
        List::Lent(&Alphabet),
        List::Lent(&slice),
        made,
    ] {
        assert_eq!((list.len(), list.is_empty()), (3, false), "{list:?}");
        let item = |index| list.item(index).map(|item| shown(&item));
        assert_eq!(item(0).as_deref(), Some("\"a\""));
        assert_eq!(item(2).as_deref(), Some("\"c\""));
        assert_eq!(item(3), None);
        assert_eq!(list.iter().map(|item| shown(&item)).collect::<String>(), r#""a""b""c""#);
        assert_eq!(list.iter().rev().map(|item| shown(&item)).collect::<String>(), r#""c""b""a""#);
    }
    assert!(List::Stored(&[]).is_empty());
    let text = Text::from("a");
    assert_eq!(shown(&Operand::from(&text)), "\"a\"");
}

#[test]
fn maps_are_maps_wherever_they_stand() {
    let map = Map::from_entries(vec![("a".into(), 1.into()), ("b".into(), 2.into())]);
    let map = map.expect("each once");
    let ints = Type::Int;
    let kept = constant("{'a': 1, 'b': 2}");
    let Stored::Map(entries) = &kept else { panic!("no map") };
    let Operand::Map(made) = stored("{'a': 1, 'b': 2}") else { panic!("no map") };
    let made = Entries::Made(made.iter().collect());
    for entries in [Entries::Stored(entries), Entries::Values(&map, &ints), made] {
        assert_eq!((entries.len(), entries.is_empty()), (2, false));
        let entry = |index| {
            let (key, value) = entries.entry(index)?;
            Some(format!("{}{}", shown(&key), shown(&value)))
        };
        assert_eq!(entry(0).as_deref(), Some("\"a\"1"));
        assert_eq!(entry(1).as_deref(), Some("\"b\"2"));
        assert_eq!(entry(2), None);
        assert_eq!(entries.iter().count(), 2);
        let named = |name| entries.named(name).map(|value| shown(&value));
        assert_eq!((named("b").as_deref(), named("c")), (Some("2"), None));
        assert!(entries.value(&Operand::Int(1)).is_none());
        assert!(entries.value(&Operand::Null).is_none());
    }
    assert!(Entries::Stored(&[]).is_empty());
    // A value that is none of the declared type is not there; hosts look at them before.
    let wrong = Entries::Values(&map, &Type::String);
    assert!(wrong.named("a").is_none());
}
