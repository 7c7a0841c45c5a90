#![doc = include_str!("../README.md")]

mod address;
mod connection;
mod error;
mod limits;
mod listener;
mod peer;
mod security;
mod serve;

pub use address::Address;
pub use error::ListenError;
pub use limits::Limits;
pub use listener::Listener;
pub use peer::Peer;
pub use security::Security;
pub use serve::serve;
