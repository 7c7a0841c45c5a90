//! The law of the walk limit, which the oracle does not know.

use std::collections::BTreeSet;

use pdp_core::{Decision, Effect, Fault};

use super::Checked;
use super::subject::{compiled, shown};
use crate::compare::{of_decision, with_request};
use crate::{Dice, PolicyFile, Tree};

/// A set of actors: a relation, `viewer` or `owner`, of a resource by number.
type Set = (usize, &'static str);

/// Sets that name sets, and links that lead to resources.
struct Graph {
    /// Facts that name a set: whose relation on which resource, and the set.
    sets: Vec<(Set, Set)>,
    /// Links: from which resource, to which.
    parents: Vec<(usize, usize)>,
    /// The sets of which facts make the actor a member.
    members: Vec<Set>,
}

/// What a walk comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Yes,
    No,
    Limit,
}

/// Walks end where section 2 of the language says, by level, however the facts are ordered.
pub(super) fn walks_end_by_level(dice: &mut Dice<'_>) -> Checked {
    let count = dice.between(1, 40);
    let graph = Graph::draw(dice, count);
    let limit = dice.between(1, count + 4);
    let files = vec![PolicyFile { path: "a.yaml".to_owned(), tree: graph.policy(dice, limit) }];
    let Some(policies) = compiled(&files) else {
        return Checked::Broken(shown("refused", &files));
    };
    for (action, start) in [
        ("viewer", vec![(0, "viewer")]),
        ("owner", vec![(0, "owner")]),
        ("through", graph.targets(0).map(|target| (target, "viewer")).collect()),
    ] {
        let expected = graph.walk(start, limit);
        let request = request(action);
        let decision = with_request(&request, |request| {
            policies.evaluate(request, &mut pdp_core::Scratch::new()).into_owned()
        });
        let Some(decision) = decision else { return Checked::Broken(request.to_json()) };
        if end(&decision) != Some(expected) {
            let files = shown("files", &files);
            let (request, answer) = (request.to_json(), of_decision(&decision));
            return Checked::Broken(format!("{files}{request}\n{answer}\nexpected {expected:?}"));
        }
    }
    Checked::Held(3)
}

fn request(action: &str) -> Tree {
    Tree::map([
        ("actor", Tree::map([("actor_id", "u".into()), ("actor_type", "human".into())])),
        ("action", action.into()),
        ("resource", Tree::map([("type", "t".into()), ("id", "n0".into())])),
    ])
}

fn end(decision: &Decision<'_>) -> Option<End> {
    match (decision.effect, &decision.errors[..]) {
        (Effect::Permit, []) => Some(End::Yes),
        (Effect::Deny, []) => Some(End::No),
        (Effect::Deny, [error]) if error.fault == Fault::WalkLimit => Some(End::Limit),
        _ => None,
    }
}

impl Graph {
    fn draw(dice: &mut Dice<'_>, count: usize) -> Self {
        let set = |dice: &mut Dice<'_>| (dice.below(count), *dice.pick(&["viewer", "owner"]));
        let sets = dice.between(0, 2 * count);
        let sets = (0..sets).map(|_| (set(dice), set(dice))).collect();
        let parents = dice.between(0, count);
        let parents = (0..parents).map(|_| (dice.below(count), dice.below(count))).collect();
        let members = dice.weighted(&[3, 3, 1]);
        let members = (0..members).map(|_| set(dice)).collect();
        Graph { sets, parents, members }
    }

    fn policy(&self, dice: &mut Dice<'_>, limit: usize) -> Tree {
        let relations = Tree::map([
            ("parent", Tree::map([("to", "t".into())])),
            ("owner", "direct".into()),
            ("viewer", Tree::texts(["direct", "owner", "parent.viewer"])),
        ]);
        let actions = ["viewer", "owner", "through"];
        let declaration = Tree::map([("actions", Tree::texts(actions)), ("relations", relations)]);
        let rule = |action: &str| {
            let relation = if action == "through" { "parent.viewer" } else { action };
            Tree::map([
                ("id", action.into()),
                ("effect", "permit".into()),
                ("actions", action.into()),
                ("actors", Tree::map([("relation", relation.into())])),
            ])
        };
        let mut facts: Vec<(usize, &str, String)> = Vec::new();
        facts.extend(self.sets.iter().map(|((resource, relation), (of, goal))| {
            (*resource, *relation, format!("t:n{of}#{goal}"))
        }));
        let members = self.members.iter();
        facts.extend(members.map(|(resource, relation)| (*resource, *relation, "u".to_owned())));
        let parents = self.parents.iter();
        facts.extend(parents.map(|(from, to)| (*from, "parent", format!("t:n{to}"))));
        dice.shuffle(&mut facts);
        let empty = || Tree::Map(Vec::new());
        let mut policy = Tree::map([
            ("version", Tree::Int(1)),
            ("walk_limit", Tree::Int(limit as i128)),
            ("types", Tree::map([("t", declaration)])),
            ("rules", Tree::List(actions.iter().map(|action| rule(action)).collect())),
        ]);
        for (resource, relation, item) in facts {
            let of = policy.section("facts", empty()).section(&format!("t:n{resource}"), empty());
            of.section(relation, Tree::List(Vec::new())).push_item(Tree::text(item));
        }
        policy
    }

    fn targets(&self, resource: usize) -> impl Iterator<Item = usize> {
        self.parents.iter().filter(move |parent| parent.0 == resource).map(|parent| parent.1)
    }

    /// Walks as section 2 says: a level is visited and asked as a whole; then, if the answer is not
    /// "yes", the sets that were visited are counted.
    fn walk(&self, start: Vec<Set>, limit: usize) -> End {
        let mut visited = BTreeSet::new();
        let mut level: BTreeSet<Set> = start.into_iter().collect();
        while !level.is_empty() {
            visited.extend(level.iter().copied());
            if level.iter().any(|set| self.is_member(*set)) {
                return End::Yes;
            }
            if visited.len() > limit {
                return End::Limit;
            }
            let reached = level.iter().flat_map(|set| self.reached(*set));
            level = reached.filter(|set| !visited.contains(set)).collect();
        }
        End::No
    }

    /// The relations of the same resource that belong to a set.
    fn parts(set: Set) -> impl Iterator<Item = Set> {
        let owner = (set.1 == "viewer").then_some((set.0, "owner"));
        std::iter::once(set).chain(owner)
    }

    fn is_member(&self, set: Set) -> bool {
        Graph::parts(set).any(|part| self.members.contains(&part))
    }

    fn reached(&self, set: Set) -> Vec<Set> {
        let mut reached: Vec<Set> = Vec::new();
        for part in Graph::parts(set) {
            let named = self.sets.iter().filter(|(of, _)| *of == part).map(|(_, named)| *named);
            reached.extend(named);
        }
        if set.1 == "viewer" {
            reached.extend(self.targets(set.0).map(|target| (target, "viewer")));
        }
        reached
    }
}
