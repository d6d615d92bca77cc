//! Loading a stored definition. A split may lack its right child and still pass
//! the checks of the request; the server meets it when it loads the model from
//! the text that it wrote itself, and names the place in that text.

use super::definition::{Ensemble, Node, TrainedModel, Tree};
use crate::engine::failure::Failure;
use crate::engine::value::double_to_string;

/// What the server answers for every document when it cannot load the model.
///
/// # Errors
/// `x_content_parse_exception` for the first split without a right child.
pub(super) fn check_loadable(model: &TrainedModel) -> Result<(), Failure> {
    if !broken(model) {
        return Ok(());
    }
    let mut text = Text(String::from("{\"trained_model\":"));
    text.load(model, "trained_model")
        .map_err(|(column, cause)| {
            wrapped(column, "inference_model_definition", "trained_model", cause)
        })
}

/// Whether any tree of the model has a split without a right child.
fn broken(model: &TrainedModel) -> bool {
    match model {
        TrainedModel::Tree(tree) => broken_tree(tree),
        TrainedModel::Ensemble(ensemble) => ensemble.models.iter().any(broken),
    }
}

fn broken_tree(tree: &Tree) -> bool {
    tree.nodes
        .iter()
        .any(|node| !node.is_leaf() && node.right_child < 0)
}

/// The failure that has `cause`, where the reader stood in the `column`.
fn wrapped(column: usize, parser: &str, field: &str, cause: Failure) -> Failure {
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("[1:{column}] [{parser}] failed to parse field [{field}]"),
    )
    .because(cause)
}

/// The text that the server wrote, as far as it was read.
struct Text(String);

/// Where the reader stood, and why it stopped.
type Stop = (usize, Failure);

impl Text {
    /// Reads a model that stands under its kind in `field`.
    fn load(&mut self, model: &TrainedModel, field: &str) -> Result<(), Stop> {
        let (kind, outcome) = match model {
            TrainedModel::Tree(tree) => {
                self.push("{\"tree\":");
                ("tree", self.tree(tree))
            }
            TrainedModel::Ensemble(ensemble) => {
                self.push("{\"ensemble\":");
                ("ensemble", self.ensemble(ensemble))
            }
        };
        outcome.map_err(|(column, cause)| (column, wrapped(column, field, kind, cause)))?;
        self.push("}");
        Ok(())
    }

    fn ensemble(&mut self, ensemble: &Ensemble) -> Result<(), Stop> {
        self.push("{");
        if !ensemble.feature_names.is_empty() {
            self.names("feature_names", &ensemble.feature_names);
            self.push(",");
        }
        self.push("\"trained_models\":[");
        for (index, model) in ensemble.models.iter().enumerate() {
            self.comma(index);
            self.load(model, "trained_models")
                .map_err(|(column, cause)| {
                    let parser = "ensemble_inference_model";
                    (column, wrapped(column, parser, "trained_models", cause))
                })?;
        }
        // What follows the models is read only when all of them were.
        self.push("]}");
        Ok(())
    }

    fn tree(&mut self, tree: &Tree) -> Result<(), Stop> {
        self.push("{");
        self.names("feature_names", &tree.feature_names);
        self.push(",\"tree_structure\":[");
        for (index, node) in tree.nodes.iter().enumerate() {
            self.comma(index);
            self.node(node);
        }
        self.push("],\"target_type\":\"");
        self.push(tree.target.name());
        self.push("\"");
        if let Some(labels) = &tree.labels {
            self.push(",");
            self.names("classification_labels", labels);
        }
        // With labels all arguments have come by now, else only at the end.
        let column = self.0.len() + usize::from(tree.labels.is_none());
        self.push("}");
        if !broken_tree(tree) {
            return Ok(());
        }
        let cause = Failure::new(
            400,
            "x_content_parse_exception",
            "Failed to build [tree_inference_model] after last required field arrived",
        )
        .because(Failure::index_out_of_bounds(-1, tree.nodes.len()));
        Err((
            column,
            if tree.labels.is_some() {
                wrapped(
                    column,
                    "tree_inference_model",
                    "classification_labels",
                    cause,
                )
            } else {
                cause
            },
        ))
    }

    fn node(&mut self, node: &Node) {
        self.push("{\"decision_type\":\"");
        self.push(node.operator.name());
        self.push("\"");
        self.number("threshold", node.threshold);
        if node.split_feature > -1 {
            self.whole("split_feature", node.split_feature.into());
        }
        self.number("split_gain", node.split_gain);
        self.whole("node_index", node.node_index.into());
        if !node.leaf_value.is_empty() {
            let values: Vec<String> = node
                .leaf_value
                .iter()
                .map(|&n| double_to_string(n))
                .collect();
            self.push(&format!(",\"leaf_value\":[{}]", values.join(",")));
        }
        self.push(&format!(",\"default_left\":{}", node.default_left));
        for (name, child) in [
            ("left_child", node.left_child),
            ("right_child", node.right_child),
        ] {
            if child >= 0 {
                self.whole(name, child.into());
            }
        }
        self.whole("number_samples", node.number_samples);
        self.push("}");
    }

    fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.push(",");
        }
    }

    fn number(&mut self, name: &str, value: f64) {
        if value.is_finite() {
            let text = format!(",\"{name}\":{}", double_to_string(value));
            self.push(&text);
        }
    }

    fn whole(&mut self, name: &str, value: i64) {
        let text = format!(",\"{name}\":{value}");
        self.push(&text);
    }

    fn names(&mut self, field: &str, names: &[String]) {
        let names = serde_json::Value::from(names).to_string();
        let text = format!("\"{field}\":{names}");
        self.push(&text);
    }
}
