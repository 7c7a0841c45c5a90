//! F32: a decision point that is killed while it is asked.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pdp_client::{BreakerSettings, Client};
use pdp_core::{AuditRecord, AuditSink, Effect, Recording};
use tokio::time::sleep;

use crate::doors::Plan;
use crate::support::{SLACK, board, both, on_board};

/// The deadline where nothing else is said.
const DEADLINE: Duration = Duration::from_millis(50);

const FOLDER: &str = "PDP_CLIENT_TEST_FOLDER";

/// Writes the id of each decision before it is answered.
struct Ids(File);

impl AuditSink for Ids {
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a> {
        Box::pin(async move {
            let id = record.passage.as_ref().map_or("", |passage| passage.decision_id);
            // One write each: no line is torn by a signal.
            (&self.0).write_all(format!("{id}\n").as_bytes()).expect("a file");
            Ok(())
        })
    }
}

/// The process that is killed: doors at sockets in a folder, until its parent has gone.
#[test]
#[ignore = "a part of the test below, which runs it in a process of its own"]
fn server() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let file = OpenOptions::new().create(true).append(true).open(folder.join("ids"));
    let path = |name: &str| format!("unix:{}", folder.join(name).display());
    let plan = Plan {
        http: path("http"),
        grpc: path("grpc"),
        sink: Some(Arc::new(Ids(file.expect("a file")))),
        ..Plan::local(board())
    };
    let _doors = runtime.block_on(plan.open());
    println!("open");
    let _ = std::io::stdin().read(&mut [0]);
}

/// Starts it, and waits until its doors are open.
fn start(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["killed::server", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.expect("text").contains("open")), "it does not open");
    child
}

/// What came of asking all the time.
#[derive(Default)]
struct Found {
    permits: Vec<String>,
    denies: usize,
    errors: usize,
}

/// Asks until it is told to stop, about one who may and one who may not.
async fn ask(client: Client, stop: Arc<AtomicBool>) -> Found {
    let mut found = Found::default();
    while !stop.load(Ordering::SeqCst) {
        for (user, effect) in [("user:1", Effect::Permit), ("user:666", Effect::Deny)] {
            let begun = Instant::now();
            let answer = client.ask(&on_board(user, "read")).await;
            assert!(begun.elapsed() < DEADLINE + SLACK, "{:?}: {answer:?}", begun.elapsed());
            match answer {
                Ok(answer) => {
                    assert_eq!(answer.decision.effect, effect, "{user}");
                    match effect {
                        Effect::Permit => found.permits.push(answer.decision_id),
                        Effect::Deny => found.denies += 1,
                    }
                }
                Err(_) => found.errors += 1,
            }
        }
        tokio::task::yield_now().await;
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_permits_nothing_that_it_did_not_decide() {
    kill(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn nor_if_it_is_killed_two_hundred_times() {
    kill(200).await;
}

/// Kills it so many times while it is asked.
async fn kill(rounds: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| format!("unix:{}", folder.path().join(name).display());
    let breaker = BreakerSettings { failures: 5, pause: Duration::from_millis(20) };
    let stop = Arc::new(AtomicBool::new(false));
    let mut asking = Vec::new();
    for (_, builder) in both(&path("http"), &path("grpc")) {
        let client = builder.breaker(breaker).build().expect("settings");
        asking.extend((0..2).map(|_| tokio::spawn(ask(client.clone(), Arc::clone(&stop)))));
    }
    for round in 0..rounds {
        let mut child = start(folder.path());
        // Until it is asked; then a little, and not always as long.
        let before = lines(folder.path());
        let begun = Instant::now();
        while lines(folder.path()) < before + 8 && begun.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(2)).await;
        }
        sleep(Duration::from_millis(round * 7 % 23)).await;
        child.kill().expect("it lives: SIGKILL");
        child.wait().expect("it ends");
        sleep(Duration::from_millis(30)).await;
    }
    stop.store(true, Ordering::SeqCst);
    let ids = std::fs::read_to_string(folder.path().join("ids")).expect("a file");
    let recorded: HashSet<&str> = ids.lines().collect();
    for (index, task) in asking.into_iter().enumerate() {
        let found = task.await.expect("no panic");
        let enough = found.permits.len() > 20 && found.denies > 20 && found.errors > 20;
        assert!(
            enough,
            "{index}: {} permits, {} denies, {} errors",
            found.permits.len(),
            found.denies,
            found.errors
        );
        let unique: HashSet<&str> = found.permits.iter().map(String::as_str).collect();
        assert_eq!(unique.len(), found.permits.len(), "one decision was answered twice");
        assert!(unique.is_subset(&recorded), "a permit that nobody decided");
    }
}

fn lines(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("ids")).unwrap_or_default().lines().count()
}
