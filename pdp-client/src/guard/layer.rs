//! Puts guards in front of services.

use std::sync::Arc;

use http::request::Parts;
use pdp_core::Decider;
use tower_layer::Layer;

use super::complaint::Complaint;
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
    /// Who is asked about a request, where that depends on its head.
    pub(crate) choice: Option<Arc<Choice<D>>>,
    pub(crate) complaints: Arc<Complaints>,
}

/// Makes of a decider the one that is asked about the request with this head.
type Choice<D> = dyn Fn(&D, &Parts) -> D + Send + Sync;

/// What the log tells now and then.
#[derive(Default)]
pub(crate) struct Complaints {
    pub(crate) undecided: Complaint,
    pub(crate) unfulfilled: Complaint,
}

impl<D: Decider, Q: Questions> GuardLayer<D, Q> {
    /// Guards that ask `decider` what `questions` makes of the head of each request.
    pub fn new(decider: D, questions: Q) -> Self {
        let terms = Terms {
            decider: Arc::new(decider),
            questions: Arc::new(questions),
            obligations: Arc::new([]),
            choice: None,
            complaints: Arc::default(),
        };
        GuardLayer { terms }
    }

    /// About each request the decider is asked that `choice` makes of that of the guard and of the
    /// head of the request: a client that goes on with the trace of the request
    /// ([`Client::in_trace_of`](crate::Client::in_trace_of)), or asks under its id.
    #[must_use]
    pub fn asking(mut self, choice: impl Fn(&D, &Parts) -> D + Send + Sync + 'static) -> Self {
        self.terms.choice = Some(Arc::new(choice));
        self
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
            choice: self.choice.clone(),
            complaints: Arc::clone(&self.complaints),
        }
    }
}
