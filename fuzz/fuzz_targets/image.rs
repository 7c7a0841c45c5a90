//! A compiled image; the checksum is made right.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| judge::harness::image(bytes));
