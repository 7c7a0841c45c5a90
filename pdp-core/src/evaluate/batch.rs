use super::Scratch;
use crate::{Decision, Policies, Request};

/// So many requests are looked up one after the other before the first of them is decided: the
/// memory that they need is then fetched at the same time.
const AHEAD: usize = 16;

impl Policies {
    /// Decides requests, each as [`Policies::evaluate`] decides it, and adds the decisions in their
    /// order. They are looked up together, and an actor that several of them borrow, one after the
    /// other, is looked up once.
    pub fn evaluate_batch<'p>(
        &'p self,
        requests: &[Request<'_>],
        scratch: &mut Scratch,
        decisions: &mut Vec<Decision<'p>>,
    ) {
        decisions.reserve(requests.len());
        let mut actor = LastActor::default();
        let mut before = None;
        let mut targets = [None; AHEAD];
        for ahead in requests.chunks(AHEAD) {
            for (request, target) in ahead.iter().zip(&mut targets) {
                *target = self.target(request, |id| actor.number(id, self));
            }
            for (request, target) in ahead.iter().zip(&targets) {
                let roles = request.actor.roles;
                let same_roles =
                    before.replace(roles).is_some_and(|other| std::ptr::eq(other, roles));
                scratch.memory.begin_next(same_roles);
                decisions.push(match target {
                    Some(target) => self.decided(request, target, None, scratch),
                    None => self.undeclared(request, scratch),
                });
            }
        }
    }
}

/// The actor that was looked up last.
#[derive(Default)]
struct LastActor<'r> {
    id: Option<&'r str>,
    number: Option<u32>,
}

impl<'r> LastActor<'r> {
    fn number(&mut self, id: &'r str, policies: &Policies) -> Option<u32> {
        if !self.id.is_some_and(|last| std::ptr::eq(last, id)) {
            *self = LastActor { id: Some(id), number: policies.facts.actors.index(id) };
        }
        self.number
    }
}
