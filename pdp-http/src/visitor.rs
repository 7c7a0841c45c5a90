//! Who sent a request.

use http::request::Parts;
use pdp_listen::Peer;
use pdp_service::{Sender, Visitor};

use crate::Door;

/// The sender of the request with this head, which `peer` sent.
pub(crate) fn visitor<'a>(door: &'a Door, head: &'a Parts, peer: Option<&'a Peer>) -> Visitor<'a> {
    let sender = Sender {
        head,
        address: peer.and_then(|peer| peer.address),
        is_local: peer.is_some_and(|peer| peer.is_local),
        names: peer.map_or(&[], |peer| &peer.names),
    };
    Visitor::new(&door.service, &door.hosts, "http", sender)
}
