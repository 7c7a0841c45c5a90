//! Productions: the type of an expression, and how it is written.
//!
//! In a template, `$new(T)` is a new name for a value of type `T`, known to what follows;
//! `$outer(T)` is a part that does not know the names of this template. `single` is a map of at
//! most one entry: in what order macros go through larger ones, CEL does not say. `large` is a
//! variable that holds many items.

use super::template::{Capitals, Part, Type, parts};

/// Templates by the type that they make.
pub(super) type Table = &'static [(&'static str, &'static [&'static str])];

/// One way to make an expression of a type.
#[derive(Debug)]
pub(super) struct Production {
    pub(super) head: Type,
    pub(super) parts: Vec<Part>,
}

impl Production {
    /// All productions of a table.
    pub(super) fn all(table: Table) -> impl Iterator<Item = Production> {
        table.iter().flat_map(|(head, templates)| {
            templates
                .iter()
                .map(|template| Production { head: Type::parse(head), parts: parts(template) })
        })
    }

    /// What the capitals stand for where the production makes a `wanted`; `None` if it does not.
    pub(super) fn fitting(&self, wanted: &Type) -> Option<Capitals> {
        let mut capitals = Capitals::new();
        self.head.fits(wanted, &mut capitals).then_some(capitals)
    }

    /// Whether it makes anything.
    pub(super) fn is_generic(&self) -> bool {
        self.head.name == "T"
    }

    /// Whether it has no parts.
    pub(super) fn is_literal(&self) -> bool {
        self.parts.len() == 1
    }
}
