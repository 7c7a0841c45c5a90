//! Puts guards in front of services.

use std::sync::Arc;

use pdp_core::Decider;
use tower_layer::Layer;

use super::{Guard, Questions};

/// Puts a [`Guard`] in front of a service.
pub struct GuardLayer<D, Q> {
    terms: Terms<D, Q>,
}

/// By what a guard goes.
pub(crate) struct Terms<D, Q> {
    pub(crate) decider: Arc<D>,
    pub(crate) questions: Arc<Q>,
    pub(crate) obligations: Arc<[String]>,
}

impl<D: Decider, Q: Questions> GuardLayer<D, Q> {
    /// Guards that ask `decider` what `questions` makes of the head of each request.
    pub fn new(decider: D, questions: Q) -> Self {
        let (decider, questions) = (Arc::new(decider), Arc::new(questions));
        GuardLayer { terms: Terms { decider, questions, obligations: Arc::new([]) } }
    }

    /// The types of all obligations that the services behind these guards carry out. A permit with
    /// any other is a deny to them: it holds only if its obligations are carried out, and nobody
    /// here would know how.
    #[must_use]
    pub fn fulfilling<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.terms.obligations = types.into_iter().map(Into::into).collect();
        self
    }
}

impl<S, D, Q> Layer<S> for GuardLayer<D, Q> {
    type Service = Guard<S, D, Q>;

    fn layer(&self, inner: S) -> Guard<S, D, Q> {
        Guard { inner, terms: self.terms.clone() }
    }
}

/// What it asks by is shared.
impl<D, Q> Clone for GuardLayer<D, Q> {
    fn clone(&self) -> Self {
        GuardLayer { terms: self.terms.clone() }
    }
}

impl<D, Q> Clone for Terms<D, Q> {
    fn clone(&self) -> Self {
        Terms {
            decider: Arc::clone(&self.decider),
            questions: Arc::clone(&self.questions),
            obligations: Arc::clone(&self.obligations),
        }
    }
}
