use xtask::versions::{MINIMUMS, Minimum, faults, packages};

use crate::{assert_none, repository};

#[test]
fn no_crate_has_a_known_hole() {
    let lock = repository().text("Cargo.lock").unwrap();
    assert!(packages(&lock).iter().any(|(package, _)| *package == "pdp-core"));
    assert_none(&faults(&lock, MINIMUMS));
}

#[test]
fn older_releases_are_found() {
    const MINIMUM: &[Minimum<'_>] =
        &[Minimum { package: "h2", version: [0, 4, 16], reason: "floods" }];
    let cases = [
        ("0.3.99", 1),
        ("0.4.9", 1),
        ("0.4.15", 1),
        ("0.4.16-rc.1", 1),
        ("0.4.16", 0),
        ("0.4.16+build", 0),
        ("0.4.17-rc.1", 0),
        ("0.10.0", 0),
        ("1.0.0", 0),
    ];
    for (version, count) in cases {
        let lock = format!(
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n\
             [[package]]\nname = \"h2\"\nversion = \"{version}\"\nsource = \"registry\"\n"
        );
        let found = faults(&lock, MINIMUM);
        assert_eq!(found.len(), count, "{version}: {found:?}");
        assert!(found.iter().all(|fault| fault.ends_with("is older than 0.4.16: floods")));
    }
}
