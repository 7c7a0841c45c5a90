//! What may stand in a message.

use std::collections::HashMap;

use pdp_core::wire::{RequestError, RequestErrorKind};
use pdp_proto::{FILES, too_deep};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost::{DecodeError, Message, Name};
use prost_types::field_descriptor_proto::Label;
use prost_types::{DescriptorProto, FileDescriptorSet};

/// How deep messages may nest: what prost reads. A value that nests as deep as a request may takes
/// less, although there are three messages to a map in a map.
const NESTING_MAX: usize = 99;

/// The most fields that one of our messages has.
const FIELDS_MAX: usize = 16;

/// The fields of the messages of `pdp.v1`.
///
/// prost, like all of its kind, passes over fields that it does not know, and of a field that comes
/// twice takes the last. A request is held to what it says: what a newer caller adds may be what
/// narrows it. So messages are looked through before they are decoded.
pub(crate) struct Schema {
    messages: Vec<Vec<Field>>,
    by_name: HashMap<String, usize>,
}

struct Field {
    number: u32,
    name: String,
    is_repeated: bool,
    /// Fields of which only one may be set share a slot.
    slot: usize,
    /// The message that it holds, if it holds one.
    message: Option<usize>,
}

impl Schema {
    /// That of our own messages.
    pub(crate) fn own() -> Self {
        let files = FileDescriptorSet::decode(FILES).expect("prost wrote them");
        let mut messages = Vec::new();
        for file in &files.file {
            for message in &file.message_type {
                let name = format!(".{}.{}", file.package(), message.name());
                let nested = message.nested_type.iter();
                messages.extend(nested.map(|inner| (format!("{name}.{}", inner.name()), inner)));
                messages.push((name, message));
            }
        }
        let names = messages.iter().map(|(name, _)| name.clone()).enumerate();
        let by_name: HashMap<String, usize> = names.map(|(index, name)| (name, index)).collect();
        let messages = messages.into_iter().map(|(_, message)| fields(message, &by_name)).collect();
        Schema { messages, by_name }
    }

    /// Whether the bytes are a message `M` and nothing beside.
    pub(crate) fn check<M: Name>(&self, bytes: &[u8]) -> Result<(), RequestError> {
        let root = self.by_name[&format!(".{}.{}", M::PACKAGE, M::NAME)];
        self.look_through(root, bytes, 0)
    }

    fn look_through(
        &self,
        message: usize,
        mut bytes: &[u8],
        depth: usize,
    ) -> Result<(), RequestError> {
        if depth > NESTING_MAX {
            return Err(too_deep());
        }
        let mut counts = [0; FIELDS_MAX];
        while !bytes.is_empty() {
            let (number, wire_type) = decode_key(&mut bytes).map_err(|error| undecoded(&error))?;
            let mut known = self.messages[message].iter();
            let Some(field) = known.find(|field| field.number == number) else {
                return Err(fault(number.to_string(), "unknown field"));
            };
            let index = counts[field.slot];
            if index > 0 && !field.is_repeated {
                return Err(fault(field.name.clone(), "given twice"));
            }
            counts[field.slot] += 1;
            match field.message {
                Some(inner) if wire_type == WireType::LengthDelimited => {
                    let checked = self.look_through(inner, part(&mut bytes)?, depth + 1);
                    checked.map_err(|error| field.locate(error, index))?;
                }
                _ => skip_field(wire_type, number, &mut bytes, DecodeContext::default())
                    .map_err(|error| undecoded(&error))?,
            }
        }
        Ok(())
    }
}

impl Field {
    /// The same error, in the part of this number.
    fn locate(&self, error: RequestError, index: usize) -> RequestError {
        match error.field {
            // A limit of the whole is not the fault of one field.
            None => error,
            Some(_) if self.is_repeated => error.within(&format!("{}[{index}]", self.name)),
            Some(_) => error.within(&self.name),
        }
    }
}

/// What is no message.
pub(crate) fn undecoded(error: &DecodeError) -> RequestError {
    RequestError { kind: RequestErrorKind::Syntax, field: None, message: error.to_string() }
}

fn fault(field: String, message: &str) -> RequestError {
    let message = message.to_owned();
    RequestError { kind: RequestErrorKind::Shape, field: Some(field), message }
}

/// The bytes of a part, whose length stands before it.
fn part<'b>(bytes: &mut &'b [u8]) -> Result<&'b [u8], RequestError> {
    let length = decode_varint(bytes).map_err(|error| undecoded(&error))?;
    let split = usize::try_from(length).ok().and_then(|length| bytes.split_at_checked(length));
    let Some((part, rest)) = split else {
        let message = "a part is longer than the message".to_owned();
        return Err(RequestError { kind: RequestErrorKind::Syntax, field: None, message });
    };
    *bytes = rest;
    Ok(part)
}

fn fields(message: &DescriptorProto, by_name: &HashMap<String, usize>) -> Vec<Field> {
    let all = &message.field;
    assert!(all.len() <= FIELDS_MAX, "{} has more fields than are counted", message.name());
    let fields = all.iter().enumerate().map(|(index, field)| Field {
        number: field.number().unsigned_abs(),
        name: field.name().to_owned(),
        is_repeated: field.label() == Label::Repeated,
        slot: match field.oneof_index {
            None => index,
            choice => all.iter().position(|other| other.oneof_index == choice).unwrap_or(index),
        },
        message: by_name.get(field.type_name()).copied(),
    });
    fields.collect()
}
