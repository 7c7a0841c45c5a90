//! Calls: `has`, `related`, `timestamp`, `startsWith`.

use super::form::{BOOL, STRING, TIMESTAMP};
use super::{Compiler, Scope, Typed, typed};
use crate::Timestamp;
use crate::compiled::{Node, RelationIndex, Stored};
use crate::error::printable;
use crate::expression::{Expression, ExpressionKind, Literal};
use crate::model::{Condition, RelationDefinition, RelationPath, Word};

/// Everything that can be called.
const FUNCTIONS: [&str; 7] =
    ["has", "related", "derived_role", "timestamp", "startsWith", "endsWith", "contains"];

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
        expression: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        match (target, function, arguments) {
            (None, "has", [argument]) => self.has(argument, within, scope),
            (None, "related", [argument]) => self.related(argument, within, scope),
            (None, "derived_role", [argument]) => self.asked_role(argument, within, scope),
            (None, "timestamp", [argument]) => self.timestamp(argument, within),
            (Some(text), "startsWith" | "endsWith" | "contains", [part]) => {
                let text_typed = self.expression(text, within, scope);
                let part_typed = self.expression(part, within, scope);
                let (text_typed, part_typed) = (text_typed?, part_typed?);
                self.require(text_typed, STRING, text, within)?;
                self.require(part_typed, STRING, part, within)?;
                let (text, part) = (text_typed.node, part_typed.node);
                let node = match function {
                    "startsWith" => self.builder.starts_with(text, part),
                    "endsWith" => self.builder.ends_with(text, part),
                    _ => self.builder.contains(text, part),
                };
                Some(typed(node, BOOL))
            }
            (None, "has" | "related" | "derived_role" | "timestamp", _)
            | (Some(_), "startsWith" | "endsWith" | "contains", _) => {
                self.type_mistake(
                    format!("`{function}` takes one argument"),
                    None,
                    expression,
                    within,
                );
                None
            }
            _ => {
                let names = FUNCTIONS.to_vec();
                self.unknown(
                    format!("unknown function `{}`", printable(function)),
                    function,
                    names,
                    expression,
                    within,
                );
                None
            }
        }
    }

    pub(super) fn has(
        &mut self,
        argument: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let ExpressionKind::Field { operand, field } = &argument.kind else {
            self.type_mistake(
                "`has` takes a field, such as `has(context.x)`".to_owned(),
                None,
                argument,
                within,
            );
            return None;
        };
        if let Some(link) = self.link_of(operand, field, scope) {
            if matches!(scope, Scope::Relation(_)) {
                self.not_in_relation(&format!("resource.{field}"), argument, within);
                return None;
            }
            return Some(typed(self.builder.add(Node::Linked(link)), BOOL));
        }
        let value = self.field(operand, field, argument, within, scope)?;
        let node = match *self.builder.node(value.node) {
            Node::Slot(slot) => self.builder.add(Node::Present(slot)),
            _ => self.builder.bool(true),
        };
        Some(typed(node, BOOL))
    }

    /// The link that `resource.field` is, if it is one.
    pub(super) fn link_of(
        &self,
        operand: &Expression,
        field: &str,
        scope: Scope,
    ) -> Option<RelationIndex> {
        let (Scope::Request(index) | Scope::Relation(index)) = scope else { return None };
        let is_resource = matches!(&operand.kind, ExpressionKind::Name(root) if root == "resource");
        let relations = &self.model.types[usize::from(index)].relations;
        let position = relations.iter().position(|relation| {
            let is_link = matches!(relation.definition, RelationDefinition::Link { .. });
            is_link && relation.name.text == field
        });
        position.filter(|_| is_resource).and_then(|position| RelationIndex::try_from(position).ok())
    }

    pub(super) fn related(
        &mut self,
        argument: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let ExpressionKind::Literal(Literal::String(path)) = &argument.kind else {
            self.type_mistake(
                "`related` takes a relation in quotes".to_owned(),
                None,
                argument,
                within,
            );
            return None;
        };
        if matches!(scope, Scope::Relation(_)) {
            self.not_in_relation("related", argument, within);
            return None;
        }
        let path = RelationPath::from_word(path, within.part(argument.start, argument.end));
        Some(typed(self.relation(&path, scope)?, BOOL))
    }

    /// `derived_role('name')`
    fn asked_role(
        &mut self,
        argument: &Expression,
        within: &Condition,
        scope: Scope,
    ) -> Option<Typed> {
        let ExpressionKind::Literal(Literal::String(name)) = &argument.kind else {
            let message = "`derived_role` takes a name in quotes".to_owned();
            self.type_mistake(message, None, argument, within);
            return None;
        };
        if matches!(scope, Scope::Relation(_)) {
            self.not_in_relation("derived_role", argument, within);
            return None;
        }
        let place = within.part(argument.start, argument.end);
        let name = Word { text: name.clone(), place };
        Some(typed(self.derived_role_named(&name, scope)?, BOOL))
    }

    pub(super) fn timestamp(&mut self, argument: &Expression, within: &Condition) -> Option<Typed> {
        let time = match &argument.kind {
            ExpressionKind::Literal(Literal::String(text)) => Timestamp::parse(text).ok(),
            _ => None,
        };
        let Some(time) = time else {
            let message = "`timestamp` takes a time in quotes, such as '2026-11-26T09:30:00Z'";
            self.type_mistake(message.to_owned(), None, argument, within);
            return None;
        };
        Some(typed(self.builder.constant(Stored::Timestamp(time)), TIMESTAMP))
    }
}
