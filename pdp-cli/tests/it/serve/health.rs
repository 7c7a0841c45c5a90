//! `pdp health`, asked of servers and of what is none.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use super::authority::Authority;
use super::server::Server;
use crate::support::{folder, pdp};

#[test]
fn a_server_says_that_it_lives() {
    let folder = folder(&[]);
    let socket = format!("unix:{}", folder.path().join("http.sock").display());
    let server = Server::start(folder.path(), &["--http-listen", &format!("127.0.0.1:0,{socket}")]);
    server.wait_for("address=unix:");
    for address in [&*server.address, &socket] {
        let outcome = pdp(folder.path(), &["health", address], "");
        assert_eq!((outcome.code, outcome.output), (Some(0), format!("{address} is healthy\n")));
    }
    // Without an address it asks where the settings say: on the socket rather than over TCP.
    let config = format!("http.listen = [\"127.0.0.1:9\", \"{socket}\"]\n");
    fs::write(folder.path().join("pdp.toml"), config).expect("a file");
    let configured = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pdp"));
        command.arg("health").env("PDP_CONFIG", folder.path().join("pdp.toml"));
        command.output().expect("pdp runs").status.code()
    };
    assert_eq!(configured(), Some(0));
    drop(server);
    assert_eq!(configured(), Some(1));
}

#[test]
fn what_does_not_answer_or_speaks_something_else_is_not_healthy() {
    let folder = folder(&[]);
    Authority::new(folder.path(), "authority").server("server");
    let tls = ["--tls-certificate", "server.pem", "--tls-key", "server.key"];
    let server = Server::start(folder.path(), &tls);
    let outcome = pdp(folder.path(), &["health", &server.address], "");
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.errors.contains("in the clear") || outcome.errors.contains("TLS"),
        "{outcome:?}"
    );
    // One that says that it is not well, and one that says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let answering = thread::spawn(move || {
        for answer in ["HTTP/1.1 503 Service Unavailable\r\n\r\n", ""] {
            let (mut stream, _) = listener.accept().expect("a connection");
            stream.write_all(answer.as_bytes()).expect("an answer");
        }
    });
    for wanted in ["503", "no answer"] {
        let outcome = pdp(folder.path(), &["health", &address], "");
        assert!(outcome.code == Some(1) && outcome.errors.contains(wanted), "{outcome:?}");
    }
    answering.join().expect("no panic");
}
