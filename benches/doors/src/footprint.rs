//! What an idle process takes, and how soon it is ready.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pdp_benches::seed::Seed;
use pdp_benches::yaml;

use crate::pinned::{Server, eventually};
use crate::speed::Spread;

/// How long a process has been idle when its memory is taken.
const SETTLED: Duration = Duration::from_secs(2);

/// Starts processes and prints a table.
pub fn run(program: &Path, rounds: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let policies = folder.path().join("policies");
    fs::create_dir(&policies)?;
    for file in yaml::texts(&Seed::new(10_000)) {
        fs::write(policies.join(file.path), file.text)?;
    }
    let policies = policies.to_string_lossy().into_owned();
    println!("| | memory when idle | start to ready |");
    println!("|---|---:|---:|");
    for (name, arguments) in
        [("shipped policies", &[][..]), ("10 000 documents", &["--policies", &policies][..])]
    {
        let starts = (0..rounds).map(|_| start(program, folder.path(), arguments));
        let starts = starts.collect::<Result<Vec<_>>>()?;
        let memory = Spread::new(starts.iter().map(|start| start.memory));
        let ready = Spread::new(starts.iter().map(|start| start.ready));
        println!(
            "| {name} | {:.1} MB ({:.1}–{:.1}) | {:.0} ms ({:.0}–{:.0}) |",
            memory.middle, memory.least, memory.most, ready.middle, ready.least, ready.most
        );
    }
    Ok(())
}

struct Start {
    /// Megabytes.
    memory: f64,
    /// Milliseconds.
    ready: f64,
}

/// Starts once, on any core, as a user would; ready is what `/ready` says.
fn start(program: &Path, folder: &Path, arguments: &[&str]) -> Result<Start> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(program);
    command.arg("serve").args(arguments).env_clear().env("PDP_STATE", folder.join("state"));
    command.env("PDP_HTTP_LISTEN", &address).env("PDP_GRPC_LISTEN", "127.0.0.1:0");
    let begun = Instant::now();
    let server = Server::silent(&mut command)?;
    eventually("it is ready", || ready(&address).is_some_and(|answer| answer.contains(" 200 ")))?;
    let ready = begun.elapsed().as_secs_f64() * 1e3;
    thread::sleep(SETTLED);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let memory = server.memory()? as f64 / 1e6;
    ensure!(memory > 0.0, "no memory");
    Ok(Start { memory, ready })
}

/// The first line of what `/ready` answers.
fn ready(address: &str) -> Option<String> {
    use std::io::{BufRead, BufReader, Write};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    write!(stream, "GET /ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    Some(line)
}
