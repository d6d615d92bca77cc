//! From the importances of features to those of fields, in the order in which
//! the server's hash maps give them.

use std::collections::HashMap;

use super::aggregate::compensated_sum;
use super::classify::class_value;
use super::definition::{Encoding, Preprocessor};
use super::options::PredictionFieldType;
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, Map, Value};
use crate::model::java::{hash_order, string_hash};

/// What an entry of `feature_importance` holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportanceForm {
    /// As up to 7.9: `importance`, and `classes` where there are more than two.
    #[default]
    Total,
    /// As from 7.10 on: of a classification only `classes`, of two classes both.
    ByClass,
}

/// How the entries of `feature_importance` are to be written.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) form: ImportanceForm,
    pub(super) labels: Option<&'a [String]>,
    /// How a classification names its classes; nothing for a regression
    pub(super) classes: Option<PredictionFieldType>,
    /// How many fields at most
    pub(super) limit: usize,
}

/// Which features add up to which field.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    /// Names of fields with the features that belong to them, both in the
    /// server's order
    groups: Vec<(String, Vec<usize>)>,
}

impl Decoder {
    /// A decoder for these features and preprocessors. Features of custom
    /// preprocessors keep their own names.
    pub(super) fn new(features: &[String], preprocessors: &[Preprocessor]) -> Self {
        let origins = origins(preprocessors);
        let names: Vec<&str> = features.iter().map(String::as_str).collect();
        let by_name = hash_order(&names)
            .into_iter()
            .filter_map(|index| Some((index, *names.get(index)?)));
        if origins.is_empty() {
            let groups = by_name.map(|(index, name)| (name.to_owned(), vec![index]));
            return Self {
                groups: groups.collect(),
            };
        }
        let mut fields = ComputedMap::default();
        for (index, name) in by_name {
            let field = origins.get(name).map_or(name, String::as_str);
            fields.add(field, index);
        }
        Self {
            groups: fields.in_order(),
        }
    }

    /// The `feature_importance` of a result: the fields of the greatest importance,
    /// from `importances[feature][class]`.
    ///
    /// # Errors
    /// Features with different numbers of classes; a class that cannot be written
    /// in the form of the prediction.
    pub(super) fn decode(
        &self,
        importances: &[Vec<f64>],
        writing: Writing<'_>,
    ) -> Result<Vec<Value>, Failure> {
        let mut fields = Vec::with_capacity(self.groups.len());
        for (name, members) in &self.groups {
            let mut sums: Vec<f64> = Vec::new();
            for importance in members.iter().filter_map(|&index| importances.get(index)) {
                if sums.is_empty() {
                    sums.clone_from(importance);
                    continue;
                }
                add(&mut sums, importance)?;
            }
            let total = writing.total(&sums);
            fields.push((name, sums, total));
        }
        fields.sort_by(|a, b| order(b.2.abs()).total_cmp(&order(a.2.abs())));
        fields
            .into_iter()
            .take(writing.limit)
            .map(|(name, sums, total)| writing.entry(name, &sums, total))
            .collect()
    }
}

/// Adds the importances of one feature, class by class.
///
/// # Errors
/// When there are more classes than in the sum.
pub(super) fn add(sums: &mut [f64], importance: &[f64]) -> Result<(), Failure> {
    if importance.len() > sums.len() {
        let last = i64::try_from(sums.len()).unwrap_or(i64::MAX);
        return Err(Failure::index_out_of_bounds(last, sums.len()));
    }
    for (sum, value) in sums.iter_mut().zip(importance) {
        *sum += value;
    }
    Ok(())
}

/// One value for everything that is not a number, as Java orders it.
fn order(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// A `HashMap` that is filled by `compute`, which puts a new key in front of the
/// others in its bucket (`put` puts it behind them) and makes the table larger
/// one call later.
struct ComputedMap {
    capacity: u32,
    groups: Vec<(String, Vec<usize>)>,
    places: HashMap<String, usize>,
}

impl Default for ComputedMap {
    fn default() -> Self {
        Self {
            capacity: 16,
            groups: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl ComputedMap {
    fn add(&mut self, key: &str, member: usize) {
        if self.groups.len() > self.capacity as usize / 4 * 3 {
            self.capacity = self.capacity.saturating_mul(2);
        }
        let place = *self.places.entry(key.to_owned()).or_insert_with(|| {
            self.groups.push((key.to_owned(), Vec::new()));
            self.groups.len() - 1
        });
        if let Some((_, members)) = self.groups.get_mut(place) {
            members.push(member);
        }
    }

    fn in_order(mut self) -> Vec<(String, Vec<usize>)> {
        let mask = self.capacity - 1;
        self.groups.reverse();
        self.groups.sort_by_key(|(key, _)| {
            let hash = string_hash(key).cast_unsigned();
            (hash ^ (hash >> 16)) & mask
        });
        self.groups
    }
}

/// The field from which each feature was made.
fn origins(preprocessors: &[Preprocessor]) -> HashMap<String, String> {
    let mut origins = HashMap::new();
    for preprocessor in preprocessors.iter().filter(|one| !one.custom) {
        let ends = preprocessor.ends();
        let Some(field) = ends.inputs.first() else {
            continue;
        };
        for output in ends.outputs {
            origins.insert(output, field.clone());
        }
        debug_assert!(
            ends.inputs.len() == 1 || matches!(preprocessor.encoding, Encoding::Multi(_)),
            "only a chain reads several fields"
        );
    }
    origins
}

impl Writing<'_> {
    /// The number by which fields are ranked.
    fn total(&self, importances: &[f64]) -> f64 {
        match (self.form, importances) {
            (_, [one]) | (ImportanceForm::ByClass, [one, _]) => *one,
            (_, several) => compensated_sum(several.iter().map(|value| value.abs())),
        }
    }

    fn entry(&self, name: &str, importances: &[f64], total: f64) -> Result<Value, Failure> {
        let mut entry = JavaMap::linked();
        entry.put_str("feature_name", Value::str(name));
        let classes = match (self.form, self.classes, importances) {
            (ImportanceForm::Total, _, several) => {
                entry.put_str("importance", Value::Double(total));
                match several {
                    [_] => None,
                    several => Some(self.by_class(several, PredictionFieldType::String)?),
                }
            }
            // The one number says how far the field pulls towards the second class.
            (ImportanceForm::ByClass, Some(kind), [one]) => {
                Some(self.by_class(&[-one, *one], kind)?)
            }
            (ImportanceForm::ByClass, Some(kind), several) => Some(self.by_class(several, kind)?),
            (ImportanceForm::ByClass, None, _) => {
                entry.put_str("importance", Value::Double(total));
                None
            }
        };
        if let Some(classes) = classes {
            entry.put_str("classes", classes);
        }
        Ok(Value::Map(Map::new(entry)))
    }

    fn by_class(&self, importances: &[f64], kind: PredictionFieldType) -> Result<Value, Failure> {
        let classes = importances
            .iter()
            .enumerate()
            .map(|(index, importance)| {
                let label = self.labels.and_then(|labels| labels.get(index));
                let mut class = JavaMap::linked();
                class.put_str("class_name", class_value(kind, index, label)?);
                class.put_str("importance", Value::Double(*importance));
                Ok(Value::Map(Map::new(class)))
            })
            .collect::<Result<Vec<Value>, Failure>>()?;
        Ok(Value::list(classes))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Decoder, ImportanceForm, Writing};
    use crate::engine::inference::options::PredictionFieldType;

    #[test]
    fn entries_have_the_form_of_the_version() {
        use ImportanceForm::{ByClass, Total};
        let boolean = Some(PredictionFieldType::Boolean);
        let string = Some(PredictionFieldType::String);
        let labels = ["no".to_owned(), "yes".to_owned()];
        let class =
            |name: Json, importance: f64| json!({"class_name": name, "importance": importance});
        for (form, classes, importances, expected) in [
            (Total, None, vec![0.5], json!({"importance": 0.5})),
            (ByClass, None, vec![0.5], json!({"importance": 0.5})),
            (Total, string, vec![-0.5], json!({"importance": -0.5})),
            (
                ByClass,
                string,
                vec![-0.5],
                json!({"classes": [class(json!("no"), 0.5), class(json!("yes"), -0.5)]}),
            ),
            (
                ByClass,
                boolean,
                vec![0.5],
                json!({"classes": [class(json!(false), -0.5), class(json!(true), 0.5)]}),
            ),
            (
                Total,
                string,
                vec![0.5, -0.25, 1.0],
                json!({"importance": 1.75, "classes": [
                    class(json!("no"), 0.5), class(json!("yes"), -0.25), class(json!("2"), 1.0),
                ]}),
            ),
            (
                ByClass,
                string,
                vec![0.5, -0.25, 1.0],
                json!({"classes": [
                    class(json!("no"), 0.5), class(json!("yes"), -0.25), class(json!("2"), 1.0),
                ]}),
            ),
        ] {
            let decoder = Decoder::new(&["f".to_owned()], &[]);
            let labels = Some(&labels[..]).filter(|_| classes != boolean);
            let writing = Writing {
                form,
                labels,
                classes,
                limit: 1,
            };
            let entries = decoder.decode(&[importances], writing).unwrap_or_default();
            let found: Vec<Json> = entries.iter().map(Json::from).collect();
            let mut expected = expected;
            expected["feature_name"] = json!("f");
            assert_eq!(found, [expected]);
        }
    }
}
