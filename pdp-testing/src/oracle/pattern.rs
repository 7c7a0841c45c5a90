use std::collections::BTreeMap;

use pdp_core::model::{IdPattern, Model, Selector};
use regex::bytes::{Regex, RegexBuilder};

/// The regular expressions of a set, by their text.
pub(super) type Regexes = BTreeMap<String, Regex>;

/// Whether the whole of `text` fits `pattern`, in which `*` stands for any text ("Patterns",
/// section 4).
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            // The star may take any number of letters off the rest.
            rest.char_indices().any(|(index, _)| glob(after, &rest[index..])) || glob(after, "")
        }),
    }
}

/// Whether an id fits.
pub(super) fn fits(pattern: &IdPattern, regexes: &Regexes, id: &str) -> bool {
    match pattern {
        IdPattern::Exact(exact) => exact.text == id,
        IdPattern::Glob(pattern) => glob(&pattern.text, id),
        IdPattern::Regex(word) => regexes[&word.text].is_match(id.as_bytes()),
    }
}

/// Every regular expression that a selector of the set holds.
pub(super) fn regexes(model: &Model<'_>) -> Regexes {
    let rules = model.rules.iter().map(|rule| [&rule.resource, &rule.actors]);
    let derived = model.derived_roles.iter().map(|role| [&role.resource, &role.actors]);
    let lines = model.types.iter().flat_map(|resource_type| &resource_type.otherwise);
    let lines = lines.map(|line| [&line.resource, &line.actors]);
    let mut regexes = Regexes::new();
    for selector in rules.chain(derived).chain(lines).flatten().flatten() {
        collect(selector, &mut regexes);
    }
    regexes
}

fn collect(selector: &Selector, regexes: &mut Regexes) {
    match selector {
        Selector::All(parts) | Selector::Any(parts) => {
            parts.iter().for_each(|part| collect(part, regexes));
        }
        Selector::Not(part) => collect(part, regexes),
        Selector::ActorId(IdPattern::Regex(word))
        | Selector::ResourceId(IdPattern::Regex(word)) => {
            regexes.insert(word.text.clone(), compile(&word.text));
        }
        _ => {}
    }
}

/// Over bytes, since an ASCII `\B` is refused over text; all else in it is about characters.
fn compile(pattern: &str) -> Regex {
    let whole = format!(r"\A(?:{})\z", ascii(pattern));
    // The limit of a set is for the engine to keep.
    RegexBuilder::new(&whole)
        .size_limit(1 << 30)
        .build()
        .expect("a set that loads holds only regular expressions that compile")
}

/// Escapes that mean more than ASCII in `regex`, and what we mean by them. The classes may stand
/// within others. `\\` stands here so that what follows it is no escape.
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

/// The pattern with those escapes given their meaning in ASCII.
pub(super) fn ascii(pattern: &str) -> String {
    let (mut rest, mut result) = (pattern, String::new());
    while let Some(letter) = rest.chars().next() {
        let plain = &rest[..letter.len_utf8()];
        let escape = ESCAPES.into_iter().find(|(escape, _)| rest.starts_with(escape));
        let (taken, meaning) = escape.unwrap_or((plain, plain));
        result.push_str(meaning);
        rest = &rest[taken.len()..];
    }
    result
}
