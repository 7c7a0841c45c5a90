//! Mistakes in policies, each with its place.

use std::fmt;

use crate::document::Span;
use crate::wire::ID_BYTES_MAX;

/// How many mistakes are kept; beyond it they are only counted.
const ERRORS_MAX: usize = 1_000;

/// How many mistakes are looked at for what may have been meant.
const HINTED_MAX: usize = 100;

/// With how many names one is compared.
const CANDIDATES_MAX: usize = 1_000;

/// A mistake in a policy set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}:{}: {message}", span.line, span.column)]
#[non_exhaustive]
pub struct PolicyError {
    /// What kind of mistake it is.
    pub kind: PolicyErrorKind,
    /// The file, relative to the policy set.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// What may have been meant, in one line.
    pub hint: Option<String>,
}

/// Something in a policy set that is allowed and may surprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWarning {
    /// The file, relative to the policy set.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// What may surprise, in one line.
    pub message: String,
}

/// Kinds of mistakes in policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The text is no YAML, or YAML that is not allowed.
    Syntax,
    /// A key that the language does not have.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of the wrong shape, such as a list where a word belongs.
    Shape,
    /// A name or id declared or listed twice.
    Duplicate,
    /// A name that is not declared.
    UnknownName,
    /// A name or id that is not made as it must be.
    Name,
    /// A condition that does not parse.
    Expression,
    /// Types that do not fit, or an optional value used as if it were always there.
    Type,
    /// A limit of the language is exceeded.
    Limit,
    /// A setting that would weaken what always holds.
    Refused,
}

impl PolicyErrorKind {
    /// The word for the kind, for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyErrorKind::Syntax => "syntax",
            PolicyErrorKind::UnknownKey => "unknown_key",
            PolicyErrorKind::MissingKey => "missing_key",
            PolicyErrorKind::Shape => "shape",
            PolicyErrorKind::Duplicate => "duplicate",
            PolicyErrorKind::UnknownName => "unknown_name",
            PolicyErrorKind::Name => "name",
            PolicyErrorKind::Expression => "expression",
            PolicyErrorKind::Type => "type",
            PolicyErrorKind::Limit => "limit",
            PolicyErrorKind::Refused => "refused",
        }
    }
}

/// All mistakes found in a policy set, by file and place. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyErrors {
    errors: Vec<PolicyError>,
    omitted: usize,
}

impl PolicyErrors {
    /// The mistakes, by file and place; the first thousand of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PolicyError> {
        self.errors.iter()
    }

    /// How many further mistakes were found and are not listed.
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line_break}{error}")?;
            if let Some(hint) = &error.hint {
                write!(formatter, "; {hint}")?;
            }
        }
        match self.omitted {
            0 => Ok(()),
            omitted => write!(formatter, "\nand {omitted} more"),
        }
    }
}

impl std::error::Error for PolicyErrors {}

/// Collects mistakes while a set is read and compiled.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    errors: Vec<PolicyError>,
    omitted: usize,
    without_hints: bool,
}

impl Mistakes {
    /// For mistakes that nobody may come to see.
    pub(crate) fn without_hints() -> Self {
        Mistakes { without_hints: true, ..Mistakes::default() }
    }

    /// Notes a mistake. The same mistake at the same place is noted once: a condition is checked
    /// for every type its rule covers.
    pub(crate) fn add(&mut self, error: PolicyError) {
        if self.errors.len() == ERRORS_MAX {
            self.omitted += 1;
        } else if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// What may have been meant by `name`; nothing once there are many mistakes.
    pub(crate) fn suggestion<'c>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<String> {
        if !self.without_hints && self.errors.len() < HINTED_MAX {
            suggestion(name, candidates)
        } else {
            None
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.errors.len() + self.omitted
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Nothing, or all mistakes in order.
    pub(crate) fn into_result(self) -> Result<(), PolicyErrors> {
        if self.is_empty() { Ok(()) } else { Err(self.into_errors()) }
    }

    /// All mistakes in order.
    pub(crate) fn into_errors(mut self) -> PolicyErrors {
        self.errors.sort_by(|left, right| {
            (&left.file, left.span, &left.message).cmp(&(&right.file, right.span, &right.message))
        });
        PolicyErrors { errors: self.errors, omitted: self.omitted }
    }
}

/// `text` with everything that is not printable escaped, and cut after 100 characters: bytes of a
/// file or a request never reach a terminal or a log as they are.
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    for (index, letter) in text.chars().enumerate() {
        if index == 100 {
            shown.push('…');
            break;
        }
        if is_hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Whether a character does not show itself: controls, format and private-use characters, line
/// and paragraph separators, spaces other than the ordinary one. Such a character does not belong
/// into an id in a policy, nor onto a terminal.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
        '\u{00A0}' | '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{1680}'
        | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2000}'..='\u{200F}'
        | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}' | '\u{3000}' | '\u{3164}'
        | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFC}' | '\u{FFFE}'..='\u{FFFF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// Why a text is no id.
#[derive(Debug)]
pub(crate) struct IdFault {
    /// What is wrong, in one line.
    pub(crate) message: String,
    pub(crate) hint: Option<&'static str>,
}

/// Why `text`, which is `what`, may not be an id in policies, if it may not.
pub(crate) fn id_fault(text: &str, what: &str, non_ascii_ids: bool) -> Option<IdFault> {
    let mut hint = None;
    let message = if text.is_empty() {
        format!("{what} is empty")
    } else if text.len() > ID_BYTES_MAX {
        format!("{what} has more than {ID_BYTES_MAX} bytes")
    } else if text.chars().any(is_hidden) {
        format!("{what} `{}` holds a character that does not show", printable(text))
    } else if !text.is_ascii() && !non_ascii_ids {
        hint = Some("the setting `non_ascii_ids: true` allows them");
        format!("{what} `{}` holds a character outside ASCII", printable(text))
    } else {
        return None;
    };
    Some(IdFault { message, hint })
}

/// "did you mean" with the candidate closest to `name`, if one is close enough. Of many candidates,
/// the first thousand are looked at.
pub fn suggestion<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let length = name.chars().count();
    if length > 64 {
        return None;
    }
    let tolerance = (length / 3).max(1);
    let closest = candidates
        .into_iter()
        .take(CANDIDATES_MAX)
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= tolerance)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min();
    closest.map(|(_, candidate)| format!("did you mean `{}`?", printable(candidate)))
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before = vec![0; right.len() + 1];
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(letter != other);
            let mut best = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && *letter == right[column - 1] && left[row - 1] == *other;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let names = ["owner", "admin", "member"];
        assert_eq!(suggestion("onwer", names).as_deref(), Some("did you mean `owner`?"));
        assert_eq!(suggestion("Admin", names).as_deref(), Some("did you mean `admin`?"));
        assert_eq!(suggestion("guest", names), None);
    }

    #[test]
    fn nobody_looks_for_hints_that_nobody_sees() {
        let hint = |mistakes: Mistakes| mistakes.suggestion("onwer", ["owner"]);
        assert!(hint(Mistakes::default()).is_some());
        assert_eq!(hint(Mistakes::without_hints()), None);
    }

    #[test]
    fn hostile_letters_are_shown_as_numbers() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}b"), "a\\u{1b}[2J\\u{202e}b");
        assert_eq!(printable(&"x".repeat(200)).chars().count(), 101);
    }
}
