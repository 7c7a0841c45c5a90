//! The test files of a policy set.

use std::path::{Path, PathBuf};

use crate::collect::collect;
use crate::name::FileName;
use crate::walk::Found;
use crate::{Limits, SourceErrors};

/// A file of tests (`*_test.yaml`, `*_test.yml`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFile {
    /// The folder that it stands in, and whose policies it judges: a path for
    /// [`SourceSet::read`](crate::SourceSet::read).
    pub folder: PathBuf,
    /// The path below the folder that was given, `/` between its parts; the name of the file if
    /// that was given itself.
    pub path: String,
    /// The text: UTF-8, a byte order mark included if there is one.
    pub text: String,
}

/// Reads the test files in the folder `path` and below, or the one test file at `path`, by the
/// bytes of their paths. They are read as policies are, within the same limits; a folder may hold
/// none.
///
/// # Errors
///
/// [`SourceErrors`] with everything that is wrong, each with its path.
pub fn read_tests(path: impl AsRef<Path>) -> Result<Vec<TestFile>, SourceErrors> {
    let collected = collect(vec![path.as_ref().to_owned()], FileName::Test, &Limits::default())?;
    Ok(collected.files.into_iter().map(test_file).collect())
}

fn test_file(found: Found) -> TestFile {
    let folder = match found.path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    TestFile { folder, path: found.name, text: found.text }
}
