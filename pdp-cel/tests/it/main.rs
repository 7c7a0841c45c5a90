//! What a user of the crate can see.

mod costs; // what the checker says, held against what evaluating takes
mod evaluating; // steps, bytes, and what is remembered
mod functions; // what functions make of values
mod lowering; // from trees to nodes, and what a builder says of them
mod mistakes; // what it refuses, with its place
mod operators; // what operators, macros and conversions make of values
mod questions; // which expressions ask one thing of one value, and the answers
mod support; // shared by the tests
mod syntax; // from text to tree
mod times; // points in time and lengths of time
mod values; // maps, JSON, declared types and sizes
