//! A Rust program links the engine and decides: no server, no runtime, no allocation per decision.

use pdp_core::{Actor, ActorType, Request, Resource, Scratch};

fn main() -> anyhow::Result<()> {
    let policies = pdp_source::load(["policies/daarion"])?;
    let mut scratch = Scratch::new();
    for id in ["user:1", "user:999"] {
        let actor = Actor::new(ActorType::Human, id);
        let microdao = Resource::new("microdao", "microdao:daarion");
        let decision = policies.evaluate(&Request::new(actor, "manage", microdao), &mut scratch);
        println!("{id}: {} because {}", decision.effect.as_str(), decision.reason);
    }
    Ok(())
}
