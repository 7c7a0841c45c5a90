//! In the clear, or by TLS.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

/// How connections over TCP are secured.
#[derive(Clone, Debug, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Clear,
}

impl Security {
    /// The stream that requests come on, and the names in the certificate of the other end.
    #[expect(clippy::unused_async, reason = "a handshake takes a while")]
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TcpStream, Arc<[String]>)> {
        match self {
            Security::Clear => Ok((stream, Arc::new([]))),
        }
    }
}
