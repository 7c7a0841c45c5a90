//! Frames of HTTP/2 that ask nothing and have to be answered or looked at all the same.
//!
//! hyper and h2 bound requests that are taken back, heads in many pieces and data in small ones;
//! floods of SETTINGS, PING and PRIORITY (CVE-2019-9512, -9513, -9515) they answer as fast as they
//! come. So the heads of frames are read here as they pass.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Instant;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Length, kind, flags, stream: RFC 9113, section 4.1.
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// How many frames may come at once beyond those that requests bring.
const FRAMES_MAX: u64 = 1_000;
/// How many more may come with each second.
const FRAMES_PER_SECOND: u64 = 1_000;
/// How many may come with each request: some clients measure the way by a PING for each answer, and
/// take requests back.
const FRAMES_PER_REQUEST: u64 = 8;

/// By this kind of error, which no socket has, a connection ends that was flooded.
const TOO_MANY: ErrorKind = ErrorKind::QuotaExceeded;

/// Whether a connection that ended by this error had to be cut: there were too many frames that ask
/// nothing, or h2 ended it for what the other end did, such as taking requests back.
pub(crate) fn is_cut(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        let h2: Option<&h2::Error> = cause.downcast_ref();
        let socket: Option<&io::Error> = cause.downcast_ref();
        if h2.is_some_and(|error| error.is_go_away() && error.is_library())
            || socket.is_some_and(|error| error.kind() == TOO_MANY)
        {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Watches what comes on one connection.
#[derive(Debug)]
pub(crate) struct Control {
    place: Place,
    /// How many frames may come still.
    left: u64,
    renewed: Instant,
}

/// What the next byte belongs to.
#[derive(Debug)]
enum Place {
    /// The preface, of which so much has come.
    Preface(usize),
    /// The head of a frame, of which so much has come.
    Head([u8; HEAD], usize),
    /// What a frame holds: so much of it is to come.
    Payload(usize),
    /// It is no HTTP/2.
    Elsewhere,
}

impl Control {
    pub(crate) fn new() -> Self {
        Control { place: Place::Preface(0), left: FRAMES_MAX, renewed: Instant::now() }
    }

    /// Reads what has come.
    ///
    /// # Errors
    ///
    /// Where there were too many frames that ask nothing.
    pub(crate) fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let read = match &mut self.place {
                Place::Elsewhere => return Ok(()),
                Place::Preface(come) => {
                    let part = &PREFACE[*come..][..bytes.len().min(PREFACE.len() - *come)];
                    if !bytes.starts_with(part) {
                        self.place = Place::Elsewhere;
                        return Ok(());
                    }
                    *come += part.len();
                    if *come == PREFACE.len() {
                        self.place = Place::Head([0; HEAD], 0);
                    }
                    part.len()
                }
                Place::Head(head, come) => {
                    let read = bytes.len().min(HEAD - *come);
                    head[*come..*come + read].copy_from_slice(&bytes[..read]);
                    *come += read;
                    if *come == HEAD {
                        let head = *head;
                        self.frame(&head)?;
                    }
                    read
                }
                Place::Payload(left) => {
                    let read = bytes.len().min(*left);
                    *left -= read;
                    if *left == 0 {
                        self.place = Place::Head([0; HEAD], 0);
                    }
                    read
                }
            };
            bytes = &bytes[read..];
        }
        Ok(())
    }

    /// A frame begins.
    fn frame(&mut self, head: &[u8; HEAD]) -> io::Result<()> {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        self.place = if length == 0 { Place::Head([0; HEAD], 0) } else { Place::Payload(length) };
        match head[3] {
            HEADERS => self.left = FRAMES_MAX.min(self.left + FRAMES_PER_REQUEST),
            // Data, room for answers, and what others bound.
            DATA | WINDOW_UPDATE | CONTINUATION => {}
            _ if self.left == 0 && !self.renew() => {
                return Err(io::Error::new(TOO_MANY, "too many frames that ask nothing"));
            }
            _ => self.left -= 1,
        }
        Ok(())
    }

    /// Lets more frames come, if time has passed.
    fn renew(&mut self) -> bool {
        let milliseconds = u64::try_from(self.renewed.elapsed().as_millis()).unwrap_or(u64::MAX);
        let more = milliseconds.saturating_mul(FRAMES_PER_SECOND) / 1_000;
        if more > 0 {
            self.renewed = Instant::now();
            self.left = FRAMES_MAX.min(more);
        }
        more > 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    const REQUEST: &[u8] = &[0, 0, 2, HEADERS, 5, 0, 0, 0, 1, 4, 6];

    /// Whether all of this may come, cut into pieces of so many bytes.
    fn may_come(bytes: &[u8], piece: usize) -> bool {
        let mut control = Control::new();
        // Nothing is added with time.
        control.renewed = Instant::now() + Duration::from_hours(1);
        bytes.chunks(piece).all(|piece| control.watch(piece).is_ok())
    }

    #[test]
    fn so_many_frames_may_come_and_no_more() {
        for frame in [SETTINGS, PING] {
            for piece in [1, 7, 9, 10_000] {
                let frames = |count| [PREFACE, &frame.repeat(count)].concat();
                assert!(may_come(&frames(1_000), piece));
                assert!(!may_come(&frames(1_001), piece));
            }
        }
    }

    #[test]
    fn requests_bring_frames_with_them() {
        let call = [REQUEST, &PING.repeat(8)].concat();
        assert!(may_come(&[PREFACE, &call.repeat(10_000)].concat(), 1_000));
        let call = [REQUEST, &PING.repeat(9)].concat();
        assert!(!may_come(&[PREFACE, &call.repeat(10_000)].concat(), 1_000));
    }

    #[test]
    fn time_brings_more() {
        let mut control = Control::new();
        control.watch(PREFACE).expect("a preface");
        control.left = 0;
        control.renewed = Instant::now().checked_sub(Duration::from_secs(1)).expect("a time");
        assert!(control.watch(&SETTINGS.repeat(1_000)).is_ok());
    }

    #[test]
    fn what_is_no_http_2_is_not_looked_at() {
        let text = b"PRI / HTTP/1.1\r\n\r\n";
        assert!(may_come(&[&text[..], &SETTINGS.repeat(10_000)].concat(), 5));
    }
}
