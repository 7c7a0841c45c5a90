//! The command `pdp`.
//!
//! Exit codes: 0, all is well; 1, policies have mistakes, tests fail, a lock is out of date, a request or a change set was refused, a
//! file cannot be read, a record could not be stored, a server does not answer or output not be written; 2, the command line is wrong.

mod arguments;
mod cel;
mod changes;
mod check;
mod compile;
mod diagnostics;
mod eval;
mod facts;
mod graph;
mod json_lines;
mod lock;
mod output;
#[cfg(feature = "serve")]
mod serve;
mod slips;
mod test;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::read();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            if !is_closed_pipe(&error) {
                // Where this cannot be written either, the exit code says it.
                let _ = writeln!(std::io::stderr(), "pdp: {error:#}");
            }
            ExitCode::from(1)
        }
    }
}

/// Whether all is well.
fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.command {
        Command::Cel(cel) => cel::run(cel),
        Command::Eval(eval) => eval::run(eval),
        Command::Check(check) => check::run(check),
        Command::Compile(compile) => compile::run(compile),
        Command::Facts(facts) => facts::run(facts),
        Command::Graph(graph) => graph::run(graph),
        #[cfg(feature = "serve")]
        Command::Health(health) => serve::health::run(health),
        Command::Lock(lock) => lock::run(lock),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve::run(serve),
        Command::Test(test) => test::run(test),
        Command::Version => {
            writeln!(std::io::stdout(), "pdp {}", env!("CARGO_PKG_VERSION"))?;
            Ok(true)
        }
    }
}

/// Whoever reads our output may stop reading: `pdp … | head`. That needs no message.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
