//! `inference_config`: what a result holds and under which names.

use super::definition::TargetType;
use super::parse::no_enum_constant;
use super::xcontent::{Accepts, Field, Mode, Schema, Tokens, int, parse_object, text};
use crate::engine::failure::Failure;

/// The options of a model, or of one inference, with every value filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Options {
    /// `regression`
    Regression(RegressionOptions),
    /// `classification`
    Classification(ClassificationOptions),
}

/// The options of a regression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegressionOptions {
    /// The name under which the number stands
    pub results_field: String,
    /// How many features' importances to give
    pub num_top_feature_importance_values: usize,
}

/// The options of a classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassificationOptions {
    /// How many of the best classes to list; negative lists all
    pub num_top_classes: i32,
    /// The name under which the best classes stand
    pub top_classes_results_field: String,
    /// The name under which the class stands
    pub results_field: String,
    /// How many features' importances to give
    pub num_top_feature_importance_values: usize,
    /// What the class is written as
    pub prediction_field_type: PredictionFieldType,
}

/// What a predicted class is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PredictionFieldType {
    /// Its label
    #[default]
    String,
    /// Its index
    Number,
    /// Whether its index is 1; no other index but 0 can be written
    Boolean,
}

impl PredictionFieldType {
    /// The name as the server writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    /// The type of that name, whatever the case of its letters.
    ///
    /// # Errors
    /// A name that is none of the three.
    pub fn from_name(name: &str) -> Result<Self, Failure> {
        let constant = name.trim().to_uppercase();
        match constant.as_str() {
            "STRING" => Ok(Self::String),
            "NUMBER" => Ok(Self::Number),
            "BOOLEAN" => Ok(Self::Boolean),
            _ => Err(no_enum_constant(
                "inference.trainedmodel.PredictionFieldType",
                &constant,
            )),
        }
    }
}

impl Default for RegressionOptions {
    fn default() -> Self {
        Self {
            results_field: "predicted_value".to_owned(),
            num_top_feature_importance_values: 0,
        }
    }
}

impl Default for ClassificationOptions {
    fn default() -> Self {
        Self {
            num_top_classes: 0,
            top_classes_results_field: "top_classes".to_owned(),
            results_field: "predicted_value".to_owned(),
            num_top_feature_importance_values: 0,
            prediction_field_type: PredictionFieldType::String,
        }
    }
}

impl Options {
    /// What the options are for.
    #[must_use]
    pub const fn target(&self) -> TargetType {
        match self {
            Self::Regression(_) => TargetType::Regression,
            Self::Classification(_) => TargetType::Classification,
        }
    }

    /// How many features' importances to give.
    #[must_use]
    pub const fn importances(&self) -> usize {
        match self {
            Self::Regression(options) => options.num_top_feature_importance_values,
            Self::Classification(options) => options.num_top_feature_importance_values,
        }
    }

    /// The options as the server writes them back, under their kind.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Regression(options) => serde_json::json!({"regression": {
                "results_field": options.results_field,
                "num_top_feature_importance_values": options.num_top_feature_importance_values,
            }}),
            Self::Classification(options) => serde_json::json!({"classification": {
                "num_top_classes": options.num_top_classes,
                "top_classes_results_field": options.top_classes_results_field,
                "results_field": options.results_field,
                "num_top_feature_importance_values": options.num_top_feature_importance_values,
                "prediction_field_type": options.prediction_field_type.name(),
            }}),
        }
    }
}

const RESULTS_FIELD: Field = Field::new("results_field", Accepts::Text);
const IMPORTANCES: Field = Field::new("num_top_feature_importance_values", Accepts::Number);

/// Reads the options of the given kind, with the parser at the kind's name.
///
/// # Errors
/// What the server's strict parsers answer.
pub(super) fn parse(tokens: &mut Tokens<'_>, kind: &str) -> Result<Options, Failure> {
    match kind {
        "regression" => regression(tokens),
        "classification" => classification(tokens),
        _ => Err(Failure::new(
            400,
            "named_object_not_found_exception",
            format!("[{}] unknown field [{kind}]", tokens.place()),
        )),
    }
}

fn regression(tokens: &mut Tokens<'_>) -> Result<Options, Failure> {
    let schema = Schema {
        name: "regression",
        fields: &[RESULTS_FIELD, IMPORTANCES],
    };
    let mut options = RegressionOptions::default();
    let mut importances = 0;
    parse_object(tokens, schema, Mode::Strict, |tokens, field| {
        if field == "results_field" {
            options.results_field = text(tokens)?;
        } else {
            importances = int(tokens)?;
        }
        Ok(())
    })?;
    options.num_top_feature_importance_values = importance_count(importances)?;
    Ok(Options::Regression(options))
}

fn classification(tokens: &mut Tokens<'_>) -> Result<Options, Failure> {
    let schema = Schema {
        name: "classification",
        fields: &[
            Field::new("num_top_classes", Accepts::Number),
            RESULTS_FIELD,
            Field::new("top_classes_results_field", Accepts::Text),
            IMPORTANCES,
            Field::new("prediction_field_type", Accepts::Text),
        ],
    };
    let mut options = ClassificationOptions::default();
    let mut importances = 0;
    parse_object(tokens, schema, Mode::Strict, |tokens, field| {
        match field {
            "num_top_classes" => options.num_top_classes = int(tokens)?,
            "results_field" => options.results_field = text(tokens)?,
            "top_classes_results_field" => options.top_classes_results_field = text(tokens)?,
            "num_top_feature_importance_values" => importances = int(tokens)?,
            _ => {
                options.prediction_field_type = PredictionFieldType::from_name(&text(tokens)?)?;
            }
        }
        Ok(())
    })?;
    options.num_top_feature_importance_values = importance_count(importances)?;
    Ok(Options::Classification(options))
}

/// The number of importances, which must not be negative.
pub(super) fn importance_count(count: i32) -> Result<usize, Failure> {
    usize::try_from(count).map_err(|_| {
        Failure::illegal_argument(
            "[num_top_feature_importance_values] must be greater than or equal to 0",
        )
    })
}
