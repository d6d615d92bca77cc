//! Sets: maps without values, as in Java.

use std::cell::{Ref, RefMut};
use std::fmt;

use super::{JavaMap, Map, Order, Value};

/// A shared handle to a set: a [`Map`] whose values are all null.
#[derive(Clone)]
pub struct Set(Map);

impl Set {
    /// A handle to a new set with the keys of `map`.
    #[must_use]
    pub fn new(map: JavaMap) -> Self {
        Self(Map::new(map))
    }

    /// The map whose keys are the elements.
    #[must_use]
    pub const fn as_map(&self) -> &Map {
        &self.0
    }

    /// Looks at the set.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, JavaMap> {
        self.0.borrow()
    }

    /// Changes the set.
    #[must_use]
    pub fn borrow_mut(&self) -> RefMut<'_, JavaMap> {
        self.0.borrow_mut()
    }

    /// Adds an element; whether it was new.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn add(&self, item: Value) -> bool {
        self.0.insert(item, Value::Null).is_none()
    }

    /// The elements, in order, as clones.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        self.0.keys()
    }

    /// Whether both are the same set.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }

    pub(super) fn is_last(&self) -> bool {
        self.0.is_last()
    }

    pub(super) fn class_name(&self) -> &'static str {
        let map = self.borrow();
        if map.is_fixed() {
            return "java.util.Collections$UnmodifiableSet";
        }
        match map.order() {
            Order::Hash => "java.util.HashSet",
            Order::Linked => "java.util.LinkedHashSet",
            Order::Sorted => "java.util.TreeSet",
        }
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Value::Set(self.clone()).to_java_string())
    }
}
