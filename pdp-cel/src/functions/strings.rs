//! Texts: positions count characters, not bytes.

use super::{Function, Made, count};
use crate::Fault;
use crate::fault::Meter;
use crate::operand::{Operand, Words};
use crate::pattern::{Extent, Regex, RegexBudget};
use crate::text_form::append;

/// `text.matches(regex)`, `text.split(separator)`, `list.join()` …
pub(super) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    use Function as F;
    for argument in arguments {
        if let Operand::Text(text) = argument {
            meter.scan(text.len())?;
        }
    }
    match (function, arguments) {
        (F::Join, [Operand::List(list)]) => join(list.iter(), "", meter),
        (F::Join, [Operand::List(list), Operand::Text(separator)]) => {
            join(list.iter(), separator, meter)
        }
        (_, [Operand::Text(text), rest @ ..]) => of_text(function, text, rest, meter),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn of_text<'e>(
    function: Function,
    text: &Words<'e>,
    rest: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    use Function as F;
    match (function, rest) {
        (F::Matches, [Operand::Text(pattern)]) => matches(text, pattern),
        (F::CharAt, [Operand::Int(index)]) => char_at(text, *index),
        (F::IndexOf, [Operand::Text(part)]) => index_of(text, part, 0, meter),
        (F::IndexOf, [Operand::Text(part), Operand::Int(from)]) => {
            index_of(text, part, *from, meter)
        }
        (F::LastIndexOf, [Operand::Text(part)]) => {
            let length = text.chars().count();
            let length = i64::try_from(length).map_err(|_| Fault::Overflow)?;
            last_index_of(text, part, length, meter)
        }
        (F::LastIndexOf, [Operand::Text(part), Operand::Int(from)]) => {
            last_index_of(text, part, *from, meter)
        }
        (F::LowerAscii, []) => made(meter, text.len(), || text.to_ascii_lowercase()),
        (F::UpperAscii, []) => made(meter, text.len(), || text.to_ascii_uppercase()),
        (F::Replace, [Operand::Text(old), Operand::Text(new)]) => {
            replace(text, old, new, -1, meter)
        }
        (F::Replace, [Operand::Text(old), Operand::Text(new), Operand::Int(limit)]) => {
            replace(text, old, new, *limit, meter)
        }
        (F::Split, [Operand::Text(separator)]) => split(text, separator, -1, meter),
        (F::Split, [Operand::Text(separator), Operand::Int(limit)]) => {
            split(text, separator, *limit, meter)
        }
        (F::Substring, [Operand::Int(start)]) => substring(text, *start, None),
        (F::Substring, [Operand::Int(start), Operand::Int(end)]) => {
            substring(text, *start, Some(*end))
        }
        (F::Trim, []) => Ok(part_of(text, text.trim())),
        // Letter by letter, and not many at once.
        (F::Reverse, []) => made(meter, 4 * text.len(), || text.chars().rev().collect()),
        (F::Quote, []) => made(meter, 4 * text.len() + 2, || quoted(text)),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn made<'e>(meter: &mut Meter, bytes: usize, text: impl FnOnce() -> String) -> Made<'e> {
    meter.allocate(bytes)?;
    Ok(Operand::made(text()))
}

/// A part of a text, lent where the text is.
fn part_of<'e>(text: &Words<'e>, part: &str) -> Operand<'e> {
    let offset = part.as_ptr() as usize - text.as_ptr() as usize;
    match text {
        Words::Lent(text) => Operand::text(&text[offset..offset + part.len()]),
        Words::Made(_) => Operand::made(part),
    }
}

/// Where policies are concerned, patterns are constants and compiled beforehand; this is for those
/// that are not.
fn matches<'e>(text: &str, pattern: &str) -> Made<'e> {
    let regex = Regex::new(pattern, Extent::Part, &mut RegexBudget::default());
    Ok(Operand::Bool(regex.map_err(|_| Fault::InvalidArgument)?.fits(text)))
}

/// The byte at which a character begins; the position behind the last one is the end.
fn offset(text: &str, index: i64) -> Result<usize, Fault> {
    let index = usize::try_from(index).map_err(|_| Fault::IndexOutOfRange)?;
    if text.is_ascii() {
        return if index <= text.len() { Ok(index) } else { Err(Fault::IndexOutOfRange) };
    }
    let ends = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
    ends.into_iter().nth(index).ok_or(Fault::IndexOutOfRange)
}

fn char_at<'e>(text: &Words<'e>, index: i64) -> Made<'e> {
    let start = offset(text, index)?;
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    Ok(part_of(text, &text[start..start + length]))
}

fn index_of<'e>(text: &str, part: &str, from: i64, meter: &mut Meter) -> Made<'e> {
    let start = offset(text, from)?;
    if !may_hold(text, part, meter)? {
        return Ok(Operand::Int(-1));
    }
    Ok(match text[start..].find(part) {
        Some(found) => count(text[..start + found].chars().count()),
        None => Operand::Int(-1),
    })
}

/// The last place at which `part` begins, not behind `from`.
fn last_index_of<'e>(text: &str, part: &str, from: i64, meter: &mut Meter) -> Made<'e> {
    let last_start = offset(text, from)?;
    if !may_hold(text, part, meter)? {
        return Ok(Operand::Int(-1));
    }
    let end = (last_start + part.len()).min(text.len());
    // A part cannot end inside of a character, so nothing is lost by going back to its beginning.
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Ok(match text[..end].rfind(part) {
        Some(found) => count(text[..found].chars().count()),
        None => Operand::Int(-1),
    })
}

/// Whether a part is not longer than the text, so that looking for it is not for nothing: a search
/// prepares itself. Takes what it costs.
fn may_hold(text: &str, part: &str, meter: &mut Meter) -> Result<bool, Fault> {
    if part.len() > text.len() {
        return Ok(false);
    }
    meter.search(text.len(), part.len())?;
    Ok(true)
}

fn join<'e>(
    items: impl Iterator<Item = Operand<'e>>,
    separator: &str,
    meter: &mut Meter,
) -> Made<'e> {
    let mut joined = String::new();
    for (index, item) in items.enumerate() {
        let Operand::Text(text) = item else { return Err(Fault::NoSuchOverload) };
        append(&mut joined, if index > 0 { separator } else { "" }, meter)?;
        append(&mut joined, &text, meter)?;
    }
    Ok(Operand::made(joined))
}

/// The first `limit` places, or all where that is negative.
fn replace<'e>(text: &str, old: &str, new: &str, limit: i64, meter: &mut Meter) -> Made<'e> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let limit = if may_hold(text, old, meter)? { limit } else { 0 };
    let mut replaced = String::new();
    let mut rest = 0;
    for (start, found) in text.match_indices(old).take(limit) {
        append(&mut replaced, &text[rest..start], meter)?;
        append(&mut replaced, new, meter)?;
        rest = start + found.len();
    }
    append(&mut replaced, &text[rest..], meter)?;
    Ok(Operand::made(replaced))
}

/// At most `limit` parts, the last one with all the rest; any number where that is negative.
fn split<'e>(text: &Words<'e>, separator: &str, limit: i64, meter: &mut Meter) -> Made<'e> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut rest: &str = text;
    meter.search(text.len(), separator.len())?;
    let mut push = |part: &str, meter: &mut Meter| {
        meter.allocate(size_of::<Operand<'_>>())?;
        if matches!(text, Words::Made(_)) {
            meter.allocate(part.len())?;
        }
        parts.push(part_of(text, part));
        Ok::<usize, Fault>(parts.len())
    };
    if limit == 0 || (separator.is_empty() && rest.is_empty()) {
        return Ok(Operand::list(Vec::new()));
    }
    let mut taken = 0;
    while taken + 1 < limit {
        let found = if separator.len() > rest.len() {
            None
        } else if separator.is_empty() {
            rest.chars().next().map(char::len_utf8).filter(|length| *length < rest.len())
        } else {
            // Each search prepares itself anew.
            meter.step(separator.len() / 4)?;
            rest.find(separator)
        };
        let Some(found) = found else { break };
        taken = push(&rest[..found], meter)?;
        rest = &rest[found + separator.len()..];
    }
    push(rest, meter)?;
    Ok(Operand::list(parts))
}

fn substring<'e>(text: &Words<'e>, start: i64, end: Option<i64>) -> Made<'e> {
    let first = offset(text, start)?;
    let last = end.map_or(Ok(text.len()), |end| offset(text, end))?;
    if first > last {
        return Err(Fault::InvalidArgument);
    }
    Ok(part_of(text, &text[first..last]))
}

/// The text in double quotes, written so that it reads as itself in CEL.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '\u{07}' => quoted.push_str("\\a"),
            '\u{08}' => quoted.push_str("\\b"),
            '\u{0C}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{0B}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
