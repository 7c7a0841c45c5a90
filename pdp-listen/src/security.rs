//! In the clear, or by TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::Peer;
#[cfg(feature = "tls")]
use crate::Tls;
use crate::listener::Accepted;

/// How connections over TCP are secured. Those of Unix sockets never leave the machine, and are in
/// the clear.
#[derive(Clone, Debug, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Clear,
    /// By TLS.
    #[cfg(feature = "tls")]
    Tls(Arc<Tls>),
}

/// What requests come on.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Security {
    /// The stream that requests come on, and who is at the other end; after a handshake, where
    /// there is one.
    #[cfg_attr(not(feature = "tls"), expect(clippy::unused_async, reason = "TLS takes a while"))]
    pub(crate) async fn open(&self, accepted: Accepted) -> io::Result<(Box<dyn Stream>, Peer)> {
        let (stream, address) = match accepted {
            Accepted::Unix(stream) => {
                let peer = Peer { address: None, is_local: true, names: Arc::new([]) };
                return Ok((Box::new(stream), peer));
            }
            Accepted::Tcp(stream, address) => (stream, address),
        };
        // Answers are short: they are sent at once.
        stream.set_nodelay(true)?;
        let peer = tcp_peer(&stream, address);
        match self {
            Security::Clear => Ok((Box::new(stream), peer)),
            #[cfg(feature = "tls")]
            Security::Tls(tls) => {
                let (stream, names) = tls.handshake(stream).await?;
                Ok((Box::new(stream), Peer { names, ..peer }))
            }
        }
    }
}

fn tcp_peer(stream: &TcpStream, address: SocketAddr) -> Peer {
    let is_loopback = |address: SocketAddr| address.ip().to_canonical().is_loopback();
    let is_local = is_loopback(address) && stream.local_addr().is_ok_and(is_loopback);
    Peer { address: Some(address.ip().to_canonical()), is_local, names: Arc::new([]) }
}
