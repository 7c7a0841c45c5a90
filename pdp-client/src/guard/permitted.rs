//! What a guard hands on.

use std::sync::Arc;

use http::Extensions;
use pdp_core::{Decision, Obligation};

/// A permit by which a guard let a request through. Only a guard makes one.
///
/// It stands among the extensions of the request. A handler of axum takes it as an argument (feature
/// `axum`); where no guard ran, such a handler is not called, and the answer is 500. So a layer that
/// was forgotten leaves nothing open.
#[derive(Clone, Debug)]
pub struct Permitted(Arc<Decision<'static>>);

impl Permitted {
    pub(crate) fn new(decision: Decision<'static>) -> Self {
        Permitted(Arc::new(decision))
    }

    /// That of the request with these extensions; `None` where no guard let it through.
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The decision.
    pub fn decision(&self) -> &Decision<'static> {
        &self.0
    }

    /// What the handler must do for the permit to hold, in order: all of it. The types are among
    /// those that the guard was told of.
    pub fn obligations(&self) -> &[Obligation] {
        &self.0.obligations
    }
}

#[cfg(feature = "axum")]
impl<S: Sync> axum::extract::FromRequestParts<S> for Permitted {
    type Rejection = axum::response::Response;

    async fn from_request_parts(
        head: &mut http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Self::of(&head.extensions).cloned().ok_or_else(super::problem::unguarded)
    }
}
