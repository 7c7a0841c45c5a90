use pdp_cel::{Expression, Loop, LoopKind};

use super::evaluator::{Evaluator, decide, insert, truth};
use super::fault::{Fault, Faults, together};
use super::order::key_order;
use super::scope::Scope;
use super::value::Value;

/// What the two names of a macro stand for in one round; with one name, that is `item`.
struct Round {
    /// The position or key.
    position: Value,
    /// The item of a list; of a map the value, or with one name the key.
    item: Value,
}

/// Macros that go through a list or map (section 3).
impl Evaluator<'_> {
    pub(super) fn go_through(
        &self,
        inner: &Loop,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let range = self.evaluate(&inner.range, scope)?;
        let rounds = rounds(range, inner.second.is_some())?;
        let bodies = || rounds.iter().map(|round| self.in_round(inner, &inner.body, round, scope));
        match inner.kind {
            LoopKind::All => decide(false, bodies()),
            LoopKind::Exists => decide(true, bodies()),
            LoopKind::ExistsOne => {
                let truths = together(bodies().map(truth))?;
                Ok(Value::Bool(truths.into_iter().filter(|truth| *truth).count() == 1))
            }
            LoopKind::Filter => {
                let kept = rounds.iter().map(|round| {
                    let holds = truth(self.in_round(inner, &inner.body, round, scope))?;
                    Ok(holds.then(|| round.item.clone()))
                });
                Ok(Value::List(together(kept)?.into_iter().flatten().collect()))
            }
            LoopKind::Map => {
                let made = self.transform(inner, &rounds, scope)?;
                Ok(Value::List(made.into_iter().map(|(_, value)| value).collect()))
            }
            LoopKind::TransformMap => Ok(Value::Map(self.transform(inner, &rounds, scope)?)),
            LoopKind::TransformMapEntry => self.transform_entries(inner, &rounds, scope),
        }
    }

    /// What the body makes of each item that the filter lets through, with its position or key.
    fn transform(
        &self,
        inner: &Loop,
        rounds: &[Round],
        scope: Option<&Scope<'_>>,
    ) -> Result<Vec<(Value, Value)>, Faults> {
        let made = rounds.iter().map(|round| {
            if let Some(filter) = &inner.filter
                && !truth(self.in_round(inner, filter, round, scope))?
            {
                return Ok(None);
            }
            let value = self.in_round(inner, &inner.body, round, scope)?;
            Ok(Some((round.position.clone(), value)))
        });
        Ok(together(made)?.into_iter().flatten().collect())
    }

    /// The map of all entries of the maps that the body makes.
    fn transform_entries(
        &self,
        inner: &Loop,
        rounds: &[Round],
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let (mut map, mut faults) = (Vec::new(), Faults::new());
        // Round by round, since an engine may find a key twice before a later round fails.
        for round in rounds {
            match self.transform(inner, core::slice::from_ref(round), scope) {
                Ok(made) => {
                    for (_, value) in made {
                        faults.extend(insert_all(&mut map, value).err());
                    }
                }
                Err(more) => faults.extend(more),
            }
        }
        if faults.is_empty() { Ok(Value::Map(map)) } else { Err(faults) }
    }

    fn in_round(
        &self,
        inner: &Loop,
        body: &Expression,
        round: &Round,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let (position, item) = (Ok(round.position.clone()), Ok(round.item.clone()));
        self.spend(round.item.weight())?;
        let Some(second) = &inner.second else {
            return self
                .evaluate(body, Some(&Scope { name: &inner.first, value: &item, outer: scope }));
        };
        let first = Scope { name: &inner.first, value: &position, outer: scope };
        self.evaluate(body, Some(&Scope { name: second, value: &item, outer: Some(&first) }))
    }
}

fn insert_all(map: &mut Vec<(Value, Value)>, value: Value) -> Result<(), Fault> {
    let Value::Map(entries) = value else {
        return Err(Fault::NoSuchOverload);
    };
    entries.into_iter().try_for_each(|(key, value)| insert(map, key, value))
}

/// What is gone through, in order.
fn rounds(range: Value, two_names: bool) -> Result<Vec<Round>, Faults> {
    match range {
        Value::List(items) => {
            let items = items.into_iter().enumerate();
            Ok(items.map(|(at, item)| Round { position: Value::count(at), item }).collect())
        }
        Value::Map(mut entries) => {
            entries.sort_by(|(left, _), (right, _)| key_order(left, right));
            let round = |(key, value): (Value, Value)| Round {
                item: if two_names { value } else { key.clone() },
                position: key,
            };
            Ok(entries.into_iter().map(round).collect())
        }
        _ => Err(Faults::from([Fault::NoSuchOverload])),
    }
}
