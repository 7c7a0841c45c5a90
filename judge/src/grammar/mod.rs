//! Random expressions, mostly of sound types.

mod case;
mod compounds;
mod functions;
mod leaves;
mod loops;
mod maker;
mod production;
mod setting;
mod shrink;
mod template;
mod tree;
mod value;

pub use case::{Case, Variable};
pub use setting::Setting;
pub use shrink::shrunk;
pub use template::Type;
pub use tree::Node;

use compounds::COMPOUNDS;
use functions::FUNCTIONS;
use leaves::LEAVES;
use loops::LOOPS;
use production::Production;

use crate::Dice;

/// What all expressions are made of.
#[derive(Debug)]
pub struct Grammar {
    leaves: Vec<Production>,
    compounds: Vec<Production>,
    loops: Vec<Production>,
}

impl Grammar {
    /// The one that there is.
    pub fn new() -> Self {
        Grammar {
            leaves: Production::all(LEAVES).collect(),
            compounds: Production::all(COMPOUNDS).chain(Production::all(FUNCTIONS)).collect(),
            loops: Production::all(LOOPS).collect(),
        }
    }

    /// An expression with its variables.
    pub fn case(&self, dice: &mut Dice<'_>, setting: Setting) -> Case {
        maker::case(self, dice, setting)
    }

    /// The shortest expressions of a type.
    fn simplest(wanted: &Type) -> Vec<Node> {
        let texts: &[&str] = match wanted.name.as_str() {
            "string" | "numeric" | "truth" | "instant" | "pattern" | "encoded" => &["''"],
            "bytes" => &["b''"],
            "uint" => &["0u"],
            "double" => &["0.0"],
            "bool" => &["true", "false"],
            "list" => &["[]"],
            "map" | "single" => &["{}"],
            "null" => &["null"],
            "timestamp" => &["timestamp(0)"],
            "duration" => &["duration('1s')"],
            "optional" => &["optional.none()"],
            "int" | "number" | "position" | "count" | "seconds" | "shift" => &["0", "1"],
            _ => &[],
        };
        texts.iter().map(|text| Node::text_only(wanted.clone(), text)).collect()
    }
}

impl Default for Grammar {
    fn default() -> Self {
        Grammar::new()
    }
}
