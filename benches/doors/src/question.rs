//! What all are asked: a member of a channel that sends a message to it, the first line of the
//! seeds' own examples.

use pdp_proto::v1::value::Kind;
use pdp_proto::v1::{
    Actor, ActorType, EvaluateBatchRequest, EvaluateRequest, Membership, Resource, Value,
    evaluate_request,
};
use prost::Message;
use serde_json::json;

/// Requests in a batch.
pub const BATCH: usize = 64;

/// The body over HTTP.
pub fn json() -> Vec<u8> {
    let request = json!({
        "actor": {"actor_id": "user:93", "actor_type": "human", "microdao_ids": ["microdao:7"], "roles": ["member"],
            "memberships": [{"microdao_id": "microdao:daarion", "role": "member"}]},
        "action": "send_message",
        "resource": {"type": "channel", "id": "channel-general-daarion"},
        "context": {"message_length": 12},
    });
    request.to_string().into_bytes()
}

/// The same as a message.
pub fn message() -> EvaluateRequest {
    EvaluateRequest {
        actor: Some(Actor {
            actor_id: "user:93".to_owned(),
            actor_type: ActorType::Human.into(),
            microdao_ids: vec!["microdao:7".to_owned()],
            roles: vec!["member".to_owned()],
            memberships: vec![Membership {
                microdao_id: "microdao:daarion".to_owned(),
                role: "member".to_owned(),
            }],
            ..Actor::default()
        }),
        action: "send_message".to_owned(),
        resource: Some(Resource {
            r#type: "channel".to_owned(),
            id: "channel-general-daarion".to_owned(),
            ..Resource::default()
        }),
        context: vec![evaluate_request::ContextEntry {
            key: "message_length".to_owned(),
            value: Some(Value { kind: Some(Kind::IntValue(12)) }),
        }],
        ..EvaluateRequest::default()
    }
}

/// [`BATCH`] times the same.
pub fn batch() -> EvaluateBatchRequest {
    EvaluateBatchRequest { requests: vec![message(); BATCH] }
}

/// A message as gRPC frames it: not compressed, its length, its bytes.
pub fn frame(message: &impl Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).expect("a small message");
    [&[0], &length.to_be_bytes()[..], &bytes].concat()
}
