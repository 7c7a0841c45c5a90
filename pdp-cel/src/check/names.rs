//! Names, fields and positions.

use super::{Absence, Checker, Known, Mistake, MistakeKind, Resolved, Vocabulary};
use crate::syntax::{Expression, ExpressionKind, Span};
use crate::{Kind, Type};

impl<V: Vocabulary> Checker<'_, V> {
    /// What a path such as `a.b.c` stands for.
    pub(super) fn path(&mut self, expression: &Expression) -> Option<Known> {
        let (path, _) = expression.path()?;
        let (known, taken) = self.beginning(&path, expression.span)?;
        let mut known = self.vouched(known, &path[..taken]);
        for (index, field) in path.iter().enumerate().skip(taken) {
            // Where a part of the path may be absent, so may what is in it.
            if known.absence == Absence::Declared {
                let text = path[..index].join(".");
                let hint = format!("ask `has({text})` beside it, or write `{text}.?{field}`");
                self.mistakes.push(Mistake {
                    kind: MistakeKind::Type,
                    message: format!("`{text}` may be absent"),
                    hint: Some(hint),
                    span: expression.span,
                });
                return None;
            }
            known = self.named(&known, field, expression.span)?;
            known = self.vouched(known, &path[..=index]);
        }
        Some(known)
    }

    /// A value that a `has()` vouches for is not absent.
    fn vouched(&self, known: Known, path: &[&str]) -> Known {
        if known.absence != Absence::Never && self.present.contains(&self.key(path)) {
            return Known { absence: Absence::Never, ..known };
        }
        known
    }

    /// A path, told apart from those that begin with another name of the same letters.
    pub(super) fn key(&self, path: &[&str]) -> String {
        let local = self.locals.iter().rposition(|(name, _)| name == path[0]);
        let local = local.map_or(String::new(), |index| format!("{index}:"));
        format!("{local}{}", path.join("."))
    }

    fn beginning(&mut self, path: &[&str], span: Span) -> Option<(Known, usize)> {
        if let Some((_, known)) = self.locals.iter().rev().find(|(name, _)| name == path[0]) {
            return Some((known.clone(), 1));
        }
        let kind = (1..=path.len())
            .rev()
            .find(|taken| Kind::from_name(&path[..*taken].join(".")).is_some());
        if let Some(taken) = kind {
            return Some((Known::new(Type::Type), taken));
        }
        match self.vocabulary.resolve(path, self.level) {
            Resolved::Value { known, taken } => {
                if self.level + known.depth > super::TOTAL_DEPTH_MAX {
                    self.too_deep(span);
                    return None;
                }
                Some((known, taken))
            }
            Resolved::Unknown { message, hint, kind } => {
                let hint = hint.or_else(|| {
                    let mut names = self.locals.iter().map(|(name, _)| name.as_str());
                    self.vocabulary.suggestion(path[0], &mut names)
                });
                self.mistakes.push(Mistake { kind, message, hint, span });
                None
            }
            Resolved::Mistaken => None,
        }
    }

    /// `operand.field`, `operand.?field`
    pub(super) fn field(
        &mut self,
        expression: &Expression,
        operand: &Expression,
        field: &str,
        optional: bool,
    ) -> Option<Known> {
        if expression.path().is_some() {
            return self.path(expression);
        }
        if optional && operand.path().is_some() {
            // Of a declared value that may be absent, as a whole.
            let whole = self.whole(operand, field, expression.span)?;
            return Some(optional_of(whole));
        }
        let operand = self.present(operand)?;
        let known = self.named(&operand, field, expression.span)?;
        Some(if optional { optional_of(known) } else { known })
    }

    /// `operand.field` as if it were written without `?`.
    fn whole(&mut self, operand: &Expression, field: &str, span: Span) -> Option<Known> {
        let kind = ExpressionKind::Field {
            operand: Box::new(operand.clone()),
            field: field.to_owned(),
            optional: false,
        };
        self.path(&Expression { kind, span, depth: operand.depth + 1 })
    }

    /// The value under a name in a map, or in an optional map.
    fn named(&mut self, operand: &Known, field: &str, span: Span) -> Option<Known> {
        let found = match &operand.value_type {
            Type::Map(_, value) => Known {
                absence: Absence::Declared,
                ..Known::new((**value).clone()).with(operand.bulk.within(value))
            },
            Type::Optional(inner) => {
                let inner = Known { value_type: (**inner).clone(), ..operand.clone() };
                let found = self.named(&inner, field, span)?;
                return Some(optional_of(found));
            }
            Type::Any => {
                self.open.push(span);
                Known { absence: Absence::Possible, ..Known::new(Type::Any).with(operand.bulk) }
            }
            other => {
                self.wrong(format!("a `{other}` has no fields, so no `{field}`"), span);
                return None;
            }
        };
        Some(Known { absence: found.absence, ..found.over([operand]).costing(8) })
    }

    /// `operand[index]`, `operand[?index]`
    pub(super) fn index(
        &mut self,
        operand: &Expression,
        index: &Expression,
        optional: bool,
        span: Span,
    ) -> Option<Known> {
        let (value, position) = (self.present(operand), self.present(index));
        let (value, position) = (value?, position?);
        let (container, in_optional) = match &value.value_type {
            Type::Optional(inner) => ((**inner).clone(), true),
            other => (other.clone(), false),
        };
        let (found, fits) = match &container {
            Type::List(item) => ((**item).clone(), position.value_type.is_number()),
            Type::Map(key, of) => {
                let fits = key.compares_with(&position.value_type) && is_key(&position.value_type);
                ((**of).clone(), fits)
            }
            Type::Any => (Type::Any, true),
            other => {
                self.wrong(format!("a `{other}` has no items"), span);
                return None;
            }
        };
        let open = container == Type::Any || position.value_type == Type::Any;
        if open {
            self.open.push(span);
        } else if !fits {
            let message = format!("a `{}` in brackets behind a `{container}`", position.value_type);
            self.wrong(message, span);
            return None;
        }
        let bulk = value.bulk.within(&found);
        let known = Known::new(found).with(bulk).over([&value, &position]).costing(8);
        Some(if optional || in_optional {
            optional_of(known)
        } else {
            Known { absence: Absence::Possible, ..known }
        })
    }

    /// `has(operand.field)`
    pub(super) fn has(&mut self, operand: &Expression, field: &str, span: Span) -> Option<Known> {
        if let Some((mut path, _)) = operand.path()
            && self.locals.iter().all(|(name, _)| name != path[0])
        {
            path.push(field);
            if let Some(found) = self.vocabulary.has(&path) {
                let found = found.map_err(|mistake| Mistake { span, ..mistake });
                return found.map_err(|mistake| self.mistakes.push(mistake)).ok();
            }
        }
        let inner = if operand.path().is_some() {
            self.whole(operand, field, span)?
        } else {
            let operand = self.present(operand)?;
            self.named(&operand, field, span)?
        };
        Some(Known::new(Type::Bool).over([&inner]))
    }
}

/// Whether a map can be asked for a value of the type.
fn is_key(value_type: &Type) -> bool {
    value_type.is_number() || matches!(value_type, Type::Bool | Type::String | Type::Nothing)
}

fn optional_of(known: Known) -> Known {
    let value_type = match known.value_type {
        Type::Optional(inner) => Type::Optional(inner),
        other => Type::Optional(Box::new(other)),
    };
    Known { value_type, absence: Absence::Never, ..known }.costing(8)
}

impl Type {
    /// Whether values of the two types can be equal.
    pub fn compares_with(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Any | Type::Nothing, _) | (_, Type::Any | Type::Nothing) => true,
            (Type::List(left), Type::List(right))
            | (Type::Optional(left), Type::Optional(right)) => left.compares_with(right),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                key.compares_with(other_key) && value.compares_with(other_value)
            }
            (left, right) => left == right || (left.is_number() && right.is_number()),
        }
    }

    /// The type of something that is of one type or of the other, if there is one.
    pub(super) fn joined(&self, other: &Type) -> Option<Type> {
        Some(match (self, other) {
            (Type::Any, _) | (_, Type::Any) => Type::Any,
            (Type::Nothing, known) | (known, Type::Nothing) => known.clone(),
            (Type::List(left), Type::List(right)) => Type::list(left.joined(right)?),
            (Type::Optional(left), Type::Optional(right)) => {
                Type::Optional(Box::new(left.joined(right)?))
            }
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                Type::map(key.joined(other_key)?, value.joined(other_value)?)
            }
            (left, right) => (left == right).then(|| left.clone())?,
        })
    }
}
