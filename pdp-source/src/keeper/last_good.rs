//! The last good copy of a policy set.
//!
//! It holds what was read, texts as texts: they give the same digest in every version that accepts
//! them, and not every set can be written as an image. Facts of run time are no part of it.
//!
//! The bytes: [`MAGIC`]; the SHA-256 of all that follows; which set it is, see [`LastGood::new`];
//! the digest of its policies; 1 for an image, else 0; then for each file the length of its name
//! and of its bytes (`u64`, little-endian), name and bytes. An image has no name.

use std::path::{Path, PathBuf};

use pdp_core::{Digest, Policies};
use sha2::{Digest as _, Sha256};

use super::LastGoodError;
use crate::content;
use crate::file_digest::{FileDigest, FileDigests};
use crate::material::Content;
use crate::place::Place;
use crate::set::{Source, SourceSet};
use crate::{FileKind, Limits, SourceError, replace};

/// With what a copy begins; the number is that of the form.
const MAGIC: &[u8] = b"pdp last good copy 1\n";

/// The longest path that Linux takes. No name in a set is longer.
const NAME_BYTES_MAX: u64 = 4096;

/// Bytes beside files and their names are fewer, for each file.
const OTHER_BYTES_MAX: u64 = 512;

/// Where the copy of one set is kept.
pub(super) struct LastGood {
    path: PathBuf,
    /// The SHA-256 of the paths of the set.
    set: [u8; 32],
    paths: Vec<PathBuf>,
}

impl LastGood {
    /// The copy, in `folder`, of the set at `paths`. A set is known by its paths, made absolute,
    /// whatever their order; links in them are not followed.
    pub(super) fn new(folder: &Path, paths: &[PathBuf]) -> Self {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let mut absolute: Vec<PathBuf> = paths.iter().map(absolute).collect();
        absolute.sort_unstable();
        let mut hash = Sha256::new();
        for path in absolute {
            let path = path.as_os_str().as_encoded_bytes();
            hash.update((path.len() as u64).to_le_bytes());
            hash.update(path);
        }
        let set: [u8; 32] = hash.finalize().into();
        let name = FileDigest(set).to_string();
        let path = folder.join(format!("last-good-{}", &name[..16]));
        LastGood { path, set, paths: paths.to_vec() }
    }

    /// Writes a copy of what was read, for its owner alone, in the place of the one before.
    pub(super) fn write(&self, content: &Content, digest: Digest) -> Result<(), LastGoodError> {
        let mut bytes = [MAGIC, &[0; 32], &self.set, &digest.0].concat();
        match content {
            Content::Texts(sources) => {
                bytes.push(0);
                let sources = sources.sources().iter();
                sources.for_each(|file| push(&mut bytes, &file.path, file.text.as_bytes()));
            }
            Content::Image { bytes: image, .. } => {
                bytes.push(1);
                push(&mut bytes, "", image);
            }
        }
        let (head, body) = bytes.split_at_mut(MAGIC.len() + 32);
        head[MAGIC.len()..].copy_from_slice(&Sha256::digest(body));
        replace::replace(&self.path, &bytes, 0o600).map_err(|cause| {
            let path = self.path.clone();
            LastGoodError::Unwritable { path, cause }
        })
    }

    /// The policies of the copy, if there is one, and the files that they were made of.
    pub(super) fn read(
        &self,
        limits: &Limits,
    ) -> Result<Option<(Policies, FileDigests)>, LastGoodError> {
        let Some(bytes) = self.bytes(limits)? else { return Ok(None) };
        let path = || self.path.clone();
        let damaged = || LastGoodError::Damaged { path: path() };
        let mut body = Cursor(checked(&bytes).ok_or_else(damaged)?);
        if body.array() != Some(self.set) {
            return Err(LastGoodError::OtherSet { path: path() });
        }
        let wanted = Digest(body.array().ok_or_else(damaged)?);
        let content = self.content(body).ok_or_else(damaged)?;
        let policies = content.compile().map_err(|error| {
            let error = Box::new(error);
            LastGoodError::Load { path: path(), error }
        })?;
        if policies.version().digest != wanted {
            return Err(LastGoodError::OtherPolicies { path: path(), wanted });
        }
        Ok(Some((policies, content.digests())))
    }

    /// The bytes of the copy, at most as many as that of a set within the limits has.
    fn bytes(&self, limits: &Limits) -> Result<Option<Vec<u8>>, SourceError> {
        let place = Place::Given(&self.path);
        let (kind, stamp) = match place.look() {
            Ok(seen) => seen,
            Err(errno) => match place.error(errno, &self.path) {
                SourceError::Missing { .. } => return Ok(None),
                error => return Err(error),
            },
        };
        let path = || self.path.clone();
        if kind != FileKind::File {
            return Err(SourceError::NotAFile { path: path(), kind });
        }
        let others = (limits.files_max as u64 + 1) * (NAME_BYTES_MAX + OTHER_BYTES_MAX);
        let bytes_max = limits.set_bytes_max.saturating_add(others);
        if stamp.bytes > bytes_max {
            return Err(SourceError::FileTooLarge { path: path(), bytes_max });
        }
        let file = place.open_file().map_err(|errno| place.error(errno, &self.path))?;
        content::bytes(&file, stamp, &self.path).map(Some)
    }

    fn content(&self, mut body: Cursor<'_>) -> Option<Content> {
        let [is_image] = body.array()?;
        let mut files = Vec::new();
        while !body.0.is_empty() {
            files.push(body.file()?);
        }
        if is_image == 0 {
            let source = |(path, text): (&[u8], &[u8])| {
                let [path, text] = [path, text].map(|bytes| String::from_utf8(bytes.to_vec()).ok());
                Some(Source { path: path?, text: text? })
            };
            let sources: Option<Vec<Source>> = files.into_iter().map(source).collect();
            return Some(Content::Texts(SourceSet::of(sources?)));
        }
        let (_, image) = files.pop()?;
        Some(Content::Image { path: self.paths.first()?.clone(), bytes: image.to_vec() })
    }
}

/// What follows the checksum, if it has it.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (checksum, body) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<32>()?;
    (Sha256::digest(body)[..] == checksum[..]).then_some(body)
}

fn push(bytes: &mut Vec<u8>, name: &str, content: &[u8]) {
    bytes.extend((name.len() as u64).to_le_bytes());
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(name.as_bytes());
    bytes.extend(content);
}

/// Bytes that are still to be read.
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn slice(&mut self, bytes: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(bytes).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// A name and what the file holds.
    fn file(&mut self) -> Option<(&'b [u8], &'b [u8])> {
        let [name, content] = [self.array()?, self.array()?].map(u64::from_le_bytes);
        Some((self.slice(name)?, self.slice(content)?))
    }
}
