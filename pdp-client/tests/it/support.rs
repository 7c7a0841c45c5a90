use std::time::{Duration, Instant};

use pdp_client::{Builder, Client, ClientError};
use pdp_core::{Actor, ActorType, Policies, Request, Resource, SourceText};

/// The deadline of tests in which it is not to pass, on any machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How much later than its deadline a call may end, on any machine.
pub const SLACK: Duration = Duration::from_secs(2);

/// Whoever is a user reads and posts, but for one. An auditor's reading is logged.
pub const BOARD: &str = "
version: 1
types:
  board:
    actions: [read, post, audit]
    relations: {member: direct, banned: direct}
rules:
  - {id: banned, effect: deny, resource: board, actors: {relation: banned}, reason: banned}
  - {id: members, effect: permit, resource: board, actions: [read, post], actors: {relation: member}, reason: member}
  - id: auditors
    effect: permit
    resource: board
    actions: audit
    actors: {relation: member}
    obligations: [{type: log, properties: {level: info, copies: 2}}]
facts:
  board:news: {member: ['user:*'], banned: user:666}
";

pub fn board() -> Policies {
    let source = SourceText { path: "board.yaml", text: BOARD };
    Policies::from_sources(&[source]).expect("policies")
}

/// A pack of this repository.
pub fn pack(name: &str) -> Policies {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies");
    pdp_source::load([format!("{root}/{name}")]).expect("policies")
}

/// May this user do this on the board?
pub fn on_board<'a>(user: &'a str, action: &'a str) -> Request<'a> {
    Request::new(Actor::new(ActorType::Human, user), action, Resource::new("board", "news"))
}

/// A patient client.
pub fn patient(builder: Builder) -> Client {
    builder.deadline(PATIENCE).build().expect("settings")
}

/// Clients of both doors, by their names.
pub fn both(http: &str, grpc: &str) -> [(&'static str, Builder); 2] {
    [("http", Client::http(http)), ("grpc", Client::grpc(grpc))]
}

/// The error of a call that must fail, and must be over soon after `deadline`.
pub async fn fails_within<R: std::fmt::Debug>(
    deadline: Duration,
    call: impl Future<Output = Result<R, ClientError>>,
) -> ClientError {
    let begun = Instant::now();
    let error = call.await.expect_err("nobody answers");
    assert!(begun.elapsed() < deadline + SLACK, "{:?}: {error}", begun.elapsed());
    error
}
