//! A small source of numbers that are the same on every machine and for ever.

/// Draws numbers by `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
///
/// Written out here because a workload must not change when a dependency does. Integers alone: no
/// result depends on how a machine rounds.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A source that always gives the same numbers for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number from 0 to `bound` - 1; 0 if `bound` is 0.
    ///
    /// Multiplying instead of dividing favours some numbers by less than `bound` in 2^64.
    pub fn below(&mut self, bound: u64) -> u64 {
        upper_half(u128::from(self.next()) * u128::from(bound))
    }

    /// An index into a sequence of `len` entries.
    pub fn index(&mut self, len: usize) -> usize {
        narrow(self.below(len as u64))
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.index(most - least + 1)
    }

    /// Whether an event happens that happens in `percent` of 100 cases.
    pub fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `items`.
    ///
    /// # Panics
    ///
    /// If `items` is empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// Puts `items` into an order of which all are equally likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn upper_half(number: u128) -> u64 {
    u64::try_from(number >> 64).expect("64 of 128 bits are left")
}

fn narrow(index: u64) -> usize {
    usize::try_from(index).expect("an index is below a length, which is a usize")
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn gives_the_published_numbers() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
        assert_eq!(random.next(), 9_817_491_932_198_370_423);
    }
}
