//! Facts to add and remove at run time, as they travel: words, not yet held against a vocabulary.

use std::str::FromStr;

use crate::model::ShortForm;
use crate::{ActorType, ChangeError, ChangeErrorKind, Timestamp, Value};

/// Changes of facts that are applied together or not at all.
///
/// Read from JSON by [`crate::wire::parse_change_set`], applied by [`crate::Engine::apply`].
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    /// The idempotency key, chosen by whoever makes the change set. One that was applied already
    /// changes nothing.
    pub id: String,
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
}

/// A change of facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is done.
    pub operation: Operation,
    /// With which facts.
    pub statement: Statement,
}

/// What a change does with facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Run time says that the facts hold.
    Add,
    /// Run time says that the facts do not hold.
    Remove,
    /// The facts, all of one relation or link of a resource, are those that hold; others are
    /// removed.
    Replace,
    /// Run time says nothing of the facts any more, and what the files say counts.
    Forget,
}

impl Operation {
    /// The operations.
    pub const ALL: [Operation; 4] =
        [Operation::Add, Operation::Remove, Operation::Replace, Operation::Forget];

    /// The word for the operation on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Add => "add",
            Operation::Remove => "remove",
            Operation::Replace => "replace",
            Operation::Forget => "forget",
        }
    }

    /// The operation with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Operation::ALL.into_iter().find(|operation| operation.as_str() == word)
    }
}

/// Facts about one resource or actor. References are as in policy files: `type:id`, or the id
/// itself where the type's ids carry their type.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Actors have a relation on a resource.
    Relation {
        /// The reference of the resource.
        resource: String,
        /// The relation.
        relation: String,
        /// The actors.
        actors: Vec<ChangedActor>,
    },
    /// A link of a resource points to others.
    Link {
        /// The reference of the resource.
        resource: String,
        /// The link.
        link: String,
        /// The references of its targets.
        targets: Vec<String>,
    },
    /// An attribute of a resource.
    ResourceAttribute {
        /// The reference of the resource.
        resource: String,
        /// The attribute.
        attribute: String,
        /// The value; only where it is added.
        value: Option<Value<'static>>,
    },
    /// An attribute of an actor.
    ActorAttribute {
        /// The id of the actor.
        actor: String,
        /// The attribute.
        attribute: String,
        /// The value; only where it is added.
        value: Option<Value<'static>>,
    },
    /// A resource exists.
    Existence {
        /// The reference of the resource.
        resource: String,
    },
}

impl Statement {
    /// The statement that one actor has a relation on a resource, for ever.
    ///
    /// ```
    /// use pdp_core::Statement;
    ///
    /// let shared = Statement::relation("document:plan", "viewer", "group:eng#member".parse()?);
    /// # Ok::<(), pdp_core::ChangeError>(())
    /// ```
    pub fn relation(
        resource: impl Into<String>,
        relation: impl Into<String>,
        actor: ActorForm,
    ) -> Self {
        let actors = vec![ChangedActor { form: actor, until: None }];
        Statement::Relation { resource: resource.into(), relation: relation.into(), actors }
    }

    /// How many facts it lists.
    pub(crate) fn count(&self) -> usize {
        match self {
            Statement::Relation { actors, .. } => actors.len(),
            Statement::Link { targets, .. } => targets.len(),
            _ => 1,
        }
    }
}

/// An actor of a changed fact.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedActor {
    /// Who it is.
    pub form: ActorForm,
    /// The time from which on the fact does not hold; only where it is added or replaced.
    pub until: Option<Timestamp>,
}

/// Whom a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ActorForm {
    /// The actor with this id.
    Exact(String),
    /// Every actor whose id begins with this; with nothing, everyone.
    Prefix(String),
    /// Whoever has a relation on a resource: `reference#relation`, the last `#` divides.
    Set(String),
    /// Whoever claims a role, of any type or of one.
    Role {
        /// The role.
        role: String,
        /// The actor type, if only one is meant.
        actor_type: Option<ActorType>,
    },
}

/// The short form of policy files: `user:7` is an id, `user:*` a prefix, `group:eng#member` a set,
/// `role:auditor` a role. The variants themselves take any text.
impl FromStr for ActorForm {
    type Err = ChangeError;

    /// # Errors
    ///
    /// Where a `*` stands before the end, or the text has a space or a comma.
    fn from_str(text: &str) -> Result<Self, ChangeError> {
        match ShortForm::of(text) {
            Some(ShortForm::Role) => {
                let role = text[ShortForm::ROLE.len()..].to_owned();
                Ok(ActorForm::Role { role, actor_type: None })
            }
            Some(ShortForm::Set) => Ok(ActorForm::Set(text.to_owned())),
            Some(ShortForm::Exact) => Ok(ActorForm::Exact(text.to_owned())),
            Some(ShortForm::Prefix) => Ok(ActorForm::Prefix(text[..text.len() - 1].to_owned())),
            None => Err(ChangeError {
                kind: ChangeErrorKind::Shape,
                field: None,
                message: format!("{}; `{{\"id\": …}}` takes any id", ShortForm::FAULT),
            }),
        }
    }
}
