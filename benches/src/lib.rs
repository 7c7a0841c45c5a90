#![doc = include_str!("../README.md")]

pub mod allocations;
pub mod asked;
pub mod conditions;
pub mod engine;
pub mod floor;
pub mod hospital;
pub mod measure;
pub mod random;
pub mod rbac;
pub mod reference;
pub mod rules;
pub mod seed;
pub mod varied;
pub mod worst;
pub mod yaml;
