//! Facts are taken out of texts: everything else stays on its line and in its column.

use super::ImageError;
use crate::SourceText;
use crate::document::{self, Content, Node};
use crate::read::is_fact_section;

/// The text without its facts: of each section that states them an empty one is left.
///
/// # Errors
///
/// [`ImageError::Inseparable`] where the text that is left does not say everything else as the whole
/// text does, each thing in its place.
pub(super) fn without_facts(source: &SourceText<'_>) -> Result<String, ImageError> {
    let inseparable = || ImageError::Inseparable { file: source.path.to_owned() };
    let whole = document::parse(source.text).map_err(|_| inseparable())?;
    let reduced = reduced(source.text, &whole);
    let is_sound = document::parse(&reduced).is_ok_and(|left| says_the_rest(&whole, &left));
    is_sound.then_some(reduced).ok_or_else(inseparable)
}

fn reduced(text: &str, root: &Node<'_>) -> String {
    let Content::Mapping(sections) = &root.content else { return text.to_owned() };
    let last_kept = sections.iter().rposition(|(key, _)| !is_facts(key)).unwrap_or_default();
    let (mut reduced, mut end) = (String::new(), 0);
    for (index, (key, value)) in sections.iter().enumerate() {
        let empty = match &value.content {
            Content::Mapping(entries) if !entries.is_empty() => " {}",
            Content::Sequence(items) if !items.is_empty() => " []",
            _ => continue,
        };
        if is_facts(key) {
            let (from, to) = (start(text, value), value.span.end as usize);
            reduced.push_str(&text[end..from]);
            reduced.push_str(empty);
            push_blank(&mut reduced, &text[from..to], empty.len(), index < last_kept);
            end = to;
        }
    }
    reduced + &text[end..]
}

/// Where a value begins. The parser sees the beginning of a list that is not indented behind the
/// dash of its first item.
fn start(text: &str, value: &Node<'_>) -> usize {
    let start = value.span.start as usize;
    let is_list = matches!(value.content, Content::Sequence(_));
    if is_list && !text[start..].starts_with(['[', '-']) {
        return text[..start].rfind('-').unwrap_or(start);
    }
    start
}

fn is_facts(key: &Node<'_>) -> bool {
    key.string().is_some_and(is_fact_section)
}

/// Goes as far as `text` does, of which so many letters stand for something else already: as many
/// lines down, as many columns to the right. Where nothing follows whose place matters, one line
/// stands for all of them.
fn push_blank(reduced: &mut String, text: &str, letters: usize, keeps_place: bool) {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let (line_breaks, last) = match lines.rsplit_once('\n') {
        Some((before, last)) => (before.matches('\n').count() + 1, last.chars().count()),
        None => (0, text.chars().count().saturating_sub(letters)),
    };
    let (line_breaks, last) = match (keeps_place, line_breaks) {
        (true, _) => (line_breaks, last),
        (false, 0) => (0, 0),
        (false, _) => (1, last),
    };
    reduced.extend(std::iter::repeat_n('\n', line_breaks));
    reduced.extend(std::iter::repeat_n(' ', last));
}

/// Whether `left` says what `whole` does, but for facts.
fn says_the_rest(whole: &Node<'_>, left: &Node<'_>) -> bool {
    let (Content::Mapping(whole), Content::Mapping(left)) = (&whole.content, &left.content) else {
        return is_same(whole, left);
    };
    let mut pairs = whole.iter().zip(left);
    whole.len() == left.len()
        && pairs.all(|((key, value), (key_left, value_left))| {
            if is_facts(key) {
                key.string() == key_left.string() && is_empty_like(value, value_left)
            } else {
                is_same(key, key_left) && is_same(value, value_left)
            }
        })
}

/// Whether a value is empty and of the kind of another.
fn is_empty_like(whole: &Node<'_>, left: &Node<'_>) -> bool {
    match (&whole.content, &left.content) {
        (Content::Mapping(_), Content::Mapping(entries)) => entries.is_empty(),
        (Content::Sequence(_), Content::Sequence(items)) => items.is_empty(),
        _ => false,
    }
}

/// Whether two nodes say the same on the same line and in the same column.
fn is_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    let place = |node: &Node<'_>| (node.span.line, node.span.column);
    let is_same_content = match (&one.content, &other.content) {
        (Content::Scalar(one), Content::Scalar(other)) => one == other,
        (Content::Sequence(one), Content::Sequence(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Content::Mapping(one), Content::Mapping(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| is_same(&one.0, &other.0) && is_same(&one.1, &other.1))
        }
        _ => false,
    };
    is_same_content && place(one) == place(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        without_facts(&SourceText { path: "a.yaml", text }).expect(text)
    }

    #[test]
    fn what_follows_facts_stays_in_its_place() {
        for (text, wanted) in [
            ("version: 1\nrules: []\n", "version: 1\nrules: []\n"),
            ("facts:\n  a:b: {c: d}\n  e:f: {}\nrules: []\n", "facts:\n   {}\n\nrules: []\n"),
            ("facts:\r\n  a:b:\r\n    - c\r\n# d\r\nrules: []", "facts:\r\n   {}\n\n\nrules: []"),
            ("resources:\n- a:b\n- c:d\nrules: []", "resources:\n []\n\nrules: []"),
            ("{facts: {a:b: {c: é}}, rules: []}", "{facts:  {}          , rules: []}"),
            (
                "{\"facts\":{\"a:b\":\n{\"c\":\"d\"}},\"rules\":[]}",
                "{\"facts\": {}\n          ,\"rules\":[]}",
            ),
            ("  facts:\n    a:b: {}\n  rules: []\n", "  facts:\n     {}\n  rules: []\n"),
            ("? facts\n: a:b: {}\n  c:d: {}\n? rules\n: []\n", "? facts\n:  {}\n\n? rules\n: []\n"),
        ] {
            assert_eq!(left(text), wanted, "{text}");
        }
    }

    #[test]
    fn nothing_is_left_of_facts_at_the_end() {
        let text = "version: 1\nresources:\n  - a:b\n  - c:d\nfacts:\n  e:f:\n    g: h\n";
        assert_eq!(left(text), "version: 1\nresources:\n   []\nfacts:\n   {}\n");
        let text = "{version: 1, resources: [a:b, c:d], facts: {e:f: {g: h}}}";
        assert_eq!(left(text), "{version: 1, resources:  [], facts:  {}}");
    }

    #[test]
    fn facts_that_stand_alone_leave_one_line() {
        assert_eq!(left("facts:\n  e:f:\n    g: h\n  i:j: {}\n"), "facts:\n   {}\n");
    }

    #[test]
    fn what_is_left_says_the_same_in_the_same_place() {
        let says = |whole: &str, left: &str| {
            let [whole, left] = [whole, left].map(|text| document::parse(text).expect(text));
            says_the_rest(&whole, &left)
        };
        let whole = "facts: {a:b: {}}\ntypes: {a: 1, b: [c, d]}\n";
        assert!(says(whole, "facts: {}       \ntypes: {a: 1, b: [c, d]}\n"));
        for left in [
            "facts: {}\ntypes: {a: 2, b: [c, d]}\n",
            "facts: {}\ntypes: {c: 1, b: [c, d]}\n",
            "facts: {}\ntypes: {a: 1}\n",
            "facts: {}\ntypes: {a: 1, b: [c, d], e: f}\n",
            "facts: {}\ntypes: {a: 1, b: [c]}\n",
            "facts: {}\ntypes: {a: 1, b: [c, d, e]}\n",
            "facts: {}\ntypes: {a: 1, b: [c, e]}\n",
            "facts: {}\ntypes: {a: 1, b: {c: d}}\n",
            "facts: {}\ntypes: {a: 1, b: [c,  d]}\n",
            "facts: {}\n\ntypes: {a: 1, b: [c, d]}\n",
            "facts: {}\nrules: {a: 1, b: [c, d]}\n",
            "facts: []\ntypes: {a: 1, b: [c, d]}\n",
            "facts: {}\n",
        ] {
            assert!(!says(whole, left), "{left}");
        }
    }
}
