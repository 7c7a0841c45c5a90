//! Values of attributes.

use pdp_cel::{Bulk, parse_ip};

use super::ImageError;
use super::cursor::Cursor;
use super::writer::Writer;
use crate::compiled::{AttributeInfo, Stored};
use crate::model::AttributeSource;
use crate::{Cidr, Duration, Map, Timestamp, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const UINT: u8 = 4;
const DOUBLE: u8 = 5;
const STRING: u8 = 6;
const BYTES: u8 = 7;
const TIMESTAMP: u8 = 8;
const DURATION: u8 = 9;
const IP: u8 = 10;
const CIDR: u8 = 11;
const LIST: u8 = 12;
const MAP: u8 = 13;

/// How deep lists and maps may nest: as deep as in the texts that state them.
const DEPTH_MAX: usize = crate::document::DEPTH_MAX;

/// Writes a value of a fact.
pub(super) fn write(writer: &mut Writer, value: &Stored) -> Result<(), ImageError> {
    write_at(writer, value, DEPTH_MAX)
}

fn write_at(writer: &mut Writer, value: &Stored, depth_left: usize) -> Result<(), ImageError> {
    match value {
        Stored::Null => writer.u8(NULL),
        Stored::Bool(false) => writer.u8(FALSE),
        Stored::Bool(true) => writer.u8(TRUE),
        Stored::Int(value) => writer.tagged(INT, &value.to_le_bytes()),
        Stored::Uint(value) => writer.tagged(UINT, &value.to_le_bytes()),
        Stored::Double(bits) => writer.tagged(DOUBLE, &bits.to_le_bytes()),
        Stored::String(text) => writer.tagged_text(STRING, text)?,
        Stored::Bytes(bytes) => {
            writer.u8(BYTES);
            writer.count(bytes.len())?;
            writer.bytes(bytes);
        }
        Stored::Timestamp(time) => {
            writer.u8(TIMESTAMP);
            writer.time(*time);
        }
        Stored::Duration(value) => writer.tagged_text(DURATION, &value.to_string())?,
        Stored::Ip(value) => writer.tagged_text(IP, &value.to_string())?,
        Stored::Cidr(value) => writer.tagged_text(CIDR, &value.to_string())?,
        Stored::List(items) => {
            let depth_left = below(writer, depth_left)?;
            writer.u8(LIST);
            writer.count(items.len())?;
            for item in items {
                write_at(writer, item, depth_left)?;
            }
        }
        Stored::Map(entries) => {
            let depth_left = below(writer, depth_left)?;
            writer.u8(MAP);
            writer.count(entries.len())?;
            for (key, value) in entries {
                let Stored::String(key) = key else {
                    return Err(writer.unwritable("a map whose keys are no texts"));
                };
                writer.text(key)?;
                write_at(writer, value, depth_left)?;
            }
        }
        Stored::Type(_) => return Err(writer.unwritable("a value that is a type")),
    }
    Ok(())
}

fn below(writer: &Writer, depth_left: usize) -> Result<usize, ImageError> {
    depth_left.checked_sub(1).ok_or_else(|| writer.unwritable("a value that is nested too deep"))
}

/// Reads the value that facts state of an attribute.
pub(super) fn read(cursor: &mut Cursor<'_>, of: &AttributeInfo) -> Result<Stored, ImageError> {
    cursor.check(of.source == AttributeSource::Facts, "an attribute that requests state")?;
    let cap = Bulk::of_stated(&of.value_type, of.max);
    let mut items_left = cap.items;
    let value = read_at(cursor, &mut items_left, DEPTH_MAX)?;
    cursor.check(!cap.is_exceeded_by(&value, &of.value_type), "a value that is too large")?;
    let value = of.value_type.admit(value);
    let value = value.ok_or_else(|| cursor.malformed("a value of another type"))?;
    Ok(Stored::new(&value))
}

/// Of lists and maps there may be `items_left` items in all: an item takes more room in memory than
/// here, so it is counted before it is read.
fn read_at<'i>(
    cursor: &mut Cursor<'i>,
    items_left: &mut u64,
    depth_left: usize,
) -> Result<Value<'i>, ImageError> {
    Ok(match cursor.u8()? {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INT => Value::Int(i64::from_le_bytes(cursor.array()?)),
        UINT => Value::Uint(cursor.u64()?),
        DOUBLE => Value::Double(f64::from_bits(cursor.u64()?)),
        STRING => Value::String(cursor.text()?.into()),
        BYTES => {
            let length = cursor.count()?;
            Value::Bytes(cursor.take(length)?.into())
        }
        TIMESTAMP => Value::Timestamp(time(cursor)?),
        DURATION => Value::Duration(parsed(cursor, |text| Duration::parse(text).ok())?),
        IP => Value::Ip(parsed(cursor, parse_ip)?),
        CIDR => Value::Cidr(parsed(cursor, Cidr::parse)?),
        LIST => {
            let (count, depth_left) = nested(cursor, items_left, depth_left)?;
            let items = (0..count).map(|_| read_at(cursor, items_left, depth_left));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        MAP => {
            let (count, depth_left) = nested(cursor, items_left, depth_left)?;
            let mut entries: Vec<(crate::Text<'i>, Value<'i>)> = Vec::new();
            for _ in 0..count {
                let key = cursor.text()?;
                let is_next = entries.last().is_none_or(|(before, _)| before.as_ref() < key);
                cursor.check(is_next, "a map whose keys are not in order")?;
                entries.push((key.into(), read_at(cursor, items_left, depth_left)?));
            }
            let map = Map::from_entries(entries);
            Value::Map(map.map_err(|_| cursor.malformed("a map with a key that stands twice"))?)
        }
        _ => return Err(cursor.malformed("a value of an unknown kind")),
    })
}

/// How many items follow, and how deep they may nest.
fn nested(
    cursor: &mut Cursor<'_>,
    items_left: &mut u64,
    depth_left: usize,
) -> Result<(usize, usize), ImageError> {
    let count = cursor.count()?;
    let left = items_left.checked_sub(count as u64);
    *items_left = left.ok_or_else(|| cursor.malformed("a value that is too large"))?;
    let depth_left = depth_left.checked_sub(1);
    Ok((count, depth_left.ok_or_else(|| cursor.malformed("a value that is nested too deep"))?))
}

/// Reads a point in time.
pub(super) fn time(cursor: &mut Cursor<'_>) -> Result<Timestamp, ImageError> {
    let (seconds, nanoseconds) = (i64::from_le_bytes(cursor.array()?), cursor.u32()?);
    let time = Timestamp::from_unix(seconds, nanoseconds);
    time.map_err(|_| cursor.malformed("a time out of range"))
}

fn parsed<T>(cursor: &mut Cursor<'_>, parse: impl Fn(&str) -> Option<T>) -> Result<T, ImageError> {
    let text = cursor.text()?;
    parse(text).ok_or_else(|| cursor.malformed("a value that is not made as it must be"))
}
