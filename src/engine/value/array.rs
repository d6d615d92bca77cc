//! Java arrays.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{Value, copy};

/// A shared handle to an array. The elements are values of the element type;
/// whoever stores into it converts them.
#[derive(Clone)]
pub struct Array(Rc<Inner>);

struct Inner {
    class: Box<str>,
    items: RefCell<Vec<Value>>,
}

impl Array {
    /// An array of the class with this name (`[I`, `[Ljava.lang.String;`).
    #[must_use]
    pub fn new(class: &str, items: Vec<Value>) -> Self {
        Self(Rc::new(Inner {
            class: class.into(),
            items: RefCell::new(items),
        }))
    }

    /// The name of its class, such as `[I`.
    #[must_use]
    pub fn class_name(&self) -> &str {
        &self.0.class
    }

    /// Looks at the elements.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, Vec<Value>> {
        self.0.items.borrow()
    }

    /// Changes the elements; their number stays.
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
        self.len() == 0
    }

    /// Whether both are the same array.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    /// Java derives it from the object's address; any constant obeys the contract.
    pub(super) fn identity_hash(&self) -> i32 {
        self.class_name().len().try_into().unwrap_or_default()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        copy::drop_items(self.items.get_mut());
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.class_name(), self.borrow())
    }
}
