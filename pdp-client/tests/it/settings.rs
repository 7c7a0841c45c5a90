use std::time::Duration;

use pdp_client::{BreakerSettings, Client, SettingError, Tls};

#[tokio::test]
async fn what_cannot_be_is_said_when_a_client_is_made() {
    let http = || Client::http("http://127.0.0.1:7012");
    let breaker = BreakerSettings { failures: 0, ..BreakerSettings::default() };
    for (builder, wanted) in [
        (http().deadline(Duration::ZERO), "deadline: zero"),
        (http().connections(0), "connections: zero"),
        (http().breaker(breaker), "breaker.failures: zero"),
        (http().key("two\nlines"), "key: not text that a header can hold"),
        (http().tls(Tls::of("no PEM")), "TLS goes with"),
        (Client::http("https://127.0.0.1:7012"), "TLS goes with"),
        (Client::grpc("https://127.0.0.1:7012").tls(Tls::of("no PEM")), "TLS: no certificate"),
        (Client::grpc("127.0.0.1:7022"), "address `127.0.0.1:7022`: "),
    ] {
        let error = builder.build().expect_err(wanted).to_string();
        assert!(error.starts_with(wanted), "{error}");
    }
    let client = http().build().expect("settings");
    assert_eq!(client.under("two\nlines").err(), Some(SettingError::Header("request id")));
}

#[test]
fn a_key_is_not_shown() {
    let builder = Client::http("http://127.0.0.1:7012").key("sesame");
    assert!(!format!("{builder:?}").contains("sesame"));
    assert!(!format!("{:?}", builder.build().expect("settings")).contains("sesame"));
}
