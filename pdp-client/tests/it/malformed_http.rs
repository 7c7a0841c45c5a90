use std::sync::atomic::Ordering;
use std::time::Duration;

use pdp_client::{Client, ClientError, Status};
use pdp_core::Effect;

use crate::raw::{Raw, Then, response};
use crate::support::{fails_within, on_board, patient};

const GOOD: &str = r#"{"decision_id": "01a22166-18c3-70f2-adc8-b7852493d313", "effect": "permit", "reason": "member", "rule": {"id": "members", "file": "board.yaml", "line": 8}, "bypass": false, "obligations": [], "errors": [], "policy": {"digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000", "revision": 1}}"#;

async fn ask(raw: &Raw) -> Result<Effect, ClientError> {
    let client = patient(Client::http(&raw.address));
    client.ask(&on_board("user:1", "read")).await.map(|answer| answer.decision.effect)
}

#[tokio::test]
async fn a_good_answer_comes_through() {
    let raw = Raw::answer(GOOD).await;
    assert_eq!(ask(&raw).await.expect("an answer"), Effect::Permit);
    assert_eq!(raw.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_no_answer_is_no_permit() {
    let changed = |from: &str, to: &str| {
        let changed = GOOD.replace(from, to);
        assert_ne!(changed, GOOD, "{from}");
        changed
    };
    let effect = r#""effect": "permit""#;
    let bodies = [
        String::new(),
        "null".to_owned(),
        "\"permit\"".to_owned(),
        "{}".to_owned(),
        r#"{"effect": "permit"}"#.to_owned(),
        format!("[{GOOD}]"),
        format!("{GOOD}{GOOD}"),
        GOOD[..GOOD.len() / 2].to_owned(),
        GOOD[..GOOD.len() - 1].to_owned(),
        changed(effect, r#""effect": "Permit""#),
        changed(effect, r#""effect": "allow""#),
        changed(effect, r#""effect": """#),
        changed(effect, r#""effect": true"#),
        changed(effect, r#""effect": null"#),
        changed(effect, r#""outcome": "permit""#),
        changed(effect, r#""effect": "permit", "effect": "permit""#),
        changed(effect, r#""effect": "deny", "effect": "permit""#),
        changed("01a22166-18c3-70f2-adc8-b7852493d313", ""),
        changed(r#""bypass": false, "#, ""),
        changed(r#""obligations": [], "#, ""),
        changed(r#""obligations": []"#, r#""obligations": null"#),
        changed(r#""obligations": []"#, r#""obligations": [{"type": "log"}]"#),
        changed(r#""line": 8"#, r#""line": -8"#),
        changed("sha256:0", "sha256:"),
        changed(r#""revision": 1"#, r#""revision": "1""#),
    ];
    for body in bodies {
        let error = ask(&Raw::answer(&body).await).await.expect_err(&body);
        assert!(matches!(error, ClientError::Answer(_)), "{body}: {error}");
        assert!(error.is_failure(), "{body}");
    }
}

#[tokio::test]
async fn only_200_is_an_answer() {
    for status in [201, 202, 206, 301, 302, 307, 400, 401, 403, 404, 429, 500, 502, 503, 599] {
        let line = format!("{status} Whatever\r\nLocation: /internal/pdp/evaluate");
        let raw = Raw::send(response(&line, GOOD), Then::Close).await;
        match ask(&raw).await {
            Err(ClientError::Refused(refused)) => {
                assert_eq!((refused.status, refused.kind), (Status::Http(status), None));
            }
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(raw.asked.load(Ordering::SeqCst), 1, "{status}: asked once, and nowhere else");
    }
}

#[tokio::test]
async fn a_refusal_says_what_it_says() {
    let problem = r#"{"title": "Forbidden", "status": 403, "kind": "forbidden", "field": "actor", "detail": "not you"}"#;
    let raw = Raw::send(response("403 Forbidden", problem), Then::Close).await;
    let error = ask(&raw).await.expect_err("a refusal");
    assert_eq!(error.to_string(), "refused: HTTP 403, actor: not you");
    assert!(!error.is_failure());
    let raw = Raw::send(response("503 Service Unavailable", "<html>"), Then::Close).await;
    let error = ask(&raw).await.expect_err("a refusal");
    assert_eq!(error.to_string(), "refused: HTTP 503: Service Unavailable");
    assert!(error.is_failure());
}

#[tokio::test]
async fn half_a_response_is_none() {
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{GOOD}", GOOD.len() + 1);
    let chunk = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{GOOD}\r\n",
        GOOD.len()
    );
    for bytes in ["", "HTTP", "HTTP/1.1 200", "no HTTP\r\n\r\n", &*long, &*chunk] {
        let raw = Raw::send(bytes, Then::Close).await;
        let error = ask(&raw).await.expect_err(bytes);
        assert!(matches!(error, ClientError::Connection(_)), "{bytes}: {error}");
        assert_eq!(raw.asked.load(Ordering::SeqCst), 1, "{bytes}: what was sent is not sent again");
    }
    let deadline = Duration::from_millis(200);
    for bytes in ["", &*long, &*chunk] {
        let raw = Raw::send(bytes, Then::Wait).await;
        let client = Client::http(&raw.address).deadline(deadline).build().expect("settings");
        let error = fails_within(deadline, client.ask(&on_board("user:1", "read"))).await;
        assert!(matches!(error, ClientError::Deadline(_)), "{bytes}: {error}");
    }
}

#[tokio::test]
async fn a_batch_has_one_answer_for_each_request() {
    let requests = [on_board("user:1", "read"), on_board("user:666", "read")];
    for (count, body) in [
        (0, r#"{"decisions": []}"#.to_owned()),
        (1, format!(r#"{{"decisions": [{GOOD}]}}"#)),
        (3, format!(r#"{{"decisions": [{GOOD}, {GOOD}, {GOOD}]}}"#)),
    ] {
        let client = patient(Client::http(&Raw::answer(&body).await.address));
        match client.ask_batch(&requests).await {
            Err(ClientError::Count { requests: 2, answers }) => assert_eq!(answers, count),
            other => panic!("{other:?}"),
        }
    }
    for body in [GOOD.to_owned(), format!(r#"{{"decisions": [{GOOD}, {{}}]}}"#)] {
        let client = patient(Client::http(&Raw::answer(&body).await.address));
        let error = client.ask_batch(&requests).await.expect_err(&body);
        assert!(matches!(error, ClientError::Answer(_)), "{body}: {error}");
    }
    let body = format!(r#"{{"decisions": [{GOOD}, {GOOD}]}}"#);
    let client = patient(Client::http(&Raw::answer(&body).await.address));
    assert_eq!(client.ask_batch(&requests).await.expect("answers").len(), 2);
}
