//! Where a decision point is.

use std::path::PathBuf;

use http::Uri;

use crate::SettingError;

/// A place to connect to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) place: Place,
    /// `SCHEME://AUTHORITY`, as requests name it.
    pub(crate) origin: String,
    pub(crate) is_tls: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Tcp { host: String, port: u16 },
    Unix(PathBuf),
}

impl Address {
    /// Reads `http://HOST:PORT`, `https://HOST:PORT` or `unix:PATH`.
    pub(crate) fn parse(text: &str) -> Result<Self, SettingError> {
        let fault = |message| SettingError::Address { address: text.to_owned(), message };
        if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() {
                return Err(fault("no path"));
            }
            let place = Place::Unix(path.into());
            // A socket has no name; the door asks for none.
            return Ok(Address { place, origin: "http://localhost".to_owned(), is_tls: false });
        }
        let uri: Uri = text.parse().map_err(|_| fault("not a URL"))?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(fault("it begins with none of `http://`, `https://` and `unix:`")),
        };
        let authority = uri.authority().ok_or_else(|| fault("no host"))?;
        if authority.as_str().contains('@') {
            return Err(fault("a user in an address: see the setting of the key"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(fault("something after the host"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let scheme = if is_tls { "https" } else { "http" };
        let origin = format!("{scheme}://{authority}");
        Ok(Address { place: Place::Tcp { host, port }, origin, is_tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_url_without_a_path_or_a_socket() {
        let tcp = |host: &str, port| Place::Tcp { host: host.to_owned(), port };
        for (text, place, is_tls) in [
            ("http://127.0.0.1:7012", tcp("127.0.0.1", 7012), false),
            ("http://[::1]:7012/", tcp("::1", 7012), false),
            ("https://pdp.internal", tcp("pdp.internal", 443), true),
            ("unix:/run/pdp.sock", Place::Unix("/run/pdp.sock".into()), false),
        ] {
            let address = Address::parse(text).expect(text);
            assert_eq!((address.place, address.is_tls), (place, is_tls), "{text}");
        }
        for text in
            ["", "127.0.0.1:7012", "ftp://pdp", "http://", "http://a/b", "http://k@a", "unix:"]
        {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
