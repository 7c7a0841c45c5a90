//! From where actors reach a resource, as a picture.

use std::collections::{BTreeMap, BTreeSet};

use pdp_core::model::ResourceName;
use pdp_core::{Declared, Policies, Timestamp};

use crate::chosen::{Chosen, chosen};
use crate::goal::{Goal, Who};
use crate::reach::{Bounds, Reach, owned, reach};
use crate::text::{grouped, more};
use crate::types::uses;
use crate::{Block, BlockKind, Edge, End, Graph, GraphError, Limits, Row};

impl Graph {
    /// The facts by which actors have relations on a resource, named as policies name it; with an
    /// `actor` (an id) only those by which this one has.
    ///
    /// What depends on the request is drawn, dashed: roles that an actor may claim, conditions,
    /// facts with an end, also where that is over.
    ///
    /// # Errors
    ///
    /// [`GraphError::Reference`] where the resource is of no declared type.
    pub fn of_resource(
        policies: &Policies,
        resource: &str,
        actor: Option<&str>,
    ) -> Result<Self, GraphError> {
        Graph::of_resource_within(policies, resource, actor, Limits::default())
    }

    /// The same, with limits of one's own.
    ///
    /// # Errors
    ///
    /// As [`Graph::of_resource`].
    pub fn of_resource_within(
        policies: &Policies,
        resource: &str,
        actor: Option<&str>,
        limits: Limits,
    ) -> Result<Self, GraphError> {
        let unknown = || GraphError::Reference(crate::text::visible(resource));
        let name = owned(policies, resource).ok_or_else(unknown)?;
        let bounds = Bounds { visited: limits.visited, holders: limits.actors_of_one };
        let reach = reach(policies, &name, actor, bounds);
        let chosen = chosen(&reach, limits.relations);
        let mut drawing = Drawing::new(policies, &reach, &chosen, limits);
        drawing.resources(&name);
        drawing.steps();
        drawing.holders();
        drawing.left_out();
        drawing.notes(actor);
        let Drawing { blocks, edges, .. } = drawing;
        let title = match actor {
            Some(actor) => format!("how {actor} reaches {resource}"),
            None => format!("who reaches {resource}"),
        };
        let mut graph = Graph { title, blocks, edges };
        graph.bound_arrows(limits.arrows);
        Ok(graph)
    }
}

/// A picture in the making.
struct Drawing<'r> {
    policies: &'r Policies,
    reach: &'r Reach,
    chosen: &'r Chosen,
    limits: Limits,
    /// For each type whether its ids carry it, and the names of its relations.
    types: BTreeMap<String, (bool, Vec<String>)>,
    /// Where the goals that are drawn stand.
    ends: BTreeMap<usize, End>,
    /// Where holders stand.
    whos: BTreeMap<Who, usize>,
    blocks: Vec<Block>,
    edges: Vec<Edge>,
}

impl<'r> Drawing<'r> {
    fn new(policies: &'r Policies, reach: &'r Reach, chosen: &'r Chosen, limits: Limits) -> Self {
        let types = policies.types().map(|declared| {
            let relations = declared.relations.iter();
            let unions = relations.filter(|one| matches!(one.definition, Declared::Union(_)));
            let names = unions.map(|one| one.name.to_owned()).collect();
            (declared.name.to_owned(), (declared.prefixed, names))
        });
        Drawing {
            policies,
            reach,
            chosen,
            limits,
            types: types.collect(),
            ends: BTreeMap::new(),
            whos: BTreeMap::new(),
            blocks: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// A block for the resource, and one for each other of which a goal is drawn.
    fn resources(&mut self, name: &ResourceName<'static>) {
        let mut names = vec![name];
        let mut goals: BTreeMap<&ResourceName<'static>, Vec<usize>> = BTreeMap::new();
        for goal in &self.chosen.goals {
            let resource = &self.reach.goals[*goal].resource;
            if !goals.contains_key(resource) && resource != name {
                names.push(resource);
            }
            goals.entry(resource).or_default().push(*goal);
        }
        for one in names {
            let mut block = Block::new(BlockKind::Resource, self.reference(one));
            let mut of_resource = goals.remove(one).unwrap_or_default();
            let declared = self.types.get(&*one.resource_type);
            let relation = |goal: &usize| &self.reach.goals[*goal].relation;
            of_resource.sort_by_key(|goal| {
                declared.and_then(|(_, names)| names.iter().position(|name| name == relation(goal)))
            });
            for (row, goal) in of_resource.into_iter().enumerate() {
                let name = relation(&goal).clone();
                block.rows.push(Row { name, details: Vec::new() });
                self.ends.insert(goal, End { block: self.blocks.len(), row: Some(row) });
            }
            self.blocks.push(block);
        }
        self.uses_of(name);
    }

    /// Says at the relations of the resource itself what rules do for who has them.
    fn uses_of(&mut self, name: &ResourceName<'static>) {
        let all = self.policies.types().zip(self.policies.asked_relations());
        let mut of_type = all.filter(|(declared, _)| declared.name == name.resource_type);
        let Some((_, asked)) = of_type.next() else { return };
        for row in &mut self.blocks[0].rows {
            row.details = uses(None, &row.name, &asked, self.limits);
        }
    }

    fn reference(&self, ResourceName { resource_type, id }: &ResourceName<'_>) -> String {
        match self.types.get(&**resource_type) {
            Some((true, _)) => id.to_string(),
            _ => format!("{resource_type}:{id}"),
        }
    }

    fn steps(&mut self) {
        for step in &self.reach.steps {
            let (Some(from), Some(to)) = (self.ends.get(&step.from), self.ends.get(&step.to))
            else {
                continue;
            };
            let label = label(step.link.as_deref(), step.until);
            let dashed = step.until.is_some();
            self.edges.push(Edge { from: *from, to: *to, label, dashed, link: false });
        }
    }

    /// Actors and what stands for them, at each goal as many as are allowed.
    fn holders(&mut self) {
        let goals: Vec<usize> = self.chosen.goals.iter().copied().collect();
        let held = goals.iter().filter(|goal| self.reach.holders[**goal].count > 0).count();
        let share = self.limits.actors.checked_div(held).unwrap_or_default();
        let of_one_max = share.clamp(1, self.limits.actors_of_one.max(1));
        for goal in goals {
            let (holders, to) = (&self.reach.holders[goal], self.ends[&goal]);
            let shown = holders.first.len().min(of_one_max);
            for (who, until) in holders.first.iter().take(shown) {
                let from = End { block: self.who(who, &self.reach.goals[goal]), row: None };
                let dashed = until.is_some() || who.is_claimed();
                let label = label(None, *until);
                self.edges.push(Edge { from, to, label, dashed, link: false });
            }
            self.more(holders.count - shown, "holder", to);
        }
    }

    /// The block of a holder; a condition has one at each goal, since it is asked of that resource.
    fn who(&mut self, who: &Who, goal: &Goal) -> usize {
        if let Some(block) = self.whos.get(who) {
            return *block;
        }
        let (kind, title) = match who {
            Who::Exact(id) => (BlockKind::Actor, id.clone()),
            Who::Prefix(prefix) if prefix.is_empty() => (BlockKind::Pattern, "everyone".to_owned()),
            Who::Prefix(prefix) => (BlockKind::Pattern, format!("{prefix}*")),
            Who::Role { role, actor_type: None } => (BlockKind::Role, format!("role {role}")),
            Who::Role { role, actor_type: Some(actor_type) } => {
                (BlockKind::Role, format!("role {role}, {actor_type}s alone"))
            }
            Who::Condition(condition) => (BlockKind::Condition, format!("when {condition}")),
        };
        let mut block = Block::new(kind, title);
        if kind == BlockKind::Condition {
            block.details.push(format!("of {}", self.reference(&goal.resource)));
        }
        self.blocks.push(block);
        let position = self.blocks.len() - 1;
        if kind != BlockKind::Condition {
            self.whos.insert(who.clone(), position);
        }
        position
    }

    /// Says at each goal how many others lead to it that are not drawn.
    fn left_out(&mut self) {
        let mut counts: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for step in &self.reach.steps {
            if self.chosen.left_out.contains(&step.from) && self.ends.contains_key(&step.to) {
                counts.entry(step.to).or_default().insert(step.from);
            }
        }
        for (goal, others) in counts {
            self.more(others.len(), "relation", self.ends[&goal]);
        }
    }

    /// "… and 9 990 more", with an arrow to where they lead.
    fn more(&mut self, count: usize, what: &str, to: End) {
        if count > 0 {
            self.blocks.push(Block::note(more(count, what)));
            let from = End { block: self.blocks.len() - 1, row: None };
            self.edges.push(Edge { from, to, label: None, dashed: true, link: false });
        }
    }

    fn notes(&mut self, actor: Option<&str>) {
        let mut notes = Vec::new();
        if self.chosen.goals.is_empty() {
            let from = actor.unwrap_or("any actor");
            notes.push(format!("nothing leads from {from} to it"));
        }
        let left_out = self.chosen.left_out.len();
        if left_out > 0 {
            notes.push(format!("{} relations lead here and are not drawn", grouped(left_out)));
        }
        if self.reach.cut {
            let visited = grouped(self.limits.visited);
            notes.push(format!("the search ended after {visited} relations"));
        }
        let depends =
            |edge: &Edge| edge.dashed && self.blocks[edge.from.block].kind != BlockKind::Note;
        if self.edges.iter().any(depends) {
            notes.push("dashed: depends on the request".to_owned());
        }
        self.blocks.extend(notes.into_iter().map(Block::note));
    }
}

/// What stands at an arrow: a link, an end.
fn label(link: Option<&str>, until: Option<Timestamp>) -> Option<String> {
    let until = until.map(|until| format!("until {until}"));
    let parts: Vec<String> = link.map(str::to_owned).into_iter().chain(until).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
