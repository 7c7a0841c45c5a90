/// A pattern in which `*` stands for any text, and every other letter for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// What stands before the first `*`; the whole pattern if there is none.
    first: Box<str>,
    /// What stands between two `*`, in order.
    middle: Box<[Box<str>]>,
    /// What stands behind the last `*`; `None` if there is none.
    last: Option<Box<str>>,
}

impl Glob {
    /// Reads a pattern; every text is one.
    pub fn new(pattern: &str) -> Self {
        let mut parts: Vec<&str> = pattern.split('*').collect();
        let last = if parts.len() > 1 { parts.pop() } else { None };
        let first = parts.first().copied().unwrap_or_default().into();
        let middle = parts.iter().skip(1).filter(|part| !part.is_empty());
        let middle = middle.map(|part| (*part).into()).collect();
        Glob { first, middle, last: last.map(Into::into) }
    }

    /// The text that begins what fits, if that is all that the pattern asks.
    pub fn prefix(&self) -> Option<&str> {
        let is_prefix = self.middle.is_empty() && self.last.as_deref() == Some("");
        is_prefix.then_some(&self.first)
    }

    /// How every text that fits begins.
    pub(crate) fn beginning(&self) -> &str {
        &self.first
    }

    /// Whether the whole of `text` fits. Each part in the middle is taken where it comes first:
    /// that leaves the most for those behind it, so no other choice could succeed.
    pub fn fits(&self, text: &str) -> bool {
        let Some(last) = &self.last else { return text == &*self.first };
        let Some(mut rest) = text.strip_prefix(&*self.first) else { return false };
        for part in &self.middle {
            match rest.find(&**part) {
                Some(start) => rest = &rest[start + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By definition: a `*` is nothing, or one letter and again a `*`.
    fn fits(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => {
                fits(rest, text) || text.split_first().is_some_and(|(_, tail)| fits(pattern, tail))
            }
            ([letter, rest @ ..], [first, tail @ ..]) => letter == first && fits(rest, tail),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_glob_fits_what_its_definition_fits(pattern in "[ab*é]{0,8}", text in "[abé]{0,10}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(Glob::new(&pattern).fits(&text), fits(&letters(&pattern), &letters(&text)));
        }
    }

    #[test]
    fn a_prefix_is_recognised() {
        assert_eq!(Glob::new("user:*").prefix(), Some("user:"));
        assert_eq!(Glob::new("*").prefix(), Some(""));
        assert_eq!(Glob::new("user:**").prefix(), Some("user:"));
        assert_eq!(Glob::new("a*b").prefix(), None);
        assert_eq!(Glob::new("a").prefix(), None);
    }
}
