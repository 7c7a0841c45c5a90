//! The forms of rules in small worlds.

use super::{Renaming, exchanged};
use crate::Tree;

/// How many forms of rules there are.
pub const FORMS: usize = EFFECTS * RESOURCES * ACTIONS * ACTORS * CONDITIONS;

const EFFECTS: usize = 3;
const RESOURCES: usize = 4;
const ACTIONS: usize = 3;
const ACTORS: usize = 11;
const CONDITIONS: usize = 3;

/// The users and the agent.
pub(super) const ACTOR_IDS: [&str; 3] = ["u:1", "u:2", "g:1"];
/// The roles that are claimed.
pub(super) const ROLES: [&str; 2] = ["r1", "r2"];
/// The ids of resources.
pub(super) const RESOURCE_IDS: [&str; 2] = ["x", "y"];
/// The actions.
pub(super) const ACTION_WORDS: [&str; 2] = ["read", "write"];
/// The tenant.
pub(super) const TENANT: &str = "t";

/// The form of a rule: which of the things that each of its keys can say it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleForm {
    /// 0 permit, 1 deny, 2 bypass.
    effect: usize,
    /// 0 nothing, 1 unknown ones, 2 and 3 a resource.
    resource: usize,
    /// 0 nothing, 1 and 2 an action.
    action: usize,
    /// 0 nothing, 1 a pattern, 2 and 3 a user, 4 and 5 a role, 6 a relation, 7 not that relation,
    /// 8 a relation through a link, 9 a derived role, 10 a tenant.
    actor: usize,
    /// 0 nothing, 1 an optional value, 2 a value that may be missing.
    condition: usize,
}

impl RuleForm {
    /// The form with this index, which is below [`FORMS`].
    pub fn nth(index: usize) -> Self {
        let (rest, condition) = (index / CONDITIONS, index % CONDITIONS);
        let (rest, actor) = (rest / ACTORS, rest % ACTORS);
        let (rest, action) = (rest / ACTIONS, rest % ACTIONS);
        let (effect, resource) = (rest / RESOURCES, rest % RESOURCES);
        RuleForm { effect, resource, action, actor, condition }
    }

    /// The index of the form.
    pub fn index(self) -> usize {
        let RuleForm { effect, resource, action, actor, condition } = self;
        (((effect * RESOURCES + resource) * ACTIONS + action) * ACTORS + actor) * CONDITIONS
            + condition
    }

    /// The form after an exchange of names.
    #[must_use]
    pub fn renamed(self, renaming: Renaming) -> Self {
        let resource = match self.resource {
            named @ 2.. => exchanged(named, renaming.resources),
            other => other,
        };
        let action = match self.action {
            0 => 0,
            named => exchanged(named - 1, renaming.actions) + 1,
        };
        let actor = match self.actor {
            user @ 2..=3 => exchanged(user, renaming.users),
            role @ 4..=5 => exchanged(role, renaming.roles),
            other => other,
        };
        RuleForm { resource, action, actor, ..self }
    }

    /// The rule, under an id.
    pub fn tree(self, id: &str) -> Tree {
        let effect = if self.effect == 1 { "deny" } else { "permit" };
        let mut rule = Tree::map([("id", id.into()), ("effect", effect.into())]);
        if self.effect == 2 {
            rule.push("bypass", true.into());
        }
        // A bypass rule that asks for a relation is about declared types; so are all, to be alike.
        let mut resource = Tree::map([("type", "thing".into())]);
        match self.resource {
            0 if self.effect == 2 && !self.asks_for_resource() => resource = Tree::Null,
            0 => {}
            1 => resource.push("known", false.into()),
            named => resource.push("id", RESOURCE_IDS[named - 2].into()),
        }
        if resource != Tree::Null {
            rule.push("resource", resource);
        }
        if let Some(action) = self.action.checked_sub(1) {
            rule.push("actions", ACTION_WORDS[action].into());
        }
        if let Some(actors) = self.actors() {
            rule.push("actors", actors);
        }
        match self.condition {
            0 => {}
            1 => rule.push("when", "context.flag ?? false".into()),
            _ => rule.push("when", "context.must".into()),
        }
        rule
    }

    fn asks_for_resource(self) -> bool {
        (6..=9).contains(&self.actor)
    }

    fn actors(self) -> Option<Tree> {
        let viewer = || Tree::map([("relation", "viewer".into())]);
        Some(match self.actor {
            0 => return None,
            1 => Tree::map([("id", "u:*".into())]),
            user @ 2..=3 => Tree::map([("id", ACTOR_IDS[user - 2].into())]),
            role @ 4..=5 => Tree::map([("role", ROLES[role - 4].into())]),
            6 => viewer(),
            7 => Tree::map([("not", viewer())]),
            8 => Tree::map([("relation", "parent.viewer".into())]),
            9 => Tree::map([("derived_role", "keeper".into())]),
            _ => Tree::map([("tenant", TENANT.into())]),
        })
    }
}
