//! The evaluator of this house, called as `pdp cel --json` calls it.

use std::collections::BTreeMap;

use pdp_cel::{
    Builder, Fault, Host, Leaf, LowerOptions, Meter, Names, NodeId, Operand, ParseOptions, Stored,
    evaluate, lower, parse_with,
};

use crate::answer::Answer;

pub(crate) fn answer(text: &str, bindings: &BTreeMap<String, Stored>) -> Answer {
    match value_of(text, bindings) {
        Ok(answer) => answer,
        Err(message) => Answer::Error(message),
    }
}

fn value_of(text: &str, bindings: &BTreeMap<String, Stored>) -> Result<Answer, String> {
    let options = ParseOptions { default_operator: false, ..ParseOptions::default() };
    let expression = parse_with(text, options).map_err(|error| error.message)?;
    let mut builder = Builder::default();
    let mut names = Bindings { bindings: bindings.iter().collect(), meter: Meter::default() };
    let lower_options = LowerOptions { strict: false, container: "" };
    let node = lower(&expression, text, &mut builder, &mut names, lower_options)
        .map_err(|error| error.message)?;
    let program = builder.finish([node]);
    let value =
        evaluate(&program, node, &mut names).map_err(|failure| failure.fault.to_string())?;
    Ok(value.to_stored(&mut names.meter).map_or(Answer::Optional, Answer::Value))
}

struct Bindings<'b> {
    bindings: Vec<(&'b String, &'b Stored)>,
    meter: Meter,
}

impl Names for Bindings<'_> {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        let index = self.bindings.iter().position(|(name, _)| name.as_str() == path[0])?;
        Some((builder.leaf(Leaf::try_from(index).ok()?, 1), 1))
    }
}

impl<'b> Host<'b> for Bindings<'b> {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'b>>, Fault> {
        Ok(self.bindings.get(leaf as usize).map(|(_, value)| Operand::stored(value)))
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::UnknownName
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}
