//! The shared handle to a map.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{JavaMap, Order, Value};

/// A shared handle to a map; a clone refers to the same map.
#[derive(Clone)]
pub struct Map(Rc<RefCell<JavaMap>>);

impl Map {
    /// A handle to a new map.
    #[must_use]
    pub fn new(map: JavaMap) -> Self {
        Self(Rc::new(RefCell::new(map)))
    }

    /// Looks at the map. Not while it is borrowed to be changed.
    #[must_use]
    #[inline]
    pub fn borrow(&self) -> Ref<'_, JavaMap> {
        self.0.borrow()
    }

    /// Changes the map. Not while it is looked at.
    #[must_use]
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, JavaMap> {
        self.0.borrow_mut()
    }

    /// A clone of the value under a string key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value> {
        self.borrow().get_str(key).cloned()
    }

    /// Puts a value under any key, be it the map itself; gives the one that was
    /// there.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn insert(&self, key: Value, value: Value) -> Option<Value> {
        // Hash codes and comparisons look at maps: it is not to be changed meanwhile.
        let spot = self.borrow().seek(&key);
        self.borrow_mut().put_at(spot, key, value)
    }

    /// Takes any key out, be it the map itself.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn take(&self, key: &Value) -> Option<Value> {
        let spot = self.borrow().seek(key);
        self.borrow_mut().remove_at(spot, key)
    }

    /// Puts a value under a string key; gives the one that was there.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn put(&self, key: &str, value: Value) -> Option<Value> {
        self.borrow_mut().put_str(key, value)
    }

    /// Takes a string key out.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn remove(&self, key: &str) -> Option<Value> {
        self.borrow_mut().remove_str(key)
    }

    /// The keys, in order, as a list of clones.
    #[must_use]
    pub fn keys(&self) -> Vec<Value> {
        self.borrow().iter().map(|(key, _)| key.clone()).collect()
    }

    /// The entries, in order, as a list of clones.
    #[must_use]
    pub fn entries(&self) -> Vec<(Value, Value)> {
        self.borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Whether both are the same map.
    #[must_use]
    #[inline]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether this is the last handle to the map.
    pub(super) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    pub(super) fn class_name(&self) -> &'static str {
        let map = self.borrow();
        if map.is_fixed() {
            return "java.util.Collections$UnmodifiableMap";
        }
        match map.order() {
            Order::Hash => "java.util.HashMap",
            Order::Linked => "java.util.LinkedHashMap",
            Order::Sorted => "java.util.TreeMap",
        }
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Value::Map(self.clone()).to_java_string())
    }
}
