//! The methods, and what all of them share.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;
use pdp_proto::FILES;
use pdp_service::{Hosts, Limits, Places, Room, Service, Upkeep};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::schema::Schema;
use crate::{ending, evaluate, health, state};

/// Where one request is decided, and where several are.
pub(crate) const ONE_PATH: &str = "/pdp.v1.PolicyDecisionService/Evaluate";
pub(crate) const BATCH_PATH: &str = "/pdp.v1.PolicyDecisionService/EvaluateBatch";

const STATUS_PATH: &str = "/pdp.v1.PolicyDecisionService/PolicyStatus";

/// All paths of the door; of what stands at `{*rest}` each of these services has its own.
pub const PATHS: [&str; 6] = [
    ONE_PATH,
    BATCH_PATH,
    STATUS_PATH,
    "/grpc.health.v1.Health/{*rest}",
    "/grpc.reflection.v1.ServerReflection/{*rest}",
    "/grpc.reflection.v1alpha.ServerReflection/{*rest}",
];

/// How many bytes a message to the services of the protocol itself may have.
const SMALL_BYTES_MAX: usize = 16 * 1024;

/// What the methods share.
pub struct Door {
    pub(crate) service: Arc<Service>,
    pub(crate) upkeep: Arc<dyn Upkeep>,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    pub(crate) schema: Schema,
    pub(crate) places: Places,
    pub(crate) room: Room,
}

impl Door {
    /// A door to `service`, which `upkeep` keeps true.
    pub fn new(
        service: Arc<Service>,
        upkeep: Arc<dyn Upkeep>,
        hosts: Hosts,
        limits: Limits,
    ) -> Self {
        let places = Places::new(limits.requests_max);
        let room = Room::new(limits.bodies_bytes_max);
        Door { service, upkeep, hosts, limits, schema: Schema::own(), places, room }
    }
}

/// All methods of the door, with health and reflection; `stop` says when the door begins to close.
///
/// # Panics
///
/// Outside a runtime of tokio: a task waits for `stop`.
pub fn router(door: Arc<Door>, stop: CancellationToken) -> Router {
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILES)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let made = "the descriptors were made when this crate was built";
    // Clients in Python, and older ones elsewhere, ask for the version before the first.
    let (reflection, alpha) =
        (described().build_v1().expect(made), described().build_v1alpha().expect(made));
    let ends = stop.clone();
    let end = from_fn(move |request, next| ending::with(ends.clone(), request, next));
    let routes = Routes::new(health::server(stop).max_decoding_message_size(SMALL_BYTES_MAX))
        .add_service(reflection.max_decoding_message_size(SMALL_BYTES_MAX))
        .add_service(alpha.max_decoding_message_size(SMALL_BYTES_MAX));
    Router::new()
        .route(ONE_PATH, post(evaluate::one))
        .route(BATCH_PATH, post(evaluate::batch))
        .route(STATUS_PATH, post(state::policies))
        .with_state(door)
        .merge(routes.into_axum_router().layer(end))
}
