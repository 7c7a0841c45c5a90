//! The body of an answer, which knows when the other end has taken it.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use hyper::body::{Buf, Bytes};

use crate::requests::{Open, Untaken};

/// A body whose data count as untaken until they are sent. HTTP/2 takes data that it may not send
/// yet, and would keep them for as long as the other end likes.
pub(crate) struct Answer<B> {
    body: B,
    open: Open,
}

impl<B> Answer<B> {
    pub(crate) fn new(body: B, open: Open) -> Self {
        Answer { body, open }
    }
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = Part<B::Data>;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let part = |data| Part { data, _untaken: self.open.part() };
        frame.map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Data of an answer.
pub(crate) struct Part<D> {
    data: D,
    _untaken: Untaken,
}

impl<D: Buf> Buf for Part<D> {
    fn remaining(&self) -> usize {
        self.data.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.data.chunk()
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.data.chunks_vectored(slices)
    }

    fn advance(&mut self, bytes: usize) {
        self.data.advance(bytes);
    }

    fn copy_to_bytes(&mut self, bytes: usize) -> Bytes {
        self.data.copy_to_bytes(bytes)
    }
}
