//! How much may be read.

/// Bounds of one policy set; [`Default`] gives those of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file: 32 MiB.
    pub file_bytes_max: u64,
    /// Bytes of all files together: 512 MiB.
    pub set_bytes_max: u64,
    /// Files: 10 000. As many folders and links to other things may stand beside them.
    pub files_max: usize,
    /// How deep folders may nest below a path that was given: 64. Each level that is being read
    /// holds one descriptor.
    pub depth_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes_max: 32 << 20,
            set_bytes_max: 512 << 20,
            files_max: 10_000,
            depth_max: 64,
        }
    }
}
