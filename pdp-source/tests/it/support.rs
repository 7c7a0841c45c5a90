use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pdp_core::{Digest, Policies, SourceText, Timestamp};
use pdp_source::{Event, Keeper, KeeperSettings, OpenError, Reloaded, SourceErrors, SourceSet};
use tempfile::TempDir;

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A folder with empty files, and the folders on the way to them.
pub fn folder_of(names: &[&str]) -> TempDir {
    let folder = folder();
    for name in names {
        write(folder.path(), name, "");
    }
    folder
}

pub fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn link(target: impl AsRef<Path>, folder: &Path, name: &str) {
    std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
}

pub fn names(set: &SourceSet) -> Vec<&str> {
    set.sources().iter().map(|source| source.path.as_str()).collect()
}

/// What is wrong with the set in `folder`, without the path of the folder.
pub fn faults(folder: &Path) -> String {
    shown(SourceSet::read([folder]), folder)
}

pub fn shown<T>(read: Result<T, SourceErrors>, folder: &Path) -> String {
    let errors = read.map(drop).unwrap_err().to_string();
    errors.replace(&format!("{}/", folder.display()), "").replace(folder.to_str().unwrap(), ".")
}

/// A set of one rule, in which one fact of run time can be stated.
pub fn doors(rule: &str) -> String {
    format!(
        "version: 1
types: {{door: {{actions: [open], relations: {{holder: direct}}}}}}
rules: [{{id: {rule}, effect: permit, resource: door, actors: {{relation: holder}}}}]
"
    )
}

/// The digest of a set of one file, `a.yaml`.
pub fn digest(text: &str) -> Digest {
    let source = SourceText { path: "a.yaml", text };
    Policies::from_sources(&[source]).unwrap().version().digest
}

/// Replaces a file as a whole.
pub fn replace(folder: &Path, name: &str, text: &str) {
    write(folder, ".new", text);
    fs::rename(folder.join(".new"), folder.join(name)).unwrap();
}

/// What a keeper told, a word or line each.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self, begin: &str) -> usize {
        self.lines().iter().filter(|line| line.starts_with(begin)).count()
    }

    fn note(&self, event: &Event<'_>) {
        let line = match event {
            Event::Reloaded(Reloaded::Loaded(_)) => "loaded".to_owned(),
            Event::Reloaded(Reloaded::Unchanged(_)) => "unchanged".to_owned(),
            Event::Failed(error) => format!("failed: {error}"),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(line);
    }
}

pub fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000, 0).unwrap()
}

pub fn open(path: &Path, state_folder: Option<&Path>) -> Result<(Arc<Keeper>, Told), OpenError> {
    let told = Told::default();
    let listener = told.clone();
    let settings = KeeperSettings {
        state_folder: state_folder.map(Path::to_owned),
        on_event: Box::new(move |event| listener.note(event)),
        ..KeeperSettings::new(now)
    };
    Keeper::open([path], settings).map(|keeper| (Arc::new(keeper), told))
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "not within a minute: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
