//! What of a request must be so for a rule to match: keys by which the rule is found.

use super::builder::Builder;
use crate::compiled::{Id, Key, KeyKind, Leaf, Lists, NodeId};

/// A part of a condition that only holds of requests that have one of some keys, and that never
/// fails: of all others the condition does not hold, whatever else it asks.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) part: NodeId,
    pub(super) keys: Vec<Key>,
    /// Whether it asks nothing else.
    pub(super) is_all: bool,
}

/// The guards among the parts of a condition.
pub(super) fn guards(builder: &Builder, parts: &[NodeId], lists: &mut Lists) -> Vec<Guard> {
    let mut finder = Finder { builder, lists };
    let guards = parts.iter().filter_map(|part| {
        let Found { mut keys, is_all } = finder.find(*part)?;
        keys.sort_unstable();
        keys.dedup();
        Some(Guard { part: *part, keys, is_all })
    });
    guards.collect()
}

struct Finder<'f> {
    builder: &'f Builder,
    lists: &'f mut Lists,
}

struct Found {
    keys: Vec<Key>,
    is_all: bool,
}

impl Finder<'_> {
    fn find(&mut self, node: NodeId) -> Option<Found> {
        let builder = self.builder;
        match builder.as_leaf(node) {
            Some(Leaf::Role(role)) => return Some(one(KeyKind::Role, *role)),
            Some(Leaf::Tenant(tenant)) => {
                return Some(one(KeyKind::Tenant, self.lists.words.intern(tenant)));
            }
            _ => {}
        }
        let expressions = &builder.expressions;
        if let Some((of, text)) = expressions.as_equal_to_text(node) {
            return Some(one(builder.as_id(of)?.exact(), self.lists.words.intern(text)));
        }
        if let Some((of, texts)) = expressions.as_one_of_texts(node) {
            let kind = builder.as_id(of)?.exact();
            let keys = texts.iter().map(|text| Key::new(kind, self.lists.words.intern(text)));
            return Some(Found { keys: keys.collect(), is_all: true });
        }
        if let Some((of, text, is_all)) = expressions.as_beginning_with(node) {
            let kind = builder.as_id(of)?.beginning();
            let number = self.beginning(text)?;
            return Some(Found { keys: vec![Key::new(kind, number)], is_all });
        }
        match &builder.alternatives(node)[..] {
            [_] => self.any_part(node),
            alternatives => self.all_alternatives(alternatives),
        }
    }

    /// Of "all of these", any part that is a guard is one of the whole; the rarest kind is taken.
    fn any_part(&mut self, node: NodeId) -> Option<Found> {
        let parts = self.builder.parts(node);
        if let [_] = parts[..] {
            return None;
        }
        let found = parts.iter().filter_map(|part| self.find(*part));
        let found = found.min_by_key(|found| found.keys.iter().map(|key| key.kind()).max())?;
        Some(Found { is_all: false, ..found })
    }

    /// Of "any of these", each must be guarded.
    fn all_alternatives(&mut self, alternatives: &[NodeId]) -> Option<Found> {
        let mut all = Found { keys: Vec::new(), is_all: true };
        for alternative in alternatives {
            let Found { keys, is_all } = self.find(*alternative)?;
            all.keys.extend(keys);
            all.is_all &= is_all;
        }
        Some(all)
    }

    /// The number of a text with which ids begin; every id begins with nothing.
    fn beginning(&mut self, text: &str) -> Option<u32> {
        (!text.is_empty()).then(|| self.lists.beginnings.intern(text))
    }
}

impl Id {
    fn exact(self) -> KeyKind {
        match self {
            Id::Actor => KeyKind::ActorId,
            Id::Resource => KeyKind::ResourceId,
        }
    }

    fn beginning(self) -> KeyKind {
        match self {
            Id::Actor => KeyKind::ActorBeginning,
            Id::Resource => KeyKind::ResourceBeginning,
        }
    }
}

fn one(kind: KeyKind, number: u32) -> Found {
    Found { keys: vec![Key::new(kind, number)], is_all: true }
}
