//! Change sets as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::fields::{Fields, error, mistyped, word};
use super::json;
use super::request::{REQUEST_DEPTH_MAX, RequestErrorKind, refusal};
use crate::error::printable;
use crate::model::ShortForm;
use crate::{
    ActorForm, ActorType, Change, ChangeError, ChangeSet, ChangedActor, Operation, Statement,
    Timestamp, Value,
};

/// The largest change set, in bytes.
pub const CHANGE_SET_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most changes of a change set.
pub const CHANGES_MAX: usize = 100_000;

/// The most facts that the changes of a change set list.
pub const CHANGED_FACTS_MAX: usize = 500_000;

/// Keys of the long form of an actor that say who it is.
const FORMS: [&str; 4] = ["id", "prefix", "set", "role"];

/// Reads the JSON of a change set.
///
/// ```
/// let change_set = pdp_core::wire::parse_change_set(
///     br#"{"id": "a-1", "changes": [{"op": "add", "resource": "document:new"}]}"#,
/// )?;
/// assert_eq!(change_set.changes.len(), 1);
/// # Ok::<(), pdp_core::ChangeError>(())
/// ```
///
/// # Errors
///
/// [`ChangeError`] naming the field, for everything that is not exactly a change set within the
/// limits [`CHANGE_SET_BYTES_MAX`], [`CHANGES_MAX`], [`CHANGED_FACTS_MAX`] and those of requests.
pub fn parse_change_set(json: &[u8]) -> Result<ChangeSet, ChangeError> {
    change_set(json::read(json, CHANGE_SET_BYTES_MAX, REQUEST_DEPTH_MAX, "a change set")?)
}

/// Reads a change set that came in another encoding, from the tree that its JSON would be. Whoever
/// makes the tree bounds its size and depth.
///
/// # Errors
///
/// As [`parse_change_set`].
pub fn change_set(value: Value<'_>) -> Result<ChangeSet, ChangeError> {
    let mut root = Fields::new(value, "")?;
    let id = root.word("id")?.into_owned();
    let field = root.field("changes");
    let items = match root.required("changes")? {
        Value::List(items) => items,
        other => return Err(mistyped(field, "a list", &other).into()),
    };
    root.end(&["id", "changes"])?;
    if items.is_empty() || items.len() > CHANGES_MAX {
        let message = format!("1 to {CHANGES_MAX} changes");
        return Err(error(RequestErrorKind::Size, Some(field), message).into());
    }
    let (mut changes, mut facts) = (Vec::with_capacity(items.len()), 0);
    for (index, item) in items.into_iter().enumerate() {
        let change = change_in(Fields::new(item, format!("{field}[{index}]"))?)?;
        facts += change.statement.count();
        if facts > CHANGED_FACTS_MAX {
            let message = format!("more than {CHANGED_FACTS_MAX} facts");
            return Err(error(RequestErrorKind::Size, Some(field), message).into());
        }
        changes.push(change);
    }
    Ok(ChangeSet { id, changes })
}

/// Reads one change, as it stands in a change set, from the tree that its JSON would be.
///
/// # Errors
///
/// As [`parse_change_set`].
pub fn change(value: Value<'_>) -> Result<Change, ChangeError> {
    change_in(Fields::new(value, "")?)
}

fn change_in(mut fields: Fields<'_>) -> Result<Change, ChangeError> {
    let op = fields.word("op")?;
    let Some(operation) = Operation::from_word(&op) else {
        let words = Operation::ALL.map(Operation::as_str);
        let message = format!("`{}` is none of {}", printable(&op), crate::read::listed(&words));
        return Err(error(RequestErrorKind::Shape, Some(fields.field("op")), message).into());
    };
    let statement = if fields.has("relation") {
        relation(&mut fields, operation)?
    } else if fields.has("attribute") {
        attribute(&mut fields, operation)?
    } else {
        Statement::Existence { resource: fields.word("resource")?.into_owned() }
    };
    let known = [
        "op",
        "resource",
        "relation",
        "actor",
        "actors",
        "target",
        "targets",
        "attribute",
        "value",
    ];
    fields.end(&known)?;
    Ok(Change { operation, statement })
}

fn relation(fields: &mut Fields<'_>, operation: Operation) -> Result<Statement, ChangeError> {
    let resource = fields.word("resource")?.into_owned();
    let relation = fields.word("relation")?.into_owned();
    if fields.has("target") || fields.has("targets") {
        let targets = one_or_many(fields, "target", operation)?;
        let targets = targets.into_iter().map(|(value, field)| word(value, || field));
        let targets: Result<Vec<_>, _> = targets.map(|text| text.map(Into::into)).collect();
        return Ok(Statement::Link { resource, link: relation, targets: targets? });
    }
    let actors = one_or_many(fields, "actor", operation)?;
    let actors = actors.into_iter().map(|(value, field)| actor(value, field, operation));
    Ok(Statement::Relation { resource, relation, actors: actors.collect::<Result<_, _>>()? })
}

/// The values of `name`, or of the list `names`; exactly one of them is there.
fn one_or_many<'j>(
    fields: &mut Fields<'j>,
    name: &str,
    operation: Operation,
) -> Result<Vec<(Value<'j>, String)>, ChangeError> {
    let many = format!("{name}s");
    let field = fields.field(&many);
    match (fields.has(name), fields.has(&many)) {
        (true, false) if operation != Operation::Replace => {
            Ok(vec![(fields.required(name)?, fields.field(name))])
        }
        (false, true) => {
            let items = fields.list(&many)?;
            let items = items.into_iter().enumerate();
            Ok(items.map(|(index, item)| (item, format!("{field}[{index}]"))).collect())
        }
        (one, _) => {
            let message = match (one, operation) {
                (true, Operation::Replace) => {
                    format!("`replace` takes `{many}`, all that there are")
                }
                (true, _) => format!("`{name}` and `{many}` exclude each other"),
                (false, _) => format!("`{name}` or `{many}` is missing"),
            };
            Err(error(RequestErrorKind::Shape, Some(fields.field(name)), message).into())
        }
    }
}

fn attribute(fields: &mut Fields<'_>, operation: Operation) -> Result<Statement, ChangeError> {
    let attribute = fields.word("attribute")?.into_owned();
    let value = if operation == Operation::Add {
        Some(fields.required("value")?.into_owned())
    } else {
        None
    };
    if fields.has("actor") {
        let actor = fields.word("actor")?.into_owned();
        return Ok(Statement::ActorAttribute { actor, attribute, value });
    }
    let resource = fields.word("resource")?.into_owned();
    Ok(Statement::ResourceAttribute { resource, attribute, value })
}

/// An actor in the short or the long form of policy files.
fn actor(
    value: Value<'_>,
    field: String,
    operation: Operation,
) -> Result<ChangedActor, ChangeError> {
    if !matches!(value, Value::Map(_)) {
        let text = word(value, || field.clone())?;
        let form = text.parse().map_err(|error: ChangeError| error.within(&field))?;
        return Ok(ChangedActor { form, until: None });
    }
    let mut fields = Fields::new(value, field.clone())?;
    let given: Vec<&str> = FORMS.into_iter().filter(|key| fields.has(key)).collect();
    let [key] = given[..] else {
        let message = "an actor has one of `id`, `prefix`, `set` and `role`";
        return Err(error(RequestErrorKind::Shape, Some(field), message).into());
    };
    let form = match key {
        "id" => ActorForm::Exact(fields.word("id")?.into_owned()),
        "prefix" => ActorForm::Prefix(fields.text("prefix")?.into_owned()),
        "set" => ActorForm::Set(fields.word("set")?.into_owned()),
        _ => {
            let role = fields.word("role")?.into_owned();
            let actor_type =
                if fields.has("type") { Some(fields.actor_type("type")?) } else { None };
            ActorForm::Role { role, actor_type }
        }
    };
    let says_it_holds = matches!(operation, Operation::Add | Operation::Replace);
    let until = if says_it_holds { fields.time("until")? } else { None };
    fields.end(&["id", "prefix", "set", "role", "type", "until"])?;
    Ok(ChangedActor { form, until })
}

impl Serialize for ChangeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        refusal(serializer, self.kind.as_str(), self.field.as_deref(), &self.message)
    }
}

impl Serialize for ChangeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ChangeSet", 2)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("changes", &self.changes)?;
        fields.end()
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("op", self.operation.as_str())?;
        entries(&self.statement, self.operation == Operation::Replace, &mut fields)?;
        fields.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        entries(self, false, &mut fields)?;
        fields.end()
    }
}

fn entries<M: SerializeMap>(
    statement: &Statement,
    always_many: bool,
    fields: &mut M,
) -> Result<(), M::Error> {
    match statement {
        Statement::Relation { resource, relation, actors } => {
            fields.serialize_entry("resource", resource)?;
            fields.serialize_entry("relation", relation)?;
            match &actors[..] {
                [one] if !always_many => fields.serialize_entry("actor", one),
                many => fields.serialize_entry("actors", many),
            }
        }
        Statement::Link { resource, link, targets } => {
            fields.serialize_entry("resource", resource)?;
            fields.serialize_entry("relation", link)?;
            match &targets[..] {
                [one] if !always_many => fields.serialize_entry("target", one),
                many => fields.serialize_entry("targets", many),
            }
        }
        Statement::ResourceAttribute { resource, attribute, value } => {
            fields.serialize_entry("resource", resource)?;
            with_value(attribute, value.as_ref(), fields)
        }
        Statement::ActorAttribute { actor, attribute, value } => {
            fields.serialize_entry("actor", actor)?;
            with_value(attribute, value.as_ref(), fields)
        }
        Statement::Existence { resource } => fields.serialize_entry("resource", resource),
    }
}

fn with_value<M: SerializeMap>(
    attribute: &str,
    value: Option<&Value<'static>>,
    fields: &mut M,
) -> Result<(), M::Error> {
    fields.serialize_entry("attribute", attribute)?;
    value.map_or(Ok(()), |value| fields.serialize_entry("value", value))
}

impl Serialize for ChangedActor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.until.is_none()
            && let Some(text) = in_short(&self.form)
        {
            return serializer.serialize_str(&text);
        }
        let mut fields = serializer.serialize_map(None)?;
        match &self.form {
            ActorForm::Exact(id) => fields.serialize_entry("id", id)?,
            ActorForm::Prefix(prefix) => fields.serialize_entry("prefix", prefix)?,
            ActorForm::Set(set) => fields.serialize_entry("set", set)?,
            ActorForm::Role { role, actor_type } => {
                fields.serialize_entry("role", role)?;
                if let Some(actor_type) = actor_type {
                    fields.serialize_entry("type", ActorType::as_str(*actor_type))?;
                }
            }
        }
        if let Some(until) = &self.until {
            fields.serialize_entry("until", &Timestamp::to_string(until))?;
        }
        fields.end()
    }
}

/// The short form, where it is read as what it stands for.
fn in_short(form: &ActorForm) -> Option<String> {
    let text = match form {
        ActorForm::Exact(id) => id.clone(),
        ActorForm::Prefix(prefix) => format!("{prefix}*"),
        ActorForm::Set(set) => set.clone(),
        ActorForm::Role { role, actor_type: None } => format!("{}{role}", ShortForm::ROLE),
        ActorForm::Role { .. } => return None,
    };
    (text.parse().as_ref() == Ok(form)).then_some(text)
}
