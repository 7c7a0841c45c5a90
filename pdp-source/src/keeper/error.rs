//! Why a keeper cannot begin, or what runs stays.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use pdp_core::{ChangeError, Digest};

use crate::{LoadError, SourceError, SourceErrors};

/// Why there is nothing that could run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The set cannot be loaded, and no copy of it was kept.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The set cannot be loaded, and neither can the last good copy of it.
    #[error("{error}\nthe last good copy cannot be used either: {last_good}")]
    LastGood {
        /// Why the set cannot be loaded.
        error: Box<LoadError>,
        /// What is wrong with the copy.
        last_good: LastGoodError,
    },
}

/// Why the set on disk does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// It cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What run time said of facts does not fit it, or it is an image that holds such words.
    #[error(transparent)]
    Facts(#[from] ChangeError),
    /// It goes on changing, so that no part of what is new can be told from one that is half
    /// written.
    #[error("the policy set has not come to rest for {} ms", patience.as_millis())]
    Restless {
        /// How long it was waited for.
        patience: Duration,
    },
}

impl ReloadError {
    /// Whether it may pass although no file changes.
    pub(crate) fn may_pass(&self) -> bool {
        let is_unreadable = |errors: &SourceErrors| {
            errors.iter().any(|error| matches!(error, SourceError::Unreadable { .. }))
        };
        match self {
            ReloadError::Facts(_) => true,
            ReloadError::Load(LoadError::Source(errors)) => is_unreadable(errors),
            ReloadError::Load(_) | ReloadError::Restless { .. } => false,
        }
    }
}

/// What is wrong with the last good copy of a set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LastGoodError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// It cannot be written.
    #[error("cannot write `{}`: {cause}", path.display())]
    Unwritable {
        /// The copy.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is no copy of this form, or does not have its checksum.
    #[error("`{}` is damaged", path.display())]
    Damaged {
        /// The copy.
        path: PathBuf,
    },
    /// It is the copy of a set at other paths.
    #[error("`{}` is of another policy set", path.display())]
    OtherSet {
        /// The copy.
        path: PathBuf,
    },
    /// It does not give the policies of which it is a copy.
    #[error("`{}` gives other policies than those of {wanted}", path.display())]
    OtherPolicies {
        /// The copy.
        path: PathBuf,
        /// The digest of the policies that were copied.
        wanted: Digest,
    },
    /// It cannot be loaded: this version reads policies otherwise than the one that wrote it.
    #[error("`{}`: {error}", path.display())]
    Load {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<LoadError>,
    },
}
