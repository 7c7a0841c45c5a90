use std::collections::BTreeSet;

use judge::Dice;
use pdp_core::model::Model;
use pdp_core::{
    Actor, ActorType, Effect, Engine, Policies, Request, Resource, Scratch, SourceText, Statement,
    Text, Timestamp,
};
use pdp_graph::{Block, BlockKind, Edge, End, Graph, GraphError, Limits};
use pdp_testing::Oracle;

use crate::support::{assert_written, notes, policies};

const NOW: &str = "2026-06-01T00:00:00Z";
const ACTORS: &[&str] = &["user:1", "user:2", "us", "agent:1"];
const RESOURCES: &[(&str, &str)] = &[
    ("group", "group:a"),
    ("group", "group:b"),
    ("folder", "x"),
    ("folder", "y"),
    ("document", "x"),
    ("document", "z"),
];
const UNIONS: &[(&str, &[&str])] = &[
    ("group", &["admin", "member"]),
    ("folder", &["owner", "viewer"]),
    ("document", &["reader", "writer"]),
];

fn reference((resource_type, id): (&str, &str)) -> String {
    if resource_type == "group" { id.to_owned() } else { format!("{resource_type}:{id}") }
}

/// A policy set in which an action is permitted to whoever has the relation of its name.
fn world(dice: &mut Dice<'_>) -> String {
    let mut part = |text: &'static str, percent| if dice.chance(percent) { text } else { "" };
    let mut text = format!(
        "version: 1
types:
  group:
    ids: prefixed
    actions: [admin, member]
    relations:
      admin: direct
      member: [direct{}{}]
  folder:
    actions: [owner, viewer]
    relations:
      parent: {{to: folder}}
      owner: [direct{}]
      viewer: [direct{}{}{}]
  document:
    actions: [reader, writer]
    relations:
      folder: {{to: folder}}
      twin: {{to: folder, id: resource.id}}
      writer: [direct{}]
      reader: [direct{}{}]
rules:
",
        part(", admin", 50),
        part(", {when: resource.id in actor.tenants}", 30),
        part(", parent.owner", 30),
        part(", owner", 50),
        part(", parent.viewer", 70),
        part(", {when: 'resource.id in actor.tenants'}", 20),
        part(", folder.owner", 50),
        part(", folder.viewer", 50),
        part(", twin.viewer", 50),
    );
    for (resource_type, relations) in UNIONS {
        for relation in *relations {
            text += &format!(
                "  - {{id: {resource_type}-{relation}, effect: permit, resource: {resource_type}, \
                 actions: {relation}, actors: {{relation: {relation}}}}}\n"
            );
        }
    }
    text += "facts:\n";
    for place in RESOURCES {
        let unions = UNIONS.iter().find(|(name, _)| *name == place.0).expect("a type").1;
        let mut entries = Vec::new();
        for relation in unions {
            let actors: Vec<String> = (0..dice.below(3)).map(|_| stated(dice)).collect();
            if !actors.is_empty() {
                entries.push(format!("{relation}: [{}]", actors.join(", ")));
            }
        }
        let link = match place.0 {
            "folder" => Some("parent"),
            "document" => Some("folder"),
            _ => None,
        };
        if let Some(link) = link.filter(|_| dice.chance(60)) {
            entries.push(format!("{link}: folder:{}", dice.pick(&["x", "y", "w"])));
        }
        text += &format!("  \"{}\": {{{}}}\n", reference(*place), entries.join(", "));
    }
    text
}

fn stated(dice: &mut Dice<'_>) -> String {
    let until = match dice.below(8) {
        0 => ", until: 2026-01-01T00:00:00Z",
        1 => ", until: 2027-01-01T00:00:00Z",
        _ => "",
    };
    match dice.below(9) {
        0 => format!("{{prefix: 'us'{until}}}"),
        1 => format!("{{prefix: ''{until}}}"),
        2 => format!("{{role: ops{until}}}"),
        3 => format!("{{role: ops, type: agent{until}}}"),
        4..=6 => {
            let place = *dice.pick(RESOURCES);
            let unions = UNIONS.iter().find(|(name, _)| *name == place.0).expect("a type").1;
            format!("{{set: '{}#{}'{until}}}", reference(place), dice.pick(unions))
        }
        _ => format!("{{id: '{}'{until}}}", dice.pick(ACTORS)),
    }
}

/// Who asks.
struct Asker<'a> {
    id: &'a str,
    actor_type: ActorType,
    role: bool,
    tenants: Vec<Text<'static>>,
}

impl Asker<'_> {
    fn is(&self, block: &Block) -> bool {
        match block.kind {
            BlockKind::Actor => block.title == self.id,
            BlockKind::Pattern if block.title == "everyone" => true,
            BlockKind::Pattern => self.id.starts_with(block.title.trim_end_matches('*')),
            BlockKind::Role if block.title.contains("agents alone") => {
                self.role && self.actor_type == ActorType::Agent
            }
            BlockKind::Role => self.role,
            // `of folder:x`: the id is that of the reference, which of groups is the whole.
            BlockKind::Condition => {
                let reference = block.details[0].trim_start_matches("of ");
                let id = reference.strip_prefix("folder:").unwrap_or(reference);
                self.tenants.iter().any(|tenant| tenant == id)
            }
            BlockKind::Type | BlockKind::Resource | BlockKind::Note => false,
        }
    }

    /// The names of the relations on the resource of the picture to which arrows lead from here.
    fn reached<'g>(&self, graph: &'g Graph) -> BTreeSet<&'g str> {
        let holds = |edge: &&Edge| {
            let until = edge.label.as_ref().and_then(|label| label.split_once("until "));
            until.is_none_or(|(_, until)| NOW < until)
        };
        let mut reached: BTreeSet<End> = BTreeSet::new();
        loop {
            let before = reached.len();
            for edge in graph.edges().iter().filter(holds) {
                let begins = self.is(&graph.blocks()[edge.from.block]);
                if begins || reached.contains(&edge.from) {
                    reached.insert(edge.to);
                }
            }
            if reached.len() == before {
                break;
            }
        }
        let of_resource = reached.iter().filter(|end| end.block == 0);
        let rows = of_resource.filter_map(|end| graph.blocks()[0].rows.get(end.row?));
        rows.map(|row| row.name.as_str()).collect()
    }

    fn request<'a>(&'a self, action: &'a str, place: (&'a str, &'a str)) -> Request<'a> {
        let mut actor = Actor::new(self.actor_type, self.id);
        actor.roles = if self.role { &[Text::Borrowed("ops")] } else { &[] };
        actor.tenants = &self.tenants;
        let mut request = Request::new(actor, action, Resource::new(place.0, place.1));
        request.now = Some(Timestamp::parse(NOW).expect("a time"));
        request
    }
}

#[test]
fn there_is_a_path_exactly_where_the_relation_holds() {
    let limits = Limits {
        relations: 1_000,
        actors_of_one: 1_000,
        actors: 1_000_000,
        arrows: 10_000,
        ..Limits::default()
    };
    let (mut permits, mut denies) = (0, 0);
    for seed in 0..300 {
        let dice = &mut Dice::from_seed(seed);
        let text = world(dice);
        let policies = policies(&text);
        let sources = [SourceText { path: "policy.yaml", text: &text }];
        let model = Model::parse(&sources).expect("a model");
        let oracle = Oracle::new(&model);
        for place in RESOURCES {
            let id = *dice.pick(ACTORS);
            let tenant = dice.pick(RESOURCES).1;
            let asker = Asker {
                id,
                actor_type: if dice.chance(50) { ActorType::Human } else { ActorType::Agent },
                role: dice.chance(30),
                tenants: if dice.chance(50) { vec![Text::Borrowed(tenant)] } else { Vec::new() },
            };
            let resource = reference(*place);
            let draw = |actor| {
                Graph::of_resource_within(&policies, &resource, actor, limits).expect("a resource")
            };
            let (of_all, of_one) = (draw(None), draw(Some(id)));
            assert_written(&of_one);
            let unions = UNIONS.iter().find(|(name, _)| *name == place.0).expect("a type").1;
            for relation in unions {
                let request = asker.request(relation, *place);
                let decision = policies.evaluate(&request, &mut Scratch::new());
                let holds = decision.effect == Effect::Permit;
                let verdict = oracle.decide(&request);
                assert_eq!(verdict.effect == Effect::Permit, holds, "seed {seed}");
                for graph in [&of_all, &of_one] {
                    let drawn = asker.reached(graph).contains(relation);
                    assert_eq!(
                        drawn,
                        holds,
                        "seed {seed}: {id} and {relation} on {resource}\n{text}\n{}",
                        graph.mermaid()
                    );
                }
                if holds { permits += 1 } else { denies += 1 }
            }
        }
    }
    assert!(permits > 500 && denies > 500, "{permits} and {denies}");
}

#[test]
fn facts_of_run_time_are_drawn() {
    let engine = Engine::new(policies(WALK));
    let titles = || {
        let graph = Graph::of_resource(&engine.present(), "folder:x", None).expect("a resource");
        let blocks = graph.blocks().iter().filter(|block| block.kind != BlockKind::Note);
        blocks.map(|block| block.title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(), ["folder:x", "group:eng", "user:93"]);
    let member = |id: &str| Statement::relation("group:eng", "member", id.parse().expect("an id"));
    engine.add(member("user:94")).expect("a fact");
    engine.remove(member("user:93")).expect("a fact");
    assert_eq!(titles(), ["folder:x", "group:eng", "user:94"]);
}

const WALK: &str = "
version: 1
types:
  group: {relations: {member: direct}}
  folder: {actions: [read], relations: {parent: {to: folder}, viewer: [direct, parent.viewer]}}
rules: [{id: viewers, effect: permit, resource: folder, actors: {relation: viewer}}]
facts:
  group:eng: {member: user:93}
  folder:x: {viewer: group:eng#member}
";

#[test]
fn the_order_of_facts_has_no_effect_on_the_picture() {
    let types = "version: 1\ntypes: {room: {relations: {in: direct}}}\n";
    let draw = |numbers: &mut dyn Iterator<Item = u32>| {
        let files: Vec<(String, String)> = numbers
            .enumerate()
            .map(|(position, number)| {
                let (room, other) = (number % 7, number % 5);
                let fact = format!("room:{room}: {{in: [user:{number}, 'room:{other}#in']}}");
                (format!("{position}.yaml"), format!("version: 1\nfacts:\n  {fact}\n"))
            })
            .collect();
        let facts = files.iter().map(|(path, text)| SourceText { path, text });
        let all = [SourceText { path: "types.yaml", text: types }].into_iter().chain(facts);
        let policies = Policies::from_sources(&all.collect::<Vec<_>>()).expect("a set");
        let graph = Graph::of_resource(&policies, "room:3", None).expect("a resource");
        (graph.mermaid(), graph.svg())
    };
    assert_eq!(draw(&mut (0..35)), draw(&mut (0..35).rev()));
}

#[test]
fn where_nothing_leads_the_picture_says_so() {
    let policies = policies(WALK);
    let graph = Graph::of_resource(&policies, "folder:none", None).expect("a resource");
    assert_eq!(notes(&graph), ["nothing leads from any actor to it"]);
    let graph = Graph::of_resource(&policies, "folder:x", Some("user:9")).expect("a resource");
    assert_eq!(notes(&graph), ["nothing leads from user:9 to it"]);
    assert_written(&graph);
    for reference in ["folder", "floder:x", "", "folder:"] {
        let refused = Graph::of_resource(&policies, reference, None);
        assert_eq!(refused, Err(GraphError::Reference(reference.to_owned())));
    }
}
