//! By which names the door may be called.

use http::Uri;

/// The hosts that a request may name; of a request by any other the door says nothing. So a page
/// in a browser on the same machine cannot reach it through a name of its own that it lets point
/// here (DNS rebinding).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Any.
    Any,
    /// These, without ports; compared without regard to case.
    Only(Vec<String>),
}

impl Hosts {
    /// The names of this machine for itself.
    pub fn loopback() -> Self {
        let names = ["localhost", "127.0.0.1", "[::1]"];
        Hosts::Only(names.into_iter().map(str::to_owned).collect())
    }

    /// Whether a request may name this authority, such as `localhost:7012`.
    pub fn admit(&self, authority: Option<&str>) -> bool {
        let Hosts::Only(hosts) = self else { return true };
        let authority = authority.and_then(|text| text.parse::<Uri>().ok());
        let host = authority.as_ref().and_then(Uri::host);
        host.is_some_and(|host| hosts.iter().any(|known| known.eq_ignore_ascii_case(host)))
    }
}
