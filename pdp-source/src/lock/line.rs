//! The lines of a lock, in the form of `sha256sum`.

use crate::file_digest::{FileDigest, FileDigests};

/// Why a line is none of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockFault {
    /// It does not begin with a SHA-256.
    Digest,
    /// Behind the SHA-256 there are no two spaces and a path.
    Path,
    /// Its path does not stand behind that of the line before.
    Order,
    /// The file ends in it: the rest is missing.
    End,
}

impl LockFault {
    /// What is wrong, in one line.
    pub fn as_str(self) -> &'static str {
        match self {
            LockFault::Digest => "the line does not begin with a SHA-256 in lower-case hexadecimal",
            LockFault::Path => "two spaces and a path belong behind the SHA-256",
            LockFault::Order => "the path does not stand behind the one before, byte for byte",
            LockFault::End => "the file ends within the line",
        }
    }
}

/// The lines for these files.
pub(super) fn text(files: &FileDigests) -> String {
    files.iter().map(|(path, digest)| line(path, *digest)).collect()
}

/// A line; where letters of the path are escaped, it begins with a backslash.
fn line(path: &str, digest: FileDigest) -> String {
    if path.contains(['\\', '\n', '\r']) {
        let path = path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        format!("\\{digest}  {path}\n")
    } else {
        format!("{digest}  {path}\n")
    }
}

/// The files that the lines of `text` name, or the number of the first faulty line.
pub(super) fn parse(text: &str) -> Result<FileDigests, (usize, LockFault)> {
    let mut files = FileDigests::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let fault = |fault| (index + 1, fault);
        let line = line.strip_suffix('\n').ok_or(fault(LockFault::End))?;
        let (path, digest) = parse_line(line).map_err(fault)?;
        if files.last_key_value().is_some_and(|(last, _)| *last >= path) {
            return Err(fault(LockFault::Order));
        }
        files.insert(path, digest);
    }
    Ok(files)
}

fn parse_line(line: &str) -> Result<(String, FileDigest), LockFault> {
    let (is_escaped, line) = match line.strip_prefix('\\') {
        Some(line) => (true, line),
        None => (false, line),
    };
    let (digest, rest) = line.split_at_checked(64).ok_or(LockFault::Digest)?;
    let digest = FileDigest::parse(digest).ok_or(LockFault::Digest)?;
    let path = rest.strip_prefix("  ").filter(|path| !path.is_empty()).ok_or(LockFault::Path)?;
    let path = if is_escaped { unescape(path).ok_or(LockFault::Path)? } else { path.to_owned() };
    Ok((path, digest))
}

fn unescape(path: &str) -> Option<String> {
    let mut letters = path.chars();
    let mut unescaped = String::new();
    while let Some(letter) = letters.next() {
        unescaped.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(unescaped)
}

#[cfg(test)]
mod tests {
    use super::{FileDigest, FileDigests, parse, text};

    #[test]
    fn any_path_comes_back() {
        let paths = ["a\nb.yaml", "a\\n\r.yaml", "  .yaml", "é.yaml"];
        let files = paths.map(|path| (path.to_owned(), FileDigest::of(path.as_bytes())));
        let files = FileDigests::from(files);
        assert_eq!(parse(&text(&files)), Ok(files));
    }
}
