//! What answers the requests of connections.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use tower_service::Service;

use crate::Peer;

/// What answers requests, whatever comes: a door, or any service of tower such as a router of axum.
///
/// A door does it itself where each layer in between would cost as much as what it decides: tower
/// has to box what an `async fn` is, and each layer of a router once more.
pub trait Answering: Clone + Send + 'static {
    /// The body of its responses.
    type Body: http_body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + Unpin
        + 'static;

    /// Answers a request that `peer` sent.
    fn answer(
        self,
        request: Request<Incoming>,
        peer: Arc<Peer>,
    ) -> impl Future<Output = Response<Self::Body>> + Send + 'static;
}

/// A service of tower has the [`Peer`] among the extensions of the request.
impl<S, B> Answering for S
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + Unpin
        + 'static,
{
    type Body = B;

    fn answer(
        mut self,
        mut request: Request<Incoming>,
        peer: Arc<Peer>,
    ) -> impl Future<Output = Response<B>> + Send + 'static {
        request.extensions_mut().insert(Peer::clone(&peer));
        let answering = self.call(request);
        async {
            let Ok(response) = answering.await;
            response
        }
    }
}
