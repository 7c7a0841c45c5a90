use axum::Router;
use axum::routing::get;
use pdp_listen::Limits;

use crate::server::Server;

#[tokio::test]
async fn a_panic_costs_one_connection_and_gives_its_place_back() {
    async fn breaks() {
        panic!("a fault of the service");
    }
    let router =
        Router::new().route("/breaks", get(breaks)).route("/works", get(async || "it works"));
    let server = Server::start(router, Limits { connections_max: 1, ..Limits::default() }).await;
    for _ in 0..10 {
        assert_eq!(server.ask("/breaks").await, "");
        // The only place there is: it is free as soon as the connection has ended.
        while !server.ask("/works").await.ends_with("it works") {
            tokio::task::yield_now().await;
        }
    }
    server.end().await;
}
