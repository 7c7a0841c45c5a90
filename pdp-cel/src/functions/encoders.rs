//! Base64.

use std::rc::Rc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Function, Made};
use crate::Fault;
use crate::fault::Meter;
use crate::operand::{Octets, Operand};

/// Written with padding, read with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes as a text, with padding.
pub fn base64_text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// `base64.encode(bytes)`, `base64.decode(text)`
pub(super) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    match (function, arguments) {
        (Function::Base64Encode, [Operand::Bytes(bytes)]) => {
            meter.allocate(bytes.len() / 3 * 4 + 4)?;
            Ok(Operand::made(base64_text(bytes)))
        }
        (Function::Base64Decode, [Operand::Text(text)]) => {
            meter.allocate(text.len())?;
            let bytes = BASE64.decode(text.as_bytes()).map_err(|_| Fault::InvalidArgument)?;
            Ok(Operand::Bytes(Octets::Made(Rc::from(bytes))))
        }
        _ => Err(Fault::NoSuchOverload),
    }
}
