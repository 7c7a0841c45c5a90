//! The text of `/metrics`.

use std::sync::Arc;

use anyhow::{Context, Result};
use pdp_core::Engine;
use pdp_listen::Security;
use pdp_service::{Host, System, Upkeep};
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Counter, Gauge, Metric, MetricFamily, MetricType};
use prometheus::{Registry, TextEncoder};

use super::audit::Audit;

/// Everything that is registered, as Prometheus reads it.
pub(crate) fn text(registry: &Registry) -> String {
    let text = TextEncoder::new().encode_to_string(&registry.gather());
    text.expect("what is registered has a name, and what is gathered a value")
}

/// What is looked up when somebody asks.
pub(crate) struct LookedUp {
    pub(crate) engine: Arc<Engine>,
    pub(crate) upkeep: Arc<dyn Upkeep>,
    pub(crate) audit: Option<Audit>,
    pub(crate) security: Security,
}

impl LookedUp {
    /// From now on it is looked up with what is registered here.
    pub(crate) fn register(self, registry: &Registry) -> Result<()> {
        registry.register(Box::new(self)).context("metrics are counted already")
    }

    fn policies(&self, all: &mut Vec<MetricFamily>) {
        let status = self.upkeep.status();
        let age = System.now().unix_seconds() - status.loaded_at.unix_seconds();
        let age = u64::try_from(age).unwrap_or_default();
        let revision = self.engine.present().version().revision;
        all.extend([
            gauge("pdp_policy_revision", "The revision that decides.", revision),
            gauge("pdp_policy_age_seconds", "How long the policies have run.", age),
            gauge(
                "pdp_policy_stale",
                "1 if the set on the disk is faulty and not what runs.",
                status.last_error.is_some().into(),
            ),
            counter("pdp_reloads_total", "Policies that were taken.", status.reloads),
            counter("pdp_reload_failures_total", "Policies that were not.", status.failures),
        ]);
    }

    fn records(&self, all: &mut Vec<MetricFamily>) {
        let Some(audit) = &self.audit else { return };
        let (counts, status) = (audit.ledger.counts(), audit.lines.status());
        all.extend([
            counter("pdp_audit_decided_total", "Records that were to be made.", counts.decided),
            counter("pdp_audit_recorded_total", "Records that were made.", counts.recorded),
            counter("pdp_audit_lost_total", "Records that were not.", counts.lost),
            counter("pdp_audit_late_total", "Answers that did not wait longer.", counts.late),
            counter("pdp_audit_faults_total", "Writes that failed.", status.faults),
            gauge("pdp_audit_in_flight", "Records that are being made.", counts.in_flight),
            gauge(
                "pdp_audit_failing",
                "1 if the last write of records failed.",
                status.failing.into(),
            ),
        ]);
    }

    fn certificate(&self, all: &mut Vec<MetricFamily>) {
        let Security::Tls(tls) = &self.security else { return };
        let expires = tls.expires_unix_seconds().map_or(f64::NAN, float);
        let help = "When the certificate expires, in seconds since 1970.";
        all.push(family("pdp_certificate_expires_seconds", help, MetricType::GAUGE, expires));
    }
}

impl Collector for LookedUp {
    /// Nothing else may have one of these names.
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let mut all = Vec::new();
        self.policies(&mut all);
        self.records(&mut all);
        self.certificate(&mut all);
        all
    }
}

fn gauge(name: &str, help: &str, value: u64) -> MetricFamily {
    family(name, help, MetricType::GAUGE, float(value))
}

fn counter(name: &str, help: &str, value: u64) -> MetricFamily {
    family(name, help, MetricType::COUNTER, float(value))
}

/// One value without labels.
fn family(name: &str, help: &str, kind: MetricType, value: f64) -> MetricFamily {
    let mut metric = Metric::default();
    if kind == MetricType::COUNTER {
        let mut counter = Counter::default();
        counter.set_value(value);
        metric.set_counter(counter);
    } else {
        let mut gauge = Gauge::default();
        gauge.set_value(value);
        metric.set_gauge(gauge);
    }
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(vec![metric]);
    family
}

#[expect(clippy::cast_precision_loss, reason = "metrics are doubles; exact below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
