//! The last line of a file, which may be torn.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How much is read at once, in bytes.
const PIECE_BYTES: u64 = 64 << 10;

/// Where the whole lines of the first `bytes` of `file` end.
pub(super) fn whole_lines(file: &File, bytes: u64) -> io::Result<u64> {
    let mut end = bytes;
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(PIECE_BYTES);
        piece.resize(usize::try_from(end - start).unwrap_or(usize::MAX), 0);
        file.read_exact_at(&mut piece, start)?;
        if let Some(index) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + index as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Whether `file` is empty, begins as a record does, or with what a loss of power may leave: a
/// file that got its length and not its content.
pub(super) fn begins_as_records(file: &File) -> io::Result<bool> {
    let mut first = [0];
    let read = file.read_at(&mut first, 0)?;
    Ok(read == 0 || matches!(first[0], b'{' | 0))
}
