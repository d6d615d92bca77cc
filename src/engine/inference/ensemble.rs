//! Models as they are computed: trees in the forest, and ensembles of them.

use std::borrow::Cow;

use super::aggregate::{aggregate, class_count, process, softmax, two_classes};
use super::definition::{Aggregator, AggregatorKind, Ensemble, TrainedModel, Tree};
use super::forest::{Forest, Key, Root};
use super::importance::add;
use super::shap::add_importances;
use crate::engine::failure::Failure;

/// A tree or an ensemble, compiled.
#[derive(Clone, Debug)]
pub(super) enum Compiled {
    Tree {
        root: Root,
        /// The highest class of which a leaf of the tree speaks
        highest_class: f64,
    },
    Ensemble {
        models: Vec<Self>,
        aggregator: Aggregator,
    },
}

/// Compiles the trees of a model and gives the names of its features: those of a
/// single tree as they are, those of an ensemble's models without doubles.
///
/// # Errors
/// What the server's loader meets in the trees.
pub(super) fn compile(
    model: &TrainedModel,
    forest: &mut Forest,
) -> Result<(Compiled, Vec<String>), Failure> {
    match model {
        TrainedModel::Tree(tree) => {
            let root = forest.plant(tree, |feature| Ok(u32::try_from(feature).ok()))?;
            Ok((compiled_tree(tree, root), tree.feature_names.clone()))
        }
        TrainedModel::Ensemble(ensemble) => {
            let mut features = Features::default();
            features.collect(ensemble);
            Ok((features.compile(ensemble, forest)?, features.names))
        }
    }
}

/// The features of an ensemble, in the order in which its models name them.
#[derive(Default)]
struct Features {
    names: Vec<String>,
    numbers: std::collections::HashMap<String, u32>,
}

impl Features {
    fn collect(&mut self, ensemble: &Ensemble) {
        for model in &ensemble.models {
            match model {
                TrainedModel::Ensemble(inner) => self.collect(inner),
                TrainedModel::Tree(tree) => {
                    for name in &tree.feature_names {
                        if !self.numbers.contains_key(name) {
                            let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
                            self.numbers.insert(name.clone(), number);
                            self.names.push(name.clone());
                        }
                    }
                }
            }
        }
    }

    fn compile(&self, ensemble: &Ensemble, forest: &mut Forest) -> Result<Compiled, Failure> {
        let models = ensemble
            .models
            .iter()
            .map(|model| match model {
                TrainedModel::Ensemble(inner) => self.compile(inner, forest),
                TrainedModel::Tree(tree) => {
                    let root = forest.plant(tree, |feature| self.number(tree, feature))?;
                    Ok(compiled_tree(tree, root))
                }
            })
            .collect::<Result<Vec<Compiled>, Failure>>()?;
        Ok(Compiled::Ensemble {
            models,
            aggregator: ensemble.aggregator.clone(),
        })
    }

    /// The number that a tree's feature has in the ensemble.
    fn number(&self, tree: &Tree, feature: i32) -> Result<Option<u32>, Failure> {
        let name = usize::try_from(feature)
            .ok()
            .and_then(|index| tree.feature_names.get(index));
        name.and_then(|name| self.numbers.get(name).copied())
            .map(Some)
            .ok_or_else(|| {
                Failure::index_out_of_bounds(i64::from(feature), tree.feature_names.len())
            })
    }
}

fn compiled_tree(tree: &Tree, root: Root) -> Compiled {
    let mut highest_class = 0.0;
    for leaf in tree.nodes.iter().filter(|node| node.is_leaf()) {
        match leaf.leaf_value.as_slice() {
            [value] => highest_class = java_max(*value, highest_class),
            several => {
                highest_class = f64::from(u32::try_from(several.len()).unwrap_or(u32::MAX));
                break;
            }
        }
    }
    Compiled::Tree {
        root,
        highest_class,
    }
}

/// `Math.max`: not-a-number wins.
fn java_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

impl Compiled {
    /// The number that a regression gives.
    pub(super) fn number(&self, forest: &Forest, features: &[Key]) -> Result<f64, Failure> {
        match self {
            Self::Tree { root, .. } => forest
                .leaf(*root, features)?
                .first()
                .copied()
                .ok_or_else(|| Failure::index_out_of_bounds(0, 0)),
            Self::Ensemble { models, aggregator } => {
                let processed = processed(models, aggregator, forest, features)?;
                Ok(aggregate(aggregator.kind, &processed))
            }
        }
    }

    /// The probabilities that a classification gives, one per class.
    pub(super) fn probabilities(
        &self,
        forest: &Forest,
        features: &[Key],
    ) -> Result<Vec<f64>, Failure> {
        match self {
            Self::Tree {
                root,
                highest_class,
            } => match forest.leaf(*root, features)? {
                [] => Err(Failure::index_out_of_bounds(0, 0)),
                [class] => certain(*class, *highest_class),
                several => softmax(several),
            },
            Self::Ensemble { models, aggregator } => {
                processed(models, aggregator, forest, features)
            }
        }
    }

    /// The importances `[feature][class]` of all trees together.
    pub(super) fn importances(
        &self,
        forest: &Forest,
        features: &[Key],
    ) -> Result<Vec<Vec<f64>>, Failure> {
        match self {
            Self::Tree { root, .. } => {
                let mut importances = vec![vec![0.0; root.leaf_size]; features.len()];
                add_importances(forest, *root, features, &mut importances)?;
                Ok(importances)
            }
            Self::Ensemble { models, .. } => {
                let mut sums: Vec<Vec<f64>> = Vec::new();
                for model in models {
                    let importances = model.importances(forest, features)?;
                    if sums.is_empty() {
                        sums = importances.iter().map(|one| vec![0.0; one.len()]).collect();
                    }
                    for (sum, importance) in sums.iter_mut().zip(&importances) {
                        add(sum, importance)?;
                    }
                }
                Ok(sums)
            }
        }
    }

    /// What a model gives to the ensemble that holds it.
    fn raw<'f>(&self, forest: &'f Forest, features: &[Key]) -> Result<Cow<'f, [f64]>, Failure> {
        match self {
            Self::Tree { root, .. } => forest.leaf(*root, features).map(Cow::Borrowed),
            Self::Ensemble { .. } => Ok(Cow::Owned(vec![self.number(forest, features)?])),
        }
    }
}

/// The sum of the leaves that single numbers are in all trees, weighted; nothing
/// where that is not how the models are.
fn plain_sum(
    models: &[Compiled],
    weights: Option<&[f64]>,
    forest: &Forest,
    features: &[Key],
) -> Result<Option<f64>, Failure> {
    if models.is_empty() || weights.is_some_and(|weights| weights.len() != models.len()) {
        return Ok(None);
    }
    let mut sum = 0.0;
    for (index, model) in models.iter().enumerate() {
        let Compiled::Tree { root, .. } = model else {
            return Ok(None);
        };
        let [value] = forest.leaf(*root, features)? else {
            return Ok(None);
        };
        let weight = weights.and_then(|weights| weights.get(index));
        sum += value * weight.copied().unwrap_or(1.0);
    }
    Ok(Some(sum))
}

fn processed(
    models: &[Compiled],
    aggregator: &Aggregator,
    forest: &Forest,
    features: &[Key],
) -> Result<Vec<f64>, Failure> {
    // By far the most models are so.
    if aggregator.kind == AggregatorKind::LogisticRegression
        && let Some(sum) = plain_sum(models, aggregator.weights.as_deref(), forest, features)?
    {
        return Ok(two_classes(sum));
    }
    let outputs = models
        .iter()
        .map(|model| model.raw(forest, features))
        .collect::<Result<Vec<Cow<'_, [f64]>>, Failure>>()?;
    let outputs: Vec<&[f64]> = outputs.iter().map(AsRef::as_ref).collect();
    process(aggregator, &outputs)
}

/// All of the probability for the class that a leaf names; the number of classes
/// follows from the highest class in the tree.
fn certain(class: f64, highest_class: f64) -> Result<Vec<f64>, Failure> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Java's intValue cuts off and saturates in the same way"
    )]
    let (class, count) = (class as i32, (highest_class + 1.0) as i32);
    let count = class_count(usize::try_from(count).unwrap_or(0))?;
    let mut probabilities = vec![0.0; count];
    let place = usize::try_from(class)
        .ok()
        .and_then(|class| probabilities.get_mut(class))
        .ok_or_else(|| Failure::index_out_of_bounds(i64::from(class), count))?;
    *place = 1.0;
    Ok(probabilities)
}
