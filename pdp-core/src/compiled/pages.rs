use std::sync::Arc;

/// How many items a page holds; a power of two.
pub(super) const PAGE: usize = 1_024;

/// Items in pages that copies share: changing one item of a copy copies its page, and no other.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    pages: Arc<[Arc<[T; PAGE]>]>,
    len: usize,
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        Pages { pages: Arc::clone(&self.pages), len: self.len }
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { pages: Arc::new([]), len: 0 }
    }
}

impl<T: Clone + Default> Pages<T> {
    /// As many default items.
    pub(crate) fn filled(len: usize) -> Self {
        let pages = (0..len.div_ceil(PAGE)).map(|_| page()).collect();
        Pages { pages, len }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// # Panics
    ///
    /// Where there is no such item.
    #[inline]
    pub(crate) fn item(&self, index: usize) -> &T {
        &self.pages[index / PAGE][index % PAGE]
    }

    /// # Panics
    ///
    /// Where there is no such item.
    pub(crate) fn item_mut(&mut self, index: usize) -> &mut T {
        let page = &mut Arc::make_mut(&mut self.pages)[index / PAGE];
        &mut Arc::make_mut(page)[index % PAGE]
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(PAGE) {
            self.pages = self.pages.iter().cloned().chain([page()]).collect();
        }
        self.len += 1;
        *self.item_mut(self.len - 1) = item;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.len)
    }

    /// All items, to be changed one after the other: a page is copied, where it must be, once.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let pages = Arc::make_mut(&mut self.pages).iter_mut();
        pages.flat_map(|page| Arc::make_mut(page).iter_mut()).take(self.len)
    }

    /// The pages, to be written to without a look at each time whether copies share them; `None`
    /// where copies do.
    pub(super) fn own(&mut self) -> Option<Vec<&mut [T; PAGE]>> {
        Arc::get_mut(&mut self.pages)?.iter_mut().map(Arc::get_mut).collect()
    }
}

fn page<T: Clone + Default>() -> Arc<[T; PAGE]> {
    let items: Arc<[T]> = std::iter::repeat_n(T::default(), PAGE).collect();
    items.try_into().ok().expect("the slice has the length of a page")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let is_shared = |page: usize| Arc::ptr_eq(&first.pages[page], &second.pages[page]);
        assert_eq!([is_shared(0), is_shared(1), is_shared(2)], [false, true, false]);
        assert_eq!(second.iter().count(), 2 * PAGE + 2);
        second.iter_mut().for_each(|item| *item += 1);
        assert_eq!(
            (*second.item(0), *second.item(2 * PAGE + 1), second.len()),
            (2, 9, 2 * PAGE + 2)
        );
        assert_eq!((*first.item(0), *first.item(2 * PAGE)), (0, 7));
    }
}
