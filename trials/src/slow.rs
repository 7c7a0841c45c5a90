//! Connections that send one byte a second.

use std::io::{ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::caller::head;

/// How often connections are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What of a request comes slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The head.
    Head,
    /// The body.
    Body,
}

/// What became of slow connections.
#[derive(Debug)]
pub struct Slow {
    /// After what time each of those was cut that were.
    pub cut: Vec<Duration>,
    /// How many went on to the end.
    pub left: usize,
}

/// Opens `count` connections that send a byte a second each, for at most `time`.
///
/// # Errors
///
/// Where connections cannot be opened.
pub fn crawl(address: SocketAddr, part: Part, count: usize, time: Duration) -> Result<Slow> {
    let begin = match part {
        Part::Head => "POST /internal/pdp/evaluate HTTP/1.1\r\nHost: localhost\r\nX: ".to_owned(),
        Part::Body => head(1_000),
    };
    let mut open = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(begin.as_bytes())?;
        stream.set_nonblocking(true)?;
        open.push((stream, Instant::now()));
    }
    let (begun, mut cut) = (Instant::now(), Vec::new());
    let mut sent = Instant::now();
    while !open.is_empty() && begun.elapsed() < time {
        let sends = sent.elapsed() >= Duration::from_secs(1);
        if sends {
            sent = Instant::now();
        }
        open.retain_mut(|(stream, since)| {
            let lives = lives(stream, sends);
            if !lives {
                cut.push(since.elapsed());
            }
            lives
        });
        thread::sleep(LOOK);
    }
    Ok(Slow { cut, left: open.len() })
}

/// Sends a byte, if one is to be sent, and looks whether the other end is there.
fn lives(stream: &mut TcpStream, sends: bool) -> bool {
    let would_block = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
    if sends && stream.write(b"x").is_err_and(|error| !would_block(&error)) {
        return false;
    }
    match stream.read(&mut [0; 4096]) {
        Ok(count) => count > 0,
        Err(error) => would_block(&error),
    }
}
