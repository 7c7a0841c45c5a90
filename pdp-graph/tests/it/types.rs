use judge::{Scenario, Texts};
use pdp_core::model::{RelationDefinition, RelationPart};
use pdp_graph::{End, Graph, Limits};

use crate::support::{assert_written, policies};

#[test]
fn every_type_and_every_relation_is_drawn_with_what_it_is_made_of() {
    let limits = Limits { types: 1_000, arrows: 100_000, ..Limits::default() };
    let (mut sets, mut arrows) = (0, 0);
    for seed in 0..200 {
        let texts = Texts::new(&Scenario::from_seed(seed).files);
        let Ok(policies) = texts.policies() else { continue };
        let model = texts.model().expect("a model");
        let graph = Graph::of_types_within(&policies, limits);
        assert_written(&graph);
        let block = |name: &str| {
            let found = graph.blocks().iter().position(|block| block.title == name);
            found.unwrap_or_else(|| panic!("seed {seed}: no `{name}`\n{texts}"))
        };
        let end = |name: &str, relation: &str| {
            let block = block(name);
            let rows = &graph.blocks()[block].rows;
            let row = rows.iter().position(|row| row.name == relation);
            assert!(row.is_some(), "seed {seed}: no `{name}.{relation}`\n{texts}");
            End { block, row }
        };
        let mut assert_arrow = |from: End, to: End| {
            arrows += 1;
            let found = graph.edges().iter().any(|edge| (edge.from, edge.to) == (from, to));
            assert!(found, "seed {seed}: no arrow {from:?} {to:?}\n{texts}");
        };
        for declared in &model.types {
            let name = &declared.name.text;
            for relation in &declared.relations {
                let here = end(name, &relation.name.text);
                match &relation.definition {
                    RelationDefinition::Link { to, .. } => {
                        assert_arrow(here, End { block: block(&to.text), row: None });
                    }
                    RelationDefinition::Union(parts) => {
                        for part in parts {
                            match part {
                                RelationPart::Relation(word) => {
                                    assert_arrow(end(name, &word.text), here);
                                }
                                RelationPart::Through { link, relation } => {
                                    let to = declared.relations.iter().find_map(|one| {
                                        match &one.definition {
                                            RelationDefinition::Link { to, .. }
                                                if one.name.text == link.text =>
                                            {
                                                Some(&to.text)
                                            }
                                            _ => None,
                                        }
                                    });
                                    assert_arrow(end(to.expect("a link"), &relation.text), here);
                                }
                                RelationPart::Direct | RelationPart::When(_) => {}
                            }
                        }
                    }
                }
            }
        }
        sets += 1;
    }
    assert!(sets > 100 && arrows > 200, "{sets} sets, {arrows} arrows");
}

#[test]
fn what_rules_do_stands_at_relations() {
    let policies = policies(
        "
version: 1
types:
  team: {relations: {lead: direct}}
  board:
    actions: [read, post]
    relations: {team: {to: team}, member: direct, banned: direct}
rules:
  - {id: banned, effect: deny, resource: board, actors: {relation: banned}}
  - {id: members, effect: permit, resource: board, actions: read, actors: {relation: member}}
  - {id: leads, effect: permit, resource: board, actors: {relation: team.lead}}
",
    );
    let graph = Graph::of_types(&policies);
    let rows: Vec<(&str, String)> = graph.blocks()[0]
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.details.join("; ")))
        .collect();
    let expected = [
        ("team", "link to team"),
        ("member", "stated by facts; permit: read"),
        ("banned", "stated by facts; deny: read, post"),
        ("team.lead", "permit: read, post"),
    ];
    assert_eq!(rows, expected.map(|(name, details)| (name, details.to_owned())));
    assert_eq!(graph.blocks()[0].details, ["actions: read, post"]);
}
