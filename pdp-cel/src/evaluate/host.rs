use super::memory::Memory;
use super::truth::Truth;
use crate::Fault;
use crate::fault::Meter;
use crate::operand::Operand;
use crate::program::Leaf;

/// Who knows what leaves stand for.
pub trait Host<'e> {
    /// The value of a leaf; `None` where it is absent.
    ///
    /// # Errors
    ///
    /// Why it cannot be said, such as [`Fault::Host`].
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'e>>, Fault>;

    /// The fault of a leaf that should be there and is absent.
    fn missing(&self, leaf: Leaf) -> Fault;

    /// Whether a leaf is present. A value that may not be asked after is a fault.
    ///
    /// # Errors
    ///
    /// Why it cannot be said.
    fn present(&mut self, leaf: Leaf) -> Result<bool, Fault> {
        self.value(leaf).map(|value| value.is_some())
    }

    /// Whether a leaf that is a condition holds.
    ///
    /// # Errors
    ///
    /// Why it cannot be said.
    fn truth(&mut self, leaf: Leaf) -> Result<Truth, Fault> {
        match self.value(leaf)? {
            Some(Operand::Bool(value)) => Ok(value.into()),
            Some(_) => Err(Fault::NoSuchOverload),
            None => Err(self.missing(leaf)),
        }
    }

    /// What the evaluation may still take.
    fn meter(&mut self) -> &mut Meter;

    /// Where what nodes came to is remembered; `None` while they are asked of something that
    /// changes.
    fn memory(&mut self) -> Option<&mut Memory> {
        None
    }
}

/// Nobody: for expressions without leaves.
pub(crate) struct NoHost {
    pub(crate) meter: Meter,
}

impl<'e> Host<'e> for NoHost {
    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    fn value(&mut self, _: Leaf) -> Result<Option<Operand<'e>>, Fault> {
        Err(Fault::UnknownName)
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::UnknownName
    }
}
