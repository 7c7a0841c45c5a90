//! The quick way through the JSON of a request that is as it must be: straight to its parts, without
//! a tree in between, and borrowing its texts. For whatever is not, in whatever way, or is rare, there
//! is nothing here, and the other way ([`request`](super::request)) reads it, or says what is wrong.
//! Where both find a request, it is the same one: the tests hold them to it.

use super::request::{
    ActorDocument, ActorParts, ID_BYTES_MAX, REQUEST_DEPTH_MAX, RequestDocument, RequestParts,
    ResourceParts,
};
use crate::{ActorType, Map, Membership, Text, Value};

/// The request in a text.
pub(super) fn request(json: &str) -> Option<RequestDocument<'_>> {
    let mut text = Cursor::new(json);
    let document = text.request()?;
    text.end()?;
    Some(document)
}

/// The requests of a batch in a text, if there are at most so many.
pub(super) fn batch(json: &str, requests_max: usize) -> Option<Vec<RequestDocument<'_>>> {
    let mut text = Cursor::new(json);
    let mut requests = None;
    text.object(|name, text| match name {
        "requests" => {
            let mut all = Vec::new();
            text.list(|text| {
                all.push(text.request()?);
                (all.len() <= requests_max).then_some(())
            })?;
            once(&mut requests, all)
        }
        _ => None,
    })?;
    text.end()?;
    requests.filter(|requests| !requests.is_empty())
}

/// A text of JSON from some place on.
struct Cursor<'j> {
    rest: &'j str,
    /// The actor that was read last, and its text: requests of a batch often state the same one.
    last_actor: Option<(&'j str, ActorDocument<'j>)>,
}

impl<'j> Cursor<'j> {
    fn new(json: &'j str) -> Self {
        Cursor { rest: json, last_actor: None }
    }

    /// A request; what it consists of stands at depth 2.
    fn request(&mut self) -> Option<RequestDocument<'j>> {
        let (mut actor, mut action, mut resource, mut now) = (None, None, None, None);
        let mut context = None;
        self.object(|name, text| match name {
            "actor" => once(&mut actor, text.actor()?),
            "action" => once(&mut action, text.text()?),
            "resource" => once(&mut resource, text.resource()?),
            "context" => once(&mut context, text.map(2)?),
            "now" => once(&mut now, text.text()?),
            _ => None,
        })?;
        let context = context.unwrap_or_default();
        let (actor, action, resource) = (actor?, action?, resource?);
        RequestDocument::from_parts(RequestParts { actor, action, resource, context, now })
    }

    fn actor(&mut self) -> Option<ActorDocument<'j>> {
        let begin = self.rest;
        if let Some((text, actor)) = &self.last_actor
            && let Some(rest) = begin.strip_prefix(text)
        {
            self.rest = rest;
            return Some(actor.clone());
        }
        let actor = ActorDocument::from_parts(self.actor_parts()?)?;
        let text = &begin[..begin.len() - self.rest.len()];
        self.last_actor = Some((text, actor.clone()));
        Some(actor)
    }

    fn actor_parts(&mut self) -> Option<ActorParts<'j>> {
        let (mut id, mut actor_type) = (None, None);
        let (mut tenants, mut roles) = (None, None);
        let (mut memberships, mut attributes) = (None, None);
        self.object(|name, text| match name {
            "actor_id" => once(&mut id, text.text()?),
            "actor_type" => once(&mut actor_type, ActorType::from_word(text.string()?)?),
            "microdao_ids" => once(&mut tenants, text.texts()?),
            "roles" => once(&mut roles, text.texts()?),
            "memberships" => once(&mut memberships, text.memberships()?),
            "attributes" => once(&mut attributes, text.map(3)?),
            _ => None,
        })?;
        Some(ActorParts {
            id: id?,
            actor_type: actor_type?,
            tenants: tenants.unwrap_or_default(),
            roles: roles.unwrap_or_default(),
            memberships: memberships.unwrap_or_default(),
            attributes: attributes.unwrap_or_default(),
        })
    }

    fn memberships(&mut self) -> Option<Vec<Membership<'j>>> {
        let mut all = Vec::new();
        self.list(|text| {
            let (mut tenant, mut role) = (None, None);
            text.object(|name, text| match name {
                "microdao_id" => once(&mut tenant, text.text()?),
                "role" => once(&mut role, text.text()?),
                _ => None,
            })?;
            all.push(Membership { tenant: tenant?, role: role? });
            Some(())
        })?;
        Some(all)
    }

    fn resource(&mut self) -> Option<ResourceParts<'j>> {
        let (mut resource_type, mut id, mut attributes) = (None, None, None);
        self.object(|name, text| match name {
            "type" => once(&mut resource_type, text.text()?),
            "id" => once(&mut id, text.text()?),
            "attributes" => once(&mut attributes, text.map(3)?),
            _ => None,
        })?;
        let attributes = attributes.unwrap_or_default();
        Some(ResourceParts { resource_type: resource_type?, id: id?, attributes })
    }

    fn texts(&mut self) -> Option<Vec<Text<'j>>> {
        let mut all = Vec::new();
        self.list(|text| text.text().map(|text| all.push(text)))?;
        Some(all)
    }

    /// An object of any names, which stands at a depth.
    fn map(&mut self, depth: usize) -> Option<Map<'j>> {
        if depth > REQUEST_DEPTH_MAX {
            return None;
        }
        let mut entries = Vec::new();
        self.object(|name, text| {
            let value = text.value(depth)?;
            entries.push((Text::Borrowed(name), value));
            (name.len() <= ID_BYTES_MAX).then_some(())
        })?;
        Map::from_entries(entries).ok()
    }

    /// A value that stands in something at a depth.
    fn value(&mut self, depth: usize) -> Option<Value<'j>> {
        self.space();
        match self.rest.as_bytes().first()? {
            b'"' => self.text().map(Value::String),
            b'{' => self.map(depth + 1).map(Value::Map),
            b'[' if depth < REQUEST_DEPTH_MAX => {
                let mut items = Vec::new();
                self.list(|text| text.value(depth + 1).map(|item| items.push(item)))?;
                Some(Value::List(items))
            }
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, value: Value<'j>) -> Option<Value<'j>> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(value)
    }

    /// A whole number of at most 18 digits, which any type of number holds.
    fn number(&mut self) -> Option<Value<'j>> {
        let others = self.rest.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.rest.split_at(others);
        let is_whole = !rest.starts_with(['.', 'e', 'E']);
        let is_plain = digits.len() <= 18 && (digits.len() == 1 || !digits.starts_with('0'));
        if !is_whole || !is_plain {
            return None;
        }
        self.rest = rest;
        digits.parse().ok().map(Value::Int)
    }

    fn text(&mut self) -> Option<Text<'j>> {
        self.string().map(Text::Borrowed)
    }

    /// A text without escapes.
    fn string(&mut self) -> Option<&'j str> {
        self.take(b'"')?;
        let end = self.rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest.strip_prefix('"')?;
        Some(text)
    }

    /// Gives the name of each entry of an object to `entry`, which reads its value.
    fn object(&mut self, mut entry: impl FnMut(&'j str, &mut Self) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        self.items(b'}', |text| {
            let name = text.string()?;
            text.take(b':')?;
            entry(name, text)
        })
    }

    /// Lets `item` read each item of a list.
    fn list(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        self.items(b']', item)
    }

    fn items(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.take(end).is_some() {
                return Some(());
            }
            self.take(b',')?;
        }
    }

    /// Takes a sign, with the space before it.
    #[inline]
    fn take(&mut self, sign: u8) -> Option<()> {
        self.space();
        if self.rest.as_bytes().first() != Some(&sign) {
            return None;
        }
        self.rest = &self.rest[1..];
        Some(())
    }

    #[inline]
    fn space(&mut self) {
        if self.rest.as_bytes().first().is_some_and(|byte| *byte <= b' ') {
            self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r']);
        }
    }

    fn end(&mut self) -> Option<()> {
        self.space();
        self.rest.is_empty().then_some(())
    }
}

/// Notes what may be said once.
fn once<T>(place: &mut Option<T>, said: T) -> Option<()> {
    place.replace(said).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::super::{json, request as slow};
    use super::*;

    /// Values of every kind, some of which are no JSON.
    const VALUES: &[&str] = &[
        r#""user:1""#,
        r#""human""#,
        r#""service""#,
        r#""2026-11-28T09:00:00Z""#,
        r#""\u0061b""#,
        r#""a\"b""#,
        "\"é\u{7f}\"",
        "\"a\tb\"",
        r#""""#,
        r#""unended"#,
        "0",
        "7",
        "-7",
        "-0",
        "01",
        "1.5",
        "1e3",
        "9007199254740993",
        "123456789012345678",
        "1234567890123456789",
        "18446744073709551615",
        "18446744073709551616",
        "true",
        "false",
        "null",
        "tru",
        "truex",
        "[]",
        "{}",
        r#"["a", "b"]"#,
        r#"["a",]"#,
        r#"{"k": [1, {"l": "m"}], "n": null}"#,
        r#"{"k": 1, "k": 1}"#,
        r#"{"k" 1}"#,
        r#"[{"microdao_id": "t", "role": "r"}]"#,
        r#"[{"microdao_id": "t"}]"#,
        r#"[{"microdao_id": "t", "role": "r", "role": "r"}]"#,
    ];

    const ACTOR: &[(&str, &str)] = &[
        ("actor_id", r#""user:1""#),
        ("actor_type", r#""human""#),
        ("microdao_ids", r#"["t"]"#),
        ("roles", "[ ]"),
        (
            "memberships",
            r#"[{"role": "r", "microdao_id": "t"}, {"microdao_id": "u", "role": "s"}]"#,
        ),
        ("attributes", r#"{"k": {"l": [true, "m", 0]}}"#),
    ];
    const RESOURCE: &[(&str, &str)] =
        &[("type", r#""door""#), ("id", r#""front""#), ("attributes", r#"{"size": 3}"#)];
    const REST: &[(&str, &str)] = &[
        ("action", r#""open""#),
        ("context", r#"{"b": false, "a": null}"#),
        ("now", r#""2026-11-28T09:00:00Z""#),
    ];

    /// Some of these fields, and now and then one that does not belong there, or other than it must
    /// be, or twice.
    fn object(fields: Vec<(&'static str, String)>) -> impl Strategy<Value = String> {
        let other = (select(vec!["actor_id", "k", "now", "roles"]), select(VALUES));
        let others = prop_oneof![8 => Just(Vec::new()), 1 => vec(other, 1..2)];
        let count = fields.len();
        let some = prop_oneof![
            6 => Just(fields.clone()),
            2 => subsequence(fields, count - 1..=count),
        ];
        let changed = prop_oneof![9 => Just(None), 1 => (0..count, select(VALUES)).prop_map(Some)];
        let space = select(vec!["", " ", "\n", "\t ", "\u{a0}"]);
        let space = prop_oneof![9 => Just(" "), 1 => space];
        (some, others, changed, space).prop_map(|(mut fields, others, changed, space)| {
            if let Some((place, value)) = changed
                && let Some(field) = fields.get_mut(place)
            {
                value.clone_into(&mut field.1);
            }
            fields.extend(others.into_iter().map(|(name, value)| (name, value.to_owned())));
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{space}\"{name}\":{space}{value}"))
                .collect();
            format!("{{{}{space}}}", fields.join(","))
        })
    }

    fn of(fields: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    fn text() -> impl Strategy<Value = String> {
        (object(of(ACTOR)), object(of(RESOURCE))).prop_flat_map(|(actor, resource)| {
            let mut fields = of(REST);
            fields.extend([("actor", actor), ("resource", resource)]);
            object(fields)
        })
    }

    fn slowly(text: &str) -> Option<String> {
        let tree = json::tree(text, REQUEST_DEPTH_MAX).ok()?;
        slow::read(tree).ok().map(|document| format!("{document:?}"))
    }

    fn quickly(text: &str) -> Option<String> {
        request(text).map(|document| format!("{document:?}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_the_quick_way_finds_is_there(text in text()) {
            if let Some(found) = quickly(&text) {
                prop_assert_eq!(Some(found), slowly(&text), "{}", text);
            }
        }

        #[test]
        fn so_it_is_in_batches(texts in vec(text(), 0..4)) {
            let text = format!("{{\"requests\": [{}]}}", texts.join(", "));
            let all = batch(&text, 3).map(|all| format!("{all:?}"));
            let each: Option<Vec<String>> = texts.iter().map(|text| quickly(text)).collect();
            let each = each.filter(|each| !each.is_empty());
            prop_assert_eq!(all, each.map(|each| format!("[{}]", each.join(", "))));
            prop_assert!(batch(&text, 0).is_none());
        }
    }

    /// What callers usually send goes the quick way.
    #[test]
    fn the_quick_way_is_open() {
        let whole = |fields: &[(&str, &str)]| {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        };
        let (actor, resource) = (whole(ACTOR), whole(RESOURCE));
        let full = whole(&[&[("actor", &*actor), ("resource", &*resource)], REST].concat());
        let least = whole(&[
            ("actor", r#"{"actor_type": "agent", "actor_id": "agent:pm"}"#),
            ("resource", r#"{"id": "t", "type": "tool"}"#),
            ("action", r#""exec""#),
        ]);
        let spread = full.replace(',', " ,\r\n\t");
        for text in [&full, &least, &spread] {
            assert!(quickly(text).is_some(), "{text}");
            assert_eq!(quickly(text), slowly(text), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_as_on_the_other_way() {
        for levels in REQUEST_DEPTH_MAX - 4..REQUEST_DEPTH_MAX + 2 {
            for (open, close) in [("[", "]"), ("{\"k\":", "}")] {
                let deep = format!("{}1{}", open.repeat(levels), close.repeat(levels));
                let text = format!(
                    r#"{{"actor": {{"actor_id": "a", "actor_type": "agent"}}, "action": "b", "resource": {{"type": "t", "id": "i"}}, "context": {{"deep": {deep}}}}}"#
                );
                assert_eq!(quickly(&text), slowly(&text), "{levels}");
                assert_eq!(quickly(&text).is_some(), levels <= REQUEST_DEPTH_MAX - 2, "{levels}");
            }
        }
    }
}
