//! The text of `/metrics`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use pdp_core::Engine;
use pdp_listen::Security;
use pdp_service::{Host, System, Upkeep};

use super::audit::Audit;

/// Upper bounds of the buckets of durations of decisions, in seconds.
const DECISION_SECONDS: [f64; 10] = [2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/// How often durations are sorted into their buckets. Until then each is kept by itself, also where
/// nobody ever asks for metrics.
const SORTING: Duration = Duration::from_secs(1);

/// What is counted while requests are answered, and what is looked up when somebody asks.
pub(crate) struct Metrics {
    counted: PrometheusHandle,
    engine: Arc<Engine>,
    upkeep: Arc<dyn Upkeep>,
    audit: Option<Audit>,
    security: Security,
    /// Two who ask at once must not each get half of what the other looked up.
    turn: Mutex<()>,
}

impl Metrics {
    /// Begins to count. Call it within a runtime.
    pub(crate) fn begin(
        engine: Arc<Engine>,
        upkeep: Arc<dyn Upkeep>,
        audit: Option<Audit>,
        security: Security,
    ) -> Result<Self> {
        let seconds = Matcher::Full("pdp_decision_seconds".to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(seconds, &DECISION_SECONDS)
            .context("buckets")?
            .build_recorder();
        let counted = recorder.handle();
        metrics::set_global_recorder(recorder).context("metrics are counted already")?;
        tokio::spawn(sort(counted.clone()));
        Ok(Metrics { counted, engine, upkeep, audit, security, turn: Mutex::default() })
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.look_at_policies();
        self.look_at_records();
        self.look_at_certificate();
        self.counted.run_upkeep();
        self.counted.render()
    }

    fn look_at_policies(&self) {
        let status = self.upkeep.status();
        let age = System.now().unix_seconds() - status.loaded_at.unix_seconds();
        gauge!("pdp_policy_revision").set(float(self.engine.present().version().revision));
        gauge!("pdp_policy_age_seconds").set(float(u64::try_from(age).unwrap_or_default()));
        gauge!("pdp_policy_stale").set(float(status.last_error.is_some().into()));
        counter!("pdp_reloads_total").absolute(status.reloads);
        counter!("pdp_reload_failures_total").absolute(status.failures);
    }

    fn look_at_records(&self) {
        let Some(audit) = &self.audit else { return };
        let (counts, status) = (audit.ledger.counts(), audit.lines.status());
        counter!("pdp_audit_decided_total").absolute(counts.decided);
        counter!("pdp_audit_recorded_total").absolute(counts.recorded);
        counter!("pdp_audit_lost_total").absolute(counts.lost);
        counter!("pdp_audit_faults_total").absolute(status.faults);
        gauge!("pdp_audit_in_flight").set(float(counts.in_flight));
        gauge!("pdp_audit_failing").set(float(status.failing.into()));
    }

    fn look_at_certificate(&self) {
        let Security::Tls(tls) = &self.security else { return };
        let expires = tls.expires_unix_seconds().map_or(f64::NAN, float);
        gauge!("pdp_certificate_expires_seconds").set(expires);
    }
}

async fn sort(counted: PrometheusHandle) {
    loop {
        tokio::time::sleep(SORTING).await;
        counted.run_upkeep();
    }
}

#[expect(clippy::cast_precision_loss, reason = "metrics are doubles; exact below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
