//! What is noted beforehand, as what, and where that ends. Decisions are the same without it, so
//! that nothing else would notice if less were noted, or more.

use std::fmt::Write as _;

use super::*;
use crate::SourceText;

const TYPES: &str = "
version: 1
types:
  team: {relations: {member: direct}}
  page: {relations: {viewer: direct, editor: [direct, viewer]}}
  group: {relations: {guest: direct, member: direct, late: {when: \"actor.id == 'user:9'\"}}}
  folder:
    relations:
      parent: {to: folder}
      opener: direct
      viewer: [direct, parent.viewer]
      odd: [parent.odd, {when: \"actor.id == 'user:9'\"}]
  file:
    relations:
      folder: {to: folder}
      editor: direct
      viewer: [direct, folder.viewer]
  item: {relations: {holder: direct}}
  note: {actions: [read], relations: {of: {to: folder}, by: {to: folder}}}
  memo: {relations: {of: {to: folder}, by: {to: folder}}}
rules:
  - {id: it, effect: permit, resource: note, actors: {relation: [of.opener, by.opener]}}
facts:
";

const MANY: usize = 1_000;

fn policies(facts: &str) -> Policies {
    let text = format!("{TYPES}{facts}");
    Policies::from_sources(&[SourceText { path: "p.yaml", text: &text }]).expect("policies")
}

fn closing(policies: &Policies, walk_limit: usize, visited_max: usize) -> Closing<'_> {
    let edges = Edges { facts: &policies.facts, types: &policies.code.vocabulary.types };
    Closing::new(edges, walk_limit, visited_max).expect("relations that lead somewhere")
}

fn resource(policies: &Policies, name: &str) -> ResourceIndex {
    let (of, id) = name.split_once(':').expect("a type and an id");
    let of = policies.code.vocabulary.type_indexes.get(of).expect("declared");
    policies.facts.resources.index(*of, id).expect("named by facts")
}

/// Positions among the relations of a file and of a group.
const VIEWER: RelationIndex = 2;
const MEMBER: RelationIndex = 1;

/// How a relation is known beforehand.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    /// For each actor that has it.
    ByPairs,
    ByRanges,
    No,
}

fn known(policies: &Policies, closed: &Closed, name: &str, position: RelationIndex) -> Known {
    let resource = resource(policies, name);
    let of = |complete: u64| complete & (1 << position) != 0;
    match (of(closed.pair(None, resource).complete), of(closed.ranges().complete(resource))) {
        (true, false) => Known::ByPairs,
        (false, true) => Known::ByRanges,
        (false, false) => Known::No,
        (true, true) => panic!("{name} is noted twice"),
    }
}

/// A list of users, from one number up to another.
fn users(begin: usize, end: usize) -> String {
    (begin..end).fold(String::new(), |mut list, user| {
        write!(list, "user:{user}, ").expect("a text takes all");
        list
    })
}

/// A file, and a chain of groups that begins there.
fn chain(file: &str, groups: usize) -> String {
    let mut facts = format!("  file:{file}: {{viewer: 'group:{file}1#member'}}\n");
    for group in 1..groups {
        let next = group + 1;
        writeln!(facts, "  group:{file}{group}: {{member: 'group:{file}{next}#member'}}")
            .expect("a text takes all");
    }
    facts + &format!("  group:{file}{groups}: {{member: user:1}}\n")
}

#[test]
fn a_walk_may_visit_so_many_relations() {
    let policies = policies(&(chain("a", 4) + &chain("b", 4)));
    for (walk_limit, visited_max, wanted) in [
        (MANY, 5, Known::ByPairs),
        (MANY, 4, Known::ByRanges),
        (5, MANY, Known::ByPairs),
        (5, 4, Known::ByRanges),
        (4, MANY, Known::No),
    ] {
        let (closed, _) = closing(&policies, walk_limit, visited_max).all();
        for file in ["file:a", "file:b"] {
            assert_eq!(
                known(&policies, &closed, file, VIEWER),
                wanted,
                "{walk_limit} {visited_max}"
            );
        }
    }
}

#[test]
fn so_many_actors_may_have_a_relation() {
    for (facts, wanted) in [
        (format!("  group:one: {{member: [{}]}}\n", users(0, ACTORS_MAX)), Known::ByPairs),
        (format!("  group:one: {{member: [{}]}}\n", users(0, ACTORS_MAX + 1)), Known::ByRanges),
        // They count once.
        (
            format!(
                "  group:one: {{member: [{0}]}}\n  group:two: {{member: [{0}]}}\n",
                users(0, ACTORS_MAX)
            ),
            Known::ByPairs,
        ),
        (
            format!(
                "  group:one: {{member: [{}]}}\n  group:two: {{member: [{}]}}\n",
                users(0, ACTORS_MAX / 2),
                users(ACTORS_MAX / 2, ACTORS_MAX + 1)
            ),
            Known::ByRanges,
        ),
    ] {
        let sets = "  file:a: {viewer: ['group:one#member', 'group:two#member']}\n";
        let policies = policies(&(facts + sets));
        let (closed, _) = closing(&policies, MANY, MANY).all();
        assert_eq!(known(&policies, &closed, "file:a", VIEWER), wanted);
    }
}

#[test]
fn bounds_grow_with_facts() {
    assert_eq!(bounds(0), (65_536, 1_000_000));
    assert_eq!(bounds(1_000), (65_786, 1_016_000));
}

#[test]
fn what_was_noted_counts_and_does_not_when_it_is_forgotten() {
    let policies = policies(
        "  file:a: {viewer: [user:1, user:2]}\n  file:b: {viewer: [user:1, user:2], editor: user:1}\n",
    );
    let mut closing = closing(&policies, MANY, MANY);
    let roots = closing.roots();
    let [a, b] = ["file:a", "file:b"].map(|file| resource(&policies, file));
    assert_eq!(roots, [(a, 1), (a, VIEWER), (b, 1), (b, VIEWER)]);
    closing.pairs = 4;
    let steps = closing.steps;
    assert_eq!(closing.note_all(&roots), [(b, VIEWER)]);
    assert_eq!((closing.pairs, closing.held.len()), (1, 3));
    assert!(closing.steps < steps);
    closing.forget();
    assert_eq!((closing.pairs, closing.steps), bounds(policies.facts.count));
    assert_eq!(
        (closing.held.len(), closing.complete),
        (0, vec![0; policies.facts.resources.len()])
    );
}

/// How a resource was led to.
fn reached(reached: &[u16], policies: &Policies, name: &str) -> (bool, bool) {
    let flags = reached[resource(policies, name) as usize];
    (flags & Record::REACHED != 0, flags & Record::RANGED != 0)
}

#[test]
fn what_hangs_together_with_too_much_becomes_ranges_and_nothing_else() {
    let facts = format!(
        "  file:many: {{viewer: 'group:many#member'}}\n  group:many: {{member: [{}]}}
  file:few: {{viewer: 'group:few#member'}}\n  group:few: {{member: user:1}}
  page:p: {{editor: ['team:t#member', 'team:u#member']}}\n  team:t: {{member: user:1}}\n",
        users(0, ACTORS_MAX + 1)
    );
    let policies = policies(&facts);
    let (closed, flags) = closing(&policies, MANY, MANY).all();
    for (name, position, wanted) in [
        ("file:many", VIEWER, Known::ByRanges),
        ("file:few", VIEWER, Known::ByRanges),
        ("page:p", 1, Known::ByPairs),
    ] {
        assert_eq!(known(&policies, &closed, name, position), wanted, "{name}");
    }
    assert_eq!(reached(&flags, &policies, "group:many"), (false, true));
    assert_eq!(reached(&flags, &policies, "group:few"), (false, true));
    assert_eq!(reached(&flags, &policies, "team:t"), (true, false));
    assert_eq!(reached(&flags, &policies, "page:p"), (false, false));
}

#[test]
fn what_depends_on_the_request_is_noted_only_where_it_is_asked_again() {
    let policies = policies(
        "  group:open: {member: ['group:open#guest', 'user:*']}
  group:late: {member: [{id: user:1, until: '2026-06-01T12:00:00Z'}]}
  group:role: {member: 'role:r'}
  group:guests: {guest: 'user:*', member: user:1}
  group:to: {member: ['group:fro#member', 'user:*']}
  group:fro: {member: ['group:to#member', user:2]}
  group:round: {member: 'group:about#member'}
  group:about: {member: ['group:round#member', user:3]}
  file:own: {viewer: ['user:*', 'group:guests#member']}
  file:ending: {viewer: [{id: user:1, until: '2026-06-01T12:00:00Z'}, 'group:guests#member']}
  file:guests: {viewer: 'group:guests#member'}
  file:open: {viewer: 'group:open#member'}
  file:late: {viewer: 'group:late#member'}
  file:role: {viewer: 'group:role#member'}
  file:to: {viewer: 'group:to#member'}
  file:until: {viewer: [{set: 'group:guests#member', until: '2026-06-01T12:00:00Z'}]}
  file:condition: {viewer: 'group:guests#late'}
",
    );
    let (pairs, _) = closing(&policies, MANY, MANY).all();
    let (ranges, _) = closing(&policies, MANY, 0).all();
    for (name, position, by_pairs, by_ranges) in [
        ("file:own", VIEWER, Known::ByPairs, Known::ByRanges),
        ("file:ending", VIEWER, Known::ByPairs, Known::ByRanges),
        ("file:guests", VIEWER, Known::ByPairs, Known::ByRanges),
        ("group:open", MEMBER, Known::ByPairs, Known::ByRanges),
        ("file:open", VIEWER, Known::No, Known::No),
        ("file:late", VIEWER, Known::No, Known::No),
        ("file:role", VIEWER, Known::No, Known::No),
        ("file:to", VIEWER, Known::No, Known::No),
        ("file:until", VIEWER, Known::No, Known::No),
        ("file:condition", VIEWER, Known::No, Known::No),
        ("group:round", MEMBER, Known::ByPairs, Known::ByRanges),
        ("group:about", MEMBER, Known::ByPairs, Known::ByRanges),
        // A walk asks a resource again where it began; ranges do not know where that was.
        ("group:to", MEMBER, Known::ByPairs, Known::No),
        ("group:fro", MEMBER, Known::No, Known::No),
    ] {
        assert_eq!(known(&policies, &pairs, name, position), by_pairs, "{name}");
        assert_eq!(known(&policies, &ranges, name, position), by_ranges, "{name}");
    }
}

#[test]
fn one_look_at_one_other_resource_takes_no_closure() {
    let policies = policies(
        "  folder:x: {opener: user:1}
  group:g: {member: user:1}
  group:sets: {guest: 'team:t#member'}
  item:plain: {holder: 'group:g#member'}
  item:direct: {holder: 'folder:x#opener'}
  item:user: {holder: user:1}
  item:several: {holder: ['group:g#member', 'group:h#member']}
  item:leading: {holder: 'folder:x#viewer'}
  item:conditional: {holder: 'group:g#late'}
  item:both: {holder: 'folder:x#odd'}
  item:further: {holder: 'group:sets#member'}
  note:one: {of: folder:x}
  note:two: {of: folder:x, by: folder:y}
  memo:two: {of: folder:x, by: folder:y}
",
    );
    let edges = Edges { facts: &policies.facts, types: &policies.code.vocabulary.types };
    for (name, leads) in [
        ("folder:x", true),
        ("group:g", false),
        ("item:plain", false),
        ("item:direct", false),
        ("item:user", false),
        ("item:several", true),
        ("item:leading", true),
        ("item:conditional", true),
        ("item:both", true),
        ("item:further", true),
        ("note:one", false),
        ("note:two", true),
        ("memo:two", false),
    ] {
        let record = policies.facts.resources.record(resource(&policies, name));
        assert_eq!(edges.lead(record), leads, "{name}");
    }
}
