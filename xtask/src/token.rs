//! Rust source as words and signs: enough to find names, without comments and without mistaking
//! the inside of a literal for code.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword; of `r#name` the name.
    Word,
    /// A string literal: what stands between its quotes, escapes as written.
    Text,
    /// `::`, or any other single character.
    Sign,
}

/// A token and the line, from 1, that it begins on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// Cuts `source` into tokens. Comments, lifetimes, characters and numbers are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while !rest.is_empty() {
        let (length, found) = next(rest);
        if let Some((kind, text)) = found {
            tokens.push(Token { kind, text, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of what `rest` begins with, and the token that it is.
fn next(rest: &str) -> (usize, Option<(Kind, &str)>) {
    let first = rest.chars().next().unwrap_or_default();
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), None)
    } else if rest.starts_with("/*") {
        (block_comment(rest), None)
    } else if let Some((text, length)) = string(rest) {
        (length, Some((Kind::Text, text)))
    } else if let Some(length) = character(rest) {
        (length, None)
    } else if let Some(after) = rest.strip_prefix("r#") {
        let length = word(after);
        (2 + length, Some((Kind::Word, &after[..length])))
    } else if first.is_ascii_digit() {
        (word(rest), None)
    } else if is_word(first) {
        let length = word(rest);
        (length, Some((Kind::Word, &rest[..length])))
    } else if rest.starts_with("::") {
        (2, Some((Kind::Sign, "::")))
    } else {
        let length = first.len_utf8();
        (length, (!first.is_whitespace()).then_some((Kind::Sign, &rest[..length])))
    }
}

/// The length of a comment that may hold others.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        let step = match tail {
            [b'/', b'*', ..] => 1,
            [b'*', b'/', ..] => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The inside of the string literal of any kind that `rest` begins with, and its whole length.
fn string(rest: &str) -> Option<(&str, usize)> {
    let unprefixed = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", &raw[..hashes]);
        let length = inside.find(&end).unwrap_or(inside.len());
        let total = rest.len() - inside.len() + length + end.len();
        return Some((&inside[..length], total.min(rest.len())));
    }
    let inside = unprefixed.strip_prefix('"')?;
    let mut escaped = false;
    let length = inside.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    let length = length.unwrap_or(inside.len());
    Some((&inside[..length], (rest.len() - inside.len() + length + 1).min(rest.len())))
}

/// The length of the character literal, or of the lifetime, that `rest` begins with.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('\'')?;
    let before = rest.len() - inside.len();
    let mut letters = inside.chars();
    let first = letters.next()?;
    if first == '\\' {
        // The letter after the backslash may itself be a quote.
        let escaped = letters.next()?.len_utf8();
        return Some(before + 1 + escaped + letters.as_str().find('\'')? + 1);
    }
    let closed = letters.as_str().starts_with('\'');
    Some(if closed { before + first.len_utf8() + 1 } else { before + word(inside) })
}

/// How many bytes of `rest` are letters of a name.
fn word(rest: &str) -> usize {
    rest.find(|letter| !is_word(letter)).unwrap_or(rest.len())
}

fn is_word(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    #[test]
    fn only_code_is_left() {
        let source = r##"
            a // b
            /* c /* d */ e */ f /// g
            "h \" i" r#"j "k" l"# b"m" br"n" 'o' b'p' '\'' '\u{7f}' 'q: 'static
            r#s 1.5e3 "t
            "
            u::v
        "##;
        let found: Vec<(&str, usize)> =
            tokens(source).iter().map(|&Token { text, line, .. }| (text, line)).collect();
        let wanted = [
            ("a", 2),
            ("f", 3),
            ("h \\\" i", 4),
            ("j \"k\" l", 4),
            ("m", 4),
            ("n", 4),
            (":", 4),
            ("s", 5),
            (".", 5),
            ("t\n            ", 5),
            ("u", 7),
            ("::", 7),
            ("v", 7),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn unfinished_source_ends() {
        for source in ["/* a", "\"a", "r#\"a\"", "'\\", "'", "b'", "r#", "br##\"", "é'é"] {
            tokens(source);
        }
    }
}
