//! Which texts are meant: globs and regular expressions, compiled when policies are loaded.

mod glob;
mod regex;

pub(crate) use glob::Glob;
pub(crate) use regex::{Regex, RegexBudget, RegexError};

/// A compiled pattern of ids.
#[derive(Debug)]
pub(crate) enum Pattern {
    Glob(Glob),
    Regex(Box<Regex>),
}

impl Pattern {
    /// Whether the whole of `text` fits.
    pub(crate) fn fits(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(glob) => glob.fits(text),
            Pattern::Regex(regex) => regex.fits(text),
        }
    }
}
