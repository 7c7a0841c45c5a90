use serde_json::{Value, json};
use xtask::layers::{LAYERS, Layer, faults};

use crate::{assert_none, repository};

#[test]
fn crates_depend_on_what_the_list_allows() {
    assert_none(&faults(&repository().metadata().unwrap(), LAYERS));
}

#[test]
fn the_list_points_one_way() {
    for (index, layer) in LAYERS.iter().enumerate() {
        for used in layer.uses {
            let below = LAYERS[..index].iter().any(|lower| lower.package == *used);
            assert!(below, "`{used}` does not stand above `{}` in the list", layer.package);
        }
    }
}

const TWO: &[Layer<'_>] = &[
    Layer { package: "core", uses: &[], tests_use: &["helper"], outside: Some(&["serde"]) },
    Layer { package: "helper", uses: &["core"], tests_use: &[], outside: None },
];

fn metadata(dependencies_of_core: &Value) -> Value {
    json!({"packages": [
        {"name": "core", "dependencies": dependencies_of_core},
        {"name": "helper", "dependencies": [
            {"name": "core", "kind": null, "path": "core"},
            {"name": "anything", "kind": null},
        ]},
    ]})
}

#[test]
fn an_allowed_dependency_is_no_fault() {
    let dependencies = json!([
        {"name": "serde", "kind": null},
        {"name": "helper", "kind": "dev", "path": "helper"},
        {"name": "proptest", "kind": "dev"},
    ]);
    assert_none(&faults(&metadata(&dependencies), TWO));
}

#[test]
fn a_forbidden_dependency_is_found() {
    let cases = [
        (
            json!({"name": "helper", "kind": null, "path": "helper"}),
            "`core` may not depend on `helper`",
        ),
        (
            json!({"name": "helper", "kind": "build", "path": "helper"}),
            "`core` may not depend on `helper`",
        ),
        (
            json!({"name": "core", "kind": "dev", "path": "core"}),
            "the tests of `core` may not depend on `core`",
        ),
        (json!({"name": "tokio", "kind": null}), "`core` may not depend on `tokio`, only on serde"),
    ];
    for (dependency, message) in cases {
        assert_eq!(faults(&metadata(&json!([dependency])), TWO), [message]);
    }
}

#[test]
fn list_and_members_are_the_same() {
    let found = faults(&json!({"packages": [{"name": "core"}, {"name": "newcomer"}]}), TWO);
    assert_eq!(
        found,
        [
            "`newcomer` is not in the list of layers: add it there",
            "`helper` is in the list of layers but is no crate",
        ]
    );
}
