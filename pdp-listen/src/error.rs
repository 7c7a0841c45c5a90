//! Why nothing can be listened to.

use std::io;

use crate::Address;

/// A socket, or what it needs, cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// What was given is no address.
    #[error(
        "`{0}` is no address: give an IP address with a port, such as 127.0.0.1:7012, or unix:PATH"
    )]
    Address(String),
    /// The system refuses it.
    #[error("cannot listen on {address}: {cause}")]
    Bind {
        /// The address.
        address: Address,
        /// What the system says. It is part of the message and therefore no `source()`.
        cause: io::Error,
    },
    /// Something that is no socket stands at the path.
    #[error("cannot listen on {0}: a file is there, and it is no socket")]
    Occupied(Address),
    /// Another process listens there.
    #[error("cannot listen on {0}: another process does")]
    InUse(Address),
    /// A certificate or a key cannot be used.
    #[error("{file}: {message}")]
    Tls {
        /// The file.
        file: String,
        /// What is wrong with it.
        message: String,
    },
}
