use std::collections::BTreeMap;

use pdp_cel::Stored;

use super::template::Type;
use super::tree::Node;

/// An expression and its variables.
#[derive(Clone, Debug)]
pub struct Case {
    /// The expression.
    pub tree: Node,
    /// What its names stand for.
    pub variables: BTreeMap<String, Variable>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its type.
    pub kind: Type,
    /// Whether it may be absent.
    pub is_optional: bool,
    /// Its value, if it is there.
    pub value: Option<Stored>,
}

impl Variable {
    /// One that is there.
    pub fn present(kind: &str, value: Stored) -> Self {
        Variable { kind: Type::parse(kind), is_optional: false, value: Some(value) }
    }
}

impl Case {
    /// An expression that is already written.
    pub fn written(text: &str, variables: BTreeMap<String, Variable>) -> Self {
        Case { tree: Node::text_only(Type::parse("bool"), text), variables }
    }

    /// The expression as it is written.
    pub fn text(&self) -> String {
        self.tree.text()
    }

    /// The values of the variables that are there.
    pub fn bindings(&self) -> BTreeMap<String, Stored> {
        let present = self.variables.iter();
        present.filter_map(|(name, it)| Some((name.clone(), it.value.clone()?))).collect()
    }
}
