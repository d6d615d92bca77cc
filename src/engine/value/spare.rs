//! The room of maps that went, kept for those that come: a document has dozens of
//! small maps, and the next one has them again.

use std::cell::RefCell;

use super::hash_table::Slot;

/// Buckets and slots of a table; both empty.
type Room = (Vec<u32>, Vec<Slot>);

/// How many rooms a thread keeps.
const KEPT: usize = 64;

/// Slots of the largest one that is kept.
const LARGEST: usize = 64;

thread_local! {
    static ROOMS: RefCell<Vec<Room>> = const { RefCell::new(Vec::new()) };
}

/// Room for a table.
pub(super) fn take() -> Room {
    let kept = ROOMS.try_with(|rooms| rooms.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_default()
}

/// Keeps the room of a table that goes.
pub(super) fn give(mut buckets: Vec<u32>, mut slots: Vec<Slot>) {
    // What the slots hold may have tables of its own.
    slots.clear();
    buckets.clear();
    if slots.capacity() == 0 || slots.capacity() > LARGEST {
        return;
    }
    // A thread that ends keeps nothing.
    let _ = ROOMS.try_with(|rooms| {
        let mut rooms = rooms.borrow_mut();
        if rooms.len() < KEPT {
            rooms.push((buckets, slots));
        }
    });
}
