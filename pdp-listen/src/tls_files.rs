//! The files that TLS needs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::ListenError;

/// Where the certificate of a listener, its key, and the authority of its callers stand. All are
/// PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and after it those that lead from it to an authority.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
    /// Whose certificates callers may show; without it none is asked for.
    pub client_authority: Option<ClientAuthority>,
}

/// Who vouches for callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAuthority {
    /// The certificates of one or several authorities.
    pub file: PathBuf,
    /// Whether a connection without a certificate ends with the handshake.
    pub is_required: bool,
}

/// What the files hold.
#[derive(PartialEq, Eq)]
pub(crate) struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_authority: Option<Vec<u8>>,
}

impl TlsFiles {
    /// Reads the files.
    pub(crate) fn read(&self) -> Result<Contents, ListenError> {
        let read = |file: &Path| fs::read(file).map_err(|cause| unreadable(file, &cause));
        let authority = self.client_authority.as_ref().map(|authority| read(&authority.file));
        Ok(Contents {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
            client_authority: authority.transpose()?,
        })
    }

    /// What handshakes go by if the files hold this.
    pub(crate) fn config(&self, contents: &Contents) -> Result<ServerConfig, ListenError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(&self.certificate, error.to_string()))?;
        let builder = match self.verifier(contents)? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let chain = certificates(&self.certificate, &contents.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|error| fault(&self.key, format!("no private key in PEM: {error}")))?;
        let mut config = builder.with_single_cert(chain, key).map_err(|error| {
            let pair = format!("it does not go with {}: {error}", self.certificate.display());
            fault(&self.key, pair)
        })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if self.client_authority.is_some() {
            // Who resumed a session would not show its certificate again: it could have expired, or
            // the authority have gone, in the meantime.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }

    /// When the certificate ends that handshakes show, in seconds since the Unix epoch.
    pub(crate) fn expires(&self, contents: &Contents) -> Option<u64> {
        let shown = certificates(&self.certificate, &contents.certificate).ok()?;
        let shown = Certificate::from_der(shown.first()?).ok()?;
        let validity = shown.tbs_certificate().validity();
        Some(validity.not_after.to_unix_duration().as_secs())
    }

    fn verifier(
        &self,
        contents: &Contents,
    ) -> Result<Option<Arc<dyn ClientCertVerifier>>, ListenError> {
        let (Some(authority), Some(text)) = (&self.client_authority, &contents.client_authority)
        else {
            return Ok(None);
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&authority.file, text)? {
            roots.add(certificate).map_err(|error| fault(&authority.file, error.to_string()))?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if !authority.is_required {
            builder = builder.allow_unauthenticated();
        }
        builder.build().map(Some).map_err(|error| fault(&authority.file, error.to_string()))
    }
}

/// The certificates in a file; there is one at least.
fn certificates(file: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, ListenError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let found = found.map_err(|error| fault(file, error.to_string()))?;
    if found.is_empty() {
        return Err(fault(file, "no certificate in PEM"));
    }
    Ok(found)
}

fn unreadable(file: &Path, cause: &io::Error) -> ListenError {
    fault(file, format!("cannot be read: {cause}"))
}

fn fault(file: &Path, message: impl Into<String>) -> ListenError {
    ListenError::Tls { file: file.display().to_string(), message: message.into() }
}
