//! Who sent a request: what the connection and the head of the request say.

use axum::response::Response;
use http::header::{AUTHORIZATION, HOST, ORIGIN, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use pdp_listen::Peer;
use pdp_service::{Caller, Credential, Refusal, RefusalKind, Right, Visit};
use std::sync::Arc;

use crate::{Door, problem};

/// The header with which a caller names its question; it comes back as it came.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The sender of a request.
pub(crate) struct Visitor<'a> {
    door: &'a Door,
    parts: &'a Parts,
    peer: Option<&'a Peer>,
    caller: Option<Arc<Caller>>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(door: &'a Door, parts: &'a Parts) -> Self {
        Visitor { door, parts, peer: parts.extensions.get(), caller: None }
    }

    /// Finds out who it is, and whether it has a right.
    pub(crate) fn admit(&mut self, right: Right) -> Result<Arc<Caller>, Refusal> {
        let caller = self.door.service.admit(self.credential()?, right)?;
        self.caller = Some(Arc::clone(&caller));
        Ok(caller)
    }

    /// What records say of how the question came in.
    pub(crate) fn visit(&self) -> Visit<'a> {
        let headers = &self.parts.headers;
        Visit {
            door: "http",
            request_id: text(headers, &REQUEST_ID),
            address: self.peer.and_then(|peer| peer.address),
            user_agent: text(headers, &USER_AGENT),
        }
    }

    /// What the sender gets who is refused; there is a record of it.
    pub(crate) async fn refused(&self, refusal: &Refusal) -> Response {
        let caller = self.caller.as_ref().map(|caller| caller.name.as_str());
        self.door.service.refuse(&self.visit(), caller, refusal).await;
        self.named(problem::response(refusal))
    }

    /// The response under the name that the sender gave its question.
    pub(crate) fn named(&self, mut response: Response) -> Response {
        if let Some(id) = self.parts.headers.get(REQUEST_ID) {
            response.headers_mut().insert(REQUEST_ID, id.clone());
        }
        response
    }

    fn credential(&self) -> Result<Credential<'a>, Refusal> {
        let headers = &self.parts.headers;
        let mut keys = headers.get_all(AUTHORIZATION).iter();
        if let Some(stated) = keys.next() {
            if keys.next().is_some() {
                return Err(unauthenticated("more than one Authorization header"));
            }
            return Ok(Credential::Key(bearer(stated)?));
        }
        let Some(peer) = self.peer else { return Ok(Credential::Nothing) };
        if !peer.names.is_empty() {
            return Ok(Credential::Certificate(&peer.names));
        }
        if !peer.is_local {
            return Ok(Credential::Nothing);
        }
        self.check_local()?;
        Ok(Credential::Local)
    }

    /// Being on this machine is nothing that a web page can claim which a browser here shows.
    fn check_local(&self) -> Result<(), Refusal> {
        let headers = &self.parts.headers;
        if headers.contains_key(ORIGIN) {
            let message = "a web page asks: that takes a key";
            return Err(Refusal::of_field(RefusalKind::Forbidden, "Origin", message));
        }
        let authority = self.parts.uri.authority().map(http::uri::Authority::as_str);
        let host = authority.or_else(|| text(headers, &HOST));
        let is_socket = self.peer.is_some_and(|peer| peer.address.is_none());
        if !is_socket && !self.door.hosts.admit(host) {
            let message = "the door is not called by this name here";
            return Err(Refusal::of_field(RefusalKind::Forbidden, "Host", message));
        }
        Ok(())
    }
}

fn bearer(header: &HeaderValue) -> Result<&str, Refusal> {
    let text =
        header.to_str().map_err(|_| unauthenticated("the Authorization header is no text"))?;
    match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(key.trim()),
        _ => Err(unauthenticated("the Authorization header is not `Bearer KEY`")),
    }
}

fn unauthenticated(message: &str) -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, message)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
