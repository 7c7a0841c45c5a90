//! The tables of the floor: open addressing, linear probing, at most half full.

/// Texts, each once, numbered in the order in which they came.
#[derive(Debug)]
pub(super) struct TextTable {
    /// 32 bits of the hash and 32 of the number plus one; 0 is empty.
    slots: Vec<u64>,
    /// Where in the arena the text of each number begins and ends.
    spans: Vec<(u32, u32)>,
    arena: Vec<u8>,
}

impl TextTable {
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut table = TextTable { slots: vec![0; 16], spans: Vec::new(), arena: Vec::new() };
        for text in texts {
            table.intern(text);
        }
        table
    }

    pub(super) fn intern(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        if let Some(number) = self.find(hash, text) {
            return number;
        }
        if (self.spans.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let number = narrow(self.spans.len());
        let start = narrow(self.arena.len());
        self.arena.extend_from_slice(text.as_bytes());
        self.spans.push((start, narrow(self.arena.len())));
        self.place(hash, number);
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for number in 0..self.spans.len() {
            let hash = hash_bytes(self.bytes(number));
            self.place(hash, narrow(number));
        }
    }

    fn place(&mut self, hash: u64, number: u32) {
        let mask = self.slots.len() - 1;
        let mut position = home(hash, mask);
        while self.slots[position] != 0 {
            position = (position + 1) & mask;
        }
        self.slots[position] = hash & TAG | u64::from(number + 1);
    }

    #[inline]
    pub(super) fn find(&self, hash: u64, text: &str) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut position = home(hash, mask);
        loop {
            let slot = self.slots[position];
            if slot == 0 {
                return None;
            }
            if (slot ^ hash) & TAG == 0 {
                #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
                let number = slot as u32 - 1;
                if self.bytes(number as usize) == text.as_bytes() {
                    return Some(number);
                }
            }
            position = (position + 1) & mask;
        }
    }

    /// Asks for the memory in which a text with this hash would be found.
    #[inline]
    pub(super) fn prefetch(&self, hash: u64) {
        prefetch(&self.slots[home(hash, self.slots.len() - 1)]);
    }

    #[inline]
    fn bytes(&self, number: usize) -> &[u8] {
        let (start, end) = self.spans[number];
        &self.arena[start as usize..end as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}

const TAG: u64 = 0xffff_ffff_0000_0000;

/// For pairs of numbers the bits that hold of them.
#[derive(Debug)]
pub(super) struct PairTable {
    keys: Vec<u64>,
    bits: Vec<u8>,
    len: usize,
}

impl PairTable {
    pub(super) fn new() -> Self {
        PairTable { keys: vec![EMPTY; 16], bits: vec![0; 16], len: 0 }
    }

    pub(super) fn add(&mut self, left: u32, right: u32, bits: u8) {
        if (self.len + 1) * 2 > self.keys.len() {
            let size = self.keys.len() * 2;
            let keys = std::mem::replace(&mut self.keys, vec![EMPTY; size]);
            let old = std::mem::replace(&mut self.bits, vec![0; size]);
            self.len = 0;
            for (key, bits) in keys.into_iter().zip(old).filter(|(key, _)| *key != EMPTY) {
                self.put(key, bits);
            }
        }
        self.put(key(left, right), bits);
    }

    fn put(&mut self, key: u64, bits: u8) {
        let position = self.position(key);
        self.len += usize::from(self.keys[position] == EMPTY);
        self.keys[position] = key;
        self.bits[position] |= bits;
    }

    #[inline]
    fn position(&self, key: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut position = home(fold(key, FIRST), mask);
        while self.keys[position] != key && self.keys[position] != EMPTY {
            position = (position + 1) & mask;
        }
        position
    }

    #[inline]
    pub(super) fn bits(&self, left: u32, right: u32) -> u8 {
        // What is not there stands at an empty place, which has no bits.
        self.bits[self.position(key(left, right))]
    }
}

const EMPTY: u64 = u64::MAX;

#[inline]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

#[inline]
fn home(hash: u64, mask: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the lower bits are wanted")]
    let hash = hash as usize;
    hash & mask
}

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xe703_7ed1_a0b4_28db;

#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    #[expect(clippy::cast_possible_truncation, reason = "the halves")]
    let halves = (product as u64, (product >> 64) as u64);
    halves.0 ^ halves.1
}

/// Multiplies and folds words of eight octets; the last two words may overlap.
#[inline]
pub(super) fn hash(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

#[inline]
fn hash_bytes(bytes: &[u8]) -> u64 {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight octets"));
    let half = |at: usize| {
        u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four octets")))
    };
    let len = bytes.len();
    let (first, last) = match len {
        0 => (0, 0),
        1..4 => (u64::from(bytes[0]) << 8 | u64::from(bytes[len - 1]), u64::from(bytes[len / 2])),
        4..8 => (half(0), half(len - 4)),
        8..=16 => (word(0), word(len - 8)),
        _ => {
            let mut folded = FIRST;
            let mut at = 0;
            while at + 16 < len {
                folded = fold(word(at) ^ folded, word(at + 8) ^ SECOND);
                at += 16;
            }
            (word(len - 16) ^ folded, word(len - 8))
        }
    };
    fold(first ^ FIRST ^ len as u64, last ^ SECOND)
}

#[inline]
pub(super) fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint to the processor; it reads nothing that a program could see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("workloads are smaller than four thousand million")
}
