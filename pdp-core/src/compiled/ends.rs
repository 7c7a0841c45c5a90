/// Up to so many octets, [`Ends`] and the length say all of a text.
pub(crate) const SHORT: usize = 16;

/// The first and the last octets of a text, which overlap where it is short, as two words. Ids and
/// names are short: comparing words costs less than the call that comparing slices is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Ends {
    #[inline]
    pub(crate) fn of(octets: &[u8]) -> Self {
        let (first, last) = if let Some(ends) = chunks::<8>(octets) {
            ends.map(u64::from_ne_bytes).into()
        } else if let Some(ends) = chunks::<4>(octets) {
            ends.map(|octets| u32::from_ne_bytes(octets).into()).into()
        } else if let Some(ends) = chunks::<2>(octets) {
            ends.map(|octets| u16::from_ne_bytes(octets).into()).into()
        } else {
            (octets.first().map_or(0, |octet| u64::from(*octet)), 0)
        };
        Ends { first, last }
    }
}

/// The first and the last octets, so many of each.
#[inline]
fn chunks<const COUNT: usize>(octets: &[u8]) -> Option<[[u8; COUNT]; 2]> {
    Some([*octets.first_chunk()?, *octets.last_chunk()?])
}

/// Whether octets are those of a text.
#[inline]
pub(crate) fn is_same(octets: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    if octets.len() != text.len() {
        return false;
    }
    if octets.len() <= SHORT { Ends::of(octets) == Ends::of(text) } else { octets == text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_the_same_where_all_octets_are(one in "[ab]{0,18}", other in "[ab]{0,18}") {
            prop_assert_eq!(is_same(one.as_bytes(), &other), one == other);
            prop_assert!(is_same(one.as_bytes(), &one.clone()));
        }

        #[test]
        fn one_other_octet_makes_another_text(text in "[ab]{1,20}", place in 0..20_usize) {
            let place = place % text.len();
            let mut other = text.clone();
            other.replace_range(place..=place, "c");
            prop_assert!(!is_same(text.as_bytes(), &other));
        }
    }
}
