//! How doors over TCP are secured.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use pdp_listen::{Address, ClientAuthority, Security, Tls, TlsFiles};
use pdp_service::{Callers, Host, System};
use tokio::time::{Instant, sleep};

use super::PERIOD;
use super::settings::{self, ClientCertificate};

const DAY_SECONDS: i64 = 86_400;
const DAY: Duration = Duration::from_hours(24);

/// So many days before a certificate expires the log begins to say so, once a day.
const REMIND_DAYS: i64 = 14;

/// TLS by the files that the settings name, or none.
pub(crate) fn open(settings: &settings::Tls) -> Result<Security> {
    let named = |path: &PathBuf| Some(path.clone()).filter(|path| !path.as_os_str().is_empty());
    let authority = named(&settings.client_authority);
    let (certificate, key) = match (named(&settings.certificate), named(&settings.key)) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) if authority.is_none() => return Ok(Security::Clear),
        (None, _) => bail!("TLS needs a certificate: see the setting `tls.certificate`"),
        (Some(_), None) => bail!("the certificate needs its key: see the setting `tls.key`"),
    };
    let is_required = settings.client_certificate == ClientCertificate::Required;
    let client_authority = authority.map(|file| ClientAuthority { file, is_required });
    let tls = Tls::open(TlsFiles { certificate, key, client_authority });
    Ok(Security::Tls(Arc::new(tls.context("no TLS")?)))
}

/// Refuses what would show keys to others, and warns of callers that nobody can be.
pub(crate) fn check<'a>(
    settings: &settings::Tls,
    security: &Security,
    mut addresses: impl Iterator<Item = &'a Address>,
    callers: &Callers,
) -> Result<()> {
    let reachable = addresses.find(|address| !address.is_local());
    if let (Security::Clear, Some(address), false) = (security, reachable, settings.elsewhere) {
        bail!(
            "{address} can be reached from other machines, and keys and questions would go there in the clear: \
             see the settings `tls.certificate` and `tls.elsewhere`"
        );
    }
    if callers.has_certificates() && settings.client_authority.as_os_str().is_empty() {
        tracing::warn!(
            "callers have certificates, and none is asked for: see the setting `tls.client_authority`"
        );
    }
    Ok(())
}

/// Keeps TLS by what the files hold. While they cannot be used, what they held before counts.
pub(crate) async fn keep(tls: Arc<Tls>, certificate: PathBuf) {
    let file = certificate.display();
    let mut reminder = Instant::now();
    loop {
        if reminder <= Instant::now() {
            remind(&tls);
            reminder = Instant::now() + DAY;
        }
        sleep(PERIOD).await;
        match tls.refresh() {
            Ok(true) => {
                tracing::info!(%file, "the certificate was read anew");
                reminder = Instant::now();
            }
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "TLS goes on by what the files held before"),
        }
    }
}

/// Warns of a certificate that ends soon.
fn remind(tls: &Tls) {
    let now = System.now().unix_seconds();
    let Some(expires) = tls.expires_unix_seconds().and_then(|end| i64::try_from(end).ok()) else {
        tracing::warn!("it cannot be read when the certificate expires");
        return;
    };
    let days = (expires - now).div_euclid(DAY_SECONDS);
    if expires <= now {
        tracing::error!("the certificate has expired");
    } else if days < REMIND_DAYS {
        tracing::warn!(days, "the certificate expires soon");
    }
}
