//! What the checker of expressions asks of the vocabulary.

use pdp_cel::{Expression, Known, Mistake, MistakeKind, Resolved, Span, TOTAL_DEPTH_MAX, Type};

use super::names::{Meaning, not_in_relation};
use super::{Compiler, Definition, Scope};
use crate::error::PolicyErrorKind;
use crate::model::Condition;

/// What the names in a condition stand for.
pub(super) struct Vocabulary<'v, 'm> {
    pub(super) compiler: &'v mut Compiler<'m>,
    pub(super) condition: &'v Condition,
    pub(super) scope: Scope,
}

impl pdp_cel::Vocabulary for Vocabulary<'_, '_> {
    fn resolve(&mut self, path: &[&str], level: usize) -> Resolved {
        match self.compiler.meaning(path, self.condition, self.scope) {
            Ok((Meaning::Definition(index), taken)) => {
                match self.compiler.definition(index, self.scope, level) {
                    Some(known) => Resolved::Value { known, taken },
                    None => Resolved::Mistaken,
                }
            }
            Ok((meaning, taken)) => Resolved::Value { known: meaning.known(), taken },
            Err(unknown) => Resolved::Unknown {
                message: unknown.message,
                hint: unknown.hint,
                kind: unknown.kind,
            },
        }
    }

    fn has(&mut self, path: &[&str]) -> Option<Result<Known, Mistake>> {
        let ["resource", name] = path else { return None };
        self.compiler.link_named(name, self.scope)?;
        Some(match self.scope {
            Scope::Relation(_) => Err(refused(&format!("resource.{name}"), Span::default())),
            _ => Ok(Known::new(Type::Bool)),
        })
    }

    fn call(
        &mut self,
        function: &str,
        arguments: &[Expression],
        span: Span,
    ) -> Option<Result<Known, Mistake>> {
        let example = match function {
            "related" => "a relation",
            "derived_role" => "a name",
            _ => return None,
        };
        let wrong = |message: String| {
            Some(Err(Mistake { kind: MistakeKind::Type, message, hint: None, span }))
        };
        let [argument] = arguments else {
            return wrong(format!("`{function}` takes one argument"));
        };
        if argument.as_text().is_none() {
            return wrong(format!("`{function}` takes {example} in quotes"));
        }
        if matches!(self.scope, Scope::Relation(_)) {
            return Some(Err(refused(function, span)));
        }
        // Whether it exists is found out where it becomes a node.
        Some(Ok(Known::new(Type::Bool)))
    }

    fn suggestion(&self, name: &str, candidates: &mut dyn Iterator<Item = &str>) -> Option<String> {
        let candidates: Vec<&str> = candidates.collect();
        self.compiler.mistakes.suggestion(name, candidates)
    }
}

fn refused(what: &str, span: Span) -> Mistake {
    let unknown = not_in_relation(what);
    Mistake { kind: unknown.kind, message: unknown.message, hint: unknown.hint, span }
}

impl Compiler<'_> {
    /// What is known of a named expression; `None` if it has a mistake, which is reported.
    pub(super) fn definition(&mut self, index: usize, scope: Scope, level: usize) -> Option<Known> {
        let model = self.model;
        if let Some(defined) = self.defined.get(&(index, scope)) {
            return defined.known.clone();
        }
        let definition = &model.definitions[index];
        if self.open.contains(&index) {
            let message = format!("`{}` uses itself", definition.name.text);
            self.mistake(definition.name.place, PolicyErrorKind::Refused, message);
            return None;
        }
        if level >= TOTAL_DEPTH_MAX {
            let message = format!("conditions nest more than {TOTAL_DEPTH_MAX} deep through `let`");
            self.mistake(definition.condition.place, PolicyErrorKind::Limit, message);
            return None;
        }
        self.open.push(index);
        let known = self.known(&definition.condition, scope, level);
        self.open.pop();
        self.defined.insert((index, scope), Definition { known: known.clone(), node: None });
        known
    }
}
