use std::cmp::Ordering;

use pdp_core::expression::{BinaryOperator, Expression, ExpressionKind, Literal, UnaryOperator};
use pdp_core::model::{Attribute, AttributeSource, Condition, Definition, Place, RelationPath};
use pdp_core::{Fault, Text, Timestamp, Value};

use super::fact::{Beside, Key};
use super::question::Question;
use super::truth::{Causes, Truth};
use super::value::{equal, fit, order};
use super::vocabulary::{Name, attribute, link, resource_type, tenant};

/// What an expression comes to.
enum Reading {
    /// A value.
    Present(Value<'static>),
    /// An optional value is absent.
    Absent,
    /// It cannot be evaluated.
    Error(Causes),
}

/// Where an expression is read.
#[derive(Clone, Copy)]
struct Scope<'s> {
    /// The file that it stands in: names in `let` of a tenant file are seen by that file alone.
    file: u32,
    /// What `resource` is.
    resource: &'s Name,
}

/// Conditions, section 6.
impl Question<'_> {
    /// Whether a condition holds of a resource.
    pub(super) fn condition(&self, condition: &Condition, resource: &Name) -> Truth {
        self.truth(&condition.expression, Scope { file: condition.place.file, resource })
    }

    fn truth(&self, expression: &Expression, scope: Scope<'_>) -> Truth {
        match &expression.kind {
            ExpressionKind::All(operands) => {
                Truth::all(operands.iter().map(|operand| self.truth(operand, scope)))
            }
            ExpressionKind::Any(operands) => {
                Truth::any(operands.iter().map(|operand| self.truth(operand, scope)))
            }
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => {
                self.truth(operand, scope).not()
            }
            _ => match self.reading(expression, scope) {
                Reading::Present(value) => (value == Value::Bool(true)).into(),
                // A `has()` beside it is "no" and decides; this is never the last word.
                Reading::Absent => Truth::Error(Causes::new()),
                Reading::Error(causes) => Truth::Error(causes),
            },
        }
    }

    fn reading(&self, expression: &Expression, scope: Scope<'_>) -> Reading {
        match &expression.kind {
            ExpressionKind::Literal(literal) => Reading::Present(match literal {
                Literal::Bool(value) => Value::Bool(*value),
                Literal::Int(value) => Value::Int(*value),
                Literal::Double(value) => Value::Double(*value),
                Literal::String(text) => string(text),
                Literal::Null => Value::Null,
            }),
            ExpressionKind::List(items) => {
                self.strict(items, scope, |items| Value::List(items.to_vec()))
            }
            ExpressionKind::Name(name) => self.name(name, scope),
            ExpressionKind::Field { operand, field } => self.field(root(operand), field, scope),
            ExpressionKind::Call { target, function, arguments } => {
                self.call(target.as_deref(), function, arguments, scope)
            }
            ExpressionKind::Unary { operator: UnaryOperator::Negate, operand } => {
                self.strict([&**operand], scope, |values| match values[0] {
                    Value::Int(value) => Value::Int(value.wrapping_neg()),
                    Value::Double(value) => Value::Double(-value),
                    _ => Value::Null,
                })
            }
            ExpressionKind::Binary { operator: BinaryOperator::Default, left, right } => {
                match self.reading(left, scope) {
                    Reading::Absent => self.reading(right, scope),
                    present_or_error => present_or_error,
                }
            }
            ExpressionKind::Binary { operator, left, right } => {
                self.strict([&**left, &**right], scope, |values| {
                    Value::Bool(compare(*operator, &values[0], &values[1]))
                })
            }
            ExpressionKind::All(_) | ExpressionKind::Any(_) | ExpressionKind::Unary { .. } => {
                reading_of(self.truth(expression, scope))
            }
        }
    }

    /// What becomes of operands that must all have a value.
    fn strict<'e>(
        &self,
        operands: impl IntoIterator<Item = &'e Expression>,
        scope: Scope<'_>,
        result: impl FnOnce(&[Value<'static>]) -> Value<'static>,
    ) -> Reading {
        let (mut values, mut causes) = (Vec::new(), None);
        for operand in operands {
            match self.reading(operand, scope) {
                Reading::Present(value) => values.push(value),
                // As in `truth`: a `has()` beside it decides.
                Reading::Absent => drop(causes.get_or_insert_with(Causes::new)),
                Reading::Error(more) => causes.get_or_insert_with(Causes::new).extend(more),
            }
        }
        causes.map_or_else(|| Reading::Present(result(&values)), Reading::Error)
    }

    /// `now`, `action`, or a name of `let`.
    fn name(&self, name: &str, scope: Scope<'_>) -> Reading {
        match name {
            "now" => match self.request.now {
                Some(now) => Reading::Present(Value::Timestamp(now)),
                None => Reading::Error(Causes::from([Fault::NowMissing.as_str()])),
            },
            "action" => Reading::Present(string(self.request.action)),
            _ => {
                let seen = |definition: &&Definition| {
                    let Place { file, .. } = definition.name.place;
                    let own = file == scope.file || tenant(self.model, file).is_none();
                    own && definition.name.text == name
                };
                let found = self.model.definitions.iter().find(seen);
                let condition = &found.expect("names of `let` are declared").condition;
                let scope = Scope { file: condition.place.file, ..scope };
                self.reading(&condition.expression, scope)
            }
        }
    }

    /// A value of the actor, the resource or the context; an error where it must not be absent.
    fn field(&self, root: &str, name: &str, scope: Scope<'_>) -> Reading {
        match self.optional_field(root, name, scope) {
            Reading::Absent if !self.declared(root, name, scope).optional => {
                let context = root == "context";
                let fault = if context { Fault::ContextMissing } else { Fault::AttributeMissing };
                Reading::Error(Causes::from([fault.as_str()]))
            }
            reading => reading,
        }
    }

    /// The same, where every value may be absent, as in `has()`.
    fn optional_field(&self, root: &str, name: &str, scope: Scope<'_>) -> Reading {
        let actor = &self.request.actor;
        let strings = |items: Vec<&str>| Value::List(items.into_iter().map(string).collect());
        match (root, name) {
            ("actor", "id") => return Reading::Present(string(actor.id)),
            ("actor", "type") => return Reading::Present(string(actor.actor_type.as_str())),
            ("actor", "roles") => return Reading::Present(strings(self.roles())),
            ("actor", "tenants") => return Reading::Present(strings(self.tenants())),
            ("resource", "id") => return Reading::Present(string(&scope.resource.id)),
            ("resource", "type") => return Reading::Present(string(&scope.resource.resource_type)),
            _ => {}
        }
        let declared = self.declared(root, name, scope);
        // What facts own, a request cannot state, and the other way round.
        let value = match (root, declared.source) {
            ("context", _) => self.request.context.value(name),
            ("actor", AttributeSource::Request) => actor.attributes.value(name),
            ("actor", AttributeSource::Facts) => {
                let (actor, attribute) = (actor.id.to_owned(), name.to_owned());
                self.stated_value(&Key::ActorAttribute { actor, attribute })
            }
            (_, AttributeSource::Request) => self.request.resource.attributes.value(name),
            (_, AttributeSource::Facts) => {
                let (resource, attribute) = (scope.resource.clone(), name.to_owned());
                self.stated_value(&Key::ResourceAttribute { resource, attribute })
            }
        };
        match value.map(|value| fit(value, declared.value_type)) {
            None => Reading::Absent,
            Some(Some(value)) => Reading::Present(value),
            Some(None) => Reading::Error(Causes::from([Fault::WrongType.as_str()])),
        }
    }

    fn stated_value(&self, key: &Key) -> Option<&Value<'static>> {
        match self.facts.get(key) {
            Some(Beside::Value(value)) => Some(value),
            _ => None,
        }
    }

    fn declared(&self, root: &str, name: &str, scope: Scope<'_>) -> &Attribute {
        let attributes = match root {
            "context" => Some(&self.model.context),
            "actor" => Some(&self.model.actor_attributes),
            _ => resource_type(self.model, &scope.resource.resource_type)
                .map(|declared| &declared.attributes),
        };
        attributes
            .and_then(|attributes| attribute(attributes, name))
            .expect("what conditions read is declared")
    }

    fn call(
        &self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
        scope: Scope<'_>,
    ) -> Reading {
        if let Some(target) = target {
            return self.strict([target, &arguments[0]], scope, |values| {
                let (text, part) = (text(&values[0]), text(&values[1]));
                Value::Bool(match function {
                    "startsWith" => text.starts_with(part),
                    "endsWith" => text.ends_with(part),
                    _ => text.contains(part),
                })
            });
        }
        match function {
            "has" => self.has(&arguments[0], scope),
            "timestamp" => self.strict(arguments, scope, |values| {
                let time = Timestamp::parse(text(&values[0])).ok();
                time.map_or(Value::Null, Value::Timestamp)
            }),
            "related" => {
                let path = RelationPath::from_word(written(&arguments[0]), Place::default());
                reading_of(self.related(&path, scope.resource))
            }
            _ => reading_of(self.derived_role(written(&arguments[0]))),
        }
    }

    /// Whether a value is present, or a link has a target; one by id if that resource is known.
    fn has(&self, argument: &Expression, scope: Scope<'_>) -> Reading {
        let ExpressionKind::Field { operand, field } = &argument.kind else {
            unreachable!("`has()` takes a field")
        };
        let root = root(operand);
        let found = link(self.model, &scope.resource.resource_type, field);
        let present = match found.filter(|_| root == "resource") {
            Some((_, same_id)) => {
                let mut targets = self.targets(scope.resource, field).into_iter();
                targets.any(|target| !same_id || self.is_known(&target))
            }
            None => match self.optional_field(root, field, scope) {
                Reading::Present(_) => true,
                Reading::Absent => false,
                error @ Reading::Error(_) => return error,
            },
        };
        Reading::Present(Value::Bool(present))
    }
}

fn compare(operator: BinaryOperator, left: &Value<'_>, right: &Value<'_>) -> bool {
    let order = order(left, right);
    match operator {
        BinaryOperator::Equal => equal(left, right),
        BinaryOperator::NotEqual => !equal(left, right),
        BinaryOperator::Less => order == Some(Ordering::Less),
        BinaryOperator::LessOrEqual => order.is_some_and(Ordering::is_le),
        BinaryOperator::Greater => order == Some(Ordering::Greater),
        BinaryOperator::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        BinaryOperator::In => match right {
            Value::List(items) => items.iter().any(|item| equal(left, item)),
            _ => false,
        },
        BinaryOperator::Default => unreachable!("`??` is no comparison"),
    }
}

fn reading_of(truth: Truth) -> Reading {
    match truth {
        Truth::No => Reading::Present(Value::Bool(false)),
        Truth::Yes => Reading::Present(Value::Bool(true)),
        Truth::Error(causes) => Reading::Error(causes),
    }
}

/// The name before the dot of a field: `actor`, `resource` or `context`.
fn root(operand: &Expression) -> &str {
    match &operand.kind {
        ExpressionKind::Name(name) => name,
        _ => unreachable!("only names have fields"),
    }
}

/// The text written out as an argument.
fn written(argument: &Expression) -> &str {
    match &argument.kind {
        ExpressionKind::Literal(Literal::String(text)) => text,
        _ => unreachable!("relations and derived roles are written out"),
    }
}

fn text<'v>(value: &'v Value<'_>) -> &'v str {
    match value {
        Value::String(text) => text,
        _ => unreachable!("conditions are checked when the set is loaded"),
    }
}

fn string(text: &str) -> Value<'static> {
    Value::String(Text::Owned(text.to_owned()))
}
