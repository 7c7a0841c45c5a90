use std::convert::Infallible;

use http::uri::PathAndQuery;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pdp_grpc::v1::{EvaluateRequest, EvaluateResponse};
use prost::Message;
use prost::bytes::Bytes;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_stream::StreamExt;
use tonic::Status;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::metadata::MetadataKey;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::serve::server::{PATIENCE, Server};

/// A client of one server.
pub struct Client {
    pub runtime: Runtime,
    pub channel: Channel,
}

impl Client {
    pub fn of(server: &Server) -> Self {
        Self::to(&server.grpc_address())
    }

    pub fn to(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let within = runtime.enter();
        let channel = endpoint.timeout(PATIENCE).connect_lazy();
        drop(within);
        Client { runtime, channel }
    }

    /// Calls a method of the door with these metadata.
    pub fn call<Q, A>(
        &self,
        method: &str,
        message: Q,
        metadata: &[(&str, &str)],
    ) -> Result<tonic::Response<A>, Status>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let mut request = tonic::Request::new(message);
        for (name, value) in metadata {
            let name = MetadataKey::from_bytes(name.as_bytes()).expect("a name");
            request.metadata_mut().append(name, value.parse().expect("a value"));
        }
        let path = format!("/pdp.v1.PolicyDecisionService/{method}");
        let path = PathAndQuery::try_from(path).expect("a path");
        self.runtime.block_on(async {
            let mut grpc = Grpc::new(self.channel.clone())
                .max_encoding_message_size(usize::MAX)
                .max_decoding_message_size(usize::MAX);
            grpc.ready().await.expect("the server is there");
            grpc.unary(request, path, ProstCodec::<Q, A>::default()).await
        })
    }

    pub fn evaluate(&self, request: EvaluateRequest) -> Result<EvaluateResponse, Status> {
        self.call("Evaluate", request, &[]).map(tonic::Response::into_inner)
    }
}

/// A connection on which anything can be sent; tonic keeps deadlines by itself, and sends nothing
/// that is wrong.
pub struct Connection {
    pub runtime: Runtime,
    sender: SendRequest<Body>,
    authority: String,
}

impl Connection {
    pub fn to(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.expect("a connection");
            let shaken = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
            let (sender, connection) = shaken.expect("HTTP/2");
            tokio::spawn(connection);
            sender
        });
        Connection { runtime, sender, authority: address.to_owned() }
    }

    /// The same connection, on which the door is called by another name.
    #[must_use]
    pub fn naming(self, authority: &str) -> Self {
        Connection { authority: authority.to_owned(), ..self }
    }

    /// The head of the response to these bytes as the body of a call of `Evaluate`.
    pub fn send(&self, bytes: Vec<u8>, headers: &[(&str, &str)]) -> Response<()> {
        self.call("Evaluate", bytes, headers)
    }

    /// The head of the response to these bytes as the body of a call.
    pub fn call(&self, method: &str, bytes: Vec<u8>, headers: &[(&str, &str)]) -> Response<()> {
        self.runtime.block_on(self.exchange(method, Body::new(Full::new(bytes.into())), headers))
    }

    /// That to a body that begins with these bytes, and goes on for ever.
    pub fn open(
        &self,
        bytes: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> impl Future<Output = Response<()>> + Send + 'static {
        let begin = tokio_stream::once(Ok::<_, Infallible>(Frame::data(Bytes::from(bytes))));
        let body = StreamBody::new(begin.chain(tokio_stream::pending()));
        self.exchange("Evaluate", Body::new(body), headers)
    }

    fn exchange(
        &self,
        method: &str,
        body: Body,
        headers: &[(&str, &str)],
    ) -> impl Future<Output = Response<()>> + Send + 'static {
        let uri = format!("http://{}/pdp.v1.PolicyDecisionService/{method}", self.authority);
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let mut sender = self.sender.clone();
        async move {
            let response = timeout(PATIENCE, sender.send_request(request)).await.expect("in time");
            response.expect("a response").map(drop)
        }
    }
}

/// The status in the head of a response: that of a refusal. Of what is answered, it stands behind
/// the message.
pub fn grpc_status(response: &Response<()>) -> Option<&str> {
    response.headers().get("grpc-status").map(|status| status.to_str().expect("text"))
}
