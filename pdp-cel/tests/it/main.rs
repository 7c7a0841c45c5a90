//! What a user of the crate can see.

mod costs; // what the checker says, held against what evaluating takes
mod mistakes; // what it refuses, with its place
mod support; // shared by the tests
mod syntax; // from text to tree
