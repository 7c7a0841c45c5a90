//! From where a resource is reached: all that leads to its relations, found backwards from them.

use std::collections::{BTreeMap, BTreeSet};

use pdp_core::model::ResourceName;
use pdp_core::{
    ActorForm, Declared, DeclaredPart, DeclaredType, Policies, Statement, Text, Timestamp,
};

use crate::goal::{Goal, Step, Who};

/// What leads to the relations of a resource.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Relations of resources, those of the resource itself first, then the nearest ones.
    pub(crate) goals: Vec<Goal>,
    /// How many steps each is away from the resource.
    pub(crate) depths: Vec<usize>,
    pub(crate) steps: Vec<Step>,
    /// For each goal who has it by itself.
    pub(crate) holders: Vec<Holders>,
    /// Whether there was more than may be visited.
    pub(crate) cut: bool,
}

/// Who has a goal by itself.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    /// The first ones, sorted, and until when.
    pub(crate) first: BTreeSet<(Who, Option<Timestamp>)>,
    /// How many there are.
    pub(crate) count: usize,
}

/// What facts that name no exact actor state of a resource, by relation or link.
#[derive(Debug, Default)]
struct Stated {
    sets: BTreeMap<String, BTreeSet<(Goal, Option<Timestamp>)>>,
    holders: BTreeMap<String, Vec<(Who, Option<Timestamp>)>>,
    targets: BTreeMap<String, BTreeSet<ResourceName<'static>>>,
}

/// How much is looked at, and kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Goals that are visited.
    pub(crate) visited: usize,
    /// Holders of a goal that are kept; all are counted.
    pub(crate) holders: usize,
}

/// Finds what leads to the relations of a resource: from whomever, or from one `actor`.
pub(crate) fn reach(
    policies: &Policies,
    resource: &ResourceName<'static>,
    actor: Option<&str>,
    bounds: Bounds,
) -> Reach {
    let types = policies.types().map(|declared| (declared.name, declared)).collect();
    let mut walk = Walk {
        policies,
        types,
        actor,
        bounds,
        stated: BTreeMap::new(),
        positions: BTreeMap::new(),
        reach: Reach::default(),
    };
    for (relation, _) in walk.unions(resource) {
        walk.goal(Goal { resource: resource.clone(), relation }, 0);
    }
    let mut next = 0;
    while next < walk.reach.goals.len() {
        walk.visit(next);
        next += 1;
    }
    walk.exact_holders();
    walk.reach
}

struct Walk<'p, 'a> {
    policies: &'p Policies,
    types: BTreeMap<&'p str, DeclaredType<'p>>,
    actor: Option<&'a str>,
    bounds: Bounds,
    stated: BTreeMap<ResourceName<'static>, Stated>,
    positions: BTreeMap<Goal, usize>,
    reach: Reach,
}

impl<'p> Walk<'p, '_> {
    /// The relations of a resource that are no links, with their parts.
    fn unions(&self, resource: &ResourceName<'_>) -> Vec<(String, Vec<DeclaredPart<'p>>)> {
        let declared = self.types.get(&*resource.resource_type);
        let relations = declared.into_iter().flat_map(|declared| &declared.relations);
        let unions = relations.filter_map(|relation| match &relation.definition {
            Declared::Union(parts) => Some((relation.name.to_owned(), parts.clone())),
            Declared::Link { .. } => None,
        });
        unions.collect()
    }

    /// The position of a goal; none where too many were found already.
    fn goal(&mut self, goal: Goal, depth: usize) -> Option<usize> {
        if let Some(position) = self.positions.get(&goal) {
            return Some(*position);
        }
        if self.reach.goals.len() >= self.bounds.visited {
            self.reach.cut = true;
            return None;
        }
        let position = self.reach.goals.len();
        self.positions.insert(goal.clone(), position);
        self.reach.goals.push(goal);
        self.reach.depths.push(depth);
        self.reach.holders.push(Holders::default());
        Some(position)
    }

    /// Finds what leads to a goal in one step.
    fn visit(&mut self, position: usize) {
        let Goal { resource, relation } = self.reach.goals[position].clone();
        let of_relation = |(name, _): &(String, _)| *name == relation;
        let Some((_, parts)) = self.unions(&resource).into_iter().find(of_relation) else { return };
        for part in parts {
            match part {
                DeclaredPart::Direct => self.direct(position, &resource, &relation),
                DeclaredPart::Relation(name) => {
                    let goal = Goal { resource: resource.clone(), relation: name.to_owned() };
                    self.step(goal, position, None, None);
                }
                DeclaredPart::Through { link, relation } => {
                    for target in self.targets(&resource, link) {
                        let goal = Goal { resource: target, relation: relation.to_owned() };
                        self.step(goal, position, Some(link.to_owned()), None);
                    }
                }
                DeclaredPart::When(condition) => {
                    self.hold(position, Who::Condition(condition.to_owned()), None);
                }
            }
        }
    }

    fn direct(&mut self, position: usize, resource: &ResourceName<'static>, relation: &str) {
        let stated = self.stated(resource);
        let sets = stated.sets.get(relation).cloned().unwrap_or_default();
        let holders = stated.holders.get(relation).cloned().unwrap_or_default();
        for (goal, until) in sets {
            self.step(goal, position, None, until);
        }
        for (who, until) in holders {
            self.hold(position, who, until);
        }
    }

    fn step(&mut self, goal: Goal, to: usize, link: Option<String>, until: Option<Timestamp>) {
        let depth = self.reach.depths[to] + 1;
        if let Some(from) = self.goal(goal, depth) {
            self.reach.steps.push(Step { from, to, link, until });
        }
    }

    fn hold(&mut self, position: usize, who: Who, until: Option<Timestamp>) {
        if self.actor.is_none_or(|actor| who.may_be(actor)) {
            self.reach.holders[position].add(who, until, self.bounds.holders);
        }
    }

    fn targets(
        &mut self,
        resource: &ResourceName<'static>,
        link: &str,
    ) -> BTreeSet<ResourceName<'static>> {
        let declared = self.types.get(&*resource.resource_type);
        let relations = declared.into_iter().flat_map(|declared| &declared.relations);
        let same_id =
            relations.filter(|relation| relation.name == link).find_map(|relation| match relation
                .definition
            {
                Declared::Link { to, same_id: true } => Some(to),
                _ => None,
            });
        match same_id {
            Some(to) => {
                let resource_type = Text::Owned(to.to_owned());
                BTreeSet::from([ResourceName { resource_type, id: resource.id.clone() }])
            }
            None => self.stated(resource).targets.get(link).cloned().unwrap_or_default(),
        }
    }

    fn stated(&mut self, resource: &ResourceName<'static>) -> &Stated {
        let policies = self.policies;
        let stated = self.stated.entry(resource.clone());
        stated.or_insert_with(|| Stated::new(policies, resource))
    }

    /// Adds the exact actors, in one look at the facts about them.
    fn exact_holders(&mut self) {
        let resources: Vec<ResourceName<'static>> = self.stated.keys().cloned().collect();
        for fact in self.policies.exact_facts(&resources, self.actor) {
            let resource = resources[fact.resource].clone();
            let goal = Goal { resource, relation: fact.relation.to_owned() };
            if let Some(position) = self.positions.get(&goal) {
                let who = Who::Exact(fact.actor.to_owned());
                self.reach.holders[*position].add(who, fact.until, self.bounds.holders);
            }
        }
    }
}

impl Holders {
    fn add(&mut self, who: Who, until: Option<Timestamp>, kept_max: usize) {
        self.count += 1;
        self.first.insert((who, until));
        if self.first.len() > kept_max {
            self.first.pop_last();
        }
    }
}

impl Stated {
    fn new(policies: &Policies, resource: &ResourceName<'_>) -> Self {
        let mut stated = Stated::default();
        for statement in policies.facts_about(resource) {
            match statement {
                Statement::Relation { relation, actors, .. } => {
                    for actor in actors {
                        stated.actor(policies, &relation, actor.form, actor.until);
                    }
                }
                Statement::Link { link, targets, .. } => {
                    let targets = targets.iter().filter_map(|target| owned(policies, target));
                    stated.targets.entry(link).or_default().extend(targets);
                }
                _ => {}
            }
        }
        stated
    }

    fn actor(
        &mut self,
        policies: &Policies,
        relation: &str,
        form: ActorForm,
        until: Option<Timestamp>,
    ) {
        let who = match form {
            ActorForm::Set(set) => {
                let Some((reference, goal)) = set.rsplit_once('#') else { return };
                let Some(resource) = owned(policies, reference) else { return };
                let goal = Goal { resource, relation: goal.to_owned() };
                self.sets.entry(relation.to_owned()).or_default().insert((goal, until));
                return;
            }
            ActorForm::Prefix(prefix) => Who::Prefix(prefix),
            ActorForm::Role { role, actor_type } => Who::role(role, actor_type),
            ActorForm::Exact(id) => Who::Exact(id),
        };
        self.holders.entry(relation.to_owned()).or_default().push((who, until));
    }
}

/// The resource that a reference names, by itself.
pub(crate) fn owned(policies: &Policies, reference: &str) -> Option<ResourceName<'static>> {
    let ResourceName { resource_type, id } = policies.resource_of(reference)?;
    let owned = |text: Text<'_>| Text::Owned(text.into_owned());
    Some(ResourceName { resource_type: owned(resource_type), id: owned(id) })
}
