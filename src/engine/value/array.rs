//! Java arrays.

use std::fmt;

use super::Value;
use super::items::Items;

/// A shared handle to an array, with the name of its class. The elements are
/// values of the element type; whoever stores into it converts them.
pub type Array = Items<Box<str>>;

impl Array {
    /// An array of the class with this name (`[I`, `[Ljava.lang.String;`).
    #[must_use]
    pub fn new(class: &str, items: Vec<Value>) -> Self {
        Self::with(class.into(), items)
    }

    /// The name of its class, such as `[I`.
    #[must_use]
    pub fn class_name(&self) -> &str {
        self.known()
    }

    /// Java derives it from the object's address; any constant obeys the contract.
    pub(super) fn identity_hash(&self) -> i32 {
        self.class_name().len().try_into().unwrap_or_default()
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.class_name(), self.borrow())
    }
}
