//! What becomes of names where expressions become nodes.

use pdp_cel::{Expression, NodeId, Stored};

use super::names::Meaning;
use super::{Compiler, Scope};
use crate::compiled::Leaf;
use crate::model::{Condition, RelationPath, Word};

/// The nodes of the names in a condition that was checked.
pub(super) struct Names<'n, 'm> {
    pub(super) compiler: &'n mut Compiler<'m>,
    pub(super) condition: &'n Condition,
    pub(super) scope: Scope,
}

impl<'m> Names<'_, 'm> {
    /// Lets the compiler go on building where an expression is being built.
    fn build<T>(
        &mut self,
        builder: &mut pdp_cel::Builder,
        build: impl FnOnce(&mut Compiler<'m>) -> T,
    ) -> T {
        std::mem::swap(&mut self.compiler.builder.expressions, builder);
        let built = build(self.compiler);
        std::mem::swap(&mut self.compiler.builder.expressions, builder);
        built
    }
}

impl pdp_cel::Names for Names<'_, '_> {
    fn resolve(
        &mut self,
        builder: &mut pdp_cel::Builder,
        path: &[&str],
    ) -> Option<(NodeId, usize)> {
        let (condition, scope) = (self.condition, self.scope);
        if let ["resource", name, ..] = path
            && let Some(link) = self.compiler.link_named(name, scope)
        {
            return Some((self.build(builder, |c| c.builder.leaf(Leaf::Linked(link))), 2));
        }
        let (meaning, taken) = self.compiler.meaning(path, condition, scope).ok()?;
        let node = self.build(builder, |compiler| match meaning {
            Meaning::Leaf { leaf, .. } => Some(compiler.builder.leaf(leaf)),
            Meaning::Text(text) => Some(compiler.builder.text(&text)),
            Meaning::Definition(index) => compiler.definition_node(index, scope),
        });
        node.map(|node| (node, taken))
    }

    fn call(
        &mut self,
        builder: &mut pdp_cel::Builder,
        function: &str,
        arguments: &[Expression],
    ) -> Option<NodeId> {
        let ([argument], scope) = (arguments, self.scope) else { return None };
        let text = argument.as_text()?.to_owned();
        let place = self.condition.part(argument.span.start, argument.span.end);
        match function {
            "related" => {
                let path = RelationPath::from_word(&text, place);
                self.build(builder, |compiler| compiler.relation(&path, scope))
            }
            "derived_role" => {
                let name = Word { text, place };
                self.build(builder, |compiler| compiler.derived_role_named(&name, scope))
            }
            _ => None,
        }
    }

    /// A constant among the actor's roles or tenants is the same question as a selector's.
    fn membership(
        &mut self,
        builder: &mut pdp_cel::Builder,
        element: NodeId,
        list: NodeId,
    ) -> Option<NodeId> {
        let Some(Stored::String(text)) = builder.stored(element) else { return None };
        let text = text.clone();
        self.build(builder, |compiler| match compiler.builder.as_leaf(list)? {
            Leaf::ActorTenants(_) => Some(compiler.builder.leaf(Leaf::Tenant(text))),
            Leaf::ActorRoles(_) => {
                // An alias is never among the roles that conditions see.
                let aliases = &compiler.model.role_aliases;
                if aliases.iter().any(|(alias, _)| *alias.text == *text) {
                    return Some(compiler.builder.bool(false));
                }
                Some(compiler.builder.role_node(&text))
            }
            _ => None,
        })
    }
}

impl Compiler<'_> {
    /// The node of a named expression that was checked.
    fn definition_node(&mut self, index: usize, scope: Scope) -> Option<NodeId> {
        let model = self.model;
        if let Some(node) = self.defined.get(&(index, scope)).and_then(|defined| defined.node) {
            return Some(node);
        }
        let node = self.lowered(&model.definitions[index].condition, scope)?;
        self.defined.entry((index, scope)).or_default().node = Some(node);
        Some(node)
    }
}
