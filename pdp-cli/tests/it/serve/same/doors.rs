use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use pdp_core::wire::RequestDocument;
use pdp_grpc::v1;
use prost::bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpStream;

use super::engine::Answer;
use crate::serve::answers::EVALUATE;
use crate::serve::grpc::client::Client;
use crate::serve::grpc::messages::{request, shown};
use crate::serve::operation::CALLERS;
use crate::serve::server::{PATIENCE, Server};
use crate::support::{pdp, root};

/// What one door answered to each question; nothing where it cannot be asked.
pub type Said = Vec<Option<Answer>>;

/// All ways to ask about one policy set.
pub struct Doors {
    folder: PathBuf,
    policies: String,
    /// Change sets that were taken.
    changes: String,
    server: Server,
    grpc: Client,
    http: tokio::sync::Mutex<SendRequest<Full<Bytes>>>,
    /// The client of Rust, over both.
    clients: [(&'static str, pdp_client::Client); 2],
}

impl Doors {
    /// Of a policy set, with `folder` for what is kept.
    pub fn open(folder: &Path, policies: &Path) -> Self {
        let policies = policies.to_string_lossy().into_owned();
        let callers = folder.join("callers.toml");
        fs::write(&callers, CALLERS).expect("a file");
        let callers = callers.to_string_lossy();
        let given = ["--policies", &policies, "--callers", &callers];
        // Nobody waits here for a disk, or is denied since a busy machine wrote late.
        let patient = ["--audit-mode", "best_effort", "--audit-deadline-milliseconds", "60000"];
        let server = Server::start(folder, &[&given[..], &patient].concat());
        let grpc_address = server.grpc_address();
        let grpc = Client::to(&grpc_address);
        let http = grpc.runtime.block_on(async {
            let stream = TcpStream::connect(&server.address).await.expect("a connection");
            let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
            tokio::spawn(connection);
            tokio::sync::Mutex::new(sender)
        });
        let clients = [
            (
                "pdp-client over HTTP",
                pdp_client::Client::http(&format!("http://{}", server.address)),
            ),
            ("pdp-client over gRPC", pdp_client::Client::grpc(&format!("http://{grpc_address}"))),
        ];
        let clients = clients.map(|(name, client)| {
            let within = grpc.runtime.enter();
            let client = client.deadline(PATIENCE).build().expect("a client");
            drop(within);
            (name, client)
        });
        let (folder, changes) = (folder.to_owned(), String::new());
        Doors { folder, policies, changes, server, grpc, http, clients }
    }

    /// Applies a change set, if it is one that must be taken; else it must be refused.
    pub fn apply(&mut self, change_set: &str, taken: bool) {
        let (status, said) = self.post("/admin/facts", change_set);
        assert_eq!(status == 200, taken, "{status}: {said}, to {change_set}");
        if taken {
            self.changes.push_str(change_set);
            self.changes.push('\n');
        }
    }

    /// Asks everything everywhere. A batch holds only what can be read, since else it is refused
    /// whole.
    pub fn ask(&self, questions: &[String], wanted: &[Answer]) -> Vec<(&'static str, Said)> {
        let readable: Vec<bool> =
            wanted.iter().map(|answer| matches!(answer, Answer::Decision(_))).collect();
        let mut all = vec![
            ("pdp eval", self.by_command_line(questions)),
            ("HTTP", questions.iter().map(|question| Some(self.over_http(question))).collect()),
            ("HTTP, in a batch", self.by_http_batch(questions, &readable)),
            ("gRPC", self.over_grpc(questions, &readable)),
            ("gRPC, in a batch", self.by_grpc_batch(questions, &readable)),
        ];
        for (name, client) in &self.clients {
            all.push((name, self.by_client(client, questions, &readable)));
            all.push((name, self.by_client_batch(client, questions, &readable)));
        }
        if let Ok(python) = env::var("PDP_PYTHON") {
            all.push(("Python", self.by_python(&python, questions, &readable)));
        }
        all
    }

    /// By the package for Python, which the interpreter at this path has.
    fn by_python(&self, python: &str, questions: &[String], readable: &[bool]) -> Said {
        let changes = self.folder.join("changes.jsonl");
        fs::write(&changes, &self.changes).expect("a file");
        let mut asked = Command::new(python)
            .arg(root().join("pdp-py/tests/answers.py"))
            .arg(&self.policies)
            .arg(&changes)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("PDP_PYTHON is an interpreter");
        let lines: String = of(questions, readable).map(|question| one_line(question)).collect();
        let mut input = asked.stdin.take().expect("it is piped");
        let writer = thread::spawn(move || input.write_all(lines.as_bytes()));
        let printed = asked.wait_with_output().expect("an end");
        writer.join().expect("no panic").expect("all was read");
        assert!(printed.status.success(), "{}", printed.status);
        let printed = String::from_utf8(printed.stdout).expect("text");
        let decision = |line| Answer::Decision(serde_json::from_str(line).expect("JSON"));
        spread(printed.lines().map(decision).collect(), readable)
    }

    fn by_command_line(&self, questions: &[String]) -> Said {
        let changes = self.folder.join("changes.jsonl");
        fs::write(&changes, &self.changes).expect("a file");
        let changes = changes.to_string_lossy();
        let mut arguments =
            vec!["eval", "--policies", &self.policies, "--request", "-", "--format", "json"];
        if !self.changes.is_empty() {
            arguments.extend(["--changes", &*changes]);
        }
        let printed = pdp(&self.folder, &arguments, &questions.join("\n"));
        let lines = printed.output.lines();
        let answers = lines.map(|line| {
            let answer: Value = serde_json::from_str(line).expect("JSON");
            Some(match answer.get("error") {
                Some(error) => Answer::of_error(error),
                None => Answer::Decision(answer),
            })
        });
        answers.collect()
    }

    fn over_http(&self, question: &str) -> Answer {
        let (status, answer) = self.post(EVALUATE, question);
        match status {
            200 => Answer::of_door(answer),
            _ => Answer::of_error(&answer),
        }
    }

    fn by_http_batch(&self, questions: &[String], readable: &[bool]) -> Said {
        let batch = of(questions, readable).map(String::as_str).collect::<Vec<_>>().join(",");
        let batch = format!(r#"{{"requests": [{batch}]}}"#);
        let (status, mut answer) = self.post("/internal/pdp/evaluate/batch", &batch);
        assert_eq!(status, 200, "{answer}");
        let decisions = answer["decisions"].as_array_mut().expect("a list");
        spread(decisions.drain(..).map(Answer::of_door).collect(), readable)
    }

    fn over_grpc(&self, questions: &[String], readable: &[bool]) -> Said {
        let answers = of(questions, readable).map(|question| {
            let answer = self.grpc.evaluate(request(&value(question))).expect("a decision");
            Answer::Decision(shown(&answer))
        });
        spread(answers.collect(), readable)
    }

    fn by_grpc_batch(&self, questions: &[String], readable: &[bool]) -> Said {
        let requests = of(questions, readable).map(|question| request(&value(question))).collect();
        let batch = v1::EvaluateBatchRequest { requests };
        let answer = self.grpc.call::<_, v1::EvaluateBatchResponse>("EvaluateBatch", batch, &[]);
        let decisions = answer.expect("decisions").into_inner().decisions;
        let answers = decisions.iter().map(|answer| Answer::Decision(shown(answer)));
        spread(answers.collect(), readable)
    }

    fn by_client(
        &self,
        client: &pdp_client::Client,
        questions: &[String],
        readable: &[bool],
    ) -> Said {
        let answers = of(questions, readable).map(|question| {
            let document = RequestDocument::parse(question.as_bytes()).expect("a request");
            let request = document.request();
            let asked = client.ask(&request);
            answered(&self.grpc.runtime.block_on(asked).expect("an answer"))
        });
        spread(answers.collect(), readable)
    }

    fn by_client_batch(
        &self,
        client: &pdp_client::Client,
        questions: &[String],
        readable: &[bool],
    ) -> Said {
        let documents = of(questions, readable)
            .map(|question| RequestDocument::parse(question.as_bytes()).expect("a request"));
        let documents: Vec<RequestDocument<'_>> = documents.collect();
        let requests: Vec<_> = documents.iter().map(RequestDocument::request).collect();
        let answers = self.grpc.runtime.block_on(client.ask_batch(&requests)).expect("answers");
        spread(answers.iter().map(answered).collect(), readable)
    }

    /// Status and body of what a path answers.
    fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let request = Request::post(path).header("host", &self.server.address);
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request");
        self.grpc.runtime.block_on(async {
            let response = self.http.lock().await.send_request(request).await.expect("a response");
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.expect("a body").to_bytes();
            (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
        })
    }
}

fn one_line(question: &str) -> String {
    format!("{}\n", question.replace('\n', " "))
}

fn answered(answer: &pdp_client::Answer) -> Answer {
    assert_eq!((answer.decision_id.len(), answer.dropped.len()), (36, 0));
    Answer::Decision(serde_json::to_value(&answer.decision).expect("JSON"))
}

fn value(question: &str) -> Value {
    serde_json::from_str(question).expect("JSON")
}

fn of<'q>(questions: &'q [String], readable: &[bool]) -> impl Iterator<Item = &'q String> {
    questions.iter().zip(readable).filter(|(_, readable)| **readable).map(|(question, _)| question)
}

/// The answers, each in the place of its question.
fn spread(answers: Vec<Answer>, readable: &[bool]) -> Said {
    let mut answers = answers.into_iter();
    let said = readable.iter().map(|&asked| asked.then(|| answers.next().expect("an answer")));
    said.collect()
}
