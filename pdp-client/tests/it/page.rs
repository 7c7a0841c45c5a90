use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use pdp_client::{Answer, Client, GuardLayer, InProcess, Permitted, Question, Questions};
use pdp_core::{Actor, ActorType, Decider, Effect, Engine, Request, Resource};
use tokio::time::sleep;
use tower::ServiceExt;

use crate::doors::Plan;
use crate::support::pack;

const PAGE: &str = include_str!("../../../docs/client.md");

async fn ask(address: &str) -> Result<Answer, Box<dyn Error>> {
    let client = Client::http(address).build()?;
    let actor = Actor::new(ActorType::Human, "user:1");
    let request = Request::new(actor, "manage", Resource::new("microdao", "microdao:daarion"));
    let answer = client.ask(&request).await?;
    println!("{} because {}", answer.decision.effect.as_str(), answer.decision.reason);
    Ok(answer)
}

fn service<D: Decider + Send + Sync + 'static>(decider: D) -> Router {
    let guard = GuardLayer::new(decider, |head: &http::request::Parts| {
        // Something before the guard has found out who asks.
        let user: &UserId = head.extensions.get()?;
        let id = head.uri.path().strip_prefix("/microdaos/")?;
        Some(Question::new((ActorType::Human, &*user.0), "manage", ("microdao", id)))
    });
    Router::new().route("/microdaos/{id}", get(show)).layer(guard.fulfilling(["log"]))
}

fn traced<Q: Questions>(client: Client, questions: Q) -> GuardLayer<Client, Q> {
    let guard = GuardLayer::new(client, questions);
    guard.asking(|client, head| client.in_trace_of(&head.headers))
}

async fn show(permitted: Permitted) -> String {
    for duty in permitted.obligations() {
        println!("to be done: {} {:?}", duty.obligation_type, duty.properties);
    }
    format!("shown, because {}", permitted.decision().reason)
}

#[derive(Clone)]
struct UserId(String);

#[tokio::test]
async fn the_first_decision_is_a_permit() {
    let doors = Plan::local(pack("daarion")).open().await;
    // The deadline is short, and the machine may be slow.
    for _ in 0..100 {
        match ask(&doors.http).await {
            Err(error) => println!("{error}"),
            Ok(answer) => {
                assert_eq!(answer.decision.effect, Effect::Permit);
                assert!(PAGE.contains(&format!("permit because {}", answer.decision.reason)));
                return;
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("never answered");
}

#[tokio::test]
async fn the_service_is_guarded() {
    let service = service(InProcess(Arc::new(Engine::new(pack("daarion")))));
    for (user, status) in [("user:1", 200), ("user:999", 403)] {
        let request = http::Request::get("/microdaos/microdao:daarion")
            .extension(UserId(user.to_owned()))
            .body(axum::body::Body::empty())
            .expect("a request");
        let response = service.clone().oneshot(request).await.expect("it cannot fail");
        assert_eq!(response.status().as_u16(), status, "{user}");
    }
}

#[test]
fn a_guard_of_a_client_is_traced() {
    let client = Client::http("http://127.0.0.1:7012").build().expect("a client");
    drop(traced(client, |_: &http::request::Parts| None));
}

#[test]
fn the_examples_of_the_page_stand_here() {
    let blocks: Vec<&str> = PAGE
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() >= 2, "{blocks:?}");
    for block in blocks {
        for part in block.split("\n\n") {
            let part = part.trim_end();
            let here = include_str!("page.rs");
            assert!(part.lines().all(|line| here.contains(line)) && !part.is_empty(), "{part}");
            // Lines that say what is used are merged here.
            assert!(part.starts_with("use ") || here.contains(part), "{part}");
        }
    }
}

#[test]
fn the_page_names_every_setting_and_every_error() {
    let methods = include_str!("../../src/remote/builder.rs")
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub fn ")?.split('(').next());
    let settings: Vec<&str> = methods.filter(|name| *name != "build").collect();
    assert!(settings.contains(&"deadline"), "{settings:?}");
    let errors = include_str!("../../src/remote/error.rs");
    let errors = errors.split("pub enum ClientError {").nth(1).expect("it is there");
    let errors = errors.split("\n}").next().unwrap_or_default().lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.split(['(', ' ', ',']).next()?;
        name.starts_with(char::is_uppercase).then_some(name)
    });
    let errors: Vec<&str> = errors.collect();
    assert!(errors.contains(&"Deadline") && errors.len() == 7, "{errors:?}");
    for name in settings.into_iter().chain(errors) {
        assert!(PAGE.contains(&format!("| `{name}` |")), "{name}");
    }
}
