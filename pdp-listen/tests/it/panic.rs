use axum::Router;
use axum::routing::get;
use pdp_listen::{Address, Limits, Listener, Security, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

async fn ask(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("an end");
    reply
}

#[tokio::test]
async fn a_panic_costs_one_connection_and_gives_its_place_back() {
    async fn breaks() {
        panic!("a fault of the service");
    }
    let router =
        Router::new().route("/breaks", get(breaks)).route("/works", get(async || "it works"));
    let address: Address = "127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(&address).await.expect("a listener");
    let address = listener.address().to_string();
    let (stop, limits) =
        (CancellationToken::new(), Limits { connections_max: 1, ..Limits::default() });
    let stopping = stop.clone();
    let serving = tokio::spawn(async move {
        serve(listener, Security::Clear, &limits, router, stopping).await;
    });
    for _ in 0..10 {
        assert_eq!(ask(&address, "/breaks").await, "");
        // The only place there is: it is free as soon as the connection has ended.
        while !ask(&address, "/works").await.ends_with("it works") {
            tokio::task::yield_now().await;
        }
    }
    stop.cancel();
    serving.await.expect("the listener ends");
}
