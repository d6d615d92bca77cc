//! Objects of any other class.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use super::{JavaString, Value};

/// A Java object that [`Value`](super::Value) has no variant for.
pub trait JavaObject: Any {
    /// The fully qualified name of its class.
    fn class_name(&self) -> &str;

    /// `toString()`.
    fn to_java_string(&self) -> String {
        format!("{}@1", self.class_name())
    }

    /// `equals()` to another object than itself.
    fn equals(&self, _other: &Object) -> bool {
        false
    }

    /// `hashCode()`.
    fn hash_code(&self) -> i32 {
        1
    }

    /// `compareTo()`; `None` when the two cannot be compared.
    fn compare(&self, _other: &Object) -> Option<Ordering> {
        None
    }

    /// What a document that holds it shows, when documents may hold it.
    fn json(&self) -> Option<JavaString> {
        None
    }

    /// The elements, if it is a `java.util.List`.
    fn list(&self) -> Option<Vec<Value>> {
        None
    }
}

/// A shared handle to a [`JavaObject`].
#[derive(Clone)]
pub struct Object(Rc<Held>);

/// An object until its last handle goes. Objects may hold objects without end, so
/// that those deep within one wait on a pile for it to be gone.
struct Held(Option<Box<dyn JavaObject>>);

/// How many objects may be dropped within each other.
const NESTED_DROPS: u32 = 32;

thread_local! {
    static DROPS: Cell<u32> = const { Cell::new(0) };
    static PILE: RefCell<Vec<Box<dyn JavaObject>>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(object) = self.0.take() else { return };
        let nested = DROPS.get();
        if nested >= NESTED_DROPS {
            PILE.with_borrow_mut(|pile| pile.push(object));
            return;
        }
        DROPS.set(nested + 1);
        drop(object);
        while nested == 0
            && let Some(waiting) = PILE.with_borrow_mut(Vec::pop)
        {
            drop(waiting);
        }
        DROPS.set(nested);
    }
}

impl Object {
    /// A handle to a new object.
    #[must_use]
    pub fn new(object: impl JavaObject) -> Self {
        Self(Rc::new(Held(Some(Box::new(object)))))
    }

    /// The object: there until the last handle goes.
    fn inner(&self) -> Option<&dyn JavaObject> {
        self.0.0.as_deref()
    }

    /// The object, if it is of the Rust type `T`.
    #[must_use]
    pub fn downcast<T: JavaObject>(&self) -> Option<&T> {
        let object: &dyn Any = self.inner()?;
        object.downcast_ref()
    }

    /// The fully qualified name of its class.
    #[must_use]
    pub fn class_name(&self) -> &str {
        self.inner()
            .map_or("java.lang.Object", JavaObject::class_name)
    }

    /// `toString()`.
    #[must_use]
    pub fn to_java_string(&self) -> String {
        self.inner()
            .map_or_else(String::new, JavaObject::to_java_string)
    }

    /// `equals()`.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        self.same(other) || self.inner().is_some_and(|own| own.equals(other))
    }

    /// `hashCode()`.
    #[must_use]
    pub fn hash_code(&self) -> i32 {
        self.inner().map_or(0, JavaObject::hash_code)
    }

    /// `compareTo()`; `None` when the two cannot be compared.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        self.inner()?.compare(other)
    }

    /// What a document that holds it shows, when documents may hold it.
    #[must_use]
    pub fn json(&self) -> Option<JavaString> {
        self.inner()?.json()
    }

    /// The elements, if it is a `java.util.List`.
    #[must_use]
    pub fn list(&self) -> Option<Vec<Value>> {
        self.inner()?.list()
    }

    /// Whether both are the same object.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_java_string())
    }
}
