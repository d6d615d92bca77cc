//! What the practice cluster holds: collections of JSON documents by id, in
//! memory, and on disk as well when asked.

mod collection;
mod journal;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::Result;

pub use collection::Collection;
use journal::{Change, Journal};

/// All documents of a practice cluster.
///
/// Documents of a collection keep the order in which they came.
#[derive(Debug, Default)]
pub struct Store {
    collections: BTreeMap<String, Map<String, Value>>,
    journal: Option<Journal>,
    generation: u64,
    /// The generation in which each collection changed last.
    changed: BTreeMap<String, u64>,
}

impl Store {
    /// An empty store without a disk.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The store that `folder` holds; empty when it holds none.
    ///
    /// # Errors
    /// Kind `Io` when the folder cannot be used, `Malformed` when its journal is
    /// damaged elsewhere than in an unfinished last record, which is dropped.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut store = Self::default();
        let (mut journal, changes) = Journal::open(folder)?;
        for change in changes {
            store.apply(change);
        }
        journal.compact(&store.collections)?;
        store.journal = Some(journal);
        Ok(store)
    }

    /// The document of this id.
    #[must_use]
    pub fn get(&self, collection: &Collection, id: &str) -> Option<&Value> {
        self.collections.get(&*collection.name())?.get(id)
    }

    /// Whether there is a document of this id.
    #[must_use]
    pub fn has(&self, collection: &Collection, id: &str) -> bool {
        self.get(collection, id).is_some()
    }

    /// All documents of a collection in the order in which they came.
    pub fn all(&self, collection: &Collection) -> impl Iterator<Item = (&str, &Value)> {
        self.collections
            .get(&*collection.name())
            .into_iter()
            .flatten()
            .map(|(id, value)| (id.as_str(), value))
    }

    /// All documents of a collection, sorted by id.
    #[must_use]
    pub fn sorted(&self, collection: &Collection) -> Vec<(&str, &Value)> {
        let mut all: Vec<_> = self.all(collection).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all
    }

    /// How many documents a collection holds.
    #[must_use]
    pub fn count(&self, collection: &Collection) -> usize {
        self.collections
            .get(&*collection.name())
            .map_or(0, Map::len)
    }

    /// Puts a document, new or instead of the one of this id.
    pub fn put(&mut self, collection: &Collection, id: &str, value: Value) {
        self.change(Change::put(&collection.name(), id, value));
    }

    /// Takes a document out; says whether it was there.
    pub fn remove(&mut self, collection: &Collection, id: &str) -> bool {
        let present = self.has(collection, id);
        if present {
            self.change(Change::remove(&collection.name(), id));
        }
        present
    }

    /// Takes a whole collection out.
    pub fn clear(&mut self, collection: &Collection) {
        if self.collections.contains_key(&*collection.name()) {
            self.change(Change::clear(&collection.name()));
        }
    }

    /// A number that grows with every change.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The generation in which one of these collections changed last; as long as it
    /// stays, they hold the same documents.
    #[must_use]
    pub fn last_change(&self, collections: &[Collection]) -> u64 {
        let changed = |collection: &Collection| self.changed.get(&*collection.name());
        collections
            .iter()
            .filter_map(changed)
            .max()
            .copied()
            .unwrap_or_default()
    }

    /// Makes what was changed since the last call last.
    ///
    /// # Errors
    /// Kind `Io` when it cannot be written.
    pub fn commit(&mut self) -> Result<()> {
        match &mut self.journal {
            Some(journal) => journal.commit(&self.collections),
            None => Ok(()),
        }
    }

    /// Everything: collection, id, document.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        self.collections
            .iter()
            .filter(|(_, documents)| !documents.is_empty())
            .map(|(name, documents)| (name.clone(), Value::Object(documents.clone())))
            .collect::<Map<_, _>>()
            .into()
    }

    fn change(&mut self, change: Change) {
        if let Some(journal) = &mut self.journal {
            journal.note(&change);
        }
        self.apply(change);
    }

    fn apply(&mut self, change: Change) {
        self.generation += 1;
        let Change {
            collection,
            id,
            value,
        } = change;
        self.changed.insert(collection.clone(), self.generation);
        match (id, value) {
            (Some(id), Some(value)) => {
                self.collections
                    .entry(collection)
                    .or_default()
                    .insert(id, value);
            }
            (Some(id), None) => {
                if let Some(documents) = self.collections.get_mut(&collection) {
                    documents.shift_remove(&id);
                }
            }
            (None, _) => {
                self.collections.remove(&collection);
            }
        }
    }
}
