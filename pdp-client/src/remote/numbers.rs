//! Numbers that no encoding carries.

use pdp_core::wire::{RequestError, RequestErrorKind};
use pdp_core::{Map, Request, Value};

/// Refuses a request in which there is an infinity, or what is no number. JSON has no word for them
/// but `null`, which is something else, and a condition might decide by it.
pub(crate) fn check(request: &Request<'_>) -> Result<(), RequestError> {
    let parts = [
        ("actor.attributes", request.actor.attributes),
        ("resource.attributes", request.resource.attributes),
        ("context", request.context),
    ];
    match parts.into_iter().find(|(_, map)| !is_finite_map(map)) {
        None => Ok(()),
        Some((field, _)) => Err(RequestError {
            kind: RequestErrorKind::Shape,
            field: Some(field.to_owned()),
            message: "a number that is infinite or none".to_owned(),
        }),
    }
}

fn is_finite_map(map: &Map<'_>) -> bool {
    map.iter().all(|(_, value)| is_finite(value))
}

fn is_finite(value: &Value<'_>) -> bool {
    match value {
        Value::Double(number) => number.is_finite(),
        Value::List(items) => items.iter().all(is_finite),
        Value::Map(map) => is_finite_map(map),
        _ => true,
    }
}
