//! How long one change of a fact takes while another thread decides, and what facts occupy:
//! workload *seed*.

use std::time::{Duration, Instant};

use pdp_benches::allocations::{Allocations, CountingAllocator};
use pdp_benches::engine;
use pdp_benches::reader::beside_reader;
use pdp_benches::seed::{Draw, Draws, Seed};
use pdp_benches::yaml;
use pdp_core::{ActorForm, Change, ChangeSet, ChangedActor, Engine, Operation, Statement};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many changes of each kind are timed.
const CHANGES: usize = 20_000;

/// How many members the largest group has.
const HUB: usize = 100_000;

fn main() {
    // `cargo test` runs benchmarks, too; there is nothing to time then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for documents in [1_000, 100_000] {
        let seed = Seed::new(documents);
        let texts = yaml::texts(&seed);
        let before = Allocations::now();
        let policies = engine::policies(&texts);
        let bytes = Allocations::now().since(before).live_bytes;
        let facts = policies.summary().facts;
        let per_fact = bytes / i64::try_from(facts).expect("few facts").max(1);
        println!(
            "change/{documents}: {facts} facts of files in {} kB of heap with all else, {per_fact} bytes each",
            bytes / 1_000
        );
        drop(texts);
        change(documents, &Engine::new(policies), &Draws::new(&seed).distinct());
    }
}

/// Times each kind of change with a reader at work.
fn change(documents: usize, engine: &Engine, draws: &[Draw<'_>]) {
    let microdaos = documents * 30 / 100;
    let member = |index: usize| relation("microdao", index % microdaos, "members", exact(index));
    let kinds: [(&str, &dyn Fn(usize) -> Statement); 5] = [
        ("an exact actor that facts name", &|index| {
            relation("microdao", index % microdaos, "members", exact(index % 500))
        }),
        ("a new exact actor", &|index| member(1_000_000 + index)),
        ("a prefix", &|index| {
            let form = ActorForm::Prefix(format!("team-{}:", index % 50));
            relation("microdao", index % microdaos, "members", form)
        }),
        ("a set", &|index| {
            let form = ActorForm::Set(format!("microdao:{}#members", (index + 1) % microdaos));
            relation("microdao", index % microdaos, "members", form)
        }),
        ("a new resource", &|index| {
            relation("microdao", 2_000_000 + index, "members", exact(index % 500))
        }),
    ];
    for (kind, statement) in kinds {
        let statements: Vec<Statement> = (0..CHANGES).map(statement).collect();
        let added = beside_reader(engine, draws.iter().map(engine::request), || {
            timed(statements.iter(), |fact| {
                engine.add(fact).expect("a fact");
            })
        });
        print(documents, &format!("add {kind}"), added);
        let removed = beside_reader(engine, draws.iter().map(engine::request), || {
            timed(statements.iter(), |fact| {
                engine.remove(fact).expect("a fact");
            })
        });
        print(documents, &format!("remove {kind}"), removed);
        statements.iter().cloned().for_each(|fact| {
            engine.forget(fact).expect("a fact");
        });
        grown(documents, kind, engine, &statements);
    }
    hub(documents, engine, draws);
}

/// How much heap facts of run time occupy, with the words that state them. Without a reader: heap
/// is counted per thread, and a reader frees what the writer made.
fn grown(documents: usize, kind: &str, engine: &Engine, statements: &[Statement]) {
    let count = i64::try_from(statements.len()).expect("few changes");
    let copies = statements.to_owned();
    let before = Allocations::now();
    for fact in statements {
        engine.add(fact.clone()).expect("a fact");
    }
    let bytes = Allocations::now().since(before).live_bytes / count;
    println!("change/{documents}: {kind}: {bytes} bytes of heap each");
    copies.into_iter().for_each(|fact| {
        engine.forget(fact).expect("a fact");
    });
}

/// A resource that names very many sets: the largest record there is to copy.
fn hub(documents: usize, engine: &Engine, draws: &[Draw<'_>]) {
    let set = |index: usize| ActorForm::Set(format!("microdao:hub-{index}#members"));
    let actors = (0..HUB).map(|index| ChangedActor { form: set(index), until: None }).collect();
    let resource = "microdao:hub".to_owned();
    let all = Statement::Relation { resource, relation: "members".to_owned(), actors };
    let start = Instant::now();
    engine.replace(all).expect("a hub");
    println!("change/{documents}: replace all, {HUB} sets of one resource: {:?}", start.elapsed());
    let more = (HUB..HUB + 1_000).map(|index| Statement::Relation {
        resource: "microdao:hub".to_owned(),
        relation: "members".to_owned(),
        actors: vec![ChangedActor { form: set(index), until: None }],
    });
    let statements: Vec<Statement> = more.collect();
    let added = beside_reader(engine, draws.iter().map(engine::request), || {
        timed(statements.iter(), |fact| {
            engine.add(fact).expect("a fact");
        })
    });
    print(documents, &format!("add a set beside {HUB} others"), added);
    replace_many(documents, engine);
}

/// The members of very many resources replaced by one change set.
fn replace_many(documents: usize, engine: &Engine) {
    let count = documents * 30 / 100;
    let replace = |index| Change {
        operation: Operation::Replace,
        statement: relation("microdao", index, "members", exact(index % 500)),
    };
    let changes = (0..count).map(replace).collect();
    let set = ChangeSet { id: "many".into(), changes };
    let start = Instant::now();
    engine.apply(&set).expect("a change set");
    println!(
        "change/{documents}: replace members of {count} resources at once: {:?}",
        start.elapsed()
    );
}

fn relation(resource_type: &str, index: usize, relation: &str, form: ActorForm) -> Statement {
    Statement::Relation {
        resource: format!("{resource_type}:{index}"),
        relation: relation.to_owned(),
        actors: vec![ChangedActor { form, until: None }],
    }
}

fn exact(index: usize) -> ActorForm {
    ActorForm::Exact(format!("user:{index}"))
}

fn timed<'s>(
    statements: impl Iterator<Item = &'s Statement>,
    apply: impl Fn(Statement),
) -> Vec<Duration> {
    let time = |statement: &Statement| {
        let statement = statement.clone();
        let start = Instant::now();
        apply(statement);
        start.elapsed()
    };
    statements.map(time).collect()
}

fn print(documents: usize, kind: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "change/{documents}: {kind}: p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
        at(50),
        at(99),
        at(100),
    );
}
