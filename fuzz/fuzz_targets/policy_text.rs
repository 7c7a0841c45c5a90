//! The text of a policy file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::policy_text(bytes));
