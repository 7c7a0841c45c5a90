//! Variables as a host has them: declared to the checker, leaves of the program, and values.

use pdp_cel::{
    Absence, Builder, Bulk, Expression, Fault, Host, Known, Leaf, Meter, Mistake, MistakeKind,
    Names, NodeId, Operand, Resolved, Span, Type, Vocabulary,
};

use super::extent::Extent;
use crate::grammar::{Case, Variable};

/// The variables of an expression.
pub(super) struct Declared<'c> {
    variables: Vec<(&'c str, &'c Variable)>,
    pub(super) meter: Meter,
}

/// The type as the checker has it; open where it has no such type.
pub(super) fn type_of(kind: &crate::grammar::Type) -> Type {
    let of = |index: usize| type_of(&kind.of[index]);
    match kind.name.as_str() {
        "null" => Type::Null,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        "type" => Type::Type,
        "list" => Type::list(of(0)),
        "optional" => Type::Optional(Box::new(of(0))),
        "map" | "single" => Type::map(of(0), of(1)),
        _ => Type::Any,
    }
}

impl<'c> Declared<'c> {
    pub(super) fn new(case: &'c Case) -> Self {
        let variables = case.variables.iter().map(|(name, it)| (name.as_str(), it)).collect();
        Declared { variables, meter: Meter::default() }
    }

    /// The variable that a path begins with, and how many names it takes.
    fn position(&self, path: &[&str]) -> Option<(usize, usize)> {
        (1..=path.len().min(2)).find_map(|taken| {
            let name = path[..taken].join(".");
            let index = self.variables.iter().position(|(known, _)| *known == name)?;
            Some((index, taken))
        })
    }
}

/// Half of the variables are declared as large as they are, the others as policies do it.
fn bulk(name: &str, declared: &Type, variable: &Variable) -> Bulk {
    let extent = variable.value.as_ref().map(Extent::of_stored).unwrap_or_default();
    let tight = Bulk { items: extent.items, bytes: extent.bytes };
    let is_tight = name.ends_with(['0', '2', '4', '6', '8']);
    let most = if *declared == Type::String { extent.bytes } else { extent.items.max(1) };
    let stated = Bulk::of_stated(declared, u32::try_from(most).unwrap_or(u32::MAX));
    let is_within = tight.items <= stated.items && tight.bytes <= stated.bytes;
    if is_tight || !is_within { tight } else { stated }
}

impl Vocabulary for Declared<'_> {
    fn resolve(&mut self, path: &[&str], _: usize) -> Resolved {
        let Some((index, taken)) = self.position(path) else {
            let message = format!("unknown name `{}`", path.join("."));
            return Resolved::Unknown { message, hint: None, kind: MistakeKind::UnknownName };
        };
        let (name, variable) = self.variables[index];
        let value_type = type_of(&variable.kind);
        let bulk = bulk(name, &value_type, variable);
        let absence = if variable.is_optional { Absence::Declared } else { Absence::Never };
        Resolved::Value { known: Known { absence, ..Known::new(value_type).with(bulk) }, taken }
    }

    fn call(&mut self, _: &str, _: &[Expression], _: Span) -> Option<Result<Known, Mistake>> {
        None
    }

    fn suggestion(&self, _: &str, _: &mut dyn Iterator<Item = &str>) -> Option<String> {
        None
    }
}

impl Names for Declared<'_> {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        let (index, taken) = self.position(path)?;
        Some((builder.leaf(Leaf::try_from(index).ok()?, 1), taken))
    }
}

impl<'c> Host<'c> for Declared<'c> {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'c>>, Fault> {
        Ok(self.variables[leaf as usize].1.value.as_ref().map(Operand::stored))
    }

    fn missing(&self, leaf: Leaf) -> Fault {
        Fault::Host(leaf)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}
