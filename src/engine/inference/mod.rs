//! Trained-model inference as Elasticsearch computes it: preprocessors, trees,
//! aggregation, classes, feature importance.
//!
//! [`parse`] reads a [`Definition`] and refuses what the server refuses;
//! [`Model::new`] compiles it; [`Model::infer`] applies it to a document.

mod aggregate;
mod classify;
mod definition;
mod encode;
mod ensemble;
mod fields;
mod forest;
mod importance;
mod model;
mod options;
pub mod parse;
mod shap;
mod update;
mod validate;
mod xcontent;

pub use definition::{
    Aggregator, AggregatorKind, Definition, Encoding, Ends, Ensemble, NGram, Node, Operator,
    Preprocessor, TargetType, TrainedModel, Tree,
};
pub use model::{FieldMap, Model, Setup};
pub use options::{ClassificationOptions, Options, PredictionFieldType, RegressionOptions};
pub use update::Update;
pub use validate::validate;
