//! A policy set in versions that can be told from what they answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use tempfile::TempDir;

/// A callers' file by which whoever is on this machine may do everything.
pub(crate) const CALLERS: &str = r#"
[[caller]]
name = "all"
local = true
rights = ["evaluate", "assert_identity", "admin"]
"#;

/// The types and documents of a set, all in one file, and its rules in another, which is replaced.
/// Version 7 permits for the reason `v7`.
pub struct Versions {
    folder: TempDir,
    arguments: [String; 4],
}

impl Versions {
    /// Version 0 of a set with so many documents.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn new(documents: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = |name| folder.path().join(name).display().to_string();
        let (policies, callers) = (path("policies"), path("callers.toml"));
        let arguments = ["--policies".to_owned(), policies, "--callers".to_owned(), callers];
        let versions = Versions { folder, arguments };
        fs::create_dir(versions.policies())?;
        fs::write(versions.folder.path().join("callers.toml"), CALLERS)?;
        let doors = (0..documents).map(|door| format!("  door:{door}: {{holder: user:{door}}}\n"));
        let types = "types: {door: {actions: [open], relations: {holder: direct}}}";
        let text = format!("version: 1\n{types}\nfacts:\n{}", doors.collect::<String>());
        fs::write(versions.policies().join("documents.yaml"), text)?;
        versions.put(0)?;
        Ok(versions)
    }

    /// The folder of the set.
    pub fn policies(&self) -> PathBuf {
        self.folder.path().join("policies")
    }

    /// What makes a server decide by it, and everybody may reload it.
    pub fn arguments(&self) -> [&str; 4] {
        self.arguments.each_ref().map(String::as_str)
    }

    /// Replaces the rules at once, by a rename.
    ///
    /// # Errors
    ///
    /// Where they cannot be written.
    pub fn put(&self, version: usize) -> Result<()> {
        let rule = format!(
            "{{id: v{version}, effect: permit, resource: door, actors: {{relation: holder}}}}"
        );
        self.replace(&format!("version: 1\nrules: [{rule}]\n"))
    }

    /// Replaces the rules by something that is no policy.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn break_it(&self) -> Result<()> {
        self.replace("version: 1\nrules: 7\n")
    }

    /// The digest of what stands in the folder.
    ///
    /// # Errors
    ///
    /// Where that cannot be loaded.
    pub fn digest(&self) -> Result<String> {
        Ok(pdp_source::load([self.policies()])?.version().digest.to_string())
    }

    /// Puts each version up to and with `last` there and reads it: the reason of each by its digest.
    /// Then version 0 is there again.
    ///
    /// # Errors
    ///
    /// Where a version cannot be written or loaded.
    pub fn reasons(&self, last: usize) -> Result<BTreeMap<String, String>> {
        let mut reasons = BTreeMap::new();
        for version in (0..=last).rev() {
            self.put(version)?;
            reasons.insert(self.digest()?, format!("v{version}"));
        }
        Ok(reasons)
    }

    /// A question about a document, which every version permits.
    pub fn question(document: usize) -> String {
        format!(
            r#"{{"actor": {{"actor_id": "user:{document}", "actor_type": "human"}}, "action": "open", "resource": {{"type": "door", "id": "{document}"}}}}"#
        )
    }

    fn replace(&self, text: &str) -> Result<()> {
        let new = self.folder.path().join("new");
        fs::write(&new, text)?;
        Ok(fs::rename(new, self.policies().join("rules.yaml"))?)
    }
}
