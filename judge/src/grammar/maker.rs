use std::collections::BTreeMap;

use super::production::Production;
use super::template::{Capitals, Part, Type};
use super::tree::{Node, Piece};
use super::value::{Size, value};
use super::{Case, Grammar, Setting, Variable};
use crate::Dice;

const SCALARS: [&str; 9] =
    ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration", "null"];

const KEYS: [&str; 5] = ["string", "string", "int", "uint", "bool"];

const FIELDS: [&str; 3] = ["a", "b", "key"];

/// Variables that may be absent are fields of this name, so that `has()` can ask for them.
const RECORD: &str = "r";

pub(super) fn case(grammar: &Grammar, dice: &mut Dice<'_>, setting: Setting) -> Case {
    let mut maker =
        Maker { grammar, dice, setting, variables: BTreeMap::new(), names: Vec::new(), made: 0 };
    let kind = maker.kind(2);
    let depth = maker.dice.between(1, setting.depth_max);
    let is_loop = maker.dice.chance(setting.loop_percent);
    let tree = if is_loop { maker.a_loop(kind, depth) } else { maker.node(&kind, depth) };
    Case { tree, variables: maker.variables }
}

struct Maker<'g, 'd, 'b> {
    grammar: &'g Grammar,
    dice: &'d mut Dice<'b>,
    setting: Setting,
    variables: BTreeMap<String, Variable>,
    /// Names that macros made and variables that are known to be there, innermost last.
    names: Vec<(String, Type)>,
    made: usize,
}

impl Maker<'_, '_, '_> {
    fn a_loop(&mut self, kind: Type, depth: usize) -> Node {
        let wanted = match kind.name.as_str() {
            "list" => kind,
            "map" => Type { of: vec![Type::parse("int"), kind.of[1].clone()], ..kind },
            _ => Type::parse("bool"),
        };
        match self.production(&self.grammar.loops, &wanted, false) {
            Some((production, capitals)) => self.made_by(production, capitals, &wanted, depth),
            None => self.node(&wanted, depth),
        }
    }

    fn node(&mut self, wanted: &Type, depth: usize) -> Node {
        let is_compound = depth > 0 && self.dice.chance(80);
        if !is_compound && let Some(node) = self.name(wanted, depth) {
            return node;
        }
        if is_compound
            && wanted.name == "bool"
            && self.dice.chance(self.setting.optional_percent / 4)
        {
            return self.vouched(wanted, depth);
        }
        let grammar = self.grammar;
        let is_generic = self.dice.chance(15);
        let compound = if is_compound {
            self.production(&grammar.compounds, wanted, is_generic)
        } else {
            None
        };
        let found = compound.or_else(|| self.production(&grammar.leaves, wanted, false));
        match found.or_else(|| self.production(&grammar.compounds, wanted, false)) {
            Some((production, capitals)) => self.made_by(production, capitals, wanted, depth),
            None => Node::text_only(wanted.clone(), "null"),
        }
    }

    /// A name that a macro knows, or a variable.
    fn name(&mut self, wanted: &Type, depth: usize) -> Option<Node> {
        let known: Vec<&str> = self
            .names
            .iter()
            .filter(|(_, kind)| kind == wanted)
            .map(|(name, _)| name.as_str())
            .collect();
        if !known.is_empty() && self.dice.chance(self.setting.name_percent) {
            return Some(Node::text_only(wanted.clone(), self.dice.pick::<&str>(&known)));
        }
        if !self.dice.chance(self.setting.variable_percent) {
            return None;
        }
        if self.dice.chance(self.setting.optional_percent) {
            return self.read_optional(wanted, depth);
        }
        let name = self.variable(wanted, false, false)?;
        Some(Node::text_only(wanted.clone(), &name))
    }

    /// A new variable; `None` for types that variables do not have.
    fn variable(&mut self, kind: &Type, is_optional: bool, is_large: bool) -> Option<String> {
        let is_large = is_large || self.dice.chance(self.setting.large_percent);
        let mut size = if is_large { Size::large(self.dice) } else { Size::small() };
        let value = value(kind, self.dice, &mut size)?;
        let is_absent = is_optional && self.dice.chance(40);
        let number = self.variables.len();
        let name = if is_optional { format!("{RECORD}.v{number}") } else { format!("v{number}") };
        let value = (!is_absent).then_some(value);
        let variable = Variable { kind: kind.clone(), is_optional, value };
        self.variables.insert(name.clone(), variable);
        Some(name)
    }

    /// A variable that may be absent, mostly with what is to be done about that.
    fn read_optional(&mut self, wanted: &Type, depth: usize) -> Option<Node> {
        let depth = depth.saturating_sub(1);
        if wanted.name == "optional" {
            let name = self.variable(&wanted.of[0], true, false)?;
            let text = name.replacen('.', ".?", 1);
            return Some(Node::text_only(wanted.clone(), &text));
        }
        let name = self.variable(wanted, true, false)?;
        let maybe = name.replacen('.', ".?", 1);
        let (before, behind) = match self.dice.below(8) {
            0..3 => (format!("{name} ?? "), ""),
            3..5 => (format!("has({name}) ? {name} : "), ""),
            5 => (format!("{maybe}.orValue("), ")"),
            6 => (format!("{maybe} ?? "), ""),
            _ => return Some(Node::text_only(wanted.clone(), &name)),
        };
        let otherwise = Piece::Child(self.node(wanted, depth));
        let mut pieces = vec![Piece::Text(before), otherwise];
        if !behind.is_empty() {
            pieces.push(Piece::Text(behind.to_owned()));
        }
        Some(Node { kind: wanted.clone(), pieces })
    }

    /// A part in which a variable is known to be there.
    fn vouched(&mut self, wanted: &Type, depth: usize) -> Node {
        let kind = self.kind(1);
        let depth = depth.saturating_sub(1);
        let Some(name) = self.variable(&kind, true, false) else { return self.node(wanted, depth) };
        let asked = match self.dice.below(2) {
            0 => format!("has({name}) && "),
            _ => format!("!has({name}) || "),
        };
        self.names.push((name, kind));
        let part = self.node(wanted, depth);
        self.names.pop();
        Node { kind: wanted.clone(), pieces: vec![Piece::Text(asked), Piece::Child(part)] }
    }

    fn production<'p>(
        &mut self,
        productions: &'p [Production],
        wanted: &Type,
        is_generic: bool,
    ) -> Option<(&'p Production, Capitals)> {
        let mut fitting: Vec<(&Production, Capitals)> = productions
            .iter()
            .filter(|production| production.is_generic() == is_generic)
            .filter_map(|production| Some((production, production.fitting(wanted)?)))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let index = self.dice.below(fitting.len());
        // Literals that mean nothing stand last, and come seldom.
        let is_literal = fitting[index].0.is_literal();
        let index = if is_literal { index.min(self.dice.below(fitting.len())) } else { index };
        Some(fitting.swap_remove(index))
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
            "large" => {
                let kind = Type { name: "list".to_owned(), of: place.of.clone() };
                Piece::Child(match self.variable(&kind, false, true) {
                    Some(name) => Node::text_only(kind, &name),
                    None => self.node(&kind, depth),
                })
            }
            "field" => Piece::Text((*self.dice.pick(&FIELDS)).to_owned()),
            _ if self.dice.below(self.setting.parts_per_misfit) + 1
                == self.setting.parts_per_misfit =>
            {
                let kind = self.kind(1);
                Piece::Child(self.node(&kind, depth))
            }
            _ => Piece::Child(self.node(place, depth)),
        }
    }

    /// What a capital that nothing says more of stands for.
    fn invented(&mut self, capital: &str) -> Type {
        match capital {
            "K" => Type::parse(self.dice.pick::<&str>(&KEYS)),
            _ => self.kind(1),
        }
    }

    /// A random type; lists and maps nest so many deep.
    fn kind(&mut self, nesting: usize) -> Type {
        match (nesting, self.dice.below(100)) {
            (_, 0..15) => Type::parse("bool"),
            (1.., 75..90) => Type { name: "list".to_owned(), of: vec![self.kind(nesting - 1)] },
            (1.., 90..) => {
                let key = self.invented("K");
                Type { name: "map".to_owned(), of: vec![key, self.kind(nesting - 1)] }
            }
            _ => Type::parse(self.dice.pick::<&str>(&SCALARS)),
        }
    }
}
