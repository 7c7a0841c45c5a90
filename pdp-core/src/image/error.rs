use crate::{Digest, PolicyErrors};

/// Why an image cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The texts are not those that the policies were compiled from.
    #[error("the texts are not those of the policies: their digest is {found}, not {wanted}")]
    OtherTexts {
        /// The digest of the policies.
        wanted: Digest,
        /// The digest of the texts.
        found: Digest,
    },
    /// The facts of a file cannot be taken out so that everything else stays in its place.
    #[error("the facts of `{file}` cannot be told from the rest of its text")]
    Inseparable {
        /// The file, relative to the policy set.
        file: String,
    },
    /// The policies hold what an image cannot, such as values that nest without end. Policies from
    /// texts and change sets never do.
    #[error("the policies hold what no image can: {part}: {fault}")]
    Unwritable {
        /// The part of the image.
        part: &'static str,
        /// What is wrong there.
        fault: &'static str,
    },
    /// The bytes do not begin as an image does.
    #[error("no compiled image")]
    NoImage,
    /// The image was written in a form that this version does not read.
    #[error(
        "an image of format {found}; this version reads format {wanted}: compile the texts anew"
    )]
    Format {
        /// The format of the image.
        found: u32,
        /// The format that is read.
        wanted: u32,
    },
    /// The bytes are not those that were written.
    #[error("the image is damaged: it does not have its checksum")]
    Checksum,
    /// The checksum is right, and yet the image says what no image does.
    #[error("the image is malformed: {part}: {fault}")]
    Malformed {
        /// The part of the image, as its description names it.
        part: &'static str,
        /// What is wrong there.
        fault: &'static str,
    },
    /// The policies in the image have mistakes: functions of the host are missing, or another
    /// version wrote it.
    #[error("the policies in the image cannot be compiled: {0}")]
    Policies(PolicyErrors),
}
