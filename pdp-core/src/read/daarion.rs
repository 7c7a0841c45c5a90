//! The DAARION sections, lowered to facts.
//!
//! Each entry states relations, links and attributes named as its keys. This is the one file that
//! knows these words; what they mean for decisions is policy text.

use std::borrow::Cow;

use super::facts::slice;
use super::fields::{Fields, is_null};
use super::{Reader, Vocabulary};
use crate::compiled::Set;
use crate::document::Node;
use crate::error::{Mistakes, PolicyErrorKind, printable};
use crate::model::{
    FactActor, Facts, LinkFacts, Model, RelationDefinition, RelationFacts, ResourceName,
    StatedActor,
};
use crate::{Text, Value};

const MICRODAO: &str = "microdao";

/// How an entry of a section becomes facts.
struct Section {
    name: &'static str,
    id: &'static str,
    /// The type of the resource that an entry declares; `None` where it is about an actor.
    resource_type: Option<&'static str>,
    keys: &'static [Key],
}

/// A key of an entry.
struct Key {
    name: &'static str,
    required: bool,
    form: Form,
}

/// What a key states.
enum Form {
    /// A relation of listed actors.
    Actors,
    /// A relation of listed actors; null states the attribute `public` instead.
    ActorsOrPublic,
    /// A relation of one actor.
    Actor,
    /// A relation of whoever claims one of the listed roles.
    ClaimedRoles,
    /// A relation of whoever has one of the listed relations on the entry's microDAO.
    MicrodaoRoles,
    /// A link to one microDAO.
    Microdao,
    /// A link to listed microDAOs, at least one.
    Microdaos,
    /// A truth value of the resource.
    Flag,
    /// Names of types, an attribute of the actor.
    Types,
}

const fn key(name: &'static str, form: Form) -> Key {
    Key { name, required: false, form }
}

const fn required(name: &'static str, form: Form) -> Key {
    Key { name, required: true, form }
}

const SECTIONS: [Section; 5] = [
    Section {
        name: "microdao_policies",
        id: "microdao_id",
        resource_type: Some(MICRODAO),
        keys: &[
            key("owners", Form::Actors),
            key("admins", Form::Actors),
            key("members", Form::Actors),
        ],
    },
    Section {
        name: "channel_policies",
        id: "channel_id",
        resource_type: Some("channel"),
        keys: &[
            required("microdao_id", Form::Microdao),
            key("allowed_roles", Form::MicrodaoRoles),
            key("blocked_users", Form::Actors),
            key("allowed_agents", Form::Actors),
        ],
    },
    Section {
        name: "tool_policies",
        id: "tool_id",
        resource_type: Some("tool"),
        keys: &[
            required("enabled", Form::Flag),
            required("allowed_agents", Form::ActorsOrPublic),
            key("allowed_user_roles", Form::ClaimedRoles),
            key("microdao_ids", Form::Microdaos),
        ],
    },
    Section {
        name: "agent_policies",
        id: "agent_id",
        resource_type: Some("agent"),
        keys: &[required("owner_id", Form::Actor), required("microdao_id", Form::Microdao)],
    },
    Section {
        name: "service_policies",
        id: "service_id",
        resource_type: None,
        keys: &[required("resource_types", Form::Types)],
    },
];

/// What a section is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SectionSubject {
    /// Resources of a type.
    Resources(&'static str),
    /// Actors, of which it states an attribute.
    Actors { attribute: &'static str },
}

/// The sections by name.
pub(crate) fn sections() -> impl Iterator<Item = (&'static str, SectionSubject)> {
    SECTIONS.iter().map(|section| {
        let subject = match section.resource_type {
            Some(resource_type) => SectionSubject::Resources(resource_type),
            None => SectionSubject::Actors { attribute: section.keys[0].name },
        };
        (section.name, subject)
    })
}

/// Whether a key at the top of a file is one of these sections. All that they say is facts.
pub(super) fn is_section(key: &str) -> bool {
    SECTIONS.iter().any(|section| section.name == key)
}

impl<'t> Reader<'_, 't> {
    pub(super) fn daarion(
        &mut self,
        root: &Node<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        for section in &SECTIONS {
            let Some(node) = root.value(section.name) else { continue };
            let what = format!("an entry of `{}`", section.name);
            let keys: Vec<&str> = std::iter::once(section.id)
                .chain(section.keys.iter().map(|key| key.name))
                .collect();
            for entry in self.items(node, &format!("`{}`", section.name), false) {
                if let Some(fields) = self.fields(entry, &what, &keys) {
                    self.entry(section, &fields, types, facts);
                }
            }
        }
        if let Some(node) = root.value("defaults") {
            self.defaults(node);
        }
    }

    fn defaults(&mut self, node: &Node<'t>) {
        let keys = ["deny_by_default", "log_all_decisions"];
        let Some(fields) = self.fields(node, "`defaults`", &keys) else { return };
        for key in keys {
            let Some(node) = fields.value(key) else { continue };
            if self.boolean(node, &format!("`{key}`")) == Some(false) {
                let message = format!("`{key}` is always true and cannot be turned off");
                self.mistake(PolicyErrorKind::Refused, node.span, message);
            }
        }
    }

    fn entry(
        &mut self,
        section: &Section,
        fields: &Fields<'_, 't>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let Some(id_node) = self.required(fields, section.id) else { return };
        let Some(id) = self.id(id_node, "an id") else { return };
        let subject = match section.resource_type {
            None => Subject::Actor(id.clone()),
            Some(resource_type) => {
                let Some(found) = self.type_named(resource_type, id_node, types) else {
                    return;
                };
                if found.prefixed && !has_prefix(id, resource_type) {
                    let message = format!("ids of `{resource_type}` begin with `{resource_type}:`");
                    self.mistake(PolicyErrorKind::Name, id_node.span, message);
                }
                Subject::Resource(ResourceName {
                    resource_type: resource_type.into(),
                    id: id.clone(),
                })
            }
        };
        if let Subject::Resource(resource) = &subject {
            facts.known.push(resource.clone());
        }
        facts.entries.push((section.name, id.clone(), self.place(id_node)));
        for key in section.keys {
            self.entry_key(key, fields, &subject, types, facts);
        }
    }

    fn entry_key(
        &mut self,
        key: &Key,
        fields: &Fields<'_, 't>,
        subject: &Subject<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let value =
            if key.required { self.required(fields, key.name) } else { fields.value(key.name) };
        let Some(value) = value else { return };
        match (subject, &key.form) {
            (Subject::Actor(actor), _) => self.types_of_actor(key, value, actor, types, facts),
            (Subject::Resource(resource), Form::Flag) => {
                self.flag(key, value, resource, types, facts);
            }
            (Subject::Resource(resource), Form::ActorsOrPublic) if is_null(value) => {
                self.resource_flag("public", value, true, resource, types, facts);
            }
            (Subject::Resource(resource), Form::Microdao | Form::Microdaos) => {
                self.microdaos(key, value, resource, types, facts);
            }
            (Subject::Resource(resource), _) => {
                self.actors(key, value, fields, resource, types, facts);
            }
        }
    }

    fn actors(
        &mut self,
        key: &Key,
        value: &Node<'t>,
        fields: &Fields<'_, 't>,
        resource: &ResourceName<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let definition = self.definition(&resource.resource_type, key.name, value, types);
        match definition {
            Some(RelationDefinition::Union(_)) => {}
            Some(RelationDefinition::Link { .. }) => {
                return self.other_kind(key, value, resource, "a relation of actors");
            }
            None => return,
        }
        let one = matches!(key.form, Form::Actor);
        let items = if one {
            std::slice::from_ref(value)
        } else {
            self.items(value, &format!("`{}`", key.name), false)
        };
        let mut actors = Vec::with_capacity(items.len());
        for item in items {
            let actor = match key.form {
                Form::ClaimedRoles => {
                    self.plain_word(item, "a role").and_then(|role| self.role(item, role, None))
                }
                Form::MicrodaoRoles => self.microdao_role(item, fields, types),
                _ => self.section_actor(item),
            };
            let place = self.place(item);
            actors.extend(actor.map(|actor| StatedActor { actor, until: None, place }));
        }
        let relation = Cow::Borrowed(key.name);
        facts.relations.push(RelationFacts { resource: resource.clone(), relation, actors });
    }

    /// The type declares the name of a key as something else than the key states.
    fn other_kind(
        &mut self,
        key: &Key,
        node: &Node<'t>,
        resource: &ResourceName<'t>,
        wanted: &str,
    ) {
        let (name, of) = (key.name, &resource.resource_type);
        let message = format!("`{name}` states {wanted}; `{of}` declares it as something else");
        self.mistake(PolicyErrorKind::Type, node.span, message);
    }

    /// An actor id or `<prefix>:*`; what would be read differently elsewhere is refused.
    fn section_actor(&mut self, node: &Node<'t>) -> Option<FactActor<'t>> {
        let text = self.id(node, "an actor")?;
        let misleading = text.contains('#') || text.starts_with("role:") || text == "*";
        let pattern =
            text.strip_suffix('*').is_some_and(|prefix| !prefix.ends_with(':') || prefix.len() < 2);
        if misleading || pattern {
            let message = format!("`{}` is no actor of this section", printable(text));
            let hint =
                "an actor is an id or `<prefix>:*`; the section `facts` takes everything else";
            self.mistake_with_hint(
                PolicyErrorKind::Name,
                node.span,
                message,
                Some(hint.to_owned()),
            );
            return None;
        }
        self.plain_actor(node, text, "the only pattern is `<prefix>:*`")
    }

    /// A relation of the microDAO that the entry names.
    fn microdao_role(
        &mut self,
        node: &Node<'t>,
        fields: &Fields<'_, 't>,
        types: &Vocabulary<'_>,
    ) -> Option<FactActor<'t>> {
        let role = self.plain_word(node, "a role")?;
        // Where it is missing or no id, that is a mistake already.
        let id = fields.value("microdao_id").and_then(|node| match &node.content {
            crate::document::Content::Scalar(scalar) if scalar.string().is_some() => {
                Some(scalar.text().clone())
            }
            _ => None,
        })?;
        let microdao = ResourceName { resource_type: MICRODAO.into(), id };
        self.checked_set(node, microdao, role, types)
    }

    fn microdaos(
        &mut self,
        key: &Key,
        value: &Node<'t>,
        resource: &ResourceName<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let definition = self.definition(&resource.resource_type, key.name, value, types);
        match definition {
            Some(RelationDefinition::Link { to, .. }) if to.text == MICRODAO => {}
            Some(_) => return self.other_kind(key, value, resource, "a link to `microdao`"),
            None => return,
        }
        let many = matches!(key.form, Form::Microdaos);
        let items = if many {
            self.items(value, &format!("`{}`", key.name), false)
        } else {
            std::slice::from_ref(value)
        };
        if many && items.is_empty() {
            let message =
                format!("`{}` is empty: leave it out where no microDAO is meant", key.name);
            self.mistake(PolicyErrorKind::Shape, value.span, message);
        }
        let mut targets = Vec::with_capacity(items.len());
        for item in items {
            let Some(id) = self.id(item, "the id of a microDAO") else { continue };
            facts.mentions.push((id.clone(), self.place(item)));
            targets.push(id.clone());
        }
        let link = Cow::Borrowed(key.name);
        facts.links.push(LinkFacts { resource: resource.clone(), link, targets });
    }

    fn flag(
        &mut self,
        key: &Key,
        value: &Node<'t>,
        resource: &ResourceName<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        if let Some(flag) = self.boolean(value, &format!("`{}`", key.name)) {
            self.resource_flag(key.name, value, flag, resource, types, facts);
        }
    }

    fn resource_flag(
        &mut self,
        name: &'static str,
        node: &Node<'t>,
        flag: bool,
        resource: &ResourceName<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let Some(found) = self.type_named(&resource.resource_type, node, types) else {
            return;
        };
        let (subject, value) = (resource.clone(), Value::Bool(flag));
        let fact = self.attribute_fact(node, subject, name.into(), value, node, &found.attributes);
        facts.resource_attributes.extend(fact);
    }

    fn types_of_actor(
        &mut self,
        key: &Key,
        value: &Node<'t>,
        actor: &Text<'t>,
        types: &Vocabulary<'_>,
        facts: &mut Facts<'t>,
    ) {
        let mut names = Vec::new();
        for item in self.items(value, &format!("`{}`", key.name), false) {
            let Some(name) = self.plain_word(item, "a type") else { continue };
            if self.type_named(&name, item, types).is_some() {
                names.push(Value::String(name));
            }
        }
        let (subject, list) = (actor.clone(), Value::List(names));
        let fact = self.attribute_fact(
            value,
            subject,
            key.name.into(),
            list,
            value,
            types.actor_attributes,
        );
        facts.actor_attributes.extend(fact);
    }
}

/// What an entry is about.
enum Subject<'t> {
    Resource(ResourceName<'t>),
    Actor(Text<'t>),
}

fn has_prefix(id: &Text<'_>, resource_type: &str) -> bool {
    let prefix = id.find(':').map(|colon| slice(id, 0, colon));
    prefix.is_some_and(|prefix| prefix == resource_type)
}

/// What can only be said when all files are read: ids listed twice, microDAOs that nothing declares.
pub(super) fn refuse_dangling(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut listed: Set<(&str, &str)> = Set::default();
    for (section, id, place) in &model.facts.entries {
        if !listed.insert((section, id)) {
            let message = format!("`{}` is listed in `{section}` already", printable(id));
            mistakes.add(super::at(model, *place, PolicyErrorKind::Duplicate, message));
        }
    }
    let facts = &model.facts;
    let on_the_left = (facts.known.iter())
        .chain(facts.relations.iter().map(|fact| &fact.resource))
        .chain(facts.links.iter().map(|fact| &fact.resource))
        .chain(facts.resource_attributes.iter().map(|fact| &fact.subject));
    let known: Set<&str> = on_the_left
        .filter(|resource| resource.resource_type == MICRODAO)
        .map(|resource| resource.id.as_ref())
        .collect();
    for (id, place) in &model.facts.mentions {
        if !known.contains(id.as_ref()) {
            let message = format!("unknown microDAO `{}`", printable(id));
            let mut error = super::at(model, *place, PolicyErrorKind::UnknownName, message);
            error.hint = mistakes.suggestion(id, known.iter().copied());
            mistakes.add(error);
        }
    }
}
