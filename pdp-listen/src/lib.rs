#![doc = include_str!("../README.md")]

mod address;
mod answer;
mod answering;
mod complaint;
mod connection;
mod control;
mod error;
mod guarded;
mod limits;
mod listener;
mod patience;
mod peer;
mod penalties;
mod requests;
mod security;
mod serve;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_files;

pub use address::Address;
pub use answering::Answering;
pub use error::ListenError;
pub use limits::Limits;
pub use listener::Listener;
pub use peer::Peer;
pub use security::Security;
pub use serve::serve;
#[cfg(feature = "tls")]
pub use tls::Tls;
#[cfg(feature = "tls")]
pub use tls_files::{ClientAuthority, TlsFiles};
