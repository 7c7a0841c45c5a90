//! From nodes to values, by CEL's dynamic semantics: what a node is shows when it is evaluated.

mod arithmetic;
mod host;
mod loops;
mod memory;
mod select;
mod truth;

use smallvec::SmallVec;

pub use host::Host;
pub(crate) use host::NoHost;
pub use memory::Memory;
use memory::Small;
pub use truth::{Failure, Truth};

use crate::compare::{equal, order};
use crate::fault::Meter;
use crate::functions::{self, Function};
use crate::operand::{Entries, Operand};
use crate::program::{Node, NodeId, Program};
use crate::{Fault, Value};

/// The value of a node.
///
/// # Errors
///
/// [`Failure`] where it has none.
///
/// # Panics
///
/// Never.
pub fn evaluate<'e>(
    program: &'e Program,
    node: NodeId,
    host: &mut impl Host<'e>,
) -> Result<Operand<'e>, Failure> {
    Evaluation { program, host, locals: SmallVec::new() }.value(node)
}

/// Whether a node holds.
pub fn holds<'e>(program: &'e Program, node: NodeId, host: &mut impl Host<'e>) -> Truth {
    Evaluation { program, host, locals: SmallVec::new() }.truth(node)
}

/// A value, or why there is none.
type Evaluated<'e> = Result<Operand<'e>, Failure>;

/// An expression being evaluated.
struct Evaluation<'e, 'h, H> {
    program: &'e Program,
    host: &'h mut H,
    /// Values of the names that macros gave, outermost first.
    locals: SmallVec<[Evaluated<'e>; 2]>,
}

impl<'e, H: Host<'e>> Evaluation<'e, '_, H> {
    fn truth(&mut self, node: NodeId) -> Truth {
        let program = self.program;
        let shared = program.shared.get(node as usize).copied().unwrap_or(false);
        if shared && let Some(memory) = self.host.memory() {
            if let Some(remembered) = memory.recall(node) {
                return match remembered {
                    Ok(Small::Bool(value)) => value.into(),
                    Ok(_) => failure(node, Fault::NoSuchOverload),
                    Err(failure) => Truth::Fault(failure),
                };
            }
            let truth = self.found(node);
            if let Some(memory) = self.host.memory() {
                memory.remember(
                    node,
                    match truth {
                        Truth::Yes => Ok(Small::Bool(true)),
                        Truth::No => Ok(Small::Bool(false)),
                        Truth::Fault(failure) => Err(failure),
                    },
                );
            }
            return truth;
        }
        self.found(node)
    }

    /// Whether a node holds, found out anew.
    fn found(&mut self, node: NodeId) -> Truth {
        match self.host.meter().step(1) {
            Ok(()) => self.truth_of(node),
            Err(fault) => failure(node, fault),
        }
    }

    /// The truth of a node whose step was taken.
    fn truth_of(&mut self, node: NodeId) -> Truth {
        match &self.program.nodes[node as usize] {
            Node::All(parts) => {
                Truth::combine(parts.iter().map(|part| self.truth(*part)), Truth::No)
            }
            Node::Any(parts) => {
                Truth::combine(parts.iter().map(|part| self.truth(*part)), Truth::Yes)
            }
            Node::Not(part) => self.truth(*part).opposite(),
            Node::Leaf(leaf) => match self.host.truth(*leaf) {
                Ok(truth) => truth,
                Err(fault) => failure(node, fault),
            },
            Node::Present(leaf) => said(node, self.host.present(*leaf)),
            Node::Equal { left, right } => self.compared(node, *left, *right, equal),
            Node::Compare { order: wanted, left, right } => {
                self.compared(node, *left, *right, |left, right, meter| {
                    Ok(order(left, right, meter)?.is_some_and(|found| wanted.holds(found)))
                })
            }
            Node::StartsWith { text, prefix } => {
                self.texts(node, *text, *prefix, |text, prefix, meter| {
                    meter.compare(prefix.len())?;
                    Ok(text.starts_with(prefix))
                })
            }
            Node::EndsWith { text, suffix } => {
                self.texts(node, *text, *suffix, |text, suffix, meter| {
                    meter.compare(suffix.len())?;
                    Ok(text.ends_with(suffix))
                })
            }
            Node::Contains { text, part } => {
                self.texts(node, *text, *part, |text, part, meter| {
                    // Looking for what cannot be there is not for nothing: a search prepares itself.
                    if part.len() > text.len() {
                        return Ok(false);
                    }
                    meter.search(text.len(), part.len())?;
                    Ok(text.contains(part))
                })
            }
            Node::Fits { text, pattern } => self.fits(node, *text, *pattern),
            Node::In { element, list } => self.is_in(node, *element, *list),
            Node::Has { operand, name } => self.has(node, *operand, *name),
            Node::Loop(inner) if inner.is_question() => {
                self.at_depth(inner.base, |this| this.question(node, inner))
            }
            _ => match self.value_of(node) {
                Ok(Operand::Bool(value)) => value.into(),
                Ok(_) => failure(node, Fault::NoSuchOverload),
                Err(failure) => Truth::Fault(failure),
            },
        }
    }

    fn compared(
        &mut self,
        node: NodeId,
        left: NodeId,
        right: NodeId,
        holds: impl Fn(&Operand<'e>, &Operand<'e>, &mut Meter) -> Result<bool, Fault>,
    ) -> Truth {
        let left = match self.value(left) {
            Ok(left) => left,
            Err(failure) => return Truth::Fault(failure),
        };
        match self.value(right) {
            Ok(right) => said(node, holds(&left, &right, self.host.meter())),
            Err(failure) => Truth::Fault(failure),
        }
    }

    fn texts(
        &mut self,
        node: NodeId,
        left: NodeId,
        right: NodeId,
        holds: impl Fn(&str, &str, &mut Meter) -> Result<bool, Fault>,
    ) -> Truth {
        self.compared(node, left, right, |left, right, meter| match (left, right) {
            (Operand::Text(left), Operand::Text(right)) => holds(left, right, meter),
            _ => Err(Fault::NoSuchOverload),
        })
    }

    fn fits(&mut self, node: NodeId, text: NodeId, pattern: u32) -> Truth {
        match self.value(text) {
            Ok(Operand::Text(text)) => {
                // One step of the table a byte.
                if let Err(fault) = self.host.meter().step(text.len() / 4) {
                    return failure(node, fault);
                }
                self.program.patterns[pattern as usize].fits(&text).into()
            }
            Ok(_) => failure(node, Fault::NoSuchOverload),
            Err(failure) => Truth::Fault(failure),
        }
    }

    fn is_in(&mut self, node: NodeId, element: NodeId, list: NodeId) -> Truth {
        let element = match self.value(element) {
            Ok(element) => element,
            Err(failure) => return Truth::Fault(failure),
        };
        // A list written out is gone through item by item; an item that fails fails the list.
        if let Node::List(items) = &self.program.nodes[list as usize]
            && items.iter().all(|(_, optional)| !optional)
        {
            let mut found = false;
            for (item, _) in items {
                let equal = match self.value(*item) {
                    Ok(item) => equal(&item, &element, self.host.meter()),
                    Err(failure) => return Truth::Fault(failure),
                };
                match equal {
                    Ok(equal) => found |= equal,
                    Err(fault) => return failure(node, fault),
                }
            }
            return found.into();
        }
        match self.value(list) {
            Ok(Operand::List(list)) => {
                said(node, functions::sets::contains(&list, &element, self.host.meter()))
            }
            Ok(Operand::Map(map)) => {
                said(node, self.host.meter().step(8).map(|()| map.value(&element).is_some()))
            }
            Ok(_) => failure(node, Fault::NoSuchOverload),
            Err(failure) => Truth::Fault(failure),
        }
    }

    fn value(&mut self, node: NodeId) -> Evaluated<'e> {
        let program = self.program;
        match &program.nodes[node as usize] {
            Node::Constant(index) => Ok(Operand::stored(&program.constants[*index as usize])),
            Node::Local(index) => match self.locals.get(usize::from(*index)) {
                Some(value) => value.clone(),
                None => Err(Failure { node, fault: Fault::UnknownName }),
            },
            _ if program.shared.get(node as usize).copied().unwrap_or(false) => self.once(node),
            _ => self.found_value(node),
        }
    }

    /// A value that several ask for, found out once if it is small.
    fn once(&mut self, node: NodeId) -> Evaluated<'e> {
        if let Some(remembered) = self.host.memory().and_then(|memory| memory.recall(node)) {
            return remembered.map(Small::operand);
        }
        let value = self.found_value(node);
        let small = match &value {
            Ok(value) => Small::new(value).map(Ok),
            Err(failure) => Some(Err(*failure)),
        };
        if let (Some(small), Some(memory)) = (small, self.host.memory()) {
            memory.remember(node, small);
        }
        value
    }

    fn found_value(&mut self, node: NodeId) -> Evaluated<'e> {
        self.host.meter().step(1).map_err(|fault| Failure { node, fault })?;
        self.value_of(node)
    }

    /// The value of a node whose step was taken.
    fn value_of(&mut self, node: NodeId) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        match &self.program.nodes[node as usize] {
            Node::Leaf(leaf) => match self.host.value(*leaf).map_err(at)? {
                Some(value) => Ok(value),
                None => Err(at(self.host.missing(*leaf))),
            },
            Node::MaybeLeaf(leaf) => {
                let value = self.host.value(*leaf).map_err(at)?;
                Ok(value.map_or(Operand::Optional(None), Operand::some))
            }
            Node::Conditional { condition, yes, no } => match self.truth(*condition) {
                Truth::Yes => self.value(*yes),
                Truth::No => self.value(*no),
                Truth::Fault(failure) => Err(failure),
            },
            Node::Arithmetic { operator, left, right } => {
                let left = self.value(*left)?;
                let right = self.value(*right)?;
                arithmetic::binary(*operator, &left, &right, self.host.meter()).map_err(at)
            }
            Node::Negate(part) => {
                let value = self.value(*part)?;
                arithmetic::negated(&value).map_err(at)
            }
            Node::Default { value, otherwise } => match self.maybe(*value)? {
                Some(value) => Ok(value),
                None => self.value(*otherwise),
            },
            Node::Field { operand, name, optional } => self.field(node, *operand, *name, *optional),
            Node::Index { operand, index, optional } => {
                self.index(node, *operand, *index, *optional)
            }
            Node::List(items) => self.list(node, items),
            Node::Map(entries) => self.map(node, entries),
            Node::Loop(inner) if !inner.is_question() => {
                self.at_depth(inner.base, |this| this.collected(node, inner))
            }
            Node::Bind { value, body, base } => self.at_depth(*base, |this| {
                let value = this.value(*value);
                this.with_local(value, *body)
            }),
            Node::OptionalMap { target, body, flat, base } => {
                self.at_depth(*base, |this| this.optional_map(node, *target, *body, *flat))
            }
            Node::Call { function: Function::Or, arguments } => self.or(node, arguments, true),
            Node::Call { function: Function::OrValue, arguments } => {
                self.or(node, arguments, false)
            }
            Node::Call { function, arguments } => {
                let arguments = self.values(arguments)?;
                functions::call(*function, &arguments, self.host.meter()).map_err(at)
            }
            Node::InZone { function, time, zone } => match self.value(*time)? {
                Operand::Timestamp(time) => {
                    let zone = &self.program.zones[*zone as usize];
                    Ok(functions::times::in_zone(*function, time, zone))
                }
                _ => Err(at(Fault::NoSuchOverload)),
            },
            Node::HostCall { function, arguments } => self.host_call(node, *function, arguments),
            Node::Fail(fault) => Err(at(*fault)),
            Node::Constant(_) | Node::Local(_) => self.value(node),
            _ => match self.truth_of(node) {
                Truth::Yes => Ok(Operand::Bool(true)),
                Truth::No => Ok(Operand::Bool(false)),
                Truth::Fault(failure) => Err(failure),
            },
        }
    }

    fn values(&mut self, nodes: &[NodeId]) -> Result<SmallVec<[Operand<'e>; 3]>, Failure> {
        nodes.iter().map(|node| self.value(*node)).collect()
    }

    fn list(&mut self, node: NodeId, items: &[(NodeId, bool)]) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        self.host.meter().allocate(size_of_val(items) * 4).map_err(at)?;
        let mut values = Vec::with_capacity(items.len());
        for (item, optional) in items {
            match (self.value(*item)?, optional) {
                (value, false) => values.push(value),
                (Operand::Optional(Some(value)), true) => values.push((*value).clone()),
                (Operand::Optional(None), true) => {}
                (_, true) => return Err(at(Fault::NoSuchOverload)),
            }
        }
        Ok(Operand::list(values))
    }

    fn map(&mut self, node: NodeId, entries: &[(NodeId, NodeId, bool)]) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        self.host.meter().allocate(size_of_val(entries) * 8).map_err(at)?;
        let mut made = Vec::with_capacity(entries.len());
        for (key, value, optional) in entries {
            let key = self.value(*key)?;
            require_key(&key).map_err(at)?;
            match (self.value(*value)?, optional) {
                (value, false) => made.push((key, value)),
                (Operand::Optional(Some(value)), true) => made.push((key, (*value).clone())),
                (Operand::Optional(None), true) => {}
                (_, true) => return Err(at(Fault::NoSuchOverload)),
            }
        }
        Entries::made(made).map(Operand::Map).ok_or(at(Fault::DuplicateKey))
    }

    /// Evaluates something that was made where `depth` names were known. It is also asked for by
    /// itself, when constants are found out, and put in elsewhere: then it uses none of them.
    fn at_depth<T>(&mut self, depth: u16, evaluate: impl FnOnce(&mut Self) -> T) -> T {
        let (known, depth) = (self.locals.len(), usize::from(depth));
        if known == depth {
            return evaluate(self);
        }
        let hidden: Vec<_> = self.locals.drain(depth.min(known)..).collect();
        let unknown = Err(Failure { node: 0, fault: Fault::UnknownName });
        self.locals.resize(depth, unknown);
        let evaluated = evaluate(self);
        self.locals.truncate(depth.min(known));
        self.locals.extend(hidden);
        evaluated
    }

    /// A body in which one more name is known.
    fn with_local(&mut self, value: Evaluated<'e>, body: NodeId) -> Evaluated<'e> {
        self.locals.push(value);
        let made = self.value(body);
        self.locals.pop();
        made
    }

    fn optional_map(
        &mut self,
        node: NodeId,
        target: NodeId,
        body: NodeId,
        flat: bool,
    ) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        let value = match self.value(target)? {
            Operand::Optional(Some(value)) => (*value).clone(),
            Operand::Optional(None) => return Ok(Operand::Optional(None)),
            _ => return Err(at(Fault::NoSuchOverload)),
        };
        match self.with_local(Ok(value), body)? {
            made @ Operand::Optional(_) if flat => Ok(made),
            _ if flat => Err(at(Fault::NoSuchOverload)),
            made => {
                self.host.meter().allocate(size_of::<Operand<'_>>()).map_err(at)?;
                Ok(Operand::some(made))
            }
        }
    }

    /// `a.or(b)`, `a.orValue(b)`: what is behind is looked at only if it must be.
    fn or(&mut self, node: NodeId, arguments: &[NodeId], flat: bool) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        let [target, otherwise] = arguments else { return Err(at(Fault::NoSuchOverload)) };
        match (self.value(*target)?, flat) {
            (Operand::Optional(Some(value)), false) => Ok((*value).clone()),
            (some @ Operand::Optional(Some(_)), true) => Ok(some),
            (Operand::Optional(None), false) => self.value(*otherwise),
            (Operand::Optional(None), true) => match self.value(*otherwise)? {
                other @ Operand::Optional(_) => Ok(other),
                _ => Err(at(Fault::NoSuchOverload)),
            },
            _ => Err(at(Fault::NoSuchOverload)),
        }
    }

    fn host_call(&mut self, node: NodeId, function: u32, arguments: &[NodeId]) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        let values = self.values(arguments)?;
        let stored: Option<Vec<_>> =
            values.iter().map(|value| value.to_stored(self.host.meter())).collect();
        let stored = stored.ok_or(at(Fault::NoSuchOverload))?;
        let values: Vec<Value<'_>> = stored.iter().map(crate::Stored::value).collect();
        let function = &self.program.host_functions[function as usize];
        let made = function.call(&values).map_err(at)?;
        self.host.meter().step(64).map_err(at)?;
        Operand::owned(&made, self.host.meter()).map_err(at)
    }
}

/// A fault if maps may not have the key.
fn require_key(key: &Operand<'_>) -> Result<(), Fault> {
    match key {
        Operand::Bool(_) | Operand::Int(_) | Operand::Uint(_) | Operand::Text(_) => Ok(()),
        _ => Err(Fault::KeyType),
    }
}

fn said(node: NodeId, said: Result<bool, Fault>) -> Truth {
    match said {
        Ok(value) => value.into(),
        Err(fault) => failure(node, fault),
    }
}

fn failure(node: NodeId, fault: Fault) -> Truth {
    Truth::Fault(Failure { node, fault })
}
