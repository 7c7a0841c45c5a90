//! The description of the door in `OpenAPI` 3.1: what `docs/http.md` and `docs/wire.md` say, for
//! machines. The types here are shapes and no more: requests are read by `pdp_core::wire`.

#![expect(dead_code, reason = "the shapes are described, never made")]
#![expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#![expect(clippy::zero_sized_map_values, reason = "any JSON is a name here")]
#![expect(unused_qualifications, reason = "the macro writes them")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi as Document, RefOr, Schema, Server};
use utoipa::{Modify, OpenApi, PartialSchema, ToSchema};

use crate::evaluate::{json, success};

/// `GET /openapi.json`
pub(crate) async fn serve() -> Response {
    success(TEXT.clone()).map(Body::new)
}

static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| json(&document()));

/// The description as it is served and as it stands in `docs/openapi.json`.
pub fn document() -> Document {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    paths(evaluate, evaluate_batch, policies, status, reload, facts, health, ready),
    modifiers(&Head)
)]
struct Description;

/// What the document says of the whole door.
struct Head;

impl Modify for Head {
    fn modify(&self, document: &mut Document) {
        document.info = InfoBuilder::new()
            .title("Policy decision point")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some("May this actor do this action on this resource, in this context?"))
            .build();
        document.servers = Some(vec![Server::new("http://127.0.0.1:7012")]);
        // A caller that is known by where it is needs no key.
        let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("key", key);
    }
}

/// Declares a path that takes a right: what it gives, and how it refuses.
macro_rules! guarded {
    (
        $name:ident: $method:ident $path:tt, $summary:tt;
        $(takes $request:ident;)?
        gives $answer:ident, $what:tt;
        refuses $($status:tt $why:tt),+
    ) => {
        #[utoipa::path(
            $method,
            path = $path,
            summary = $summary,
            $(request_body = $request,)?
            responses(
                (status = 200, description = $what, body = $answer),
                $((
                    status = $status,
                    description = $why,
                    body = Problem,
                    content_type = "application/problem+json"
                )),+
            ),
            security((), ("key" = []))
        )]
        fn $name() {}
    };
}

guarded!(
    evaluate: post "/internal/pdp/evaluate", "Decides one request";
    takes Request;
    gives Answer, "a decision, permit or deny";
    refuses "4XX" "refused: no decision", 503 "overloaded"
);
guarded!(
    evaluate_batch: post "/internal/pdp/evaluate/batch", "Decides several requests by one revision";
    takes Batch;
    gives Decisions, "the decisions, in the order of the requests";
    refuses "4XX" "refused: none is decided", 503 "overloaded"
);
guarded!(
    policies: get "/internal/pdp/policies", "What is loaded";
    gives Policies, "how much, and in which revision";
    refuses "4XX" "refused"
);
guarded!(
    status: get "/admin/status", "What runs, and how the last reloads went";
    gives Status, "the status";
    refuses "4XX" "refused"
);
guarded!(
    reload: post "/admin/reload", "Loads the policies anew";
    gives Status, "they run";
    refuses "4XX" "refused", 500 "they cannot be loaded: what ran goes on"
);
guarded!(
    facts: post "/admin/facts", "Applies a change set";
    takes ChangeSet;
    gives Applied, "it was applied, now or before";
    refuses "4XX" "refused: nothing was changed"
);

#[utoipa::path(
    get,
    path = "/health",
    summary = "The process lives",
    responses((status = 200, description = "it does", body = Health))
)]
fn health() {}

#[utoipa::path(
    get,
    path = "/ready",
    summary = "Policies are loaded",
    responses((status = 200, description = "they are", body = Ready))
)]
fn ready() {}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    actor: Actor,
    action: Word,
    resource: Resource,
    /// Values for conditions; undeclared ones are ignored.
    #[schema(required = false)]
    context: BTreeMap<String, Json>,
    /// The time of the request, where the caller may state it.
    #[schema(required = false, format = DateTime)]
    now: String,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Actor {
    actor_id: Word,
    actor_type: ActorType,
    /// Tenants of the actor.
    #[schema(required = false)]
    microdao_ids: Vec<Word>,
    /// Roles that the actor claims.
    #[schema(required = false)]
    roles: Vec<Word>,
    #[schema(required = false)]
    memberships: Vec<Membership>,
    #[schema(required = false)]
    attributes: BTreeMap<String, Json>,
}

#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActorType {
    Human,
    Agent,
    Service,
}

/// An id, a role, an action or a type: 1 to 1 024 bytes of UTF-8.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 1024, pattern = r"^[^\u0000-\u001F\u007F-\u009F]+$")]
struct Word(String);

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Membership {
    microdao_id: Word,
    role: Word,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Resource {
    #[serde(rename = "type")]
    resource_type: Word,
    id: Word,
    #[schema(required = false)]
    attributes: BTreeMap<String, Json>,
}

/// Any JSON, with numbers that 64 bits hold exactly.
struct Json;

impl ToSchema for Json {}

impl PartialSchema for Json {
    fn schema() -> RefOr<Schema> {
        let schema = serde_json::json!({
            "description": "Any JSON, with numbers that 64 bits hold exactly.",
            "anyOf": [
                {"type": ["string", "boolean", "null"]},
                {"type": "integer", "minimum": i64::MIN, "maximum": u64::MAX},
                {"type": "number", "exclusiveMinimum": -9_007_199_254_740_992_i64, "exclusiveMaximum": 9_007_199_254_740_992_i64},
                {"type": "array", "items": {"$ref": "#/components/schemas/Json"}},
                {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Json"}}
            ]
        });
        serde_json::from_value(schema).expect("a schema")
    }
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Batch {
    #[schema(min_items = 1, max_items = 1000)]
    requests: Vec<Request>,
}

#[derive(ToSchema)]
struct Decisions {
    decisions: Vec<Answer>,
}

#[derive(ToSchema)]
struct Answer {
    /// The id that the door gave the decision; its record has it, too.
    #[schema(pattern = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    decision_id: String,
    effect: Effect,
    /// A stable word for machines.
    reason: String,
    /// The rule that decided; null on a default deny.
    #[schema(required = true)]
    rule: Option<Rule>,
    /// Whether a bypass rule decided.
    bypass: bool,
    /// What the caller must do for the decision to hold.
    obligations: Vec<Obligation>,
    /// Rules that could not be evaluated.
    errors: Vec<RuleError>,
    policy: Policy,
    /// Fields of the request that were left out of account, since the caller may not state them.
    #[schema(required = false)]
    dropped: Vec<String>,
}

#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum Effect {
    Permit,
    Deny,
}

#[derive(ToSchema)]
struct Rule {
    id: String,
    file: String,
    line: u32,
}

#[derive(ToSchema)]
struct Obligation {
    #[serde(rename = "type")]
    obligation_type: String,
    properties: BTreeMap<String, Json>,
}

#[derive(ToSchema)]
struct RuleError {
    rule: Rule,
    fault: String,
    message: String,
}

#[derive(ToSchema)]
struct Policy {
    /// The digest of the policy set.
    digest: String,
    /// The revision of its facts.
    revision: u64,
}

#[derive(ToSchema)]
struct Problem {
    title: String,
    status: u16,
    /// A stable word for machines.
    kind: String,
    /// The field that is meant, if one is.
    #[schema(required = false)]
    field: String,
    detail: String,
}

#[derive(ToSchema)]
struct Policies {
    microdao_policies: u64,
    channel_policies: u64,
    tool_policies: u64,
    agent_policies: u64,
    service_policies: u64,
    rules: u64,
    facts: u64,
    digest: String,
    revision: u64,
    #[schema(format = DateTime)]
    loaded_at: String,
    /// Why what stands on the disk does not run; null where it does.
    #[schema(required = true)]
    last_error: Option<String>,
}

#[derive(ToSchema)]
struct Status {
    digest: String,
    revision: u64,
    #[schema(format = DateTime)]
    loaded_at: String,
    /// Whether it is the last good copy of a set that could not be loaded at the start.
    is_last_good: bool,
    reloads: u64,
    failures: u64,
    #[schema(required = true)]
    last_error: Option<LastError>,
}

#[derive(ToSchema)]
struct LastError {
    #[schema(format = DateTime)]
    time: String,
    message: String,
}

/// See `docs/wire.md`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeSet {
    /// The idempotency key.
    id: Word,
    #[schema(min_items = 1, max_items = 100_000)]
    changes: Vec<Change>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    op: Operation,
    /// A reference to a resource.
    #[schema(required = false)]
    resource: String,
    /// A relation, with `actor` or `actors`; or a link, with `target` or `targets`.
    #[schema(required = false)]
    relation: String,
    #[schema(required = false)]
    actor: Json,
    #[schema(required = false)]
    actors: Vec<Json>,
    #[schema(required = false)]
    target: String,
    #[schema(required = false)]
    targets: Vec<String>,
    /// An attribute of `resource`, or of the actor whose id `actor` is.
    #[schema(required = false)]
    attribute: String,
    #[schema(required = false)]
    value: Json,
}

#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Add,
    Remove,
    Replace,
    Forget,
}

#[derive(ToSchema)]
struct Applied {
    /// The revision in which the changes hold.
    revision: u64,
    /// Whether it had been applied before.
    repeated: bool,
}

#[derive(ToSchema)]
struct Health {
    status: String,
    service: String,
}

#[derive(ToSchema)]
struct Ready {
    /// `ready`; or `stale`, where what stands on the disk cannot be loaded.
    status: String,
    policies_loaded: bool,
    digest: String,
    revision: u64,
    #[schema(required = true)]
    last_error: Option<String>,
}

#[cfg(test)]
mod tests {
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

    /// With `WRITE_DOCS=1` the file is brought up to date.
    #[test]
    fn the_description_that_is_checked_in_is_the_one_that_is_served() {
        let document = super::document().to_pretty_json().expect("JSON") + "\n";
        if std::env::var_os("WRITE_DOCS").is_some() {
            std::fs::write(PAGE, document).expect("the file is written");
            return;
        }
        let checked_in = std::fs::read_to_string(PAGE).expect("the file");
        assert!(checked_in == document, "run this test with WRITE_DOCS=1");
    }
}
