//! The workload *rules*: very many rules over few facts.
//!
//! A company has teams, which are tenants, and keeps resources of eight types with two to four
//! actions each. Ids read like paths: `team-173/plans/41`. N rules say who may do what:
//!
//! - Eight *general* rules, the same at every size: a bypass for system admins; denials to the
//!   blocked, to whoever is no human (of secrets), about unknown orders; permits to owners, to
//!   viewers, to stewards (a derived role), to auditors.
//! - All others are *specific*. Each is about one type (one in ten about two) and mostly about one
//!   or two of its actions, and about a *who* and a *where*. The number of rules grows because
//!   there are more to write about: with N rules N / 20 roles, N / 60 teams, N / 10 users, N / 300
//!   fleets of services.
//!
//! | share | who | where |
//! |---|---|---|
//! | 25 % | claims a role | anywhere |
//! | 15 % | belongs to a team | anywhere |
//! | 22 % | a role, a team's members, or whoever has a relation, a relation through a link or a derived role | below `team-173/*` |
//! | 8 % | the same | below `team-173/plans/*`, or `team-173/*/4*` |
//! | 10 % | one user, a role, or one of both | exactly one id, or one of two |
//! | 10 % | one user, by id | anywhere |
//! | 4 % | a fleet of services: `service:fleet-7-*` | anywhere |
//! | 3 % | one of two roles or the members of a team | anywhere |
//! | 3 % | a fleet, by a regular expression | anywhere |
//! | | or as with `team-173/*` | ids that fit a regular expression: `team-173/(plans\|reports)/[0-9]+`; when 100 expressions are written, `team-173/plans/*` |
//!
//! Three in ten of the specific rules deny, up to twelve bypass, the others permit. One in five has one
//! more key (a type of actor, a role that must not be claimed, an id that must not fit, `known`),
//! 3 % have a `when`, 10 % an obligation.
//!
//! However many rules there are, few are *applicable* to one request, which is to say, fit it by
//! type, action, and exact ids, beginnings of ids, roles and tenants: 2 on average and 3 at most with
//! 10 rules, 4 to 5 and 13 with 1 000 and more.
//!
//! Facts are always a few hundred: the lead and four members of ten teams, and of 64
//! resources the team, the owner, some viewers, who is blocked, and two attributes.
//!
//! A third of the requests is made to fit a rule drawn at random, general ones among them, mostly one
//! that permits; of the rest, half have a known resource, mostly with an actor whom facts relate to
//! it, and half any actor with any resource or one of the actor's team. Two in a hundred name an
//! action that the type does not declare.

mod author;
mod draw;
mod reference;
mod rule;
mod text;
mod world;

pub use reference::Reference;
pub use rule::{ActorKey, Condition, Numbered, Pattern, ResourceKey, Rule, RuleEffect};
pub use world::{Known, KnownTeam, Person, World};

use author::Author;

/// A type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// What can be done.
    pub actions: &'static [&'static str],
}

/// All types about which there are rules.
pub const TYPES: [Type; 8] = [
    Type { name: "doc", actions: &["read", "write", "share", "delete"] },
    Type { name: "folder", actions: &["read", "write", "share"] },
    Type { name: "invoice", actions: &["read", "approve", "pay"] },
    Type { name: "order", actions: &["read", "create", "cancel", "delete"] },
    Type { name: "ticket", actions: &["read", "comment", "close"] },
    Type { name: "report", actions: &["read", "export"] },
    Type { name: "machine", actions: &["read", "start", "stop", "reboot"] },
    Type { name: "secret", actions: &["read", "rotate", "delete"] },
];

/// The middle parts of ids.
pub const FOLDERS: [&str; 6] = ["plans", "reports", "drafts", "archive", "legal", "inbox"];

/// The rules of one size of the workload, and the world that they are about.
#[derive(Debug)]
pub struct RuleSet {
    /// Who there is, and the facts.
    pub world: World,
    /// The rules, in the order in which they stand in the files.
    pub rules: Vec<Rule>,
    /// What each rule is about, for drawing requests that fit it.
    aims: Vec<Aim>,
}

impl RuleSet {
    /// Draws a set of `count` rules, at least the general ones.
    pub fn new(count: usize) -> Self {
        Author::new(count).write(count)
    }
}

/// What a rule is about.
#[derive(Clone, Debug)]
struct Aim {
    who: Who,
    place: Place,
}

/// Who a rule is about; roles, teams, fleets and actors by their number.
#[derive(Clone, Copy, Debug)]
enum Who {
    Anyone,
    Claiming(&'static str),
    Holder(usize),
    Member(usize),
    Actor(usize),
    Fleet(usize),
    Related(&'static str),
    Derived(&'static str),
}

/// Where a rule holds.
#[derive(Clone, Debug)]
enum Place {
    Anywhere,
    Team(usize),
    Folder(usize, usize),
    /// Whose number begins with 4.
    Fours(usize),
    Exactly(String),
}
