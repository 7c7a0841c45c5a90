//! `engines`: our engine, the floor and the peers on the same generated requests, in one run.

mod casbin;
mod cedar;
mod cell;
mod figure;
mod goals;
mod rego;
mod report;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cell::{Cell, Task};
use clap::Parser;
use figure::{Figure, What};
use pdp_benches::allocations::CountingAllocator;
use pdp_benches::conditions;
use pdp_benches::contender::{Contender, compare, loaded};
use pdp_benches::floor::SeedFloor;
use pdp_benches::hierarchies::{self, App, Hierarchies};
use pdp_benches::ours;
use pdp_benches::reference::Reference;
use pdp_benches::seed::{Draw, Draws, Seed};
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[derive(Parser)]
#[command(about = "Our engine, the floor and the peers on the same requests")]
struct Arguments {
    /// How many documents the workload *seed* has.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 1_000, 10_000])]
    sizes: Vec<usize>,
    /// How often each engine is measured, all in turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measures what answers in time that grows with the number of documents beyond 1 000, too.
    #[arg(long)]
    slow: bool,
    /// What was measured; a run goes on where one of the same commit ended.
    #[arg(long, default_value = "target/engines.json")]
    results: PathBuf,
}

/// All that was measured at one commit on one machine.
#[derive(Default, Serialize, Deserialize)]
struct Results {
    head: Head,
    cells: Vec<Cell>,
    figures: Vec<Figure>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Head {
    commit: String,
    machine: String,
    cores: usize,
    toolchain: String,
    rounds: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let head = Head::now(arguments.rounds)?;
    let mut results = Results::read(&arguments.results, &head);
    for &size in &arguments.sizes {
        seed(&arguments, size, &mut results)?;
    }
    for app in App::ALL {
        for size in hierarchies::SIZES {
            app_of(&arguments, app, size, &mut results)?;
        }
    }
    rules_over_context(&arguments, &mut results)?;
    println!("{}", report::table(&results.cells));
    println!("{}", report::figures(&results.figures));
    let Results { cells, figures, .. } = &results;
    println!("{}", goals::table(goals::Measured { cells, figures }));
    Ok(())
}

/// So many documents every peer can hold in the memory there is.
const PEERS_MAX: usize = 100_000;

/// So many documents can be kept as a policy set each.
const SLICED_MAX: usize = 10_000;

/// With so many documents two threads are measured.
const THREADS_AT: usize = 1_000;

/// The workload *seed*. The peers are asked the hot requests, the floor all.
fn seed(arguments: &Arguments, size: usize, results: &mut Results) -> Result<()> {
    let task =
        |requests: &str| Task { workload: "seed".to_owned(), size, requests: requests.to_owned() };
    if ["hot", "distinct", "uniform"].iter().all(|set| results.has(&task(set))) {
        return Ok(());
    }
    let seed = Seed::new(size);
    let (policies, load) = ours::seed_policies(&seed);
    let (floor, floor_load) = loaded(|| SeedFloor::new(&seed));
    let (reference, draws) = (Reference::new(&seed), Draws::new(&seed));
    results.figure(What::First, size, figure::first(&policies, &draws.distinct()));
    let [singly, batched] = figure::batches(&policies, &draws.distinct());
    results.figure(What::Singly, size, singly);
    results.figure(What::Batched, size, batched);
    if size == THREADS_AT {
        let [deciding, reckoning] = figure::two_threads(&policies, &draws.distinct());
        results.figure(What::TwoThreads, size, deciding);
        results.figure(What::TwoThreadsReckoning, size, reckoning);
    }
    if size <= PEERS_MAX {
        let (policies, groupings) = casbin::rows(&seed);
        let rows = policies.len() + groupings.len();
        let policies = cedar::policies_per_rule(&seed);
        eprintln!("seed, {size}: {policies} Cedar policies, {rows} Casbin rows");
    }
    for (set, draws) in
        [("hot", draws.hot()), ("distinct", draws.distinct()), ("uniform", draws.uniform())]
    {
        let task = task(set);
        if results.has(&task) {
            continue;
        }
        let wanted: Vec<bool> = draws.iter().map(|draw| reference.permits(draw)).collect();
        let mut contenders = vec![ours::seed(&policies, load, &draws)];
        contenders.push(ours::seed_handles(&policies, load, &draws));
        contenders.extend(ours::seed_floor(&floor, floor_load, &draws));
        if set == "hot" && size <= PEERS_MAX {
            contenders.extend(peers(arguments, &seed, &draws));
        }
        results.measure(arguments, &task, contenders, &wanted)?;
    }
    Ok(())
}

fn peers<'a>(arguments: &Arguments, seed: &Seed, draws: &[Draw<'_>]) -> Vec<Contender<'a>> {
    let documents =
        seed.microdaos.len() + seed.channels.len() + seed.tools.len() + seed.agents.len();
    let mut peers = vec![rego::seed(seed, draws)];
    if documents <= SLICED_MAX {
        peers.push(cedar::sliced(seed, draws));
    }
    peers.extend([cedar::generic(seed, draws), cedar::generic_per_call(seed, draws)]);
    if documents <= 1_000 || arguments.slow {
        peers.extend([cedar::per_rule(seed, draws), casbin::seed(seed, draws)]);
    }
    peers
}

/// One application of the workload *hierarchies*.
fn app_of(arguments: &Arguments, app: App, size: usize, results: &mut Results) -> Result<()> {
    let task = Task { workload: app.name().to_owned(), size, requests: "in a row".to_owned() };
    if results.has(&task) {
        return Ok(());
    }
    let drawn = Hierarchies::new(app, size);
    let (policies, load) = ours::hierarchy_policies(&drawn);
    let mut contenders = ours::hierarchies(&policies, load, &drawn);
    contenders.extend([cedar::hierarchies(&drawn), rego::hierarchies(&drawn)]);
    results.measure(arguments, &task, contenders, &drawn.wanted())
}

/// The workload *conditions*.
fn rules_over_context(arguments: &Arguments, results: &mut Results) -> Result<()> {
    let task = Task {
        workload: "conditions".to_owned(),
        size: conditions::RULES,
        requests: "hot".to_owned(),
    };
    if results.has(&task) {
        return Ok(());
    }
    let draws = conditions::draws();
    let wanted: Vec<bool> = draws.iter().map(conditions::permits).collect();
    let (policies, load) = ours::conditions_policies();
    let contenders = vec![
        ours::conditions(&policies, load, &draws),
        cedar::conditions(&draws),
        rego::conditions(&draws),
    ];
    results.measure(arguments, &task, contenders, &wanted)
}

impl Results {
    /// What was measured before at the same commit, on the same machine; else nothing.
    fn read(path: &PathBuf, head: &Head) -> Self {
        let known = fs::read_to_string(path).ok();
        let known = known.and_then(|text| serde_json::from_str::<Results>(&text).ok());
        let known = known.filter(|known| known.head == *head);
        known.unwrap_or_else(|| Results { head: head.clone(), ..Results::default() })
    }

    fn figure(&mut self, what: What, size: usize, value: f64) {
        self.figures.retain(|figure| (figure.what, figure.size) != (what, size));
        self.figures.push(Figure { what, size, value });
    }

    fn has(&self, task: &Task) -> bool {
        self.cells.iter().any(|cell| cell.task == *task)
    }

    /// Checks all engines, measures them in turn, and writes down what came of it.
    fn measure(
        &mut self,
        arguments: &Arguments,
        task: &Task,
        mut contenders: Vec<Contender<'_>>,
        wanted: &[bool],
    ) -> Result<()> {
        let compared = compare(&mut contenders, wanted, arguments.rounds)?;
        let permitted = wanted.iter().filter(|permitted| **permitted).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
        let permitted = 100.0 * permitted as f64 / wanted.len() as f64;
        self.cells.extend(compared.iter().map(|one| Cell::new(task, one, permitted)));
        if let Some(folder) = arguments.results.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&arguments.results, serde_json::to_string_pretty(self)?)
            .with_context(|| arguments.results.display().to_string())
    }
}

impl Head {
    fn now(rounds: usize) -> Result<Self> {
        let commit = said("git", &["describe", "--always", "--dirty"])?;
        let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = information.lines().find(|line| line.starts_with("model name"));
        let machine = model.and_then(|line| line.split_once(": ")).map(|(_, name)| name.to_owned());
        Ok(Head {
            commit,
            machine: machine.unwrap_or_default(),
            cores: std::thread::available_parallelism()?.get(),
            toolchain: said("rustc", &["--version"])?,
            rounds,
        })
    }
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().context(program.to_owned())?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
