//! Asks, past a breaker and within a deadline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use pdp_core::{Decider, Decision, Request};
use tokio::time::{Instant, timeout};

use crate::remote::breaker::Breaker;
use crate::remote::builder::Protocol;
use crate::remote::numbers;
use crate::{Answer, BreakerSettings, Builder, ClientError, SettingError};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Asks a decision point over HTTP or gRPC. Clones share connections and breaker.
///
/// A permit is only what was read, strictly, from an answer that came within the deadline; all else
/// is an error, and an error is a deny. Nothing is asked twice, but for a request of which not a
/// byte was sent since its connection had ended.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    headers: HeaderMap,
}

struct Shared {
    door: Door,
    breaker: Breaker,
    deadline: Duration,
}

pub(crate) enum Door {
    #[cfg(feature = "http")]
    Http(Box<crate::remote::http::Http>),
    #[cfg(feature = "grpc")]
    Grpc(crate::remote::grpc::Grpc),
}

/// What goes with a question.
pub(crate) struct Call<'c> {
    pub(crate) headers: &'c HeaderMap,
    #[cfg(feature = "grpc")]
    pub(crate) begun: Instant,
    #[cfg(feature = "grpc")]
    pub(crate) deadline: Duration,
}

impl Client {
    /// A client of the HTTP door at `http://HOST:PORT`, `https://HOST:PORT` or `unix:PATH`.
    #[cfg(feature = "http")]
    pub fn http(address: &str) -> Builder {
        Builder::new(Protocol::Http, address)
    }

    /// A client of the gRPC door at `http://HOST:PORT`, `https://HOST:PORT` or `unix:PATH`.
    #[cfg(feature = "grpc")]
    pub fn grpc(address: &str) -> Builder {
        Builder::new(Protocol::Grpc, address)
    }

    pub(crate) fn new(
        door: Door,
        deadline: Duration,
        breaker: BreakerSettings,
        headers: HeaderMap,
    ) -> Self {
        let breaker = Breaker::new(breaker);
        Client { shared: Arc::new(Shared { door, breaker, deadline }), headers }
    }

    /// The same client, which asks under this id: `X-Request-ID`. Records of the decision point
    /// have it.
    ///
    /// # Errors
    ///
    /// [`SettingError::Header`] where a header cannot hold it.
    pub fn under(&self, request_id: &str) -> Result<Self, SettingError> {
        let value = HeaderValue::try_from(request_id);
        let value = value.map_err(|_| SettingError::Header("request id"))?;
        let mut client = self.clone();
        client.headers.insert("x-request-id", value);
        Ok(client)
    }

    /// The same client, which asks as part of this trace: `traceparent` of W3C Trace Context, such
    /// as `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. Records of the decision point
    /// have it, and its spans continue it.
    ///
    /// # Errors
    ///
    /// [`SettingError::Header`] where a header cannot hold it.
    pub fn in_trace(&self, traceparent: &str) -> Result<Self, SettingError> {
        let value = HeaderValue::try_from(traceparent);
        let value = value.map_err(|_| SettingError::Header("traceparent"))?;
        Ok(self.in_trace_of(&HeaderMap::from_iter([(TRACEPARENT, value)])))
    }

    /// The same client, which asks as part of the trace that these headers state, those of a request
    /// that made it ask: `traceparent` and `tracestate` are passed on as they stand there. Where
    /// they state none, neither does it.
    #[must_use]
    pub fn in_trace_of(&self, headers: &HeaderMap) -> Self {
        let mut client = self.clone();
        for name in [TRACEPARENT, TRACESTATE] {
            client.headers.remove(&name);
            for value in headers.get_all(&name) {
                client.headers.append(&name, value.clone());
            }
        }
        client
    }

    /// Asks for one decision.
    ///
    /// # Errors
    ///
    /// [`ClientError`], and then there is no decision: who asked must deny.
    pub async fn ask(&self, request: &Request<'_>) -> Result<Answer, ClientError> {
        numbers::check(request).map_err(ClientError::Request)?;
        self.call(async |call| match &self.shared.door {
            #[cfg(feature = "http")]
            Door::Http(http) => http.one(call, request).await,
            #[cfg(feature = "grpc")]
            Door::Grpc(grpc) => grpc.one(call, request).await,
        })
        .await
    }

    /// Asks for several decisions, all by one revision of the policies: one answer for each
    /// request, in their order. The decision point says how many it takes (1 000 by default), and
    /// refuses a batch of none.
    ///
    /// # Errors
    ///
    /// [`ClientError`], and then there is no decision on any of them.
    pub async fn ask_batch(&self, requests: &[Request<'_>]) -> Result<Vec<Answer>, ClientError> {
        requests.iter().try_for_each(numbers::check).map_err(ClientError::Request)?;
        let answers = self.call(async |call| {
            let answers = match &self.shared.door {
                #[cfg(feature = "http")]
                Door::Http(http) => http.batch(call, requests).await?,
                #[cfg(feature = "grpc")]
                Door::Grpc(grpc) => grpc.batch(call, requests).await?,
            };
            if answers.len() != requests.len() {
                let (requests, answers) = (requests.len(), answers.len());
                return Err(ClientError::Count { requests, answers });
            }
            Ok(answers)
        });
        answers.await
    }

    /// Makes a call, if the breaker lets it, within the deadline.
    async fn call<R>(
        &self,
        work: impl AsyncFnOnce(&Call<'_>) -> Result<R, ClientError>,
    ) -> Result<R, ClientError> {
        let Shared { breaker, deadline, .. } = &*self.shared;
        let pass = breaker.pass().map_err(|again_after| ClientError::Open { again_after })?;
        let (begun, deadline) = (Instant::now(), *deadline);
        let call = Call {
            headers: &self.headers,
            #[cfg(feature = "grpc")]
            begun,
            #[cfg(feature = "grpc")]
            deadline,
        };
        let done = timeout(deadline, work(&call)).await;
        let done = match done {
            // Where this process stood still, a timer sees an answer before it sees the time.
            Ok(done) if begun.elapsed() <= deadline => done,
            _ => Err(ClientError::Deadline(deadline)),
        };
        pass.settle(done.as_ref().is_err_and(ClientError::is_failure));
        done
    }
}

#[cfg(feature = "grpc")]
impl Call<'_> {
    /// How much of the deadline is left.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.begun.elapsed())
    }
}

impl Decider for Client {
    type Error = ClientError;

    async fn decide<'a>(&'a self, request: &'a Request<'a>) -> Result<Decision<'a>, ClientError> {
        Ok(self.ask(request).await?.decision)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("deadline", &self.shared.deadline)
            .finish_non_exhaustive()
    }
}
