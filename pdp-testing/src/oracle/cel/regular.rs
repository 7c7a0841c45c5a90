use regex::bytes::{Regex, RegexBuilder};

use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

/// `matches(s, r)`, `s.matches(r)`
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("matches", [Value::String(text), Value::String(pattern)]) => {
            let regex = compile(pattern).ok_or(Fault::InvalidArgument);
            Some(regex.map(|regex| Value::Bool(regex.is_match(text.as_bytes()))))
        }
        _ => None,
    }
}

/// Escapes that mean more than ASCII in `regex`, and what we mean by them. `\\` stands here so that
/// what follows it is no escape.
const ESCAPES: [(&str, &str); 15] = [
    (r"\\", r"\\"),
    (r"\d", "[0-9]"),
    (r"\D", "[^0-9]"),
    (r"\s", r"[\t\n\v\f\r ]"),
    (r"\S", r"[^\t\n\v\f\r ]"),
    (r"\w", "[0-9A-Za-z_]"),
    (r"\W", "[^0-9A-Za-z_]"),
    (r"\b{start}", r"(?-u:\b{start})"),
    (r"\b{end}", r"(?-u:\b{end})"),
    (r"\b{start-half}", r"(?-u:\b{start-half})"),
    (r"\b{end-half}", r"(?-u:\b{end-half})"),
    (r"\b", r"(?-u:\b)"),
    (r"\B", r"(?-u:\B)"),
    (r"\<", r"(?-u:\<)"),
    (r"\>", r"(?-u:\>)"),
];

/// Over bytes, since an ASCII `\B` is refused over text; all else in it is about characters.
fn compile(pattern: &str) -> Option<Regex> {
    let (mut rest, mut meant) = (pattern, String::new());
    while let Some(letter) = rest.chars().next() {
        // `regex` would know it.
        if rest.starts_with(r"\p") || rest.starts_with(r"\P") {
            return None;
        }
        let plain = &rest[..letter.len_utf8()];
        let escape = ESCAPES.into_iter().find(|(escape, _)| rest.starts_with(escape));
        let (taken, meaning) = escape.unwrap_or((plain, plain));
        meant.push_str(meaning);
        rest = &rest[taken.len()..];
    }
    // The limit of a set is for the engine to keep.
    RegexBuilder::new(&meant).size_limit(1 << 30).build().ok()
}
