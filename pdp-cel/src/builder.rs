//! Puts a [`Program`] together: equal nodes are one, and what is known beforehand is a constant.

use crate::compare::Order;
use crate::evaluate::{NoHost, evaluate};
use crate::fault::Meter;
use crate::functions::Function;
use crate::pattern::{Extent, Glob, Pattern, Regex, RegexBudget, RegexError};
use crate::program::{Leaf, Node, NodeId, Program};
use crate::time::Zone;
use crate::{Fault, HostFunction, Stored};

type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::RandomState>;

/// How many steps finding out one constant may take; one that takes more is found out each time.
const FOLDING_STEPS: usize = 200_000;

/// How many steps finding out all constants may take.
const ALL_FOLDING_STEPS: usize = 20_000_000;

/// Builds programs.
#[derive(Debug)]
pub struct Builder {
    pub(crate) program: Program,
    costs: Vec<Cost>,
    node_ids: Map<Node, NodeId>,
    constant_ids: Map<Stored, u32>,
    name_ids: Map<Box<str>, u32>,
    zone_ids: Map<Box<str>, u32>,
    glob_ids: Map<Box<str>, u32>,
    regex_ids: Map<(Box<str>, Extent), Result<u32, RegexError>>,
    regex_budget: RegexBudget,
    folding_steps: usize,
    /// What was written first where nodes came of it that may fail.
    origins: Map<NodeId, Box<str>>,
}

/// What evaluating a node may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How many nodes there are at most to evaluate.
    pub operations: u32,
    /// How deep they nest.
    pub depth: u32,
    /// How dear the node is beside others: the cheap ones come first.
    pub weight: u32,
    /// Names of macros that it uses and does not give itself, as bits.
    locals: u64,
    /// Whether it asks the host.
    asks_host: bool,
}

impl Cost {
    /// That of a constant.
    const ONE: Cost = Cost { operations: 1, depth: 1, weight: 0, locals: 0, asks_host: false };
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            program: Program::default(),
            costs: Vec::new(),
            node_ids: Map::default(),
            constant_ids: Map::default(),
            name_ids: Map::default(),
            zone_ids: Map::default(),
            glob_ids: Map::default(),
            regex_ids: Map::default(),
            regex_budget: RegexBudget::default(),
            folding_steps: ALL_FOLDING_STEPS,
            origins: Map::default(),
        }
    }
}

impl Builder {
    /// A builder whose expressions may call functions of the host.
    pub fn new(host_functions: Vec<HostFunction>) -> Self {
        let program = Program { host_functions, ..Program::default() };
        Builder { program, ..Builder::default() }
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) -> NodeId {
        self.constant(Stored::Bool(value))
    }

    /// A constant.
    pub fn constant(&mut self, value: Stored) -> NodeId {
        let constants = &mut self.program.constants;
        let index = *self.constant_ids.entry(value).or_insert_with_key(|value| {
            constants.push(value.clone());
            number(constants.len() - 1)
        });
        self.insert(Node::Constant(index), Cost::ONE)
    }

    /// A value of the host, which costs about as much as so many comparisons.
    pub fn leaf(&mut self, leaf: Leaf, weight: u32) -> NodeId {
        self.insert(Node::Leaf(leaf), Cost { weight, asks_host: true, ..Cost::ONE })
    }

    /// The truth value that a node always has, if it has one.
    pub fn as_bool(&self, node: NodeId) -> Option<bool> {
        match self.stored(node)? {
            Stored::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value that a node always has, if it has one.
    pub fn stored(&self, node: NodeId) -> Option<&Stored> {
        match self.node(node) {
            Node::Constant(index) => Some(&self.program.constants[*index as usize]),
            _ => None,
        }
    }

    /// The leaf that a node is, if it is one.
    pub fn as_leaf(&self, node: NodeId) -> Option<Leaf> {
        match self.node(node) {
            Node::Leaf(leaf) => Some(*leaf),
            _ => None,
        }
    }

    /// The parts all of which must hold if a node holds.
    pub fn parts_of_all(&self, node: NodeId) -> Vec<NodeId> {
        match self.node(node) {
            Node::All(parts) => parts.to_vec(),
            _ => vec![node],
        }
    }

    /// Of which parts any must be, if a node is "any of them"; else itself.
    pub fn parts_of_any(&self, node: NodeId) -> Vec<NodeId> {
        match self.node(node) {
            Node::Any(parts) => parts.to_vec(),
            _ => vec![node],
        }
    }

    /// What must not be, if a node is "not".
    pub fn negated(&self, node: NodeId) -> Option<NodeId> {
        match self.node(node) {
            Node::Not(part) => Some(*part),
            _ => None,
        }
    }

    /// With which text another node is compared, if a node is "equal to this text"; that node first.
    pub fn as_equal_to_text(&self, node: NodeId) -> Option<(NodeId, &str)> {
        let Node::Equal { left, right } = self.node(node) else { return None };
        let text = |other: NodeId| self.as_text(other);
        text(*right).map(|text| (*left, text)).or_else(|| Some((*right, text(*left)?)))
    }

    /// Of which texts another node must be one, if a node is "one of these texts"; that node first.
    pub fn as_one_of_texts(&self, node: NodeId) -> Option<(NodeId, Vec<&str>)> {
        let Node::In { element, list } = self.node(node) else { return None };
        let Some(Stored::List(items)) = self.stored(*list) else { return None };
        let texts = items.iter().map(|item| match item {
            Stored::String(text) => Some(&**text),
            _ => None,
        });
        Some((*element, texts.collect::<Option<_>>()?))
    }

    /// How another node must begin for a node to hold, if that is known; that node first. And
    /// whether nothing else is asked of it.
    pub fn as_beginning_with(&self, node: NodeId) -> Option<(NodeId, &str, bool)> {
        match self.node(node) {
            Node::StartsWith { text, prefix } => Some((*text, self.as_text(*prefix)?, true)),
            Node::Fits { text, pattern } => {
                Some((*text, self.program.patterns[*pattern as usize].beginning(), false))
            }
            _ => None,
        }
    }

    fn as_text(&self, node: NodeId) -> Option<&str> {
        match self.stored(node) {
            Some(Stored::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Why a node never has a value, if it never has.
    pub fn as_fault(&self, node: NodeId) -> Option<Fault> {
        match self.node(node) {
            Node::Fail(fault) => Some(*fault),
            _ => None,
        }
    }

    /// What evaluating a node may take.
    pub fn cost(&self, node: NodeId) -> Cost {
        self.costs[node as usize]
    }

    /// All of the parts hold; the cheapest are asked first.
    pub fn all(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.chain(parts, true)
    }

    /// One or more of the parts hold; the cheapest are asked first.
    pub fn any(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.chain(parts, false)
    }

    fn chain(&mut self, parts: impl IntoIterator<Item = NodeId>, is_all: bool) -> NodeId {
        let mut kept = Vec::new();
        let mut seen = hashbrown::HashSet::<NodeId, foldhash::fast::RandomState>::default();
        for part in parts {
            let inner = match self.node(part) {
                Node::All(inner) if is_all => inner.to_vec(),
                Node::Any(inner) if !is_all => inner.to_vec(),
                _ => vec![part],
            };
            for part in inner {
                match self.as_bool(part) {
                    Some(value) if value == is_all => {}
                    Some(value) => return self.bool(value),
                    None if seen.insert(part) => kept.push(part),
                    None => {}
                }
            }
        }
        kept.sort_by_key(|part| self.cost(*part).weight);
        match kept[..] {
            [] => self.bool(is_all),
            [part] if self.is_condition(part) => part,
            _ if is_all => self.add(Node::All(kept.into())),
            _ => self.add(Node::Any(kept.into())),
        }
    }

    /// Whether a node is a truth value or a fault whatever it reads: then "all of" it is itself.
    /// What a leaf is is for the host to say; one that is asked whether it holds is a condition.
    fn is_condition(&self, node: NodeId) -> bool {
        matches!(
            self.node(node),
            Node::Present(_)
                | Node::Leaf(_)
                | Node::All(_)
                | Node::Any(_)
                | Node::Not(_)
                | Node::Equal { .. }
                | Node::Compare { .. }
                | Node::In { .. }
                | Node::Has { .. }
                | Node::StartsWith { .. }
                | Node::EndsWith { .. }
                | Node::Contains { .. }
                | Node::Fits { .. }
                | Node::Fail(_)
        )
    }

    /// Its opposite.
    pub fn not(&mut self, part: NodeId) -> NodeId {
        match (self.as_bool(part), self.node(part)) {
            (Some(value), _) => self.bool(!value),
            (None, Node::Not(inner)) if self.is_condition(*inner) => *inner,
            (None, _) => self.add(Node::Not(part)),
        }
    }

    /// One value or another, as a condition says.
    pub(crate) fn conditional(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        match self.as_bool(condition) {
            Some(true) => yes,
            Some(false) => no,
            None => self.add(Node::Conditional { condition, yes, no }),
        }
    }

    /// Whether a node may have a fault of its own, beside those of the host and of its parts.
    pub(crate) fn may_fail(&self, node: NodeId) -> bool {
        !matches!(
            self.node(node),
            Node::Constant(_)
                | Node::Leaf(_)
                | Node::Present(_)
                | Node::MaybeLeaf(_)
                | Node::Local(_)
                | Node::All(_)
                | Node::Any(_)
                | Node::Not(_)
        )
    }

    /// Whether two values are equal.
    pub fn equal(&mut self, left: NodeId, right: NodeId) -> NodeId {
        self.add(Node::Equal { left: left.min(right), right: left.max(right) })
    }

    /// Whether two values stand in an order.
    pub fn compare(&mut self, order: Order, left: NodeId, right: NodeId) -> NodeId {
        self.add(Node::Compare { order, left, right })
    }

    /// Whether a list holds a value.
    pub fn is_in(&mut self, element: NodeId, list: NodeId) -> NodeId {
        self.add(Node::In { element, list })
    }

    /// Whether a text begins with another.
    pub fn starts_with(&mut self, text: NodeId, prefix: NodeId) -> NodeId {
        self.add(Node::StartsWith { text, prefix })
    }

    /// Whether a text fits a glob.
    pub fn fits_glob(&mut self, text: NodeId, pattern: &str) -> NodeId {
        let glob = Glob::new(pattern);
        if let Some(prefix) = glob.prefix() {
            let prefix = self.constant(Stored::String(prefix.into()));
            return self.starts_with(text, prefix);
        }
        let patterns = &mut self.program.patterns;
        let pattern = *self.glob_ids.entry(pattern.into()).or_insert_with(|| {
            patterns.push(Pattern::Glob(glob));
            number(patterns.len() - 1)
        });
        self.add(Node::Fits { text, pattern })
    }

    /// Whether a text, or a part of it, fits a regular expression. Equal ones are made once.
    ///
    /// # Errors
    ///
    /// [`RegexError`] if it is none, or too large.
    pub fn fits_regex(
        &mut self,
        text: NodeId,
        regex: &str,
        extent: Extent,
    ) -> Result<NodeId, RegexError> {
        let Builder { program, regex_ids, regex_budget, .. } = self;
        let made = regex_ids.entry((regex.into(), extent)).or_insert_with(|| {
            let compiled = Regex::new(regex, extent, regex_budget)?;
            program.patterns.push(Pattern::Regex(Box::new(compiled)));
            Ok(number(program.patterns.len() - 1))
        });
        let pattern = made.clone()?;
        Ok(self.add(Node::Fits { text, pattern }))
    }

    /// A part of a time in a zone of this name; `None` if there is no such zone.
    pub(crate) fn in_zone(
        &mut self,
        function: Function,
        time: NodeId,
        name: &str,
    ) -> Option<NodeId> {
        let Builder { program, zone_ids, .. } = self;
        let zone = match zone_ids.get(name) {
            Some(zone) => *zone,
            None => {
                program.zones.push(Zone::new(name)?);
                let zone = number(program.zones.len() - 1);
                zone_ids.insert(name.into(), zone);
                zone
            }
        };
        Some(self.add(Node::InZone { function, time, zone }))
    }

    pub(crate) fn call(&mut self, function: Function, arguments: Vec<NodeId>) -> NodeId {
        self.add(Node::Call { function, arguments: arguments.into() })
    }

    /// Notes what was written where evaluating a node may fail.
    pub(crate) fn note_origin(&mut self, node: NodeId, text: &str) {
        let origins = &mut self.origins;
        origins.entry(node).or_insert_with(|| text.into());
    }

    /// The node that never has a value.
    pub fn fail(&mut self, fault: Fault) -> NodeId {
        self.insert(Node::Fail(fault), Cost::ONE)
    }

    pub(crate) fn name(&mut self, name: &str) -> u32 {
        let names = &mut self.program.names;
        *self.name_ids.entry(name.into()).or_insert_with_key(|name| {
            names.push(name.clone());
            number(names.len() - 1)
        })
    }

    /// The host's function of a name, if there is one.
    pub(crate) fn host_function(&self, name: &str, arguments: usize) -> Option<u32> {
        let functions = self.program.host_functions.iter();
        let mut numbered = functions.zip(0..);
        let found = numbered.find(|(function, _)| {
            function.name() == name && function.parameters().len() == arguments
        });
        found.map(|(_, index)| index)
    }

    /// The node, or the constant that it always is.
    pub(crate) fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let cost = self.cost_of(&node);
        let id = self.insert(node.clone(), cost);
        match self.folded(id, cost) {
            Some(folded) => {
                self.node_ids.insert(node, folded);
                folded
            }
            None => id,
        }
    }

    fn insert(&mut self, node: Node, cost: Cost) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let id = number(self.program.nodes.len());
        self.costs.push(cost);
        self.program.nodes.push(node.clone());
        self.node_ids.insert(node, id);
        id
    }

    /// What a node that asks nobody comes to, if that is soon found out.
    fn folded(&mut self, id: NodeId, cost: Cost) -> Option<NodeId> {
        if cost.asks_host || cost.locals != 0 || self.folding_steps == 0 {
            return None;
        }
        let meter = Meter::with_steps(FOLDING_STEPS.min(self.folding_steps));
        let before = meter.steps_left();
        let mut host = NoHost { meter };
        let value = match evaluate(&self.program, id, &mut host) {
            Ok(value) => value.to_stored(&mut host.meter).map(Ok),
            Err(failure) if failure.fault == Fault::Limit => None,
            Err(failure) => Some(Err(failure.fault)),
        };
        let taken = usize::try_from(before - host.meter.steps_left()).unwrap_or(usize::MAX);
        self.folding_steps = self.folding_steps.saturating_sub(taken);
        Some(match value? {
            Ok(value) => self.constant(value),
            Err(fault) => self.fail(fault),
        })
    }

    fn cost_of(&self, node: &Node) -> Cost {
        let mut cost = Cost::ONE;
        node.parts(|part| {
            let part = self.cost(part);
            cost.operations = cost.operations.saturating_add(part.operations);
            cost.depth = cost.depth.max(part.depth + 1);
            cost.weight = cost.weight.saturating_add(part.weight);
            cost.locals |= part.locals;
            cost.asks_host |= part.asks_host;
        });
        cost.weight = cost.weight.saturating_add(own_weight(node));
        match node {
            Node::Local(index) => cost.locals = 1 << index,
            Node::Present(_) | Node::MaybeLeaf(_) | Node::HostCall { .. } => cost.asks_host = true,
            Node::Loop(inner) => {
                let own = if inner.two { 3 } else { 1 } << inner.base;
                let bound = [Some(inner.body), inner.filter].into_iter().flatten();
                let bound = bound.fold(0, |locals, part| locals | self.cost(part).locals);
                cost.locals = self.cost(inner.range).locals | bound & !own;
            }
            Node::Bind { value, body, base }
            | Node::OptionalMap { target: value, body, base, .. } => {
                cost.locals = self.cost(*value).locals | self.cost(*body).locals & !(1 << base);
            }
            _ => {}
        }
        cost
    }

    pub(crate) fn node(&self, node: NodeId) -> &Node {
        &self.program.nodes[node as usize]
    }

    /// The program. `roots` are the nodes that the host asks for, each as often as it does: what
    /// several refer to is remembered while one request is decided.
    pub fn finish(self, roots: impl IntoIterator<Item = NodeId>) -> Program {
        let mut program = self.program;
        program.origins = self.origins.into_iter().collect();
        program.origins.sort_unstable();
        let mut references = vec![0_u32; program.nodes.len()];
        let mut open: Vec<NodeId> = roots.into_iter().collect();
        while let Some(node) = open.pop() {
            references[node as usize] += 1;
            // What refers to a node counts once, however often it is referred to itself.
            if references[node as usize] == 1 {
                program.nodes[node as usize].parts(|part| open.push(part));
            }
        }
        let dear = self.costs.iter().map(|cost| cost.weight > 1 && cost.locals == 0);
        program.shared =
            references.iter().zip(dear).map(|(count, dear)| dear && *count > 1).collect();
        program
    }
}

/// How dear a node is by itself, in comparisons.
fn own_weight(node: &Node) -> u32 {
    match node {
        Node::Constant(_) | Node::Local(_) | Node::Fail(_) | Node::Leaf(_) => 0,
        Node::Loop(_) => 64,
        Node::Call { .. } | Node::InZone { .. } | Node::Fits { .. } => 8,
        Node::HostCall { .. } => 256,
        Node::List(_) | Node::Map(_) | Node::In { .. } | Node::Index { .. } => 4,
        _ => 1,
    }
}

/// Tables of a program have fewer than 2^32 entries: each stands for bytes of a policy text.
fn number(index: usize) -> u32 {
    u32::try_from(index).expect("expressions are below 2^32 bytes")
}
