//! What a script may have put in the place of a field's name.

use crate::engine::failure::Failure;
use crate::engine::value::{Map, Value};

/// Checks that all keys of a copied document are texts: no other can be written
/// out.
///
/// # Errors
/// As the server fails when it writes the document: `class_cast_exception` for a
/// key of another class, `illegal_argument_exception` for null.
pub(super) fn check(map: &Map) -> Result<(), Failure> {
    for (key, value) in map.borrow().iter() {
        match key {
            Value::Str(_) => check_within(value)?,
            Value::Null => return Err(Failure::illegal_argument("Field name cannot be null")),
            other => {
                let class = other.class_name();
                return Err(Failure::class_cast(format!(
                    "class {class} cannot be cast to class java.lang.String ({class} and java.lang.String are in module java.base of loader 'bootstrap')"
                )));
            }
        }
    }
    Ok(())
}

/// The same for what lies within a field; copies are no deeper than documents may be.
fn check_within(value: &Value) -> Result<(), Failure> {
    match value {
        Value::Map(map) => check(map),
        Value::List(list) => list.borrow().iter().try_for_each(check_within),
        _ => Ok(()),
    }
}
