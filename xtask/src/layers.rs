//! Who may depend on whom.

use serde_json::Value;

/// What one workspace crate may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// The name of the package.
    pub package: &'a str,
    /// Workspace crates it may use.
    pub uses: &'a [&'a str],
    /// Workspace crates that its tests may use beside them.
    pub tests_use: &'a [&'a str],
    /// The only crates from outside that it may use, its tests apart; `None` where any may be.
    pub outside: Option<&'a [&'a str]>,
}

/// The house from the bottom up: a crate uses only what stands above it in this list.
pub const LAYERS: &[Layer<'_>] = &[
    Layer {
        package: "pdp-cel",
        uses: &[],
        tests_use: &[],
        outside: Some(&[
            "base64",
            "foldhash",
            "hashbrown",
            "jiff",
            "regex-automata",
            "regex-syntax",
            "serde",
            "smallvec",
            "thiserror",
        ]),
    },
    Layer {
        package: "pdp-core",
        uses: &["pdp-cel"],
        tests_use: &[],
        outside: Some(&[
            "arc-swap",
            "foldhash",
            "granit-parser",
            "hashbrown",
            "serde",
            "serde_json",
            "sha2",
            "smallvec",
            "thiserror",
        ]),
    },
    Layer { package: "pdp-testing", uses: &["pdp-cel", "pdp-core"], tests_use: &[], outside: None },
    Layer {
        package: "pdp-judge",
        uses: &["pdp-cel", "pdp-core", "pdp-testing"],
        tests_use: &[],
        outside: None,
    },
    Layer {
        package: "pdp-source",
        uses: &["pdp-core"],
        tests_use: &["pdp-testing"],
        outside: None,
    },
    Layer {
        package: "pdp-audit",
        uses: &["pdp-core"],
        tests_use: &[],
        outside: Some(&["rustix", "serde_json", "thiserror"]),
    },
    Layer {
        package: "pdp-graph",
        uses: &["pdp-core"],
        tests_use: &["pdp-judge", "pdp-testing"],
        outside: Some(&["thiserror"]),
    },
    Layer { package: "pdp-service", uses: &["pdp-core"], tests_use: &[], outside: None },
    Layer { package: "pdp-listen", uses: &[], tests_use: &[], outside: None },
    Layer { package: "pdp-proto", uses: &["pdp-core"], tests_use: &[], outside: None },
    Layer {
        package: "pdp-http",
        uses: &["pdp-core", "pdp-service", "pdp-listen"],
        tests_use: &[],
        outside: None,
    },
    Layer {
        package: "pdp-grpc",
        uses: &["pdp-core", "pdp-proto", "pdp-service", "pdp-listen"],
        tests_use: &[],
        outside: None,
    },
    Layer {
        package: "pdp-client",
        uses: &["pdp-core", "pdp-proto"],
        tests_use: &[
            "pdp-testing",
            "pdp-source",
            "pdp-service",
            "pdp-listen",
            "pdp-http",
            "pdp-grpc",
        ],
        outside: None,
    },
    Layer {
        package: "pdp-py",
        uses: &["pdp-core", "pdp-graph", "pdp-source", "pdp-client"],
        tests_use: &[],
        outside: Some(&["foldhash", "pyo3", "serde_json", "smallvec", "tokio"]),
    },
    Layer {
        package: "pdp-trials",
        uses: &["pdp-source"],
        tests_use: &[],
        outside: Some(&["anyhow", "rustix", "tempfile"]),
    },
    Layer {
        package: "pdp-cli",
        uses: &[
            "pdp-cel",
            "pdp-core",
            "pdp-testing",
            "pdp-source",
            "pdp-audit",
            "pdp-graph",
            "pdp-service",
            "pdp-listen",
            "pdp-http",
            "pdp-grpc",
        ],
        tests_use: &["pdp-client", "pdp-judge", "pdp-trials"],
        outside: None,
    },
    Layer {
        package: "pdp-benches",
        uses: &["pdp-core", "pdp-testing", "pdp-source"],
        tests_use: &[],
        outside: None,
    },
    Layer {
        package: "pdp-door-benches",
        uses: &["pdp-benches", "pdp-proto", "pdp-trials"],
        tests_use: &[],
        outside: None,
    },
    Layer {
        package: "pdp-examples",
        uses: &["pdp-core", "pdp-testing", "pdp-source", "pdp-client"],
        tests_use: &[],
        outside: None,
    },
    Layer { package: "xtask", uses: &[], tests_use: &[], outside: None },
];

/// Holds the members that `metadata` lists, with their dependencies, against `layers`.
///
/// `metadata` is the output of `cargo metadata --format-version 1 --no-deps`. A build dependency
/// counts like an ordinary one. A crate that `layers` lacks is a fault, and so is a line of it
/// that no crate answers to.
pub fn faults(metadata: &Value, layers: &[Layer<'_>]) -> Vec<String> {
    let packages: Vec<&Value> = list(&metadata["packages"]).collect();
    let mut faults = Vec::new();
    for package in &packages {
        let name = word(&package["name"]);
        match layers.iter().find(|layer| layer.package == name) {
            Some(layer) => {
                let dependencies = list(&package["dependencies"]);
                faults.extend(dependencies.filter_map(|dependency| fault(layer, dependency)));
            }
            None => faults.push(format!("`{name}` is not in the list of layers: add it there")),
        }
    }
    for layer in layers {
        if !packages.iter().any(|package| word(&package["name"]) == layer.package) {
            faults.push(format!("`{}` is in the list of layers but is no crate", layer.package));
        }
    }
    faults
}

/// What is wrong with one dependency of the crate that `layer` speaks of.
fn fault(layer: &Layer<'_>, dependency: &Value) -> Option<String> {
    let (name, package) = (word(&dependency["name"]), layer.package);
    let in_tests = word(&dependency["kind"]) == "dev";
    // Whatever comes by path is ours, whatever comes from a registry is not.
    if dependency["path"].is_string() {
        let allowed = layer.uses.contains(&name) || in_tests && layer.tests_use.contains(&name);
        let whose = if in_tests { "the tests of " } else { "" };
        return (!allowed).then(|| format!("{whose}`{package}` may not depend on `{name}`"));
    }
    let outside = layer.outside.filter(|outside| !in_tests && !outside.contains(&name))?;
    Some(format!("`{package}` may not depend on `{name}`, only on {}", outside.join(", ")))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
