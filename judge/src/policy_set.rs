//! Whole policy sets.

use crate::condition::{condition_of_relation, expression};
use crate::fact::{fact, state, tenant_reference};
use crate::rule::{Wanted, covered, rule};
use crate::scope::paths;
use crate::selector::admits_undeclared;
use crate::value::Place;
use crate::vocabulary::{DefinitionSketch, Kind, Reach};
use crate::{
    Brackets, Dice, Fact, PolicyFile, Pool, Scope, Spelling, Tree, Vocabulary, condition, selector,
};

/// What kind of policy set is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// How ids are spelt.
    pub spelling: Spelling,
    /// Where conditions have brackets.
    pub brackets: Brackets,
    /// Whether the walk limit is so small that walks exceed it.
    pub small_walk_limit: bool,
}

/// A policy set, and what it was made from.
#[derive(Clone, Debug)]
pub struct PolicySet {
    /// The files.
    pub files: Vec<PolicyFile>,
    /// What they declare.
    pub vocabulary: Vocabulary,
    /// The facts that they state.
    pub facts: Vec<Fact>,
}

const PATHS: &[&str] = &["policy.yaml", "a.yaml", "a/b.yaml", "a-b.yml", "Z.yaml", "é.yaml"];
const TENANT_PATHS: &[&str] = &["tenant.yaml", "0.yaml", "b/t.yml"];
const RULE_IDS: &[&str] =
    &["r0", "r1", "it's", "rule:2", "a,b", "é", "*", "-", "#5", "no_matching_policy"];
const REASONS: &[&str] = &["nobody", "not_a_member", "it's", "r1", "a:b", "no_matching_policy"];
const DERIVED_ROLES: &[&str] = &["approver", "ops", "_d"];
const DEFINITIONS: &[&str] = &["limit", "is_short", "n", "_x"];

/// Under this name tenants' files define what they alone see.
const OWN: &str = "own";

impl PolicySet {
    /// Draws a policy set that is meant to be valid.
    pub fn draw(dice: &mut Dice<'_>, wish: Wish) -> Self {
        let pool = Pool { brackets: wish.brackets, ..Pool::draw(dice, wish.spelling) };
        let vocabulary = Vocabulary::draw(dice, pool);
        let count = dice.weighted(&[0, 6, 3, 1]);
        let paths = dice.some(PATHS, count).into_iter();
        let files = paths.map(|path| PolicyFile { path: path.to_owned(), tree: head() }).collect();
        let mut author = Author { dice, set: PolicySet { files, vocabulary, facts: Vec::new() } };
        author.settings(wish);
        author.values();
        author.definitions_and_derived_roles();
        author.groups_and_aliases();
        author.types();
        author.rules();
        author.tenant_files();
        author.facts();
        author.set
    }

    /// The types of a rule that no tenant's file narrows: all.
    pub fn all_types(&self) -> Vec<usize> {
        (0..self.vocabulary.types.len()).collect()
    }

    /// The rules of all files, with the index of their file.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &Tree)> {
        self.files.iter().enumerate().flat_map(|(index, file)| {
            file.tree
                .value("rules")
                .map_or(&[][..], Tree::items)
                .iter()
                .map(move |rule| (index, rule))
        })
    }
}

fn head() -> Tree {
    Tree::map([("version", Tree::Int(1))])
}

/// Writes a policy set.
struct Author<'d, 'b> {
    dice: &'d mut Dice<'b>,
    set: PolicySet,
}

impl Author<'_, '_> {
    /// Any of the files.
    fn file(&mut self) -> &mut Tree {
        let index = self.dice.below(self.set.files.len());
        &mut self.set.files[index].tree
    }

    /// Any of the files' sections of this name, which holds entries.
    fn section(&mut self, name: &str) -> &mut Tree {
        self.file().section(name, Tree::Map(Vec::new()))
    }

    fn settings(&mut self, wish: Wish) {
        if self.set.vocabulary.pool.non_ascii {
            self.file().push("non_ascii_ids", true.into());
        }
        if wish.small_walk_limit {
            let limit = self.dice.between(1, 4);
            self.file().push("walk_limit", Tree::Int(limit as i128));
        }
        let bypass = match self.dice.weighted(&[7, 1, 1, 2]) {
            0 => return,
            1 => "all".into(),
            2 => "off".into(),
            _ => {
                let actions = self.set.vocabulary.actions();
                let count = self.dice.between(1, 2);
                Tree::map([("actions", Tree::texts(self.dice.some(&actions, count)))])
            }
        };
        self.file().push("bypass", bypass);
    }

    /// Attributes of actors, and the context.
    fn values(&mut self) {
        for value in self.set.vocabulary.actor_attributes.clone() {
            let declaration = value.declaration(self.dice, false);
            let actor = self.section("actor").section("attributes", Tree::Map(Vec::new()));
            actor.push(value.name, declaration);
        }
        for value in self.set.vocabulary.context.clone() {
            let declaration = value.declaration(self.dice, true);
            self.section("context").push(value.name, declaration);
        }
    }

    /// Named expressions and derived roles in any order, since each may use those before it.
    fn definitions_and_derived_roles(&mut self) {
        let count = self.dice.weighted(&[4, 3, 2, 1]);
        let definitions = self.dice.some(DEFINITIONS, count).into_iter().map(|name| (true, name));
        let mut names: Vec<(bool, &str)> = definitions.collect();
        let count = self.dice.weighted(&[5, 3, 2, 1]);
        names.extend(self.dice.some(DERIVED_ROLES, count).into_iter().map(|name| (false, name)));
        self.dice.shuffle(&mut names);
        for (is_definition, name) in names {
            if is_definition {
                self.definition(name);
            } else {
                self.derived_role(name);
            }
        }
    }

    fn definition(&mut self, name: &str) {
        let (sketch, text) = definition(self.dice, &self.set.vocabulary, name);
        self.set.vocabulary.definitions.push(sketch);
        self.section("let").push(name, Tree::text(text));
    }

    fn derived_role(&mut self, name: &str) {
        let (role, reach) = derived_role(self.dice, &self.set.vocabulary);
        self.set.vocabulary.derived_roles.push((name.to_owned(), reach));
        self.section("derived_roles").push(name, role);
    }

    fn groups_and_aliases(&mut self) {
        for group in self.set.vocabulary.groups.clone() {
            self.section("action_groups").push(group.name, Tree::texts(group.patterns));
        }
        for (alias, role) in self.set.vocabulary.aliases.clone() {
            self.section("role_aliases").push(alias, Tree::text(role));
        }
    }

    fn types(&mut self) {
        for index in 0..self.set.vocabulary.types.len() {
            let declaration = self.type_declaration(index);
            let name = self.set.vocabulary.types[index].name.clone();
            self.section("types").push(name, declaration);
        }
    }

    fn type_declaration(&mut self, index: usize) -> Tree {
        let sketch = self.set.vocabulary.types[index].clone();
        let mut declaration = Tree::Map(Vec::new());
        if !sketch.actions.is_empty() {
            declaration.push("actions", Tree::texts(sketch.actions.clone()));
        }
        if sketch.prefixed {
            declaration.push("ids", "prefixed".into());
        } else if self.dice.chance(10) {
            declaration.push("ids", "plain".into());
        }
        let mut relations = Tree::Map(Vec::new());
        for link in &sketch.links {
            let to = self.set.vocabulary.types[link.to].name.as_str();
            let mut declared = Tree::map([("to", to.into())]);
            if link.same_id {
                declared.push("id", "resource.id".into());
            }
            if link.tenant {
                declared.push("tenant", true.into());
            }
            relations.push(link.name.as_str(), declared);
        }
        for (position, relation) in sketch.relations.iter().enumerate() {
            let parts = self.parts(index, position);
            relations.push(relation.name.as_str(), parts);
        }
        if !relations.entries().is_empty() {
            declaration.push("relations", relations);
        }
        if !sketch.attributes.is_empty() {
            let attributes = sketch.attributes.iter();
            let attributes = attributes
                .map(|value| (value.name.clone(), value.declaration(self.dice, false)))
                .collect();
            declaration.push("attributes", Tree::Map(attributes));
        }
        if self.dice.chance(90) {
            declaration.push("otherwise", self.otherwise(index));
        }
        declaration
    }

    /// The parts of a relation. Whether it is direct is noted in the vocabulary.
    fn parts(&mut self, index: usize, position: usize) -> Tree {
        let mut parts: Vec<Tree> = Vec::new();
        let names = paths(&self.set.vocabulary, index);
        if self.dice.chance(70) {
            parts.push("direct".into());
        }
        let count = self.dice.weighted(&[4, 4, 2]);
        parts.extend(self.dice.some(&names, count).into_iter().map(Tree::Text));
        if self.dice.chance(18) {
            let scope = Scope::of_relation(&self.set.vocabulary, index);
            let condition = condition_of_relation(self.dice, &scope);
            parts.push(Tree::map([("when", Tree::text(condition))]));
        }
        if parts.is_empty() {
            parts.push("direct".into());
        }
        let direct = parts.contains(&"direct".into());
        self.set.vocabulary.types[index].relations[position].direct = direct;
        self.dice.shuffle(&mut parts);
        match parts.len() {
            1 if self.dice.chance(60) => parts.remove(0),
            _ => Tree::List(parts),
        }
    }

    fn otherwise(&mut self, index: usize) -> Tree {
        if self.dice.chance(25) {
            return (*self.dice.pick(REASONS)).into();
        }
        let count = self.dice.between(1, 3);
        Tree::List((0..count).map(|_| self.otherwise_line(index)).collect())
    }

    fn otherwise_line(&mut self, index: usize) -> Tree {
        let vocabulary = &self.set.vocabulary;
        let reason: Tree = (*self.dice.pick(REASONS)).into();
        let scope = Scope::of_request(vocabulary, &[index], false);
        let mut line = Tree::Map(Vec::new());
        if self.dice.chance(20) {
            line.push("resource", selector::resource(self.dice, vocabulary, &[index]));
        }
        if self.dice.chance(40) {
            line.push("actors", selector::actors(self.dice, &scope, 1));
        }
        if self.dice.chance(25) {
            line.push("when", Tree::text(condition(self.dice, &scope)));
        }
        if line.entries().is_empty() {
            return reason;
        }
        line.push("reason", reason);
        line
    }

    fn rules(&mut self) {
        let count = self.dice.weighted(&[1, 3, 4, 4, 4, 3, 3]);
        let types = self.set.all_types();
        let mut ids: Vec<String> =
            self.dice.some(RULE_IDS, count).iter().map(|id| (*id).to_owned()).collect();
        // So many that the engine looks for those that can match instead of trying all.
        if self.dice.chance(5) {
            let more = self.dice.between(20, 60);
            ids.extend((0..more).map(|number| format!("m{number}")));
        }
        for id in &ids {
            let wanted = Wanted::draw(self.dice);
            let rule = rule(self.dice, &self.set.vocabulary, id, wanted, &types);
            self.file().section("rules", Tree::List(Vec::new())).push_item(rule);
        }
    }

    fn tenant_files(&mut self) {
        let count = self.dice.weighted(&[5, 3, 1]);
        for path in self.dice.some(TENANT_PATHS, count) {
            let Some(tree) = tenant_file(self.dice, &mut self.set.vocabulary, path) else { return };
            self.set.files.push(PolicyFile { path: path.to_owned(), tree });
        }
    }

    fn facts(&mut self) {
        let count = match self.set.vocabulary.pool.is_wide() {
            true => 3 * self.set.vocabulary.pool.locals.len(),
            false if self.dice.chance(10) => 30,
            false => self.dice.between(0, 16),
        };
        let mut facts: Vec<Fact> = Vec::new();
        for _ in 0..count {
            let fact = fact(self.dice, &self.set.vocabulary, Place::File);
            facts.extend(fact.filter(|fact| !facts.iter().any(|stated| contradicts(stated, fact))));
        }
        // Only files that speak for no tenant state facts; they come first.
        let mut by_file = vec![Vec::new(); self.set.files.len()];
        let open = self.set.files.iter().filter(|file| file.tree.value("tenant").is_none()).count();
        for fact in &facts {
            by_file[self.dice.below(open)].push(fact.clone());
            if self.dice.chance(5) {
                by_file[self.dice.below(open)].push(fact.clone());
            }
        }
        for (file, facts) in self.set.files.iter_mut().zip(by_file) {
            state(&facts, &mut file.tree, self.dice);
        }
        self.set.facts = facts;
    }
}

/// A file of deny rules for what belongs to a tenant, if some type can be one.
pub fn tenant_file(dice: &mut Dice<'_>, vocabulary: &mut Vocabulary, path: &str) -> Option<Tree> {
    let (tenant, reference) = tenant_reference(dice, vocabulary)?;
    let types = vocabulary.belonging(tenant);
    if !vocabulary.any_acts(&types) {
        return None;
    }
    let mut tree = head();
    tree.push("tenant", Tree::text(reference));
    let count = vocabulary.definitions.len();
    if dice.chance(40) {
        let scope = Scope::of_request(vocabulary, &types, false);
        let text = condition(dice, &scope);
        tree.push("let", Tree::map([(OWN, Tree::text(text))]));
        let (kind, reach) = (Kind::BOOL, Reach::Types(types.clone()));
        let sketch = DefinitionSketch { name: OWN.to_owned(), kind, reach, plain: false };
        vocabulary.definitions.push(sketch);
    }
    let rules = (0..dice.between(1, 2))
        .map(|number| rule(dice, vocabulary, &format!("{path}-{number}"), Wanted::Deny, &types));
    tree.push("rules", Tree::List(rules.collect()));
    vocabulary.definitions.truncate(count);
    Some(tree)
}

/// Whether two facts state different values for one attribute.
pub(crate) fn contradicts(stated: &Fact, fact: &Fact) -> bool {
    match (stated, fact) {
        (
            Fact::ResourceAttribute { resource, attribute, .. },
            Fact::ResourceAttribute { resource: r, attribute: a, .. },
        ) => (resource, attribute) == (r, a),
        (
            Fact::ActorAttribute { actor, attribute, .. },
            Fact::ActorAttribute { actor: r, attribute: a, .. },
        ) => (actor, attribute) == (r, a),
        _ => false,
    }
}

/// A named expression: over the actor, over any request, or over resources of some types.
fn definition(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    name: &str,
) -> (DefinitionSketch, String) {
    let all: Vec<usize> = (0..vocabulary.types.len()).collect();
    let (scope, reach, plain) = match dice.weighted(&[2, 4, 3]) {
        0 => (Scope::of_actor(vocabulary), Reach::Everywhere, true),
        1 => (Scope::of_request(vocabulary, &[], true), Reach::Everywhere, false),
        _ => {
            let count = dice.between(1, all.len().max(1));
            let types = dice.some(&all, count);
            (Scope::of_request(vocabulary, &types, false), Reach::Types(types), false)
        }
    };
    let (kind, text) = if dice.chance(70) {
        (Kind::BOOL, condition(dice, &scope))
    } else {
        let kind = crate::value::NAMES[dice.below(crate::value::NAMES.len())].1;
        (kind, expression(dice, &scope, kind))
    };
    (DefinitionSketch { name: name.to_owned(), kind, reach, plain }, text)
}

/// A derived role, and where it can be asked for.
fn derived_role(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> (Tree, Reach) {
    let all: Vec<usize> = (0..vocabulary.types.len()).collect();
    let mut role = Tree::Map(Vec::new());
    let (scope, reach) = match dice.weighted(&[3, 5, 3]) {
        0 => (Scope::of_request(vocabulary, &[], true), Reach::Everywhere),
        1 => {
            let (resource, admitted) = covered(dice, vocabulary, &all);
            let Some(resource) = resource else { return derived_role(dice, vocabulary) };
            // On what `resource` shuts out the role is "no".
            let open = admits_undeclared(Some(&resource));
            role.push("resource", resource);
            let reach = if open { Reach::Types(all) } else { Reach::Everywhere };
            (Scope::of_request(vocabulary, &admitted, false), reach)
        }
        _ => {
            let count = dice.between(1, all.len().max(1));
            let types = dice.some(&all, count);
            (Scope::of_request(vocabulary, &types, false), Reach::Types(types))
        }
    };
    let clauses = dice.weighted(&[0, 6, 3, 2]);
    if clauses & 1 != 0 {
        role.push("actors", selector::actors(dice, &scope, 1));
    }
    if clauses & 2 != 0 {
        role.push("when", Tree::text(condition(dice, &scope)));
    }
    (role, reach)
}
