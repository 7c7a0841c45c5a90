//! Where in a request something stands.

use std::fmt;

/// A place in what Python hands over, put into words for errors alone.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    /// An argument or a field of a request.
    Root(&'p str),
    /// What stands under a name.
    Name(&'p Path<'p>, &'p str),
    /// What stands at a position.
    Item(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    pub(crate) fn name(&'p self, name: &'p str) -> Path<'p> {
        Path::Name(self, name)
    }

    pub(crate) fn item(&'p self, index: usize) -> Path<'p> {
        Path::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) | Path::Name(Path::Root(""), name) => formatter.write_str(name),
            Path::Name(of, name) => write!(formatter, "{of}.{name}"),
            Path::Item(of, index) => write!(formatter, "{of}[{index}]"),
        }
    }
}
