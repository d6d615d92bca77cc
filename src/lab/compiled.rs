//! What the engine made of the stored scripts, models and pipelines, kept until one
//! of them changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::inference::Model;
use crate::engine::ingest::Environment;

use super::store::{Collection, Store};

/// What a model is made of.
const OF_MODELS: [Collection; 2] = [Collection::Models, Collection::Definitions];

/// What pipelines are made of.
const OF_PIPELINES: [Collection; 4] = [
    Collection::Models,
    Collection::Definitions,
    Collection::Scripts,
    Collection::Pipelines,
];

/// Environments for different pipelines are kept up to this number.
const MOST_ENVIRONMENTS: usize = 64;

/// Compiled models by id, and environments by the pipelines that they were made for.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    models: Mutex<Kept<String, Model>>,
    environments: Mutex<Kept<Vec<String>, Environment>>,
}

impl Compiled {
    /// The compiled model, from `make` unless it is known; nothing when `make` gives
    /// nothing. The caller holds the store, so that it stays as it is meanwhile.
    pub(crate) fn model(
        &self,
        store: &Store,
        id: &str,
        make: impl FnOnce() -> Option<Model>,
    ) -> Option<Arc<Model>> {
        let mut kept = lock(&self.models);
        kept.renew(store.last_change(&OF_MODELS));
        if let Some(known) = kept.values.get(id) {
            return Some(Arc::clone(known));
        }
        let model = Arc::new(make()?);
        kept.values.insert(id.to_owned(), Arc::clone(&model));
        Some(model)
    }

    /// The environment for these pipelines, from `make` unless it is known. The
    /// caller holds the store.
    pub(crate) fn environment(
        &self,
        store: &Store,
        pipelines: &[String],
        make: impl FnOnce() -> Environment,
    ) -> Arc<Environment> {
        let generation = store.last_change(&OF_PIPELINES);
        let known = {
            let mut kept = lock(&self.environments);
            kept.renew(generation);
            kept.values.get(pipelines).cloned()
        };
        if let Some(known) = known {
            return known;
        }
        let environment = Arc::new(make());
        let mut kept = lock(&self.environments);
        if kept.values.len() >= MOST_ENVIRONMENTS {
            kept.values.clear();
        }
        kept.values
            .insert(pipelines.to_vec(), Arc::clone(&environment));
        environment
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Values that hold for one generation of the store.
#[derive(Debug)]
struct Kept<K, V> {
    generation: u64,
    values: BTreeMap<K, Arc<V>>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            generation: 0,
            values: BTreeMap::new(),
        }
    }
}

impl<K: Ord, V> Kept<K, V> {
    /// Forgets everything when the store has changed.
    fn renew(&mut self, generation: u64) {
        if self.generation != generation {
            self.generation = generation;
            self.values.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Compiled;
    use crate::engine::ingest::{Environment, Options};
    use crate::lab::store::{Collection, Store};

    #[test]
    fn environments_are_kept_until_their_parts_change() {
        let mut store = Store::in_memory();
        let compiled = Compiled::default();
        let get = |store: &Store, pipeline: &str| {
            compiled.environment(store, &[pipeline.to_owned()], || {
                Environment::new(Options::default())
            })
        };
        let first = get(&store, "a");
        assert!(Arc::ptr_eq(&first, &get(&store, "a")));
        assert!(!Arc::ptr_eq(&first, &get(&store, "b")));
        store.put(&Collection::documents("logs"), "1", json!({}));
        assert!(Arc::ptr_eq(&first, &get(&store, "a")));
        for collection in [
            Collection::Scripts,
            Collection::Pipelines,
            Collection::Models,
            Collection::Definitions,
        ] {
            let before = get(&store, "a");
            store.put(&collection, "x", json!({}));
            assert!(!Arc::ptr_eq(&before, &get(&store, "a")), "{collection:?}");
        }
        let before = get(&store, "a");
        store.remove(&Collection::Scripts, "x");
        assert!(!Arc::ptr_eq(&before, &get(&store, "a")));
    }
}
