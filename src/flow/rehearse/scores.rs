//! How the scores of the enriched documents are spread.

use std::collections::BTreeMap;

use crate::engine::value::{JavaString, MAX_DEPTH, Value};

/// How many equal steps the range from 0 to 1 has.
pub const STEPS: usize = 10;

/// How many scores of one document count.
const MOST: usize = 1_000;

/// The longest name of a field that counts, with the dots.
const LONGEST: usize = 1_000;

/// Numbers between 0 and 1 that pipelines added, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    fields: BTreeMap<String, [usize; STEPS]>,
}

impl Scores {
    /// Takes the scores of a document, but those that it had before.
    pub(super) fn add(&mut self, before: &ByField, after: &Value) {
        for (field, number) in scores_of(after) {
            if before.get(&field) != Some(&number) {
                self.count(field, number);
            }
        }
    }

    /// Takes the scores of other documents.
    pub fn merge(&mut self, other: Self) {
        for (field, counts) in other.fields {
            let sums = self.fields.entry(field).or_default();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    /// The field that most documents have, and how many of its numbers lie in
    /// each step from 0 to 1; of several such fields a probability goes before
    /// a score.
    #[must_use]
    pub fn main(&self) -> Option<(&str, &[usize; STEPS])> {
        self.fields
            .iter()
            .max_by_key(|(field, counts)| {
                let probability = last(field).contains("probability");
                (
                    counts.iter().sum::<usize>(),
                    probability,
                    std::cmp::Reverse(*field),
                )
            })
            .map(|(field, counts)| (field.as_str(), counts))
    }

    fn count(&mut self, field: String, number: f64) {
        let step = (1..STEPS)
            .filter(|&step| number * 10.0 >= f64::from(u32::try_from(step).unwrap_or(0)))
            .count();
        let counts = self.fields.entry(field).or_default();
        if let Some(count) = counts.get_mut(step) {
            *count += 1;
        }
    }
}

/// Numbers by their fields, with dots.
pub(super) type ByField = BTreeMap<String, f64>;

/// The scores of a document: the numbers from 0 to 1 in fields whose name speaks of
/// a probability or a score, up to [`MOST`] of them.
pub(super) fn scores_of(document: &Value) -> ByField {
    let mut scores = ByField::new();
    walk(document, None, &mut scores);
    scores
}

fn walk(value: &Value, field: Option<&Field<'_>>, scores: &mut ByField) {
    let depth = field.map_or(0, |field| field.depth);
    let Value::Map(entries) = value else {
        return;
    };
    if depth > MAX_DEPTH {
        return;
    }
    for (key, value) in entries.borrow().iter() {
        let Value::Str(name) = key else { continue };
        let field = Field {
            name,
            outer: field,
            depth: depth + 1,
            length: name.len() + field.map_or(0, |outer| outer.length + 1),
        };
        if field.length > LONGEST || scores.len() >= MOST {
            continue;
        }
        if let Value::Map(_) = value {
            walk(value, Some(&field), scores);
        } else if let Some(number) = score(name, value) {
            scores.insert(field.path(), number);
        }
    }
}

/// The score that a value of this name is, if it is one.
fn score(name: &JavaString, value: &Value) -> Option<f64> {
    let number = value.as_f64().filter(|n| (0.0..=1.0).contains(n))?;
    let name = name.to_str();
    let named = name.contains("probability") || name.contains("score");
    named.then_some(number)
}

/// A field and those around it.
struct Field<'f> {
    name: &'f JavaString,
    outer: Option<&'f Field<'f>>,
    depth: usize,
    length: usize,
}

impl Field<'_> {
    /// Its name from the top, with dots.
    fn path(&self) -> String {
        match self.outer {
            Some(outer) => format!("{}.{}", outer.path(), self.name),
            None => self.name.to_string(),
        }
    }
}

fn last(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{LONGEST, MOST, Scores, scores_of};
    use crate::engine::value::Value;
    use serde_json::json;

    #[test]
    fn counts_the_numbers_that_were_added() {
        let mut scores = Scores::default();
        let before = json!({"score": 0.5, "n": 1});
        for (probability, own) in [(0.0, 0.1), (0.05, 0.2), (0.1, 0.3), (1.0, 7.5)] {
            let mut after = before.clone();
            after["ml"] = json!({"probability": probability, "score": own, "other": 0.5});
            let mut one = Scores::default();
            one.add(&scores_of(&Value::from(&before)), &Value::from(&after));
            scores.merge(one);
        }
        assert_eq!(
            scores.main(),
            Some(("ml.probability", &[2, 1, 0, 0, 0, 0, 0, 0, 0, 1]))
        );
        assert_eq!(Scores::default().main(), None);
        let long = "score".repeat(LONGEST);
        let many: BTreeMap<String, f64> =
            (0..2 * MOST).map(|n| (format!("score{n}"), 0.5)).collect();
        let found = scores_of(&Value::from(&json!({ long: {"score": 0.5}, "many": many })));
        assert_eq!(found.len(), MOST);
        assert!(found.keys().all(|field| field.starts_with("many.")));
    }
}
