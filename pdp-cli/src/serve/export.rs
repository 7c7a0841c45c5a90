//! Spans of requests, sent to a collector of OpenTelemetry.

use std::env;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::http::{HeaderMap, Method, StatusCode};
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::tonic_types::transport::ClientTlsConfig;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, Span, SpanData};
use pdp_service::{Outcome, Told, TraceParent};

use super::settings::Otel;

/// Where a collector is named for all programs of a machine.
const VARIABLES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// How long the last spans may take at the end of the process.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the log is silent of a collector that is away.
const SILENCE: Duration = Duration::from_mins(1);

/// Sends spans. They wait in a queue of fixed size, which a thread of its own empties: a collector
/// that is away costs spans and no decision.
#[derive(Clone)]
pub(crate) struct Export {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// A span that has begun. It ends with the request, also where nobody waits for the answer.
pub(crate) struct Open {
    span: Span,
    told: Arc<Told>,
}

impl Export {
    /// What sends spans to the collector that is named; nothing where none is.
    pub(crate) fn open(settings: &Otel) -> Result<Option<Self>> {
        let Some(endpoint) = endpoint(settings) else { return Ok(None) };
        ensure!(
            endpoint.starts_with("http://") || endpoint.starts_with("https://"),
            "`{endpoint}` is no collector: see the setting `otel.endpoint`"
        );
        let exporter =
            exporter(&endpoint).context("no spans can be sent: see the setting `otel.endpoint`")?;
        let share = f64::from(settings.sample_per_thousand) / 1_000.0;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(Telling { exporter, told: Mutex::default() })
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            .with_resource(resource())
            .build();
        let tracer = provider.tracer("pdp");
        Ok(Some(Export { provider, tracer }))
    }

    /// Begins the span of a request, which continues the trace of its caller.
    pub(crate) fn begin(
        &self,
        door: &'static str,
        route: &'static str,
        method: &Method,
        headers: &HeaderMap,
        parent: Option<TraceParent<'_>>,
    ) -> Open {
        let context = parent.and_then(|parent| remote(&parent, headers));
        let context = context
            .map_or_else(Context::new, |remote| Context::new().with_remote_span_context(remote));
        let attributes = [
            KeyValue::new("pdp.door", door),
            KeyValue::new("http.request.method", method.to_string()),
            KeyValue::new("http.route", route),
        ];
        let span = self.tracer.span_builder(route).with_kind(SpanKind::Server);
        let span = span.with_attributes(attributes).start_with_context(&self.tracer, &context);
        Open { span, told: Arc::default() }
    }

    /// Sends what there is still to send.
    pub(crate) async fn close(self) {
        let closing = move || self.provider.shutdown_with_timeout(PATIENCE);
        match tokio::task::spawn_blocking(closing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans were not sent"),
            Err(error) => tracing::warn!(%error, "the last spans were not sent"),
        }
    }
}

impl Open {
    /// Whether it is among those that are sent.
    pub(crate) fn is_kept(&self) -> bool {
        self.span.is_recording()
    }

    /// Where it wants to be told what becomes of the request.
    pub(crate) fn told(&self) -> Arc<Told> {
        Arc::clone(&self.told)
    }

    /// Ends the span with what was answered.
    pub(crate) fn end(self, status: StatusCode) {
        let Open { mut span, told } = self;
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        if let Some(outcome) = told.outcome() {
            span.set_attributes(attributes(outcome));
        }
        if status.is_server_error() {
            span.set_status(Status::error(status.as_str().to_owned()));
        }
        span.end();
    }
}

/// What a span says of the outcome of a request: nothing that the caller stated.
fn attributes(outcome: &Outcome) -> Vec<KeyValue> {
    let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
    match outcome {
        Outcome::Decision { id, effect, reason, rule, policy } => {
            let mut attributes = vec![
                KeyValue::new("pdp.decision.id", id.clone()),
                KeyValue::new("pdp.decision.effect", effect.as_str()),
                KeyValue::new("pdp.decision.reason", reason.clone()),
                KeyValue::new("pdp.policy.digest", policy.digest.to_string()),
                KeyValue::new(
                    "pdp.policy.revision",
                    i64::try_from(policy.revision).unwrap_or(i64::MAX),
                ),
            ];
            attributes.extend(rule.clone().map(|rule| KeyValue::new("pdp.decision.rule", rule)));
            attributes
        }
        Outcome::Batch { permits, denies } => vec![
            KeyValue::new("pdp.batch.permits", number(*permits)),
            KeyValue::new("pdp.batch.denies", number(*denies)),
        ],
        Outcome::Refusal(kind) => vec![KeyValue::new("pdp.refusal.kind", kind.as_str())],
    }
}

/// The collector that the setting names, or else the environment.
fn endpoint(settings: &Otel) -> Option<String> {
    let stated = Some(settings.endpoint.clone()).filter(|endpoint| !endpoint.is_empty());
    let variable = |name| env::var(name).ok().filter(|endpoint| !endpoint.is_empty());
    stated.or_else(|| VARIABLES.into_iter().find_map(variable))
}

/// What sends spans to `endpoint`; by TLS, where that says so, to whom the machine trusts.
fn exporter(endpoint: &str) -> Result<SpanExporter, ExporterBuildError> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint);
    if endpoint.starts_with("https://") {
        return exporter.with_tls_config(ClientTlsConfig::new().with_enabled_roots()).build();
    }
    exporter.build()
}

/// What the spans are of: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, or else `pdp`.
fn resource() -> Resource {
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    if env::var_os("OTEL_SERVICE_NAME").is_some() {
        return resource.build();
    }
    resource.with_service_name("pdp").build()
}

/// The span of the caller, with what tracing systems on the way have said of it.
fn remote(parent: &TraceParent<'_>, headers: &HeaderMap) -> Option<SpanContext> {
    let trace_id = TraceId::from_hex(parent.trace.trace_id).ok()?;
    let span_id = SpanId::from_hex(parent.trace.span_id).ok()?;
    let flags = if parent.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    Some(SpanContext::new(trace_id, span_id, flags, true, trace_state(headers)))
}

/// The headers `tracestate`, one after the other; nothing where one of them is malformed.
fn trace_state(headers: &HeaderMap) -> TraceState {
    let parts = headers.get_all("tracestate").iter().map(|part| part.to_str());
    let parts: Result<Vec<&str>, _> = parts.collect();
    parts.ok().and_then(|parts| parts.join(",").parse().ok()).unwrap_or_default()
}

/// Says in the log, now and then, that spans cannot be sent.
#[derive(Debug)]
struct Telling {
    exporter: SpanExporter,
    told: Mutex<Option<Instant>>,
}

impl Telling {
    fn tell(&self, error: &opentelemetry_sdk::error::OTelSdkError) {
        let Ok(mut told) = self.told.lock() else { return };
        if told.is_none_or(|told| told.elapsed() >= SILENCE) {
            *told = Some(Instant::now());
            tracing::warn!(%error, "spans are lost: the collector does not take them");
        }
    }
}

impl opentelemetry_sdk::trace::SpanExporter for Telling {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let outcome = self.exporter.export(batch).await;
        if let Err(error) = &outcome {
            self.tell(error);
        }
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
