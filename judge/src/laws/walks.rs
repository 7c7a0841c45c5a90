//! The law of the walk limit, which the oracle does not know.

use std::collections::BTreeSet;

use pdp_core::{Decision, Effect, Fault, Scratch};

use super::Checked;
use super::subject::{compiled, shown};
use crate::compare::{of_decision, with_request};
use crate::{Dice, PolicyFile, Tree};

/// A resource: its type, `t` or `s`, and its number.
type Resource = (&'static str, usize);

/// A set of actors: the relation `viewer` or `owner` of a resource.
type Set = (Resource, &'static str);

/// The resource that requests are about.
const START: Resource = ("t", 0);

/// The actions, each for one question.
const ACTIONS: [&str; 4] = ["viewer", "owner", "through", "belonging"];

/// Sets that name sets, and links that lead to resources. Beside these, a resource of each type is
/// linked to that of the other type with the same id.
struct Graph {
    /// Facts that name a set: in which set, and the set that is named.
    sets: Vec<(Set, Set)>,
    /// Links to a parent, which is of the other type.
    parents: Vec<(Resource, Resource)>,
    /// The sets of which facts make the actor a member.
    members: Vec<Set>,
    /// The resource that a tenant file speaks for.
    tenant: Resource,
}

/// What a walk comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Yes,
    No,
    Limit,
}

/// Walks end where sections 2 and 10 of the language say, by level, however the facts are ordered.
pub(super) fn walks_end_by_level(dice: &mut Dice<'_>) -> Checked {
    let count = dice.between(1, 30);
    let graph = Graph::draw(dice, count);
    let limit = dice.between(1, count + 4);
    let files = graph.files(dice, limit);
    let Some(policies) = compiled(&files) else {
        return Checked::Broken(shown("refused", &files));
    };
    for action in ACTIONS {
        let expected = graph.end(action, limit);
        let request = request(action);
        let decision = with_request(&request, |request| {
            policies.evaluate(request, &mut Scratch::new()).into_owned()
        });
        let Some(decision) = decision else { return Checked::Broken(request.to_json()) };
        if end(&decision) != Some(expected) {
            let files = shown("files", &files);
            let (request, answer) = (request.to_json(), of_decision(&decision));
            return Checked::Broken(format!("{files}{request}\n{answer}\nexpected {expected:?}"));
        }
    }
    Checked::Held(ACTIONS.len())
}

fn request(action: &str) -> Tree {
    let (of_type, number) = START;
    let resource = Tree::map([("type", of_type.into()), ("id", Tree::text(format!("n{number}")))]);
    Tree::map([
        ("actor", Tree::map([("actor_id", "u".into()), ("actor_type", "human".into())])),
        ("action", action.into()),
        ("resource", resource),
    ])
}

/// "Yes" where a rule decided: a permit rule asks for relations, a deny rule for the tenant.
fn end(decision: &Decision<'_>) -> Option<End> {
    match (&decision.errors[..], &decision.rule) {
        ([], Some(_)) => Some(End::Yes),
        ([], None) => Some(End::No),
        ([error], _) if decision.effect == Effect::Deny && error.fault == Fault::WalkLimit => {
            Some(End::Limit)
        }
        _ => None,
    }
}

fn reference((of_type, number): Resource) -> String {
    format!("{of_type}:n{number}")
}

/// The resource of the other type with the same id.
fn namesake((of_type, number): Resource) -> Resource {
    (other(of_type), number)
}

fn other(of_type: &str) -> &'static str {
    if of_type == "t" { "s" } else { "t" }
}

impl Graph {
    fn draw(dice: &mut Dice<'_>, count: usize) -> Self {
        let resource = |dice: &mut Dice<'_>| (*dice.pick(&["t", "s"]), dice.below(count));
        let set = |dice: &mut Dice<'_>| (resource(dice), *dice.pick(&["viewer", "owner"]));
        let parent = |dice: &mut Dice<'_>| {
            let child = resource(dice);
            (child, (other(child.0), dice.below(count)))
        };
        let sets = dice.between(0, 2 * count);
        let sets = (0..sets).map(|_| (set(dice), set(dice))).collect();
        let parents = dice.between(0, count);
        let parents = (0..parents).map(|_| parent(dice)).collect();
        let members = dice.weighted(&[3, 3, 1]);
        let members = (0..members).map(|_| set(dice)).collect();
        Graph { sets, parents, members, tenant: resource(dice) }
    }

    fn files(&self, dice: &mut Dice<'_>, limit: usize) -> Vec<PolicyFile> {
        let rule = |action: &str| {
            let relation = if action == "through" { "parent.viewer" } else { action };
            Tree::map([
                ("id", action.into()),
                ("effect", "permit".into()),
                ("actions", action.into()),
                ("actors", Tree::map([("relation", relation.into())])),
            ])
        };
        let mut policy = Tree::map([
            ("version", Tree::Int(1)),
            ("walk_limit", Tree::Int(limit as i128)),
            ("types", Tree::map([("t", declaration("s")), ("s", declaration("t"))])),
            ("rules", Tree::List(ACTIONS[..3].iter().map(|action| rule(action)).collect())),
        ]);
        let mut facts = self.facts();
        dice.shuffle(&mut facts);
        let empty = || Tree::Map(Vec::new());
        for (resource, relation, item) in facts {
            let of = policy.section("facts", empty()).section(&reference(resource), empty());
            of.section(relation, Tree::List(Vec::new())).push_item(Tree::text(item));
        }
        let deny = Tree::map([
            ("id", "belonging".into()),
            ("effect", "deny".into()),
            ("actions", "belonging".into()),
        ]);
        let tenant = Tree::map([
            ("version", Tree::Int(1)),
            ("tenant", Tree::text(reference(self.tenant))),
            ("rules", Tree::List(vec![deny])),
        ]);
        let file = |path: &str, tree| PolicyFile { path: path.to_owned(), tree };
        vec![file("a.yaml", policy), file("tenant.yaml", tenant)]
    }

    fn facts(&self) -> Vec<(Resource, &'static str, String)> {
        let sets = self.sets.iter().map(|((resource, relation), (of, goal))| {
            (*resource, *relation, format!("{}#{goal}", reference(*of)))
        });
        let members = self.members.iter();
        let members = members.map(|(resource, relation)| (*resource, *relation, "u".to_owned()));
        let parents = self.parents.iter().map(|(from, to)| (*from, "parent", reference(*to)));
        sets.chain(members).chain(parents).collect()
    }

    /// The end of the walk that a question is.
    fn end(&self, action: &str, limit: usize) -> End {
        let sets = |start: Vec<Set>| {
            walk(start, limit, |set| self.is_member(*set), |set| self.reached(*set))
        };
        match action {
            "viewer" => sets(vec![(START, "viewer")]),
            "owner" => sets(vec![(START, "owner")]),
            "through" => sets(self.parents(START).map(|parent| (parent, "viewer")).collect()),
            _ => walk(
                vec![START],
                limit,
                |resource| *resource == self.tenant,
                |resource| self.parents(*resource).chain([namesake(*resource)]).collect(),
            ),
        }
    }

    fn parents(&self, of: Resource) -> impl Iterator<Item = Resource> {
        self.parents.iter().filter(move |parent| parent.0 == of).map(|parent| parent.1)
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
            let through = self.parents(set.0).chain([namesake(set.0)]);
            reached.extend(through.map(|resource| (resource, "viewer")));
        }
        reached
    }
}

/// Visits a level and asks it as a whole; then, if the answer is not "yes", counts what was
/// visited.
fn walk<T: Copy + Ord>(
    start: Vec<T>,
    limit: usize,
    is_yes: impl Fn(&T) -> bool,
    reached: impl Fn(&T) -> Vec<T>,
) -> End {
    let mut visited = BTreeSet::new();
    let mut level: BTreeSet<T> = start.into_iter().collect();
    while !level.is_empty() {
        visited.extend(level.iter().copied());
        if level.iter().any(&is_yes) {
            return End::Yes;
        }
        if visited.len() > limit {
            return End::Limit;
        }
        let reached = level.iter().flat_map(&reached);
        level = reached.filter(|item| !visited.contains(item)).collect();
    }
    End::No
}

fn declaration(other: &str) -> Tree {
    let link = |same_id: bool| {
        let mut link = Tree::map([("to", other.into()), ("tenant", true.into())]);
        if same_id {
            link.push("id", "resource.id".into());
        }
        link
    };
    let relations = Tree::map([
        ("parent", link(false)),
        ("namesake", link(true)),
        ("owner", "direct".into()),
        ("viewer", Tree::texts(["direct", "owner", "parent.viewer", "namesake.viewer"])),
    ]);
    Tree::map([("actions", Tree::texts(ACTIONS)), ("relations", relations)])
}
