//! The text of an expression.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::expression(bytes));
