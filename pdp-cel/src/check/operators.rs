//! Operators, lists and maps written out.

use super::{Absence, Bulk, Checker, Known, Vocabulary};
use crate::Type;
use crate::syntax::{BinaryOperator, Entry, Expression, ExpressionKind, Item, Span, UnaryOperator};

impl<V: Vocabulary> Checker<'_, V> {
    pub(super) fn negated(&mut self, operand: &Expression) -> Option<Known> {
        let part = self.present(operand)?;
        match part.value_type {
            Type::Int | Type::Double | Type::Duration => {}
            Type::Any => self.open.push(operand.span),
            other => {
                self.wrong(format!("`-` before a `{other}`"), operand.span);
                return None;
            }
        }
        Some(part.clone().over([&part]))
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Option<Known> {
        // Both sides, so that mistakes in both are reported.
        let (a, b) = (self.present(left), self.present(right));
        let (a, b) = (a?, b?);
        let Some(made) = of_operator(operator, &a, &b) else {
            let sign = operator.as_str();
            let message = format!("`{sign}` between `{}` and `{}`", a.value_type, b.value_type);
            self.wrong(message, span);
            return None;
        };
        if is_open(operator, &a.value_type, &b.value_type) {
            self.open.push(span);
        }
        let cost = self.work(operator, &a, &b, &made, span);
        Some(made.over([&a, &b]).costing(cost))
    }

    /// The steps of an operation beside its own.
    fn work(
        &mut self,
        operator: BinaryOperator,
        a: &Known,
        b: &Known,
        made: &Known,
        span: Span,
    ) -> u64 {
        use BinaryOperator as Op;
        match operator {
            // An equality and its opposite.
            Op::NotEqual => self.smaller(a, b, span).compared().saturating_add(1),
            Op::Equal | Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                self.smaller(a, b, span).compared()
            }
            Op::In => b.bulk.items.saturating_add(b.bulk.bytes / 64).saturating_add(9),
            Op::Add if is_put_together(&made.value_type) => made.bulk.made(),
            _ => 0,
        }
    }

    /// The size of the smaller of two values: of the same side wherever a loop looks at the place
    /// again, so that what it takes grows as that side does.
    fn smaller(&mut self, a: &Known, b: &Known, span: Span) -> Bulk {
        let (a, b) = (a.bulk, b.bulk);
        let smaller = (a.items <= b.items, a.bytes <= b.bytes);
        let (items, bytes) = *self.smaller.entry((span.start, span.end)).or_insert(smaller);
        Bulk {
            items: if items { a.items } else { b.items },
            bytes: if bytes { a.bytes } else { b.bytes },
        }
    }

    /// `left ?? right`
    pub(super) fn default(
        &mut self,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Option<Known> {
        let (a, b) = (self.expression(left), self.expression(right));
        let (a, b) = (a?, b?);
        let value_type = match (&a.value_type, a.absence) {
            (Type::Optional(inner), _) => (**inner).clone(),
            (_, Absence::Never) => {
                self.wrong("`??` after a value that is always present", left.span);
                return None;
            }
            (other, _) => other.clone(),
        };
        let Some(value_type) = value_type.joined(&b.value_type) else {
            let message = format!("`??` between `{value_type}` and `{}`", b.value_type);
            self.wrong(message, span);
            return None;
        };
        let known = Known::new(value_type).with(a.bulk.or(b.bulk)).over([&a, &b]);
        Some(Known { absence: b.absence, ..known })
    }

    /// `&&` or `||`. Where one part asks `has(x)` (or, before `||`, `!has(x)`), the others may read
    /// `x`: if it is absent, that part alone decides.
    pub(super) fn chain(&mut self, parts: &[Expression], is_all: bool) -> Option<Known> {
        let vouched = self.present.len();
        for part in parts {
            self.vouch(part, is_all);
        }
        let known: Vec<Option<Known>> = parts.iter().map(|part| self.condition(part)).collect();
        self.present.truncate(vouched);
        let known: Vec<Known> = known.into_iter().collect::<Option<_>>()?;
        Some(Known::new(Type::Bool).over(&known))
    }

    /// Notes what is present if `part` is true, or, if not `holds`, false.
    fn vouch(&mut self, part: &Expression, holds: bool) {
        match &part.kind {
            ExpressionKind::Has { operand, field } if holds => {
                if let Some((mut path, _)) = operand.path() {
                    path.push(field);
                    self.present.push(self.key(&path));
                }
            }
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } if !holds => {
                if matches!(operand.kind, ExpressionKind::Has { .. }) {
                    self.vouch(operand, true);
                }
            }
            _ => {}
        }
    }

    /// Notes what is present if a condition is true or, if not `holds`, false: what each part of
    /// its chain vouches for.
    fn vouch_chain(&mut self, condition: &Expression, holds: bool) {
        match &condition.kind {
            ExpressionKind::All(parts) if holds => {
                parts.iter().for_each(|part| self.vouch(part, true));
            }
            ExpressionKind::Any(parts) if !holds => {
                parts.iter().for_each(|part| self.vouch(part, false));
            }
            _ => self.vouch(condition, holds),
        }
    }

    /// `condition ? yes : no`; what the condition vouches for is present on its side.
    pub(super) fn conditional(
        &mut self,
        condition: &Expression,
        yes: &Expression,
        no: &Expression,
        span: Span,
    ) -> Option<Known> {
        let asked = self.condition(condition);
        let vouched = self.present.len();
        self.vouch_chain(condition, true);
        let a = self.present(yes);
        self.present.truncate(vouched);
        self.vouch_chain(condition, false);
        let b = self.present(no);
        self.present.truncate(vouched);
        let (asked, a, b) = (asked?, a?, b?);
        let Some(value_type) = a.value_type.joined(&b.value_type) else {
            let message = format!("either a `{}` or a `{}`", a.value_type, b.value_type);
            self.wrong(message, span);
            return None;
        };
        Some(Known::new(value_type).with(a.bulk.or(b.bulk)).over([&asked, &a, &b]))
    }

    /// A list written out; its items are of one type.
    pub(super) fn list(&mut self, items: &[Item]) -> Option<Known> {
        let known: Vec<Option<Known>> = items
            .iter()
            .map(|item| {
                let known = self.present(&item.value)?;
                if item.optional { self.of_optional(known, item.value.span) } else { Some(known) }
            })
            .collect();
        let known: Vec<Known> = known.into_iter().collect::<Option<_>>()?;
        let spans = items.iter().map(|item| item.value.span);
        let element = self.one_type(known.iter().zip(spans), "in a list of another type")?;
        let bulk = known.iter().fold(Bulk::NONE, |bulk, item| bulk.and(one(item.bulk)));
        let made = Known::new(Type::list(element)).with(bulk).over(&known);
        Some(made.costing(4 + 2 * items.len() as u64))
    }

    /// A map written out; its keys are of one type, and its values.
    pub(super) fn map(&mut self, entries: &[Entry]) -> Option<Known> {
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for entry in entries {
            let key = self.present(&entry.key);
            let value = self.present(&entry.value);
            let value = match value {
                Some(value) if entry.optional => self.of_optional(value, entry.value.span),
                value => value,
            };
            keys.push(key);
            values.push(value);
        }
        let keys: Vec<Known> = keys.into_iter().collect::<Option<_>>()?;
        let values: Vec<Known> = values.into_iter().collect::<Option<_>>()?;
        for (key, entry) in keys.iter().zip(entries) {
            match key.value_type {
                Type::Bool | Type::Int | Type::Uint | Type::String => {}
                Type::Any => self.open.push(entry.key.span),
                ref other => {
                    self.wrong(format!("a `{other}` as the key of a map"), entry.key.span);
                    return None;
                }
            }
        }
        let key_spans = entries.iter().map(|entry| entry.key.span);
        let key = self.one_type(keys.iter().zip(key_spans), "beside keys of another type")?;
        let spans = entries.iter().map(|entry| entry.value.span);
        let value = self.one_type(values.iter().zip(spans), "beside values of another type")?;
        let parts = || keys.iter().chain(&values);
        let bulk = parts().fold(Bulk::NONE, |bulk, part| bulk.and(part.bulk));
        let bulk = Bulk { items: bulk.items + entries.len() as u64, ..bulk };
        let made = Known::new(Type::map(key, value)).with(bulk).over(parts());
        Some(made.costing(4 + 16 * entries.len() as u64))
    }

    /// The one type of all parts.
    fn one_type<'k>(
        &mut self,
        parts: impl Iterator<Item = (&'k Known, Span)>,
        otherwise: &str,
    ) -> Option<Type> {
        let mut all = Type::Nothing;
        for (part, span) in parts {
            let Some(joined) = all.joined(&part.value_type) else {
                self.wrong(format!("a `{}` {otherwise}", part.value_type), span);
                return None;
            };
            all = joined;
        }
        Some(all)
    }

    /// What an optional holds.
    fn of_optional(&mut self, known: Known, span: Span) -> Option<Known> {
        match known.value_type {
            Type::Optional(inner) => Some(Known { value_type: *inner, ..known }),
            Type::Any => {
                self.open.push(span);
                Some(known)
            }
            other => {
                self.wrong(format!("`?` before a `{other}`, which is no optional"), span);
                None
            }
        }
    }
}

/// A value as an item of a list.
pub(super) fn one(bulk: Bulk) -> Bulk {
    Bulk { items: bulk.items.saturating_add(1), ..bulk }
}

/// What an operator makes of two values, if it takes them.
fn of_operator(operator: BinaryOperator, a: &Known, b: &Known) -> Option<Known> {
    use BinaryOperator as Op;
    let (left, right) = (&a.value_type, &b.value_type);
    match operator {
        Op::Equal | Op::NotEqual => left.compares_with(right).then(|| Known::new(Type::Bool)),
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            (left.compares_with(right) && is_ordered(left) && is_ordered(right))
                .then(|| Known::new(Type::Bool))
        }
        Op::In => {
            let fits = match right {
                Type::List(element) => left.compares_with(element),
                Type::Map(key, _) => left.compares_with(key),
                Type::Any => true,
                _ => false,
            };
            fits.then(|| Known::new(Type::Bool))
        }
        Op::Add => added(a, b),
        Op::Subtract => subtracted(left, right).map(Known::new),
        Op::Multiply | Op::Divide => numeric(left, right).map(Known::new),
        Op::Remainder => numeric(left, right).filter(|made| *made != Type::Double).map(Known::new),
        Op::Default => None,
    }
}

fn is_ordered(value_type: &Type) -> bool {
    matches!(
        value_type,
        Type::Any
            | Type::Nothing
            | Type::Bool
            | Type::Int
            | Type::Uint
            | Type::Double
            | Type::String
            | Type::Bytes
            | Type::Timestamp
            | Type::Duration
    )
}

/// The type of two numbers of one type; open where one of them is.
fn numeric(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Any, Type::Any) => Some(Type::Any),
        (Type::Any, known) | (known, Type::Any) if known.is_number() => Some(known.clone()),
        (left, right) => (left.is_number() && left == right).then(|| left.clone()),
    }
}

fn added(a: &Known, b: &Known) -> Option<Known> {
    let both = a.bulk.and(b.bulk);
    let made = match (&a.value_type, &b.value_type) {
        (Type::String, Type::String) => Type::String,
        (Type::Bytes, Type::Bytes) => Type::Bytes,
        (Type::List(left), Type::List(right)) => Type::list(left.joined(right)?),
        (Type::Timestamp, Type::Duration) | (Type::Duration, Type::Timestamp) => Type::Timestamp,
        (Type::Duration, Type::Duration) => Type::Duration,
        (Type::Any, other) | (other, Type::Any) => match other {
            Type::String | Type::Bytes | Type::Int | Type::Uint | Type::Double => other.clone(),
            _ => Type::Any,
        },
        (left, right) => numeric(left, right)?,
    };
    Some(Known::new(made).with(both))
}

fn subtracted(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Timestamp, Type::Timestamp) | (Type::Duration, Type::Duration) => {
            Some(Type::Duration)
        }
        (Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
        (Type::Any, Type::Timestamp | Type::Duration)
        | (Type::Timestamp | Type::Duration, Type::Any) => Some(Type::Any),
        (left, right) => numeric(left, right),
    }
}

/// Whether an operation may fail because a type is open. Equality never does.
fn is_open(operator: BinaryOperator, left: &Type, right: &Type) -> bool {
    use BinaryOperator as Op;
    match operator {
        Op::Equal | Op::NotEqual => false,
        Op::In => *right == Type::Any,
        _ => *left == Type::Any || *right == Type::Any,
    }
}

/// Whether a sum of the type is made of the contents of both sides.
fn is_put_together(sum: &Type) -> bool {
    matches!(sum, Type::String | Type::Bytes | Type::List(_) | Type::Any)
}
