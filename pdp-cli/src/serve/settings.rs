//! The settings as the program reads them.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

/// All settings; see [`SETTINGS`](super::catalogue::SETTINGS) for what they mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) policies: Vec<PathBuf>,
    pub(crate) callers: PathBuf,
    pub(crate) state: PathBuf,
    pub(crate) http: Listening,
    pub(crate) grpc: Listening,
    pub(crate) tls: Tls,
    pub(crate) limits: Limits,
    pub(crate) audit: Audit,
    pub(crate) reload: Reload,
    pub(crate) otel: Otel,
    pub(crate) log: Log,
}

impl Settings {
    /// The state folder, made if it is not there.
    pub(crate) fn state(&self) -> Result<PathBuf> {
        let variable = |name| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let stated = Some(self.state.clone()).filter(|path| !path.as_os_str().is_empty());
        let folder = stated
            .or_else(|| variable("STATE_DIRECTORY"))
            .or_else(|| Some(variable("XDG_STATE_HOME")?.join("pdp")))
            .or_else(|| Some(variable("HOME")?.join(".local/state/pdp")))
            .context("there is no place for a state folder: see the setting `state`")?;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot make the state folder {}", folder.display()))?;
        Ok(folder)
    }
}

/// Where a door listens, and by which names it may be called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listening {
    pub(crate) listen: Vec<String>,
    pub(crate) hosts: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) client_authority: PathBuf,
    pub(crate) client_certificate: ClientCertificate,
    pub(crate) elsewhere: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientCertificate {
    Required,
    Optional,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) bodies_bytes: usize,
    pub(crate) body_seconds: u64,
    pub(crate) batch_requests: usize,
    pub(crate) requests: usize,
    pub(crate) connections: usize,
    pub(crate) head_seconds: u64,
    pub(crate) head_bytes: u32,
    pub(crate) streams: u32,
    pub(crate) answer_seconds: u64,
    pub(crate) idle_seconds: u64,
    pub(crate) drain_seconds: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audit {
    pub(crate) mode: AuditMode,
    pub(crate) file: PathBuf,
    pub(crate) rotate_bytes: u64,
    pub(crate) keep_files: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) deadline_milliseconds: u64,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditMode {
    Strict,
    BestEffort,
    Off,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reload {
    pub(crate) watch: bool,
    pub(crate) settle_milliseconds: u64,
    pub(crate) poll_seconds: u64,
    pub(crate) patience_seconds: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Otel {
    pub(crate) endpoint: String,
    #[cfg_attr(not(feature = "otel"), expect(dead_code, reason = "nothing is sampled"))]
    pub(crate) sample_per_thousand: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) level: LogLevel,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}
