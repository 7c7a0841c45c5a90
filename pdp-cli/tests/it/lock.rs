use std::path::Path;

use crate::support::{POLICY, assert_commands_print, folder, pdp};

/// Exit code, output and errors of `pdp lock`.
fn lock(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let outcome = pdp(folder, &[&["lock"], arguments].concat(), "");
    (outcome.code, outcome.output, outcome.errors)
}

#[test]
fn a_folder_is_locked_to_what_it_holds() {
    let folder = folder(&[("set/p.yaml", POLICY), ("set/q.yaml", "version: 1\n")]);
    let (code, output, errors) = lock(folder.path(), &["set"]);
    assert_eq!(
        (code, output.as_str(), errors.as_str()),
        (Some(0), "added: p.yaml\nadded: q.yaml\nok: 2 files in set/policies.lock\n", "")
    );
    assert_eq!(
        lock(folder.path(), &["set"]),
        (Some(0), "ok: 2 files in set/policies.lock\n".into(), String::new())
    );
    std::fs::write(folder.path().join("set/q.yaml"), "version: 1 # other\n").expect("a file");
    for command in ["check", "facts", "compile"] {
        let outcome = pdp(folder.path(), &[command, "set"], "");
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        let message = "`set/q.yaml` is not what `policies.lock` says";
        assert!(outcome.errors.contains(message), "{outcome:?}");
    }
    let (code, output, _) = lock(folder.path(), &["set"]);
    assert_eq!(
        (code, output.as_str()),
        (Some(0), "changed: q.yaml\nok: 2 files in set/policies.lock\n")
    );
    assert_eq!(pdp(folder.path(), &["check", "set"], "").code, Some(0));
}

#[test]
fn a_lock_is_checked_and_not_written() {
    let folder = folder(&[("p.yaml", POLICY), ("q.yaml", "version: 1\n")]);
    let out_of_date = "error: `./policies.lock` is out of date; `pdp lock` writes it\n";
    let expected = (Some(1), "added: p.yaml\nadded: q.yaml\n".to_owned(), out_of_date.to_owned());
    assert_eq!(lock(folder.path(), &["--check", "."]), expected);
    assert_eq!(lock(folder.path(), &["--check", "."]), expected);
    lock(folder.path(), &["."]);
    assert_eq!(
        lock(folder.path(), &["--check", "."]),
        (Some(0), "ok: 2 files in ./policies.lock\n".into(), String::new())
    );
    std::fs::rename(folder.path().join("q.yaml"), folder.path().join("r.yaml")).expect("a name");
    let expected = (Some(1), "added: r.yaml\ngone: q.yaml\n".to_owned(), out_of_date.to_owned());
    assert_eq!(lock(folder.path(), &["--check", "."]), expected);
    // A lock that is none is written anew.
    std::fs::write(folder.path().join("policies.lock"), "what\n").expect("a file");
    let (code, _, errors) = lock(folder.path(), &["--check", "."]);
    assert_eq!(code, Some(1));
    assert!(
        errors.starts_with("warning: `./policies.lock`:1: the line does not begin"),
        "{errors}"
    );
    assert_eq!(lock(folder.path(), &["."]).0, Some(0));
    assert_eq!(pdp(folder.path(), &["check", "."], "").code, Some(0));
}

#[test]
fn mistakes_are_told_as_check_tells_them() {
    let bad = POLICY.replace("holder}", "hodler}");
    let folder = folder(&[("set/p.yaml", &bad)]);
    let check = pdp(folder.path(), &["check", "set"], "");
    assert_eq!(lock(folder.path(), &["set"]), (Some(1), String::new(), check.errors));
    assert!(!folder.path().join("set/policies.lock").exists());
    let (code, _, errors) = lock(folder.path(), &["set/p.yaml"]);
    assert_eq!(code, Some(1));
    assert!(errors.starts_with("error: `set/p.yaml` is no folder"), "{errors}");
}

#[test]
fn a_lock_that_cannot_be_written_is_said() {
    let folder = folder(&[("p.yaml", POLICY)]);
    std::fs::create_dir(folder.path().join("policies.lock")).expect("a folder");
    let (code, _, errors) = lock(folder.path(), &["."]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("`./policies.lock` is a folder, not a file"), "{errors}");
}

#[test]
fn the_commands_of_the_page_on_policy_sets_do_what_it_says() {
    assert_commands_print("docs/policy-sets.md");
}
