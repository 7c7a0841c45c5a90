//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A policy decision point: may this actor do this action on this resource?
#[derive(Debug, Parser)]
#[command(
    name = "pdp",
    version,
    arg_required_else_help = true,
    after_help = "\
Exit codes:
  0  all is well; a request that is denied is well answered
  1  policies have mistakes, tests fail, a request or a change set was refused, a record or output could not be written
  2  the command line is wrong"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decide requests
    Eval(Eval),
    /// Check policies and say what is wrong with them
    Check(Check),
    /// List facts, those of files and those of run time
    Facts(Facts),
    /// Run the tests that stand beside policies
    Test(Test),
    /// Print the version
    Version,
}

/// Decides requests: one JSON request a line in, one decision a line out.
///
/// A line that is no request gives an error on its line, and exit code 1 at the end. A request that states no
/// `now` is decided at the present time.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp eval --policies policies/daarion --request examples/requests/seeds.jsonl
  echo '{\"actor\": {\"actor_id\": \"user:1\", \"actor_type\": \"human\"}, \"action\": \"read\",
         \"resource\": {\"type\": \"microdao\", \"id\": \"microdao:daarion\"}}' | tr -d '\\n' |
    pdp eval --policies policies/daarion --request - --format json
  pdp eval --policies a.yaml b.yaml --request requests.jsonl --audit decisions.jsonl
  pdp eval --policies policies/saas --changes changes.jsonl --request requests.jsonl")]
pub(crate) struct Eval {
    /// A folder, a file or several of them that make up the policy set
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// The requests, one JSON object a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// Apply these change sets to the facts first, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// Append a JSON record of each decision to this file, before the decision is printed
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// How to print decisions
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Checks a policy set: exit code 0 if it can be loaded, else 1 and every mistake with its place.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp check policies/daarion
  pdp check rules.yaml facts/ --format json")]
pub(crate) struct Check {
    /// A folder, a file or several of them that make up the policy set
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Lists facts, one JSON object a line, as change sets state them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp facts policies/daarion
  pdp facts policies/saas --changes changes.jsonl --layer difference")]
pub(crate) struct Facts {
    /// A folder, a file or several of them that make up the policy set
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// Apply these change sets first, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// Which facts to list
    #[arg(long, value_enum, default_value_t)]
    pub(crate) layer: FactsLayer,
}

/// Which facts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FactsLayer {
    /// Those that hold
    #[default]
    Present,
    /// Those that the files state
    Files,
    /// The last words of run time, as changes
    RunTime,
    /// Those words of run time that differ from what the files state
    Difference,
}

/// Runs every `*_test.yaml` in the folders given and below, each against the policy set of the folder it stands in.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp test policies
  pdp test policies/daarion/seeds_test.yaml --format json")]
pub(crate) struct Test {
    /// A folder with policies and tests, or one test file
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// For whom output is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For machines
    Json,
}
