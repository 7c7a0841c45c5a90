//! Operators: logic, comparisons, `in`, `??`.

use super::form::{BOOL, Form};
use super::{Compiler, Scope, Typed, typed};
use crate::compiled::{Builtin, Node, NodeId, Order, Stored};
use crate::expression::{BinaryOperator, Expression, ExpressionKind, UnaryOperator};
use crate::model::{Condition, Type};

impl Compiler<'_> {
    pub(super) fn unary(
        &mut self,
        operator: UnaryOperator,
        operand: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let value = self.expression(operand, within, scope)?;
        match operator {
            UnaryOperator::Not => {
                self.require(value, BOOL, operand, within)?;
                Some(typed(self.builder.not(value.node), BOOL))
            }
            UnaryOperator::Negate => {
                let negative = match self.builder.stored(value.node) {
                    Some(Stored::Double(bits)) => {
                        Some(Stored::Double((-f64::from_bits(*bits)).to_bits()))
                    }
                    Some(Stored::Int(int)) => int.checked_neg().map(Stored::Int),
                    _ => None,
                };
                let Some(negative) = negative else {
                    let message = "`-` stands before a number".to_owned();
                    self.type_mistake(message, None, operand, within);
                    return None;
                };
                Some(typed(self.builder.constant(negative), value.form))
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        // Both sides, so that mistakes in both are reported.
        let (a, b) = (self.expression(left, within, scope), self.expression(right, within, scope));
        let (a, b) = (a?, b?);
        if operator == BinaryOperator::Default {
            return self.default(a, b, left, expression, within);
        }
        let (a_present, b_present) =
            (self.require_present(a, left, within), self.require_present(b, right, within));
        a_present.and(b_present)?;
        let fits = match operator {
            BinaryOperator::Equal | BinaryOperator::NotEqual => a.form.compares_with(b.form),
            BinaryOperator::In => match b.form.element() {
                Some(element) => a.form.compares_with(element),
                None => b.form == Form::EmptyList && a.form.element().is_none(),
            },
            _ => a.form.compares_with(b.form) && matches!(a.form, Form::Value(Type::Scalar(_))),
        };
        if !fits {
            let message = format!(
                "`{}` between `{}` and `{}`",
                operator.as_str(),
                a.form.description(),
                b.form.description()
            );
            self.type_mistake(message, None, expression, within);
            return None;
        }
        Some(typed(self.comparison(operator, a.node, b.node), BOOL))
    }

    pub(super) fn comparison(
        &mut self,
        operator: BinaryOperator,
        left: NodeId,
        right: NodeId,
    ) -> NodeId {
        let order = match operator {
            BinaryOperator::Equal => return self.builder.equal(left, right),
            BinaryOperator::NotEqual => {
                let equal = self.builder.equal(left, right);
                return self.builder.not(equal);
            }
            BinaryOperator::In | BinaryOperator::Default => return self.is_in(left, right),
            BinaryOperator::Less => Order::Less,
            BinaryOperator::LessOrEqual => Order::LessOrEqual,
            BinaryOperator::Greater => Order::Greater,
            BinaryOperator::GreaterOrEqual => Order::GreaterOrEqual,
        };
        self.builder.compare(order, left, right)
    }

    /// A constant role among the actor's roles is the same question as a selector's.
    pub(super) fn is_in(&mut self, element: NodeId, list: NodeId) -> NodeId {
        let roles = *self.builder.node(list) == Node::Builtin(Builtin::ActorRoles);
        match self.builder.stored(element) {
            Some(Stored::String(role)) if roles => {
                let role = role.clone();
                // An alias is never among the roles that conditions see.
                if self.model.role_aliases.iter().any(|(alias, _)| *alias.text == *role) {
                    return self.builder.bool(false);
                }
                self.builder.role_node(&role)
            }
            _ => self.builder.is_in(element, list),
        }
    }

    pub(super) fn default(
        &mut self,
        value: Typed,
        otherwise: Typed,
        left: &Expression,
        expression: &Expression,
        within: &Condition,
    ) -> Option<Typed> {
        if !value.optional {
            self.type_mistake(
                "`??` after a value that is always present".to_owned(),
                None,
                left,
                within,
            );
            return None;
        }
        if !value.form.compares_with(otherwise.form)
            || (value.form.is_number() && value.form != otherwise.form)
        {
            let message = format!(
                "`??` between `{}` and `{}`",
                value.form.description(),
                otherwise.form.description()
            );
            self.type_mistake(message, None, expression, within);
            return None;
        }
        let node = self.builder.add(Node::Default { value: value.node, otherwise: otherwise.node });
        Some(Typed { node, form: value.form, optional: otherwise.optional })
    }

    /// `&&` or `||`. Where one part asks `has(x)` (or, before `||`, `!has(x)`), the others may
    /// read `x`: if it is absent, that part alone decides.
    pub(super) fn combined(
        &mut self,
        parts: &[Expression],
        within: &Condition,
        scope: Scope,
        is_all: bool,
    ) -> Option<Typed> {
        let known = self.present.len();
        self.present.extend(parts.iter().filter_map(|part| asked_present(part, is_all)));
        let nodes: Vec<Option<NodeId>> = parts
            .iter()
            .map(|part| {
                let value = self.expression(part, within, scope)?;
                self.require(value, BOOL, part, within)?;
                Some(value.node)
            })
            .collect();
        self.present.truncate(known);
        let nodes: Vec<NodeId> = nodes.into_iter().collect::<Option<_>>()?;
        let node = if is_all { self.builder.all(nodes) } else { self.builder.any(nodes) };
        Some(typed(node, BOOL))
    }

    pub(super) fn is_present(&self, operand: &Expression, field: &str) -> bool {
        let ExpressionKind::Name(root) = &operand.kind else { return false };
        self.present.iter().any(|(present, name)| present == root && name == field)
    }
}

/// The value that `has(root.field)` asks about; with `||`, that `!has(root.field)` does.
fn asked_present(part: &Expression, is_all: bool) -> Option<(String, String)> {
    let asked = match (&part.kind, is_all) {
        (_, true) => part,
        (ExpressionKind::Unary { operator: UnaryOperator::Not, operand }, false) => operand,
        _ => return None,
    };
    let ExpressionKind::Call { target: None, function, arguments } = &asked.kind else {
        return None;
    };
    let [argument] = &arguments[..] else { return None };
    match &argument.kind {
        ExpressionKind::Field { operand, field } if function == "has" => match &operand.kind {
            ExpressionKind::Name(root) => Some((root.clone(), field.clone())),
            _ => None,
        },
        _ => None,
    }
}
