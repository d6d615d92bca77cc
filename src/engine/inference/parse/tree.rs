//! `tree` and its nodes.

use super::{must_not_be_null, no_enum_constant};
use crate::engine::failure::Failure;
use crate::engine::inference::definition::{Node, Operator, TargetType, Tree};
use crate::engine::inference::xcontent::{
    Accepts, Field, Mode, Schema, Token, Tokens, boolean, double, doubles, int, long, parse_object,
    strings, text,
};

const TREE: Schema<'static> = Schema {
    name: "tree",
    fields: &[
        Field::new("feature_names", Accepts::Texts),
        Field::new("tree_structure", Accepts::Objects),
        Field::new("target_type", Accepts::Text),
        Field::new("classification_labels", Accepts::Texts),
    ],
};

const NODE: Schema<'static> = Schema {
    name: "tree_node",
    fields: &[
        Field::new("threshold", Accepts::Number),
        Field::new("decision_type", Accepts::Text),
        Field::new("left_child", Accepts::Number),
        Field::new("right_child", Accepts::Number),
        Field::new("default_left", Accepts::Flag),
        Field::new("split_feature", Accepts::Number),
        Field::new("node_index", Accepts::Number),
        Field::new("split_gain", Accepts::Number),
        Field::new("leaf_value", Accepts::Numbers),
        Field::new("number_samples", Accepts::Number),
    ],
};

/// Reads a tree. One without `tree_structure` is a lone leaf of 0.
pub(super) fn tree(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Tree, Failure> {
    let mut feature_names = None;
    let mut parts = None;
    let mut target = TargetType::default();
    let mut labels = None;
    parse_object(tokens, TREE, mode, |tokens, field| {
        match field {
            "feature_names" => feature_names = Some(strings(tokens)?),
            "tree_structure" => parts = Some(nodes(tokens, mode)?),
            "target_type" => target = target_type(tokens)?,
            _ => labels = Some(strings(tokens)?),
        }
        Ok(())
    })?;
    let parts = parts.unwrap_or_else(|| vec![NodeParts::leaf(0.0)]);
    let nodes = parts
        .into_iter()
        .map(NodeParts::build)
        .collect::<Result<Vec<Node>, Failure>>()?;
    let feature_names = feature_names.ok_or_else(|| must_not_be_null("feature_names"))?;
    if nodes.is_empty() {
        return Err(Failure::illegal_argument(
            "[tree_structure] must not be empty",
        ));
    }
    Ok(Tree {
        feature_names,
        nodes,
        target,
        labels,
    })
}

/// Reads `target_type`.
pub(super) fn target_type(tokens: &mut Tokens<'_>) -> Result<TargetType, Failure> {
    let constant = text(tokens)?.trim().to_uppercase();
    match constant.as_str() {
        "REGRESSION" => Ok(TargetType::Regression),
        "CLASSIFICATION" => Ok(TargetType::Classification),
        _ => Err(no_enum_constant(
            "inference.trainedmodel.TargetType",
            &constant,
        )),
    }
}

fn operator(tokens: &mut Tokens<'_>) -> Result<Operator, Failure> {
    let constant = text(tokens)?.to_uppercase();
    match constant.as_str() {
        "LT" => Ok(Operator::Less),
        "LTE" => Ok(Operator::LessOrEqual),
        "GT" => Ok(Operator::Greater),
        "GTE" => Ok(Operator::GreaterOrEqual),
        _ => Err(no_enum_constant("job.config.Operator", &constant)),
    }
}

fn nodes(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Vec<NodeParts>, Failure> {
    if tokens.current() == Some(Token::StartObject) {
        return Ok(vec![node(tokens, mode)?]);
    }
    let mut nodes = Vec::new();
    while tokens.advance()? != Token::EndArray {
        nodes.push(node(tokens, mode)?);
    }
    Ok(nodes)
}

/// What a node states, before it is known to be whole.
#[derive(Default)]
struct NodeParts {
    operator: Option<Operator>,
    threshold: Option<f64>,
    split_feature: Option<i32>,
    node_index: i32,
    split_gain: Option<f64>,
    leaf_value: Option<Vec<f64>>,
    default_left: bool,
    left_child: Option<i32>,
    right_child: Option<i32>,
    number_samples: i64,
}

fn node(tokens: &mut Tokens<'_>, mode: Mode) -> Result<NodeParts, Failure> {
    if tokens.current() != Some(Token::StartObject) {
        // The server's parser moves on before it looks for the object.
        tokens.advance()?;
    }
    let mut parts = NodeParts::default();
    parse_object(tokens, NODE, mode, |tokens, field| {
        match field {
            "threshold" => parts.threshold = Some(double(tokens)?),
            "decision_type" => parts.operator = Some(operator(tokens)?),
            "left_child" => parts.left_child = Some(int(tokens)?),
            "right_child" => parts.right_child = Some(int(tokens)?),
            "default_left" => parts.default_left = boolean(tokens)?,
            "split_feature" => parts.split_feature = Some(int(tokens)?),
            "node_index" => parts.node_index = int(tokens)?,
            "split_gain" => parts.split_gain = Some(double(tokens)?),
            "leaf_value" => parts.leaf_value = Some(doubles(tokens)?),
            _ => parts.number_samples = long(tokens)?,
        }
        Ok(())
    })?;
    Ok(parts)
}

impl NodeParts {
    fn leaf(value: f64) -> Self {
        Self {
            leaf_value: Some(vec![value]),
            ..Self::default()
        }
    }

    fn build(self) -> Result<Node, Failure> {
        self.check()?;
        Ok(Node {
            operator: self.operator.unwrap_or_default(),
            threshold: self.threshold.unwrap_or(f64::NAN),
            split_feature: self.split_feature.unwrap_or(-1),
            node_index: self.node_index,
            split_gain: self.split_gain.unwrap_or(f64::NAN),
            leaf_value: self.leaf_value.unwrap_or_default(),
            default_left: self.default_left,
            left_child: self.left_child.unwrap_or(-1),
            right_child: self.right_child.unwrap_or(-1),
            number_samples: self.number_samples,
        })
    }

    fn check(&self) -> Result<(), Failure> {
        let refused = if self.node_index < 0 {
            "[node_index] must be a non-negative integer."
        } else if self.left_child.is_none() && self.leaf_value.is_none() {
            "[leaf_value] is required for a leaf node."
        } else if self.left_child.is_some_and(|child| child < 0) {
            "[left_child] must be a non-negative integer."
        } else if self.left_child.is_some() && self.right_child.is_some_and(|child| child < 0) {
            "[right_child] must be a non-negative integer."
        } else if self.left_child.is_some() && self.threshold.is_none() {
            "[threshold] must exist for non-leaf node."
        } else if self.number_samples < 0 {
            "[number_samples] must be greater than or equal to 0"
        } else {
            return Ok(());
        };
        Err(Failure::illegal_argument(refused))
    }
}
