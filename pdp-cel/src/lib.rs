#![doc = include_str!("../README.md")]

mod builder;
mod check;
mod cidr;
mod compare;
mod evaluate;
mod fault;
mod functions;
mod host_function;
mod json;
mod kind;
mod lower;
mod operand;
mod pattern;
mod program;
mod question;
mod stored;
mod syntax;
mod text_form;
mod time;
mod types;
mod value;

pub use builder::{Builder, Cost};
pub use check::{
    Absence, Bulk, COST_MAX, Checked, Known, Mistake, MistakeKind, Resolved, TOTAL_DEPTH_MAX,
    Vocabulary, check,
};
pub use cidr::{Cidr, parse_ip};
pub use compare::{Order, equal};
pub use evaluate::{Failure, Host, Memory, Truth, evaluate, holds};
pub use fault::{BYTES_MAX, Fault, Meter, STEPS_MAX};
pub use functions::base64_text;
pub use host_function::HostFunction;
pub use kind::Kind;
pub use lower::{LowerError, LowerOptions, Names, lower};
pub use operand::{Entries, List, Octets, Operand, Texts, Words};
pub use pattern::{Extent, Glob, RegexError};
pub use program::{Leaf, NodeId, Program};
pub use question::Question;
pub use stored::Stored;
pub use syntax::{
    BinaryOperator, DEPTH_MAX, Entry, Expression, ExpressionKind, Item, Literal, Loop, LoopKind,
    ParseOptions, Span, SyntaxError, UnaryOperator, parse, parse_with,
};
pub use time::{Duration, DurationError, Timestamp, TimestampError};
pub use types::Type;
pub use value::{Map, Text, Value};
