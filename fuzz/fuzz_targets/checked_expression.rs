//! Choices that make an expression and its variables.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::checked_expression(bytes));
