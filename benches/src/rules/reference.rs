//! The slow, obvious answer: rule by rule.

use super::{
    ActorKey, Condition, Known, Numbered, Pattern, ResourceKey, Rule, RuleEffect, RuleSet, TYPES,
};
use crate::asked::Asked;

/// Answers by trying the rules one by one and comparing text. It shares nothing with the engine, so
/// that the two can only agree by being right.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    set: &'a RuleSet,
    /// What only facts, expressions, conditions and denials could tell is taken to hold.
    target_only: bool,
}

impl<'a> Reference<'a> {
    /// Answers about `set`.
    pub fn new(set: &'a RuleSet) -> Self {
        Self { set, target_only: false }
    }

    /// Whether the request is permitted.
    pub fn permits(&self, asked: &Asked) -> bool {
        self.deciding(asked).is_some_and(|rule| rule.effect != RuleEffect::Deny)
    }

    /// The rule that decides: a bypass rule, else one that denies, else one that permits; the first
    /// of those that match.
    pub fn deciding(&self, asked: &Asked) -> Option<&'a Rule> {
        [RuleEffect::Bypass, RuleEffect::Deny, RuleEffect::Permit].into_iter().find_map(|effect| {
            let mut rules = self.set.rules.iter();
            rules.find(|rule| rule.effect == effect && self.matches(rule, asked))
        })
    }

    /// How many rules fit the request by type, action, and exact ids, prefixes of ids, roles and
    /// tenants.
    pub fn applicable(&self, asked: &Asked) -> usize {
        let loose = Self { target_only: true, ..*self };
        self.set.rules.iter().filter(|rule| loose.matches(rule, asked)).count()
    }

    fn matches(&self, rule: &Rule, asked: &Asked) -> bool {
        applies(rule, asked)
            && rule.resource.iter().all(|key| self.resource_holds(key, asked))
            && rule.actors.iter().all(|key| self.actor_holds(key, asked))
            && rule.when.is_none_or(|condition| self.condition_holds(condition, asked))
    }

    fn resource_holds(&self, key: &ResourceKey, asked: &Asked) -> bool {
        match key {
            ResourceKey::Id(pattern) => fits(pattern, &asked.resource_id),
            ResourceKey::Any(keys) => keys.iter().any(|key| self.resource_holds(key, asked)),
            ResourceKey::Known(_) | ResourceKey::Not(_) if self.target_only => true,
            ResourceKey::Known(wanted) => self.known(asked).is_some() == *wanted,
            ResourceKey::Not(key) => !self.resource_holds(key, asked),
        }
    }

    fn actor_holds(&self, key: &ActorKey, asked: &Asked) -> bool {
        match key {
            ActorKey::Type(wanted) => asked.actor_type == *wanted,
            ActorKey::Id(pattern) => fits(pattern, &asked.actor_id),
            ActorKey::Role(role) => asked.claims(role),
            ActorKey::Tenant(tenant) => asked.belongs_to(tenant),
            ActorKey::Any(keys) => keys.iter().any(|key| self.actor_holds(key, asked)),
            ActorKey::All(keys) => keys.iter().all(|key| self.actor_holds(key, asked)),
            _ if self.target_only => true,
            ActorKey::Not(key) => !self.actor_holds(key, asked),
            ActorKey::Relation(relation) => self.is_related(relation, asked),
            ActorKey::DerivedRole(_) => {
                let leads = self.is_related("owner", asked) || self.is_related("team.lead", asked);
                leads && !self.is_related("blocked", asked)
            }
        }
    }

    fn condition_holds(&self, condition: Condition, asked: &Asked) -> bool {
        if self.target_only {
            return true;
        }
        let stated = |name: &str| asked.context.value(name);
        let known = self.known(asked);
        match condition {
            Condition::OfficeHours => {
                (8..18).any(|hour| stated("hour") == Some(&pdp_core::Value::Int(hour)))
            }
            Condition::FromOffice => {
                stated("network") == Some(&pdp_core::Value::String("office".into()))
            }
            Condition::NotArchived => known.is_none_or(|known| !known.archived),
            Condition::SmallAmount => {
                known.and_then(|known| known.amount).is_none_or(|amount| amount < 1_000)
            }
        }
    }

    fn is_related(&self, relation: &str, asked: &Asked) -> bool {
        let Some(known) = self.known(asked) else { return false };
        let is = |actor: &usize| *self.set.world.actors[*actor].id == *asked.actor_id;
        let team = &self.set.world.known_teams[known.team];
        match relation {
            "owner" => is(&known.owner),
            "blocked" => known.blocked.iter().any(is),
            "team.lead" => is(&team.lead),
            "team.member" => is(&team.lead) || team.members.iter().any(is),
            "viewer" => {
                known.viewers.iter().any(is)
                    || self.is_related("owner", asked)
                    || self.is_related("team.member", asked)
            }
            _ => unreachable!("rules ask for no other relation"),
        }
    }

    fn known(&self, asked: &Asked) -> Option<&'a Known> {
        self.set.world.known.iter().find(|known| {
            known.resource_type == asked.resource_type && *known.id == *asked.resource_id
        })
    }
}

/// Whether the rule is about the type and the action.
fn applies(rule: &Rule, asked: &Asked) -> bool {
    let declared = TYPES
        .iter()
        .any(|one| one.name == asked.resource_type && one.actions.contains(&asked.action));
    let all_actions = rule.actions.is_empty() && rule.effect == RuleEffect::Bypass;
    (rule.types.is_empty() || rule.types.contains(&asked.resource_type))
        && (rule.actions.is_empty() || rule.actions.contains(&asked.action))
        && (declared || all_actions)
}

fn fits(pattern: &Pattern, id: &str) -> bool {
    match pattern {
        Pattern::Exact(exact) => exact == id,
        Pattern::Glob(glob) => fits_glob(glob, id),
        Pattern::Numbered(numbered) => fits_numbered(numbered, id),
    }
}

fn fits_glob(glob: &str, id: &str) -> bool {
    let Some((before, rest)) = glob.split_once('*') else { return glob == id };
    let Some(left) = id.strip_prefix(before) else { return false };
    let starts = left.char_indices().map(|(start, _)| start).chain([left.len()]);
    starts.into_iter().any(|start| fits_glob(rest, &left[start..]))
}

fn fits_numbered(numbered: &Numbered, id: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = id.strip_prefix(numbered.start.as_str()) else { return false };
    if numbered.words.is_empty() {
        return is_number(rest);
    }
    let Some((word, number)) = rest.split_once('/') else { return false };
    numbered.words.contains(&word) && is_number(number)
}
