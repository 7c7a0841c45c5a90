//! What is allowed and may surprise.

use super::Compiler;
use super::gathered::{Applicable, Gathered};
use crate::compiled::{FactTables, Leaf, Map};
use crate::error::printable;
use crate::model::{FactActor, Place, ResourceName};
use crate::{ActorType, PolicyWarning};

impl Compiler<'_> {
    /// Permit rules that can decide the same request and differ in obligations: which obligations
    /// hold is then a matter of their order.
    pub(super) fn obligation_warnings(&self, gathered: &Gathered) -> Vec<PolicyWarning> {
        let mut warnings: Vec<PolicyWarning> = Vec::new();
        for (resource_type, of_type) in self.model.types.iter().zip(&gathered.types) {
            for (action, of_action) in resource_type.actions.iter().zip(&of_type.actions) {
                for permits in [&of_action.bypass, &of_action.permit] {
                    let differing = self.differing(permits);
                    warnings.extend(differing.map(|(one, other)| {
                        self.obligation_warning(one, other, &resource_type.name.text, &action.text)
                    }));
                }
            }
        }
        warnings.sort_by(|left, right| (&left.file, left.span).cmp(&(&right.file, right.span)));
        // One rule is warned of once, not for each action.
        warnings.dedup_by(|next, kept| (&next.file, next.span) == (&kept.file, kept.span));
        warnings
    }

    /// Each candidate that comes after one with other obligations and can match where that one
    /// does.
    fn differing<'c>(
        &'c self,
        permits: &'c [Applicable],
    ) -> impl Iterator<Item = (Applicable, Applicable)> {
        let obligations =
            |candidate: &Applicable| &self.model.rules[candidate.rule as usize].obligations;
        permits.iter().enumerate().filter_map(move |(index, candidate)| {
            // The nearest ones are looked at: a warning is no reason to compare all with all.
            let before = permits[..index].iter().rev().take(COMPARED_MAX);
            let mut differing = before.filter(|other| obligations(other) != obligations(candidate));
            let overlapping = differing.find(|other| self.may_overlap(**other, *candidate))?;
            Some((*overlapping, *candidate))
        })
    }

    /// Parts of conditions that may fail when they are evaluated, because the type of something
    /// shows only then.
    pub(super) fn open_type_warnings(&self) -> Vec<PolicyWarning> {
        let warning = |(place, text): &(Place, String)| PolicyWarning {
            file: self.model.path(*place),
            span: place.span,
            message: format!(
                "the type of something in `{text}` is open: it may fail when it is evaluated"
            ),
        };
        self.open_types.iter().map(warning).collect()
    }

    /// Not if they are about different actor types.
    fn may_overlap(&self, one: Applicable, other: Applicable) -> bool {
        self.actor_types(one) & self.actor_types(other) != 0
    }

    fn actor_types(&self, candidate: Applicable) -> u8 {
        let parts = self.builder.parts(candidate.condition);
        parts.iter().fold(u8::MAX, |types, part| match self.builder.as_leaf(*part) {
            Some(Leaf::ActorTypes(mask)) => types & mask,
            _ => types,
        })
    }

    fn obligation_warning(
        &self,
        one: Applicable,
        other: Applicable,
        resource_type: &str,
        action: &str,
    ) -> PolicyWarning {
        let rules = &self.model.rules;
        let (first, second) = (&rules[one.rule as usize], &rules[other.rule as usize]);
        let message = format!(
            "rules `{}` and `{}` both permit `{action}` on `{resource_type}`, with different obligations; those of the first that matches hold",
            first.id.text, second.id.text,
        );
        self.warning(second.id.place, message)
    }

    /// Files of tenants that no fact names: a misspelt tenant would switch its whole file off.
    pub(super) fn unknown_tenant_warnings(&self, facts: &FactTables) -> Vec<PolicyWarning> {
        let unknown = self.model.tenant_files.iter().filter(|tenant| {
            let ResourceName { resource_type, id } = &tenant.resource;
            let index = self.types.get(resource_type.as_ref());
            index.is_some_and(|index| facts.resources.index(*index, id).is_none())
        });
        let warnings = unknown.map(|tenant| {
            let message = "no fact names this tenant: nothing belongs to it, and the rules of this file apply to nothing";
            self.warning(tenant.place, message.to_owned())
        });
        warnings.collect()
    }

    /// Exact actors that look like a set without its relation: `group:eng` where others are
    /// `group:ops#member`. One for each type.
    pub(super) fn set_like_actor_warnings(&self) -> Vec<PolicyWarning> {
        let facts = &self.model.facts.relations;
        let actors = || facts.iter().flat_map(|fact| &fact.actors);
        let mut types: Map<&str, &str> = Map::default();
        for stated in actors() {
            if let FactActor::Set { resource, relation } = &stated.actor {
                types.insert(&resource.resource_type, relation);
            }
        }
        // A type of resources may be one of actors, too.
        types.retain(|name, _| ActorType::ALL.iter().all(|one| one.as_str() != *name));
        let mut warnings = Vec::new();
        for stated in actors() {
            let FactActor::Exact(id) = &stated.actor else { continue };
            let Some((name, _)) = id.split_once(':') else { continue };
            if let Some(relation) = types.remove(name) {
                let id = printable(id);
                let message = format!(
                    "`{id}` is an actor of this id; did you mean the set `{id}#{relation}`?"
                );
                warnings.push(self.warning(stated.place, message));
            }
        }
        warnings
    }

    fn warning(&self, place: Place, message: String) -> PolicyWarning {
        PolicyWarning { file: self.model.path(place), span: place.span, message }
    }
}

/// With how many rules before it a rule is compared.
const COMPARED_MAX: usize = 100;
