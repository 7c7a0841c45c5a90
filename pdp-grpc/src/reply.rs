//! The body of what is answered.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use prost::bytes::Bytes;
use tonic::Status;

const OK: HeaderValue = HeaderValue::from_static("0");

/// A message and, behind it, that all is well; or nothing, where the head says what is not.
#[derive(Debug, Default)]
pub struct Reply {
    message: Option<Bytes>,
    is_well: bool,
}

impl Reply {
    /// A message, with its flag and its length.
    pub(crate) fn message(frame: Bytes) -> Self {
        Reply { message: Some(frame), is_well: true }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(message) = self.message.take() {
            return Poll::Ready(Some(Ok(Frame::data(message))));
        }
        if std::mem::take(&mut self.is_well) {
            let trailers = HeaderMap::from_iter([(Status::GRPC_STATUS, OK)]);
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && !self.is_well
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = self.message.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(bytes.try_into().unwrap_or(u64::MAX))
    }
}
