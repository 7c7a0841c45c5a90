use pdp_source::{LoadError, load};

use crate::support::{folder, write};

const TYPES: &str = "version: 1\ntypes:\n  door: {actions: [open]}\n";
const RULES: &str = "version: 1\nrules:\n  - {id: all-open, effect: permit, resource: door}\n";

#[test]
fn a_set_is_compiled_from_all_its_files() {
    let folder = folder();
    write(folder.path(), "types.yaml", TYPES);
    write(folder.path(), "rules/doors.yaml", RULES);
    let summary = load([folder.path()]).unwrap().summary();
    assert_eq!((summary.files, summary.types, summary.rules), (2, 1, 1));
}

#[test]
fn mistakes_come_with_the_texts_they_are_in() {
    let folder = folder();
    write(folder.path(), "rules.yaml", RULES);
    let Err(LoadError::Policy { errors, sources }) = load([folder.path()]) else {
        panic!("no mistake found");
    };
    let mistake = errors.iter().next().unwrap();
    assert_eq!(mistake.file, "rules.yaml");
    assert_eq!(sources.sources()[0].text, RULES);
    assert!(matches!(load([folder.path().join("none")]), Err(LoadError::Source(_))));
}
