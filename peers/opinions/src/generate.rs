//! Random expressions, mostly of sound types.

use std::collections::BTreeMap;

use fastrand::Rng;
use pdp_cel::Stored;

use crate::grammar::{COMPOUNDS, LEAVES};
use crate::template::{Capitals, Part, Type, parts};
use crate::tree::{Node, Piece};
use crate::values::value;

/// An expression and what its variables stand for.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) tree: Node,
    pub(crate) bindings: BTreeMap<String, Stored>,
}

/// How many levels of compounds an expression has at most.
const DEPTH_MAX: usize = 5;

/// One place in so many takes a part of a random type.
const PLACES_PER_MISFIT: usize = 250;

const SCALARS: [&str; 9] =
    ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration", "null"];

/// A production: the type it makes, and how it is written.
struct Production {
    head: Type,
    parts: Vec<Part>,
}

/// What all expressions are made of.
pub(crate) struct Grammar {
    leaves: Vec<Production>,
    compounds: Vec<Production>,
}

impl Grammar {
    pub(crate) fn new() -> Self {
        Grammar { leaves: productions(LEAVES), compounds: productions(COMPOUNDS) }
    }

    /// The expression of a seed: the same one always.
    pub(crate) fn case(&self, seed: u64) -> Case {
        let random = Rng::with_seed(seed);
        let mut maker =
            Maker { grammar: self, random, bindings: BTreeMap::new(), names: Vec::new(), made: 0 };
        let kind = maker.kind(2);
        let depth = maker.random.usize(1..=DEPTH_MAX);
        let tree = maker.node(&kind, depth);
        Case { tree, bindings: maker.bindings }
    }

    /// The shortest expressions of a type.
    pub(crate) fn simplest(&self, wanted: &Type) -> Vec<Node> {
        let text = match wanted.name.as_str() {
            "string" | "numeric" | "truth" | "instant" | "pattern" | "encoded" => "''",
            "bytes" => "b''",
            "uint" => "0u",
            "double" => "0.0",
            "bool" => return [true, false].map(|it| leaf(wanted, &it.to_string())).to_vec(),
            "list" => "[]",
            "map" | "single" => "{}",
            "null" => "null",
            "timestamp" => "timestamp(0)",
            "duration" => "duration('1s')",
            "optional" => "optional.none()",
            "int" | "number" | "position" | "count" | "seconds" | "shift" => {
                return ["0", "1"].map(|text| leaf(wanted, text)).to_vec();
            }
            _ => return Vec::new(),
        };
        vec![leaf(wanted, text)]
    }
}

fn leaf(kind: &Type, text: &str) -> Node {
    Node::text_only(kind.clone(), text)
}

fn productions(table: &[(&str, &[&str])]) -> Vec<Production> {
    let of_head = |(head, templates): &(&str, &[&str])| -> Vec<Production> {
        let production =
            |template: &&str| Production { head: Type::parse(head), parts: parts(template) };
        templates.iter().map(production).collect()
    };
    table.iter().flat_map(of_head).collect()
}

struct Maker<'g> {
    grammar: &'g Grammar,
    random: Rng,
    bindings: BTreeMap<String, Stored>,
    /// Names that macros made, innermost last.
    names: Vec<(String, Type)>,
    made: usize,
}

impl Maker<'_> {
    fn node(&mut self, wanted: &Type, depth: usize) -> Node {
        let is_compound = depth > 0 && self.random.usize(..100) < 80;
        if !is_compound && let Some(node) = self.name(wanted) {
            return node;
        }
        let grammar = self.grammar;
        let generic = self.random.usize(..100) < 15;
        let found = match is_compound {
            true => self.production(&grammar.compounds, wanted, generic),
            false => None,
        };
        let found = found.or_else(|| self.production(&grammar.leaves, wanted, false));
        match found.or_else(|| self.production(&grammar.compounds, wanted, false)) {
            Some((production, capitals)) => self.made_by(production, capitals, wanted, depth),
            None => leaf(wanted, "null"),
        }
    }

    /// A name that a macro knows, or a variable.
    fn name(&mut self, wanted: &Type) -> Option<Node> {
        let known: Vec<&String> =
            self.names.iter().filter(|(_, kind)| kind == wanted).map(|(name, _)| name).collect();
        if !known.is_empty() && self.random.bool() {
            return Some(leaf(wanted, known[self.random.usize(..known.len())]));
        }
        if self.random.usize(..100) >= 20 {
            return None;
        }
        let value = value(wanted, &mut self.random)?;
        let name = format!("v{}", self.bindings.len());
        self.bindings.insert(name.clone(), value);
        Some(leaf(wanted, &name))
    }

    fn production<'p>(
        &mut self,
        productions: &'p [Production],
        wanted: &Type,
        generic: bool,
    ) -> Option<(&'p Production, Capitals)> {
        let fitting: Vec<(&Production, Capitals)> = productions
            .iter()
            .filter(|production| (production.head.name == "T") == generic)
            .filter_map(|production| {
                let mut capitals = Capitals::new();
                production.head.fits(wanted, &mut capitals).then_some((production, capitals))
            })
            .collect();
        let count = fitting.len();
        let index = (count > 0).then(|| self.random.usize(..count))?;
        // Literals that mean nothing stand last, and come seldom.
        let is_literal = fitting[index].0.parts.len() == 1;
        let index = if is_literal { index.min(self.random.usize(..count)) } else { index };
        fitting.into_iter().nth(index)
    }

    fn made_by(
        &mut self,
        production: &Production,
        mut capitals: Capitals,
        wanted: &Type,
        depth: usize,
    ) -> Node {
        let outer = self.names.len();
        let mut pieces = Vec::new();
        for part in &production.parts {
            pieces.push(match part {
                Part::Text(text) => Piece::Text(text.clone()),
                Part::Place(place) => {
                    let place = place.filled(&mut capitals, &mut |name| self.invented(name));
                    self.piece(&place, outer, depth.saturating_sub(1))
                }
            });
        }
        self.names.truncate(outer);
        Node { kind: wanted.clone(), pieces }
    }

    fn piece(&mut self, place: &Type, outer: usize, depth: usize) -> Piece {
        match place.name.as_str() {
            "new" => {
                let name = format!("x{}", self.made);
                self.made += 1;
                self.names.push((name.clone(), place.of[0].clone()));
                Piece::Text(name)
            }
            "outer" => {
                let inner = self.names.split_off(outer);
                let node = self.node(&place.of[0], depth);
                self.names.extend(inner);
                Piece::Child(node)
            }
            "field" => Piece::Text(["a", "b", "key"][self.random.usize(..3)].to_owned()),
            _ if self.random.usize(..PLACES_PER_MISFIT) == 0 => {
                let kind = self.kind(1);
                Piece::Child(self.node(&kind, depth))
            }
            _ => Piece::Child(self.node(place, depth)),
        }
    }

    /// What a capital that nothing says more of stands for.
    fn invented(&mut self, capital: &str) -> Type {
        match capital {
            "K" => Type::parse(["string", "string", "int", "uint", "bool"][self.random.usize(..5)]),
            _ => self.kind(1),
        }
    }

    /// A random type; lists and maps nest so many deep.
    fn kind(&mut self, nesting: usize) -> Type {
        let choice = self.random.usize(..100);
        match (nesting, choice) {
            (1.., 0..15) => Type { name: "list".to_owned(), of: vec![self.kind(nesting - 1)] },
            (1.., 15..25) => {
                let key = self.invented("K");
                Type { name: "map".to_owned(), of: vec![key, self.kind(nesting - 1)] }
            }
            (_, 25..40) => Type::parse("bool"),
            _ => Type::parse(SCALARS[self.random.usize(..SCALARS.len())]),
        }
    }
}
