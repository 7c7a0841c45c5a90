//! Choices, drawn from a seed or read from bytes.

/// Where a generator gets its choices from.
///
/// The same generator serves random runs (choices follow from a seed), fuzzing and shrinking
/// (choices are read from bytes). A byte that gets smaller makes a choice that is smaller, and
/// where the bytes have run out every choice is the smallest: the first of several, the least
/// number, "no". So a generator puts what is simplest first.
#[derive(Clone, Debug)]
pub struct Dice<'b> {
    source: Source<'b>,
}

#[derive(Clone, Debug)]
enum Source<'b> {
    /// The state of `SplitMix64`.
    Seed(u64),
    /// What is left of the bytes.
    Bytes(&'b [u8]),
}

impl Dice<'static> {
    /// Choices that are the same for the same `seed` on every machine, by `SplitMix64` (Steele,
    /// Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    pub fn from_seed(seed: u64) -> Self {
        Dice { source: Source::Seed(seed) }
    }
}

impl<'b> Dice<'b> {
    /// Choices that `bytes` make, one byte for each of up to 256 possibilities.
    pub fn from_bytes(bytes: &'b [u8]) -> Self {
        Dice { source: Source::Bytes(bytes) }
    }

    /// A number from 0 to `bound` - 1; 0 if `bound` is 0 or 1.
    ///
    /// # Panics
    ///
    /// Never for bounds up to 2^32.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound <= 1 {
            return 0;
        }
        let bound = bound as u64;
        let number = match &mut self.source {
            Source::Seed(state) => {
                let product = u128::from(split_mix(state)) * u128::from(bound);
                u64::try_from(product >> 64).expect("64 of 128 bits are left")
            }
            Source::Bytes(rest) => {
                let size = match bound {
                    0..=0x100 => 1,
                    0x101..=0x1_0000 => 2,
                    _ => 4,
                };
                (take(rest, size) * bound) >> (8 * size)
            }
        };
        usize::try_from(number).expect("below a bound that is a usize")
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// Whether something happens that happens in `percent` of 100 cases; "no" is the smallest.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of `items`.
    ///
    /// # Panics
    ///
    /// If `items` is empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of `items`, if there is one.
    pub fn pick_any<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        (!items.is_empty()).then(|| self.pick(items))
    }

    /// An index into `weights`, each as likely as its weight says.
    ///
    /// # Panics
    ///
    /// If all weights are 0.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut number = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if number < *weight {
                return index;
            }
            number -= weight;
        }
        panic!("one of {weights:?} is not 0");
    }

    /// Each of `items` in `percent` of 100 cases, in their order.
    pub fn subset<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        items.iter().filter(|_| self.chance(percent)).cloned().collect()
    }

    /// `count` of `items`, all different, in any order; all of them if there are no more.
    pub fn some<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut left = items.to_vec();
        (0..count.min(items.len())).map(|_| left.remove(self.below(left.len()))).collect()
    }

    /// Puts `items` into any order (Fisher and Yates); the smallest choice leaves them alone.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, last - self.below(last + 1));
        }
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The next `count` bytes as a number; bytes that are not there are 0.
fn take(rest: &mut &[u8], count: u32) -> u64 {
    let mut number = 0;
    for _ in 0..count {
        let byte = rest.split_off_first().copied().unwrap_or(0);
        number = number << 8 | u64::from(byte);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_published_numbers() {
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
    }

    #[test]
    fn without_bytes_every_choice_is_the_smallest() {
        let mut dice = Dice::from_bytes(&[]);
        assert_eq!((dice.below(1000), dice.between(3, 9), dice.weighted(&[1, 5])), (0, 3, 0));
        assert!(!dice.chance(99) && dice.chance(100));
        let mut items = [1, 2, 3];
        dice.shuffle(&mut items);
        assert_eq!(items, [1, 2, 3]);
    }

    #[test]
    fn bytes_reach_every_choice_and_order_them() {
        let choices: Vec<usize> =
            (0..=255).map(|byte| Dice::from_bytes(&[byte]).below(7)).collect();
        assert!(choices.is_sorted());
        assert_eq!((choices[0], choices[255]), (0, 6));
    }
}
