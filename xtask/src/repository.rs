//! What the checks look at: the files that git lists, and what cargo says of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The repository that this crate stands in.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    paths: BTreeSet<String>,
}

impl Repository {
    /// Lists the files that are committed, or would be: new ones count, ignored ones do not.
    ///
    /// # Errors
    ///
    /// If git cannot be run, or the folder above this crate is no work tree.
    pub fn here() -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = output(Command::new("git").args(list).current_dir(&root))?;
        let paths = listed.split('\0').filter(|path| root.join(path).is_file());
        Ok(Repository { paths: paths.map(str::to_owned).collect(), root })
    }

    /// The paths of the files, relative to the root and divided by `/`.
    pub fn paths(&self) -> &BTreeSet<String> {
        &self.paths
    }

    /// The text of one file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not UTF-8; the message names it.
    pub fn text(&self, path: &str) -> io::Result<String> {
        let text = std::fs::read_to_string(self.root.join(path));
        text.map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))
    }

    /// All files that are UTF-8, by path.
    ///
    /// # Errors
    ///
    /// If a file cannot be read.
    pub fn texts(&self) -> io::Result<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        for path in &self.paths {
            match self.text(path) {
                Ok(text) => drop(texts.insert(path.clone(), text)),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
                Err(error) => return Err(error),
            }
        }
        Ok(texts)
    }

    /// The workspace members with their declared dependencies, as `cargo metadata` prints them.
    ///
    /// # Errors
    ///
    /// If cargo fails; the message is what it said.
    pub fn metadata(&self) -> io::Result<Value> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let ask = ["metadata", "--format-version", "1", "--locked", "--no-deps"];
        let json = output(Command::new(cargo).args(ask).current_dir(&self.root))?;
        Ok(serde_json::from_str(&json)?)
    }
}

/// Runs a command and gives what it printed.
fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{command:?}: {said}")));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
