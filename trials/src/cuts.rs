//! A policy set of which one file is cut off again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use pdp_source::LockUpdate;
use tempfile::TempDir;

use crate::versions::CALLERS;
use crate::{Caller, Chance, Load, Loaded, Server};

const BASE: &str = "version: 1
types: {door: {actions: [open, close], relations: {holder: direct}}}
facts: {door:0: {holder: user:0}, door:1: {holder: user:1}, door:2: {holder: user:2}, door:3: {holder: user:3}}
";

/// The file that is cut; many of its beginnings are files of their own.
const RULES: &str = "version: 1
rules:
  - id: holders-open
    effect: permit
    resource: door
    actions: [open]
    actors: {relation: holder}
  - id: admins-close
    effect: permit
    resource: door
    actions: [close]
    actors: {role: administrator}
  - id: nobody-from-outside
    effect: deny
    resource: door
    actors: {role: guest}
";

/// What a file is replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// Up to 32 767 bytes of zero, as fast as can be: `truncate -s $RANDOM f; mv f x.yaml`.
    Zeros,
    /// A beginning of the file, now and then the whole; with pauses in which it may be loaded.
    Beginning,
}

/// A set in two files, of which one is replaced.
pub struct CutSet {
    folder: TempDir,
    arguments: [String; 4],
    /// The lengths at which what is left loads, by the digest that it has then.
    accepted: BTreeMap<String, usize>,
}

/// What became of it.
#[derive(Debug)]
pub struct Cuts {
    /// How often the file was replaced.
    pub replaced: usize,
    /// What was answered meanwhile.
    pub loaded: Loaded,
    /// The digests that were named.
    pub digests: BTreeSet<String>,
    /// How long it took until the whole set ran again; `None` where it did not.
    pub mended: Option<Duration>,
}

impl CutSet {
    /// The whole set; finds out which beginnings of the file load.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = |name| folder.path().join(name).display().to_string();
        let (policies, callers) = (path("policies"), path("callers.toml"));
        let arguments = ["--policies".to_owned(), policies, "--callers".to_owned(), callers];
        let mut set = CutSet { folder, arguments, accepted: BTreeMap::new() };
        fs::create_dir(set.policies())?;
        fs::write(set.folder.path().join("callers.toml"), CALLERS)?;
        fs::write(set.policies().join("base.yaml"), BASE)?;
        for length in 0..=RULES.len() {
            set.put(&RULES.as_bytes()[..length])?;
            if let Ok(policies) = pdp_source::load([set.policies()]) {
                set.accepted.insert(policies.version().digest.to_string(), length);
            }
        }
        Ok(set)
    }

    /// What makes a server decide by it, and everybody may reload it.
    pub fn arguments(&self) -> [&str; 4] {
        self.arguments.each_ref().map(String::as_str)
    }

    fn policies(&self) -> PathBuf {
        self.folder.path().join("policies")
    }

    /// The digests of all states in which the set loads.
    pub fn accepted(&self) -> impl Iterator<Item = &str> {
        self.accepted.keys().map(String::as_str)
    }

    /// The digest of the whole set.
    ///
    /// # Errors
    ///
    /// Where it does not stand there.
    pub fn digest(&self) -> Result<String> {
        Ok(pdp_source::load([self.policies()])?.version().digest.to_string())
    }

    /// Locks the set as it stands there.
    ///
    /// # Errors
    ///
    /// Where it does not load or the lock cannot be written.
    pub fn lock(&self) -> Result<()> {
        Ok(LockUpdate::read(self.policies())?.write()?)
    }

    /// Replaces the file for `time`, reloading now and then, while questions are asked; then puts
    /// the whole file back.
    ///
    /// # Errors
    ///
    /// Where a file cannot be written, or the server not be reached.
    pub fn cut(
        &self,
        server: &Server,
        replacement: Replacement,
        time: Duration,
        chance: &mut Chance,
    ) -> Result<Cuts> {
        let load = Load::begin(server.address, 4, 200);
        let (begun, mut replaced) = (Instant::now(), 0);
        let mut caller = Caller::connect(server.address)?;
        while begun.elapsed() < time {
            match replacement {
                Replacement::Zeros => self.put(&vec![0; chance.below(32_768)])?,
                Replacement::Beginning => self.put_beginning(chance)?,
            }
            replaced += 1;
            if replaced % 10 == 0 {
                // Whoever asks for it says that the set is finished.
                caller.post("/admin/reload", "")?;
            }
        }
        self.put(RULES.as_bytes())?;
        let (ended, whole) = (Instant::now(), self.digest()?);
        let mut mended = None;
        while mended.is_none() && ended.elapsed() < Duration::from_secs(30) {
            let status = caller.get("/ready")?;
            let runs =
                status.text("digest") == Some(&whole) && status.text("status") == Some("ready");
            mended = runs.then(|| ended.elapsed());
            thread::sleep(Duration::from_millis(10));
        }
        let loaded = load.end();
        let digests = loaded.seen.keys().map(|(digest, _)| digest.clone()).collect();
        Ok(Cuts { replaced, loaded, digests, mended })
    }

    /// Asks `pdp check` for the digest of a state that loads, and returns whether it is this one.
    ///
    /// # Errors
    ///
    /// Where no state is known that has this digest, or the program cannot be run.
    pub fn check(&self, program: &Path, digest: &str) -> Result<bool> {
        let Some(length) = self.accepted.get(digest) else { bail!("{digest} is of no state") };
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("base.yaml"), BASE)?;
        fs::write(folder.path().join("x.yaml"), &RULES[..*length])?;
        let output = Command::new(program).arg("check").arg(folder.path()).output();
        let output = output.with_context(|| format!("cannot run {}", program.display()))?;
        Ok(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(digest))
    }

    fn put_beginning(&self, chance: &mut Chance) -> Result<()> {
        let lengths: Vec<usize> = self.accepted.values().copied().collect();
        let length = match chance.below(4) {
            // Such a one would seldom be met by chance.
            0 => lengths[chance.below(lengths.len())],
            _ => chance.below(RULES.len() + 1),
        };
        self.put(&RULES.as_bytes()[..length])?;
        let pauses = [0, 0, 0, 0, 1, 5, 20, 350];
        thread::sleep(Duration::from_millis(pauses[chance.below(pauses.len())]));
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> Result<()> {
        let new = self.folder.path().join("new");
        fs::write(&new, bytes)?;
        Ok(fs::rename(new, self.policies().join("x.yaml"))?)
    }
}
