//! Values as CEL would write them.

use pdp_cel::{Meter, Operand, Stored};

/// A value, or why it cannot be shown.
pub(super) fn operand(value: &Operand<'_>, meter: &mut Meter) -> Result<String, String> {
    match value {
        Operand::Optional(None) => Ok("optional.none()".to_owned()),
        Operand::Optional(Some(value)) => Ok(format!("optional.of({})", operand(value, meter)?)),
        value => match value.to_stored(meter) {
            Some(stored) => Ok(shown(&stored)),
            None => Err("a value that is too large, or holds an optional".to_owned()),
        },
    }
}

fn shown(value: &Stored) -> String {
    match value {
        Stored::String(text) => quoted(text),
        Stored::Uint(value) => format!("{value}u"),
        Stored::Double(bits) => double(f64::from_bits(*bits)),
        Stored::Bytes(bytes) => {
            let letters: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("b\"{letters}\"")
        }
        Stored::Timestamp(time) => format!("timestamp(\"{time}\")"),
        Stored::Duration(length) => format!("duration(\"{length}\")"),
        Stored::Ip(address) => format!("ip(\"{address}\")"),
        Stored::Cidr(range) => format!("cidr(\"{range}\")"),
        Stored::List(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Stored::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", shown(key), shown(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Stored::Null | Stored::Bool(_) | Stored::Int(_) | Stored::Type(_) => value.to_string(),
    }
}

/// A number that reads as a double: with a point, an exponent or a name.
fn double(value: f64) -> String {
    let text = Stored::Double(value.to_bits()).to_string();
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match (value.is_finite(), is_whole) {
        (false, _) => format!("double(\"{text}\")"),
        (true, true) => format!("{text}.0"),
        (true, false) => text,
    }
}

/// Text in quotes; what does not show itself as an escape.
fn quoted(text: &str) -> String {
    let mut shown = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => shown.extend(['\\', letter]),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            letter if pdp_core::document::is_hidden(letter) => {
                shown.push_str(&format!("\\U{:08x}", u32::from(letter)));
            }
            letter => shown.push(letter),
        }
    }
    shown.push('"');
    shown
}
