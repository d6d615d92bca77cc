//! A bound on going through containers. A list may hold another one many times
//! over, so that few objects make a tree without end; and an object may show a
//! container that holds that object.

use std::cell::Cell;

/// Elements that one comparison, hash code, copy or text may visit.
const MOST: u64 = 20_000_000;

/// How often an object may be met within an object.
const OBJECTS: u32 = 4;

thread_local! {
    static NESTED: Cell<u32> = const { Cell::new(0) };
    static START: Cell<u64> = const { Cell::new(0) };
    static VISITS: Cell<u64> = const { Cell::new(0) };
}

/// How many elements were visited on this thread so far. Who counts the work of
/// a script takes the difference.
#[must_use]
#[inline]
pub fn visits() -> u64 {
    VISITS.get()
}

/// Going through one value and all that it holds.
pub(super) struct Walk(());

impl Walk {
    /// Begins; `None` when objects nest too deeply.
    pub(super) fn begin() -> Option<Self> {
        let nested = NESTED.get();
        if nested > OBJECTS {
            return None;
        }
        if nested == 0 {
            START.set(VISITS.get());
        }
        NESTED.set(nested + 1);
        Some(Self(()))
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        NESTED.set(NESTED.get().saturating_sub(1));
    }
}

/// Counts an element; whether the bound is kept.
#[inline]
pub(super) fn visit() -> bool {
    let count = VISITS.get() + 1;
    VISITS.set(count);
    count - START.get() <= MOST
}
