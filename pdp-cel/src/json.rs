//! Values as JSON. Bytes are written in base64, times and addresses as texts.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Map, Value, base64_text};

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Uint(value) => serializer.serialize_u64(*value),
            Value::Double(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_str(&base64_text(bytes)),
            Value::Timestamp(time) => serializer.collect_str(time),
            Value::Duration(length) => serializer.collect_str(length),
            Value::Ip(address) => serializer.collect_str(address),
            Value::Cidr(range) => serializer.collect_str(range),
            Value::List(items) => serializer.collect_seq(items),
            Value::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            entries.serialize_entry(name, value)?;
        }
        entries.end()
    }
}
