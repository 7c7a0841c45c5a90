//! A peer: Cerbos, asked the same. It keeps no facts: what ours look up is stated in the question.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use anyhow::Result;
use prost_types::value::Kind;
use prost_types::{ListValue, Value};
use serde_json::json;

use crate::pinned::{SERVER_CORE, Server, eventually, pinned};

const POLICY: &str = "
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: channel
  version: default
  rules:
    - actions: [send_message]
      effect: EFFECT_ALLOW
      roles: [member]
      condition:
        match:
          expr: request.resource.attr.microdao_id in request.principal.attr.microdao_ids
";

/// Its server, and the ports of HTTP and gRPC.
pub fn start(program: &Path, folder: &Path) -> Result<(Server, [u16; 2])> {
    let ports = [free_port()?, free_port()?];
    let policies = folder.join("policies");
    fs::create_dir_all(&policies)?;
    fs::write(policies.join("channel.yaml"), POLICY)?;
    let config = json!({
        "server": {
            "httpListenAddr": format!("127.0.0.1:{}", ports[0]),
            "grpcListenAddr": format!("127.0.0.1:{}", ports[1]),
        },
        "storage": {"driver": "disk", "disk": {"directory": policies, "watchForChanges": false}},
        "telemetry": {"disabled": true},
    });
    fs::write(folder.join("cerbos.yaml"), config.to_string())?;
    let mut command = pinned(SERVER_CORE, program);
    command.args(["server", "--log-level=error", "--config"]).arg(folder.join("cerbos.yaml"));
    let server = Server::silent(&mut command)?;
    for port in ports {
        eventually("Cerbos listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())?;
    }
    Ok((server, ports))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The question over HTTP.
pub fn json() -> Vec<u8> {
    let request = json!({
        "requestId": "1",
        "principal": {"id": "user:93", "roles": ["member"], "attr": {"microdao_ids": ["microdao:7", "microdao:daarion"]}},
        "resources": [{
            "actions": ["send_message"],
            "resource": {"kind": "channel", "id": "channel-general-daarion", "attr": {"microdao_id": "microdao:daarion"}},
        }],
    });
    request.to_string().into_bytes()
}

/// The question as a message of `cerbos.request.v1`.
pub fn message() -> CheckResourcesRequest {
    let text = |text: &str| Value { kind: Some(Kind::StringValue(text.to_owned())) };
    let tenants = ListValue { values: vec![text("microdao:7"), text("microdao:daarion")] };
    let tenants = Value { kind: Some(Kind::ListValue(tenants)) };
    CheckResourcesRequest {
        request_id: "1".to_owned(),
        principal: Some(Principal {
            id: "user:93".to_owned(),
            roles: vec!["member".to_owned()],
            attributes: BTreeMap::from([("microdao_ids".to_owned(), tenants)]),
        }),
        resources: vec![Entry {
            actions: vec!["send_message".to_owned()],
            resource: Some(Resource {
                kind: "channel".to_owned(),
                id: "channel-general-daarion".to_owned(),
                attributes: BTreeMap::from([("microdao_id".to_owned(), text("microdao:daarion"))]),
            }),
        }],
    }
}

/// `cerbos.request.v1.CheckResourcesRequest`, as far as we fill it.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CheckResourcesRequest {
    #[prost(string, tag = "1")]
    request_id: String,
    #[prost(message, optional, tag = "3")]
    principal: Option<Principal>,
    #[prost(message, repeated, tag = "4")]
    resources: Vec<Entry>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Principal {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, repeated, tag = "3")]
    roles: Vec<String>,
    #[prost(btree_map = "string, message", tag = "4")]
    attributes: BTreeMap<String, Value>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Entry {
    #[prost(string, repeated, tag = "1")]
    actions: Vec<String>,
    #[prost(message, optional, tag = "2")]
    resource: Option<Resource>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Resource {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "3")]
    id: String,
    #[prost(btree_map = "string, message", tag = "4")]
    attributes: BTreeMap<String, Value>,
}
