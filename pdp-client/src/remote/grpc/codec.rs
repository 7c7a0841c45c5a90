//! Messages go out as what they are, and come in as bytes.
//!
//! tonic's own codec decodes, too, and says of an answer that cannot be decoded what it says of a
//! server that refuses. These are two things to a client.

use std::marker::PhantomData;

use prost::Message;
use prost::bytes::{Buf, Bytes};
use tonic::Status;
use tonic::codec::{DecodeBuf, Decoder, EncodeBuf, Encoder};

pub(crate) struct Codec<M>(PhantomData<fn(M)>);

impl<M> Default for Codec<M> {
    fn default() -> Self {
        Codec(PhantomData)
    }
}

impl<M: Message + 'static> tonic::codec::Codec for Codec<M> {
    type Encode = M;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Whole;

    fn encoder(&mut self) -> Self {
        Codec::default()
    }

    fn decoder(&mut self) -> Whole {
        Whole
    }
}

impl<M: Message + 'static> Encoder for Codec<M> {
    type Item = M;
    type Error = Status;

    fn encode(&mut self, message: M, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }
}

/// Takes a message as it came.
pub(crate) struct Whole;

impl Decoder for Whole {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
