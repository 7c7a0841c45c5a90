use super::{Condition, Place, Word};
use crate::{ActorType, Effect, Obligation};

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its id, unique in the set; its place is the place of the whole rule's first line.
    pub id: Word,
    /// What it says.
    pub effect: Effect,
    /// Whether it beats deny rules.
    pub bypass: bool,
    /// Which resources it is about; `None` for all.
    pub resource: Option<Selector>,
    /// Which actions it is about; `None` for all.
    pub actions: Option<Vec<ActionPattern>>,
    /// Which actors it is about; `None` for all.
    pub actors: Option<Selector>,
    /// What else must hold.
    pub when: Option<Condition>,
    /// The reason of its decisions.
    pub reason: String,
    /// The obligations of its decisions.
    pub obligations: Vec<Obligation>,
}

/// Which actions a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionPattern {
    /// The action or action group of this name.
    Named(Word),
    /// The declared actions that fit a pattern, in which `*` stands for any text.
    Glob(Word),
    /// `*`: every action that the type declares; of a bypass rule, every action.
    Every,
}

impl ActionPattern {
    /// What was written; `None` for `*`.
    pub fn word(&self) -> Option<&Word> {
        match self {
            ActionPattern::Named(word) | ActionPattern::Glob(word) => Some(word),
            ActionPattern::Every => None,
        }
    }
}

/// Which actors or resources a rule is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// All of them hold.
    All(Vec<Selector>),
    /// One of them holds.
    Any(Vec<Selector>),
    /// It does not hold.
    Not(Box<Selector>),
    /// The actor is of this type.
    ActorType(ActorType),
    /// The actor's id fits.
    ActorId(IdPattern),
    /// The actor claims the role.
    Role(Word),
    /// The actor has the derived role on the resource.
    DerivedRole(Word),
    /// The actor has the relation on the resource.
    Relation(RelationPath),
    /// The tenant is one of the actor's.
    Tenant(Word),
    /// The resource is of this type.
    ResourceType(Word),
    /// The resource's id fits.
    ResourceId(IdPattern),
    /// Whether the resource is known.
    Known(bool),
}

/// Which ids are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdPattern {
    /// Exactly this one.
    Exact(Word),
    /// Every id that fits a pattern, in which `*` stands for any text.
    Glob(Word),
    /// Every id that a regular expression fits as a whole.
    Regex(Word),
}

/// A relation of the resource, or of the resources that one of its links points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationPath {
    /// The link, if there is one.
    pub link: Option<String>,
    /// The relation.
    pub relation: String,
    /// Where it stands.
    pub place: Place,
}

impl RelationPath {
    /// Reads `relation` or `link.relation`.
    pub fn from_word(word: &str, place: Place) -> Self {
        match word.split_once('.') {
            Some((link, relation)) => {
                RelationPath { link: Some(link.to_owned()), relation: relation.to_owned(), place }
            }
            None => RelationPath { link: None, relation: word.to_owned(), place },
        }
    }
}

/// A named role that actors have on resources.
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedRole {
    /// Its name.
    pub name: Word,
    /// Which resources it can be had on; `None` for all.
    pub resource: Option<Selector>,
    /// Which actors have it; `None` for all.
    pub actors: Option<Selector>,
    /// What else must hold.
    pub when: Option<Condition>,
}

/// A line of `otherwise`.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherwiseLine {
    /// Which resources the line is about; `None` for all.
    pub resource: Option<Selector>,
    /// Which actors the line is about; `None` for all.
    pub actors: Option<Selector>,
    /// What else must hold.
    pub when: Option<Condition>,
    /// The reason it gives.
    pub reason: String,
}
