//! The gRPC door of `pdp serve`, asked by a client of tonic, and by curl where a client cannot.

mod answers; // the same decisions as over HTTP; health, reflection, status
pub mod client;
pub mod messages; // JSON to messages and back
mod raw; // what no client sends
mod refusals; // every status code
