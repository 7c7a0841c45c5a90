//! Policies that run, kept true to a policy set on disk.

mod error;
mod event;
mod last_good;
mod reading;
mod settings;
mod status;
mod turns;

pub use error::{LastGoodError, OpenError, ReloadError};
pub use event::{Event, Reloaded};
pub use settings::KeeperSettings;
pub use status::{Failure, Origin, Status};

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pdp_core::{Engine, Policies, PolicyVersion};

use crate::file_digest::FileDigests;
use crate::look::Look;
use crate::material::Material;
use crate::{LoadError, SourceErrors};
use last_good::LastGood;
use status::Counts;
use turns::Turns;

/// What a reload came to, also for those who asked while it was under way.
pub(crate) type Outcome = Result<Reloaded, Arc<ReloadError>>;

/// An engine whose policies are those of a policy set on disk, as far as that can be loaded.
///
/// What runs is always a whole set that was once loaded without mistakes. If the set on disk is
/// faulty, what runs stays, and [`Keeper::status`] says why.
pub struct Keeper {
    paths: Vec<PathBuf>,
    settings: KeeperSettings,
    last_good: Option<LastGood>,
    engine: Arc<Engine>,
    turns: Turns,
    state: Mutex<State>,
}

/// What changes in the course of time, the engine apart.
struct State {
    /// The files that what runs was made of.
    running: FileDigests,
    /// How the set looked when it was last read, whatever came of it.
    read: Option<Look>,
    origin: Origin,
    loaded_at: pdp_core::Timestamp,
    last_error: Option<Failure>,
    not_kept: Option<Failure>,
    counts: Counts,
}

impl Keeper {
    /// Loads the policy set at `paths`, as [`load_with`](crate::load_with) does; if it is changed
    /// while it is read, it is read again, for at most `patience`. If it cannot be loaded and a last good copy of it was kept, that is what runs; status and an event say so.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where the set cannot be loaded, and there is no copy or a faulty one.
    pub fn open(
        paths: impl IntoIterator<Item = impl AsRef<Path>>,
        settings: KeeperSettings,
    ) -> Result<Self, OpenError> {
        let paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_owned()).collect();
        let last_good = settings.state_folder.as_ref();
        let last_good = last_good.map(|folder| LastGood::new(folder, &paths));
        match load(&paths, &settings) {
            Ok((material, policies)) => {
                let running = material.content.digests();
                let keeper = Keeper::begin(paths, settings, last_good, policies, running);
                keeper.keep(&material);
                keeper.note_read(Some(material.look));
                Ok(keeper)
            }
            Err(error) => {
                let copy = last_good.as_ref().map(|copy| copy.read(&settings.limits)).transpose();
                let (policies, running) = match copy.map(Option::flatten) {
                    Ok(Some(copy)) => copy,
                    Ok(None) => return Err(OpenError::Load(error)),
                    Err(last_good) => {
                        let error = Box::new(error);
                        return Err(OpenError::LastGood { error, last_good });
                    }
                };
                let keeper = Keeper::begin(paths, settings, last_good, policies, running);
                keeper.state().origin = Origin::LastGood;
                keeper.fail(ReloadError::Load(error));
                Ok(keeper)
            }
        }
    }

    fn begin(
        paths: Vec<PathBuf>,
        settings: KeeperSettings,
        last_good: Option<LastGood>,
        policies: Policies,
        running: FileDigests,
    ) -> Self {
        let state = State {
            running,
            read: None,
            origin: Origin::Set,
            loaded_at: (settings.clock)(),
            last_error: None,
            not_kept: None,
            counts: Counts::default(),
        };
        let (turns, state) = (Turns::default(), Mutex::new(state));
        Keeper { paths, settings, last_good, engine: Arc::new(Engine::new(policies)), turns, state }
    }

    /// The engine that decides. Facts of run time are changed there, and survive every reload.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// What runs, and why it is not what stands on disk, if so.
    pub fn status(&self) -> Status {
        let state = self.state();
        Status {
            version: self.engine.present().version(),
            origin: state.origin,
            loaded_at: state.loaded_at,
            last_error: state.last_error.clone(),
            not_kept: state.not_kept.clone(),
            loaded: state.counts.loaded,
            unchanged: state.counts.unchanged,
            failed: state.counts.failed,
        }
    }

    /// Loads the set as it stands on disk, now: whoever asks says that it is finished. Whoever asks
    /// while a reload is under way waits for the next one, together with all others who do; there
    /// is never more than one at a time. If the files hold what runs already, nothing is compiled. If
    /// a file is replaced while the set is read, it is read again, for at most `patience`.
    ///
    /// # Errors
    ///
    /// [`ReloadError`] where the set cannot be loaded, or what run time said does not fit it. What
    /// runs stays.
    pub fn reload(&self) -> Result<Reloaded, Arc<ReloadError>> {
        self.turns.joined(|| self.load(read(&self.paths, &self.settings)))
    }

    /// As [`Keeper::reload`], in a turn of its own, if what was read is accepted; what runs is given
    /// to `accepts`, too.
    pub(crate) fn reload_if(
        &self,
        accepts: impl FnOnce(&Result<Material, SourceErrors>, &FileDigests) -> bool,
    ) -> Option<Outcome> {
        self.turns.alone(|| {
            let read = Material::read(&self.paths, &self.settings.limits);
            let running = self.state().running.clone();
            accepts(&read, &running).then(|| self.load(read))
        })
    }

    /// Looks at the set.
    pub(crate) fn look(&self) -> Look {
        Look::take(&self.paths, &self.settings.limits)
    }

    /// The paths of the set.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether the set was read when it looked like this, so that reading again is of no use.
    pub(crate) fn was_read(&self, look: &Look) -> bool {
        self.state().read.as_ref() == Some(look)
    }

    /// Notes how the set looked when it was last read, or that it must be read again.
    pub(crate) fn note_read(&self, look: Option<Look>) {
        self.state().read = look;
    }

    /// Makes what was read run; notes and tells what came of it.
    fn load(&self, read: Result<Material, SourceErrors>) -> Outcome {
        let material = read.map_err(|errors| self.fail(ReloadError::Load(errors.into())))?;
        let running = material.content.digests();
        let outcome = self.put(&material, running);
        let is_new = matches!(outcome, Ok(Reloaded::Loaded(_)));
        if is_new || outcome.is_ok() && self.state().not_kept.is_some() {
            self.keep(&material);
        }
        self.note_read(Some(material.look));
        let reloaded = outcome.map_err(|error| self.fail(error))?;
        self.tell(&Event::Reloaded(reloaded));
        Ok(reloaded)
    }

    fn put(&self, material: &Material, running: FileDigests) -> Result<Reloaded, ReloadError> {
        if self.state().running == running {
            let mut state = self.state();
            (state.origin, state.last_error) = (Origin::Set, None);
            state.counts.unchanged += 1;
            return Ok(Reloaded::Unchanged(self.engine.present().version()));
        }
        let policies = material.content.compile()?;
        let digest = policies.version().digest;
        let revision = self.engine.reload(policies)?;
        let mut state = self.state();
        (state.running, state.origin, state.last_error) = (running, Origin::Set, None);
        state.loaded_at = (self.settings.clock)();
        state.counts.loaded += 1;
        Ok(Reloaded::Loaded(PolicyVersion { digest, revision }))
    }

    /// Keeps a copy of what runs.
    fn keep(&self, material: &Material) {
        let Some(last_good) = &self.last_good else { return };
        let digest = self.engine.present().version().digest;
        let kept = last_good.write(&material.content, digest);
        self.state().not_kept = kept.as_ref().err().map(|error| self.failure(error));
        if let Err(error) = &kept {
            self.tell(&Event::NotKept(error));
        }
    }

    /// Notes and tells that what runs is not the set on disk.
    pub(crate) fn fail(&self, error: ReloadError) -> Arc<ReloadError> {
        let failure = self.failure(&error);
        let mut state = self.state();
        state.last_error = Some(failure);
        state.counts.failed += 1;
        drop(state);
        self.tell(&Event::Failed(&error));
        Arc::new(error)
    }

    /// A listener that panics harms nobody else.
    pub(crate) fn tell(&self, event: &Event<'_>) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.settings.on_event)(event)));
    }

    fn failure(&self, error: &dyn fmt::Display) -> Failure {
        Failure { at: (self.settings.clock)(), message: error.to_string() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        let mut shown = formatter.debug_struct("Keeper");
        shown.field("paths", &self.paths).field("status", &status).finish_non_exhaustive()
    }
}

fn load(paths: &[PathBuf], settings: &KeeperSettings) -> Result<(Material, Policies), LoadError> {
    let material = read(paths, settings)?;
    let policies = material.content.compile()?;
    Ok((material, policies))
}

/// Reads a set of which somebody says that it is finished.
fn read(paths: &[PathBuf], settings: &KeeperSettings) -> Result<Material, SourceErrors> {
    reading::read(settings.patience, || Material::read(paths, &settings.limits))
}
