use std::fmt;

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A name that stands for nothing.
    UnknownName,
    /// A function that nobody knows.
    UnknownFunction,
    /// An operator or function that does not take values of these types.
    NoSuchOverload,
    /// A result beyond the range of its type.
    Overflow,
    /// A whole number divided by zero.
    DivisionByZero,
    /// A key that a map does not have.
    NoSuchKey,
    /// A position that a list or text does not have.
    IndexOutOfRange,
    /// A key that stands twice in a map.
    DuplicateKey,
    /// A key of a type that maps do not have.
    KeyType,
    /// An argument that the function cannot take, such as a text that is no time.
    InvalidArgument,
    /// The value of an empty optional.
    EmptyOptional,
    /// More steps or more memory than an evaluation may take.
    Limit,
    /// A message, which nothing here can make.
    Message,
    /// A fault of the host's, by its number.
    Host(u32),
}

impl Fault {
    /// What is wrong, in words.
    pub fn message(self) -> &'static str {
        match self {
            Fault::UnknownName => "unknown name",
            Fault::UnknownFunction => "unknown function",
            Fault::NoSuchOverload => "no such overload: an operation on values of other types",
            Fault::Overflow => "a result beyond the range of its type",
            Fault::DivisionByZero => "division by zero",
            Fault::NoSuchKey => "no such key",
            Fault::IndexOutOfRange => "index out of range",
            Fault::DuplicateKey => "a key that stands twice",
            Fault::KeyType => "a key of a type that maps do not have",
            Fault::InvalidArgument => "an argument that the function cannot take",
            Fault::EmptyOptional => "the value of an empty optional",
            Fault::Limit => "more steps or memory than an evaluation may take",
            Fault::Message => "protobuf messages are not offered",
            Fault::Host(_) => "a fault of the host",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

/// How much an evaluation may still take. What was once taken is not given back.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    steps: u64,
    bytes: u64,
}

/// The steps of an evaluation: about as many as two nodes a microsecond of the slowest machine.
pub const STEPS_MAX: u64 = 1_000_000;

/// The memory of an evaluation, in bytes.
pub const BYTES_MAX: u64 = 8 * 1024 * 1024;

impl Default for Meter {
    fn default() -> Self {
        Meter { steps: STEPS_MAX, bytes: BYTES_MAX }
    }
}

impl Meter {
    /// One that never runs out, for values that are bounded otherwise.
    pub(crate) fn unlimited() -> Self {
        Meter { steps: u64::MAX, bytes: u64::MAX }
    }

    /// One for so many steps.
    pub(crate) fn with_steps(steps: usize) -> Self {
        Meter { steps: steps as u64, bytes: BYTES_MAX }
    }

    pub(crate) fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Takes steps.
    ///
    /// # Errors
    ///
    /// [`Fault::Limit`] if fewer are left.
    #[inline]
    pub fn step(&mut self, steps: usize) -> Result<(), Fault> {
        match self.steps.checked_sub(steps as u64) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(Fault::Limit),
        }
    }

    /// Takes the steps that looking at so many bytes of text costs.
    ///
    /// # Errors
    ///
    /// [`Fault::Limit`] if fewer are left.
    #[inline]
    pub fn scan(&mut self, bytes: usize) -> Result<(), Fault> {
        self.step(bytes / 16)
    }

    /// Takes the steps that looking for a text of so many bytes in another costs: both are gone
    /// through, byte by byte.
    ///
    /// # Errors
    ///
    /// [`Fault::Limit`] if fewer are left.
    pub fn search(&mut self, text_bytes: usize, part_bytes: usize) -> Result<(), Fault> {
        self.step((text_bytes + part_bytes) / 4)
    }

    /// Takes the steps that comparing so many bytes costs.
    ///
    /// # Errors
    ///
    /// [`Fault::Limit`] if fewer are left.
    #[inline]
    pub fn compare(&mut self, bytes: usize) -> Result<(), Fault> {
        self.step(bytes / 64)
    }

    /// Takes memory, and the steps that filling it costs.
    ///
    /// # Errors
    ///
    /// [`Fault::Limit`] if less is left.
    pub fn allocate(&mut self, bytes: usize) -> Result<(), Fault> {
        self.step(4 + bytes / 16)?;
        match self.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                self.bytes = left;
                Ok(())
            }
            None => Err(Fault::Limit),
        }
    }

    /// How many steps were taken.
    pub fn steps_taken(&self) -> u64 {
        STEPS_MAX - self.steps
    }

    /// How many bytes were taken.
    pub fn bytes_taken(&self) -> u64 {
        BYTES_MAX - self.bytes
    }
}
