//! Conditions: names are resolved, types checked, expressions become nodes.

mod calls;
mod form;
mod names;
mod operators;

use form::{BOOL, Form};

use super::Compiler;
use crate::compiled::{NodeId, Stored, TypeIndex};
use crate::error::{Mistakes, PolicyErrorKind, printable};
use crate::expression::{Expression, ExpressionKind, Literal};
use crate::model::{Condition, ScalarType, Type};

/// How many operations one condition may take, with everything that `let` puts in.
pub(super) const OPERATIONS_MAX: u32 = 1_000;

/// How deep one condition may nest, with everything that `let` puts in. Bounds the stack here and
/// when conditions are evaluated.
pub(super) const DEPTH_MAX: usize = 128;

/// A named expression that was put in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inlined {
    /// What it came to; `None` where it has a mistake.
    typed: Option<Typed>,
    /// How deep it nests.
    depth: usize,
}

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

/// An expression that fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed {
    pub(super) node: NodeId,
    form: Form,
    /// Whether the value may be absent.
    optional: bool,
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
            let fits = scopes.iter().any(|scope| self.definition(index, *scope).is_some());
            self.mistakes = mistakes;
            if !fits {
                self.forget_failed_definitions();
                self.definition(index, scopes[0]);
            }
        }
        self.forget_failed_definitions();
    }

    /// What failed in one scope is reported again where a rule uses it there.
    pub(super) fn forget_failed_definitions(&mut self) {
        self.inlined.retain(|_, inlined| inlined.typed.is_some());
    }

    /// The node of a condition that must hold; `None` if it has a mistake.
    pub(super) fn condition(&mut self, condition: &Condition, scope: Scope) -> Option<NodeId> {
        let node = self.checked(condition, scope);
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

    fn checked(&mut self, condition: &Condition, scope: Scope) -> Option<NodeId> {
        let typed = self.expression(&condition.expression, condition, scope)?;
        self.require(typed, BOOL, &condition.expression, condition)?;
        let cost = self.builder.cost(typed.node);
        if cost.operations > OPERATIONS_MAX || cost.depth as usize > DEPTH_MAX {
            let message = format!(
                "the condition is too large: more than {OPERATIONS_MAX} operations or {DEPTH_MAX} levels"
            );
            self.mistake(condition.place, PolicyErrorKind::Limit, message);
            return None;
        }
        Some(typed.node)
    }

    fn expression(
        &mut self,
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        if self.level == DEPTH_MAX {
            self.too_deep(within);
            return None;
        }
        self.level += 1;
        self.deepest = self.deepest.max(self.level);
        let typed = self.form(expression, within, scope);
        self.level -= 1;
        typed
    }

    pub(super) fn too_deep(&mut self, within: &Condition) {
        let message = format!("conditions nest more than {DEPTH_MAX} deep through `let`");
        self.mistake(within.place, PolicyErrorKind::Limit, message);
    }

    fn form(&mut self, expression: &Expression, within: &Condition, scope: Scope) -> Option<Typed> {
        match &expression.kind {
            ExpressionKind::Literal(literal) => self.literal(literal, expression, within),
            ExpressionKind::List(items) => self.list(items, within, scope),
            ExpressionKind::Name(name) => self.name(name, expression, within, scope),
            ExpressionKind::Field { operand, field } => {
                let typed = self.field(operand, field, expression, within, scope)?;
                Some(Typed {
                    optional: typed.optional && !self.is_present(operand, field),
                    ..typed
                })
            }
            ExpressionKind::Call { target, function, arguments } => {
                self.call(target.as_deref(), function, arguments, expression, within, scope)
            }
            ExpressionKind::Unary { operator, operand } => {
                self.unary(*operator, operand, within, scope)
            }
            ExpressionKind::Binary { operator, left, right } => {
                self.binary(*operator, left, right, expression, within, scope)
            }
            ExpressionKind::All(parts) => self.combined(parts, within, scope, true),
            ExpressionKind::Any(parts) => self.combined(parts, within, scope, false),
        }
    }

    fn literal(
        &mut self,
        literal: &Literal,
        expression: &Expression,
        within: &Condition,
    ) -> Option<Typed> {
        let (value, scalar) = match literal {
            Literal::Bool(value) => (Stored::Bool(*value), ScalarType::Bool),
            Literal::Int(value) => (Stored::Int(*value), ScalarType::Int),
            Literal::Double(value) => (Stored::Double(value.to_bits()), ScalarType::Double),
            Literal::String(text) => (Stored::String(text.as_str().into()), ScalarType::String),
            Literal::Null => {
                let message = "`null` is the value of no declared type";
                let hint = Some("`has(…)` and `??` deal with absence".to_owned());
                self.type_mistake(message.to_owned(), hint, expression, within);
                return None;
            }
        };
        Some(typed(self.builder.constant(value), Form::Value(Type::Scalar(scalar))))
    }

    fn list(&mut self, items: &[Expression], within: &Condition, scope: Scope) -> Option<Typed> {
        let mut nodes = Vec::with_capacity(items.len());
        let mut form = Form::EmptyList;
        for item in items {
            let element = self.expression(item, within, scope)?;
            self.require_present(element, item, within)?;
            let Form::Value(Type::Scalar(scalar)) = element.form else {
                self.type_mistake("a list within a list".to_owned(), None, item, within);
                return None;
            };
            let list = Form::Value(Type::List(scalar));
            if form != Form::EmptyList && form != list {
                let message = format!("a `{}` in a list of another type", scalar.as_str());
                self.type_mistake(message, None, item, within);
                return None;
            }
            form = list;
            nodes.push(element.node);
        }
        Some(typed(self.builder.list(nodes), form))
    }

    fn require(
        &mut self,
        value: Typed,
        form: Form,
        expression: &Expression,
        within: &Condition,
    ) -> Option<()> {
        self.require_present(value, expression, within)?;
        if value.form == form {
            return Some(());
        }
        let message =
            format!("a `{}` where a `{}` belongs", value.form.description(), form.description());
        self.type_mistake(message, None, expression, within);
        None
    }

    fn require_present(
        &mut self,
        value: Typed,
        expression: &Expression,
        within: &Condition,
    ) -> Option<()> {
        if !value.optional {
            return Some(());
        }
        let text =
            within.text.get(expression.start as usize..expression.end as usize).unwrap_or("it");
        let text = printable(text);
        let hint = format!("write `{text} ?? …`, or ask `has({text})` beside it");
        self.type_mistake(format!("`{text}` may be absent"), Some(hint), expression, within);
        None
    }

    fn not_in_relation(&mut self, what: &str, expression: &Expression, within: &Condition) {
        let message = format!("`{}` in the condition of a relation", printable(what));
        let hint = "such a condition reads `actor`, `resource.id` and attributes stated by facts";
        self.type_mistake(message, Some(hint.to_owned()), expression, within);
    }

    fn unknown(
        &mut self,
        message: String,
        name: &str,
        names: Vec<&str>,
        expression: &Expression,
        within: &Condition,
    ) {
        let place = within.part(expression.start, expression.end);
        self.mistake_with_hint(
            place,
            PolicyErrorKind::UnknownName,
            message,
            self.mistakes.suggestion(name, names),
        );
    }

    fn type_mistake(
        &mut self,
        message: String,
        hint: Option<String>,
        expression: &Expression,
        within: &Condition,
    ) {
        let place = within.part(expression.start, expression.end);
        self.mistake_with_hint(place, PolicyErrorKind::Type, message, hint);
    }
}

fn typed(node: NodeId, form: Form) -> Typed {
    Typed { node, form, optional: false }
}
