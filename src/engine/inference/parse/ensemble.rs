//! `ensemble` and its aggregators.

use super::tree::target_type;
use super::{must_not_be_null, trained_model, unknown_kind};
use crate::engine::failure::Failure;
use crate::engine::inference::definition::{Aggregator, AggregatorKind, Ensemble, TargetType};
use crate::engine::inference::xcontent::{
    Accepts, Field, Mode, Schema, Tokens, construct_object, doubles, int, one_named, parse_object,
    several_named, strings,
};

const ENSEMBLE: Schema<'static> = Schema {
    name: "ensemble",
    fields: &[
        Field::new("feature_names", Accepts::Texts),
        Field::new("trained_models", Accepts::Objects),
        Field::new("aggregate_output", Accepts::Object),
        Field::new("target_type", Accepts::Text),
        Field::new("classification_labels", Accepts::Texts),
        Field::new("classification_weights", Accepts::Numbers),
    ],
};

/// Reads an ensemble; without `aggregate_output` it sums.
pub(super) fn ensemble(
    tokens: &mut Tokens<'_>,
    mode: Mode,
    depth: usize,
) -> Result<Ensemble, Failure> {
    let mut feature_names = Vec::new();
    let mut models = None;
    let mut aggregator = Aggregator {
        kind: AggregatorKind::WeightedSum,
        weights: None,
    };
    let mut target = TargetType::default();
    let mut labels = None;
    let mut weights = None;
    parse_object(tokens, ENSEMBLE, mode, |tokens, field| {
        match field {
            "feature_names" => feature_names = strings(tokens)?,
            "trained_models" => {
                models = Some(several_named(tokens, field, |tokens, kind| {
                    trained_model(tokens, kind, mode, depth + 1)
                })?);
            }
            "aggregate_output" => {
                aggregator = one_named(tokens, field, |tokens, kind| {
                    read_aggregator(tokens, kind, mode)
                })?;
            }
            "target_type" => target = target_type(tokens)?,
            "classification_labels" => labels = Some(strings(tokens)?),
            _ => weights = Some(doubles(tokens)?),
        }
        Ok(())
    })?;
    let models = models.ok_or_else(|| must_not_be_null("trained_models"))?;
    if models.items.len() > 1 && !models.ordered {
        return Err(Failure::illegal_argument(
            "[trained_models] needs to be an array of objects",
        ));
    }
    Ok(Ensemble {
        feature_names,
        models: models.items,
        aggregator,
        target,
        labels,
        weights,
    })
}

const WEIGHTS: Field = Field::new("weights", Accepts::Numbers);
const NUM_CLASSES: Field = Field::new("num_classes", Accepts::Number);

fn read_aggregator(tokens: &mut Tokens<'_>, kind: &str, mode: Mode) -> Result<Aggregator, Failure> {
    match kind {
        "weighted_sum" => weighted(tokens, mode, AggregatorKind::WeightedSum),
        "logistic_regression" => weighted(tokens, mode, AggregatorKind::LogisticRegression),
        "exponent" => weighted(tokens, mode, AggregatorKind::Exponent),
        "weighted_mode" => weighted_mode(tokens, mode),
        _ => Err(unknown_kind(tokens, kind)),
    }
}

fn weighted(
    tokens: &mut Tokens<'_>,
    mode: Mode,
    kind: AggregatorKind,
) -> Result<Aggregator, Failure> {
    let schema = Schema {
        name: kind.name(),
        fields: &[WEIGHTS],
    };
    construct_object(
        tokens,
        schema,
        mode,
        &[],
        None,
        |weights, tokens, _| {
            *weights = Some(doubles(tokens)?);
            Ok(())
        },
        |weights| {
            Ok(Aggregator {
                kind,
                weights: weights.take(),
            })
        },
    )
}

fn weighted_mode(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Aggregator, Failure> {
    let schema = Schema {
        name: "weighted_mode",
        fields: &[NUM_CLASSES, WEIGHTS],
    };
    construct_object(
        tokens,
        schema,
        mode,
        &["num_classes"],
        (0, None),
        |(num_classes, weights), tokens, field| {
            if field == "num_classes" {
                *num_classes = int(tokens)?;
            } else {
                *weights = Some(doubles(tokens)?);
            }
            Ok(())
        },
        |(num_classes, weights)| {
            if *num_classes <= 1 {
                return Err(Failure::illegal_argument(
                    "[num_classes] must be greater than 1.",
                ));
            }
            Ok(Aggregator {
                kind: AggregatorKind::WeightedMode {
                    num_classes: *num_classes,
                },
                weights: weights.take(),
            })
        },
    )
}
