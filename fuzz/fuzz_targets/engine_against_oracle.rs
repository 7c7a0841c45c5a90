//! The choices that make a scenario: policy set, change sets and requests.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::engine_against_oracle(bytes));
