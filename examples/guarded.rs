//! A web service is guarded by policies, and does not change when these decide somewhere else.
//!
//! The first argument says where: `in-process`, or the address of a sidecar such as
//! `http://127.0.0.1:7012` or `unix:/run/pdp.sock`. With a second one, such as `127.0.0.1:8080`, the
//! service stays and listens there.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use http::request::Parts;
use pdp_client::{Client, GuardLayer, InProcess, Permitted, Question};
use pdp_core::{ActorType, Decider, Engine};
use tower::ServiceExt;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let service = match arguments.next().as_deref() {
        None | Some("in-process") => {
            let engine = Engine::new(pdp_source::load(["policies/daarion"])?);
            service(InProcess(Arc::new(engine)))
        }
        Some(address) => service(Client::http(address).build()?),
    };
    for user in ["user:1", "user:999"] {
        let request = Request::get("/microdaos/microdao:daarion").header("x-user", user);
        let response = service.clone().oneshot(request.body(Body::empty())?).await?;
        println!("{user}: {}", response.status());
    }
    if let Some(address) = arguments.next() {
        axum::serve(tokio::net::TcpListener::bind(address).await?, service).await?;
    }
    Ok(())
}

fn service(decider: impl Decider + Send + Sync + 'static) -> Router {
    let show = async |permitted: Permitted| permitted.decision().reason.to_string();
    Router::new().route("/microdaos/{id}", get(show)).layer(GuardLayer::new(decider, question))
}

/// May whoever asks manage the microdao in the path? In earnest a session or a certificate says who
/// asks, not a header that anybody can write.
fn question(head: &Parts) -> Option<Question> {
    let user = head.headers.get("x-user")?.to_str().ok()?;
    let id = head.uri.path().strip_prefix("/microdaos/")?;
    Some(Question::new((ActorType::Human, user), "manage", ("microdao", id)))
}
