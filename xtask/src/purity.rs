//! What a crate without surroundings may not name.
//!
//! The check reads names, not types: it keeps honest code honest and cannot stop somebody who
//! wants to get round it. Renames and glob imports that would hide a name are faults themselves.

use crate::links::is_markdown;
use crate::token::{Kind, Token, tokens};

/// Paths that are faults wherever they stand in a longer path, and what they would reach.
/// `as` is a rename, `*` a glob import.
const PATHS: &[(&str, &str)] = &[
    ("std::fs", "files"),
    ("std::path", "files"),
    ("std::net", "sockets"),
    ("std::os", "the operating system"),
    ("std::process", "processes"),
    ("std::env", "the environment"),
    ("std::thread", "threads"),
    ("Instant", "the clock"),
    ("SystemTime", "the clock"),
    ("Zoned::now", "the clock"),
    ("Timestamp::now", "the clock"),
    ("TimeZone::system", "the environment"),
    ("TimeZone::try_system", "the environment"),
    ("io::stdin", "the console"),
    ("io::stdout", "the console"),
    ("io::stderr", "the console"),
    ("std::as", "a rename"),
    ("io::as", "a rename"),
    ("std::*", "a glob import"),
    ("io::*", "a glob import"),
    ("time::*", "a glob import"),
];

/// Macros that are faults, and what they would reach.
const MACROS: &[(&str, &str)] = &[
    ("env", "the environment"),
    ("option_env", "the environment"),
    ("thread_local", "threads"),
    ("print", "the console"),
    ("println", "the console"),
    ("eprint", "the console"),
    ("eprintln", "the console"),
    ("dbg", "the console"),
    ("include", "files"),
    ("include_str", "files"),
    ("include_bytes", "files"),
];

/// Finds what `source`, the text of the Rust file at `path`, names of its surroundings: files,
/// sockets, processes, environment, clock, threads, console.
///
/// Comments and literals are passed over. Documentation in a Markdown file may be included.
pub fn faults(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut faults = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind != Kind::Word {
            at += 1;
            continue;
        }
        let (start, mut names) = (at, Vec::new());
        at = read_names(&tokens, start, &[], &mut names);
        let mut found: Vec<(String, &str)> =
            names.iter().filter_map(|name| forbidden_path(name)).collect();
        if found.is_empty() {
            found.extend(forbidden_macro(&tokens, start, at, &names));
        }
        let line = tokens[start].line;
        faults.extend(
            found.iter().map(|(name, reaches)| format!("{path}:{line}: `{name}` ({reaches})")),
        );
    }
    faults
}

/// Whether `unsafe` is forbidden, by the lints of `manifest` or by an attribute in `root`, the
/// text of the crate's `lib.rs`.
pub fn forbids_unsafe(manifest: &str, root: &str) -> bool {
    let lints = manifest.split_once("[lints.rust]").map_or("", |(_, after)| after);
    let lints = lints.split("\n[").next().unwrap_or_default();
    let by_lint = lints.lines().any(|line| line.replace(' ', "") == "unsafe_code=\"forbid\"");
    let words: Vec<&str> = tokens(root).iter().map(|token| token.text).collect();
    let attribute = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
    by_lint || words.windows(attribute.len()).any(|window| window == attribute)
}

/// Reads the path that begins at `at`, or each path of a `use` group, into `names`, and gives the
/// place behind it. `prefix` is what stands before the group.
pub(crate) fn read_names<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    names: &mut Vec<Vec<&'a str>>,
) -> usize {
    let mut name = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => return read_group(tokens, at + 1, &name, names),
            "self" if !name.is_empty() => {}
            text if token.kind == Kind::Word || text == "*" => name.push(text),
            _ => break,
        }
        at += 1;
        if !text_is(tokens, at, "::") {
            break;
        }
        at += 1;
    }
    if text_is(tokens, at, "as") {
        name.push("as");
        at += 1;
    }
    names.push(name);
    at
}

/// Reads the members of a `use` group, from behind its opening brace to behind the closing one.
fn read_group<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    names: &mut Vec<Vec<&'a str>>,
) -> usize {
    while at < tokens.len() && !text_is(tokens, at, "}") {
        at = match tokens[at].text {
            "," => at + 1,
            // At least one token is taken each time, whatever it is.
            _ => read_names(tokens, at, prefix, names).max(at + 1),
        };
    }
    at + 1
}

fn text_is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.kind != Kind::Text && token.text == text)
}

fn forbidden_path(name: &[&str]) -> Option<(String, &'static str)> {
    let (_, reaches) = PATHS.iter().find(|(path, _)| {
        let path: Vec<&str> = path.split("::").collect();
        name.windows(path.len()).any(|window| window == path)
    })?;
    Some((name.join("::").replace("::as", " as"), reaches))
}

/// The forbidden macro that is called at the end of the path between `start` and `end`, or that
/// one of the `names` brings in.
fn forbidden_macro(
    tokens: &[Token<'_>],
    start: usize,
    end: usize,
    names: &[Vec<&str>],
) -> Option<(String, &'static str)> {
    let is_call = text_is(tokens, end, "!")
        && ["(", "[", "{"].iter().any(|bracket| text_is(tokens, end + 1, bracket));
    let called = names.iter().filter_map(|name| match name.as_slice() {
        ["std" | "core", name, ..] => Some(*name),
        [.., name] if is_call => Some(*name),
        _ => None,
    });
    let mut forbidden = called.filter_map(|name| MACROS.iter().find(|(word, _)| *word == name));
    let (name, reaches) = forbidden.next()?;
    (!includes_documentation(tokens, start, name)).then(|| (format!("{name}!"), *reaches))
}

/// Whether the macro at `start` stands in `doc = include_str!("….md")`.
fn includes_documentation(tokens: &[Token<'_>], start: usize, name: &str) -> bool {
    let argument = tokens.get(start + 3).filter(|token| token.kind == Kind::Text);
    name == "include_str"
        && start >= 2
        && text_is(tokens, start - 2, "doc")
        && text_is(tokens, start - 1, "=")
        && argument.is_some_and(|token| is_markdown(token.text))
}
