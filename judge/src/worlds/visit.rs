//! Small worlds, visited one after the other.

use super::World;
use super::fact::{FACTS, SmallFact, UNTIL, is_clean};
use super::form::{ACTION_WORDS, ACTOR_IDS, RESOURCE_IDS, ROLES, RuleForm, TENANT};
use crate::compare::{self, Answered, Compiled, Sides, Texts};
use crate::fact::state;
use crate::scenario::{Disagreement, Step};
use crate::{Dice, Fact, PolicyFile, Tree};

/// What visiting worlds came to.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// How many worlds were visited.
    pub worlds: u64,
    /// How the requests were answered.
    pub answered: Vec<Answered>,
    /// Where the sides disagree; nothing was visited after it.
    pub disagreement: Option<Box<Disagreement>>,
}

/// Visits all worlds that have the same rules as the one with the number `from`, from that one on
/// to before `to`.
///
/// The rules are compiled once. The facts of a world are put there by change sets: those that it
/// does not share with the world before are added and taken away. For every second set of rules
/// the files state all facts and run time removes what a world does not have.
///
/// # Panics
///
/// If the engine refuses a world.
pub fn visit(from: u64, to: u64) -> Visit {
    let mut visit = Visit::default();
    let first = World::nth(from);
    if !first.has_first_rules() {
        return visit;
    }
    let layer = if first.rules.iter().sum::<usize>() % 2 == 0 { Layer::Empty } else { Layer::Full };
    let files = vec![PolicyFile { path: "world.yaml".to_owned(), tree: policy(&first, layer) }];
    let texts = Texts::new(&files);
    let compiled = Compiled::new(&files).expect("the engine takes every small world");
    let model = texts.model().expect("what compiles can be read");
    let mut sides = Sides::new(compiled, &model);
    let questions = questions();
    let mut present = Present { layer, facts: Vec::new(), steps: Vec::new() };
    for number in from..to.min(World::next_rules(from)) {
        let world = World::nth(number);
        if !is_clean(&world.facts) || !world.is_first() {
            continue;
        }
        visit.worlds += 1;
        let disagreed = |question: Option<&Tree>, steps: &[Step], difference| {
            Some(Box::new(Disagreement {
                files: files.clone(),
                steps: steps.to_vec(),
                question: question.cloned(),
                difference,
            }))
        };
        if let Some(tree) = present.become_those_of(&world) {
            let change_set = compare::change_set(&tree).expect("it is one");
            present.steps.push(Step::Change(tree));
            if let Err(difference) = sides.apply(&change_set) {
                visit.disagreement = disagreed(None, &present.steps, difference);
                return visit;
            }
        }
        for question in &questions {
            let answer = compare::with_request(question, |request| sides.ask(request));
            match answer.expect("it is a request") {
                Ok(answer) => visit.answered.push(answer),
                Err(difference) => {
                    visit.disagreement = disagreed(Some(question), &present.steps, difference);
                    return visit;
                }
            }
        }
    }
    visit
}

/// What the files state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Empty,
    Full,
}

/// The facts that hold at present, and how they came to.
struct Present {
    layer: Layer,
    facts: Vec<usize>,
    steps: Vec<Step>,
}

impl Present {
    /// The change set that makes the facts those of a world; `None` if they are.
    fn become_those_of(&mut self, world: &World) -> Option<Tree> {
        let mut changes = Vec::new();
        let start = self.steps.is_empty() && self.layer == Layer::Full;
        // Before the first world all that the files state is removed.
        let leaves: Vec<usize> = if start { (0..FACTS).collect() } else { self.facts.clone() };
        for index in leaves.into_iter().filter(|index| !world.facts.contains(index)) {
            let word = if self.layer == Layer::Full { "remove" } else { "forget" };
            changes.push(change(word, &SmallFact::nth(index).fact()));
        }
        for index in world.facts.iter().filter(|index| start || !self.facts.contains(index)) {
            changes.push(change("add", &SmallFact::nth(*index).fact()));
        }
        self.facts.clone_from(&world.facts);
        let id = format!("world-{}", self.steps.len());
        (!changes.is_empty())
            .then(|| Tree::map([("id", Tree::text(id)), ("changes", Tree::List(changes))]))
    }
}

fn change(operation: &str, fact: &Fact) -> Tree {
    let mut change = Tree::map([("op", operation.into())]);
    match fact {
        Fact::Relation { resource, relation, actor, until } => {
            let until = until.as_deref().filter(|_| operation == "add");
            change.push("resource", resource.as_str().into());
            change.push("relation", relation.as_str().into());
            change.push("actor", actor.tree(until, &mut Dice::from_bytes(&[])));
        }
        Fact::Link { resource, link, target } => {
            change.push("resource", resource.as_str().into());
            change.push("relation", link.as_str().into());
            change.push("target", target.as_str().into());
        }
        Fact::Existence { resource }
        | Fact::ResourceAttribute { resource, .. }
        | Fact::ActorAttribute { actor: resource, .. } => {
            change.push("resource", resource.as_str().into());
        }
    }
    change
}

fn policy(world: &World, layer: Layer) -> Tree {
    let relations = Tree::map([
        ("parent", Tree::map([("to", "thing".into())])),
        ("keeper", "direct".into()),
        ("viewer", Tree::texts(["direct", "keeper", "parent.viewer"])),
    ]);
    let otherwise = Tree::List(vec![
        Tree::map([
            ("actors", Tree::map([("not", Tree::map([("relation", "viewer".into())]))])),
            ("reason", "no_viewer".into()),
        ]),
        "a_viewer".into(),
    ]);
    let thing = Tree::map([
        ("actions", Tree::texts(ACTION_WORDS)),
        ("relations", relations),
        ("otherwise", otherwise),
    ]);
    let rules = world.rules.iter().enumerate();
    let rules = rules.map(|(number, form)| RuleForm::nth(*form).tree(&format!("rule-{number}")));
    let keeper = Tree::map([
        ("resource", "thing".into()),
        ("actors", Tree::map([("relation", "keeper".into())])),
    ]);
    let mut policy = Tree::map([
        ("version", Tree::Int(1)),
        ("types", Tree::map([("thing", thing)])),
        ("context", Tree::map([("flag", "bool?".into()), ("must", "bool".into())])),
        ("derived_roles", Tree::map([("keeper", keeper)])),
        ("rules", Tree::List(rules.collect())),
    ]);
    if layer == Layer::Full {
        let facts: Vec<Fact> = (0..FACTS).map(|index| SmallFact::nth(index).fact()).collect();
        state(&facts, &mut policy, &mut Dice::from_bytes(&[]));
    }
    policy
}

/// What actors claim and what else a request says.
const SITUATIONS: [(&[&str], Option<bool>); 5] = [
    (&[], None),
    (&[ROLES[0]], Some(true)),
    (&[ROLES[1]], Some(true)),
    (&[ROLES[0]], Some(false)),
    (&[ROLES[1]], Some(false)),
];

/// Every actor does every action on every resource: claiming and saying nothing; with either role,
/// in the tenant, in time; with either role, too late. With both roles, everybody does what nobody
/// declares. Exchanging names exchanges some of these requests and adds none.
fn questions() -> Vec<Tree> {
    let mut questions = Vec::new();
    for actor in ACTOR_IDS {
        for resource in RESOURCE_IDS {
            for action in ACTION_WORDS {
                for (roles, timely) in SITUATIONS {
                    questions.push(question(actor, roles, "thing", resource, action, timely));
                }
                let undeclared =
                    question(actor, &ROLES, "undeclared", resource, action, Some(true));
                questions.push(undeclared);
            }
            let undeclared = question(actor, &ROLES, "thing", resource, "undeclared", Some(false));
            questions.push(undeclared);
        }
    }
    questions
}

fn question(
    actor: &str,
    roles: &[&str],
    of_type: &str,
    resource: &str,
    action: &str,
    timely: Option<bool>,
) -> Tree {
    let actor_type = if actor == ACTOR_IDS[2] { "agent" } else { "human" };
    let mut who = Tree::map([
        ("actor_id", actor.into()),
        ("actor_type", actor_type.into()),
        ("roles", Tree::texts(roles.iter().copied())),
    ]);
    if timely == Some(true) {
        who.push("microdao_ids", Tree::texts([TENANT]));
    }
    let mut question = Tree::map([
        ("actor", who),
        ("action", action.into()),
        ("resource", Tree::map([("type", of_type.into()), ("id", resource.into())])),
    ]);
    if let Some(timely) = timely {
        question.push("context", Tree::map([("flag", timely.into()), ("must", (!timely).into())]));
        question.push("now", if timely { "2026-05-31T23:59:59Z" } else { UNTIL }.into());
    }
    question
}
