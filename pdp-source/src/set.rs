//! The texts of a policy set.

use std::path::{Path, PathBuf};

use pdp_core::{Policies, PolicyErrors, SourceText};

use crate::collect::{Collected, collect};
use crate::material::Material;
use crate::name::FileName;
use crate::walk::Found;
use crate::{Limits, LoadError, SourceErrors, image};

/// One file of a policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path in the set, `/` between its parts.
    pub path: String,
    /// The text: UTF-8, a byte order mark included if there is one.
    pub text: String,
}

/// The texts of a policy set, by the bytes of their paths. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSet {
    sources: Vec<Source>,
}

impl SourceSet {
    /// Reads a policy set within the limits of the policy language: [`SourceSet::read_with`] with
    /// [`Limits::default`].
    ///
    /// # Errors
    ///
    /// Those of [`SourceSet::read_with`].
    pub fn read(
        paths: impl IntoIterator<Item = impl AsRef<Path>>,
    ) -> Result<SourceSet, SourceErrors> {
        Self::read_with(paths, &Limits::default())
    }

    /// Reads the files and folders at `paths`, which together are one set.
    ///
    /// If there is one path, the paths in the set are relative to that folder, or the name of that
    /// file. If there are several, each path in the set begins with the path as it was given,
    /// without `.` parts and superfluous slashes.
    ///
    /// A folder that was given and has a `policies.lock` at its top holds exactly the files that the
    /// lock names, as it names them.
    ///
    /// # Errors
    ///
    /// [`SourceErrors`] with everything that is wrong, each with its path. After a limit of the
    /// whole set is exceeded, nothing more is looked at.
    pub fn read_with(
        paths: impl IntoIterator<Item = impl AsRef<Path>>,
        limits: &Limits,
    ) -> Result<SourceSet, SourceErrors> {
        let paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_owned()).collect();
        Ok(source_set(collected(paths, limits)?.files))
    }

    /// The files, by the bytes of their paths.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The files as the engine takes them.
    pub fn texts(&self) -> Vec<SourceText<'_>> {
        let sources = self.sources.iter();
        sources.map(|source| SourceText { path: &source.path, text: &source.text }).collect()
    }

    /// Compiles the set.
    ///
    /// # Errors
    ///
    /// [`PolicyErrors`] with every mistake in every file, each with its place.
    pub fn compile(&self) -> Result<Policies, PolicyErrors> {
        Policies::from_sources(&self.texts())
    }

    /// Texts that were read before.
    pub(crate) fn of(sources: Vec<Source>) -> Self {
        SourceSet { sources }
    }
}

/// Reads the files at `paths`, held to the locks beside them.
pub(crate) fn collected(paths: Vec<PathBuf>, limits: &Limits) -> Result<Collected, SourceErrors> {
    SourceErrors::check(image::refuse(&paths))?;
    let collected = collect(paths, FileName::Policy, limits)?;
    collected.check_locks()?;
    Ok(collected)
}

/// The texts of files, in their order.
pub(crate) fn source_set(files: Vec<Found>) -> SourceSet {
    let sources = files.into_iter().map(|file| Source { path: file.name, text: file.text });
    SourceSet { sources: sources.collect() }
}

/// Reads a policy set within the limits of the policy language: [`load_with`] with
/// [`Limits::default`].
///
/// # Errors
///
/// Those of [`load_with`].
pub fn load(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Policies, LoadError> {
    load_with(paths, &Limits::default())
}

/// Reads and compiles a policy set: [`SourceSet::read_with`], then [`SourceSet::compile`]. Or reads
/// the compiled image that the only path leads to, whatever its name; it may have as many bytes as
/// a set.
///
/// # Errors
///
/// [`LoadError`] with everything that is wrong with the files or, if nothing is, with all mistakes
/// in the policies; or what is wrong with the image.
pub fn load_with(
    paths: impl IntoIterator<Item = impl AsRef<Path>>,
    limits: &Limits,
) -> Result<Policies, LoadError> {
    let paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_owned()).collect();
    Material::read(&paths, limits)?.content.compile()
}
