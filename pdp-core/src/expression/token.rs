use super::parser::ExpressionError;

/// A word, number, text or sign of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Word(String),
    /// The digits without a sign; the sign belongs to the expression.
    Integer {
        digits: String,
        radix: u32,
    },
    Double(f64),
    String(String),
    Sign(&'static str),
    End,
}

/// Longer ones before their beginnings.
const SIGNS: [&str; 18] = [
    "&&", "||", "??", "==", "!=", "<=", ">=", "<", ">", "!", "-", "(", ")", "[", "]", ",", ".", "+",
];

/// Cuts `text` into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut start = 0;
    loop {
        let rest = &text[start..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        start += blank;
        let (kind, length) = next(&text[start..], start)?;
        let end = start + length;
        let done = kind == TokenKind::End;
        tokens.push(Token { kind, start, end });
        if done {
            return Ok(tokens);
        }
        start = end;
    }
}

fn next(rest: &str, start: usize) -> Result<(TokenKind, usize), ExpressionError> {
    let Some(first) = rest.chars().next() else { return Ok((TokenKind::End, 0)) };
    if let Some((text, length)) = string(rest, start)? {
        return Ok((TokenKind::String(text), length));
    }
    if first.is_ascii_digit()
        || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
    {
        return number(rest, start);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = rest.find(|letter: char| !is_word_letter(letter)).unwrap_or(rest.len());
        return Ok((TokenKind::Word(rest[..length].to_owned()), length));
    }
    match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        Some(sign) => Ok((TokenKind::Sign(sign), sign.len())),
        None => {
            let shown = crate::error::printable(first.encode_utf8(&mut [0; 4]));
            Err(ExpressionError::new(
                format!("unexpected `{shown}`"),
                start,
                start + first.len_utf8(),
            ))
        }
    }
}

fn is_word_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn number(rest: &str, start: usize) -> Result<(TokenKind, usize), ExpressionError> {
    let digits_from = |from: usize| {
        rest[from..].find(|letter: char| !letter.is_ascii_digit()).map_or(rest.len(), |n| from + n)
    };
    if let Some(hexadecimal) = rest.strip_prefix("0x") {
        let count = hexadecimal.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hexadecimal.len());
        let kind = TokenKind::Integer { digits: hexadecimal[..count].to_owned(), radix: 16 };
        return ended(rest, kind, 2 + count, start, count > 0);
    }
    let whole = digits_from(0);
    let mut end = whole;
    if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        end = digits_from(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['-', '+']));
        let exponent = digits_from(end + 1 + sign);
        if exponent == end + 1 + sign {
            return Err(ExpressionError::new(
                "an exponent without digits",
                start,
                start + exponent,
            ));
        }
        end = exponent;
    }
    if end == whole {
        let kind = TokenKind::Integer { digits: rest[..whole].to_owned(), radix: 10 };
        return ended(rest, kind, end, start, true);
    }
    match rest[..end].parse::<f64>() {
        Ok(value) if value.is_finite() => ended(rest, TokenKind::Double(value), end, start, true),
        _ => Err(ExpressionError::new("a number out of range", start, start + end)),
    }
}

/// A number is not followed by a letter: `12u` and `1x` are mistakes, not two tokens.
fn ended(
    rest: &str,
    kind: TokenKind,
    length: usize,
    start: usize,
    has_digits: bool,
) -> Result<(TokenKind, usize), ExpressionError> {
    if has_digits && !rest[length..].starts_with(is_word_letter) {
        return Ok((kind, length));
    }
    Err(ExpressionError::new("not a number", start, start + length))
}

/// A text in quotes, if one begins here: its value and its length with quotes and prefix.
fn string(rest: &str, start: usize) -> Result<Option<(String, usize)>, ExpressionError> {
    let raw = rest.starts_with(['r', 'R']);
    let body = if raw { &rest[1..] } else { rest };
    let Some(quote) =
        ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote))
    else {
        return Ok(None);
    };
    let begin = usize::from(raw) + quote.len();
    let mut value = String::new();
    let mut position = begin;
    loop {
        let tail = &rest[position..];
        if tail.starts_with(quote) {
            return Ok(Some((value, position + quote.len())));
        }
        match tail.chars().next() {
            None => break,
            Some('\n' | '\r') if quote.len() == 1 => break,
            Some('\\') if !raw => {
                let (letter, length) = escape(tail, start + position)?;
                value.push(letter);
                position += length;
            }
            Some(letter) => {
                value.push(letter);
                position += letter.len_utf8();
            }
        }
    }
    Err(ExpressionError::new("a text whose closing quote is missing", start, start + position))
}

/// The character that an escape stands for, and the escape's length. CEL's escapes.
fn escape(tail: &str, start: usize) -> Result<(char, usize), ExpressionError> {
    let letter = tail[1..].chars().next();
    let plain = match letter {
        Some('a') => Some('\u{07}'),
        Some('b') => Some('\u{08}'),
        Some('f') => Some('\u{0C}'),
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('v') => Some('\u{0B}'),
        Some(same @ ('\\' | '?' | '"' | '\'' | '`')) => Some(same),
        _ => None,
    };
    if let Some(character) = plain {
        return Ok((character, 2));
    }
    let (skip, count, radix) = match letter {
        Some('x' | 'X') => (2, 2, 16),
        Some('u') => (2, 4, 16),
        Some('U') => (2, 8, 16),
        Some('0'..='3') => (1, 3, 8),
        _ => (0, 0, 0),
    };
    let digits = tail.get(skip..skip + count).filter(|_| count > 0);
    let code = digits.filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
    let character =
        code.and_then(|code| u32::from_str_radix(code, radix).ok()).and_then(char::from_u32);
    match character {
        Some(character) => Ok((character, skip + count)),
        None => Err(ExpressionError::new("an unknown escape", start, start + 2)),
    }
}
