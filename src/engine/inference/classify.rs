//! The best class and the list of the best classes.

use super::options::{ClassificationOptions, PredictionFieldType};
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, Map, Value, double_to_string};

/// The outcome of a classification, as it stands in the result.
pub(super) struct Verdict {
    /// The class with the highest score, written as the options say
    pub(super) value: Value,
    /// The best classes; empty when none are asked for
    pub(super) top_classes: Vec<Value>,
    pub(super) probability: f64,
    pub(super) score: f64,
}

/// Chooses the class with the highest score: its probability times its weight.
/// Among equals the first class wins.
///
/// # Errors
/// As the server: a number of labels or weights that does not fit the
/// probabilities, a class that cannot be written as the options say.
pub(super) fn classify(
    probabilities: &[f64],
    labels: Option<&[String]>,
    weights: Option<&[f64]>,
    options: &ClassificationOptions,
) -> Result<Verdict, Failure> {
    let count = probabilities.len();
    if let Some(labels) = labels
        && labels.len() != count
    {
        return Err(Failure::server(format!(
            "model returned classification probabilities of size [{count}] which is not equal to classification labels size [{}]",
            labels.len()
        )));
    }
    let scores = scores(probabilities, weights)?;
    let mut ranking: Vec<(usize, f64, f64)> = probabilities
        .iter()
        .zip(&scores)
        .enumerate()
        .map(|(index, (probability, score))| (index, *probability, *score))
        .collect();
    ranking.sort_by(|a, b| java_order(b.2).total_cmp(&java_order(a.2)));
    let Some(&(winner, probability, score)) = ranking.first() else {
        return Err(Failure::index_out_of_bounds(0, 0));
    };
    let written = |index: usize| {
        let label = labels.and_then(|labels| labels.get(index));
        class_value(options.prediction_field_type, index, label)
    };
    let listed = match options.num_top_classes {
        0 => 0,
        wanted => usize::try_from(wanted).unwrap_or(count).min(count),
    };
    let top_classes = ranking
        .iter()
        .take(listed)
        .map(|&(index, probability, score)| {
            let mut class = JavaMap::linked();
            class.put_str("class_name", written(index)?);
            class.put_str("class_probability", Value::Double(probability));
            class.put_str("class_score", Value::Double(score));
            Ok(Value::Map(Map::new(class)))
        })
        .collect::<Result<Vec<Value>, Failure>>()?;
    Ok(Verdict {
        value: written(winner)?,
        top_classes,
        probability,
        score,
    })
}

fn scores(probabilities: &[f64], weights: Option<&[f64]>) -> Result<Vec<f64>, Failure> {
    let Some(weights) = weights else {
        return Ok(probabilities.to_vec());
    };
    if weights.len() < probabilities.len() {
        let last = i64::try_from(weights.len()).unwrap_or(i64::MAX);
        return Err(Failure::index_out_of_bounds(last, weights.len()));
    }
    Ok(probabilities
        .iter()
        .zip(weights)
        .map(|(probability, weight)| probability * weight)
        .collect())
}

/// One value for everything that is not a number, as `Double.compareTo` has it.
fn java_order(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// A class in the given form: a label that says a whole number or a boolean
/// stands for itself, any other label for its index.
///
/// # Errors
/// `illegal_argument_exception` for a third class that is to be a boolean.
pub(super) fn class_value(
    kind: PredictionFieldType,
    index: usize,
    label: Option<&String>,
) -> Result<Value, Failure> {
    let number = f64::from(u32::try_from(index).unwrap_or(u32::MAX));
    let label = label.cloned().unwrap_or_else(|| index.to_string());
    Ok(match kind {
        PredictionFieldType::String => Value::str(label),
        PredictionFieldType::Number => label.parse().map_or(Value::Double(number), Value::Long),
        PredictionFieldType::Boolean if label.starts_with(['t', 'T', 'f', 'F']) => {
            Value::Bool(label == "true")
        }
        PredictionFieldType::Boolean => match index {
            0 => Value::Bool(false),
            1 => Value::Bool(true),
            _ => {
                return Err(Failure::illegal_argument(format!(
                    "Cannot transform numbers other than 0.0 or 1.0 to boolean. Provided number [{}]",
                    double_to_string(number)
                )));
            }
        },
    })
}
