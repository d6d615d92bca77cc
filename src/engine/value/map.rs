//! A Java map in one of its three orders.

use std::cmp::Ordering;

use super::copy::{self, Drops};
use super::hash::{hash_code, spread};
use super::hash_table::{HashTable, Spot, capacity_for};
use super::text::hash_code_of_str;
use super::tree::Tree;
use super::{JavaString, Value, equals, kept};

/// In which order a map or set gives its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `HashMap`: by bucket.
    Hash,
    /// `LinkedHashMap`: by insertion.
    Linked,
    /// `TreeMap`: sorted.
    Sorted,
}

/// A Java map. It is also what a [`Set`](super::Set) is made of.
#[derive(Clone, Debug)]
pub struct JavaMap {
    pub(super) store: Store,
    changes: u32,
    fixed: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Store {
    Hash(HashTable),
    Linked(HashTable),
    Tree(Tree),
}

impl Default for JavaMap {
    fn default() -> Self {
        Self::new()
    }
}

impl JavaMap {
    const fn of(store: Store) -> Self {
        Self {
            store,
            changes: 0,
            fixed: false,
        }
    }

    /// As `new HashMap()`.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Store::Hash(HashTable::default()))
    }

    /// As `new HashMap(capacity)`.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::of(Store::Hash(HashTable::with_capacity(capacity)))
    }

    /// A `HashMap` for `entries` entries, sized as `new HashMap(otherMap)` does.
    #[must_use]
    pub fn for_entries(entries: usize) -> Self {
        match entries {
            0 => Self::new(),
            _ => Self::with_capacity(capacity_for(entries)),
        }
    }

    /// As `new LinkedHashMap()`.
    #[must_use]
    pub fn linked() -> Self {
        Self::of(Store::Linked(HashTable::default()))
    }

    /// As `new TreeMap()`; sorted by [`natural_order`](super::natural_order), or
    /// by `comparator`, a function object that the caller knows how to call (see
    /// [`JavaMap::put_sorted`]).
    #[must_use]
    pub fn sorted(comparator: Option<Value>) -> Self {
        Self::of(Store::Tree(Tree::new(comparator)))
    }

    /// An empty map of this order.
    #[must_use]
    pub fn with_order(order: Order) -> Self {
        match order {
            Order::Hash => Self::new(),
            Order::Linked => Self::linked(),
            Order::Sorted => Self::sorted(None),
        }
    }

    /// Its order.
    #[must_use]
    #[inline]
    pub const fn order(&self) -> Order {
        match self.store {
            Store::Hash(_) => Order::Hash,
            Store::Linked(_) => Order::Linked,
            Store::Tree(_) => Order::Sorted,
        }
    }

    /// The comparator of a sorted map that has one.
    #[must_use]
    pub fn comparator(&self) -> Option<&Value> {
        match &self.store {
            Store::Tree(tree) => tree.comparator(),
            _ => None,
        }
    }

    /// Whether scripts may not change it (`Collections.unmodifiableMap`). Only a
    /// mark: those who run scripts ask for it.
    #[must_use]
    #[inline]
    pub const fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Sets the mark of [`JavaMap::is_fixed`].
    pub const fn fix(&mut self) {
        self.fixed = true;
    }

    /// How many entries it has.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        match &self.store {
            Store::Hash(table) | Store::Linked(table) => table.len(),
            Store::Tree(tree) => tree.len(),
        }
    }

    /// Whether it has no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often keys came or went (`modCount`): an iterator that sees it change
    /// has to fail.
    #[must_use]
    pub const fn changes(&self) -> u32 {
        self.changes
    }

    /// The value of a key.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        match &self.store {
            Store::Hash(table) | Store::Linked(table) => {
                table.get(spread(hash_code(key)), |known| equals(known, key))
            }
            Store::Tree(tree) => tree.get(key),
        }
    }

    /// The value of a string key.
    #[must_use]
    #[inline]
    pub fn get_string(&self, key: &JavaString) -> Option<&Value> {
        match &self.store {
            Store::Hash(table) | Store::Linked(table) => {
                table.get(spread(key.hash_code()), |known| is_string(known, key))
            }
            Store::Tree(tree) => tree.get(&Value::Str(key.clone())),
        }
    }

    /// The value of a string key.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.get_hashed(key, hash_code_of_str(key))
    }

    /// The value of a string key whose `hashCode()` is known: for keys that are
    /// looked up again and again.
    #[must_use]
    #[inline]
    pub fn get_hashed(&self, key: &str, hash: i32) -> Option<&Value> {
        match &self.store {
            Store::Hash(table) | Store::Linked(table) => table.get(
                spread(hash),
                |known| matches!(known, Value::Str(text) if text.eq_str(key)),
            ),
            Store::Tree(tree) => tree.get(&Value::str(key)),
        }
    }

    /// The place of the value of a key, to change it.
    pub fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        match &mut self.store {
            Store::Hash(table) | Store::Linked(table) => {
                table.get_mut(spread(hash_code(key)), |known| equals(known, key))
            }
            Store::Tree(tree) => tree.get_mut(key),
        }
    }

    /// Whether the key is there (its value may be null).
    #[must_use]
    pub fn contains_key(&self, key: &Value) -> bool {
        self.get(key).is_some()
    }

    /// Puts a value; gives the one that was there before (`None`: a new key).
    /// In a sorted map by natural order.
    pub fn put(&mut self, key: Value, value: Value) -> Option<Value> {
        let old = match &mut self.store {
            Store::Hash(table) | Store::Linked(table) => {
                table.put(spread(hash_code(&key)), key, value)
            }
            Store::Tree(tree) => tree.put(key, value),
        };
        if old.is_none() {
            self.changes = self.changes.wrapping_add(1);
        }
        old
    }

    /// A `HashMap` made for as many entries, with the same keys and what `change`
    /// makes of their values.
    pub(super) fn copied<E>(
        &self,
        mut change: impl FnMut(&Value) -> Result<Value, E>,
    ) -> Result<Self, E> {
        let mut copy = HashTable::with_capacity(self.len());
        for (key, value) in self {
            let hash = spread(hash_code(key));
            let value = change(value)?;
            match self.store {
                // A comparator may take equal keys for different ones.
                Store::Tree(_) => drop(copy.put(hash, key.clone(), value)),
                Store::Hash(_) | Store::Linked(_) => copy.append(hash, key.clone(), value),
            }
        }
        Ok(Self::of(Store::Hash(copy)))
    }

    /// Where a key is, or would be put; nothing in a sorted map.
    pub(super) fn seek(&self, key: &Value) -> Option<Spot> {
        match &self.store {
            Store::Hash(table) | Store::Linked(table) => {
                Some(table.seek(spread(hash_code(key)), |known| equals(known, key)))
            }
            Store::Tree(_) => None,
        }
    }

    /// As [`put`](Self::put) where [`seek`](Self::seek) found the spot of the key.
    pub(super) fn put_at(&mut self, spot: Option<Spot>, key: Value, value: Value) -> Option<Value> {
        let old = match (&mut self.store, spot) {
            (Store::Hash(table) | Store::Linked(table), Some(spot)) => {
                table.put_at(spot, key, value)
            }
            (Store::Tree(tree), _) => tree.put(key, value),
            (Store::Hash(_) | Store::Linked(_), None) => None,
        };
        if old.is_none() {
            self.changes = self.changes.wrapping_add(1);
        }
        old
    }

    /// Puts a value under a string key.
    pub fn put_str(&mut self, key: &str, value: Value) -> Option<Value> {
        self.put(Value::Str(kept(key)), value)
    }

    /// Puts into a sorted map by a comparison that may fail, such as a function
    /// of a script.
    ///
    /// # Errors
    /// What `compare` gives.
    pub fn put_sorted<E>(
        &mut self,
        key: Value,
        value: Value,
        compare: &mut dyn FnMut(&Value, &Value) -> Result<Ordering, E>,
    ) -> Result<Option<Value>, E> {
        let Store::Tree(tree) = &mut self.store else {
            return Ok(self.put(key, value));
        };
        let old = tree.put_by(key, value, compare)?;
        if old.is_none() {
            self.changes = self.changes.wrapping_add(1);
        }
        Ok(old)
    }

    /// Takes a key out; gives its value.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let spot = self.seek(key);
        self.remove_at(spot, key)
    }

    /// As [`remove`](Self::remove) where [`seek`](Self::seek) found the spot.
    pub(super) fn remove_at(&mut self, spot: Option<Spot>, key: &Value) -> Option<Value> {
        let taken = match (&mut self.store, spot) {
            (Store::Hash(table) | Store::Linked(table), Some(spot)) => table.remove_at(spot),
            (Store::Tree(tree), _) => tree.remove(key),
            (Store::Hash(_) | Store::Linked(_), None) => None,
        };
        taken.map(|(_, value)| {
            self.changes = self.changes.wrapping_add(1);
            value
        })
    }

    /// Takes a string key out; gives its value.
    pub fn remove_str(&mut self, key: &str) -> Option<Value> {
        self.remove(&Value::Str(kept(key)))
    }

    /// Takes all entries out; as in Java the capacity stays.
    pub fn clear(&mut self) {
        self.changes = self.changes.wrapping_add(1);
        match &mut self.store {
            Store::Hash(table) | Store::Linked(table) => table.clear(),
            Store::Tree(tree) => tree.clear(),
        }
    }

    /// Makes room for that many entries to come, as `putAll` does.
    pub fn reserve(&mut self, more: usize) {
        if let (Store::Hash(table) | Store::Linked(table), 1..) = (&mut self.store, more) {
            table.reserve(more);
        }
    }

    /// Takes the lists, maps and sets out to a pile, for a drop without recursion.
    pub(super) fn give_containers(&mut self, pile: &mut Vec<Value>) {
        match &mut self.store {
            Store::Hash(table) | Store::Linked(table) => table.give_containers(pile),
            Store::Tree(tree) => tree.give_containers(pile),
        }
    }
}

fn is_string(known: &Value, key: &JavaString) -> bool {
    matches!(known, Value::Str(text) if text == key)
}

impl Drop for JavaMap {
    fn drop(&mut self) {
        if self.is_empty() {
            return;
        }
        if let Some(_drops) = Drops::begin() {
            self.store = Store::Linked(HashTable::default());
            return;
        }
        let mut pile = Vec::new();
        self.give_containers(&mut pile);
        copy::drop_flat(pile);
    }
}
