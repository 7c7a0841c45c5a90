//! Very many connections.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long to wait for one connection: where the server takes none, the system holds some back.
const PATIENCE: Duration = Duration::from_millis(200);

/// Connections that say nothing; they end with it.
pub struct Crowd {
    open: Vec<TcpStream>,
}

impl Crowd {
    /// Opens up to `count` connections. Ends early where ten in a row are not to be had.
    pub fn gather(address: SocketAddr, count: usize) -> Self {
        let mut open = Vec::new();
        let mut misses = 0;
        while open.len() < count && misses < 10 {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => {
                    open.push(stream);
                    misses = 0;
                }
                Err(_) => misses += 1,
            }
        }
        Crowd { open }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.open.len()
    }
}
