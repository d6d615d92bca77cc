//! Lists: elements in order that may come and go.

use std::cell::Cell;
use std::fmt;

use super::Value;
use super::items::Items;

/// Which Java class a list is of; they hold their elements alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// `ArrayList`
    Array,
    /// `LinkedList`
    Linked,
    /// `ArrayDeque`: no `java.util.List`, and equal to itself only
    Deque,
    /// `Arrays.asList`: elements may be replaced, not added or removed
    FixedSize,
    /// `Collections.unmodifiableList` and its kin: no change
    Unmodifiable,
}

impl ListKind {
    /// The name of the Java class.
    #[must_use]
    pub const fn class_name(self) -> &'static str {
        match self {
            Self::Array => "java.util.ArrayList",
            Self::Linked => "java.util.LinkedList",
            Self::Deque => "java.util.ArrayDeque",
            Self::FixedSize => "java.util.Arrays$ArrayList",
            Self::Unmodifiable => "java.util.Collections$UnmodifiableRandomAccessList",
        }
    }
}

/// A shared handle to a list; a clone refers to the same list.
pub type List = Items<Growing>;

/// What is known of a list.
#[derive(Clone)]
pub struct Growing {
    kind: ListKind,
    changes: Cell<u32>,
}

impl List {
    /// A handle to a new `ArrayList`.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        Self::of_kind(ListKind::Array, items)
    }

    /// A handle to a new list of this kind.
    #[must_use]
    pub fn of_kind(kind: ListKind, items: Vec<Value>) -> Self {
        let changes = Cell::new(0);
        Self::with(Growing { kind, changes }, items)
    }

    /// Its class.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> ListKind {
        self.known().kind
    }

    /// A clone of an element.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.borrow().get(index).cloned()
    }

    /// Adds an element at the end.
    pub fn push(&self, item: Value) {
        self.touch();
        self.borrow_mut().push(item);
    }

    /// Notes that the number of elements changes (`modCount`).
    #[inline]
    pub fn touch(&self) {
        let changes = &self.known().changes;
        changes.set(changes.get().wrapping_add(1));
    }

    /// How often [`List::touch`] was called: an iterator that sees it change has
    /// to fail.
    #[inline]
    #[must_use]
    pub fn changes(&self) -> u32 {
        self.known().changes.get()
    }

    /// The elements as clones.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        self.borrow().clone()
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Value::List(self.clone()).to_java_string())
    }
}
