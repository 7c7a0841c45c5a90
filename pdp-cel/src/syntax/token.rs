use super::parser::SyntaxError;

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
    /// A name in backticks, which only stands behind a dot.
    QuotedWord(String),
    /// The digits without a sign; the sign belongs to the expression.
    Integer {
        digits: String,
        radix: u32,
        unsigned: bool,
    },
    Double(f64),
    String(String),
    Bytes(Vec<u8>),
    Sign(&'static str),
    End,
}

/// Longer ones before their beginnings.
const SIGNS: [&str; 25] = [
    "&&", "||", "??", "==", "!=", "<=", ">=", "<", ">", "!", "-", "(", ")", "[", "]", ",", ".",
    "+", "*", "/", "%", "?", ":", "{", "}",
];

/// Cuts `text` into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut start = 0;
    loop {
        start += blank(&text[start..]);
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

/// How many bytes of spaces and comments begin a text.
fn blank(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{0C}']);
        match rest.strip_prefix("//") {
            Some(comment) => rest = comment.find('\n').map_or("", |end| &comment[end..]),
            None => return text.len() - rest.len(),
        }
    }
}

fn next(rest: &str, start: usize) -> Result<(TokenKind, usize), SyntaxError> {
    let Some(first) = rest.chars().next() else { return Ok((TokenKind::End, 0)) };
    if let Some(text) = quoted(rest, start)? {
        return Ok(text);
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
    if first == '`' {
        return quoted_word(rest, start);
    }
    match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        Some(sign) => Ok((TokenKind::Sign(sign), sign.len())),
        None => {
            let message = format!("unexpected `{}`", first.escape_debug());
            Err(SyntaxError::new(message, start, start + first.len_utf8()))
        }
    }
}

fn is_word_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// A name in backticks.
fn quoted_word(rest: &str, start: usize) -> Result<(TokenKind, usize), SyntaxError> {
    let is_letter = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '/' | ' ')
    };
    let length = rest[1..].find(|letter| !is_letter(letter)).unwrap_or(rest.len() - 1);
    if length == 0 || !rest[1 + length..].starts_with('`') {
        return Err(SyntaxError::new("a name in backticks that does not end", start, start + 1));
    }
    Ok((TokenKind::QuotedWord(rest[1..=length].to_owned()), length + 2))
}

fn number(rest: &str, start: usize) -> Result<(TokenKind, usize), SyntaxError> {
    let digits_from = |from: usize| {
        rest[from..].find(|letter: char| !letter.is_ascii_digit()).map_or(rest.len(), |n| from + n)
    };
    if let Some(hexadecimal) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        let count = hexadecimal.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hexadecimal.len());
        if count == 0 {
            return Err(SyntaxError::new("not a number", start, start + 2));
        }
        return integer(rest, 2..2 + count, 16, start);
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
            return Err(SyntaxError::new("an exponent without digits", start, start + exponent));
        }
        end = exponent;
    }
    if end == whole {
        return integer(rest, 0..whole, 10, start);
    }
    match rest[..end].parse::<f64>() {
        Ok(value) if value.is_finite() => ended(rest, TokenKind::Double(value), end, start),
        _ => Err(SyntaxError::new("a number out of range", start, start + end)),
    }
}

fn integer(
    rest: &str,
    digits: std::ops::Range<usize>,
    radix: u32,
    start: usize,
) -> Result<(TokenKind, usize), SyntaxError> {
    let unsigned = rest[digits.end..].starts_with(['u', 'U']);
    let length = digits.end + usize::from(unsigned);
    let kind = TokenKind::Integer { digits: rest[digits].to_owned(), radix, unsigned };
    ended(rest, kind, length, start)
}

/// A number is not followed by a letter: `1x` is a mistake, not two tokens.
fn ended(
    rest: &str,
    kind: TokenKind,
    length: usize,
    start: usize,
) -> Result<(TokenKind, usize), SyntaxError> {
    if rest[length..].starts_with(is_word_letter) {
        return Err(SyntaxError::new("not a number", start, start + length + 1));
    }
    Ok((kind, length))
}

/// What may stand before the quotes: `r` takes no escapes, `b` makes bytes.
const PREFIXES: [(&str, bool, bool); 5] = [
    ("", false, false),
    ("r", true, false),
    ("b", false, true),
    ("rb", true, true),
    ("br", true, true),
];

/// Text or bytes in quotes, if they begin here, and their length with quotes and prefix.
fn quoted(rest: &str, start: usize) -> Result<Option<(TokenKind, usize)>, SyntaxError> {
    let prefix_length = rest.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\''));
    let Some(prefix_length) = prefix_length else { return Ok(None) };
    let (prefix, body) = rest.split_at(prefix_length);
    let known = PREFIXES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(prefix));
    let Some((_, raw, bytes)) = known else { return Ok(None) };
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote));
    let Some(quote) = quote else { return Ok(None) };
    let begin = prefix_length + quote.len();
    let (value, length) = content(rest, begin, quote, *raw, *bytes, start)?;
    let kind = if *bytes {
        TokenKind::Bytes(value)
    } else {
        let text = String::from_utf8(value).expect("escapes of texts are whole characters");
        TokenKind::String(text)
    };
    Ok(Some((kind, length)))
}

/// What stands between the quotes, and the length up to and with the closing one.
fn content(
    rest: &str,
    begin: usize,
    quote: &str,
    raw: bool,
    bytes: bool,
    start: usize,
) -> Result<(Vec<u8>, usize), SyntaxError> {
    let mut value = Vec::new();
    let mut position = begin;
    loop {
        let tail = &rest[position..];
        if tail.starts_with(quote) {
            return Ok((value, position + quote.len()));
        }
        match tail.chars().next() {
            None => break,
            Some('\n' | '\r') if quote.len() == 1 => break,
            Some('\\') if !raw => {
                let (letter, length) = escape(tail, bytes, start + position)?;
                match letter {
                    Escaped::Byte(byte) => value.push(byte),
                    Escaped::Character(letter) => {
                        value.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                position += length;
            }
            Some(letter) => {
                position += letter.len_utf8();
                value.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    Err(SyntaxError::new("a text whose closing quote is missing", start, start + position))
}

enum Escaped {
    Character(char),
    Byte(u8),
}

/// What an escape stands for, and its length. In bytes, numbers are bytes and not characters.
fn escape(tail: &str, bytes: bool, start: usize) -> Result<(Escaped, usize), SyntaxError> {
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
        return Ok((Escaped::Character(character), 2));
    }
    let (skip, count, radix) = match letter {
        Some('x' | 'X') => (2, 2, 16),
        Some('u') if !bytes => (2, 4, 16),
        Some('U') if !bytes => (2, 8, 16),
        Some('0'..='3') => (1, 3, 8),
        _ => (0, 0, 0),
    };
    let digits = tail.get(skip..skip + count).filter(|_| count > 0);
    let code = digits.filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
    let code = code.and_then(|code| u32::from_str_radix(code, radix).ok());
    let escaped = match code {
        Some(code) if bytes => u8::try_from(code).ok().map(Escaped::Byte),
        Some(code) => char::from_u32(code).map(Escaped::Character),
        None => None,
    };
    match escaped {
        Some(escaped) => Ok((escaped, skip + count)),
        None => {
            let end = start + 1 + letter.map_or(0, char::len_utf8);
            Err(SyntaxError::new("an unknown escape", start, end))
        }
    }
}
