use xtask::instructions::{Count, committed, counted, faults, file};

use crate::{assert_none, repository};

fn counts(counts: &[(&str, u64)]) -> Vec<Count> {
    let count = |&(case, instructions): &(&str, u64)| Count { case: case.to_owned(), instructions };
    counts.iter().map(count).collect()
}

#[test]
fn the_figures_are_those_of_the_compiler_in_use() {
    let pinned = repository().text("rust-toolchain.toml").unwrap();
    let version = pinned.split('"').nth(1).expect("a version in quotation marks");
    let figures = repository().text("benches/instructions.txt").unwrap();
    let line = format!("toolchain rustc {version} (");
    assert!(figures.contains(&line), "`./instructions.sh write` for rustc {version}");
    assert!(committed(&figures).len() > 20);
}

#[test]
fn what_is_written_is_read_again() {
    let owner_and_load = counts(&[("seed, owner", 1_620), ("load 1000 documents", 92_500_069)]);
    assert_eq!(committed(&file("rustc 1.2.3 (abc) here", &owner_and_load)), owner_and_load);
}

#[test]
fn counts_are_divided_by_how_often_the_case_was_done() {
    assert_eq!(counted("a, b\t2\t301\nc\t1\t7\n"), Ok(counts(&[("a, b", 151), ("c", 7)])));
    for wrong in ["a", "a\t2", "a\t2\t", "a\t0\t5", "a\t2\t0", "a\tb\t5"] {
        assert_eq!(counted(wrong), Err(format!("no count: `{wrong}`")));
    }
}

#[test]
fn the_unlucky_ones_of_several_lines_do_not_count() {
    let text = "a\t1\t9\nb\t1\t3\na\t1\t1\na\t1\t8\na\t1\t2\n";
    assert_eq!(counted(text), Ok(counts(&[("a", 2), ("b", 3)])));
}

#[test]
fn a_case_may_differ_by_a_twentieth() {
    let known = counts(&[("a", 1_000), ("b", 1_000)]);
    assert_none(&faults(&known, &counts(&[("a", 1_050), ("b", 950)])));
    assert_eq!(
        faults(&known, &counts(&[("a", 1_051), ("b", 949)])),
        [
            "a: slower, 1051 instructions instead of 1000 (5.1 %)",
            "b: faster, 949 instructions instead of 1000 (5.1 %)",
        ]
    );
}

#[test]
fn cases_must_be_in_both() {
    assert_eq!(
        faults(&counts(&[("old", 1), ("a", 1)]), &counts(&[("a", 1), ("new", 1)])),
        ["old: not counted any more", "new: no committed count"]
    );
}
