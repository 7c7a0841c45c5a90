//! Whether two evaluators agree.

use pdp_cel::Stored;

use crate::answer::Answer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Agree,
    BothErrors,
    NotOffered,
    Differ,
}

pub(crate) fn compare(ours: &Answer, theirs: &Answer) -> Comparison {
    match (ours, theirs) {
        (_, Answer::NotOffered(_)) => Comparison::NotOffered,
        (Answer::Error(_), Answer::Error(text)) if text != "panic" => Comparison::BothErrors,
        (Answer::Optional, Answer::Optional) => Comparison::Agree,
        (Answer::Value(ours), Answer::Value(theirs)) if same(ours, theirs) => Comparison::Agree,
        _ => Comparison::Differ,
    }
}

/// Equal as CEL has it and of the same type; a number that is none equals itself.
pub(crate) fn same(left: &Stored, right: &Stored) -> bool {
    match (left, right) {
        (Stored::Double(left), Stored::Double(right)) => {
            let (left, right) = (f64::from_bits(*left), f64::from_bits(*right));
            left == right || left.is_nan() && right.is_nan()
        }
        (Stored::List(left), Stored::List(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        // Both come in the order of their keys.
        (Stored::Map(left), Stored::Map(right)) => {
            let pairs = left.iter().zip(right);
            left.len() == right.len()
                && pairs
                    .into_iter()
                    .all(|(left, right)| same(&left.0, &right.0) && same(&left.1, &right.1))
        }
        (left, right) => left == right,
    }
}
