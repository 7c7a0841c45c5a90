//! `pdp eval`

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use pdp_core::document::is_hidden;
use pdp_core::wire::{REQUEST_BYTES_MAX, RequestDocument, RequestError};
use pdp_core::{AuditSink, Decision, Policies, Request, Scratch, Timestamp};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::arguments::{Eval, Format, is_standard_input};
use crate::json_lines::JsonLines;
use crate::{changes, diagnostics};

/// Whether every line was a request.
pub(crate) fn run(arguments: &Eval) -> Result<bool> {
    let Some(engine) =
        changes::engine(&arguments.policies, arguments.changes.as_deref(), arguments.format)?
    else {
        return Ok(false);
    };
    let policies = engine.present();
    let audit = arguments.audit.as_deref().map(JsonLines::open).transpose()?;
    let mut evaluator = Evaluator {
        policies: &policies,
        audit,
        format: arguments.format,
        scratch: Scratch::new(),
        number: 0,
        begun: false,
        output: BufWriter::new(io::stdout().lock()),
    };
    let mut input = open(&arguments.request)?;
    let mut all_read = true;
    let mut line = Vec::new();
    while next_line(&mut input, &mut line)? {
        evaluator.number += 1;
        if evaluator.number == 1 {
            changes::cut_byte_order_mark(&mut line);
        }
        cut_return(&mut line);
        // What is too long is never taken for blank: it is refused for its length.
        if line.len() > REQUEST_BYTES_MAX || !line.trim_ascii().is_empty() {
            all_read &= evaluator.line(&line)?;
        }
        // Whoever asks line by line gets each answer before the next question.
        evaluator.output.flush()?;
    }
    Ok(all_read)
}

fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    if is_standard_input(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)
        .with_context(|| format!("cannot open the requests {}", diagnostics::shown_path(path)))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Reads a line without its end into `line`. Of a line that is too long for a request, a byte order
/// mark and a carriage return apart, only so much is kept as shows that it is.
fn next_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut begun = false;
    loop {
        let part = input.fill_buf()?;
        if part.is_empty() {
            break;
        }
        begun = true;
        let end = part.iter().position(|byte| *byte == b'\n');
        let text = &part[..end.unwrap_or(part.len())];
        let wanted =
            (changes::BYTE_ORDER_MARK.len() + REQUEST_BYTES_MAX + 2).saturating_sub(line.len());
        line.extend_from_slice(&text[..text.len().min(wanted)]);
        let length = end.map_or(part.len(), |end| end + 1);
        input.consume(length);
        if end.is_some() {
            break;
        }
    }
    Ok(begun)
}

/// Takes the carriage return from the end of a line that was kept as a whole.
fn cut_return(line: &mut Vec<u8>) {
    let is_whole = line.len() <= REQUEST_BYTES_MAX + 1;
    if is_whole && line.last() == Some(&b'\r') {
        line.pop();
    }
}

/// Decides line by line.
struct Evaluator<'p, W> {
    policies: &'p Policies,
    audit: Option<JsonLines>,
    format: Format,
    scratch: Scratch,
    /// The number of the line that is being answered, from 1.
    number: u64,
    /// Whether a line was answered.
    begun: bool,
    output: W,
}

impl<W: Write> Evaluator<'_, W> {
    /// Answers a line; whether it was a request.
    fn line(&mut self, line: &[u8]) -> Result<bool> {
        let document = match RequestDocument::parse(line) {
            Ok(document) => document,
            Err(mut error) => {
                if !self.begun && is_torn(line) {
                    error.message.push_str("; one JSON object a line");
                }
                self.begun = true;
                self.refuse(&error)?;
                return Ok(false);
            }
        };
        self.begun = true;
        let mut request = document.request();
        let time = present()?;
        request.now = request.now.or(Some(time));
        let decision = self.policies.evaluate(&request, &mut self.scratch);
        if let Some(audit) = &self.audit {
            let record = self.policies.audit_record(&request, &decision, time);
            pollster::block_on(audit.record(&record))?;
        }
        match self.format {
            Format::Json => writeln!(self.output, "{}", serde_json::to_string(&decision)?)?,
            Format::Text => writeln!(self.output, "{}", sentence(&request, &decision))?,
        }
        Ok(true)
    }

    fn refuse(&mut self, error: &RequestError) -> Result<()> {
        match self.format {
            Format::Json => {
                let refusal = json!({ "error": error, "line": self.number });
                writeln!(self.output, "{refusal}")?;
            }
            Format::Text => writeln!(self.output, "error   line {}: {error}", self.number)?,
        }
        Ok(())
    }
}

/// Whether a line looks like the beginning of an object that stands on several.
fn is_torn(line: &[u8]) -> bool {
    let read = serde_json::from_slice::<IgnoredAny>(line);
    line.trim_ascii_start().starts_with(b"{") && read.is_err_and(|error| error.is_eof())
}

/// A decision as a person reads it.
fn sentence(request: &Request<'_>, decision: &Decision<'_>) -> String {
    let actor = &request.actor;
    let mut sentence = format!(
        "{:<7} {:<22} {} {} {} on {} {}",
        decision.effect.as_str(),
        decision.reason,
        actor.actor_type.as_str(),
        word(actor.id),
        word(request.action),
        word(request.resource.resource_type),
        word(request.resource.id),
    );
    match &decision.rule {
        Some(rule) => {
            sentence.push_str(&format!(" (rule {}, {}:{})", rule.id, rule.file, rule.line));
        }
        None => sentence.push_str(" (no rule permits it)"),
    }
    for obligation in decision.obligations.iter() {
        sentence.push_str(&format!("; must {}", obligation.obligation_type));
    }
    for error in &decision.errors {
        sentence.push_str(&format!("; could not evaluate {}: {}", error.rule.id, error.message));
    }
    // Ids may hold letters that do not show; none of them reaches a terminal.
    diagnostics::shown(&sentence)
}

/// What a caller calls something: in quotes where it could be read as something else, such as
/// several words.
fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| !letter.is_whitespace() && letter != '"' && !is_hidden(letter);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn present() -> Result<Timestamp> {
    let since =
        SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    let seconds = i64::try_from(since.as_secs()).context("the clock stands beyond all time")?;
    Timestamp::from_unix(seconds, since.subsec_nanos()).context("the clock stands beyond year 9999")
}
