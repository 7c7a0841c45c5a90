//! Our own side of a comparison: the engine and the floor.

use std::collections::HashMap;
use std::rc::Rc;

use pdp_core::{
    ActorRef, Decision, Effect, Policies, Request, ResolvedRequest, ResourceRef, Scratch,
    SourceText,
};

use crate::{
    conditions,
    contender::{Contender, Load, loaded},
    engine,
    floor::{HierarchyFloor, HierarchyRequest, SeedFloor, SeedRequest},
    hierarchies::{self, Hierarchies},
    seed::{Draw, Seed},
    yaml,
};

#[expect(clippy::needless_pass_by_value, reason = "contenders give their answers away")]
fn permits(decision: Decision<'_>) -> bool {
    decision.effect == Effect::Permit
}

/// Policies of the workload *seed*, from text in memory.
pub fn seed_policies(seed: &Seed) -> (Policies, Load) {
    let texts = yaml::texts(seed);
    loaded(|| engine::policies(&texts))
}

/// The engine: borrowed text in every call, the whole decision out.
pub fn seed<'a>(policies: &'a Policies, load: Load, draws: &'a [Draw<'a>]) -> Contender<'a> {
    let mut scratch = Scratch::new();
    let requests: Vec<&Draw<'_>> = draws.iter().collect();
    let call = move |draw: &&'a Draw<'a>| policies.evaluate(&engine::request(draw), &mut scratch);
    Contender::new("engine", load, requests, call, permits)
}

/// The engine with actors and resources that the host looked up before.
///
/// # Panics
///
/// If a lookup is of another revision than the policies: there is nothing to measure then.
pub fn seed_handles<'a>(
    policies: &'a Policies,
    load: Load,
    draws: &'a [Draw<'a>],
) -> Contender<'a> {
    let mut scratch = Scratch::new();
    // A host keeps each actor and each resource once.
    let (mut actors, mut resources) = (HashMap::new(), HashMap::new());
    let resolved = |draw: &'a Draw<'a>| {
        let Request { actor, resource, .. } = engine::request(draw);
        let key = (actor.id, actor.roles.as_ptr(), actor.actor_type);
        let actor = actors.entry(key).or_insert_with(|| Rc::new(policies.resolve_actor(&actor)));
        let key = (resource.resource_type, resource.id);
        let resource =
            resources.entry(key).or_insert_with(|| Rc::new(policies.resolve_resource(&resource)));
        (Rc::clone(actor), Rc::clone(resource), draw)
    };
    let requests: Vec<_> = draws.iter().map(resolved).collect();
    let call = move |(actor, resource, draw): &(Rc<ActorRef>, Rc<ResourceRef>, &'a Draw<'a>)| {
        let Request { action, context, .. } = engine::request(draw);
        let request = ResolvedRequest { context, ..ResolvedRequest::new(actor, action, resource) };
        let decision = policies.evaluate_resolved(&request, &mut scratch);
        decision.expect("it was looked up in these policies")
    };
    Contender::new("engine, handles", load, requests, call, permits)
}

/// The floor in its three variants.
pub fn seed_floor<'a>(
    floor: &'a SeedFloor,
    load: Load,
    draws: &'a [Draw<'a>],
) -> Vec<Contender<'a>> {
    let requests: Vec<SeedRequest<'a>> = draws.iter().map(SeedRequest::new).collect();
    let handles: Vec<_> = requests.iter().map(|request| floor.handles(request)).collect();
    let other = requests.clone();
    let with = |request: &SeedRequest<'a>| floor.permits::<true>(request);
    let without = |request: &SeedRequest<'a>| floor.permits::<false>(request);
    vec![
        Contender::new("floor", load, requests, with, |permits| permits),
        Contender::new("floor, no prefetch", load, other, without, |permits| permits),
        Contender::new(
            "floor, handles",
            load,
            handles,
            |request| floor.permits_handles(request),
            |permits| permits,
        ),
    ]
}

/// Policies of the workload *hierarchies*, a set for each hierarchy, from texts in memory.
pub fn hierarchy_policies(drawn: &Hierarchies) -> (Vec<Policies>, Load) {
    let texts: Vec<_> = drawn.hierarchies.iter().map(hierarchies::texts).collect();
    loaded(|| texts.iter().map(|texts| engine::policies(texts)).collect())
}

/// The engine and the floor on the workload *hierarchies*.
pub fn hierarchies<'a>(
    policies: &'a [Policies],
    load: Load,
    drawn: &'a Hierarchies,
) -> Vec<Contender<'a>> {
    let mut scratch = Scratch::new();
    let call = move |draw: &&'a hierarchies::Draw| {
        policies[draw.hierarchy].evaluate(&engine::hierarchy_request(draw), &mut scratch)
    };
    let engine = Contender::new("engine", load, drawn.draws.iter().collect(), call, permits);
    let (floors, load) = loaded(|| {
        drawn.hierarchies.iter().map(HierarchyFloor::new).collect::<Vec<HierarchyFloor>>()
    });
    let requests = drawn.draws.iter().map(|draw| HierarchyRequest::new(drawn.app, draw));
    let call = move |request: &HierarchyRequest<'a>| floors[request.hierarchy].permits(request);
    let floor = Contender::new("floor", load, requests.collect(), call, |permits| permits);
    vec![engine, floor]
}

/// Policies of the workload *conditions*.
///
/// # Panics
///
/// If the engine does not accept them: there is nothing to measure then.
pub fn conditions_policies() -> (Policies, Load) {
    let text = conditions::text();
    loaded(|| {
        let source = SourceText { path: "conditions.yaml", text: &text };
        Policies::from_sources(&[source]).expect("the workload is a valid policy set")
    })
}

/// The engine on the workload *conditions*.
pub fn conditions<'a>(
    policies: &'a Policies,
    load: Load,
    draws: &'a [conditions::Draw],
) -> Contender<'a> {
    let mut scratch = Scratch::new();
    let requests = draws.iter().map(engine::condition_request).collect();
    let call = move |request: &Request<'a>| policies.evaluate(request, &mut scratch);
    Contender::new("engine", load, requests, call, permits)
}
