//! `pdp serve`, as a process of its own, asked by curl.

mod answers; // decisions, refusals, statuses
mod authority; // certificates for the tests
mod operation; // reload, records, signals
mod server;
mod settings; // file, environment, flags
mod tls; // certificates of both sides, and how they change
