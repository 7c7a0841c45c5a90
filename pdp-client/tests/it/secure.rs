use std::fs;
use std::sync::Arc;

use pdp_client::{ClientError, Tls};
use pdp_core::Effect;
use pdp_listen::{ClientAuthority, Security, TlsFiles};
use pdp_service::Callers;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use tempfile::TempDir;

use crate::doors::Plan;
use crate::support::{board, both, on_board, patient};

const CALLERS: &str = r#"
[[caller]]
name = "shop"
certificates = ["spiffe://example/shop"]
rights = ["evaluate", "assert_identity"]
"#;

/// An authority, and the files of a server that it vouches for.
pub struct Stage {
    folder: TempDir,
    authority: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Stage {
    pub fn new() -> Self {
        Self::of(&["localhost", "127.0.0.1"])
    }

    /// A server that has these names.
    fn of(names: &[&str]) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("a certificate").pem();
        let folder = tempfile::tempdir().expect("a folder");
        let stage = Stage { folder, authority, issuer: Issuer::new(params, key) };
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let (certificate, key) = stage.sign(&CertificateParams::new(names).expect("names"));
        for (name, text) in [
            ("server.pem", &certificate),
            ("server.key", &key),
            ("authority.pem", &stage.authority),
        ] {
            fs::write(stage.folder.path().join(name), text).expect("a file");
        }
        stage
    }

    fn sign(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }

    /// Doors by TLS; with `callers`, for those who show a certificate.
    pub fn plan(&self, callers: Option<&str>) -> Plan {
        let path = |name: &str| self.folder.path().join(name);
        let client_authority =
            callers.map(|_| ClientAuthority { file: path("authority.pem"), is_required: true });
        let files =
            TlsFiles { certificate: path("server.pem"), key: path("server.key"), client_authority };
        let tls = pdp_listen::Tls::open(files).expect("files");
        let mut plan = Plan { security: Security::Tls(Arc::new(tls)), ..Plan::local(board()) };
        if let Some(callers) = callers {
            plan.callers = Callers::parse(callers).expect("callers");
        }
        plan
    }

    pub fn tls(&self) -> Tls {
        Tls::of(&*self.authority)
    }
}

#[tokio::test]
async fn a_server_that_is_trusted_is_asked() {
    let stage = Stage::new();
    let doors = stage.plan(None).open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder.tls(stage.tls()));
        let answer = client.ask(&on_board("user:1", "read")).await.expect(name);
        assert_eq!(answer.decision.effect, Effect::Permit, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_trusted_is_told_nothing() {
    let (stage, other) = (Stage::new(), Stage::new());
    let doors = stage.plan(None).open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder.tls(other.tls()).key("sesame"));
        let error = client.ask(&on_board("user:1", "read")).await.expect_err(name);
        assert!(matches!(error, ClientError::Connection(_)), "{name}: {error}");
        assert!(error.to_string().contains("certificate"), "{name}: {error}");
    }
    let named = Stage::of(&["pdp.internal"]);
    let doors = named.plan(None).open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder.tls(named.tls()));
        let error = client.ask(&on_board("user:1", "read")).await.expect_err(name);
        assert!(error.to_string().contains("not valid for name"), "{name}: {error}");
    }
}

#[tokio::test]
async fn who_asks_is_known_by_its_certificate() {
    let stage = Stage::new();
    let doors = stage.plan(Some(CALLERS)).open().await;
    let mut params = CertificateParams::default();
    params.subject_alt_names =
        vec![SanType::URI("spiffe://example/shop".try_into().expect("a URI"))];
    let (certificate, key) = stage.sign(&params);
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let known = patient(builder.clone().tls(stage.tls().showing(&*certificate, &*key)));
        let answer = known.ask(&on_board("user:1", "read")).await.expect(name);
        assert_eq!(answer.decision.effect, Effect::Permit, "{name}");
        let error = patient(builder.tls(stage.tls())).ask(&on_board("user:1", "read")).await;
        assert!(matches!(error, Err(ClientError::Connection(_))), "{name}: {error:?}");
    }
}
