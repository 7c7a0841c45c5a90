use super::condition::Subject;
use super::{Scratch, Target};
use crate::compiled::TypeIndex;
use crate::{Decision, Policies, ResolvedRequest, StaleRef};

impl Policies {
    /// Decides a request about an actor and a resource that were looked up in this revision, as
    /// [`Policies::evaluate`] decides it.
    ///
    /// # Errors
    ///
    /// [`StaleRef`] where either was looked up in another revision, or in other policies.
    pub fn evaluate_resolved<'p>(
        &'p self,
        request: &ResolvedRequest<'_>,
        scratch: &mut Scratch,
    ) -> Result<Decision<'p>, StaleRef> {
        self.require_present(request)?;
        let actor = request.actor;
        let target = request.resource.index.and_then(|(index, resource)| {
            self.target_of_type(index, request.action, actor.number, Subject::new(index, resource))
        });
        let asked = request.request();
        scratch.memory.begin();
        Ok(match target {
            Some(target) => self.decided(&asked, &target, Some(&actor.role_numbers), scratch),
            None => self.undeclared(&asked, scratch),
        })
    }

    fn target_of_type(
        &self,
        index: TypeIndex,
        action: &str,
        actor: Option<u32>,
        subject: Subject,
    ) -> Option<Target<'_>> {
        let dispatch = &self.code.dispatch;
        let of_type = &dispatch.types[usize::from(index)];
        let cell = dispatch.targets.of_type(of_type.targets.clone(), action)?;
        Some(Target { of_type, cell: &of_type.cells[cell], actor, subject })
    }
}
