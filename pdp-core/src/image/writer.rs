use super::ImageError;
use crate::Timestamp;

/// Bytes of an image as they are being written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) written: Vec<u8>,
    /// The part of the image that is being written, for errors.
    part: &'static str,
}

impl Writer {
    /// Begins with another part.
    pub(super) fn begin(&mut self, part: &'static str) {
        self.part = part;
    }

    pub(super) fn unwritable(&self, fault: &'static str) -> ImageError {
        ImageError::Unwritable { part: self.part, fault }
    }

    /// How many things follow.
    pub(super) fn count(&mut self, count: usize) -> Result<(), ImageError> {
        let count = u32::try_from(count).map_err(|_| self.unwritable("more than 2^32 of them"))?;
        self.u32(count);
        Ok(())
    }

    /// A text, with its length before it.
    pub(super) fn text(&mut self, text: &str) -> Result<(), ImageError> {
        self.count(text.len())?;
        self.bytes(text.as_bytes());
        Ok(())
    }

    pub(super) fn tagged_text(&mut self, tag: u8, text: &str) -> Result<(), ImageError> {
        self.u8(tag);
        self.text(text)
    }

    pub(super) fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.u8(tag);
        self.bytes(bytes);
    }

    pub(super) fn time(&mut self, time: Timestamp) {
        self.bytes(&time.unix_seconds().to_le_bytes());
        self.u32(time.nanoseconds());
    }

    pub(super) fn u8(&mut self, number: u8) {
        self.written.push(number);
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.bytes(&number.to_le_bytes());
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    pub(super) fn u64(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }
}
