//! `pdp cel`

mod case;
mod shown;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufWriter, Write};

use anyhow::{Result, bail};
use pdp_cel::{
    Builder, Fault, Host, Leaf, LowerOptions, Meter, Names, NodeId, Operand, ParseOptions, Span,
    Stored, evaluate, lower, parse_with,
};
use pdp_core::document;

use crate::arguments::Cel;
use crate::diagnostics::snippet;

/// Longer lines are refused unread.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Whether the expression has a value; with `--json`, whether every line was a case.
pub(crate) fn run(arguments: &Cel) -> Result<bool> {
    let options = ParseOptions { default_operator: !arguments.strict, ..ParseOptions::default() };
    match &arguments.expression {
        Some(text) => one(text, &arguments.set, options),
        None => lines(options),
    }
}

/// One expression, for people.
fn one(text: &str, settings: &[String], options: ParseOptions) -> Result<bool> {
    let mut bindings = BTreeMap::new();
    for setting in settings {
        let Some((name, value)) = setting.split_once('=') else {
            bail!("`--set {setting}` should be `--set NAME=VALUE`");
        };
        bindings.insert(name.to_owned(), set_value(value));
    }
    match value_of(text, &bindings, "", options, shown::operand) {
        Ok(value) => {
            writeln!(io::stdout(), "{value}")?;
            Ok(true)
        }
        Err(mistake) => {
            writeln!(io::stderr(), "{}", underlined(text, &mistake))?;
            Ok(false)
        }
    }
}

/// A mistake, and a mark under its place.
fn underlined(text: &str, mistake: &Mistake) -> String {
    let whole = Span { start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    let Span { start, end } = mistake.span.unwrap_or(whole);
    let before = text.get(..start as usize).unwrap_or_default();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let line = count(before.matches('\n').count()).saturating_add(1);
    let column = count(before.rsplit('\n').next().unwrap_or_default().chars().count());
    let span = document::Span { start, end, line, column: column.saturating_add(1) };
    snippet(&mistake.message, None, "expression", text, span)
}

/// JSON, or else text.
fn set_value(text: &str) -> Stored {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => case::plain(&value),
        Err(_) => Stored::String(text.into()),
    }
}

/// One case a line in, one value or error a line out.
fn lines(options: ParseOptions) -> Result<bool> {
    let mut output = BufWriter::new(io::stdout().lock());
    let mut input = io::stdin().lock();
    let mut all_read = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        if io::Read::take(&mut input, limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() > LINE_BYTES_MAX {
            bail!("a line of more than {LINE_BYTES_MAX} bytes");
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match case::Case::read(&line) {
            Ok(case) => case.answer(options),
            Err(message) => {
                all_read = false;
                serde_json::json!({ "error": message })
            }
        };
        writeln!(output, "{answer}")?;
        // Whoever writes a line may wait for its answer.
        output.flush()?;
    }
    Ok(all_read)
}

/// Why an expression has no value, and where, if that is known.
pub(crate) struct Mistake {
    message: String,
    span: Option<Span>,
}

/// What `show` makes of an expression's value.
fn value_of<T>(
    text: &str,
    bindings: &BTreeMap<String, Stored>,
    container: &str,
    options: ParseOptions,
    show: impl FnOnce(&Operand<'_>, &mut Meter) -> Result<T, String>,
) -> Result<T, Mistake> {
    let at = |message: String, span| Mistake { message, span: Some(span) };
    let expression = parse_with(text, options).map_err(|error| at(error.message, error.span))?;
    let mut builder = Builder::default();
    let mut names = Bindings { bindings: bindings.iter().collect(), meter: Meter::default() };
    let lower_options = LowerOptions { strict: false, container };
    let node = lower(&expression, text, &mut builder, &mut names, lower_options)
        .map_err(|error| at(error.message, error.span))?;
    let program = builder.finish([node]);
    let value = evaluate(&program, node, &mut names);
    let value = value.map_err(|failure| {
        let origin = program.origin(failure.node).filter(|origin| *origin != text);
        let place = origin.map_or(String::new(), |origin| format!(", in `{origin}`"));
        Mistake { message: format!("{}{place}", failure.fault), span: None }
    })?;
    show(&value, &mut names.meter).map_err(|message| Mistake { message, span: None })
}

/// Values by their names, which may hold dots.
struct Bindings<'b> {
    bindings: Vec<(&'b String, &'b Stored)>,
    meter: Meter,
}

impl Names for Bindings<'_> {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        (1..=path.len()).rev().find_map(|taken| {
            let name = path[..taken].join(".");
            let index = self.bindings.iter().position(|(known, _)| **known == name)?;
            Some((builder.leaf(Leaf::try_from(index).ok()?, 1), taken))
        })
    }
}

impl<'b> Host<'b> for Bindings<'b> {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'b>>, Fault> {
        Ok(self.bindings.get(leaf as usize).map(|(_, value)| Operand::stored(value)))
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::UnknownName
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}
