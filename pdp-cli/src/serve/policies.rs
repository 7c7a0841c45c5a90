//! The policies that a server decides by.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use pdp_core::{Engine, Policies, SourceText, Timestamp};
use pdp_service::{Host, LoadFailure, Status, System, Upkeep};
use pdp_source::{Event, Keeper, KeeperSettings, Origin, Reloaded, Watch, WatchSettings};

use super::settings::Settings;

/// The pack of DAARION: its rules, and the data of its samples.
const SHIPPED: [SourceText<'static>; 2] = [
    SourceText { path: "data.yaml", text: include_str!("../../../policies/daarion/data.yaml") },
    SourceText { path: "rules.yaml", text: include_str!("../../../policies/daarion/rules.yaml") },
];

/// An engine, and who keeps it true to what stands on the disk.
pub(crate) struct Kept {
    pub(crate) engine: Arc<Engine>,
    pub(crate) upkeep: Arc<dyn Upkeep>,
    /// Watches as long as it is there; nothing where nothing is watched.
    pub(crate) watch: Option<Watch>,
}

/// The policies that the settings name; without any, the shipped ones.
pub(crate) fn load(settings: &Settings) -> Result<Kept> {
    if settings.policies.is_empty() { shipped() } else { kept(settings) }
}

fn shipped() -> Result<Kept> {
    let policies = Policies::from_sources(&SHIPPED);
    let policies = policies.map_err(|errors| anyhow!("the shipped policies: {errors}"))?;
    let engine = Arc::new(Engine::new(policies));
    let upkeep = Shipped { engine: Arc::clone(&engine), loaded_at: System.now() };
    Ok(Kept { engine, upkeep: Arc::new(upkeep), watch: None })
}

fn kept(settings: &Settings) -> Result<Kept> {
    let keeper_settings = KeeperSettings {
        state_folder: Some(settings.state()?),
        patience: Duration::from_secs(settings.reload.patience_seconds),
        on_event: Box::new(tell),
        ..KeeperSettings::new(|| System.now())
    };
    let keeper = Arc::new(Keeper::open(&settings.policies, keeper_settings)?);
    if keeper.status().origin == Origin::LastGood {
        tracing::error!("the policies cannot be loaded: the last good copy of them decides");
    }
    let reload = &settings.reload;
    let watch_settings = WatchSettings {
        settle: Duration::from_millis(reload.settle_milliseconds),
        poll: Duration::from_secs(reload.poll_seconds),
        patience: Duration::from_secs(reload.patience_seconds),
    };
    let watch = if reload.watch {
        Some(keeper.watch(watch_settings).context("the policies cannot be watched")?)
    } else {
        None
    };
    Ok(Kept { engine: Arc::clone(keeper.engine()), upkeep: Arc::new(Folder(keeper)), watch })
}

/// Writes to the log what became of the policies.
fn tell(event: &Event<'_>) {
    match event {
        Event::Reloaded(Reloaded::Loaded(version)) => {
            tracing::info!(digest = %version.digest, revision = version.revision, "policies loaded");
        }
        Event::Reloaded(Reloaded::Unchanged(_)) => tracing::debug!("the policies are what runs"),
        Event::Failed(error) => tracing::error!(%error, "the policies stay as they were"),
        Event::NotKept(error) => tracing::error!(%error, "no last good copy was kept"),
        Event::NotNotified(error) => {
            tracing::warn!(%error, "the policies are looked at by time alone");
        }
        _ => {}
    }
}

/// Policies that stand on the disk.
struct Folder(Arc<Keeper>);

impl Upkeep for Folder {
    fn status(&self) -> Status {
        let status = self.0.status();
        let error = status.last_error;
        Status {
            version: status.version,
            loaded_at: status.loaded_at,
            is_last_good: status.origin == Origin::LastGood,
            reloads: status.loaded,
            failures: status.failed,
            last_error: error.map(|error| LoadFailure { time: error.at, message: error.message }),
        }
    }

    fn reload(&self) -> Result<Status, String> {
        self.0.reload().map_err(|error| error.to_string())?;
        Ok(self.status())
    }
}

/// Policies that are part of the program: nothing changes them.
struct Shipped {
    engine: Arc<Engine>,
    loaded_at: Timestamp,
}

impl Upkeep for Shipped {
    fn status(&self) -> Status {
        Status {
            version: self.engine.present().version(),
            loaded_at: self.loaded_at,
            is_last_good: false,
            reloads: 0,
            failures: 0,
            last_error: None,
        }
    }

    fn reload(&self) -> Result<Status, String> {
        Err("the policies are part of the program: see the setting `policies`".to_owned())
    }
}
