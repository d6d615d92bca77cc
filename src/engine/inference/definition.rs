//! A model's definition as it was written: preprocessors and trees.

use std::collections::{HashMap, HashSet};

/// What stands under `definition`: preprocessors that make features out of
/// fields, and the model that reads the features.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The preprocessors in the order in which they run
    pub preprocessors: Vec<Preprocessor>,
    /// The tree, or the ensemble of models
    pub model: TrainedModel,
}

/// A single tree or an ensemble.
#[derive(Clone, Debug)]
pub enum TrainedModel {
    /// `tree`
    Tree(Tree),
    /// `ensemble`
    Ensemble(Ensemble),
}

impl TrainedModel {
    /// What the model predicts.
    #[must_use]
    pub const fn target(&self) -> TargetType {
        match self {
            Self::Tree(tree) => tree.target,
            Self::Ensemble(ensemble) => ensemble.target,
        }
    }

    /// The names of the classes, if the model names them.
    #[must_use]
    pub fn labels(&self) -> Option<&[String]> {
        match self {
            Self::Tree(tree) => tree.labels.as_deref(),
            Self::Ensemble(ensemble) => ensemble.labels.as_deref(),
        }
    }
}

/// What a model predicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetType {
    /// A number
    #[default]
    Regression,
    /// A class
    Classification,
}

impl TargetType {
    /// The name as the server writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Classification => "classification",
        }
    }
}

/// A decision tree.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The features by the index that `split_feature` gives
    pub feature_names: Vec<String>,
    /// The nodes; the root is the first, children are positions in this list
    pub nodes: Vec<Node>,
    /// What the tree predicts
    pub target: TargetType,
    /// The names of the classes
    pub labels: Option<Vec<String>>,
}

/// A node of a tree: a leaf when it has no left child.
#[derive(Clone, Debug)]
pub struct Node {
    /// How the feature is compared with the threshold
    pub operator: Operator,
    /// The threshold; not a number for a leaf
    pub threshold: f64,
    /// The index of the feature that is tested, -1 for none
    pub split_feature: i32,
    /// The number that the node gives itself; nothing depends on it
    pub node_index: i32,
    /// What the split gained in training; not a number when absent
    pub split_gain: f64,
    /// The value of a leaf: one number, or one per class
    pub leaf_value: Vec<f64>,
    /// Whether a missing feature goes left
    pub default_left: bool,
    /// The position of the left child, -1 for a leaf
    pub left_child: i32,
    /// The position of the right child, -1 for none
    pub right_child: i32,
    /// How many samples of the training came here
    pub number_samples: i64,
}

impl Node {
    /// Whether it is a leaf.
    #[must_use]
    pub const fn is_leaf(&self) -> bool {
        self.left_child < 0
    }
}

/// The test of a node; true goes left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    /// `lt`
    Less,
    /// `lte`, the default
    #[default]
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
}

impl Operator {
    /// The name as the server writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Less => "lt",
            Self::LessOrEqual => "lte",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "gte",
        }
    }
}

/// Models whose outputs are put together.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// The names that the ensemble states; inference goes by those of its models
    pub feature_names: Vec<String>,
    /// The models
    pub models: Vec<TrainedModel>,
    /// How their outputs become one
    pub aggregator: Aggregator,
    /// What the ensemble predicts
    pub target: TargetType,
    /// The names of the classes
    pub labels: Option<Vec<String>>,
    /// What each class's probability is multiplied with to give its score
    pub weights: Option<Vec<f64>>,
}

/// `aggregate_output`.
#[derive(Clone, Debug)]
pub struct Aggregator {
    /// What is done with the outputs
    pub kind: AggregatorKind,
    /// One weight per model; absent, all are 1
    pub weights: Option<Vec<f64>>,
}

/// What is done with the outputs of an ensemble's models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregatorKind {
    /// `weighted_sum`
    WeightedSum,
    /// `weighted_mode`: each model votes for a class
    WeightedMode {
        /// How many classes there are
        num_classes: i32,
    },
    /// `logistic_regression`
    LogisticRegression,
    /// `exponent`
    Exponent,
}

impl AggregatorKind {
    /// The name as the server writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WeightedSum => "weighted_sum",
            Self::WeightedMode { .. } => "weighted_mode",
            Self::LogisticRegression => "logistic_regression",
            Self::Exponent => "exponent",
        }
    }

    /// Whether it can give what is to be predicted.
    #[must_use]
    pub fn compatible_with(self, target: TargetType) -> bool {
        match self {
            Self::WeightedSum | Self::Exponent => target == TargetType::Regression,
            Self::WeightedMode { .. } => target == TargetType::Classification,
            Self::LogisticRegression => true,
        }
    }
}

/// Makes features out of a field.
#[derive(Clone, Debug)]
pub struct Preprocessor {
    /// What it does
    pub encoding: Encoding,
    /// Whether its features keep their own names in feature importance
    pub custom: bool,
}

/// The kinds of preprocessors. Values of fields are compared in the form that
/// Java's `toString` gives them.
#[derive(Clone, Debug)]
pub enum Encoding {
    /// `one_hot_encoding`: one column per known value
    OneHot {
        /// The field that is read
        field: String,
        /// Values and the columns that they switch on, ordered by value
        hot_map: Vec<(String, String)>,
    },
    /// `target_mean_encoding`
    TargetMean {
        /// The field that is read
        field: String,
        /// The feature that is written
        feature: String,
        /// The number for each value
        map: HashMap<Box<str>, f64>,
        /// The number for any other value
        default: f64,
    },
    /// `frequency_encoding`: unknown values are 0
    Frequency {
        /// The field that is read
        field: String,
        /// The feature that is written
        feature: String,
        /// The number for each value
        map: HashMap<Box<str>, f64>,
    },
    /// `n_gram_encoding`: pieces of a text
    NGram(NGram),
    /// `multi_encoding`: several in a row
    Multi(Vec<Preprocessor>),
}

/// `n_gram_encoding`; positions and lengths count UTF-16 units.
#[derive(Clone, Debug)]
pub struct NGram {
    /// The field that is read
    pub field: String,
    /// What the names of the features begin with
    pub prefix: String,
    /// The lengths of the pieces, ascending
    pub grams: Vec<usize>,
    /// Where to begin; negative counts from the end
    pub start: i32,
    /// How many units to look at
    pub length: i32,
}

impl NGram {
    /// The name of the feature that holds the piece of length `gram` at `position`.
    #[must_use]
    pub fn feature(&self, gram: usize, position: usize) -> String {
        format!("{}.{gram}{position}", self.prefix)
    }

    /// The names of all features that can come, piece length by piece length.
    pub fn features(&self) -> impl Iterator<Item = String> + '_ {
        let length = usize::try_from(self.length).unwrap_or(0);
        self.grams.iter().flat_map(move |&gram| {
            (0..(length + 1).saturating_sub(gram)).map(move |position| self.feature(gram, position))
        })
    }
}

/// The names at both ends of a preprocessor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The fields that it reads, in their order
    pub inputs: Vec<String>,
    /// The features that it leaves, in their order
    pub outputs: Vec<String>,
}

impl Preprocessor {
    /// The fields that it reads and the features that it leaves.
    #[must_use]
    pub fn ends(&self) -> Ends {
        let (inputs, outputs) = match &self.encoding {
            Encoding::OneHot { field, hot_map } => (
                vec![field.clone()],
                hot_map.iter().map(|(_, column)| column.clone()).collect(),
            ),
            Encoding::TargetMean { field, feature, .. }
            | Encoding::Frequency { field, feature, .. } => {
                (vec![field.clone()], vec![feature.clone()])
            }
            Encoding::NGram(n_gram) => (vec![n_gram.field.clone()], n_gram.features().collect()),
            Encoding::Multi(steps) => return chain(steps),
        };
        Ends { inputs, outputs }
    }
}

/// The fields that a row of preprocessors reads from outside, and the features
/// that it leaves: those that no later step consumed.
fn chain(steps: &[Preprocessor]) -> Ends {
    let mut inputs: Vec<String> = Vec::new();
    let mut outputs: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    let mut consumed: HashSet<String> = HashSet::new();
    for step in steps {
        let ends = step.ends();
        for input in ends.inputs {
            if known.contains(&input) {
                consumed.insert(input);
            } else {
                inputs.push(input);
            }
        }
        for output in ends.outputs {
            if known.insert(output.clone()) {
                outputs.push(output);
            }
        }
    }
    outputs.retain(|output| !consumed.contains(output));
    Ends { inputs, outputs }
}
