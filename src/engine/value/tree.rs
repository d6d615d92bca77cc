//! `java.util.TreeMap` as a sorted vector.

use std::cmp::Ordering;
use std::convert::Infallible;

use super::{Value, copy};

/// `Comparable.compareTo` between two values of the same class; `None` when
/// Java would throw (other classes, null).
#[must_use]
pub fn natural_order(left: &Value, right: &Value) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::Str(left), Value::Str(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Byte(left), Value::Byte(right)) => left.cmp(right),
        (Value::Short(left), Value::Short(right)) => left.cmp(right),
        (Value::Char(left), Value::Char(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Long(left), Value::Long(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => double_order((*left).into(), (*right).into()),
        (Value::Double(left), Value::Double(right)) => double_order(*left, *right),
        (Value::BigInt(left), Value::BigInt(right)) => {
            compare_decimal(&left.to_str(), &right.to_str())
        }
        (Value::Object(left), Value::Object(right)) => return left.compare(right),
        _ => return None,
    })
}

/// `Double.compare`: all NaNs are equal and above everything else.
fn double_order(left: f64, right: f64) -> Ordering {
    match (left.is_nan(), right.is_nan()) {
        (false, false) => left.total_cmp(&right),
        (left, right) => left.cmp(&right),
    }
}

fn compare_decimal(left: &str, right: &str) -> Ordering {
    let magnitude = |text: &str| (text.len(), text.to_owned());
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (None, None) => magnitude(left).cmp(&magnitude(right)),
        (Some(left), Some(right)) => magnitude(right).cmp(&magnitude(left)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// Entries sorted by key.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    entries: Vec<(Value, Value)>,
    comparator: Option<Value>,
}

impl Tree {
    pub(super) const fn new(comparator: Option<Value>) -> Self {
        Self {
            entries: Vec::new(),
            comparator,
        }
    }

    pub(super) const fn comparator(&self) -> Option<&Value> {
        self.comparator.as_ref()
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    fn find_by<E>(
        &self,
        key: &Value,
        compare: &mut dyn FnMut(&Value, &Value) -> Result<Ordering, E>,
    ) -> Result<Result<usize, usize>, E> {
        let (mut low, mut high) = (0, self.entries.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let Some((known, _)) = self.entries.get(middle) else {
                break;
            };
            match compare(key, known)? {
                Ordering::Equal => return Ok(Ok(middle)),
                Ordering::Less => high = middle,
                Ordering::Greater => low = middle + 1,
            }
        }
        Ok(Err(low))
    }

    fn find(&self, key: &Value) -> Result<usize, usize> {
        if self.comparator.is_some() {
            // the order is not ours to know: look at each
            let at = self.entries.iter().position(|(known, _)| known == key);
            return at.ok_or(self.entries.len());
        }
        let compare = &mut |left: &Value, right: &Value| {
            Ok::<_, Infallible>(natural_order(left, right).unwrap_or(Ordering::Less))
        };
        match self.find_by(key, compare) {
            Ok(found) => found,
        }
    }

    pub(super) fn get(&self, key: &Value) -> Option<&Value> {
        let at = self.find(key).ok()?;
        self.entries.get(at).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        let at = self.find(key).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    fn place(&mut self, found: Result<usize, usize>, key: Value, value: Value) -> Option<Value> {
        match found {
            Ok(at) => {
                let (_, place) = self.entries.get_mut(at)?;
                Some(std::mem::replace(place, value))
            }
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    pub(super) fn put(&mut self, key: Value, value: Value) -> Option<Value> {
        let found = self.find(&key);
        self.place(found, key, value)
    }

    pub(super) fn put_by<E>(
        &mut self,
        key: Value,
        value: Value,
        compare: &mut dyn FnMut(&Value, &Value) -> Result<Ordering, E>,
    ) -> Result<Option<Value>, E> {
        let found = self.find_by(&key, compare)?;
        Ok(self.place(found, key, value))
    }

    pub(super) fn remove(&mut self, key: &Value) -> Option<(Value, Value)> {
        let at = self.find(key).ok()?;
        Some(self.entries.remove(at))
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Takes the lists, maps and sets out to a pile; null stands in their place.
    pub(super) fn give_containers(&mut self, pile: &mut Vec<Value>) {
        for (key, value) in &mut self.entries {
            copy::give(key, pile);
            copy::give(value, pile);
        }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.entries.iter()
    }
}
