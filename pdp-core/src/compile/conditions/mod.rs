//! Conditions: names are resolved, types checked, expressions become nodes.

mod checked;
mod lowered;
mod names;

pub(crate) use names::BUILTIN_ITEMS_MAX;

use pdp_cel::{Absence, Known, LowerOptions, MistakeKind, NodeId, Span, Type};

use super::Compiler;
use crate::compiled::TypeIndex;
use crate::error::{Mistakes, PolicyErrorKind, printable};
use crate::model::{Condition, Place};

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// The resource of the request, of this type.
    Request(TypeIndex),
    /// Any resource of this type whose relation is asked.
    Relation(TypeIndex),
    /// The resource of the request, of a type that is not declared.
    Undeclared,
}

/// A named expression, in one scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Definition {
    /// What is known of it; `None` where it has a mistake.
    known: Option<Known>,
    /// Its node, once it is wanted.
    node: Option<NodeId>,
}

impl Compiler<'_> {
    /// Checks every named expression: one fits if it fits somewhere.
    pub(super) fn definitions(&mut self) {
        let types = self.model.types.len();
        let scopes =
            (0..types).filter_map(|index| TypeIndex::try_from(index).ok()).map(Scope::Request);
        let scopes: Vec<Scope> = scopes.chain([Scope::Undeclared]).collect();
        for index in 0..self.model.definitions.len() {
            // Mistakes are only looked at where the expression fits nowhere.
            let mistakes = std::mem::replace(&mut self.mistakes, Mistakes::without_hints());
            let fits = scopes.iter().any(|scope| self.definition(index, *scope, 0).is_some());
            self.mistakes = mistakes;
            if !fits {
                self.forget_failed_definitions();
                self.definition(index, scopes[0], 0);
            }
        }
        self.forget_failed_definitions();
    }

    /// What failed in one scope is reported again where a rule uses it there.
    pub(super) fn forget_failed_definitions(&mut self) {
        self.defined.retain(|_, definition| definition.known.is_some());
    }

    /// The node of a condition that must hold; `None` if it has a mistake.
    pub(super) fn condition(&mut self, condition: &Condition, scope: Scope) -> Option<NodeId> {
        let node = self.checked(condition, scope).and_then(|()| self.lowered(condition, scope));
        if node.is_none() && self.mistakes.is_empty() {
            // A rule that is left out is never left out in silence.
            self.mistake(
                condition.place,
                PolicyErrorKind::Limit,
                "the condition cannot be compiled",
            );
        }
        node
    }

    /// Whether a condition is true or false wherever it can be evaluated.
    fn checked(&mut self, condition: &Condition, scope: Scope) -> Option<()> {
        let known = self.known(condition, scope, 0)?;
        let whole = condition.expression.span;
        if known.absence == Absence::Declared {
            let text = printable(&condition.text);
            let hint = Some(format!("write `{text} ?? false`"));
            let place = part(condition, whole);
            let message = format!("`{text}` may be absent");
            self.mistake_with_hint(place, PolicyErrorKind::Type, message, hint);
            return None;
        }
        match known.value_type {
            Type::Bool | Type::Any => Some(()),
            other => {
                let message = format!("a `{other}` where a `bool` belongs");
                self.mistake(part(condition, whole), PolicyErrorKind::Type, message);
                None
            }
        }
    }

    /// What is known of an expression before it is evaluated; reports what is wrong with it.
    fn known(&mut self, condition: &Condition, scope: Scope, level: usize) -> Option<Known> {
        let functions = self.functions.clone();
        let mut vocabulary = checked::Vocabulary { compiler: self, condition, scope };
        let checked = pdp_cel::check(
            &condition.expression,
            &condition.text,
            &mut vocabulary,
            &functions,
            level,
        );
        for mistake in checked.mistakes {
            let kind = match mistake.kind {
                MistakeKind::UnknownName => PolicyErrorKind::UnknownName,
                MistakeKind::Type => PolicyErrorKind::Type,
                MistakeKind::Limit => PolicyErrorKind::Limit,
            };
            let place = part(condition, mistake.span);
            let message = printable(&mistake.message);
            let hint = mistake.hint.map(|hint| printable(&hint));
            self.mistake_with_hint(place, kind, message, hint);
        }
        if checked.known.is_some() {
            let open = checked.open.into_iter();
            self.open_types
                .extend(open.map(|span| (part(condition, span), written(condition, span))));
        }
        checked.known
    }

    /// The node of an expression that was checked.
    fn lowered(&mut self, condition: &Condition, scope: Scope) -> Option<NodeId> {
        let mut builder = std::mem::take(&mut self.builder.expressions);
        let mut names = lowered::Names { compiler: &mut *self, condition, scope };
        let options = LowerOptions { strict: true, container: "" };
        let node = pdp_cel::lower(
            &condition.expression,
            &condition.text,
            &mut builder,
            &mut names,
            options,
        );
        self.builder.expressions = builder;
        match node {
            Ok(node) => Some(node),
            Err(error) => {
                let place = part(condition, error.span);
                let message = printable(&error.message);
                self.mistake(place, PolicyErrorKind::Expression, message);
                None
            }
        }
    }
}

/// Where a part of a condition stands.
fn part(condition: &Condition, span: Span) -> Place {
    condition.part(span.start, span.end)
}

/// What is written there.
fn written(condition: &Condition, span: Span) -> String {
    let text = condition.text.get(span.start as usize..span.end as usize);
    printable(text.unwrap_or(&condition.text))
}
