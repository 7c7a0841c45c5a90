//! What doors rely on.

mod callers; // the callers' file, and who is found by what
mod decide; // narrowing, recording, answering
mod support;
