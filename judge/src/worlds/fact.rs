//! The facts of small worlds.

use super::form::{ACTOR_IDS, RESOURCE_IDS, ROLES};
use super::{Renaming, exchanged};
use crate::{Fact, FactActor};

/// How many facts there are.
pub const FACTS: usize = RESOURCE_IDS.len() * PER_RESOURCE;

const PER_RESOURCE: usize = 15;

/// From when on facts with a time do not hold.
pub(super) const UNTIL: &str = "2026-06-01T00:00:00Z";

/// A fact about one of the two resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmallFact {
    /// Which resource.
    resource: usize,
    /// `viewer`: 0 and 1 a user, 2 and 3 a user until a time, 4 and 5 a role, 6 the agent, 7 a
    /// pattern, 8 everyone, 9 the viewers of the other resource, 10 the keepers of the same one;
    /// `keeper`: 11 and 12 a user; 13 the parent is the other resource; 14 it exists.
    form: usize,
}

impl SmallFact {
    /// The fact with this index, which is below [`FACTS`].
    pub fn nth(index: usize) -> Self {
        SmallFact { resource: index / PER_RESOURCE, form: index % PER_RESOURCE }
    }

    /// The index of the fact.
    pub fn index(self) -> usize {
        self.resource * PER_RESOURCE + self.form
    }

    /// The fact after an exchange of names.
    #[must_use]
    pub fn renamed(self, renaming: Renaming) -> Self {
        let form = match self.form {
            user @ 0..=3 => exchanged(user, renaming.users),
            role @ 4..=5 => exchanged(role, renaming.roles),
            keeper @ 11..=12 => exchanged(keeper - 11, renaming.users) + 11,
            other => other,
        };
        SmallFact { resource: exchanged(self.resource, renaming.resources), form }
    }

    /// Whether both are the same fact, with different times.
    fn is_same(self, other: Self) -> bool {
        let key = |fact: Self| match fact.form {
            timed @ 2..=3 => timed - 2,
            form => form,
        };
        self.resource == other.resource && key(self) == key(other)
    }

    /// The fact.
    pub fn fact(self) -> Fact {
        let resource = format!("thing:{}", RESOURCE_IDS[self.resource]);
        let other = format!("thing:{}", RESOURCE_IDS[1 - self.resource]);
        let exact = |index: usize| FactActor::Exact(ACTOR_IDS[index].to_owned());
        let (relation, actor) = match self.form {
            user @ 0..=1 => ("viewer", exact(user)),
            timed @ 2..=3 => ("viewer", exact(timed - 2)),
            role @ 4..=5 => ("viewer", FactActor::Role(ROLES[role - 4].to_owned(), None)),
            6 => ("viewer", exact(2)),
            7 => ("viewer", FactActor::Prefix("u:".to_owned())),
            8 => ("viewer", FactActor::Prefix(String::new())),
            9 => ("viewer", FactActor::Set(format!("{other}#viewer"))),
            10 => ("viewer", FactActor::Set(format!("{resource}#keeper"))),
            keeper @ 11..=12 => ("keeper", exact(keeper - 11)),
            13 => return Fact::Link { resource, link: "parent".to_owned(), target: other },
            _ => return Fact::Existence { resource },
        };
        let until = (2..=3).contains(&self.form).then(|| UNTIL.to_owned());
        Fact::Relation { resource, relation: relation.to_owned(), actor, until }
    }
}

/// Sets of up to some number of facts, in an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct FactSets {
    size_max: usize,
}

impl FactSets {
    pub(super) fn up_to(size_max: usize) -> Self {
        FactSets { size_max }
    }

    /// How many sets there are.
    pub(super) fn count(self) -> u64 {
        (0..=self.size_max).map(|size| chosen(FACTS, size) as u64).sum()
    }

    /// The set with this number: smaller ones first, then in the order of their first fact.
    pub(super) fn nth(self, mut number: usize) -> Vec<usize> {
        debug_assert!((number as u64) < self.count(), "there is no set {number}");
        let mut size = 0;
        while number >= chosen(FACTS, size) {
            number -= chosen(FACTS, size);
            size += 1;
        }
        let mut facts = Vec::new();
        let mut next = 0;
        while facts.len() < size {
            let with_next = chosen(FACTS - next - 1, size - facts.len() - 1);
            if number < with_next {
                facts.push(next);
            } else {
                number -= with_next;
            }
            next += 1;
        }
        facts
    }
}

/// Whether a set states no fact twice with different times. Of those that do, run time's last word
/// would count, and the world would be that of a smaller set.
pub(super) fn is_clean(facts: &[usize]) -> bool {
    facts.iter().enumerate().all(|(position, index)| {
        let fact = SmallFact::nth(*index);
        facts[..position].iter().all(|other| !SmallFact::nth(*other).is_same(fact))
    })
}

/// How many sets of `size` there are of `count` things.
fn chosen(count: usize, size: usize) -> usize {
    (0..size).fold(1, |product, step| product * (count - step) / (step + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_has_one_number() {
        let sets = FactSets::up_to(2);
        let all: std::collections::BTreeSet<Vec<usize>> =
            (0..usize::try_from(sets.count()).unwrap()).map(|number| sets.nth(number)).collect();
        assert_eq!(all.len(), 1 + FACTS + FACTS * (FACTS - 1) / 2);
        assert!(all.iter().all(|set| set.is_sorted() && set.len() <= 2));
    }
}
