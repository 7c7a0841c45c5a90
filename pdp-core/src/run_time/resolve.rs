//! Statements, which are words, become facts by number.

use pdp_cel::Bulk;

use std::collections::HashSet;

use super::draft::Draft;
use super::error::{ChangeError, ChangeErrorKind};
use super::key::{FactKey, RelationOf, State};
use crate::compile::types_mask;
use crate::compiled::{
    AttributeInfo, Code, Detail, RelationIndex, RelationInfo, ResourceIndex, Stored, TypeIndex,
    TypeInfo, Until, pair,
};
use crate::error::{id_fault, printable, suggestion};
use crate::model::AttributeSource;
use crate::{ActorForm, Change, ChangedActor, Operation, Statement, Value};

/// A fact, and what is said of it.
type Said = (FactKey, State);

/// Resolves the words of a change; ids and roles that are new get their numbers.
pub(super) struct Resolver<'r> {
    pub(super) code: &'r Code,
    pub(super) draft: &'r mut Draft,
}

impl Resolver<'_> {
    /// The relation or link that a change replaces, if it replaces one. A fault is reported when it
    /// is the change's turn.
    pub(super) fn replaced(&mut self, change: &Change) -> Option<RelationOf> {
        if change.operation != Operation::Replace {
            return None;
        }
        match &change.statement {
            Statement::Relation { resource, relation, .. } => {
                let resource = self.reference(resource, "resource").ok()?;
                Some((resource, self.relation(resource, relation).ok()?.into()))
            }
            Statement::Link { resource, link, .. } => {
                let resource = self.reference(resource, "resource").ok()?;
                Some((resource, self.link(resource, link).ok()?.0.into()))
            }
            _ => None,
        }
    }

    /// The facts that a change speaks of, in order. For [`Operation::Replace`] first those that
    /// hold and are not listed, as absent.
    pub(super) fn resolve(&mut self, change: &Change) -> Result<Vec<Said>, ChangeError> {
        let replaces = change.operation == Operation::Replace;
        match &change.statement {
            Statement::Relation { resource, relation, actors } => {
                let resource = self.reference(resource, "resource")?;
                let relation = self.relation(resource, relation)?;
                not_empty(actors, "actors", replaces)?;
                let said = self.actors(resource, relation, actors, change.operation)?;
                Ok(if replaces { self.all_of((resource, relation.into()), said) } else { said })
            }
            Statement::Link { resource, link, targets } => {
                let resource = self.reference(resource, "resource")?;
                let (link, of) = self.link(resource, link)?;
                not_empty(targets, "targets", replaces)?;
                let said = self.targets(resource, link, of, targets, replaces)?;
                Ok(if replaces { self.all_of((resource, link.into()), said) } else { said })
            }
            _ if replaces => {
                let message =
                    "`replace` is said of the actors of a relation or the targets of a link";
                Err(ChangeError::new(ChangeErrorKind::Refused, "op", message))
            }
            Statement::ResourceAttribute { resource, attribute, value } => {
                let resource = self.reference(resource, "resource")?;
                let code = self.code;
                let of = &code.vocabulary.types[self.type_of(resource)].attributes;
                let (attribute, state) = stated(of, attribute, value.as_ref(), change.operation)?;
                let key = (Detail::ATTRIBUTE, u32::from(attribute), 0, 0);
                Ok(vec![(FactKey::Detail { resource, key }, state)])
            }
            Statement::ActorAttribute { actor, attribute, value } => {
                self.check_id(actor, "actor")?;
                let of = &self.code.vocabulary.actor_attributes;
                let (attribute, state) = stated(of, attribute, value.as_ref(), change.operation)?;
                let actor = self.draft.tables.actors.intern(actor);
                Ok(vec![(FactKey::ActorAttribute { actor, attribute }, state)])
            }
            Statement::Existence { resource } => {
                let resource = self.reference(resource, "resource")?;
                Ok(vec![(FactKey::Existence { resource }, State::Holds(Until::FOREVER))])
            }
        }
    }

    /// `said`, and before it as absent what holds of the relation or link and is not spoken of.
    fn all_of(&self, of: RelationOf, said: Vec<Said>) -> Vec<Said> {
        let spoken_of: HashSet<&FactKey> = said.iter().map(|(key, _)| key).collect();
        let others = self.draft.listed(of).iter().filter(|key| !spoken_of.contains(key));
        let others: Vec<Said> = others.map(|key| (key.clone(), State::Absent)).collect();
        others.into_iter().chain(said).collect()
    }

    fn actors(
        &mut self,
        resource: ResourceIndex,
        relation: RelationIndex,
        actors: &[ChangedActor],
        operation: Operation,
    ) -> Result<Vec<Said>, ChangeError> {
        let mut said = Vec::with_capacity(actors.len());
        for (index, actor) in actors.iter().enumerate() {
            let field = listed("actor", index, actors.len(), operation == Operation::Replace);
            if actor.until.is_some() && matches!(operation, Operation::Remove | Operation::Forget) {
                let message = "`until` goes with `add` and `replace`";
                return Err(ChangeError::new(ChangeErrorKind::Refused, field, message));
            }
            let key = self.actor(resource, relation, &actor.form, &field)?;
            said.push((key, State::Holds(Until::from(actor.until))));
        }
        Ok(said)
    }

    fn actor(
        &mut self,
        resource: ResourceIndex,
        relation: RelationIndex,
        form: &ActorForm,
        field: &str,
    ) -> Result<FactKey, ChangeError> {
        let relation_word = u32::from(relation);
        let key = match form {
            ActorForm::Exact(id) => {
                self.check_id(id, field)?;
                let pair = pair(self.draft.tables.actors.intern(id), resource);
                return Ok(FactKey::Exact { pair, relation });
            }
            ActorForm::Prefix(prefix) => {
                if !prefix.is_empty() {
                    self.check_id(prefix, field)?;
                }
                (Detail::PREFIX, self.draft.tables.prefixes.intern(prefix), relation_word, 0)
            }
            ActorForm::Role { role, actor_type } => {
                self.check_id(role, field)?;
                if role.contains(' ') {
                    let message = "a role is printable and without spaces";
                    return Err(ChangeError::new(ChangeErrorKind::Shape, field, message));
                }
                let alias = self.code.vocabulary.aliases.get(role.as_str()).copied();
                let role = alias.unwrap_or_else(|| self.draft.tables.roles.intern(role));
                (Detail::ROLE, role, u32::from(types_mask(*actor_type)), relation_word)
            }
            ActorForm::Set(set) => {
                let Some((reference, goal)) = set.rsplit_once('#') else {
                    let message = "an actor set is `resource#relation`";
                    return Err(ChangeError::new(ChangeErrorKind::Shape, field, message));
                };
                let target = self.reference(reference, field)?;
                let goal = self.union(target, goal, field)?;
                (Detail::SET, relation_word, target, u32::from(goal))
            }
        };
        Ok(FactKey::Detail { resource, key })
    }

    fn targets(
        &mut self,
        resource: ResourceIndex,
        link: RelationIndex,
        of: TypeIndex,
        targets: &[String],
        replaces: bool,
    ) -> Result<Vec<Said>, ChangeError> {
        let mut said = Vec::with_capacity(targets.len());
        for (index, reference) in targets.iter().enumerate() {
            let field = listed("target", index, targets.len(), replaces);
            let target = self.reference(reference, &field)?;
            let types = &self.code.vocabulary.types;
            if self.type_of(target) != usize::from(of) {
                let (wanted, found) = (&types[usize::from(of)], &types[self.type_of(target)]);
                let message =
                    format!("the link points to `{}`; this is a `{}`", wanted.name, found.name);
                return Err(ChangeError::new(ChangeErrorKind::Refused, field, message));
            }
            let key = (Detail::LINK, u32::from(link), target, 0);
            said.push((FactKey::Detail { resource, key }, State::Holds(Until::FOREVER)));
        }
        Ok(said)
    }

    /// The resource that a reference names: `type:id`, or the id itself where ids carry the type.
    fn reference(&mut self, reference: &str, field: &str) -> Result<ResourceIndex, ChangeError> {
        self.check_id(reference, field)?;
        let Some((name, rest)) = reference.split_once(':') else {
            let message = format!("`{}` is no reference: `type:id`", printable(reference));
            return Err(ChangeError::new(ChangeErrorKind::Shape, field, message));
        };
        let vocabulary = &self.code.vocabulary;
        let Some(index) = vocabulary.type_indexes.get(name).copied() else {
            let names = vocabulary.types.iter().map(|info| &*info.name);
            return Err(unknown("type", name, "", names, field));
        };
        if rest.is_empty() {
            let message = "a reference without an id";
            return Err(ChangeError::new(ChangeErrorKind::Shape, field, message));
        }
        let id = if vocabulary.types[usize::from(index)].prefixed { reference } else { rest };
        Ok(self.draft.tables.resources.intern(index, id))
    }

    fn type_of(&self, resource: ResourceIndex) -> usize {
        usize::from(self.draft.tables.resources.record(resource).resource_type)
    }

    fn info(&self, resource: ResourceIndex) -> &TypeInfo {
        &self.code.vocabulary.types[self.type_of(resource)]
    }

    fn position(
        &self,
        resource: ResourceIndex,
        name: &str,
        field: &str,
    ) -> Result<(RelationIndex, &RelationInfo), ChangeError> {
        let info = self.info(resource);
        let names = || info.relation_names.iter().map(|name| &**name);
        let position = names().position(|candidate| candidate == name);
        let position = position.and_then(|position| RelationIndex::try_from(position).ok());
        let Some(position) = position else {
            let of = format!(" on `{}`", info.name);
            return Err(unknown("relation", name, &of, names(), field));
        };
        Ok((position, &info.relations[usize::from(position)]))
    }

    /// A relation that facts may state.
    fn relation(&self, resource: ResourceIndex, name: &str) -> Result<RelationIndex, ChangeError> {
        let (position, definition) = self.position(resource, name, "relation")?;
        let message = match definition {
            RelationInfo::Link { .. } => {
                format!("`{name}` is a link: it has `target` or `targets`")
            }
            RelationInfo::Union(_) if self.info(resource).direct & (1 << position) == 0 => {
                format!("relation `{name}` of `{}` is computed", self.info(resource).name)
            }
            RelationInfo::Union(_) => return Ok(position),
        };
        Err(ChangeError::new(ChangeErrorKind::Refused, "relation", message))
    }

    /// A link that facts may state, and the type it points to.
    fn link(
        &self,
        resource: ResourceIndex,
        name: &str,
    ) -> Result<(RelationIndex, TypeIndex), ChangeError> {
        let (position, definition) = self.position(resource, name, "relation")?;
        let message = match definition {
            RelationInfo::Link { target, same_id: false } => return Ok((position, *target)),
            RelationInfo::Link { .. } => format!("link `{name}` is computed"),
            RelationInfo::Union(_) => {
                format!("`{name}` is a relation: it has `actor` or `actors`")
            }
        };
        Err(ChangeError::new(ChangeErrorKind::Refused, "relation", message))
    }

    /// Any relation of actors.
    fn union(
        &self,
        resource: ResourceIndex,
        name: &str,
        field: &str,
    ) -> Result<RelationIndex, ChangeError> {
        match self.position(resource, name, field)? {
            (position, RelationInfo::Union(_)) => Ok(position),
            (_, RelationInfo::Link { .. }) => {
                let message = format!("`{name}` is a link, not a relation of actors");
                Err(ChangeError::new(ChangeErrorKind::Refused, field, message))
            }
        }
    }

    fn check_id(&self, id: &str, field: &str) -> Result<(), ChangeError> {
        match id_fault(id, "the id", self.code.non_ascii_ids) {
            None => Ok(()),
            Some(fault) => Err(ChangeError::new(ChangeErrorKind::Shape, field, fault.message)),
        }
    }
}

/// Only [`Operation::Replace`] may list nothing; of others that would be a slip.
fn not_empty<T>(listed: &[T], field: &str, replaces: bool) -> Result<(), ChangeError> {
    if listed.is_empty() && !replaces {
        return Err(ChangeError::new(ChangeErrorKind::Shape, field, "an empty list"));
    }
    Ok(())
}

/// "`actor`" for one that stands by itself, "`actors[2]`" for one of a list.
fn listed(what: &str, index: usize, count: usize, replaces: bool) -> String {
    if count == 1 && !replaces { what.to_owned() } else { format!("{what}s[{index}]") }
}

/// The position of an attribute that facts state, and what is said of it.
fn stated(
    declared: &[AttributeInfo],
    name: &str,
    value: Option<&Value<'static>>,
    operation: Operation,
) -> Result<(u16, State), ChangeError> {
    let names = || declared.iter().map(|attribute| &*attribute.name);
    let found = names().position(|candidate| candidate == name);
    let Some((position, attribute)) = found.map(|position| (position, &declared[position])) else {
        return Err(unknown("attribute", name, "", names(), "attribute"));
    };
    if attribute.source == AttributeSource::Request {
        let message = format!("attribute `{name}` is stated by requests");
        return Err(ChangeError::new(ChangeErrorKind::Refused, "attribute", message));
    }
    let position = u16::try_from(position).expect("types have at most 1 024 attributes");
    let value = match (operation, value) {
        (Operation::Add, Some(value)) => value.clone(),
        (Operation::Add, None) => {
            return Err(ChangeError::new(ChangeErrorKind::Shape, "value", "missing"));
        }
        (_, Some(_)) => {
            let message = "`value` goes with `add`";
            return Err(ChangeError::new(ChangeErrorKind::Refused, "value", message));
        }
        (_, None) => return Ok((position, State::Absent)),
    };
    let found = value.type_name();
    let cap = Bulk::of_stated(&attribute.value_type, attribute.max);
    if cap.is_exceeded_by(&value, &attribute.value_type) {
        let message = crate::read::too_large_value(name, cap);
        return Err(ChangeError::new(ChangeErrorKind::Refused, "value", message));
    }
    match attribute.value_type.admit(value) {
        Some(value) => Ok((position, State::Value(Stored::new(&value)))),
        None => {
            let wanted = &attribute.value_type;
            let message =
                format!("attribute `{name}` is declared as `{wanted}`; this is a {found}");
            Err(ChangeError::new(ChangeErrorKind::Refused, "value", message))
        }
    }
}

/// "unknown `what` `name``of`; did you mean …?"
fn unknown<'c>(
    what: &str,
    name: &str,
    of: &str,
    names: impl Iterator<Item = &'c str>,
    field: &str,
) -> ChangeError {
    let hint = suggestion(name, names).map(|hint| format!("; {hint}")).unwrap_or_default();
    let message = format!("unknown {what} `{}`{of}{hint}", printable(name));
    ChangeError::new(ChangeErrorKind::Unknown, field, message)
}
