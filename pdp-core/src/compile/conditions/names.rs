//! What names stand for.

use pdp_cel::{Absence, Bulk, Known, MistakeKind, Type};

use super::{Compiler, Scope};
use crate::Fault;
use crate::compiled::{FaultId, Leaf, RelationIndex, Slot, SlotSource};
use crate::error::printable;
use crate::model::{Attribute, AttributeSource, Condition, RelationDefinition};

/// How many roles and tenants a condition may go through.
pub(crate) const BUILTIN_ITEMS_MAX: usize = 500;

/// What the beginning of a path stands for.
pub(super) enum Meaning {
    /// A value of the request or of facts.
    Leaf { leaf: Leaf, value_type: Type, absence: Absence, bulk: Bulk },
    /// A text that is known beforehand.
    Text(String),
    /// A named expression.
    Definition(usize),
}

/// That it stands for nothing.
pub(super) struct Unknown {
    pub(super) message: String,
    pub(super) hint: Option<String>,
    pub(super) kind: MistakeKind,
}

impl Unknown {
    fn of_type(message: impl Into<String>, hint: Option<&str>) -> Self {
        let hint = hint.map(str::to_owned);
        Unknown { message: message.into(), hint, kind: MistakeKind::Type }
    }
}

impl Meaning {
    fn text(leaf: Leaf) -> Self {
        let bulk = Bulk::of_bytes(crate::wire::ID_BYTES_MAX);
        Meaning::Leaf { leaf, value_type: Type::String, absence: Absence::Never, bulk }
    }

    fn texts(leaf: Leaf) -> Self {
        let bulk = Bulk { items: BUILTIN_ITEMS_MAX as u64, ..Bulk::STATED };
        let value_type = Type::list(Type::String);
        Meaning::Leaf { leaf, value_type, absence: Absence::Never, bulk }
    }

    /// What is known of a leaf or text.
    pub(super) fn known(&self) -> Known {
        match self {
            Meaning::Leaf { value_type, absence, bulk, .. } => {
                let known = Known::new(value_type.clone()).with(*bulk);
                Known { absence: *absence, ..known }
            }
            Meaning::Text(text) => Known::new(Type::String).with(Bulk::of_bytes(text.len())),
            Meaning::Definition(_) => Known::new(Type::Any),
        }
    }
}

impl Compiler<'_> {
    /// What the beginning of a path stands for, and how many names of it that takes.
    pub(super) fn meaning(
        &mut self,
        path: &[&str],
        condition: &Condition,
        scope: Scope,
    ) -> Result<(Meaning, usize), Unknown> {
        let in_relation = matches!(scope, Scope::Relation(_));
        let root = path[0];
        match (root, path.get(1)) {
            ("now" | "action" | "context", _) if in_relation => Err(not_in_relation(root)),
            ("now", _) => {
                let leaf = Leaf::Now(self.now_missing_fault());
                let (value_type, bulk) = (Type::Timestamp, Bulk::NONE);
                Ok((Meaning::Leaf { leaf, value_type, absence: Absence::Never, bulk }, 1))
            }
            ("action", _) => Ok((Meaning::text(Leaf::Action), 1)),
            ("actor" | "resource" | "context", None) => {
                let field = if root == "context" { "x" } else { "id" };
                let message = format!(
                    "`{root}` is no value by itself; name a field, such as `{root}.{field}`"
                );
                Err(Unknown::of_type(message, None))
            }
            ("context", Some(field)) => Ok((self.context_field(field, condition)?, 2)),
            ("actor", Some(field)) => Ok((self.actor_field(field)?, 2)),
            ("resource", Some(field)) => Ok((self.resource_field(field, scope)?, 2)),
            _ => match self.named(root, condition) {
                Some(index) => Ok((Meaning::Definition(index), 1)),
                None => {
                    let known = ["actor", "action", "resource", "context", "now"];
                    let names = self.named.keys().map(|(_, name)| *name).chain(known);
                    let hint = self.mistakes.suggestion(root, names);
                    let message = format!("unknown name `{}`", printable(root));
                    Err(Unknown { message, hint, kind: MistakeKind::UnknownName })
                }
            },
        }
    }

    /// The named expression of this name that `within` may use.
    fn named(&self, name: &str, within: &Condition) -> Option<usize> {
        let of_file = self.named.get(&(Some(within.place.file), name));
        of_file.or_else(|| self.named.get(&(None, name))).copied()
    }

    fn context_field(&mut self, field: &str, condition: &Condition) -> Result<Meaning, Unknown> {
        let model = self.model;
        let is_declared = model.context.iter().any(|value| value.name.text == field);
        if !is_declared && model.open_context_files.contains(&condition.place.file) {
            let cap = Bulk::STATED;
            return Ok(self.slot(
                "context",
                field,
                SlotSource::Context(field.into()),
                &Type::Any,
                cap,
            ));
        }
        let result = self.attribute("context", field, &model.context, &[]);
        result.map_err(|unknown| Unknown {
            hint: unknown.hint.or_else(|| {
                Some("declare it under `context:`, or say `context: open` in this file".to_owned())
            }),
            ..unknown
        })
    }

    fn too_many(&mut self, what: &str) -> FaultId {
        let message = format!("`{what}` has more than {BUILTIN_ITEMS_MAX} items");
        self.builder.fault(Fault::TooLarge, message)
    }

    fn actor_field(&mut self, field: &str) -> Result<Meaning, Unknown> {
        Ok(match field {
            "id" => Meaning::text(Leaf::ActorId),
            "type" => Meaning::text(Leaf::ActorType),
            "roles" => Meaning::texts(Leaf::ActorRoles(self.too_many("actor.roles"))),
            "tenants" => Meaning::texts(Leaf::ActorTenants(self.too_many("actor.tenants"))),
            _ => {
                let builtins = ["id", "type", "roles", "tenants"];
                let model = self.model;
                self.attribute("actor", field, &model.actor_attributes, &builtins)?
            }
        })
    }

    fn resource_field(&mut self, field: &str, scope: Scope) -> Result<Meaning, Unknown> {
        let model = self.model;
        let index = match scope {
            Scope::Request(index) | Scope::Relation(index) => Some(index),
            Scope::Undeclared => None,
        };
        let resource_type = index.map(|index| &model.types[usize::from(index)]);
        match (field, resource_type) {
            ("id", _) => Ok(Meaning::text(Leaf::ResourceId)),
            ("type", Some(_)) if matches!(scope, Scope::Relation(_)) => {
                Err(not_in_relation("resource.type"))
            }
            ("type", Some(resource_type)) => Ok(Meaning::Text(resource_type.name.text.clone())),
            ("type", None) => Ok(Meaning::text(Leaf::ResourceType)),
            (_, Some(_)) if self.link_named(field, scope).is_some() => {
                let message = format!("`resource.{}` is a link, and no value", printable(field));
                Err(Unknown::of_type(message, Some("`has(…)` asks whether it has a target")))
            }
            (_, Some(resource_type)) => {
                let declared = &resource_type.attributes;
                if matches!(scope, Scope::Relation(_)) && stated_by_request(declared, field) {
                    return Err(not_in_relation(&format!("resource.{field}")));
                }
                let of = format!("resource` of type `{}", resource_type.name.text);
                self.attribute(&of, field, declared, &["id", "type"])
            }
            (_, None) => {
                let message = format!(
                    "the rule reaches resources of undeclared types, which have no `{}`",
                    printable(field)
                );
                Err(Unknown::of_type(message, Some("restrict the rule by `resource`")))
            }
        }
    }

    /// The link of the resource that has this name, if one has.
    pub(super) fn link_named(&self, name: &str, scope: Scope) -> Option<RelationIndex> {
        let (Scope::Request(index) | Scope::Relation(index)) = scope else { return None };
        let relations = &self.model.types[usize::from(index)].relations;
        let position = relations.iter().position(|relation| {
            let is_link = matches!(relation.definition, RelationDefinition::Link { .. });
            is_link && relation.name.text == name
        });
        position.and_then(|position| RelationIndex::try_from(position).ok())
    }

    /// A declared value of `of`, which is `actor`, `context` or a resource.
    fn attribute(
        &mut self,
        of: &str,
        name: &str,
        declared: &[Attribute],
        builtins: &[&str],
    ) -> Result<Meaning, Unknown> {
        let Some(index) = declared.iter().position(|attribute| attribute.name.text == name) else {
            let names = declared.iter().map(|attribute| attribute.name.text.as_str());
            let hint = self.mistakes.suggestion(name, names.chain(builtins.iter().copied()));
            let message = format!("`{of}` declares no `{}`", printable(name));
            return Err(Unknown { message, hint, kind: MistakeKind::UnknownName });
        };
        let attribute = &declared[index];
        let position = u16::try_from(index).expect("a type has at most 1 024 attributes");
        let root = of.split('`').next().unwrap_or(of);
        let source = match (root, attribute.source) {
            ("context", _) => SlotSource::Context(name.into()),
            ("actor", AttributeSource::Request) => SlotSource::ActorRequest(name.into()),
            ("actor", AttributeSource::Facts) => SlotSource::ActorFact(position),
            (_, AttributeSource::Request) => SlotSource::ResourceRequest(name.into()),
            (_, AttributeSource::Facts) => SlotSource::ResourceFact(position),
        };
        let cap = Bulk::of_stated(&attribute.value_type, attribute.max);
        let meaning = self.slot(root, name, source, &attribute.value_type, cap);
        Ok(match meaning {
            Meaning::Leaf { leaf, value_type, bulk, .. } if !attribute.optional => {
                Meaning::Leaf { leaf, value_type, absence: Absence::Never, bulk }
            }
            meaning => meaning,
        })
    }

    /// An optional value of the request or of facts.
    fn slot(
        &mut self,
        root: &str,
        name: &str,
        source: SlotSource,
        value_type: &Type,
        cap: Bulk,
    ) -> Meaning {
        let kind = if root == "context" { Fault::ContextMissing } else { Fault::AttributeMissing };
        let builder = &mut self.builder;
        let slot = Slot {
            source,
            value_type: value_type.clone(),
            cap,
            missing: builder.fault(kind, format!("`{root}.{name}` is absent")),
            wrong_type: builder.fault(
                Fault::WrongType,
                format!("`{root}.{name}` is not of its declared type `{value_type}`"),
            ),
            too_large: builder.fault(
                Fault::TooLarge,
                crate::read::too_large_value(&format!("{root}.{name}"), cap),
            ),
        };
        let leaf = Leaf::Slot(slot);
        Meaning::Leaf {
            leaf,
            value_type: value_type.clone(),
            absence: Absence::Declared,
            bulk: cap,
        }
    }
}

pub(super) fn not_in_relation(what: &str) -> Unknown {
    let message = format!("`{}` in the condition of a relation", printable(what));
    let hint = "such a condition reads `actor`, `resource.id` and attributes stated by facts";
    Unknown::of_type(message, Some(hint))
}

fn stated_by_request(declared: &[Attribute], name: &str) -> bool {
    declared.iter().any(|attribute| {
        attribute.name.text == name && attribute.source == AttributeSource::Request
    })
}
