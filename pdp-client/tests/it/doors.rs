/// Where a set of doors stands, and what they go by.
pub struct Plan {
    pub policies: pdp_core::Policies,
    pub http: String,
    pub grpc: String,
    pub callers: pdp_service::Callers,
    pub security: pdp_listen::Security,
    pub sink: Option<std::sync::Arc<dyn pdp_core::AuditSink>>,
}

/// Both doors of a decision point, as `pdp serve` puts them together; closed with it.
pub struct Doors {
    /// Addresses for clients.
    pub http: String,
    pub grpc: String,
    pub engine: std::sync::Arc<pdp_core::Engine>,
    stop: tokio_util::sync::CancellationToken,
}

impl Plan {
    /// Doors on this machine for whoever is on it, who may state any identity.
    pub fn local(policies: pdp_core::Policies) -> Self {
        use pdp_service::Right;
        Plan {
            policies,
            http: "127.0.0.1:0".to_owned(),
            grpc: "127.0.0.1:0".to_owned(),
            callers: pdp_service::Callers::only_local(&[Right::Evaluate, Right::AssertIdentity]),
            security: pdp_listen::Security::Clear,
            sink: None,
        }
    }

    pub async fn open(self) -> Doors {
        use pdp_service::{Hosts, Limits, Service, System};
        use std::sync::Arc;

        let engine = Arc::new(pdp_core::Engine::new(self.policies));
        let service = Service::new(Arc::clone(&engine), self.callers, self.sink, Arc::new(System));
        let (service, upkeep) = (Arc::new(service), Arc::new(Fixed(Arc::clone(&engine))));
        let stop = tokio_util::sync::CancellationToken::new();
        let (hosts, limits) = (Hosts::loopback(), Limits::default());
        let door = pdp_http::Door::new(
            Arc::clone(&service),
            Arc::clone(&upkeep) as Arc<dyn pdp_service::Upkeep>,
            String::new,
            hosts.clone(),
            limits.clone(),
        );
        let http = pdp_http::Open::new(Arc::new(door));
        let door = pdp_grpc::Door::new(service, upkeep, hosts, limits);
        let grpc = pdp_grpc::Open::new(Arc::new(door), stop.clone());
        Doors {
            http: listen(&self.http, &self.security, http, &stop).await,
            grpc: listen(&self.grpc, &self.security, grpc, &stop).await,
            engine,
            stop,
        }
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Serves by a door or a router, and says where, as a client is told it.
pub async fn listen(
    address: &str,
    security: &pdp_listen::Security,
    answering: impl pdp_listen::Answering,
    stop: &tokio_util::sync::CancellationToken,
) -> String {
    let address = address.parse().expect("an address");
    let listener = pdp_listen::Listener::bind(&address).await.expect("it is free");
    let address = match listener.address() {
        pdp_listen::Address::Unix(path) => format!("unix:{}", path.display()),
        pdp_listen::Address::Tcp(address) => match security {
            pdp_listen::Security::Clear => format!("http://{address}"),
            pdp_listen::Security::Tls(_) => format!("https://{address}"),
        },
    };
    let (security, stop) = (security.clone(), stop.clone());
    tokio::spawn(async move {
        let limits = pdp_listen::Limits::default();
        pdp_listen::serve(listener, security, &limits, answering, stop).await;
    });
    address
}

/// Policies that nothing reloads.
struct Fixed(std::sync::Arc<pdp_core::Engine>);

impl pdp_service::Upkeep for Fixed {
    fn status(&self) -> pdp_service::Status {
        pdp_service::Status {
            version: self.0.present().version(),
            loaded_at: pdp_core::Timestamp::parse("2026-11-26T09:30:00Z").expect("a time"),
            is_last_good: false,
            reloads: 0,
            failures: 0,
            last_error: None,
        }
    }

    fn reload(&self) -> Result<pdp_service::Status, String> {
        Ok(self.status())
    }
}
