//! The JSON of a change set.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::change_set(bytes));
