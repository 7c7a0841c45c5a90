//! `PolicyStatus`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use pdp_service::Right;

use crate::v1::policy_status_response::SectionsEntry;
use crate::v1::{PolicyStatusRequest, PolicyStatusResponse};
use crate::{Door, call, convert, frame};

/// How much is loaded, and in which revision.
pub(crate) async fn policies(State(door): State<Arc<Door>>, request: Request) -> Response {
    let door = &*door;
    call::respond(door, request, async |visitor, body| {
        let _place = door.places.take()?;
        visitor.admit(Right::Evaluate)?;
        let PolicyStatusRequest {} = call::message(door, body, door.limits.body_bytes_max).await?;
        Ok(frame::response(&loaded(door)))
    })
    .await
}

fn loaded(door: &Door) -> PolicyStatusResponse {
    let policies = door.service.engine().present();
    let (summary, status) = (policies.summary(), door.upkeep.status());
    let sections = policies
        .sections()
        .map(|(name, count)| SectionsEntry { key: name.to_owned(), value: convert::count(count) });
    PolicyStatusResponse {
        policy: Some(convert::policy_version(policies.version())),
        loaded_at: status.loaded_at.to_string(),
        rules: convert::count(summary.rules),
        facts: convert::count(summary.facts),
        sections: sections.collect(),
        last_error: status.last_error.map(|error| error.message),
    }
}
