use pdp_core::{
    Actor, ActorType, Decision, Policies, Request, Resource, Scratch, SourceText, Text,
};

/// Policies from one text.
pub fn policies(text: &str) -> Policies {
    match Policies::from_sources(&[SourceText { path: "policy.yaml", text }]) {
        Ok(policies) => policies,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

/// The mistakes of one text, one a line, without the file.
pub fn mistakes(text: &str) -> String {
    match Policies::from_sources(&[SourceText { path: "policy.yaml", text }]) {
        Ok(_) => String::new(),
        Err(errors) => errors.to_string().replace("policy.yaml:", ""),
    }
}

pub fn human(id: &str) -> Actor<'_> {
    Actor::new(ActorType::Human, id)
}

pub fn ask<'p>(
    policies: &'p Policies,
    actor: Actor<'_>,
    action: &str,
    resource_type: &str,
    id: &str,
) -> Decision<'p> {
    let request = Request::new(actor, action, Resource::new(resource_type, id));
    policies.evaluate(&request, &mut Scratch::new())
}

/// `permit reason` or `deny reason`.
pub fn answer(
    policies: &Policies,
    actor: Actor<'_>,
    action: &str,
    resource_type: &str,
    id: &str,
) -> String {
    let decision = ask(policies, actor, action, resource_type, id);
    format!("{} {}", decision.effect.as_str(), decision.reason)
}

pub fn texts(words: &[&'static str]) -> Vec<Text<'static>> {
    words.iter().map(|word| Text::from(*word)).collect()
}
