use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use pdp_trials::{
    Caller, Crowd, Flood, Frames, GoodCallers, Part, cancel, cpu_time, crawl, overload, round,
};

use super::server::{PATIENCE, Server, eventually, records};
use crate::support::folder;

const MEBIBYTE: u64 = 1024 * 1024;
const POST: &str = "POST /internal/pdp/evaluate HTTP/1.1\r\nHost: localhost\r\n";
const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn address(server: &Server) -> SocketAddr {
    server.address.parse().expect("an address")
}

/// All that comes back until the connection ends, and whether it ended.
fn exchange(server: &Server, sent: &str) -> (String, bool) {
    let mut stream = TcpStream::connect(address(server)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a timeout");
    stream.write_all(sent.as_bytes()).expect("a request");
    let mut reply = Vec::new();
    let ended = stream.read_to_end(&mut reply);
    let is_open = ended.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    (String::from_utf8_lossy(&reply).into_owned(), !is_open)
}

/// F26: who is slow costs nobody else anything, and is cut.
#[test]
fn slow_connections_are_cut_and_others_answered_meanwhile() {
    for part in [Part::Head, Part::Body] {
        let folder = folder(&[]);
        let limits = ["--limits-head-seconds", "2", "--limits-body-seconds", "2"];
        // Fewer places than slow connections: who is slow has none.
        let places = ["--limits-requests", "10", "--audit-mode", "best_effort"];
        let server = Server::start(folder.path(), &[&limits[..], &places].concat());
        let good = GoodCallers::begin(address(&server), 2);
        let slow = crawl(address(&server), part, 100, PATIENCE).expect("connections");
        let good = good.end();
        assert_eq!((slow.cut.len(), slow.left), (100, 0), "{part:?}");
        let early = slow.cut.iter().filter(|after| after.as_millis() < 1_900).count();
        assert_eq!(early, 0, "{slow:?}");
        let late = slow.cut.iter().filter(|after| after.as_secs() > 10).count();
        assert_eq!(late, 0, "{slow:?}");
        assert!(good.failed == 0 && good.answered() > 20, "{part:?}: {good}");
    }
}

/// Who asked once and then nothing more is idle no longer than a head may take.
#[test]
fn idle_connections_end() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-head-seconds", "1"]);
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address(&server)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(HEALTH.as_bytes()).expect("a request");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("an end");
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
}

/// F27, L35: more connections than the process may have files.
#[test]
fn a_crowd_that_takes_all_files_is_gone_when_it_is_gone() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--audit-mode", "off"]);
    let id = server.id();
    let limits = [format!("--pid={id}"), "--nofile=64".to_owned()];
    let limited = Command::new("prlimit").args(limits).status();
    assert!(limited.expect("prlimit").success());
    let crowd = Crowd::gather(address(&server), 150);
    assert!(crowd.count() > 64, "{}", crowd.count());
    server.wait_for("connections could not be taken");
    let before = cpu_time(id).expect("figures");
    thread::sleep(Duration::from_secs(1));
    let taken = cpu_time(id).expect("figures").saturating_sub(before);
    assert!(taken < Duration::from_millis(500), "{taken:?} of a processor in a second");
    drop(crowd);
    let begun = Instant::now();
    let answer = Caller::connect(address(&server)).and_then(|mut caller| caller.ask());
    assert_eq!(answer.expect("an answer").status, 200);
    // A second is the aim; a machine busy with other tests may take longer.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn connections_over_the_limit_are_closed_at_once() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-connections", "5"]);
    let crowd = Crowd::gather(address(&server), 5);
    assert!(Caller::connect(address(&server)).and_then(|mut caller| caller.ask()).is_err());
    server.wait_for("connections were closed: there are 5 already");
    drop(crowd);
    eventually("there is room again", || {
        Caller::connect(address(&server)).and_then(|mut caller| caller.ask()).is_ok()
    });
}

/// F28: floods of frames cost memory and others little.
#[test]
fn floods_of_frames_take_neither_the_memory_nor_the_time_of_others() {
    let all =
        [Frames::Reset, Frames::Continuation, Frames::EmptyData, Frames::Settings, Frames::Ping];
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--audit-mode", "off"]);
    for frames in all {
        let before = server.memory();
        let good = GoodCallers::begin(address(&server), 2);
        let flood = Flood::begin(address(&server), frames, 1);
        thread::sleep(Duration::from_secs(2));
        let growth = server.memory().saturating_sub(before);
        let (sent, _) = flood.end();
        let good = good.end();
        assert!(sent > 100, "{frames:?}: {sent}");
        assert!(growth < 64 * MEBIBYTE, "{frames:?}: {growth} bytes more");
        assert!(good.failed == 0 && good.answered() > 20, "{frames:?}: {good}");
        assert!(good.percentile(50) < Duration::from_millis(250), "{frames:?}: {good}");
    }
}

/// L31: two readings of where a request ends are none.
#[test]
fn requests_whose_end_is_in_doubt_are_refused_and_the_connection_ends() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let refused = [
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "Content-Length: 2, 3\r\n\r\n{} ",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n{}",
        "Content-Length: 2x\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Transfer-Encoding: gzip\r\n\r\n{}",
        "Transfer-Encoding: chunked, gzip\r\n\r\n{}",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length : 2\r\n\r\n{}",
    ];
    for framing in refused {
        let (reply, ended) = exchange(&server, &format!("{POST}{framing}{HEALTH}"));
        assert!(reply.starts_with("HTTP/1.1 400"), "{framing:?}: {reply:?}");
        assert!(ended && reply.matches("HTTP/1.1").count() == 1, "{framing:?}: {reply:?}");
    }
    // RFC 9112, section 6.1: the body is that of the encoding, and what follows it is not read.
    let both = [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ];
    for framing in both {
        let body = "2\r\n{}\r\n0\r\n\r\n";
        let (reply, ended) = exchange(&server, &format!("{POST}{framing}\r\n{body}{HEALTH}"));
        assert!(reply.starts_with("HTTP/1.1 422"), "{framing:?}: {reply:?}");
        assert!(ended && reply.matches("HTTP/1.1").count() == 1, "{framing:?}: {reply:?}");
    }
    // HTTP/1.0 knows no chunks.
    let (reply, ended) =
        exchange(&server, "POST /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert!(reply.starts_with("HTTP/1.") && reply.contains(" 400 ") && ended, "{reply:?}");
}

#[test]
fn heads_that_are_too_large_are_refused() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-head-bytes", "8192"]);
    let long = format!("GET /health HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(10_000));
    let many = format!("GET /health HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(101));
    for head in [long, many] {
        let (reply, ended) = exchange(&server, &head);
        assert!(reply.starts_with("HTTP/1.1 431") && ended, "{reply:?}");
    }
    let fits = format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(90));
    assert!(exchange(&server, &fits).0.starts_with("HTTP/1.1 200"));
    // Over HTTP/2, too.
    let header = format!("X: {}", "x".repeat(10_000));
    let reply = server.curl("/health", &["--http2-prior-knowledge", "-H", &header]);
    assert_eq!(reply.status, 431);
}

/// L32: an endless body is cut at the limit.
#[test]
fn an_endless_body_is_cut() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-body-bytes", "100000"]);
    let mut stream = TcpStream::connect(address(&server)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut reads = stream.try_clone().expect("the same connection");
    let reply = thread::spawn(move || {
        let mut reply = [0; 12];
        reads.read_exact(&mut reply).map(|()| reply)
    });
    stream
        .write_all(format!("{POST}Transfer-Encoding: chunked\r\n\r\n").as_bytes())
        .expect("a head");
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let mut sent = 0_u64;
    while stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 0x1000;
        assert!(sent < 1024 * MEBIBYTE, "it is read for ever");
    }
    assert_eq!(&reply.join().expect("a thread").expect("a reply"), b"HTTP/1.1 413");
}

/// F30: what was sent before the end is answered.
#[test]
fn an_end_under_load_loses_nothing() {
    for _ in 0..3 {
        let folder = folder(&[]);
        let server = Server::start(folder.path(), &[]);
        let address = address(&server);
        let outcome = round(address, 8, Duration::from_millis(300), || {
            server.signal("TERM");
            let status = server.end();
            status.success().then_some(()).ok_or(status)
        });
        let outcome = outcome.expect("exit code 0");
        assert_eq!(outcome.lost, 0, "{outcome:?}");
        assert!(outcome.answered > 0, "{outcome:?}");
        assert!(outcome.duration < Duration::from_secs(10), "{outcome:?}");
    }
}

/// F31: what is too much is refused early, and what was accepted goes on.
#[test]
fn overload_is_refused_early() {
    let folder = folder(&[]);
    // A permit whose record is late would become a deny.
    let patient = ["--audit-deadline-milliseconds", "60000"];
    let server =
        Server::start(folder.path(), &[&patient[..], &["--limits-requests", "2"]].concat());
    let outcome = overload(address(&server), 10, Duration::from_secs(2), None);
    assert_eq!(outcome.accepted.failed, 0, "{outcome:?}");
    assert!(outcome.accepted.answered() > 10, "{outcome:?}");
    assert!(outcome.refused.answered() > 10, "{outcome:?}");
    let refused = u64::try_from(outcome.refused.answered()).expect("a number");
    assert_eq!(server.metric(r#"pdp_refused_total{door="http",kind="overloaded"}"#), refused);
    // Nobody waits for these records, and they are there all the same.
    eventually("all are recorded", || server.metric("pdp_audit_in_flight") == 0);
    let records = records(&folder.path().join("state/audit.jsonl"));
    let count = |kind: &str| records.iter().filter(|record| record["kind"] == kind).count();
    assert_eq!(count("decision"), outcome.accepted.answered());
    let lost = server.metric("pdp_audit_lost_total");
    assert_eq!(u64::try_from(count("refused")).expect("a number") + lost, refused);
}

/// F29: what is evaluated has its record, whether or not somebody waits for the answer.
#[test]
fn calls_that_are_taken_back_leave_records_and_nothing_else() {
    let folder = folder(&[]);
    let patient = ["--audit-deadline-milliseconds", "60000"];
    let server =
        Server::start(folder.path(), &[&patient[..], &["--limits-requests", "100"]].concat());
    let calls = cancel(address(&server), 4, Duration::from_secs(2));
    assert_eq!(calls.failed, 0, "{calls:?}");
    assert!(calls.cancelled > 10, "{calls:?}");
    eventually("all are recorded", || server.metric("pdp_audit_in_flight") == 0);
    let records = records(&folder.path().join("state/audit.jsonl"));
    let decided = records.iter().filter(|record| record["kind"] == "decision").count();
    assert!(decided >= calls.answered, "{decided} of {calls:?}");
    assert_eq!(
        server.metric("pdp_audit_recorded_total"),
        u64::try_from(records.len()).expect("a number")
    );
    assert_eq!(server.metric("pdp_audit_lost_total"), 0);
    // No place is kept by a call that is gone.
    assert_eq!(
        overload(address(&server), 4, Duration::from_millis(200), None).refused.answered(),
        0
    );
}
