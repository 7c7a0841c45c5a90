//! The door as a listener has it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, Response};
use http_body_util::Either;
use hyper::body::Incoming;
use pdp_listen::{Answering, Peer};

use tokio_util::sync::CancellationToken;

use crate::door::{BATCH_PATH, ONE_PATH};
use crate::evaluate::Question;
use crate::reply::Reply;
use crate::{Door, call, router};

/// What answers whatever comes to a door: what the [`router`] does, but that a question which is to
/// be decided does not go through it.
#[derive(Clone)]
pub struct Open(Arc<Shared>);

struct Shared {
    door: Arc<Door>,
    /// Takes questions, too: those that come by another method are refused there.
    router: Router,
}

impl Open {
    /// Opens a door; `stop` says when it begins to close.
    ///
    /// # Panics
    ///
    /// Outside a runtime of tokio: a task waits for `stop`.
    pub fn new(door: Arc<Door>, stop: CancellationToken) -> Self {
        let router = router(Arc::clone(&door), stop);
        Open(Arc::new(Shared { door, router }))
    }
}

impl Answering for Open {
    type Body = Either<Reply, Body>;

    async fn answer(self, request: Request<Incoming>, peer: Arc<Peer>) -> Response<Self::Body> {
        let Open(shared) = self;
        let Some(question) = question(&request) else {
            return shared.router.clone().answer(request, peer).await.map(Either::Right);
        };
        let (head, body) = request.into_parts();
        call::question_of(&shared.door, &head, Some(&peer), body, question).await.map(Either::Left)
    }
}

/// Which question a request is, if it is one.
fn question<B>(request: &Request<B>) -> Option<Question> {
    match request.uri().path() {
        _ if request.method() != Method::POST => None,
        ONE_PATH => Some(Question::One),
        BATCH_PATH => Some(Question::Batch),
        _ => None,
    }
}
