//! The one analysis of a data frame analytics: outlier detection, regression, or
//! classification, with their parameters and defaults.

use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::json_text::{Member, Node, Position};
use super::super::version::StackVersion;
use super::super::xcontent::{self, Field, Read, Stop, Takes};

/// An analysis: its name and the parameters that were given.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    name: &'static str,
    parameters: Map<String, Value>,
}

const OUTLIER: [Field; 6] = [
    ("n_neighbors", Takes::Number),
    ("method", Takes::String),
    ("feature_influence_threshold", Takes::Number),
    ("compute_feature_influence", Takes::Boolean),
    ("outlier_fraction", Takes::Number),
    ("standardization_enabled", Takes::Boolean),
];

/// What regression and classification share; those from `alpha` on came with 7.11
/// and later.
const TREES: [Field; 19] = [
    ("dependent_variable", Takes::String),
    ("lambda", Takes::Number),
    ("gamma", Takes::Number),
    ("eta", Takes::Number),
    ("max_trees", Takes::Number),
    ("maximum_number_trees", Takes::Number),
    ("feature_bag_fraction", Takes::Number),
    ("num_top_feature_importance_values", Takes::Number),
    ("prediction_field_name", Takes::String),
    ("training_percent", Takes::Number),
    ("randomize_seed", Takes::Number),
    ("alpha", Takes::Number),
    ("downsample_factor", Takes::Number),
    ("eta_growth_rate_per_tree", Takes::Number),
    ("max_optimization_rounds_per_hyperparameter", Takes::Number),
    ("soft_tree_depth_limit", Takes::Number),
    ("soft_tree_depth_tolerance", Takes::Number),
    ("feature_processors", Takes::Objects),
    ("early_stopping_enabled", Takes::Boolean),
];
const TREES_BEFORE_7_11: usize = 11;

impl Analysis {
    /// Reads the analysis of a body: an object with exactly one member.
    ///
    /// # Errors
    /// What a server of `version` answers to its shape and parameters.
    pub fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let members = node.members().unwrap_or_default();
        let Some(member) = members.first() else {
            return Err(unexpected(node.end, "FIELD_NAME", "END_OBJECT"));
        };
        let analysis = Self::read_named(member, version)?;
        match members.get(1) {
            Some(second) => Err(unexpected(second.at, "END_OBJECT", "FIELD_NAME")),
            None => Ok(analysis),
        }
    }

    fn read_named(member: &Member, version: &StackVersion) -> Read<Self> {
        let mut trees = TREES
            .get(
                ..if version.offers(7, 11) {
                    TREES.len()
                } else {
                    TREES_BEFORE_7_11
                },
            )
            .unwrap_or_default()
            .to_vec();
        let (name, fields) = match member.name.as_str() {
            "outlier_detection" => ("outlier_detection", OUTLIER.to_vec()),
            "regression" => {
                trees.extend([
                    ("loss_function", Takes::String),
                    ("loss_function_parameter", Takes::Number),
                ]);
                ("regression", trees)
            }
            "classification" => {
                trees.extend([
                    ("class_assignment_objective", Takes::String),
                    ("num_top_classes", Takes::Number),
                ]);
                ("classification", trees)
            }
            other => {
                let reason = format!("[{}] unknown field [{other}]", member.at);
                let failure = Failure::new(400, "named_object_not_found_exception", reason);
                return Err(Stop::new(member.at, failure));
            }
        };
        let mut parameters = Map::new();
        xcontent::object(&member.value, name, &fields, |key, value| {
            parameters.insert(key.to_owned(), parameter(key, value, &fields)?);
            Ok(())
        })?;
        let analysis = Self { name, parameters };
        analysis.check(&member.value)?;
        Ok(analysis)
    }

    /// Whether the analysis trains trees.
    fn trains(&self) -> bool {
        self.name != "outlier_detection"
    }

    fn check(&self, node: &Node) -> Read<()> {
        if self.trains() {
            xcontent::required(
                node,
                &[(
                    "dependent_variable",
                    self.parameters.contains_key("dependent_variable"),
                )],
            )?;
        }
        for (name, least, most, message) in [
            (
                "training_percent",
                0.0,
                100.0,
                "must be a double in (0, 100]",
            ),
            ("outlier_fraction", 0.0, 1.0, "must be a double in [0, 1]"),
            (
                "feature_influence_threshold",
                0.0,
                1.0,
                "must be a double in [0, 1]",
            ),
            (
                "lambda",
                0.0,
                f64::INFINITY,
                "must be a non-negative double",
            ),
            ("gamma", 0.0, f64::INFINITY, "must be a non-negative double"),
            ("eta", 0.001, 1.0, "must be a double in [0.001, 1]"),
            ("max_trees", 1.0, 2000.0, "must be an integer in [1, 2000]"),
            (
                "maximum_number_trees",
                1.0,
                2000.0,
                "must be an integer in [1, 2000]",
            ),
            (
                "feature_bag_fraction",
                0.0,
                1.0,
                "must be a double in (0, 1]",
            ),
            (
                "num_top_feature_importance_values",
                0.0,
                f64::INFINITY,
                "must be a non-negative integer",
            ),
            (
                "num_top_classes",
                -1.0,
                1000.0,
                "must be an integer in [0, 1000] or a special value -1",
            ),
            (
                "n_neighbors",
                1.0,
                f64::INFINITY,
                "must be a positive integer",
            ),
        ] {
            let value = self.parameters.get(name).and_then(Value::as_f64);
            let is_open = message.contains("(0");
            if value.is_some_and(|value| value < least || value > most || (is_open && value <= 0.0))
            {
                let build = format!(
                    "Failed to build [{}] after last required field arrived",
                    self.name
                );
                let cause = Failure::bad_request(format!("[{name}] {message}"));
                let failure = Failure::new(400, "x_content_parse_exception", build).because(cause);
                return Err(Stop::new(node.end, failure));
            }
        }
        Ok(())
    }

    /// The analysis as the server returns it; `seed` stands in where none is given.
    #[must_use]
    pub fn to_json(&self, seed: i64) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, default: Option<Value>| {
            if let Some(value) = self.parameters.get(key).cloned().or(default) {
                object.insert(key.to_owned(), value);
            }
        };
        if self.trains() {
            put("dependent_variable", None);
            for (key, _) in TREES.iter().filter(|(key, _)| {
                ![
                    "dependent_variable",
                    "prediction_field_name",
                    "training_percent",
                    "randomize_seed",
                ]
                .contains(key)
            }) {
                put(key, None);
            }
            if self.name == "classification" {
                put(
                    "class_assignment_objective",
                    Some(json!("maximize_minimum_recall")),
                );
                put("num_top_classes", Some(json!(2)));
            }
            let dependent = self
                .parameters
                .get("dependent_variable")
                .and_then(Value::as_str);
            let predicted = format!("{}_prediction", dependent.unwrap_or_default());
            put("prediction_field_name", Some(json!(predicted)));
            put("training_percent", Some(json!(100.0)));
            put("randomize_seed", Some(json!(seed)));
            if self.name == "regression" {
                put("loss_function", Some(json!("mse")));
                put("loss_function_parameter", None);
            }
        } else {
            put("n_neighbors", None);
            put("method", None);
            put("feature_influence_threshold", None);
            put("compute_feature_influence", Some(json!(true)));
            put("outlier_fraction", Some(json!(0.05)));
            put("standardization_enabled", Some(json!(true)));
        }
        json!({ self.name: object })
    }
}

fn unexpected(at: Position, expected: &str, found: &str) -> Stop {
    let reason =
        format!("Failed to parse object: expecting token of type [{expected}] but found [{found}]");
    let failure = Failure::new(400, "parsing_exception", reason)
        .with("line", at.line)
        .with("col", at.column);
    Stop::new(at, failure)
}

fn parameter(key: &str, value: &Node, fields: &[Field]) -> Read<Value> {
    let takes = fields
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, takes)| *takes);
    let is_whole = [
        "n_neighbors",
        "max_trees",
        "maximum_number_trees",
        "num_top_feature_importance_values",
        "num_top_classes",
    ]
    .contains(&key);
    match takes {
        Some(Takes::Number) if key == "randomize_seed" => Ok(json!(xcontent::long(value)?)),
        Some(Takes::Number) if is_whole => Ok(json!(xcontent::integer(value)?)),
        Some(Takes::Number) => Ok(json!(xcontent::double(value)?)),
        Some(Takes::Boolean) => Ok(json!(xcontent::boolean(value)?)),
        Some(Takes::Objects) => Ok(value.to_value()),
        _ => named(key, value),
    }
}

/// A text; for some parameters one of a few names.
fn named(key: &str, value: &Node) -> Read<Value> {
    let package = "org.elasticsearch.xpack.core.ml.dataframe.analyses";
    let (class, names): (&str, &[&str]) = match key {
        "method" => (
            "OutlierDetection.Method",
            &["lof", "ldof", "distance_kth_nn", "distance_knn"],
        ),
        "class_assignment_objective" => (
            "Classification.ClassAssignmentObjective",
            &["maximize_accuracy", "maximize_minimum_recall"],
        ),
        "loss_function" => ("Regression.LossFunction", &["mse", "msle", "huber"]),
        _ => return Ok(json!(xcontent::string(value)?)),
    };
    let text = xcontent::string(value)?;
    let lower = text.to_lowercase();
    if names.contains(&lower.as_str()) {
        return Ok(json!(lower));
    }
    let reason = format!("No enum constant {package}.{class}.{}", text.to_uppercase());
    Err(Stop::new(value.at, Failure::illegal_argument(reason)))
}
