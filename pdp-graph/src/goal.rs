use pdp_core::model::ResourceName;
use pdp_core::{ActorType, Timestamp};

/// A relation of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Goal {
    pub(crate) resource: ResourceName<'static>,
    pub(crate) relation: String,
}

/// Whoever has one goal has another.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The position of the goal that gives.
    pub(crate) from: usize,
    /// The position of the goal that is given.
    pub(crate) to: usize,
    /// The link by which it is.
    pub(crate) link: Option<String>,
    /// Until when.
    pub(crate) until: Option<Timestamp>,
}

/// Who has a goal by a fact or a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Prefix(String),
    Role { role: String, actor_type: Option<&'static str> },
    Condition(String),
    Exact(String),
}

impl Who {
    pub(crate) fn role(role: String, actor_type: Option<ActorType>) -> Self {
        Who::Role { role, actor_type: actor_type.map(ActorType::as_str) }
    }

    /// Whether it depends on what a request says of the actor.
    pub(crate) fn is_claimed(&self) -> bool {
        matches!(self, Who::Role { .. } | Who::Condition(_))
    }

    /// Whether an actor of this id may be meant.
    pub(crate) fn may_be(&self, actor: &str) -> bool {
        match self {
            Who::Prefix(prefix) => actor.starts_with(prefix.as_str()),
            Who::Exact(id) => id == actor,
            Who::Role { .. } | Who::Condition(_) => true,
        }
    }
}
