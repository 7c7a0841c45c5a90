//! cel-go, in a process of its own.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use pdp_cel::{Meter, Operand, Stored};
use pdp_testing::typed;
use serde_json::{Value as Json, json};

use crate::answer::Answer;

pub(crate) struct Go {
    program: PathBuf,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Go {
    pub(crate) fn start(program: &Path) -> io::Result<Self> {
        let mut child =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Go { program: program.to_owned(), child, input, output })
    }

    /// Asks; a process that died is started again, for the next question.
    pub(crate) fn answer(&mut self, text: &str, bindings: &BTreeMap<String, Stored>) -> Answer {
        match self.line(&question(text, bindings)) {
            Ok(line) => read(&line),
            Err(error) => {
                if let Ok(again) = Go::start(&self.program) {
                    *self = again;
                }
                Answer::Error(format!("the process died: {error}"))
            }
        }
    }

    fn line(&mut self, question: &str) -> io::Result<String> {
        writeln!(self.input, "{question}")?;
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }
}

impl Drop for Go {
    fn drop(&mut self) {
        // One that has ended already cannot be ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn question(text: &str, bindings: &BTreeMap<String, Stored>) -> String {
    let binding = |(name, value): (&String, &Stored)| {
        let value = typed::write(&Operand::stored(value), &mut Meter::default());
        (name.clone(), json!({ "value": value.unwrap_or(Json::Null) }))
    };
    let bindings: serde_json::Map<String, Json> = bindings.iter().map(binding).collect();
    json!({ "expr": text, "bindings": bindings }).to_string()
}

fn read(line: &str) -> Answer {
    let Ok(answer) = serde_json::from_str::<Json>(line) else {
        return Answer::Error(format!("unreadable: {line}"));
    };
    let is_set = |key: &str| answer.get(key).is_some_and(|value| value == true);
    match (answer.get("value"), answer.get("error")) {
        (Some(value), _) => match typed::read(value) {
            Ok(value) => Answer::Value(value),
            Err(message) => Answer::Error(format!("unreadable value: {message}")),
        },
        (None, Some(error)) if error == "an optional value" => Answer::Optional,
        (None, Some(error)) => {
            let mark = if is_set("parse") { "parse: " } else { "" };
            Answer::Error(format!("{mark}{}", error.as_str().unwrap_or_default()))
        }
        (None, None) => Answer::Error("no answer".to_owned()),
    }
}
