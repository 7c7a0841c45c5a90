//! Streams of questions that end with the door.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Answers a request whose body ends when `stop` is cancelled, if it has not before. Who asks on a
/// stream may leave it open for ever, and the door could not drain.
pub(crate) async fn with(stop: CancellationToken, request: Request, next: Next) -> Response {
    next.run(request.map(|body| {
        let stopped = Box::pin(stop.cancelled_owned());
        Body::new(Ending { body, stopped })
    }))
    .await
}

struct Ending {
    body: Body,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // What has come is read to its end.
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => self.stopped.as_mut().poll(context).map(|()| None),
            ready @ Poll::Ready(_) => ready,
        }
    }
}
