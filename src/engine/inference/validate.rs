//! What the server checks in a definition once it could be read
//! (`Tree.validate`, `Ensemble.validate`).

use super::definition::{Definition, Ensemble, TargetType, TrainedModel, Tree};
use crate::engine::failure::Failure;

/// Checks a definition as the server does when a model is created.
///
/// # Errors
/// 400 `status_exception` with the first thing that is wrong; the server puts it
/// under `Definition for [ID] has validation failures.`
pub fn validate(definition: &Definition) -> Result<(), Failure> {
    model(&definition.model)
}

fn model(model: &TrainedModel) -> Result<(), Failure> {
    match model {
        TrainedModel::Tree(one) => tree(one),
        TrainedModel::Ensemble(several) => ensemble(several),
    }
}

fn refuse(reason: impl Into<String>) -> Result<(), Failure> {
    Err(Failure::bad_request(reason))
}

fn ensemble(ensemble: &Ensemble) -> Result<(), Failure> {
    if ensemble.models.is_empty() {
        return refuse("[trained_models] must not be empty");
    }
    if !ensemble.aggregator.kind.compatible_with(ensemble.target) {
        return refuse(format!(
            "aggregate_output [{}] is not compatible with target_type [{}]",
            ensemble.target.name(),
            ensemble.aggregator.kind.name()
        ));
    }
    if let Some(weights) = &ensemble.aggregator.weights
        && weights.len() != ensemble.models.len()
    {
        return refuse(format!(
            "[aggregate_output] expects value array of size [{}] but number of models is [{}]",
            weights.len(),
            ensemble.models.len()
        ));
    }
    if ensemble.target != TargetType::Classification
        && (ensemble.labels.is_some() || ensemble.weights.is_some())
    {
        return refuse(
            "[target_type] should be [classification] if [classification_labels] or [classification_weights] are provided",
        );
    }
    if let (Some(labels), Some(weights)) = (&ensemble.labels, &ensemble.weights)
        && labels.len() != weights.len()
    {
        return refuse(
            "[classification_weights] and [classification_labels] should be the same length if both are provided",
        );
    }
    ensemble.models.iter().try_for_each(model)
}

fn tree(tree: &Tree) -> Result<(), Failure> {
    let highest = tree.nodes.iter().map(|node| node.split_feature).max();
    if let Some(highest) = highest
        && usize::try_from(highest).is_ok_and(|index| index >= tree.feature_names.len())
    {
        return refuse(format!(
            "feature index [{highest}] is out of bounds for the [feature_names] array"
        ));
    }
    if tree.nodes.len() > 1 && tree.feature_names.is_empty() {
        return refuse(format!(
            "[feature_names] is empty and the tree has > 1 nodes; num nodes [{}]. The model Must have features if tree is not a stump",
            tree.nodes.len()
        ));
    }
    check_target(tree)?;
    detect_missing(tree)?;
    detect_cycle(tree)?;
    check_leaves(tree)
}

fn check_target(tree: &Tree) -> Result<(), Failure> {
    if tree.target == TargetType::Classification {
        return Ok(());
    }
    if tree.labels.is_some() {
        return refuse(
            "[target_type] should be [classification] if [classification_labels] are provided",
        );
    }
    if tree.nodes.iter().any(|node| node.leaf_value.len() > 1) {
        return refuse(
            "[target_type] should be [classification] if leaf nodes have multiple values",
        );
    }
    Ok(())
}

fn detect_missing(tree: &Tree) -> Result<(), Failure> {
    let missing: Vec<String> = tree
        .nodes
        .iter()
        .flat_map(|node| [node.left_child, node.right_child])
        .filter(|&child| usize::try_from(child).is_ok_and(|child| child >= tree.nodes.len()))
        .map(|child| child.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    refuse(format!(
        "[tree] contains missing nodes [{}]",
        missing.join(", ")
    ))
}

/// Breadth first from the root; a node that is met twice closes a cycle (or
/// joins two branches, which the server calls the same).
fn detect_cycle(tree: &Tree) -> Result<(), Failure> {
    let mut visited = vec![false; tree.nodes.len()];
    let mut to_visit = std::collections::VecDeque::from([0_usize]);
    while let Some(index) = to_visit.pop_front() {
        let (Some(node), Some(seen)) = (tree.nodes.get(index), visited.get_mut(index)) else {
            continue;
        };
        if *seen {
            return refuse(format!("[tree] contains cycle at node {index}"));
        }
        *seen = true;
        to_visit.extend(
            [node.left_child, node.right_child]
                .into_iter()
                .filter_map(|child| usize::try_from(child).ok()),
        );
    }
    Ok(())
}

fn check_leaves(tree: &Tree) -> Result<(), Failure> {
    let mut lengths = tree
        .nodes
        .iter()
        .filter(|node| node.is_leaf())
        .map(|node| node.leaf_value.len());
    let first = lengths.next();
    if lengths.any(|length| Some(length) != first) {
        return refuse("[tree.tree_structure] all leaf nodes must have the same number of values");
    }
    Ok(())
}
