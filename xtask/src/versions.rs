//! Crates whose old releases have known holes.

/// The first release of a crate that is free of the holes named.
#[derive(Clone, Copy, Debug)]
pub struct Minimum<'a> {
    /// The name of the crate.
    pub package: &'a str,
    /// Major, minor and patch number.
    pub version: [u64; 3],
    /// What older releases suffer from.
    pub reason: &'a str,
}

/// What the lock file is held against. Advisory databases lack some of these, and cannot be asked
/// where there is no network.
pub const MINIMUMS: &[Minimum<'_>] = &[
    Minimum {
        package: "async-nats",
        version: [0, 29, 0],
        reason: "RUSTSEC-2023-0027: takes the TLS name from the server",
    },
    Minimum {
        package: "h2",
        version: [0, 4, 16],
        reason: "RUSTSEC-2026-0258 and older: floods of frames",
    },
    Minimum {
        package: "jsonwebtoken",
        version: [10, 3, 0],
        reason: "CVE-2026-25537: a claim of the wrong type counts as absent",
    },
    Minimum {
        package: "libsqlite3-sys",
        version: [0, 37, 0],
        reason: "brings SQLite 3.51.3: an error in resetting the write-ahead log loses data",
    },
    Minimum {
        package: "pyo3",
        version: [0, 29, 0],
        reason: "RUSTSEC-2026-0176 and older: over-read, type confusion",
    },
    Minimum {
        package: "rustls-webpki",
        version: [0, 103, 13],
        reason: "known holes in older releases",
    },
    Minimum {
        package: "sqlx",
        version: [0, 8, 1],
        reason: "RUSTSEC-2024-0363: a length prefix wraps at 4 GiB",
    },
    Minimum {
        package: "time",
        version: [0, 3, 47],
        reason: "RUSTSEC-2026-0009: a date can exhaust the stack",
    },
];

/// Finds the crates in `lock`, the text of a `Cargo.lock`, that are older than `minimums` say.
///
/// A pre-release counts as older than the release that it precedes.
pub fn faults(lock: &str, minimums: &[Minimum<'_>]) -> Vec<String> {
    let mut faults = Vec::new();
    for (package, version) in packages(lock) {
        for minimum in minimums.iter().filter(|minimum| minimum.package == package) {
            if parts(version) < (minimum.version, true) {
                let [major, minor, patch] = minimum.version;
                faults.push(format!(
                    "{package} {version} is older than {major}.{minor}.{patch}: {}",
                    minimum.reason
                ));
            }
        }
    }
    faults
}

/// Name and version of every package that a lock file lists.
pub fn packages(lock: &str) -> Vec<(&str, &str)> {
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter_map(|package| Some((value(package, "name")?, value(package, "version")?)))
        .collect()
}

/// The value of the line `key = "value"`.
fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    package.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        value.strip_suffix('"')
    })
}

/// The numbers of a version, and whether it is a release.
fn parts(version: &str) -> ([u64; 3], bool) {
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let mut parsed = numbers.split('.').map(|number| number.parse().unwrap_or(0));
    ([(); 3].map(|()| parsed.next().unwrap_or(0)), !version.contains('-'))
}
