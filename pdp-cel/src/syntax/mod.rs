//! From text to tree: the grammar of CEL, its macros, and `??`.

mod macros;
mod parser;
mod token;
mod tree;

pub use parser::{DEPTH_MAX, ParseOptions, SyntaxError, parse, parse_with};
pub use tree::{
    BinaryOperator, Entry, Expression, ExpressionKind, Item, Literal, Loop, LoopKind, Span,
    UnaryOperator,
};
