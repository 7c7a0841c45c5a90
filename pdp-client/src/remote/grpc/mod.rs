//! Over gRPC.

mod codec;
mod convert;
mod status;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::uri::PathAndQuery;
use pdp_core::Request;
use pdp_core::wire::ANSWER_BYTES_MAX;
use pdp_proto::v1::{EvaluateBatchRequest, EvaluateBatchResponse, EvaluateResponse};
use prost::Message;
use tonic::Extensions;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};

use self::codec::Codec;
use crate::remote::client::Call;
use crate::remote::connector::Connector;
use crate::{Answer, ClientError, SettingError};

const ONE: &str = "/pdp.v1.PolicyDecisionService/Evaluate";
const BATCH: &str = "/pdp.v1.PolicyDecisionService/EvaluateBatch";

/// How long nothing may come before a connection is tried, and how long it may then take to show
/// that it lives. One whose other end has vanished would take all calls with it for a quarter of an
/// hour.
const ALIVE_AFTER: Duration = Duration::from_secs(5);
const ALIVE_WITHIN: Duration = Duration::from_secs(2);

pub(crate) struct Grpc {
    channels: Vec<Channel>,
    next: AtomicUsize,
}

impl Grpc {
    pub(crate) fn new(
        origin: &str,
        connector: &Connector,
        connections: usize,
    ) -> Result<Self, SettingError> {
        let fault = |message| SettingError::Address { address: origin.to_owned(), message };
        let uri = |text: String| text.parse::<http::Uri>().map_err(|_| fault("not a URL"));
        // The connector does TLS. Of `https` tonic would demand that it does it itself.
        let endpoint = Endpoint::from(uri(origin.replacen("https://", "http://", 1))?)
            .origin(uri(origin.to_owned())?)
            .user_agent(concat!("pdp-client/", env!("CARGO_PKG_VERSION")))
            .map_err(|_| fault("not an address of gRPC"))?
            .keep_alive_while_idle(true)
            .http2_keep_alive_interval(ALIVE_AFTER)
            .keep_alive_timeout(ALIVE_WITHIN);
        let channel = || endpoint.connect_with_connector_lazy(connector.clone());
        let channels = std::iter::repeat_with(channel).take(connections).collect();
        Ok(Grpc { channels, next: AtomicUsize::new(0) })
    }

    pub(crate) async fn one(
        &self,
        call: &Call<'_>,
        request: &Request<'_>,
    ) -> Result<Answer, ClientError> {
        let answer: EvaluateResponse = self.unary(call, ONE, convert::request(request)).await?;
        Ok(convert::answer(answer)?.into())
    }

    pub(crate) async fn batch(
        &self,
        call: &Call<'_>,
        requests: &[Request<'_>],
    ) -> Result<Vec<Answer>, ClientError> {
        let batch =
            EvaluateBatchRequest { requests: requests.iter().map(convert::request).collect() };
        let answers: EvaluateBatchResponse = self.unary(call, BATCH, batch).await?;
        let answers = answers.decisions.into_iter().map(convert::answer);
        Ok(answers.map(|answer| answer.map(Answer::from)).collect::<Result<_, _>>()?)
    }

    async fn unary<M: Message + 'static, R: Message + Default>(
        &self,
        call: &Call<'_>,
        path: &'static str,
        message: M,
    ) -> Result<R, ClientError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.channels.len();
        let mut grpc = tonic::client::Grpc::new(self.channels[turn].clone())
            .max_decoding_message_size(ANSWER_BYTES_MAX);
        grpc.ready().await.map_err(|error| ClientError::Connection(error.into()))?;
        let metadata = MetadataMap::from_headers(call.headers.clone());
        let mut request = tonic::Request::from_parts(metadata, Extensions::new(), message);
        request.set_timeout(call.left());
        let path = PathAndQuery::from_static(path);
        let response = grpc.unary(request, path, Codec::default()).await;
        let bytes = response.map_err(|status| status::error(status, call.deadline))?.into_inner();
        Ok(R::decode(bytes).map_err(|error| convert::undecoded(&error))?)
    }
}
