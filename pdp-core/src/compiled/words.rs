use std::collections::BTreeSet;

use super::TextTable;

/// Texts that rules name, each with a number. Most texts of requests are none of them, and their
/// shape says so.
#[derive(Debug, Default)]
pub(crate) struct Words {
    texts: TextTable,
    shapes: Shapes,
    /// How long the long ones are, the shortest first.
    long: BTreeSet<usize>,
}

impl Words {
    /// The number of `text`, given to it now if it has none.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        self.shapes.add(text.as_bytes());
        if text.len() >= LONG {
            self.long.insert(text.len());
        }
        self.texts.intern(text)
    }

    /// The number of `text`, if it has one.
    #[inline]
    pub(crate) fn index(&self, text: &str) -> Option<u32> {
        if self.shapes.have(text.as_bytes()) { self.number(text) } else { None }
    }

    #[inline(never)]
    fn number(&self, text: &str) -> Option<u32> {
        self.texts.index(text)
    }

    /// Takes `step` on the number of each word but the empty one with which `text` begins, the
    /// shortest first.
    #[inline]
    pub(crate) fn beginning(&self, text: &str, mut step: impl FnMut(u32)) {
        let octets = text.as_bytes();
        let Some(first) = octets.first() else { return };
        let mut lengths = self.shapes.of(*first).of_first & up_to(octets.len());
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            if length == LONG {
                return self.long_beginning(text, step);
            }
            if self.shapes.of(octets[length - 1]).of_last & lengths & lengths.wrapping_neg() != 0 {
                self.whole(text, length).into_iter().for_each(&mut step);
            }
            lengths &= lengths - 1;
        }
    }

    #[cold]
    fn long_beginning(&self, text: &str, step: impl FnMut(u32)) {
        let lengths = self.long.range(..=text.len());
        lengths.filter_map(|length| self.whole(text, *length)).for_each(step);
    }

    /// The number of the word that is the beginning of `text` up to some length.
    fn whole(&self, text: &str, length: usize) -> Option<u32> {
        text.get(..length).and_then(|word| self.number(word))
    }
}

/// Texts of this length and longer ones count as one length.
const LONG: usize = 63;

/// How long texts are that begin with an octet, and that end with it, as bits.
#[derive(Clone, Copy, Debug, Default)]
struct Lengths {
    of_first: u64,
    of_last: u64,
}

/// The lengths for each octet.
#[derive(Debug)]
struct Shapes(Box<[Lengths; 256]>);

impl Default for Shapes {
    fn default() -> Self {
        Shapes(Box::new([Lengths::default(); 256]))
    }
}

impl Shapes {
    fn add(&mut self, text: &[u8]) {
        let (first, last) = ends(text);
        self.0[usize::from(first)].of_first |= bit(text.len());
        self.0[usize::from(last)].of_last |= bit(text.len());
    }

    /// Whether there may be a text.
    #[inline]
    fn have(&self, text: &[u8]) -> bool {
        let (first, last) = ends(text);
        self.of(first).of_first & self.of(last).of_last & bit(text.len()) != 0
    }

    #[inline]
    fn of(&self, octet: u8) -> &Lengths {
        &self.0[usize::from(octet)]
    }
}

#[inline]
fn ends(text: &[u8]) -> (u8, u8) {
    match text {
        [first, .., last] => (*first, *last),
        [only] => (*only, *only),
        [] => (0, 0),
    }
}

/// The bit of a length.
#[inline]
fn bit(length: usize) -> u64 {
    1 << length.min(LONG)
}

/// The bits of a length and of all shorter ones but 0.
#[inline]
fn up_to(length: usize) -> u64 {
    u64::MAX >> (LONG - length.min(LONG)) & !1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn words(texts: &[String]) -> (Words, BTreeMap<&str, u32>) {
        let mut words = Words::default();
        let numbers = texts.iter().map(|text| (text.as_str(), words.intern(text))).collect();
        (words, numbers)
    }

    proptest! {
        #[test]
        fn a_text_that_is_no_word_has_no_number(
            texts in prop::collection::vec("[ab]{0,4}|[abé]{60,66}", 0..40),
            asked in "[abc]{0,4}",
        ) {
            let (words, numbers) = words(&texts);
            prop_assert_eq!(words.index(&asked), numbers.get(asked.as_str()).copied());
            for (text, number) in &numbers {
                prop_assert_eq!(words.index(text), Some(*number));
            }
        }

        #[test]
        fn all_beginnings_of_a_text_are_found(
            texts in prop::collection::vec("[abé]{1,6}|a{61,66}", 0..40),
            asked in "[abcé]{0,8}|a{60,70}",
        ) {
            let (words, numbers) = words(&texts);
            let mut found = Vec::new();
            words.beginning(&asked, |number| found.push(number));
            // In the order of texts the shorter beginning comes first.
            let wanted = numbers.iter().filter(|(text, _)| asked.starts_with(**text));
            prop_assert_eq!(found, wanted.map(|(_, number)| *number).collect::<Vec<_>>());
        }
    }
}
