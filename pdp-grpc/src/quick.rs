//! The quick way through a message that is as it must be: straight from its bytes to the request,
//! which borrows its texts. For whatever is not, in whatever way, there is nothing here, and the
//! other way ([`schema`](crate::schema), [`convert`](crate::convert)) says what is wrong. Where
//! both find a request, it is the same one: the tests hold them to it.

use std::str;

use pdp_core::wire::{
    ActorDocument, ActorParts, DOUBLE_MAX, ID_BYTES_MAX, REQUEST_DEPTH_MAX, RequestDocument,
    RequestParts, ResourceParts,
};
use pdp_core::{ActorType, Map, Membership, Text, Value};

/// The content of one field.
#[derive(Clone, Copy)]
enum Content<'b> {
    Number(u64),
    Fixed(u64),
    Bytes(&'b [u8]),
}

/// The request that a message is.
pub(crate) fn request(bytes: &[u8]) -> Option<RequestDocument<'_>> {
    request_after(bytes, &mut LastActor::default())
}

/// The request that a message is which stands behind others.
fn request_after<'b>(bytes: &'b [u8], last: &mut LastActor<'b>) -> Option<RequestDocument<'b>> {
    let (mut actor, mut action, mut resource, mut now) = (None, None, None, None);
    let mut context = Vec::new();
    each(bytes, |number, content| match number {
        1 => once(&mut actor, content.bytes()?),
        2 => once(&mut action, content.text()?),
        3 => once(&mut resource, content.bytes()?),
        4 => entry(content.bytes()?, 2).map(|said| context.push(said)),
        5 => once(&mut now, content.text()?),
        _ => None,
    })?;
    RequestDocument::from_parts(RequestParts {
        actor: last.or_read(actor?)?,
        action: action?,
        resource: self::resource(resource?)?,
        context: Map::from_entries(context).ok()?,
        now,
    })
}

/// The requests of a batch, if there are at most so many.
pub(crate) fn batch(bytes: &[u8], requests_max: usize) -> Option<Vec<RequestDocument<'_>>> {
    let (mut documents, mut last) = (Vec::new(), LastActor::default());
    each(bytes, |number, content| match number {
        1 if documents.len() < requests_max => {
            request_after(content.bytes()?, &mut last).map(|said| documents.push(said))
        }
        _ => None,
    })?;
    (!documents.is_empty()).then_some(documents)
}

/// The actor that was read last, and its message: requests of a batch often state the same one.
#[derive(Default)]
struct LastActor<'b>(Option<(&'b [u8], ActorDocument<'b>)>);

impl<'b> LastActor<'b> {
    /// The actor that a message is.
    fn or_read(&mut self, bytes: &'b [u8]) -> Option<ActorDocument<'b>> {
        if let Some((known, actor)) = &self.0
            && *known == bytes
        {
            return Some(actor.clone());
        }
        let actor = ActorDocument::from_parts(actor(bytes)?)?;
        self.0 = Some((bytes, actor.clone()));
        Some(actor)
    }
}

fn actor(bytes: &[u8]) -> Option<ActorParts<'_>> {
    let (mut id, mut actor_type) = (None, None);
    let (mut tenants, mut roles) = (Vec::new(), Vec::new());
    let (mut memberships, mut attributes) = (Vec::new(), Vec::new());
    each(bytes, |number, content| match number {
        1 => once(&mut id, content.text()?),
        2 => once(&mut actor_type, self::actor_type(content)?),
        3 => content.text().map(|said| tenants.push(said)),
        4 => content.text().map(|said| roles.push(said)),
        5 => membership(content.bytes()?).map(|said| memberships.push(said)),
        6 => entry(content.bytes()?, 3).map(|said| attributes.push(said)),
        _ => None,
    })?;
    let attributes = Map::from_entries(attributes).ok()?;
    let (id, actor_type) = (id?, actor_type?);
    Some(ActorParts { id, actor_type, tenants, roles, memberships, attributes })
}

fn actor_type(content: Content<'_>) -> Option<ActorType> {
    match content {
        Content::Number(1) => Some(ActorType::Human),
        Content::Number(2) => Some(ActorType::Agent),
        Content::Number(3) => Some(ActorType::Service),
        _ => None,
    }
}

fn membership(bytes: &[u8]) -> Option<Membership<'_>> {
    let (mut tenant, mut role) = (None, None);
    each(bytes, |number, content| match number {
        1 => once(&mut tenant, content.text()?),
        2 => once(&mut role, content.text()?),
        _ => None,
    })?;
    Some(Membership { tenant: tenant?, role: role? })
}

fn resource(bytes: &[u8]) -> Option<ResourceParts<'_>> {
    let (mut resource_type, mut id) = (None, None);
    let mut attributes = Vec::new();
    each(bytes, |number, content| match number {
        1 => once(&mut resource_type, content.text()?),
        2 => once(&mut id, content.text()?),
        3 => entry(content.bytes()?, 3).map(|said| attributes.push(said)),
        _ => None,
    })?;
    let attributes = Map::from_entries(attributes).ok()?;
    Some(ResourceParts { resource_type: resource_type?, id: id?, attributes })
}

/// An entry of an object that stands at a depth, the request being at depth 1.
fn entry(bytes: &[u8], depth: usize) -> Option<(Text<'_>, Value<'_>)> {
    let (mut key, mut held) = (None, None);
    each(bytes, |number, content| match number {
        1 => once(&mut key, content.text()?),
        2 => once(&mut held, value(content.bytes()?, depth)?),
        _ => None,
    })?;
    let key = key.unwrap_or_default();
    (key.len() <= ID_BYTES_MAX).then_some((key, held?))
}

/// A value that stands in something at a depth.
fn value(bytes: &[u8], depth: usize) -> Option<Value<'_>> {
    let mut held = None;
    each(bytes, |number, content| {
        let value = match (number, content) {
            (1, Content::Number(_)) => Value::Null,
            (2, Content::Number(truth)) => Value::Bool(truth != 0),
            (3, Content::Number(bits)) => Value::Int(bits.cast_signed()),
            (4, Content::Number(number)) => {
                i64::try_from(number).map_or(Value::Uint(number), Value::Int)
            }
            (5, Content::Fixed(bits)) => {
                let number = f64::from_bits(bits);
                (number.abs() < DOUBLE_MAX).then_some(Value::Double(number))?
            }
            (6, content) => Value::String(content.text()?),
            (7, content) => list(content.bytes()?, deeper(depth)?)?,
            (8, content) => map(content.bytes()?, deeper(depth)?)?,
            _ => return None,
        };
        once(&mut held, value)
    })?;
    held
}

fn deeper(depth: usize) -> Option<usize> {
    (depth < REQUEST_DEPTH_MAX).then_some(depth + 1)
}

fn list(bytes: &[u8], depth: usize) -> Option<Value<'_>> {
    let mut items = Vec::new();
    each(bytes, |number, content| match number {
        1 => value(content.bytes()?, depth).map(|said| items.push(said)),
        _ => None,
    })?;
    Some(Value::List(items))
}

fn map(bytes: &[u8], depth: usize) -> Option<Value<'_>> {
    let mut entries = Vec::new();
    each(bytes, |number, content| match number {
        1 => entry(content.bytes()?, depth).map(|said| entries.push(said)),
        _ => None,
    })?;
    Map::from_entries(entries).ok().map(Value::Map)
}

impl<'b> Content<'b> {
    fn bytes(self) -> Option<&'b [u8]> {
        match self {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn text(self) -> Option<Text<'b>> {
        str::from_utf8(self.bytes()?).ok().map(Text::Borrowed)
    }
}

/// Gives each field of a message to `take`; `None` where the bytes are no message, or `take` finds
/// something that is not as it must be.
fn each<'b>(
    mut bytes: &'b [u8],
    mut take: impl FnMut(u64, Content<'b>) -> Option<()>,
) -> Option<()> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let content = match key & 7 {
            0 => Content::Number(varint(&mut bytes)?),
            1 => Content::Fixed(u64::from_le_bytes(*split(&mut bytes, 8)?.first_chunk()?)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                Content::Bytes(split(&mut bytes, length)?)
            }
            _ => return None,
        };
        take(key >> 3, content)?;
    }
    Some(())
}

fn split<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (part, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// A number of seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Notes what may be said once.
fn once<T>(place: &mut Option<T>, said: T) -> Option<()> {
    place.replace(said).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use pdp_proto::v1::{self, value::Kind};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use prost::Message;

    use super::*;
    use crate::call::decode;
    use crate::convert;
    use crate::schema::Schema;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![9 => "[a-c:/é]{1,4}", 1 => Just(String::new()), 1 => Just("\u{7}".to_owned())]
    }

    fn value() -> impl Strategy<Value = v1::Value> {
        let leaf = prop_oneof![
            Just(Kind::NullValue(0)),
            any::<bool>().prop_map(Kind::BoolValue),
            any::<i64>().prop_map(Kind::IntValue),
            any::<u64>().prop_map(Kind::UintValue),
            any::<f64>().prop_map(Kind::DoubleValue),
            (-9.0..9.0).prop_map(Kind::DoubleValue),
            text().prop_map(Kind::StringValue),
        ];
        let leaf = prop_oneof![
            19 => leaf.prop_map(|kind| v1::Value { kind: Some(kind) }),
            1 => Just(v1::Value { kind: None }),
        ];
        leaf.prop_recursive(40, 60, 3, |inner| {
            let entry = (text(), inner.clone());
            prop_oneof![
                vec(inner, 0..3).prop_map(|values| Kind::ListValue(v1::ListValue { values })),
                vec(entry, 0..3).prop_map(|entries| {
                    let entries = entries.into_iter();
                    let fields = entries
                        .map(|(key, value)| v1::map_value::FieldsEntry { key, value: Some(value) });
                    Kind::MapValue(v1::MapValue { fields: fields.collect() })
                }),
            ]
            .prop_map(|kind| v1::Value { kind: Some(kind) })
        })
    }

    fn entries() -> impl Strategy<Value = Vec<(String, v1::Value)>> {
        vec((text(), value()), 0..3)
    }

    fn actor() -> impl Strategy<Value = v1::Actor> {
        let actor_type = prop_oneof![9 => 1..=3, 1 => -1..=4];
        let memberships = vec((text(), text()), 0..3);
        let texts = || vec(text(), 0..3);
        (text(), actor_type, texts(), texts(), memberships, entries()).prop_map(
            |(actor_id, actor_type, microdao_ids, roles, memberships, attributes)| v1::Actor {
                actor_id,
                actor_type,
                microdao_ids,
                roles,
                memberships: memberships
                    .into_iter()
                    .map(|(microdao_id, role)| v1::Membership { microdao_id, role })
                    .collect(),
                attributes: attributes
                    .into_iter()
                    .map(|(key, value)| v1::actor::AttributesEntry { key, value: Some(value) })
                    .collect(),
            },
        )
    }

    fn message() -> impl Strategy<Value = v1::EvaluateRequest> {
        let now = prop_oneof![
            3 => Just(None),
            3 => Just(Some("2026-11-28T09:00:00.5Z".to_owned())),
            1 => text().prop_map(Some),
        ];
        let resource = (text(), text(), entries());
        (actor(), text(), resource, entries(), now, 0..20).prop_map(
            |(actor, action, (r#type, id, attributes), context, now, missing)| {
                let attributes = attributes
                    .into_iter()
                    .map(|(key, value)| v1::resource::AttributesEntry { key, value: Some(value) });
                let resource = v1::Resource { r#type, id, attributes: attributes.collect() };
                let context = context.into_iter().map(|(key, value)| {
                    v1::evaluate_request::ContextEntry { key, value: Some(value) }
                });
                v1::EvaluateRequest {
                    actor: Some(actor).filter(|_| missing != 0),
                    action,
                    resource: Some(resource).filter(|_| missing != 1),
                    context: context.collect(),
                    now,
                }
            },
        )
    }

    /// What the other way finds.
    fn slowly(schema: &Schema, bytes: &[u8]) -> Option<String> {
        let message: v1::EvaluateRequest = decode(schema, bytes).ok()?;
        convert::document(message).ok().map(|document| format!("{document:?}"))
    }

    fn quickly(bytes: &[u8]) -> Option<String> {
        request(bytes).map(|document| format!("{document:?}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn both_ways_find_the_same(message in message()) {
            let bytes = message.encode_to_vec();
            prop_assert_eq!(quickly(&bytes), slowly(&Schema::own(), &bytes));
        }

        /// Of what no library writes the quick way may leave more to the other one.
        #[test]
        fn what_the_quick_way_finds_in_other_bytes_is_there(
            message in message(), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
        ) {
            let mut bytes = message.encode_to_vec();
            for (place, byte) in changes {
                if !bytes.is_empty() {
                    let place = place.index(bytes.len());
                    bytes[place] = byte;
                }
            }
            if let Some(found) = quickly(&bytes) {
                prop_assert_eq!(Some(found), slowly(&Schema::own(), &bytes));
            }
        }

        #[test]
        fn batches_are_their_requests(messages in vec(message(), 0..4)) {
            let each: Option<Vec<String>> =
                messages.iter().map(|message| quickly(&message.encode_to_vec())).collect();
            let bytes = v1::EvaluateBatchRequest { requests: messages }.encode_to_vec();
            let all = batch(&bytes, 3).map(|all| {
                all.iter().map(|document| format!("{document:?}")).collect::<Vec<_>>()
            });
            prop_assert_eq!(all, each.filter(|each| !each.is_empty()));
            prop_assert!(batch(&bytes, 0).is_none());
        }
    }

    /// A value that is nested as deep as it may be, and one level deeper.
    #[test]
    fn depth_is_bounded_as_on_the_other_way() {
        let nested = |levels: usize| {
            let mut value = v1::Value { kind: Some(Kind::BoolValue(true)) };
            for _ in 0..levels {
                let list = v1::ListValue { values: vec![value] };
                value = v1::Value { kind: Some(Kind::ListValue(list)) };
            }
            let entry =
                v1::evaluate_request::ContextEntry { key: "deep".to_owned(), value: Some(value) };
            let actor =
                v1::Actor { actor_id: "a".to_owned(), actor_type: 1, ..v1::Actor::default() };
            let resource = v1::Resource {
                r#type: "t".to_owned(),
                id: "i".to_owned(),
                ..v1::Resource::default()
            };
            v1::EvaluateRequest {
                actor: Some(actor),
                action: "act".to_owned(),
                resource: Some(resource),
                context: vec![entry],
                now: None,
            }
            .encode_to_vec()
        };
        for levels in REQUEST_DEPTH_MAX - 4..REQUEST_DEPTH_MAX + 2 {
            let bytes = nested(levels);
            assert_eq!(quickly(&bytes), slowly(&Schema::own(), &bytes), "{levels}");
            assert_eq!(quickly(&bytes).is_some(), levels <= REQUEST_DEPTH_MAX - 2, "{levels}");
        }
    }
}
