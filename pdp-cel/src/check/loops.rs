//! Macros.

use super::operators::one;
use super::{Bulk, Checker, Known, Vocabulary};
use crate::Type;
use crate::syntax::{Expression, Loop, LoopKind};

/// In so many loops inside of each other items of different sizes are told apart; deeper, each is
/// taken for the largest.
const UNEVEN_MAX: u32 = 6;

/// What is known of the filter and the body of a loop for items of one size.
struct Pass {
    /// The type of the first name.
    first: Type,
    filter: Option<Known>,
    body: Known,
}

impl Pass {
    fn cost(&self) -> u64 {
        self.filter.as_ref().map_or(0, |filter| filter.cost).saturating_add(self.body.cost)
    }
}

impl Loop {
    fn is_question(&self) -> bool {
        matches!(self.kind, LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne)
    }
}

impl<V: Vocabulary> Checker<'_, V> {
    pub(super) fn a_loop(&mut self, inner: &Loop) -> Option<Known> {
        let range = self.present(&inner.range)?;
        match &range.value_type {
            Type::List(_) | Type::Map(..) => {}
            Type::Any => self.open.push(inner.range.span),
            other => {
                let macro_name = inner.kind.as_str();
                self.wrong(format!("`{macro_name}` of a `{other}`"), inner.range.span);
                return None;
            }
        }
        let largest = range.bulk.largest_item();
        let is_even = names(&range, inner, Bulk::NONE) == names(&range, inner, largest);
        if is_even || self.uneven >= UNEVEN_MAX {
            let pass = self.pass(inner, &range, largest)?;
            return self.looped(inner, &range, &pass, None);
        }
        self.uneven += 1;
        let known = self.uneven(inner, &range);
        self.uneven -= 1;
        known
    }

    /// What is known of a loop in which one item may be larger than another. What all items take is
    /// no more than what each takes for being there, and beside that what one takes that holds
    /// everything: it is a sum of products of sizes, and most where one item has them all.
    fn uneven(&mut self, inner: &Loop, range: &Known) -> Option<Known> {
        // Mistakes are those of an average item. With it, too, it is decided once which of two
        // values that are compared is the smaller.
        if self.repeats == 0 {
            self.pass(inner, range, range.bulk.item())?;
        }
        let open = self.open.len();
        self.repeats += 1;
        let passes = self.pass(inner, range, Bulk::NONE).and_then(|least| {
            let largest = self.pass(inner, range, range.bulk.largest_item())?;
            Some((least, largest))
        });
        self.repeats -= 1;
        self.open.truncate(open);
        let (least, largest) = passes?;
        self.looped(inner, range, &least, Some(&largest))
    }

    /// What is known of a loop, of what is known of its body for each item and, beside that, for
    /// all of them.
    fn looped(
        &mut self,
        inner: &Loop,
        range: &Known,
        each: &Pass,
        all: Option<&Pass>,
    ) -> Option<Known> {
        let own = if inner.is_question() { 3 } else { 16 };
        let count = range.bulk.items.max(1);
        let cost = count.saturating_mul(each.cost().saturating_add(own));
        let cost = cost.saturating_add(all.map_or(0, Pass::cost));
        let bulk = one(each.body.bulk).times(range.bulk.items);
        let bulk = bulk.and(all.map_or(Bulk::NONE, |all| all.body.bulk));
        let made = self.made(inner, range, each, bulk)?;
        // Each entry of the maps that bodies make is put into one.
        let is_of_entries = inner.kind == LoopKind::TransformMapEntry;
        let entries = if is_of_entries { bulk.items.saturating_mul(16) } else { 0 };
        let parts = [Some(range), each.filter.as_ref(), Some(&each.body)];
        Some(made.over(parts.into_iter().flatten()).costing(cost.saturating_add(entries)))
    }

    /// What is known of the filter and the body for items of a size.
    fn pass(&mut self, inner: &Loop, range: &Known, item: Bulk) -> Option<Pass> {
        let (first, second) = names(range, inner, item);
        let (filter, body) =
            self.with_local(&inner.first, first.clone(), |this| match &inner.second {
                Some(name) => this.with_local(name, second, |this| this.parts(inner)),
                None => this.parts(inner),
            })?;
        Some(Pass { first: first.value_type, filter, body })
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

    /// What the loop makes; `all` is how large all that its bodies make is.
    fn made(&mut self, inner: &Loop, range: &Known, pass: &Pass, all: Bulk) -> Option<Known> {
        if inner.is_question() {
            return Some(Known::new(Type::Bool));
        }
        if inner.kind == LoopKind::Filter {
            return Some(Known::new(Type::list(pass.first.clone())).with(range.bulk));
        }
        let value_type = pass.body.value_type.clone();
        Some(match (inner.kind, value_type) {
            (LoopKind::TransformMap, value_type) => {
                let made = Type::map(pass.first.clone(), value_type);
                Known::new(made).with(all.and(range.bulk))
            }
            (LoopKind::TransformMapEntry, made @ Type::Map(..)) => Known::new(made).with(all),
            (LoopKind::TransformMapEntry, Type::Any) => {
                self.open.push(inner.body.span);
                Known::new(Type::map(Type::Any, Type::Any)).with(all)
            }
            (LoopKind::TransformMapEntry, other) => {
                self.wrong(format!("a `{other}` where a map belongs"), inner.body.span);
                return None;
            }
            (_, value_type) => Known::new(Type::list(value_type)).with(all),
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
            (Type::Optional(_), true) => made.value_type.clone(),
            (Type::Any, true) => {
                self.open.push(body.span);
                Type::Any
            }
            (other, true) => {
                self.wrong(format!("a `{other}` where an optional belongs"), body.span);
                return None;
            }
            (other, false) => Type::Optional(Box::new(other.clone())),
        };
        Some(Known::new(value_type).with(made.bulk).over([&optional, &made]).costing(8))
    }
}

/// What the names stand for, where an item is of a size.
fn names(range: &Known, inner: &Loop, item: Bulk) -> (Known, Known) {
    let item = |value_type: &Type| Known::new(value_type.clone()).with(item.within(value_type));
    match &range.value_type {
        Type::List(element) if inner.second.is_some() => (Known::new(Type::Int), item(element)),
        Type::List(element) => (item(element), Known::new(Type::Nothing)),
        Type::Map(key, value) => (item(key), item(value)),
        _ => (item(&Type::Any), item(&Type::Any)),
    }
}
