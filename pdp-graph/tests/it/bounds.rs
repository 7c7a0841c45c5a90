use pdp_graph::{BlockKind, Graph, Limits};

use crate::support::{assert_written, notes, policies};

const TYPES: &str = "version: 1
types:
  group: {relations: {member: direct}}
  folder: {relations: {parent: {to: folder}, viewer: [direct, parent.viewer]}}
facts:
";

/// What Mermaid draws unless it is told otherwise.
fn assert_mermaid_draws(graph: &Graph) {
    assert!(graph.edges().len() <= 500);
    assert!(graph.mermaid().encode_utf16().count() <= 50_000);
}

#[test]
fn of_many_actors_the_first_are_drawn_and_the_others_counted() {
    let actors: Vec<String> = (0..10_000).map(|number| format!("user:{number:05}")).collect();
    let policies = policies(&format!("{TYPES}  group:all: {{member: [{}]}}\n", actors.join(", ")));
    let graph = Graph::of_resource(&policies, "group:all", None).expect("a resource");
    let drawn = graph.blocks().iter().filter(|block| block.kind == BlockKind::Actor).count();
    assert_eq!((drawn, notes(&graph)), (8, vec!["… and 9 992 more holders"]));
    assert_written(&graph);
    assert_mermaid_draws(&graph);
    // Of one actor nothing is left out.
    let graph = Graph::of_resource(&policies, "group:all", Some("user:09999")).expect("a resource");
    assert_eq!((graph.edges().len(), notes(&graph).len()), (1, 0));
}

#[test]
fn of_many_sets_whole_paths_are_drawn_and_the_others_counted() {
    let groups: String = (0..500)
        .map(|number| format!("  group:{number}: {{member: [user:{number}, user:all]}}\n"))
        .collect();
    let sets: Vec<String> = (0..500).map(|number| format!("group:{number}#member")).collect();
    let text = format!("{TYPES}{groups}  folder:x: {{viewer: [{}]}}\n", sets.join(", "));
    let policies = policies(&text);
    let graph = Graph::of_resource(&policies, "folder:x", None).expect("a resource");
    let resources = graph.blocks().iter().filter(|block| block.kind == BlockKind::Resource).count();
    assert_eq!(resources, 60);
    assert_eq!(
        notes(&graph)[..2],
        ["… and 441 more relations", "441 relations lead here and are not drawn"]
    );
    assert_mermaid_draws(&graph);
    // What is said of single relations does not stand in the description of the picture.
    let mermaid = graph.mermaid();
    let description = mermaid.lines().find(|line| line.contains("accDescr")).expect("one");
    assert!(
        description.ends_with("441 relations lead here and are not drawn#46;"),
        "{description}"
    );
    let graph = Graph::of_resource(&policies, "folder:x", Some("user:321")).expect("a resource");
    assert_eq!((graph.edges().len(), notes(&graph).len()), (2, 0));
}

#[test]
fn a_path_is_drawn_whole_however_long_it_is() {
    let folders: String = (1..300)
        .map(|number| format!("  folder:{number}: {{parent: folder:{}}}\n", number - 1))
        .collect();
    let text = format!("{TYPES}{folders}  folder:0: {{viewer: user:1}}\n");
    let policies = policies(&text);
    let graph = Graph::of_resource(&policies, "folder:299", Some("user:1")).expect("a resource");
    assert_eq!((graph.edges().len(), notes(&graph).len()), (300, 0));
    assert_written(&graph);
}

#[test]
fn a_search_that_ends_early_says_so() {
    let folders: String = (1..300)
        .map(|number| format!("  folder:{number}: {{parent: folder:{}}}\n", number - 1))
        .collect();
    let text = format!("{TYPES}{folders}  folder:0: {{viewer: user:1}}\n");
    let limits = Limits { visited: 100, ..Limits::default() };
    let graph = Graph::of_resource_within(&policies(&text), "folder:299", Some("user:1"), limits);
    let graph = graph.expect("a resource");
    let expected = ["nothing leads from user:1 to it", "the search ended after 100 relations"];
    assert_eq!(notes(&graph), expected);
}

#[test]
fn of_many_types_and_arrows_the_others_are_counted() {
    let types: String = (0..70)
        .map(|number| format!("  t{number:02}: {{relations: {{a: direct, b: [a], c: [a, b], d: [a, b, c], e: [a, b, c, d]}}}}\n"))
        .collect();
    let policies = policies(&format!("version: 1\ntypes:\n{types}"));
    let graph = Graph::of_types(&policies);
    assert_eq!(notes(&graph), ["… and 10 more types", "… and 200 more arrows"]);
    assert_eq!(graph.edges().len(), 400);
    assert_mermaid_draws(&graph);
    assert_written(&graph);
}
