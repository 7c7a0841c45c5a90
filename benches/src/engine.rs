//! The engine's side of a workload: its policies, its requests, and whether it agrees with the
//! reference.

use std::fmt::Debug;

use pdp_core::{
    Actor, ActorType, Effect, Policies, Request, Resource, Scratch, SourceText, Statement,
};

use crate::{
    conditions, hierarchies,
    seed::{ActorKind, Draw, Seed},
    yaml::PolicyText,
};

/// Borrows `texts` in the form in which the engine takes them.
pub fn sources(texts: &[PolicyText]) -> Vec<SourceText<'_>> {
    texts.iter().map(|file| SourceText { path: &file.path, text: &file.text }).collect()
}

/// Compiles `texts`.
///
/// # Panics
///
/// If the engine does not accept them: there is nothing to measure then.
pub fn policies(texts: &[PolicyText]) -> Policies {
    match Policies::from_sources(&sources(texts)) {
        Ok(policies) => policies,
        Err(errors) => panic!("the workload is no valid policy set: {errors}"),
    }
}

/// The image of the policies of `texts`.
///
/// # Panics
///
/// If the engine does not accept them.
pub fn image(texts: &[PolicyText]) -> Vec<u8> {
    match policies(texts).to_image(&sources(texts)) {
        Ok(image) => image,
        Err(error) => panic!("the workload has no image: {error}"),
    }
}

/// Reads an image.
///
/// # Panics
///
/// If it is none.
pub fn read(image: &[u8]) -> Policies {
    match Policies::from_image(image) {
        Ok(policies) => policies,
        Err(error) => panic!("the image of the workload cannot be read: {error}"),
    }
}

/// Borrows `draw` as a request; allocates nothing, so it belongs into the measured loop.
pub fn request<'a>(draw: &'a Draw<'_>) -> Request<'a> {
    let actor_type = match draw.actor_kind {
        ActorKind::User => ActorType::Human,
        ActorKind::Agent => ActorType::Agent,
        ActorKind::Service => ActorType::Service,
    };
    let actor = Actor {
        roles: draw.roles,
        tenants: draw.tenants,
        ..Actor::new(actor_type, &draw.actor_id)
    };
    Request::new(actor, draw.action, Resource::new(draw.resource_type, &draw.resource_id))
}

/// Borrows a request about a hierarchy; allocates nothing, like [`request`].
pub fn hierarchy_request(draw: &hierarchies::Draw) -> Request<'_> {
    let actor = Actor::new(ActorType::Human, &draw.actor_name);
    Request::new(actor, draw.action, Resource::new(draw.resource_type, draw.resource_id()))
}

/// Borrows a request over conditions; allocates nothing, like [`request`].
pub fn condition_request(draw: &conditions::Draw) -> Request<'_> {
    let actor = Actor::new(ActorType::Human, "user:1");
    let request = Request::new(actor, "open", Resource::new("door", "front"));
    Request { context: draw.context(), ..request }
}

/// A fact of run time: an actor whom no file names is a member of a microDAO of the files.
///
/// # Panics
///
/// Never: every workload has a microDAO, and the actor is one.
pub fn new_member(seed: &Seed, index: usize) -> Statement {
    let actor = format!("user:{}", 10_000_000 + index).parse().expect("an actor");
    let microdao = &seed.microdaos[index % seed.microdaos.len()].id;
    Statement::relation(format!("microdao:{microdao}"), "members", actor)
}

/// Asks the engine and a reference for every request and counts those that are permitted.
///
/// # Panics
///
/// At the first request that the two answer differently, or that the engine could not evaluate: how
/// fast a wrong answer comes is no figure.
pub fn permitted<R: Debug>(
    policies: &Policies,
    requests: &[R],
    request: impl for<'r> Fn(&'r R) -> Request<'r>,
    mut permits: impl FnMut(&R) -> bool,
) -> usize {
    let mut scratch = Scratch::new();
    let mut permitted = 0;
    for one in requests {
        let decision = policies.evaluate(&request(one), &mut scratch);
        let wanted = permits(one);
        assert!(
            (decision.effect == Effect::Permit) == wanted && decision.errors.is_empty(),
            "the reference {} what the engine answers with {decision:?}: {one:?}",
            if wanted { "permits" } else { "denies" },
        );
        permitted += usize::from(wanted);
    }
    permitted
}
