//! The analysis of data frame analytics: outliers, regression, classification.

use serde_json::{Map, Value, json};

use crate::lab::random;
use crate::model::failure::Failure;
use crate::model::json_text::Node;
use crate::model::xcontent::{self, Field, Read, Stop, Takes};

const OUTLIER: [Field; 6] = [
    ("n_neighbors", Takes::Number),
    ("method", Takes::String),
    ("feature_influence_threshold", Takes::Number),
    ("compute_feature_influence", Takes::Boolean),
    ("outlier_fraction", Takes::Number),
    ("standardization_enabled", Takes::Boolean),
];

const TRAINED: [Field; 23] = [
    ("dependent_variable", Takes::String),
    ("prediction_field_name", Takes::String),
    ("training_percent", Takes::Number),
    ("randomize_seed", Takes::Number),
    ("lambda", Takes::Number),
    ("gamma", Takes::Number),
    ("eta", Takes::Number),
    ("max_trees", Takes::Number),
    ("maximum_number_trees", Takes::Number),
    ("feature_bag_fraction", Takes::Number),
    ("num_top_feature_importance_values", Takes::Number),
    ("alpha", Takes::Number),
    ("eta_growth_rate_per_tree", Takes::Number),
    ("soft_tree_depth_limit", Takes::Number),
    ("soft_tree_depth_tolerance", Takes::Number),
    ("downsample_factor", Takes::Number),
    ("max_optimization_rounds_per_hyperparameter", Takes::Number),
    ("early_stopping_enabled", Takes::Boolean),
    ("feature_processors", Takes::Objects),
    ("class_assignment_objective", Takes::String),
    ("num_top_classes", Takes::Number),
    ("loss_function", Takes::String),
    ("loss_function_parameter", Takes::Number),
];

/// Keys of trained analyses whose values are doubles.
const DOUBLES: [&str; 11] = [
    "training_percent",
    "lambda",
    "gamma",
    "eta",
    "feature_bag_fraction",
    "alpha",
    "eta_growth_rate_per_tree",
    "soft_tree_depth_limit",
    "soft_tree_depth_tolerance",
    "downsample_factor",
    "loss_function_parameter",
];

/// Reads the one analysis of a body.
pub(super) fn read(node: &Node) -> Read<Value> {
    let members = node.members().unwrap_or_default();
    let Some(first) = members.first() else {
        let failure = Failure::new(
            400,
            "parsing_exception",
            "Failed to parse object: expecting token of type [FIELD_NAME] but found [END_OBJECT]",
        );
        return Err(Stop::new(
            node.end,
            failure
                .with("line", node.end.line)
                .with("col", node.end.column),
        ));
    };
    let stored = match first.name.as_str() {
        "outlier_detection" => outlier(&first.value)?,
        kind @ ("regression" | "classification") => trained(kind, &first.value)?,
        other => {
            let reason = format!("[{}] unknown field [{other}]", first.value.at);
            return Err(Stop::new(
                first.value.at,
                Failure::new(400, "named_object_not_found_exception", reason),
            ));
        }
    };
    if let Some(second) = members.get(1) {
        let reason =
            "Failed to parse object: expecting token of type [END_OBJECT] but found [FIELD_NAME]";
        let failure = Failure::new(400, "parsing_exception", reason)
            .with("line", second.at.line)
            .with("col", second.at.column);
        return Err(Stop::new(second.at, failure));
    }
    Ok(json!({first.name.clone(): stored}))
}

fn outlier(node: &Node) -> Read<Value> {
    let mut stored = json!({"compute_feature_influence": true, "outlier_fraction": 0.05, "standardization_enabled": true});
    xcontent::object(node, "outlier_detection", &OUTLIER, |name, value| {
        stored[name] = match name {
            "method" => json!(xcontent::string(value)?.to_lowercase()),
            "compute_feature_influence" | "standardization_enabled" => {
                json!(xcontent::boolean(value)?)
            }
            "n_neighbors" => json!(xcontent::integer(value)?),
            _ => json!(xcontent::double(value)?),
        };
        Ok(())
    })?;
    Ok(stored)
}

fn trained(kind: &str, node: &Node) -> Read<Value> {
    let only_classes = ["class_assignment_objective", "num_top_classes"];
    let only_numbers = ["loss_function", "loss_function_parameter"];
    let fields: Vec<Field> = TRAINED
        .into_iter()
        .filter(|(name, _)| match kind {
            "regression" => !only_classes.contains(name),
            _ => !only_numbers.contains(name),
        })
        .collect();
    let mut given = Map::new();
    xcontent::object(node, kind, &fields, |name, value| {
        let stored = match name {
            "dependent_variable" | "prediction_field_name" => json!(xcontent::string(value)?),
            "class_assignment_objective" | "loss_function" => {
                json!(xcontent::string(value)?.to_lowercase())
            }
            "early_stopping_enabled" => json!(xcontent::boolean(value)?),
            "feature_processors" => value.to_value(),
            name if DOUBLES.contains(&name) => json!(xcontent::double(value)?),
            _ => json!(xcontent::long(value)?),
        };
        given.insert(name.to_owned(), stored);
        Ok(())
    })?;
    xcontent::required(
        node,
        &[(
            "dependent_variable",
            given.contains_key("dependent_variable"),
        )],
    )?;
    let dependent = given
        .get("dependent_variable")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut default = |name: &str, value: Value| {
        given.entry(name).or_insert(value);
    };
    if kind == "classification" {
        default(
            "class_assignment_objective",
            json!("maximize_minimum_recall"),
        );
        default("num_top_classes", json!(2));
    } else {
        default("loss_function", json!("mse"));
    }
    default(
        "prediction_field_name",
        json!(format!("{dependent}_prediction")),
    );
    default("training_percent", json!(100.0));
    default("randomize_seed", json!(random::seed()));
    Ok(Value::Object(given))
}
