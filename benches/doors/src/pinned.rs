//! Processes that stay on one core.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use pdp_trials::{cpu_time, memory_bytes};

/// The core of what is measured.
pub const SERVER_CORE: &str = "0";
/// The core of what loads it.
pub const LOAD_CORE: &str = "1";

/// `program` on one core.
pub fn pinned(core: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// A process on the core of servers; ended with this.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts a server and waits until its standard error names `count` ports that it listens on:
    /// for each a line with `listening` and `127.0.0.1:PORT`.
    pub fn start(command: &mut Command, count: usize) -> Result<(Self, Vec<u16>)> {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let errors = child.stderr.take().context("no standard error")?;
        let server = Server { child };
        Ok((server, ports(errors, count)?))
    }

    /// Starts a server that says nothing of where it listens.
    pub fn silent(command: &mut Command) -> Result<Self> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Server { child })
    }

    /// For how long it has been on a core, all its threads together.
    pub fn busy(&self) -> Result<Duration> {
        cpu_time(self.child.id()).context("no figure")
    }

    /// How many bytes of memory it holds.
    pub fn memory(&self) -> Result<u64> {
        memory_bytes(self.child.id()).context("no figure")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ports(errors: ChildStderr, count: usize) -> Result<Vec<u16>> {
    let mut lines = BufReader::new(errors).lines();
    let mut said = Vec::new();
    let mut ports = Vec::new();
    while ports.len() < count {
        let line = lines.next().with_context(|| format!("it ended: {said:#?}"))??;
        if line.contains("listening")
            && let Some((_, rest)) = line.split_once("127.0.0.1:")
        {
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            ports.push(port.parse()?);
        }
        said.push(line);
    }
    // Who writes to a pipe that nobody reads stands still at last.
    thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Ok(ports)
}

/// Waits until something holds, looking often.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    let begun = Instant::now();
    while !holds() {
        ensure!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_micros(500));
    }
    Ok(())
}

/// `pdp serve` on the core of servers, with its state in `folder`, loopback ports, and records in
/// this mode.
pub fn pdp(program: &Path, folder: &Path, audit: &str, arguments: &[&str]) -> Command {
    let mut command = pinned(SERVER_CORE, program);
    command.arg("serve").args(arguments).env_clear();
    command.env("PDP_STATE", folder.join("state")).env("PDP_AUDIT_MODE", audit);
    command.env("PDP_HTTP_LISTEN", "127.0.0.1:0").env("PDP_GRPC_LISTEN", "127.0.0.1:0");
    command
}
