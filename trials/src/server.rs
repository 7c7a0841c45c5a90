//! A server to try.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::Caller;

/// A running `pdp serve`; ended with it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it wrote to its log before it listened.
    pub begin: Vec<String>,
    state: PathBuf,
    /// Its state folder, where it has one of its own.
    own: Option<TempDir>,
}

impl Server {
    /// Starts a program with these arguments behind `serve` and a state folder of its own, and waits
    /// until it listens.
    ///
    /// # Errors
    ///
    /// Where it does not.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self> {
        let own = tempfile::tempdir()?;
        let mut server = Self::start_on(program, own.path(), arguments)?;
        server.own = Some(own);
        Ok(server)
    }

    /// The same on a state folder that others had before.
    ///
    /// # Errors
    ///
    /// Where it does not listen.
    pub fn start_on(program: &Path, state: &Path, arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["serve", "--http-listen", "127.0.0.1:0", "--grpc-listen", "", "--state"])
            .arg(state)
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let log = child.stderr.take().context("a server has a log")?;
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let mut begin = Vec::new();
        let address = lines.find_map(|line| {
            let address = address(&line);
            begin.push(line);
            address
        });
        // Who writes a log that nobody reads waits for ever.
        thread::spawn(move || lines.for_each(drop));
        let address =
            address.with_context(|| format!("the server ended before it listened: {begin:#?}"))?;
        Ok(Server { child, address, begin, state: state.to_owned(), own: None })
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
        let records = BufReader::new(File::open(self.state.join("audit.jsonl"))?);
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

    /// The digest of the policies that decide.
    ///
    /// # Errors
    ///
    /// Where there is no answer, or no digest in it.
    pub fn digest(&self) -> Result<String> {
        let answer = Caller::connect(self.address)?.get("/ready")?;
        Ok(answer.text("digest").context("no digest")?.to_owned())
    }

    /// Tells it to end and waits until it has.
    ///
    /// # Errors
    ///
    /// Where it cannot be told.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        self.wait()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    ///
    /// Where it cannot be sent.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw);
        Ok(kill_process(id.context("no number of a process")?, signal)?)
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    ///
    /// Where that cannot be told.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

/// The address in a line of the log.
fn address(line: &str) -> Option<SocketAddr> {
    line.split_once("address=")?.1.split(' ').next()?.parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended already, all is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
