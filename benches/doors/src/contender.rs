//! Who is loaded, and what it must answer first.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cerbos;
use crate::load::Load;
use crate::pinned::{SERVER_CORE, Server, pdp, pinned};
use crate::question;

const JSON: &[&str] = &["content-type: application/json"];
const GRPC: &[&str] = &["content-type: application/grpc", "te: trailers"];

/// A server and what it is asked.
pub struct Contender {
    /// Its name in the table.
    pub name: &'static str,
    /// The name of the bare echo that it is held against.
    pub echo: &'static str,
    /// How many decisions one request asks for.
    pub decisions: usize,
    /// The process.
    pub server: Server,
    /// The load.
    pub load: Load,
}

/// All that are loaded: the two echoes first.
pub fn contenders(pdp: &Path, cerbos: Option<&Path>, folder: &Path) -> Result<Vec<Contender>> {
    let mut all = vec![echo("echo-http", &body(folder, "json", &question::json())?)?];
    all.push(echo("echo-grpc", &frame(folder, "message")?)?);
    for (audit, names) in [
        ("off", ["http, no records", "grpc, no records", "grpc, batches of 64"]),
        ("best_effort", ["http, best effort", "grpc, best effort", ""]),
        ("strict", ["http, strict", "grpc, strict", ""]),
    ] {
        all.extend(ours(pdp, folder, audit, names)?);
    }
    if let Some(program) = cerbos {
        all.extend(peers(program, folder)?);
    }
    for contender in &all {
        contender.check().with_context(|| contender.name)?;
    }
    Ok(all)
}

fn echo(name: &'static str, body: &Path) -> Result<Contender> {
    let mut command = pinned(SERVER_CORE, env::current_exe()?);
    let (server, ports) = Server::start(command.arg(name), 1)?;
    let path = if name == "echo-http" { "/" } else { "/echo.Echo/Echo" };
    let load = load(ports[0], path, body);
    Ok(Contender { name, echo: name, decisions: 0, server, load })
}

/// Ours at both doors, each a process of its own, so that its time on the core is its own.
fn ours(
    program: &Path,
    folder: &Path,
    audit: &str,
    names: [&'static str; 3],
) -> Result<Vec<Contender>> {
    let doors = [
        ("/internal/pdp/evaluate", "json"),
        ("/pdp.v1.PolicyDecisionService/Evaluate", "message"),
        ("/pdp.v1.PolicyDecisionService/EvaluateBatch", "batch"),
    ];
    let mut all = Vec::new();
    for ((path, body), name) in doors.into_iter().zip(names).filter(|(_, name)| !name.is_empty()) {
        let folder = folder.join(name);
        std::fs::create_dir(&folder)?;
        let (server, ports) = Server::start(&mut pdp(program, &folder, audit, &[]), 2)?;
        let over_http = body == "json";
        let body = match body {
            "json" => crate::contender::body(&folder, body, &question::json())?,
            _ => frame(&folder, body)?,
        };
        all.push(Contender {
            name,
            echo: if over_http { "echo-http" } else { "echo-grpc" },
            decisions: if path.ends_with("Batch") { question::BATCH } else { 1 },
            server,
            load: load(ports[usize::from(!over_http)], path, &body),
        });
    }
    Ok(all)
}

fn peers(program: &Path, folder: &Path) -> Result<Vec<Contender>> {
    let folder = folder.join("cerbos");
    let mut all = Vec::new();
    for (name, echo) in [("Cerbos, http", "echo-http"), ("Cerbos, grpc", "echo-grpc")] {
        let folder = folder.join(echo);
        std::fs::create_dir_all(&folder)?;
        let (server, [http, grpc]) = cerbos::start(program, &folder)?;
        let load = if echo == "echo-http" {
            load(http, "/api/check/resources", &body(&folder, "json", &cerbos::json())?)
        } else {
            let frame = question::frame(&cerbos::message());
            let body = body(&folder, "message", &frame)?;
            load(grpc, "/cerbos.svc.v1.CerbosService/CheckResources", &body)
        };
        all.push(Contender { name, echo, decisions: 1, server, load });
    }
    Ok(all)
}

/// JSON goes over HTTP/1.1, messages over HTTP/2.
fn load(port: u16, path: &str, body: &Path) -> Load {
    let one_by_one = body.ends_with("json");
    Load {
        url: format!("http://127.0.0.1:{port}{path}"),
        one_by_one,
        headers: if one_by_one { JSON } else { GRPC },
        body: body.to_owned(),
    }
}

fn frame(folder: &Path, name: &str) -> Result<PathBuf> {
    let bytes = match name {
        "batch" => question::frame(&question::batch()),
        _ => question::frame(&question::message()),
    };
    body(folder, name, &bytes)
}

fn body(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

impl Contender {
    /// Whether it answers what it must, before any of it is timed: what it was sent, or a permit
    /// for each question.
    fn check(&self) -> Result<()> {
        let answer = self.asked()?;
        let sent = std::fs::read(&self.load.body)?;
        let permits = |word: &[u8]| answer.windows(word.len()).filter(|&part| part == word).count();
        // The reason stands in our messages, the effect of Cerbos in its map of actions: an entry
        // with key (1) `send_message` and value (2) EFFECT_ALLOW (1).
        let count = match (self.name, self.load.one_by_one) {
            ("echo-http" | "echo-grpc", _) => usize::from(answer == sent),
            ("Cerbos, http", _) => permits(b"\"EFFECT_ALLOW\""),
            ("Cerbos, grpc", _) => permits(b"send_message\x10\x01"),
            (_, true) => permits(b"\"permit\""),
            // Field 2 of a decision, EFFECT_PERMIT, and the reason.
            (_, false) => permits(b"\x10\x01\x1a\x0echannel_member"),
        };
        ensure!(
            count == self.decisions.max(1),
            "{count} times: {}",
            String::from_utf8_lossy(&answer)
        );
        Ok(())
    }

    /// What curl gets for the body of the load.
    fn asked(&self) -> Result<Vec<u8>> {
        let mut command = Command::new("curl");
        command.args(["-sS", "--fail", "--max-time", "10"]);
        if !self.load.one_by_one {
            command.arg("--http2-prior-knowledge");
        }
        self.load.headers.iter().for_each(|header| {
            command.args(["-H", header]);
        });
        let body = format!("@{}", self.load.body.display());
        let output = command.args(["--data-binary", &body, &self.load.url]).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }
}
