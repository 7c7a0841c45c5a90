//! `pdp serve`, as a process of its own, asked by curl.

mod answers; // decisions, refusals, statuses
mod each_setting; // none is ignored
mod operation; // reload, records, signals
mod server;
mod settings; // file, environment, flags
