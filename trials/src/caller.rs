//! A caller that behaves.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a caller waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where questions go.
pub(crate) const EVALUATE: &str = "/internal/pdp/evaluate";

/// A question that the shipped policies permit.
const QUESTION: &str = r#"{"actor": {"actor_id": "user:93", "actor_type": "human", "microdao_ids": ["microdao:7"], "roles": ["member"]}, "action": "send_message", "resource": {"type": "channel", "id": "channel-general-daarion"}, "context": {"message_length": 12}}"#;

/// One connection over HTTP/1.1, on which one question follows the other.
pub struct Caller {
    stream: TcpStream,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body.
    pub body: String,
}

/// The first text of this name in JSON, as it stands there.
pub(crate) fn text<'j>(json: &'j str, name: &str) -> Option<&'j str> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0)
}

impl Answer {
    /// Whether it refuses since there is too much to do, and says when to try again.
    pub fn is_overloaded(&self) -> bool {
        self.status == 503 && self.head.contains("retry-after: ")
    }

    /// The first text of this name in the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.body, name)
    }
}

impl Caller {
    /// Connects.
    ///
    /// # Errors
    ///
    /// Where there is no connection.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::connect_within(address, PATIENCE)
    }

    /// Connects, if that takes no longer than this.
    ///
    /// # Errors
    ///
    /// Where there is no connection by then.
    pub fn connect_within(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Caller { stream })
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    ///
    /// Where the connection ends before the answer has come.
    pub fn ask(&mut self) -> io::Result<Answer> {
        self.send()?;
        self.receive()
    }

    /// What stands at a path.
    ///
    /// # Errors
    ///
    /// Where the connection ends before the answer has come.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.stream.write_all(head.as_bytes())?;
        self.receive()
    }

    /// Sends a body to a path and waits for the answer.
    ///
    /// # Errors
    ///
    /// Where the connection ends before the answer has come.
    pub fn post(&mut self, path: &str, body: &str) -> io::Result<Answer> {
        self.stream.write_all((head_to(path, body.len()) + body).as_bytes())?;
        self.receive()
    }

    /// Asks.
    ///
    /// # Errors
    ///
    /// Where the connection has ended.
    pub fn send(&mut self) -> io::Result<()> {
        self.stream.write_all(head(QUESTION.len()).as_bytes())?;
        self.stream.write_all(QUESTION.as_bytes())
    }

    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// Where the connection ends before it has come.
    pub fn receive(&mut self) -> io::Result<Answer> {
        let (mut bytes, mut length) = (Vec::new(), None);
        loop {
            length = length.or_else(|| length_of(&bytes));
            if length.is_some_and(|length| bytes.len() >= length) {
                return answer(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into());
            }
            let mut read = [0; 16_384];
            match self.stream.read(&mut read)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => bytes.extend_from_slice(&read[..count]),
            }
        }
    }
}

/// The head of a question with a body of this length.
pub(crate) fn head(length: usize) -> String {
    head_to(EVALUATE, length)
}

fn head_to(path: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n")
}

/// How many bytes the answer has that begins with `bytes`, if its head is there.
fn length_of(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?.1;
    Some(head + 4 + length.parse::<usize>().ok()?)
}

/// The answer in `bytes`, which is whole.
fn answer(bytes: &[u8]) -> Option<Answer> {
    let (head, body) = std::str::from_utf8(bytes).ok()?.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}
