use std::collections::{BTreeMap, BTreeSet};

use pdp_core::model::{
    ActionPattern, Condition, Model, RelationDefinition, RelationPart, RelationPath, ResourceName,
    Rule, Selector,
};
use pdp_core::{Fault, Request};

use super::fact::{Beside, Facts, To};
use super::pattern::{Regexes, fits, glob};
use super::truth::Truth;
use super::vocabulary::{Name, link, name, parts, resource_type, role, tenant};

/// A relation of a resource; the actor of the question is a member of this set or is not.
type Set = (Name, String);

/// What is known of sets so far.
type Table = BTreeMap<Set, Truth>;

/// One request, asked of one state of policies and facts.
pub(super) struct Question<'q> {
    pub(super) model: &'q Model<'q>,
    pub(super) facts: &'q Facts,
    pub(super) regexes: &'q Regexes,
    pub(super) request: &'q Request<'q>,
    /// The resource of the request.
    pub(super) resource: Name,
}

impl<'q> Question<'q> {
    pub(super) fn new(
        model: &'q Model<'q>,
        facts: &'q Facts,
        regexes: &'q Regexes,
        request: &'q Request<'q>,
    ) -> Self {
        let resource = name(request.resource.resource_type, request.resource.id);
        Question { model, facts, regexes, request, resource }
    }

    /// Whether a rule applies and matches (section 4).
    pub(super) fn rule(&self, rule: &Rule) -> Truth {
        let tenant = tenant(self.model, rule.id.place.file);
        if !self.covers_action(rule) || tenant.is_some_and(|tenant| !self.belongs(tenant)) {
            return Truth::No;
        }
        self.matches(rule.resource.as_ref(), rule.actors.as_ref(), rule.when.as_ref())
    }

    /// Whether all three hold, of a rule, a line of `otherwise` or a derived role. The resource
    /// comes first: only on types that it admits do the others make sense.
    pub(super) fn matches(
        &self,
        resource: Option<&Selector>,
        actors: Option<&Selector>,
        when: Option<&Condition>,
    ) -> Truth {
        if resource.is_some_and(|selector| self.selector(selector) == Truth::No) {
            return Truth::No;
        }
        let actors = actors.map(|selector| self.selector(selector));
        let when = when.map(|condition| self.condition(condition, &self.resource));
        Truth::all(actors.into_iter().chain(when))
    }

    /// Whether the type of the resource is declared and declares the action.
    pub(super) fn declares_action(&self) -> bool {
        let declared = resource_type(self.model, self.request.resource.resource_type);
        declared.is_some_and(|declared| {
            declared.actions.iter().any(|action| action.text == self.request.action)
        })
    }

    /// Whether the action is among those of the rule.
    fn covers_action(&self, rule: &Rule) -> bool {
        let every = ActionPattern::Every;
        let actions = rule.actions.as_deref().unwrap_or(std::slice::from_ref(&every));
        let declared = self.declares_action();
        actions.iter().any(|pattern| match pattern {
            ActionPattern::Every => declared || rule.bypass,
            ActionPattern::Named(word) => {
                let group =
                    self.model.action_groups.iter().find(|group| group.name.text == word.text);
                let group = group.map(|group| group.actions.as_slice());
                let meant = group.unwrap_or(std::slice::from_ref(pattern));
                declared && meant.iter().any(|pattern| self.is_action(pattern))
            }
            ActionPattern::Glob(_) => declared && self.is_action(pattern),
        })
    }

    /// Whether the action fits a pattern that is no group.
    fn is_action(&self, pattern: &ActionPattern) -> bool {
        match pattern {
            ActionPattern::Named(word) => word.text == self.request.action,
            ActionPattern::Glob(word) => glob(&word.text, self.request.action),
            ActionPattern::Every => true,
        }
    }

    fn selector(&self, selector: &Selector) -> Truth {
        let (actor, resource) = (&self.request.actor, &self.request.resource);
        match selector {
            Selector::All(parts) => Truth::all(parts.iter().map(|part| self.selector(part))),
            Selector::Any(parts) => Truth::any(parts.iter().map(|part| self.selector(part))),
            Selector::Not(part) => self.selector(part).not(),
            Selector::ActorType(actor_type) => (actor.actor_type == *actor_type).into(),
            Selector::ActorId(pattern) => fits(pattern, self.regexes, actor.id).into(),
            Selector::Role(word) => self.claims(&word.text).into(),
            Selector::DerivedRole(word) => self.derived_role(&word.text),
            Selector::Relation(path) => self.related(path, &self.resource),
            Selector::Tenant(word) => self.tenants().contains(&word.text.as_str()).into(),
            Selector::ResourceType(word) => (word.text == resource.resource_type).into(),
            Selector::ResourceId(pattern) => fits(pattern, self.regexes, resource.id).into(),
            Selector::Known(known) => (self.is_known(&self.resource) == *known).into(),
        }
    }

    /// The roles that the actor claims, aliases replaced, in the order of the request.
    pub(super) fn roles(&self) -> Vec<&str> {
        self.request.actor.roles.iter().map(|word| role(self.model, word)).collect()
    }

    /// Whether the actor claims a role, however the two are spelt.
    fn claims(&self, word: &str) -> bool {
        self.roles().contains(&role(self.model, word))
    }

    /// The tenants of the actor: those stated, then those of its memberships.
    pub(super) fn tenants(&self) -> Vec<&str> {
        let actor = &self.request.actor;
        let memberships = actor.memberships.iter().map(|membership| &*membership.tenant);
        actor.tenants.iter().map(|tenant| &**tenant).chain(memberships).collect()
    }

    /// Whether there is a fact about the resource (section 3).
    pub(super) fn is_known(&self, resource: &Name) -> bool {
        self.facts.keys().any(|key| key.resource() == Some(resource))
    }

    /// Whether the actor has the derived role on the resource of the request.
    pub(super) fn derived_role(&self, name: &str) -> Truth {
        let mut roles = self.model.derived_roles.iter();
        let found = roles.find(|role| role.name.text == name).expect("derived roles are declared");
        self.matches(found.resource.as_ref(), found.actors.as_ref(), found.when.as_ref())
    }

    /// The resources that a link of a resource points to.
    pub(super) fn targets(&self, resource: &Name, link_name: &str) -> Vec<Name> {
        match link(self.model, &resource.resource_type, link_name) {
            Some((to, true)) => vec![name(to, &resource.id)],
            _ => {
                let targets =
                    self.facts.keys().filter_map(|key| match key.related(resource, link_name) {
                        Some(To::Target(target)) => Some(target.clone()),
                        _ => None,
                    });
                targets.collect()
            }
        }
    }

    /// Whether the resource of the request belongs to a tenant (section 10).
    fn belongs(&self, tenant: &ResourceName<'_>) -> bool {
        let mut reached = BTreeSet::from([self.resource.clone()]);
        loop {
            let targets: BTreeSet<Name> = reached
                .iter()
                .flat_map(|resource| {
                    let declared = resource_type(self.model, &resource.resource_type);
                    let relations = declared.into_iter().flat_map(|declared| &declared.relations);
                    let links = relations.filter(|relation| {
                        matches!(relation.definition, RelationDefinition::Link { tenant: true, .. })
                    });
                    links.flat_map(|link| self.targets(resource, &link.name.text))
                })
                .collect();
            let before = reached.len();
            reached.extend(targets);
            if reached.len() == before {
                return reached.contains(tenant);
            }
        }
    }

    /// Whether the actor has a relation, `r` or `link.r`, on a resource: the least fixed point
    /// (section 2). What a sweep has not shown is "no" until a later one shows it; a set that a
    /// sweep comes upon is looked at in the next. Sweeps only ever turn "no" into an error and
    /// either into "yes", and there are finitely many sets, so the sweeps come to an end.
    pub(super) fn related(&self, path: &RelationPath, resource: &Name) -> Truth {
        let first = match &path.link {
            Some(link) => self.targets(resource, link),
            None => vec![resource.clone()],
        };
        let asked = first.into_iter().map(|resource| (resource, path.relation.clone()));
        let asked: Vec<Set> = asked.collect();
        let mut table: Table = asked.iter().map(|set| (set.clone(), Truth::No)).collect();
        loop {
            let before = table.clone();
            for set in before.keys() {
                let truth = self.union(set, &mut table);
                table.insert(set.clone(), truth);
            }
            if table == before {
                return Truth::any(asked.iter().map(|set| table[set].clone()));
            }
        }
    }

    /// Whether the actor is in a set, by what is known of the sets that its parts name.
    fn union(&self, (resource, relation): &Set, table: &mut Table) -> Truth {
        let parts = parts(self.model, &resource.resource_type, relation)
            .expect("a relation is only asked for where the type has it");
        let mut found = |resource: Name, relation: &str| {
            table.entry((resource, relation.to_owned())).or_insert(Truth::No).clone()
        };
        Truth::any(parts.iter().map(|part| match part {
            RelationPart::Direct => self.stated(resource, relation, &mut found),
            RelationPart::Relation(other) => found(resource.clone(), &other.text),
            RelationPart::Through { link, relation } => {
                let targets = self.targets(resource, &link.text);
                Truth::any(targets.into_iter().map(|target| found(target, &relation.text)))
            }
            RelationPart::When(condition) => self.condition(condition, resource),
        }))
    }

    /// Whether facts state the relation for the actor (section 3).
    fn stated(
        &self,
        resource: &Name,
        relation: &str,
        found: &mut impl FnMut(Name, &str) -> Truth,
    ) -> Truth {
        let asked = &self.request.actor;
        Truth::any(self.facts.iter().filter_map(|(key, beside)| {
            let named: Truth = match key.related(resource, relation)? {
                To::Exact(id) => (asked.id == id).into(),
                To::Prefix(prefix) => asked.id.starts_with(prefix).into(),
                To::Set { resource, relation } => found(resource.clone(), relation),
                To::Role { role, actor_type } => {
                    let type_fits = actor_type.is_none_or(|only| only == asked.actor_type);
                    (type_fits && self.claims(role)).into()
                }
                To::Target(_) => Truth::No,
            };
            let lasts = match (beside, self.request.now) {
                (Beside::Until(until), Some(now)) => (now < *until).into(),
                (Beside::Until(_), None) => Truth::fault(Fault::NowMissing),
                _ => Truth::Yes,
            };
            Some(Truth::all([named, lasts]))
        }))
    }
}
