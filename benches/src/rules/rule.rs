//! What a rule says, before it is put into words.

use pdp_core::ActorType;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id, unique in the set.
    pub id: String,
    /// What it decides.
    pub effect: RuleEffect,
    /// The types of resources; none means every type.
    pub types: Vec<&'static str>,
    /// The actions; none means all that the type declares.
    pub actions: Vec<&'static str>,
    /// What must hold of the resource, all of it.
    pub resource: Vec<ResourceKey>,
    /// What must hold of the actor, all of it.
    pub actors: Vec<ActorKey>,
    /// What must hold beside.
    pub when: Option<Condition>,
    /// The type of the obligation.
    pub obligation: Option<&'static str>,
}

/// What a rule decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleEffect {
    /// Permits, whatever else denies.
    Bypass,
    /// Denies.
    Deny,
    /// Permits.
    Permit,
}

/// One key of a selector of resources.
#[derive(Clone, Debug)]
pub enum ResourceKey {
    /// Its id fits.
    Id(Pattern),
    /// Whether facts are about it.
    Known(bool),
    /// One of these holds.
    Any(Vec<ResourceKey>),
    /// This does not hold.
    Not(Box<ResourceKey>),
}

/// One key of a selector of actors.
#[derive(Clone, Debug)]
pub enum ActorKey {
    /// Human, agent or service.
    Type(ActorType),
    /// Its id fits.
    Id(Pattern),
    /// It claims the role.
    Role(String),
    /// It has the relation on the resource, or, as in `team.lead`, on what a link points to.
    Relation(&'static str),
    /// It has the derived role on the resource.
    DerivedRole(&'static str),
    /// It belongs to the tenant.
    Tenant(String),
    /// One of these holds.
    Any(Vec<ActorKey>),
    /// All of these hold.
    All(Vec<ActorKey>),
    /// This does not hold.
    Not(Box<ActorKey>),
}

/// What an id must look like.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Exactly this.
    Exact(String),
    /// This, where `*` is any text.
    Glob(String),
    /// A regular expression.
    Numbered(Numbered),
}

/// The regular expressions there are: `start`, then one of the words and a slash if there are any,
/// then digits.
#[derive(Clone, Debug)]
pub struct Numbered {
    /// Text that the id begins with.
    pub start: String,
    /// What may follow it.
    pub words: Vec<&'static str>,
}

/// The conditions of `when`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The context says an hour between 8 and 17.
    OfficeHours,
    /// The context says that the network is the office's.
    FromOffice,
    /// Facts do not say that the resource is archived.
    NotArchived,
    /// Facts say no amount, or one below 1 000.
    SmallAmount,
}
