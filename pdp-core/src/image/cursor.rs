use super::ImageError;

/// Bytes of an image that are still to be read.
#[derive(Debug)]
pub(super) struct Cursor<'i> {
    rest: &'i [u8],
    /// The part of the image that is being read, for errors.
    part: &'static str,
}

impl<'i> Cursor<'i> {
    pub(super) fn new(bytes: &'i [u8]) -> Self {
        Cursor { rest: bytes, part: "head" }
    }

    /// Begins with another part.
    pub(super) fn begin(&mut self, part: &'static str) {
        self.part = part;
    }

    pub(super) fn malformed(&self, fault: &'static str) -> ImageError {
        ImageError::Malformed { part: self.part, fault }
    }

    /// Whether this holds of the part.
    pub(super) fn check(&self, holds: bool, fault: &'static str) -> Result<(), ImageError> {
        if holds { Ok(()) } else { Err(self.malformed(fault)) }
    }

    /// The next bytes. What is not there is no reason to make room for it.
    pub(super) fn take(&mut self, length: usize) -> Result<&'i [u8], ImageError> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.malformed("it ends too early"));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// As many entries of `N` bytes as the number before them says.
    pub(super) fn entries<const N: usize>(&mut self) -> Result<&'i [[u8; N]], ImageError> {
        let count = self.count()?;
        self.entries_of(count)
    }

    /// So many entries of `N` bytes.
    pub(super) fn entries_of<const N: usize>(
        &mut self,
        count: usize,
    ) -> Result<&'i [[u8; N]], ImageError> {
        let length = count.checked_mul(N).ok_or_else(|| self.malformed("it ends too early"))?;
        Ok(self.take(length)?.as_chunks().0)
    }

    /// A text, with its length before it.
    pub(super) fn text(&mut self) -> Result<&'i str, ImageError> {
        let length = self.count()?;
        self.text_of(length)
    }

    /// A text of so many bytes.
    pub(super) fn text_of(&mut self, length: usize) -> Result<&'i str, ImageError> {
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.malformed("a text that is not UTF-8"))
    }

    /// How many things follow.
    pub(super) fn count(&mut self) -> Result<usize, ImageError> {
        Ok(self.u32()? as usize)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ImageError> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, ImageError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ImageError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ImageError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let bytes = self.take(N)?;
        Ok(*bytes.as_array().expect("so many bytes were taken"))
    }

    /// Nothing may follow.
    pub(super) fn end(self) -> Result<(), ImageError> {
        self.check(self.rest.is_empty(), "it is too long")
    }
}

/// Numbers that stand one behind the other in an entry.
#[derive(Debug)]
pub(super) struct Fields<'i>(pub(super) &'i [u8]);

impl Fields<'_> {
    pub(super) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let (first, rest) =
            self.0.split_first_chunk().expect("entries are as long as their fields");
        self.0 = rest;
        *first
    }
}
