//! Facts change while decisions go on: every change gives a new revision, and readers take one whole.

use pdp_core::wire::parse_change_set;
use pdp_core::{Actor, ActorType, ChangeSet, Engine, Request, Resource, Scratch, Statement};

fn main() -> anyhow::Result<()> {
    let engine = Engine::new(pdp_source::load(["policies/saas"])?);
    let plan = "document:globex/plan";
    report(&engine, "as the files say");

    engine.add(Statement::relation(plan, "viewer", "user:zoe".parse()?))?;
    report(&engine, "shared");

    // As it would come over a wire: all of it or nothing, and once, however often it is sent.
    let change_set = parse_change_set(
        br#"{"id": "unshare-1", "changes": [
            {"op": "replace", "resource": "document:globex/plan", "relation": "viewer", "actors": []}]}"#,
    )?;
    engine.apply(&change_set)?;
    assert!(engine.apply(&change_set)?.repeated);
    report(&engine, "shared with nobody");

    // An engine keeps nothing on disk. These are its words on every fact that it has spoken of; an
    // engine that begins anew takes them as one change set.
    let changes = engine.present().words().collect();
    let restarted = Engine::new(pdp_source::load(["policies/saas"])?);
    restarted.apply(&ChangeSet { id: "restart-1".to_owned(), changes })?;
    report(&restarted, "after a restart");
    Ok(())
}

fn report(engine: &Engine, when: &str) {
    let present = engine.present();
    let zoe = Actor::new(ActorType::Human, "user:zoe");
    let request = Request::new(zoe, "read", Resource::new("document", "globex/plan"));
    let decision = present.evaluate(&request, &mut Scratch::new());
    let revision = present.version().revision;
    println!(
        "revision {revision}, {when}: {} because {}",
        decision.effect.as_str(),
        decision.reason
    );
}
