use std::time::{Duration, Instant};

use super::{Settling, Step};
use crate::Limits;
use crate::look::Look;
use crate::material::Material;
use crate::watch::WatchSettings;

/// A set with these files, as looks and as what was read; and the time, in ms.
struct Set {
    folder: tempfile::TempDir,
    settling: Settling,
    begun: Instant,
}

impl Set {
    fn new() -> Self {
        let settings = WatchSettings {
            settle: Duration::from_millis(100),
            patience: Duration::from_secs(1),
            ..WatchSettings::default()
        };
        let begun = Instant::now();
        let settling = Settling::new(settings, begun);
        Set { folder: tempfile::tempdir().unwrap(), settling, begun }
    }

    /// A file that was replaced, so that it has a state of its own.
    fn write(&self, name: &str, text: &str) {
        let folder = self.folder.path();
        std::fs::write(folder.join(".new"), text).unwrap();
        std::fs::rename(folder.join(".new"), folder.join(name)).unwrap();
    }

    fn at(&self, ms: u64) -> Instant {
        self.begun + Duration::from_millis(ms)
    }

    fn see(&mut self, ms: u64) -> Step {
        let look = Look::take(&[self.folder.path().to_owned()], &Limits::default());
        let now = self.at(ms);
        self.settling.see(&look, false, now)
    }

    fn read(&self) -> Material {
        Material::read(&[self.folder.path().to_owned()], &Limits::default()).unwrap()
    }

    fn vouches(&self, running: &Material, ms: u64) -> bool {
        self.settling.vouches(&self.read(), &running.content.digests(), self.at(ms))
    }
}

#[test]
fn a_set_is_loaded_when_it_has_rested() {
    let mut set = Set::new();
    set.write("a.yaml", "1");
    assert_eq!((set.see(0), set.see(99)), (Step::Wait, Step::Wait));
    set.write("a.yaml", "2");
    assert_eq!((set.see(100), set.see(199), set.see(200)), (Step::Wait, Step::Wait, Step::Load));
    let look = Look::take(&[set.folder.path().to_owned()], &Limits::default());
    let now = set.at(201);
    assert_eq!(set.settling.see(&look, true, now), Step::Idle);
}

#[test]
fn a_set_that_never_rests_is_waited_for_with_patience() {
    let mut set = Set::new();
    for ms in (0..1_000).step_by(50) {
        set.write("a.yaml", "1");
        assert_eq!(set.see(ms), Step::Wait);
    }
    set.write("a.yaml", "1");
    assert_eq!(set.see(1_000), Step::Insist);
    set.settling.begin_anew();
    set.write("a.yaml", "1");
    assert_eq!(set.see(1_050), Step::Wait);
}

#[test]
fn a_file_that_is_touched_keeps_no_other_away() {
    let mut set = Set::new();
    set.write("a.yaml", "1");
    let running = set.read();
    set.write("b.yaml", "new");
    for ms in [0, 50, 100] {
        set.write("a.yaml", "1");
        set.see(ms);
    }
    assert!(set.vouches(&running, 100));
    // Not so where the file that is written again and again differs from what runs.
    set.write("a.yaml", "half");
    set.see(150);
    assert!(!set.vouches(&running, 150));
    // Nor where the other one has not rested for long enough.
    set.write("a.yaml", "1");
    set.write("b.yaml", "new and other");
    set.see(200);
    assert!(!set.vouches(&running, 299));
    assert!(set.vouches(&running, 300));
    // Nor where it has changed since the last look.
    set.write("b.yaml", "half");
    assert!(!set.vouches(&running, 400));
}

#[test]
fn what_is_gone_has_to_be_away_for_as_long() {
    let mut set = Set::new();
    set.write("a.yaml", "1");
    set.write("b.yaml", "1");
    let running = set.read();
    set.see(0);
    std::fs::remove_file(set.folder.path().join("b.yaml")).unwrap();
    set.see(50);
    assert!(!set.vouches(&running, 149));
    assert!(set.vouches(&running, 150));
    // It is forgotten then, and still away.
    set.see(150);
    set.see(160);
    assert!(set.settling.files.len() == 1 && set.vouches(&running, 160));
}
