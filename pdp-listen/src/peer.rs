//! Who is at the other end.

use std::net::IpAddr;
use std::sync::Arc;

/// What a connection says of the other end. Whoever answers a request is told.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address; `None` for a Unix socket.
    pub address: Option<IpAddr>,
    /// Whether it is on this machine: a Unix socket, or both ends on the loopback interface.
    pub is_local: bool,
    /// The names in its certificate, where one was asked for and its chain was verified: `URI` and
    /// `DNS` entries of the subject's alternative names, as they stand there.
    pub names: Arc<[String]>,
}
