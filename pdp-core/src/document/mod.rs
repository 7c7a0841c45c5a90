//! YAML as a tree of nodes, each with its place.
//!
//! This is the one module that knows a YAML parser. What the policy language does not allow in
//! YAML (anchors, aliases, merge keys, tags, directives, duplicate keys, several documents) ends
//! here, and so do nesting, size and number of nodes.

mod node;
mod scalar;
mod yaml;

pub use crate::error::{is_hidden, suggestion};
pub use node::{Content, Node, Span};
pub use scalar::Scalar;
pub use yaml::{DEPTH_MAX, NODES_MAX, SyntaxError, parse};
