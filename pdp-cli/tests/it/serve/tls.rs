use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use super::authority::{Authority, Pair};
use super::server::{Reply, Server, attempt, command, eventually, records};
use crate::support::folder;

const STATUS: &str = "/admin/status";
const CALLERS: &str = r#"
[[caller]]
name = "billing"
certificates = ["spiffe://example/billing"]
rights = ["admin"]

[[caller]]
name = "shop"
certificates = ["shop.internal"]
rights = ["admin"]

[[caller]]
name = "keyed"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["admin"]
"#;

/// A server with a certificate, and further arguments.
fn start(folder: &Path, further: &[&str]) -> Server {
    let tls = ["--tls-certificate", "server.pem", "--tls-key", "server.key"];
    let callers = ["--callers", "callers.toml"];
    Server::start(folder, &[&tls[..], &callers, further].concat())
}

/// Asks as one who knows the authority of the server.
fn ask(server: &Server, path: &str, arguments: &[&str]) -> Result<Reply, String> {
    attempt(&format!("https://{}{path}", server.address), arguments)
}

struct Stage {
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Stage {
    fn new() -> Self {
        let folder = folder(&[("callers.toml", CALLERS)]);
        let authority = Authority::new(folder.path(), "authority");
        authority.server("server");
        Stage { folder, authority }
    }

    fn path(&self, file: &str) -> String {
        self.folder.path().join(file).display().to_string()
    }

    /// Asks for the status, by a client certificate or without one.
    fn status(&self, server: &Server, pair: Option<&Pair>) -> Result<Reply, String> {
        let authority = self.path("authority.pem");
        let mut arguments = vec!["--cacert", &authority];
        if let Some(pair) = pair {
            arguments.extend(["--cert", &pair.certificate, "--key", &pair.key]);
        }
        ask(server, STATUS, &arguments)
    }
}

#[test]
fn connections_over_tcp_are_encrypted_and_speak_both_protocols() {
    let stage = Stage::new();
    let server = start(stage.folder.path(), &[]);
    let authority = stage.path("authority.pem");
    for (protocol, version) in
        [("--http2", "HTTP/2"), ("--http1.1", "HTTP/1.1"), ("--tls-max=1.2", "HTTP/2")]
    {
        let protocol: Vec<&str> = protocol.split('=').collect();
        let reply = ask(&server, "/health", &[&["--cacert", &authority][..], &protocol].concat());
        let reply = reply.expect("a reply");
        assert_eq!(reply.status, 200);
        assert!(reply.head.starts_with(version), "{reply:?}");
    }
    // Who does not know the authority does not trust, and what is not encrypted gets nothing.
    assert!(ask(&server, "/health", &[]).is_err_and(|error| error.contains("certificate")));
    assert!(attempt(&format!("http://{}/health", server.address), &[]).is_err());
    let keyed = ["--cacert", &authority, "-H", "Authorization: Bearer key"];
    assert_eq!(ask(&server, STATUS, &keyed).expect("a reply").status, 200);
}

#[test]
fn a_certificate_shows_who_calls() {
    let stage = Stage::new();
    let server = start(stage.folder.path(), &["--tls-client-authority", "authority.pem"]);
    let pair = |file, names: &[&str]| stage.authority.client(file, names);
    let billing = pair("billing", &["spiffe://example/billing", "host.example"]);
    let shop = pair("shop", &["shop.internal"]);
    let stranger = pair("stranger", &["spiffe://example/other"]);
    let both = pair("both", &["spiffe://example/billing", "shop.internal"]);
    for (pair, status) in [(&billing, 200), (&shop, 200), (&stranger, 401), (&both, 401)] {
        let reply = stage.status(&server, Some(pair)).expect("a reply");
        assert_eq!(reply.status, status, "{reply:?}");
    }
    // Records name the caller.
    let arguments = ["--cacert", &stage.path("authority.pem"), "-d", "{}"];
    let by = ["--cert", &billing.certificate, "--key", &billing.key];
    let asked = ask(&server, "/admin/facts", &[&arguments[..], &by].concat());
    assert_eq!(asked.expect("a reply").status, 422);
    let records = records(&stage.folder.path().join("state/audit.jsonl"));
    assert_eq!(records.last().expect("a record")["caller"], json!("billing"));
}

#[test]
fn who_shows_no_good_certificate_gets_no_connection() {
    let stage = Stage::new();
    let server = start(stage.folder.path(), &["--tls-client-authority", "authority.pem"]);
    let names = ["spiffe://example/billing"];
    let other = Authority::new(stage.folder.path(), "other").client("unknown", &names);
    let expired = stage.authority.expired("expired", &names);
    let for_servers = stage.authority.server("for-servers");
    for pair in [Some(&other), Some(&expired), Some(&for_servers), None] {
        let outcome = stage.status(&server, pair);
        assert!(outcome.as_ref().is_err_and(|error| error.contains("alert")), "{outcome:?}");
    }
    let good = stage.authority.client("good", &names);
    assert_eq!(stage.status(&server, Some(&good)).expect("a reply").status, 200);
    // What is asked for in vain makes nobody a caller.
    drop(server);
    let optional =
        ["--tls-client-authority", "authority.pem", "--tls-client-certificate", "optional"];
    let server = start(stage.folder.path(), &optional);
    assert!(stage.status(&server, Some(&other)).is_err());
    assert_eq!(stage.status(&server, None).expect("a reply").status, 401);
    assert_eq!(stage.status(&server, Some(&good)).expect("a reply").status, 200);
    let keyed = ["--cacert", &stage.path("authority.pem"), "-H", "Authorization: Bearer key"];
    assert_eq!(ask(&server, STATUS, &keyed).expect("a reply").status, 200);
}

#[test]
fn a_unix_socket_stays_in_the_clear() {
    let stage = Stage::new();
    let socket = stage.path("pdp.sock");
    let listen = format!("127.0.0.1:0,unix:{socket}");
    let server = start(stage.folder.path(), &["--http-listen", &listen]);
    server.wait_for("address=unix:");
    let reply = attempt("http://any.name/health", &["--unix-socket", &socket]).expect("a reply");
    assert_eq!(reply.status, 200);
}

/// A connection that stays.
struct Connection(StreamOwned<ClientConnection, TcpStream>);

impl Connection {
    fn open(server: &Server, authority: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).expect("PEM")).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let stream = TcpStream::connect(&server.address).expect("a connection");
        Connection(StreamOwned::new(client, stream))
    }

    /// Asks for the health, and gives the certificate of the server.
    fn certificate(&mut self) -> CertificateDer<'static> {
        self.0.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
        let mut reply = Vec::new();
        while !reply.ends_with(b"}") {
            let mut bytes = [0; 1024];
            let read = self.0.read(&mut bytes).expect("a reply");
            assert_ne!(read, 0, "the connection ended");
            reply.extend_from_slice(&bytes[..read]);
        }
        self.0.conn.peer_certificates().expect("a certificate")[0].clone().into_owned()
    }
}

#[test]
fn certificates_change_without_a_restart() {
    let stage = Stage::new();
    let path = |file: &str| stage.folder.path().join(file);
    // So long that the connection that stays is not idle for too long.
    let server = start(stage.folder.path(), &["--limits-head-seconds", "300"]);
    let authority = stage.path("authority.pem");
    let mut stays = Connection::open(&server, &authority);
    let first = stays.certificate();

    // A certificate whose key is not there yet: the old one goes on.
    let read = |file| fs::read(path(file)).expect("a file");
    let (certificate, key) = (read("server.pem"), read("server.key"));
    stage.authority.server("next");
    fs::copy(path("next.pem"), path("server.pem")).expect("a copy");
    let line = server.wait_for("TLS goes on by what the files held before");
    assert!(line.contains("server.key"), "{line}");
    assert_eq!(Connection::open(&server, &authority).certificate(), first);
    fs::copy(path("next.key"), path("server.key")).expect("a copy");
    eventually("new connections get the new certificate", || {
        Connection::open(&server, &authority).certificate() != first
    });
    assert_eq!(stays.certificate(), first);

    // A missing file is told once, and mended as well.
    fs::remove_file(path("server.key")).expect("a file");
    server.wait_for("TLS goes on by what the files held before");
    fs::write(path("server.pem"), certificate).expect("a file");
    fs::write(path("server.key"), key).expect("a file");
    eventually("the first certificate is back", || {
        Connection::open(&server, &authority).certificate() == first
    });
    assert_eq!(stays.certificate(), first);
}

#[test]
fn callers_of_a_new_authority_are_known_without_a_restart() {
    let stage = Stage::new();
    let folder = stage.folder.path();
    let (old, new) = (Authority::new(folder, "old"), Authority::new(folder, "new"));
    let names = ["spiffe://example/billing"];
    let (old, new) = (old.client("by-old", &names), new.client("by-new", &names));
    fs::copy(folder.join("old.pem"), folder.join("clients.pem")).expect("a copy");
    let server = start(folder, &["--tls-client-authority", "clients.pem"]);
    assert_eq!(stage.status(&server, Some(&old)).expect("a reply").status, 200);
    assert!(stage.status(&server, Some(&new)).is_err());
    fs::copy(folder.join("new.pem"), folder.join("clients.pem")).expect("a copy");
    eventually("the new authority counts", || stage.status(&server, Some(&new)).is_ok());
    assert!(stage.status(&server, Some(&old)).is_err());
}

#[test]
fn files_that_cannot_be_used_end_the_start_with_their_names() {
    let stage = Stage::new();
    stage.authority.server("other");
    fs::write(stage.folder.path().join("empty.pem"), "").expect("a file");
    let cases: [(&[&str], &str); 8] = [
        (&["--tls-certificate", "no.pem", "--tls-key", "server.key"], "no.pem: cannot be read"),
        (&["--tls-certificate", "empty.pem", "--tls-key", "server.key"], "empty.pem: no certif"),
        (&["--tls-certificate", "server.pem", "--tls-key", "no.key"], "no.key: cannot be read"),
        (&["--tls-certificate", "server.pem", "--tls-key", "empty.pem"], "empty.pem: no private"),
        (
            &["--tls-certificate", "server.pem", "--tls-key", "other.key"],
            "other.key: it does not go with server.pem",
        ),
        (&["--tls-certificate", "server.pem"], "`tls.key`"),
        (&["--tls-key", "server.key"], "`tls.certificate`"),
        (
            &[
                "--tls-certificate",
                "server.pem",
                "--tls-key",
                "server.key",
                "--tls-client-authority",
                "empty.pem",
            ],
            "empty.pem: no certificate",
        ),
    ];
    for (arguments, message) in cases {
        let output = command(stage.folder.path(), arguments).output().expect("pdp runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(message), "{message}: {errors}");
    }
}

/// The certificate that handshakes show ends at a time that metrics say, and before that the log.
#[test]
fn it_is_told_when_the_certificate_expires() {
    let stage = Stage::new();
    let day = 86_400;
    let now = i64::try_from(UNIX_EPOCH.elapsed().expect("a clock").as_secs()).expect("a time");
    stage.authority.server_until("server", now + 3 * day + 60);
    let server = start(stage.folder.path(), &[]);
    let authority = stage.path("authority.pem");
    let metric = || {
        let metrics = ask(&server, "/metrics", &["--cacert", &authority]).expect("metrics").body;
        let value =
            metrics.lines().find_map(|line| line.strip_prefix("pdp_certificate_expires_seconds "));
        value.and_then(|value| value.parse::<i64>().ok()).expect("a time")
    };
    let soon = "the certificate expires soon";
    // It may come before or after the line that says where the server listens.
    let told = server.begin.iter().find(|line| line.contains(soon)).cloned();
    assert!(told.unwrap_or_else(|| server.wait_for(soon)).contains("days=3"));
    assert_eq!(metric(), now + 3 * day + 60);
    stage.authority.server_until("server", now + 90 * day);
    eventually("the new one is shown", || metric() == now + 90 * day);
}
