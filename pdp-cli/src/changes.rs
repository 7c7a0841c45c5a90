//! The engine that a command asks: policies from files, changed by change sets from a file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pdp_core::wire::{CHANGE_SET_BYTES_MAX, parse_change_set};
use pdp_core::{ChangeError, ChangeErrorKind, ChangeSet, Engine, Policies};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::arguments::{Format, is_standard_input};
use crate::diagnostics::{self, shown, shown_path};

/// What some editors write at the beginning of a UTF-8 text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The engine of these policies with these changes; `None`, once the reason is printed, where
/// either cannot be taken.
pub(crate) fn engine(
    policies: &[PathBuf],
    changes: Option<&Path>,
    format: Format,
) -> Result<Option<Engine>> {
    let policies = match pdp_source::load(policies) {
        Ok(policies) => policies,
        Err(error) => {
            writeln!(io::stderr(), "{}", diagnostics::text(&error, None))?;
            return Ok(None);
        }
    };
    changed(policies, changes, format)
}

/// The engine of policies with changes; `None`, once the reason is printed, where these cannot be
/// taken.
pub(crate) fn changed(
    policies: Policies,
    changes: Option<&Path>,
    format: Format,
) -> Result<Option<Engine>> {
    let engine = Engine::new(policies);
    let Some(path) = changes else { return Ok(Some(engine)) };
    match apply(&engine, &read(path)?) {
        Ok(()) => Ok(Some(engine)),
        Err(refusal) => {
            refusal.print(path, format)?;
            Ok(None)
        }
    }
}

/// A change set that is refused, and the line on which it, or what is wrong in it, stands.
struct Refusal {
    error: ChangeError,
    line: usize,
}

impl Refusal {
    fn print(&self, path: &Path, format: Format) -> io::Result<()> {
        let Refusal { error, line } = self;
        let file = shown_path(path);
        match format {
            Format::Json => {
                let refusal = json!({ "error": error, "file": file, "line": line });
                writeln!(io::stdout(), "{refusal}")
            }
            Format::Text => {
                writeln!(io::stderr(), "error: {file}:{line}: {}", shown(&error.to_string()))
            }
        }
    }
}

/// Applies the change sets of a text, JSON objects one after the other, in order.
fn apply(engine: &Engine, text: &[u8]) -> Result<(), Refusal> {
    let mut objects = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    let (mut end, mut line) = (0, 1);
    while let Some(object) = objects.next() {
        let blank = text[end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = end + blank;
        line += lines(&text[end..start]);
        object.map_err(|error| syntax(&error))?;
        end = objects.byte_offset();
        let json = &text[start..end];
        let change_set = parse(json, line).map_err(|error| Refusal { error, line })?;
        engine.apply(&change_set).map_err(|error| Refusal { error, line })?;
        line += lines(json);
    }
    Ok(())
}

/// Reads the change set that begins on a line. Places in the message count the lines of the file.
fn parse(json: &[u8], line: usize) -> Result<ChangeSet, ChangeError> {
    parse_change_set(json).map_err(|error| {
        let before = line - 1;
        if lines(json) == 0 || before + json.len() > CHANGE_SET_BYTES_MAX {
            return error;
        }
        let moved = [vec![b'\n'; before].as_slice(), json].concat();
        parse_change_set(&moved).err().unwrap_or(error)
    })
}

/// How many lines end in `text`.
fn lines(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').skip(1).count()
}

/// The refusal of a text that is not JSON from a place on.
fn syntax(fault: &serde_json::Error) -> Refusal {
    let (line, column) = (fault.line(), fault.column());
    let message = fault.to_string();
    let place = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let message = format!("{message}, column {column}");
    Refusal { error: ChangeError { kind: ChangeErrorKind::Syntax, field: None, message }, line }
}

/// The whole text; every change set of it is within the limit of one.
fn read(path: &Path) -> Result<Vec<u8>> {
    let cannot_read = || format!("cannot read the change sets {}", shown_path(path));
    let input: Box<dyn Read> = if is_standard_input(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).with_context(cannot_read)?)
    };
    let limit = 16 * CHANGE_SET_BYTES_MAX as u64;
    let mut text = Vec::new();
    input.take(limit + 1).read_to_end(&mut text).with_context(cannot_read)?;
    anyhow::ensure!(text.len() as u64 <= limit, "{}: more than {limit} bytes", shown_path(path));
    cut_byte_order_mark(&mut text);
    Ok(text)
}

/// Takes the byte order mark from the beginning of an input.
pub(crate) fn cut_byte_order_mark(input: &mut Vec<u8>) {
    if input.starts_with(BYTE_ORDER_MARK) {
        input.drain(..BYTE_ORDER_MARK.len());
    }
}
