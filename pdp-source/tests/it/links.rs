use std::fs;

use pdp_source::{SourceError, SourceSet};

use crate::support::{faults, folder, folder_of, link, names, shown, write};

#[test]
fn a_mounted_config_map_is_read() {
    let folder = folder();
    write(folder.path(), "..2026_07_01/a.yaml", "a");
    write(folder.path(), "..2026_07_01/b.yaml", "b");
    link("..2026_07_01", folder.path(), "..data");
    link("..data/a.yaml", folder.path(), "a.yaml");
    link("..data/b.yaml", folder.path(), "b.yaml");
    let set = SourceSet::read([folder.path()]).unwrap();
    assert_eq!(names(&set), ["a.yaml", "b.yaml"]);
    assert_eq!(set.sources()[1].text, "b");
}

#[test]
fn a_link_may_climb_as_long_as_it_stays_inside() {
    let folder = folder_of(&["store/real.txt", "sub/other.yaml"]);
    link("../store/real.txt", &folder.path().join("sub"), "a.yaml");
    let set = SourceSet::read([folder.path()]).unwrap();
    assert_eq!(names(&set), ["sub/a.yaml", "sub/other.yaml"]);
    // The same link leaves the set where the folder itself is what was given.
    assert_eq!(faults(&folder.path().join("sub")), "the link `a.yaml` leads out of the policy set");
}

#[test]
fn a_link_out_of_the_set_is_refused() {
    let outside = folder_of(&["secret.yaml"]);
    let folder = folder_of(&["set/in.yaml", "near.yaml"]);
    let set = folder.path().join("set");
    link(outside.path().join("secret.yaml"), &set, "absolute.yaml");
    link("../near.yaml", &set, "relative.yaml");
    link("../set/in.yaml", &set, "there-and-back.yaml");
    link(outside.path(), &set, ".way");
    link(".way/secret.yaml", &set, "in-two-steps.yaml");
    link("/proc/self/exe", &set, "magic.yaml");
    link("/dev/zero", &set, "zero.yaml");
    let names = ["absolute", "in-two-steps", "magic", "relative", "there-and-back", "zero"];
    let wanted = names.map(|name| format!("the link `{name}.yaml` leads out of the policy set"));
    assert_eq!(faults(&set), wanted.join("\n"));
}

#[test]
fn a_link_to_a_folder_is_refused() {
    let folder = folder_of(&["in/a.yaml"]);
    link("in", folder.path(), "again");
    link("in", folder.path(), "b.yaml");
    link("..", folder.path(), "up");
    let wanted = ["again", "b.yaml", "up"].map(|name| {
        format!("the link `{name}` leads to a folder; links in a policy set may only lead to files")
    });
    assert_eq!(faults(folder.path()), wanted.join("\n"));
}

#[test]
fn a_link_to_nothing_is_refused() {
    let folder = folder_of(&["a.yaml"]);
    link("nowhere.yaml", folder.path(), "b.yaml");
    assert_eq!(faults(folder.path()), "the link `b.yaml` leads to nothing");
}

#[test]
fn a_link_in_a_circle_is_refused() {
    let folder = folder_of(&["a.yaml"]);
    link("b.yaml", folder.path(), "b.yaml");
    let errors = SourceSet::read([folder.path()]).unwrap_err();
    assert!(matches!(errors.iter().next(), Some(SourceError::Unreadable { .. })), "{errors}");
}

#[test]
fn a_link_beside_what_it_leads_to_is_the_same_file() {
    let folder = folder_of(&["b.yaml"]);
    link("b.yaml", folder.path(), "a.yaml");
    assert_eq!(faults(folder.path()), "`a.yaml` and `b.yaml` are the same file");
}

#[test]
fn links_that_say_nothing_are_left_alone() {
    let outside = folder_of(&["readme.md"]);
    let folder = folder_of(&["a.yaml"]);
    link(outside.path().join("readme.md"), folder.path(), "readme.md");
    link("nowhere", folder.path(), "broken");
    link(outside.path(), folder.path(), ".cache");
    assert_eq!(names(&SourceSet::read([folder.path()]).unwrap()), ["a.yaml"]);
}

#[test]
fn the_caller_may_use_links() {
    let folder = folder_of(&["rev-1/a.yaml", "elsewhere.txt"]);
    link("rev-1", folder.path(), "current");
    link("elsewhere.txt", folder.path(), "b.yaml");
    assert_eq!(names(&SourceSet::read([folder.path().join("current")]).unwrap()), ["a.yaml"]);
    assert_eq!(names(&SourceSet::read([folder.path().join("b.yaml")]).unwrap()), ["b.yaml"]);
    fs::remove_file(folder.path().join("elsewhere.txt")).unwrap();
    let read = SourceSet::read([folder.path().join("b.yaml")]);
    assert_eq!(shown(read, folder.path()), "`b.yaml` does not exist");
}
