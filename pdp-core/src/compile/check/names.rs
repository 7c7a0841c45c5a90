//! Names and fields: what they stand for.

use super::form::{Form, STRING, STRINGS, TIMESTAMP};
use super::{Compiler, DEPTH_MAX, Inlined, Scope, Typed, typed};
use crate::Fault;
use crate::compiled::{Builtin, Node, Slot, SlotSource, Stored};
use crate::error::{PolicyErrorKind, printable};
use crate::expression::{Expression, ExpressionKind};
use crate::model::{Attribute, AttributeSource, Condition};

impl Compiler<'_> {
    pub(super) fn name(
        &mut self,
        name: &str,
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let in_relation = matches!(scope, Scope::Relation(_));
        match name {
            "now" | "action" | "context" if in_relation => {
                self.not_in_relation(name, expression, within);
                None
            }
            "now" => {
                let fault = self.now_missing_fault();
                Some(typed(self.builder.add(Node::Builtin(Builtin::Now(fault))), TIMESTAMP))
            }
            "action" => Some(typed(self.builder.add(Node::Builtin(Builtin::Action)), STRING)),
            "actor" | "resource" | "context" => {
                let message =
                    format!("`{name}` is no value by itself; name a field, such as `{name}.id`");
                self.type_mistake(message, None, expression, within);
                None
            }
            _ => match self.named(name, within) {
                Some(index) => self.definition(index, scope),
                None => {
                    let known = ["actor", "action", "resource", "context", "now"];
                    let names = self.named.keys().map(|(_, name)| *name).chain(known).collect();
                    self.unknown(
                        format!("unknown name `{}`", printable(name)),
                        name,
                        names,
                        expression,
                        within,
                    );
                    None
                }
            },
        }
    }

    /// The named expression of this name that `within` may use.
    fn named(&self, name: &str, within: &Condition) -> Option<usize> {
        let of_file = self.named.get(&(Some(within.place.file), name));
        of_file.or_else(|| self.named.get(&(None, name))).copied()
    }

    /// A named expression, put in.
    pub(super) fn definition(&mut self, index: usize, scope: Scope) -> Option<Typed> {
        let model = self.model;
        let condition = &model.definitions[index].condition;
        if let Some(known) = self.inlined.get(&(index, scope)).copied() {
            // As deep as if it were written here: the order of definitions has no effect.
            self.deepest = self.deepest.max(self.level + known.depth);
            if self.level + known.depth > DEPTH_MAX {
                self.too_deep(condition);
                return None;
            }
            return known.typed;
        }
        if self.open.contains(&index) {
            let name = &model.definitions[index].name;
            self.mistake(
                name.place,
                PolicyErrorKind::Refused,
                format!("`{}` uses itself", name.text),
            );
            return None;
        }
        let present = std::mem::take(&mut self.present);
        self.open.push(index);
        let outer = std::mem::replace(&mut self.deepest, self.level);
        let typed = self.expression(&condition.expression, condition, scope);
        let depth = self.deepest - self.level;
        self.deepest = self.deepest.max(outer);
        self.open.pop();
        self.present = present;
        self.inlined.insert((index, scope), Inlined { typed, depth });
        typed
    }

    /// A field of `actor`, `resource` or `context`.
    pub(super) fn field(
        &mut self,
        operand: &Expression,
        field: &str,
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let ExpressionKind::Name(root) = &operand.kind else {
            self.type_mistake(
                "only `actor`, `resource` and `context` have fields".to_owned(),
                None,
                expression,
                within,
            );
            return None;
        };
        match (root.as_str(), scope) {
            ("context", Scope::Relation(_)) => {
                self.not_in_relation("context", expression, within);
                None
            }
            ("context", _) => {
                let model = self.model;
                self.attribute("context", field, &model.context, &[], expression, within)
            }
            ("actor", _) => self.actor_field(field, expression, within),
            ("resource", _) => self.resource_field(field, expression, within, scope),
            _ => {
                let message = format!("`{}` has no fields", printable(root));
                self.type_mistake(message, None, expression, within);
                None
            }
        }
    }

    pub(super) fn actor_field(
        &mut self,
        field: &str,
        expression: &Expression,
        within: &Condition,
    ) -> Option<Typed> {
        let (builtin, form) = match field {
            "id" => (Builtin::ActorId, STRING),
            "type" => (Builtin::ActorType, STRING),
            "roles" => (Builtin::ActorRoles, STRINGS),
            "tenants" => (Builtin::ActorTenants, STRINGS),
            _ => {
                let builtins = ["id", "type", "roles", "tenants"];
                let model = self.model;
                return self.attribute(
                    "actor",
                    field,
                    &model.actor_attributes,
                    &builtins,
                    expression,
                    within,
                );
            }
        };
        Some(typed(self.builder.add(Node::Builtin(builtin)), form))
    }

    pub(super) fn resource_field(
        &mut self,
        field: &str,
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let model = self.model;
        let index = match scope {
            Scope::Request(index) | Scope::Relation(index) => Some(index),
            Scope::Undeclared => None,
        };
        let resource_type = index.map(|index| &model.types[usize::from(index)]);
        match (field, resource_type) {
            ("id", _) => Some(typed(self.builder.add(Node::Builtin(Builtin::ResourceId)), STRING)),
            ("type", Some(_)) if matches!(scope, Scope::Relation(_)) => {
                self.not_in_relation("resource.type", expression, within);
                None
            }
            ("type", Some(resource_type)) => {
                let name = Stored::String(resource_type.name.text.as_str().into());
                Some(typed(self.builder.constant(name), STRING))
            }
            ("type", None) => {
                Some(typed(self.builder.add(Node::Builtin(Builtin::ResourceType)), STRING))
            }
            (_, Some(resource_type)) => {
                let of = format!("resource` of type `{}", resource_type.name.text);
                let declared = &resource_type.attributes;
                if matches!(scope, Scope::Relation(_)) && stated_by_request(declared, field) {
                    self.not_in_relation(&format!("resource.{field}"), expression, within);
                    return None;
                }
                self.attribute(&of, field, declared, &["id", "type"], expression, within)
            }
            (_, None) => {
                let message = format!(
                    "the rule reaches resources of undeclared types, which have no `{}`",
                    printable(field)
                );
                let hint = Some("restrict the rule by `resource`".to_owned());
                self.type_mistake(message, hint, expression, within);
                None
            }
        }
    }

    /// A declared value of `of`, which is `actor`, `context` or a resource.
    pub(super) fn attribute(
        &mut self,
        of: &str,
        name: &str,
        declared: &[Attribute],
        builtins: &[&str],
        expression: &Expression,
        within: &Condition,
    ) -> Option<Typed> {
        let Some(index) = declared.iter().position(|attribute| attribute.name.text == name) else {
            let names = declared.iter().map(|attribute| attribute.name.text.as_str());
            let names = names.chain(builtins.iter().copied()).collect();
            let message = format!("`{of}` declares no `{}`", printable(name));
            self.unknown(message, name, names, expression, within);
            return None;
        };
        let attribute = &declared[index];
        let position = u16::try_from(index).ok()?;
        let root = of.split('`').next().unwrap_or(of);
        let source = match (root, attribute.source) {
            ("context", _) => SlotSource::Context(name.into()),
            ("actor", AttributeSource::Request) => SlotSource::ActorRequest(name.into()),
            ("actor", AttributeSource::Facts) => SlotSource::ActorFact(position),
            (_, AttributeSource::Request) => SlotSource::ResourceRequest(name.into()),
            (_, AttributeSource::Facts) => SlotSource::ResourceFact(position),
        };
        let kind = if root == "context" { Fault::ContextMissing } else { Fault::AttributeMissing };
        let missing = self.builder.fault(kind, format!("`{root}.{name}` is absent"));
        let wrong =
            format!("`{root}.{name}` is not of its declared type `{}`", attribute.value_type);
        let wrong_type = self.builder.fault(Fault::WrongType, wrong);
        let (value_type, optional) = (attribute.value_type, attribute.optional);
        let slot = self.builder.slot(Slot { source, value_type, optional, missing, wrong_type });
        let node = self.builder.add(Node::Slot(slot));
        Some(Typed { node, form: Form::Value(value_type), optional })
    }
}

fn stated_by_request(declared: &[Attribute], name: &str) -> bool {
    declared.iter().any(|attribute| {
        attribute.name.text == name && attribute.source == AttributeSource::Request
    })
}
