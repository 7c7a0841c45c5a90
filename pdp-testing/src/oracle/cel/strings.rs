use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

/// `strings.quote(s)`
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("strings.quote", [Value::String(text)]) => Some(Ok(Value::String(quote(text)))),
        _ => None,
    }
}

/// Methods of strings, and of lists of them (section 5).
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    let (target, arguments) = operands.split_first()?;
    match target {
        Value::String(text) => of_string(name, text, arguments),
        Value::List(items) if name == "join" => join(items, arguments),
        _ => None,
    }
}

fn of_string(name: &str, text: &str, arguments: &[Value]) -> Answer {
    let letters: Vec<char> = text.chars().collect();
    Some(match (name, arguments) {
        ("contains", [Value::String(part)]) => Ok(Value::Bool(text.contains(part.as_str()))),
        ("startsWith", [Value::String(part)]) => Ok(Value::Bool(text.starts_with(part.as_str()))),
        ("endsWith", [Value::String(part)]) => Ok(Value::Bool(text.ends_with(part.as_str()))),
        ("charAt", [Value::Int(at)]) => position(*at, letters.len())
            .map(|at| Value::String(letters[at..].iter().take(1).collect())),
        ("indexOf", [Value::String(part)]) => Ok(index_of(&letters, part, 0)),
        ("indexOf", [Value::String(part), Value::Int(from)]) => {
            position(*from, letters.len()).map(|from| index_of(&letters, part, from))
        }
        ("lastIndexOf", [Value::String(part)]) => Ok(last_index_of(&letters, part, letters.len())),
        ("lastIndexOf", [Value::String(part), Value::Int(to)]) => {
            position(*to, letters.len()).map(|to| last_index_of(&letters, part, to))
        }
        ("substring", [Value::Int(from)]) => {
            position(*from, letters.len()).map(|from| string(&letters[from..]))
        }
        ("substring", [Value::Int(from), Value::Int(to)]) => substring(&letters, *from, *to),
        ("replace", [Value::String(old), Value::String(new)]) => {
            Ok(replace(&letters, old, new, -1))
        }
        ("replace", [Value::String(old), Value::String(new), Value::Int(most)]) => {
            Ok(replace(&letters, old, new, *most))
        }
        ("split", [Value::String(separator)]) => Ok(split(&letters, separator, -1)),
        ("split", [Value::String(separator), Value::Int(most)]) => {
            Ok(split(&letters, separator, *most))
        }
        ("trim", []) => Ok(Value::String(text.trim_matches(char::is_whitespace).to_owned())),
        ("lowerAscii", []) => Ok(Value::String(text.to_ascii_lowercase())),
        ("upperAscii", []) => Ok(Value::String(text.to_ascii_uppercase())),
        ("reverse", []) => Ok(Value::String(letters.iter().rev().collect())),
        _ => return None,
    })
}

fn join(items: &[Value], arguments: &[Value]) -> Answer {
    let separator = match arguments {
        [] => "",
        [Value::String(separator)] => separator,
        _ => return None,
    };
    let text = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let texts = items.iter().map(text).collect::<Option<Vec<_>>>()?;
    Some(Ok(Value::String(texts.join(separator))))
}

fn string(letters: &[char]) -> Value {
    Value::String(letters.iter().collect())
}

/// A position from 0 to the size.
fn position(at: i64, size: usize) -> Result<usize, Fault> {
    let at = usize::try_from(at).ok().filter(|at| *at <= size);
    at.ok_or(Fault::IndexOutOfRange)
}

/// Whether `part` begins at a position.
fn is_at(letters: &[char], part: &[char], at: usize) -> bool {
    letters[at..].starts_with(part)
}

fn index_of(letters: &[char], part: &str, from: usize) -> Value {
    let part: Vec<char> = part.chars().collect();
    let found = (from..=letters.len()).find(|at| is_at(letters, &part, *at));
    found.map_or(Value::Int(-1), Value::count)
}

fn last_index_of(letters: &[char], part: &str, to: usize) -> Value {
    let part: Vec<char> = part.chars().collect();
    let found = (0..=to).rev().find(|at| is_at(letters, &part, *at));
    found.map_or(Value::Int(-1), Value::count)
}

fn substring(letters: &[char], from: i64, to: i64) -> Result<Value, Fault> {
    let (from, to) = (position(from, letters.len())?, position(to, letters.len())?);
    if from > to {
        return Err(Fault::IndexOutOfRange);
    }
    Ok(string(&letters[from..to]))
}

/// The first `most` of `old` replaced; all where that is negative.
fn replace(letters: &[char], old: &str, new: &str, most: i64) -> Value {
    let old: Vec<char> = old.chars().collect();
    let (mut result, mut at, mut left) = (String::new(), 0, most);
    while at <= letters.len() {
        let found = left != 0 && is_at(letters, &old, at);
        if found {
            result.push_str(new);
            left -= 1;
            at += old.len();
        }
        // An empty `old` fits before each letter, which stays.
        if !found || old.is_empty() {
            result.extend(letters.get(at));
            at += 1;
        }
    }
    Value::String(result)
}

/// At most `most` parts; any number where that is negative.
fn split(letters: &[char], separator: &str, most: i64) -> Value {
    let separator: Vec<char> = separator.chars().collect();
    let (mut parts, mut begin, mut at) = (Vec::new(), 0, 0);
    if most == 0 || letters.is_empty() && separator.is_empty() {
        return Value::List(parts);
    }
    // One part is still to come: the rest.
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    while at < letters.len() && parts.len() + 1 < most {
        if separator.is_empty() {
            if at + 1 == letters.len() {
                break;
            }
            parts.push(string(&letters[at..=at]));
            at += 1;
            begin = at;
        } else if is_at(letters, &separator, at) {
            parts.push(string(&letters[begin..at]));
            at += separator.len();
            begin = at;
        } else {
            at += 1;
        }
    }
    parts.push(string(&letters[begin..]));
    Value::List(parts)
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}
