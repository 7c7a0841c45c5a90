//! The cases whose instructions are counted: single decisions by what decides them, loading, and a
//! change of a fact. `instructions.sh` at the root counts and compares.
//!
//! By itself this program counts nothing. It calls [`counted`], which is what callgrind looks for,
//! and prints a line for each call with the name of the case and how many times the call did what
//! is counted.

use std::fmt::Debug;
use std::hint::black_box;

use pdp_benches::{
    asked::Asked,
    conditions::{self, Kind},
    engine,
    hierarchies::{self, App, Hierarchies},
    hospital::{self, Hospital},
    rbac::Rbac,
    reference::{Ground, Reference},
    relations::{self, Question, Relations},
    rules::{self, RuleSet},
    seed::{Draw, Draws, Seed},
    varied,
    yaml::{self, PolicyText},
};
use pdp_core::{Engine, Policies, Request, Scratch, Statement};

/// How many requests of one kind are decided, so that the oddities of single ones even out.
const REQUESTS: usize = 128;

/// How many times policy sets are compiled that are small. Where a text is found in a table depends
/// on a seed that each table draws, so each set is counted by itself.
const SETS: usize = 3;

/// How many, where one leads to a thousand groups.
const WALKS: usize = 32;

/// How many groups there are beside the thousand.
const GROUPS: usize = 1_000;

fn main() {
    let seed = Seed::new(1_000);
    let texts = yaml::texts(&seed);
    single_decisions(&seed, &texts);
    conditions();
    many_rules();
    App::ALL.into_iter().for_each(hierarchy);
    relations();
    load(&texts);
    change(&seed, &texts);
}

/// *seed*: each ground by itself, and all requests.
fn single_decisions(seed: &Seed, texts: &[PolicyText]) {
    let (policies, reference) = (compiled(SETS, texts), Reference::new(seed));
    let draws = Draws::new(seed);
    let permits = |draw: &Draw<'_>| reference.permits(draw);
    for (name, ground) in [
        ("owner", Ground::Owner),
        ("role", Ground::Role),
        ("everyone", Ground::Everyone),
        ("blocked", Ground::Blocked),
        ("unknown id", Ground::Unknown),
        ("bypass", Ground::SystemAdmin),
    ] {
        let of_kind = draws.endless().filter(|draw| reference.ground(draw) == ground);
        let of_kind: Vec<Draw<'_>> = of_kind.take(REQUESTS).collect();
        decide(&format!("seed, {name}"), &policies, &of_kind, engine::request, permits);
    }
    let any: Vec<Draw<'_>> = draws.endless().take(REQUESTS).collect();
    decide("seed, any", &policies, &any, engine::request, permits);
    let varied = compiled(1, &varied::texts(seed));
    decide("varied, any", &varied, &any, engine::request, permits);
}

/// *conditions*: one rule with one condition of each kind, and all twenty rules.
fn conditions() {
    let draws = &conditions::draws()[..REQUESTS];
    let policies = |text| compiled(1, &[PolicyText { path: "rules.yaml".to_owned(), text }]);
    for kind in Kind::ALL {
        let name = format!("condition, {kind:?}").to_lowercase();
        let policies = policies(conditions::of_kind(0, kind));
        let permits = |draw: &conditions::Draw| conditions::holds(0, kind, draw);
        decide(&name, &policies, draws, engine::condition_request, permits);
    }
    let policies = policies(conditions::text());
    decide("conditions, all", &policies, draws, engine::condition_request, conditions::permits);
}

/// *rules*, *rbac*, *hospital*
fn many_rules() {
    let set = RuleSet::new(1_000);
    let reference = rules::Reference::new(&set);
    let permits = |asked: &Asked| reference.permits(asked);
    let policies = compiled(1, &set.texts());
    decide("rules, 1000", &policies, &set.hot()[..REQUESTS], Asked::request, permits);
    let rbac = Rbac::new();
    let permits = |asked: &Asked| rbac.permits(asked);
    let policies = compiled(SETS, &rbac.texts());
    decide("rbac", &policies, &rbac.hot()[..REQUESTS], Asked::request, permits);
    let hospital = Hospital::new();
    let policies = compiled(1, &hospital.texts());
    let requests = &hospital.hot()[..REQUESTS];
    decide("hospital", &policies, requests, Asked::request, hospital::permits);
}

/// *hierarchies*: the first one with 50 entities of every type, and all requests about it.
fn hierarchy(app: App) {
    let drawn = Hierarchies::new(app, 50);
    let hierarchy = &drawn.hierarchies[0];
    let policies = compiled(SETS, &hierarchies::texts(hierarchy));
    let draws = &drawn.draws[..drawn.draws.partition_point(|draw| draw.hierarchy == 0)];
    let permits = |draw: &hierarchies::Draw| hierarchies::permits(hierarchy, draw);
    decide(app.name(), &policies, draws, engine::hierarchy_request, permits);
}

/// *relations*: a thousand groups in each other, and folders in each other that are shared with
/// groups; ranges answer for both.
fn relations() {
    let relations = Relations::new(GROUPS);
    let permits = |question: &Question| relations.permits(question);
    let policies = compiled(SETS, &relations.texts());
    let nested = relations.questions(relations::Kind::Chain, WALKS);
    decide("relations, nested groups", &policies, &nested, Question::request, permits);
    let any = relations.questions(relations::Kind::Any, 65_536).into_iter();
    let by_folder = any.filter(|question| relations.permits_by_folder(question));
    let by_folder: Vec<Question> = by_folder.take(WALKS).collect();
    decide("relations, folders", &policies, &by_folder, Question::request, permits);
}

/// Counts decisions, when working memory has grown and the answers are those of the reference.
fn decide<R: Debug>(
    name: &str,
    compiled: &[Policies],
    requests: &[R],
    request: impl for<'q> Fn(&'q R) -> Request<'q>,
    permits: impl Fn(&R) -> bool,
) {
    for policies in compiled {
        engine::permitted(policies, requests, &request, &permits);
        let mut scratch = Scratch::new();
        let mut all = || {
            for one in requests {
                black_box(policies.evaluate(&request(one), &mut scratch));
            }
        };
        all();
        count(name, requests.len(), all);
    }
}

/// The same policies several times, each with seeds of its own.
fn compiled(times: usize, texts: &[PolicyText]) -> Vec<Policies> {
    (0..times).map(|_| engine::policies(texts)).collect()
}

fn load(texts: &[PolicyText]) {
    count("load 1000 documents", 1, || drop(black_box(engine::policies(texts))));
}

/// Members are added to the microDAOs of the files, one at a time.
fn change(seed: &Seed, texts: &[PolicyText]) {
    let engine = Engine::new(engine::policies(texts));
    let member = |index| engine::new_member(seed, index);
    let add = |statement| {
        engine.add(statement).expect("a fact of the vocabulary");
    };
    // The first one copies what the policies share with nobody afterwards.
    add(member(REQUESTS));
    let mut statements: Vec<Statement> = (0..REQUESTS).map(member).collect();
    count("change of a fact", statements.len(), || statements.drain(..).for_each(add));
}

/// Runs what does so many times what is counted.
fn count(name: &str, times: usize, mut case: impl FnMut()) {
    counted(&mut case);
    println!("{name}\t{times}");
}

/// Callgrind counts what happens in here: it must stay a function of this name.
#[inline(never)]
fn counted(case: &mut dyn FnMut()) {
    case();
}
