//! Rules become candidates, for each type and action those that can apply.

use pdp_cel::Glob;

use super::gathered::{Applicable, Gathered, OfAction, OfType};
use super::{Compiler, Scope};
use crate::compiled::{NodeId, Rule, Set, TypeIndex};
use crate::error::PolicyErrorKind;
use crate::model::{self, ActionPattern, Bypass, OtherwiseLine, ResourceType, Selector};
use crate::{Effect, model::Condition};

/// To how many pairs of type and action all rules together may apply.
const CANDIDATES_MAX: usize = 8_000_000;

/// Which actions a rule is about.
enum Actions<'m> {
    /// Those that a type declares; of a bypass rule, all.
    Every,
    Some(ActionSet<'m>),
}

/// Actions by name and by pattern.
#[derive(Default)]
struct ActionSet<'m> {
    names: Set<&'m str>,
    globs: Vec<Glob>,
    /// What was written, for messages.
    words: Vec<&'m str>,
}

/// Which types a rule is about: listed, so that looking one up is cheap, or as its selector says.
enum Coverage {
    Listed(Set<TypeIndex>),
    BySelector,
}

impl Actions<'_> {
    fn covers(&self, action: &str) -> bool {
        match self {
            Actions::Every => true,
            Actions::Some(some) => some.covers(action),
        }
    }
}

impl<'m> ActionSet<'m> {
    fn covers(&self, action: &str) -> bool {
        self.names.contains(action) || self.globs.iter().any(|glob| glob.fits(action))
    }

    fn add(&mut self, pattern: &'m ActionPattern) {
        let Some(word) = pattern.word() else { return };
        self.words.push(&word.text);
        match pattern {
            ActionPattern::Glob(_) => self.globs.push(Glob::new(&word.text)),
            _ => {
                self.names.insert(&word.text);
            }
        }
    }
}

impl<'m> Compiler<'m> {
    pub(super) fn rules(&mut self) -> (Vec<Rule>, Gathered) {
        let model = self.model;
        self.action_groups();
        let mut gathered =
            Gathered { bypass_actions: self.bypass_actions(), ..Gathered::default() };
        for (resource_type, index) in model.types.iter().zip(0..) {
            for (action, position) in resource_type.actions.iter().zip(0..) {
                let place = (index, position);
                gathered.targets.add(&resource_type.name.text, &action.text, place);
            }
            let actions = resource_type.actions.iter().map(|_| OfAction::default()).collect();
            gathered.types.push(OfType { actions, ..OfType::default() });
        }
        let mut candidates = 0;
        for (rule, number) in model.rules.iter().zip(0..) {
            self.refuse_permit_of_tenant(rule);
            candidates += self.rule(rule, number, &mut gathered);
            if candidates > CANDIDATES_MAX {
                let message = format!(
                    "the rules up to this one apply to more than {CANDIDATES_MAX} pairs of type and action"
                );
                self.mistake(rule.id.place, PolicyErrorKind::Limit, message);
                break;
            }
        }
        for (resource_type, index) in model.types.iter().zip(0..) {
            gathered.types[usize::from(index)].otherwise = self.otherwise(resource_type, index);
        }
        (model.rules.iter().map(compiled_rule).collect(), gathered)
    }

    /// Groups name declared actions, and are not named like one.
    fn action_groups(&mut self) {
        let model = self.model;
        for group in &model.action_groups {
            if self.declares_action(&group.name.text) {
                let message = format!("`{}` is an action already", group.name.text);
                self.mistake(group.name.place, PolicyErrorKind::Duplicate, message);
            }
            for pattern in &group.actions {
                match pattern {
                    ActionPattern::Glob(word) => self.require_fitting_action(word),
                    ActionPattern::Named(word) => self.require_action(word),
                    ActionPattern::Every => {}
                }
            }
        }
    }

    fn require_fitting_action(&mut self, pattern: &model::Word) {
        let glob = Glob::new(&pattern.text);
        let mut actions = self.model.types.iter().flat_map(|declared| &declared.actions);
        if !actions.any(|action| glob.fits(&action.text)) {
            let message = format!("no declared action fits `{}`", pattern.text);
            self.mistake(pattern.place, PolicyErrorKind::UnknownName, message);
        }
    }

    /// `None` where bypass rules may decide every request.
    fn bypass_actions(&mut self) -> Option<Vec<Box<str>>> {
        let model = self.model;
        match &model.settings.bypass {
            Bypass::All => None,
            Bypass::Off => Some(Vec::new()),
            Bypass::Actions(actions) => {
                actions.iter().for_each(|action| self.require_action(action));
                Some(actions.iter().map(|action| action.text.as_str().into()).collect())
            }
        }
    }

    fn declares_action(&self, action: &str) -> bool {
        self.model.types.iter().any(|resource_type| declares(resource_type, action))
    }

    fn require_action(&mut self, action: &model::Word) {
        if !self.declares_action(&action.text) {
            let names = self.model.types.iter().flat_map(|resource_type| &resource_type.actions);
            let hint = self.mistakes.suggestion(&action.text, names.map(|word| word.text.as_str()));
            let message = format!("unknown action `{}`", action.text);
            self.mistake_with_hint(action.place, PolicyErrorKind::UnknownName, message, hint);
        }
    }

    /// Finds the types and actions to which a rule applies; how many pairs there are.
    fn rule(&mut self, rule: &'m model::Rule, number: u32, gathered: &mut Gathered) -> usize {
        let model = self.model;
        let known_mistakes = self.mistakes.count();
        let Some(coverage) = self.coverage(rule) else { return 0 };
        let actions = self.actions(rule, &coverage);
        let mut covers_a_type = false;
        let mut candidates = 0;
        for (resource_type, index) in model.types.iter().zip(0..) {
            let scope = Scope::Request(index);
            let Some(resource) = self.covered(rule, &coverage, index) else { return candidates };
            let named = resource_type.actions.iter().any(|action| actions.covers(&action.text));
            let reaches_further = rule.bypass && matches!(actions, Actions::Every);
            let applies =
                self.builder.as_bool(resource) != Some(false) && (named || reaches_further);
            if !applies {
                continue;
            }
            covers_a_type = true;
            let Some(condition) =
                self.whole(resource, rule.actors.as_ref(), rule.when.as_ref(), scope)
            else {
                continue;
            };
            if self.builder.as_bool(condition) != Some(false) {
                let applicable = Applicable { rule: number, condition };
                candidates += add(
                    rule,
                    resource_type,
                    applicable,
                    &actions,
                    &mut gathered.types[usize::from(index)],
                    gathered.bypass_actions.as_deref(),
                );
            }
        }
        self.undeclared(rule, number, &actions, gathered);
        if !covers_a_type && self.mistakes.count() == known_mistakes {
            self.uncovered(rule, &actions);
        }
        candidates
    }

    /// The types that a rule lists; `None` if it has a mistake.
    fn coverage(&mut self, rule: &model::Rule) -> Option<Coverage> {
        let parts = match &rule.resource {
            Some(Selector::Any(parts)) => &parts[..],
            Some(one) => std::slice::from_ref(one),
            None => return Some(Coverage::BySelector),
        };
        let mut types = Set::default();
        for part in parts {
            let Selector::ResourceType(name) = part else { return Some(Coverage::BySelector) };
            types.insert(self.type_index(&name.text, name.place)?);
        }
        Some(Coverage::Listed(types))
    }

    /// The node that says whether a rule is about a resource of this type.
    fn covered(
        &mut self,
        rule: &model::Rule,
        coverage: &Coverage,
        index: TypeIndex,
    ) -> Option<NodeId> {
        let belonging = self.belonging(rule, index);
        let resource = match coverage {
            Coverage::Listed(types) => self.builder.bool(types.contains(&index)),
            Coverage::BySelector => self.part(rule.resource.as_ref(), Scope::Request(index))?,
        };
        Some(match belonging {
            Some(belonging) => self.builder.all([belonging, resource]),
            None => resource,
        })
    }

    /// A bypass rule about every action reaches types that are not declared.
    fn undeclared(
        &mut self,
        rule: &model::Rule,
        number: u32,
        actions: &Actions<'_>,
        gathered: &mut Gathered,
    ) {
        if !(rule.bypass && matches!(actions, Actions::Every)) {
            return;
        }
        let scope = Scope::Undeclared;
        let Some(resource) = self.part(rule.resource.as_ref(), scope) else { return };
        if self.builder.as_bool(resource) == Some(false) {
            return;
        }
        let condition = self.whole(resource, rule.actors.as_ref(), rule.when.as_ref(), scope);
        if let Some(condition) = condition.filter(|node| self.builder.as_bool(*node) != Some(false))
        {
            gathered.undeclared.push(Applicable { rule: number, condition });
        }
    }

    /// The rule can never apply: for want of an action, or of a type.
    fn uncovered(&mut self, rule: &model::Rule, actions: &Actions<'_>) {
        let message = match actions {
            Actions::Some(some) if !some.words.is_empty() => {
                let words = crate::read::listed(&some.words);
                format!("no type that the rule covers declares {words}")
            }
            _ => "the rule covers no type".to_owned(),
        };
        self.mistake(rule.id.place, PolicyErrorKind::UnknownName, message);
    }

    /// The actions of a rule, groups resolved.
    fn actions(&mut self, rule: &'m model::Rule, coverage: &Coverage) -> Actions<'m> {
        let Some(patterns) = &rule.actions else { return Actions::Every };
        let model = self.model;
        let mut actions = ActionSet::default();
        for pattern in patterns {
            let Some(word) = pattern.word() else { continue };
            match model.action_groups.iter().find(|group| group.name.text == word.text) {
                Some(group) => group.actions.iter().for_each(|pattern| actions.add(pattern)),
                None => {
                    self.action_of_rule(rule, pattern, coverage);
                    actions.add(pattern);
                }
            }
        }
        if patterns.contains(&ActionPattern::Every) {
            Actions::Every
        } else {
            Actions::Some(actions)
        }
    }

    /// An action that a rule names, or one that fits its pattern, is declared by some type of the
    /// rule.
    fn action_of_rule(
        &mut self,
        rule: &model::Rule,
        pattern: &'m ActionPattern,
        coverage: &Coverage,
    ) {
        let model = self.model;
        let Some(action) = pattern.word() else { return };
        let mut wanted = ActionSet::default();
        wanted.add(pattern);
        let mut names: Vec<&str> =
            model.action_groups.iter().map(|group| group.name.text.as_str()).collect();
        for (resource_type, index) in model.types.iter().zip(0..) {
            let Some(resource) = self.covered(rule, coverage, index) else { return };
            if self.builder.as_bool(resource) == Some(false) {
                continue;
            }
            if resource_type.actions.iter().any(|declared| wanted.covers(&declared.text)) {
                return;
            }
            names.extend(resource_type.actions.iter().map(|word| word.text.as_str()));
        }
        let message = match pattern {
            ActionPattern::Glob(_) => {
                format!("no action of a type that the rule covers fits `{}`", action.text)
            }
            _ => {
                let action = &action.text;
                format!("unknown action `{action}`: no type that the rule covers declares it")
            }
        };
        let hint = self.mistakes.suggestion(&action.text, names);
        self.mistake_with_hint(action.place, PolicyErrorKind::UnknownName, message, hint);
    }

    pub(super) fn part(&mut self, selector: Option<&Selector>, scope: Scope) -> Option<NodeId> {
        match selector {
            Some(selector) => self.selector(selector, scope),
            None => Some(self.builder.bool(true)),
        }
    }

    /// All that a rule or a line asks: resource, actors, condition, in this order.
    pub(super) fn whole(
        &mut self,
        resource: NodeId,
        actors: Option<&Selector>,
        when: Option<&Condition>,
        scope: Scope,
    ) -> Option<NodeId> {
        let actors = self.part(actors, scope);
        let when = match when {
            Some(when) => self.condition(when, scope),
            None => Some(self.builder.bool(true)),
        };
        Some(self.builder.all([resource, actors?, when?]))
    }

    fn otherwise(
        &mut self,
        resource_type: &ResourceType,
        index: TypeIndex,
    ) -> Vec<(NodeId, Box<str>)> {
        let scope = Scope::Request(index);
        let line = |line: &OtherwiseLine| {
            let resource = self.part(line.resource.as_ref(), scope)?;
            let condition =
                self.whole(resource, line.actors.as_ref(), line.when.as_ref(), scope)?;
            Some((condition, line.reason.as_str().into()))
        };
        resource_type.otherwise.iter().filter_map(line).collect()
    }
}

fn add(
    rule: &model::Rule,
    resource_type: &ResourceType,
    applicable: Applicable,
    actions: &Actions<'_>,
    of_type: &mut OfType,
    bypass_actions: Option<&[Box<str>]>,
) -> usize {
    let mut added = 0;
    let all = resource_type.actions.iter().zip(&mut of_type.actions);
    for (action, of_action) in all.filter(|(action, _)| actions.covers(&action.text)) {
        added += 1;
        match (rule.bypass, rule.effect) {
            (true, _) => {
                let allowed = bypass_actions
                    .is_none_or(|names| names.iter().any(|name| **name == *action.text));
                of_action.bypass.extend(allowed.then_some(applicable));
            }
            (false, Effect::Deny) => of_action.deny.push(applicable),
            (false, Effect::Permit) => of_action.permit.push(applicable),
        }
    }
    if rule.bypass && matches!(actions, Actions::Every) {
        of_type.undeclared.push(applicable);
    }
    added
}

fn declares(resource_type: &ResourceType, action: &str) -> bool {
    resource_type.actions.iter().any(|word| word.text == action)
}

fn compiled_rule(rule: &model::Rule) -> Rule {
    Rule {
        id: rule.id.text.as_str().into(),
        file: rule.id.place.file,
        line: rule.id.place.span.line,
        effect: rule.effect,
        reason: rule.reason.as_str().into(),
        obligations: rule.obligations.as_slice().into(),
    }
}
