#![doc = include_str!("../README.md")]

pub mod allocations;
pub mod conditions;
pub mod contender;
pub mod engine;
pub mod floor;
pub mod hierarchies;
pub mod measure;
pub mod ours;
pub mod random;
pub mod reference;
pub mod seed;
pub mod worst;
pub mod yaml;
