//! The macros that go through a list or map.

use super::{Evaluated, Evaluation, Failure, Host, Truth, failure, require_key};
use crate::Fault;
use crate::operand::{Entries, List, Operand};
use crate::program::{LoopNode, NodeId};
use crate::syntax::LoopKind;

/// What a loop goes through.
enum Range<'e> {
    List(List<'e>),
    Map(Entries<'e>),
}

impl LoopNode {
    /// Whether the loop is a question, whose answer one item may decide.
    pub(super) fn is_question(&self) -> bool {
        matches!(self.kind, LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne)
    }
}

impl<'e> Range<'e> {
    fn len(&self) -> usize {
        match self {
            Range::List(list) => list.len(),
            Range::Map(map) => map.len(),
        }
    }

    /// What the names stand for at a position: the item, or the key; with two names, the position
    /// or key, and the item or value.
    fn names(&self, index: usize, two: bool) -> Option<(Operand<'e>, Option<Operand<'e>>)> {
        match self {
            Range::List(list) if two => {
                let position = i64::try_from(index).ok()?;
                Some((Operand::Int(position), Some(list.item(index)?)))
            }
            Range::List(list) => Some((list.item(index)?, None)),
            Range::Map(map) => {
                let (key, value) = map.entry(index)?;
                Some((key, two.then_some(value)))
            }
        }
    }
}

impl<'e, H: Host<'e>> Evaluation<'e, '_, H> {
    fn range(&mut self, node: NodeId, inner: &LoopNode) -> Result<Range<'e>, Failure> {
        match self.value(inner.range)? {
            Operand::List(list) => Ok(Range::List(list)),
            Operand::Map(map) => Ok(Range::Map(map)),
            _ => Err(Failure { node, fault: Fault::NoSuchOverload }),
        }
    }

    /// Does something with the names at a position known.
    fn at<T>(
        &mut self,
        range: &Range<'e>,
        index: usize,
        inner: &LoopNode,
        act: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let (first, second) = range.names(index, inner.two)?;
        let depth = self.locals.len();
        self.locals.push(Ok(first));
        self.locals.extend(second.map(Ok));
        let done = act(self);
        self.locals.truncate(depth);
        Some(done)
    }

    /// `all`, `exists`, `exists_one`
    pub(super) fn question(&mut self, node: NodeId, inner: &LoopNode) -> Truth {
        let range = match self.range(node, inner) {
            Ok(range) => range,
            Err(failure) => return Truth::Fault(failure),
        };
        match inner.kind {
            LoopKind::All => self.decided(&range, inner, Truth::No),
            LoopKind::Exists => self.decided(&range, inner, Truth::Yes),
            _ => self.exactly_one(&range, inner),
        }
    }

    /// As `&&` and `||`: one item that decides outweighs those that fail.
    fn decided(&mut self, range: &Range<'e>, inner: &LoopNode, decisive: Truth) -> Truth {
        let items = 0..range.len();
        let each = items.filter_map(|index| {
            self.at(range, index, inner, |this| match this.host.meter().step(2) {
                Ok(()) => this.truth(inner.body),
                Err(fault) => failure(inner.body, fault),
            })
        });
        Truth::combine(each, decisive)
    }

    fn exactly_one(&mut self, range: &Range<'e>, inner: &LoopNode) -> Truth {
        let mut found = 0;
        for index in 0..range.len() {
            if let Err(fault) = self.host.meter().step(2) {
                return failure(inner.body, fault);
            }
            match self.at(range, index, inner, |this| this.truth(inner.body)) {
                Some(Truth::Yes) => found += 1,
                Some(Truth::No) | None => {}
                Some(fault @ Truth::Fault(_)) => return fault,
            }
        }
        (found == 1).into()
    }

    /// `filter`, `map`, `transformMap` …
    pub(super) fn collected(&mut self, node: NodeId, inner: &LoopNode) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        let range = self.range(node, inner)?;
        let mut items = Vec::new();
        let mut entries = Vec::new();
        for index in 0..range.len() {
            self.host.meter().allocate(2 * size_of::<Operand<'_>>()).map_err(at)?;
            let taken = self.at(&range, index, inner, |this| {
                this.taken(node, inner, &range, index, &mut items, &mut entries)
            });
            taken.unwrap_or(Ok(()))?;
        }
        match inner.kind {
            LoopKind::Filter | LoopKind::Map => Ok(Operand::list(items)),
            _ => Entries::made(entries).map(Operand::Map).ok_or(at(Fault::DuplicateKey)),
        }
    }

    /// Puts what the loop makes of one position with the rest.
    fn taken(
        &mut self,
        node: NodeId,
        inner: &LoopNode,
        range: &Range<'e>,
        index: usize,
        items: &mut Vec<Operand<'e>>,
        entries: &mut Vec<(Operand<'e>, Operand<'e>)>,
    ) -> Result<(), Failure> {
        let at = |fault| Failure { node, fault };
        let wanted = if inner.kind == LoopKind::Filter { Some(inner.body) } else { inner.filter };
        match wanted.map_or(Truth::Yes, |wanted| self.truth(wanted)) {
            Truth::Yes => {}
            Truth::No => return Ok(()),
            Truth::Fault(failure) => return Err(failure),
        }
        let Some((first, _)) = range.names(index, inner.two) else { return Ok(()) };
        if inner.kind == LoopKind::Filter {
            items.push(first);
            return Ok(());
        }
        let made = self.value(inner.body)?;
        match inner.kind {
            LoopKind::TransformMap => entries.push((first, made)),
            LoopKind::TransformMapEntry => match made {
                Operand::Map(map) => {
                    for (key, value) in map.iter() {
                        self.host.meter().allocate(2 * size_of::<Operand<'_>>()).map_err(at)?;
                        require_key(&key).map_err(at)?;
                        entries.push((key, value));
                    }
                }
                _ => return Err(at(Fault::NoSuchOverload)),
            },
            _ => items.push(made),
        }
        Ok(())
    }
}
