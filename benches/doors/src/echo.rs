//! Servers that give back what they get, as bare as the libraries allow.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::Request;
use pdp_proto::v1::EvaluateRequest;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Response, Status};
use tonic_prost::ProstCodec;

/// Serves bodies back over HTTP, until the process is ended.
pub fn http() -> Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = listener().await?;
        let router = Router::new().route("/", post(|body: Bytes| ready(body)));
        Ok(axum::serve(listener, router).await?)
    })
}

/// Serves messages back over gRPC, until the process is ended.
pub fn grpc() -> Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let incoming = TcpListenerStream::new(listener().await?);
        let server = tonic::transport::Server::builder().add_service(Echo);
        Ok(server.serve_with_incoming(incoming).await?)
    })
}

/// Prints its address when it listens.
async fn listener() -> Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    Ok(listener)
}

/// What tonic generates for a service of one method that takes and gives the message of a request.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "echo.Echo";
}

impl Service<Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<EvaluateRequest, EvaluateRequest>::default();
            Ok(Grpc::new(codec).unary(Method, request).await)
        })
    }
}

struct Method;

impl UnaryService<EvaluateRequest> for Method {
    type Response = EvaluateRequest;
    type Future = Ready<Result<Response<EvaluateRequest>, Status>>;

    fn call(&mut self, request: tonic::Request<EvaluateRequest>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}
