use super::Known;
use crate::syntax::{Expression, Span};

/// What expressions may name.
pub trait Vocabulary {
    /// What the beginning of a path such as `a.b.c` stands for. `level` is how deep it stands in
    /// other expressions.
    fn resolve(&mut self, path: &[&str], level: usize) -> Resolved;

    /// What `has()` of a path is, where that is no value; `None` if it is one, or nothing.
    fn has(&mut self, path: &[&str]) -> Option<Result<Known, Mistake>> {
        let _ = path;
        None
    }

    /// What a call of a function of the vocabulary's own is, such as one whose arguments are no
    /// values; `None` if it has none of this name.
    fn call(
        &mut self,
        function: &str,
        arguments: &[Expression],
        span: Span,
    ) -> Option<Result<Known, Mistake>>;

    /// "did you mean …", if one of the candidates is close to a name.
    fn suggestion(&self, name: &str, candidates: &mut dyn Iterator<Item = &str>) -> Option<String>;
}

/// What a path stands for.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// Its beginning stands for a value.
    Value {
        /// The value.
        known: Known,
        /// How many names of the path it takes.
        taken: usize,
    },
    /// It stands for nothing.
    Unknown {
        /// What is wrong, in one line.
        message: String,
        /// What may have been meant.
        hint: Option<String>,
        /// What kind of mistake it is.
        kind: MistakeKind,
    },
    /// It stands for something that has a mistake of its own, which is reported where it stands.
    Mistaken,
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What kind of mistake it is.
    pub kind: MistakeKind,
    /// What is wrong, in one line.
    pub message: String,
    /// What may have been meant, or what to do.
    pub hint: Option<String>,
    /// Where.
    pub span: Span,
}

/// Kinds of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// A name that stands for nothing.
    UnknownName,
    /// Types that do not fit.
    Type,
    /// More than is allowed.
    Limit,
}
