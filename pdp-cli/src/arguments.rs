//! The command line.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

/// A policy decision point: may this actor do this action on this resource?
#[derive(Debug, Parser)]
#[command(
    name = "pdp",
    version,
    arg_required_else_help = true,
    after_help = "\
Exit codes:
  0  all is well; a request that is denied is well answered
  1  policies have mistakes, tests fail, a lock is out of date, a request or a change set was refused, a file cannot
     be read, a record or output could not be written, a server does not answer
  2  the command line is wrong"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Those of this process; where they are wrong, it ends here.
    pub(crate) fn read() -> Self {
        let arguments = Arguments::parse();
        if let Command::Eval(eval) = &arguments.command
            && eval.changes.as_deref().is_some_and(is_standard_input)
            && is_standard_input(&eval.request)
        {
            let message = "`--changes -` and `--request -` cannot both read standard input";
            Arguments::command().error(ErrorKind::ArgumentConflict, message).exit();
        }
        arguments
    }
}

/// Whether a path stands for standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Evaluate an expression
    ///
    /// CEL, as in the conditions of policies, but with names that stand for what `--set` says and no check of types
    /// beforehand.
    Cel(Cel),
    /// Decide requests
    ///
    /// One JSON request a line in, one decision a line out. A line that is no request gives an error on its line, and
    /// exit code 1 at the end. A request that states no `now` is decided at the present time.
    Eval(Eval),
    /// Check policies and say what is wrong with them
    ///
    /// Exit code 0 if the policy set can be loaded, else 1 and every mistake with its place.
    Check(Check),
    /// Compile policies and facts into an image
    ///
    /// An image is one file that `check`, `eval`, `facts` and `graph` take in the place of policies, and read in a
    /// fraction of the time. It holds the texts of the rules, all facts and, with `--changes`, what run time said. It is a policy
    /// set by itself: nothing stands beside it, and what is in it is checked as policies are.
    Compile(Compile),
    /// List facts, those of files and those of run time
    ///
    /// One JSON object a line, as change sets state them. Facts whose `until` is over are listed too: whether they
    /// hold depends on the time of a request, and a list has none.
    Facts(Facts),
    /// Draw types and relations, or who reaches a resource
    ///
    /// Without `--resource` the types of the set: their relations, what these are made of, and what rules permit or
    /// deny to who has them. With it the facts by which actors have relations on that resource; with `--actor` those by
    /// which this one has. What depends on a request (roles, conditions, times) is dashed. A picture is bounded; what
    /// it leaves out stands in it.
    Graph(Graph),
    /// Ask whether a server lives
    ///
    /// Exit code 0 if the HTTP door at ADDRESS answers, else 1. It asks in the clear: where the door speaks TLS, let it
    /// listen on a Unix socket, too, and ask that.
    #[cfg(feature = "serve")]
    Health(Health),
    /// Lock a folder of policies to what it holds
    ///
    /// Writes `policies.lock` into the folder: the SHA-256 of each policy file. From then on the folder is loaded only
    /// as long as it holds exactly these files. There is no lock over policies with mistakes: they are told as `check`
    /// tells them.
    Lock(Lock),
    /// Answer requests over HTTP
    ///
    /// Every setting can stand in a file, in the environment (`PDP_HTTP_LISTEN` for `--http-listen`) or among the flags;
    /// the later of these counts.
    #[cfg(feature = "serve")]
    Serve(crate::serve::Serve),
    /// Run the tests that stand beside policies
    ///
    /// Every `*_test.yaml` in the folders given and below, each against the policy set of the folder it stands in.
    Test(Test),
    /// Print the version
    Version,
}

/// Which expression is evaluated.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp cel '1 + 2'
  pdp cel 'roles.exists(r, r.startsWith(\"admin\"))' --set 'roles=[\"admin-eu\"]'
  pdp cel 'timestamp(at).getHours(\"Europe/Kyiv\") < 18' --set at=2026-11-26T09:30:00Z
  pdp cel --json < cases.jsonl")]
pub(crate) struct Cel {
    /// The expression
    #[arg(value_name = "EXPRESSION", required_unless_present = "json")]
    pub(crate) expression: Option<String>,
    /// What a name stands for: JSON, or else text
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "json")]
    pub(crate) set: Vec<String>,
    /// Refuse `??`, which is no operator of CEL
    #[arg(long)]
    pub(crate) strict: bool,
    /// Read cases from standard input, a JSON object a line, and write a value or an error for each
    #[arg(long, conflicts_with = "expression")]
    pub(crate) json: bool,
}

/// How requests are decided.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp eval --policies policies/daarion --request examples/requests/seeds.jsonl
  echo '{\"actor\": {\"actor_id\": \"user:1\", \"actor_type\": \"human\"}, \"action\": \"read\",
         \"resource\": {\"type\": \"microdao\", \"id\": \"microdao:daarion\"}}' | tr -d '\\n' |
    pdp eval --policies policies/daarion --request - --format json
  pdp eval --policies a.yaml b.yaml --request requests.jsonl --audit decisions.jsonl
  pdp eval --policies policies/saas --changes changes.jsonl --request requests.jsonl
  cat changes/*.json | pdp eval --policies policies/saas --changes - --request requests.jsonl")]
pub(crate) struct Eval {
    /// A folder, a file or several of them that make up the policy set, or a compiled image
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// The requests, one JSON object a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// Apply these change sets to the facts first: JSON objects, one after the other; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// Append a JSON record of each decision to this file, before the decision is printed
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// How to print decisions
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which policies are checked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp check policies/daarion
  pdp check rules.yaml facts/ --format json")]
pub(crate) struct Check {
    /// A folder, a file or several of them that make up the policy set, or a compiled image
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which policies are compiled, and where to.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp compile policies/daarion --output daarion.pdp
  pdp check daarion.pdp
  pdp eval --policies daarion.pdp --request examples/requests/seeds.jsonl
  pdp compile policies/saas --changes changes.jsonl > saas.pdp")]
pub(crate) struct Compile {
    /// A folder, a file or several of them that make up the policy set
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// Apply these change sets first: JSON objects, one after the other; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// The file to write, which is there as a whole or not at all; without it the image goes to standard output, which
    /// must not be a terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Of what facts are listed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp facts policies/daarion
  pdp facts policies/saas --changes changes.jsonl --layer difference")]
pub(crate) struct Facts {
    /// A folder, a file or several of them that make up the policy set, or a compiled image
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// Apply these change sets first: JSON objects, one after the other; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// Which facts to list
    #[arg(long, value_enum, default_value_t)]
    pub(crate) layer: FactsLayer,
}

/// Which facts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FactsLayer {
    /// Those of the files, as run time has changed them
    #[default]
    Present,
    /// Those that the files state
    Files,
    /// The last words of run time, as changes
    RunTime,
    /// Those words of run time that differ from what the files state
    Difference,
}

/// Of what a picture is drawn.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp graph policies/daarion
  pdp graph policies/daarion --format svg --output daarion.svg
  pdp graph policies/saas --resource document:acme/plan --actor user:11
  pdp graph policies/saas --changes changes.jsonl --resource tenant:acme")]
pub(crate) struct Graph {
    /// A folder, a file or several of them that make up the policy set, or a compiled image
    #[arg(value_name = "PATH", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// The resource that is reached, as policies name it
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) resource: Option<String>,
    /// The id of the actor who reaches it; without it, whoever does
    #[arg(long, value_name = "ID", requires = "resource")]
    pub(crate) actor: Option<String>,
    /// Apply these change sets first: JSON objects, one after the other; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// What the picture is written as
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: GraphFormat,
    /// The file to write, which is there as a whole or not at all; without it the picture goes to standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A flowchart of Mermaid
    #[default]
    Mermaid,
    /// SVG
    Svg,
}

/// Which server is asked.
#[cfg(feature = "serve")]
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp health
  pdp health 127.0.0.1:7012
  pdp health unix:/run/pdp/http.sock")]
pub(crate) struct Health {
    /// An IP address with a port, or `unix:PATH`; without it, where `pdp serve` would listen by `PDP_CONFIG` and the rest
    /// of the environment: on a Unix socket, if there is one
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
}

/// Which folder is locked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  pdp lock policies/daarion
  pdp lock --check policies/daarion
  (cd policies/daarion && sha256sum --check policies.lock)")]
pub(crate) struct Lock {
    /// The folder with the policy set
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Write nothing; exit code 1 if the folder has no lock or another one
    #[arg(long)]
    pub(crate) check: bool,
}

/// Which tests are run.
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
