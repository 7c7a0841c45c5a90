use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Functions of `base64` (section 6).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("base64.encode", [Value::Bytes(octets)]) => Some(Ok(Value::String(encode(octets)))),
        ("base64.decode", [Value::String(text)]) => {
            Some(decode(text).map(Value::Bytes).ok_or(Fault::InvalidArgument))
        }
        _ => None,
    }
}

fn encode(octets: &[u8]) -> String {
    let mut text = String::new();
    for group in octets.chunks(3) {
        let octet = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// With padding or without. Only what an encoder writes is read: the bits over are zero.
fn decode(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let (mut octets, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in bare.bytes() {
        let digit = DIGITS.iter().position(|other| *other == digit)?;
        bits = bits << 6 & 0xffff | u32::try_from(digit).expect("there are 64");
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count & 0xff) as u8);
        }
    }
    let written = encode(&octets);
    let fits = text == written || text == written.trim_end_matches('=');
    fits.then_some(octets)
}
