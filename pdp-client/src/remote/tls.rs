//! Whom to trust, and who to be.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::SettingError;

/// How a client knows its server, and shows who it is, by TLS 1.2 or 1.3. All texts are PEM.
///
/// They are read once: where certificates change, make a new client.
#[derive(Clone)]
pub struct Tls {
    authority: Vec<u8>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    /// Trusts servers whose certificates lead to one of these authorities, and no others: those that
    /// the system trusts do not count.
    pub fn of(authority: impl Into<Vec<u8>>) -> Self {
        Tls { authority: authority.into(), identity: None }
    }

    /// Shows this certificate, and after it those that lead from it to an authority, whose private
    /// key is `key`.
    #[must_use]
    pub fn showing(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// How to shake hands with `host`, over which `protocol` is then spoken.
    pub(crate) fn handshake(&self, host: &str, protocol: &[u8]) -> Result<Handshake, SettingError> {
        let fault = |error: &dyn fmt::Display| SettingError::Tls(error.to_string());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authority)? {
            roots.add(certificate).map_err(|error| fault(&error))?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(&error))?
            .with_root_certificates(roots);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| fault(&error))?;
                let chain = certificates(certificate)?;
                builder.with_client_auth_cert(chain, key).map_err(|error| fault(&error))?
            }
        };
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from(host.to_owned()).map_err(|error| fault(&error))?;
        Ok(Handshake { connector: Arc::new(config).into(), name })
    }
}

/// Says nothing of the key.
impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tls").finish_non_exhaustive()
    }
}

pub(crate) struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Handshake {
    pub(crate) async fn open(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), stream).await
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(SettingError::Tls("no certificate in PEM".to_owned())),
        Err(error) => Err(SettingError::Tls(error.to_string())),
    }
}
