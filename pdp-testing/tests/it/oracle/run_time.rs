use pdp_core::{ActorForm, Change, ChangeSet, ChangedActor, Operation, Statement, Value};
use pdp_testing::{Layer, Oracle};

use super::{decide, human, model, read};

const RUN_TIME: &str = "
version: 1
types:
  doc:
    actions: [read]
    relations: {parent: {to: doc}, viewer: [direct, parent.viewer], computed: {when: 'true'}}
    attributes: {size: double?}
rules:
  - {id: unknown, effect: deny, resource: {known: false}}
  - {id: view, effect: permit, actors: {relation: viewer}}
facts:
  doc:1: {viewer: [user:1, user:2, 'user:5*']}
";

fn change_set(id: &str, changes: Vec<(Operation, Statement)>) -> ChangeSet {
    let changes = changes.into_iter();
    let changes = changes.map(|(operation, statement)| Change { operation, statement }).collect();
    ChangeSet { id: id.to_owned(), changes }
}

fn viewers(resource: &str, ids: &[&str]) -> Statement {
    let actor = |id: &&str| ChangedActor { form: ActorForm::Exact((*id).to_owned()), until: None };
    Statement::Relation {
        resource: resource.to_owned(),
        relation: "viewer".to_owned(),
        actors: ids.iter().map(actor).collect(),
    }
}

#[test]
fn the_last_word_of_run_time_holds_over_the_files() {
    use Operation::{Add, Forget, Remove, Replace};
    let model = model(RUN_TIME);
    let mut oracle = Oracle::new(&model);
    let sees = |oracle: &Oracle<'_>, id| decide(oracle, &read(human(id), "doc", "1"));
    let (none, view) = ("deny no_matching_policy", "permit view");
    let mut number = 0;
    let mut apply = |oracle: &mut Oracle<'_>, operation, statement| {
        number += 1;
        oracle.apply(&change_set(&number.to_string(), vec![(operation, statement)]))
    };

    assert_eq!(apply(&mut oracle, Remove, viewers("doc:1", &["user:1", "user:5"])), Ok(()));
    assert_eq!(sees(&oracle, "user:1"), none);
    // Nothing is taken from a prefix.
    assert_eq!(sees(&oracle, "user:5"), view);
    assert_eq!(apply(&mut oracle, Forget, viewers("doc:1", &["user:1"])), Ok(()));
    assert_eq!(sees(&oracle, "user:1"), view);
    assert_eq!(apply(&mut oracle, Replace, viewers("doc:1", &["user:2", "user:3"])), Ok(()));
    for (id, expected) in [("user:1", none), ("user:2", view), ("user:3", view), ("user:5", none)] {
        assert_eq!(sees(&oracle, id), expected, "{id}");
    }
    assert_eq!(apply(&mut oracle, Replace, viewers("doc:1", &[])), Ok(()));
    // Every fact about it is gone.
    assert_eq!(sees(&oracle, "user:2"), "deny unknown");
    let existence = Statement::Existence { resource: "doc:1".to_owned() };
    assert_eq!(apply(&mut oracle, Add, existence), Ok(()));
    assert_eq!(sees(&oracle, "user:3"), none);
    let parent = Statement::Link {
        resource: "doc:1".to_owned(),
        link: "parent".to_owned(),
        targets: vec!["doc:2".to_owned()],
    };
    assert_eq!(apply(&mut oracle, Add, parent), Ok(()));
    assert_eq!(apply(&mut oracle, Add, viewers("doc:2", &["user:9"])), Ok(()));
    assert_eq!(sees(&oracle, "user:9"), view);
}

#[test]
fn a_change_set_is_applied_once_and_whole_or_refused() {
    use Operation::{Add, Remove, Replace};
    let model = model(RUN_TIME);
    let mut oracle = Oracle::new(&model);
    let before = oracle.facts(Layer::Both);
    let relation = |relation: &str| match viewers("doc:1", &["user:9"]) {
        Statement::Relation { resource, actors, .. } => {
            Statement::Relation { resource, relation: relation.to_owned(), actors }
        }
        other => other,
    };
    let size = |value| Statement::ResourceAttribute {
        resource: "doc:1".to_owned(),
        attribute: "size".to_owned(),
        value,
    };
    for change in [
        (Add, viewers("cat:1", &["user:1"])),
        (Add, relation("nothing")),
        (Add, relation("computed")),
        (Add, size(Some("big".into()))),
        (Remove, size(Some(Value::Int(1)))),
        (Replace, size(Some(Value::Int(1)))),
        (Remove, viewers("doc:1", &[])),
        (Add, viewers("doc:1", &["user:é"])),
    ] {
        let refused = change_set("a", vec![(Add, viewers("doc:1", &["user:9"])), change]);
        assert!(oracle.apply(&refused).is_err(), "{refused:?}");
        assert_eq!(oracle.facts(Layer::Both), before);
    }
    let first = change_set("a", vec![(Remove, viewers("doc:1", &["user:1"]))]);
    assert_eq!(oracle.apply(&first), Ok(()));
    let again = change_set("b", vec![(Add, viewers("doc:1", &["user:1"]))]);
    assert_eq!(oracle.apply(&again), Ok(()));
    // It was applied before, and is not applied again.
    assert_eq!(oracle.apply(&first), Ok(()));
    assert_eq!(oracle.facts(Layer::Both), before);
    let other = change_set("a", vec![(Remove, viewers("doc:1", &["user:2"]))]);
    assert!(oracle.apply(&other).is_err());
}

#[test]
fn a_reload_keeps_the_words_of_run_time_or_is_refused() {
    use Operation::{Add, Remove};
    let model_before = model(RUN_TIME);
    let mut oracle = Oracle::new(&model_before);
    let words = vec![
        (Remove, viewers("doc:1", &["user:7"])),
        (Add, viewers("doc:1", &["user:8"])),
        (Remove, viewers("doc:1", &["user:1"])),
    ];
    assert_eq!(oracle.apply(&change_set("a", words)), Ok(()));
    let later = RUN_TIME.replace("[user:1, user:2, 'user:5*']", "[user:1, user:7]");
    let without = RUN_TIME.replace("viewer", "seer");
    let (later, without) = (model(&later), model(&without));
    assert!(oracle.reload(&without).is_err());
    let fact = |actor| format!(r#"{{"actor":"{actor}","relation":"viewer","resource":"doc:1"}}"#);
    let facts = |oracle: &Oracle<'_>, layer| oracle.facts(layer).into_iter().collect::<Vec<_>>();
    assert_eq!(facts(&oracle, Layer::Both), ["user:2", "user:5*", "user:8"].map(fact));
    assert_eq!(oracle.reload(&later), Ok(()));
    assert_eq!(facts(&oracle, Layer::Files), ["user:1", "user:7"].map(fact));
    assert_eq!(facts(&oracle, Layer::RunTime), ["user:8"].map(fact));
    assert_eq!(facts(&oracle, Layer::Both), ["user:8"].map(fact));
    assert_eq!(decide(&oracle, &read(human("user:8"), "doc", "1")), "permit view");
}

#[test]
fn facts_are_listed_as_they_are_written() {
    let text = "
version: 1
types:
  team: {ids: prefixed, actions: [read], relations: {member: direct}}
  doc: {actions: [read], relations: {team: {to: team}, viewer: direct}, attributes: {size: double?}}
actor: {attributes: {since: timestamp?}}
resources: [doc:1]
facts:
  doc:2:
    team: team:7
    viewer: [team:7#member, {id: 'a#b', until: 2026-06-01T02:00:00+02:00}, {prefix: 'a*'}]
attributes:
  resources: {doc:2: {size: 3}}
  actors: {user:1: {since: 2026-01-01T00:00:00Z}}
";
    let model = model(text);
    let facts = Oracle::new(&model).facts(Layer::Both);
    let expected = [
        r#"{"actor":"team:7#member","relation":"viewer","resource":"doc:2"}"#,
        r#"{"actor":"user:1","attribute":"since","value":"2026-01-01T00:00:00Z"}"#,
        r#"{"actor":{"id":"a#b","until":"2026-06-01T00:00:00Z"},"relation":"viewer","resource":"doc:2"}"#,
        r#"{"actor":{"prefix":"a*"},"relation":"viewer","resource":"doc:2"}"#,
        r#"{"attribute":"size","resource":"doc:2","value":3.0}"#,
        r#"{"relation":"team","resource":"doc:2","target":"team:7"}"#,
        r#"{"resource":"doc:1"}"#,
    ];
    assert_eq!(facts.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
