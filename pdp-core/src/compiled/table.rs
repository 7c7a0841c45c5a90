use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::open_table::{OpenTable, Slot};
use super::pages::Pages;
use super::{Detail, DetailKey, RelationIndex, ResourceIndex, TypeIndex};

/// Texts, each once, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextTable {
    texts: Texts,
    numbers: OpenTable<Numbered>,
    seed: RandomState,
}

impl TextTable {
    /// The number of `text`, given to it now if it has none.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(index) = self.index(text) {
            return index;
        }
        let index = self.texts.push(text);
        self.numbers.insert(Numbered::new(self.seed.hash_one(text), index), Numbered::hash);
        index
    }

    /// The number of `text`, if it has one.
    #[inline]
    pub(crate) fn index(&self, text: &str) -> Option<u32> {
        let wanted = Numbered::new(self.seed.hash_one(text), 0);
        let found = self.numbers.find(wanted.hash(), |slot| {
            slot.tag == wanted.tag && self.texts.text(slot.number()) == text
        });
        found.map(|slot| slot.number())
    }

    pub(crate) fn text(&self, index: u32) -> &str {
        self.texts.text(index)
    }
}

/// A number, and bits of the hash of what has it.
#[derive(Clone, Copy, Debug, Default)]
struct Numbered {
    tag: u32,
    /// The number plus one.
    number: u32,
}

impl Numbered {
    fn new(hash: u64, number: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "as many bits as a tag has")]
        let tag = hash as u32;
        Numbered { tag, number: number + 1 }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the table hashes what it lends")]
    fn hash(&self) -> u64 {
        u64::from(self.tag)
    }

    fn number(self) -> u32 {
        self.number - 1
    }
}

impl Slot for Numbered {
    fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// Resources that facts name: type and id, each once, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    texts: Texts,
    records: Pages<Record>,
    numbers: OpenTable<Numbered>,
    seed: RandomState,
}

/// What facts say of a resource, those about exact actors apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) resource_type: TypeIndex,
    /// [`Record::DECLARED`] and the like, as bits.
    flags: u8,
    /// How many facts there are about it: relations, links, attributes.
    pub(crate) facts: u32,
    /// Everything but facts about exact actors, sorted.
    pub(crate) details: Option<Arc<[Detail]>>,
}

impl Record {
    /// Declared to exist.
    pub(crate) const DECLARED: u8 = 1;
    /// Has facts about everyone, prefixes or roles.
    pub(crate) const PATTERNS: u8 = 2;
    /// Has facts that name actor sets.
    pub(crate) const SETS: u8 = 4;
    /// Has had facts about exact actors that end some time.
    pub(crate) const ENDING: u8 = 8;

    #[inline]
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn set(&mut self, flag: u8, has: bool) {
        self.flags = if has { self.flags | flag } else { self.flags & !flag };
    }

    /// Declared, or on the left of a fact.
    #[inline]
    pub(crate) fn is_known(&self) -> bool {
        self.has(Record::DECLARED) || self.facts > 0
    }

    #[inline]
    pub(crate) fn details(&self) -> &[Detail] {
        self.details.as_deref().unwrap_or_default()
    }

    /// The detail with this key, if there is one.
    pub(crate) fn detail(&self, key: &DetailKey) -> Option<&Detail> {
        let details = self.details();
        let index = details.binary_search_by_key(key, Detail::key).ok()?;
        Some(&details[index])
    }

    /// Those of some kinds, named by the first and the last.
    #[inline]
    pub(crate) fn details_of(&self, kinds: std::ops::RangeInclusive<u8>) -> &[Detail] {
        Detail::of_kinds(self.details(), kinds)
    }

    /// Sets the details, which are sorted.
    pub(crate) fn set_details(&mut self, details: Vec<Detail>) {
        let has = |kinds| !Detail::of_kinds(&details, kinds).is_empty();
        let (patterns, sets) = (has(Detail::PREFIX..=Detail::ROLE), has(Detail::SET..=Detail::SET));
        self.set(Record::PATTERNS, patterns);
        self.set(Record::SETS, sets);
        self.details = (!details.is_empty()).then(|| details.into());
    }
}

impl Resources {
    pub(crate) fn intern(&mut self, resource_type: TypeIndex, id: &str) -> ResourceIndex {
        if let Some(index) = self.index(resource_type, id) {
            return index;
        }
        let index = self.texts.push(id);
        self.records.push(Record { resource_type, ..Record::default() });
        let hash = self.hash(resource_type, id);
        self.numbers.insert(Numbered::new(hash, index), Numbered::hash);
        index
    }

    #[inline]
    pub(crate) fn index(&self, resource_type: TypeIndex, id: &str) -> Option<ResourceIndex> {
        let wanted = Numbered::new(self.hash(resource_type, id), 0);
        let found = self.numbers.find(wanted.hash(), |slot| {
            slot.tag == wanted.tag
                && self.record(slot.number()).resource_type == resource_type
                && self.texts.text(slot.number()) == id
        });
        found.map(|slot| slot.number())
    }

    /// A hash of a type and an id, the same for the same ones.
    pub(crate) fn hash(&self, resource_type: TypeIndex, id: &str) -> u64 {
        self.seed.hash_one((resource_type, id))
    }

    #[inline]
    pub(crate) fn record(&self, index: ResourceIndex) -> &Record {
        self.records.item(index as usize)
    }

    pub(crate) fn record_mut(&mut self, index: ResourceIndex) -> &mut Record {
        self.records.item_mut(index as usize)
    }

    /// What a link of a resource points to.
    pub(crate) fn targets(
        &self,
        index: ResourceIndex,
        link: RelationIndex,
    ) -> impl Iterator<Item = ResourceIndex> + '_ {
        let links = self.record(index).details_of(Detail::LINK..=Detail::LINK).iter();
        links.filter_map(move |detail| match detail {
            Detail::Link { link: of, target } if *of == link => Some(*target),
            _ => None,
        })
    }

    pub(crate) fn id(&self, index: ResourceIndex) -> &str {
        self.texts.text(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The records, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }
}

/// Texts by number: those of the files one after the other, later ones each by itself.
#[derive(Clone, Debug, Default)]
struct Texts {
    arena: Arc<Arena>,
    later: Pages<Arc<str>>,
}

impl Texts {
    fn push(&mut self, text: &str) -> u32 {
        let index = self.arena.ends.len() + self.later.len();
        match Arc::get_mut(&mut self.arena).filter(|_| self.later.len() == 0) {
            Some(arena) if arena.fits(text) => arena.push(text),
            _ => self.later.push(text.into()),
        }
        u32::try_from(index).ok().filter(|index| *index < u32::MAX).expect("below 2^32 texts")
    }

    #[inline]
    fn text(&self, index: u32) -> &str {
        let index = index as usize;
        match index.checked_sub(self.arena.ends.len()) {
            None => self.arena.text(index),
            Some(later) => self.later.item(later),
        }
    }
}

#[derive(Debug, Default)]
struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    fn fits(&self, text: &str) -> bool {
        u32::try_from(self.text.len() + text.len()).is_ok()
    }

    /// # Panics
    ///
    /// Where the text does not fit.
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).expect("it was asked whether the text fits"));
    }

    #[inline]
    fn text(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }
}
