//! Whichever way a request comes, it is decided the same: asked of the engine in this process, by
//! `pdp eval`, over HTTP and over gRPC, each one alone and all in a batch.
//!
//! As many random requests as `SAME_ANSWERS` says, from the scenario with the seed
//! `SAME_ANSWERS_FROM` on; a few, where they are not set. With `PDP_PYTHON`, an interpreter that has
//! the package `pdp`, they are asked there, too; `tests/python/package.sh` does that.

mod doors; // every way to ask
mod engine; // what the answer must be

use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use judge::Scenario;
use judge::scenario::Step;
use pdp_testing::TestFile;

use self::doors::Doors;
use self::engine::{Answer, Reference};
use crate::support::{folder, root};

/// How many requests are asked in a usual run.
const USUAL: usize = 1_600;

/// How many requests of a test file are asked at once; a door takes no more than a thousand.
const BATCH: usize = 500;

fn setting(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn random_requests_are_decided_the_same_everywhere() {
    let wanted = usize::try_from(setting("SAME_ANSWERS", USUAL as u64)).expect("a number");
    let seed = AtomicU64::new(setting("SAME_ANSWERS_FROM", 0));
    let asked = AtomicUsize::new(0);
    let kinds: [AtomicUsize; 4] = Default::default();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while asked.load(Ordering::Relaxed) < wanted {
                    let seed = seed.fetch_add(1, Ordering::Relaxed);
                    let answers = scenario(seed);
                    let before = asked.fetch_add(answers.len(), Ordering::Relaxed);
                    for answer in &answers {
                        kinds[answer.kind()].fetch_add(1, Ordering::Relaxed);
                    }
                    if before / 10_000 != (before + answers.len()) / 10_000 {
                        eprintln!("{} requests, up to the seed {seed}", before + answers.len());
                    }
                }
            });
        }
    });
    let [permits, denies, faults, refusals] = kinds.map(AtomicUsize::into_inner);
    eprintln!("{permits} permits, {denies} denies ({faults} more with errors), {refusals} refused");
    assert!(permits * 20 > wanted && denies * 20 > wanted && faults > 0, "they say little");
}

/// Asks everything of a scenario, after its change sets; nothing of one that no engine takes.
fn scenario(seed: u64) -> Vec<Answer> {
    let scenario = Scenario::from_seed(seed);
    let texts = judge::Texts::new(&scenario.files);
    let Ok(policies) = texts.policies() else { return Vec::new() };
    let files: Vec<(String, &str)> =
        texts.files.iter().map(|(path, text)| (format!("policies/{path}"), &**text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, *text)).collect();
    let folder = folder(&files);
    let reference = Reference::new(policies);
    let mut doors = Doors::open(folder.path(), Path::new("policies"));
    for step in &scenario.steps {
        if let Step::Change(tree) = step {
            doors.apply(&tree.to_json(), reference.apply(&tree.to_json()));
        }
    }
    let questions: Vec<String> = scenario.questions.iter().map(judge::Tree::to_json).collect();
    compare(&reference, &doors, &questions, &format!("seed {seed}"))
}

fn compare(reference: &Reference, doors: &Doors, questions: &[String], place: &str) -> Vec<Answer> {
    let wanted: Vec<Answer> = questions.iter().map(|question| reference.ask(question)).collect();
    for (door, answers) in doors.ask(questions, &wanted) {
        assert_eq!(answers.len(), wanted.len(), "{door}, {place}");
        for ((question, wanted), answer) in questions.iter().zip(&wanted).zip(answers) {
            if let Some(answer) = answer {
                assert_eq!(answer, *wanted, "{door}, {place}: {question}");
            }
        }
    }
    wanted
}

/// What a case expects is asked of the engine alone, by `pdp test`: here each has a time.
#[test]
fn every_case_file_is_decided_the_same_everywhere() {
    let mut cases = 0;
    let tests = pdp_source::read_tests(root().join("policies")).expect("the packs");
    for pack in tests.chunk_by(|one, next| one.folder == next.folder) {
        let policies = &pack[0].folder;
        let reference = Reference::new(pdp_source::load([policies]).expect("a pack"));
        let folder = folder(&[]);
        let doors = Doors::open(folder.path(), policies);
        for test in pack {
            let file = TestFile::parse(&test.text).expect("a test file");
            let all = file.cases.iter().map(|case| engine::json(&case.request()));
            let questions: Vec<String> = all.collect();
            for questions in questions.chunks(BATCH) {
                cases += compare(&reference, &doors, questions, &test.path).len();
            }
        }
    }
    eprintln!("{cases} cases");
    assert!(cases > 500, "{cases} cases");
}
