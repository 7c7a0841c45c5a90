//! An allocator that counts.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, with counters for each thread: counting must not make threads wait for
/// one another.
///
/// A benchmark puts it in place with `#[global_allocator]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountingAllocator;

/// What the current thread has allocated since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allocations {
    /// Calls that gave memory or made it larger.
    pub calls: u64,
    /// Bytes allocated less bytes freed; below 0 where memory of other threads was freed.
    pub live_bytes: i64,
    /// The most that [`Allocations::live_bytes`] was since [`Allocations::forget_peak`].
    pub peak_bytes: i64,
}

impl Allocations {
    /// The counters of the current thread; 0 where [`CountingAllocator`] is not in place.
    pub fn now() -> Self {
        Self { calls: CALLS.get(), live_bytes: LIVE_BYTES.get(), peak_bytes: PEAK_BYTES.get() }
    }

    /// What was added since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            calls: self.calls - earlier.calls,
            live_bytes: self.live_bytes - earlier.live_bytes,
            peak_bytes: self.peak_bytes,
        }
    }

    /// Begins to look for a peak.
    pub fn forget_peak() {
        PEAK_BYTES.set(LIVE_BYTES.get());
    }

    /// How many bytes more than `earlier` were allocated at the peak.
    pub fn peak_since(self, earlier: Self) -> i64 {
        self.peak_bytes - earlier.live_bytes
    }
}

// Constant and without a destructor, these need no memory of their own, which an allocator could
// not ask for.
thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<i64> = const { Cell::new(0) };
    static PEAK_BYTES: Cell<i64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator with the same arguments; counting touches only
// the counters.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller keeps the contract of this function, which is that of the one called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(1, new_size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

fn count(calls: u64, allocated_bytes: usize, freed_bytes: usize) {
    CALLS.set(CALLS.get() + calls);
    let live_bytes = LIVE_BYTES.get() + signed(allocated_bytes) - signed(freed_bytes);
    LIVE_BYTES.set(live_bytes);
    PEAK_BYTES.set(PEAK_BYTES.get().max(live_bytes));
}

/// No block is larger than `isize::MAX`; an allocator must not panic, so this wraps where it cannot
/// happen.
fn signed(bytes: usize) -> i64 {
    bytes.cast_signed() as i64
}
