//! What one document may use up on its way: pipelines that nobody has vouched for
//! must neither hang nor exhaust the machine. What goes beyond fails the document,
//! whatever handlers its pipelines have.

use std::cell::Cell;

use crate::engine::failure::Failure;
use crate::engine::value::{MAX_DEPTH, Value};

/// Processors that may run for one document.
const MAX_STEPS: usize = 250_000;

/// How much may be written to a document, and how much it may hold after a
/// script, in bytes of text; see [`extent`].
const MAX_EXTENT: usize = 128 << 20;

/// What an element of a list or map counts beside its text.
const ELEMENT: usize = 64;

/// The type under which Elasticsearch refuses what would take too much memory.
const BREAKER: &str = "circuit_breaking_exception";

/// That a document goes beyond a limit.
pub(super) fn exhausted(what: &str) -> Failure {
    Failure::new(429, BREAKER, what)
}

/// Whether no handler may take care of a failure.
pub(super) fn is_final(failure: &Failure) -> bool {
    failure.kind() == BREAKER
}

/// Counts what is done for one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    steps: Cell<usize>,
    written: Cell<usize>,
}

impl Budget {
    /// Counts a processor that runs.
    ///
    /// # Errors
    /// `circuit_breaking_exception` for one too many.
    pub(super) fn step(&self) -> Result<(), Failure> {
        self.steps.set(self.steps.get().saturating_add(1));
        if self.steps.get() > MAX_STEPS {
            return Err(exhausted(&format!(
                "more than [{MAX_STEPS}] processors would run for one document"
            )));
        }
        Ok(())
    }

    /// Counts a value that is written.
    ///
    /// # Errors
    /// `circuit_breaking_exception` when it is too much.
    pub(super) fn write(&self, value: &Value) -> Result<(), Failure> {
        let written = extent(value).map(|size| self.written.get().saturating_add(size));
        match written.filter(|written| *written <= MAX_EXTENT) {
            Some(written) => {
                self.written.set(written);
                Ok(())
            }
            None => Err(exhausted(&format!(
                "more than [{MAX_EXTENT}] bytes would be written to one document"
            ))),
        }
    }
}

/// The containers around a value, from the innermost out.
struct Around<'a> {
    value: &'a Value,
    outer: Option<&'a Around<'a>>,
    depth: usize,
}

impl Around<'_> {
    fn holds(&self, value: &Value) -> bool {
        let mut at = Some(self);
        while let Some(around) = at {
            let same = match (around.value, value) {
                (Value::Map(one), Value::Map(other)) => one.same(other),
                (Value::List(one), Value::List(other)) => one.same(other),
                _ => false,
            };
            if same {
                return true;
            }
            at = around.outer;
        }
        false
    }
}

/// Why a value cannot be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// A list or map holds itself, or they nest too deeply
    Endless,
    /// It would be too long when written
    Size,
}

/// How much a value would be when written; nothing when that is too much.
fn extent(value: &Value) -> Option<usize> {
    measure(value).ok()
}

/// How much a value would be when written. What it holds in several places counts
/// as often.
///
/// # Errors
/// When it holds itself or is too much.
pub(super) fn measure(value: &Value) -> Result<usize, Excess> {
    let mut size = 0;
    add(value, None, &mut size)?;
    Ok(size)
}

/// Adds what a value is without those within it.
#[inline]
fn count(value: &Value, size: &mut usize) -> Result<(), Excess> {
    *size = size.saturating_add(ELEMENT);
    if let Value::Str(text) = value {
        *size = size.saturating_add(text.len());
    }
    if *size > MAX_EXTENT {
        return Err(Excess::Size);
    }
    Ok(())
}

fn add(value: &Value, outer: Option<&Around<'_>>, size: &mut usize) -> Result<(), Excess> {
    count(value, size)?;
    if !matches!(value, Value::Map(_) | Value::List(_)) {
        return Ok(());
    }
    let depth = outer.map_or(0, |outer| outer.depth + 1);
    if depth > MAX_DEPTH || outer.is_some_and(|outer| outer.holds(value)) {
        return Err(Excess::Endless);
    }
    let around = Around {
        value,
        outer,
        depth,
    };
    let mut within = |value: &Value| match value {
        Value::Map(_) | Value::List(_) => add(value, Some(&around), size),
        other => count(other, size),
    };
    match value {
        Value::Map(map) => map.borrow().values().try_for_each(&mut within),
        Value::List(list) => list.borrow().iter().try_for_each(&mut within),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Excess, MAX_EXTENT, MAX_STEPS, is_final, measure};
    use crate::engine::value::{List, Value, json};

    #[test]
    fn values_are_measured() {
        for (text, size) in [
            ("1", 64),
            ("\"abc\"", 67),
            ("[]", 64),
            ("[1,\"ab\"]", 194),
            ("{\"k\":{\"l\":null}}", 192),
        ] {
            let value = json::parse(text.as_bytes()).unwrap_or_default();
            assert_eq!(measure(&value), Ok(size), "{text}");
        }
        let list = List::new(Vec::new());
        list.push(Value::List(list.clone()));
        let itself = measure(&Value::List(list.clone()));
        list.borrow_mut().clear();
        assert_eq!(itself, Err(Excess::Endless));
        // Each holds the one before ten times.
        let mut nest = Value::str("text");
        for _ in 0..12 {
            nest = Value::list(vec![nest; 10]);
        }
        assert_eq!(measure(&nest), Err(Excess::Size));
    }

    #[test]
    fn budgets_end() {
        let budget = Budget::default();
        let steps = (0..=MAX_STEPS).find_map(|_| budget.step().err());
        assert!(steps.is_some_and(|failure| is_final(&failure)));
        let text = Value::str("x".repeat(1 << 20));
        let written = (0..=MAX_EXTENT >> 20).find_map(|_| budget.write(&text).err());
        assert!(written.is_some_and(|failure| is_final(&failure)));
        assert!(!is_final(
            &crate::engine::failure::Failure::illegal_argument("")
        ));
    }
}
