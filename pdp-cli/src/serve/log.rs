//! The log, on standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use super::settings::{Log, LogFormat, LogLevel};

/// From now on the log is written. It holds no bodies and no credentials.
pub(crate) fn begin(settings: &Log) {
    let level = match settings.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    match settings.format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
