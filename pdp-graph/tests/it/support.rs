use pdp_core::{Policies, SourceText};
use pdp_graph::{BlockKind, Graph};

pub fn policies(text: &str) -> Policies {
    let source = SourceText { path: "policy.yaml", text };
    Policies::from_sources(&[source]).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

/// What a picture says of itself.
pub fn notes(graph: &Graph) -> Vec<&str> {
    let notes = graph.blocks().iter().filter(|block| block.kind == BlockKind::Note);
    notes.map(|note| note.title.as_str()).collect()
}

/// Both forms can be written, and are the same each time.
pub fn assert_written(graph: &Graph) {
    let (mermaid, svg) = (graph.mermaid(), graph.svg());
    assert_eq!((&mermaid, &svg), (&graph.mermaid(), &graph.svg()));
    let edges = graph.edges().len();
    let of_edge = |line: &&str| line.contains("-->") || line.contains("-.->");
    assert_eq!(mermaid.lines().filter(of_edge).count(), edges, "{mermaid}");
    assert_eq!(svg.matches("<path class=\"arrow").count(), edges);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}
