//! Macros.

use super::operators::one;
use super::{Checker, Known, Vocabulary};
use crate::Type;
use crate::syntax::{Expression, Loop, LoopKind};

impl<V: Vocabulary> Checker<'_, V> {
    pub(super) fn a_loop(&mut self, inner: &Loop) -> Option<Known> {
        let range = self.present(&inner.range)?;
        let (first, second) = self.names(&range, inner)?;
        let known = self.with_local(&inner.first, first.clone(), |this| match &inner.second {
            Some(name) => this.with_local(name, second, |this| this.parts(inner)),
            None => this.parts(inner),
        });
        let (filter, body) = known?;
        let body_cost = filter.as_ref().map_or(0, |filter| filter.cost).saturating_add(body.cost);
        let is_question =
            matches!(inner.kind, LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne);
        let each = body_cost.saturating_add(if is_question { 3 } else { 16 });
        let count = range.bulk.items.max(1);
        let made = self.made(inner, &range, &first, &body)?;
        let parts = [Some(&range), filter.as_ref(), Some(&body)];
        let made = made.over(parts.into_iter().flatten());
        Some(made.costing(count.saturating_mul(each)))
    }

    /// What the names stand for.
    fn names(&mut self, range: &Known, inner: &Loop) -> Option<(Known, Known)> {
        let item = range.bulk.item();
        let (first, second) = match &range.value_type {
            Type::List(element) => {
                let element = Known::new((**element).clone()).with(item);
                if inner.second.is_some() {
                    (Known::new(Type::Int), element)
                } else {
                    (element, Known::new(Type::Nothing))
                }
            }
            Type::Map(key, value) => {
                (Known::new((**key).clone()).with(item), Known::new((**value).clone()).with(item))
            }
            Type::Any => {
                self.open.push(inner.range.span);
                let item = Known::new(Type::Any).with(item);
                (item.clone(), item)
            }
            other => {
                let macro_name = inner.kind.as_str();
                self.wrong(format!("`{macro_name}` of a `{other}`"), inner.range.span);
                return None;
            }
        };
        Some((first, second))
    }

    /// The filter and the body.
    fn parts(&mut self, inner: &Loop) -> Option<(Option<Known>, Known)> {
        let filter = match &inner.filter {
            Some(filter) => Some(self.condition(filter)?),
            None => None,
        };
        let body = match inner.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne | LoopKind::Filter => {
                self.condition(&inner.body)?
            }
            LoopKind::Map | LoopKind::TransformMap | LoopKind::TransformMapEntry => {
                self.present(&inner.body)?
            }
        };
        Some((filter, body))
    }

    /// What the loop makes.
    fn made(&mut self, inner: &Loop, range: &Known, first: &Known, body: &Known) -> Option<Known> {
        let count = range.bulk.items.max(1);
        let all = one(body.bulk).times(count);
        Some(match inner.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Known::new(Type::Bool),
            LoopKind::Filter => Known::new(Type::list(first.value_type.clone())).with(range.bulk),
            LoopKind::Map => Known::new(Type::list(body.value_type.clone())).with(all),
            LoopKind::TransformMap => {
                let made = Type::map(first.value_type.clone(), body.value_type.clone());
                Known::new(made).with(all.and(range.bulk))
            }
            LoopKind::TransformMapEntry => match &body.value_type {
                made @ Type::Map(..) => {
                    let cost = body.bulk.items.saturating_mul(count).saturating_mul(16);
                    Known::new(made.clone()).with(all).costing(cost)
                }
                Type::Any => {
                    self.open.push(inner.body.span);
                    Known::new(Type::map(Type::Any, Type::Any)).with(all)
                }
                other => {
                    self.wrong(format!("a `{other}` where a map belongs"), inner.body.span);
                    return None;
                }
            },
        })
    }

    pub(super) fn optional_map(
        &mut self,
        target: &Expression,
        name: &str,
        body: &Expression,
        flat: bool,
    ) -> Option<Known> {
        let optional = self.present(target)?;
        let inner = match &optional.value_type {
            Type::Optional(inner) => (**inner).clone(),
            Type::Any => {
                self.open.push(target.span);
                Type::Any
            }
            other => {
                self.wrong(format!("a `{other}` where an optional belongs"), target.span);
                return None;
            }
        };
        let value = Known { value_type: inner, ..optional.clone() };
        let made = self.with_local(name, value, |this| this.present(body))?;
        let value_type = match (&made.value_type, flat) {
            (Type::Optional(_) | Type::Any, true) => made.value_type.clone(),
            (other, true) => {
                self.wrong(format!("a `{other}` where an optional belongs"), body.span);
                return None;
            }
            (other, false) => Type::Optional(Box::new(other.clone())),
        };
        Some(Known::new(value_type).with(made.bulk).over([&optional, &made]).costing(8))
    }
}
