//! An engine in this process as a decider.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::sync::Arc;

use pdp_core::{Decider, Decision, Engine, Request, Scratch};

/// Decides by what an engine holds at the moment of the request, so that changes of facts and
/// reloads count at once. Decisions own their words; each says by which revision it was made.
#[derive(Clone)]
pub struct InProcess(pub Arc<Engine>);

impl Decider for InProcess {
    type Error = Infallible;

    fn decide<'a>(
        &'a self,
        request: &'a Request<'a>,
    ) -> impl Future<Output = Result<Decision<'a>, Infallible>> + Send {
        let policies = self.0.present();
        ready(Ok(policies.evaluate(request, &mut Scratch::new()).into_owned()))
    }
}
