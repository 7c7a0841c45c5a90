//! How many files the process may have open: every connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::settings::Settings;

/// What a process has open beside connections: sockets that listen, the policies while they are
/// loaded, records, the runtime.
const BESIDE: u64 = 64;

/// Lets the process have as many files open as it may, and warns where these are fewer than the
/// connections that the settings allow: further ones would wait in vain instead of being closed.
pub(crate) fn raise(settings: &Settings) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // Without a limit there is nothing to raise.
    let Some(limit) = current else { return };
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let limit = match (raised, maximum) {
        (Ok(()), None) => return,
        (Ok(()), Some(maximum)) => maximum,
        (Err(_), _) => limit,
    };
    let needed = needed(settings);
    if needed > limit {
        let connections = settings.limits.connections;
        tracing::warn!(
            connections,
            needed,
            limit,
            "the system lets the process open fewer files than `limits.connections` needs"
        );
    }
}

fn needed(settings: &Settings) -> u64 {
    let addresses = settings.http.listen.len() + settings.grpc.listen.len();
    let connections = settings.limits.connections.saturating_mul(addresses);
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(BESIDE)
}
