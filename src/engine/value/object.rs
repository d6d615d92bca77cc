//! Objects of any other class.

use std::any::Any;
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
pub struct Object(Rc<Box<dyn JavaObject>>);

impl Object {
    /// A handle to a new object.
    #[must_use]
    pub fn new(object: impl JavaObject) -> Self {
        Self(Rc::new(Box::new(object)))
    }

    /// The object, if it is of the Rust type `T`.
    #[must_use]
    pub fn downcast<T: JavaObject>(&self) -> Option<&T> {
        let object: &dyn Any = &**self.0;
        object.downcast_ref()
    }

    /// The fully qualified name of its class.
    #[must_use]
    pub fn class_name(&self) -> &str {
        self.0.class_name()
    }

    /// `toString()`.
    #[must_use]
    pub fn to_java_string(&self) -> String {
        self.0.to_java_string()
    }

    /// `equals()`.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        self.same(other) || self.0.equals(other)
    }

    /// `hashCode()`.
    #[must_use]
    pub fn hash_code(&self) -> i32 {
        self.0.hash_code()
    }

    /// `compareTo()`; `None` when the two cannot be compared.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        self.0.compare(other)
    }

    /// What a document that holds it shows, when documents may hold it.
    #[must_use]
    pub fn json(&self) -> Option<JavaString> {
        self.0.json()
    }

    /// The elements, if it is a `java.util.List`.
    #[must_use]
    pub fn list(&self) -> Option<Vec<Value>> {
        self.0.list()
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
