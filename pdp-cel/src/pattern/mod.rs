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
}
