use std::path::Path;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{Outcome, POLICY, assert_commands_print, folder, pdp, request, root};

const CHANGES: &str = r#"{"id": "c", "changes": [
  {"op": "add", "resource": "door:back", "relation": "holder", "actor": "user:2"},
  {"op": "remove", "resource": "door:front", "relation": "holder", "actor": "user:1"}]}
"#;

fn ok(folder: &Path, arguments: &[&str], input: &str) -> Outcome {
    let outcome = pdp(folder, arguments, input);
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:?}");
    outcome
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<_> =
        entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
    names.sort_unstable();
    names
}

#[test]
fn an_image_is_taken_in_the_place_of_policies() {
    let folder = folder(&[("p.yaml", POLICY), ("q.yaml", "{version: 1, resources: [door:back]}")]);
    let of_texts = ok(folder.path(), &["check", "."], "");
    let compiled = ok(folder.path(), &["compile", ".", "--output", "image"], "");
    assert_eq!(compiled.output, of_texts.output);
    assert_eq!(names(folder.path()), ["image", "p.yaml", "q.yaml"]);
    assert_eq!(ok(folder.path(), &["check", "image"], "").output, of_texts.output);
    for format in ["text", "json"] {
        let eval = |policies: &str| {
            let arguments = ["eval", "--policies", policies, "--request", "-", "--format", format];
            let input = format!("{}\n{}\n", request("user:1"), request("user:2"));
            ok(folder.path(), &arguments, &input).output
        };
        assert_eq!(eval("image"), eval("."));
        assert!(eval("image").contains("p.yaml"), "{}", eval("image"));
    }
    let facts = |policies: &str| ok(folder.path(), &["facts", policies], "").output;
    assert_eq!(facts("image"), facts("."));
    let json = ok(folder.path(), &["check", "image", "--format", "json"], "").output;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["revision"], &json["words"]), (&1.into(), &0.into()));
}

#[test]
fn every_pack_is_the_same_from_its_image() {
    let (folder, mut tried) = (folder(&[]), 0);
    for pack in std::fs::read_dir(root().join("policies")).expect("the packs") {
        let pack = pack.expect("a pack").path();
        if !pack.is_dir() {
            continue;
        }
        let pack = pack.to_str().expect("UTF-8");
        let compiled = ok(folder.path(), &["compile", pack, "--output", "image"], "");
        assert_eq!(ok(folder.path(), &["check", "image"], "").output, compiled.output);
        let facts = |policies: &str| ok(folder.path(), &["facts", policies], "").output;
        assert_eq!(facts("image"), facts(pack));
        tried += 1;
    }
    assert!(tried >= 5, "{tried}");
}

#[test]
fn an_image_holds_what_run_time_said() {
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", CHANGES)]);
    for (changes, input) in [("c.jsonl", ""), ("-", CHANGES)] {
        let arguments = ["compile", "p.yaml", "--changes", changes, "--output", "image"];
        let outcome = ok(folder.path(), &arguments, input);
        assert!(outcome.output.ends_with("\nrevision 2, 2 words of run time\n"), "{outcome:?}");
        assert_eq!(ok(folder.path(), &["check", "image"], "").output, outcome.output);
        for layer in ["present", "files", "run-time", "difference"] {
            let image = ok(folder.path(), &["facts", "image", "--layer", layer], "");
            let arguments = ["facts", "p.yaml", "--changes", "c.jsonl", "--layer", layer];
            assert_eq!(image.output, ok(folder.path(), &arguments, "").output);
        }
    }
    let refused = CHANGES.replace("door:back", "gate:back");
    let arguments = ["compile", "p.yaml", "--changes", "-", "--output", "other"];
    let outcome = pdp(folder.path(), &arguments, &refused);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.errors.contains("unknown type `gate`"), "{outcome:?}");
    assert_eq!(names(folder.path()), ["c.jsonl", "image", "p.yaml"]);
}

#[test]
fn without_a_file_an_image_goes_to_standard_output() {
    let folder = folder(&[("p.yaml", POLICY)]);
    ok(folder.path(), &["compile", "p.yaml", "--output", "image"], "");
    let image = std::fs::read(folder.path().join("image")).expect("an image");
    let compile = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pdp"));
        command.args(["compile", "p.yaml"]).current_dir(folder.path()).stderr(Stdio::piped());
        command
    };
    let outcome = compile().output().expect("pdp runs");
    assert_eq!((outcome.status.code(), outcome.stdout), (Some(0), image));
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("a terminal");
    unlockpt(&terminal).expect("a terminal");
    let name = ptsname(&terminal, Vec::new()).expect("a name").into_string().expect("UTF-8");
    let screen = std::fs::File::options().read(true).write(true).open(name).expect("a screen");
    let outcome = compile().stdout(screen).output().expect("pdp runs");
    let errors = String::from_utf8(outcome.stderr).expect("UTF-8");
    assert_eq!(outcome.status.code(), Some(1), "{errors}");
    assert!(
        errors.starts_with("pdp: an image is not for a terminal: say `--output FILE`"),
        "{errors}"
    );
}

#[test]
fn an_image_replaces_a_file_as_a_whole_and_nothing_else() {
    let folder = folder(&[("p.yaml", POLICY), ("image", "old"), ("folder/x", "")]);
    std::os::unix::fs::symlink("../image", folder.path().join("folder/link")).expect("a link");
    ok(folder.path(), &["compile", "p.yaml", "--output", "folder/link"], "");
    ok(folder.path(), &["check", "image"], "");
    assert_eq!(names(&folder.path().join("folder")), ["link", "x"]);
    assert_eq!(names(folder.path()), ["folder", "image", "p.yaml"]);
    for (output, message) in [
        ("folder", "it is there already, and no file"),
        ("/dev/null", "it is there already, and no file"),
        ("none/image", "No such file"),
        ("p.yaml", "its name says that it holds policies as text"),
        ("..", "it is there already, and no file"),
    ] {
        let outcome = pdp(folder.path(), &["compile", "p.yaml", "--output", output], "");
        assert_eq!(outcome.code, Some(1), "{output}: {outcome:?}");
        assert!(outcome.errors.contains(message), "{output}: {outcome:?}");
    }
    assert_eq!(names(folder.path()), ["folder", "image", "p.yaml"]);
    let bad = POLICY.replace("holder}", "hodler}");
    std::fs::write(folder.path().join("p.yaml"), bad).expect("a file");
    let before = std::fs::read(folder.path().join("image")).expect("an image");
    let outcome = pdp(folder.path(), &["compile", "p.yaml", "--output", "image"], "");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.errors.contains("did you mean `holder`?"), "{outcome:?}");
    assert_eq!(std::fs::read(folder.path().join("image")).expect("an image"), before);
}

#[test]
fn faulty_images_and_images_beside_texts_are_refused() {
    let folder = folder(&[("p.yaml", POLICY), ("folder/p.yaml", POLICY)]);
    ok(folder.path(), &["compile", "p.yaml", "--output", "image"], "");
    let image = std::fs::read(folder.path().join("image")).expect("an image");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    };
    write("short", &image[..image.len() - 1]);
    write("other", &[&image[..8], &[7], &image[9..]].concat());
    write("folder/i.yaml", &image);
    for (arguments, message) in [
        (&["check", "short"][..], "`short`: the image is damaged"),
        (&["check", "other"], "`other`: an image of format 7; this version reads format 1"),
        (
            &["check", "image", "p.yaml"],
            "`image` is a compiled image: it is a policy set by itself",
        ),
        (&["facts", "folder"], "`folder/i.yaml` is a compiled image: it is a policy set by itself"),
        (&["compile", "image"], "`image` is a compiled image; texts of policies are wanted here"),
        (&["test", "image"], "`image` holds no tests"),
        (&["eval", "--policies", "short", "--request", "-"], "`short`: the image is damaged"),
    ] {
        let outcome = pdp(folder.path(), arguments, "");
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {outcome:?}");
        assert!(outcome.errors.contains(message), "{arguments:?}: {outcome:?}");
    }
    let outcome = pdp(folder.path(), &["check", "short", "--format", "json"], "");
    assert!(
        outcome.output.contains(r#"{"kind":"image","message":"`short`: the image is"#),
        "{outcome:?}"
    );
}

#[test]
fn warnings_are_given_when_an_image_is_written() {
    let tenant = "{version: 1, tenant: dao:3, rules: [{id: t, effect: deny}]}";
    let types = "{version: 1, types: {dao: {ids: prefixed}, door: {actions: [open], relations: {dao: {to: dao, tenant: true}}}}}";
    let folder = folder(&[("p.yaml", types), ("t.yaml", tenant)]);
    let outcome = ok(folder.path(), &["compile", ".", "--output", "image"], "");
    assert!(
        outcome.errors.starts_with("warning: t.yaml:1:22: no fact names this tenant"),
        "{outcome:?}"
    );
    assert_eq!(ok(folder.path(), &["check", "image"], "").errors, "");
}

#[test]
fn the_commands_of_the_page_on_images_do_what_it_says() {
    assert_commands_print("docs/image.md");
}
