use pdp_core::{ActorForm, Engine, Statement};
use pdp_graph::Graph;
use proptest::prelude::*;

use crate::support::{assert_written, policies};

const TYPES: &str = "{version: 1, non_ascii_ids: true, types: {room: {relations: {in: direct}}}}";

/// What stands between the quotation marks of a line of Mermaid.
fn labels(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

fn assert_harmless(room: &str, actor: &str) {
    let engine = Engine::new(policies(TYPES));
    let reference = format!("room:{room}");
    let stated =
        engine.add(Statement::relation(&reference, "in", ActorForm::Exact(actor.to_owned())));
    if stated.is_err() {
        return;
    }
    for by in [None, Some(actor)] {
        let graph = Graph::of_resource(&engine.present(), &reference, by).expect("a resource");
        assert_written(&graph);
        let mermaid = graph.mermaid();
        for line in mermaid.lines().filter(|line| line.contains('"')) {
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
            for label in labels(line) {
                let label = label.replace("<br/>", "");
                assert!(!label.contains(['<', '>', '`', '%', '{', '[', '&', '\\', '|']), "{line}");
            }
        }
        // A block for each of both, a row, an arrow, four styles and the head; nothing that an id adds.
        assert_eq!(mermaid.lines().count(), 3 + 3 + 1 + 1 + 4, "{mermaid}");
        let svg = graph.svg();
        assert_eq!(svg.matches("<rect ").count(), 3, "{svg}");
        assert!(!svg.contains("<script") && !svg.contains("onload=\""), "{svg}");
        let hidden = |letter: char| letter != '\n' && letter.is_control();
        assert!(!svg.contains(hidden) && !mermaid.contains(hidden));
    }
}

#[test]
fn whatever_ids_hold_is_text() {
    for id in [
        "<script>alert(1)</script>",
        "\"]-->b9[\"x",
        "a\" onload=\"alert(1)",
        "]]>&amp;<!--",
        "%%{init: {}}%%",
        "#35;#quot;`x`",
        "end",
        "javascript:alert(1)",
        "<br/><img src=x onerror=alert(1)>",
        "|\"x\"|",
        "1. - * _a_ **b**",
        "\u{fffe}\u{202e}",
        "${}\\n\\",
    ] {
        assert_harmless(id, id);
    }
    assert_harmless(&"x".repeat(1_000), &"<".repeat(1_000));
}

proptest! {
    #[test]
    fn any_id_is_text(room in "\\PC{1,60}", actor in "[ -~]{1,60}") {
        assert_harmless(&room, &actor);
    }
}
