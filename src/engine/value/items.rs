//! Elements in order: what lists and arrays have in common.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use super::{Value, copy};

/// A shared handle to elements in order; a clone refers to the same ones. `K` is
/// what is known of them beside: of which class they are.
#[derive(Clone)]
pub struct Items<K>(Rc<Inner<K>>);

struct Inner<K> {
    known: K,
    items: RefCell<Vec<Value>>,
}

impl<K> Items<K> {
    pub(super) fn with(known: K, items: Vec<Value>) -> Self {
        Self(Rc::new(Inner {
            known,
            items: RefCell::new(items),
        }))
    }

    #[inline]
    pub(super) fn known(&self) -> &K {
        &self.0.known
    }

    /// Looks at the elements. Not while they are borrowed to be changed.
    #[inline]
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, Vec<Value>> {
        self.0.items.borrow()
    }

    /// Changes elements; their number only after [`List::touch`](super::List::touch),
    /// and that of an array never.
    #[inline]
    #[must_use]
    pub fn borrow_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.0.items.borrow_mut()
    }

    /// How many elements there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.borrow().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both are the same object.
    #[inline]
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether this is the last handle to them.
    pub(super) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }
}

impl<K> Drop for Inner<K> {
    fn drop(&mut self) {
        copy::drop_items(std::mem::take(self.items.get_mut()));
    }
}
