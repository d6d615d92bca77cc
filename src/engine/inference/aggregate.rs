//! How the outputs of an ensemble's models become one, operation by operation
//! as the server does it.

use super::definition::{Aggregator, AggregatorKind};
use crate::engine::failure::Failure;

/// The most classes for which room is made.
pub(super) const MAX_CLASSES: usize = 1 << 20;

/// What the ensemble gives for the outputs of its models: probabilities for
/// classes, or the parts of a sum.
///
/// # Errors
/// `illegal_argument_exception` for outputs that do not fit together or, in a
/// vote, are no classes.
pub(super) fn process(aggregator: &Aggregator, outputs: &[&[f64]]) -> Result<Vec<f64>, Failure> {
    let weights = aggregator.weights.as_deref();
    if weights.is_some_and(|weights| weights.len() != outputs.len()) {
        return Err(Failure::illegal_argument(
            "values must be the same length as weights.",
        ));
    }
    let weight = |index: usize| weights.and_then(|weights| weights.get(index).copied());
    match aggregator.kind {
        AggregatorKind::WeightedSum | AggregatorKind::Exponent => outputs
            .iter()
            .enumerate()
            .map(|(index, output)| {
                let value = first(output)?;
                Ok(weight(index).map_or(value, |weight| value * weight))
            })
            .collect(),
        AggregatorKind::LogisticRegression => {
            let sums = sum_up(outputs, weights)?;
            match sums.as_slice() {
                [sum] => Ok(two_classes(*sum)),
                _ => softmax(&sums),
            }
        }
        AggregatorKind::WeightedMode { num_classes } => {
            if outputs.first().is_some_and(|output| output.len() > 1) {
                return softmax(&sum_up(outputs, weights)?);
            }
            votes(outputs, weights, num_classes)
        }
    }
}

/// The one number that an ensemble predicts: a sum, or the best class.
pub(super) fn aggregate(kind: AggregatorKind, processed: &[f64]) -> f64 {
    match kind {
        AggregatorKind::WeightedSum => compensated_sum(processed.iter().copied()),
        AggregatorKind::Exponent => processed
            .iter()
            .filter(|value| value.is_finite())
            .fold(0.0, |sum, value| sum + value)
            .exp(),
        AggregatorKind::LogisticRegression | AggregatorKind::WeightedMode { .. } => best(processed),
    }
}

/// The index of the highest value, the first one among equals.
fn best(values: &[f64]) -> f64 {
    let mut best = (0_u32, f64::NEG_INFINITY);
    for (index, &value) in (0_u32..).zip(values) {
        if value > best.1 {
            best = (index, value);
        }
    }
    f64::from(best.0)
}

fn first(output: &[f64]) -> Result<f64, Failure> {
    output
        .first()
        .copied()
        .ok_or_else(|| Failure::index_out_of_bounds(0, 0))
}

/// The weighted sum of the outputs, class by class, in the order of the models.
fn sum_up(outputs: &[&[f64]], weights: Option<&[f64]>) -> Result<Vec<f64>, Failure> {
    let mut sums = vec![0.0; outputs.first().map_or(0, |output| output.len())];
    for (index, output) in outputs.iter().enumerate() {
        let weight = weights
            .and_then(|weights| weights.get(index).copied())
            .unwrap_or(1.0);
        if output.len() > sums.len() {
            return Err(unequal());
        }
        for (sum, value) in sums.iter_mut().zip(*output) {
            *sum += value * weight;
        }
    }
    Ok(sums)
}

fn votes(
    outputs: &[&[f64]],
    weights: Option<&[f64]>,
    num_classes: i32,
) -> Result<Vec<f64>, Failure> {
    let mut classes = Vec::with_capacity(outputs.len());
    for output in outputs {
        let [value] = output else {
            return Err(unequal());
        };
        if !value.is_finite() || *value < 0.0 || value.fract() != 0.0 {
            return Err(Failure::illegal_argument(
                "values must be whole, non-infinite, and positive",
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and not negative; what is too large becomes the largest"
        )]
        classes.push(*value as usize);
    }
    let count = usize::try_from(num_classes).unwrap_or(0);
    if classes.iter().any(|&class| class >= count) {
        return Err(Failure::illegal_argument(format!(
            "values contain entries larger than expected max of [{}]",
            i64::from(num_classes) - 1
        )));
    }
    let mut frequencies = vec![f64::NEG_INFINITY; class_count(count)?];
    for (index, class) in classes.into_iter().enumerate() {
        let weight = weights
            .and_then(|weights| weights.get(index).copied())
            .unwrap_or(1.0);
        if let Some(frequency) = frequencies.get_mut(class) {
            *frequency = if *frequency == f64::NEG_INFINITY {
                weight
            } else {
                *frequency + weight
            };
        }
    }
    softmax(&frequencies)
}

/// The number of classes, when there is room for as many.
pub(super) fn class_count(count: usize) -> Result<usize, Failure> {
    if count <= MAX_CLASSES {
        return Ok(count);
    }
    Err(Failure::server(format!(
        "the model has more than {MAX_CLASSES} classes"
    )))
}

fn unequal() -> Failure {
    Failure::illegal_argument("value entries must have the same dimensions")
}

/// The probabilities of two classes from the sum of a logistic regression.
pub(super) fn two_classes(sum: f64) -> Vec<f64> {
    let one = sigmoid(sum);
    vec![1.0 - one, one]
}

fn sigmoid(value: f64) -> f64 {
    1.0 / (1.0 + (-value).exp())
}

/// Probabilities in the ratio of the exponentials; what is not finite counts for
/// nothing.
///
/// # Errors
/// When nothing is finite.
pub(super) fn softmax(values: &[f64]) -> Result<Vec<f64>, Failure> {
    let greatest = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .reduce(f64::max)
        .ok_or_else(|| Failure::illegal_argument("no valid values present"))?;
    let mut sum = 0.0;
    let mut shares: Vec<f64> = values
        .iter()
        .map(|value| {
            let distance = value - greatest;
            if !value.is_finite() || !distance.is_finite() {
                return 0.0;
            }
            let share = distance.exp();
            sum += share;
            share
        })
        .collect();
    for share in &mut shares {
        *share /= sum;
    }
    Ok(shares)
}

/// Java's `DoubleStream.sum`: what rounding lost is carried along and taken off
/// at the end (JDK 17).
pub(super) fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost, mut plain) = (0.0, 0.0, 0.0);
    for value in values {
        let corrected = value - lost;
        let next = sum + corrected;
        lost = (next - sum) - corrected;
        sum = next;
        plain += value;
    }
    let exact: f64 = sum - lost;
    if exact.is_nan() && f64::is_infinite(plain) {
        plain
    } else {
        exact
    }
}
