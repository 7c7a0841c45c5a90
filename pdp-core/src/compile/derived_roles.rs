//! Derived roles: what an actor is to a resource, named once.

use super::{Compiler, Scope};
use crate::compiled::{NodeId, TypeIndex};
use crate::error::{Mistakes, PolicyErrorKind, printable};
use crate::model::Word;

/// How deep derived roles may use each other. Bounds the stack here.
const NESTED_MAX: usize = 16;

/// How many operations one derived role may take, with all that it uses.
const OPERATIONS_MAX: u32 = 1_000;

/// How deep one may nest. Bounds the stack where it is evaluated.
const DEPTH_MAX: u32 = 128;

/// On how many types derived roles may be tried in all until each admits one. Bounds the time here.
const TRIED_MAX: usize = 4_000_000;

impl Compiler<'_> {
    /// Checks every derived role: one makes sense if it does so on some type that it admits.
    pub(super) fn derived_roles(&mut self) {
        let types = (0..self.model.types.len()).filter_map(|index| TypeIndex::try_from(index).ok());
        let scopes: Vec<Scope> = types.map(Scope::Request).chain([Scope::Undeclared]).collect();
        let mut tried = 0;
        for index in 0..self.model.derived_roles.len() {
            let name = &self.model.derived_roles[index].name;
            // Mistakes are only looked at where the role makes sense nowhere.
            let mistakes = std::mem::replace(&mut self.mistakes, Mistakes::without_hints());
            let (mut admitted, mut fits) = (None, false);
            for scope in scopes.iter().copied() {
                tried += 1;
                if self.admits(index, scope) {
                    admitted.get_or_insert(scope);
                    fits = self.derived_role(index, scope).is_some();
                }
                if fits || tried > TRIED_MAX {
                    break;
                }
            }
            self.mistakes = mistakes;
            if tried > TRIED_MAX {
                let message = format!(
                    "the derived roles up to this one were tried on {TRIED_MAX} types before each admitted one"
                );
                self.mistake(name.place, PolicyErrorKind::Limit, message);
                break;
            }
            if !fits {
                self.forget_failures();
                let node = self.derived_role(index, admitted.unwrap_or(scopes[0]));
                if node.is_some() {
                    let message = format!("the derived role `{}` admits no type", name.text);
                    self.mistake(name.place, PolicyErrorKind::UnknownName, message);
                }
            }
        }
        self.forget_failures();
    }

    /// What failed on one type is reported again where a rule uses it there.
    fn forget_failures(&mut self) {
        self.roles_compiled.retain(|_, node| node.is_some());
        self.forget_failed_definitions();
    }

    /// Whether the role can be had on resources of the scope at all.
    fn admits(&mut self, index: usize, scope: Scope) -> bool {
        let resource = self.model.derived_roles[index].resource.as_ref();
        let node = self.part(resource, scope);
        node.is_none_or(|node| self.builder.as_bool(node) != Some(false))
    }

    /// The node of the derived role of this name.
    pub(super) fn derived_role_named(&mut self, name: &Word, scope: Scope) -> Option<NodeId> {
        let Some(index) = self.roles_named.get(name.text.as_str()).copied() else {
            let names = self.roles_named.keys().copied();
            let hint = self.mistakes.suggestion(&name.text, names);
            let message = format!("unknown derived role `{}`", printable(&name.text));
            self.mistake_with_hint(name.place, PolicyErrorKind::UnknownName, message, hint);
            return None;
        };
        self.derived_role(index, scope)
    }

    fn derived_role(&mut self, index: usize, scope: Scope) -> Option<NodeId> {
        if let Some(node) = self.roles_compiled.get(&(index, scope)) {
            return *node;
        }
        let name = &self.model.derived_roles[index].name;
        if self.roles_open.contains(&index) {
            let message = format!("the derived role `{}` uses itself", name.text);
            self.mistake(name.place, PolicyErrorKind::Refused, message);
            return None;
        }
        if self.roles_open.len() == NESTED_MAX {
            let message = format!("derived roles use each other more than {NESTED_MAX} deep");
            self.mistake(name.place, PolicyErrorKind::Limit, message);
            return None;
        }
        self.roles_open.push(index);
        let node = self.role_node(index, scope);
        self.roles_open.pop();
        self.roles_compiled.insert((index, scope), node);
        node
    }

    fn role_node(&mut self, index: usize, scope: Scope) -> Option<NodeId> {
        let role = &self.model.derived_roles[index];
        let resource = self.part(role.resource.as_ref(), scope)?;
        if self.builder.as_bool(resource) == Some(false) {
            return Some(resource);
        }
        let node = self.whole(resource, role.actors.as_ref(), role.when.as_ref(), scope)?;
        let cost = self.builder.cost(node);
        if cost.operations > OPERATIONS_MAX || cost.depth > DEPTH_MAX {
            let message = format!(
                "the derived role is too large: more than {OPERATIONS_MAX} operations or {DEPTH_MAX} levels"
            );
            self.mistake(role.name.place, PolicyErrorKind::Limit, message);
            return None;
        }
        Some(node)
    }
}
