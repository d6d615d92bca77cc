//! Going through the entries of a map.

use super::hash_table::{ByBucket, ByInsertion};
use super::map::Store;
use super::{JavaMap, Value};

/// Iterates over the entries of a map.
#[derive(Debug)]
pub struct Entries<'a>(Inside<'a>);

#[derive(Debug)]
enum Inside<'a> {
    ByBucket(ByBucket<'a>),
    ByInsertion(ByInsertion<'a>),
    Sorted(std::slice::Iter<'a, (Value, Value)>),
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inside::ByBucket(entries) => entries.next(),
            Inside::ByInsertion(entries) => entries.next(),
            Inside::Sorted(entries) => entries.next().map(|(key, value)| (key, value)),
        }
    }
}

impl JavaMap {
    /// The entries in the order of the map.
    #[must_use]
    #[inline]
    pub fn iter(&self) -> Entries<'_> {
        Entries(match &self.store {
            Store::Hash(table) => Inside::ByBucket(table.by_bucket()),
            Store::Linked(table) => Inside::ByInsertion(table.by_insertion()),
            Store::Tree(tree) => Inside::Sorted(tree.iter()),
        })
    }

    /// The first entry, or the last one.
    #[must_use]
    pub fn end(&self, last: bool) -> Option<(&Value, &Value)> {
        match (&self.store, last) {
            (Store::Tree(tree), true) => tree.iter().next_back().map(|(key, value)| (key, value)),
            (_, true) => self.iter().last(),
            (_, false) => self.iter().next(),
        }
    }

    /// The values, in no particular order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let entries = match &self.store {
            Store::Hash(table) | Store::Linked(table) => Inside::ByInsertion(table.by_insertion()),
            Store::Tree(tree) => Inside::Sorted(tree.iter()),
        };
        Entries(entries).map(|(_, value)| value)
    }
}

impl<'a> IntoIterator for &'a JavaMap {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}
