//! What fuzzers run: functions of bytes that panic where something is wrong.
//!
//! The targets in `fuzz/` hand them what a fuzzer makes up, the tests of this crate what proptest
//! does and seeds that were damaged.

use std::sync::LazyLock;

use pdp_core::document::Span;
use pdp_core::wire::{self, CHANGE_SET_BYTES_MAX, REQUEST_BYTES_MAX, RequestDocument};
use pdp_core::{
    Actor, ActorType, Change, ChangeError, ChangeSet, Effect, Engine, Layer, Map, Membership,
    Operation, Policies, PolicyErrors, Request, Resource, Scratch, SourceText, Statement, Text,
    Timestamp, Value, is_image,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::change::change_set as drawn_change_set;
pub use crate::checked::checked_expression;
pub use crate::expression::expression;
use crate::expression::seeds as expression_seeds;
use crate::question::question;
use crate::{Dice, Listing, Outcome, PolicySet, Scenario, Texts, Wish, smaller};

/// A function for fuzzers, and what they may begin with.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of the fuzz target.
    pub name: &'static str,
    /// Panics where something is wrong.
    pub run: fn(&[u8]),
    /// Good inputs, always the same.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "policy_text", run: policy_text, seeds: policy_seeds },
    Target { name: "request_json", run: request_json, seeds: request_seeds },
    Target { name: "change_set", run: change_set, seeds: change_set_seeds },
    Target { name: "image", run: image, seeds: image_seeds },
    Target { name: "expression", run: expression, seeds: expression_seeds },
    Target { name: "checked_expression", run: checked_expression, seeds: choice_seeds },
    Target { name: "engine_against_oracle", run: engine_against_oracle, seeds: choice_seeds },
];

/// The policies that requests are put to and change sets applied to.
const POLICY: &str = include_str!("harness.yaml");

static POLICIES: LazyLock<Policies> =
    LazyLock::new(|| load(POLICY).unwrap_or_else(|errors| panic!("{errors}")));

/// Their image.
static POLICY_IMAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sources = [SourceText { path: "policy.yaml", text: POLICY }];
    POLICIES.to_image(&sources).unwrap_or_else(|error| panic!("{error}"))
});

/// What stands before that of which the checksum is: magic, format and checksum.
const IMAGE_HEAD_BYTES: usize = 44;

/// How many facts of an image are changed.
const FACTS_MAX: usize = 8;

/// Requests about these policies.
const REQUESTS: [&str; 4] = [
    r#"{"actor": {"actor_id": "user:1", "actor_type": "human", "attributes": {"mail": "a@b"}},
        "action": "share", "resource": {"type": "folder", "id": "a", "attributes": {"place": "a@b"}},
        "context": {"since": "2027-01-01T00:00:00Z"}, "now": "2026-06-01T12:00:00.25+02:00"}"#,
    r#"{"actor": {"actor_id": "agent:x", "actor_type": "agent", "microdao_ids": ["team:1"],
        "memberships": [{"microdao_id": "team:1", "role": "keeper"}]},
        "action": "read", "resource": {"type": "folder", "id": "secret"},
        "context": {"device": "phone"}}"#,
    r#"{"actor": {"actor_id": "odd#", "actor_type": "service", "roles": ["auditor", "root"]},
        "action": "read", "resource": {"type": "folder", "id": "12x", "attributes": {"size": 1e3}}}"#,
    r#"{"actor": {"actor_id": "user:2", "actor_type": "human"}, "action": "manage",
        "resource": {"type": "team", "id": "team:1"}, "now": "2031-01-01T00:00:00Z"}"#,
];

/// How many policy sets seeds are drawn from.
const SETS: u64 = 24;

/// How many choices a seed holds.
const CHOICES: usize = 4_000;

/// How many words of a policy text requests are made of.
const WORDS_MAX: usize = 40;

/// How many attempts are made at a smaller disagreement.
const TRIES: usize = 3_000;

/// Compiles a policy text: what is refused is refused with a place in the text, what is accepted
/// is the same each time, and answers.
///
/// # Panics
///
/// If it is not so.
pub fn policy_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match (load(&text), load(&text)) {
        (Ok(policies), Ok(again)) => {
            let digests = (policies.version().digest, again.version().digest);
            assert_eq!(digests.0, digests.1, "one text has two digests");
            assert_eq!(policies.summary(), again.summary(), "one text is counted in two ways");
            assert_eq!(policies.warnings(), again.warnings(), "one text has two sets of warnings");
            for warning in policies.warnings() {
                assert_place(&text, warning.span, &warning.message);
                assert_line(&warning.message);
            }
            ask_in_words_of(&text, &policies, &again);
        }
        (Err(errors), Err(again)) => {
            assert_eq!(errors, again, "one text is refused in two ways");
            assert_ne!(errors.iter().len(), 0, "refused without a reason");
            for error in errors.iter() {
                assert_place(&text, error.span, &error.message);
                assert_line(&error.message);
                error.hint.as_deref().into_iter().for_each(assert_line);
            }
        }
        (Ok(_), Err(errors)) | (Err(errors), Ok(_)) => {
            panic!("one text is accepted one time and refused another: {errors}")
        }
    }
}

/// Reads a request: what is accepted and written is read as the same request, which is answered
/// alike.
///
/// # Panics
///
/// If it is not so.
pub fn request_json(bytes: &[u8]) {
    let document = match RequestDocument::parse(bytes) {
        Ok(document) => document,
        Err(error) => return assert_line(&error.to_string()),
    };
    let request = document.request();
    let written = json(&request);
    // Numbers may be written longer than they were read.
    if written.len() > REQUEST_BYTES_MAX {
        return;
    }
    let again = RequestDocument::parse(written.as_bytes())
        .unwrap_or_else(|error| panic!("what was written is refused: {error}\n{written}"));
    assert_eq!(again.request(), request, "read differently when written again:\n{written}");
    assert_eq!(json(&again.request()), written, "written differently when read again");
    let answer = answer(&POLICIES, &request, &mut Scratch::new());
    let second = self::answer(&POLICIES, &again.request(), &mut Scratch::new());
    assert_eq!(answer, second, "one request has two answers:\n{written}");
}

/// Reads and applies a change set: what is accepted and written is read as the same; it is applied
/// whole or not at all, and said again it changes nothing, nor does a reload.
///
/// # Panics
///
/// If it is not so.
pub fn change_set(bytes: &[u8]) {
    let change_set = match wire::parse_change_set(bytes) {
        Ok(change_set) => change_set,
        Err(error) => return assert_refusal(&error),
    };
    let written = json(&change_set);
    if written.len() <= CHANGE_SET_BYTES_MAX {
        let again = wire::parse_change_set(written.as_bytes())
            .unwrap_or_else(|error| panic!("what was written is refused: {error}\n{written}"));
        assert_eq!(again, change_set, "read differently when written again:\n{written}");
    }
    let engine = Engine::new(POLICIES.clone());
    let before = State::of(&engine);
    match engine.apply(&change_set) {
        Ok(applied) => {
            assert!(!applied.repeated, "a new engine knows the change set:\n{written}");
            let after = State::of(&engine);
            assert_eq!(applied.revision, after.revision, "another revision than was said");
            assert_eq!(after.revision, before.revision + 1, "not the next revision");
            assert_said_again(&engine, &change_set, &after);
        }
        Err(error) => {
            assert_refusal(&error);
            assert_eq!(State::of(&engine), before, "refused ({error}) and yet:\n{written}");
        }
    }
}

/// Reads an image whose checksum is made right: what is accepted is a policy set, the same each
/// time, that answers, lists and changes.
///
/// # Panics
///
/// If it is not so.
pub fn image(bytes: &[u8]) {
    let sealed = sealed(bytes);
    let (policies, again) = match (Policies::from_image(&sealed), Policies::from_image(&sealed)) {
        (Ok(policies), Ok(again)) => (policies, again),
        (Err(error), Err(again)) => {
            let (error, again) = (error.to_string(), again.to_string());
            return assert_eq!(error, again, "one image is refused in two ways");
        }
        _ => panic!("one image is accepted one time and refused another"),
    };
    assert_eq!(policies.summary(), again.summary(), "one image is counted in two ways");
    ask_in_words_of(&String::from_utf8_lossy(&sealed), &policies, &again);
    let engine = Engine::new(policies);
    let before = State::of(&engine);
    assert_eq!(before, State::of(&Engine::new(again)), "one image is listed in two ways");
    let facts: Vec<Statement> = engine.present().facts(Layer::Present).take(FACTS_MAX).collect();
    for fact in &facts {
        for operation in [Operation::Remove, Operation::Add, Operation::Replace] {
            let change = Change { operation, statement: said(operation, fact) };
            let id = json(&change);
            // An image may hold ids that only the sections of the DAARION services can state.
            let _ = engine.apply(&ChangeSet { id, changes: vec![change] });
        }
        State::of(&engine);
    }
    engine.settle();
    State::of(&engine);
}

/// An image with a checksum: the bytes are one whose own may be wrong, or what stands behind it.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut image = if is_image(bytes) && bytes.len() >= IMAGE_HEAD_BYTES {
        bytes.to_vec()
    } else {
        let head = POLICY_IMAGE[..IMAGE_HEAD_BYTES].iter();
        head.chain(bytes).copied().collect()
    };
    let checksum = Sha256::digest(&image[IMAGE_HEAD_BYTES..]);
    image[IMAGE_HEAD_BYTES - checksum.len()..IMAGE_HEAD_BYTES].copy_from_slice(&checksum);
    image
}

/// Lets the bytes choose a scenario and holds the engine against the oracle in it.
///
/// # Panics
///
/// If they disagree; the message is the disagreement, made smaller.
pub fn engine_against_oracle(bytes: &[u8]) {
    let scenario = Scenario::draw(&mut Dice::from_bytes(bytes));
    if let Outcome::Disagreed(disagreement) = scenario.run() {
        panic!("engine and oracle disagree\n{}", smaller(*disagreement, TRIES));
    }
}

fn load(text: &str) -> Result<Policies, PolicyErrors> {
    Policies::from_sources(&[SourceText { path: "policy.yaml", text }])
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| panic!("cannot be written: {error}"))
}

/// The decision, written; a permit names its rule.
fn answer(policies: &Policies, request: &Request<'_>, scratch: &mut Scratch) -> String {
    let decision = policies.evaluate(request, scratch);
    let sound = decision.effect == Effect::Deny || decision.rule.is_some();
    assert!(sound, "permitted by no rule: {request:?}");
    json(&decision)
}

fn assert_place(text: &str, span: Span, message: &str) {
    let (start, end) = (span.start as usize, span.end as usize);
    let within = start <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
    assert!(within, "{span:?} is no place in a text of {} bytes: {message}", text.len());
    // A line ends as YAML says: with a line feed, a carriage return, or both together.
    let mut before = text[..start].replace("\r\n", "\n").replace('\r', "\n");
    if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
        before.pop();
    }
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let said = (span.line as usize, span.column as usize);
    assert_eq!(said, (line, column), "byte {start} stands elsewhere: {message}");
}

/// Messages go to terminals and logs.
fn assert_line(message: &str) {
    let fault = message.chars().find(|letter| letter.is_control());
    assert_eq!(fault, None, "a message is one line of what shows: {message:?}");
}

fn assert_refusal(error: &ChangeError) {
    assert_line(&error.to_string());
}

/// Puts requests that are made of a text's words to the policies of the text, twice compiled.
fn ask_in_words_of(text: &str, policies: &Policies, again: &Policies) {
    let words = words(text);
    let texts: Vec<Text<'_>> = words.iter().map(|word| Text::Borrowed(*word)).collect();
    let memberships: Vec<Membership<'_>> = (texts.iter().zip(texts.iter().rev()))
        .map(|(tenant, role)| Membership { tenant: tenant.clone(), role: role.clone() })
        .collect();
    let mut values = Map::new();
    for (index, word) in words.iter().enumerate() {
        values.insert(*word, value(index, word));
    }
    let pairs = words.iter().flat_map(|first| words.iter().map(move |second| (*first, *second)));
    let declared = pairs.filter(|(resource_type, action)| policies.declares(resource_type, action));
    let mut scratch = Scratch::new();
    for (index, (resource_type, action)) in declared.take(6).enumerate() {
        for step in 0..4 {
            let pick = |of: usize| words[(index + step * of) % words.len()];
            let actor_type = [ActorType::Human, ActorType::Agent, ActorType::Service][step % 3];
            let mut request = Request::new(
                Actor::new(actor_type, pick(7)),
                action,
                Resource::new(resource_type, pick(11)),
            );
            if step > 0 {
                request.actor.roles = &texts[..texts.len().min(4 * step)];
                request.actor.tenants = &texts[texts.len() / (step + 1)..];
                request.actor.attributes = &values;
                request.resource.attributes = &values;
                request.context = &values;
                request.now = Timestamp::from_unix(1_800_000_000, 0).ok();
            }
            if step > 1 {
                request.actor.memberships = &memberships;
            }
            let answer = answer(policies, &request, &mut scratch);
            let second = self::answer(again, &request, &mut Scratch::new());
            assert_eq!(answer, second, "one request has two answers: {request:?}");
        }
    }
}

/// The first words of a text, each once; references also without their type.
fn words(text: &str) -> Vec<&str> {
    let between = |letter: char| letter.is_whitespace() || "{}[],'\"".contains(letter);
    let mut words = Vec::new();
    for word in text.split(between).map(|word| word.trim_end_matches(':')) {
        for word in [Some(word), word.split_once(':').map(|(_, local)| local)] {
            let word = word.filter(|word| !word.is_empty() && !words.contains(word));
            words.extend(word);
            if words.len() >= WORDS_MAX {
                return words;
            }
        }
    }
    words
}

fn value(index: usize, word: &str) -> Value<'_> {
    match index % 6 {
        0 => Value::Bool(true),
        1 => Value::Int(-1),
        2 => Value::String(word.into()),
        3 => Value::Double(0.5),
        4 => Value::List(vec![Value::String(word.into()), Value::Null]),
        _ => Value::Uint(u64::MAX),
    }
}

/// What can be seen of an engine.
#[derive(Debug, PartialEq, Eq)]
struct State {
    revision: u64,
    /// Facts and words.
    listing: Listing,
    /// What some requests are answered, revision apart.
    answers: Vec<String>,
}

impl State {
    fn of(engine: &Engine) -> Self {
        let policies = engine.present();
        let mut scratch = Scratch::new();
        let answers = REQUESTS.iter().map(|text| {
            let document = RequestDocument::parse(text.as_bytes()).expect("it was written so");
            crate::compare::of_decision(&policies.evaluate(&document.request(), &mut scratch))
        });
        let revision = policies.version().revision;
        State { revision, listing: Listing::of(&policies), answers: answers.collect() }
    }
}

/// A change set that was applied changes nothing when it is sent again, under another id, or when
/// the files are read anew.
fn assert_said_again(engine: &Engine, change_set: &ChangeSet, after: &State) {
    let written = json(change_set);
    let repeated = engine.apply(change_set);
    let is_repeated = repeated.as_ref().is_ok_and(|applied| applied.repeated);
    assert!(is_repeated, "sent again: {repeated:?}\n{written}");
    assert_eq!(State::of(engine), *after, "sent again, it changes something:\n{written}");
    let mut other = change_set.clone();
    other.id.push('!');
    let next = |state: State| State { revision: state.revision - 1, ..state };
    if let Err(error) = engine.apply(&other) {
        panic!("refused under another id: {error}\n{written}");
    }
    let said_again = next(State::of(engine));
    assert_eq!(said_again, *after, "under another id, it changes something:\n{written}");
    if let Err(error) = engine.reload(POLICIES.clone()) {
        panic!("the reload is refused: {error}\n{written}");
    }
    let reloaded = next(next(State::of(engine)));
    assert_eq!(reloaded, *after, "the reload changes something:\n{written}");
}

fn drawn() -> impl Iterator<Item = (Dice<'static>, PolicySet)> {
    (0..SETS).map(Dice::from_seed).map(|mut dice| {
        let set = PolicySet::draw(&mut dice, Wish::default());
        (dice, set)
    })
}

fn policy_seeds() -> Vec<Vec<u8>> {
    let files = drawn().flat_map(|(_, set)| set.files);
    let texts = std::iter::once(POLICY.to_owned()).chain(files.map(|file| file.tree.to_yaml()));
    texts.map(String::into_bytes).collect()
}

fn request_seeds() -> Vec<Vec<u8>> {
    let drawn = drawn().map(|(mut dice, set)| question(&mut dice, &set.vocabulary).to_json());
    let texts = REQUESTS.into_iter().map(str::to_owned).chain(drawn);
    texts.map(String::into_bytes).collect()
}

/// Each fact of the policies in each way, then change sets that do not fit them.
fn change_set_seeds() -> Vec<Vec<u8>> {
    let facts: Vec<Statement> = POLICIES.facts(Layer::Files).collect();
    let changes = facts.iter().flat_map(|fact| {
        Operation::ALL.map(|operation| Change { operation, statement: said(operation, fact) })
    });
    let fitting =
        changes.map(|change| json(&ChangeSet { id: "c".to_owned(), changes: vec![change] }));
    let drawn = drawn().map(|(mut dice, mut set)| {
        drawn_change_set(&mut dice, &set.vocabulary, "c", &mut set.facts).to_json()
    });
    let mut texts: Vec<Vec<u8>> = fitting.chain(drawn).map(String::into_bytes).collect();
    // In no particular order come the facts.
    texts.sort();
    texts
}

/// The image of the policies above; those of drawn sets, after a change set.
fn image_seeds() -> Vec<Vec<u8>> {
    let drawn = drawn().filter_map(|(mut dice, mut set)| {
        let texts = Texts::new(&set.files);
        let engine = Engine::new(texts.policies().ok()?);
        let change = drawn_change_set(&mut dice, &set.vocabulary, "c", &mut set.facts);
        // One that is refused changes nothing.
        let _ = engine.apply(&crate::compare::change_set(&change).ok()?);
        engine.present().to_image(&texts.sources()).ok()
    });
    std::iter::once(POLICY_IMAGE.clone()).chain(drawn).collect()
}

/// The statement, without what goes only with operations that state facts.
fn said(operation: Operation, fact: &Statement) -> Statement {
    let mut statement = fact.clone();
    match &mut statement {
        Statement::Relation { actors, .. }
            if matches!(operation, Operation::Remove | Operation::Forget) =>
        {
            actors.iter_mut().for_each(|actor| actor.until = None);
        }
        Statement::ResourceAttribute { value, .. } | Statement::ActorAttribute { value, .. }
            if operation != Operation::Add =>
        {
            *value = None;
        }
        _ => {}
    }
    statement
}

fn choice_seeds() -> Vec<Vec<u8>> {
    let choices = |seed| {
        let mut dice = Dice::from_seed(seed);
        (0..CHOICES).map(|_| u8::try_from(dice.below(256)).expect("below 256")).collect()
    };
    (0..SETS).map(choices).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(of: &Target, good: impl Fn(&[u8]) -> bool) -> f64 {
        let seeds = (of.seeds)();
        let count = seeds.iter().filter(|seed| good(seed)).count();
        f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(seeds.len()).unwrap())
    }

    #[test]
    fn seeds_are_good() {
        let [policies, requests, change_sets, images, expressions, _, _] = TARGETS else {
            panic!("seven targets")
        };
        let accepted = |text: &[u8]| load(std::str::from_utf8(text).unwrap()).is_ok();
        // Files of a set that has several do not stand alone.
        assert!(share(policies, accepted) > 0.2);
        assert!(share(requests, |text| RequestDocument::parse(text).is_ok()) > 0.9);
        let applied = |text: &[u8]| {
            let change_set = wire::parse_change_set(text).unwrap();
            Engine::new(POLICIES.clone()).apply(&change_set).is_ok()
        };
        // Attributes and existence are not replaced, and what is drawn fits other policies.
        assert!(share(change_sets, applied) > 0.6);
        assert!(share(images, |image| Policies::from_image(image).is_ok()) > 0.99);
        let parsed = |text: &[u8]| pdp_cel::parse(std::str::from_utf8(text).unwrap()).is_ok();
        assert!(share(expressions, parsed) > 0.99);
    }
}
