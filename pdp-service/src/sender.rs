//! What the connection and the head of a request say of its sender.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, ORIGIN, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Credential, Hosts, Refusal, RefusalKind, Told, TraceParent, Visit};

/// The header with which a caller names its question.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The sender of a request. All doors speak HTTP below what they speak.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The head of the request.
    pub head: &'a Parts,
    /// The address of the other end; `None` for a Unix socket, and where it is not known.
    pub address: Option<IpAddr>,
    /// Whether the other end is on this machine.
    pub is_local: bool,
    /// The names in its verified certificate.
    pub names: &'a [String],
}

impl<'a> Sender<'a> {
    /// How it shows who it is, to a door that may be called by `hosts`.
    ///
    /// # Errors
    ///
    /// [`Refusal`] where it shows what cannot be read, or claims to be on this machine in a way that
    /// a web page could.
    pub fn credential(&self, hosts: &Hosts) -> Result<Credential<'a>, Refusal> {
        let mut keys = self.head.headers.get_all(AUTHORIZATION).iter();
        if let Some(stated) = keys.next() {
            if keys.next().is_some() {
                return Err(unauthenticated("more than one Authorization header"));
            }
            return Ok(Credential::Key(bearer(stated)?));
        }
        if !self.names.is_empty() {
            return Ok(Credential::Certificate(self.names));
        }
        if !self.is_local {
            return Ok(Credential::Nothing);
        }
        self.check_local(hosts)?;
        Ok(Credential::Local)
    }

    /// What records say of how the question came to `door`.
    pub fn visit(&self, door: &'static str) -> Visit<'a> {
        let headers = &self.head.headers;
        Visit {
            door,
            request_id: text(headers, &REQUEST_ID),
            address: self.address,
            user_agent: text(headers, &USER_AGENT),
            trace: TraceParent::of(headers).map(|parent| parent.trace),
            told: self.head.extensions.get::<Arc<Told>>().map(Arc::as_ref),
        }
    }

    /// Gives what is answered the name that the sender gave its question.
    pub fn name(&self, answer: &mut HeaderMap) {
        if let Some(id) = self.head.headers.get(REQUEST_ID) {
            answer.insert(REQUEST_ID, id.clone());
        }
    }

    /// Being on this machine is nothing that a web page can claim which a browser here shows.
    fn check_local(&self, hosts: &Hosts) -> Result<(), Refusal> {
        let headers = &self.head.headers;
        if headers.contains_key(ORIGIN) {
            let message = "a web page asks: that takes a key";
            return Err(Refusal::of_field(RefusalKind::Forbidden, "Origin", message));
        }
        let authority = self.head.uri.authority().map(http::uri::Authority::as_str);
        let host = authority.or_else(|| text(headers, &HOST));
        let is_socket = self.address.is_none();
        if !is_socket && !hosts.admit(host) {
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
