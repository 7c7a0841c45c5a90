//! Conditions, section 6 and `docs/cel.md`.

use pdp_cel::Expression;
use pdp_core::Fault;
use pdp_core::model::{Attribute, AttributeSource, Condition, Definition, Place, RelationPath};

use super::cel::{self, Faults, Named, Names, Reading, Value};
use super::fact::{Beside, Key};
use super::question::Question;
use super::truth::Truth;
use super::value::{fit, is_too_large, stated, timestamp};
use super::vocabulary::{Name, attribute, link, resource_type, tenant};

/// Roles and tenants that a condition may go through.
const BUILTIN_ITEMS_MAX: usize = 500;

/// A condition that is read: whose question it is, and where it stands.
#[derive(Clone, Copy)]
struct Reader<'r, 'q> {
    question: &'r Question<'q>,
    /// The file that it stands in: names in `let` of a tenant file are seen by that file alone.
    file: u32,
    /// What `resource` is.
    resource: &'r Name,
}

impl Question<'_> {
    /// Whether a condition holds of a resource.
    pub(super) fn condition(&self, condition: &Condition, resource: &Name) -> Truth {
        let reader = Reader { question: self, file: condition.place.file, resource };
        match cel::evaluate(&condition.expression, &reader) {
            Ok(Value::Bool(holds)) => holds.into(),
            Ok(_) => Truth::fault(Fault::NoSuchOverload),
            Err(faults) => Truth::Error(faults.iter().map(word).collect()),
        }
    }

    fn stated_value(&self, key: &Key) -> Option<&Value> {
        match self.facts.get(key) {
            Some(Beside::Value(value)) => Some(value),
            _ => None,
        }
    }
}

impl Names for Reader<'_, '_> {
    fn value(&self, path: &[&str], _: bool) -> Named {
        match path {
            ["now", ..] => match self.question.request.now {
                Some(now) => Named::Present(timestamp(now), 1),
                None => Named::Failed(host(Fault::NowMissing), 1),
            },
            ["action", ..] => Named::Present(string(self.question.request.action), 1),
            [root @ ("actor" | "resource" | "context"), field, ..] => self.field(root, field),
            [name, ..] => self.named(name),
            [] => Named::Unknown,
        }
    }

    fn call(&self, function: &str, arguments: &[Expression]) -> Option<Result<Value, Faults>> {
        let text = arguments.first().and_then(Expression::as_text)?;
        let truth = match function {
            "related" => {
                let path = RelationPath::from_word(text, Place::default());
                self.question.related(&path, self.resource)
            }
            "derived_role" => self.question.derived_role(text),
            _ => return None,
        };
        Some(match truth {
            Truth::Yes => Ok(Value::Bool(true)),
            Truth::No => Ok(Value::Bool(false)),
            Truth::Error(causes) => {
                Err(causes.iter().map(|cause| cel::Fault::Host((*cause).to_owned())).collect())
            }
        })
    }
}

impl Reader<'_, '_> {
    /// A name of `let`: it stands by itself.
    fn named(&self, name: &str) -> Named {
        let model = self.question.model;
        let seen = |definition: &&Definition| {
            let Place { file, .. } = definition.name.place;
            let own = file == self.file || tenant(model, file).is_none();
            own && definition.name.text == name
        };
        let Some(found) = model.definitions.iter().find(seen) else { return Named::Unknown };
        let reader = Reader { file: found.condition.place.file, ..*self };
        match cel::read(&found.condition.expression, &reader) {
            Reading::Present(value) => Named::Present(value, 1),
            Reading::Absent(fault) => Named::Absent(fault, 1),
            Reading::Failed(faults) => Named::Failed(faults, 1),
        }
    }

    /// A value of the actor, the resource or the context; a link is there if it has a target, and
    /// one by id if that resource is known.
    fn field(&self, root: &str, name: &str) -> Named {
        let question = self.question;
        let actor = &question.request.actor;
        match (root, name) {
            ("actor", "id") => return Named::Present(string(actor.id), 2),
            ("actor", "type") => return Named::Present(string(actor.actor_type.as_str()), 2),
            ("actor", "roles") => return texts(question.roles()),
            ("actor", "tenants") => return texts(question.tenants()),
            ("resource", "id") => return Named::Present(string(&self.resource.id), 2),
            ("resource", "type") => {
                return Named::Present(string(&self.resource.resource_type), 2);
            }
            _ => {}
        }
        let found = link(question.model, &self.resource.resource_type, name);
        if let Some((_, same_id)) = found.filter(|_| root == "resource") {
            let mut targets = question.targets(self.resource, name).into_iter();
            let has_one = targets.any(|target| !same_id || question.is_known(&target));
            let absent = Named::Absent(cel::Fault::NoSuchKey, 2);
            return if has_one { Named::Present(Value::Null, 2) } else { absent };
        }
        self.attribute(root, name)
    }

    fn attribute(&self, root: &str, name: &str) -> Named {
        let question = self.question;
        let request = &question.request;
        let Some(declared) = self.declared(root, name) else {
            // The file says `context: open`.
            return match request.context.value(name).map(stated) {
                Some(value) if is_too_large(&value, &pdp_cel::Type::Any, 500) => {
                    Named::Failed(host(Fault::TooLarge), 2)
                }
                Some(value) => Named::Present(value, 2),
                None => Named::Absent(missing(root), 2),
            };
        };
        // What facts own, a request cannot state, and the other way round.
        let value = match (root, declared.source) {
            ("context", _) => request.context.value(name).map(stated),
            ("actor", AttributeSource::Request) => request.actor.attributes.value(name).map(stated),
            ("actor", AttributeSource::Facts) => {
                let (actor, attribute) = (request.actor.id.to_owned(), name.to_owned());
                question.stated_value(&Key::ActorAttribute { actor, attribute }).cloned()
            }
            (_, AttributeSource::Request) => request.resource.attributes.value(name).map(stated),
            (_, AttributeSource::Facts) => {
                let (resource, attribute) = (self.resource.clone(), name.to_owned());
                question.stated_value(&Key::ResourceAttribute { resource, attribute }).cloned()
            }
        };
        let Some(value) = value else { return Named::Absent(missing(root), 2) };
        if is_too_large(&value, &declared.value_type, declared.max) {
            return Named::Failed(host(Fault::TooLarge), 2);
        }
        match fit(&value, &declared.value_type) {
            Some(value) => Named::Present(value, 2),
            None => Named::Failed(host(Fault::WrongType), 2),
        }
    }

    fn declared(&self, root: &str, name: &str) -> Option<&Attribute> {
        let model = self.question.model;
        let attributes = match root {
            "context" => &model.context,
            "actor" => &model.actor_attributes,
            _ => &resource_type(model, &self.resource.resource_type)?.attributes,
        };
        attribute(attributes, name)
    }
}

fn texts(texts: Vec<&str>) -> Named {
    if texts.len() > BUILTIN_ITEMS_MAX {
        return Named::Failed(host(Fault::TooLarge), 2);
    }
    Named::Present(Value::List(texts.into_iter().map(string).collect()), 2)
}

fn missing(root: &str) -> cel::Fault {
    let fault = if root == "context" { Fault::ContextMissing } else { Fault::AttributeMissing };
    cel::Fault::Host(fault.as_str().to_owned())
}

fn host(fault: Fault) -> Faults {
    Faults::from([cel::Fault::Host(fault.as_str().to_owned())])
}

/// The word of a fault on the wire.
fn word(fault: &cel::Fault) -> &'static str {
    let fault = match fault {
        cel::Fault::Overflow => Fault::Overflow,
        cel::Fault::DivisionByZero => Fault::DivisionByZero,
        cel::Fault::NoSuchKey => Fault::NoSuchKey,
        cel::Fault::IndexOutOfRange => Fault::IndexOutOfRange,
        cel::Fault::DuplicateKey => Fault::DuplicateKey,
        cel::Fault::InvalidArgument => Fault::InvalidArgument,
        cel::Fault::EmptyOptional => Fault::EmptyOptional,
        cel::Fault::CostLimit => Fault::CostLimit,
        cel::Fault::Host(word) => {
            Fault::from_word(word).expect("the host names faults by their words")
        }
        cel::Fault::UnknownName
        | cel::Fault::UnknownFunction
        | cel::Fault::NoSuchOverload
        | cel::Fault::KeyType
        | cel::Fault::Message => Fault::NoSuchOverload,
    };
    fault.as_str()
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}
