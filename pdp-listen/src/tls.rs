//! Handshakes.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use webpki::EndEntityCert;

use crate::tls_files::Contents;
use crate::{ListenError, TlsFiles};

/// How much is read of what the other end sends after a handshake that failed.
const UNREAD_BYTES_MAX: u64 = 64 * 1024;

/// TLS 1.2 and 1.3 by the certificate in files, which may change.
pub struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    /// When the certificate of the handshakes ends, in seconds since the Unix epoch; 0 where it is
    /// not known.
    expires: AtomicU64,
    /// What the files held when they were last looked at; `None` where they could not be read.
    seen: Mutex<Option<Contents>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// [`ListenError::Tls`], which names the file that cannot be used.
    pub fn open(files: TlsFiles) -> Result<Self, ListenError> {
        let contents = files.read()?;
        let config = ArcSwap::from_pointee(files.config(&contents)?);
        let expires = AtomicU64::new(files.expires(&contents).unwrap_or_default());
        Ok(Tls { files, config, expires, seen: Mutex::new(Some(contents)) })
    }

    /// When the certificate of the handshakes ends, in seconds since the Unix epoch; `None` where
    /// it does not say so in a way that can be read.
    pub fn expires_unix_seconds(&self) -> Option<u64> {
        Some(self.expires.load(Ordering::Relaxed)).filter(|seconds| *seconds > 0)
    }

    /// Looks at the files, and says whether they changed: then further handshakes go by what they
    /// hold now. Connections that are open go on as they are.
    ///
    /// # Errors
    ///
    /// [`ListenError::Tls`] where they changed and cannot be used, once for each change: further
    /// handshakes go by what the files held before.
    pub fn refresh(&self) -> Result<bool, ListenError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = match self.files.read() {
            Ok(contents) => contents,
            Err(error) => return if seen.take().is_some() { Err(error) } else { Ok(false) },
        };
        if seen.as_ref() == Some(&contents) {
            return Ok(false);
        }
        let (config, expires) = (self.files.config(&contents), self.files.expires(&contents));
        *seen = Some(contents);
        self.config.store(Arc::new(config?));
        self.expires.store(expires.unwrap_or_default(), Ordering::Relaxed);
        Ok(true)
    }

    /// The stream in the clear, and the names in the certificate of the other end.
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Arc<[String]>)> {
        let acceptor = TlsAcceptor::from(self.config.load_full());
        match acceptor.accept(stream).into_fallible().await {
            Ok(stream) => {
                let names = names(&stream);
                Ok((stream, names))
            }
            Err((error, stream)) => {
                part(stream).await;
                Err(error)
            }
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

/// Ends a connection so that the other end can read why: what it sent since must be read, or the
/// system takes back what it was told.
async fn part(mut stream: TcpStream) {
    // Where the other end has gone already, there is nobody to tell.
    let _ = stream.shutdown().await;
    let _ = copy(&mut stream.take(UNREAD_BYTES_MAX), &mut sink()).await;
}

/// The `URI` and `DNS` names of the certificate that the other end showed; it was verified.
fn names(stream: &TlsStream<TcpStream>) -> Arc<[String]> {
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let Some(certificate) = shown.and_then(|shown| EndEntityCert::try_from(shown).ok()) else {
        return Arc::new([]);
    };
    let names = certificate.valid_uri_names().chain(certificate.valid_dns_names());
    names.map(str::to_owned).collect()
}
