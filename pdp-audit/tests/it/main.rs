//! What a user of the crate can see.

#![expect(clippy::unwrap_used, reason = "what the tests set up must succeed")]

mod files; // names, rights, locks, and what others do to the file
mod full_disk; // no space left, and space again
mod ledger; // adds up at every look
mod lines; // one record, one line
mod rotation; // full files
mod strict; // many at once, and a process that is killed
mod support; // shared by the tests
mod torn; // a last line that is no whole one
