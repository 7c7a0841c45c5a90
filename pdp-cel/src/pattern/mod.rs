//! Which texts are meant: globs and regular expressions, compiled when expressions are.

mod glob;
mod regex;

pub use glob::Glob;
pub use regex::{Extent, RegexError};
pub(crate) use regex::{Regex, RegexBudget};

/// A compiled pattern.
#[derive(Debug)]
pub(crate) enum Pattern {
    Glob(Glob),
    Regex(Box<Regex>),
}

impl Pattern {
    /// Whether `text` fits.
    pub(crate) fn fits(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(glob) => glob.fits(text),
            Pattern::Regex(regex) => regex.fits(text),
        }
    }

    /// How every text that fits begins.
    pub(crate) fn beginning(&self) -> &str {
        match self {
            Pattern::Glob(glob) => glob.beginning(),
            Pattern::Regex(regex) => regex.beginning(),
        }
    }
}
