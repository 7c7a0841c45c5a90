//! Conditions as they are written: text becomes a tree.
//!
//! The grammar is that of CEL, as far as it is offered, and `??`. What a name means and whether
//! types fit is for the compiler to say.

mod parser;
mod syntax;
mod token;

pub use parser::{DEPTH_MAX, ExpressionError, parse};
pub use syntax::{BinaryOperator, Expression, ExpressionKind, Literal, UnaryOperator};
