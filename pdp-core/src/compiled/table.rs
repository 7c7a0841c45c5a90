use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use super::ends::{SHORT, is_same};
use super::flat_table::FlatTable;
use super::open_table::{OpenTable, Slot};
use super::pages::{Pages, SHARES};
use super::{Detail, DetailKey, RelationIndex, ResourceIndex, Seed, TypeIndex, Until};

/// Texts, each once, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextTable {
    texts: Texts<false>,
}

impl TextTable {
    /// The number of `text`, given to it now if it has none.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        self.index(text).unwrap_or_else(|| self.texts.push(text, 0))
    }

    /// The number of `text`, if it has one.
    #[inline]
    pub(crate) fn index(&self, text: &str) -> Option<u32> {
        self.texts.index(text, 0)
    }

    pub(crate) fn text(&self, index: u32) -> &str {
        self.texts.text(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The table of texts that stand one behind the other, so many bytes each; `None` if one stands
    /// there twice, or they do not end where `arena` and its letters do.
    pub(crate) fn of(arena: &str, lengths: impl Iterator<Item = u16>) -> Option<Self> {
        Some(TextTable { texts: Texts::of(arena, lengths.map(|length| (length, 0)))? })
    }
}

/// Resources that facts name: type and id, each once, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    /// Ids, marked with the type.
    texts: Texts<true>,
    records: Pages<Record>,
    /// Everything but facts about exact actors, sorted, for each resource.
    details: Pages<Option<Arc<[Detail]>>, SHARES>,
}

/// What facts say of a resource, in short: what an ordinary decision reads lies in these 32 bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// How many facts there are about it: relations, links, attributes.
    pub(crate) facts: u32,
    pub(crate) resource_type: TypeIndex,
    /// [`Record::DECLARED`] and the like, as bits.
    flags: u16,
    /// Of the one fact about links that there is, its link and its target.
    link: RelationIndex,
    target: ResourceIndex,
    /// The relations that exact actors have, or once had, as bits; two relations may share one.
    exact: u32,
    /// The relations that facts give to actor sets, in the same way.
    sets: u32,
    /// Where all these sets are of one resource and have one relation for ever, which.
    set_goals: u32,
    set_target: ResourceIndex,
    set_relation: RelationIndex,
}

/// How many bits [`Record`] has for relations.
const RELATION_BITS: u8 = 32;

/// Whether one of some relations may be among those that a record notes.
#[inline]
fn may_be_among(noted: u32, relations: u64) -> bool {
    u64::from(noted) & (relations | relations >> RELATION_BITS) != 0
}

impl Record {
    /// Declared to exist.
    pub(crate) const DECLARED: u16 = 1;
    /// Has facts about everyone, prefixes or roles.
    pub(crate) const PATTERNS: u16 = 2;
    /// Has one fact about links, or several.
    const LINKED: u16 = 4;
    pub(crate) const LINKED_OFTEN: u16 = 8;
    /// Has had facts about exact actors that end some time.
    pub(crate) const ENDING: u16 = 16;
    /// Has sets of one resource only.
    const SETS_OF_ONE: u16 = 32;
    /// Some of its relations are closed, and its own facts are as they were then.
    pub(crate) const CLOSED: u16 = 64;
    /// Closed relations of other resources depend on its facts.
    pub(crate) const REACHED: u16 = 128;
    /// So do ranges, of which facts about exact actors are places.
    pub(crate) const RANGED: u16 = 256;

    #[inline]
    pub(crate) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn set(&mut self, flag: u16, has: bool) {
        self.flags = if has { self.flags | flag } else { self.flags & !flag };
    }

    /// Declared, or on the left of a fact.
    #[inline]
    pub(crate) fn is_known(&self) -> bool {
        self.has(Record::DECLARED) || self.facts > 0
    }

    /// Whether there may be facts that give one of these relations to actor sets.
    #[inline]
    pub(crate) fn may_have_sets(&self, relations: u64) -> bool {
        may_be_among(self.sets, relations)
    }

    /// Whether exact actors may have one of these relations.
    #[inline]
    pub(crate) fn may_have_exact(&self, relations: u64) -> bool {
        may_be_among(self.exact, relations)
    }

    /// Notes that an exact actor has a relation.
    pub(crate) fn note_exact(&mut self, relation: RelationIndex) {
        self.exact |= 1 << (relation % RELATION_BITS);
    }

    /// What a link points to, if that is one resource and no other link points anywhere.
    #[inline]
    pub(crate) fn only_target(&self, link: RelationIndex) -> Option<ResourceIndex> {
        (self.has(Record::LINKED) && self.link == link).then_some(self.target)
    }

    /// The sets to which facts give one of these relations, a resource and relations on it, if no
    /// other resource has sets here and the facts hold for ever.
    #[inline]
    pub(crate) fn sets_of_one(&self, relations: u64) -> Option<(ResourceIndex, u64)> {
        let goals = if relations & (1 << self.set_relation) == 0 { 0 } else { self.set_goals };
        self.has(Record::SETS_OF_ONE).then_some((self.set_target, u64::from(goals)))
    }

    /// Notes in short what sorted details say.
    fn note(&mut self, details: &[Detail]) {
        let of_kinds = |kinds| Detail::of_kinds(details, kinds);
        self.set(Record::PATTERNS, !of_kinds(Detail::PREFIX..=Detail::ROLE).is_empty());
        let links = of_kinds(Detail::LINK..=Detail::LINK);
        self.set(Record::LINKED, links.len() == 1);
        self.set(Record::LINKED_OFTEN, links.len() > 1);
        if let [Detail::Link { link, target }] = links {
            (self.link, self.target) = (*link, *target);
        }
        (self.sets, self.set_goals) = (0, 0);
        let sets = of_kinds(Detail::SET..=Detail::SET);
        let mut of_one = !sets.is_empty();
        for detail in sets {
            let Detail::Set { relation, goal, target, until } = detail else { continue };
            if self.sets == 0 {
                (self.set_relation, self.set_target) = (*relation, *target);
            }
            self.sets |= 1 << (relation % RELATION_BITS);
            self.set_goals |= 1 << (goal % RELATION_BITS);
            of_one &= (self.set_relation, self.set_target) == (*relation, *target)
                && *goal < RELATION_BITS
                && *until == Until::FOREVER;
        }
        self.set(Record::SETS_OF_ONE, of_one);
    }
}

impl Resources {
    pub(crate) fn intern(&mut self, resource_type: TypeIndex, id: &str) -> ResourceIndex {
        if let Some(index) = self.index(resource_type, id) {
            return index;
        }
        self.records.push(Record { resource_type, ..Record::default() });
        self.details.push(None);
        self.texts.push(id, resource_type)
    }

    #[inline]
    pub(crate) fn index(&self, resource_type: TypeIndex, id: &str) -> Option<ResourceIndex> {
        self.texts.index(id, resource_type)
    }

    /// A hash of a type and an id, the same for the same ones.
    #[inline]
    pub(crate) fn hash(&self, resource_type: TypeIndex, id: &str) -> u64 {
        self.texts.hash(id, resource_type)
    }

    #[inline]
    pub(crate) fn record(&self, index: ResourceIndex) -> &Record {
        self.records.item(index as usize)
    }

    pub(crate) fn record_mut(&mut self, index: ResourceIndex) -> &mut Record {
        self.records.item_mut(index as usize)
    }

    /// All of a resource's details, sorted.
    #[inline]
    pub(crate) fn details(&self, index: ResourceIndex) -> &[Detail] {
        self.details.item(index as usize).as_deref().unwrap_or_default()
    }

    /// The detail with this key, if there is one.
    pub(crate) fn detail(&self, index: ResourceIndex, key: &DetailKey) -> Option<&Detail> {
        let details = self.details(index);
        let position = details.binary_search_by_key(key, Detail::key).ok()?;
        Some(&details[position])
    }

    /// Those of some kinds, named by the first and the last.
    #[inline]
    pub(crate) fn details_of(
        &self,
        index: ResourceIndex,
        kinds: std::ops::RangeInclusive<u8>,
    ) -> &[Detail] {
        Detail::of_kinds(self.details(index), kinds)
    }

    /// What a link of a resource points to.
    #[inline]
    pub(crate) fn targets(
        &self,
        index: ResourceIndex,
        link: RelationIndex,
    ) -> impl Iterator<Item = ResourceIndex> + '_ {
        let record = self.record(index);
        let several = if record.has(Record::LINKED_OFTEN) {
            self.details_of(index, Detail::LINK..=Detail::LINK)
        } else {
            &[]
        };
        let several = several.iter().filter_map(move |detail| match detail {
            Detail::Link { link: of, target } if *of == link => Some(*target),
            _ => None,
        });
        record.only_target(link).into_iter().chain(several)
    }

    /// Those of its details that are about actor sets; they come last.
    #[inline]
    pub(crate) fn sets(&self, index: ResourceIndex) -> &[Detail] {
        let details = self.details(index);
        &details[details.partition_point(|detail| detail.kind() < Detail::SET)..]
    }

    /// Sets the details, which are sorted.
    pub(crate) fn set_details(&mut self, index: ResourceIndex, details: Vec<Detail>) {
        self.record_mut(index).note(&details);
        let details = (!details.is_empty()).then(|| details.into());
        *self.details.item_mut(index as usize) = details;
    }

    /// Notes of each resource, by its number, which of [`Record::CLOSED`], [`Record::REACHED`] and
    /// [`Record::RANGED`] it is.
    pub(crate) fn note_closed(&mut self, of: impl Fn(ResourceIndex) -> u16) {
        const NOTED: u16 = Record::CLOSED | Record::REACHED | Record::RANGED;
        for index in 0..super::number(self.records.len()) {
            let noted = of(index);
            if self.record(index).flags & NOTED != noted {
                let record = self.record_mut(index);
                record.set(NOTED, false);
                record.set(noted, true);
            }
        }
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

    /// Resources of which nothing is known yet: their ids, one behind the other, with the length in
    /// bytes and the type of each. `None` if one stands there twice, or the ids do not end where
    /// `arena` and its letters do.
    pub(crate) fn of(
        arena: &str,
        resources: impl Iterator<Item = (u16, TypeIndex)> + Clone,
    ) -> Option<Self> {
        let texts = Texts::of(arena, resources.clone())?;
        let mut table = Resources { texts, ..Resources::default() };
        table.records = Pages::filled(table.texts.len());
        table.details = Pages::filled(table.texts.len());
        for (record, (_, resource_type)) in table.records.iter_mut().zip(resources) {
            record.resource_type = resource_type;
        }
        Some(table)
    }

    /// Changes the records of some resources, which are in order.
    pub(crate) fn change<T>(
        &mut self,
        changes: impl IntoIterator<Item = (ResourceIndex, T)>,
        change: impl Fn(&mut Record, T),
    ) {
        let mut records = self.records.iter_mut().zip(0..);
        for (resource, what) in changes {
            if let Some((record, _)) = records.find(|(_, index)| *index == resource) {
                change(record, what);
            }
        }
    }
}

/// Texts with their numbers, each with a mark, every pair once: those of the files one after the
/// other, and found in one look; later ones each by itself, in pages that copies share. Where texts
/// are not `MARKED`, the mark of all is 0.
#[derive(Clone, Debug, Default)]
struct Texts<const MARKED: bool> {
    arena: Arc<Arena>,
    later: Pages<(u16, Arc<str>), SHARES>,
    later_numbers: OpenTable<Later>,
    seed: Seed,
}

impl<const MARKED: bool> Texts<MARKED> {
    /// Texts that stand one behind the other, with the length and the mark of each; `None` if they
    /// do not end where `arena` and its letters do, or if one stands there twice with one mark.
    fn of(arena: &str, lengths: impl Iterator<Item = (u16, u16)>) -> Option<Self> {
        let mut spans = Vec::with_capacity(lengths.size_hint().0);
        let mut end = 0;
        for (len, mark) in lengths {
            let start = u32::try_from(end).ok()?;
            end += usize::from(len);
            u32::try_from(end).ok()?;
            spans.push(Span { start, len, mark });
            if !arena.is_char_boundary(end) {
                return None;
            }
        }
        if end != arena.len() {
            return None;
        }
        let texts = Texts::<MARKED>::default();
        let entries: Vec<Numbered> = (spans.iter().zip(1..))
            .map(|(span, number)| {
                let tag = tag(texts.hash(&arena[span.range()], span.mark));
                Numbered { tag, number, span: *span }
            })
            .collect();
        let numbers = FlatTable::of(&entries, Numbered::hash, |one, other| {
            one.tag == other.tag
                && one.span.mark == other.span.mark
                && arena[one.span.range()] == arena[other.span.range()]
        })?;
        let arena = Arc::new(Arena { text: arena.to_owned(), spans, numbers });
        Some(Texts { arena, ..texts })
    }

    fn len(&self) -> usize {
        self.arena.spans.len() + self.later.len()
    }

    /// Gives a number to a text that has none with this mark.
    fn push(&mut self, text: &str, mark: u16) -> u32 {
        let tag = tag(self.hash(text, mark));
        let index = u32::try_from(self.len()).ok().filter(|index| *index < u32::MAX);
        let index = index.expect("below 2^32 texts");
        match Arc::get_mut(&mut self.arena).filter(|_| self.later.len() == 0) {
            Some(arena) if arena.fits(text) => arena.push(text, mark, tag),
            _ => {
                self.later.push((mark, text.into()));
                self.later_numbers.insert(Later { tag, number: index + 1 }, |slot| slot.tag.into());
            }
        }
        index
    }

    /// The number of a text with a mark, if it has one.
    #[expect(clippy::inline_always, reason = "asked twice in every decision: 3 % of one")]
    #[inline(always)]
    fn index(&self, text: &str, mark: u16) -> Option<u32> {
        let tag = tag(self.hash(text, mark));
        if text.len() > SHORT {
            return self.index_of_any(tag, text, mark);
        }
        // Short texts, which most are, take no call: only what looks the same is compared.
        let arena = &*self.arena;
        let found = arena.numbers.find(tag.into(), |slot| {
            slot.tag == tag && slot.span.mark == mark && usize::from(slot.span.len) == text.len()
        });
        match found {
            Some(slot) if arena.is(slot.span, text) => Some(slot.number - 1),
            None if self.later.len() == 0 => None,
            _ => self.index_of_any(tag, text, mark),
        }
    }

    /// The same for a text of any length, with bits of its hash.
    #[inline(never)]
    fn index_of_any(&self, tag: u32, text: &str, mark: u16) -> Option<u32> {
        let arena = &*self.arena;
        let found = arena.numbers.find(tag.into(), |slot| {
            slot.tag == tag && slot.span.mark == mark && arena.is(slot.span, text)
        });
        match found {
            Some(slot) => Some(slot.number - 1),
            None => self.later_index(tag, text, mark),
        }
    }

    fn later_index(&self, tag: u32, text: &str, mark: u16) -> Option<u32> {
        let found = self.later_numbers.find(tag.into(), |slot| {
            slot.tag == tag && {
                let later = self.later(slot.number - 1);
                later.0 == mark && is_same(later.1.as_bytes(), text)
            }
        });
        found.map(|slot| slot.number - 1)
    }

    /// A hash of a text and its mark, the same for the same ones.
    #[inline]
    fn hash(&self, text: &str, mark: u16) -> u64 {
        let mut hasher = self.seed.build_hasher();
        if MARKED {
            hasher.write_u16(mark);
        }
        hasher.write(text.as_bytes());
        hasher.finish()
    }

    #[inline]
    fn text(&self, index: u32) -> &str {
        match self.arena.spans.get(index as usize) {
            Some(span) => &self.arena.text[span.range()],
            None => &self.later(index).1,
        }
    }

    /// A text that does not stand in the arena, with its mark.
    fn later(&self, index: u32) -> &(u16, Arc<str>) {
        self.later.item(index as usize - self.arena.spans.len())
    }
}

/// The number of a text in the arena, bits of its hash, and where it stands.
#[derive(Clone, Copy, Debug, Default)]
struct Numbered {
    tag: u32,
    /// The number plus one.
    number: u32,
    span: Span,
}

impl Numbered {
    fn hash(&self) -> u64 {
        u64::from(self.tag)
    }
}

impl Slot for Numbered {
    fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// The number of a text that does not stand in the arena, and bits of its hash.
#[derive(Clone, Copy, Debug, Default)]
struct Later {
    tag: u32,
    /// The number plus one.
    number: u32,
}

impl Slot for Later {
    fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// As many bits of a hash as a slot has.
#[inline]
fn tag(hash: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "as many bits as a tag has")]
    let tag = hash as u32;
    tag
}

/// Texts one after the other, by number and by what they are.
#[derive(Debug, Default)]
struct Arena {
    text: String,
    spans: Vec<Span>,
    numbers: FlatTable<Numbered>,
}

/// Where a text stands in the arena.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    len: u16,
    mark: u16,
}

impl Span {
    #[inline]
    fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.len)
    }
}

impl Arena {
    fn fits(&self, text: &str) -> bool {
        u32::try_from(self.text.len() + text.len()).is_ok() && u16::try_from(text.len()).is_ok()
    }

    /// # Panics
    ///
    /// Where the text does not fit.
    fn push(&mut self, text: &str, mark: u16, tag: u32) {
        let start = u32::try_from(self.text.len()).expect("it was asked whether the text fits");
        let len = u16::try_from(text.len()).expect("it was asked whether the text fits");
        self.text.push_str(text);
        let span = Span { start, len, mark };
        self.spans.push(span);
        let number = super::number(self.spans.len());
        self.numbers.insert(Numbered { tag, number, span }, Numbered::hash);
    }

    /// Whether a text stands there.
    #[inline]
    fn is(&self, span: Span, text: &str) -> bool {
        self.text.as_bytes().get(span.range()).is_some_and(|octets| is_same(octets, text))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_spread_over_a_table() {
        let mut table = TextTable::default();
        let ids: Vec<String> = (0..2_000).map(|index| format!("user:{index}")).collect();
        let numbers: Vec<u32> = ids.iter().map(|id| table.intern(id)).collect();
        let found: Vec<_> = ids.iter().filter_map(|id| table.index(id)).collect();
        assert_eq!(found, numbers);
        let hashes: BTreeSet<u64> = table.texts.arena.numbers.iter().map(Numbered::hash).collect();
        assert!(hashes.len() > 1_990, "{}", hashes.len());
    }

    #[test]
    fn texts_of_files_lie_side_by_side_and_later_ones_alone() {
        let mut table = TextTable::default();
        for length in [10, 60_000, 20, 60_000, 60_000] {
            table.intern(&"x".repeat(length + table.texts.arena.text.len() % 7));
        }
        assert_eq!(table.texts.later.len(), 0);
        let mut copy = table.clone();
        let number = copy.intern("later");
        assert_eq!((copy.texts.later.len(), copy.text(number)), (1, "later"));
        assert_eq!((table.texts.later.len(), table.index("later")), (0, None));
    }
}
