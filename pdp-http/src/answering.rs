//! The door as a listener has it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, Response};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use pdp_listen::{Answering, Peer};

use crate::door::{BATCH_PATH, ONE_PATH};
use crate::evaluate::{self, Question};
use crate::{Door, router};

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
    /// Opens a door.
    pub fn new(door: Arc<Door>) -> Self {
        let router = router(Arc::clone(&door));
        Open(Arc::new(Shared { door, router }))
    }
}

impl Answering for Open {
    type Body = Either<Full<Bytes>, Body>;

    async fn answer(self, request: Request<Incoming>, peer: Arc<Peer>) -> Response<Self::Body> {
        let Open(shared) = self;
        let Some(question) = question(&request) else {
            return shared.router.clone().answer(request, peer).await.map(Either::Right);
        };
        let (head, body) = request.into_parts();
        evaluate::respond(&shared.door, &head, Some(&peer), body, question).await.map(Either::Left)
    }
}

/// Which question a request is, if it is one.
fn question<B>(request: &Request<B>) -> Option<Question> {
    match request.uri().path() {
        _ if request.method() != Method::POST => None,
        ONE_PATH => Some(evaluate::ONE),
        BATCH_PATH => Some(evaluate::BATCH),
        _ => None,
    }
}
