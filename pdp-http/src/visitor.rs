//! Who sent a request, and what it is told.

use std::sync::Arc;

use axum::response::Response;
use http::request::Parts;
use pdp_listen::Peer;
use pdp_service::{Caller, Refusal, Right, Sender, Visit};

use crate::{Door, problem};

/// The sender of a request.
pub(crate) struct Visitor<'a> {
    door: &'a Door,
    sender: Sender<'a>,
    caller: Option<Arc<Caller>>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(door: &'a Door, head: &'a Parts) -> Self {
        let peer: Option<&Peer> = head.extensions.get();
        let sender = Sender {
            head,
            address: peer.and_then(|peer| peer.address),
            is_local: peer.is_some_and(|peer| peer.is_local),
            names: peer.map_or(&[], |peer| &peer.names),
        };
        Visitor { door, sender, caller: None }
    }

    /// Finds out who it is, and whether it has a right.
    pub(crate) fn admit(&mut self, right: Right) -> Result<Arc<Caller>, Refusal> {
        let credential = self.sender.credential(&self.door.hosts)?;
        let caller = self.door.service.admit(credential, right)?;
        self.caller = Some(Arc::clone(&caller));
        Ok(caller)
    }

    /// What records say of how the question came in.
    pub(crate) fn visit(&self) -> Visit<'a> {
        self.sender.visit("http")
    }

    /// What the sender gets who is refused; there is a record of it.
    pub(crate) async fn refused(&self, refusal: &Refusal) -> Response {
        let caller = self.caller.as_ref().map(|caller| caller.name.as_str());
        self.door.service.refuse(&self.visit(), caller, refusal).await;
        self.named(problem::response(refusal))
    }

    /// The response under the name that the sender gave its question.
    pub(crate) fn named(&self, mut response: Response) -> Response {
        self.sender.name(response.headers_mut());
        response
    }
}
