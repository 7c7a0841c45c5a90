//! The compiled form: plain data, made by `compile`, read by `evaluate`.

mod closed;
mod code;
mod dispatch;
mod ends;
mod facts;
mod flat_table;
mod leaf;
mod list;
mod marks;
mod open_table;
mod pages;
mod ranges;
mod table;
mod vocabulary;
mod words;

pub(crate) use closed::{Closed, ClosedPair};
pub(crate) use code::Code;
pub(crate) use dispatch::{
    AtOnce, Cell, Dispatch, Id, OtherwiseLine, RelationTest, Rule, Targets, Test, Tests,
    TypeDispatch, ValueTest,
};
pub(crate) use ends::is_same;
pub(crate) use facts::{Detail, DetailKey, FactTables, Moved, Pairs, Until, of_pair, pair};
pub(crate) use leaf::{FaultId, Leaf, Leaves, Slot, SlotSource};
pub(crate) use list::{Candidate, Fork, Key, KeyKind, List, Lists, Phase, Phases, Run};
pub(crate) use marks::{Marks, of_words};
pub(crate) use open_table::{OpenTable, Slot as TableSlot};
pub(crate) use pages::SHARES;
pub(crate) use pdp_cel::{NodeId, Stored};
pub(crate) use ranges::{Numbered, Ranges};
pub(crate) use table::{Record, Resources, TextTable};
pub(crate) use vocabulary::{
    AttributeInfo, Closure, Part, RelationInfo, Step, TypeInfo, Vocabulary,
};
pub(crate) use words::Words;

/// A relation or link of a type, by its position there; below 64, so that masks hold them.
pub(crate) type RelationIndex = u8;

/// A type, by its position in the vocabulary.
pub(crate) type TypeIndex = u16;

/// A resource that facts name, by its position in [`Resources`].
pub(crate) type ResourceIndex = u32;

/// How keys of policies and requests are hashed, with a seed that is drawn. The quicker hash of the
/// same library lets short ids cluster with some seeds, so that one process in a dozen is slow.
pub(crate) type Seed = foldhash::quality::RandomState;

/// Maps whose keys come from policies and requests.
pub(crate) type Map<K, V> = hashbrown::HashMap<K, V, Seed>;

/// Sets of the same kind.
pub(crate) type Set<K> = hashbrown::HashSet<K, Seed>;

/// A number for a position among things each of which stands for bytes of a policy text.
pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a policy set is below 2^32 bytes")
}
