//! Looking into maps, lists and optionals.

use super::{Evaluated, Evaluation, Failure, Host, Truth, failure};
use crate::Fault;
use crate::operand::{List, Operand};
use crate::program::{Node, NodeId};

impl<'e, H: Host<'e>> Evaluation<'e, '_, H> {
    /// `has(operand.name)`
    pub(super) fn has(&mut self, node: NodeId, operand: NodeId, name: u32) -> Truth {
        let value = match self.value(operand) {
            Ok(Operand::Optional(None)) => return Truth::No,
            Ok(Operand::Optional(Some(value))) => (*value).clone(),
            Ok(value) => value,
            Err(failure) => return Truth::Fault(failure),
        };
        match value {
            Operand::Map(map) => map.named(&self.program.names[name as usize]).is_some().into(),
            _ => failure(node, Fault::NoSuchOverload),
        }
    }

    /// `operand.name`, `operand.?name`. A field of an optional is an optional.
    pub(super) fn field(
        &mut self,
        node: NodeId,
        operand: NodeId,
        name: u32,
        optional: bool,
    ) -> Evaluated<'e> {
        let Some((value, optional)) = self.opened(operand, optional)? else {
            return Ok(Operand::Optional(None));
        };
        self.wrapped(node, self.named(&value, name), optional)
    }

    fn named(&self, value: &Operand<'e>, name: u32) -> Result<Option<Operand<'e>>, Fault> {
        match value {
            Operand::Map(map) => Ok(map.named(&self.program.names[name as usize])),
            _ => Err(Fault::NoSuchOverload),
        }
    }

    /// `operand[index]`, `operand[?index]`
    pub(super) fn index(
        &mut self,
        node: NodeId,
        operand: NodeId,
        index: NodeId,
        optional: bool,
    ) -> Evaluated<'e> {
        let Some((value, optional)) = self.opened(operand, optional)? else {
            return Ok(Operand::Optional(None));
        };
        let index = self.value(index)?;
        match (indexed(&value, &index), &value) {
            (Ok(None), Operand::List(_)) if !optional => {
                Err(Failure { node, fault: Fault::IndexOutOfRange })
            }
            (found, _) => self.wrapped(node, found, optional),
        }
    }

    /// What an optional holds, and whether what is found in it is one again; `None` of an empty
    /// one.
    fn opened(
        &mut self,
        operand: NodeId,
        optional: bool,
    ) -> Result<Option<(Operand<'e>, bool)>, Failure> {
        Ok(match self.value(operand)? {
            Operand::Optional(None) => None,
            Operand::Optional(Some(value)) => Some(((*value).clone(), true)),
            value => Some((value, optional)),
        })
    }

    fn wrapped(
        &mut self,
        node: NodeId,
        found: Result<Option<Operand<'e>>, Fault>,
        optional: bool,
    ) -> Evaluated<'e> {
        let at = |fault| Failure { node, fault };
        match (found.map_err(at)?, optional) {
            (Some(value), false) => Ok(value),
            (None, false) => Err(at(Fault::NoSuchKey)),
            (None, true) => Ok(Operand::Optional(None)),
            (Some(value), true) => {
                self.host.meter().allocate(size_of::<Operand<'_>>()).map_err(at)?;
                Ok(Operand::some(value))
            }
        }
    }

    /// The value on the left of `??`: `None` where it is absent. Absent is a leaf that is not
    /// there, a key that the map does not have, a position that the list does not have, and an
    /// empty optional.
    pub(super) fn maybe(&mut self, node: NodeId) -> Result<Option<Operand<'e>>, Failure> {
        let at = |fault| Failure { node, fault };
        let found = match &self.program.nodes[node as usize] {
            Node::Leaf(leaf) => self.host.value(*leaf).map_err(at)?,
            Node::Field { operand, name, optional: false } => {
                match self.opened(*operand, false)? {
                    Some((value, _)) => self.named(&value, *name).map_err(at)?,
                    None => None,
                }
            }
            Node::Index { operand, index, optional: false } => {
                match self.opened(*operand, false)? {
                    Some((value, _)) => {
                        let index = self.value(*index)?;
                        indexed(&value, &index).map_err(at)?
                    }
                    None => None,
                }
            }
            Node::Default { value, otherwise } => match self.maybe(*value)? {
                Some(value) => Some(value),
                None => self.maybe(*otherwise)?,
            },
            _ => Some(self.value(node)?),
        };
        Ok(match found {
            Some(Operand::Optional(value)) => value.map(|value| (*value).clone()),
            found => found,
        })
    }
}

fn indexed<'e>(value: &Operand<'e>, index: &Operand<'e>) -> Result<Option<Operand<'e>>, Fault> {
    match value {
        Operand::Map(map) => match index {
            Operand::Bool(_)
            | Operand::Int(_)
            | Operand::Uint(_)
            | Operand::Double(_)
            | Operand::Text(_) => Ok(map.value(index)),
            _ => Err(Fault::NoSuchOverload),
        },
        Operand::List(list) => item(list, index),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// The item at a position, which may be any whole number; before the first and behind the last
/// there is none.
fn item<'e>(list: &List<'e>, index: &Operand<'_>) -> Result<Option<Operand<'e>>, Fault> {
    let position = match index {
        Operand::Int(index) => usize::try_from(*index).ok(),
        Operand::Uint(index) => usize::try_from(*index).ok(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the range"
        )]
        Operand::Double(index) if index.fract() == 0.0 => {
            if (0.0..1e9).contains(index) {
                Some(*index as usize)
            } else {
                None
            }
        }
        Operand::Double(_) => return Err(Fault::InvalidArgument),
        _ => return Err(Fault::NoSuchOverload),
    };
    Ok(position.and_then(|position| list.item(position)))
}
