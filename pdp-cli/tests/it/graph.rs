use std::fs;

use crate::support::{assert_commands_print, folder, pdp, root};

const POLICY: &str = "version: 1
types:
  group: {relations: {member: direct}}
  folder: {actions: [read], relations: {viewer: direct}}
rules: [{id: viewers, effect: permit, resource: folder, actors: {relation: viewer}}]
facts:
  group:eng: {member: user:93}
  folder:x: {viewer: [group:eng#member, user:1]}
";

const CHANGES: &str = r#"{"id": "1", "changes": [{"op": "add", "resource": "group:eng", "relation": "member", "actor": "user:94"}]}"#;

#[test]
fn the_page_shows_what_is_printed() {
    assert_commands_print("docs/graph.md");
}

#[test]
fn types_or_a_resource_or_one_actor_are_drawn() {
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", CHANGES)]);
    let draw = |more: &[&str]| {
        let outcome = pdp(folder.path(), &[&["graph", "p.yaml"], more].concat(), "");
        assert_eq!((outcome.code, &*outcome.errors), (Some(0), ""), "{outcome:?}");
        outcome.output
    };
    let types = draw(&[]);
    for word in ["group", "member", "folder", "viewer<br/>stated by facts<br/>permit: read"] {
        assert!(types.contains(word), "{types}");
    }
    let resource = draw(&["--resource", "folder:x"]);
    assert!(resource.contains("user:93") && resource.contains("user:1\""), "{resource}");
    let actor = draw(&["--resource", "folder:x", "--actor", "user:93"]);
    assert!(actor.contains("user:93") && !actor.contains("user:1\""), "{actor}");
    assert!(!resource.contains("user:94"));
    assert!(draw(&["--resource", "folder:x", "--changes", "c.jsonl"]).contains("user:94"));
    assert!(draw(&["--format", "svg"]).starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
}

#[test]
fn an_image_is_drawn_like_the_policies_in_it() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let outcome = pdp(folder.path(), &["compile", "p.yaml", "--output", "p.pdp"], "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for more in [&[][..], &["--resource", "folder:x"]] {
        let draw = |set: &str| pdp(folder.path(), &[&["graph", set], more].concat(), "").output;
        assert_eq!(draw("p.yaml"), draw("p.pdp"));
    }
}

#[test]
fn a_picture_is_written_whole() {
    let folder = folder(&[("p.yaml", POLICY), ("old.svg", "old")]);
    let arguments = ["graph", "p.yaml", "--format", "svg", "--output", "old.svg"];
    let outcome = pdp(folder.path(), &arguments, "");
    assert_eq!((outcome.code, &*outcome.output), (Some(0), ""), "{outcome:?}");
    let picture = fs::read_to_string(folder.path().join("old.svg")).expect("a picture");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    for output in ["none/a.svg", "p.yaml"] {
        let outcome = pdp(folder.path(), &["graph", "p.yaml", "--output", output], "");
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.errors.starts_with("pdp: cannot write the picture "), "{outcome:?}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("p.yaml")).expect("policies"), POLICY);
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let folder = folder(&[("p.yaml", POLICY), ("bad.yaml", "version: 1\nrulez: []\n")]);
    for (arguments, code, message) in [
        (&["graph", "p.yaml", "--resource", "floder:x"][..], 1, "error: `floder:x` is no resource"),
        (
            &["graph", "p.yaml", "--resource", "a\u{1b}[2J"],
            1,
            "error: `a\u{FFFD}[2J` is no resource",
        ),
        (&["graph", "bad.yaml"], 1, "the policies are not loaded"),
        (&["graph", "none.yaml"], 1, "none.yaml"),
        (&["graph", "p.yaml", "--actor", "user:1"], 2, "--resource"),
        (&["graph", "p.yaml", "--format", "png"], 2, "possible values: mermaid, svg"),
        (&["graph"], 2, "PATH"),
    ] {
        let outcome = pdp(folder.path(), arguments, "");
        assert_eq!((outcome.code, &*outcome.output), (Some(code), ""), "{outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
    }
}

#[test]
fn every_pack_is_drawn() {
    for pack in fs::read_dir(root().join("policies")).expect("the packs") {
        let pack = pack.expect("a pack").path();
        if pack.is_dir() {
            let path = pack.to_str().expect("text");
            for format in ["mermaid", "svg"] {
                let outcome = pdp(&root(), &["graph", path, "--format", format], "");
                assert_eq!(outcome.code, Some(0), "{outcome:?}");
                assert!(!outcome.output.contains("… and"), "{path} is drawn whole");
            }
        }
    }
}
