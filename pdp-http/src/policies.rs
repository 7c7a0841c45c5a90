//! `GET /internal/pdp/policies`

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use pdp_service::Right;
use serde_json::{Map, Value, json};

use crate::evaluate::{json as text, success};
use crate::visitor::visitor;
use crate::{Door, problem};

/// How much is loaded, and in which revision.
pub(crate) async fn counts(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut visitor = visitor(&door, &parts, parts.extensions.get());
    let admitted = visitor.admit(Right::Evaluate);
    let counted = admitted.map(|_| success(text(&loaded(&door))));
    visitor.answer(counted, problem::response).await.map(Body::new)
}

fn loaded(door: &Door) -> Value {
    let policies = door.service.engine().present();
    let (summary, version) = (policies.summary(), policies.version());
    let status = door.upkeep.status();
    let sections = policies.sections().map(|(name, count)| (name.to_owned(), json!(count)));
    let mut counts: Map<String, Value> = sections.collect();
    counts.insert("rules".to_owned(), json!(summary.rules));
    counts.insert("facts".to_owned(), json!(summary.facts));
    counts.insert("digest".to_owned(), json!(version.digest.to_string()));
    counts.insert("revision".to_owned(), json!(version.revision));
    counts.insert("loaded_at".to_owned(), json!(status.loaded_at.to_string()));
    counts.insert("last_error".to_owned(), json!(status.last_error.map(|error| error.message)));
    Value::Object(counts)
}
