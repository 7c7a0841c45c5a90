//! `PolicyStatus`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;

use prost::Message;

use crate::v1::policy_status_response::SectionsEntry;
use crate::v1::{PolicyStatusRequest, PolicyStatusResponse};
use crate::{Door, call, convert, frame};

/// How many bytes the answer usually has.
const USUAL: usize = 512;

/// How much is loaded, and in which revision.
pub(crate) async fn policies(State(door): State<Arc<Door>>, request: Request) -> Response {
    let bytes_max = door.limits.body_bytes_max;
    let (head, body) = request.into_parts();
    let peer = head.extensions.get();
    let answering = call::respond(&door, &head, peer, body, bytes_max, async |_, _, message| {
        let PolicyStatusRequest {} = call::decode(&door.schema, message)?;
        let loaded = loaded(&door);
        Ok(frame::response(USUAL, |frame| loaded.encode_raw(frame)))
    });
    answering.await.map(Body::new)
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
