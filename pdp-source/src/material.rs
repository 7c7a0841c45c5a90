//! What a policy set is made of: texts, or an image.

use std::path::PathBuf;

use pdp_core::Policies;

use crate::file_digest::{FileDigest, FileDigests};
use crate::look::Look;
use crate::set::{collected, source_set};
use crate::{Limits, LoadError, SourceErrors, SourceSet, image};

/// A policy set as it stood at one moment.
#[derive(Debug)]
pub(crate) struct Material {
    pub(crate) content: Content,
    /// How it looked when it was read.
    pub(crate) look: Look,
    /// Whether something in it says that none of it is missing: a lock in each path that was given,
    /// or the checksum of an image.
    pub(crate) is_sealed: bool,
}

/// What was read.
#[derive(Debug)]
pub(crate) enum Content {
    Texts(SourceSet),
    Image { path: PathBuf, bytes: Vec<u8> },
}

impl Material {
    /// Reads the files at `paths`, or the image that the only path leads to.
    pub(crate) fn read(paths: &[PathBuf], limits: &Limits) -> Result<Self, SourceErrors> {
        if let [path] = paths
            && let Some((bytes, stamp)) = image::read(path, limits)?
        {
            let look = Look::of_image(path, stamp);
            let content = Content::Image { path: path.clone(), bytes };
            return Ok(Material { content, look, is_sealed: true });
        }
        let collected = collected(paths.to_vec(), limits)?;
        let look = Look::of(&collected);
        let is_sealed = collected.locks.len() == paths.len();
        let content = Content::Texts(source_set(collected.files));
        Ok(Material { content, look, is_sealed })
    }
}

impl Content {
    /// The policies.
    pub(crate) fn compile(&self) -> Result<Policies, LoadError> {
        match self {
            Content::Texts(sources) => sources
                .compile()
                .map_err(|errors| LoadError::Policy { errors, sources: sources.clone() }),
            Content::Image { path, bytes } => Policies::from_image(bytes)
                .map_err(|error| LoadError::Image { path: path.clone(), error }),
        }
    }

    /// What tells it from any other.
    pub(crate) fn digests(&self) -> FileDigests {
        match self {
            Content::Texts(sources) => {
                let digest = |text: &str| FileDigest::of(text.as_bytes());
                let sources = sources.sources().iter();
                sources.map(|source| (source.path.clone(), digest(&source.text))).collect()
            }
            Content::Image { path, bytes } => {
                FileDigests::from([(image::name(path), FileDigest::of(bytes))])
            }
        }
    }
}
