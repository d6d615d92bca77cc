//! The table of `java.util.HashMap`: buckets of chained entries whose sizes
//! grow as Java's do, so that iteration gives Java's order. Chains are not
//! turned into trees; that changes no order until keys collide wholesale.

use super::{Value, copy, equals};

/// Marks the end of a chain.
const END: u32 = u32::MAX;
const DEFAULT_CAPACITY: usize = 16;
/// A chain of this length makes a small table grow early.
const LONG_CHAIN: usize = 8;
const MIN_TREE_CAPACITY: usize = 64;
const MAX_CAPACITY: usize = 1 << 30;

#[derive(Clone, Debug)]
struct Slot {
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

/// The smallest power of two that is at least `capacity`.
fn table_size(capacity: usize) -> usize {
    capacity.clamp(1, MAX_CAPACITY).next_power_of_two()
}

impl HashTable {
    /// As `new HashMap(capacity)`.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            initial: table_size(capacity),
            ..Self::default()
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.live
    }

    fn bucket(&self, hash: u32) -> usize {
        hash as usize & self.buckets.len().wrapping_sub(1)
    }

    fn find(&self, hash: u32, matches: impl Fn(&Value) -> bool) -> Option<usize> {
        let mut at = *self.buckets.get(self.bucket(hash))?;
        while let Some(slot) = self.slots.get(at as usize) {
            if slot.hash == hash
                && let Some((key, _)) = &slot.entry
                && matches(key)
            {
                return Some(at as usize);
            }
            at = slot.next;
        }
        None
    }

    pub(super) fn get(&self, hash: u32, matches: impl Fn(&Value) -> bool) -> Option<&Value> {
        let at = self.find(hash, matches)?;
        self.slots.get(at)?.entry.as_ref().map(|(_, value)| value)
    }

    pub(super) fn get_mut(
        &mut self,
        hash: u32,
        matches: impl Fn(&Value) -> bool,
    ) -> Option<&mut Value> {
        let at = self.find(hash, matches)?;
        self.slots
            .get_mut(at)?
            .entry
            .as_mut()
            .map(|(_, value)| value)
    }

    /// Puts an entry; gives the value that was there. `None` means a new key.
    pub(super) fn put(&mut self, hash: u32, key: Value, value: Value) -> Option<Value> {
        if let Some(place) = self.get_mut(hash, |known| equals(known, &key)) {
            return Some(std::mem::replace(place, value));
        }
        self.append(hash, key, value);
        None
    }

    fn append(&mut self, hash: u32, key: Value, value: Value) {
        if self.buckets.is_empty() {
            let capacity = if self.initial == 0 {
                DEFAULT_CAPACITY
            } else {
                self.initial
            };
            self.buckets = vec![END; capacity];
        }
        let index = u32::try_from(self.slots.len()).unwrap_or(END);
        let bucket = self.bucket(hash);
        let mut length = 0;
        let mut last = END;
        let mut at = self.buckets.get(bucket).copied().unwrap_or(END);
        while let Some(slot) = self.slots.get(at as usize) {
            length += 1;
            last = at;
            at = slot.next;
        }
        if let Some(slot) = self.slots.get_mut(last as usize) {
            slot.next = index;
        } else if let Some(head) = self.buckets.get_mut(bucket) {
            *head = index;
        }
        self.slots.push(Slot {
            hash,
            next: END,
            entry: Some((key, value)),
        });
        self.live += 1;
        if length >= LONG_CHAIN && self.buckets.len() < MIN_TREE_CAPACITY {
            self.rebuild(self.buckets.len() * 2);
        }
        if self.live > self.buckets.len() / 4 * 3 + self.buckets.len() % 4 * 3 / 4 {
            self.rebuild((self.buckets.len() * 2).min(MAX_CAPACITY));
        }
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
        let order = self.bucket_order();
        let mut position = vec![END; self.slots.len()];
        let mut kept = 0_u32;
        for (slot, place) in self.slots.iter().zip(&mut position) {
            if slot.entry.is_some() {
                *place = kept;
                kept += 1;
            }
        }
        self.slots.retain(|slot| slot.entry.is_some());
        self.buckets = vec![END; capacity];
        let mut tails = vec![END; capacity];
        for old in order {
            let Some(&index) = position.get(old as usize) else {
                continue;
            };
            let Some(slot) = self.slots.get_mut(index as usize) else {
                continue;
            };
            slot.next = END;
            let bucket = slot.hash as usize & (capacity - 1);
            let tail = std::mem::replace(&mut tails[bucket], index);
            match self.slots.get_mut(tail as usize) {
                Some(before) => before.next = index,
                None => self.buckets[bucket] = index,
            }
        }
    }

    /// Takes an entry out.
    pub(super) fn remove(
        &mut self,
        hash: u32,
        matches: impl Fn(&Value) -> bool,
    ) -> Option<(Value, Value)> {
        let index = u32::try_from(self.find(hash, matches)?).ok()?;
        let next = self.slots.get(index as usize)?.next;
        let bucket = self.bucket(hash);
        let head = self.buckets.get_mut(bucket)?;
        if *head == index {
            *head = next;
        } else {
            let mut at = *head;
            while let Some(slot) = self.slots.get_mut(at as usize) {
                if slot.next == index {
                    slot.next = next;
                    break;
                }
                at = slot.next;
            }
        }
        let taken = self.slots.get_mut(index as usize)?.entry.take();
        self.live -= 1;
        if self.slots.len() > 32 && self.slots.len() / 4 > self.live {
            self.rebuild(self.buckets.len());
        }
        taken
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

    fn bucket_order(&self) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.live);
        for &head in &self.buckets {
            let mut at = head;
            while let Some(slot) = self.slots.get(at as usize) {
                order.push(at);
                at = slot.next;
            }
        }
        order
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
