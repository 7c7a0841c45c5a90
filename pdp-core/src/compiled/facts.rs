use std::hash::BuildHasher;
use std::sync::Arc;

use super::open_table::{OpenTable, Slot};
use super::pages::SHARES;
use super::{Closed, Record, RelationIndex, ResourceIndex, Resources, Seed, Stored, TextTable};
use crate::Timestamp;

/// All facts, in tables that copies share as far as they are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct FactTables {
    /// Shared by those copies alone that say the same, so that numbers from here are known to be.
    pub(crate) identity: Arc<()>,
    /// Ids of actors that facts name.
    pub(crate) actors: TextTable,
    pub(crate) resources: Resources,
    /// Which direct relations an exact actor has for ever.
    pub(crate) pairs: Pairs,
    /// What sets and links lead to, while it is known.
    pub(crate) closed: Option<Arc<Closed>>,
    /// Whether some of that was given up since, or stands in `moved`.
    pub(crate) reopened: bool,
    /// Places in [`Ranges`](super::Ranges) of the actors for which they changed since.
    pub(crate) moved: Moved,
    /// Which it has until some time.
    pub(crate) ending: EndingPairs,
    pub(crate) actor_attributes: ActorAttributes,
    /// The prefixes of [`Detail::Prefix`].
    pub(crate) prefixes: TextTable,
    /// Roles that policies and facts name; aliases are resolved before.
    pub(crate) roles: TextTable,
    /// How many facts there are, existence apart.
    pub(crate) count: usize,
}

impl FactTables {
    /// Facts of a resource change that relations depend on: what was found beforehand of it, and
    /// of what leads to it, may be so no longer.
    pub(crate) fn reopen(&mut self, resource: ResourceIndex) {
        self.reopen_if(resource, Record::REACHED | Record::RANGED);
    }

    /// The same for a fact that an exact actor has a relation, or has it no longer: where that has
    /// a place, see [`FactTables::move_places`].
    pub(crate) fn reopen_for_exact(&mut self, resource: ResourceIndex) {
        self.reopen_if(resource, Record::REACHED);
    }

    fn reopen_if(&mut self, resource: ResourceIndex, reached: u16) {
        let record = self.resources.record(resource);
        if record.has(reached) {
            self.closed = None;
            self.moved = Moved::default();
            self.reopened = true;
        } else if record.has(Record::CLOSED) {
            self.resources.record_mut(resource).set(Record::CLOSED, false);
            self.reopened = true;
        }
    }

    /// Notes the places that an exact actor has by what a resource says of it now.
    pub(crate) fn move_places(&mut self, pair: u64) {
        let (actor, resource) = of_pair(pair);
        let Some(closed) = &self.closed else { return };
        if !self.resources.record(resource).has(Record::RANGED) {
            return;
        }
        let held = self.pairs.relations(pair);
        let mut places = self.places(actor).to_vec();
        for one in closed.ranges().numbered(resource) {
            match (places.binary_search(&one.place), held & one.direct != 0) {
                (Err(position), true) => places.insert(position, one.place),
                (Ok(position), false) => {
                    places.remove(position);
                }
                (Ok(_), true) | (Err(_), false) => {}
            }
        }
        if *places != *self.places(actor) {
            self.moved.set(actor, places.into());
            self.reopened = true;
        }
    }

    /// The places of an actor in ranges.
    pub(crate) fn places(&self, actor: u32) -> &[u32] {
        let moved = self.moved.places(actor);
        let known = || self.closed.as_ref().map_or(&[][..], |closed| closed.ranges().places(actor));
        moved.unwrap_or_else(known)
    }

    /// States that an exact actor has a relation until some time, where it has it neither for ever
    /// nor until another time.
    pub(crate) fn state_ending(&mut self, pair: u64, relation: RelationIndex, until: Until) {
        if self.pairs.relations(pair) & (1 << relation) == 0 {
            self.ending.set(pair, relation, Some(until));
            let record = self.resources.record_mut(of_pair(pair).1);
            record.set(Record::ENDING, true);
            record.note_exact(relation);
            record.facts += 1;
        }
    }
}

/// A fact about a resource that names no exact actor. In order: by kind, then by what makes it the
/// same fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// An attribute, by its position in the type.
    Attribute { attribute: u16, value: Stored },
    /// Every actor whose id begins with a prefix has the relation.
    Prefix { relation: RelationIndex, prefix: u32, until: Until },
    /// Everyone who claims a role and is of one of the types has the relation.
    Role { relation: RelationIndex, role: u32, actor_types: u8, until: Until },
    /// The link points to the target.
    Link { link: RelationIndex, target: ResourceIndex },
    /// Everyone who has the goal on the target has the relation.
    Set { relation: RelationIndex, goal: RelationIndex, target: ResourceIndex, until: Until },
}

/// What makes a [`Detail`] the same fact as another: kind, then words.
pub(crate) type DetailKey = (u8, u32, u32, u32);

impl Detail {
    pub(crate) const ATTRIBUTE: u8 = 0;
    pub(crate) const PREFIX: u8 = 1;
    pub(crate) const ROLE: u8 = 2;
    pub(crate) const LINK: u8 = 3;
    pub(crate) const SET: u8 = 4;

    pub(crate) fn key(&self) -> DetailKey {
        match self {
            Detail::Attribute { attribute, .. } => (Detail::ATTRIBUTE, u32::from(*attribute), 0, 0),
            Detail::Prefix { relation, prefix, .. } => {
                (Detail::PREFIX, *prefix, u32::from(*relation), 0)
            }
            Detail::Role { relation, role, actor_types, .. } => {
                (Detail::ROLE, *role, u32::from(*actor_types), u32::from(*relation))
            }
            Detail::Link { link, target } => (Detail::LINK, u32::from(*link), *target, 0),
            Detail::Set { relation, goal, target, .. } => {
                (Detail::SET, u32::from(*relation), *target, u32::from(*goal))
            }
        }
    }

    /// The relation or link that a fact with this key is about; `None` for an attribute.
    pub(crate) fn relation_of((kind, first, second, third): &DetailKey) -> Option<u32> {
        match *kind {
            Detail::PREFIX => Some(*second),
            Detail::ROLE => Some(*third),
            Detail::LINK | Detail::SET => Some(*first),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Detail::Attribute { .. } => Detail::ATTRIBUTE,
            Detail::Prefix { .. } => Detail::PREFIX,
            Detail::Role { .. } => Detail::ROLE,
            Detail::Link { .. } => Detail::LINK,
            Detail::Set { .. } => Detail::SET,
        }
    }

    /// Those of some kinds among sorted details.
    #[inline]
    pub(crate) fn of_kinds(details: &[Detail], kinds: std::ops::RangeInclusive<u8>) -> &[Detail] {
        let start = details.partition_point(|detail| detail.kind() < *kinds.start());
        let rest = &details[start..];
        &rest[..rest.partition_point(|detail| detail.kind() <= *kinds.end())]
    }

    /// The time from which on the fact does not hold.
    pub(crate) fn until(&self) -> Until {
        match self {
            Detail::Prefix { until, .. }
            | Detail::Role { until, .. }
            | Detail::Set { until, .. } => *until,
            Detail::Attribute { .. } | Detail::Link { .. } => Until::FOREVER,
        }
    }
}

/// The time from which on a fact does not hold; for ever is later than every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Until {
    /// Since 1970, and more than any time has for a fact that holds for ever.
    seconds: i64,
    nanoseconds: u32,
}

impl Until {
    pub(crate) const FOREVER: Until = Until { seconds: i64::MAX, nanoseconds: 0 };

    pub(crate) fn time(self) -> Option<Timestamp> {
        Timestamp::from_unix(self.seconds, self.nanoseconds).ok()
    }
}

impl From<Option<Timestamp>> for Until {
    fn from(time: Option<Timestamp>) -> Self {
        time.map_or(Until::FOREVER, |time| Until {
            seconds: time.unix_seconds(),
            nanoseconds: time.nanoseconds(),
        })
    }
}

/// An exact actor and a resource.
#[inline]
pub(crate) fn pair(actor: u32, resource: ResourceIndex) -> u64 {
    u64::from(actor) << 32 | u64::from(resource)
}

/// The actor and the resource of a [`pair`].
pub(crate) fn of_pair(pair: u64) -> (u32, ResourceIndex) {
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the pair")]
    let halves = ((pair >> 32) as u32, pair as u32);
    halves
}

/// For an actor and a resource the direct relations, as bits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    table: OpenTable<PairSlot>,
    seed: Seed,
}

#[derive(Clone, Debug, Default)]
struct PairSlot {
    pair: u64,
    relations: u64,
}

impl Slot for PairSlot {
    fn is_empty(&self) -> bool {
        self.relations == 0
    }
}

impl Pairs {
    #[inline]
    pub(crate) fn relations(&self, pair: u64) -> u64 {
        let found = self.table.find(self.seed.hash_one(pair), |slot| slot.pair == pair);
        found.map_or(0, |slot| slot.relations)
    }

    /// Adds relations; those that were not there.
    pub(crate) fn add(&mut self, pair: u64, relations: u64) -> u64 {
        let Pairs { table, seed } = self;
        match table.find_mut(seed.hash_one(pair), |slot| slot.pair == pair) {
            Some(slot) => {
                let new = relations & !slot.relations;
                slot.relations |= relations;
                new
            }
            None => {
                table.insert(PairSlot { pair, relations }, |slot| seed.hash_one(slot.pair));
                relations
            }
        }
    }

    pub(crate) fn remove(&mut self, pair: u64, relations: u64) {
        let Pairs { table, seed } = self;
        let hash = seed.hash_one(pair);
        let is_it = |slot: &PairSlot| slot.pair == pair;
        let left = table.find(hash, is_it).map_or(0, |slot| slot.relations & !relations);
        if left == 0 {
            table.remove(hash, is_it, |slot| seed.hash_one(slot.pair));
        } else if let Some(slot) = table.find_mut(hash, is_it) {
            slot.relations = left;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.table.iter().map(|slot| (slot.pair, slot.relations))
    }

    /// Pairs with the relations of each, the same pair as often as may be.
    pub(crate) fn of(pairs: impl Iterator<Item = (u64, u64)>) -> Self {
        let slots: Vec<PairSlot> =
            pairs.map(|(pair, relations)| PairSlot { pair, relations }).collect();
        let seed = Seed::default();
        let table = OpenTable::of(
            &slots,
            |slot| seed.hash_one(slot.pair),
            |there, slot| {
                let is_same = there.pair == slot.pair;
                if is_same {
                    there.relations |= slot.relations;
                }
                is_same
            },
        );
        Pairs { table, seed }
    }
}

/// For an actor, a resource and a direct relation the time until which it holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndingPairs {
    table: OpenTable<EndingSlot>,
    seed: Seed,
}

#[derive(Clone, Debug, Default)]
struct EndingSlot {
    pair: u64,
    relation: RelationIndex,
    until: Option<Until>,
}

impl Slot for EndingSlot {
    fn is_empty(&self) -> bool {
        self.until.is_none()
    }
}

impl EndingPairs {
    pub(crate) fn until(&self, pair: u64, relation: RelationIndex) -> Option<Until> {
        let hash = self.seed.hash_one((pair, relation));
        let is_it = |slot: &EndingSlot| slot.pair == pair && slot.relation == relation;
        self.table.find(hash, is_it).and_then(|slot| slot.until)
    }

    /// States, changes or (with `None`) takes away a time.
    pub(crate) fn set(&mut self, pair: u64, relation: RelationIndex, until: Option<Until>) {
        let EndingPairs { table, seed } = self;
        let hash_of = |slot: &EndingSlot| seed.hash_one((slot.pair, slot.relation));
        let hash = seed.hash_one((pair, relation));
        let is_it = |slot: &EndingSlot| slot.pair == pair && slot.relation == relation;
        match (table.find(hash, is_it).is_some(), until) {
            (true, None) => {
                table.remove(hash, is_it, hash_of);
            }
            (true, Some(_)) => {
                if let Some(slot) = table.find_mut(hash, is_it) {
                    slot.until = until;
                }
            }
            (false, None) => {}
            (false, Some(_)) => table.insert(EndingSlot { pair, relation, until }, hash_of),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, RelationIndex, Until)> {
        self.table.iter().filter_map(|slot| Some((slot.pair, slot.relation, slot.until?)))
    }
}

/// For actors their places in [`Ranges`](super::Ranges).
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved {
    table: OpenTable<MovedSlot, SHARES>,
    seed: Seed,
}

#[derive(Clone, Debug, Default)]
struct MovedSlot {
    actor: u32,
    places: Option<Arc<[u32]>>,
}

impl Slot for MovedSlot {
    fn is_empty(&self) -> bool {
        self.places.is_none()
    }
}

impl Moved {
    #[inline]
    fn places(&self, actor: u32) -> Option<&[u32]> {
        let slot = self.table.find(self.seed.hash_one(actor), |slot| slot.actor == actor)?;
        slot.places.as_deref()
    }

    fn set(&mut self, actor: u32, places: Arc<[u32]>) {
        let Moved { table, seed } = self;
        match table.find_mut(seed.hash_one(actor), |slot| slot.actor == actor) {
            Some(slot) => slot.places = Some(places),
            None => {
                let slot = MovedSlot { actor, places: Some(places) };
                table.insert(slot, |slot| seed.hash_one(slot.actor));
            }
        }
    }
}

/// For an actor its attributes, sorted by position.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActorAttributes {
    table: OpenTable<AttributeSlot, SHARES>,
    seed: Seed,
}

#[derive(Clone, Debug, Default)]
struct AttributeSlot {
    actor: u32,
    values: Option<Arc<[(u16, Stored)]>>,
}

impl Slot for AttributeSlot {
    fn is_empty(&self) -> bool {
        self.values.is_none()
    }
}

impl ActorAttributes {
    pub(crate) fn value(&self, actor: u32, attribute: u16) -> Option<&Stored> {
        let values = self.values(actor)?;
        let found = values.iter().find(|(position, _)| *position == attribute)?;
        Some(&found.1)
    }

    fn values(&self, actor: u32) -> Option<&[(u16, Stored)]> {
        let slot = self.table.find(self.seed.hash_one(actor), |slot| slot.actor == actor)?;
        slot.values.as_deref()
    }

    /// States, changes or (with `None`) takes away a value.
    pub(crate) fn set(&mut self, actor: u32, attribute: u16, value: Option<Stored>) {
        let others = self.values(actor).unwrap_or_default().iter();
        let others = others.filter(|(position, _)| *position != attribute).cloned();
        let mut values: Vec<_> = others.chain(value.map(|value| (attribute, value))).collect();
        values.sort_by_key(|(position, _)| *position);
        self.set_all(actor, values);
    }

    /// States all values of an actor, sorted by position.
    pub(crate) fn set_all(&mut self, actor: u32, values: Vec<(u16, Stored)>) {
        let ActorAttributes { table, seed } = self;
        let hash = seed.hash_one(actor);
        let is_it = |slot: &AttributeSlot| slot.actor == actor;
        let hash_of = |slot: &AttributeSlot| seed.hash_one(slot.actor);
        if values.is_empty() {
            table.remove(hash, is_it, hash_of);
            return;
        }
        let values = Some(values.into());
        match table.find_mut(hash, is_it) {
            Some(slot) => slot.values = values,
            None => table.insert(AttributeSlot { actor, values }, hash_of),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &(u16, Stored))> {
        let slots = self.table.iter();
        slots.flat_map(|slot| {
            slot.values.iter().flat_map(|values| values.iter()).map(|value| (slot.actor, value))
        })
    }
}
