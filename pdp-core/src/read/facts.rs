//! Facts in their own sections: `resources`, `facts`, `attributes`.

use std::borrow::Cow;

use pdp_cel::Bulk;

use super::names::Name;
use super::{Reader, Vocabulary};
use crate::document::{Content, Node};
use crate::error::{PolicyErrorKind, printable};
use crate::model::{
    Attribute, AttributeFact, AttributeSource, FactActor, Facts, LinkFacts, Place,
    RelationDefinition, RelationFacts, ResourceName, ResourceType, ShortForm, StatedActor,
};
use crate::{ActorType, Text, Timestamp};

impl<'t> Reader<'_, 't> {
    pub(super) fn facts(&mut self, root: &Node<'t>, types: &Vocabulary<'_>, facts: &mut Facts<'t>) {
        if let Some(section) = root.value("resources") {
            for node in self.items(section, "`resources`", false) {
                facts.known.extend(self.reference(node, types));
            }
        }
        if let Some(section) = root.value("facts") {
            for (key, value) in self.entries(section, "`facts`").unwrap_or_default() {
                if let Some(resource) = self.reference(key, types) {
                    self.resource_facts(&resource, value, types, facts);
                }
            }
        }
        if let Some(section) = root.value("attributes") {
            let Some(fields) = self.fields(section, "`attributes`", &["resources", "actors"])
            else {
                return;
            };
            if let Some(section) = fields.value("resources") {
                self.attributes_of_resources(section, types, facts);
            }
            if let Some(section) = fields.value("actors") {
                self.attributes_of_actors(section, types.actor_attributes, facts);
            }
        }
    }

    fn resource_facts(
        &mut self,
        resource: &ResourceName<'t>,
        node: &Node<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let mut has_facts = false;
        for (key, value) in self.entries(node, "the facts of a resource").unwrap_or_default() {
            let Some(name) = self.text(key, "a relation") else { continue };
            match self.definition(&resource.resource_type, name, key, types) {
                Some(RelationDefinition::Link { to, .. }) => {
                    let targets = self.items(value, "the targets of a link", true);
                    let targets =
                        targets.iter().filter_map(|item| self.target(item, &to.text, types));
                    let targets: Vec<_> = targets.collect();
                    has_facts |= !targets.is_empty();
                    facts.links.push(LinkFacts {
                        resource: resource.clone(),
                        link: name.clone(),
                        targets,
                    });
                }
                Some(RelationDefinition::Union(_)) => {
                    let actors = self.items(value, "the actors of a relation", true);
                    let actors: Vec<_> =
                        actors.iter().filter_map(|item| self.stated_actor(item, types)).collect();
                    has_facts |= !actors.is_empty();
                    facts.relations.push(RelationFacts {
                        resource: resource.clone(),
                        relation: name.clone(),
                        actors,
                    });
                }
                None => {}
            }
        }
        if !has_facts {
            facts.known.push(resource.clone());
        }
    }

    /// The definition of a relation or link that facts may state.
    pub(super) fn definition<'m>(
        &mut self,
        resource_type: &str,
        name: &str,
        node: &Node<'t>,
        types: &Vocabulary<'m>,
    ) -> Option<&'m RelationDefinition> {
        let found = self.type_named(resource_type, node, types)?;
        let relation = found.relations.iter().find(|relation| relation.name.text == name);
        let Some(relation) = relation else {
            let message = format!("unknown relation `{}` on `{resource_type}`", printable(name));
            let names = found.relations.iter().map(|relation| relation.name.text.as_str());
            self.mistake_with_hint(
                PolicyErrorKind::UnknownName,
                node.span,
                message,
                self.mistakes.suggestion(name, names),
            );
            return None;
        };
        let stated = match &relation.definition {
            RelationDefinition::Link { same_id, .. } => !same_id,
            definition @ RelationDefinition::Union(_) => definition.is_direct(),
        };
        if !stated {
            let message = format!(
                "relation `{name}` of `{resource_type}` is computed; facts cannot state it"
            );
            let hint = Some("`direct` among its parts would allow it".to_owned());
            self.mistake_with_hint(PolicyErrorKind::Shape, node.span, message, hint);
            return None;
        }
        Some(&relation.definition)
    }

    pub(super) fn type_named<'m>(
        &mut self,
        name: &str,
        node: &Node<'t>,
        types: &Vocabulary<'m>,
    ) -> Option<&'m ResourceType> {
        let found = types.types.get(name).copied();
        if found.is_none() {
            let message = format!("unknown type `{}`", printable(name));
            let hint = self.mistakes.suggestion(name, types.types.keys().copied());
            self.mistake_with_hint(PolicyErrorKind::UnknownName, node.span, message, hint);
        }
        found
    }

    /// The resource that a reference names: `type:id`, or the id itself where ids carry the type.
    pub(super) fn reference(
        &mut self,
        node: &Node<'t>,
        types: &Vocabulary<'_>,
    ) -> Option<ResourceName<'t>> {
        let text = self.id(node, "a reference to a resource")?;
        self.resource_named(text, node, types)
    }

    fn resource_named(
        &mut self,
        text: &Text<'t>,
        node: &Node<'t>,
        types: &Vocabulary<'_>,
    ) -> Option<ResourceName<'t>> {
        let Some(colon) = text.find(':') else {
            let message = format!("`{}` is no reference to a resource", printable(text));
            let hint = Some("a reference is `type:id`".to_owned());
            self.mistake_with_hint(PolicyErrorKind::Name, node.span, message, hint);
            return None;
        };
        let found = self.type_named(&text[..colon], node, types)?;
        let id = if found.prefixed { text.clone() } else { slice(text, colon + 1, text.len()) };
        if id.is_empty() || colon + 1 == text.len() {
            self.mistake(PolicyErrorKind::Name, node.span, "a reference without an id");
            return None;
        }
        Some(ResourceName { resource_type: slice(text, 0, colon), id })
    }

    /// A reference to a resource of the type that a link points to.
    fn target(&mut self, node: &Node<'t>, to: &str, types: &Vocabulary<'_>) -> Option<Text<'t>> {
        let target = self.reference(node, types)?;
        if target.resource_type != to {
            let message =
                format!("the link points to `{to}`; this is a `{}`", target.resource_type);
            self.mistake(PolicyErrorKind::Type, node.span, message);
            return None;
        }
        Some(target.id)
    }

    fn stated_actor(&mut self, node: &Node<'t>, types: &Vocabulary<'_>) -> Option<StatedActor<'t>> {
        let place = self.place(node);
        if matches!(node.content, Content::Mapping(_)) {
            return self.long_actor(node, types);
        }
        Some(StatedActor { actor: self.short_actor(node, types)?, until: None, place })
    }

    fn short_actor(&mut self, node: &Node<'t>, types: &Vocabulary<'_>) -> Option<FactActor<'t>> {
        let text = self.id(node, "an actor")?;
        match ShortForm::of(text) {
            Some(ShortForm::Role) => {
                let role = slice(text, ShortForm::ROLE.len(), text.len());
                self.role(node, role, None)
            }
            Some(ShortForm::Set) => self.set(node, text, types),
            _ => {
                let hint = "several actors stand in `[ ]`; `{id: \"…\"}` takes any id";
                self.plain_actor(node, text, hint)
            }
        }
    }

    /// An exact id or a prefix pattern.
    pub(super) fn plain_actor(
        &mut self,
        node: &Node<'t>,
        text: &Text<'t>,
        hint: &str,
    ) -> Option<FactActor<'t>> {
        match ShortForm::of(text) {
            Some(ShortForm::Exact) => Some(FactActor::Exact(text.clone())),
            Some(ShortForm::Prefix) => Some(FactActor::Prefix(slice(text, 0, text.len() - 1))),
            // Roles and sets were told apart, or refused, before.
            _ => {
                let message = format!("`{}` is {}", printable(text), ShortForm::FAULT);
                self.mistake_with_hint(
                    PolicyErrorKind::Name,
                    node.span,
                    message,
                    Some(hint.to_owned()),
                );
                None
            }
        }
    }

    fn long_actor(&mut self, node: &Node<'t>, types: &Vocabulary<'_>) -> Option<StatedActor<'t>> {
        let keys = ["id", "prefix", "set", "role", "type", "until"];
        let fields = self.fields(node, "an actor", &keys)?;
        let given: Vec<_> = ["id", "prefix", "set", "role"]
            .into_iter()
            .filter_map(|key| Some((key, fields.value(key)?)))
            .collect();
        let [(key, value)] = given[..] else {
            let message = "an actor has one of `id`, `prefix`, `set` and `role`";
            self.mistake(PolicyErrorKind::MissingKey, node.span, message);
            return None;
        };
        let actor_type = match fields.value("type") {
            None => None,
            Some(node) if key != "role" => {
                self.mistake(PolicyErrorKind::UnknownKey, node.span, "only a role takes a `type`");
                return None;
            }
            Some(node) => Some(self.actor_type(node)?),
        };
        let until = match fields.value("until") {
            None => None,
            Some(node) => Some(self.time(node, "`until`")?),
        };
        let actor = self.named_actor(key, value, actor_type, types)?;
        Some(StatedActor { actor, until, place: self.place(node) })
    }

    /// The actor that one key of a long form names.
    fn named_actor(
        &mut self,
        key: &str,
        value: &Node<'t>,
        actor_type: Option<ActorType>,
        types: &Vocabulary<'_>,
    ) -> Option<FactActor<'t>> {
        match key {
            "id" => self.id(value, "an id").cloned().map(FactActor::Exact),
            "prefix" => {
                let text = self.text(value, "a prefix")?.clone();
                let fits = text.is_empty() || self.check_id(value, &text, "a prefix");
                fits.then_some(FactActor::Prefix(text))
            }
            "set" => {
                let text = self.id(value, "an actor set")?;
                self.set(value, text, types)
            }
            _ => {
                let role = self.text(value, "a role")?.clone();
                self.role(value, role, actor_type)
            }
        }
    }

    fn time(&mut self, node: &Node<'t>, what: &str) -> Option<Timestamp> {
        let time = Timestamp::parse(self.text(node, what)?).ok();
        if time.is_none() {
            let message = format!("{what} is a time, such as `2027-01-01T00:00:00Z`");
            self.wrong_shape(node, &message);
        }
        time
    }

    pub(super) fn role(
        &mut self,
        node: &Node<'t>,
        role: Text<'t>,
        actor_type: Option<ActorType>,
    ) -> Option<FactActor<'t>> {
        if role.is_empty() || role.contains(' ') || !self.check_id(node, &role, "a role") {
            self.mistake(
                PolicyErrorKind::Name,
                node.span,
                "a role is printable and without spaces",
            );
            return None;
        }
        Some(FactActor::Role { role, actor_type })
    }

    /// `reference#relation`; the last `#` divides.
    fn set(
        &mut self,
        node: &Node<'t>,
        text: &Text<'t>,
        types: &Vocabulary<'_>,
    ) -> Option<FactActor<'t>> {
        let Some(hash) = text.rfind('#') else {
            self.mistake(PolicyErrorKind::Name, node.span, "an actor set is `resource#relation`");
            return None;
        };
        let resource = self.resource_named(&slice(text, 0, hash), node, types)?;
        let relation = slice(text, hash + 1, text.len());
        self.checked_set(node, resource, relation, types)
    }

    /// An actor set, if its relation is one of actors.
    pub(super) fn checked_set(
        &mut self,
        node: &Node<'t>,
        resource: ResourceName<'t>,
        relation: Text<'t>,
        types: &Vocabulary<'_>,
    ) -> Option<FactActor<'t>> {
        let found = self.type_named(&resource.resource_type, node, types)?;
        let of_actors = found
            .relations
            .iter()
            .filter(|relation| matches!(relation.definition, RelationDefinition::Union(_)));
        let mut names = of_actors.map(|relation| relation.name.text.as_str());
        if names.clone().any(|name| name == relation) {
            return Some(FactActor::Set { resource, relation });
        }
        let message =
            format!("unknown relation `{}` on `{}`", printable(&relation), resource.resource_type);
        let hint = self.mistakes.suggestion(&relation, &mut names);
        self.mistake_with_hint(PolicyErrorKind::UnknownName, node.span, message, hint);
        None
    }

    fn attributes_of_resources(
        &mut self,
        section: &Node<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        for (key, value) in self.entries(section, "`resources`").unwrap_or_default() {
            let Some(resource) = self.reference(key, types) else { continue };
            let Some(found) = self.type_named(&resource.resource_type, key, types) else {
                continue;
            };
            let values = self.attribute_values(value, &resource, &found.attributes);
            if values.is_empty() {
                facts.known.push(resource);
            }
            facts.resource_attributes.extend(values);
        }
    }

    fn attributes_of_actors(
        &mut self,
        section: &Node<'t>,
        declared: &[Attribute],
        facts: &mut Facts<'t>,
    ) {
        for (key, value) in self.entries(section, "`actors`").unwrap_or_default() {
            let Some(actor) = self.id(key, "an actor") else { continue };
            let values = self.attribute_values(value, actor, declared);
            facts.actor_attributes.extend(values);
        }
    }

    fn attribute_values<S: Clone>(
        &mut self,
        node: &Node<'t>,
        subject: &S,
        declared: &[Attribute],
    ) -> Vec<AttributeFact<'t, S>> {
        let entries = self.entries(node, "the attributes of one").unwrap_or_default();
        let mut values = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            let Some(name) = self.text(key, "an attribute") else { continue };
            let value = self.value_of(node);
            let fact = value.and_then(|value| {
                self.attribute_fact(key, subject.clone(), name.clone(), value, node, declared)
            });
            values.extend(fact);
        }
        values
    }

    /// A fact about an attribute, if the attribute is declared and the value fits.
    pub(super) fn attribute_fact<S>(
        &mut self,
        key: &Node<'t>,
        subject: S,
        name: Text<'t>,
        value: crate::Value<'t>,
        node: &Node<'t>,
        declared: &[Attribute],
    ) -> Option<AttributeFact<'t, S>> {
        let Some(attribute) = declared.iter().find(|attribute| attribute.name.text == name) else {
            let message = format!("unknown attribute `{}`", printable(&name));
            let names = declared.iter().map(|attribute| attribute.name.text.as_str());
            self.mistake_with_hint(
                PolicyErrorKind::UnknownName,
                key.span,
                message,
                self.mistakes.suggestion(&name, names),
            );
            return None;
        };
        if attribute.source == AttributeSource::Request {
            let message =
                format!("attribute `{name}` is stated by requests; facts cannot state it");
            self.mistake(PolicyErrorKind::Shape, key.span, message);
            return None;
        }
        let found = value.type_name();
        let cap = Bulk::of_stated(&attribute.value_type, attribute.max);
        if cap.is_exceeded_by(&value, &attribute.value_type) {
            let message = too_large(&name, cap);
            self.mistake(PolicyErrorKind::Limit, node.span, message);
            return None;
        }
        let Some(value) = attribute.value_type.admit(value) else {
            let message = format!(
                "attribute `{name}` is declared as `{}`; this is a {found}",
                attribute.value_type
            );
            self.mistake(PolicyErrorKind::Type, node.span, message);
            return None;
        };
        let place: Place = self.place(key);
        Some(AttributeFact { subject, name, value, place })
    }

    /// A word from a section that is only a word: a role or a type.
    pub(super) fn plain_word(&mut self, node: &Node<'t>, what: &str) -> Option<Text<'t>> {
        self.word(node, what, Name::Word)?;
        self.text(node, what).cloned()
    }
}

/// That a value has more than it may.
pub(crate) fn too_large(name: &str, cap: Bulk) -> String {
    let Bulk { items, bytes } = cap;
    match items {
        0 => format!("`{name}` has more than {bytes} bytes"),
        items => format!("`{name}` has more than {items} items or {bytes} bytes of text"),
    }
}

/// The bytes `start` to `end`, borrowed where the text is.
pub(super) fn slice<'t>(text: &Text<'t>, start: usize, end: usize) -> Text<'t> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
    }
}
