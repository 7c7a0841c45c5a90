//! Who asks, and what it may ask.

use pdp_core::ActorType;

/// An entry among the callers: an enforcement point, or whoever administers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its name, which records bear.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// The actors about which it may ask, unless it may assert identities.
    pub actors: Vec<KnownActor>,
}

/// An actor that an entry vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownActor {
    /// Its id.
    pub id: String,
    /// What it is.
    pub actor_type: ActorType,
}

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Have requests decided, and read what is loaded.
    Evaluate,
    /// Name any actor, with its type, roles, tenants, memberships and attributes, and the time.
    AssertIdentity,
    /// Reload, change facts, read the status.
    Admin,
}

impl Right {
    /// The word for the right, in the callers' file and in refusals.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::Evaluate => "evaluate",
            Right::AssertIdentity => "assert_identity",
            Right::Admin => "admin",
        }
    }
}

impl Caller {
    /// Whether it has a right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// The actor with this id, if its entry lists it.
    pub(crate) fn actor(&self, id: &str) -> Option<&KnownActor> {
        self.actors.iter().find(|actor| actor.id == id)
    }
}
