use std::fs;

use pdp_source::{Limits, SourceError, SourceSet};

use crate::support::{faults, folder, folder_of, link, names, shown, write};

fn outside_fault(name: &str) -> String {
    format!("the link `{name}` leads out of the policy set; give its target as a path")
}

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
    assert_eq!(faults(&folder.path().join("sub")), outside_fault("a.yaml"));
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
    assert_eq!(faults(&set), names.map(|name| outside_fault(&format!("{name}.yaml"))).join("\n"));
}

#[test]
fn a_mounted_config_map_with_folders_is_read() {
    let folder = folder_of(&["..2026_07_01/rules/a.yaml", "..2026_07_01/rules/deep/b.yaml"]);
    link("..2026_07_01", folder.path(), "..data");
    link("..data/rules", folder.path(), "rules");
    let set = SourceSet::read([folder.path()]).unwrap();
    assert_eq!(names(&set), ["rules/a.yaml", "rules/deep/b.yaml"]);
}

#[test]
fn a_link_to_a_folder_outside_is_refused() {
    let outside = folder_of(&["secret.yaml"]);
    let folder = folder_of(&["set/in/a.yaml"]);
    let set = folder.path().join("set");
    link(outside.path(), &set, "absolute");
    link("..", &set.join("in"), "inside");
    link("../..", &set.join("in"), "up");
    assert_eq!(
        faults(&set),
        format!(
            "{}\n`.` and `in/inside` are the same folder\n{}",
            outside_fault("absolute"),
            outside_fault("in/up")
        )
    );
}

#[test]
fn a_folder_reached_twice_is_an_error() {
    let folder = folder_of(&["in/a.yaml"]);
    link("in", folder.path(), "again");
    link("in", folder.path(), "b.yaml");
    link(".", folder.path(), "circle");
    assert_eq!(
        faults(folder.path()),
        "`b.yaml` is a folder, not a file\n\
         `.` and `circle` are the same folder\n\
         `again` and `in` are the same folder"
    );
}

#[test]
fn linked_folders_count_as_deep_as_others() {
    let folder = folder_of(&[".store/1/2/a.yaml"]);
    link(".store/1", folder.path(), "linked");
    let limits = |depth_max| Limits { depth_max, ..Limits::default() };
    assert!(SourceSet::read_with([folder.path()], &limits(2)).is_ok());
    assert!(SourceSet::read_with([folder.path()], &limits(1)).is_err());
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
