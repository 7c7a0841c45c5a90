//! Values become messages.

use pdp_core::Value;

use crate::v1;
use crate::v1::value::Kind;

/// The message of a value. What JSON writes as a text (bytes, times, addresses) is that text.
pub fn message(value: &Value<'_>) -> v1::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Int(number) => Kind::IntValue(*number),
        Value::Uint(number) => Kind::UintValue(*number),
        Value::Double(number) => Kind::DoubleValue(*number),
        Value::String(text) => Kind::StringValue(text.to_string()),
        Value::List(items) => {
            Kind::ListValue(v1::ListValue { values: items.iter().map(message).collect() })
        }
        Value::Map(map) => Kind::MapValue(v1::MapValue {
            fields: map
                .iter()
                .map(|(name, value)| v1::map_value::FieldsEntry {
                    key: name.to_owned(),
                    value: Some(message(value)),
                })
                .collect(),
        }),
        other => Kind::StringValue(json_text(other)),
    };
    v1::Value { kind: Some(kind) }
}

/// Bytes, times and addresses are the texts that they are in JSON.
fn json_text(value: &Value<'_>) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
