//! By which names the door may be called.

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
        let host = authority.map(without_port);
        host.is_some_and(|host| hosts.iter().any(|known| known.eq_ignore_ascii_case(host)))
    }
}

/// The host of `host`, `host:port` or `[address]:port`. Of what is made otherwise nothing is taken
/// away, so that it is no host that is known.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
            // The colons of an address of version 6 belong to it unless it stands in brackets.
            let is_host = !host.contains(':') || host.ends_with(']');
            if is_host { host } else { authority }
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_no_part_of_the_name() {
        let loopback = Hosts::loopback();
        for authority in
            ["localhost", "LocalHost:7012", "127.0.0.1:80", "[::1]", "[::1]:7012", "localhost:"]
        {
            assert!(loopback.admit(Some(authority)), "{authority}");
        }
    }

    #[test]
    fn what_is_not_a_known_name_is_not_admitted() {
        let loopback = Hosts::loopback();
        for authority in [
            "",
            ":80",
            "::1",
            "[::1]x",
            "[::1]:80x",
            "localhost:80:80",
            "localhost:80/x",
            "localhost.evil.test:80",
            "evil.test:127.0.0.1",
            "user@localhost:80",
            "localhost@evil.test",
            "127.0.0.1 ",
        ] {
            assert!(!loopback.admit(Some(authority)), "{authority}");
        }
        assert!(!loopback.admit(None));
        assert!(Hosts::Any.admit(None));
    }
}
