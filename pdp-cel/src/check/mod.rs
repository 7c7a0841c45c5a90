//! The strict checker: every name is declared, every type fits, what may be absent is dealt with, and
//! what evaluating may cost is known.

mod bulk;
mod calls;
mod known;
mod loops;
mod names;
mod operators;
mod signatures;
mod vocabulary;

pub use bulk::Bulk;
pub use known::{Absence, Known};
pub use vocabulary::{Mistake, MistakeKind, Resolved, Vocabulary};

use std::collections::BTreeMap;

use crate::syntax::{BinaryOperator, Expression, ExpressionKind, Literal, Span, UnaryOperator};
use crate::{HostFunction, Type};

/// How deep an expression may nest with all that its names stand for.
pub const TOTAL_DEPTH_MAX: usize = 128;

/// More steps than this no expression may take, whatever it is asked with.
pub const COST_MAX: u64 = crate::STEPS_MAX;

/// What was found out about an expression.
#[derive(Debug, Default)]
pub struct Checked {
    /// What it is; `None` where it has a mistake.
    pub known: Option<Known>,
    /// What is wrong with it.
    pub mistakes: Vec<Mistake>,
    /// The operations whose outcome is open because the type of something is.
    pub open: Vec<Span>,
}

/// Checks an expression. `text` is what it was read from, `level` how deep it stands in others.
pub fn check(
    expression: &Expression,
    text: &str,
    vocabulary: &mut impl Vocabulary,
    functions: &[HostFunction],
    level: usize,
) -> Checked {
    let mut checker = Checker {
        vocabulary,
        functions,
        text,
        locals: Vec::new(),
        present: Vec::new(),
        mistakes: Vec::new(),
        open: Vec::new(),
        level,
        uneven: 0,
        repeats: 0,
        smaller: BTreeMap::new(),
    };
    let known = checker.expression(expression);
    let Checker { mistakes, open, .. } = checker;
    Checked { known, mistakes, open }
}

struct Checker<'c, V> {
    vocabulary: &'c mut V,
    functions: &'c [HostFunction],
    text: &'c str,
    /// Names that macros gave, outermost first.
    locals: Vec<(String, Known)>,
    /// Paths known to be present where the checker stands: `has(context.x) && …`.
    present: Vec<String>,
    mistakes: Vec<Mistake>,
    open: Vec<Span>,
    /// How deep the checker stands.
    level: usize,
    /// In how many loops over items of different sizes.
    uneven: u32,
    /// In how many loops that were gone through before, for items of another size.
    repeats: u32,
    /// Of which side the smaller value is, in items and in bytes, by the place of a comparison.
    smaller: BTreeMap<(u32, u32), (bool, bool)>,
}

impl<V: Vocabulary> Checker<'_, V> {
    fn expression(&mut self, expression: &Expression) -> Option<Known> {
        if self.level >= TOTAL_DEPTH_MAX {
            self.too_deep(expression.span);
            return None;
        }
        self.level += 1;
        let known = self.form(expression);
        self.level -= 1;
        let known = known?;
        if known.cost > COST_MAX {
            let message = format!(
                "this may take {} steps, more than the {COST_MAX} that an evaluation may take",
                known.cost
            );
            self.mistake(MistakeKind::Limit, message, expression.span);
            return None;
        }
        Some(known)
    }

    fn too_deep(&mut self, span: Span) {
        let message =
            format!("nested more than {TOTAL_DEPTH_MAX} deep with all that its names stand for");
        self.mistake(MistakeKind::Limit, message, span);
    }

    fn form(&mut self, expression: &Expression) -> Option<Known> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Literal(literal) => Some(of_literal(literal)),
            ExpressionKind::Name { .. } => self.path(expression),
            ExpressionKind::Field { operand, field, optional } => {
                self.field(expression, operand, field, *optional)
            }
            ExpressionKind::Index { operand, index, optional } => {
                self.index(operand, index, *optional, span)
            }
            ExpressionKind::Has { operand, field } => self.has(operand, field, span),
            ExpressionKind::Call { target, function, arguments } => {
                self.call(target.as_deref(), function, arguments, span)
            }
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => {
                let part = self.condition(operand);
                Some(Known::new(Type::Bool).over([&part?]))
            }
            ExpressionKind::Unary { operator: UnaryOperator::Negate, operand } => {
                self.negated(operand)
            }
            ExpressionKind::Binary { operator: BinaryOperator::Default, left, right } => {
                self.default(left, right, span)
            }
            ExpressionKind::Binary { operator, left, right } => {
                self.binary(*operator, left, right, span)
            }
            ExpressionKind::All(parts) => self.chain(parts, true),
            ExpressionKind::Any(parts) => self.chain(parts, false),
            ExpressionKind::Conditional { condition, yes, no } => {
                self.conditional(condition, yes, no, span)
            }
            ExpressionKind::List(items) => self.list(items),
            ExpressionKind::Map(entries) => self.map(entries),
            ExpressionKind::Message { .. } => {
                self.wrong("protobuf messages are not offered", span);
                None
            }
            ExpressionKind::Loop(inner) => self.a_loop(inner),
            ExpressionKind::Bind { name, value, body } => {
                let value = self.present(value)?;
                let body = self.with_local(name, value.clone(), |this| this.expression(body))?;
                Some(Known { absence: body.absence, ..body.clone().over([&value, &body]) })
            }
            ExpressionKind::OptionalMap { target, name, body, flat } => {
                self.optional_map(target, name, body, *flat)
            }
        }
    }

    /// An expression whose value must be there.
    fn present(&mut self, expression: &Expression) -> Option<Known> {
        let known = self.expression(expression)?;
        if known.absence == Absence::Declared {
            let text = self.written(expression.span);
            let hint = format!("write `{text} ?? …`, or ask `has({text})` beside it");
            self.mistakes.push(Mistake {
                kind: MistakeKind::Type,
                message: format!("`{text}` may be absent"),
                hint: Some(hint),
                span: expression.span,
            });
            return None;
        }
        Some(Known { absence: Absence::Never, ..known })
    }

    /// An expression that must be true or false.
    fn condition(&mut self, expression: &Expression) -> Option<Known> {
        let known = self.present(expression)?;
        match known.value_type {
            Type::Bool => Some(known),
            Type::Any => {
                self.open.push(expression.span);
                Some(known)
            }
            other => {
                self.wrong(format!("a `{other}` where a `bool` belongs"), expression.span);
                None
            }
        }
    }

    /// Checks something while one more name is known.
    fn with_local<T>(&mut self, name: &str, known: Known, check: impl FnOnce(&mut Self) -> T) -> T {
        // What it costs to get the value is paid where it is got.
        let known = Known { cost: 1, depth: 1, ..known };
        self.locals.push((name.to_owned(), known));
        let checked = check(self);
        self.locals.pop();
        checked
    }

    /// What was written there.
    fn written(&self, span: Span) -> String {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("it").to_owned()
    }

    fn wrong(&mut self, message: impl Into<String>, span: Span) {
        self.mistake(MistakeKind::Type, message.into(), span);
    }

    fn mistake(&mut self, kind: MistakeKind, message: String, span: Span) {
        self.mistakes.push(Mistake { kind, message, hint: None, span });
    }
}

fn of_literal(literal: &Literal) -> Known {
    match literal {
        Literal::Null => Known::new(Type::Null),
        Literal::Bool(_) => Known::new(Type::Bool),
        Literal::Int(_) => Known::new(Type::Int),
        Literal::Uint(_) => Known::new(Type::Uint),
        Literal::Double(_) => Known::new(Type::Double),
        Literal::String(text) => Known::new(Type::String).with(Bulk::of_bytes(text.len())),
        Literal::Bytes(bytes) => Known::new(Type::Bytes).with(Bulk::of_bytes(bytes.len())),
    }
}
