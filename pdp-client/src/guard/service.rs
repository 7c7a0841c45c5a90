//! A service with a guard in front.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use pdp_core::{Decider, Decision, Effect};
use tower_service::Service;

use super::layer::Terms;
use super::{Permitted, Question, Questions, problem};

/// Lets requests through to a service that a decider permits.
///
/// A request that is let through has a [`Permitted`] among its extensions. What is denied is
/// answered with 403, and what could not be decided with 503, as `application/problem+json` without
/// a word of why: that stands in the log and in the records of the decision point.
pub struct Guard<S, D, Q> {
    pub(crate) inner: S,
    pub(crate) terms: Terms<D, Q>,
}

impl<S: Clone, D, Q> Clone for Guard<S, D, Q> {
    fn clone(&self) -> Self {
        Guard { inner: self.inner.clone(), terms: self.terms.clone() }
    }
}

/// What a guard finds.
enum Finding {
    Permit(Permitted),
    Deny,
    Unknown,
}

impl<S, D, Q, A, B> Service<Request<A>> for Guard<S, D, Q>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    D: Decider + Send + Sync + 'static,
    Q: Questions,
    A: Send + 'static,
    B: From<String> + Send,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        // The one that is ready is this one; its clone need not be.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let terms = self.terms.clone();
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            match terms.find(&head).await {
                Finding::Permit(permitted) => {
                    // In the place of what an outer guard permitted: that was something else.
                    head.extensions.insert(permitted);
                    inner.call(Request::from_parts(head, body)).await
                }
                Finding::Deny => Ok(problem::denied()),
                Finding::Unknown => Ok(problem::undecided()),
            }
        })
    }
}

impl<D: Decider, Q: Questions> Terms<D, Q> {
    async fn find(&self, head: &Parts) -> Finding {
        let Some(question) = self.questions.question(head) else { return Finding::Deny };
        match &self.choice {
            Some(choice) => self.ask(&choice(&self.decider, head), &question).await,
            None => self.ask(&self.decider, &question).await,
        }
    }

    async fn ask(&self, decider: &D, question: &Question) -> Finding {
        let request = question.request();
        match decider.decide(&request).await.map(Decision::into_owned) {
            Ok(decision) if decision.effect == Effect::Permit => self.weigh(decision),
            Ok(_) => Finding::Deny,
            Err(error) => {
                if let Some(times) = self.complaints.undecided.again() {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, times, "no decision: requests were turned away");
                }
                Finding::Unknown
            }
        }
    }

    /// A permit holds if all its obligations are known here.
    fn weigh(&self, decision: Decision<'static>) -> Finding {
        let is_known = |obligation_type| self.obligations.contains(obligation_type);
        match decision.obligations.iter().find(|duty| !is_known(&duty.obligation_type)) {
            None => Finding::Permit(Permitted::new(decision)),
            Some(unknown) => {
                if let Some(times) = self.complaints.unfulfilled.again() {
                    let duty = &*unknown.obligation_type;
                    tracing::warn!(duty, times, "permits were not used: nobody carries out a duty");
                }
                Finding::Deny
            }
        }
    }
}
