//! Mistakes as people read them: the line, a mark under it, what may have been meant.

use std::io::IsTerminal;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use pdp_core::document::Span;
use pdp_core::{ImageError, PolicyError};
use pdp_source::{LoadError, SourceSet};
use serde_json::json;

/// How much of a line is shown before and after the place, in characters.
const CONTEXT: usize = 100;

/// The report of a set that cannot be loaded, for people. Where the set is that of a `folder`, paths
/// begin with it.
pub(crate) fn text(error: &LoadError, folder: Option<&Path>) -> String {
    match error {
        LoadError::Policy { errors, sources } => {
            let mut report: String =
                errors.iter().map(|error| one(error, sources, folder) + "\n\n").collect();
            let count = errors.iter().len() + errors.omitted();
            let mistakes =
                if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
            report.push_str(&format!("{mistakes}; the policies are not loaded"));
            report
        }
        LoadError::Source(_) => format!("error: {error}"),
        // The paths of texts in an image are whatever stands there.
        LoadError::Image { .. } => {
            let lines: Vec<String> = error.to_string().lines().map(shown).collect();
            format!("error: {}", lines.join("\n"))
        }
    }
}

/// The same for machines.
pub(crate) fn json(error: &LoadError) -> serde_json::Value {
    let (errors, omitted) = json_errors(error, None);
    match error {
        LoadError::Policy { .. } => json!({ "errors": errors, "omitted": omitted }),
        LoadError::Source(_) | LoadError::Image { .. } => json!({ "errors": errors }),
    }
}

/// The mistakes for machines, and how many more there are. Where the set is that of a `folder`, paths
/// begin with it.
pub(crate) fn json_errors(
    error: &LoadError,
    folder: Option<&Path>,
) -> (Vec<serde_json::Value>, usize) {
    match error {
        LoadError::Policy { errors, .. } => {
            (errors.iter().map(|error| policy_error(error, folder)).collect(), errors.omitted())
        }
        LoadError::Source(_) => (source_errors(&error.to_string()), 0),
        LoadError::Image { error: ImageError::Policies(errors), .. } => {
            (errors.iter().map(|error| policy_error(error, folder)).collect(), errors.omitted())
        }
        LoadError::Image { .. } => {
            (vec![json!({ "kind": "image", "message": error.to_string() })], 0)
        }
    }
}

/// What is wrong with files, a line each, for machines.
pub(crate) fn source_errors(lines: &str) -> Vec<serde_json::Value> {
    lines.lines().map(|line| json!({ "kind": "source", "message": line })).collect()
}

fn policy_error(error: &PolicyError, folder: Option<&Path>) -> serde_json::Value {
    let PolicyError { kind, file, span, message, hint, .. } = error;
    let place = (below(folder, file), span.line, Some(span.column));
    json_error(kind.as_str(), place, message, hint.as_deref())
}

/// A mistake for machines: what kind it is, its file, line and column, what is wrong, and what may
/// have been meant.
pub(crate) fn json_error(
    kind: &str,
    (file, line, column): (String, u32, Option<u32>),
    message: &str,
    hint: Option<&str>,
) -> serde_json::Value {
    json!({
        "kind": kind,
        "file": file,
        "line": line,
        "column": column,
        "message": message,
        "hint": hint,
    })
}

fn one(error: &PolicyError, sources: &SourceSet, folder: Option<&Path>) -> String {
    let source = sources.sources().iter().find(|source| source.path == error.file);
    let text = source.map(|source| source.text.as_str()).unwrap_or_default();
    let file = below(folder, &error.file);
    snippet(&error.message, error.hint.as_deref(), &file, text, error.span)
}

/// The path of `file` in `folder`, so that it can be opened.
pub(crate) fn below(folder: Option<&Path>, file: &str) -> String {
    let folder = folder.unwrap_or(Path::new(""));
    folder.strip_prefix(".").unwrap_or(folder).join(file).to_string_lossy().into_owned()
}

/// A message with the line that it is about.
pub(crate) fn snippet(
    message: &str,
    hint: Option<&str>,
    file: &str,
    text: &str,
    span: Span,
) -> String {
    let (line, range) = shown_line(text, span);
    let path = format!("{}:{}:{}", shown(file), span.line, span.column);
    let title = format!("{path}: {message}");
    let annotation = AnnotationKind::Primary.span(range);
    let source = Snippet::source(&line).line_start(span.line as usize).annotation(annotation);
    let mut group = Level::ERROR.primary_title(&title).element(source);
    if let Some(hint) = hint {
        group = group.element(Level::HELP.message(hint));
    }
    let colours = std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The line on which a span begins, cut around it, and where in it the span lies. What does not
/// show itself is replaced, letter for letter.
fn shown_line(text: &str, span: Span) -> (String, std::ops::Range<usize>) {
    let start = floor_boundary(text, span.start as usize);
    let end = floor_boundary(text, (span.end as usize).max(start));
    let before: Vec<char> =
        text[..start].chars().rev().take_while(|letter| in_line(*letter)).take(CONTEXT).collect();
    let before: String = before.iter().rev().copied().map(shown_letter).collect();
    let from_start = || text[start..].chars().take_while(|letter| in_line(*letter));
    let marked_count =
        text[start..end].chars().take_while(|letter| in_line(*letter)).take(CONTEXT).count();
    let marked: String = from_start().take(marked_count).map(shown_letter).collect();
    let after: String = from_start().skip(marked_count).take(CONTEXT).map(shown_letter).collect();
    let range = before.len()..before.len() + marked.len();
    (format!("{before}{marked}{after}"), range)
}

fn in_line(letter: char) -> bool {
    !matches!(letter, '\n' | '\r')
}

/// `text` without anything that does not show itself.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(shown_letter).collect()
}

/// A path for a terminal.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

fn shown_letter(letter: char) -> char {
    match letter {
        '\t' => ' ',
        letter if pdp_core::document::is_hidden(letter) => '\u{FFFD}',
        letter => letter,
    }
}

fn floor_boundary(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}
