use xtask::purity::{faults, forbids_unsafe};

use crate::{assert_none, faults_under, repository};

const CORE: &str = "pdp-core/src/";

#[test]
fn the_core_names_nothing_of_its_surroundings() {
    assert_none(&faults_under(CORE, faults));
}

#[test]
fn the_core_forbids_unsafe() {
    let repository = repository();
    let manifest = repository.text("pdp-core/Cargo.toml").unwrap();
    let root = repository.text("pdp-core/src/lib.rs").unwrap();
    assert!(forbids_unsafe(&manifest, &root));
}

#[test]
fn each_kind_is_found() {
    let cases = [
        ("use std::fs;", "std::fs"),
        ("use std::{cmp, fs::File};", "std::fs::File"),
        ("use std::{cmp::{self, Ordering}, io::{Read, stdin}};", "std::io::stdin"),
        ("let file = ::std :: /* here */ fs::read(path);", "std::fs::read"),
        ("use std::r#fs;", "std::fs"),
        ("fn file() -> <std::fs::File as Trait>::Type {}", "std::fs::File as"),
        ("std::path::Path::new(text).exists()", "std::path::Path::new"),
        ("use std::net::TcpStream;", "std::net::TcpStream"),
        ("use std::os::fd::AsRawFd;", "std::os::fd::AsRawFd"),
        ("std::process::exit(1)", "std::process::exit"),
        ("std::env::var(\"HOME\")", "std::env::var"),
        ("env!(\"CARGO_PKG_VERSION\")", "env!"),
        ("option_env!(\"HOME\")", "option_env!"),
        ("std::thread::spawn(run)", "std::thread::spawn"),
        ("thread_local! { static A: u8 = 0 }", "thread_local!"),
        ("std::time::Instant::now()", "std::time::Instant::now"),
        ("use std::time::{Duration, SystemTime};", "std::time::SystemTime"),
        ("jiff::Zoned::now()", "jiff::Zoned::now"),
        ("use jiff::Timestamp; let now = Timestamp::now();", "Timestamp::now"),
        ("TimeZone::system()", "TimeZone::system"),
        ("std::io::stdout().flush()", "std::io::stdout"),
        ("io::stderr()", "io::stderr"),
        ("println!(\"a\")", "println!"),
        ("std::eprintln! { \"a\" }", "eprintln!"),
        ("use std::println as say;", "println!"),
        ("include!(\"table.rs\")", "include!"),
        ("include_bytes!(\"table.bin\")", "include_bytes!"),
        ("const A: &str = include_str!(\"../README.md\");", "include_str!"),
        ("#![doc = include_str!(\"table.rs\")]", "include_str!"),
        ("use std as s;", "std as"),
        ("use std::{self as s};", "std as"),
        ("extern crate std as s;", "std as"),
        ("use std::io as i;", "std::io as"),
        ("use std::*;", "std::*"),
        ("use std::time::*;", "std::time::*"),
        ("let quote = '\"'; std::fs::read(path); let quote = '\"';", "std::fs::read"),
    ];
    for (source, name) in cases {
        let found = faults("a.rs", source);
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        assert!(found[0].starts_with(&format!("a.rs:1: `{name}` (")), "{source}: {found:?}");
    }
}

#[test]
fn a_fault_names_its_line() {
    let source = "//! One.\n\nuse std::cmp;\nuse std::fs;\n";
    assert_eq!(faults("a.rs", source), ["a.rs:4: `std::fs` (files)"]);
}

#[test]
fn innocent_code_is_no_fault() {
    let innocent = r##"
        #![doc = include_str!("../README.md")]
        //! std::fs is not used. println!("a")
        /* std::net /* std::env */ std::thread */
        use std::{borrow::Cow, fmt::{self, Write as _}, time::Duration};
        use crate::fs::env;
        const A: &str = "std::fs::read"; const B: &str = r#"println!("std::net")"#;
        fn instant<'env>(now: &'env Timestamp, thread: u8, env: u8) -> bool {
            let letter = '"'; let print = env != thread; now.process as u64 == 1
        }
        matches!(a, b) && write!(f, "dbg!()").is_ok()
    "##;
    assert_none(&faults("a.rs", innocent));
}

#[test]
fn unsafe_is_forbidden_by_lint_or_attribute() {
    assert!(forbids_unsafe("[lints.rust]\nunsafe_code = \"forbid\"\n", ""));
    assert!(forbids_unsafe("", "//! Docs.\n#![forbid(unsafe_code)]\n"));
    let denied = "[lints.rust]\nunsafe_code = \"deny\"\n[other]\nunsafe_code = \"forbid\"\n";
    assert!(!forbids_unsafe(denied, "// #![forbid(unsafe_code)]\n"));
}
