use pdp_source::{SourceSet, read_tests};

use crate::support::{folder, folder_of, link, names, shown, write};

#[test]
fn test_files_name_the_folder_that_they_judge() {
    let folder = folder();
    write(folder.path(), "policy.yaml", "");
    write(folder.path(), "z_test.yaml", "z");
    write(folder.path(), "sub/policy.yaml", "");
    write(folder.path(), "sub/a_test.yml", "a");
    write(folder.path(), ".git/b_test.yaml", "");
    let tests = read_tests(folder.path()).unwrap();
    let paths: Vec<_> = tests.iter().map(|test| (test.path.as_str(), test.text.as_str())).collect();
    assert_eq!(paths, [("sub/a_test.yml", "a"), ("z_test.yaml", "z")]);
    assert_eq!(tests[0].folder, folder.path().join("sub"));
    assert_eq!(tests[1].folder, folder.path());
    let set = SourceSet::read([&tests[1].folder]).unwrap();
    assert_eq!(names(&set), ["policy.yaml", "sub/policy.yaml"]);
}

#[test]
fn one_test_file_may_be_given() {
    let folder = folder_of(&["a_test.yaml", "policy.yaml"]);
    let tests = read_tests(folder.path().join("a_test.yaml")).unwrap();
    assert_eq!((tests.len(), tests[0].path.as_str()), (1, "a_test.yaml"));
    assert_eq!(tests[0].folder, folder.path());
    assert_eq!(
        shown(read_tests(folder.path().join("policy.yaml")), folder.path()),
        "`policy.yaml` holds no tests: its name does not end in `_test.yaml` or `_test.yml`"
    );
}

#[test]
fn a_folder_may_hold_no_tests() {
    let folder = folder_of(&["policy.yaml"]);
    assert!(read_tests(folder.path()).unwrap().is_empty());
    assert_eq!(
        shown(read_tests(folder.path().join("none")), folder.path()),
        "`none` does not exist"
    );
}

#[test]
fn test_files_are_opened_as_policies_are() {
    let folder = folder_of(&["policy.yaml"]);
    link("/dev/zero", folder.path(), "a_test.yaml");
    assert_eq!(
        shown(read_tests(folder.path()), folder.path()),
        "the link `a_test.yaml` leads out of the policy set; give its target as a path"
    );
}
