//! What a client is told.

use std::fmt;
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use crate::remote::address::Address;
#[cfg(feature = "tls")]
use crate::remote::address::Place;
use crate::remote::client::Door;
use crate::remote::connector::Connector;
use crate::{BreakerSettings, Client, SettingError};

/// How long a call waits, where nothing else is said.
const DEADLINE: Duration = Duration::from_millis(50);

/// A client to be.
#[derive(Clone)]
pub struct Builder {
    protocol: Protocol,
    address: String,
    key: Option<String>,
    deadline: Duration,
    connections: usize,
    breaker: BreakerSettings,
    #[cfg(feature = "tls")]
    tls: Option<crate::Tls>,
}

/// Which door is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    #[cfg(feature = "http")]
    Http,
    #[cfg(feature = "grpc")]
    Grpc,
}

impl Protocol {
    /// Over HTTP/1.1 a connection carries one call at a time, over gRPC many.
    fn connections(self) -> usize {
        match self {
            #[cfg(feature = "http")]
            Protocol::Http => 64,
            #[cfg(feature = "grpc")]
            Protocol::Grpc => 1,
        }
    }

    /// Its name among those that TLS agrees on.
    #[cfg(feature = "tls")]
    fn name(self) -> &'static [u8] {
        match self {
            #[cfg(feature = "http")]
            Protocol::Http => b"http/1.1",
            #[cfg(feature = "grpc")]
            Protocol::Grpc => b"h2",
        }
    }
}

impl Builder {
    pub(crate) fn new(protocol: Protocol, address: &str) -> Self {
        Builder {
            protocol,
            address: address.to_owned(),
            key: None,
            deadline: DEADLINE,
            connections: protocol.connections(),
            breaker: BreakerSettings::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// The API key by which the decision point knows this caller. Without one it goes by the
    /// client certificate, or by being on the same machine.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// How long a call may take, from asking for it to its answer, with whatever it takes to
    /// connect; more than zero, 50 ms by default. For a batch it is the same.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many connections are used at once, from 1. Over HTTP each carries one call at a time, and
    /// further calls wait for one, as long as their deadlines allow (64 by default); over gRPC each
    /// carries as many as the server takes, and calls take turns (1 by default).
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// When to stop asking, and for how long; by default after 5 failures in a row, for 1 s.
    #[must_use]
    pub fn breaker(mut self, breaker: BreakerSettings) -> Self {
        self.breaker = breaker;
        self
    }

    /// Whom to trust, and who to be, where the address is `https://`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: crate::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// The client. It connects when it is asked first.
    ///
    /// # Errors
    ///
    /// [`SettingError`] where a setting is not one that a client can have.
    ///
    /// # Panics
    ///
    /// Over gRPC, outside a runtime of tokio: a task keeps each connection.
    pub fn build(self) -> Result<Client, SettingError> {
        let zero = [
            ("deadline", self.deadline.is_zero()),
            ("connections", self.connections == 0),
            ("breaker.failures", self.breaker.failures == 0),
        ];
        if let Some((name, _)) = zero.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(SettingError::Zero(name));
        }
        let headers = self.headers()?;
        let address = Address::parse(&self.address)?;
        let origin = address.origin.clone();
        #[cfg(feature = "tls")]
        let connector = Connector::new(self.handshake(&address)?, address);
        #[cfg(not(feature = "tls"))]
        let connector = if address.is_tls {
            return Err(SettingError::Secure);
        } else {
            Connector::new(address)
        };
        let door = match self.protocol {
            #[cfg(feature = "http")]
            Protocol::Http => {
                let http = crate::remote::http::Http::new(&origin, connector, self.connections)?;
                Door::Http(Box::new(http))
            }
            #[cfg(feature = "grpc")]
            Protocol::Grpc => {
                Door::Grpc(crate::remote::grpc::Grpc::new(&origin, &connector, self.connections)?)
            }
        };
        Ok(Client::new(door, self.deadline, self.breaker, headers))
    }

    fn headers(&self) -> Result<HeaderMap, SettingError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &self.key {
            let value = HeaderValue::try_from(format!("Bearer {key}"));
            let mut value = value.map_err(|_| SettingError::Header("key"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(headers)
    }

    /// What is needed to shake hands with an address, if it wants that.
    #[cfg(feature = "tls")]
    fn handshake(
        &self,
        address: &Address,
    ) -> Result<Option<crate::remote::tls::Handshake>, SettingError> {
        match (&self.tls, &address.place) {
            (Some(tls), Place::Tcp { host, .. }) if address.is_tls => {
                tls.handshake(host, self.protocol.name()).map(Some)
            }
            (None, _) if !address.is_tls => Ok(None),
            _ => Err(SettingError::Secure),
        }
    }
}

/// Says nothing of the key.
impl fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Builder")
            .field("protocol", &self.protocol)
            .field("address", &self.address)
            .field("deadline", &self.deadline)
            .field("connections", &self.connections)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}
