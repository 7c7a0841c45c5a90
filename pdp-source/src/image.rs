//! Compiled images, which are policy sets by themselves.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use pdp_core::is_image;

use crate::budget::Budget;
use crate::content::{self, Stamp};
use crate::place::Place;
use crate::{FileKind, Limits, SourceError};

/// As many bytes say whether a file begins as an image.
const BEGIN_BYTES: u64 = 64;

/// The bytes of the image at `path` and its state, if one is there. It may be as long as a set.
pub(crate) fn read(path: &Path, limits: &Limits) -> Result<Option<(Vec<u8>, Stamp)>, SourceError> {
    let Some((file, stamp)) = open(path) else { return Ok(None) };
    Budget::new(limits).set_bytes(stamp.bytes, path)?;
    content::bytes(&file, stamp, path).map(|bytes| Some((bytes, stamp)))
}

/// What an image is called in its set, of which it is all there is.
pub(crate) fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// What is wrong with paths of texts that lead to images.
pub(crate) fn refuse(paths: &[PathBuf]) -> Vec<SourceError> {
    let images = paths.iter().filter(|path| open(path).is_some()).cloned();
    let error = |path| match paths {
        [_] => SourceError::ImageForTexts { path },
        _ => SourceError::ImageAmongTexts { path },
    };
    images.map(error).collect()
}

/// The file at a path, open, if it begins as an image; what else is there, and what may be wrong
/// with it, is for those to say who read texts.
pub(crate) fn open(path: &Path) -> Option<(File, Stamp)> {
    let place = Place::Given(path);
    let (FileKind::File, stamp) = place.look().ok()? else { return None };
    let mut file = place.open_file().ok()?;
    // Something else may have taken the name since: it is not read from.
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let mut begin = Vec::new();
    (&file).take(BEGIN_BYTES).read_to_end(&mut begin).ok()?;
    file.rewind().ok()?;
    is_image(&begin).then_some((file, stamp))
}
