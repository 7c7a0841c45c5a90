use xtask::words::faults;

use crate::{assert_none, repository, texts};

#[test]
fn no_text_names_a_place_on_one_machine() {
    assert_none(&faults(&repository().texts().unwrap()));
}

#[test]
fn places_are_found() {
    let text =
        "See `/work/notes.md`,\n(../shared/style.md) or shared/\n\"/home/me\" /root/.cargo\n";
    let found = faults(&texts(&[("a.md", text)]));
    assert_eq!(
        found,
        [
            "a.md:1: `/work/notes.md`",
            "a.md:2: `../shared/style.md`",
            "a.md:2: `shared/`",
            "a.md:3: `/home/me`",
            "a.md:3: `/root/.cargo`",
        ]
    );
}

#[test]
fn paths_of_the_repository_are_no_fault() {
    let text = "tests/shared/a.yaml https://example.org/work/x /tmp/x a shared word, work/";
    assert_none(&faults(&texts(&[("a.md", text)])));
}
