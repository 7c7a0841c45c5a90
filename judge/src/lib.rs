#![doc = include_str!("../README.md")]

pub mod change;
pub mod checked;
pub mod compare;
mod condition;
mod dice;
pub mod edit;
mod expression;
pub mod fact;
pub mod grammar;
pub mod harness;
mod language;
pub mod laws;
mod listing;
mod policy_set;
mod pool;
pub mod progress;
pub mod question;
pub mod rule;
pub mod run;
pub mod scenario;
mod scope;
pub mod selector;
mod shrink;
mod tree;
pub mod value;
mod vocabulary;
mod walk_limit;
pub mod worlds;

pub use compare::{Answered, Compiled, Difference, Sides, Texts};
pub use condition::{Brackets, condition};
pub use dice::Dice;
pub use fact::{Fact, FactActor};
pub use listing::Listing;
pub use policy_set::{PolicySet, Wish, tenant_file};
pub use pool::{Pool, Spelling};
pub use scenario::{Disagreement, Outcome, Scenario};
pub use scope::{Readable, Scope};
pub use shrink::smaller;
pub use tree::{PolicyFile, Tree};
pub use vocabulary::{
    DefinitionSketch, GroupSketch, Kind, LinkSketch, Reach, RelationSketch, Scalar, TypeSketch,
    ValueSketch, Vocabulary,
};
