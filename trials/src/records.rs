//! The records of a server, read as they grow.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::caller::text;

/// A file of records that is not begun anew, `--audit-rotate-bytes 0`, and how much was read of it.
pub struct Records {
    path: PathBuf,
    read: u64,
}

/// What has come to records.
#[derive(Debug, Default)]
pub struct NewRecords {
    /// The ids of the decisions.
    pub decisions: Vec<String>,
    /// How many lines are no object, or do not end.
    pub broken: usize,
}

impl Records {
    /// Those in the state folder of a server, none of which was read.
    pub fn of(state: &Path) -> Self {
        Records { path: state.join("audit.jsonl"), read: 0 }
    }

    /// What has come since it was last asked.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn new_ones(&mut self) -> io::Result<NewRecords> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut lines = String::new();
        self.read += u64::try_from(file.read_to_string(&mut lines)?).unwrap_or(u64::MAX);
        let mut new = NewRecords::default();
        for line in lines.split_inclusive('\n') {
            let is_whole = line.starts_with('{') && line.ends_with("}\n");
            new.broken += usize::from(!is_whole);
            if text(line, "kind") == Some("decision") {
                new.decisions.extend(text(line, "decision_id").map(str::to_owned));
            }
        }
        Ok(new)
    }

    /// Whether the last line does not end.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn is_torn(&self) -> io::Result<bool> {
        let mut file = File::open(&self.path)?;
        if file.metadata()?.len() == 0 {
            return Ok(false);
        }
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    /// Writes half a record to the end, as a machine that dies would.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn tear(&self) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        file.write_all(br#"{"version":1,"kind":"decision","decision_id":"01a2"#)
    }
}
