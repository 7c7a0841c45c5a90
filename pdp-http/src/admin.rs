//! `/admin/…`: reload, facts of run time, status.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use pdp_core::wire::{CHANGE_SET_BYTES_MAX, parse_change_set};
use pdp_service::{Refusal, RefusalKind, Right, Status};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::evaluate::{json as text, success};
use crate::visitor::visitor;
use crate::{Door, body, problem};

/// What runs, and how the last reloads went.
pub(crate) async fn status(State(door): State<Arc<Door>>, request: Request) -> Response {
    respond(&door, request, async |door, _| Ok(shown(&door.upkeep.status()))).await
}

/// Loads the policies anew, if they can be loaded.
pub(crate) async fn reload(State(door): State<Arc<Door>>, request: Request) -> Response {
    respond(&door, request, async |door, _| {
        let upkeep = Arc::clone(&door.upkeep);
        let reloaded = blocking(move || upkeep.reload()).await?;
        let status = reloaded.map_err(|message| Refusal::new(RefusalKind::Failed, message))?;
        Ok(shown(&status))
    })
    .await
}

/// Applies a change set.
pub(crate) async fn facts(State(door): State<Arc<Door>>, request: Request) -> Response {
    respond(&door, request, async |door, body| {
        let json = body::read(door, body, CHANGE_SET_BYTES_MAX).await?;
        let service = Arc::clone(&door.service);
        let applied = blocking(move || service.apply(&parse_change_set(&json)?)).await??;
        Ok(json!({"revision": applied.revision, "repeated": applied.repeated}))
    })
    .await
}

async fn respond(
    door: &Door,
    request: Request,
    work: impl AsyncFnOnce(&Door, Body) -> Result<Value, Refusal>,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut visitor = visitor(door, &parts, parts.extensions.get());
    let done = match visitor.admit(Right::Admin) {
        Ok(_) => work(door, body).await,
        Err(refusal) => Err(refusal),
    };
    visitor.answer(done.map(|value| success(text(&value))), problem::response).await.map(Body::new)
}

/// Does what takes long where it keeps nobody waiting.
async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Refusal> {
    let done = spawn_blocking(work).await;
    done.map_err(|_| Refusal::new(RefusalKind::Failed, "it broke off; the log says why"))
}

fn shown(status: &Status) -> Value {
    let error = status.last_error.as_ref();
    json!({
        "digest": status.version.digest.to_string(),
        "revision": status.version.revision,
        "loaded_at": status.loaded_at.to_string(),
        "is_last_good": status.is_last_good,
        "reloads": status.reloads,
        "failures": status.failures,
        "last_error": error.map(|error| json!({"time": error.time.to_string(), "message": error.message})),
    })
}
