use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use http::{HeaderMap, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::doors::listen;
use crate::support::{both, on_board};

#[tokio::test]
async fn a_server_is_told_who_asks_under_which_id_and_for_how_long() {
    let told: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let heads = Arc::clone(&told);
    let handler = move |request: Request| {
        heads.lock().expect("no panic").push(request.headers().clone());
        std::future::ready(StatusCode::INTERNAL_SERVER_ERROR)
    };
    let stop = CancellationToken::new();
    let router = Router::new().fallback(handler);
    let address = listen("127.0.0.1:0", &pdp_listen::Security::Clear, router, &stop).await;
    for (name, builder) in both(&address, &address) {
        let builder = builder.key("sesame").deadline(Duration::from_secs(20));
        let client = builder.build().expect("settings");
        let named = client.under("req-7").expect("a header");
        for (client, id) in [(&named, Some("req-7")), (&client, None)] {
            client.ask(&on_board("user:1", "read")).await.expect_err("a refusal");
            let head = told.lock().expect("no panic").pop().expect(name);
            let text = |name| head.get(name).map(|value| value.to_str().expect("text"));
            assert_eq!(text("authorization"), Some("Bearer sesame"), "{name}");
            assert_eq!(text("x-request-id"), id, "{name}");
            assert!(text("user-agent").expect(name).starts_with("pdp-client/"), "{name}");
            if name == "grpc" {
                let left = text("grpc-timeout").expect("a deadline");
                let (number, unit) = left.split_at(left.len() - 1);
                let number: u64 = number.parse().expect("a number");
                let left = match unit {
                    "n" => Duration::from_nanos(number),
                    "u" => Duration::from_micros(number),
                    "m" => Duration::from_millis(number),
                    _ => panic!("{left}"),
                };
                assert!(left <= Duration::from_secs(20), "{left:?}");
                assert!(left > Duration::from_secs(10), "{left:?}");
            }
        }
    }
    stop.cancel();
}
