//! A server, and who asks it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take that is waited for.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A running `pdp serve`; ended with it.
pub struct Server {
    child: Child,
    log: Mutex<Receiver<String>>,
    /// The lines of the log up to where it listens.
    pub begin: Vec<String>,
    /// Where the HTTP door listens: `127.0.0.1:PORT`.
    pub address: String,
}

/// What curl got.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
    }
}

/// `pdp serve` with its state in `folder` and these arguments, not started yet.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pdp"));
    command.arg("serve").args(arguments).current_dir(folder).env_clear();
    command.env("PDP_STATE", folder.join("state"));
    command.env("PDP_HTTP_LISTEN", "127.0.0.1:0").env("PDP_GRPC_LISTEN", "127.0.0.1:0");
    command
}

impl Server {
    /// Starts a server and waits until it listens.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::run(&mut command(folder, arguments))
    }

    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("pdp runs");
        let errors = BufReader::new(child.stderr.take().expect("a log"));
        let (sender, log) = channel();
        thread::spawn(move || {
            errors.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let log = Mutex::new(log);
        let mut server = Server { child, log, begin: Vec::new(), address: String::new() };
        let mut begin = server.lines_to("listening");
        let line = begin.pop().expect("a line");
        server.begin = begin;
        server.address = address(&line);
        server
    }

    /// Where the gRPC door listens, if nothing after that was waited for.
    pub fn grpc_address(&self) -> String {
        address(&self.wait_for("door=\"grpc\""))
    }

    /// How many bytes of memory the process holds.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the process lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    /// The first line of the log from here on that holds `part`.
    pub fn wait_for(&self, part: &str) -> String {
        self.lines_to(part).pop().expect("a line")
    }

    /// The lines of the log from here to the first that holds `part`.
    fn lines_to(&self, part: &str) -> Vec<String> {
        let begun = Instant::now();
        let log = self.log.lock().expect("no panic");
        let mut lines = Vec::new();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let line =
                log.recv_timeout(left).unwrap_or_else(|_| panic!("no `{part}` in {lines:#?}"));
            let is_it = line.contains(part);
            lines.push(line);
            if is_it {
                return lines;
            }
        }
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(status.expect("kill").success());
    }

    /// The end of the process.
    pub fn end(mut self) -> ExitStatus {
        self.child.wait().expect("pdp ends")
    }

    /// Asks with these arguments of curl, and `path` last.
    pub fn curl(&self, path: &str, arguments: &[&str]) -> Reply {
        curl(&format!("http://{}{path}", self.address), arguments)
    }

    pub fn post(&self, path: &str, body: &str) -> Reply {
        self.curl(path, &["-d", body])
    }

    /// The value of a line of `/metrics`, 0 where there is none.
    pub fn metric(&self, line: &str) -> u64 {
        let metrics = self.curl("/metrics", &[]).body;
        let value = metrics.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a whole number"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in a line of the log.
fn address(line: &str) -> String {
    let (_, rest) = line.split_once("127.0.0.1:").expect("an address");
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    format!("127.0.0.1:{port}")
}

pub fn curl(url: &str, arguments: &[&str]) -> Reply {
    attempt(url, arguments).unwrap_or_else(|error| panic!("{error}"))
}

/// What curl got, or what it says of why it got nothing.
pub fn attempt(url: &str, arguments: &[&str]) -> Result<Reply, String> {
    let output = Command::new("curl")
        .args(["-sS", "-i", "--max-time", "30"])
        .args(arguments)
        .arg(url)
        .output()
        .expect("curl");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(reply(&String::from_utf8_lossy(&output.stdout)))
}

/// What curl printed.
pub fn reply(text: &str) -> Reply {
    // With `Expect: 100-continue` there are two heads.
    let text = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(text);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

/// Waits until something holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The lines of a file as JSON.
pub fn records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("records");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}
