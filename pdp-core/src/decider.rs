//! The trait that doors call.

use std::convert::Infallible;
use std::future::{Future, ready};

use crate::{Decision, Policies, Request, Scratch};

/// A request goes in, a decision comes out.
///
/// Implemented by the engine ([`Policies`]), which answers at once and cannot fail; by wrappers,
/// which ask an inner decider and narrow what it says; and by clients of a remote decision point,
/// whose decisions are owned and may fail to arrive. An error is not a decision: who gets one
/// must deny.
///
/// A decider is a snapshot: all its decisions belong to one digest and one revision, and may
/// borrow from it. Where policies can change, take the current snapshot, decide, let go.
pub trait Decider {
    /// Why no decision could be had.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Decides `request`.
    ///
    /// # Errors
    ///
    /// [`Decider::Error`] when there is no decision, such as when a remote decision point or a
    /// store does not answer.
    fn decide<'a>(
        &'a self,
        request: &'a Request<'a>,
    ) -> impl Future<Output = Result<Decision<'a>, Self::Error>> + Send;
}

impl Decider for Policies {
    type Error = Infallible;

    fn decide<'a>(
        &'a self,
        request: &'a Request<'a>,
    ) -> impl Future<Output = Result<Decision<'a>, Infallible>> + Send {
        ready(Ok(self.evaluate(request, &mut Scratch::new())))
    }
}
