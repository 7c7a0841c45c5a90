//! `pdp serve`, as a process of its own, asked by curl and by a client of gRPC.

mod answers; // decisions, refusals, statuses
mod authority; // certificates for the tests
mod deploy; // alerts and dashboard, held against a server
mod each_setting; // none is ignored
mod grpc; // the same over gRPC
mod health; // `pdp health`
mod hostile; // floods, slow connections, the end under load
mod operation; // reload, records, signals
mod same; // the same answers through every door
mod server;
mod settings; // file, environment, flags
#[cfg(feature = "otel")]
mod spans; // a collector of OpenTelemetry
mod tls; // certificates of both sides, and how they change
mod traces; // what a caller says of its trace
mod wear; // kills, storms of reloads, files that are cut off
