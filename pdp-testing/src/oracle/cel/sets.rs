use super::functions::Answer;
use super::order::equal;
use super::value::Value;

/// Functions of `sets` (section 6).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    let [Value::List(left), Value::List(right)] = operands else {
        return None;
    };
    Some(Ok(Value::Bool(match name {
        "sets.contains" => contains(left, right),
        "sets.intersects" => right.iter().any(|item| is_in(item, left)),
        "sets.equivalent" => contains(left, right) && contains(right, left),
        _ => return None,
    })))
}

fn contains(left: &[Value], right: &[Value]) -> bool {
    right.iter().all(|item| is_in(item, left))
}

fn is_in(item: &Value, list: &[Value]) -> bool {
    list.iter().any(|other| equal(item, other))
}
