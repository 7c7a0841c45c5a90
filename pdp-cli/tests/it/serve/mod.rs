//! `pdp serve`, as a process of its own, asked by curl and by a client of gRPC.

mod answers; // decisions, refusals, statuses
mod authority; // certificates for the tests
mod each_setting; // none is ignored
mod grpc; // the same over gRPC
mod hostile; // floods, slow connections, the end under load
mod operation; // reload, records, signals
mod same; // the same answers through every door
mod server;
mod settings; // file, environment, flags
mod tls; // certificates of both sides, and how they change
