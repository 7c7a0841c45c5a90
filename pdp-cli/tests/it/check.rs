use crate::support::{POLICY, folder, pdp};

const BAD: &str = "version: 1
types:
  door: {actions: [open], relations: {holder: direct}}
rules:
  - id: holders
    effect: permit
    actors: {relation: hodler}
    when: context.pin == 'x'
  - {id: \"b\\u001b[2Jad\", effect: allow}
";

#[test]
fn good_policies_are_summed_up() {
    let folder =
        folder(&[("p.yaml", POLICY), ("q.yaml", "version: 1\nresources: ['door:back']\n")]);
    let outcome = pdp(folder.path(), &["check", "."], "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        outcome.output.starts_with("ok: 2 files, 1 types, 1 rules, 2 resources, 1 facts\nsha256:"),
        "{outcome:?}"
    );
    let outcome = pdp(folder.path(), &["check", "p.yaml", "q.yaml", "--format", "json"], "");
    let summary: serde_json::Value = serde_json::from_str(&outcome.output).expect("JSON");
    assert_eq!(
        (&summary["rules"], &summary["facts"], &summary["files"]),
        (&1.into(), &1.into(), &2.into())
    );
}

#[test]
fn mistakes_are_shown_as_people_read_them() {
    let folder = folder(&[("p.yaml", BAD)]);
    let outcome = pdp(folder.path(), &["check", "p.yaml"], "");
    assert_eq!((outcome.code, outcome.output.as_str()), (Some(1), ""), "{outcome:?}");
    assert!(!outcome.errors.contains('\u{1b}'), "{outcome:?}");
    insta::assert_snapshot!(outcome.errors);
}

#[test]
fn mistakes_are_told_to_machines() {
    let folder = folder(&[("p.yaml", BAD)]);
    let outcome = pdp(folder.path(), &["check", "p.yaml", "--format", "json"], "");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let report: serde_json::Value = serde_json::from_str(&outcome.output).expect("JSON");
    let places: Vec<_> = report["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| {
            (
                error["kind"].as_str().expect("a kind"),
                error["line"].as_u64().expect("a line"),
                error["column"].as_u64().expect("a column"),
            )
        })
        .collect();
    assert_eq!(
        places,
        [("unknown_name", 7, 24), ("unknown_name", 8, 11), ("name", 9, 10), ("shape", 9, 34)]
    );
    assert_eq!(report["errors"][0]["hint"], "did you mean `holder`?");
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = folder(&[("empty/readme.md", "")]);
    for (path, message) in [("none", "does not exist"), ("empty", "no policy file")] {
        let outcome = pdp(folder.path(), &["check", path], "");
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.errors.contains(message), "{outcome:?}");
        let outcome = pdp(folder.path(), &["check", path, "--format", "json"], "");
        assert!(outcome.output.contains("\"kind\":\"source\""), "{outcome:?}");
    }
}

#[test]
fn permits_that_differ_in_obligations_are_warned_of() {
    let overlapping = POLICY.replace(
        "facts:",
        "  - {id: staff, effect: permit, resource: door, actors: {role: staff}}\n  - {id: also, effect: permit, resource: door, actors: {role: boss}}\nfacts:",
    );
    let apart = overlapping
        .replace("actors: {relation: holder}", "actors: {type: human, relation: holder}")
        .replace("{role: staff}", "{type: agent, role: staff}")
        .replace("{role: boss}", "{type: service, role: boss}");
    let folder = folder(&[("p.yaml", &overlapping), ("q.yaml", &apart)]);
    let outcome = pdp(folder.path(), &["check", "p.yaml"], "");
    let warning = "warning: p.yaml:6:5: rules `holders` and `staff` both permit `open` on `door`, with different obligations; those of the first that matches hold\n";
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        outcome.errors.starts_with(warning) && outcome.errors.lines().count() == 2,
        "{outcome:?}"
    );
    let outcome = pdp(folder.path(), &["check", "p.yaml", "--format", "json"], "");
    assert!(outcome.output.contains("\"warnings\":[{\"column\":5,"), "{outcome:?}");
    let outcome = pdp(folder.path(), &["check", "q.yaml"], "");
    assert_eq!((outcome.code, outcome.errors.as_str()), (Some(0), ""), "{outcome:?}");
}
