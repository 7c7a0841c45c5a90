//! Values in the JSON form of `cel.expr.Value`: whole numbers as texts, bytes in base64.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pdp_cel::{Cidr, Duration, Kind, Meter, Operand, Stored, Timestamp, parse_ip};
use serde_json::{Value as Json, json};

const TIMESTAMP: &str = "type.googleapis.com/google.protobuf.Timestamp";
const DURATION: &str = "type.googleapis.com/google.protobuf.Duration";

/// Our own: addresses have no protobuf type.
const IP: &str = "net.IP";
const CIDR: &str = "net.CIDR";

/// Reads a typed value.
///
/// # Errors
///
/// What is wrong with it, in one line.
pub fn read(json: &Json) -> Result<Stored, String> {
    let wrong = || format!("`{json}` is no typed value");
    let object = json.as_object().filter(|object| object.len() == 1).ok_or_else(wrong)?;
    let (kind, value) = object.iter().next().ok_or_else(wrong)?;
    let text = value.as_str();
    Ok(match kind.as_str() {
        "nullValue" => Stored::Null,
        "boolValue" => Stored::Bool(value.as_bool().ok_or_else(wrong)?),
        "int64Value" => Stored::Int(whole(value).ok_or_else(wrong)?),
        "uint64Value" => Stored::Uint(whole(value).ok_or_else(wrong)?),
        "doubleValue" => Stored::Double(double(value).ok_or_else(wrong)?.to_bits()),
        "stringValue" => Stored::String(text.ok_or_else(wrong)?.into()),
        "bytesValue" => {
            let bytes = BASE64_STANDARD.decode(text.ok_or_else(wrong)?).map_err(|_| wrong())?;
            Stored::Bytes(bytes.into())
        }
        "typeValue" => Stored::Type(text.and_then(Kind::from_name).ok_or_else(wrong)?),
        "listValue" => {
            Stored::List(of_key(value, "values").iter().map(read).collect::<Result<_, _>>()?)
        }
        "mapValue" => map(value)?,
        "objectValue" => object_value(value).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    })
}

fn of_key<'j>(value: &'j Json, key: &str) -> &'j [Json] {
    value.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn map(value: &Json) -> Result<Stored, String> {
    let part = |entry: &Json, key: &str| match entry.get(key) {
        Some(part) => read(part),
        None => Err(format!("an entry without `{key}`")),
    };
    let entries: Result<Vec<_>, String> = of_key(value, "entries")
        .iter()
        .map(|entry| Ok((part(entry, "key")?, part(entry, "value")?)))
        .collect();
    Stored::map(entries?).ok_or_else(|| "a key that stands twice, or is none".to_owned())
}

/// A whole number, as JSON's text or number.
fn whole<T: std::str::FromStr>(value: &Json) -> Option<T> {
    match value {
        Json::String(text) => text.parse().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn double(value: &Json) -> Option<f64> {
    match value {
        Json::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

fn object_value(value: &Json) -> Option<Stored> {
    let text = value.get("value")?.as_str()?;
    match value.get("@type")?.as_str()? {
        TIMESTAMP => Timestamp::parse(text).ok().map(Stored::Timestamp),
        DURATION => Duration::parse(text).ok().map(Stored::Duration),
        IP => parse_ip(text).map(Stored::Ip),
        CIDR => Cidr::parse(text).map(Stored::Cidr),
        _ => None,
    }
}

/// Writes a value.
///
/// # Errors
///
/// Why it has no typed form: it is too large, or holds an optional.
pub fn write(value: &Operand<'_>, meter: &mut Meter) -> Result<Json, String> {
    match value.to_stored(meter) {
        Some(value) => Ok(stored(&value)),
        None => Err("a value that is too large, or holds an optional".to_owned()),
    }
}

fn stored(value: &Stored) -> Json {
    let object = |kind: &str, text: String| json!({"objectValue": {"@type": kind, "value": text}});
    match value {
        Stored::Null => json!({ "nullValue": null }),
        Stored::Bool(value) => json!({ "boolValue": value }),
        Stored::Int(value) => json!({ "int64Value": value.to_string() }),
        Stored::Uint(value) => json!({ "uint64Value": value.to_string() }),
        Stored::Double(bits) if f64::from_bits(*bits).is_finite() => {
            json!({ "doubleValue": f64::from_bits(*bits) })
        }
        Stored::Double(_) => json!({ "doubleValue": value.to_string() }),
        Stored::String(text) => json!({ "stringValue": text }),
        Stored::Bytes(bytes) => json!({ "bytesValue": BASE64_STANDARD.encode(bytes) }),
        Stored::Type(kind) => json!({ "typeValue": kind.as_str() }),
        Stored::Timestamp(value) => object(TIMESTAMP, value.to_string()),
        Stored::Duration(value) => object(DURATION, value.to_string()),
        Stored::Ip(value) => object(IP, value.to_string()),
        Stored::Cidr(value) => object(CIDR, value.to_string()),
        Stored::List(items) => {
            let values: Vec<Json> = items.iter().map(stored).collect();
            json!({ "listValue": { "values": values } })
        }
        Stored::Map(entries) => {
            let entries: Vec<Json> = entries
                .iter()
                .map(|(key, value)| json!({ "key": stored(key), "value": stored(value) }))
                .collect();
            json!({ "mapValue": { "entries": entries } })
        }
    }
}
