//! Small worlds, all of them.
//!
//! Most mistakes show in small worlds (Jackson: Software Abstractions, 2012, the small scope
//! hypothesis), and small worlds can be counted. Here are two users and an agent, two roles, two
//! resources, two actions and a tenant; one rule of every form with every set of up to three facts,
//! and two rules of every form with every set of up to one fact. Wildcards and exact ids, roles,
//! sets, links and times are mixed among the facts.
//!
//! **Symmetry.** The users differ only in their names, and so do the roles, the resources and the
//! actions. Exchanging two of them turns a world into one that differs only by renaming, and the
//! answers are renamed alike. The four exchanges commute and are their own opposites: they make a
//! group of 16 [`Renaming`]s. Of the worlds that they turn into each other only the first one by
//! number is visited, see [`World::is_first`]. That renaming changes nothing is itself a law,
//! tested in `laws`.

mod fact;
mod form;
mod visit;

pub use fact::{FACTS, SmallFact};
pub use form::{FORMS, RuleForm};
pub use visit::{Visit, visit};

use fact::FactSets;

/// An exchange of names: of the two users, roles, resources and actions, each or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four exchanges, each made or not")]
pub struct Renaming {
    /// Whether the users are exchanged.
    pub users: bool,
    /// Whether the roles are.
    pub roles: bool,
    /// Whether the resources are.
    pub resources: bool,
    /// Whether the actions are.
    pub actions: bool,
}

impl Renaming {
    /// All of them, that which exchanges nothing first.
    pub fn all() -> impl Iterator<Item = Renaming> {
        (0..16u8).map(|bits| Renaming {
            users: bits & 1 != 0,
            roles: bits & 2 != 0,
            resources: bits & 4 != 0,
            actions: bits & 8 != 0,
        })
    }
}

/// A number, exchanged with its neighbour or not.
fn exchanged(number: usize, exchange: bool) -> usize {
    number ^ usize::from(exchange)
}

/// Rules and facts of a small world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct World {
    /// Indexes of [`RuleForm`]s: one or two, in the order in which they stand in the file.
    pub rules: Vec<usize>,
    /// Indexes of [`SmallFact`]s, rising.
    pub facts: Vec<usize>,
}

impl World {
    /// How many numbers there are. Not every number is that of a world that is visited.
    pub fn count() -> u64 {
        ones() + pairs()
    }

    /// The world with this number: those with one rule come first, and worlds with the same rules
    /// stand side by side.
    ///
    /// # Panics
    ///
    /// If `number` is not below [`World::count`].
    pub fn nth(number: u64) -> World {
        let index = |number: u64| usize::try_from(number).expect("small");
        let (sets, rules, facts) = if number < ones() {
            let sets = FactSets::up_to(3);
            let (rule, facts) = (number / sets.count(), number % sets.count());
            (sets, vec![index(rule)], facts)
        } else {
            let sets = FactSets::up_to(1);
            let (rules, facts) =
                ((number - ones()) / sets.count(), (number - ones()) % sets.count());
            let forms = FORMS as u64;
            (sets, vec![index(rules / forms), index(rules % forms)], facts)
        };
        assert!(rules.iter().all(|rule| *rule < FORMS), "no world has the number {number}");
        World { rules, facts: sets.nth(index(facts)) }
    }

    /// Whether no renaming gives a world that comes before this one.
    pub fn is_first(&self) -> bool {
        Renaming::all().all(|renaming| *self <= self.renamed(renaming))
    }

    /// Whether no renaming gives rules that come before those of this world. If it is not so, no
    /// world with these rules is the first of its kind.
    pub fn has_first_rules(&self) -> bool {
        Renaming::all().all(|renaming| self.rules <= self.renamed(renaming).rules)
    }

    /// The number of the first world that has other rules than this one with `number`.
    pub fn next_rules(number: u64) -> u64 {
        let (start, size) = if number < ones() {
            (0, FactSets::up_to(3).count())
        } else {
            (ones(), FactSets::up_to(1).count())
        };
        start + ((number - start) / size + 1) * size
    }

    fn renamed(&self, renaming: Renaming) -> World {
        let rule = |index: &usize| RuleForm::nth(*index).renamed(renaming).index();
        let fact = |index: &usize| SmallFact::nth(*index).renamed(renaming).index();
        let mut facts: Vec<usize> = self.facts.iter().map(fact).collect();
        facts.sort_unstable();
        World { rules: self.rules.iter().map(rule).collect(), facts }
    }
}

/// How many numbers worlds with one rule take.
fn ones() -> u64 {
    FORMS as u64 * FactSets::up_to(3).count()
}

/// How many numbers worlds with two rules take.
fn pairs() -> u64 {
    (FORMS * FORMS) as u64 * FactSets::up_to(1).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_facts_have_the_numbers_they_are_found_by() {
        assert!((0..FORMS).all(|index| RuleForm::nth(index).index() == index));
        assert!((0..FACTS).all(|index| SmallFact::nth(index).index() == index));
    }

    #[test]
    fn every_world_is_a_renaming_of_one_that_is_visited() {
        for number in (0..World::count()).step_by(999_983) {
            let world = World::nth(number);
            let first = Renaming::all().map(|renaming| world.renamed(renaming)).min();
            assert!(first.is_some_and(|first| first.is_first()), "{world:?}");
        }
    }

    #[test]
    fn worlds_with_the_same_rules_stand_side_by_side() {
        for number in [0, 7, ones() - 1, ones(), World::count() - 1] {
            let next = World::next_rules(number);
            assert_eq!(World::nth(next - 1).rules, World::nth(number).rules);
            assert!(next == World::count() || World::nth(next).rules != World::nth(number).rules);
        }
    }
}
