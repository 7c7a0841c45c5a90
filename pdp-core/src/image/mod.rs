//! Compiled images: policies and facts in one piece of bytes.
//!
//! Code never comes out of an image in compiled form: an image holds the texts, facts taken out,
//! and reading it compiles them as ever. Facts are stored as numbers, and each is held against what
//! the texts declare. `docs/image.md` describes the bytes.

mod cursor;
mod error;
mod facts;
mod fits;
mod part;
mod read;
mod texts;
mod value;
mod words;
mod write;
mod writer;

pub use error::ImageError;

use sha2::{Digest as _, Sha256};

use crate::{HostFunction, Policies, SourceText};

/// With what an image begins. No text does: the first byte is none of UTF-8, and the ends of lines
/// show whether something took the image for a text.
const MAGIC: [u8; 8] = *b"\x89PDP\r\n\x1a\n";

/// The form of images that is written and read.
const FORMAT: u32 = 1;

/// Magic, format and checksum; the checksum is of all that follows.
const HEAD_BYTES: usize = 8 + 4 + 32;

/// Whether bytes begin as an image does. That is not to say that they are one.
pub fn is_image(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

impl Policies {
    /// The image of these policies, from which [`Policies::from_image`] makes them again: their
    /// texts without facts, the facts of the present, what run time said, and the revision.
    /// `sources` are the texts from which they were compiled, in any order. It is these that are
    /// written: what a host changed in a model before it was compiled is not in them.
    ///
    /// The keys of change sets that an [`crate::Engine`] applied are not part of it.
    ///
    /// ```
    /// use pdp_core::{Policies, SourceText};
    ///
    /// let text = "
    /// version: 1
    /// types: {door: {actions: [open], relations: {keeper: direct}}}
    /// rules: [{id: keepers-open, effect: permit, actors: {relation: keeper}}]
    /// facts: {door:front: {keeper: user:1}}
    /// ";
    /// let sources = [SourceText { path: "policy.yaml", text }];
    /// let policies = Policies::from_sources(&sources)?;
    /// let again = Policies::from_image(&policies.to_image(&sources)?)?;
    /// assert_eq!(again.summary(), policies.summary());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ImageError::OtherTexts`] where `sources` are other texts, [`ImageError::Inseparable`] where
    /// facts cannot be taken out of one, [`ImageError::Unwritable`] for facts that no text could
    /// state.
    pub fn to_image(&self, sources: &[SourceText<'_>]) -> Result<Vec<u8>, ImageError> {
        let mut sources = sources.to_vec();
        sources.sort_by_key(|source| source.path);
        let (wanted, found) = (self.version.digest, crate::read::digest(&sources));
        if found != wanted {
            return Err(ImageError::OtherTexts { wanted, found });
        }
        let texts = sources.iter().map(|source| Ok((source.path, texts::without_facts(source)?)));
        let texts: Vec<(&str, String)> = texts.collect::<Result<_, ImageError>>()?;
        let mut writer = writer::Writer::default();
        writer.bytes(&MAGIC);
        writer.u32(FORMAT);
        writer.bytes(&[0; 32]);
        writer.bytes(&self.version.digest.0);
        writer.u64(self.version.revision);
        write::texts(&mut writer, &texts)?;
        write::facts(&mut writer, &self.facts, &self.words)?;
        let mut image = writer.written;
        let checksum = Sha256::digest(&image[HEAD_BYTES..]);
        image[HEAD_BYTES - checksum.len()..HEAD_BYTES].copy_from_slice(&checksum);
        // Whatever is written can be read.
        read::check(&image, self).map_err(|error| match error {
            ImageError::Malformed { part, fault } => ImageError::Unwritable { part, fault },
            other => other,
        })?;
        Ok(image)
    }

    /// The policies of an image: they decide as those from which it was made, with the same digest
    /// and from the same revision on. Texts are compiled, and facts checked, whatever the checksum
    /// says; so an image is like a policy set that somebody wrote, no better and no worse. What is
    /// warned of is what rules say; of facts it was when the texts were compiled.
    ///
    /// # Errors
    ///
    /// [`ImageError`] for bytes that are no image, one of another format, or one that was changed.
    pub fn from_image(image: &[u8]) -> Result<Self, ImageError> {
        Policies::from_image_with_functions(image, &[])
    }

    /// The policies of an image, whose conditions may call functions of the host.
    ///
    /// # Errors
    ///
    /// As [`Policies::from_image`]; [`ImageError::Policies`] where conditions call other functions.
    pub fn from_image_with_functions(
        image: &[u8],
        functions: &[HostFunction],
    ) -> Result<Self, ImageError> {
        read::policies(image, functions)
    }
}
