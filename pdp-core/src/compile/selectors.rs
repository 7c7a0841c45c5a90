//! Selectors become nodes, beside conditions.

use pdp_cel::RegexError;

use super::{Compiler, Scope};
use crate::ActorType;
use crate::compiled::{Leaf, NodeId, RelationIndex, TypeIndex};
use crate::error::{PolicyErrorKind, printable};
use crate::model::{IdPattern, Place, RelationDefinition, RelationPath, Selector};

impl<'m> Compiler<'m> {
    /// The node of a selector; `None` if it has a mistake.
    pub(super) fn selector(&mut self, selector: &Selector, scope: Scope) -> Option<NodeId> {
        Some(match selector {
            Selector::All(parts) => {
                let parts = self.selectors(parts, scope)?;
                self.builder.all(parts)
            }
            Selector::Any(parts) => {
                let parts = self.selectors(parts, scope)?;
                self.builder.any(parts)
            }
            Selector::Not(part) => {
                let part = self.selector(part, scope)?;
                self.builder.not(part)
            }
            Selector::ActorType(actor_type) => {
                self.builder.leaf(Leaf::ActorTypes(mask(*actor_type)))
            }
            Selector::ActorId(pattern) => self.id(Leaf::ActorId, pattern)?,
            Selector::Role(role) => self.builder.role_node(&role.text),
            Selector::DerivedRole(name) => self.derived_role_named(name, scope)?,
            Selector::Relation(path) => self.relation(path, scope)?,
            Selector::Tenant(tenant) => {
                self.builder.leaf(Leaf::Tenant(tenant.text.as_str().into()))
            }
            Selector::ResourceType(name) => {
                let index = self.type_index(&name.text, name.place)?;
                self.builder.bool(scope == Scope::Request(index))
            }
            Selector::ResourceId(pattern) => self.id(Leaf::ResourceId, pattern)?,
            Selector::Known(known) => {
                let node = match scope {
                    Scope::Undeclared => self.builder.bool(false),
                    _ => self.builder.leaf(Leaf::Known),
                };
                if *known { node } else { self.builder.not(node) }
            }
        })
    }

    fn selectors(&mut self, parts: &[Selector], scope: Scope) -> Option<Vec<NodeId>> {
        let parts: Vec<_> = parts.iter().map(|part| self.selector(part, scope)).collect();
        parts.into_iter().collect()
    }

    fn id(&mut self, leaf: Leaf, pattern: &IdPattern) -> Option<NodeId> {
        let id = self.builder.leaf(leaf);
        Some(match pattern {
            IdPattern::Exact(text) => {
                let text = self.builder.text(&text.text);
                self.builder.equal(id, text)
            }
            IdPattern::Glob(pattern) => self.builder.fits_glob(id, &pattern.text),
            IdPattern::Regex(regex) => match self.builder.fits_regex(id, &regex.text) {
                Ok(node) => node,
                Err(error) => {
                    let kind = match error {
                        RegexError::Syntax(_) => PolicyErrorKind::Expression,
                        RegexError::Budget => PolicyErrorKind::Limit,
                    };
                    let message =
                        format!("regular expression `{}`: {error}", printable(&regex.text));
                    self.mistake(regex.place, kind, message);
                    return None;
                }
            },
        })
    }

    /// The node that asks a relation of the request's resource.
    pub(super) fn relation(&mut self, path: &RelationPath, scope: Scope) -> Option<NodeId> {
        let Scope::Request(index) = scope else {
            let message = "the rule reaches resources of undeclared types, which have no relations";
            let hint = Some("restrict the rule by `resource`".to_owned());
            self.mistake_with_hint(path.place, PolicyErrorKind::Type, message, hint);
            return None;
        };
        let leaf = match &path.link {
            None => Leaf::Related(self.union(index, &path.relation, path.place)?),
            Some(link) => {
                let (link, target) = self.link(index, link, path.place)?;
                let relation = self.union(target, &path.relation, path.place)?;
                Leaf::RelatedThrough { link, relation }
            }
        };
        Some(self.builder.leaf(leaf))
    }

    /// The position of a relation of actors on a type.
    pub(super) fn union(
        &mut self,
        index: TypeIndex,
        name: &str,
        place: Place,
    ) -> Option<RelationIndex> {
        let found = self.named_relation(index, name, place, "relation", false)?;
        match found.1 {
            RelationDefinition::Union(_) => Some(found.0),
            RelationDefinition::Link { .. } => {
                let message = format!("`{name}` is a link, not a relation of actors");
                let hint = Some(format!("a relation of its targets is `{name}.relation`"));
                self.mistake_with_hint(place, PolicyErrorKind::Type, message, hint);
                None
            }
        }
    }

    /// The position of a link of a type, and the type it points to.
    pub(super) fn link(
        &mut self,
        index: TypeIndex,
        name: &str,
        place: Place,
    ) -> Option<(RelationIndex, TypeIndex)> {
        let (position, definition) = self.named_relation(index, name, place, "link", true)?;
        match definition {
            // An unknown target is a mistake of the link itself.
            RelationDefinition::Link { to, .. } => {
                Some((position, *self.types.get(to.text.as_str())?))
            }
            RelationDefinition::Union(_) => {
                self.mistake(
                    place,
                    PolicyErrorKind::Type,
                    format!("`{name}` is a relation of actors, not a link"),
                );
                None
            }
        }
    }

    fn named_relation(
        &mut self,
        index: TypeIndex,
        name: &str,
        place: Place,
        what: &str,
        links: bool,
    ) -> Option<(RelationIndex, &'m RelationDefinition)> {
        let model = self.model;
        let resource_type = &model.types[usize::from(index)];
        let position =
            resource_type.relations.iter().position(|relation| relation.name.text == name);
        if let Some(position) = position {
            let relation = &resource_type.relations[position];
            return Some((RelationIndex::try_from(position).ok()?, &relation.definition));
        }
        let message =
            format!("unknown {what} `{}` on `{}`", printable(name), resource_type.name.text);
        let fitting = resource_type.relations.iter().filter(|relation| {
            matches!(relation.definition, RelationDefinition::Link { .. }) == links
        });
        let hint = self
            .mistakes
            .suggestion(name, fitting.map(|relation| relation.name.text.as_str()))
            .or_else(|| self.reachable(index, name).filter(|_| !links));
        self.mistake_with_hint(place, PolicyErrorKind::UnknownName, message, hint);
        None
    }

    /// "reach it as `link.relation`", where a link of the type leads to the relation.
    fn reachable(&self, index: TypeIndex, name: &str) -> Option<String> {
        let relations = &self.model.types[usize::from(index)].relations;
        relations.iter().find_map(|relation| {
            let RelationDefinition::Link { to, .. } = &relation.definition else { return None };
            let target = self.types.get(to.text.as_str())?;
            let mut on_target = self.model.types[usize::from(*target)].relations.iter();
            let found = on_target.any(|candidate| candidate.name.text == name);
            let link = &relation.name.text;
            found.then(|| format!("this relation is on `{}`; reach it as `{link}.{name}`", to.text))
        })
    }
}

/// The bit of an actor type in [`Leaf::ActorTypes`] and in facts about roles.
pub(crate) fn mask(actor_type: ActorType) -> u8 {
    match actor_type {
        ActorType::Human => 1,
        ActorType::Agent => 2,
        ActorType::Service => 4,
    }
}
