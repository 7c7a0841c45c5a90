//! A server to flood.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::Caller;

/// A running `pdp serve` with a state folder of its own; ended with it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    state: TempDir,
}

impl Server {
    /// Starts a program with these arguments behind `serve`, and waits until it listens.
    ///
    /// # Errors
    ///
    /// Where it does not.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self> {
        let state = tempfile::tempdir()?;
        let mut child = Command::new(program)
            .args(["serve", "--http-listen", "127.0.0.1:0", "--grpc-listen", "", "--state"])
            .arg(state.path())
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let log = child.stderr.take().context("a server has a log")?;
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let address =
            lines.find_map(|line| line.split_once("address=")?.1.split(' ').next()?.parse().ok());
        // Who writes a log that nobody reads waits for ever.
        thread::spawn(move || lines.for_each(drop));
        let address = address.context("the server ended before it listened")?;
        Ok(Server { child, address, state })
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many decisions stand in its records.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn recorded(&self) -> Result<usize> {
        let records = BufReader::new(File::open(self.state.path().join("audit.jsonl"))?);
        let mut count = 0;
        for line in records.lines() {
            count += usize::from(line?.contains(r#""kind":"decision""#));
        }
        Ok(count)
    }

    /// The value of a line of `/metrics`; 0 where there is none.
    ///
    /// # Errors
    ///
    /// Where there is no answer, or no number in it.
    pub fn metric(&self, name: &str) -> Result<u64> {
        let text = Caller::connect(self.address)?.get("/metrics")?.body;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.map_or(Ok(0), str::parse)?)
    }

    /// Tells it to end and waits until it has.
    ///
    /// # Errors
    ///
    /// Where it cannot be told.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        let told = Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        ensure!(told.success(), "the server cannot be told to end");
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended already, all is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
