//! Certificates, as an operator would have them made.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, SanType, date_time_ymd,
};

/// An authority; its certificate stands in a file.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    folder: PathBuf,
}

/// The files of a certificate and of its key.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    /// An authority whose files go to `folder`; its own is `NAME.pem`.
    pub fn new(folder: &Path, name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("a certificate");
        let authority =
            Authority { issuer: Issuer::new(params, key), certificate, folder: folder.to_owned() };
        fs::write(folder.join(format!("{name}.pem")), authority.certificate.pem()).expect("a file");
        authority
    }

    /// Makes a certificate for a server on this machine.
    pub fn server(&self, file: &str) -> Pair {
        let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]);
        self.write(file, params.expect("names"), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// Makes such a certificate that ends at this time, in seconds since the Unix epoch.
    pub fn server_until(&self, file: &str, unix_seconds: i64) -> Pair {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        params.not_after =
            date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(unix_seconds.unsigned_abs());
        self.write(file, params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// Makes a certificate for a caller with these names, URIs and DNS names.
    pub fn client(&self, file: &str, names: &[&str]) -> Pair {
        self.write(file, client(names), ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// Makes such a certificate that was good once.
    pub fn expired(&self, file: &str, names: &[&str]) -> Pair {
        let mut params = client(names);
        (params.not_before, params.not_after) =
            (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self.write(file, params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn write(
        &self,
        file: &str,
        mut params: CertificateParams,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Pair {
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let path = |suffix| self.folder.join(format!("{file}.{suffix}")).display().to_string();
        let pair = Pair { certificate: path("pem"), key: path("key") };
        fs::write(&pair.certificate, certificate.pem()).expect("a file");
        fs::write(&pair.key, key.serialize_pem()).expect("a file");
        pair
    }
}

fn client(names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = |name: &&str| {
        if name.contains("://") {
            SanType::URI((*name).try_into().expect("a URI"))
        } else {
            SanType::DnsName((*name).try_into().expect("a name"))
        }
    };
    params.subject_alt_names = names.iter().map(name).collect();
    params
}
