use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, Full};
use pdp_client::{Client, ClientError, Status};
use pdp_core::Effect;
use pdp_proto::v1::{self, value::Kind};
use prost::Message;
use prost::bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::doors::listen;
use crate::support::{on_board, patient};

/// A server of gRPC that answers every call with these bytes in a frame, and this status. Without
/// one the stream just ends.
async fn serve(message: Vec<u8>, status: Option<&'static str>) -> (Client, CancellationToken) {
    let handler = move || {
        let mut frame = vec![0];
        frame.extend(u32::try_from(message.len()).expect("short").to_be_bytes());
        frame.extend(&message);
        let trailers = status.map(|status| {
            Ok(HeaderMap::from_iter([(
                "grpc-status".parse().expect("a name"),
                HeaderValue::from_static(status),
            )]))
        });
        let body = Full::new(Bytes::from(frame)).with_trailers(std::future::ready(trailers));
        let head = Response::builder().header("content-type", "application/grpc");
        std::future::ready(head.body(Body::new(body)).expect("a response"))
    };
    let stop = CancellationToken::new();
    let router = Router::new().fallback(handler);
    let address = listen("127.0.0.1:0", &pdp_listen::Security::Clear, router, &stop).await;
    (patient(Client::grpc(&address)), stop)
}

fn good() -> v1::EvaluateResponse {
    let properties = vec![property("level")];
    v1::EvaluateResponse {
        decision_id: "01a22166-18c3-70f2-adc8-b7852493d313".to_owned(),
        effect: v1::Effect::Permit.into(),
        reason: "member".to_owned(),
        rule: None,
        bypass: false,
        obligations: vec![v1::Obligation { r#type: "log".to_owned(), properties }],
        errors: vec![v1::RuleError {
            rule: Some(v1::Rule { id: "a".to_owned(), file: "b".to_owned(), line: 1 }),
            fault: "overflow".to_owned(),
            message: String::new(),
        }],
        policy: Some(v1::PolicyVersion {
            digest: format!("sha256:{}", "0".repeat(64)),
            revision: 1,
        }),
        dropped: Vec::new(),
    }
}

fn property(key: &str) -> v1::obligation::PropertiesEntry {
    let value = Some(v1::Value { kind: Some(Kind::IntValue(1)) });
    v1::obligation::PropertiesEntry { key: key.to_owned(), value }
}

#[tokio::test]
async fn a_good_answer_comes_through() {
    let (client, _stop) = serve(good().encode_to_vec(), Some("0")).await;
    let answer = client.ask(&on_board("user:1", "read")).await.expect("an answer");
    assert_eq!(answer.decision.effect, Effect::Permit);
    assert_eq!(answer.decision.obligations[0].obligation_type, "log");
}

#[tokio::test]
async fn what_is_no_answer_is_no_permit() {
    let changes: [fn(&mut v1::EvaluateResponse); 13] = [
        |answer| answer.effect = 0,
        |answer| answer.effect = 3,
        |answer| answer.effect = -1,
        |answer| answer.decision_id.clear(),
        |answer| answer.policy = None,
        |answer| answer.policy.as_mut().expect("one").digest.clear(),
        |answer| answer.errors[0].rule = None,
        |answer| answer.errors[0].fault = "bad_luck".to_owned(),
        |answer| answer.rule = Some(v1::Rule { line: u64::MAX, ..Default::default() }),
        |answer| answer.obligations[0].properties.push(property("level")),
        |answer| answer.obligations[0].properties[0].value = None,
        |answer| answer.obligations[0].properties[0].value = Some(v1::Value { kind: None }),
        |answer| answer.dropped.push("\n".to_owned()),
    ];
    let mut messages: Vec<Vec<u8>> = changes
        .iter()
        .map(|change| {
            let mut answer = good();
            change(&mut answer);
            answer.encode_to_vec()
        })
        .collect();
    messages.extend([Vec::new(), vec![0xff; 9], good().encode_to_vec()[..40].to_vec()]);
    for (index, message) in messages.into_iter().enumerate() {
        let (client, _stop) = serve(message, Some("0")).await;
        let error = client.ask(&on_board("user:1", "read")).await.expect_err("no answer");
        assert!(matches!(error, ClientError::Answer(_)), "{index}: {error}");
    }
}

#[tokio::test]
async fn only_the_status_ok_is_an_answer() {
    for (status, code) in [("1", 1), ("7", 7), ("13", 13), ("14", 14), ("99", 2)] {
        let (client, _stop) = serve(good().encode_to_vec(), Some(status)).await;
        match client.ask(&on_board("user:1", "read")).await {
            Err(ClientError::Refused(refused)) => assert_eq!(refused.status, Status::Grpc(code)),
            other => panic!("{status}: {other:?}"),
        }
    }
    let (client, _stop) = serve(good().encode_to_vec(), Some("4")).await;
    let error = client.ask(&on_board("user:1", "read")).await.expect_err("late");
    assert!(matches!(error, ClientError::Deadline(_)), "{error}");
    let (client, _stop) = serve(good().encode_to_vec(), None).await;
    client.ask(&on_board("user:1", "read")).await.expect_err("a stream without a status");
}

#[tokio::test]
async fn a_batch_has_one_answer_for_each_request() {
    let requests = [on_board("user:1", "read"), on_board("user:666", "read")];
    for count in [0, 1, 2, 3] {
        let batch = v1::EvaluateBatchResponse { decisions: vec![good(); count] };
        let (client, _stop) = serve(batch.encode_to_vec(), Some("0")).await;
        match client.ask_batch(&requests).await {
            Ok(answers) => assert_eq!((answers.len(), count), (2, 2)),
            Err(ClientError::Count { requests: 2, answers }) => {
                assert_eq!(answers, count);
                assert_ne!(count, 2);
            }
            Err(other) => panic!("{other}"),
        }
    }
}
