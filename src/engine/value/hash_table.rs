//! The table of `java.util.HashMap`: buckets of chained entries whose sizes
//! grow as Java's do, so that iteration gives Java's order. Chains are not
//! turned into trees; that changes no order until keys collide wholesale.

use std::mem::take;

use super::{Value, copy, equals, spare};

/// Marks the end of a chain.
const END: u32 = u32::MAX;
const DEFAULT_CAPACITY: usize = 16;
/// A chain of this length makes a small table grow early.
const LONG_CHAIN: usize = 8;
const MIN_TREE_CAPACITY: usize = 64;
const MAX_CAPACITY: usize = 1 << 30;
/// Slots that the first entry makes room for: most maps of documents are small.
const FIRST_SLOTS: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Slot {
    hash: u32,
    next: u32,
    entry: Option<(Value, Value)>,
}

/// A chained hash table that also remembers the order of insertion.
#[derive(Clone, Debug, Default)]
pub(super) struct HashTable {
    /// First slot of each bucket; empty until the first entry comes.
    buckets: Vec<u32>,
    slots: Vec<Slot>,
    live: usize,
    /// The capacity to start with; 0 for Java's default.
    initial: usize,
}

/// Where a key is, or would be put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    hash: u32,
    /// Its slot, or [`END`].
    slot: u32,
    /// The slot before it in the chain, or the last one.
    before: u32,
    /// How many slots stand before it in the chain.
    depth: usize,
}

/// The smallest power of two that is at least `capacity`.
fn table_size(capacity: usize) -> usize {
    capacity.clamp(1, MAX_CAPACITY).next_power_of_two()
}

impl HashTable {
    /// As `new HashMap(capacity)`.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let mut table = Self::default();
        table.initial = table_size(capacity);
        table
    }

    pub(super) const fn len(&self) -> usize {
        self.live
    }

    fn bucket(&self, hash: u32) -> usize {
        hash as usize & self.buckets.len().wrapping_sub(1)
    }

    /// Looks for the key of this hash that `matches`.
    #[inline]
    pub(super) fn seek(&self, hash: u32, matches: impl Fn(&Value) -> bool) -> Spot {
        let (mut before, mut depth) = (END, 0);
        let head = self.buckets.get(self.bucket(hash));
        let mut at = head.copied().unwrap_or(END);
        while let Some(slot) = self.slots.get(at as usize) {
            if slot.hash == hash
                && let Some((key, _)) = &slot.entry
                && matches(key)
            {
                break;
            }
            before = at;
            depth += 1;
            at = slot.next;
        }
        Spot {
            hash,
            slot: at,
            before,
            depth,
        }
    }

    #[inline]
    pub(super) fn get(&self, hash: u32, matches: impl Fn(&Value) -> bool) -> Option<&Value> {
        let found = self.seek(hash, matches);
        let slot = self.slots.get(found.slot as usize)?;
        slot.entry.as_ref().map(|(_, value)| value)
    }

    pub(super) fn get_mut(
        &mut self,
        hash: u32,
        matches: impl Fn(&Value) -> bool,
    ) -> Option<&mut Value> {
        let found = self.seek(hash, matches);
        let slot = self.slots.get_mut(found.slot as usize)?;
        slot.entry.as_mut().map(|(_, value)| value)
    }

    /// Puts an entry; gives the value that was there. `None` means a new key.
    pub(super) fn put(&mut self, hash: u32, key: Value, value: Value) -> Option<Value> {
        let spot = self.seek(hash, |known| equals(known, &key));
        self.put_at(spot, key, value)
    }

    /// Puts an entry whose key is not there yet.
    pub(super) fn append(&mut self, hash: u32, key: Value, value: Value) {
        let spot = self.seek(hash, |_| false);
        self.put_at(spot, key, value);
    }

    /// Puts an entry at the spot of its key; gives the value that was there. `None`
    /// means a new key.
    #[inline]
    pub(super) fn put_at(&mut self, spot: Spot, key: Value, value: Value) -> Option<Value> {
        if let Some(slot) = self.slots.get_mut(spot.slot as usize) {
            let (_, place) = slot.entry.as_mut()?;
            return Some(std::mem::replace(place, value));
        }
        if self.buckets.is_empty() {
            self.start();
        }
        let index = u32::try_from(self.slots.len()).unwrap_or(END);
        self.link(spot, index);
        self.slots.push(Slot {
            hash: spot.hash,
            next: END,
            entry: Some((key, value)),
        });
        self.live += 1;
        if spot.depth >= LONG_CHAIN && self.buckets.len() < MIN_TREE_CAPACITY {
            self.rebuild(self.buckets.len() * 2);
        }
        if self.live > self.buckets.len() / 4 * 3 + self.buckets.len() % 4 * 3 / 4 {
            self.rebuild((self.buckets.len() * 2).min(MAX_CAPACITY));
        }
        None
    }

    /// Takes the entry at a spot out, if there is one.
    pub(super) fn remove_at(&mut self, found: Spot) -> Option<(Value, Value)> {
        let slot = self.slots.get_mut(found.slot as usize)?;
        let taken = slot.entry.take();
        let next = slot.next;
        self.link(found, next);
        self.live -= 1;
        if self.slots.len() > 32 && self.slots.len() / 4 > self.live {
            self.rebuild(self.buckets.len());
        }
        taken
    }

    /// Lets the chain go on at `next` after what stands before the spot.
    #[inline]
    fn link(&mut self, spot: Spot, next: u32) {
        if let Some(before) = self.slots.get_mut(spot.before as usize) {
            before.next = next;
            return;
        }
        let bucket = self.bucket(spot.hash);
        if let Some(head) = self.buckets.get_mut(bucket) {
            *head = next;
        }
    }

    /// Makes the buckets, before the first entry comes.
    fn start(&mut self) {
        let (capacity, slots) = match self.initial {
            0 => (DEFAULT_CAPACITY, FIRST_SLOTS),
            initial => (initial, initial.min(MIN_TREE_CAPACITY)),
        };
        (self.buckets, self.slots) = spare::take();
        self.buckets.resize(capacity, END);
        self.slots.reserve(slots);
    }

    /// Makes room before `more` entries are put, as `HashMap.putAll` does.
    pub(super) fn reserve(&mut self, more: usize) {
        if self.buckets.is_empty() {
            let wanted = table_size(capacity_for(more));
            self.initial = wanted.max(self.initial);
        } else {
            while more > self.buckets.len() * 3 / 4 && self.buckets.len() < MAX_CAPACITY {
                self.rebuild(self.buckets.len() * 2);
            }
        }
    }

    /// Spreads the chains over `capacity` buckets, each in its former order,
    /// and drops the slots of removed entries.
    fn rebuild(&mut self, capacity: usize) {
        if self.live < self.slots.len() {
            self.drop_empty_slots();
        }
        let before = std::mem::replace(&mut self.buckets, vec![END; capacity]);
        let mut tails = vec![END; capacity];
        for head in before {
            let mut at = head;
            while let Some(slot) = self.slots.get_mut(at as usize) {
                let bucket = slot.hash as usize & (capacity - 1);
                let next = std::mem::replace(&mut slot.next, END);
                let tail = std::mem::replace(&mut tails[bucket], at);
                match self.slots.get_mut(tail as usize) {
                    Some(before) => before.next = at,
                    None => self.buckets[bucket] = at,
                }
                at = next;
            }
        }
    }

    /// Moves the entries together, so that no slot of a removed one is left.
    fn drop_empty_slots(&mut self) {
        let mut kept = 0_u32;
        let places: Vec<u32> = self
            .slots
            .iter()
            .map(|slot| {
                let place = kept;
                kept += u32::from(slot.entry.is_some());
                place
            })
            .collect();
        let moved = |at: u32| places.get(at as usize).copied().unwrap_or(END);
        self.slots.retain(|slot| slot.entry.is_some());
        for slot in &mut self.slots {
            slot.next = moved(slot.next);
        }
        for head in &mut self.buckets {
            *head = moved(*head);
        }
    }

    /// Takes all entries out; the capacity stays.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.live = 0;
        self.buckets.fill(END);
    }

    /// Takes the lists, maps and sets out to a pile; null stands in their place.
    pub(super) fn give_containers(&mut self, pile: &mut Vec<Value>) {
        for (key, value) in self.slots.iter_mut().filter_map(|slot| slot.entry.as_mut()) {
            copy::give(key, pile);
            copy::give(value, pile);
        }
    }

    /// Entries by bucket: the order of `HashMap`.
    pub(super) fn by_bucket(&self) -> ByBucket<'_> {
        ByBucket {
            heads: self.buckets.iter(),
            slots: &self.slots,
            at: END,
        }
    }

    /// Entries by insertion: the order of `LinkedHashMap`.
    pub(super) fn by_insertion(&self) -> ByInsertion<'_> {
        ByInsertion(self.slots.iter())
    }
}

impl Drop for HashTable {
    fn drop(&mut self) {
        let (buckets, slots) = (take(&mut self.buckets), take(&mut self.slots));
        spare::give(buckets, slots);
    }
}

fn entry_of(slot: &Slot) -> Option<(&Value, &Value)> {
    slot.entry.as_ref().map(|(key, value)| (key, value))
}

/// Goes through the chains of all buckets.
#[derive(Debug)]
pub(super) struct ByBucket<'a> {
    heads: std::slice::Iter<'a, u32>,
    slots: &'a [Slot],
    at: u32,
}

impl<'a> Iterator for ByBucket<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(slot) = self.slots.get(self.at as usize) {
                self.at = slot.next;
                return entry_of(slot);
            }
            self.at = *self.heads.next()?;
        }
    }
}

/// Goes through the entries as they came.
#[derive(Debug)]
pub(super) struct ByInsertion<'a>(std::slice::Iter<'a, Slot>);

impl<'a> Iterator for ByInsertion<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(entry_of)
    }
}

/// The capacity `HashMap` asks for to hold `entries` without growing: their
/// number by the load factor, plus one.
pub(super) const fn capacity_for(entries: usize) -> usize {
    entries.saturating_mul(4) / 3 + 1
}
