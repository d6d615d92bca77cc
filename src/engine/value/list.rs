//! Lists: a shared handle to a vector of values.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{Value, copy};

/// Which Java class a list is of; they hold their elements alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// `ArrayList`
    Array,
    /// `LinkedList`
    Linked,
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
            Self::FixedSize => "java.util.Arrays$ArrayList",
            Self::Unmodifiable => "java.util.Collections$UnmodifiableRandomAccessList",
        }
    }
}

/// A shared handle to a list; a clone refers to the same list.
#[derive(Clone)]
pub struct List(Rc<Inner>);

struct Inner {
    kind: ListKind,
    changes: Cell<u32>,
    items: RefCell<Vec<Value>>,
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
        Self(Rc::new(Inner {
            kind,
            changes: Cell::new(0),
            items: RefCell::new(items),
        }))
    }

    /// Its class.
    #[must_use]
    pub fn kind(&self) -> ListKind {
        self.0.kind
    }

    /// Looks at the elements. Not while they are borrowed to be changed.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, Vec<Value>> {
        self.0.items.borrow()
    }

    /// Changes elements, or (after [`List::touch`]) their number.
    #[must_use]
    pub fn borrow_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.0.items.borrow_mut()
    }

    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.borrow().len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.borrow().is_empty()
    }

    /// A clone of an element.
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
    pub fn touch(&self) {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
    }

    /// How often [`List::touch`] was called: an iterator that sees it change has
    /// to fail.
    #[must_use]
    pub fn changes(&self) -> u32 {
        self.0.changes.get()
    }

    /// The elements as clones.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        self.borrow().clone()
    }

    /// Whether both are the same list.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        copy::drop_items(self.items.get_mut());
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Value::List(self.clone()).to_java_string())
    }
}
