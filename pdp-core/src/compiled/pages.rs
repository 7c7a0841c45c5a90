use std::sync::Arc;

/// How many items a page holds, if nothing else is said; a power of two.
pub(crate) const ITEMS: usize = 256;

/// How many, where copying an item counts one more who shares something: that takes a look at each
/// of these things, wherever it lies.
pub(crate) const SHARES: usize = 32;

/// How many pages lie together; a power of two.
const SHELF: usize = 64;

/// Items in pages, and pages on shelves, that copies share: changing one item of a copy copies its
/// page, its shelf and where the shelves are, and nothing else.
#[derive(Debug)]
pub(crate) struct Pages<T, const PAGE: usize = ITEMS> {
    shelves: Arc<[Shelf<T, PAGE>]>,
    len: usize,
}

type Page<T, const PAGE: usize> = Arc<[T; PAGE]>;
/// Where there are fewer pages, an empty one stands in for the others.
type Shelf<T, const PAGE: usize> = Arc<[Page<T, PAGE>; SHELF]>;

impl<T, const PAGE: usize> Clone for Pages<T, PAGE> {
    fn clone(&self) -> Self {
        Pages { shelves: Arc::clone(&self.shelves), len: self.len }
    }
}

impl<T, const PAGE: usize> Default for Pages<T, PAGE> {
    fn default() -> Self {
        Pages { shelves: Arc::new([]), len: 0 }
    }
}

impl<T: Clone + Default, const PAGE: usize> Pages<T, PAGE> {
    /// As many default items.
    pub(crate) fn filled(len: usize) -> Self {
        let pages = len.div_ceil(PAGE);
        let shelves = (0..pages).step_by(SHELF).map(|first| shelf(pages - first)).collect();
        Pages { shelves, len }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// # Panics
    ///
    /// Where there is no such item.
    #[inline]
    pub(crate) fn item(&self, index: usize) -> &T {
        &self.shelves[index / (PAGE * SHELF)][index / PAGE % SHELF][index % PAGE]
    }

    /// # Panics
    ///
    /// Where there is no such item.
    pub(crate) fn item_mut(&mut self, index: usize) -> &mut T {
        let shelf = &mut Arc::make_mut(&mut self.shelves)[index / (PAGE * SHELF)];
        let page = &mut Arc::make_mut(shelf)[index / PAGE % SHELF];
        &mut Arc::make_mut(page)[index % PAGE]
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(PAGE * SHELF) {
            self.shelves = self.shelves.iter().cloned().chain([shelf(1)]).collect();
        } else if self.len.is_multiple_of(PAGE) {
            let shelf = &mut Arc::make_mut(&mut self.shelves)[self.len / (PAGE * SHELF)];
            Arc::make_mut(shelf)[self.len / PAGE % SHELF] = page();
        }
        self.len += 1;
        *self.item_mut(self.len - 1) = item;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let pages = self.shelves.iter().flat_map(|shelf| shelf.iter());
        pages.flat_map(|page| page.iter()).take(self.len)
    }

    /// All items, to be changed one after the other: a page is copied, where it must be, once.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let shelves = Arc::make_mut(&mut self.shelves).iter_mut();
        let pages = shelves.flat_map(|shelf| Arc::make_mut(shelf).iter_mut());
        pages.flat_map(|page| Arc::make_mut(page).iter_mut()).take(self.len)
    }

    /// The pages, to be written to without a look at each time whether copies share them; `None`
    /// where copies do.
    pub(super) fn own(&mut self) -> Option<Vec<&mut [T; PAGE]>> {
        let count = self.len.div_ceil(PAGE);
        let mut pages = Vec::with_capacity(count);
        for shelf in Arc::get_mut(&mut self.shelves)? {
            for page in Arc::get_mut(shelf)?.iter_mut().take(count - pages.len()) {
                pages.push(Arc::get_mut(page)?);
            }
        }
        Some(pages)
    }
}

/// A shelf with so many pages, as far as it holds them.
fn shelf<T: Clone + Default, const PAGE: usize>(pages: usize) -> Shelf<T, PAGE> {
    let stand_in = page();
    Arc::new(std::array::from_fn(
        |index| if index < pages { page() } else { Arc::clone(&stand_in) },
    ))
}

fn page<T: Clone + Default, const PAGE: usize>() -> Page<T, PAGE> {
    let items: Arc<[T]> = std::iter::repeat_n(T::default(), PAGE).collect();
    items.try_into().ok().expect("the slice has the length of a page")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = ITEMS;

    #[test]
    fn a_copy_changes_alone() {
        let mut first: Pages<u32> = Pages::filled(2 * PAGE);
        first.push(7);
        let mut second = first.clone();
        *second.item_mut(0) = 1;
        second.push(8);
        assert_eq!((first.len(), *first.item(0), *first.item(2 * PAGE)), (2 * PAGE + 1, 0, 7));
        assert_eq!((second.len(), *second.item(0)), (2 * PAGE + 2, 1));
        assert_eq!(*second.item(2 * PAGE + 1), 8);
        let page = |pages: &Pages<u32>, number: usize| Arc::clone(&pages.shelves[0][number]);
        let is_shared = |number| Arc::ptr_eq(&page(&first, number), &page(&second, number));
        assert_eq!([0, 1, 2].map(is_shared), [false, true, false]);
        assert_eq!(second.iter().count(), 2 * PAGE + 2);
        second.iter_mut().for_each(|item| *item += 1);
        assert_eq!(
            (*second.item(0), *second.item(2 * PAGE + 1), second.len()),
            (2, 9, 2 * PAGE + 2)
        );
        assert_eq!((*first.item(0), *first.item(2 * PAGE)), (0, 7));
    }

    #[test]
    fn pages_that_are_not_there_are_one_that_stands_in() {
        let pages: Pages<u32> = Pages::filled(2 * PAGE);
        let is_same = |one: usize, other: usize| {
            Arc::ptr_eq(&pages.shelves[0][one], &pages.shelves[0][other])
        };
        assert_eq!((is_same(0, 1), is_same(1, 2)), (false, false));
        assert!((2..SHELF).all(|page| is_same(2, page)));
    }

    #[test]
    fn items_stay_where_they_are_beyond_a_shelf() {
        let count = PAGE * SHELF + PAGE + 1;
        let mut pushed: Pages<u32> = Pages::default();
        (0..count).for_each(|item| pushed.push(u32::try_from(item).expect("few")));
        let mut filled: Pages<u32> = Pages::filled(count);
        for (index, item) in (0..count).zip(0..) {
            assert_eq!(*pushed.item(index), item);
            *filled.item_mut(index) = item;
        }
        assert!(filled.iter().eq(pushed.iter()));
        let before = pushed.clone();
        *pushed.item_mut(count - 1) = 7;
        assert!(Arc::ptr_eq(&before.shelves[0], &pushed.shelves[0]));
        assert_ne!(*before.item(count - 1), 7);
    }
}
