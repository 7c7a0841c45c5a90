use std::sync::Arc;
use std::time::Instant;

use pdp_core::Timestamp;

use super::notices::{Notices, Stop};
use super::settling::Settling;
use super::{WatchSettings, Watcher};
use crate::{Keeper, KeeperSettings};

const SET: &str = "{version: 1, types: {door: {actions: [open]}}}";

#[test]
fn what_is_not_as_it_was_seen_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    write(SET);
    let settings = KeeperSettings::new(|| Timestamp::from_unix(0, 0).unwrap());
    let keeper = Arc::new(Keeper::open([folder.path()], settings).unwrap());
    let mut watcher = watcher(&keeper);
    write("{version: 1, types: {}}");
    let seen = keeper.look();
    for text in ["{version: 1, types: {door: {}}}", "{version: 1, types: {do"] {
        write(text);
        watcher.load(&seen);
    }
    std::fs::remove_file(folder.path().join("a.yaml")).unwrap();
    watcher.load(&seen);
    let status = keeper.status();
    assert_eq!((status.loaded, status.unchanged, status.failed), (0, 0, 0));
    watcher.load(&keeper.look());
    write(SET);
    watcher.load(&keeper.look());
    let status = keeper.status();
    assert_eq!((status.loaded, status.unchanged, status.failed), (0, 1, 1));
}

#[test]
fn folders_are_followed_as_long_as_they_are_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), SET).unwrap();
    let settings = KeeperSettings::new(|| Timestamp::from_unix(0, 0).unwrap());
    let keeper = Arc::new(Keeper::open([folder.path()], settings).unwrap());
    let mut notices = watcher(&keeper).notices;
    let mut follow = || {
        let (has_new, fault) = notices.follow(&keeper.look());
        assert!(fault.is_none());
        has_new
    };
    assert!(follow() && !follow());
    std::fs::create_dir(folder.path().join("b")).unwrap();
    assert!(follow() && !follow());
    std::fs::remove_dir(folder.path().join("b")).unwrap();
    assert!(!follow());
}

fn watcher(keeper: &Arc<Keeper>) -> Watcher {
    let settings = WatchSettings::default();
    let (notices, fault) = Notices::new(Stop::new().unwrap(), keeper.paths());
    assert!(fault.is_none());
    let settling = Settling::new(settings.clone(), Instant::now());
    Watcher { keeper: Arc::clone(keeper), settings, notices, settling, retry_at: None }
}
