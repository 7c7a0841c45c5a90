//! The JSON of a request.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::request_json(bytes));
