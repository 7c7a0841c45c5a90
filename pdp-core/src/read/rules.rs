//! Rules.

use super::Reader;
use super::names::Name;
use super::selectors::Question;
use crate::Effect;
use crate::document::Node;
use crate::error::PolicyErrorKind;
use crate::model::{ActionPattern, Model, Rule};
use crate::{Map, Obligation};

const KEYS: [&str; 9] =
    ["id", "effect", "bypass", "resource", "actions", "actors", "when", "reason", "obligations"];

impl<'t> Reader<'_, 't> {
    pub(super) fn rules(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("rules") else { return };
        for node in self.items(section, "`rules`", false) {
            model.rules.extend(self.rule(node));
        }
    }

    fn rule(&mut self, node: &Node<'t>) -> Option<Rule> {
        let fields = self.fields(node, "a rule", &KEYS)?;
        let id = self.required(&fields, "id").and_then(|id| self.word(id, "a rule id", Name::Word));
        let effect = self.required(&fields, "effect").and_then(|effect| self.effect(effect));
        let bypass =
            fields.value("bypass").map_or(Some(false), |node| self.boolean(node, "`bypass`"));
        if let (Some(true), Some(Effect::Deny), Some(node)) =
            (bypass, effect, fields.value("bypass"))
        {
            self.mistake(PolicyErrorKind::Refused, node.span, "only a permit rule can bypass");
        }
        let question = self.question(&fields);
        let actions = fields.value("actions").map(|node| self.actions(node));
        let reason = fields
            .value("reason")
            .map_or(Some(None), |node| self.word(node, "a reason", Name::Word).map(Some));
        let obligations =
            fields.value("obligations").map(|node| self.obligations(node)).unwrap_or_default();
        let Question { resource, actors, when } = question?;
        let mut id = id?;
        let reason = reason?.map_or_else(|| id.text.clone(), |word| word.text);
        id.place = self.place(node);
        Some(Rule {
            id,
            effect: effect?,
            bypass: bypass?,
            resource,
            actions,
            actors,
            when,
            reason,
            obligations,
        })
    }

    fn effect(&mut self, node: &Node<'t>) -> Option<Effect> {
        let effect = node.string().and_then(Effect::from_word);
        if effect.is_none() {
            self.wrong_shape(node, "`effect` is `permit` or `deny`");
        }
        effect
    }

    fn actions(&mut self, node: &Node<'t>) -> Vec<ActionPattern> {
        let items = self.some_items(node, "`actions`");
        let pattern = |item: &Node<'t>| match item.string() {
            Some("*") => Some(ActionPattern::Every),
            _ => self.action_pattern(item),
        };
        items.iter().filter_map(pattern).collect()
    }

    /// An action, or a pattern of actions.
    pub(super) fn action_pattern(&mut self, node: &Node<'t>) -> Option<ActionPattern> {
        let is_pattern = node.string().is_some_and(|text| text.contains('*'));
        let form = if is_pattern { Name::Word } else { Name::Action };
        let word = self.word(node, "an action", form)?;
        Some(if is_pattern { ActionPattern::Glob(word) } else { ActionPattern::Named(word) })
    }

    fn obligations(&mut self, node: &Node<'t>) -> Vec<Obligation> {
        let items = self.items(node, "`obligations`", false);
        items.iter().filter_map(|item| self.obligation(item)).collect()
    }

    fn obligation(&mut self, node: &Node<'t>) -> Option<Obligation> {
        let fields = self.fields(node, "an obligation", &["type", "properties"])?;
        let obligation_type = self.required(&fields, "type")?;
        let obligation_type =
            self.word(obligation_type, "the type of an obligation", Name::Word)?.text;
        let properties = match fields.value("properties") {
            Some(properties) => self.map_of(properties, "`properties`")?.into_owned(),
            None => Map::new(),
        };
        Some(Obligation { obligation_type, properties })
    }
}
